"""Questions over documents: complete within the scope, sorted, with what is covered; every wording of one question gives one set."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from qa.answer import Answer
from tests.encoders import BlankEncoder

REPORT = """{year}年{place}政府工作报告
——{year}年1月20日在{place}人民代表大会上
一、上一年工作回顾
过去一年，全省地区生产总值增长{was}%，城镇新增就业{had}万人，城镇调查失业率5.4%。
二、今年工作安排
今年发展主要预期目标是：地区生产总值增长{goal}，城镇新增就业{jobs}万人以上，城镇调查失业率5.5%左右，粮食产量{grain}。
"""
PLACES = {
    "甘肃省": ("5.5%左右", 5.8, 30, 31, "1300万吨以上"),
    "青海省": ("4.5%左右", 4.1, 6, 7, "110万吨以上"),
    "陕西省": ("5%左右", 5.1, 40, 42, "1340万吨"),
    "四川省": ("5.5%左右", 5.5, 85, 101, "730亿斤以上"),
    "西藏自治区": ("7%以上", 7, 5, 6, "100万吨以上"),
}
DAY = dt.date(2026, 6, 1)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("reports")
    for place, (goal, was, jobs, had, grain) in PLACES.items():
        text = REPORT.format(place=place, year=2026, goal=goal, was=was, jobs=jobs, had=had, grain=grain)
        (folder / f"{place}.txt").write_text(text, encoding="utf-8")
    former = REPORT.format(place="甘肃省", year=2025, goal="5.5%左右", was=5.6, jobs=32, had=33, grain="1260万吨")
    (folder / "甘肃省2025.txt").write_text(former, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


def ask(library: Library, question: str) -> Answer:
    return library.ask(question, as_of=DAY, keep=False)


def rows(answer: Answer) -> list[tuple[str, str]]:
    return re.findall(r"^\d+\. (\S+) (\S+?)：“", answer.answer, re.MULTILINE)


@pytest.mark.parametrize(
    "question",
    [
        "2026年各省城镇新增就业目标是多少",
        "哪些省提出了2026年城镇新增就业目标",
        "列出各省2026年新增城镇就业目标",
        "今年各地的城镇新增就业目标",
        "2026年31个省城镇新增就业人数目标分别是多少",
        "2026年各省城镇新增就业目标从高到低排序",
    ],
)
def test_every_wording_gives_the_same_sorted_rows(reports: Library, question: str) -> None:
    wanted = [
        ("四川", "85万人以上"),
        ("陕西", "40万人以上"),
        ("甘肃", "30万人以上"),
        ("青海", "6万人以上"),
        ("西藏", "5万人以上"),
    ]
    answer = ask(reports, question)
    assert rows(answer) == wanted
    assert "31 个地区中 5 个写到2026年城镇新增就业目标" in answer.answer
    assert len(answer.citations) == 5


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("2026年哪个省的GDP增长目标最高", "最高的是西藏，2026年地区生产总值增长目标为7%以上。"),
        ("2026年城镇新增就业目标最少的是哪个省", "最低的是西藏，2026年城镇新增就业目标为5万人以上。"),
        ("去年哪个省GDP增速最高", "最高的是西藏，2025年地区生产总值增长完成数为7%。"),
        ("西北五省2026年GDP增长目标哪个最高", "最高的是甘肃，2026年地区生产总值增长目标为5.5%左右。"),
        ("2026年哪些省地区生产总值增长目标在5.5%以上", "2026年地区生产总值增长目标在5.5%以上的有 3 个：西藏、四川、甘肃。"),
        ("2026年哪些省地区生产总值增长目标不低于5.5%", "2026年地区生产总值增长目标在5.5%以上的有 3 个：西藏、四川、甘肃。"),
        ("有几个省2025年GDP正好增长5.1%", "2025年地区生产总值增长完成数为5.1%的有 1 个：陕西。"),
        ("2026年城镇新增就业目标超过30万人的省有几个", "2026年城镇新增就业目标超过30万人的有 2 个：四川、陕西。"),
        ("2026年粮食产量目标超过2000万吨的省有哪些", "2026年粮食产量目标超过2000万吨的有 1 个：四川。"),
    ],
)
def test_superlatives_and_bounds_are_worked_out(reports: Library, question: str, lead: str) -> None:
    assert ask(reports, question).answer.split("\n")[0] == lead


def test_rates_are_not_added_up_and_amounts_are(reports: Library) -> None:
    assert "不能相加" in ask(reports, "西北五省2026年GDP增长目标平均是多少").answer
    assert ask(reports, "西北五省2026年城镇新增就业目标合计多少").answer.startswith(
        "写到的 3 个地区的2026年城镇新增就业目标相加为76万人"
    )


def test_a_series_tells_years_and_a_goal_its_result(reports: Library) -> None:
    series = ask(reports, "甘肃近几年城镇新增就业目标").answer
    assert "2025年目标 32万人以上" in series and "2026年目标 30万人以上" in series
    done = ask(reports, "甘肃2025年GDP增长目标完成情况").answer
    assert done.startswith("甘肃2025年目标5.5%左右，完成5.8%（达到目标）")


def test_a_fall_is_the_lowest_growth(tmp_path: Path) -> None:
    for place, (goal, was, jobs, had, grain) in PLACES.items():
        text = REPORT.format(place=place, year=2026, goal=goal, was=was, jobs=jobs, had=had, grain=grain)
        how = "下降3.3%" if place == "青海省" else f"增长{was}%"
        (tmp_path / f"{place}.txt").write_text(text.replace("过去一年，", f"过去一年，固定资产投资{how}，"), encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest(sorted(tmp_path.glob("*.txt")))
        answer = ask(library, "2025年固定资产投资增速最低的是哪个省").answer
    assert answer.startswith("最低的是青海，2025年固定资产投资增长完成数为下降3.3%。")


def test_who_is_level_with_the_last_of_the_top_counts(reports: Library) -> None:
    assert [place for place, _ in rows(ask(reports, "2026年GDP增长目标最高的两个省"))] == ["西藏", "四川", "甘肃"]


def test_goal_and_result_are_given_where_both_are_asked_for(reports: Library) -> None:
    answer = ask(reports, "甘肃、四川2025年城镇新增就业实际多少、2026年目标多少").answer
    assert all(figure in answer for figure in ("31万人", "101万人", "30万人以上", "85万人以上"))


def test_who_does_not_say_it_is_named(reports: Library) -> None:
    answer = ask(reports, "西北五省里哪些省没有写2026年GDP增长目标").answer
    assert "有 2 个：宁夏、新疆" in answer


def test_one_place_is_no_question_over_documents(reports: Library) -> None:
    assert not rows(ask(reports, "甘肃2026年GDP增长目标是多少"))
    assert "5.5%" in ask(reports, "甘肃2026年GDP增长目标是多少").answer


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("甘肃2026年GDP增长目标是多少", "甘肃2026年地区生产总值增长目标 5.5%左右：“地区生产总值增长5.5%左右”"),
        ("2025年甘肃省实际经济增长多少", "甘肃2025年地区生产总值增长完成数 5.8%：“全省地区生产总值增长5.8%”"),
        ("西藏自治区2026年城镇新增就业预期是多少", "西藏2026年城镇新增就业目标 5万人以上：“城镇新增就业5万人以上”"),
        ("四川今年粮食产量目标定的多少？", "四川2026年粮食产量目标 730亿斤以上：“粮食产量730亿斤以上”"),
        ("青海省政府工作报告提出的2026年经济增长目标", "青海2026年地区生产总值增长目标 4.5%左右：“地区生产总值增长4.5%左右”"),
    ],
)
def test_the_figure_of_one_place_comes_with_its_sentence(reports: Library, question: str, line: str) -> None:
    answer = ask(reports, question)
    assert answer.status == "answered" and answer.answer.split("\n")[0] == line


@pytest.mark.parametrize(
    "question",
    [
        "甘肃兰州新区2026年GDP增长目标是多少",  # a part of the place
        "甘肃2026年一季度GDP增长目标是多少",  # a part of the year
        "甘肃2026年高技术产业地区生产总值增长目标",  # a part of the thing
        "甘肃2027年GDP增长目标是多少",  # another year
        "甘肃2025年GDP是多少",  # how much it is, not by how much it grew
        "全国2026年GDP增长目标是多少",  # a place that says nothing
        "甘肃为什么把2026年GDP增长目标定在5.5%",  # another question
    ],
)
def test_a_figure_of_something_else_is_not_taken_for_it(reports: Library, question: str) -> None:
    assert not ask(reports, question).answer.startswith(("甘肃2026年地区生产总值增长目标 ", "甘肃2025年地区生产总值增长完成数 "))


def test_what_is_not_a_value_is_left_to_the_documents(reports: Library) -> None:
    assert not rows(ask(reports, "2026年哪些省的城镇调查失业率目标不是5.5%"))


def test_the_last_years_are_the_latest_there_are(reports: Library) -> None:
    answer = ask(reports, "甘肃近两年城镇新增就业目标").answer
    assert re.findall(r"^(20\d\d)年目标", answer, re.MULTILINE) == ["2025", "2026"]


GOALS = """2026年{place}政府工作报告
——2026年1月20日在{place}人民代表大会上
一、“十四五”时期和2025年工作回顾
过去一年，全省地区生产总值增长{was}%，城镇新增就业{had}万人。五年来，我们大力发展民生，城镇新增就业{sum}万人，常住人口城镇化率提高到{towns}%。
二、“十五五”时期主要目标任务
今后五年，地区生产总值年均增长5%左右，常住人口城镇化率达到{plan}%。
三、2026年重点工作
今年是“十五五”开局之年。主要预期目标是：地区生产总值增长{goal}，城镇新增就业{jobs}万人，城镇调查失业率5.5%左右，{investment}，粮食产量100万吨。
{task}
"""
STATES = {
    "甘肃省": {"goal": "5%-5.5%", "was": 5.8, "jobs": 30, "had": 31, "sum": 160, "towns": 58.1, "plan": 63, "investment": "固定资产投资增长4%", "task": "布局低空经济。推广GPS。"},
    "青海省": {"goal": "4.5%左右", "was": 4.1, "jobs": 6, "had": 7, "sum": 33, "towns": 64.7, "plan": 67, "investment": "固定资产投资提质增效", "task": "培育低空经济。推广GPS。"},
    "陕西省": {"goal": "5%左右", "was": 5.1, "jobs": 40, "had": 42, "sum": 220, "towns": 66.2, "plan": 70, "investment": "固定资产投资正增长", "task": "发展物流。"},
    "四川省": {"goal": "5.5%左右", "was": 5.5, "jobs": 85, "had": 101, "sum": 522, "towns": 60.1, "plan": 65, "investment": "固定资产投资增长6%", "task": "做强“低空”经济。"},
}  # fmt: skip


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("plans")
    for place, said in STATES.items():
        (folder / f"{place}.txt").write_text(GOALS.format(place=place, **said), encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("哪些省份2026年GDP增长目标用区间表示", "2026年地区生产总值增长目标用区间表示的有 1 个：甘肃。"),
        ("哪些省份2026年GDP增长目标是5.5%左右，不是区间", "2026年地区生产总值增长目标不用区间表示的有 3 个：四川、陕西、青海。"),
        ("2026年对固定资产投资只提了定性目标的省份有哪些", "2026年固定资产投资增长目标只有定性表述的有 2 个：陕西、青海。"),
        ("2025年城镇新增就业最多的两个省份", "2025年城镇新增就业完成数最高的 2 个：四川（101万人）、陕西（42万人）。"),
        ("2025年常住人口城镇化率最高的是哪个省", "最高的是陕西，2025年城镇化率完成数为66.2%。"),
        ("“十五五”末城镇化率目标最低的是哪个省", "最低的是甘肃，2030年城镇化率目标为63%。"),
        (
            "哪些省份2026年GDP增长目标比2025年实际增速高",
            "2026年地区生产总值增长目标高于2025年地区生产总值增长完成数的有 1 个（区间按下限）：青海。",
        ),
    ],
)
def test_form_year_and_kind_of_a_figure_are_kept_apart(plans: Library, question: str, lead: str) -> None:
    assert ask(plans, question).answer.split("\n")[0] == lead


def test_results_and_goals_of_two_years_stand_beside_each_other(plans: Library) -> None:
    lines = ask(plans, "甘肃、青海、陕西2025年城镇新增就业实际多少、2026年目标多少").answer.split("\n")
    assert lines[0].startswith("3 个地区中 3 个")
    assert lines[1].startswith("1. 甘肃 2025年完成数31万人，2026年目标30万人：“")
    assert len(lines) == 4


def test_a_question_after_mentions_looks_through_every_report(plans: Library) -> None:
    answer = ask(plans, "哪些省份的2026年政府工作报告提到低空经济").answer.split("\n")
    assert answer[0].startswith("4 个地区中 3 个提到“低空经济”；未见：陕西；库里没有这类文件：")
    assert [line.split("：")[0] for line in answer[1:]] == ["1. 四川", "2. 甘肃", "3. 青海"]
    assert ask(plans, "哪些省份的2026年政府工作报告提到GPS").answer.startswith("4 个地区中 2 个提到“gps”")
    assert "不存在的事" not in ask(plans, "哪些省份的报告提到不存在的事").answer.split("\n")[0] or len(answer) == 4


def test_who_does_not_mention_a_thing_is_named(plans: Library) -> None:
    answer = ask(plans, "哪些省份的2026年政府工作报告没有提到低空经济").answer.split("\n")
    assert answer[0] == "文档库的文件里没有见到“低空经济”的有 1 个：陕西。" and answer[1].startswith("4 个地区中 3 个提到")
    ruled = ask(plans, "哪些省没有规定低空经济补贴标准").answer
    assert "没有见到" not in ruled, "what is not ruled may be said in other words"


def test_of_the_year_before_a_plan_the_result_is_meant(reports: Library) -> None:
    answer = ask(reports, "甘肃、四川2025年城镇新增就业多少人，2026年计划多少人").answer
    assert "2025年完成数31万人，2026年目标30万人以上" in answer and "2025年完成数101万人，2026年目标85万人以上" in answer


def test_rows_tell_their_figures_as_values(reports: Library) -> None:
    told = [f for s in ask(reports, "2026年各省城镇新增就业目标是多少").statements for f in s.figures]
    assert [(f.place, f.indicator, f.value.low, f.value.year, f.value.kind) for f in told][:2] == [
        ("四川", "城镇新增就业", 850000.0, 2026, "target"),
        ("陕西", "城镇新增就业", 400000.0, 2026, "target"),
    ]


def test_what_is_written_but_was_not_read_is_told_and_not_compared(tmp_path: Path) -> None:
    rest = "社会消费品零售总额增长{0}%，森林覆盖率{1}，"
    for place, (goal, was, jobs, had, grain) in PLACES.items():
        text = REPORT.format(place=place, year=2026, goal=goal, was=was, jobs=jobs, had=had, grain=grain)
        rate = "在建设中提升较快，达81%" if place == "青海省" else f"达到{jobs / 2}%"
        (tmp_path / f"{place}.txt").write_text(
            text.replace("过去一年，", "过去一年，" + rest.format(was, rate)), encoding="utf-8"
        )
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest(sorted(tmp_path.glob("*.txt")))
        answer = ask(library, "2025年森林覆盖率最高的是哪个省").answer
    assert "写到而没有读出数：青海" in answer
    assert "青海（没有读出，未参加比较）：“" in answer and "达81%" in answer


def test_several_indicators_of_one_question_stand_beside_each_other(reports: Library) -> None:
    answer = ask(reports, "2026年各省地区生产总值增长和城镇新增就业目标分别是多少").answer
    assert "5 个2026年地区生产总值增长目标、2026年城镇新增就业目标都写到" in answer
    assert "甘肃 地区生产总值增长5.5%左右，城镇新增就业30万人以上" in answer
