"""An import of a scan that is stopped goes on at the page it had come to; nothing of the pages is left once it is through."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cemai.library import Library
from corpus.errors import RefusedInput
from ingest.formats.pdf import ocr
from ingest.formats.pdf.glyphs import Glyph, Rule, Sheet
from ingest.formats.pdf.ocr import rapid
from ingest.formats.pdf.ocr.page import RecognisedSheet, pack_sheet, unpack_sheet
from ingest.formats.pdf.ocr.picture import Straightened
from ingest.formats.pdf.ocr.strip import ReadStrip
from ingest.kept_pages import delete_pages, find_page, keep_page, keep_pages, kept_pages
from ingest.limits import DEFAULT
from ingest.worker import SafeReader

SHEET = Sheet(3, 595.0, 842.0, [Glyph("防", 1.0, 2.0, 3.0, 4.0)], [Rule(True, 5.0, 6.0, 7.0)], gutter=300.5)
STRIPS = [ReadStrip("防", (0.93,), (0.5,), (1.0, 2.0, 3.0, 4.0))]


def test_a_page_is_the_same_after_it_was_kept() -> None:
    back = np.array([[0.99, -0.01, 4.0], [0.01, 0.99, -2.0]])
    found = RecognisedSheet(SHEET, STRIPS, Straightened(np.ones((4, 4, 3), np.uint8), back, 1), 2.77)
    again = unpack_sheet(pack_sheet(found), 8)
    assert again is not None
    assert (again.sheet, again.strips, again.scale) == (replace(SHEET, number=8), STRIPS, 2.77)
    assert again.shown((10.0, 20.0, 30.0, 40.0)) == found.shown((10.0, 20.0, 30.0, 40.0))
    assert unpack_sheet(b'{"sheet": 1}', 8) is None and unpack_sheet(b"\xff", 8) is None


def test_pages_are_kept_for_one_file_and_deleted_with_it(tmp_path: Path) -> None:
    home = tmp_path / "recognised"
    keep_page("a", b"x")
    with keep_pages(home, "甲"):
        keep_page("a", b"x")
        assert find_page("a") == b"x" and find_page("b") is None
    with keep_pages(home, "乙"):
        assert find_page("a") is None
    assert find_page("a") is None
    old = home / "旧"
    old.mkdir()
    os.utime(old, (time.time() - 40 * 86_400,) * 2)
    with keep_pages(home, "甲"):
        assert find_page("a") == b"x" and not old.exists()
    delete_pages(home, "甲")
    assert not home.exists()


def test_a_page_is_read_once_and_a_page_of_another_engine_anew(tmp_path: Path, monkeypatch) -> None:
    calls: list[int] = []

    def read(image: Image.Image, number: int, width: float, source: str) -> RecognisedSheet:
        calls.append(number)
        return RecognisedSheet(replace(SHEET, number=number), STRIPS)

    monkeypatch.setattr(rapid, "models", lambda: None)
    monkeypatch.setattr(ocr, "recognise_by_tesseract", read)
    ocr._engine_name.cache_clear()
    image = Image.new("RGB", (40, 60), "white")
    with keep_pages(tmp_path, "甲"):
        assert [ocr.recognise(image, number, 595.0, "甲.pdf").sheet.number for number in (1, 2)] == [1, 2]
        assert calls == [1]
        monkeypatch.setattr(ocr, "_engine_name", lambda: "another")
        ocr.recognise(image, 1, 595.0, "甲.pdf")
    assert calls == [1, 1]
    ocr.recognise(image, 1, 595.0, "甲.pdf")
    assert calls == [1, 1, 1]


def test_purging_reaches_what_a_stopped_import_left(tmp_path: Path) -> None:
    (tmp_path / "通知.txt").write_text("云岭县通知\n\n各乡镇要在6月底前完成排查。\n", encoding="utf-8")
    with Library.open(tmp_path / "库") as library:
        library.ingest([tmp_path / "通知.txt"])
        library.remove("通知.txt")
        home = kept_pages(library.corpus.folder)
        with keep_pages(home, "甲"):
            keep_page("a", b"x")
        library.purge()
        assert not home.exists()


@pytest.mark.slow
@pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)")
def test_a_reader_that_was_stopped_goes_on_at_its_page(tmp_path: Path) -> None:
    pages = [Image.open(Path(__file__).with_name("pages") / f"{name}.jpg") for name in ("letter", "table")]
    pages[0].save(tmp_path / "扫描.pdf", save_all=True, append_images=pages[1:], resolution=150)
    data = (tmp_path / "扫描.pdf").read_bytes()
    home = tmp_path / "recognised"
    kept = home / hashlib.sha256(data).hexdigest()
    with SafeReader(DEFAULT, pages=home) as reader:

        def stop(number: int, _count: int) -> None:
            if number == 2:
                reader.interrupt()

        reader.on_page = stop
        with pytest.raises(RefusedInput):
            reader.read(data, "扫描.pdf")
        assert len(list(kept.iterdir())) == 1
        first = next(kept.iterdir())
        known = first.stat().st_mtime_ns
        reader.on_page = lambda number, _: heard.append((number, first.stat().st_mtime_ns))
        heard: list[tuple[int, int]] = []
        doc = reader.read(data, "扫描.pdf")
    assert heard == [(1, known), (2, known)]  # the first was found, not read and written again
    assert "云政办发〔2025〕16号" in doc.text and doc.tables and not home.exists()
    with SafeReader(DEFAULT) as plain:
        assert plain.read(data, "扫描.pdf") == doc
