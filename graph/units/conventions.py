"""Conventions a document states once for all its lists of units: 逗号前为牵头单位，下同; 排名第一的为牵头单位."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graph.lexicon import expand
from graph.units.find import ListedUnit
from graph.units.lists import ResponsibilityClause

_COMMA = re.compile(expand(r"逗号之?前的?{bodies}?为?(?:各项任务)?牵头"))
_FIRST = re.compile(expand(r"(?:[列排]名?在?{first_places}|{first_ones})[的者]?(?:责任)?{bodies}?均?[为是]牵头"))


@dataclass(frozen=True, slots=True)
class Convention:
    """Which unit of a list leads: those before the comma, or the first. Valid from ``start`` on."""

    kind: Literal["comma", "first"]
    start: int


def find_convention(text: str) -> Convention | None:
    """The convention a text states, if any. It counts from the paragraph that states it."""
    for pattern, kind in ((_COMMA, "comma"), (_FIRST, "first")):
        match = pattern.search(text)
        if match:
            return Convention("comma" if kind == "comma" else "first", text.rfind("\n", 0, match.start()) + 1)
    return None


def apply_convention(
    text: str, listed: Sequence[ResponsibilityClause], convention: Convention | None
) -> list[ResponsibilityClause]:
    """Give the leading units of each list the role lead; a list that names its own leader is unchanged."""
    if convention is None:
        return list(listed)
    out: list[ResponsibilityClause] = []
    for duty in listed:
        if duty.span.start < convention.start or len(duty.units) < 2 or any(u.role == "lead" for u in duty.units):
            out.append(duty)
            continue
        lead = 1
        if convention.kind == "comma":
            gaps = zip(duty.units, duty.units[1:], strict=False)
            lead = next((i for i, (a, b) in enumerate(gaps, 1) if any(c in "，," for c in text[a.span.end : b.span.start])), 0)
        units = tuple(ListedUnit(u.name, "lead", u.span) if i < lead else u for i, u in enumerate(duty.units))
        out.append(replace(duty, units=units))
    return out
