"""The names that occur in a library (已知名称), and reading misspelt ones: regions, documents, units, terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.divisions import NATION, Division
from corpus.folding import fold
from qa.shelf import Shelf

UNPLACED, SPOKEN_OF = 40, 3
"""So many documents without a region are looked through for a place, and so often they must name it."""

_place = re.compile("[\u4e00-\u9fff]{2,4}?(?:省|市|州|县|区|旗|镇|乡|新区|开发区)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A region named in a question; ``divisions`` are those of the library it stands for, ``asked`` whether it is asked about."""

    text: str
    divisions: tuple[Division, ...]
    asked: bool


class Known:
    """What the library knows by name, looked up lazily and kept for one generation of the library."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @cached_property
    def divisions(self) -> tuple[Division, ...]:
        """Every division the library has a document of."""
        return tuple(dict.fromkeys(d for divisions in self.shelf.regions.values() for d in divisions))

    @cached_property
    def region_names(self) -> dict[str, Division]:
        """The names those divisions go by."""
        names: dict[str, Division] = {}
        for division in self.divisions:
            if division != NATION:
                for name in (division.name, division.short, *division.aliases):
                    names.setdefault(fold(name), division)
        return names

    def divisions_named(self, name: str) -> tuple[Division, ...]:
        """The library's divisions that go by a name."""
        return tuple(d for d in self.divisions if name in (d.name, d.short, d.path, *d.aliases))

    def match(self, candidates: Sequence[Division]) -> tuple[tuple[Division, ...], bool]:
        """The library's divisions a mention stands for, and whether it only lies inside them (三都县 in 黔南州)."""
        for candidate in candidates:
            if candidate in self.divisions:
                return (candidate,), False
        for candidate in candidates:
            below = tuple(d for d in self.divisions if d != NATION and candidate.contains(d.code))
            if below:
                return (candidate,), False
        for candidate in candidates:
            above = [d for d in self.divisions if d != NATION and d.contains(candidate.code)]
            if above:
                nearest = max(above, key=lambda d: len(d.code))
                # a province is named for a county only where it is all the library has of that place
                return (nearest,), True
        return (), False

    def misspelt_regions(self, text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, str, tuple[Division, ...]]]:
        """Names of the library's regions with one wrong character: (start, end, the name as it should be, divisions)."""
        found: list[tuple[int, int, str, tuple[Division, ...]]] = []
        busy = list(taken)
        for name in sorted(self.region_names, key=lambda n: (-len(n), n)):
            size = len(name)
            if size < 3:
                continue
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                if any(a < start + size and start < b for a, b in busy):
                    continue
                if (
                    (size > 3 or window[0] == name[0])
                    and _one_off(window, name)
                    and window not in self.region_names
                    and not self.occurs(window)
                ):
                    found.append((start, start + size, name, (self.region_names[name],)))
                    busy.append((start, start + size))
        return found

    @cached_property
    def _titles(self) -> list[tuple[int, str]]:
        return [(row, fold(info.head.title or "")) for row, info in self.shelf.infos.items()]

    def title(self, row: int) -> str:
        """The title of a document, or the name it came by."""
        info = self.shelf.infos[row]
        return info.head.title or info.source

    def documents_named(self, titles: Iterable[str], numbers: Iterable[str]) -> tuple[int, ...]:
        """The documents with one of these titles or document numbers."""
        found: dict[int, None] = {}
        for wanted in titles:
            for row, title in self._titles:
                if len(wanted) >= 4 and title and (wanted in title or (len(title) >= 8 and title in wanted)):
                    found[row] = None
            for row, info in self.shelf.infos.items():
                if any(len(wanted) >= 4 and wanted in fold(head.title or "") for head in info.attached):
                    found[row] = None
        wanted_numbers = [_plain(number) for number in numbers]
        for row, info in self.shelf.infos.items():
            number = _plain(fold(info.head.doc_number or ""))
            if number and any(wanted.endswith(number) for wanted in wanted_numbers):
                found[row] = None
        return tuple(found)

    def place_in_titles(self, folded: str) -> tuple[str, ...]:
        """A place the gazetteer does not know that begins the question and stands in a title (new towns, zones, made-up names)."""
        match = _place.match(folded)
        return (match[0],) if match and self.titled(match[0]) else ()

    def unplaced(self, name: str) -> tuple[int, ...]:
        """The documents that do not say of which region they are, but speak of a place again and again."""
        rows = [row for row, divisions in self.shelf.regions.items() if not divisions]
        if len(rows) > UNPLACED:
            return ()
        return tuple(row for row in rows if self.shelf.document(row).folded.count(name) >= SPOKEN_OF)

    def titled(self, name: str) -> tuple[int, ...]:
        """The documents with a name in their title."""
        return tuple(row for row, title in self._titles if name in title)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Units named in tasks, longest first."""
        return tuple(sorted(self.shelf.corpus.keys("unit"), key=lambda u: (-len(u), u)))

    def units_in(self, folded: str) -> tuple[str, ...]:
        """Units of the library named in a question, none inside another."""
        found: list[str] = []
        rest = folded
        for unit in self.units:
            if len(unit) > 2 and fold(unit) in rest:
                found.append(unit)
                rest = rest.replace(fold(unit), " ")
        return tuple(found)

    @cached_property
    def fixed_names(self) -> tuple[str, ...]:
        """Terms and units: names that are written in one way, so that one wrong character can be told."""
        names = [fold(name) for kind in ("term", "unit") for name in self.shelf.corpus.keys(kind)]
        return tuple(dict.fromkeys(name for name in names if 4 <= len(name) <= 12))

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Terms of the library, folded."""
        return tuple(fold(term) for term in self.shelf.corpus.keys("term"))

    def occurs(self, words: str) -> bool:
        """Whether some words stand in the library."""
        return self.shelf.holds(words)

    def topics(self, text: str) -> tuple[str, ...]:
        """Topics of the fixed list a text is about."""
        from graph.topics import topics_of

        return topics_of(text) if text else ()

    def beneficiaries_in(self, folded: str) -> tuple[str, ...]:
        """Groups of people of the library's tasks that are named in a question."""
        groups = self.shelf.corpus.keys("beneficiary")
        return tuple(group for group in groups if len(group) > 1 and fold(group) in folded)


def near_misses(text: str, names: Sequence[str], occurs: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Stretches of a text that are one character off a known name and ``occurs`` nowhere: (as written, as known)."""
    found: list[tuple[str, str]] = []
    for name in names:
        if name in text:
            continue
        size = len(name)
        half = size // 2
        head, tail = name[:half], name[half:]
        if head not in text and tail not in text:
            continue
        for start in range(len(text) - size + 1):
            window = text[start : start + size]
            if _one_off(window, name) and not occurs(window) and not any(window == wrong for wrong, _ in found):
                found.append((window, name))
                break
    return found


def _one_off(window: str, name: str) -> bool:
    """Whether exactly one character differs, both of them Chinese and not numerals (三保障 is not 四保障)."""
    different = [(a, b) for a, b in zip(window, name, strict=True) if a != b]
    if len(different) != 1:
        return False
    a, b = different[0]
    return "\u4e00" <= a <= "\u9fff" and "\u4e00" <= b <= "\u9fff" and not {a, b} & _TELLING


_TELLING = frozenset("一二三四五六七八九十两百千万零省市州县区镇乡村国东西南北上下前后")
"""Characters that make another name, not a slip: 省医保局 is not 州医保局."""


def _plain(number: str) -> str:
    return "".join(c for c in number if c.isalnum())
