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
    assert alone.status == "partial" and alone.answer.startswith("只有湘潭市写到")
    assert "库里没有这类文件：宝鸡市" in alone.answer and "未见" not in alone.answer


SUBSIDIES = {
    "河南省许昌市": "购买新建商品住房的，财政按所缴契税总额的20%给予补贴。",
    "广西壮族自治区崇左市": "首套住房按照购房所缴契税总额的100%给予补贴，二套住房按照购房所缴契税总额的80%给予补贴。",
    "山东省烟台市": "对个体工商户购买新建商品住房的，财政按所缴契税总额的50%给予补贴。",
    "江西省新余市": "对购买新建商品住房的，财政给予契税补贴，具体办法另行制定。",
}


@pytest.fixture(scope="module")
def subsidies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("subsidies")
    notice = NOTICE.replace("调整住房公积金贷款政策", "购房契税补贴").replace("提高贷款额度", "购房契税补贴")
    for city, rule in SUBSIDIES.items():
        (folder / f"{city}.txt").write_text(notice.format(city=city, year=2025, rule=rule), encoding="utf-8")
        for number, thing in enumerate(["防汛", "档案", "统计", "春耕", "道路养护", "食品监管", "学校卫生", "就业"]):
            (folder / f"{city}{number}.txt").write_text(OTHER.format(city=city, thing=thing), encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


def test_values_for_several_cases_are_shown_with_their_labels(subsidies: Library) -> None:
    answer = ask(subsidies, "许昌、崇左、烟台、新余、宝鸡五市购房契税补贴比例分别是多少").answer
    shown = dict(re.findall(r"^\d+\. (\S+?市) (.+?)：“", answer, re.MULTILINE))
    assert shown["许昌市"] == "20%" and shown["崇左市"] == "首套100%；二套80%"


def test_the_coverage_tells_why_a_place_is_not_in_the_list(subsidies: Library) -> None:
    answer = ask(subsidies, "许昌、崇左、烟台、新余、宝鸡五市购房契税补贴比例分别是多少").answer
    assert "5 个地区中 3 个写到" in answer and "烟台市 个体工商户50%：“" in answer
    assert "未见：新余市" in answer and "库里没有这类文件：宝鸡市" in answer


def test_a_bound_of_another_sort_than_the_values_is_a_condition(subsidies: Library) -> None:
    answer = ask(subsidies, "许昌、崇左90平方米以下住房的契税补贴比例分别是多少").answer
    assert "2 个地区中 2 个写到" in answer and "90平方米" not in answer.split("\n")[0]
