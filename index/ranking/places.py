"""Places 地名 named in a query or passage: divisions by name, and anonymised ones of published letters and cases (A市, B3区)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import Division, division_kinds, gazetteer, short_forms

_endings = "".join(sorted({kind.ending[-1] for kind in division_kinds()} | set("镇乡")))
_lettered = re.compile(rf"(?<![a-z\d])([a-z]\d{{0,2}})[{_endings}]")


@dataclass(frozen=True, slots=True)
class PassagePlace:
    """A place named in a folded text: its spellings, and the divisions it may be or the letter it is hidden behind."""

    forms: tuple[str, ...]
    divisions: tuple[Division, ...] = ()
    letter: str = ""

    def related(self, other: PassagePlace) -> bool:
        """Whether two places are the same or one contains the other, as far as the names show; B contains B3."""
        if self.letter or other.letter:
            shorter, longer = sorted((self.letter, other.letter), key=len)
            return bool(shorter) and longer.startswith(shorter) and (shorter == longer or len(shorter) == 1)
        return any(a.contains(b.code) or b.contains(a.code) for a in self.divisions for b in other.divisions)


@lru_cache(maxsize=20_000)
def find_places(text: str) -> tuple[PassagePlace, ...]:
    """The places a folded text names, in order of appearance for each kind."""
    named = [PassagePlace(short_forms(mention.text), mention.candidates) for mention in gazetteer().mentions(text)]
    return (*named, *dict.fromkeys(PassagePlace((match[0],), letter=match[1]) for match in _lettered.finditer(text)))


def are_elsewhere(some: Iterable[PassagePlace], asked: Iterable[PassagePlace]) -> bool:
    """Whether ``some`` is not empty and none of it is related to a place in ``asked``."""
    some, asked = tuple(some), tuple(asked)
    return bool(some) and not any(a.related(b) for a in some for b in asked)
