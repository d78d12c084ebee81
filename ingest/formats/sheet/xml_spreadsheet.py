"""Excel 2003 XML spreadsheets (SpreadsheetML), as many office systems export them under the ending xls: read as workbooks are."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.sheet.workbook import COLUMNS, ROWS, add_sheets, new_sheet, new_workbook, report_cells
from ingest.formats.xml_file import decode_xml_file, parse_xml_text
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree
    from openpyxl.worksheet.worksheet import Worksheet

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_CELL = re.compile(r"<(?:\w{1,20}:)?Cell\b")
_RANGE = re.compile(r"R([1-9]\d{0,6})C([1-9]\d{0,4}):R([1-9]\d{0,6})C([1-9]\d{0,4})")
_FORMATS = {
    "fixed": "0.00",
    "standard": "#,##0.00",
    "percent": "0.00%",
    "short date": "m/d/yyyy",
    "general date": "m/d/yyyy",
    "medium date": "m/d/yyyy",
    "long date": 'yyyy"年"m"月"d"日"',
    "short time": "h:mm",
    "medium time": "h:mm",
    "long time": "h:mm:ss",
}
"""Number formats that the format calls by a name."""


def read_xml_spreadsheet(data: bytes, source: str, limits: Limits) -> RawText:
    """Read an Excel 2003 XML spreadsheet. Raises ``RefusedInput`` where it is broken, too large or declares entities."""
    root = _parse(data, source, limits)
    styles = {style.get(_SS + "ID", ""): _format(style) for style in root.iter(_SS + "Style")}
    book = new_workbook()
    merged = comments = formulas = 0
    for worksheet in root.iterfind(_SS + "Worksheet"):
        visible = worksheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible") or ""
        hidden = visible.strip() in ("SheetHidden", "SheetVeryHidden")
        sheet = new_sheet(book, worksheet.get(_SS + "Name", ""), hidden=hidden)
        for table in worksheet.iterfind(_SS + "Table"):
            merged += _fill(sheet, table, styles)
            if merged > limits.cells // 10:
                raise RefusedInput(source, "size", "合并单元格过多，超出读取上限；请用原软件整理后导入")
        if (range := _filtered_range(worksheet)) is not None:
            sheet.auto_filter.ref = range
            sheet.auto_filter.add_filter_column(0, [])
        comments += sum(1 for _ in worksheet.iter(_SS + "Comment"))
        formulas += sum(1 for cell in worksheet.iter(_SS + "Cell") if cell.get(_SS + "Formula"))
    builder = TextBuilder("xml")
    add_sheets(builder, book, source, limits)
    report_cells(builder, formulas, comments)
    return builder.finish()


def _parse(data: bytes, source: str, limits: Limits) -> etree._Element:
    text = decode_xml_file(data, source)
    if len(_CELL.findall(text)) > limits.cells:
        raise RefusedInput(source, "size", f"单元格超过 {limits.cells} 个上限；请拆分后导入")
    return parse_xml_text(text, source)


def _filtered_range(worksheet: etree._Element) -> str | None:
    """The range of a filter that is on, as ``A1:C9``."""
    from openpyxl.utils import get_column_letter

    node = worksheet.find(_EXCEL + "AutoFilter")
    if node is None or node.find(_EXCEL + "AutoFilterColumn") is None:
        return None
    match = _RANGE.fullmatch(node.get(_EXCEL + "Range", ""))
    if match is None:
        return None
    top, left, bottom, right = map(int, match.groups())
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}" if max(left, right) <= COLUMNS else None


def _format(style: etree._Element) -> str:
    node = style.find(_SS + "NumberFormat")
    form = "" if node is None else node.get(_SS + "Format", "")
    return _FORMATS.get(form.lower(), form)


def _fill(sheet: Worksheet, table: etree._Element, styles: dict[str, str]) -> int:
    """Put the cells of a table in their places; returns how many are merged."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.cell_range import CellRange

    across = merged = 0
    column_styles: dict[int, str] = {}
    for node in table.iterfind(_SS + "Column"):
        first = min(_count(node, "Index", across + 1), COLUMNS)
        across = min(first + _count(node, "Span", 0), COLUMNS)
        column_styles.update(dict.fromkeys(range(first, across + 1), node.get(_SS + "StyleID", "")))
        if node.get(_SS + "Hidden") == "1":
            sheet.column_dimensions.group(get_column_letter(first), get_column_letter(across), hidden=True, outline_level=0)
    row = 0
    for node in table.iterfind(_SS + "Row"):
        row = _count(node, "Index", row + 1)
        if row > ROWS:
            break
        first, column = row, 0
        for cell in node.iterfind(_SS + "Cell"):
            column = _count(cell, "Index", column + 1)
            if column > COLUMNS:
                break
            right = min(column + _count(cell, "MergeAcross", 0), COLUMNS)
            down = min(row + _count(cell, "MergeDown", 0), ROWS)
            data = cell.find(_SS + "Data")
            if data is not None and (value := _value(data)) not in (None, ""):
                place = sheet.cell(row, column)
                place.value = value
                style = cell.get(_SS + "StyleID") or node.get(_SS + "StyleID") or column_styles.get(column, "")
                place.number_format = styles.get(style) or styles.get("Default") or "General"
                if (right, down) != (column, row):
                    sheet.merged_cells.ranges.add(CellRange(None, column, row, right, down))
                    merged += 1
            column = right
        row = min(row + _count(node, "Span", 0), ROWS)
        if node.get(_SS + "Hidden") == "1":
            for hidden in range(first, min(row, first + 10_000) + 1):
                sheet.row_dimensions[hidden].hidden = True
    return merged


def _count(node: etree._Element, name: str, otherwise: int) -> int:
    text = node.get(_SS + name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else otherwise


def _value(data: etree._Element) -> Any:
    """A cell's value by the type it bears; what does not fit its type stands as it is written."""
    text = "".join(data.itertext())
    kind = data.get(_SS + "Type", "String")
    try:
        if kind == "Number":
            number = float(text)
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if kind == "DateTime":
            return datetime.datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        return text
    if kind == "Boolean":
        return text.strip() == "1"
    return text
