"""Plain text: the frozen text is the decoded file; lines of cells that tabulators part are kept as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from corpus.document import Span, Table
from ingest.formats.builder import GridCell
from ingest.formats.tables import header_rows
from ingest.formats.text import decode, odd_characters, unify_newlines
from ingest.limits import DEFAULT, Limits
from ingest.raw import RawText

_LINE = re.compile(r"[^\n]*")
_FEWEST_ROWS = {2: 3}
"""Rows of a table of so many columns, where it needs more than two: two fields under each other are no table."""
_LONGEST_CELL = 200


def read_text(data: bytes, source: str, _limits: Limits = DEFAULT) -> RawText:
    """Decode, unify newlines, look for what does not belong in a text."""
    decoded = decode(data, source)
    text = unify_newlines(decoded.text)
    return RawText(text=text, format="txt", tables=find_tables(text), issues=decoded.issues + tuple(odd_characters(text)))


def find_tables(text: str) -> tuple[Table, ...]:
    """The tables of a text: lines under each other with the same number of cells, which tabulators part."""
    if "\t" not in text:
        return ()
    found: list[Table] = []
    lines = (match for match in _LINE.finditer(text) if match.start() == 0 or text[match.start() - 1] == "\n")
    for width, block in groupby(lines, key=lambda line: line.group().count("\t") + 1 if line.group().strip() else 0):
        if width < 2:
            continue
        rows = tuple(tuple(_cells(text, Span(line.start(), line.end()))) for line in block)
        if len(rows) >= _FEWEST_ROWS.get(width, 2) and _are_cells(text, rows):
            grid = [[GridCell(cell.of(text)) for cell in row] for row in rows]
            span = Span(rows[0][0].start, rows[-1][-1].end)
            found.append(Table(span, rows, header_rows(grid), label=f"表{len(found) + 1}"))
    return tuple(found)


def _cells(text: str, line: Span) -> Iterator[Span]:
    start = line.start
    while start <= line.end:
        end = text.find("\t", start, line.end)
        end = end if end >= 0 else line.end
        yield Span(start, end).trimmed(text)
        start = end + 1


def _are_cells(text: str, rows: Sequence[Sequence[Span]]) -> bool:
    """Whether lines parted by tabulators are rows of cells: no column is empty (lines that are only set in), none holds long texts."""
    columns = list(zip(*rows, strict=True))
    return all(any(len(cell) for cell in column) for column in columns) and all(
        len(cell) <= _LONGEST_CELL for row in rows for cell in row
    )
