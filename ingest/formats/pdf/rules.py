"""Finds table cells in the drawn lines of a PDF page, and ladders: horizontal rules of one width above each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.formats.pdf.glyphs import Box, Glyph, Rule

_NEAR = 3.0
_SHORT = 4.0
_LADDER = 90.0
"""Shorter rules underline words."""
_MOST = 400
_TITLE_ROW = 40.0
_OPEN = 12.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rules of one width above each other: ``ys`` where they lie, ``parts`` the shorter ones that stand between them."""

    x0: float
    x1: float
    ys: tuple[float, ...]
    parts: tuple[Rule, ...] = ()


def joined_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Join rules that are one for the eye: dashes, double lines, the two sides of a thin box."""
    out: list[Rule] = []
    for across in (True, False):
        lanes: list[list[Rule]] = []
        for rule in sorted((r for r in rules if r.across is across), key=lambda r: r.at):
            if lanes and rule.at - lanes[-1][0].at <= _NEAR:
                lanes[-1].append(rule)
            else:
                lanes.append([rule])
        for lane in lanes:
            at = sum(r.at for r in lane) / len(lane)
            lane.sort(key=lambda r: r.start)
            start, end = lane[0].start, lane[0].end
            for rule in lane[1:]:
                if rule.start > end + _NEAR:
                    out.append(Rule(across, at, start, end))
                    start = rule.start
                    end = rule.end
                end = max(end, rule.end)
            out.append(Rule(across, at, start, end))
    return [rule for rule in out if rule.end - rule.start > _SHORT]


def figures(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch each other, as separate drawings."""
    owner = list(range(len(rules)))

    def root(i: int) -> int:
        while owner[i] != i:
            owner[i] = owner[owner[i]]
            i = owner[i]
        return i

    flat = [i for i, rule in enumerate(rules) if rule.across]
    upright = [i for i, rule in enumerate(rules) if not rule.across]
    for i in flat:
        for j in upright:
            h, v = rules[i], rules[j]
            if h.start - _NEAR <= v.at <= h.end + _NEAR and v.start - _NEAR <= h.at <= v.end + _NEAR:
                owner[root(i)] = root(j)
    groups: dict[int, list[Rule]] = {}
    for i, rule in enumerate(rules):
        groups.setdefault(root(i), []).append(rule)
    return _stacked(list(groups.values()))


def _stacked(drawings: list[list[Rule]]) -> list[list[Rule]]:
    """Drawings that a row over the whole width parts, where the sides are open: the same columns go on right below."""
    out: list[list[Rule]] = []
    for drawing in sorted(drawings, key=lambda rules: min(r.at if r.across else r.start for r in rules)):
        if out and _goes_on_below(out[-1], drawing):
            out[-1] = [*out[-1], *drawing]
        else:
            out.append(drawing)
    return out


def _goes_on_below(upper: Sequence[Rule], lower: Sequence[Rule]) -> bool:
    above, below = [r for r in upper if r.across], [r for r in lower if r.across]
    if not above or not below or len(upper) == len(above) or len(lower) == len(below):
        return False
    last, first = max(above, key=lambda r: r.at), min(below, key=lambda r: r.at)
    if abs(last.start - first.start) > _NEAR or abs(last.end - first.end) > _NEAR or not 0 < first.at - last.at < _TITLE_ROW:
        return False
    inner = {round(r.at / _NEAR) for r in upper if not r.across} & {round(r.at / _NEAR) for r in lower if not r.across}
    return len(inner) >= 2


def find_lattices(rules: Sequence[Rule], glyphs: Sequence[Glyph]) -> list[list[Box]]:
    """The cells of every table whose columns and rows are drawn; sides left open are closed where text stands beyond them."""
    joined = joined_rules(rules)
    out: list[list[Box]] = []
    if sum(r.across for r in joined) > _MOST or sum(not r.across for r in joined) > _MOST:
        return out
    for figure in figures(joined):
        if sum(r.across for r in figure) >= 1 and sum(not r.across for r in figure) >= 1 and len(figure) >= 3:
            out += _cells(_closed(figure, glyphs))
    return out


def _closed(figure: Sequence[Rule], glyphs: Sequence[Glyph]) -> list[Rule]:
    flat, upright = [r for r in figure if r.across], [r for r in figure if not r.across]
    left, right = min(r.start for r in flat), max(r.end for r in flat)
    top, bottom = min(r.start for r in upright), max(r.end for r in upright)
    top, bottom = min(top, *(r.at for r in flat)), max(bottom, *(r.at for r in flat))
    left, right = min(left, *(r.at for r in upright)), max(right, *(r.at for r in upright))
    inside = [g for g in glyphs if left <= (g.x0 + g.x1) / 2 <= right and top <= (g.top + g.bottom) / 2 <= bottom]
    inside = [g for g in inside if not g.char.isspace()]
    more: list[Rule] = []
    first, last = min(r.at for r in upright), max(r.at for r in upright)
    if first - left > _OPEN or any((g.x0 + g.x1) / 2 < first for g in inside):
        more.append(Rule(False, left, top, bottom))
    if right - last > _OPEN or any((g.x0 + g.x1) / 2 > last for g in inside):
        more.append(Rule(False, right, top, bottom))
    first, last = min(r.at for r in flat), max(r.at for r in flat)
    if any((g.top + g.bottom) / 2 < first for g in inside):
        more.append(Rule(True, top, left, right))
    if any((g.top + g.bottom) / 2 > last for g in inside):
        more.append(Rule(True, bottom, left, right))
    return [*figure, *more]


def _cells(figure: Sequence[Rule]) -> list[list[Box]]:
    """Go from edges to the cells they enclose, as pdfplumber does."""
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells

    edges: list[dict[str, Any]] = []
    for rule in figure:
        place = (rule.start, rule.at, rule.end, rule.at) if rule.across else (rule.at, rule.start, rule.at, rule.end)
        names = ("x0", "top", "x1", "bottom")
        edges.append({**dict(zip(names, place, strict=True)), "orientation": "h" if rule.across else "v"})
    cells = intersections_to_cells(edges_to_intersections(edges, _NEAR, _NEAR))
    return [[tuple(cell) for cell in table] for table in cells_to_tables(cells)]


def find_ladders(rules: Sequence[Rule]) -> list[Ladder]:
    """Rules without uprights: the frame of a three-line table, or rows parted by lines alone."""
    flat = sorted((r for r in joined_rules(rules) if r.across and r.end - r.start >= _LADDER), key=lambda r: r.at)
    short = [r for r in joined_rules(rules) if r.across]
    out: list[Ladder] = []
    used: set[int] = set()
    for i, first in enumerate(flat):
        if i in used:
            continue
        same = [j for j in range(i, len(flat)) if abs(flat[j].start - first.start) <= 6 and abs(flat[j].end - first.end) <= 6]
        if len(same) < 2:
            continue
        used.update(same)
        ys = tuple(flat[j].at for j in same)
        parts = tuple(
            r
            for r in short
            if ys[0] + _NEAR < r.at < ys[-1] - _NEAR
            and first.start - _NEAR <= r.start
            and r.end <= first.end + _NEAR
            and r.end - r.start < 0.95 * (first.end - first.start)
        )
        out.append(Ladder(first.start, first.end, ys, parts))
    return out
