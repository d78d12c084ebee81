"""The word lists of ``graph/data`` and what is made of them: tables, patterns, one search for many words.

A list of its own file has one entry a line, a table one row a line with tabs between its columns; ``#`` starts a comment line. The
many short lists that patterns are composed of are the rows of ``words_*.tsv``: the name of a list, a tab, its words between blanks.
"""

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


def word_lists() -> dict[str, tuple[str, ...]]:
    """The named lists of ``graph/data/words_*.tsv``, the words of each longest first."""
    return wordlists.word_lists("graph")


def expand(template: str) -> str:
    """A regular expression in which every ``{name}`` is replaced by the words of that list of ``graph/data/words_*.tsv``.

    ``expand(r"全[{divisions}]")``; see ``corpus.wordlists.expand`` for what may be written.
    """
    return wordlists.expand("graph", template)


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
