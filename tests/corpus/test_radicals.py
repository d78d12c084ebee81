"""Radicals that fonts and copying put in the place of characters are read as these; the text stays as it is."""

from corpus.folding import fold, without_radicals
from graph.extract import extract
from ingest.reader import read

COPIED = (
    "临夏州⼈⺠政府关于发展⾼原蔬菜的意⻅\n⼀、到2025年，⾼原蔬菜种植⾯积达到30万亩。\n⼆、建设冷库12座。（责任单位：州商务局）\n"
)


def test_a_radical_means_its_character_place_for_place() -> None:
    assert without_radicals("⼀、⾼原⻝品的意⻅") == "一、高原食品的意见"
    assert fold("意⻅") == "意见"


def test_numbers_and_title_are_recognised_and_the_text_is_kept() -> None:
    doc = read(COPIED.encode(), "意见.txt")
    assert doc.text == COPIED
    assert doc.head.title == "临夏州人民政府关于发展高原蔬菜的意见"
    assert [section.number for section in doc.outline if section.number] == ["一、", "二、"]


def test_facts_are_found_and_quoted_as_written() -> None:
    doc = read(COPIED.encode(), "意见.txt")
    target = next(target for target in extract(doc).targets if "种植" in target.indicator)
    assert "⾯积" in target.span.of(doc.text)
