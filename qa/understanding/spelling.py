"""Correcting misspelt words 错别字: pieces of a question that differ in one character from a known name or a word of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from corpus.wordlists import word_lists
from index.lexical.tokens import is_word, natures
from index.spelling import SpellingNames, sound_alike, sound_alikes
from qa.understanding.lexicons import function_words

RARER = 30
"""How many times as often the library must hold a word for a piece that sounds like it to be a slip for it."""
TELLING = frozenset("一二三四五六七八九十百千万零省市州县区镇乡村国东西南北上下前后")
"""Characters that make another name, not a slip: 省医保局 is not 州医保局."""


class SoundSlip(NamedTuple):
    """A character typed for another of the same sound: its place, the one that is meant, and the place of the word it tears."""

    at: int
    meant: str
    start: int
    end: int


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
        edges = _words(_pieces(text)) if edges is None else edges
        end = start + len(name)
        at_border = wrong in (start, end - 1)
        if at_border and not sound_alike(text[wrong], name[wrong - start]):
            continue  # 公积金买 is no 公积金处
        if any(a < start < b or a < end < b or a <= wrong < b for a, b in edges) or occurs(window):
            continue
        found[window] = name
    return list(found.items())


def _pieces(text: str) -> list[tuple[int, str, bool]]:
    """The pieces of a text: where each stands, and whether it is a dictionary word of more than one character."""
    pieces = []
    position = 0
    for word, _ in natures(text):
        at = text.find(word, position)
        if at < 0:
            continue
        position = at + len(word)
        pieces.append((at, word, len(word) > 1 and is_word(word)))
    return pieces


def _words(pieces: Iterable[tuple[int, str, bool]]) -> list[tuple[int, int]]:
    """The places of the dictionary words among some pieces."""
    return [(at, at + len(word)) for at, word, known in pieces if known]


def find_sound_slips(text: str, frequency: Callable[[str], float], occurs: Callable[[str], bool]) -> list[SoundSlip]:
    """The characters typed for others of the same sound (总投姿), in order.

    Args:
        text: The folded question.
        frequency: The share of passages of the library that hold a word or a pair of characters.
        occurs: Tests whether a piece occurs in the library.

    A slip tears a word. The dictionary has no word there; with another character of the same sound it has one, which the library holds
    ``RARER`` times as often as what is written. What stands on the other side must not fit less than before, and of the three
    characters around the place the library must have the ones meant and not the ones written.
    """
    found: dict[int, SoundSlip] = {}
    pieces = _pieces(text)
    whole = _words(pieces)
    single = word_lists("qa")["single_words"]
    for at in _loose_characters(pieces):
        if text[at] in single:
            continue
        best: tuple[int, float, SoundSlip | None] = (0, 0.0, None)
        for other in sound_alikes(text[at]):
            meant = text[:at] + other + text[at + 1 :]
            for start, end in _windows(text, at):
                word, written = meant[start:end], text[start:end]
                if any(a < start < b or a < end < b for a, b in whole) or not is_word(word) or is_word(written):
                    continue
                share = frequency(word)
                if (end - start, share) <= best[:2] or share <= RARER * frequency(written):
                    continue
                if _fits(text, meant, start, end, at, occurs):
                    best = (end - start, share, SoundSlip(at, other, start, end))
        if best[2] is not None and not any(abs(at - place) < 2 for place in found):
            found[at] = best[2]
    return [slip for _, slip in sorted(found.items())]


def _windows(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The stretches of two to four Chinese characters around a place."""
    for size in (2, 3, 4):
        for start in range(max(0, at - size + 1), min(at, len(text) - size) + 1):
            if all(map(_is_han, text[start : start + size])):
                yield start, start + size


def _fits(text: str, meant: str, start: int, end: int, at: int, occurs: Callable[[str], bool]) -> bool:
    """Whether the library has a word as it is meant with the characters beside it, and not as it is written."""
    sides = [
        meant[a:b] for a, b in ((start - 1, end), (start, end + 1)) if a >= 0 and b <= len(text) and all(map(_is_han, text[a:b]))
    ]
    if not sides:
        return end - start > 2
    around = (text[a : a + 3] for a in (at - 2, at - 1, at) if a >= 0)
    torn = [piece for piece in around if len(piece) == 3 and all(map(_is_han, piece))]
    return any(occurs(joined) for joined in sides) and not any(map(occurs, torn))


def _loose_characters(pieces: Iterable[tuple[int, str, bool]]) -> Iterator[int]:
    """The places of characters that stand in no word of the dictionary: what a slip leaves of a word."""
    for at, word, known in pieces:
        if known or word in function_words():
            continue
        for place, character in enumerate(word, at):
            if _is_han(character) and character not in function_words():
                yield place


def _is_han(text: str) -> bool:
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"
