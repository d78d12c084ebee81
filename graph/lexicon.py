"""The word lists of ``graph/data`` and what is made of them: tables, patterns, one search for many words.

A list of its own file has one entry a line, a table one row a line with tabs between its columns; ``#`` starts a comment line. The
many short lists that patterns are composed of are the rows of ``words_*.tsv``: the name of a list, a tab, its words between blanks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from corpus import wordlists


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


@lru_cache(maxsize=1024)
def expand(template: str) -> str:
    """A regular expression in which every ``{name}`` is replaced by the words of that list of ``graph/data/words_*.tsv``.

    ``expand(r"全[{divisions}]")``; see ``corpus.wordlists.expand`` for what may be written.
    """
    return wordlists.expand("graph", template)
