"""Tesseract's table of words as strips, and strips as glyphs."""

from __future__ import annotations

import pytest

from ingest.formats.pdf.layout import to_lines
from ingest.formats.pdf.ocr.page import to_glyphs
from ingest.formats.pdf.ocr.strip import ReadStrip
from ingest.formats.pdf.ocr.tesseract import parse_tsv

HEAD = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n"


def row(line: int, word: int, left: int, text: str, confidence: float = 95.0) -> str:
    return f"5\t1\t1\t1\t{line}\t{word}\t{left}\t{50 * line}\t{40 * len(text)}\t40\t{confidence}\t{text}\n"


def test_words_of_a_line_are_joined_and_what_is_not_sure_at_all_is_left_out() -> None:
    strips = parse_tsv(
        HEAD + row(1, 1, 100, "农村", 96.5) + row(1, 2, 180, "公路,") + row(2, 1, 100, "养护") + row(2, 2, 300, "丶", 3)
    )
    assert [(strip.text, strip.box) for strip in strips] == [("农村公路，", (100, 50, 300, 90)), ("养护", (100, 100, 180, 140))]
    assert strips[0].sure == pytest.approx((0.965, 0.965, 0.95, 0.95, 0.95))
    assert strips[0].at == pytest.approx((0.1, 0.3, 0.5, 0.7, 0.9))


def test_latin_words_keep_their_blank_and_every_character_a_place() -> None:
    (strip,) = parse_tsv(HEAD + row(1, 1, 100, "IPv6") + row(1, 2, 280, "R2"))
    assert strip.text == "IPv6 R2" and len(strip.sure) == len(strip.at) == 7
    assert [glyph.char for glyph in to_glyphs([strip])] == list("IPv6 R2")


def test_no_blank_stands_beside_a_mark_and_one_stays_between_two_names() -> None:
    quoted = ReadStrip("采用“市场”等", (1.0,) * 7, tuple(x / 270 for x in (20, 60, 112, 140, 180, 208, 255)), (0, 0, 270, 54))
    names = ReadStrip("张三李四", (1.0,) * 4, tuple(x / 270 for x in (20, 60, 160, 200)), (0, 0, 270, 54))
    assert [line.text for line in to_lines(to_glyphs([quoted]), 1)] == ["采用“市场”等"]
    assert [line.text for line in to_lines(to_glyphs([names]), 1)] == ["张三 李四"]
