"""Find names that a misspelt part of a question may mean 错别字: those that differ by one character."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from corpus.store import ViewPart
from corpus.wordlists import entries


class SpellingNames(ViewPart):
    """Names indexed by all their characters but one, so that the cost of a look-up does not grow with their number."""

    def __init__(self, names: Iterable[str] = (), telling: frozenset[str] = frozenset()) -> None:
        """Index names; a difference in a character of ``telling`` makes another name and is no slip."""
        self._telling = telling
        self._names: Counter[str] = Counter()
        self._sizes: Counter[int] = Counter()
        self._holed: dict[tuple[int, str], list[str]] = defaultdict(list)
        for name in set(names):
            self.add(name)

    def add(self, name: str) -> None:
        """Index a name; one that was added before has to be discarded as often."""
        self._names[name] += 1
        if self._names[name] == 1:
            self._sizes[len(name)] += 1
            for hole in self._holes(name):
                insort(self._holed[hole], name)

    def discard(self, name: str) -> None:
        """Take a name out."""
        self._names[name] -= 1
        if not self._names[name]:
            del self._names[name]
            self._sizes[len(name)] -= 1
            for hole in self._holes(name):
                self._holed[hole].remove(name)

    def _holes(self, name: str) -> Iterator[tuple[int, str]]:
        """Every place in a name where a character may be wrong, with the name without it."""
        for i, character in enumerate(name):
            if "\u4e00" <= character <= "\u9fff" and character not in self._telling:
                yield i, name[:i] + name[i + 1 :]

    def near(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, place of the wrong character, name) for each stretch that is one character off a name, long names first."""
        for size in sorted((size for size, count in self._sizes.items() if count), reverse=True):
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                if window in self._names:
                    continue
                for i, rest in self._holes(window):
                    for name in self._holed.get((i, rest), ()):
                        yield start, start + i, name


_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
"""What many people do not tell apart when they type by sound."""


@cache
def _sounds() -> dict[str, str]:
    sounds: dict[str, str] = {}
    for row in entries("index", "syllables.tsv"):
        syllable, _, characters = row.partition("\t")
        for precise, merged in _MERGED:
            syllable = syllable.replace(precise, merged)
        sounds.update(dict.fromkeys(characters, syllable))
    return sounds


@cache
def _by_sound() -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for character, sound in _sounds().items():
        found[sound].append(character)
    return {sound: "".join(characters) for sound, characters in found.items()}


def sound_alikes(character: str) -> str:
    """The other characters that are typed by the same sound, tones and 平翘舌 not told apart.

    >>> "资" in sound_alikes("姿")
    True
    """
    return _by_sound().get(_sounds().get(character, ""), "").replace(character, "")


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters are typed by the same sound."""
    return one in _sounds() and _sounds()[one] == _sounds().get(other)
