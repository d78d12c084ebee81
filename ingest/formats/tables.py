"""What all formats need to know of a table: how many header rows it has, and whether it is a data table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Span
from ingest.formats.builder import GridCell, TextBuilder

_NUMBERISH = re.compile(r"^[\d.,%％‰\-—+－/~～()（）年月日:：≥≤<>＜＞\s]+$")
_MAX_HEADER_CELL = 40
_MOST_HEADER_ROWS = 4
_UNIT = re.compile(r"单位\s*[：:]")
_LATIN, _HAN = re.compile("[A-Za-z]"), re.compile("[一-龥]")
_YEAR = re.compile(r"(?:19|20)\d\d\s?年?")


def header_rows(rows: Sequence[Sequence[GridCell | None]], limit: int = 4) -> int:
    """How many rows at the top name the columns; a title row over the whole width counts as one of them."""
    if len(rows) < 2:
        return 0 if len(rows) == 1 else 1
    top = 0
    while top < min(limit, len(rows) - 1) and (is_title(rows[top]) or _stands_alone(rows[top]) or gives_unit(rows[top])):
        top += 1
    count = max((cell.rows for cell in rows[top] if cell and cell.text), default=1)
    spread = any(cell and cell.columns > 1 for cell in rows[top])
    if not (spread and count <= 3):
        count = 1
    if spread and count == 1 and _names_columns(rows, top):
        count = 2
    header = [cell for row in rows[top : top + count] for cell in row if cell and cell.text]
    if any(len(cell.text) > _MAX_HEADER_CELL for cell in header):
        return top
    end = top + count
    while end < min(top + _MOST_HEADER_ROWS, len(rows) - 1) and _goes_on(rows, top, end):
        end += 1
    return min(end, len(rows) - 1)


def caption_above(builder: TextBuilder) -> Span | None:
    """The line right above, where it is short and no sentence: the caption of the table that follows."""
    if len(builder.parts) < 2 or not builder.anchors:
        return None
    text, span = builder.parts[-2], builder.anchors[-1].span
    if span.end != builder.length - 1 or len(text) != len(span) or not 0 < len(text) <= 60:
        return None
    return None if text.endswith(("。", "；", "：", ":", ";")) else span


def is_number(text: str) -> bool:
    """Whether a cell holds figures, a date or signs only."""
    return _NUMBERISH.match(text) is not None


def is_year(text: str) -> bool:
    """Whether a cell is a year, which names a column though it is a figure."""
    return _YEAR.fullmatch(text) is not None


def gives_unit(row: Sequence[GridCell | None]) -> bool:
    """Whether a row over the header says in which unit a table counts, perhaps with who made it beside."""
    filled = [cell for cell in row if cell and cell.text]
    return 0 < len(filled) <= 3 and len(row) > 1 and any(_UNIT.search(cell.text) for cell in filled)


def _goes_on(rows: Sequence[Sequence[GridCell | None]], top: int, at: int) -> bool:
    """Whether a row below a header belongs to it: the header in another language, or years under names of several columns."""
    filled = [cell for cell in rows[at] if cell and cell.text]
    above = [cell.text for row in rows[top:at] for cell in row if cell and cell.text]
    if not filled:
        return False
    foreign = all(_LATIN.search(cell.text) and not _HAN.search(cell.text) for cell in filled)
    if foreign and any(_HAN.search(text) for text in above):
        return len(filled) > 1 and all(_NUMBERISH.match(cell.text) is None for cell in filled)
    first = rows[at][0]
    spread = any(cell and cell.columns > 1 for row in rows[top:at] for cell in row)
    return spread and not (first and first.text) and all(_YEAR.fullmatch(cell.text) for cell in filled)


def _names_columns(rows: Sequence[Sequence[GridCell | None]], top: int) -> bool:
    """Whether the row below a header with cells over several columns parts these: words under them, with figures below."""
    under = [
        c
        for start, cell in enumerate(rows[top])
        if cell and cell.columns > 1
        for c in range(start, min(start + cell.columns, len(rows[top])))
    ]
    if top + 2 >= len(rows):
        return False
    names = [cell.text if (cell := rows[top + 1][c]) else "" for c in under]
    figures = [cell.text for row in rows[top + 2 :] for c in under if c < len(row) and (cell := row[c]) and cell.text]
    words = all(name and len(name) <= _MAX_HEADER_CELL and not _NUMBERISH.match(name.replace("年", "x")) for name in names)
    return words and sum(_NUMBERISH.match(figure) is not None for figure in figures) > len(figures) / 2


def is_title(row: Sequence[GridCell | None]) -> bool:
    """Whether a row is one cell over the whole width (a caption or a note inside the table)."""
    filled = [cell for cell in row if cell and cell.text]
    return len(row) > 2 and len(filled) == 1 and filled[0].columns >= len(row)


def _stands_alone(row: Sequence[GridCell | None]) -> bool:
    """Whether only the first cell of a row holds anything: a title that nobody merged over the width."""
    filled = [cell for cell in row if cell and cell.text]
    return len(row) > 2 and len(filled) == 1 and row[0] is filled[0]


def is_layout(rows: Sequence[Sequence[GridCell | None]]) -> bool:
    """Whether a table only places things on the page: one cell, or one column of running text."""
    width = max((len(row) for row in rows), default=0)
    if width <= 1:
        return True
    filled = [cell for row in rows for cell in row if cell and cell.text]
    return len(filled) <= 1
