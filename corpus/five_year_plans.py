"""The five-year plans 五年规划: their short names and the years they cover."""

from __future__ import annotations

import re

from corpus.numerals import chinese_number, chinese_numeral

NUMBERS = range(11, 20)
"""The plans read by their short names. Before the eleventh the name is an ordinary word in part (十五, 九五)."""
FIVE_YEAR_PLAN = "十[一二三四五六七八九]五"
"""A regular expression for the short name of a plan, without quotation marks and without groups."""
_name = re.compile(f"({FIVE_YEAR_PLAN[:-1]})五")


def plan_name(number: int) -> str:
    """The short name of a plan: ``plan_name(14) == "十四五"``."""
    return f"{chinese_numeral(number)}五"


def plan_years(name: str) -> tuple[int, int] | None:
    """The first and the last year of a plan: ``plan_years("十四五") == (2021, 2025)``; None for what names no plan."""
    match = _name.fullmatch(name)
    number = chinese_number(match[1]) if match else None
    # the plans follow each other without a gap since the third, 1966–1970
    return (1951 + 5 * number, 1955 + 5 * number) if number else None
