"""PDF: text and tables in reading order, with the place of each on its page.

pdfium reads glyphs and drawn lines, and our own layout makes lines, paragraphs and tables of them: that gives the text
pdfplumber gives at a multiple of its speed. pdfplumber's table module finds the cells that drawn lines enclose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.pdf.annotations import MESSAGES as ANNOTATED
from ingest.formats.pdf.annotations import count_annotations
from ingest.formats.pdf.check import check_pdf, is_revised, page_objects
from ingest.formats.pdf.flow import running
from ingest.formats.pdf.fonts import stand_in
from ingest.formats.pdf.glyphs import Box, Sheet, read_sheet
from ingest.formats.pdf.layout import LayoutLine, in_columns, to_lines
from ingest.formats.pdf.notes import find_notes, text_size
from ingest.formats.pdf.page_table import PageTable
from ingest.formats.pdf.scan import page_numbers, say_recognised, show_places
from ingest.formats.pdf.tables import find_tables
from ingest.formats.pdf.write import IN_PICTURE, PageContent, write_pages
from ingest.formats.text import commonness
from ingest.limits import Limits
from ingest.progress import tell_page
from ingest.raw import RawText

_FEW_GLYPHS = 12
_GARBLED = 0.1
_ENOUGH = 400
_UNCERTAIN = 0.01
_SCAN = 0.3
_PICTURE = 0.15
_SMALL_PICTURE = 0.03
_SAMPLE = 100
"""So many characters of a text layer show whether it is any good."""
_LITTLE_TEXT = 200
"""So few characters beside a large picture are its caption: what the page says stands in the picture."""
_DRAWN = 2_000
"""A page without text but with so many strokes has its characters drawn as outlines."""


class PdfReader:
    """One PDF being read, page by page; no page is kept once its lines are out."""

    def __init__(self, data: bytes, source: str, limits: Limits, ocr: bool) -> None:
        self.data, self.source, self.limits, self.ocr = data, source, limits, ocr
        self.builder = TextBuilder("pdf")
        self.pages: list[PageContent] = []
        self.scanned: list[int] = []
        self.pictured: list[int] = []
        self.annotations: Counter[str] = Counter()
        self.failed: list[int] = []
        self.wordless: list[int] = []
        self.replaced: list[int] = []
        self.poor_layer: bool | None = None
        self.count = 0
        self.lost: list[int] = []
        self.askew: list[int] = []
        self.slanted: list[int] = []
        self.layered: list[int] = []
        self.uncertain: list[int] = []
        self.hidden = 0

    def read(self) -> RawText:
        """The whole document."""
        check_pdf(self.data, self.source, self.limits)
        document = self._open()
        try:
            count = self.count = len(document)
            if count > self.limits.pdf_pages:
                raise RefusedInput(self.source, "size", f"PDF 有 {count} 页，超过上限 {self.limits.pdf_pages} 页；请拆分后导入")
            if not count:
                raise self._broken()
            self._about(document)
            for index in range(count):
                self._page(document, index)
            self._without_running_lines()
            self._set_notes_apart()
            self._pictures(document)
        finally:
            document.close()
        write_pages(self.builder, self.pages)
        say_recognised(self.builder, self.pages)
        return self._finish(count)

    def _broken(self) -> RefusedInput:
        return RefusedInput(self.source, "broken", "PDF 结构已损坏，无法读取；请重新下载，或用原软件打开后另存")

    def _open(self) -> Any:
        import pypdfium2

        stand_in()
        try:
            return pypdfium2.PdfDocument(self.data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower() or "security" in str(error).lower():
                raise RefusedInput(
                    self.source, "encrypted", "PDF 有密码保护（加密），无法读取；请用原软件取消密码后再导入"
                ) from error
            raise self._broken() from error

    def _about(self, document: Any) -> None:
        import pypdfium2.raw as pdfium

        if pdfium.FPDFDoc_GetAttachmentCount(document.raw) > 0:
            self.builder.issue("attachments", "PDF 内嵌有附件文件，没有读取")
        if pdfium.FPDF_GetFormType(document.raw) in (2, 3):
            self.builder.issue("form", "PDF 是 XFA 动态表单，内容可能没有读全，请对照原件")
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
            self.builder.issue("script", "PDF 带有脚本，已忽略")
        if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) > 0:
            self.builder.issue("restricted", "PDF 设有权限限制（不需密码即可阅读），已按可读内容读入")
        if is_revised(self.data):
            self.builder.issue("revisions", "PDF 保存过多次修订，读入的是最后一次的内容")
        elif page_objects(self.data) > len(document):
            self.builder.issue("page_count", f"PDF 目录只列出 {len(document)} 页，文件里另有页面没有读入，请对照原件")

    def _page(self, document: Any, index: int) -> None:
        import pypdfium2

        content = PageContent(index + 1)
        self.pages.append(content)
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            self.lost.append(content.number)
            return
        self.annotations.update(count_annotations(page))
        try:
            sheet = read_sheet(page, content.number, self.limits.pdf_page_characters)
            if sheet is None:
                message = f"第 {content.number} 页的字符数异常，超出读取上限；请用原软件另存后导入"
                raise RefusedInput(self.source, "size", message)
            self._describe(content, sheet)
            largest = max((_area(box) for box in sheet.pictures), default=0.0) > _SCAN * sheet.width * sheet.height
            garbled = content.garbled
            if (
                garbled
                or (content.inked < _FEW_GLYPHS and (largest or content.drawn))
                or self._is_poor_layer(page, sheet, largest)
            ):
                sheet = self._recognised(page, content) or sheet
                if content.recognised and (garbled or self.poor_layer):
                    self.replaced.append(content.number)
        finally:
            page.close()
        if content.inked >= _FEW_GLYPHS:
            content.tables, lines = self._tables(sheet)
        else:
            lines = to_lines(sheet.glyphs, content.number)
        content.lines = in_columns(lines, sheet.width, sheet.gutter)
        if content.recognised:
            show_places(content, content.recognised[0])
        elif sheet.turned:
            for line in content.lines:
                line.place = sheet.shown(line.box)

    def _describe(self, content: PageContent, sheet: Sheet) -> None:
        """Note what a page is like."""
        content.width, content.height = sheet.width, sheet.height
        content.inked = sum(1 for g in sheet.glyphs if not g.char.isspace())
        odd = _odd(sheet)
        content.garbled = odd > _GARBLED
        if _UNCERTAIN < odd <= _GARBLED:
            self.uncertain.append(content.number)
        content.drawn = sheet.segments > _DRAWN
        content.pictures = sheet.pictures
        self.hidden += sheet.hidden
        if sheet.turned or sheet.askew:
            self.askew.append(content.number)
        if sheet.slanted:
            self.slanted.append(content.number)
        if sheet.layered:
            self.layered.append(content.number)

    def _tables(self, sheet: Sheet) -> tuple[list[PageTable], list[LayoutLine]]:
        # a picture is read when all pages are there: its page is not the last one
        page = next((page for page in reversed(self.pages) if page.number < sheet.number), None)
        try:
            return find_tables(sheet, page.tables[-1] if page is not None and page.tables else None)
        except (ArithmeticError, LookupError, ValueError):  # a drawing nobody thought of must not cost the page its text
            self.builder.issue("tables_unread", f"第 {sheet.number} 页的表格无法解析，按普通文字读入，请对照原件")
            return [], to_lines(sheet.glyphs, sheet.number)

    def _without_running_lines(self) -> None:
        """Take headers, footers and page numbers out; what is left says whether a page is a picture."""
        out = running([(page.height, page.lines) for page in self.pages])
        for page in self.pages:
            gone = [line for line in page.lines if id(line) in out]
            page.inked -= sum(len(line.text) for line in gone)
            page.lines = [line for line in page.lines if id(line) not in out]
            above = [line.box[3] for line in gone if line.box[3] < page.height / 2]
            below = [line.box[1] for line in gone if line.box[1] > page.height / 2]
            page.body = (0.0, max(above, default=0.0), page.width, min(below, default=page.height))

    def _set_notes_apart(self) -> None:
        """Take the footnotes out of the running text; below a table at the foot of a page they stay where they stand."""
        size = text_size([line for page in self.pages for line in page.lines])
        for page in self.pages:
            notes = find_notes(page.lines, page.height, size)
            out = {id(line) for note in notes for line in note}
            kept = [line for line in page.lines if id(line) not in out]
            if kept and notes and all(table.box[3] < kept[-1].bottom for table in page.tables):
                page.lines, page.notes = kept, notes

    def _pictures(self, document: Any) -> None:
        """Pages and pictures whose text is not there as text: read them where that can be done, else say which they are."""
        for page in self.pages:
            if page.recognised or page.unreadable:
                continue
            pictures = [_common(box, page.body) for box in page.pictures if not _under_text(box, page)]
            area = max(1.0, page.width * page.height)
            shares = [_area(box) / area for box in pictures]
            scanned = page.inked < _FEW_GLYPHS and (max(shares, default=0.0) > _SCAN or page.drawn)
            if page.garbled or (scanned and not self.can_recognise):
                self.scanned += [page.number] * scanned
            elif scanned:
                self._insert_pictures(document, page, [page.body])
            elif sum(shares) > _PICTURE:
                wanted = self.can_recognise and (self.ocr or (page.inked < _LITTLE_TEXT and max(shares) > _SCAN))
                if wanted:
                    large = [box for box, share in zip(pictures, shares, strict=True) if share > _SMALL_PICTURE]
                    self._insert_pictures(document, page, large)
                else:
                    self.pictured.append(page.number)

    @cached_property
    def can_recognise(self) -> bool:
        """Whether scans can be read here. Raises ``RefusedInput`` where that was asked for and nothing is there to do it."""
        from ingest.formats.pdf import ocr

        if self.ocr and not ocr.available():
            raise RefusedInput(self.source, "needs_ocr", f"没有找到文字识别组件；{ocr.HOW}")
        return ocr.available()

    def _is_poor_layer(self, page: Any, sheet: Sheet, pictured: bool) -> bool:
        """Whether the text that a scanner's program laid under its pictures is much worse than what can be read; one page tells for all."""
        if not (sheet.layered and pictured) or self.poor_layer is False:
            return False
        if self.poor_layer is None:
            from ingest.formats.pdf import ocr

            layer = "".join(glyph.char for glyph in sheet.glyphs)
            if len(layer) < _SAMPLE or not self.can_recognise:
                return False
            self.poor_layer = ocr.is_poor(layer, page, self.source)
        return self.poor_layer

    def _recognised(self, page: Any, content: PageContent, box: Box | None = None) -> Sheet | None:
        """What stands in the picture of a page, or in a box of it; None where it cannot be read or holds no text."""
        if not self.can_recognise:
            return None
        from ingest.formats.pdf import ocr
        from ingest.formats.pdf.ocr.page import draw_page

        tell_page(content.number, self.count)
        image, scale = draw_page(page, box)
        try:
            found = ocr.recognise(image, content.number, image.width / scale, self.source)
        except (RefusedInput, MemoryError):
            raise
        except Exception:  # what a recogniser makes of one page must not cost the others their text
            self.failed.append(content.number)
            content.unreadable = True
            return None
        if not found.sheet.glyphs:
            content.unreadable = box is None
            self.wordless += [content.number] * (box is None)
            return None
        if box is None:
            content.garbled, content.inked = False, len(found.sheet.glyphs)
            content.width, content.height, content.pictures = found.sheet.width, found.sheet.height, []
        found.origin = (box[0], box[1]) if box else (0.0, 0.0)
        content.recognised.append(found)
        return found.sheet

    def _insert_pictures(self, document: Any, content: PageContent, boxes: Sequence[Box]) -> None:
        """Read pictures between the lines of a page."""
        page = document[content.number - 1]
        try:
            for box in boxes:
                sheet = self._recognised(page, content, box)
                if sheet is None:
                    continue
                tables, lines = self._tables(sheet)
                part = PageContent(content.number, tables=tables, lines=in_columns(lines, sheet.width, sheet.gutter))
                show_places(part, content.recognised[-1])
                for line in part.lines:
                    line.column = IN_PICTURE
                at = next((i for i, line in enumerate(content.lines) if line.top > box[1]), len(content.lines))
                content.lines[at:at] = part.lines
                content.tables = sorted([*content.tables, *part.tables], key=lambda table: (table.box[1], table.box[0]))
        finally:
            page.close()

    def _finish(self, count: int) -> RawText:
        builder = self.builder
        if len(self.lost) == count:
            raise self._broken()
        garbled = [page.number for page in self.pages if page.garbled]
        nothing = not builder.text().strip() or len(self.scanned) == count
        if nothing and self.wordless and not garbled and not self.failed:
            raise RefusedInput(self.source, "empty", "各页是图片，没有识别出文字；请打开核对是否为空白页或照片")
        if nothing and not self.scanned and not garbled and not self.failed:
            raise RefusedInput(self.source, "empty", "PDF 里没有文字，也没有扫描图像；请打开核对是否为空白或损坏的文件")
        if nothing and self.scanned:
            from ingest.formats.pdf.ocr import HOW

            raise RefusedInput(self.source, "scan", f"疑似扫描件，没有可提取的文字；{HOW}")
        if nothing and self.failed:
            raise RefusedInput(self.source, "unreadable_scan", "扫描件无法识别，识别程序出错；请重新扫描（建议 200 dpi）后导入")
        if garbled and len(garbled) * 2 > count:
            from ingest.formats.pdf.ocr import HOW

            raise RefusedInput(self.source, "garbled", f"文字编码缺失，提取结果是乱码；{HOW}，或向来文单位索取可复制文字的版本")
        if garbled:
            bad = set(garbled)
            builder.boilerplate.extend(a.span for a in builder.anchors if a.page in bad)
        for code, numbers, message in (
            ("scan", self.scanned, "疑似扫描件：{}没有可提取的文字，内容未读入；安装文字识别组件后可以识别"),
            ("picture", self.pictured, "{}有大幅图片，图中的文字没有读入；需要时可在命令行加 --ocr 识别"),
            ("garbled", garbled, "疑似乱码：{}的文字编码缺失，内容不可靠；安装文字识别组件后可以识别"),
            ("scan_failed", self.failed, "{}是图片，识别时出错，内容未读入；请重新扫描这几页"),
            ("replaced", self.replaced, "{}原有的文字层多为错字或乱码，已改用重新识别的文字"),
            ("wordless", self.wordless, "{}是图片，没有识别出文字，请对照原件"),
            ("uncertain", self.uncertain, "{}有个别字符无法识别，请对照原件"),
            (
                "layer",
                [number for number in self.layered if number not in self.replaced],
                "{}的文字是扫描软件识别后附上的，可能有错字，请对照原件",
            ),
            ("order", self.askew, "{}有竖排或横置的文字，次序可能有误，请对照原件"),
            ("slanted", self.slanted, "{}有斜置的文字（多为水印），没有读入"),
            ("page_lost", self.lost, "{}已损坏，没有读入"),
        ):
            if numbers:
                builder.issue(code, message.format(page_numbers(numbers)))
        for code, number in self.annotations.items():
            builder.issue(code, ANNOTATED[code].format(number))
        if len(self.scanned) * 2 > count:
            message = f"PDF 共 {count} 页，其中 {len(self.scanned)} 页是扫描图像，大部分内容没有读入"
            builder.issue("mostly_unread", message)
        if self.hidden:
            builder.issue("hidden_text", f"有 {self.hidden} 个隐藏、白色或页面以外的字符没有读入")
        return builder.finish()


