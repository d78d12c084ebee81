"""What lies over the pages of a PDF and is no part of their text: comments, form fields, attached files, films, seals."""

from __future__ import annotations

from collections import Counter
from typing import Any

# A pop-up (FPDF_ANNOT_POPUP) shows a comment that is counted already.
_KINDS = {
    "FPDF_ANNOT_TEXT": "comments", "FPDF_ANNOT_FREETEXT": "comments",
    "FPDF_ANNOT_WIDGET": "form_fields", "FPDF_ANNOT_FILEATTACHMENT": "attachments",
    "FPDF_ANNOT_SOUND": "media", "FPDF_ANNOT_MOVIE": "media", "FPDF_ANNOT_RICHMEDIA": "media", "FPDF_ANNOT_STAMP": "seals",
}  # fmt: skip
MESSAGES = {
    "comments": "PDF 带有 {} 处批注或附加文字，没有读入",
    "form_fields": "PDF 有 {} 个表单项，填写的内容没有读入，请对照原件",
    "attachments": "PDF 的页面上有 {} 个附件文件，没有读取",
    "media": "PDF 带有 {} 段音频或视频，没有读入",
    "seals": "PDF 有 {} 处电子印章或图章，没有读入",
}
_SIGNATURE = "Sig"


def count_annotations(page: Any) -> Counter[str]:
    """How many there are of each kind on a pypdfium2 page, by the codes of ``MESSAGES``."""
    import ctypes

    import pypdfium2.raw as pdfium

    kinds = {getattr(pdfium, name): kind for name, kind in _KINDS.items()}
    found: Counter[str] = Counter()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), 10_000)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        kind = kinds.get(pdfium.FPDFAnnot_GetSubtype(annotation), "")
        if kind == "form_fields":
            buffer = ctypes.create_string_buffer(32)
            size = pdfium.FPDFAnnot_GetStringValue(
                annotation, b"FT", ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), len(buffer)
            )
            if buffer.raw[: max(0, min(size, 32) - 2)].decode("utf-16-le", "replace") == _SIGNATURE:
                kind = "seals"
        if kind:
            found[kind] += 1
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found
