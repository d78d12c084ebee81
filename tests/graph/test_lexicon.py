"""Patterns composed of named word lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import graph
from graph.lexicon import expand, word_lists


@pytest.mark.parametrize(
    ("template", "text", "found", "why"),
    [
        (r"[(（]{trials}[)）]", "某办法（暂行）", "（暂行）", "a list stands for any of its words"),
        (r"\d{4}年{year_tails}", "2025年底前完成", "2025年底前", "a repetition is no list, and the longest word wins"),
        (r"全[{divisions}区]", "全县推开", "全县", "inside a character class the words are characters"),
        (r"\[{trials}\]", "[试行]", "[试行]", "an escaped bracket opens no character class"),
        (r"{long_joints:spaced}", "以 及其他", "以 及", "a word broken by a blank"),
    ],
)
def test_lists_are_put_into_a_pattern(template: str, text: str, found: str, why: str) -> None:
    match = re.search(expand(template), text)
    assert match is not None, why
    assert match.group() == found, why


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_list"):
        expand(r"{no_such_list}")


def test_every_list_is_used() -> None:
    root = Path(graph.__file__).parents[1]
    # what is asked over facts (consistency, eligibility) reads its words beside those the facts are found with
    readers = (path for package in ("graph", "cemai") for path in (root / package).rglob("*.py"))
    source = "".join(path.read_text(encoding="utf-8") for path in readers)
    unused = [name for name in word_lists() if not re.search(rf'\{{{name}(?::spaced)?\}}|"{name}"', source)]
    assert not unused


def test_longer_words_come_first() -> None:
    for name, words in word_lists().items():
        assert words, name
        assert not any(later.startswith(word) and later != word for i, word in enumerate(words) for later in words[i:]), name
