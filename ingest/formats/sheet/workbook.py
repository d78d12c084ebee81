"""Workbooks: each sheet a table, its merged cells filled, its rows lines of text."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from corpus.document import Span, Table
from corpus.errors import RefusedInput
from ingest.formats.builder import GridCell, TextBuilder
from ingest.formats.package import Package
from ingest.formats.sheet.blocks import part_tables
from ingest.formats.sheet.number_format import shown_date, shown_number
from ingest.formats.tables import header_rows, is_title
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$")
_PREFIX = re.compile(rb"<(/?)[A-Za-z]\w{0,20}:")
_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:$]{1,40})"')
_STYLE = re.compile(rb"<xf[ />]")
_FORMULA = re.compile(rb"<f[ />]")
_ERROR = re.compile(rb"[^>]{0,200}\bt=[\"']e[\"']")
_OUTSIDE = ("xl/externalLinks/", "xl/connections", "xl/queryTables/", "xl/pivotCache/")
_BESIDE_CELLS = (
    ("comments", ("xl/comments", "xl/threadedComments/"), "表格带有批注（{} 组），没有读入"),
    ("pictures", ("xl/media/",), "表格有 {} 张图片，图片里的文字没有读入"),
    (
        "embedded",
        ("xl/charts/chart", "xl/chartsheets/", "xl/embeddings/"),
        "表格嵌入了 {} 个图表或其他程序的对象，其内容没有读入",
    ),
    ("form_fields", ("xl/ctrlProps/", "xl/activeX/activeX"), "表格有 {} 个表单控件，没有读入"),
    ("macro", ("xl/vbaProject",), "表格带有宏，已忽略"),
)
"""Parts of a workbook that hold no cells: the code of the issue, the beginnings of their names, what is said."""
_FORMULAS = "表格有 {} 个公式，读入的是上次保存时的计算结果，请核对"
_WORDS = re.compile(rb"<a:t>[^<]*[^<\s]")
_FEW_CELLS = 20
ROWS, COLUMNS = 1_048_576, 16_384
"""How many a sheet may have."""
_NAMES = 20_000
_STYLES = 65_536
_SHORTEST_TITLE, _LONGEST_TITLE = 5, 60
_NO_TITLE = re.compile(r"[。；;：:]|^附(?:件|表)\s*\d*$")


def read_xlsx(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a workbook as it shows: cached values, formatted dates and percentages."""
    package = Package(data, source, limits)
    contents = _check(package, source, limits)
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(BytesIO(package.as_transitional(data)), data_only=True, keep_links=False)
        except RefusedInput:
            raise
        except Exception as error:
            raise RefusedInput(source, "broken", "表格文件结构已损坏，无法读取；请用原软件打开后另存为 xlsx") from error
    builder = TextBuilder("xlsx")
    add_sheets(builder, book, source, limits)
    if contents.formulas:
        builder.issue("formula", _FORMULAS.format(contents.formulas))
    if contents.without_value:
        message = f"有 {contents.without_value} 个公式没有保存计算结果，读作空白；请用原软件打开并保存一次后再导入"
        builder.issue("formula_empty", message)
    if contents.errors:
        builder.issue("formula_error", f"有 {contents.errors} 个单元格的公式出错（如 #DIV/0!、#REF!），照原样读入，请核对")
    if contents.outside:
        builder.issue("external", "表格引用了外部文件、数据连接或透视表缓存，没有读取")
    _report_parts(builder, package)
    return builder.finish()


def _report_parts(builder: TextBuilder, package: Package) -> None:
    """Say what stands beside the cells of a workbook and was not read."""
    for code, beginnings, message in _BESIDE_CELLS:
        count = sum(1 for name in package.names if name.startswith(beginnings) and not name.endswith(".rels"))
        if count:
            builder.issue(code, message.format(count))
    boxes = [name for name in package.names if name.startswith("xl/drawings/") and _WORDS.search(package.read(name) or b"")]
    if boxes:
        builder.issue("text_boxes", "表格里有文本框或图形，其中的文字没有读入")


