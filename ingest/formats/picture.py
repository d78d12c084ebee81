"""Pictures of pages (scans and photographs as PNG, JPEG or TIFF): each is a page that is read by text recognition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.pdf.scan import read_page, write_recognised
from ingest.formats.pdf.write import PageContent
from ingest.limits import Limits
from ingest.progress import tell_page
from ingest.raw import RawText

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 100_000_000
_PAPER = (595.0, 842.0)
"""A picture is taken for a sheet of A4, in points: what it says of its size is often wrong, and the page shown goes by the same."""
_LONGEST = 3_500
"""Pixels of the longer side; more is no better for the recogniser."""


def read_picture(data: bytes, source: str, limits: Limits, *, ocr: bool = False) -> RawText:
    """Read a picture, or the pages of a TIFF.

    Args:
        data: the bytes of the file.
        source: its name, for messages.
        limits: how many pages it may have.
        ocr: makes no difference: there is no other way to read it.

    Raises:
        RefusedInput: where nothing is installed that reads pictures, and for a damaged one, one too large, one without text.
    """
    from ingest.formats.pdf.ocr import HOW, available

    if not available():
        raise RefusedInput(source, "needs_ocr", f"这是图片，需要文字识别；{HOW}")
    builder = TextBuilder(_format_name(data))
    write_recognised(builder, read_pages(data, source, limits))
    if not builder.text().strip():
        raise RefusedInput(
            source, "empty", "图片里没有识别出文字；请核对是否为文件的扫描件或照片，必要时重新扫描（建议 200 dpi）"
        )
    return builder.finish()


def read_pages(data: bytes, source: str, limits: Limits, first: int = 1) -> list[PageContent]:
    """The pages of a picture file as text recognition reads them, numbered from ``first``. Raises ``RefusedInput`` as ``read_picture``."""
    pages: list[PageContent] = []
    for number, count, image in _pages(data, source, limits):
        tell_page(number, count)
        width = paper_width(image.width, image.height)
        pages.append(read_page(image, first - 1 + number, width, source, pages[-1] if pages else None))
    return pages


def write_pictures(builder: TextBuilder, pictures: Iterable[bytes], source: str, limits: Limits) -> int:
    """Write the words of pictures of a text document that has hardly any beside them, where something is installed that reads them.

    Args:
        builder: that they are written to; their lines have the number of the picture for a place, as there is no page to show.
        pictures: the bytes of each.
        source: the name of the file, for messages.
        limits: how many pages a picture may have.

    Returns:
        How many were read; the others cannot be.
    """
    from ingest.formats.pdf.ocr import available

    if not available():
        return 0
    pages: list[PageContent] = []
    count = 0
    for data in pictures:
        try:
            pages += read_pages(data, source, limits, len(pages) + 1)
        except RefusedInput:
            continue
        count += 1
    before = len(builder.anchors)
    write_recognised(builder, pages, "张图片")
    builder.anchors[before:] = [
        replace(anchor, page=None, box=None, element=f"picture{anchor.page}") for anchor in builder.anchors[before:]
    ]
    return count


def open_picture(data: bytes, source: str, limits: Limits) -> Image:
    """The first page of a picture file, within the bounds of a page. Raises ``RefusedInput`` for what is none or is too large."""
    for _, _, image in _pages(data, source, limits):
        return image
    raise RefusedInput(source, "broken", "图片已损坏，无法读取；请重新扫描或下载")


def paper_width(width: int, height: int) -> float:
    """How wide, in points, the page is that a picture of so many pixels shows."""
    return _PAPER[0] if width <= height else _PAPER[1]


def _format_name(data: bytes) -> str:
    return "png" if data.startswith(b"\x89PNG") else "jpg" if data.startswith(b"\xff\xd8") else "tif"


def _pages(data: bytes, source: str, limits: Limits) -> Iterator[tuple[int, int, Image]]:
    """The pages of a picture with their numbers and how many there are, upright as the camera noted."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as held:
            count = getattr(held, "n_frames", 1) if held.format == "TIFF" else 1
            if count > limits.pdf_pages:
                raise RefusedInput(source, "size", f"图片有 {count} 页，超过上限 {limits.pdf_pages} 页；请拆分后导入")
            for number in range(1, count + 1):
                held.seek(number - 1)
                if held.width * held.height > _MOST_PIXELS:
                    message = (
                        f"第 {number} 页有 {held.width}×{held.height} 像素，超出读取上限；请降低扫描分辨率（建议 200 dpi）后导入"
                    )
                    raise RefusedInput(source, "size", message)
                held.draft("RGB", (_LONGEST, _LONGEST))
                image = ImageOps.exif_transpose(held).convert("RGB")
                image.thumbnail((_LONGEST, _LONGEST))
                yield number, count, image
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise RefusedInput(source, "broken", "图片已损坏，无法读取；请重新扫描或下载") from error
