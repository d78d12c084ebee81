"""Which of many texts hold some words 含有: found by pairs of characters, without looking through the texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Generic, TypeVar

from corpus.store.views import ViewPart

K = TypeVar("K", bound=Hashable)


class TextsByPairs(ViewPart, Generic[K]):
    """Texts by key, looked up by what stands in them.

    Example: ``texts.add(7, "供水条例"); texts.holding("水条")`` gives ``{7}``.
    """

    def __init__(self) -> None:
        self._texts: dict[K, str] = {}
        self._pairs: dict[str, set[K]] = defaultdict(set)

    def add(self, key: K, text: str) -> None:
        """Take a text in."""
        self._texts[key] = text
        for pair in _pairs(text):
            self._pairs[pair].add(key)

    def discard(self, key: K) -> None:
        """Take a text out, if it is there."""
        for pair in _pairs(self._texts.pop(key, "")):
            self._pairs[pair].discard(key)
            if not self._pairs[pair]:
                del self._pairs[pair]

    def holding(self, words: str) -> set[K]:
        """The keys of the texts in which some words of at least two characters stand; for fewer nothing is found."""
        postings = sorted((self._pairs.get(pair, set()) for pair in _pairs(words)), key=len)
        if not postings:
            return set()
        return {key for key in postings[0].intersection(*postings[1:4]) if words in self._texts[key]}


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