@dataclass(frozen=True, slots=True)
class _Contents:
    """What the parts of a workbook hold, counted before openpyxl sees them."""

    formulas: int = 0
    without_value: int = 0
    errors: int = 0
    outside: bool = False


def _check(package: Package, source: str, limits: Limits) -> _Contents:
    """Refuse what would take openpyxl minutes, before it starts; count what a reader of the text should know of."""

    def too_much(what: str, advice: str = "请拆分后导入") -> RefusedInput:
        return RefusedInput(source, "size", f"{what}；{advice}")

    values = formulas = without_value = errors = 0
    for name in package.names:
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        data = package.declared_safe(name)
        if name == "xl/workbook.xml" and data.count(b"<definedName ") > _NAMES:
            raise too_much("定义的名称过多，超出读取上限", "请用原软件整理后导入")
        if name == "xl/styles.xml" and len(_STYLE.findall(data)) > _STYLES:
            raise too_much("单元格样式过多，超出读取上限", "请用原软件整理后导入")
        if not _SHEET.match(name):
            continue
        data = _PREFIX.sub(rb"<\1", data) if b":worksheet" in data[:2000] else data
        values += data.count(b"<v>") + data.count(b"<is>")
        if values > limits.cells:
            raise too_much(f"非空单元格超过 {limits.cells} 个上限")
        if data.count(b"<c ") > 10 * limits.cells:
            raise too_much(f"单元格超过 {limits.cells} 个上限")
        if data.count(b"<mergeCell ") > limits.cells // 10 or _covered(data) > 5 * limits.cells:
            raise too_much("合并单元格过多或范围过大，超出读取上限", "请用原软件整理后导入")
        for cell in data.split(b"<c ")[1:]:
            if _FORMULA.search(cell):
                formulas += 1
                without_value += b"<v>" not in cell or b"<v></v>" in cell
            errors += _ERROR.match(cell) is not None
    outside = any(name.startswith(_OUTSIDE) for name in package.names)
    return _Contents(formulas, without_value, errors, outside)


def _covered(data: bytes) -> int:
    """How many cells the merged ranges of a sheet cover."""
    from openpyxl.utils import range_boundaries

    area = 0
    for match in _MERGE.finditer(data):
        try:
            left, top, right, bottom = range_boundaries(match[1].decode("ascii", "replace"))
        except ValueError:
            continue
        if None not in (left, top, right, bottom):
            area += (right - left + 1) * (bottom - top + 1)
    return area


