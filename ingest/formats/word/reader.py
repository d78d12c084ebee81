"""Word documents, read from their XML parts: what a reader of the finished page would see, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from corpus.errors import RefusedInput
from ingest.formats.builder import LITTLE_TEXT, TextBuilder
from ingest.formats.package import Package
from ingest.formats.tables import caption_above, header_rows, is_layout
from ingest.formats.web.dom import fill_rectangle
from ingest.formats.word.numbering import Numbering
from ingest.formats.word.styles import WORD, Styles, flag, value, w
from ingest.lexicon import expand
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree


_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_DIAGRAM_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
_VML = "{urn:schemas-microsoft-com:vml}"
_EXTENT = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_R_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_R_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}link"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RED_HEAD = re.compile(
    expand(r"^[一-龥（()）]{2,40}{red_heads}$|^[一-龥]{1,16}[〔\[［【(（﹝](?:19|20)\d\d年?[〕\]］】)）﹞]第?\d{1,5}号")
)
"""A line of a red head: the issuing organ's mark (…人民政府文件), or the document's number."""
_FIRST_PARAGRAPHS = 30
_LARGE_PICTURE = 1_800_000
"""The shorter side of a picture that can hold a text, in English Metric Units (5 cm)."""
_POINTS = re.compile(r"(?:^|[;\s])(width|height)\s{0,5}:\s{0,5}(\d{1,5}(?:\.\d{1,9})?)pt", re.I)
_WRAPPERS = frozenset(
    {
        w("sdt"),
        w("sdtContent"),
        w("customXml"),
        w("smartTag"),
        w("hyperlink"),
        w("ins"),
        w("moveTo"),
        w("fldSimple"),
        w("dir"),
        w("bdo"),
    }
)
_FORM_FIELDS = (w("checkBox"), w("ddList"), w("control"), w("showingPlcHdr"))
"""Fields to be filled in whose state is no text, and those that still show their prompt."""
_DROPPED = frozenset(
    {
        w("del"),
        w("moveFrom"),
        w("instrText"),
        w("delText"),
        w("delInstrText"),
        w("rPr"),
        w("pPr"),
        w("sdtPr"),
        w("sdtEndPr"),
        w("ruby"),
    }
)


def read_docx(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a Word document."""
    return DocxReader(Package(data, source, limits), source, limits).read()


