"""The index table of a government page (索引号, 发文机关, 成文日期 …) in a frame: label and value side by side."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.formats.builder import GridCell
from ingest.formats.pdf.glyphs import Glyph, Rule
from ingest.formats.pdf.layout import em_of, rows_of
from ingest.formats.pdf.page_table import PageTable, cell_text
from ingest.formats.pdf.rules import Ladder, joined_rules
from ingest.lexicon import label_of

_LABELS = 3
_COLONS = "：:"


@dataclass(frozen=True, slots=True)
class _Label:
    """A label: its glyphs, where it begins and ends, and the middle of its line."""

    glyphs: tuple[Glyph, ...]
    x0: float
    x1: float
    y: float

    @property
    def text(self) -> str:
        """What it says, blanks aside."""
        return "".join(g.char for g in self.glyphs if not g.char.isspace())


def find_label_table(
    ladder: Ladder, rules: Sequence[Rule], glyphs: Sequence[Glyph], page: int
) -> tuple[PageTable, list[Glyph]] | None:
    """The table of labels and values inside a frame with the glyphs it contains, or None where no labels stand there."""
    top, bottom = ladder.ys[0], ladder.ys[-1]
    own = [g for g in glyphs if top < (g.top + g.bottom) / 2 < bottom and ladder.x0 - 1 <= g.x0 and g.x1 <= ladder.x1 + 1]
    lines = rows_of(own)
    found = [label for row in lines for label in _labels(row)]
    if len(found) < _LABELS:
        return None
    em = em_of(own)
    starts: list[float] = []
    for label in sorted(found, key=lambda x: x.x0):
        if not starts or label.x0 - starts[-1] > 2 * em:
            starts.append(label.x0)
    inner = [
        r.at for r in joined_rules(rules) if r.across and top < r.at < bottom and r.end - r.start > 0.5 * (ladder.x1 - ladder.x0)
    ]
    bands = _bands(found, sorted(inner), top, bottom, em)
    named: set[int] = set()
    heads: list[dict[int, _Label]] = []
    for _, labels in bands:
        heads.append({})
        for label in labels:
            head = heads[-1].setdefault(max(i for i, x in enumerate(starts) if x <= label.x0 + em), label)
            # The first label at a place heads it; another one is text like the rest, the same one over it is bold print.
            if label.text == head.text and abs(label.x0 - head.x0) < 0.2 * em and abs(label.y - head.y) < 0.2 * em:
                named.update(id(g) for g in label.glyphs)
    once = {id(g) for row in lines for g in row}
    values = [g for g in own if id(g) in once and id(g) not in named]
    rows: list[list[GridCell | None]] = []
    places = []
    outside: set[int] = set()
    for ((high, low), _), band in zip(bands, heads, strict=True):
        row: list[GridCell | None] = [GridCell("") for _ in range(2 * len(starts))]
        columns = sorted(band)
        parts: list[list[Glyph]] = [[] for _ in range(len(columns) + 1)]
        for g in values:
            if high < (g.top + g.bottom) / 2 <= low:
                parts[bisect_right(columns, g.x0 + 1, key=lambda column: band[column].x0)].append(g)
        outside.update(id(g) for g in parts[0])
        for column, following, part in zip(columns, [*columns[1:], len(starts)], parts[1:], strict=True):
            row[2 * column] = GridCell(cell_text(band[column].glyphs))
            row[2 * column + 1] = GridCell(cell_text(part), 1, 2 * (following - column) - 1)
            row[2 * column + 2 : 2 * following] = [None] * (2 * (following - column) - 2)
        rows.append(row)
        places.append((page, (round(ladder.x0, 1), round(high, 1), round(ladder.x1, 1), round(low, 1))))
    edges = (ladder.x0, *starts, ladder.x1)
    box = (ladder.x0, top, ladder.x1, bottom)
    table = PageTable(rows, places, page, box, 0, tuple(round(x) for x in edges), titled=False)
    return table, [g for g in own if id(g) not in outside]


def _labels(row: Sequence[Glyph]) -> list[_Label]:
    """The labels in a row: what stands before a colon and is known as one."""
    out: list[_Label] = []
    for i, glyph in enumerate(row):
        if glyph.char not in _COLONS:
            continue
        for start in range(max(0, i - 12), i):
            part = row[start : i + 1]
            if not part[0].char.isspace() and part[0].char not in _COLONS and label_of("".join(g.char for g in part)):
                x0, x1 = part[0].x0, glyph.x1
                out.append(_Label(tuple(part), x0, x1, (glyph.top + glyph.bottom) / 2))
                break
    return out


def _bands(
    labels: Sequence[_Label], inner: Sequence[float], top: float, bottom: float, em: float
) -> list[tuple[tuple[float, float], list[_Label]]]:
    """The rows of the table from top to bottom: between the rules inside the frame, else half way between the labels."""
    ys: list[float] = []
    for label in sorted(labels, key=lambda x: x.y):
        if not ys or label.y - ys[-1] > 0.6 * em:
            ys.append(label.y)
    halves = [(a + b) / 2 for a, b in pairwise(ys)]
    cuts = [next((y for y in inner if a < y < b), half) for (a, b), half in zip(pairwise(ys), halves, strict=True)]
    edges = [top, *cuts, bottom]
    out = []
    for high, low in pairwise(edges):
        own = sorted((x for x in labels if high < x.y <= low), key=lambda x: x.x0)
        out.append(((high, low), own))
    return out
