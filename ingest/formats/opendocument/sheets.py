"""Sheets of OpenDocument (.ods), put into a workbook and read as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.opendocument.parts import DRAW, OFFICE, STYLE, TABLE, TEXT, count_of, open_content, words
from ingest.formats.package import Package
from ingest.formats.sheet.workbook import COLUMNS, ROWS, add_sheets, new_sheet, new_workbook, report_cells
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree
    from openpyxl.worksheet.worksheet import Worksheet

_GROUPS = frozenset({TABLE + name for name in ("table-header-rows", "table-rows", "table-row-group")})
_COLUMN_GROUPS = frozenset({TABLE + name for name in ("table-header-columns", "table-columns", "table-column-group")})
_UNSEEN = "collapse"
"""How a row or column is marked that was hidden; one that a filter hides (``filter``) is content."""
_MOST_HIDDEN = 100_000


def read_ods(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a sheet as it shows. Raises ``RefusedInput`` for a damaged or encrypted one and one over the limits."""
    package = Package(data, source, limits)
    root = open_content(package, source)
    unseen = {
        node.get(STYLE + "name", "")
        for node in root.iter(STYLE + "style")
        if any(inner.get(TABLE + "display") == "false" for inner in node.iterfind(STYLE + "table-properties"))
    }
    book = new_workbook()
    cells = comments = formulas = pictures = objects = 0
    for table in root.iterfind(f"{OFFICE}body/{OFFICE}spreadsheet/{TABLE}table"):
        sheet = new_sheet(book, table.get(TABLE + "name", ""), hidden=table.get(TABLE + "style-name", "") in unseen)
        cells += _fill(sheet, table, limits.cells - cells, source, limits)
        comments += sum(1 for _ in table.iter(OFFICE + "annotation"))
        formulas += sum(1 for cell in table.iter(TABLE + "table-cell") if cell.get(TABLE + "formula"))
        pictures += sum(1 for _ in table.iter(DRAW + "image"))
        objects += sum(1 for _ in table.iter(DRAW + "object", DRAW + "object-ole"))
    builder = TextBuilder("ods")
    add_sheets(builder, book, source, limits)
    report_cells(builder, formulas, comments)
    if pictures > objects:  # an object has a picture that stands in for it
        builder.issue("pictures", f"表格有 {pictures - objects} 张图片，图片里的文字没有读入")
    if objects:
        builder.issue("embedded", f"表格嵌入了 {objects} 个图表或其他程序的对象，其内容没有读入")
    return builder.finish()


def _fill(sheet: Worksheet, table: etree._Element, room: int, source: str, limits: Limits) -> int:
    """Put the cells of a table in their places; returns how many hold something."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.cell_range import CellRange

    filled = merged = hidden = 0
    column = 0
    for node in _grouped(table, TABLE + "table-column", _COLUMN_GROUPS):
        repeated = min(count_of(node, "number-columns-repeated"), COLUMNS - column)
        if node.get(TABLE + "visibility") == _UNSEEN and repeated > 0:
            first, last = get_column_letter(column + 1), get_column_letter(min(column + repeated, column + 1_000))
            sheet.column_dimensions.group(first, last, hidden=True, outline_level=0)
        column += repeated
    row = 0
    for node in _grouped(table, TABLE + "table-row", _GROUPS):
        repeated = count_of(node, "number-rows-repeated")
        given = [cell for cell in node if cell.tag in (TABLE + "table-cell", TABLE + "covered-table-cell")]
        values = [(cell, count_of(cell, "number-columns-repeated"), _shown(cell)) for cell in given]
        full = any(value for _, _, value in values)
        if row + repeated > ROWS:
            repeated = ROWS - row
        for _ in range(repeated if full else 0):
            row += 1
            column = 0
            for cell, times, value in values:
                if value and cell.tag == TABLE + "table-cell":
                    for place in range(column + 1, min(column + times, COLUMNS) + 1):
                        filled += 1
                        if filled > room:
                            raise RefusedInput(source, "size", f"非空单元格超过 {limits.cells} 个上限；请拆分后导入")
                        sheet.cell(row, place).value = value
                    right = min(column + count_of(cell, "number-columns-spanned"), COLUMNS)
                    down = min(row + count_of(cell, "number-rows-spanned") - 1, ROWS)
                    if (right, down) != (column + 1, row):
                        merged += 1
                        if merged > limits.cells // 10:
                            raise RefusedInput(source, "size", "合并单元格过多，超出读取上限；请用原软件整理后导入")
                        sheet.merged_cells.ranges.add(CellRange(None, column + 1, row, right, down))
                column += times
            if node.get(TABLE + "visibility") == _UNSEEN and hidden < _MOST_HIDDEN:
                hidden += 1
                sheet.row_dimensions[row].hidden = True
        row += 0 if full else repeated
        if row >= ROWS:
            break
    return filled


def _grouped(table: etree._Element, name: str, groups: frozenset[str]) -> list[etree._Element]:
    """The rows or columns of a table, also those in groups."""
    found: list[etree._Element] = []
    waiting = list(reversed(table))
    while waiting:
        node = waiting.pop()
        if node.tag == name:
            found.append(node)
        elif node.tag in groups:
            waiting += list(reversed(node))
    return found


def _shown(cell: etree._Element) -> str:
    """What a cell shows: its paragraphs on one line; the value where a program wrote none."""
    text = " ".join(" ".join(words(paragraph).split()) for paragraph in cell.iterfind(TEXT + "p")).strip()
    return text or next(
        (cell.get(OFFICE + name, "") for name in ("string-value", "date-value", "value") if cell.get(OFFICE + name)), ""
    )
