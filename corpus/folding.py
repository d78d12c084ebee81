"""Searchable copies of a text with the way back to the original characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from corpus.document import Span
from corpus.wordlists import entries

_RADICAL = re.compile("[\u2e80-\u2fdf]")
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


@cache
def radicals() -> dict[int, str]:
    """The characters that radicals stand for (⼀ for 一, ⻅ for 见), which fonts and copying put in their place."""
    kangxi = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    rows = (line.split() for line in entries("corpus", "radicals.txt"))
    return kangxi | {ord(radical): character for radical, character in rows}


def without_radicals(text: str) -> str:
    """A text of the same length with characters in the place of radicals: what it means, place for place.

    >>> without_radicals("⼀、⾼原夏菜的意⻅")
    '一、高原夏菜的意见'
    """
    return text.translate(radicals()) if _RADICAL.search(text) else text


class _Table(dict[int, str]):
    """The folded form of each character, computed once: names and whole texts are folded again and again."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isspace() or char in _ZERO_WIDTH:
            value = ""
        else:
            char = radicals().get(code, char) if 0x2E80 <= code < 0x2FE0 else char
            value = "".join(c for c in unicodedata.normalize("NFKC", char).lower() if not c.isspace())
        self[code] = value
        return value


_table = _Table()

SHORT = 40
"""Largest length of a text whose folded form is cached: names, which every question folds again."""


def fold(text: str) -> str:
    """Half width, lower case, no white space: ``fold("教 育部，") == "教育部,"``."""
    return _remembered(text) if len(text) <= SHORT else _fold_long(text)


_OFTEN = tuple((char, _table[ord(char)]) for char in "，\n；（）：\u3000 ")
_other = re.compile("[^\u4e00-\u9fff0-9a-z、。“”《》,.;:()%·—]")
_DIFFERENT = 16
"""Largest number of different rare characters that are replaced one after the other."""


def _fold_long(text: str) -> str:
    """A text folded by replacing what changes: ten characters account for nearly all of that, and most of a text stays."""
    for char, form in _OFTEN:
        text = text.replace(char, form)
    forms = {char: form for char in set(_other.findall(text)) if (form := _table[ord(char)]) != char}
    if len(forms) > _DIFFERENT or any(_table[ord(char)] != char for form in forms.values() for char in form):
        return text.translate(_table)
    for char, form in forms.items():
        text = text.replace(char, form)
    return text


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
