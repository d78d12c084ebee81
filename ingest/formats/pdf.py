"""PDF: text and tables in reading order, with the place of each on its page.

pdfium reads the glyphs, and our own layout makes lines and paragraphs of them: that gives the text pdfplumber gives at a
multiple of its speed. pdfplumber is asked only for pages with drawn lines, where it finds the tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from corpus.document import Span
from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.pdf_flow import Margins, joined, margins, paragraphs, running
from ingest.formats.pdf_glyphs import Sheet, read_sheet
from ingest.formats.pdf_join import continues, join
from ingest.formats.pdf_layout import Line, in_columns, to_lines
from ingest.formats.pdf_page_table import PageTable
from ingest.formats.pdf_tables import find_tables
from ingest.formats.text import commonness
from ingest.limits import Limits
from ingest.raw import RawText

_FEW_GLYPHS = 12
_NUMBERED = re.compile(r"^(?:附?表|专栏|表格)\s?[\d一二三四五六七八九十]{1,3}(?:[-－—.]\d{1,2})?(?!\d)")
_UNIT_LINE = re.compile(r"^[（(]?(?:计量)?单位[:：]\S{1,12}$|^[（(]\S{1,8}[）)]$")
_FEW_LINES = (6, 12)
_DRAWN = 2_000
"""A page without text but with so many strokes has its characters drawn as outlines."""


class PdfReader:
    """One PDF being read, page by page; no page is kept once its lines are out."""

    def __init__(self, data: bytes, source: str, limits: Limits, ocr: bool) -> None:
        self.data, self.source, self.limits, self.ocr = data, source, limits, ocr
        self.builder = TextBuilder("pdf")
        self.heights: list[float] = []
        self.lines: list[list[Line]] = []
        self.tables: list[list[PageTable]] = []
        self.scanned: list[int] = []
        self.garbled: list[int] = []
        self.read_by_ocr: list[int] = []
        self.lost: list[int] = []
        self.hidden = 0

    def read(self) -> RawText:
        """The whole document."""
        document = self._open()
        try:
            count = len(document)
            if count > self.limits.pdf_pages:
                raise RefusedInput(self.source, "size", f"PDF 有 {count} 页，超过上限 {self.limits.pdf_pages} 页；请拆分后导入")
            if not count:
                raise self._broken()
            self._about(document)
            for index in range(count):
                self._page(document, index)
        finally:
            document.close()
        self._write()
        return self._finish(count)

    def _broken(self) -> RefusedInput:
        return RefusedInput(self.source, "broken", "PDF 结构已损坏，无法读取；请重新下载，或用原软件打开后另存")

    def _open(self) -> Any:
        import pypdfium2

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

    def _page(self, document: Any, index: int) -> None:
        import pypdfium2

        number = index + 1
        self.lines.append([])
        self.tables.append([])
        self.heights.append(842.0)
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            self.lost.append(number)
            return
        try:
            found = read_sheet(page, number, self.limits.pdf_page_characters)
            if found is None:
                raise RefusedInput(self.source, "size", f"第 {number} 页的字符数异常，超出读取上限；请用原软件另存后导入")
            self.heights[-1] = found.height
            self.hidden += found.hidden
            inked = sum(1 for g in found.glyphs if not g.char.isspace())
            bad = _garbled(found)
            if bad or (inked < _FEW_GLYPHS and (found.pictured > 0.3 or found.segments > _DRAWN)):
                if self.ocr:
                    from ingest.ocr import page_lines

                    self.lines[-1] = page_lines(page, number, self.source)
                    self.read_by_ocr.append(number)
                    return
                (self.garbled if bad else self.scanned).append(number)
                if not bad and not inked:
                    return
            glyphs = found.glyphs
            if inked >= _FEW_GLYPHS:
                before = self.tables[-2][-1] if number > 1 and self.tables[-2] else None
                self.tables[-1], glyphs = find_tables(found, before)
            self.lines[-1] = in_columns(to_lines(glyphs, number), found.width)
        finally:
            page.close()

    def _write(self) -> None:
        out = running([(height, lines) for height, lines in zip(self.heights, self.lines, strict=True)])
        kept = [[line for line in lines if id(line) not in out] for lines in self.lines]
        flat = [line for lines in kept for line in lines]
        whole = {
            column: found
            for column in {line.column for line in flat}
            if (found := margins([line for line in flat if line.column == column]))
        }
        by_column: dict[tuple[int, int], Margins] = {}
        for number, lines in enumerate(kept, 1):
            for column in {line.column for line in lines}:
                own = [line for line in lines if line.column == column]
                found = margins(own) if len(own) >= _FEW_LINES[0] else None
                # A page of a few short lines (a title page, a list of slogans) does not show how wide its text could be.
                if found and not (len(own) < _FEW_LINES[1] and found.right < whole[column].right - 3 * found.em):
                    by_column[number, column] = found
        pending: list[Line] = []
        for block in self._blocks(kept):
            if isinstance(block, Line):
                pending.append(block)
                continue
            self._text(pending, by_column, whole)
            pending = []
            self._table(block)
        self._text(pending, by_column, whole)

    def _blocks(self, kept: Sequence[Sequence[Line]]) -> list[Line | PageTable]:
        """Lines and tables of all pages in order, tables that run on joined."""
        out: list[Line | PageTable] = []
        for lines, tables in zip(kept, self.tables, strict=True):
            waiting = list(tables)
            for line in lines:
                while waiting and waiting[0].top <= line.top:
                    _append(out, waiting.pop(0))
                out.append(line)
            for table in waiting:
                _append(out, table)
        return out

    def _text(self, lines: Sequence[Line], by_column: dict[tuple[int, int], Margins], whole: dict[int, Margins]) -> None:
        for paragraph in paragraphs(lines, by_column, whole):
            for text, line in joined(paragraph):
                self.builder.anchor(self.builder.write(text), page=line.page, box=line.box)
            self.builder.write("\n")

    def _table(self, table: PageTable) -> None:
        caption = _caption(self.builder) if table.titled else None
        numbered = _NUMBERED.match(caption.of(self.builder.text())) if caption else None
        label = "".join(numbered.group().split()) if numbered else f"表{len(self.builder.tables) + 1}"
        self.builder.grid(
            table.rows,
            header_rows=table.header_rows,
            caption=caption,
            label=label,
            places=table.places,
        )

    def _finish(self, count: int) -> RawText:
        builder = self.builder
        nothing = not builder.text().strip() or len(self.scanned) == count
        if nothing and not self.scanned and not self.garbled:
            raise RefusedInput(self.source, "empty", "PDF 里没有文字，也没有扫描图像；请打开核对是否为空白或损坏的文件")
        if nothing and self.scanned:
            message = "疑似扫描件，没有可提取的文字；请安装 tesseract 后加 --ocr 识别，或先用文字识别软件转换"
            raise RefusedInput(self.source, "scan", message)
        if self.garbled and len(self.garbled) * 2 > count:
            message = "文字编码缺失，提取结果是乱码；请安装 tesseract 后加 --ocr 识别，或向来文单位索取可复制文字的版本"
            raise RefusedInput(self.source, "garbled", message)
        if self.scanned:
            builder.issue("scan", f"疑似扫描件：{pages(self.scanned)}没有可提取的文字，内容未读入；可加 --ocr 识别")
        if self.garbled:
            builder.issue("garbled", f"疑似乱码：{pages(self.garbled)}的文字编码缺失，内容不可靠；可加 --ocr 识别")
            bad = set(self.garbled)
            builder.boilerplate.extend(a.span for a in builder.anchors if a.page in bad)
        if self.read_by_ocr:
            builder.issue("ocr", f"{pages(self.read_by_ocr)}由文字识别得到，可能有错字，请对照原件")
        if self.lost:
            builder.issue("page_lost", f"{pages(self.lost)}已损坏，没有读入")
        if self.hidden:
            builder.issue("hidden_text", f"有 {self.hidden} 个隐藏、白色或页面以外的字符没有读入")
        return builder.finish()


def read_pdf(data: bytes, source: str, limits: Limits, *, ocr: bool = False) -> RawText:
    """Read a PDF."""
    return PdfReader(data, source, limits, ocr).read()


def _append(out: list[Line | PageTable], table: PageTable) -> None:
    last = out[-1] if out else None
    if isinstance(last, PageTable) and last.places[-1][0] == table.page - 1 and continues(last, table):
        out[-1] = join(last, table)
    else:
        out.append(table)


def _garbled(page: Sheet) -> bool:
    """Whether the font gave no meaning to a good part of the glyphs: private use, unmapped, or characters nobody writes."""
    text = "".join(g.char for g in page.glyphs if not g.char.isspace())
    total = len(text) + page.unmapped
    if total < _FEW_GLYPHS:
        return False
    odd = page.unmapped + sum(1 for c in text if "\ue000" <= c <= "\uf8ff" or c == "\ufffd" or c >= "\U000f0000")
    if odd > 0.1 * total:
        return True
    wide = "".join(c for c in text if c > "\u2e7f")
    return len(wide) > 60 and commonness(wide) < 0.5


def _caption(builder: TextBuilder) -> Span | None:
    """The line right above a table, where it is short and no sentence; a line that only gives the unit is passed over."""
    for anchor in builder.anchors[:-3:-1]:
        text = anchor.span.of("".join(builder.parts[-6:]).rjust(builder.length)) if len(anchor.span) <= 60 else ""
        if not text or text.endswith(("。", "；", "：", ":", ";")):
            return None
        if not _UNIT_LINE.match(text):
            return anchor.span
    return None


def pages(numbers: Sequence[int]) -> str:
    """Page numbers for a message: 第 2–4、7 页."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs[:20])
    return f"第 {shown}{'等' if len(runs) > 20 else ''} 页"
