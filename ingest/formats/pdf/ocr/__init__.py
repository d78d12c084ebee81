"""Text recognition of scanned pages: by RapidOCR where it is installed, else by tesseract.

What is read becomes glyphs with places (``page``), so that lines, columns and tables are made by the code that makes them of a
PDF with text.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ingest.formats.pdf.ocr import rapid, tesseract
from ingest.formats.pdf.ocr.page import (
    RecognisedSheet,
    draw_page,
    pack_sheet,
    recognise_by_tesseract,
    recognise_sheet,
    unpack_sheet,
)
from ingest.kept_pages import find_page, keep_page

if TYPE_CHECKING:
    from PIL.Image import Image

HOW = "请联系管理员安装文字识别组件（命令：pip install -r requirements-ocr.lock）后重新导入，或先用文字识别软件转换"
"""What to do where nothing is installed that reads scans."""

_SURE, _ALIKE = 0.95, 0.85
"""The mean certainty from which RapidOCR's reading judges a text layer, and the share of characters a good one has in common with it."""


def available() -> bool:
    """Whether anything is installed that reads scans."""
    return rapid.models() is not None or tesseract.available()


def recognise(image: Image, number: int, width: float, source: str) -> RecognisedSheet:
    """Read the picture of a page; ``available`` has to be asked before.

    Args:
        image: the picture, at some 200 dots an inch.
        number: of the page.
        width: of the page, in points.
        source: the name of the file, for messages.

    Raises:
        RefusedInput: where tesseract fails.
    """
    import numpy as np

    picture = np.asarray(image.convert("RGB"))
    key = hashlib.sha256(picture.tobytes() + f"{picture.shape} {width} {_engine_name()}".encode()).hexdigest()
    if (kept := find_page(key)) is not None and (found := unpack_sheet(kept, number)) is not None:
        return found
    if rapid.models() is None:
        found = recognise_by_tesseract(image, number, width, source)
    else:
        found = recognise_sheet(picture, number, width)
    keep_page(key, pack_sheet(found))
    return found


@cache
def _engine_name() -> str:
    """What reads here, with its version: a page that another has read is read anew."""
    return f"rapidocr {version('rapidocr')}" if rapid.models() is not None else "tesseract"


def is_poor(layer: str, page: Any, source: str) -> bool:
    """Whether the text layer of a scanned page has far fewer of its characters right than RapidOCR, which has to be sure of its own.

    Args:
        layer: the characters of the text layer.
        page: of pypdfium2.
        source: the name of the file, for messages.
    """
    if rapid.models() is None:
        return False
    image, scale = draw_page(page)
    strips = recognise(image, 1, image.width / scale, source).strips
    sure = [value for strip in strips for value in strip.sure]
    theirs, ours = (Counter(char for char in text if char.isalnum()) for text in (layer, "".join(strip.text for strip in strips)))
    if not sure or sum(sure) / len(sure) < _SURE:
        return False
    return (theirs & ours).total() < _ALIKE * max(theirs.total(), ours.total())
