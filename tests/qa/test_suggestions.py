"""Questions, units and posts to start from."""

from __future__ import annotations

import pytest

from graph.codec.records import TargetRecord
from qa.answer import Understanding
from qa.suggestions import following_questions, is_single_unit, starting_posts, starting_questions


def target(indicator: str, region: str | None) -> TargetRecord:
    return TargetRecord(
        id="t", document_id="d", source="a.txt", quote="", start=0, end=1, indicator=indicator, comparator="=", value_text="90%",
        value=90.0, unit="%", kind="target", region=region,
    )  # fmt: skip


TARGETS = [
    target("供水率", "云岫县"),
    target("率", "云岫县"),  # too short to ask for
    target("农村供水管网漏损率", None),  # nowhere
]


@pytest.mark.parametrize(
    ("name", "single"),
    [("县水务局", True), ("各乡镇", False), ("县直有关部门", False), ("县委县政府", False), ("青禾市党委", False)],
)
def test_a_group_of_units_is_no_unit(name: str, single: bool) -> None:
    assert is_single_unit(name) is single


def test_questions_are_made_of_what_the_library_has() -> None:
    made = starting_questions(["供水", "医疗", "教育"], ["云岫县", "青禾市"], ["县水务局"], TARGETS)
    assert made == [
        "供水有哪些政策规定？",
        "各地区医疗政策有什么不同？",
        "青禾市教育由哪些单位负责？",
        "县水务局有哪些任务？",
        "云岫县供水率的目标是多少？",
        "医疗有哪些政策规定？",
        "各地区教育政策有什么不同？",
        "教育有哪些政策规定？",
    ]
    assert starting_questions([], [], [], []) == []
    assert not any("各地区" in question for question in starting_questions(["供水", "医疗"], ["云岫县"], [], []))


def test_what_was_asked_is_not_offered_again() -> None:
    asked = Understanding("responsible_unit", regions=("云岫县",), topics=("供水",), units=("县水务局",))
    assert following_questions(asked) == [
        "云岫县供水有哪些目标数值？",
        "各地区供水政策有什么不同？",
        "云岫县县水务局承担哪些任务？",
    ]
    assert following_questions(Understanding("list_tasks", units=("县水务局",))) == []
    several = Understanding("comparison", regions=("云岫县", "青禾市"), topics=("供水",))
    assert following_questions(several) == ["供水由哪些单位负责？", "供水有哪些目标数值？"]


def test_a_post_is_the_busiest_office_of_each_region() -> None:
    named = [("云岫县", "各乡镇")] * 3 + [("云岫县", "县水务局")] * 2 + [("云岫县", "县财政局"), ("青禾市", "市水务局")]
    assert starting_posts(named, 4) == [("云岫县", "县水务局"), ("青禾市", "市水务局")]
    assert starting_posts(named, 1) == [("云岫县", "县水务局")]
