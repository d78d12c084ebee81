"""Presentations (.pptx), read from their XML parts: slide after slide, each page with its title, its texts from the top, its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from corpus.numerals import DIGITS, PLACES, chinese_numeral
from ingest.formats.builder import GridCell, TextBuilder
from ingest.formats.package import Package
from ingest.formats.pdf.scan import read_page, say_recognised
from ingest.formats.pdf.write import PageContent, write_pages
from ingest.formats.picture import open_picture
from ingest.formats.tables import header_rows, is_layout
from ingest.formats.text import odd_characters
from ingest.formats.web.dom import fill_rectangle
from ingest.limits import Limits
from ingest.progress import tell_page
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree

    from ingest.formats.package import Relationship

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "sldNum", "hdr"})
"""Places of a slide that say its date, number and footer."""
_LARGE_PICTURE, _PER_POINT = 1_800_000, 12_700
"""The shorter side of a picture that can hold a text (5 cm), and a point, in English Metric Units."""
_LITTLE_TEXT = 60
"""Characters a slide; with less, a presentation of pictures has its text in them."""


def read_pptx(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a presentation.

    Args:
        data: the bytes of the package.
        source: the name of the file, for messages.
        limits: how many paragraphs and cells it may hold.

    Raises:
        RefusedInput: for a damaged one and one over the limits.
    """
    package = Package(data, source, limits)
    reader = _SlideReader(package, source, limits)
    raw = reader.read()
    if not reader.has_text_in_pictures:
        return raw
    from ingest.formats.pdf.ocr import available

    return _SlideReader(package, source, limits, recognises=True).read() if available() else raw


