"""Forms in which documents tell things: lists under a heading, terms behind a grant, duties behind a unit's name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from qa.answers.point import find_point
from qa.understanding.measure import in_title
from tests.qa.conftest import library_of

RULES = """临泉县人民政府办公室关于印发临泉县老年食堂管理办法的通知
临政办〔2024〕9号
各乡镇人民政府：
现将《临泉县老年食堂管理办法》印发给你们，请遵照执行。
临泉县人民政府办公室
2024年4月2日
临泉县老年食堂管理办法
一、建设标准
每个老年食堂每日供餐不少于90份。对新建老年食堂给予一次性补助7万元。执行期限至2026年12月31日。
二、申请材料
1.老年食堂申请表
2.食品经营许可证复印件
3.场地租赁合同
三、坚持原则
（一）坚持公益优先。
（二）坚持属地管理。
四、职责分工
县民政局：
负责老年食堂的备案和日常检查，组织人员培训。
县财政局：
负责补助资金的拨付。
五、附则
县民政局是本办法的实施部门。《临泉县助餐点管理办法》（临政办〔2020〕3号）同时废止。服务窗口做到流程最简、收费最低、态度最好的“三最”标准。
"""

OTHER = """沛县人民政府办公室关于印发沛县老年食堂工作方案的通知
沛政办发〔2024〕11号
各镇人民政府：
现将《沛县老年食堂工作方案》印发给你们，请遵照执行。
沛县人民政府办公室
2024年5月8日
沛县老年食堂工作方案
一、工作任务
全县建设老年食堂64个，建筑面积不低于150平方米。
"""


@pytest.fixture(scope="module")
def canteens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("forms"), RULES, OTHER) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("临泉县老年食堂补助执行到什么时候？", "2026年12月31日"),
        ("临泉县申请老年食堂需要哪些材料？", "食品经营许可证"),
        ("临泉县老年食堂坚持哪两项原则？", "属地管理"),
        ("临泉县民政局负责什么？", "备案和日常检查"),
        ("临泉县老年食堂管理办法的实施部门是哪个？", "县民政局是本办法的实施部门"),
        ("临泉县老年食堂管理办法废止了哪个文件？", "临政办〔2020〕3号"),
        ("临泉县“三最”是指什么？", "流程最简、收费最低、态度最好"),
        ("沛县要建多少个老年食堂？", "64个"),
    ],
)
def test_told_in_its_form(canteens: Library, question: str, holds: str) -> None:
    answer = canteens.ask(question, keep=False)
    assert answer.status != "not_found", answer.answer
    assert holds in answer.answer


@pytest.mark.parametrize(
    "question", ["临泉县要建多少个老年食堂？", "临泉县老年食堂建筑面积不低于多少平方米？", "沛县新建老年食堂补助多少万元？"]
)
def test_figures_of_another_region_are_neither_given_nor_printed(canteens: Library, question: str) -> None:
    answer = canteens.ask(question, keep=False)
    assert answer.status == "not_found"
    assert not any(figure in answer.answer for figure in ("64", "150", "7万"))


def test_numbers_of_titles_are_no_values() -> None:
    folded = "为落实《二〇三五年远景目标》,规划期为5年"
    assert in_title(folded, folded.index("二〇三五"))
    assert not in_title(folded, folded.index("5年"))


@given(st.text(alphabet="《》甲乙12", max_size=60), st.integers(0, 59))
def test_in_title_never_fails(text: str, position: int) -> None:
    assert in_title(text, min(position, len(text))) in (True, False)


def test_the_point_has_the_shape_asked_for(canteens: Library) -> None:
    from corpus.document import Span
    from qa.documents import LibraryView
    from qa.understanding.names import KnownNames
    from qa.understanding.question import parse_question

    text = "意见请寄至邮箱yijian@example.gov.cn，或者当面提交。"
    parsed = parse_question("意见寄到哪个邮箱？", KnownNames(LibraryView(canteens.corpus)))
    point = find_point(parsed, text, [Span(0, len(text))], None)
    assert point is not None
    assert point.of(text) == "yijian@example.gov.cn"
