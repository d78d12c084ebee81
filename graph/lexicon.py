"""Reading the word lists of ``graph/data``: one entry a line, ``#`` starts a comment line, columns stand between tabs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from corpus import wordlists
from corpus.document import Span


@lru_cache(maxsize=64)
def entries(name: str) -> tuple[str, ...]:
    """The entries of a list of ``graph/data``, in order."""
    return wordlists.entries("graph", name)


@lru_cache(maxsize=64)
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table of ``graph/data``."""
    return tuple(tuple(cell.strip() for cell in line.split("\t")) for line in entries(name))


@lru_cache(maxsize=64)
def alternatives(name: str) -> str:
    """The entries of a list as a regular expression group body, longest first so that no entry hides a longer one."""
    return "|".join(re.escape(entry) for entry in sorted(set(entries(name)), key=len, reverse=True))


class Words:
    """Many words looked for at once, longest first, left to right, without overlap.

    A dictionary of beginnings is several times faster than an alternation of a thousand words.
    """

    def __init__(self, words: Iterable[str]) -> None:
        known = {word for word in words if len(word) >= 2}
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in known:
            lengths[word[:2]].add(len(word))
        self._words = known
        self._lengths = {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}
        first, second = (re.escape("".join(sorted({head[k] for head in lengths}))) for k in (0, 1))
        # a cheap sieve: only where such a pair of characters stands can a word begin
        self._start = re.compile(f"[{first}](?=[{second}])" if known else r"(?!)")

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
        """The places of known words."""
        stop = len(text) if end is None else end
        free = start
        for candidate in self._start.finditer(text, start, stop):
            at = candidate.start()
            if at < free:
                continue
            for size in self._lengths.get(text[at : at + 2], ()):
                if at + size <= stop and text[at : at + size] in self._words:
                    yield Span(at, at + size)
                    free = at + size
                    break