class DocxReader:
    """One document being read; the parts it needs are loaded once."""

    def __init__(self, package: Package, source: str, limits: Limits) -> None:
        self.package, self.source, self.limits = package, source, limits
        self.builder = TextBuilder("docx")
        self.part = self._main_part()
        self.relations = package.relationships(self.part)
        self.styles = Styles(self._related("styles"))
        self.numbering = Numbering.of(self._related("numbering"), self.styles.lists)
        self.notes = {**self._notes("footnotes", "footnote"), **self._notes("endnotes", "endnote")}
        self.paragraphs = self.tables = 0
        self.inserted = self.deleted = self.hidden = 0
        self.objects = self.nested = self.fields = 0
        self.pictures: dict[str, None] = {}
        self.read_pictures = 0
        self.large_pictures = False
        self.after: list[etree._Element] = []
        self.instruction: list[bool] = []

    def _main_part(self) -> str:
        for relation in self.package.relationships("").values():
            if relation.type == "officeDocument" and relation.target in self.package.names:
                return relation.target
        return "word/document.xml"

    def _related(self, kind: str) -> etree._Element | None:
        target = next((r.target for r in self.relations.values() if r.type == kind and not r.external), None)
        return self.package.xml(target) if target else None

    def _notes(self, kind: str, tag: str) -> dict[str, etree._Element]:
        root = self._related(kind)
        found: dict[str, etree._Element] = {}
        for node in [] if root is None else root.findall(w(tag)):
            if node.get(w("type")) not in ("separator", "continuationSeparator", "continuationNotice"):
                found[f"{tag}:{node.get(w('id'))}"] = node
        return found

    def read(self) -> RawText:
        """The whole document."""
        root = self.package.xml(self.part)
        body = None if root is None else root.find(w("body"))
        if body is None:
            raise RefusedInput(self.source, "broken", "Word 文件没有正文部分；请用原软件打开后另存为 docx")
        if sum(1 for _ in body.iter(w("p"))) > self.limits.paragraphs:
            raise RefusedInput(self.source, "size", "段落过多，超出读取上限；请拆分后导入")
        self.fields = sum(1 for _ in body.iter(*_FORM_FIELDS))
        self._red_head(body)
        self._blocks(body)
        if self.large_pictures and self.builder.written < LITTLE_TEXT:
            self._read_pictures()
        self._report()
        return self.builder.finish()

    def _red_head(self, body: etree._Element) -> None:
        """The header over the first page, where it is that of an official document (发文机关标志, 文号) and no running title."""
        section = next(body.iter(w("sectPr")), None)
        if section is None:
            return
        kinds = ("first", "default") if flag(section, "titlePg") else ("default",)
        references = {node.get(w("type"), "default"): node.get(_R_ID, "") for node in section.findall(w("headerReference"))}
        relation = self.relations.get(next((references[kind] for kind in kinds if kind in references), ""))
        root = None if relation is None or relation.external else self.package.xml(relation.target)
        if root is None:
            return
        first = {_packed(node) for node, _ in zip(body.iter(w("p")), range(_FIRST_PARAGRAPHS), strict=False)}
        telling = [line for line in map(_packed, root.iter(w("p"))) if _RED_HEAD.match(line)]
        if telling and not first.intersection(telling):
            self._blocks(root)

    def _read_pictures(self) -> None:
        """Read the pictures of a document that has hardly any text beside them, where something is installed that can."""
        from ingest.formats.picture import write_pictures

        relations = (self.relations.get(identity) for identity in self.pictures)
        held = (b"" if link is None or link.external else self.package.read(link.target) or b"" for link in relations)
        self.read_pictures = write_pictures(self.builder, held, self.source, self.limits)

    def _report(self) -> None:
        issue = self.builder.issue
        if self.inserted or self.deleted:
            issue("revisions", f"文档带有修订标记：保留 {self.inserted} 处插入，去掉 {self.deleted} 处删除，请核对是否定稿")
        if self.hidden:
            issue("hidden_text", f"有 {self.hidden} 处隐藏或白色的文字没有读入")
        if self.objects:
            issue("embedded", f"文档嵌入了 {self.objects} 个其他程序的对象（如表格、公式、图表），其内容没有读入")
        self.builder.report_pictures(len(self.pictures) - self.read_pictures, large=self.large_pictures)
        if self.nested:
            issue("nested_table", f"有 {self.nested} 个表格套在另一个表格的单元格里，按文字读入，请对照原件")
        if self.fields:
            issue("form_fields", f"文档有 {self.fields} 个表单项（复选框、下拉框、控件或未填写的内容控件）没有读入，请对照原件")
        if any(r.external and r.type not in ("hyperlink",) for r in self.relations.values()):
            issue("external", "文档引用了外部文件（图片或模板），没有读取")
        if any("vbaProject" in name for name in self.package.names):
            issue("macro", "文档带有宏，已忽略")
        if "comments" in {r.type for r in self.relations.values()}:
            issue("comments", "文档带有批注，没有读入")

    def _blocks(self, parent: etree._Element) -> None:
        for node in parent:
            tag = node.tag
            if tag == w("p"):
                self._paragraph(node)
            elif tag == w("tbl"):
                self._table(node)
            elif tag == w("altChunk"):
                self._chunk(node)
            elif tag in _WRAPPERS and not _placeholder(node):
                self._count_revision(tag)
                self._blocks(node)
            elif tag == _MC + "AlternateContent":
                self._blocks(_choice(node))

    def _count_revision(self, tag: str) -> None:
        if tag in (w("ins"), w("moveTo")):
            self.inserted += 1

    def _paragraph(self, node: etree._Element) -> None:
        properties = node.find(w("pPr"))
        style = value(properties, "pStyle") or self.styles.default_paragraph
        text = self._text(node, style)
        number = self._number(properties, style) if text.strip() else ""
        self.paragraphs += 1
        pieces = [piece.strip(" \t\u3000\u00a0") for piece in (number + text.lstrip(" \t\u3000\u00a0")).split("\n")]
        depth = self._depth(properties, style)
        for i, piece in enumerate(pieces):
            if piece:
                span = self.builder.line(piece, heading=depth or None, element=f"p{self.paragraphs}")
                if self.styles.is_contents(style):
                    self.builder.boilerplate.append(span)
                if depth == 0 and i == 0 and "title" not in self.builder.fields:
                    self.builder.fields["title"] = piece
                    self.builder.field_spans["title"] = span
        self._asides()

    def _asides(self) -> None:
        """Text boxes and notes stand in lines of their own after the paragraph or table they hang on."""
        waiting, self.after = self.after, []
        for inner in waiting:
            self._blocks(inner)

    def _depth(self, properties: etree._Element | None, style: str | None) -> int | None:
        own = value(properties, "outlineLvl")
        if own and own.isdigit():
            return int(own) + 1 if int(own) < 9 else None
        return self.styles.heading(style)

    def _number(self, properties: etree._Element | None, style: str | None) -> str:
        from_style, style_level = self.styles.numbering(style)
        own = value(properties, "numPr", "numId")
        level = value(properties, "numPr", "ilvl")
        number = own or from_style
        if level is None and own is None:
            level = style_level
        return self.numbering.next(number, level or self.numbering.level_of_style(number, style) or "0")

    def _text(self, node: etree._Element, style: str | None) -> str:
        """The visible text of a paragraph: runs in order, insertions in, deletions and hidden runs out."""
        out: list[str] = []
        hides = self.styles.hidden(style)
        self.instruction = []
        stack: list[etree._Element] = list(reversed(node))
        while stack:
            child = stack.pop()
            tag = child.tag
            if tag == w("r"):
                self._run(child, out, hides)
            elif tag in (w("del"), w("moveFrom")):
                self.deleted += 1
            elif tag in _DROPPED:
                continue
            elif tag == _MC + "AlternateContent":
                stack.extend(reversed(_choice(child)))
            elif tag == w("altChunk") or (tag == w("sdt") and _placeholder(child)):
                continue
            else:
                if tag in (w("ins"), w("moveTo")):
                    self.inserted += 1
                if isinstance(tag, str) and tag.endswith("}t") and "/math" in tag and child.text:
                    out.append(child.text)
                stack.extend(reversed(child))
        return "".join(out)

    def _run(self, run: etree._Element, out: list[str], hides: bool) -> None:
        properties = run.find(w("rPr"))
        hidden = flag(properties, "vanish")
        if hidden is None:
            run_style = value(properties, "rStyle")
            hidden = self.styles.hidden(run_style) if run_style else hides
        size = value(properties, "sz")
        if hidden or size in ("1", "2", "3", "4") or _white_on_white(run, properties):
            if any((t.text or "").strip() for t in run.iter(w("t"))):
                self.hidden += 1
            return
        for node in run:
            tag = node.tag
            if tag == w("fldChar"):
                self._field(node.get(w("fldCharType"), ""))
            elif any(self.instruction):
                continue
            elif tag == w("t"):
                out.append(_from_symbol_font(node.text or "", properties))
            elif tag == w("tab") or tag == w("ptab"):
                out.append("\t")
            elif tag in (w("br"), w("cr")):
                if node.get(w("type")) not in ("page", "column"):
                    out.append("\n")
            elif tag == w("noBreakHyphen"):
                out.append("-")
            elif tag == w("sym"):
                out.append(_symbol(node))
            elif tag in (w("footnoteReference"), w("endnoteReference")):
                key = f"{'footnote' if tag == w('footnoteReference') else 'endnote'}:{node.get(w('id'))}"
                if key in self.notes:
                    self.after.append(self.notes[key])
            elif tag == w("ruby"):
                base = node.find(w("rubyBase"))
                out.extend(t.text or "" for t in ([] if base is None else base.iter(w("t"))))
            elif tag == _MC + "AlternateContent":
                self._boxes(_choice(node))
            elif tag in (w("drawing"), w("pict"), w("object")):
                self._boxes([node])

    def _field(self, kind: str) -> None:
        """Keep track of the instruction of a field, which is no text; its result, after ``separate``, is."""
        if kind == "begin":
            self.instruction.append(True)
        elif self.instruction and kind == "separate":
            self.instruction[-1] = False
        elif self.instruction and kind == "end":
            self.instruction.pop()

    def _boxes(self, nodes: Iterable[etree._Element]) -> None:
        """Text boxes, the words of diagrams, and objects of other programs, which are only counted."""
        stack = list(nodes)[::-1]
        while stack:
            node = stack.pop()
            if node.tag == w("txbxContent"):
                self.after.append(node)
            elif node.tag == _MC + "AlternateContent":
                stack.extend(reversed(_choice(node)))
            elif node.tag == _DIAGRAM:
                self._diagram(node.get(_DIAGRAM_DATA, ""))
            else:
                self._picture(node)
                self.objects += node.tag == _CHART or (isinstance(node.tag, str) and node.tag.endswith("}OLEObject"))
                stack.extend(reversed(node))

    def _picture(self, node: etree._Element) -> None:
        """Remember a picture, whose words are not read, and whether it is large enough to hold a text."""
        if node.tag == _DRAWING + "blip":
            self.pictures[node.get(_R_EMBED) or node.get(_R_LINK) or ""] = None
        elif node.tag == _VML + "imagedata":
            self.pictures[node.get(_R_ID) or ""] = None
            around = node.getparent()
            points = dict(_POINTS.findall("" if around is None else around.get("style", "")[:2000]))
            self.large_pictures |= all(float(points.get(side, 0)) * 12_700 >= _LARGE_PICTURE for side in ("width", "height"))
        elif node.tag == _EXTENT:
            sides = [int(size) for size in (node.get("cx", ""), node.get("cy", "")) if size.isdigit()]
            self.large_pictures |= len(sides) == 2 and min(sides) >= _LARGE_PICTURE

    def _diagram(self, identity: str) -> None:
        """The words of a diagram (SmartArt) stand in a part of their own, one paragraph for each box."""
        relation = self.relations.get(identity)
        root = None if relation is None or relation.external else self.package.xml(relation.target)
        if root is None:
            return
        holder = root.makeelement(w("txbxContent"), nsmap={"w": WORD})
        for paragraph in root.iter(_DRAWING + "p"):
            words = "".join(node.text or "" for node in paragraph.iter(_DRAWING + "t"))
            line = holder.makeelement(w("p"))
            piece = line.makeelement(w("r"))
            text = piece.makeelement(w("t"))
            text.text = words
            piece.append(text)
            line.append(piece)
            holder.append(line)
        self.after.append(holder)

    def _table(self, node: etree._Element) -> None:
        before_table = self._state()
        rows: list[list[tuple[str, int, int]]] = []
        open_merges: dict[int, tuple[int, int]] = {}
        head = 0
        for row in _children(node, "tr"):
            properties = row.find(w("trPr"))
            if properties is not None and properties.find(w("del")) is not None:
                self.deleted += 1
                continue
            head += bool(flag(properties, "tblHeader")) and head == len(rows)
            line: list[tuple[str, int, int]] = []
            before = value(properties, "gridBefore")
            column = int(before) if before and before.isdigit() else 0
            line.extend([("", 1, 1)] * column)
            for cell in _children(row, "tc"):
                inner = cell.find(w("tcPr"))
                across = value(inner, "gridSpan")
                span = min(int(across), 200) if across and across.isdigit() else 1
                merge = None if inner is None else inner.find(w("vMerge"))
                if merge is not None and merge.get(w("val"), "continue") == "continue" and column in open_merges:
                    top, place = open_merges[column]
                    text, down, wide = rows[top][place]
                    rows[top][place] = (text, down + 1, wide)
                    column += span
                    continue
                text = self._cell(cell)
                if merge is not None:
                    open_merges[column] = (len(rows), len(line))
                else:
                    open_merges.pop(column, None)
                line.append((text, 1, span))
                column += span
            rows.append(line)
            if sum(map(len, rows)) > self.limits.cells:
                raise RefusedInput(self.source, "size", "表格过大，超出读取上限；请拆分后导入")
        grid = fill_rectangle(rows)
        if is_layout(grid):
            self._restore(before_table)
            for row in _children(node, "tr"):
                for cell in _children(row, "tc"):
                    self._blocks(cell)
            return
        self.tables += 1
        self.builder.grid(
            grid,
            header_rows=min(head or header_rows(grid), len(grid)),
            caption=caption_above(self.builder),
            label=f"表{self.tables}",
        )
        self._asides()

    def _state(self) -> tuple[Any, ...]:
        """What reading a cell changes, so that a table that only places things can be read a second time, as paragraphs."""
        return self.numbering.state(), self.inserted, self.deleted, self.hidden, self.objects, self.nested

    def _restore(self, state: tuple[Any, ...]) -> None:
        numbering, self.inserted, self.deleted, self.hidden, self.objects, self.nested = state
        self.numbering.restore(numbering)
        self.after = []

    def _cell(self, cell: etree._Element) -> str:
        """The paragraphs of a cell on one line; a table inside it is read as words."""
        pieces: list[str] = []
        stack = list(reversed(cell))
        while stack:
            node = stack.pop()
            if node.tag == w("p"):
                properties = node.find(w("pPr"))
                style = value(properties, "pStyle") or self.styles.default_paragraph
                text = self._text(node, style)
                if text.strip():
                    text = self._number(properties, style) + text.strip()
                    pieces.append(" ".join(text.split()))
            elif node.tag == w("tbl"):
                self.nested += 1
                for row in reversed(_children(node, "tr")):
                    stack.extend(reversed(_children(row, "tc")))
            elif node.tag == _MC + "AlternateContent":
                stack.extend(reversed(_choice(node)))
            elif node.tag == w("tc") or (node.tag in _WRAPPERS and not _placeholder(node)):
                self._count_revision(node.tag)
                stack.extend(reversed(node))
        return " ".join(pieces)

    def _chunk(self, node: etree._Element) -> None:
        """A body kept in another format inside the package (HTML or MHTML, as some law databases write it)."""
        from ingest.formats.word.chunk import write_chunk

        relation = self.relations.get(node.get(_R_ID, ""))
        data = None if relation is None or relation.external else self.package.read(relation.target)
        if relation is None or data is None:
            self.builder.issue("chunk_missing", "文档嵌入的正文部件缺失，内容可能不全")
            return
        write_chunk(self.builder, data, relation.target, self.source, self.limits)


