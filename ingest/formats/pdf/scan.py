"""Pages that are pictures and nothing else: read by text recognition, then written like the pages of a PDF with text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.recognition import MARK
from ingest.formats.builder import TextBuilder
from ingest.formats.pdf.flow import running
from ingest.formats.pdf.layout import LayoutLine, in_columns, to_lines
from ingest.formats.pdf.page_table import PageTable
from ingest.formats.pdf.tables import find_tables
from ingest.formats.pdf.write import PageContent, write_pages

if TYPE_CHECKING:
    from PIL.Image import Image

    from ingest.formats.pdf.glyphs import Sheet
    from ingest.formats.pdf.ocr.page import RecognisedSheet

RECOGNISED = MARK + "：{}由文字识别得到，可能有错字"
"""The warning of what was read by recognition; the place holds the pages."""


def read_page(image: Image, number: int, width: float, source: str, before: PageContent | None = None) -> PageContent:
    """Read the picture of a page.

    Args:
        image: the picture.
        number: of the page.
        width: of the page, in points.
        source: the name of the file, for messages.
        before: the page before, whose last table may run on.
    """
    from ingest.formats.pdf.ocr import recognise

    found = recognise(image, number, width, source)
    content = PageContent(number, found.sheet.width, found.sheet.height)
    if found.sheet.glyphs:
        content.recognised.append(found)
        content.tables, lines = lay_out(found.sheet, before.tables[-1] if before and before.tables else None)
        content.lines = in_columns(lines, found.sheet.width, found.sheet.gutter)
        show_places(content, found)
    return content


def lay_out(sheet: Sheet, before: PageTable | None) -> tuple[list[PageTable], list[LayoutLine]]:
    """The tables of a page and the lines outside them; lines alone where a drawing nobody thought of stands in the way."""
    try:
        return find_tables(sheet, before)
    except (ArithmeticError, LookupError, ValueError):
        return [], to_lines(sheet.glyphs, sheet.number)


def show_places(content: PageContent, found: RecognisedSheet) -> None:
    """Say where what was read in a picture stands on the page as it is shown."""
    left, top = found.origin
    for line in content.lines:
        line.place = found.shown((line.x0, line.top, line.x1, line.bottom))
        line.x0, line.x1, line.top, line.bottom = line.x0 + left, line.x1 + left, line.top + top, line.bottom + top
    for table in content.tables:
        table.places = [(page, found.shown(box)) for page, box in table.places]
        table.box = (table.box[0] + left, table.box[1] + top, table.box[2] + left, table.box[3] + top)


def write_recognised(builder: TextBuilder, pages: Sequence[PageContent], unit: str = "页") -> None:
    """Write pages that were all read by recognition, without headers, footers and page numbers, and say how sure they are.

    Args:
        builder: that they are written to.
        pages: in their order.
        unit: what they are counted as in warnings.
    """
    out = running([(page.height, page.lines) for page in pages])
    for page in pages:
        page.lines = [line for line in page.lines if id(line) not in out]
    write_pages(builder, pages)
    say_recognised(builder, pages, unit)


def say_recognised(builder: TextBuilder, pages: Sequence[PageContent], unit: str = "页") -> None:
    """Mark what was read by recognition, where anything was."""
    recognised = [sheet for page in pages for sheet in page.recognised]
    if recognised:
        from ingest.formats.pdf.ocr.marks import mark_recognised

        mark_recognised(builder, recognised, unit)
        builder.issue("ocr", RECOGNISED.format(page_numbers([sheet.sheet.number for sheet in recognised], unit)))


def page_numbers(numbers: Sequence[int], unit: str = "页") -> str:
    """Page numbers for a message: 第 2–4、7 页."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs[:20])
    return f"第 {shown}{'等' if len(runs) > 20 else ''} {unit}"
