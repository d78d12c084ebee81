"""The word lists of question understanding, read once from ``qa/data``."""

from __future__ import annotations

from functools import lru_cache

from corpus.folding import fold
from corpus.wordlists import entries


@lru_cache(maxsize=16)
def phrases(name: str) -> tuple[str, ...]:
    """The folded phrases of a list, longest first."""
    return tuple(sorted({fold(line) for line in entries("qa", name)}, key=lambda p: (-len(p), p)))


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, tuple[str, ...]]:
    """A two-column list: folded phrase → folded alternatives, in the order of the file."""
    rows: dict[str, tuple[str, ...]] = {}
    for line in entries("qa", name):
        left, _, right = line.partition("\t")
        rows[fold(left)] = tuple(dict.fromkeys((*rows.get(fold(left), ()), *(fold(item) for item in right.split("|") if item))))
    return rows


@lru_cache(maxsize=4)
def pairs(name: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """A list of opposed groups of words: both columns hold alternatives."""
    found = []
    for line in entries("qa", name):
        left, _, right = line.partition("\t")
        found.append((tuple(fold(w) for w in left.split("|")), tuple(fold(w) for w in right.split("|"))))
    return tuple(found)


def first_phrase(text: str, candidates: tuple[str, ...]) -> str | None:
    """The first of the phrases that stands in the text."""
    return next((phrase for phrase in candidates if phrase in text), None)
