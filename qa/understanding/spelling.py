"""Reading misspelt names 错别字: stretches of a question that are one character off a name the library knows."""

from __future__ import annotations

from collections.abc import Callable

from index.lexical.tokens import is_word, natures
from index.spelling import SpellingNames

TELLING = frozenset("一二三四五六七八九十百千万零省市州县区镇乡村国东西南北上下前后")
"""Characters that make another name, not a slip: 省医保局 is not 州医保局."""


def near_misses(text: str, names: SpellingNames, occurs: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Stretches of a text that are one character off a known name and ``occurs`` nowhere: (as written, as known).

    A stretch that is cut out of the middle of a word, or whose odd character belongs to a word of the dictionary, is a name
    in its own right (市广电局 is not 市供电局).
    """
    found: dict[str, str] = {}
    edges: list[tuple[int, int]] | None = None
    for start, wrong, name in names.near(text):
        window = text[start : start + len(name)]
        if name in text or window in found:
            continue
        edges = _words(text) if edges is None else edges
        end = start + len(name)
        if any(a < start < b or a < end < b or a <= wrong < b for a, b in edges) or occurs(window):
            continue
        found[window] = name
    return list(found.items())


def _words(text: str) -> list[tuple[int, int]]:
    """Where the words of the dictionary stand in a text, those of one character left out."""
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
