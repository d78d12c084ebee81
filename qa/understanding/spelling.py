"""Correcting misspelt names 错别字: pieces of a question that differ in one character from a known name."""

from __future__ import annotations

from collections.abc import Callable

from index.lexical.tokens import is_word, natures
from index.spelling import SpellingNames
from qa.understanding.lexicons import function_words

TELLING = frozenset("一二三四五六七八九十百千万零省市州县区镇乡村国东西南北上下前后")
"""Characters that make another name, not a slip: 省医保局 is not 州医保局."""


def near_misses(text: str, names: SpellingNames, occurs: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Find pieces of a text that differ in one character from a known name, as (written, known).

    Args:
        text: The folded question.
        names: The known names.
        occurs: Tests whether a piece occurs in the library; such a piece is no misspelling.

    A piece that cuts a word, or in which the different character belongs to a dictionary word, is left alone: 市广电局 is not a
    misspelt 市供电局; nor is a function word before a name a slip in it: 把公积金贷款 is not 转公积金贷款.
    """
    found: dict[str, str] = {}
    edges: list[tuple[int, int]] | None = None
    for start, wrong, name in names.near(text):
        window = text[start : start + len(name)]
        if name in text or window in found or (wrong == start and text[wrong] in function_words()):
            continue
        edges = _words(text) if edges is None else edges
        end = start + len(name)
        if any(a < start < b or a < end < b or a <= wrong < b for a, b in edges) or occurs(window):
            continue
        found[window] = name
    return list(found.items())


def _words(text: str) -> list[tuple[int, int]]:
    """The places of dictionary words of more than one character in a text."""
    spans = []
    position = 0
    for word, _ in natures(text):
        at = text.find(word, position)
        if at < 0:
            continue
        position = at + len(word)
        if len(word) > 1 and is_word(word):
            spans.append((at, position))
    return spans
