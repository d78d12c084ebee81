"""Five-year plans."""

from __future__ import annotations

import re

import pytest

from corpus.five_year_plans import FIVE_YEAR_PLAN, NUMBERS, plan_name, plan_years


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("十一五", (2006, 2010)),
        ("十四五", (2021, 2025)),
        ("十九五", (2046, 2050)),
        ("十五", None),
        ("二十五", None),
        ("十四五规划", None),
    ],
)
def test_a_name_tells_the_years(name: str, years: tuple[int, int] | None) -> None:
    assert plan_years(name) == years


def test_the_pattern_finds_exactly_the_plans() -> None:
    names = [plan_name(number) for number in NUMBERS]
    assert all(re.fullmatch(FIVE_YEAR_PLAN, name) and plan_years(name) for name in names)
    assert re.findall(FIVE_YEAR_PLAN, "、".join(names)) == names
