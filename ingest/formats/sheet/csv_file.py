"""Comma separated values: a file named .csv as one table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from corpus.document import Issue
from corpus.errors import RefusedInput
from ingest.formats.builder import GridCell, TextBuilder
from ingest.formats.tables import header_rows
from ingest.formats.text import decode, odd_characters, unify_newlines
from ingest.limits import Limits
from ingest.raw import RawText

_DELIMITERS = ",\t;，"
_COLUMNS = 2_000
_CELL = 32_767
"""What the sheets such files come from can hold in one cell; a longer one is a quotation mark that is never closed."""


def read_csv(data: bytes, source: str, limits: Limits) -> RawText:
    """Read the table; the first line that is full decides what separates the cells."""
    decoded = decode(data, source)
    text = unify_newlines(decoded.text)
    if "\x00" in text:
        raise RefusedInput(source, "broken", "表格里有空字符，文件可能已损坏；请用表格软件打开后另存为 xlsx")
    rows = [row for row in _rows(text, source, limits) if any(row)]
    width = max(map(len, rows), default=0)
    grid = [[GridCell(cell) for cell in row] + [GridCell("")] * (width - len(row)) for row in rows]
    builder = TextBuilder("csv")
    builder.issues.extend(Issue(issue.code, issue.message) for issue in decoded.issues)
    if width < 2:
        for row in rows:
            builder.line(" ".join(row))
    else:
        builder.grid(grid, header_rows=header_rows(grid), label="表1")
    builder.issues.extend(odd_characters(builder.text()))
    return builder.finish()


def _rows(text: str, source: str, limits: Limits) -> Iterator[list[str]]:
    first = next((line for line in text.split("\n", 20) if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first[:20_000].count)
    cells = 0
    csv.field_size_limit(_CELL)
    try:
        for row in csv.reader(StringIO(text), delimiter=delimiter):
            cells += sum(1 for cell in row if cell)
            if len(row) > _COLUMNS or cells > limits.cells:
                raise RefusedInput(source, "size", f"表格超过 {_COLUMNS} 列或 {limits.cells} 个单元格；请拆分后导入")
            yield [" ".join(cell.split()) for cell in row]
    except csv.Error as error:
        message = "表格的引号没有配对或单元格过长，无法分清各列；请用表格软件打开后另存为 xlsx"
        raise RefusedInput(source, "broken", message) from error