class _SlideReader:
    """One presentation being read.

    Args:
        package: that was opened.
        source: the name of the file, for messages.
        limits: how many paragraphs and cells it may hold.
        recognises: whether large pictures are read by text recognition, each on its slide.
    """

    def __init__(self, package: Package, source: str, limits: Limits, *, recognises: bool = False) -> None:
        self.package, self.source, self.limits = package, source, limits
        self.recognises = recognises
        self.recognised: list[PageContent] = []
        self.slides = 0
        self.builder = TextBuilder("pptx")
        self.paragraphs = self.cells = self.tables = 0
        self.pictures = self.charts = self.objects = self.media = self.comments = 0
        self.hidden_slides: list[int] = []

    def read(self) -> RawText:
        main = next(
            (r.target for r in self.package.relationships("").values() if r.type == "officeDocument" and not r.external),
            "ppt/presentation.xml",
        )
        root = self.package.xml(main)
        if root is None:
            raise RefusedInput(self.source, "broken", "演示文稿没有目录部分；请用原软件打开后另存为 pptx")
        relations = self.package.relationships(main)
        number = 0
        for entry in root.iterfind(f"{_P}sldIdLst/{_P}sldId"):
            relation = relations.get(entry.get(_R + "id", ""))
            number += 1
            self._slide("" if relation is None or relation.external else relation.target, number)
        self.slides = number
        say_recognised(self.builder, self.recognised)
        self._report()
        self.builder.issues.extend(odd_characters(self.builder.text()))
        return self.builder.finish()

    def _slide(self, part: str, number: int) -> None:
        root = self.package.xml(part)
        if root is None:
            self.builder.issue("page_lost", f"第 {number} 页已损坏或缺失，没有读入")
            return
        if root.get("show") in ("0", "false"):
            self.hidden_slides.append(number)
            return
        relations = self.package.relationships(part)
        tree = root.find(f"{_P}cSld/{_P}spTree")
        shapes = [] if tree is None else list(_shapes(tree))
        for place, shape in sorted(shapes, key=lambda pair: pair[0]):
            self._shape(shape, number, relations, is_title=place[0] == 0)
        for relation in relations.values():
            if relation.type == "notesSlide" and not relation.external:
                self._notes(relation.target, number)
            self.comments += relation.type == "comments"
            self.media += relation.type in ("video", "audio")

    def _shape(self, shape: etree._Element, number: int, relations: dict[str, Relationship], *, is_title: bool) -> None:
        tag = shape.tag
        if tag == _P + "pic":
            if not (self.recognises and self._recognise(shape, number, relations)):
                self.pictures += 1
        elif tag == _P + "graphicFrame":
            for table in shape.iter(_A + "tbl"):
                self._table(table, number)
            for node in shape.iter(_DIAGRAM):
                self._diagram(relations.get(node.get(_R + "dm", "")), number)
            self.charts += any(node.get("uri") == _CHART for node in shape.iter(_A + "graphicData"))
            self.objects += sum(1 for _ in shape.iter(_P + "oleObj"))
        else:
            self.pictures += shape.find(f"{_P}spPr/{_A}blipFill") is not None
            body = shape.find(_P + "txBody")
            if body is not None:
                self._paragraphs(body, number, heading=1 if is_title else None)

    @property
    def has_text_in_pictures(self) -> bool:
        """Whether a presentation that was read has so little text that it is likely in its pictures."""
        shown = max(1, self.slides - len(self.hidden_slides))
        return bool(self.pictures) and self.builder.written < _LITTLE_TEXT * shown and self.pictures * 2 >= self.slides

    def _recognise(self, shape: etree._Element, number: int, relations: dict[str, Relationship]) -> bool:
        """Read a large picture by text recognition, below what stands above it on its slide; false for any other picture."""
        extent = shape.find(f"{_P}spPr/{_A}xfrm/{_A}ext")
        sides = [] if extent is None else [int(extent.get(side, "0")) for side in ("cx", "cy") if extent.get(side, "0").isdigit()]
        blip = shape.find(f"{_P}blipFill/{_A}blip")
        relation = None if blip is None else relations.get(blip.get(_R + "embed", ""))
        if len(sides) < 2 or min(sides) < _LARGE_PICTURE or relation is None or relation.external:
            return False
        try:
            image = open_picture(self.package.read(relation.target) or b"", self.source, self.limits)
        except RefusedInput:
            return False
        tell_page(number, number)
        page = read_page(image, number, sides[0] / _PER_POINT, self.source)
        write_pages(self.builder, [page])
        self.recognised.append(page)
        return True

    def _paragraphs(self, body: etree._Element, number: int, *, heading: int | None = None) -> None:
        numbers = _Numbers()
        lines = [
            line for paragraph in body.iter(_A + "p") for line in (numbers.before(paragraph) + _words(paragraph)).split("\n")
        ]
        lines = [line.strip() for line in lines if line.strip()]
        if heading is not None and lines:
            lines = ["".join(lines) if all(len(line) < 30 for line in lines) else " ".join(lines)]
        for line in lines:
            self.paragraphs += 1
            if self.paragraphs > self.limits.paragraphs:
                raise RefusedInput(self.source, "size", "段落过多，超出读取上限；请拆分后导入")
            span = self.builder.line(line, heading=heading, page=number)
            if heading is not None and number == 1 and "title" not in self.builder.fields:
                self.builder.fields["title"], self.builder.field_spans["title"] = line, span

    def _table(self, table: etree._Element, number: int) -> None:
        rows: list[list[tuple[str, int, int]]] = []
        for row in table.iterfind(_A + "tr"):
            line = [
                (" ".join(_words(cell, below=True).split()), _whole(cell, "rowSpan"), _whole(cell, "gridSpan"))
                for cell in row.iterfind(_A + "tc")
                if cell.get("hMerge") not in ("1", "true") and cell.get("vMerge") not in ("1", "true")
            ]
            rows.append(line)
            self.cells += len(line)
            if self.cells > self.limits.cells:
                raise RefusedInput(self.source, "size", "表格过大，超出读取上限；请拆分后导入")
        grid = fill_rectangle(rows)
        if is_layout(grid):
            for cell in (cell for line in grid for cell in line if isinstance(cell, GridCell) and cell.text):
                self.builder.line(cell.text, page=number)
            return
        self.tables += 1
        self.builder.grid(grid, header_rows=header_rows(grid), label=f"表{self.tables}", page=number)

    def _diagram(self, relation: Relationship | None, number: int) -> None:
        """The words of a diagram (SmartArt) stand in a part of their own."""
        root = None if relation is None or relation.external else self.package.xml(relation.target)
        if root is not None:
            self._paragraphs(root, number)

    def _notes(self, part: str, number: int) -> None:
        """What the speaker says to a slide, below it."""
        root = self.package.xml(part)
        for shape in [] if root is None else root.iter(_P + "sp"):
            if _placeholder(shape) == "body" and (body := shape.find(_P + "txBody")) is not None:
                self._paragraphs(body, number)

    def _report(self) -> None:
        issue = self.builder.issue
        if self.hidden_slides:
            listed = "、".join(map(str, self.hidden_slides[:20]))
            issue("hidden_slide", f"有 {len(self.hidden_slides)} 页是隐藏的，没有读入（第 {listed} 页）")
        if self.has_text_in_pictures:
            issue(
                "picture_body",
                f"演示文稿只有 {self.builder.written} 个字，另有 {self.pictures} 张图片没有读入：内容可能就在图片里，请另取文字版",
            )
        elif self.pictures:
            issue("pictures", f"演示文稿有 {self.pictures} 张图片，图片里的文字没有读入")
        if self.charts or self.objects:
            issue("embedded", f"演示文稿嵌入了 {self.charts + self.objects} 个图表或其他程序的对象，其内容没有读入")
        if self.media:
            issue("media", f"演示文稿带有 {self.media} 段音频或视频，没有读入")
        if self.comments:
            issue("comments", f"演示文稿的 {self.comments} 页带有批注，没有读入")
        if any("vbaProject" in name for name in self.package.names):
            issue("macro", "演示文稿带有宏，已忽略")


