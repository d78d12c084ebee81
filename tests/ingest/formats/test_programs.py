"""What only other programs can read: scans by tesseract, old Office files by LibreOffice. Skipped where they are missing."""

import io
import shutil
import subprocess

import pytest

from corpus.errors import RefusedInput
from ingest.formats.pdf.ocr import rapid, tesseract
from ingest.formats.registry import format_named
from ingest.formats.word import legacy
from ingest.limits import DEFAULT
from ingest.reader import read
from ingest.worker import SafeReader

needs_tesseract = pytest.mark.skipif(not tesseract.available(), reason="tesseract with chi_sim is not installed")
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def scanned(pages):
    """Pages as pictures of large figures, which need no Chinese font on the machine."""
    from PIL import Image, ImageDraw, ImageFont

    pictures = []
    for text in pages:
        picture = Image.new("L", (1240, 1754), 255)
        ImageDraw.Draw(picture).text((150, 200), text, font=ImageFont.load_default(size=60), fill=0)
        pictures.append(picture)
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return out.getvalue()


@needs_tesseract
def test_scanned_pages_are_read_and_named(monkeypatch):
    monkeypatch.setattr(rapid, "models", lambda: None)
    document = read(scanned(["2026 12345678", "2027 12345678"]), "扫描.pdf")
    assert document.text.count("12345678") == 2
    assert [issue.message for issue in document.issues if issue.code == "ocr"] == [
        "识别件，数字请核对原件：第 1–2 页由文字识别得到，可能有错字"
    ]
    place = document.text.rindex("12345678")
    assert document.page_at(place) == 2


def test_without_the_programs_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(rapid, "models", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for ocr, reason in ((False, "scan"), (True, "needs_ocr")):
        with pytest.raises(RefusedInput, match=r"requirements-ocr\.lock") as caught:
            read(scanned(["1"]), "扫描.pdf", ocr=ocr)
        assert caught.value.reason == reason
    with pytest.raises(RefusedInput, match="LibreOffice") as caught:
        legacy.convert(b"", format_named("doc"), "a.doc", DEFAULT)
    assert caught.value.reason == "needs_office"


RTF = (
    rb"{\rtf1\ansi\ansicpg936\uc1 \u26576?\u21439?\u26149?\u32789?\u24037?\u20316?\u26041?\u26696?\par "
    rb"\u19968?\u12289?\u24635?\u20307?\u35201?\u27714?\par }"
)


def converted(data, name, kind, folder):
    """The same file in another old format, made by LibreOffice itself."""
    path = folder / name
    path.write_bytes(data)
    profile = (folder / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(folder),
        str(path),
    ]
    subprocess.run(command, capture_output=True, timeout=90, check=True)
    return path.with_suffix(f".{kind}").read_bytes()


@needs_office
@pytest.mark.parametrize("kind", ["rtf", "doc", "wps"])
def test_old_word_files_are_read(kind, tmp_path):
    data = RTF if kind == "rtf" else converted(RTF, "a.rtf", "doc", tmp_path)
    with SafeReader() as safe:
        document = safe.read(data, f"方案.{kind}")
    assert document.text.split("\n")[:2] == ["某县春耕工作方案", "一、总体要求"]
    assert document.head.title == "某县春耕工作方案"


@needs_office
def test_old_sheets_are_read(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["任务", "责任单位"], ["修路", "县交通运输局"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    data = converted(out.getvalue(), "a.xlsx", "xls", tmp_path)
    with SafeReader() as safe:
        document = safe.read(data, "台账.xls")
    (table,) = document.tables
    assert [cell.of(document.text) for cell in table.rows[1]] == ["修路", "县交通运输局"]