def new_workbook() -> Workbook:
    """A workbook of openpyxl without any sheet, for the cells of a file that openpyxl cannot read."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    return book


def new_sheet(book: Workbook, title: str, *, hidden: bool) -> Worksheet:
    """Add a sheet to a workbook under a name of any length and characters, as shown."""
    sheet = book.create_sheet()
    sheet._WorkbookChild__title = title
    sheet.sheet_state = "hidden" if hidden else "visible"
    return sheet


def report_cells(builder: TextBuilder, formulas: int, comments: int) -> None:
    """Say how many formulas were read as their results, and how many comments on cells were not read."""
    if formulas:
        builder.issue("formula", _FORMULAS.format(formulas))
    if comments:
        builder.issue("comments", f"表格带有 {comments} 处批注，没有读入")


def add_sheets(builder: TextBuilder, book: Any, source: str, limits: Limits) -> None:
    """Write the visible sheets of an openpyxl workbook, each under its name where there are several."""
    many = len(book.worksheets) > 1
    shown = unread = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            if sheet._cells:
                unread += len(sheet._cells)
                builder.issue("hidden_sheet", f"工作表“{sheet.title}”是隐藏的，没有读入")
            continue
        written, dropped = _sheet(builder, sheet, source, limits, many)
        shown, unread = shown + written, unread + dropped
    if unread > max(shown, _FEW_CELLS):
        message = f"表格大部分没有读入：隐藏的工作表、行和列里有 {unread} 个单元格，读入的只有 {shown} 个"
        builder.issue("mostly_unread", message)


def _sheet(builder: TextBuilder, sheet: Any, source: str, limits: Limits, many: bool) -> tuple[int, int]:
    """Write one sheet; returns how many of its cells were written, and how many are hidden."""
    filled = {place: text for place, cell in sheet._cells.items() if (text := shown(cell))}
    filtered = _filtered_rows(sheet)
    unseen = {r for r, d in sheet.row_dimensions.items() if d.hidden}
    hidden_rows = unseen - filtered
    hidden_columns = _hidden_columns(sheet)
    dropped = [place for place in filled if place[0] in hidden_rows or place[1] in hidden_columns]
    if dropped:
        builder.issue("hidden_cells", f"工作表“{sheet.title}”有隐藏的行或列（{len(dropped)} 个单元格），没有读入")
        for place in dropped:
            del filled[place]
    if filtered and (kept := len({row for row, _ in filled} & unseen)):
        builder.issue("filtered", f"工作表“{sheet.title}”设有筛选，被筛掉的 {kept} 行也已读入")
    if not filled:
        return 0, len(dropped)
    written = len(filled)
    merged = {
        (m.min_row, m.min_col): (m.max_row, m.max_col) for m in sheet.merged_cells.ranges if (m.min_row, m.min_col) in filled
    }
    rows = sorted({place[0] for place in filled})
    columns = sorted({place[1] for place in filled})
    if len(rows) * len(columns) > 20 * limits.cells:
        raise RefusedInput(source, "size", f"工作表“{sheet.title}”范围过大；请拆分后导入")
    grid: list[list[GridCell | None]] = []
    covered: set[tuple[int, int]] = set()
    for r in rows:
        line: list[GridCell | None] = []
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
            line.append(GridCell(text, down, across, f"{sheet.title}!{sheet.cell(r, c).coordinate}" if text else None))
        grid.append(line)
    caption = builder.line(sheet.title, element=f"{sheet.title}!") if many else None
    blocks = part_tables(grid, rows, columns)
    for number, block in enumerate(blocks, 1):
        label = sheet.title if len(blocks) == 1 else f"{sheet.title}（{number}）"
        table = builder.grid(block, header_rows=header_rows(block), caption=caption if number == 1 else None, label=label)
        if table is not None and "title" not in builder.fields and (title := _title(builder, table, block)) is not None:
            builder.fields["title"], builder.field_spans["title"] = title.of(builder.text()), title
    return written, len(dropped)


def _filtered_rows(sheet: Any) -> set[int]:
    """The rows that a filter may have hidden: they are content, seen again when the filter is taken off."""
    from openpyxl.utils import range_boundaries

    filters = [sheet.auto_filter, *(table.autoFilter for table in sheet.tables.values())]
    rows: set[int] = set()
    for filter in filters:
        if filter is None or not filter.ref or not filter.filterColumn:
            continue
        try:
            _, top, _, bottom = range_boundaries(filter.ref)
        except ValueError:
            continue
        if top and bottom:
            rows.update(row for row in sheet.row_dimensions if top < row <= bottom)
    return rows


def _title(builder: TextBuilder, table: Table, grid: Sequence[Sequence[GridCell | None]]) -> Span | None:
    """The title over the first sheet: its first row, where that is one cell over the whole width and no sentence."""
    if not table.header_rows or not is_title(grid[0]):
        return None
    first = table.rows[0][0]
    title = first.of(builder.text())
    return first if _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE and not _NO_TITLE.search(title) else None


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
    form = cell.number_format or "General"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return shown_date(value, form)
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, (int, float)):
        return shown_number(value, form)
    return " ".join(str(value).split())
