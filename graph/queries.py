"""Questions to the stored facts 查询: exact, complete and from the index of keys, without reading any text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.divisions import gazetteer
from corpus.filters import Filters
from corpus.store import Corpus, StoredFact
from graph.units_resolve import parts_of

_ROLE_FIELD = {"lead": "lead_units", "responsible": "responsible_units", "supporting": "supporting_units"}


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit and how many tasks name it, by role."""

    name: str
    total: int
    lead: int
    responsible: int
    supporting: int
    regions: tuple[str, ...]


def unit_keys(corpus: Corpus, name: str, *, kind: str = "unit") -> tuple[str, ...]:
    """The keys under which a unit is stored: 财政局 finds 州财政局 and 甘南州财政局, 州发改委 finds 州发展改革委.

    A department is matched by its usual form; a level or a place in the name has to agree, a name without one finds all.
    """
    name = name.strip()
    wanted = parts_of(name)
    if wanted is None:
        known = corpus.keys(kind)
        return (name,) if name in known else tuple(key for key in known if key.endswith(name))
    out: list[str] = []
    for key in corpus.keys(f"{kind}:{wanted.usual}"):
        parts = parts_of(key)
        if parts is None or parts.usual != wanted.usual:
            continue
        if key != name and wanted.place and not _same_place(parts.place, wanted.place):
            continue
        if wanted.level and parts.level != wanted.level and not _place_has_level(parts.place, wanted.level):
            continue
        out.append(key)
    return tuple(sorted(out, key=lambda key: key != name))


def _same_place(one: str | None, other: str) -> bool:
    if one is None:
        return False
    names = gazetteer()
    return one == other or bool({d.code for d in names.named(one)} & {d.code for d in names.named(other)})


def _place_has_level(place: str | None, level: str) -> bool:
    if place is None:
        return False
    return any(d.name.endswith(level) for d in gazetteer().named(place))


def _documents(corpus: Corpus, region: str | None, documents: Iterable[int] | None) -> set[int] | None:
    chosen = set(documents) if documents is not None else None
    if region is not None:
        inside = corpus.select(Filters(region=region))
        chosen = inside if chosen is None else chosen & inside
    return chosen


def tasks(
    corpus: Corpus,
    *,
    unit: str | None = None,
    region: str | None = None,
    topic: str | None = None,
    role: str | None = None,
    documents: Iterable[int] | None = None,
) -> list[StoredFact]:
    """Every task that meets all conditions, in order of document and place."""
    chosen = _documents(corpus, region, documents)
    if unit is not None:
        keys = unit_keys(corpus, unit)
        names = set(keys)
        result = corpus.facts("task", keys=("unit", keys), documents=chosen)
        if role is not None:
            result = [f for f in result if any(u["role"] == role and _named(u, names) for u in f.payload["units"])]
        if topic is not None:
            result = [fact for fact in result if topic in fact.payload["topics"]]
        return result
    result = corpus.facts("task", key=("topic", topic) if topic is not None else None, documents=chosen)
    if role is not None:
        result = [fact for fact in result if any(u["role"] == role for u in fact.payload["units"])]
    return result


def _named(unit: dict[str, str | None], names: set[str]) -> bool:
    return unit["name"] in names or unit["canonical"] in names


def targets(
    corpus: Corpus,
    *,
    indicator: str | None = None,
    region: str | None = None,
    kind: str | None = None,
    year: int | None = None,
    documents: Iterable[int] | None = None,
) -> list[StoredFact]:
    """Every target that meets all conditions; ``indicator`` may be a part of the indicator's name."""
    chosen = _documents(corpus, region, documents)
    if year is not None:
        result = corpus.facts("target", key=("year", str(year)), documents=chosen)
    elif indicator is not None:
        names = [key for key in corpus.keys("indicator") if indicator in key]
        result = corpus.facts("target", keys=("indicator", names), documents=chosen)
    else:
        result = corpus.facts("target", documents=chosen)
    if indicator is not None:
        result = [fact for fact in result if indicator in fact.payload["indicator"]]
    if kind is not None:
        result = [fact for fact in result if fact.payload["kind"] == kind]
    return result


def terms(corpus: Corpus, *, term: str | None = None, documents: Iterable[int] | None = None) -> list[StoredFact]:
    """Every place that names a term."""
    return corpus.facts("term", key=("term", term) if term is not None else None, documents=documents)


def units(corpus: Corpus, *, region: str | None = None) -> list[UnitCount]:
    """Every unit with a duty, and its exact number of tasks, most first; one entry for all names of one unit in a region."""
    counts: dict[str, dict[str, set[str]]] = {}
    regions: dict[str, set[str]] = {}
    for fact in tasks(corpus, region=region):
        for unit in fact.payload["units"]:
            name = unit["canonical"] or unit["name"]
            by_role = counts.setdefault(name, {"lead": set(), "responsible": set(), "supporting": set(), "all": set()})
            by_role.setdefault(unit["role"], set()).add(fact.id)
            by_role["all"].add(fact.id)
            if fact.payload["region"]:
                regions.setdefault(name, set()).add(fact.payload["region"])
    out = [
        UnitCount(
            name,
            len(by_role["all"]),
            len(by_role["lead"]),
            len(by_role["responsible"]),
            len(by_role["supporting"]),
            tuple(sorted(regions.get(name, ()))),
        )
        for name, by_role in counts.items()
    ]
    return sorted(out, key=lambda entry: (-entry.total, entry.name))


def responsibilities(corpus: Corpus, unit: str, *, region: str | None = None) -> dict[str, list[StoredFact]]:
    """The tasks of a unit by role 责任清单."""
    keys = set(unit_keys(corpus, unit))
    out: dict[str, list[StoredFact]] = {"lead": [], "responsible": [], "supporting": []}
    for fact in tasks(corpus, unit=unit, region=region):
        for role in dict.fromkeys(u["role"] for u in fact.payload["units"] if _named(u, keys)):
            out.setdefault(role, []).append(fact)
    return out
