"""The doubt: how far what a question asks for is in a text."""

from __future__ import annotations

import pytest

from qa.evidence.doubt import SLOT_SIGNS, cut_question, describe_slots

FILLED, LAST = SLOT_SIGNS.index("filled"), SLOT_SIGNS.index("filled_last")


@pytest.mark.parametrize(
    ("question", "near", "asked"),
    [
        ("云岫县敬老院护理员的工资是多少", "云岫县敬老院护理员每年培训两次。", "云岫县敬老院护理员的工资由财政承担。"),
        ("云岫县残疾人乘车怎么优惠", "云岫县老年人乘车免费。", "云岫县残疾人乘车免费。"),
        ("第二批资金什么时候下达", "首批资金六月下达。", "第二批资金六月下达。"),
    ],
)
def test_the_thing_that_a_near_miss_lacks_shows(question: str, near: str, asked: str) -> None:
    missed, filled = describe_slots(question, [near, asked])
    assert missed[FILLED] < filled[FILLED]
    assert missed[LAST] <= filled[LAST]


def test_a_question_of_function_words_alone_is_one_piece() -> None:
    assert cut_question("是什么") == ["是什么"]
    assert describe_slots("是什么", ["云岫县"]).shape == (1, len(SLOT_SIGNS))
    assert describe_slots("是什么", []).shape == (0, len(SLOT_SIGNS))