def _packed(paragraph: etree._Element) -> str:
    """The words of a paragraph without blanks, text boxes in it included."""
    return "".join("".join(node.text or "" for node in paragraph.iter(w("t"))).split())


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    """Rows of a table or cells of a row, also inside content controls."""
    found: list[etree._Element] = []
    for node in parent:
        if node.tag == w(name):
            found.append(node)
        elif node.tag in _WRAPPERS:
            found.extend(_children(node, name))
    return found


def _choice(node: etree._Element) -> list[etree._Element]:
    """The branch of an AlternateContent that is shown: the first choice, else the fallback; never both."""
    branch = node.find(_MC + "Choice")
    if branch is None:
        branch = node.find(_MC + "Fallback")
    return [] if branch is None else list(branch)


def _placeholder(node: etree._Element) -> bool:
    """Whether a content control only shows its prompt (单击此处输入文字)."""
    properties = node.find(w("sdtPr")) if node.tag == w("sdt") else None
    return bool(flag(properties, "showingPlcHdr"))


def _from_symbol_font(text: str, properties: etree._Element | None) -> str:
    """Characters of a symbol font that stand in the private area, as the signs they show."""
    if text.isascii() or not any("\uf000" <= character <= "\uf0ff" for character in text):
        return text
    fonts = None if properties is None else properties.find(w("rFonts"))
    if fonts is None or not any("Wingdings" in name for name in fonts.attrib.values()):
        return text.replace("\uf0b7", "•")
    return "".join(_SYMBOLS.get(f"{ord(c) & 0xFF:02X}", "") if "\uf000" <= c <= "\uf0ff" else c for c in text)


