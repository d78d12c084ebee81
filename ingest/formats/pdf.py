"""PDF: text and tables in reading order with the place of each on its page."""

from __future__ import annotations

from io import BytesIO

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.limits import Limits
from ingest.raw import RawText


def read_pdf(data: bytes, source: str, limits: Limits, *, ocr: bool = False) -> RawText:
    """Read a PDF."""
    import pdfplumber

    try:
        document = pdfplumber.open(BytesIO(data))
    except Exception as error:
        if "Password" in type(error).__name__ or "Password" in repr(error):
            raise RefusedInput(source, "encrypted", "PDF 有密码保护（加密），无法读取；请用原软件取消密码后再导入") from error
        raise RefusedInput(source, "broken", "PDF 结构已损坏，无法读取；请重新下载或用原软件另存") from error
    builder = TextBuilder("pdf")
    with document:
        if len(document.pages) > limits.pdf_pages:
            raise RefusedInput(source, "size", f"PDF 超过 {limits.pdf_pages} 页；请拆分后导入")
        for page in document.pages:
            for line in page.extract_text_lines(return_chars=False):
                builder.line(line["text"], page=page.page_number, box=(line["x0"], line["top"], line["x1"], line["bottom"]))
            page.close()
    if not builder.text().strip():
        raise RefusedInput(source, "scan", "疑似扫描件：没有可提取的文字；请加 --ocr 识别，或先用文字识别软件转换")
    return builder.finish()
