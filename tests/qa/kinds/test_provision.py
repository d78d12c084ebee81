"""Rules written in articles: force, lists behind an announcement, items that explain, denials, premises, follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from index.spelling import SpellingNames
from qa.answer import Answer
from qa.understanding import measure
from qa.understanding.spelling import TELLING, near_misses
from tests.qa.conftest import library_of

RULES = """宁远县人民政府办公室关于印发宁远县公共自行车管理办法的通知
宁政办发〔2024〕17号
各乡镇人民政府，县直有关部门：
现将《宁远县公共自行车管理办法》印发给你们，请遵照执行。
宁远县人民政府办公室
2024年3月5日
宁远县公共自行车管理办法
第一条 为规范公共自行车的运营，方便群众出行，根据有关规定，制定本办法。
第二条 县交通运输局负责公共自行车的规划布点，县城管局负责停放秩序的日常巡查。
第三条 故障车辆采取以下方式处理：
（一）即修。轻微故障由巡查人员当场修复。
（二）回收。车架断裂的，运回中心库房统一处置。
（三）报废。使用满8年的，按固定资产管理规定核销。
第四条 有下列情形之一的，不予办理租车卡：
（一）未满12周岁的；
（二）上一年度有两次以上恶意损坏记录的；
（三）欠缴租车费用的。
第五条 租车押金为每人200元，单次骑行前60分钟免费，此后每小时收取1元。服务站点的面积不小于15㎡。
第六条 投诉受理后3个工作日内答复。
第七条 成立公共自行车工作专班，组长由分管副县长担任，成员由县交通运输局、县城管局负责同志组成。
第八条 推动与道县、蓝山县、新田县三地互认租车卡。
第九条 本办法由县交通运输局负责解释。
第十条 本办法自2024年4月1日起施行，有效期3年。
"""

OTHER = """道县人民政府办公室关于印发道县城市绿道管理规定的通知
道政办发〔2024〕6号
各镇人民政府：
现将《道县城市绿道管理规定》印发给你们，请遵照执行。
道县人民政府办公室
2024年6月18日
道县城市绿道管理规定
一、建设标准
绿道宽度不少于3米，每2公里设置一处驿站。
"""


@pytest.fixture(scope="module")
def bicycles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("articles"), RULES, OTHER) as opened:
        yield opened


def ask(library: Library, question: str, before: Answer | None = None) -> Answer:
    return library.ask(question, previous=before.understood if before else None, keep=False)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("宁远县公共自行车管理办法什么时候开始施行？", "2024年4月1日"),
        ("宁远县公共自行车管理办法有效期几年？", "3年"),
        ("宁远县公共自行车管理办法由谁负责解释？", "县交通运输局负责解释"),
        ("宁远县公共自行车管理办法是哪年几月几日印发的？", "2024年3月5日"),
        ("宁远县“回收”指什么？", "车架断裂"),
        ("宁远县故障的公共自行车有哪几种处理方式？", "报废"),
        ("宁远县哪些情形不予办理租车卡？", "欠缴租车费用"),
        ("宁远县公共自行车服务站点面积不能小于多少平方米？", "15㎡"),
        ("宁远县公共自行车投诉几天内答复？", "3个工作日"),
        ("宁远县公共自行车工作专班的组长由谁担任？", "分管副县长"),
        ("宁远县租车卡与哪些地方互认？", "蓝山县"),
        ("宁远县公共自行车的停放秩序由哪个部门巡查？", "县城管局"),
        ("宁远县公共自行车押金最多收多少？", "200元"),
    ],
)
def test_found_in_articles(bicycles: Library, question: str, holds: str) -> None:
    answer = ask(bicycles, question)
    assert answer.status != "not_found", answer.answer
    assert holds in answer.answer
    assert all("宁远" in (c.title or "") for c in answer.citations)


def test_an_item_is_quoted_with_what_denies_it(bicycles: Library) -> None:
    answer = ask(bicycles, "宁远县欠缴租车费用的还能办理租车卡吗？")
    assert "不予办理租车卡" in answer.answer.split("\n")[0] and "欠缴租车费用" in answer.answer.split("\n")[0]


def test_a_complete_list_tells_its_count(bicycles: Library) -> None:
    answer = ask(bicycles, "宁远县哪些情形不予办理租车卡？")
    assert "共 3 项" in answer.answer
    assert all(entry in answer.answer for entry in ("未满12周岁", "恶意损坏记录", "欠缴租车费用"))


@pytest.mark.parametrize(("figure", "word"), [("200元", "对"), ("300元", "不对")])
def test_a_premise_is_held_against_the_text(bicycles: Library, figure: str, word: str) -> None:
    answer = ask(bicycles, f"宁远县租车押金每人{figure}对吗？")
    assert answer.answer.startswith(f"{word}。")
    assert "200元" in answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "宁远县公共自行车每年财政补贴多少万元？",
        "道县租车押金是多少元？",
        "宁远县绿道宽度不少于多少米？",
        "道县公共自行车由谁负责解释？",
    ],
)
def test_what_is_not_told_is_refused(bicycles: Library, question: str) -> None:
    answer = ask(bicycles, question)
    assert answer.status == "not_found", answer.answer
    assert not any(figure in answer.answer for figure in ("200", "3米"))


def test_a_follow_up_without_a_name_stays_with_its_document(bicycles: Library) -> None:
    first = ask(bicycles, "宁远县公共自行车投诉几天内答复？")
    assert "宁政办发〔2024〕17号" in ask(bicycles, "文号是什么？", first).answer


def test_a_follow_up_for_another_place_keeps_the_subject(bicycles: Library) -> None:
    first = ask(bicycles, "道县绿道宽度不少于多少米？")
    second = ask(bicycles, "宁远县呢？", first)
    assert second.understood is not None
    assert second.understood.regions == ("宁远县",)
    assert "绿道" in second.understood.subject
    assert second.status == "not_found"


def test_a_well_formed_name_is_not_rewritten() -> None:
    names = SpellingNames(["市供电局", "州医保局", "知识产权局", "资助参保"], TELLING)
    assert near_misses("市广电局负责哪些任务", names, lambda words: False) == []
    assert near_misses("知识产权规划的有效期", names, lambda words: False) == []
    assert near_misses("资助参堡政策", names, lambda words: False) == [("资助参堡", "资助参保")]
    assert near_misses("资助参堡政策", names, lambda words: True) == []


# Drawn from a list and not letter by letter: of three characters many stretches are near a name, and drawing costs next to nothing.
NEAR = st.sampled_from(["".join(name) for size in (3, 4) for name in product("甲乙局", repeat=size)])


@given(st.lists(NEAR, max_size=6).map("".join), st.lists(NEAR, max_size=6))
def test_near_names_differ_by_one_character(text: str, names: list[str]) -> None:
    for start, wrong, name in SpellingNames(names).near(text):
        window = text[start : start + len(name)]
        assert [i for i, (a, b) in enumerate(zip(window, name, strict=True)) if a != b] == [wrong - start]


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("押金每人300元对吗?", "300元"),
        ("机械化率要达到75%吗?", "75%"),
        ("35岁以下的职工要交费吗?", None),
        ("2025年完成吗?", None),
    ],
)
def test_only_what_is_to_be_confirmed_is_a_premise(question: str, figure: str | None) -> None:
    assert measure.find_stated_value(question) == figure
