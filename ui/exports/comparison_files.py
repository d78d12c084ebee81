"""Comparisons as Word by the rules of official papers 公文格式, and as Excel with a sheet of sources."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from qa.answer import Comparison
from ui.exports.cleaning import printable
from ui.exports.comparison_layout import LaidOutCell, LaidOutComparison, LaidOutTable, lay_out
from ui.exports.tables import ExportTable, TableColumn
from ui.exports.word import cell_margins, east_asian, fill, keep_together, new_document, paragraph, repeat_header, saved, shade
from ui.exports.workbook import add_sheet, footnote, new_workbook

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋"
"""Those of GB/T 9704; a machine without 小标宋 shows its own 宋体, without 仿宋 its own."""
TITLE_SIZE, BODY_SIZE, TABLE_SIZE, NOTE_SIZE = 22, 16, 10.5, 9
LONG = 200
"""A row with a cell of more characters may run over a page."""
PORTRAIT = 4
"""Columns that a page in portrait holds."""
HEAD_WIDTH, CELL_WIDTH = 12, 30


def comparison_word(comparison: Comparison, made_on: dt.date) -> bytes:
    """A comparison as docx.

    Title, notices in a box, what differs, then tables of at most five columns with repeated headers; sources are numbered notes, each
    once, at the end.
    """
    laid = lay_out(comparison)
    most = max((len(table.headers) + 1 for table in laid.tables), default=1)
    document = new_document(landscape=most > PORTRAIT)
    _title(document, laid.title)
    if laid.notices:
        _box(document, laid.notices)
    if laid.differences:
        _heading(document, "一、主要差别")
        for line in laid.differences:
            _body(document, line)
    _heading(document, f"{'二' if laid.differences else '一'}、逐项对比")
    for i, table in enumerate(laid.tables, 1):
        if len(laid.tables) > 1:
            paragraph(document, f"表 {i}", font=HEAD_FONT, size=TABLE_SIZE)
        _table(document, laid, table)
        paragraph(document, "", size=6)
    if laid.sources:
        _heading(document, "出处")
        for source in laid.sources:
            paragraph(document, f"[{source.number}] {source.place}", font=BODY_FONT, size=NOTE_SIZE + 1)
    paragraph(document, f"“原文未载明”指文档库里该地区的文件没有写到。{footnote(made_on)}", size=NOTE_SIZE)
    return saved(document)


def comparison_excel(comparison: Comparison, made_on: dt.date) -> bytes:
    """A comparison as xlsx: one sheet with frozen heads, and one with the sources under their numbers."""
    laid = lay_out(comparison, columns=None)
    book = new_workbook()
    table = laid.tables[0] if laid.tables else LaidOutTable((), ())
    columns = (TableColumn(laid.corner, HEAD_WIDTH), *(TableColumn(header, CELL_WIDTH) for header in table.headers))
    rows = tuple((head, *(_plain(cell) for cell in cells)) for head, cells in table.rows)
    notes = (*(f"【注意】{text}" for text in laid.notices), *laid.differences, "方括号里的数是出处的编号，见“出处”表。")
    add_sheet(book, ExportTable(laid.title, columns, rows, notes), made_on, frozen_columns=1)
    sources = ExportTable(
        "出处",
        (TableColumn("编号", 5, "short"), TableColumn("文件与位置", 44), TableColumn("地区", 12), TableColumn("原文", 60)),
        tuple((source.number, source.place, source.region, "\n".join(source.quotes)) for source in laid.sources),
    )
    add_sheet(book, sources, made_on)
    values = _values(comparison)
    if values is not None:
        add_sheet(book, values, made_on)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _values(comparison: Comparison) -> ExportTable | None:
    """The values that are compared, as numbers to reckon with; None where there are none."""
    rows = [
        (
            row.aspect,
            cell.region,
            cell.value.text,
            cell.value.low,
            cell.value.high,
            cell.value.unit,
            cell.value.year,
            cell.value.note,
        )
        for row in comparison.rows
        for cell in row.cells
        if cell.value is not None
    ]
    if not rows:
        return None
    columns = (
        TableColumn("比较项", 20), TableColumn("地区", 10), TableColumn("原文数值", 12, "short"), TableColumn("下限", 10, "number"),
        TableColumn("上限", 10, "number"), TableColumn("单位", 7, "short"), TableColumn("年份", 6, "short"), TableColumn("说明", 14),
    )  # fmt: skip
    return ExportTable("数值", columns, tuple(rows), ("数值已换算成同一单位，便于排序和作图。",))


def _plain(cell: LaidOutCell) -> str:
    first = f"{cell.value}\n" if cell.value and cell.value != cell.text else ""
    return f"{first}{cell.marked}"


def _title(document: Any, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made = paragraph(document, text, font=TITLE_FONT, size=TITLE_SIZE)
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.paragraph_format.space_after = Pt(12)
    document.core_properties.title = printable(text)[:200]


def _heading(document: Any, text: str) -> None:
    from docx.shared import Pt

    made = paragraph(document, text, font=HEAD_FONT, size=BODY_SIZE)
    made.paragraph_format.space_before = Pt(6)
    made.paragraph_format.keep_with_next = True


def _body(document: Any, text: str) -> None:
    """A paragraph of the body: 仿宋 三号, its first line two characters in, lines 28 points apart."""
    from docx.shared import Pt

    made = paragraph(document, text, font=BODY_FONT, size=BODY_SIZE)
    made.paragraph_format.first_line_indent = Pt(2 * BODY_SIZE)
    made.paragraph_format.line_spacing = Pt(28)


def _box(document: Any, lines: tuple[str, ...]) -> None:
    """Notices in a box of their own."""
    grid = document.add_table(rows=1, cols=1)
    grid.style = "Table Grid"
    cell_margins(grid, above=80)
    shade(grid.rows[0].cells[0], "FFF6E5")
    fill(grid.rows[0].cells[0], "\n".join(("提示", *lines)), font=BODY_FONT, top=True)
    paragraph(document, "", size=6)


def _table(document: Any, laid: LaidOutComparison, table: LaidOutTable) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    section = document.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / Cm(1)
    grid = document.add_table(rows=1, cols=len(table.headers) + 1)
    grid.style = "Table Grid"
    grid.autofit = False
    cell_margins(grid)
    head = min(3.2, room / (len(table.headers) + 1))
    widths = [Cm(head), *[Cm((room - head) / max(1, len(table.headers)))] * len(table.headers)]
    for cell, width, header in zip(grid.rows[0].cells, widths, (laid.corner, *table.headers), strict=True):
        cell.width = width
        shade(cell, "E3EAF2")
        fill(cell, header, font=HEAD_FONT, place=WD_ALIGN_PARAGRAPH.CENTER)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    repeat_header(grid.rows[0])
    for name, cells in table.rows:
        made = grid.add_row()
        long = any(len(cell.text) > LONG for cell in cells)
        for place, width in zip(made.cells, widths, strict=True):
            place.width = width
        fill(made.cells[0], name, font=HEAD_FONT, top=long)
        for place, cell in zip(made.cells[1:], cells, strict=True):
            _fill_value(place, cell, top=long)
        if not long:
            keep_together(made)


def _fill_value(place: Any, cell: LaidOutCell, *, top: bool) -> None:
    """A cell with its value in bold above its words, the numbers of its sources raised."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.shared import Pt

    place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP if top else WD_CELL_VERTICAL_ALIGNMENT.CENTER
    made = place.paragraphs[0]
    if cell.value:
        run = made.add_run(printable(cell.value))
        run.bold = True
        run.font.size = Pt(TABLE_SIZE)
        east_asian(run, BODY_FONT)
        made.paragraph_format.space_after = Pt(0)
        made = place.add_paragraph()
    for i, line in enumerate(printable(cell.text).split("\n")):
        if i:
            made = place.add_paragraph()
        made.paragraph_format.space_after = Pt(0)
        run = made.add_run(line)
        run.font.size = Pt(TABLE_SIZE - 1)
        east_asian(run, BODY_FONT)
    if cell.notes:
        run = made.add_run("".join(f"[{number}]" for number in cell.notes))
        run.font.size = Pt(TABLE_SIZE - 1)
        run.font.superscript = True
