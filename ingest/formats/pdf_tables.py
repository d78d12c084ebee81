"""Ruled tables of a PDF page as grids of cells, and tables that run on over pages as one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.formats.builder import Cell
from ingest.formats.pdf_layout import Box, Glyph, to_lines
from ingest.formats.tables import header_rows, is_layout

_NEAR = 3.0
_LONG_CELL = 1_200


@dataclass(slots=True)
class PageTable:
    """A table on one page, or several joined."""

    rows: list[list[Cell | None]]
    places: list[tuple[int, Box]]
    page: int
    box: Box
    header_rows: int
    edges: tuple[float, ...]

    @property
    def top(self) -> float:
        """Where it begins on its (first) page."""
        return self.box[1]


def find_tables(page: Any, glyphs: Sequence[Glyph], number: int) -> tuple[list[PageTable], list[Glyph]]:
    """The data tables that rules draw on a page (a pdfplumber page), and the glyphs that stand outside them."""
    found: list[PageTable] = []
    rest = list(glyphs)
    for table in sorted(page.find_tables(), key=lambda t: (t.bbox[1], t.bbox[0])):
        if any(_inside(table.bbox, other.box) for other in found):
            continue
        cells = [cell for cell in table.cells if cell[2] - cell[0] > 2 and cell[3] - cell[1] > 2]
        inside = [g for g in rest if _holds(table.bbox, g)]
        built = _grid(cells, inside, number, tuple(table.bbox), float(page.height))
        if built is None:
            continue
        found.append(built)
        taken = {id(g) for g in inside}
        rest = [g for g in rest if id(g) not in taken]
    return found, rest


def _inside(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] - 1 and inner[1] >= outer[1] - 1 and inner[2] <= outer[2] + 1 and inner[3] <= outer[3] + 1


def _holds(box: Box, glyph: Glyph) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _grid(cells: Sequence[Box], glyphs: Sequence[Glyph], number: int, box: Box, page_height: float) -> PageTable | None:
    xs = _edges([c[0] for c in cells] + [c[2] for c in cells])
    ys = _edges([c[1] for c in cells] + [c[3] for c in cells])
    width, height = len(xs) - 1, len(ys) - 1
    if width < 2 or height < 1 or width * height > 20_000:
        return None
    rows: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    taken: set[tuple[int, int]] = set()
    remaining = list(glyphs)
    for cell in sorted(cells, key=lambda c: (c[1], c[0])):
        c0, c1 = _place(xs, cell[0]), _place(xs, cell[2])
        r0, r1 = _place(ys, cell[1]), _place(ys, cell[3])
        spots = {(r, c) for r in range(r0, r1) for c in range(c0, c1)}
        if not spots or spots & taken:
            continue
        taken |= spots
        own = [
            g
            for g in remaining
            if cell[0] - 1 <= (g.x0 + g.x1) / 2 < cell[2] + 0.5 and cell[1] - 1 <= (g.top + g.bottom) / 2 < cell[3] + 0.5
        ]
        mine = {id(g) for g in own}
        remaining = [g for g in remaining if id(g) not in mine]
        rows[r0][c0] = Cell(cell_text(own, cell), r1 - r0, c1 - c0)
    for r in range(height):
        for c in range(width):
            if (r, c) not in taken:
                rows[r][c] = Cell("")
    rows, places = _without_empty(rows, ys, number, xs)
    if sum(1 for g in remaining if not g.char.isspace()) > 0.1 * max(1, len(glyphs)):
        return None
    texts = [cell.text for row in rows for cell in row if cell and cell.text]
    prose = any(cell and len(cell.text) > 200 and cell.columns * 2 > len(row) for row in rows for cell in row)
    if prose and (box[3] - box[1]) > 0.75 * page_height and height < 8:
        return None
    # Frames around a whole page or a column of prose are no tables.
    if is_layout(rows) or len(texts) < 3 or any(len(text) > _LONG_CELL for text in texts):
        return None
    return PageTable(rows, places, number, box, header_rows(rows), tuple(round(x) for x in xs))


def _without_empty(
    rows: list[list[Cell | None]], ys: Sequence[float], number: int, xs: Sequence[float]
) -> tuple[list[list[Cell | None]], list[tuple[int, Box]]]:
    """Leave out columns that hold nothing at all (slivers between double rules)."""
    width = len(rows[0])
    places = [(number, (round(xs[0], 1), round(ys[r], 1), round(xs[-1], 1), round(ys[r + 1], 1))) for r in range(len(rows))]
    starts = [any(row[c] is not None and row[c].text for row in rows) for c in range(width)]  # type: ignore[union-attr]
    narrow = [xs[c + 1] - xs[c] < 6 for c in range(width)]
    drop = {c for c in range(width) if narrow[c] and not starts[c]}
    if not drop:
        return rows, places
    out: list[list[Cell | None]] = []
    for row in rows:
        line: list[Cell | None] = []
        for c, cell in enumerate(row):
            if c in drop:
                continue
            if cell is not None and cell.columns > 1:
                lost = sum(1 for d in drop if c < d < c + cell.columns)
                cell = Cell(cell.text, cell.rows, cell.columns - lost)
            line.append(cell)
        out.append(line)
    return out, places


def cell_text(glyphs: Sequence[Glyph], cell: Box) -> str:
    """The text of a cell: wrapped lines joined, lines that end early kept apart by a space."""
    lines = to_lines(glyphs, 0)
    out = ""
    right = max((line.x1 for line in lines), default=0.0)
    previous = None
    for line in lines:
        if previous is not None:
            same_row = abs(previous.top - line.top) < 0.5 * line.em
            wrapped = previous.x1 > right - 1.6 * line.em and not same_row
            wide = out[-1:] > "\u2e80" and line.text[:1] > "\u2e80"
            closed = out.endswith(("。", "；", "！", "？")) and not wrapped
            out += "" if wide and not same_row and not closed else "" if wrapped and out[-1:] > "\u2e80" else " "
        out += line.text
        previous = line
    return out


def _edges(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


def _place(edges: Sequence[float], value: float) -> int:
    i = bisect_left(edges, value - _NEAR)
    return min(i, len(edges) - 1)


def continues(first: PageTable, second: PageTable) -> bool:
    """Whether a table at the top of a page goes on where the one at the foot of the page before stopped."""
    return len(first.edges) == len(second.edges) and all(abs(a - b) <= 12 for a, b in zip(first.edges, second.edges, strict=True))


def join(first: PageTable, second: PageTable) -> PageTable:
    """Both as one: a repeated header is left out, a row cut by the page break is put together again."""
    rows, places = [list(row) for row in second.rows], list(second.places)
    head = first.header_rows
    if head and len(rows) > head and all(_texts(first.rows[i]) == _texts(rows[i]) for i in range(head)):
        rows, places = rows[head:], places[head:]
    upper = [list(row) for row in first.rows]
    if rows and _goes_on(upper[-1], rows[0]):
        last, cut = upper[-1], rows[0]
        for c, cell in enumerate(cut):
            if cell is None or not cell.text:
                continue
            r = len(upper) - 1
            while last[c] is None and r > 0 and upper[r][c] is None:
                r -= 1
            host = upper[r][c]
            if host is not None:
                upper[r][c] = Cell(host.text + cell.text, host.rows, host.columns)
        rows, places = rows[1:], places[1:]
    elif rows:
        # An empty cell under the page break stands for the merged cell above it.
        for c, cell in enumerate(rows[0]):
            if cell is not None and not cell.text and cell.columns == 1:
                r = len(upper) - 1
                while r > 0 and upper[r][c] is None:
                    r -= 1
                host = upper[r][c]
                if host is not None and host.text and (host.rows > 1 or cell.rows > 1) and r + host.rows == len(upper):
                    upper[r][c] = Cell(host.text, host.rows + cell.rows, host.columns)
                    rows[0] = [*rows[0][:c], None, *rows[0][c + 1 :]]
    return PageTable(upper + rows, first.places + places, first.page, first.box, first.header_rows, second.edges)


def _texts(row: Sequence[Cell | None]) -> list[str]:
    return ["".join(cell.text.split()) if cell else "" for cell in row]


def _goes_on(last: Sequence[Cell | None], cut: Sequence[Cell | None]) -> bool:
    """Whether the first row of a page is the rest of a row: its number cell is empty, and a cell above stopped in mid-sentence."""
    if cut[0] is None or cut[0].text or not any(cell and cell.text for cell in cut):
        return False
    open_cells = [
        1
        for above, below in zip(last, cut, strict=False)
        if above and below and above.text and below.text and not above.text.endswith(("。", "；", ";", "！", "？", ")", "）"))
    ]
    both = [1 for above, below in zip(last, cut, strict=False) if above and below and above.text and below.text]
    return bool(open_cells) and len(open_cells) == len(both) and bool(last[0] and last[0].text)
