"""Texts (.odt) and presentations (.odp) of OpenDocument: what a reader of the page sees, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.document import Span
from corpus.errors import RefusedInput
from ingest.formats.builder import LITTLE_TEXT, TextBuilder
from ingest.formats.opendocument.parts import (
    DRAW,
    OFFICE,
    PRESENTATION,
    STYLE,
    SVG,
    TABLE,
    TEXT,
    ListStyles,
    count_of,
    open_content,
    words,
)
from ingest.formats.package import Package
from ingest.formats.tables import caption_above, header_rows, is_layout
from ingest.formats.text import odd_characters
from ingest.formats.web.dom import fill_rectangle
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree

_BLANKS = " \t\u3000\u00a0"
_MOST_SPANNED = 1_000
_LINK = "{http://www.w3.org/1999/xlink}href"
_LARGE_PICTURE = 5.0
"""Centimetres of the shorter side of a picture that can hold a text."""
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
_BOXES = frozenset(
    {DRAW + name for name in ("custom-shape", "rect", "ellipse", "line", "polygon", "path", "text-box", "connector")}
)


def read_odt(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a text document. Raises ``RefusedInput`` for a damaged or encrypted one and one over the limits."""
    reader = _OdfReader("odt", data, source, limits)
    body = reader.root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise RefusedInput(source, "broken", "文件没有正文部分；请用原软件打开后另存为 odt")
    reader.blocks(body)
    return reader.finish()


