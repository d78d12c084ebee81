"""Scanned pages read by RapidOCR, from picture to facts. The pages were made by ``make_pages.py``; skipped where it is not installed."""

from __future__ import annotations

import io
import socket
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from graph.extract import extract
from ingest.formats.pdf.ocr import rapid
from ingest.progress import heard_by
from ingest.reader import read
from ingest.worker import SafeReader
from tests.ingest.formats.pdf.ocr.make_pages import COLUMNS, LETTER, TABLE

FOLDER = Path(__file__).with_name("pages")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(rapid.models() is None, reason="RapidOCR is not installed (make test-ocr)"),
]


@cache
def picture(name: str) -> Image.Image:
    image = Image.open(FOLDER / f"{name}.jpg")
    image.load()
    return image


def pdf_of(*images: Image.Image) -> bytes:
    out = io.BytesIO()
    first, *rest = images
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=150)
    return out.getvalue()


def packed(text: str) -> str:
    return "".join(text.split())


def test_an_official_paper_askew_and_under_a_seal() -> None:
    doc = read(pdf_of(picture("letter")), "扫描.pdf")
    expected = packed(
        "云岭县人民政府办公室文件云政办发〔2025〕16号" + "关于印发云岭县山塘水库除险加固三年行动方案的通知" + "".join(LETTER)
    )
    expected += "云岭县人民政府办公室2025年4月18日"
    assert Levenshtein.normalized_distance(packed(doc.text), expected) < 0.015
    assert doc.head.doc_number == "云政办发〔2025〕16号" and doc.head.issued_on == "2025-04-18"
    assert doc.head.title == "关于印发云岭县山塘水库除险加固三年行动方案的通知"
    assert doc.text.splitlines()[-2:] == ["云岭县人民政府办公室", "2025年4月18日"]  # not the characters of the seal
    facts = extract(doc)
    assert {(target.value, target.unit) for target in facts.targets} >= {(126, "座"), (1850, "元"), (97.5, "%")}
    assert "县水利局" in {unit.name for task in facts.tasks for unit in task.units}


def test_every_line_has_its_confidence_and_its_place_on_the_scan() -> None:
    doc = read(pdf_of(picture("letter")), "扫描.pdf")
    assert all(anchor.confidence is not None and 0.8 < anchor.confidence <= 1 for anchor in doc.anchors)
    assert [issue.code for issue in doc.issues if issue.code == "ocr"] == ["ocr"]
    assert next(issue for issue in doc.issues if issue.code == "ocr").message.startswith("识别件，数字请核对原件：第 1 页")
    anchor = doc.anchor_at(doc.text.index("每座山塘落实"))
    assert anchor is not None and anchor.box is not None
    image = picture("letter").convert("L")
    scale = 150 / 72
    x0, top, x1, bottom = (round(value * scale) for value in anchor.box)
    inside = image.crop((x0, top, x1, bottom)).point(lambda value: 255 * (value < 110))
    assert inside.histogram()[255] > 0.04 * inside.width * inside.height  # a line of print


def test_two_columns_are_read_one_after_the_other() -> None:
    doc = read(pdf_of(picture("columns").convert("RGB")), "扫描.pdf")
    expected = packed("云岭县政府工作报告（摘登）" + "".join(COLUMNS))
    assert Levenshtein.normalized_distance(packed(doc.text), expected[: len(packed(doc.text))]) < 0.02


def test_a_ruled_table_is_a_table_cell_by_cell() -> None:
    doc = read(pdf_of(picture("table").convert("RGB")), "扫描.pdf")
    (table,) = doc.tables
    read_cells = [[packed(cell.of(doc.text)) for cell in row] for row in table.rows]
    assert [len(row) for row in read_cells] == [6] * 7
    wrong = [(a, b) for row, made in zip(read_cells, TABLE, strict=True) for a, b in zip(row, made, strict=True) if a != b]
    assert len(wrong) <= 2, wrong
    assert table.caption is not None and table.caption.of(doc.text) == "附件：主要目标表"
    assert {(t.indicator, t.value, t.by_year) for t in extract(doc).targets} >= {("农村自来水普及率", 96, 2030)}


