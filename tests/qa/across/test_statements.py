"""Values of statements: the one that holds now, whom it is for, and what is no value."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.document import Span
from qa.across.statements import cut_statements, find_change, groups_asked, kind_asked
from tests.qa.conftest import library_of


def values_of(folder: Path, sentence: str, asked: str = "") -> list[tuple[str, str, str]]:
    """Value, head and group of each value of a sentence."""
    with library_of(folder, f"甘南州关于补贴的通知\n一、标准\n{sentence}\n") as library:
        document = library.engine._view.document(1)
        at = document.text.index(sentence)
        cut = cut_statements(document, Span(at, at + len(sentence)), 0.0, groups_asked(asked))
        return [(v.text, v.head, v.group) for statement in cut for v in statement.values if v.kind != "时限"]


@pytest.mark.parametrize(
    ("sentence", "values", "why"),
    [
        ("贷款最高额度由60万元提高到80万元。", [("80万元", "最高额度", "")], "only the new value holds"),
        ("贷款最高额度不得超过80万元。", [("不得超过80万元", "最高额度", "")], "a bound keeps its negation whole"),
        ("贷款最高额度从60万元调高至80万元。", [("80万元", "最高额度", "")], "whatever the verb of change"),
        (
            "单缴存人家庭贷款最高额度70万元，双缴存人家庭100万元。",
            [("70万元", "最高额度", "单方缴存"), ("100万元", "最高额度", "双方缴存")],
            "each group its value",
        ),
        (
            "对博士、硕士、本科生购房，分别给予30万元、10万元、5万元补贴。",
            [("30万元", "补贴标准", "博士"), ("10万元", "补贴标准", "硕士"), ("5万元", "补贴标准", "本科")],
            "a row of values for a row of groups",
        ),
        (
            "补贴标准分别按照博士、硕士、本科生补贴5万元、3万元、1万元。",
            [("5万元", "补贴标准", "博士"), ("3万元", "补贴标准", "硕士"), ("1万元", "补贴标准", "本科")],
            "the row of groups stands behind 分别",
        ),
        (
            "个人公积金最高贷款额度调整为150万元，家庭公积金最高贷款额度调整为200万元。",
            [("150万元", "最高额度", "个人、单方缴存"), ("200万元", "最高额度", "双方缴存")],
            "a family is two who pay",
        ),
        ("可贷额度为账户余额的15倍（不足1万元按1万元计）。", [("15倍", "", "")], "brackets explain"),
        (
            "首次申请贷款的首付比例不低于20%，第二次申请贷款的首付比例不低于25%。",
            [("不低于20%", "首付比例", "首套"), ("不低于25%", "首付比例", "二套")],
            "a second loan is one for a second home",
        ),
    ],
)
def test_values_are_those_that_hold_and_of_whom(
    tmp_path: Path, sentence: str, values: list[tuple[str, str, str]], why: str
) -> None:
    assert values_of(tmp_path, sentence) == values, why


@pytest.mark.parametrize(("text", "at"), [("由50万元调高至60万元", 5), ("补贴发放到个人", None), ("报告提到80万元", None)])
def test_only_verbs_of_change_change_a_value(text: str, at: int | None) -> None:
    assert find_change(text) == at


def test_the_group_asked_for_is_no_group_among_others(tmp_path: Path) -> None:
    assert values_of(tmp_path, "二孩家庭补贴2万元。", asked="多子女家庭购房补贴")[0][2] == ""


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("公积金贷款最高额度", "金额"),
        ("首付比例", "比例"),
        ("企业开办时间", "期限"),
        ("账户余额倍数", "倍数"),
        ("可贷额度提高到账户余额的多少倍", "倍数"),
        ("缴存时间系数", "系数"),
        ("跨部门监管", ""),
    ],
)
def test_a_subject_says_what_sort_of_value_is_asked_for(subject: str, kind: str) -> None:
    assert kind_asked(subject) == kind