def read_odp(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a presentation: page after page, its title first. Raises ``RefusedInput`` as ``read_odt``."""
    reader = _OdfReader("odp", data, source, limits)
    hidden: list[int] = []
    styles = {node.get(STYLE + "name", ""): node for node in reader.root.iter(STYLE + "style")}
    for number, page in enumerate(reader.root.iterfind(f"{OFFICE}body/{OFFICE}presentation/{DRAW}page"), 1):
        style = styles.get(page.get(DRAW + "style-name", ""))
        properties = None if style is None else style.find(STYLE + "drawing-page-properties")
        if properties is not None and properties.get(PRESENTATION + "visibility") == "hidden":
            hidden.append(number)
            continue
        reader.page = number
        for frame in sorted(page, key=lambda node: node.get(PRESENTATION + "class") != "title"):
            if frame.tag == PRESENTATION + "notes":
                for inner in frame.iterfind(DRAW + "frame"):
                    reader.frame(inner)
            elif frame.get(PRESENTATION + "class") not in ("footer", "date-time", "page-number", "header"):
                reader.frame(frame, heading=1 if frame.get(PRESENTATION + "class") == "title" else None)
    if hidden:
        listed = "、".join(map(str, hidden[:20]))
        reader.builder.issue("hidden_slide", f"有 {len(hidden)} 页是隐藏的，没有读入（第 {listed} 页）")
    return reader.finish()


class _OdfReader:
    """One document being read."""

    def __init__(self, format: str, data: bytes, source: str, limits: Limits) -> None:
        self.package = Package(data, source, limits)
        self.source, self.limits = source, limits
        self.root = open_content(self.package, source)
        styles = self.package.xml("styles.xml")
        self.lists = ListStyles.of(styles, self.root)
        self.hidden_styles = _hidden_styles(styles, self.root)
        self.title_styles = {"Title"} | {
            node.get(STYLE + "name", "")
            for node in self.root.iter(STYLE + "style")
            if node.get(STYLE + "parent-style-name") == "Title"
        }
        self.builder = TextBuilder(format)
        self.page: int | None = None
        self.paragraphs = self.tables = self.cells = 0
        self.pictures = self.objects = self.comments = self.hidden = self.media = self.nested = 0
        self.large_pictures = False
        self.picture_parts: dict[str, None] = {}
        self.asides: list[etree._Element] = []

    def finish(self) -> RawText:
        """Say what was not read, and freeze."""
        issue = self.builder.issue
        if self.large_pictures and self.builder.written < LITTLE_TEXT:
            from ingest.formats.picture import write_pictures

            held = (self.package.read(part) or b"" for part in self.picture_parts)
            if read := write_pictures(self.builder, held, self.source, self.limits):
                self.pictures = len(self.picture_parts) - read
        self.builder.report_pictures(self.pictures, large=self.large_pictures)
        if self.objects:
            issue("embedded", f"文档嵌入了 {self.objects} 个其他程序的对象（如表格、公式、图表），其内容没有读入")
        if self.media:
            issue("media", f"文档带有 {self.media} 段音频或视频，没有读入")
        if self.comments:
            issue("comments", f"文档带有 {self.comments} 处批注，没有读入")
        if self.hidden:
            issue("hidden_text", f"有 {self.hidden} 处隐藏的文字没有读入")
        if self.nested:
            issue("nested_table", f"有 {self.nested} 个表格套在另一个表格的单元格里，按文字读入，请对照原件")
        if (changed := self.root.find(f".//{TEXT}tracked-changes")) is not None and len(changed):
            removed = sum(1 for _ in changed.iter(TEXT + "deletion"))
            added = sum(1 for _ in changed.iter(TEXT + "insertion"))
            issue("revisions", f"文档带有修订标记：保留 {added} 处插入，去掉 {removed} 处删除，请核对是否定稿")
        if any(name.startswith(("Basic/", "Scripts/")) for name in self.package.names):
            issue("macro", "文档带有宏，已忽略")
        self.builder.issues.extend(odd_characters(self.builder.text()))
        return self.builder.finish()

    def blocks(self, parent: etree._Element, *, heading: int | None = None) -> None:
        """Write the paragraphs, lists and tables in an element."""
        waiting = list(reversed(parent))
        while waiting:
            node = waiting.pop()
            tag = node.tag
            if tag in (TEXT + "p", TEXT + "h"):
                self._paragraph(node, "", heading)
            elif tag == TEXT + "list":
                self._list(node)
            elif tag == TABLE + "table":
                self._table(node)
            elif tag == TEXT + "section" and (node.get(TEXT + "display") == "none"):
                self.hidden += 1
            elif tag in (TEXT + "tracked-changes", TEXT + "sequence-decls", TEXT + "variable-decls", OFFICE + "forms"):
                continue
            elif isinstance(tag, str) and tag.startswith(TEXT) and tag.endswith(("-index", "-of-content")):
                start = self.builder.length
                body = node.find(TEXT + "index-body")
                if body is not None:
                    self.blocks(body)
                if self.builder.length > start:
                    self.builder.boilerplate.append(Span(start, self.builder.length - 1))
            elif isinstance(tag, str) and tag.startswith(DRAW):
                self.frame(node)
            elif isinstance(tag, str):
                waiting += list(reversed(node))

    def _paragraph(self, node: etree._Element, number: str, heading: int | None = None) -> None:
        style = node.get(TEXT + "style-name", "")
        self.paragraphs += 1
        if self.paragraphs > self.limits.paragraphs:
            raise RefusedInput(self.source, "size", "段落过多，超出读取上限；请拆分后导入")
        text = self._visible(node).strip("\n")
        if not text.strip():
            self._write_asides()
            return
        if node.tag == TEXT + "h":
            level = node.get(TEXT + "outline-level", "1")
            heading = int(level) if level.isdigit() and len(level) < 3 else 1
            number = number or self._heading_number(node, heading)
        is_title = style in self.title_styles
        for i, piece in enumerate((number + text.lstrip(_BLANKS)).split("\n")):
            if not (piece := piece.strip(_BLANKS)):
                continue
            span = self.builder.line(piece, heading=0 if is_title else heading, page=self.page, element=f"p{self.paragraphs}")
            first_slide = self.page == 1 and heading is not None
            if (is_title or first_slide) and i == 0 and "title" not in self.builder.fields:
                self.builder.fields["title"], self.builder.field_spans["title"] = piece, span
        self._write_asides()

    def _visible(self, node: etree._Element) -> str:
        """The words of a paragraph without hidden ones; what hangs on it waits to be written below it."""
        if node.get(TEXT + "style-name", "") in self.hidden_styles:
            self.hidden += bool(words(node).strip())
            return ""
        for inner in [span for span in node.iter(TEXT + "span") if span.get(TEXT + "style-name", "") in self.hidden_styles]:
            self.hidden += bool(words(inner).strip())
            tail = inner.tail
            inner.clear()
            inner.tail = tail
        return words(node, self.asides.append)

    def _heading_number(self, node: etree._Element, depth: int) -> str:
        name = self.lists.of_paragraph.get(node.get(TEXT + "style-name", ""))
        levels = self.lists.levels.get(name or "") or self.lists.outline
        if node.get(TEXT + "is-list-header") == "true":
            return ""
        return self.lists.next(name or "", levels, depth, node.get(TEXT + "start-value"))

    def _list(self, node: etree._Element, name: str = "", depth: int = 1, number: str = "") -> None:
        name = node.get(TEXT + "style-name") or name
        key = name
        if node.get(TEXT + "continue-numbering") != "true" and node.get(TEXT + "continue-list") is None and depth == 1:
            self.lists.counts.pop(key, None)
        levels = self.lists.levels.get(name, {})
        for item in node:
            if item.tag not in (TEXT + "list-item", TEXT + "list-header"):
                continue
            first = True
            for inner in item:
                if inner.tag == TEXT + "list":
                    if depth < 12:
                        self._list(inner, name, depth + 1)
                elif inner.tag in (TEXT + "p", TEXT + "h"):
                    counted = first and item.tag == TEXT + "list-item" and bool(words(inner).strip())
                    shown = self.lists.next(key, levels, depth, item.get(TEXT + "start-value")) if counted else ""
                    first = first and not counted
                    self._paragraph(inner, shown)
                elif inner.tag == TABLE + "table":
                    self._table(inner)

    def _write_asides(self) -> None:
        """Notes and frames stand in lines of their own after what they hang on; comments are only counted."""
        waiting, self.asides = self.asides, []
        for node in waiting:
            if node.tag == OFFICE + "annotation":
                self.comments += 1
            elif node.tag == TEXT + "note":
                body = node.find(TEXT + "note-body")
                if body is not None:
                    start = self.builder.length
                    self.blocks(body)
                    if self.builder.length > start:
                        self.builder.notes.append(Span(start, self.builder.length - 1))
            else:
                self.frame(node)

    def frame(self, node: etree._Element, *, heading: int | None = None) -> None:
        """Write the words of a frame or shape; count what is in it besides."""
        waiting = [node]
        while waiting:
            inner = waiting.pop()
            tag = inner.tag
            if tag == DRAW + "frame":
                # the first of several is shown, the others stand in for it
                shown = [child for child in inner if isinstance(child.tag, str) and not child.tag.startswith(SVG)]
                if any(child.tag == DRAW + "image" for child in shown[:1]):
                    sides = [_centimetres(inner.get(SVG + side, "")) for side in ("width", "height")]
                    self.large_pictures |= min(sides) >= _LARGE_PICTURE
                waiting += shown[:1]
            elif tag == DRAW + "image":
                self.pictures += 1
                self.picture_parts[inner.get(_LINK, "").removeprefix("./")] = None
            elif tag in (DRAW + "object", DRAW + "object-ole"):
                self.objects += 1
            elif tag == DRAW + "plugin":
                self.media += 1
            elif tag == TABLE + "table":
                self._table(inner)
            elif tag == DRAW + "g":
                waiting += list(reversed(inner))
            elif tag in _BOXES:
                self.blocks(inner, heading=heading)

    def _table(self, node: etree._Element) -> None:
        rows: list[list[tuple[str, int, int]]] = []
        head = 0
        for row, in_head in _rows(node):
            line: list[tuple[str, int, int]] = []
            for cell in row.iterfind(TABLE + "table-cell"):
                text = self._cell(cell)
                repeated = min(count_of(cell, "number-columns-repeated"), 200)
                down, across = count_of(cell, "number-rows-spanned"), count_of(cell, "number-columns-spanned")
                line += [(text, min(down, _MOST_SPANNED), min(across, _MOST_SPANNED))] * repeated
            head += in_head and head == len(rows)
            rows.append(line)
            self.cells += len(line)
            if self.cells > self.limits.cells:
                raise RefusedInput(self.source, "size", "表格过大，超出读取上限；请拆分后导入")
        grid = fill_rectangle(rows)
        if is_layout(grid):
            self.asides = []  # they come again with the paragraphs
            for row, _ in _rows(node):
                for cell in row.iterfind(TABLE + "table-cell"):
                    self.blocks(cell)
            return
        self.tables += 1
        caption = caption_above(self.builder)
        self.builder.grid(
            grid, header_rows=min(head or header_rows(grid), len(grid)), caption=caption, label=f"表{self.tables}", page=self.page
        )
        self._write_asides()

    def _cell(self, cell: etree._Element) -> str:
        """The paragraphs of a cell on one line; a table inside it is read as words."""
        pieces: list[str] = []
        for node in cell.iter(TEXT + "p", TEXT + "h", TABLE + "table"):
            if node.tag == TABLE + "table":
                self.nested += 1
            elif text := " ".join(self._visible(node).split()):
                pieces.append(text)
        return " ".join(pieces)


def _rows(table: etree._Element) -> list[tuple[etree._Element, bool]]:
    """The rows of a table and whether each is repeated as its header on every page."""
    found: list[tuple[etree._Element, bool]] = []
    waiting = [(child, False) for child in reversed(table)]
    while waiting:
        node, in_head = waiting.pop()
        if node.tag == TABLE + "table-row":
            found.append((node, in_head))
        elif node.tag in (TABLE + "table-header-rows", TABLE + "table-rows", TABLE + "table-row-group"):
            waiting += [(child, in_head or node.tag == TABLE + "table-header-rows") for child in reversed(node)]
    return found


def _hidden_styles(*roots: etree._Element | None) -> frozenset[str]:
    """The styles whose words are not shown."""
    found = set()
    for root in roots:
        for node in [] if root is None else root.iter(STYLE + "style"):
            properties = node.find(STYLE + "text-properties")
            if properties is not None and properties.get(TEXT + "display") == "none":
                found.add(node.get(STYLE + "name", ""))
    return frozenset(found)


def _centimetres(length: str) -> float:
    try:
        return float(length[:-2]) * _CENTIMETRES.get(length[-2:], 0.0)
    except ValueError:
        return 0.0
