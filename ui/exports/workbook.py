"""Exports as xlsx: a sheet that reads on the screen and prints on A4."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import Any

from ui.exports.cleaning import CHARACTERS_OF_FORMULAS, printable
from ui.exports.tables import ExportTable, Value

CELL_LIMIT = 32_767
"""Characters Excel takes in a cell."""
TOO_LONG = "……（内容过长，余下见原文）"
ROW_LIMIT = 409
"""The tallest row Excel can show, in points."""
LINE = 15.0
TALL = 8
"""Lines beyond which the cells of a row begin at its top."""


def table_bytes(table: ExportTable, made_on: dt.date) -> bytes:
    """A workbook with one sheet: title, header, rows, notes."""
    book = new_workbook()
    add_sheet(book, table, made_on)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def new_workbook() -> Any:
    """A workbook without sheets."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "策脉"
    return book


def add_sheet(book: Any, table: ExportTable, made_on: dt.date, *, frozen_columns: int = 0) -> None:
    """Add a sheet with a table to a workbook; so many first columns stay where they are when one moves to the right."""
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_sheet_name(table.title))
    last = len(table.columns)
    edge = Side(style="thin", color="8A94A0")
    border = Border(left=edge, right=edge, top=edge, bottom=edge)
    places = {"text": "left", "number": "right", "short": "center"}

    def put(cell: Cell, value: Value) -> None:
        if isinstance(value, str):
            text = printable(value)
            cell.value = text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - len(TOO_LONG)] + TOO_LONG
            # without this a text that starts with = would be run as a formula
            cell.data_type = "s"
            cell.quotePrefix = text.lstrip()[:1] in CHARACTERS_OF_FORMULAS and bool(text.strip())
        else:
            cell.value = value

    put(sheet.cell(1, 1), table.title)
    sheet.cell(1, 1).font = Font(name="黑体", size=16)
    sheet.cell(1, 1).alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 30
    if last > 1:
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=last)
    for number, column in enumerate(table.columns, 1):
        cell = sheet.cell(2, number)
        put(cell, column.header)
        cell.font = Font(name="黑体", size=11)
        cell.fill = PatternFill("solid", fgColor="E3EAF2")
        cell.border = border
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        # a Chinese character takes two of Excel's units of width
        sheet.column_dimensions[get_column_letter(number)].width = column.width * 2 + 1
    sheet.row_dimensions[2].height = 22
    for at, row in enumerate(table.rows, 3):
        heights = [lines_of(value, column.width) for value, column in zip(row, table.columns, strict=True)]
        # a tall row is read from the top
        vertical = "top" if max(heights, default=1) > TALL else "center"
        for number, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
            cell = sheet.cell(at, number)
            put(cell, value)
            cell.font = Font(name="宋体", size=10.5)
            cell.border = border
            cell.alignment = Alignment(horizontal=places[column.kind], vertical=vertical, wrap_text=True)
        sheet.row_dimensions[at].height = min(ROW_LIMIT, LINE * max([1, *heights]) + 4)
    at = len(table.rows) + 3
    total = sum(column.width for column in table.columns)
    for note in (*table.notes, footnote(made_on)):
        put(sheet.cell(at, 1), note)
        sheet.cell(at, 1).font = Font(name="宋体", size=9.5, color="5A6470")
        sheet.cell(at, 1).alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[at].height = min(ROW_LIMIT, LINE * lines_of(note, total) + 2)
        if last > 1:
            sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=last)
        at += 1

    sheet.freeze_panes = f"{get_column_letter(frozen_columns + 1)}3"
    if table.rows:
        sheet.auto_filter.ref = f"A2:{get_column_letter(last)}{len(table.rows) + 2}"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.75, 0.3
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if len(book.worksheets) == 1:
        book.properties.title = printable(table.title)[:200]


def footnote(made_on: dt.date) -> str:
    """The last line of every export."""
    return f"由策脉导出，供参考，以原文为准。导出日期：{made_on.year}年{made_on.month}月{made_on.day}日"


def lines_of(value: Value, width: float) -> int:
    """How many lines a value takes in a column of that many Chinese characters; a Latin letter counts half."""
    if not isinstance(value, str):
        return 1
    return sum(
        max(1, math.ceil(sum(1.0 if ord(char) > 0x2E80 else 0.55 for char in line) / max(1.0, width - 0.5)))
        for line in value.split("\n")
    )


def _sheet_name(title: str) -> str:
    """A name Excel accepts: no []:*?/\\ and at most 31 characters."""
    name = printable(title).translate(str.maketrans("", "", "[]:*?/\\：？\n\t")).strip().strip("'")
    return name[:31] or "导出"
