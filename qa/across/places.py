"""The places of a comparison 所比地区: exactly those asked for, groups by their names, each with its own documents."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.divisions import NATION, Division, gazetteer
from corpus.region_groups import PlacesRead, group_named, read_places
from qa.documents import LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

ENDINGS = "省市州县区旗盟"
"""How the names of places end that are meant as places wherever they stand."""


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
        names: Names of places and of groups of places (京津冀和山东); 甘肃各市州 is every prefecture of 甘肃.
        below: Whether the places inside those named are compared, and not those themselves.
        only: The documents that count; all if None.
    """
    return with_documents(view, [d for name in names for d in named_divisions(known, name)], below=below, only=only)


def with_documents(
    view: LibraryView, divisions: Iterable[Division], *, below: bool = False, only: Container[int] | None = None
) -> list[ComparedPlace]:
    """Places with their documents, each once; with ``below`` the places inside them."""
    if below:
        divisions = [inner for division in divisions for inner in _inside(view, division)]
    return [place_of(view, division, only) for division in dict.fromkeys(divisions)]


def place_of(view: LibraryView, division: Division, only: Container[int] | None = None) -> ComparedPlace:
    """A place with its documents."""
    inside = {row for row in view.inside(division) if only is None or row in only}
    own = frozenset(row for row in inside if division in view.regions[row])
    return ComparedPlace(division.short, division, own, frozenset(inside - own))


def places_asked(parsed: ParsedQuestion, known: KnownNames, text: str | None = None) -> PlacesRead:
    """The places that a question is about, in its order: those it names as the library knows them, and those of its groups.

    Args:
        parsed: The question.
        known: The names in the library.
        text: The stretch of the question that counts, folded; all of it if None.
    """
    whole = text is None
    text = parsed.folded if text is None else text
    for wrong, right in parsed.understood.corrections:
        # 三个市 is no misspelt 三亚市, where other places are named as they are
        if wrong in text and len(parsed.divisions) < 2 and gazetteer().named(right):
            text = text.replace(wrong, right)

    def meant(name: str) -> Division | None:
        division = _division_named(known, name)
        if division is None or division in parsed.divisions:
            return division
        # 国家级, and a county that shares its name with a word
        return None if division == NATION or (division.level == "县" and name[-1] not in ENDINGS) else division

    read = read_places(text, meant)
    if whole and not read.divisions:
        # a county by its stem, a place the library knows from a title
        return replace(read, divisions=parsed.divisions)
    return read


def places_listed(read: PlacesRead, view: LibraryView) -> tuple[Division, ...]:
    """The places read of a question; of all places of a level those that the library has documents of."""
    return tuple(d for d in read.divisions if d in view.divisions) if read.whole_level else read.divisions


def named_divisions(known: KnownNames, name: str) -> list[Division]:
    """The divisions that a person means by a name: a place, a group, or a level of a place; none for a name nobody has."""
    if group_named(name) is None and (division := _division_named(known, name)) is not None:
        return [division]
    return list(read_places(name, lambda text: _division_named(known, text)).divisions)


def _division_named(known: KnownNames, name: str) -> Division | None:
    """The division of just this name: the library's, of several the usual one (海南 is the province)."""
    if found := known.divisions_named(name):
        usual = [d for d in found if name in (d.name, d.short, d.path)] or list(found)
        several = len({d.code[:2] for d in usual}) > 1
        return min(usual, key=lambda d: (len(d.code), d.code)) if several else usual[0]
    candidates = gazetteer().named(name)
    matched, part = known.match(candidates)
    return matched[0] if matched and not part else next(iter(candidates), None)


def _inside(view: LibraryView, division: Division) -> list[Division]:
    """The places inside a division that the library has documents of."""
    found = {d for row in view.inside(division) for d in view.regions[row] if d != division and division.contains(d.code)}
    return sorted(found, key=lambda d: (len(d.code), d.code))
