"""Searchable copies of a text with the way back to the original characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span

_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """``text`` folded to half width (NFKC, lower case, white space dropped), with the origin of each of its characters.

    ``starts[i]`` and ``ends[i]`` delimit the original characters that gave ``folded[i]``.
    """

    folded: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """The span of the original text behind ``folded[start:end]``; an empty match maps to an empty span."""
        if start >= end:
            position = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return Span(position, position)
        return Span(self.starts[start], self.ends[end - 1])

    def find(self, needle: str, start: int = 0) -> Span | None:
        """The first occurrence of ``needle`` (folded the same way) at or after folded position ``start``."""
        key = fold(needle)
        at = self.folded.find(key, start) if key else -1
        return self.original(at, at + len(key)) if at >= 0 else None


class _Table(dict[int, str]):
    """The folded form of each character, computed once: names and whole texts are folded again and again."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isspace() or char in _ZERO_WIDTH:
            value = ""
        else:
            value = "".join(c for c in unicodedata.normalize("NFKC", char).lower() if not c.isspace())
        self[code] = value
        return value


_table = _Table()

SHORT = 40
"""Largest length of a text whose folded form is cached: names, which every question folds again."""


def fold(text: str) -> str:
    """Half width, lower case, no white space: ``fold("教 育部，") == "教育部,"``."""
    return _remembered(text) if len(text) <= SHORT else text.translate(_table)


@lru_cache(maxsize=1 << 16)
def _remembered(text: str) -> str:
    return text.translate(_table)


def folded(text: str) -> FoldedText:
    """Fold a text and keep the way back."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for i, char in enumerate(text):
        for piece in _table[ord(char)]:
            out.append(piece)
            starts.append(i)
            ends.append(i + 1)
    return FoldedText("".join(out), tuple(starts), tuple(ends))