class _Numbers:
    """The automatic numbers of the paragraphs of one shape."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int]] = {}

    def before(self, paragraph: etree._Element) -> str:
        """The number a paragraph shows, empty for none and for an empty paragraph."""
        properties = paragraph.find(_A + "pPr")
        level = _whole(properties, "lvl", 0) if properties is not None else 0
        node = None if properties is None else properties.find(_A + "buAutoNum")
        for deeper in [place for place in self._counts if place > level or (place == level and node is None)]:
            del self._counts[deeper]
        if node is None or not _words(paragraph).strip():
            return ""
        kind = node.get("type", "arabicPeriod")
        former, count = self._counts.get(level, ("", 0))
        count = count + 1 if former == kind else _whole(node, "startAt")
        self._counts[level] = kind, count
        return _write_number(count, kind)


def _write_number(count: int, kind: str) -> str:
    """A number as its scheme shows it: ``arabicPeriod`` 1. ``ea1ChsPeriod`` 一、 ``arabicParenBoth`` (1) ``circleNum…`` ①."""
    if kind.startswith("circleNum") and count <= 20:
        return chr(0x2460 + count - 1)
    if kind.startswith("ea1Ch"):
        return f"{chinese_numeral(count, DIGITS, PLACES)}、"
    shown = chr(ord("a") + (count - 1) % 26) if kind.startswith("alpha") else str(count)
    if kind.startswith("alphaUc"):
        shown = shown.upper()
    return f"({shown})" if kind.endswith("ParenBoth") else f"{shown})" if kind.endswith("ParenR") else f"{shown}. "


def _shapes(tree: etree._Element) -> Iterator[tuple[tuple[int, int, int], etree._Element]]:
    """The shapes of a slide with their places: the title first, then those with a place of their own from the top.

    Shapes in a group go where the group goes. What has no place (it takes it from the layout) stays in the order of the file.
    """
    waiting: list[tuple[etree._Element, tuple[int, int] | None]] = [(node, None) for node in reversed(tree)]
    last = (0, 0)
    while waiting:
        node, group = waiting.pop()
        if node.tag == _MC + "AlternateContent":
            branch = node.find(_MC + "Choice")
            branch = node.find(_MC + "Fallback") if branch is None else branch
            waiting += [(inner, group) for inner in reversed(branch if branch is not None else [])]
        elif node.tag == _P + "grpSp":
            place = group or _place(node) or last
            waiting += [(inner, place) for inner in reversed(node)]
        elif node.tag in (_P + "sp", _P + "pic", _P + "graphicFrame", _P + "cxnSp"):
            kind = _placeholder(node)
            if kind in _FURNITURE:
                continue
            last = group or _place(node) or last
            yield (0 if kind in _TITLES else 1, *last), node


def _place(node: etree._Element) -> tuple[int, int] | None:
    """How far a shape is from the top and the left, in bands of half a centimetre from the top."""
    at = next(
        (found for properties in ("spPr", "grpSpPr") for found in node.iterfind(f"{_P}{properties}/{_A}xfrm/{_A}off")), None
    )
    at = node.find(f"{_P}xfrm/{_A}off") if at is None else at
    try:
        return None if at is None else (int(at.get("y", "0")) // 180_000, int(at.get("x", "0")))
    except ValueError:
        return None


def _placeholder(shape: etree._Element) -> str:
    """What place of the layout a shape fills: ``title``, ``body`` … ; empty for none."""
    node = next(shape.iterfind(f"*/{_P}nvPr/{_P}ph"), None)
    return "" if node is None else node.get("type", "body")


def _words(node: etree._Element, *, below: bool = False) -> str:
    """The words of a paragraph with its line breaks; of everything below a node, paragraphs as lines."""
    pieces: list[str] = []
    for inner in node.iter():
        if inner.tag == _A + "t":
            pieces.append(inner.text or "")
        elif inner.tag == _A + "br" or (below and inner.tag == _A + "p"):
            pieces.append("\n")
    return "".join(pieces)


def _whole(node: etree._Element, name: str, least: int = 1) -> int:
    value = node.get(name, "")
    return max(least, min(1000, int(value))) if value.isascii() and value.isdigit() and len(value) < 5 else least
