"""Find units that a sentence makes responsible without a list (压实县区政府主体责任), and the addressees of a letter."""

from __future__ import annotations

import re

from corpus.document import Span
from graph.facts import UnitRole
from graph.lexicon import expand
from graph.units.find import ListedUnit, read_unit_list
from graph.units.lists import ResponsibilityClause
from graph.units.words import is_named_unit, is_unit

_OWNED = re.compile(expand(r"{stressing}{stressed}?(?P<who>[^，。；：,;:（）()\n]{2,24}?)主体责任"))
_OWNS = re.compile(
    expand(
        r"(?:^|[，。；,;\n])(?P<who>[^，。；：,;:（）()\n]{2,40}?){modals}?{earnestly}*"
        r"{bearing}起?(?P<gap>[^，。；：,;:\n]{0,14}?)主体责任"
    ),
    re.M,
)
_IS = re.compile(
    expand(
        r"(?:^|[，。；,;\n])(?P<who>[^，。；：,;:（）()\n]{2,40}?)(?:是|为|作为)[^，。；：,;:\n]{0,40}?"
        r"(?P<role>{named_roles})(?=[，。；,;\n])"
    ),
    re.M,
)
_IN_CHARGE = re.compile(expand(r"(?P<who>[^，。；：,;:\n]{2,50}?)(?:要|应当?|须)?(?P<verb>{in_charge})(?![人的解])"))
_ADDRESSED = re.compile(r"(?:^|\n)[ \t\u3000]*([^\n。；]{2,200})[:：][ \t\u3000]*(?=\n|$)")


def find_answerable_units(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    """Find the units that a text makes responsible by 主体责任 or 责任主体, in order. 企业主体责任 names no unit."""
    if text.find("主体", start, end) < 0 and text.find("牵头", start, end) < 0:
        return []
    out: list[ResponsibilityClause] = []
    for match in _OWNED.finditer(text, start, end):
        # 夯实贫困县资金整合主体责任: the unit is what the words before 主体责任 begin with
        begin = match.start("who")
        stop = next((i for i in range(match.end("who"), begin + 1, -1) if _answerable(text[begin:i].rstrip("的"))), begin)
        if stop > begin:
            name = text[begin:stop].rstrip("的")
            out.append(
                ResponsibilityClause(
                    Span(match.start(), match.end()), (ListedUnit(name, "responsible", Span(begin, begin + len(name))),)
                )
            )
    for match in _OWNS.finditer(text, start, end):
        out += _subject(text, match, "responsible")
    for match in _IS.finditer(text, start, end):
        out += _subject(text, match, "lead" if match["role"].startswith("牵头") else "responsible")
    return sorted(out, key=lambda duty: duty.span)


def find_duty_of_item(text: str, start: int, end: int) -> list[ResponsibilityClause]:
    """The units that an item opens with, where it says what they are in charge of: （二）县财政局负责安排经费."""
    match = _IN_CHARGE.match(text, start, min(end, start + 80))
    if match is None:
        return []
    units = read_unit_list(text, match.start("who"), match.end("who"))
    covered = sum(len(unit.span) for unit in units)
    if not units or not all(_answerable(unit.name) for unit in units) or covered < 0.6 * len(match["who"]):
        return []
    role: UnitRole = "lead" if match["verb"] == "牵头" else "responsible"
    return [
        ResponsibilityClause(
            Span(match.start("who"), match.end()), tuple(ListedUnit(u.name, role, u.span) for u in units), running=True
        )
    ]


def find_addressees(text: str, position: int) -> ResponsibilityClause | None:
    """Find the addressees of the letter around a position: the last line before it that contains only units and a colon."""
    low = max(0, position - 600)
    found = None
    for match in _ADDRESSED.finditer(text, low, position):
        units = read_unit_list(text, match.start(1), match.end(1))
        if units and sum(len(unit.span) for unit in units) >= 0.6 * (match.end(1) - match.start(1)):
            found = ResponsibilityClause(
                Span(match.start(1), match.end()), tuple(ListedUnit(u.name, "responsible", u.span) for u in units)
            )
    return found


def _answerable(name: str) -> bool:
    return is_unit(name) and (is_named_unit(name) or name.endswith(("政府", "县", "主管部门", "党委")))


def _subject(text: str, match: re.Match[str], role: str) -> list[ResponsibilityClause]:
    units = read_unit_list(text, match.start("who"), match.end("who"))
    if not units or not all(_answerable(unit.name) for unit in units):
        return []
    if sum(len(unit.span) for unit in units) < 0.6 * len(match["who"]):
        return []
    span = Span(match.start("who"), match.end())
    return [
        ResponsibilityClause(span, tuple(ListedUnit(u.name, "lead" if role == "lead" else "responsible", u.span) for u in units))
    ]
