"""Plain text: the frozen text is the decoded file; lines of cells that tabulators, blanks or drawn lines part are kept as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from corpus.document import Span, Table
from ingest.formats.builder import GridCell
from ingest.formats.tables import header_rows, is_number
from ingest.formats.text import decode, odd_characters, unify_newlines
from ingest.limits import DEFAULT, Limits
from ingest.raw import RawText

_LINE = re.compile(r"[^\n]*")
_FEWEST_ROWS = {2: 3}
"""Rows of a table of so many columns, where it needs more than two: two fields under each other are no table."""
_FEWEST_ROWS_OF_BLANKS = {2: 4}
_LONGEST_CELL = 200
_LONGEST_BETWEEN_BLANKS = 40
_BETWEEN_BLANKS = re.compile(r"[^ \u3000]+(?:[ \u3000][^ \u3000]+)*")
_DRAWN_SIGNS = "┌├│└╔║╠╚┏┃┣┗"
_UPRIGHT = "│║┃"
_RULE = re.compile("[─━═┄┅┈┉┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝┏┳┓┣╋┫┗┻┛╟╢│┃║ \u3000-]+")


def read_text(data: bytes, source: str, _limits: Limits = DEFAULT) -> RawText:
    """Decode, unify newlines, look for what does not belong in a text."""
    decoded = decode(data, source)
    text = unify_newlines(decoded.text)
    return RawText(text=text, format="txt", tables=find_tables(text), issues=decoded.issues + tuple(odd_characters(text)))


def find_tables(text: str) -> tuple[Table, ...]:
    """The tables of a text: lines under each other with the same number of cells, which tabulators, blanks or drawn lines part."""
    ways = []
    if "\t" in text:
        ways.append(_parted_by_tabulators)
    if "  " in text or "\u3000\u3000" in text:
        ways.append(_parted_by_blanks)
    if any(sign in text for sign in _DRAWN_SIGNS):
        ways.append(_parted_by_lines)
    if not ways:
        return ()
    lines = [Span(match.start(), match.end()) for match in _LINE.finditer(text) if _starts_line(text, match.start())]
    found: list[Sequence[Sequence[Span]]] = [rows for way in ways for rows in way(text, lines)]
    tables: list[Table] = []
    for rows in sorted(found, key=lambda rows: rows[0][0]):
        span = Span(rows[0][0].start, rows[-1][-1].end)
        if tables and tables[-1].span.end > span.start:
            continue
        grid = [[GridCell(cell.of(text)) for cell in row] for row in rows]
        tables.append(Table(span, tuple(map(tuple, rows)), header_rows(grid), label=f"表{len(tables) + 1}"))
    return tuple(tables)


def _starts_line(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] == "\n"


def _parted_by_tabulators(text: str, lines: Sequence[Span]) -> Iterator[list[tuple[Span, ...]]]:
    for width, block in groupby(lines, key=lambda line: _count_tabulators(text, line)):
        if width < 2:
            continue
        rows = [tuple(_cells(text, line)) for line in block]
        if len(rows) >= _FEWEST_ROWS.get(width, 2) and _are_cells(text, rows):
            yield rows


def _count_tabulators(text: str, line: Span) -> int:
    return text.count("\t", line.start, line.end) + 1 if line.of(text).strip() else 0


def _parted_by_blanks(text: str, lines: Sequence[Span]) -> Iterator[list[tuple[Span, ...]]]:
    """Blanks also set lines in and part names: a table has words in its first line and figures in one column of all others."""
    for width, block in groupby((tuple(_between_blanks(text, line)) for line in lines), key=len):
        rows = list(block)
        if width < 2 or len(rows) < _FEWEST_ROWS_OF_BLANKS.get(width, 3):
            continue
        texts = [[cell.of(text) for cell in row] for row in rows]
        words = not any(is_number(cell) for cell in texts[0])
        figures = any(all(is_number(row[column]) for row in texts[1:]) for column in range(1, width))
        fields = sum(any("：" in cell or ":" in cell for cell in row) for row in texts) * 2 > len(texts)
        if words and figures and not fields and all(len(cell) <= _LONGEST_BETWEEN_BLANKS for row in texts for cell in row):
            yield rows


def _between_blanks(text: str, line: Span) -> Iterator[Span]:
    if "\t" in line.of(text):
        return
    for match in _BETWEEN_BLANKS.finditer(text, line.start, line.end):
        yield Span(match.start(), match.end())


def _parted_by_lines(text: str, lines: Sequence[Span]) -> Iterator[list[tuple[Span, ...]]]:
    """Tables drawn with characters; one with cells of several lines is left as it is, because such a cell is no span of the text."""
    for drawn, block in groupby(lines, key=lambda line: line.of(text).strip()[:1] in _DRAWN_SIGNS and len(line) > 2):
        if not drawn:
            continue
        rows: list[tuple[Span, ...]] = []
        between = 0
        heights: list[int] = []
        for line in block:
            if _RULE.fullmatch(line.of(text).strip()):
                heights += [between] if between else []
                between = 0
            else:
                rows.append(tuple(_between_lines(text, line)))
                between += 1
        heights += [between] if between else []
        several = len(heights) > 2 and max(heights) > 1
        if len(rows) > 1 and not several and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
            yield rows


def _between_lines(text: str, line: Span) -> Iterator[Span]:
    start = None
    for place in range(line.start, line.end):
        if text[place] in _UPRIGHT:
            if start is not None:
                yield Span(start, place).trimmed(text)
            start = place + 1


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
