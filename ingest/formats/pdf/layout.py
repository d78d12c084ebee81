"""Glyphs of a PDF page as lines in reading order: runs of glyphs, rows of runs, columns of lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from statistics import median

from ingest.formats.pdf.glyphs import Box, Glyph

_GAP = 2.5
"""So many character widths of white part two columns, two cells or two signatures."""
_CROWDED = 300
_KNOWN_SLACK = 0.04
_left = attrgetter("x0")
_BLANKS = frozenset(" \t\u00a0\u2002\u2003\u2009\u3000")


@dataclass(slots=True)
class LayoutLine:
    """A run of glyphs on one base line; ``place`` is where it stands on the page as shown, if the page was turned."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    em: float
    page: int
    column: int = 0
    place: Box | None = None

    @property
    def box(self) -> Box:
        """Left, top, right, bottom."""
        x0, top, x1, bottom = self.place or (self.x0, self.top, self.x1, self.bottom)
        return (round(x0, 1), round(top, 1), round(x1, 1), round(bottom, 1))


@dataclass(slots=True)
class _Run:
    """Glyphs that follow each other in the file and on the page."""

    glyphs: list[Glyph]
    top: float
    bottom: float
    x0: float
    x1: float


def to_lines(glyphs: Sequence[Glyph], page: int) -> list[LayoutLine]:
    """Lines top to bottom, each split where a wide gap parts two columns or two signatures."""
    return lines_of(rows_of(glyphs), page)


def lines_of(rows: Sequence[Sequence[Glyph]], page: int) -> list[LayoutLine]:
    """The same from rows of glyphs."""
    lines = (_line(segment, page) for row in rows for segment in segments(row))
    return [line for line in lines if line.text]