def _symbol(node: etree._Element) -> str:
    """A character of a symbol font: ticks and boxes have Unicode forms, the rest has none."""
    return _SYMBOLS.get(node.get(w("char"), "").upper()[-2:], "") if "Wingdings" in node.get(w("font"), "") else ""


_SYMBOLS = {"FC": "✓", "FE": "☑", "A8": "☐", "6F": "□", "FB": "✗", "FD": "☒", "E0": "→", "6C": "●", "6E": "■"}


def _white_on_white(run: etree._Element, properties: etree._Element | None) -> bool:
    """Whether a run is white with nothing dark behind it: no shading or highlight of its own, its paragraph's or its cell's.

    In a table with a style the style may shade the cell, and in a drawing the shape is behind it; there the text counts as seen.
    """
    if properties is None or (value(properties, "color") or "").upper() not in ("FFFFFF", "FEFEFE"):
        return False
    if properties.find(w("shd")) is not None or properties.find(w("highlight")) is not None:
        return False
    for node in run.iterancestors():
        if node.tag == w("p"):
            around = node.find(w("pPr"))
        elif node.tag == w("tc"):
            around = node.find(w("tcPr"))
        elif node.tag == w("tbl"):
            around = node.find(w("tblPr"))
            if around is not None and around.find(w("tblStyle")) is not None:
                return False
        elif node.tag == w("txbxContent"):
            return False
        else:
            continue
        if around is not None and around.find(w("shd")) is not None:
            return False
    return True
