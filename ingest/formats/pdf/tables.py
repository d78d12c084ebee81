"""Tables of a PDF page as grids of cells: with drawn columns and rows, with rules across only, or with white between columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from ingest.formats.builder import GridCell
from ingest.formats.pdf.columns import (
    PageColumns,
    TableRow,
    TextRow,
    body_columns,
    continues_row,
    continues_table_before,
    extend_columns,
    is_table,
    names_columns,
    table_rows,
    text_rows,
    with_header,
)
from ingest.formats.pdf.glyphs import Box, Glyph, Sheet
from ingest.formats.pdf.labels import find_label_table
from ingest.formats.pdf.layout import LayoutLine, em_of, lines_of, rows_of, to_lines
from ingest.formats.pdf.page_table import PageTable, cell_text, edges_agree, joined_lines
from ingest.formats.pdf.rules import Ladder, find_ladders, find_lattices
from ingest.formats.tables import header_rows, is_layout

_NEAR = 3.0
_LONG_CELL = 1_200
_RULED_GAP = 0.45
_WHITE_GAP = 0.75
_FIRST_ROWS = 4
_GUTTER = 0.6


def find_tables(sheet: Sheet, before: PageTable | None = None) -> tuple[list[PageTable], list[LayoutLine]]:
    """The data tables of a page, and the lines that stand outside them.

    ``before`` is the last table of the page before, which may run on.
    """
    found: list[PageTable] = []
    rest = sheet.glyphs
    if sheet.rules:
        for cells in find_lattices(sheet.rules, sheet.glyphs):
            rest = _take(found, rest, _lattice(cells, rest, sheet, None if found else before))
        free = [
            rule for rule in sheet.rules if not any(_within(rule.start, rule.end, rule.at, rule.across, t.box) for t in found)
        ]
        for ladder in find_ladders(free):
            if table := _ladder(ladder, rest, sheet):
                rest = _take(found, rest, table)
            elif labels := find_label_table(ladder, free, rest, sheet.number):
                rest = _take(found, rest, *labels)
    rows: Sequence[Sequence[Glyph]] = rows_of(rest)
    for table, own in _white(rows, sheet, before.white if before and not found else None):
        rows = _without(rows, own) if _added(found, table) else rows
    lines = lines_of(
        rows if sheet.gutter is None else [part for row in rows for part in _parted(row, sheet.gutter)], sheet.number
    )
    return sorted(found, key=lambda t: (t.box[1], t.box[0])), lines


def _parted(row: Sequence[Glyph], gutter: float) -> list[list[Glyph]]:
    """A row of two columns in two; a title over both stays whole."""
    left, right = [g for g in row if g.x0 + g.x1 <= 2 * gutter], [g for g in row if g.x0 + g.x1 > 2 * gutter]
    apart = bool(left and right) and min(g.x0 for g in right) - max(g.x1 for g in left) > _GUTTER * em_of(row)
    return [left, right] if apart else [list(row)]


def _added(found: list[PageTable], table: PageTable) -> bool:
    """Add a table, unless it stands inside one that is there."""
    if any(_inside(table.box, other.box) for other in found):
        return False
    found.append(table)
    return True


def _take(found: list[PageTable], rest: list[Glyph], table: PageTable | None, own: Sequence[Glyph] | None = None) -> list[Glyph]:
    """Add a table; the glyphs left are those it does not contain, which are those outside its box where it has all in it."""
    if table is None or not _added(found, table):
        return rest
    return [g for g in rest if not _holds(table.box, g)] if own is None else _without([rest], own)[0]


def _without(rows: Sequence[Sequence[Glyph]], own: Sequence[Glyph]) -> list[list[Glyph]]:
    """Rows without the glyphs of a table.

    Its box does not tell which those are: text that runs over its side stands in the box of another line.
    """
    taken = {id(glyph) for glyph in own}
    return [[g for g in row if id(g) not in taken] for row in rows]


def _within(start: float, end: float, at: float, across: bool, box: Box) -> bool:
    x, y = ((start + end) / 2, at) if across else (at, (start + end) / 2)
    return box[0] - _NEAR <= x <= box[2] + _NEAR and box[1] - _NEAR <= y <= box[3] + _NEAR


def _inside(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] - 1 and inner[1] >= outer[1] - 1 and inner[2] <= outer[2] + 1 and inner[3] <= outer[3] + 1


def _holds(box: Box, glyph: Glyph) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _lattice(cells: Sequence[Box], glyphs: Sequence[Glyph], sheet: Sheet, before: PageTable | None) -> PageTable | None:
    """A table whose cells are drawn."""
    cells = [cell for cell in cells if cell[2] - cell[0] > 2 and cell[3] - cell[1] > 2]
    if not cells:
        return None
    box = (min(c[0] for c in cells), min(c[1] for c in cells), max(c[2] for c in cells), max(c[3] for c in cells))
    inside = [g for g in glyphs if _holds(box, g)]
    if len({round(c[0] / 4) for c in cells}) == 1 and len({round(c[2] / 4) for c in cells}) == 1:
        ys = tuple(sorted({round(y, 1) for c in cells for y in (c[1], c[3])}))
        return _ladder(Ladder(box[0], box[2], ys), inside, sheet)
    return _grid(cells, inside, sheet, box, before)


def _ladder(ladder: Ladder, glyphs: Sequence[Glyph], sheet: Sheet) -> PageTable | None:
    """A table between rules that lie across it: three lines, or a line under every row."""
    ys = ladder.ys
    for first in range(min(3, len(ys) - 1)):
        for last in range(len(ys) - 1, max(first, len(ys) - 4), -1):
            if table := _rungs(ladder, ys[first : last + 1], glyphs, sheet):
                return table
    return None


def _rungs(ladder: Ladder, ys: Sequence[float], glyphs: Sequence[Glyph], sheet: Sheet) -> PageTable | None:
    box = (ladder.x0, ys[0], ladder.x1, ys[-1])
    own = [g for g in glyphs if _holds(box, g)]
    lines = text_rows(rows_of(own), _RULED_GAP)
    floors: list[list[TextRow]] = [[] for _ in range(len(ys) - 1)]
    for line in lines:
        floors[max(0, min(bisect_left(ys, line.middle) - 1, len(floors) - 1))].append(line)
    floors = [floor for floor in floors if floor]
    if len(floors) < 2:
        return None
    em = max(line.em for line in lines)
    columns = with_header(body_columns([x for floor in floors[1:] for x in floor], _RULED_GAP * em), floors[0], _RULED_GAP * em)
    if len(columns.spans) < 2:
        return None
    columns = PageColumns(
        ((min(ladder.x0, columns.spans[0][0]), columns.spans[0][1]), *columns.spans[1:-1], (columns.spans[-1][0], ladder.x1))
    )
    rows: list[TableRow] = [TableRow(tuple(floors[0]))]
    for floor in floors[1:]:
        parted = table_rows(floor, columns)
        one = len(floors) > 3 and not _aligned(floor, columns)
        rows += [TableRow(tuple(floor))] if one or parted is None else parted
    if not is_table(rows, columns, headed=True, ruled=True):
        return None
    return _written(rows, columns, sheet, box, ladder)


def _aligned(floor: Sequence[TextRow], columns: PageColumns) -> bool:
    """Whether lines between two rules are rows of their own: every column has something on every line."""
    return len(floor) > 1 and all(len({columns.place(p)[0] for p in line.pieces}) == len(columns.spans) for line in floor)


def _white(
    rows_found: Sequence[Sequence[Glyph]], sheet: Sheet, carried: PageColumns | None
) -> list[tuple[PageTable, list[Glyph]]]:
    """Tables that only the white between their columns shows, each with its glyphs."""
    found: list[tuple[PageTable, list[Glyph]]] = []
    lines = text_rows(rows_found, _WHITE_GAP)
    at = 0
    while at < len(lines):
        line = lines[at]
        table = None
        end = at + 1
        if carried is not None and not found and at < _FIRST_ROWS:
            below, columns = extend_columns(lines, at, _WHITE_GAP, carried)
            rows = table_rows(lines[at:below], columns, cut=True) if below > at else None
            if rows and continues_table_before(rows, carried):
                head = names_columns(line) > 1
                table, end = _written(rows, columns, sheet, None, None, headed=head), below
                table.goes_on = True
        if table is None and len(line.pieces) > 1 and names_columns(line):
            below, columns = extend_columns(lines, at, _WHITE_GAP)
            below = _last(lines, at, below, columns)
            rows = table_rows(lines[at:below], columns) if below - at > 2 else None
            if rows and is_table(rows, columns, headed=True, ruled=False):
                table, end = _written(rows, columns, sheet, None, None), below
        if table is not None:
            found.append((table, [g for own in lines[at:end] for piece in own.pieces for g in piece.glyphs]))
        at = end
    return found


def _last(lines: Sequence[TextRow], start: int, end: int, columns: PageColumns) -> int:
    """Leave out lines under the table that only happen to fit its first column: a note, the next heading."""
    while end - start > 2 and len(lines[end - 1].pieces) == 1 and columns.place(lines[end - 1].pieces[0]) == (0, 0):
        if continues_row(lines[end - 2], lines[end - 1], columns):
            break
        end -= 1
    return end


def _written(
    rows: Sequence[TableRow], columns: PageColumns, sheet: Sheet, box: Box | None, ladder: Ladder | None, *, headed: bool = True
) -> PageTable:
    """Rows in columns as a grid of cells."""
    width = len(columns.spans)
    edges = columns.edges
    grid: list[list[GridCell | None]] = []
    places: list[tuple[int, Box]] = []
    for number, row in enumerate(rows):
        levels = _levels(row, ladder) if number == 0 else [row]
        for level in levels:
            cells: list[GridCell | None] = [GridCell("") for _ in range(width)]
            for (first, last), own in _spread(level, columns, ladder if len(levels) > 1 else None).items():
                for c in range(first, last + 1):
                    cells[c] = None
                cells[first] = GridCell(cell_text(own), 1, last - first + 1)
            grid.append(cells)
            top, bottom = min(x.top for x in level.lines), max(x.bottom for x in level.lines)
            places.append((sheet.number, (round(edges[0], 1), round(top, 1), round(edges[-1], 1), round(bottom, 1))))
        if len(levels) > 1:
            _reach_down(grid, len(levels))
    if box is None:
        box = (edges[0] - 2, places[0][1][1], edges[-1] + 2, places[-1][1][3])
    head = (len(_levels(rows[0], ladder)) if ladder else 1) if headed else 0
    if headed and all(cell and cell.text.endswith(("：", ":")) for cell in grid[0][::2]):
        head = 0  # label and value side by side
    return PageTable(grid, places, sheet.number, box, min(head, len(grid)), tuple(round(x) for x in edges), columns)


def _levels(head: TableRow, ladder: Ladder | None) -> list[TableRow]:
    """The header as one row, or as the rows that a short rule inside it parts."""
    if ladder is None or not ladder.parts or len(head.lines) < 2:
        return [head]
    top, bottom = head.lines[0].top, head.lines[-1].bottom
    ys = sorted({round(part.at) for part in ladder.parts if top < part.at < bottom})
    out = [[line for line in head.lines if bisect_left(ys, line.middle) == i] for i in range(len(ys) + 1)]
    return [TableRow(tuple(lines)) for lines in out if lines] if all(out) else [head]


def _spread(row: TableRow, columns: PageColumns, ladder: Ladder | None) -> dict[tuple[int, int], list[Glyph]]:
    """The cells of a row; a cell over a short rule reaches as far as the rule does."""
    out: dict[tuple[int, int], list[Glyph]] = {}
    for (first, last), own in row.cells(columns, titles=ladder is None).items():
        x = (min(g.x0 for g in own) + max(g.x1 for g in own)) / 2
        for part in ladder.parts if ladder else ():
            if part.start <= x <= part.end and part.at > row.lines[-1].middle:
                reached = [c for c, (a, b) in enumerate(columns.spans) if part.start <= (a + b) / 2 <= part.end]
                if reached:
                    first, last = min(first, reached[0]), max(last, reached[-1])
        taken = [span for span in out if span[0] <= last and first <= span[1]]
        for span in taken:
            own = out.pop(span) + own
            first, last = min(first, span[0]), max(last, span[1])
        out[first, last] = own
    return out


def _reach_down(grid: list[list[GridCell | None]], levels: int) -> None:
    """In a header of several levels, a name over an empty place reaches down over it."""
    top = grid[-levels]
    for c, cell in enumerate(top):
        below = [grid[-levels + k][c] for k in range(1, levels)]
        if cell is not None and cell.columns == 1 and all(x is not None and not x.text for x in below):
            top[c] = GridCell(cell.text, levels)
            for k in range(1, levels):
                grid[-levels + k][c] = None
        elif cell is not None and not cell.text and len(below) == 1 and below[0] and below[0].text:
            top[c] = GridCell(below[0].text, levels)
            grid[-1][c] = None


def _grid(cells: Sequence[Box], glyphs: Sequence[Glyph], sheet: Sheet, box: Box, before: PageTable | None) -> PageTable | None:
    xs = _edges([c[0] for c in cells] + [c[2] for c in cells])
    ys = _edges([c[1] for c in cells] + [c[3] for c in cells])
    width, height = len(xs) - 1, len(ys) - 1
    if width < 2 or height < 1 or width * height > 20_000:
        return None
    rows: list[list[GridCell | None]] = [[None] * width for _ in range(height)]
    taken: set[tuple[int, int]] = set()
    boxes: list[tuple[int, int, int, int]] = []
    for cell in sorted(cells, key=lambda c: (c[1], c[0])):
        c0, c1 = _place(xs, cell[0]), _place(xs, cell[2])
        r0, r1 = _place(ys, cell[1]), _place(ys, cell[3])
        spots = {(r, c) for r in range(r0, r1) for c in range(c0, c1)}
        if spots and not spots & taken:
            taken |= spots
            boxes.append((r0, r1, c0, c1))
    boxes += [(r, r + 1, c, c + 1) for r in range(height) for c in range(width) if (r, c) not in taken]
    owner = {(r, c): i for i, (r0, r1, c0, c1) in enumerate(boxes) for r in range(r0, r1) for c in range(c0, c1)}
    held: list[list[Glyph]] = [[] for _ in boxes]
    for glyph in glyphs:
        r = max(0, min(bisect_left(ys, (glyph.top + glyph.bottom) / 2) - 1, height - 1))
        c = max(0, min(bisect_left(xs, (glyph.x0 + glyph.x1) / 2) - 1, width - 1))
        held[owner[r, c]].append(glyph)
    parted = {i: lines for i, own in enumerate(held) if (lines := to_lines(own, 0))}
    for i, (r0, r1, c0, c1) in enumerate(boxes):
        rows[r0][c0] = GridCell(joined_lines(parted.get(i, [])), r1 - r0, c1 - c0)
    rows, places = _without_empty(rows, ys, sheet.number, xs)
    edges = tuple(round(x) for x in xs)
    if before is not None and len(edges) > 2 and edges_agree(before.edges, edges):
        return PageTable(rows, places, sheet.number, box, header_rows(rows), edges)
    texts = [cell.text for row in rows for cell in row if cell and cell.text]
    prose = any(cell and len(cell.text) > 200 and cell.columns * 2 > len(row) for row in rows for cell in row)
    if prose and (box[3] - box[1]) > 0.75 * sheet.height and height < 8:
        return None
    # Frames around a whole page or a column of prose are no tables.
    if is_layout(rows) or len(texts) < 3 or any(len(text) > _LONG_CELL for text in texts):
        return None
    return PageTable(rows, places, sheet.number, box, header_rows(rows), edges)


def _without_empty(
    rows: list[list[GridCell | None]], ys: Sequence[float], number: int, xs: Sequence[float]
) -> tuple[list[list[GridCell | None]], list[tuple[int, Box]]]:
    """Leave out columns that hold nothing at all (slivers between double rules)."""
    width = len(rows[0])
    places = [(number, (round(xs[0], 1), round(ys[r], 1), round(xs[-1], 1), round(ys[r + 1], 1))) for r in range(len(rows))]
    starts = [any(row[c] is not None and row[c].text for row in rows) for c in range(width)]  # type: ignore[union-attr]
    narrow = [xs[c + 1] - xs[c] < 6 for c in range(width)]
    drop = {c for c in range(width) if narrow[c] and not starts[c]}
    if not drop:
        return rows, places
    out: list[list[GridCell | None]] = []
    for row in rows:
        line: list[GridCell | None] = []
        for c, cell in enumerate(row):
            if c in drop:
                continue
            if cell is not None and cell.columns > 1:
                lost = sum(1 for d in drop if c < d < c + cell.columns)
                cell = GridCell(cell.text, cell.rows, cell.columns - lost)
            line.append(cell)
        out.append(line)
    return out, places


def _edges(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


def _place(edges: Sequence[float], value: float) -> int:
    i = bisect_left(edges, value - _NEAR)
    return min(i, len(edges) - 1)
