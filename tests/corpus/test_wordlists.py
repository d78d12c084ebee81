"""Named word lists and the patterns composed of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ingest
from corpus.wordlists import expand, word_lists


@pytest.mark.parametrize(
    ("template", "text", "found", "why"),
    [
        (r"[（(]{drafts}[)）]$", "某办法（送审稿）", "（送审稿）", "a list stands for any of its words"),
        (r"{issuing}{1,2}", "印发转发某办法", "印发转发", "a repetition is no list"),
        (r"第[{numerals}\d]{1,3}条", "第十2条", "第十2条", "inside a character class the words are characters"),
        (r"\[{drafts}\]", "[草案]", "[草案]", "an escaped bracket opens no character class"),
        (r"计划{plan_terms}", "计划计划期限", "计划计划期限", "a longer word comes before one that it begins with"),
    ],
)
def test_lists_are_put_into_a_pattern(template: str, text: str, found: str, why: str) -> None:
    match = re.search(expand("ingest", template), text)
    assert match is not None, why
    assert match.group() == found, why


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_list"):
        expand("ingest", r"{no_such_list}")
    with pytest.raises(KeyError, match="no_such_list"):
        expand("ingest", r"[{no_such_list}]")


def test_every_list_of_ingest_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ingest.__file__).parent.rglob("*.py"))
    lists = word_lists("ingest")
    assert len(lists) > 100
    assert [name for name in lists if f"{{{name}}}" not in source] == []


def test_longer_words_come_first_and_no_word_comes_twice() -> None:
    for name, words in word_lists("ingest").items():
        assert words, name
        assert not any(later.startswith(word) for i, word in enumerate(words) for later in words[i + 1 :]), name