def rows_of(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs that stand on one base line together, left to right.

    Runs are placed whole: where two runs lie over each other (a cell whose text runs into the next row of a form), their
    glyphs are never mixed.
    """
    rows: list[list[_Run]] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for run in sorted(_runs(glyphs), key=lambda r: r.top + r.bottom):
        middle = (run.top + run.bottom) / 2
        for i in range(len(rows) - 1, max(-1, len(rows) - 5), -1):
            shared = min(bottoms[i], run.bottom) - max(tops[i], run.top)
            smaller = min(bottoms[i] - tops[i], run.bottom - run.top)
            if not (tops[i] <= middle <= bottoms[i] and shared > 0.6 * smaller):
                continue
            crowded = len(rows[i]) > _CROWDED
            over = (
                []
                if crowded
                else [other for other in rows[i] if min(other.x1, run.x1) - max(other.x0, run.x0) > 0.5 * (run.bottom - run.top)]
            )
            if any(_twice(run, other) for other in over):
                break  # drawn twice to look bold
            if over and not _inside_a_gap(run, over):
                continue
            rows[i].append(run)
            # The row's band follows its largest glyphs, but never grows by marks that reach above or below.
            if run.bottom - run.top > bottoms[i] - tops[i]:
                tops[i], bottoms[i] = run.top, run.bottom
            break
        else:
            rows.append([run])
            tops.append(run.top)
            bottoms.append(run.bottom)
    order = sorted(range(len(rows)), key=lambda i: tops[i])
    out = []
    for i in order:
        row = rows[i]
        if len(row) == 1:
            out.append(row[0].glyphs)
        else:
            out.append(sorted((g for run in row for g in run.glyphs), key=lambda g: g.x0))
    return out


def _runs(glyphs: Sequence[Glyph]) -> list[_Run]:
    runs: list[_Run] = []
    held: list[Glyph] = []
    run: _Run | None = None
    last_x0 = last_x1 = last_sum = last_height = 0.0
    for glyph in glyphs:
        char, x0, top, x1, bottom = glyph
        height = bottom - top
        off = top + bottom - last_sum
        if char in _BLANKS:
            if run is not None and -height < off < height and x0 >= last_x0:
                held.append(glyph)
            continue
        if (
            run is None
            or not -0.3 * height <= off <= 0.3 * height
            or x0 < last_x0
            or x0 - last_x1 > height
            or not 0.7 * last_height < height < 1.4 * last_height
        ):
            held = []
            run = _Run(held, top, bottom, x0, x1)
            runs.append(run)
        held.append(glyph)
        if x1 > run.x1:
            run.x1 = x1
        last_x0, last_x1, last_sum, last_height = x0, x1, top + bottom, height
    return runs


def _twice(run: _Run, other: _Run) -> bool:
    """Whether a run is written over the same characters of another, as some programs do to make them bold."""
    room = 0.2 * (run.bottom - run.top)
    if abs(run.top - other.top) > room or abs(run.bottom - other.bottom) > room:
        return False
    mine, there = ([g for g in r.glyphs if g.char not in _BLANKS] for r in (run, other))
    text = [g.char for g in mine]
    for at in range(bisect_right(there, run.x0 - room, key=_left), bisect_left(there, run.x0 + room, key=_left)):
        over = there[at : at + len(mine)]
        if [g.char for g in over] == text and abs(over[-1].x0 - mine[-1].x0) < room:
            return True
    return False


def _inside_a_gap(run: _Run, over: Sequence[_Run]) -> bool:
    """Whether a run only fills room another run leaves (an underline's blanks, a justified line written in pieces)."""
    return not any(
        min(g.x1, h.x1) - max(g.x0, h.x0) > 0.5 * min(g.x1 - g.x0, h.x1 - h.x0)
        for other in over
        for g in other.glyphs
        if g.x1 > run.x0 and g.x0 < run.x1 and not g.char.isspace()
        for h in run.glyphs
        if not h.char.isspace()
    )


def segments(row: Sequence[Glyph], gap: float = _GAP) -> list[list[Glyph]]:
    """A row parted where more than ``gap`` character widths stand empty."""
    room = gap * em_of(row)
    parts: list[list[Glyph]] = []
    part: list[Glyph] = []
    right = 0.0
    for glyph in row:
        char, x0, _, x1, _ = glyph
        if char in _BLANKS:
            if parts:
                part.append(glyph)
            continue
        if not parts or x0 - right > room:
            part = []
            parts.append(part)
            right = x1
        elif x1 > right:
            right = x1
        part.append(glyph)
    return parts


def em_of(row: Iterable[Glyph]) -> float:
    """The width of a character."""
    widths = [g.x1 - g.x0 for g in row if g.char > "\u2e80"]
    if widths:
        return max(1.0, median(widths))
    heights = [g.bottom - g.top for g in row]
    return max(1.0, median(heights) * 0.9) if heights else 10.0


def _line(segment: Sequence[Glyph], page: int) -> LayoutLine:
    em = em_of(segment)
    out: list[str] = []
    previous: Glyph | None = None
    space = False
    for glyph in segment:
        if glyph.char.isspace():
            space = True
            continue
        if previous is not None:
            gap = glyph.x0 - previous.x1
            if glyph.char == previous.char and _over(previous, glyph, em):
                continue  # the same character drawn twice to look bold
            if space or gap > 0.25 * em:
                if previous.char > "\u2e80" and glyph.char > "\u2e80":
                    apart = gap > (0.2 if space else 0.7) * em or (gap > 0.42 * em and _stands_out(segment, previous, glyph, em))
                else:
                    apart = gap > (0.05 if space else 0.25) * em or (space and gap > -0.1 * em and _both_latin(previous, glyph))
                if apart:
                    out.append(" ")
        out.append(glyph.char)
        previous = glyph
        space = False
    real = [g for g in segment if not g.char.isspace()]
    return LayoutLine(
        "".join(out),
        min(g.x0 for g in real),
        median(g.top for g in real),
        max(g.x1 for g in real),
        median(g.bottom for g in real),
        em,
        page,
    )


def _over(glyph: Glyph, other: Glyph, em: float) -> bool:
    """Whether a glyph stands on another; two digits of a small note beside large print only stand close."""
    shift = other.x0 - glyph.x0
    return shift < 0.2 * em and shift <= 0.5 * (glyph.x1 - glyph.x0) and abs(other.top - glyph.top) < 0.2 * em


def _stands_out(segment: Sequence[Glyph], left: Glyph, right: Glyph, em: float) -> bool:
    """Whether a gap of half a character parts two names: the other characters of the line stand close together."""
    if not (_ideograph(left) and _ideograph(right)):
        return False
    pairs = [(a, b) for a, b in pairwise(segment) if _ideograph(a) and _ideograph(b)]
    wide = sum(1 for a, b in pairs if b.x0 - a.x1 > 0.3 * em)
    return wide <= 3 and wide * 3 <= len(pairs)


def _ideograph(glyph: Glyph) -> bool:
    return "\u3400" <= glyph.char <= "\u9fff"


def _both_latin(left: Glyph, right: Glyph) -> bool:
    return left.char < "\u2e80" and right.char < "\u2e80"


def in_columns(lines: list[LayoutLine], width: float, gutter: float | None = None) -> list[LayoutLine]:
    """The same lines, with two columns read one after the other where the page has them.

    Args:
        lines: from the top down.
        width: of the page, in points.
        gutter: where the white between the columns is known to lie.
    """
    if not lines:
        return lines
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    if gutter is not None:
        return _one_after_the_other(lines, gutter, _KNOWN_SLACK * (right - left))
    if len(lines) < 12:
        return lines
    middle = (left + right) / 2
    slack = 0.08 * (right - left)
    rows: list[list[LayoutLine]] = []
    for line in lines:
        if rows and abs(rows[-1][0].top - line.top) < 0.5 * line.em:
            rows[-1].append(line)
        else:
            rows.append([line])
    lefts = [line for line in lines if line.x1 <= middle + slack]
    rights = [line for line in lines if line.x0 >= middle - slack]
    long = 0.3 * (right - left)
    both = min(sum(1 for x in lefts if x.x1 - x.x0 > long), sum(1 for x in rights if x.x1 - x.x0 > long))
    if both < 5 or both * 2 < 0.6 * len(rows) or any(len(row) > 2 for row in rows[: len(rows) // 2] if len(rows) < 20):
        return lines
    return _one_after_the_other(lines, middle, slack)


def _one_after_the_other(lines: Sequence[LayoutLine], middle: float, slack: float) -> list[LayoutLine]:
    out: list[LayoutLine] = []
    first: list[LayoutLine] = []
    second: list[LayoutLine] = []
    for line in lines:
        if line.x1 <= middle + slack:
            line.column = 1
            first.append(line)
        elif line.x0 >= middle - slack:
            line.column = 2
            second.append(line)
        else:
            out += first + second + [line]
            first, second = [], []
    return out + first + second
