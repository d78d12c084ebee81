"""The places of a comparison 所比地区: exactly those asked for, groups by their names, each with its own documents."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from corpus.divisions import NATION, Division, gazetteer
from corpus.folding import fold
from corpus.region_groups import RegionGroup, find_groups, group_named
from qa.documents import LibraryView
from qa.understanding.names import KnownNames


@dataclass(frozen=True, slots=True)
class ComparedPlace:
    """A place with a column.

    Attributes:
        name: What heads the column.
        division: The place; None for a document of no known one.
        own: The rows of its own documents.
        below: The rows of the documents of places inside it.
    """

    name: str
    division: Division | None
    own: frozenset[int]
    below: frozenset[int]


def find_places(
    view: LibraryView,
    known: KnownNames,
    names: Sequence[str],
    *,
    below: bool = False,
    only: Container[int] | None = None,
) -> list[ComparedPlace]:
    """The places of some names, in the order named, each once.

    Args:
        view: The library.
        known: The names in the library.
        names: Names of places and of groups of places (京津冀); 甘肃各市州 is every prefecture of 甘肃.
        below: Whether the places inside those named are compared, and not those themselves.
        only: The documents that count; all if None.
    """
    divisions = [d for name in names for d in named_divisions(view, known, name)]
    if below:
        divisions = [inner for d in divisions for inner in _inside(view, d)]
    return [place_of(view, d, only) for d in dict.fromkeys(divisions)]


def place_of(view: LibraryView, division: Division, only: Container[int] | None = None) -> ComparedPlace:
    """A place with its documents."""
    inside = {row for row in view.inside(division) if only is None or row in only}
    own = frozenset(row for row in inside if division in view.regions[row])
    return ComparedPlace(division.short, division, own, frozenset(inside - own))


def named_divisions(view: LibraryView, known: KnownNames, name: str) -> list[Division]:
    """The divisions that a person means by a name: a place, a group, or a level of a place; none for a name nobody has."""
    if (group := group_named(name)) is not None:
        return list(group.members)
    for words, group in find_groups(name):
        rest = fold(name).replace(words, "")
        if group.whole_level and rest and (around := named_divisions(view, known, rest)):
            return members_inside(group, around)
    found = known.divisions_named(name)
    candidates = gazetteer().named(name)
    if found:
        # 海南 is the province, although a prefecture goes by that name too
        usual = [d for d in found if name in (d.name, d.short, d.path)] or found
        return (
            [min(usual, key=lambda d: (len(d.code), d.code))]
            if len(usual) > 1 and len({d.code[:2] for d in usual}) > 1
            else list(usual[:1])
        )
    matched, part = known.match(candidates)
    if matched and not part:
        return list(matched[:1])
    return list(candidates[:1])


def members_inside(group: RegionGroup, around: Sequence[Division]) -> list[Division]:
    """The members of a group that lie in some places: the prefectures of 甘肃 of all prefectures."""
    return [d for d in group.members if any(a == NATION or (a.contains(d.code) and a != d) for a in around)]


def _inside(view: LibraryView, division: Division) -> list[Division]:
    """The places inside a division that the library has documents of."""
    found = {d for row in view.inside(division) for d in view.regions[row] if d != division and division.contains(d.code)}
    return sorted(found, key=lambda d: (len(d.code), d.code))
