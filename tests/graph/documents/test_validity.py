"""The state of a document on a day, and notices about periods that are over."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.document import HeadMatter
from graph.documents.validity import transition_notice, validity

DAY = dt.date(2026, 6, 1)
ROWS: list[tuple[HeadMatter, str, str]] = [
    (HeadMatter(title="某市供水管理办法", status="有效"), "现行有效", "有效"),
    (HeadMatter(title="某市供水管理办法", status="废止"), "废止", "废止"),
    (HeadMatter(title="某市供水管理办法", status="已修改"), "已修订", "已修改"),
    (HeadMatter(title="某市供水管理办法(征求意见稿)"), "征求意见稿", "征求意见"),
    (HeadMatter(title="某市供水管理办法", expires_on="2025-01-31"), "废止", "2025年1月31日"),
    (HeadMatter(title="某市供水管理办法", effective_on="2026-09-01"), "尚未施行", "2026年9月1日"),
    (HeadMatter(title="某市“十四五”供水规划", status="有效"), "规划期届满", "2025"),
    (HeadMatter(title="某市“十五五”供水规划"), "现行有效", "2030"),
    (HeadMatter(title="某市供水规划", plan_period=("2021", "2025")), "规划期届满", "2021—2025"),
    (HeadMatter(title="某市2024年供水工作要点"), "规划期届满", "2024"),
    (HeadMatter(title="某市供水三年行动计划(2023—2025年)"), "规划期届满", "2025"),
    (HeadMatter(title="某市供水公告"), "未载明", "没有写明"),
    (HeadMatter(title="某市召开会议审议“十四五”供水规划"), "未载明", "没有写明"),
]


@pytest.mark.parametrize(("head", "status", "said"), ROWS)
def test_status_with_the_words_that_give_it(head: HeadMatter, status: str, said: str) -> None:
    found = validity(head, as_of=DAY)
    assert found.status == status
    assert said in found.reason


def test_a_plan_holds_until_its_last_day() -> None:
    head = HeadMatter(title="某市“十四五”供水规划")
    assert validity(head, as_of=dt.date(2025, 12, 31)).status == "现行有效"
    assert validity(head, as_of=dt.date(2026, 1, 1)).status == "规划期届满"
    assert validity(head, as_of=dt.date(2024, 1, 1)).until == "2025-12-31"


def test_what_a_user_sets_and_what_other_documents_say_come_first() -> None:
    head = HeadMatter(title="某市供水管理办法", status="有效")
    assert validity(head, as_of=DAY, user_status="废止").status == "废止"
    repealed = validity(head, as_of=DAY, repealed_by=("某市供水条例",))
    assert repealed.status == "废止"
    assert "某市供水条例" in repealed.reason
    assert validity(head, as_of=DAY, revised_by="某市供水管理办法修正案").status == "已修订"


def test_facts_of_the_transition_period_say_that_it_is_over() -> None:
    text = "过渡期内,对脱贫人口的帮扶政策保持稳定"
    assert transition_notice(text, dt.date(2025, 12, 31)) is None
    notice = transition_notice(text, dt.date(2026, 1, 1))
    assert notice is not None
    assert notice.startswith("过渡期（2021—2025年）已于2025年底届满")
    assert transition_notice("给予6个月的社会安置过渡期", dt.date(2026, 1, 1)) is None
    assert transition_notice("过渡期内不变", dt.date(2026, 1, 1), context="巩固拓展脱贫攻坚成果") is not None
    five = transition_notice("“十四五”期间新建泵站", dt.date(2026, 1, 1))
    assert five is not None
    assert "2021—2025" in five
