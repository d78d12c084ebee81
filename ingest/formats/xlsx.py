"""Workbooks: each sheet a table, its merged cells filled, its rows lines of text."""

from __future__ import annotations

import datetime
import re
import warnings
from io import BytesIO
from typing import Any

from corpus.errors import RefusedInput
from ingest.formats.builder import Cell, TextBuilder
from ingest.formats.package import Package
from ingest.formats.tables import header_rows
from ingest.limits import Limits
from ingest.raw import RawText

_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$")


def read_xlsx(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a workbook as it shows: cached values, formatted dates and percentages."""
    package = Package(data, source, limits)
    formulas = _check(package, source, limits)
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(BytesIO(data), data_only=True, keep_links=False)
        except RefusedInput:
            raise
        except Exception as error:
            raise RefusedInput(source, "broken", "表格文件结构已损坏，无法读取；请用原软件打开后另存为 xlsx") from error
    builder = TextBuilder("xlsx")
    many = len(book.worksheets) > 1
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            if sheet._cells:
                builder.issue("hidden_sheet", f"工作表“{sheet.title}”是隐藏的，没有读入")
            continue
        _sheet(builder, sheet, source, limits, many)
    if formulas:
        builder.issue("formula", "表格含有公式，读入的是上次保存时的计算结果，请核对")
    return builder.finish()


def _check(package: Package, source: str, limits: Limits) -> bool:
    """Refuse what would take openpyxl minutes, before it starts; say whether there are formulas without a kept value."""
    values = merges = 0
    formulas = False
    for name in package.names:
        if name.endswith((".xml", ".rels")):
            data = package.read(name) or b""
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise RefusedInput(source, "entity", "文档含外部实体或文档类型声明，可能有害，不予读取；请用原软件另存后再导入")
            if _SHEET.match(name):
                values += data.count(b"<v>") + data.count(b"<is>")
                merges += data.count(b"<mergeCell ")
                formulas = formulas or b"<f>" in data or b"<f " in data
                if data.count(b"<c ") > 10 * limits.cells:
                    raise RefusedInput(source, "size", f"单元格超过 {limits.cells} 个上限；请拆分后导入")
    if values > limits.cells:
        raise RefusedInput(source, "size", f"有 {values} 个非空单元格，超过上限 {limits.cells}；请拆分后导入")
    if merges > limits.cells // 10:
        raise RefusedInput(source, "size", "合并单元格过多，超出读取上限；请用原软件整理后导入")
    return formulas


def _sheet(builder: TextBuilder, sheet: Any, source: str, limits: Limits, many: bool) -> None:
    filled = {place: text for place, cell in sheet._cells.items() if (text := shown(cell))}
    hidden_rows = {r for r, d in sheet.row_dimensions.items() if d.hidden}
    hidden_columns = _hidden_columns(sheet)
    dropped = [place for place in filled if place[0] in hidden_rows or place[1] in hidden_columns]
    if dropped:
        builder.issue("hidden_cells", f"工作表“{sheet.title}”有隐藏的行或列（{len(dropped)} 个单元格），没有读入")
        for place in dropped:
            del filled[place]
    if not filled:
        return
    merged = {
        (m.min_row, m.min_col): (m.max_row, m.max_col) for m in sheet.merged_cells.ranges if (m.min_row, m.min_col) in filled
    }
    rows = sorted({place[0] for place in filled})
    columns = sorted({place[1] for place in filled})
    if len(rows) * len(columns) > 20 * limits.cells:
        raise RefusedInput(source, "size", f"工作表“{sheet.title}”范围过大；请拆分后导入")
    grid: list[list[Cell | None]] = []
    covered: set[tuple[int, int]] = set()
    for r in rows:
        line: list[Cell | None] = []
        for c in columns:
            if (r, c) in covered:
                line.append(None)
                continue
            text = filled.get((r, c), "")
            down = across = 1
            if (r, c) in merged:
                bottom, right = merged[r, c]
                inside_rows = [x for x in rows if r <= x <= bottom]
                inside_columns = [x for x in columns if c <= x <= right]
                down, across = len(inside_rows), len(inside_columns)
                covered.update((x, y) for x in inside_rows for y in inside_columns)
            line.append(Cell(text, down, across, f"{sheet.title}!{sheet.cell(r, c).coordinate}" if text else None))
        grid.append(line)
    caption = builder.line(sheet.title, element=f"{sheet.title}!") if many else None
    builder.grid(grid, header_rows=header_rows(grid), caption=caption, label=sheet.title)


def _hidden_columns(sheet: Any) -> set[int]:
    hidden: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max and dimension.max - dimension.min < 2000:
            hidden.update(range(dimension.min, dimension.max + 1))
    return hidden


def shown(cell: Any) -> str:
    """A cell's value as a reader of the sheet sees it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == datetime.time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        form = cell.number_format or "General"
        if "%" in form:
            places = len(form.split("%")[0].rpartition(".")[2]) if "." in form else 0
            return f"{value * 100:.{places}f}%"
        if isinstance(value, float):
            return f"{value:.10g}" if abs(value) < 1e15 else repr(value)
        return str(value)
    return " ".join(str(value).split())