def read_pdf(data: bytes, source: str, limits: Limits, *, ocr: bool = False) -> RawText:
    """Read a PDF."""
    return PdfReader(data, source, limits, ocr).read()


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _common(a: Box, b: Box) -> Box:
    """What two boxes share; an empty box where they share nothing."""
    x0, top = max(a[0], b[0]), max(a[1], b[1])
    return (x0, top, max(x0, min(a[2], b[2])), max(top, min(a[3], b[3])))


def _under_text(box: Box, page: PageContent) -> bool:
    """Whether text is written over a picture: then it is paper or a watermark."""
    over = [line for line in page.lines if _within(line.box, box)]
    return sum(len(line.text) for line in over) >= _FEW_GLYPHS or any(_within(table.box, box) for table in page.tables)


def _within(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] < x < outer[2] and outer[1] < y < outer[3]


def _odd(sheet: Sheet) -> float:
    """The share of glyphs the font gave no meaning to: private use, unmapped; all of them where they are what nobody writes."""
    text = "".join(g.char for g in sheet.glyphs if not g.char.isspace())
    total = len(text) + sheet.unmapped
    if total < _FEW_GLYPHS:
        return 0.0
    wide = "".join(c for c in text if c > "\u2e7f")[:_ENOUGH]
    if len(wide) > 60 and commonness(wide) < 0.5:
        return 1.0
    odd = sheet.unmapped + sum(1 for c in text if "\ue000" <= c <= "\uf8ff" or c == "\ufffd" or c >= "\U000f0000")
    return float(odd / total)
