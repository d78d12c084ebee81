"""Resolve the name of a unit 单位名称 in a query to keys of the library, including names from before a reorganisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.store import Corpus, FiledKeys
from graph.lexicon import table
from graph.units.resolve import UnitParts, parts_of, places_in, usual_body

_LEVELS = ("自治区", "地区", "省", "市", "州", "盟", "县", "区", "旗")


@dataclass(frozen=True, slots=True)
class FormerName:
    """A body that was taken over: ``name`` became ``successor`` on ``since`` (ISO date, national level), and why."""

    name: str
    successor: str
    since: str
    note: str


@dataclass(frozen=True, slots=True)
class WantedUnit:
    """The keys of a unit. ``region`` restricts keys that are ambiguous without the region of the document; ``former`` marks an old name."""

    keys: tuple[str, ...]
    region: str | None = None
    former: FormerName | None = None


def wanted(corpus: Corpus, name: str, *, former: bool = False, kind: str = "unit") -> list[WantedUnit]:
    """Find the units that a name in a query means: the unit itself and, with ``former``, the bodies merged into it, each marked.

    甘南州生态办 finds what documents of 甘南州 call 州生态办; 州乡村振兴局 finds 州扶贫办 as its former name.
    """
    name = "".join(name.split())
    out = [WantedUnit(unit_keys(corpus, name, kind=kind))]
    if not out[0].keys:
        out += _by_level(corpus, name, kind)
    if former:
        for change, old in former_names(name):
            keys = unit_keys(corpus, old, kind=kind, exact=True)
            if keys:
                out.append(WantedUnit(keys, former=change))
    return [one for one in out if one.keys]


def unit_keys(corpus: Corpus, name: str, *, kind: str = "unit", exact: bool = False) -> tuple[str, ...]:
    """The keys under which a unit is stored: 财政局 finds 州财政局 and 甘南州财政局, 州发改委 finds 州发展改革委.

    A department is matched by its usual form; a level or a place in the name has to agree, a name without one finds all. A name that
    is no known department is found behind a level or a place (旅游局 in 市旅游局); unless ``exact``, failing that, at the end of any.
    """
    name = name.strip()
    parts = parts_of(name)
    if parts is None:
        known = corpus.view(FiledKeys).ordered(kind)
        if name in known:
            return (name,)
        ending = [key for key in known if key.endswith(name)]
        own = tuple(key for key in ending if _is_place(key[: -len(name)]))
        return own if own or exact else tuple(ending)
    found = [
        key for key in corpus.view(FiledKeys).ordered(f"{kind}:{parts.usual}") if key == name or _agrees(parts, parts_of(key))
    ]
    return tuple(sorted(found, key=lambda key: key != name))


def former_names(name: str) -> Iterator[tuple[FormerName, str]]:
    """The names a unit had before, latest first, written with the level or place of ``name``: 州农业农村局 → 州乡村振兴局, 州扶贫办."""
    parts = parts_of(name)
    body = parts.usual if parts else name
    lead = (parts.place or parts.level or "") if parts else ""
    queue, seen = [body], {body}
    while queue:
        for change in _changes().get(queue.pop(0), ()):
            if change.name not in seen:
                seen.add(change.name)
                queue.append(usual_body(change.name) or change.name)
                yield change, lead + change.name


def _by_level(corpus: Corpus, name: str, kind: str) -> list[WantedUnit]:
    """Find an unlisted body named with its place: documents of that place write it with the level only (甘南州生态办 → 州生态办)."""
    known = corpus.view(FiledKeys).ordered(kind)
    for place in places_in(name):
        rest = name[len(place) :]
        for division in gazetteer().named(place):
            level = next((level for level in _LEVELS if division.name.endswith(level)), "")
            keys = tuple(key for key in (f"{level}{rest}", rest) if key in known)
            if keys:
                return [WantedUnit(keys, region=division.short)]
    return []


@lru_cache(maxsize=8192)
def _is_place(text: str) -> bool:
    return text in _LEVELS or bool(gazetteer().named(text))


def _agrees(asked: UnitParts, stored: UnitParts | None) -> bool:
    if stored is None or stored.usual != asked.usual:
        return False
    if asked.place and not _same_place(stored.place, asked.place):
        return False
    return not asked.level or stored.level == asked.level or _place_has_level(stored.place, asked.level)


def _same_place(one: str | None, other: str) -> bool:
    if one is None:
        return False
    names = gazetteer()
    return one == other or bool({d.code for d in names.named(one)} & {d.code for d in names.named(other)})


@lru_cache(maxsize=8192)
def _place_has_level(place: str | None, level: str) -> bool:
    if place is None:
        return False
    return any(d.name.endswith(level) for d in gazetteer().named(place))


@lru_cache(maxsize=1)
def _changes() -> dict[str, tuple[FormerName, ...]]:
    """Reorganisations by the body that took over."""
    out: dict[str, list[FormerName]] = {}
    for row in table("unit_changes.tsv"):
        change = FormerName(row[0], row[1], row[2], row[3] if len(row) > 3 else "")
        for body in dict.fromkeys((change.successor, usual_body(change.successor) or change.successor)):
            out.setdefault(body, []).append(change)
    return {body: tuple(changes) for body, changes in out.items()}
