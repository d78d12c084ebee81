"""The lines and tables of all pages of a PDF, written in reading order with the place of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.document import Span
from ingest.formats.builder import TextBuilder
from ingest.formats.pdf.flow import Margins, joined, margins, paragraphs
from ingest.formats.pdf.glyphs import Box
from ingest.formats.pdf.join import continues_table, join_tables
from ingest.formats.pdf.layout import LayoutLine
from ingest.formats.pdf.page_table import PageTable
from ingest.lexicon import expand

if TYPE_CHECKING:
    from ingest.formats.pdf.ocr.page import RecognisedSheet

_NUMBERED = re.compile(expand(r"^{captions}\s?[\d{numerals}]{1,3}(?:[-－—.]\d{1,2})?(?!\d)"))
_UNIT_LINE = re.compile(r"^[（(]?(?:计量)?单位[:：]\S{1,12}$|^[（(]\S{1,8}[）)]$")
_NO_CAPTION = ("。", "；", "：", ":", ";")
_FEW_LINES = (6, 12)
IN_PICTURE = 3
"""The column of lines read in a picture: their margins are not those of the text around it."""


@dataclass(slots=True)
class PageContent:
    """What was read on a page; ``notes`` are its footnotes, ``pictures`` are where they stand, ``body`` what lies between
    header and footer, ``recognised`` what was read in pictures; ``unreadable`` is a page whose picture gave nothing.
    """

    number: int
    width: float = 595.0
    height: float = 842.0
    lines: list[LayoutLine] = field(default_factory=list)
    tables: list[PageTable] = field(default_factory=list)
    notes: list[list[LayoutLine]] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    body: Box = (0.0, 0.0, 595.0, 842.0)
    drawn: bool = False
    recognised: list[RecognisedSheet] = field(default_factory=list)
    inked: int = 0
    garbled: bool = False
    unreadable: bool = False


def write_pages(builder: TextBuilder, pages: Sequence[PageContent]) -> None:
    """Write the text of all pages: wrapped lines joined, tables as grids."""
    by_column, whole = _margins(pages)
    pending: list[LayoutLine] = []
    # Notes stand behind the paragraph that the foot of their page is in, which may go on overleaf.
    waiting = {id(page.lines[-1]): page.notes for page in pages if page.lines and page.notes}

    def text() -> None:
        for paragraph in paragraphs(pending, by_column, whole):
            for piece, line in joined(paragraph):
                builder.anchor(builder.write(piece), page=line.page, box=line.box)
            builder.write("\n")
            for line in paragraph:
                for note in waiting.get(id(line), ()):
                    _write_note(builder, note)
        pending.clear()

    for block in _blocks(pages):
        if isinstance(block, LayoutLine):
            pending.append(block)
        else:
            text()
            _write_table(builder, block)
    text()


def _write_note(builder: TextBuilder, note: Sequence[LayoutLine]) -> None:
    start = builder.length
    for piece, line in joined(note):
        builder.anchor(builder.write(piece), page=line.page, box=line.box)
    builder.notes.append(Span(start, builder.length))
    builder.write("\n")


def _margins(pages: Sequence[PageContent]) -> tuple[dict[tuple[int, int], Margins], dict[int, Margins]]:
    """The margins of every page's columns, and those of the document's."""
    columns: dict[int, list[LayoutLine]] = {}
    for page in pages:
        for line in page.lines:
            columns.setdefault(line.column, []).append(line)
    whole = {column: found for column, lines in columns.items() if (found := margins(lines))}
    by_column: dict[tuple[int, int], Margins] = {}
    for page in pages:
        for column in {line.column for line in page.lines}:
            own = [line for line in page.lines if line.column == column]
            found = margins(own) if len(own) >= _FEW_LINES[0] else None
            # A page of a few short lines (a title page, a list of slogans) does not show how wide its text could be.
            if found and not (len(own) < _FEW_LINES[1] and found.right < whole[column].right - 3 * found.em):
                by_column[page.number, column] = found
    return by_column, whole


def _blocks(pages: Sequence[PageContent]) -> list[LayoutLine | PageTable]:
    """Lines and tables of all pages in order, tables that run on joined."""
    out: list[LayoutLine | PageTable] = []
    for page in pages:
        waiting = [(table, _column(table, page.lines)) for table in page.tables]
        for line in page.lines:
            while waiting and waiting[0][0].top <= line.top and line.column in (0, waiting[0][1]):
                _append(out, waiting.pop(0)[0])
            out.append(line)
        for table, _ in waiting:
            _append(out, table)
    return out


def _column(table: PageTable, lines: Sequence[LayoutLine]) -> int:
    """In which column of its page a table stands."""
    second = min((line.x0 for line in lines if line.column == 2), default=None)
    return 0 if second is None else 2 if table.box[0] > second - 12 else 1


def _append(out: list[LayoutLine | PageTable], table: PageTable) -> None:
    last = out[-1] if out else None
    if isinstance(last, PageTable) and last.places[-1][0] == table.page - 1 and continues_table(last, table):
        out[-1] = join_tables(last, table)
    else:
        out.append(table)


def _write_table(builder: TextBuilder, table: PageTable) -> None:
    caption, words = _caption(builder) if table.titled else (None, "")
    numbered = _NUMBERED.match(words)
    label = "".join(numbered.group().split()) if numbered else f"表{len(builder.tables) + 1}"
    builder.grid(table.rows, header_rows=table.header_rows, caption=caption, label=label, places=table.places)


def _caption(builder: TextBuilder) -> tuple[Span | None, str]:
    """The line right above a table, where it is short and no sentence; a line that only gives the unit is passed over."""
    tail = "".join(builder.parts[-8:])
    start = builder.length - len(tail)
    end = builder.length
    for anchor in builder.anchors[:-3:-1]:
        span = anchor.span
        # Each of these lines must be a paragraph of its own, right above what follows it.
        if (
            span.start < start
            or len(span) > 60
            or span.end != end - 1
            or (span.start > start and tail[span.start - start - 1] != "\n")
        ):
            break
        words = tail[span.start - start : span.end - start]
        if words.endswith(_NO_CAPTION):
            break
        if not _UNIT_LINE.match(words):
            return span, words
        end = span.start
    return None, ""
