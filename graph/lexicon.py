"""The word lists of ``graph/data`` and what is made of them: tables, patterns, one search for many words.

A list of its own file has one entry a line, a table one row a line with tabs between its columns; ``#`` starts a comment line. The
many short lists that patterns are composed of are the rows of ``words_*.tsv``: the name of a list, a tab, its words between blanks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from corpus import wordlists

_AREAS = ("documents", "quantities", "targets", "tasks", "terms", "text", "units")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_NAMED = re.compile(r"\\.|(?P<characters>\[(?:\\.|[^\]\\])+\])|\{(?P<name>[a-z_]+)(?P<spaced>:spaced)?\}")


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


@lru_cache(maxsize=1)
def word_lists() -> dict[str, tuple[str, ...]]:
    """The named lists of ``words_*.tsv``, the words of each longest first.

    Raises:
        ValueError: If two lists have one name.
    """
    out: dict[str, tuple[str, ...]] = {}
    for area in _AREAS:
        for name, words in table(f"words_{area}.tsv"):
            if name in out:
                raise ValueError(f"two lists of words_*.tsv are named {name}")
            out[name] = tuple(sorted(dict.fromkeys(words.split()), key=len, reverse=True))
    return out


def expand(template: str) -> str:
    """A regular expression in which every ``{name}`` is replaced by the words of that list of ``words_*.tsv``.

    As a definition of lex: ``expand(r"{year}?{tail}")``. Longer words come first, so that none hides a longer one. Inside a
    character class the words have to be single characters: ``expand(r"全[{divisions}]")``. ``{name:spaced}`` also finds words broken
    by a blank. Repetitions such as ``{2,8}`` stay as they are.

    Raises:
        KeyError: If no list has that name.
    """
    return _NAMED.sub(_written_out, template)


def _written_out(match: re.Match[str]) -> str:
    if match["characters"] is None and match["name"] is None:
        return match.group()  # an escaped character: \\[ opens no class
    if match["characters"] is not None:
        return _PLACE.sub(lambda place: "".join(map(re.escape, word_lists()[place[1]])), match["characters"])
    between = r"\s?" if match["spaced"] else ""
    return f"(?:{'|'.join(between.join(map(re.escape, word)) for word in word_lists()[match['name']])})"
