"""Pictures of pages as files: PNG, JPEG and TIFF."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from corpus.errors import RefusedInput
from ingest.formats import picture
from ingest.formats.pdf import ocr
from ingest.formats.pdf.ocr import rapid
from ingest.formats.registry import FORMATS, has_page_pictures
from ingest.formats.sniff import detect
from ingest.limits import DEFAULT
from ingest.reader import read
from ui.rest.page_picture import draw

PAGES = Path(__file__).with_name("pdf") / "ocr" / "pages"
needs_rapidocr = pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


BLANK = Image.new("RGB", (400, 600), "white")


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (saved(BLANK, "PNG"), "通知.png", "png"),
        (saved(BLANK, "JPEG"), "通知.jpeg", "jpg"),
        (saved(BLANK, "TIFF"), "通知.tif", "tif"),
        (saved(BLANK, "PNG"), "改错了名.jpg", "png"),
    ],
)
def test_pictures_are_told_by_their_content(data: bytes, name: str, format: str) -> None:
    assert detect(data, name).name == format and has_page_pictures(format)
    assert len([row for row in FORMATS if row.reader == "ingest.formats.picture:read_picture"]) == 3


def test_without_a_recogniser_a_picture_is_refused_with_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(
        RefusedInput, match=r"这是图片，需要文字识别；请联系管理员.*pip install -r requirements-ocr\.lock"
    ) as caught:
        read(saved(BLANK, "PNG"), "通知.png")
    assert caught.value.reason == "needs_ocr"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + b"x" * 200, saved(BLANK, "JPEG")[:300], b"II*\x00" + b"\xff" * 60])
def test_damaged_pictures_are_refused(data: bytes, monkeypatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    with pytest.raises(RefusedInput) as caught:
        picture.read_picture(data, "坏.png", DEFAULT)
    assert caught.value.reason == "broken"


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    data = saved(Image.new("1", (12_000, 12_000)), "PNG")
    assert len(data) < 1 << 20
    with pytest.raises(RefusedInput) as caught:
        picture.read_picture(data, "大.png", DEFAULT)
    assert caught.value.reason in ("size", "broken")


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_the_page_shown_of_a_picture_has_the_quoted_line_marked(format: str) -> None:
    shown = Image.open(io.BytesIO(draw(saved(BLANK, format), 1, [(100, 100, 300, 120)], part=False))).convert("RGB")
    assert shown.size == (400, 600)
    scale = 400 / picture.paper_width(400, 600)
    assert shown.getpixel((round(200 * scale), round(110 * scale))) == (255, 241, 184)


@needs_rapidocr
@pytest.mark.slow
def test_the_pages_of_a_tiff_are_read_like_those_of_a_pdf() -> None:
    letter, table = (Image.open(PAGES / f"{name}.jpg").convert("RGB") for name in ("letter", "table"))
    doc = read(saved(letter, "TIFF", save_all=True, append_images=[table], compression="jpeg"), "来文.tif")
    assert doc.format == "tif" and doc.head.doc_number == "云政办发〔2025〕16号"
    assert doc.page_at(doc.text.index("农村自来水普及率")) == 2 and len(doc.tables) == 1
    assert any(issue.message.startswith("识别件，数字请核对原件：第 1–2 页") for issue in doc.issues)


@needs_rapidocr
@pytest.mark.slow
def test_a_picture_that_the_camera_noted_as_turned_is_turned() -> None:
    table = Image.open(PAGES / "table.jpg").convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(table.rotate(90, expand=True), "JPEG", exif=exif, quality=80)
    assert "农村自来水普及率" in read(data, "照片.jpg").text


@needs_rapidocr
def test_a_picture_without_text_is_refused() -> None:
    with pytest.raises(RefusedInput) as caught:
        read(saved(BLANK, "PNG"), "空白.png")
    assert caught.value.reason == "empty"
