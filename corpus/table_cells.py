"""Tables as cells 表格单元: what names the row of a cell, what names its column, and the line that gives the unit.

A format gives a table as a rectangle of spans and says how many rows are its header. What a cell means is read from that here, once
for everybody who quotes or searches cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.document import ParsedDocument, Span, Table
from corpus.wordlists import expand

ABOVE = 160
"""Characters above a table in which the line with its unit may stand."""

_UNIT_LINE = re.compile(r"(?<![一-龥])(?:计量|金额|货币|数量|面积)?单位\s*[：:]\s*[^\s|。；;）)]{1,24}")
_NOTE = re.compile(expand("corpus", r"^\s*(?:{table_notes})\s*(?:[：:]|\d)"))
_CONTINUED = re.compile(expand("corpus", r"{continued}"))
_NUMBER = re.compile(r"^[\s\d.,%％‰+\-—－~～≥≤><＞＜/]*\d[\s\d.,%％‰+\-—－~～≥≤><＞＜/]*$")


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row of data: its cells, one for each column, and the line over the whole width above it that names its group."""

    cells: tuple[Span, ...]
    group: Span | None = None


@dataclass(frozen=True, slots=True)
class TableCells:
    """A table read as cells.

    Args:
        table: The table.
        columns: For each column the cells that name it, from the top; several columns may share one.
        rows: The rows of data; a cell merged over several rows stands in each.
        lines: What stands over the whole table: its caption, title rows, the line with its unit.
        units: What the lines say of the unit (单位：万元).
        notes: Rows over the whole width that explain.
        continued: Whether it goes on from the table before (续表).
    """

    table: Table
    columns: tuple[tuple[Span, ...], ...]
    rows: tuple[DataRow, ...]
    lines: tuple[Span, ...] = ()
    units: tuple[Span, ...] = ()
    notes: tuple[Span, ...] = ()
    continued: bool = False


def read_table_cells(doc: ParsedDocument) -> tuple[TableCells, ...]:
    """The tables of a document as cells, in the order of the text. A table that goes on (续表) takes the header it lacks from before."""
    found: list[TableCells] = []
    for number, table in enumerate(doc.tables):
        before = doc.tables[number - 1].span.end if number else 0
        cells = _read(doc.text, table, before)
        if found and (headed := _continue(doc.text, found[-1], cells)) is not None:
            cells = headed
        found.append(cells)
    return tuple(found)


def find_unit_line(text: str, table: Table, before: int = 0) -> Span | None:
    """The line right above a table that gives its unit (单位：万元).

    Args:
        text: The document.
        table: A table of it.
        before: Where the table before ends.
    """
    start = max(before, table.span.start - ABOVE)
    found = list(_UNIT_LINE.finditer(text, start, table.span.start))
    return Span(found[-1].start(), found[-1].end()) if found else None


def is_number(text: str) -> bool:
    """Whether a cell holds a bare number, with its sign, per cent or range.

    >>> is_number("132,100"), is_number("95.8%"), is_number("2023年")
    (True, True, False)
    """
    return _NUMBER.match(text) is not None


def _read(text: str, table: Table, before: int) -> TableCells:
    width = max((len(row) for row in table.rows), default=0)
    header = table.rows[: table.header_rows]
    over = [cell for row in header if _stands_over(text, row, width) for cell in dict.fromkeys(row) if len(cell)]
    header = tuple(row for row in header if not _stands_over(text, row, width))
    columns = tuple(_header_path(text, header, column) for column in range(width))
    rows: list[DataRow] = []
    notes: list[Span] = []
    group: Span | None = None
    for row in table.rows[table.header_rows :]:
        if width > 2 and row and _is_one(row, width) and len(row[0]):
            if _NOTE.match(row[0].of(text)):
                notes.append(row[0])
            else:
                group = row[0]
        elif any(len(cell) for cell in row):
            rows.append(DataRow(tuple(row), group))
    lines = [line for line in (table.caption, *over) if line is not None]
    units = [Span(line.start + m.start(), line.start + m.end()) for line in lines for m in _UNIT_LINE.finditer(line.of(text))]
    if not units and (near := find_unit_line(text, table, before)) is not None:
        units = [near]
        lines += units
    return TableCells(table, columns, tuple(rows), tuple(dict.fromkeys(lines)), tuple(units), tuple(notes))


def _stands_over(text: str, row: Sequence[Span], width: int) -> bool:
    """Whether a header row is a title or gives the unit: one cell over the whole width, nothing beside the first, 单位：万元."""
    filled = [cell for cell in dict.fromkeys(row) if len(cell)]
    if width > 1 and len(filled) <= 3 and any(_UNIT_LINE.search(cell.of(text)) for cell in filled):
        return True
    return width > 1 and (_is_one(row, width) or (width > 2 and len(row) == width and not any(len(cell) for cell in row[1:])))


def _is_one(row: Sequence[Span], width: int) -> bool:
    """Whether a row is one cell over the whole width."""
    return len(row) == width and len(set(row)) == 1


def _header_path(text: str, header: Sequence[Sequence[Span]], column: int) -> tuple[Span, ...]:
    """The distinct cells that name a column, from the top.

    A cell over k columns that ends in k words of its own (参保人数（万人） 2022年 2023年) was two rows of the original; each column
    gets its word.
    """
    path: list[Span] = []
    for row in header:
        if column >= len(row) or not len(row[column].trimmed(text)):
            continue
        cell = row[column]
        place = [i for i, other in enumerate(row) if other == cell]
        words = [Span(cell.start + m.start(), cell.start + m.end()) for m in re.finditer(r"\S+", cell.of(text))]
        pieces = [cell.trimmed(text)]
        if len(place) > 1 and len(words) > len(place):
            pieces = [Span(words[0].start, words[-len(place) - 1].end), words[len(words) - len(place) + place.index(column)]]
        path += [piece for piece in pieces if piece not in path]
    return tuple(path)


def _continue(text: str, last: TableCells, cells: TableCells) -> TableCells | None:
    """A table that goes on from the one before: with its lines, and with its header where it has none of its own."""
    between = text[last.table.span.end : cells.table.span.start]
    if len(last.columns) != len(cells.columns) or not last.rows:
        return None
    if between.strip() and not (len(between.strip()) <= 60 and _CONTINUED.search(between)):
        return None
    lines, units = (*last.lines, *cells.lines), cells.units or last.units
    own = [[piece.of(text) for piece in path] for path in cells.columns]
    if own == [[piece.of(text) for piece in path] for path in last.columns]:
        return replace(cells, lines=tuple(dict.fromkeys(lines)), units=units, continued=True)
    first = cells.table.rows[: cells.table.header_rows]
    if not first or not any(_like(text, row, last.rows[0].cells) for row in first):
        return None
    rows = (*(DataRow(tuple(row)) for row in first), *cells.rows)
    return replace(cells, columns=last.columns, rows=rows, lines=tuple(dict.fromkeys(lines)), units=units, continued=True)


def _like(text: str, row: Sequence[Span], other: Sequence[Span]) -> bool:
    """Whether a row has numbers where a row of data has them, and has some."""
    kinds = [(is_number(a.of(text)), is_number(b.of(text))) for a, b in zip(row, other, strict=False)]
    return any(a for a, _ in kinds) and all(a == b for a, b in kinds)