@pytest.mark.parametrize("quarters", [90, 180, 270])
def test_a_page_laid_on_its_side_or_head_is_read_and_its_places_are_those_of_the_scan(quarters: int) -> None:
    upright = read(pdf_of(picture("table").convert("RGB")), "扫描.pdf")
    turned = picture("table").convert("RGB").rotate(quarters, expand=True)
    doc = read(pdf_of(turned), "扫描.pdf")
    assert Levenshtein.normalized_distance(packed(doc.text), packed(upright.text)) < 0.02
    width, height = (side * 72 / 150 for side in turned.size)
    boxes = [anchor.box for anchor in doc.anchors if anchor.box]
    assert all(-2 <= box[0] < box[2] <= width + 2 and -2 <= box[1] < box[3] <= height + 2 for box in boxes)
    assert (boxes[1][3] - boxes[1][1] > boxes[1][2] - boxes[1][0]) is (quarters != 180)  # rows of the table stand upright


def test_pages_are_told_one_by_one_and_read_in_the_worker_within_its_memory() -> None:
    heard: list[tuple[int, int]] = []
    with SafeReader() as safe:
        safe.on_page = lambda number, count: heard.append((number, count))
        doc = safe.read(pdf_of(picture("letter"), picture("columns").convert("RGB")), "扫描.pdf")
    assert heard == [(1, 2), (2, 2)]
    assert {anchor.page for anchor in doc.anchors} == {1, 2}


def test_nothing_is_sent_over_the_network(monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    rapid._engine.cache_clear()
    assert "主要目标表" in read(pdf_of(picture("table").convert("RGB")), "扫描.pdf").text


@pytest.mark.parametrize("size", [(3000, 12), (30, 9000), (9000, 40), (1, 1), (4000, 4000)])
def test_thin_strips_and_great_pages_take_no_more_than_others(size: tuple[int, int]) -> None:
    import resource

    import numpy as np

    from ingest.formats.pdf.ocr.page import recognise_sheet

    noise = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    recognise_sheet(noise, 1, 595.0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 900 << 10


def test_progress_is_heard_only_inside() -> None:
    heard: list[tuple[int, int]] = []
    with heard_by(lambda number, count: heard.append((number, count))):
        read(pdf_of(Image.new("RGB", (600, 800), "white"), picture("table").convert("RGB")), "扫描.pdf")
    assert heard == [(1, 2), (2, 2)]


def layered(lines: Sequence[str]) -> bytes:
    """The scanned letter with a text layer that is not drawn, as programs of scanners make it."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(picture("letter")), 0, 0, 595, 842)
    for at, line in enumerate(lines):
        shown = canvas.beginText(80, 700 - 24 * at)
        shown.setTextRenderMode(3)
        shown.setFont("STSong-Light", 12)
        shown.textOut(line)
        canvas.drawText(shown)
    canvas.save()
    return out.getvalue()


def test_a_text_layer_of_wrong_characters_is_read_anew_and_a_good_one_is_kept() -> None:
    good = ("云岭县人民政府办公室文件", "云政办发〔2025〕16号", "关于印发云岭县山塘水库除险加固三年行动方案的通知", *LETTER)
    good += ("云岭县人民政府办公室", "2025年4月18日")
    kept = read(layered(good), "扫描.pdf")
    assert {issue.code for issue in kept.issues} & {"ocr", "layer", "replaced"} == {"layer"}
    poor = ["".join("口" if at % 3 == 1 else char for at, char in enumerate(line)) for line in good]
    replaced = read(layered(poor), "扫描.pdf")
    assert {issue.code for issue in replaced.issues} & {"ocr", "layer", "replaced"} == {"ocr", "replaced"}
    assert "口" not in replaced.text and "由每年1200元提高到1850元" in packed(replaced.text)
