"""Places a query or a passage names 地名: divisions by their names, and those that stand under a letter, as in published letters
and cases (A市, B3区)."""

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
    """A place as a folded text names it: the forms it may be written in, and what it may be or its letter."""

    forms: tuple[str, ...]
    divisions: tuple[Division, ...] = ()
    letter: str = ""

    def related(self, other: PassagePlace) -> bool:
        """Whether one lies in the other or is the other, as far as the names tell; B3 lies in B."""
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
    """Whether places are named and none has to do with those asked for."""
    some, asked = tuple(some), tuple(asked)
    return bool(some) and not any(a.related(b) for a in some for b in asked)
