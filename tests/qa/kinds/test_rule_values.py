"""Values that the rules of places set: for whom, of which time, highest and lowest, above a value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from qa.answer import Answer
from tests.encoders import BlankEncoder

DAY = dt.date(2026, 6, 1)
RULES = {
    "湖南省湘潭市": (2025, "单缴存职工家庭最高贷款额度由40万元提高至50万元，双缴存职工家庭由60万元提高至75万元。"),
    "广西壮族自治区柳州市": (2025, "单、双缴存职工家庭住房公积金最高贷款额度分别由45万元调整为55万元、由65万元调整为70万元。"),
    "河北省邢台市": (2025, "两人及以上共同申请的，住房公积金最高贷款额度为90万元；一人申请的，最高贷款额度为60万元。"),
    "陕西省渭南市": (2023, "住房公积金双缴存家庭最高贷款额度为80万元，单缴存家庭为50万元。"),
}
NOTICE = """{city}住房公积金管理中心关于调整住房公积金贷款政策的通知
各缴存单位：
现将有关事项通知如下。
一、提高贷款额度
{rule}
二、其他事项
本通知自印发之日起施行。
{city}住房公积金管理中心
{year}年3月8日
"""
OTHER = """{city}人民政府办公室关于做好{thing}工作的通知
各县区人民政府：
要做好{thing}工作，明确责任，按时完成。
{city}人民政府办公室
2025年4月2日
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("rules")
    for city, (year, rule) in RULES.items():
        (folder / f"{city}.txt").write_text(NOTICE.format(city=city, year=year, rule=rule), encoding="utf-8")
    former = NOTICE.format(city="陕西省渭南市", year=2021, rule="住房公积金双缴存家庭最高贷款额度为60万元，单缴存家庭为40万元。")
    (folder / "陕西省渭南市2021.txt").write_text(former, encoding="utf-8")
    for number, thing in enumerate(
        ["防汛", "森林防火", "安全生产", "春耕", "道路养护", "食品监管", "学校卫生", "档案", "统计", "就业"]
    ):
        for city in RULES:
            text = OTHER.format(city=city, thing=thing)
            (folder / f"{city}{number}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


def values(answer: Answer) -> dict[str, str]:
    return dict(re.findall(r"^\d+\. (\S+) (\S+?)：“", answer.answer, re.MULTILINE))


def ask(library: Library, question: str) -> Answer:
    return library.ask(question, as_of=DAY, keep=False)


def test_each_group_has_its_own_value(rules: Library) -> None:
    places = "湘潭、柳州、邢台、渭南"
    both = values(ask(rules, f"{places}四市双缴存家庭公积金贷款最高额度分别是多少"))
    assert both == {"湘潭市": "75万元", "柳州市": "70万元", "邢台市": "90万元", "渭南市": "80万元"}
    one = values(ask(rules, f"{places}四市单缴存职工公积金贷款最高额度分别是多少"))
    assert one == {"湘潭市": "50万元", "柳州市": "55万元", "邢台市": "60万元", "渭南市": "50万元"}


def test_highest_lowest_and_above_are_told_first(rules: Library) -> None:
    places = "湘潭、柳州、邢台、渭南"
    highest = ask(rules, f"{places}，双缴存家庭公积金贷款最高额度哪个市最高")
    assert highest.answer.startswith("最高的是邢台市，")
    lowest = ask(rules, f"{places}双缴存家庭公积金贷款最高额度哪个最低")
    assert lowest.answer.startswith("最低的是柳州市，")
    above = ask(rules, f"{places}里双缴存家庭公积金贷款最高额度在80万元以上的是哪些")
    assert set(values(above)) == {"邢台市", "渭南市"}


def test_several_values_are_taken_out_of_the_subject_whole(rules: Library) -> None:
    answer = ask(rules, "哪些城市双缴存家庭最高贷款额度70万元、75万元、80万元").answer
    assert "写到“贷款额度”的数" in answer


def test_the_values_of_several_years_are_rows(rules: Library) -> None:
    answer = ask(rules, "渭南市双缴存家庭公积金贷款最高额度2021年、2022年、2023年分别是多少")
    assert "2021年文件 60万元" in answer.answer and "2023年文件 80万元" in answer.answer
    assert "未见：2022年" in answer.answer
    assert [f.value.year for s in answer.statements for f in s.figures] == [2021, 2023]


def test_one_value_alone_is_neither_highest_nor_lowest(rules: Library) -> None:
    alone = ask(rules, "湘潭、宝鸡双缴存家庭公积金贷款最高额度哪个最高")
    assert alone.status == "partial" and alone.answer.startswith("只有湘潭市写到") and "未见：宝鸡市" in alone.answer
