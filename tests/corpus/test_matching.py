"""Finding many words at once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.matching import WordMatcher


@pytest.mark.parametrize(
    ("words", "text", "found", "why"),
    [
        (("公安", "公安局"), "云岫县公安局", ["公安局"], "the longest word at a place"),
        (("县公安", "公安局"), "云岫县公安局", ["县公安"], "left to right, without overlap"),
        (("乡", "乡镇"), "各乡镇和乡", ["乡镇"], "a word of one character is no word to look for"),
        ((), "云岫县", [], "no words at all"),
    ],
)
def test_words_are_found(words: tuple[str, ...], text: str, found: list[str], why: str) -> None:
    assert [span.of(text) for span in WordMatcher(words).find(text)] == found, why


def test_only_a_stretch_is_searched() -> None:
    text = "青禾市云岫县青禾市"
    assert list(WordMatcher(["青禾市"]).find(text, 1, 8)) == []
    assert list(WordMatcher(["青禾市"]).find(text, 1)) == [Span(6, 9)]


def test_where_the_longest_is_refused_a_shorter_word_is_taken() -> None:
    matcher = WordMatcher(["高新", "高新区"], accept=lambda text, span: text[span.end : span.end + 1] != "域")
    assert [span.of("高新区域高新区") for span in matcher.find("高新区域高新区")] == ["高新", "高新区"]


@given(st.lists(st.text("甲乙丙", min_size=2, max_size=4), max_size=8), st.text("甲乙丙丁", max_size=30))
def test_it_finds_what_an_alternation_finds(words: list[str], text: str) -> None:
    pattern = re.compile("|".join(sorted(words, key=len, reverse=True)) or r"(?!)")
    assert [(s.start, s.end) for s in WordMatcher(words).find(text)] == [m.span() for m in pattern.finditer(text)]
