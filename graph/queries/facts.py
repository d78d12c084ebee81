"""Questions to the stored facts 查询: exact, complete and from the index of keys, without reading any text.

Every question counts a work once, by the version that holds on a day (``as_of``, today without it); with ``all_versions`` copies and
former versions count too.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.filters import Filters
from corpus.store import Corpus, StoredFact
from graph.codec.records import Json, TargetRecord, TaskRecord, TermRecord, UnitRecord
from graph.queries.counted import CountedList, R, count_once, counted_documents
from graph.units.names import FormerName, WantedUnit, unit_keys, wanted

__all__ = [
    "Partner", "UnitCount", "UnitTask", "by_region", "duties_of", "facts", "partners", "responsibilities", "targets",
    "targets_by_year", "tasks", "terms", "unit_keys", "units",
]  # fmt: skip

_ROLES = ("lead", "responsible", "supporting")
_DUTY_KINDS = tuple(f"duty:{role}" for role in _ROLES)
Filed = tuple[str, str, int, int]
"""(kind of key, key, document, row of the fact)."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit and how many tasks name it, by role."""

    name: str
    total: int
    lead: int
    responsible: int
    supporting: int
    regions: tuple[str, ...]

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "unit": self.name,
            "total": self.total,
            "lead": self.lead,
            "responsible": self.responsible,
            "supporting": self.supporting,
            "regions": list(self.regions),
        }


@dataclass(frozen=True, slots=True)
class UnitTask:
    """A task of a unit: the roles it has in it, and the former name it goes by there, if it does."""

    fact: StoredFact[TaskRecord]
    roles: tuple[str, ...]
    former: FormerName | None = None

    @property
    def region(self) -> str | None:
        """The region of the document that sets the task."""
        return self.fact.value.region


@dataclass(frozen=True, slots=True)
class Partner:
    """A unit that shares tasks with another, how many, and the roles the two have there: (own, the partner's) → tasks."""

    name: str
    shared: int
    roles: tuple[tuple[tuple[str, str], int], ...]

    def record(self) -> Json:
        """The shape other programs read."""
        roles = [{"own": own, "partner": other, "count": count} for (own, other), count in self.roles]
        return {"unit": self.name, "shared": self.shared, "roles": roles}


def _documents(corpus: Corpus, region: str | None, documents: Iterable[int] | None) -> set[int] | None:
    chosen = set(documents) if documents is not None else None
    if region is not None:
        inside = corpus.select(Filters(region=region))
        chosen = inside if chosen is None else chosen & inside
    return chosen


def facts(
    corpus: Corpus,
    record: type[R],
    *,
    region: str | None = None,
    documents: Iterable[int] | None = None,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> CountedList[StoredFact[R]]:
    """Every fact of one kind, in order of document and place: ``facts(corpus, TermRecord)``."""
    chosen = _documents(corpus, region, documents)
    return count_once(corpus, corpus.facts(record, documents=chosen), chosen, as_of=as_of, all_versions=all_versions)


def tasks(
    corpus: Corpus,
    *,
    unit: str | None = None,
    region: str | None = None,
    topic: str | None = None,
    role: str | None = None,
    documents: Iterable[int] | None = None,
    former: bool = False,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> CountedList[StoredFact[TaskRecord]]:
    """Every task that meets all conditions, in order of document and place; with ``former`` also those of the unit's old names."""
    chosen = _documents(corpus, region, documents)
    if unit is not None:
        names = wanted(corpus, unit, former=former)
        result = _of_unit(corpus, names, chosen)
        if role is not None:
            keys = {key for one in names for key in one.keys}
            result = [f for f in result if any(u.role == role and _named(u, keys) for u in f.value.units)]
        if topic is not None:
            result = [fact for fact in result if topic in fact.value.topics]
    else:
        result = corpus.facts(TaskRecord, key=("topic", topic) if topic is not None else None, documents=chosen)
        if role is not None:
            result = [fact for fact in result if any(u.role == role for u in fact.value.units)]
    return count_once(corpus, result, chosen, as_of=as_of, all_versions=all_versions)


def _of_unit(corpus: Corpus, names: Iterable[WantedUnit], chosen: set[int] | None) -> list[StoredFact[TaskRecord]]:
    lists = [corpus.facts(TaskRecord, keys=("unit", one.keys), documents=_documents(corpus, one.region, chosen)) for one in names]
    if len(lists) == 1:
        return lists[0]
    return sorted({fact.row: fact for facts in lists for fact in facts}.values(), key=_place)


def _place(fact: StoredFact[TaskRecord]) -> tuple[int, int, int]:
    return fact.document, fact.start, fact.end


def _named(unit: UnitRecord, names: set[str]) -> bool:
    return unit.name in names or unit.canonical in names


def targets(
    corpus: Corpus,
    *,
    indicator: str | None = None,
    region: str | None = None,
    kind: str | None = None,
    year: int | None = None,
    documents: Iterable[int] | None = None,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> CountedList[StoredFact[TargetRecord]]:
    """Every target that meets all conditions; ``indicator`` may be a part of the indicator's name."""
    chosen = _documents(corpus, region, documents)
    if year is not None:
        result = corpus.facts(TargetRecord, key=("year", str(year)), documents=chosen)
    elif indicator is not None:
        names = [key for key in corpus.keys("indicator") if indicator in key]
        result = corpus.facts(TargetRecord, keys=("indicator", names), documents=chosen)
    else:
        result = corpus.facts(TargetRecord, documents=chosen)
    if indicator is not None:
        result = [fact for fact in result if indicator in fact.value.indicator]
    if kind is not None:
        result = [fact for fact in result if fact.value.kind == kind]
    return count_once(corpus, result, chosen, as_of=as_of, all_versions=all_versions)


def targets_by_year(facts: Iterable[StoredFact[TargetRecord]]) -> dict[int | None, list[StoredFact[TargetRecord]]]:
    """Targets by the year they are due, earliest first; those without a year come last under None."""
    out: dict[int | None, list[StoredFact[TargetRecord]]] = defaultdict(list)
    for fact in facts:
        out[fact.value.by_year].append(fact)
    return dict(sorted(out.items(), key=lambda entry: (entry[0] is None, entry[0] or 0)))


def terms(
    corpus: Corpus,
    *,
    term: str | None = None,
    documents: Iterable[int] | None = None,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> CountedList[StoredFact[TermRecord]]:
    """Every place that names a term."""
    chosen = _documents(corpus, None, documents)
    found = corpus.facts(TermRecord, key=("term", term) if term is not None else None, documents=chosen)
    return count_once(corpus, found, chosen, as_of=as_of, all_versions=all_versions)


def units(
    corpus: Corpus, *, region: str | None = None, as_of: dt.date | None = None, all_versions: bool = False
) -> CountedList[UnitCount]:
    """Every unit with a duty, and its exact number of tasks, most first; one entry for all names of one unit in a region."""
    chosen = _documents(corpus, region, None)
    filed, folded = _filed_once(corpus, corpus.filed(_DUTY_KINDS, documents=chosen), chosen, as_of, all_versions)
    places = {fact: short for _, short, fact in corpus.keyed(("region",))}
    counts: dict[str, dict[str, set[int]]] = {}
    for kind, name, _, fact in filed:
        counts.setdefault(name, {}).setdefault(kind, set()).add(fact)
    out: list[UnitCount] = []
    for name, by_role in counts.items():
        every = set().union(*by_role.values())
        regions = tuple(sorted({places[fact] for fact in every if fact in places}))
        lead, responsible, supporting = (len(by_role.get(kind, ())) for kind in _DUTY_KINDS)
        out.append(UnitCount(name, len(every), lead, responsible, supporting, regions))
    return CountedList(sorted(out, key=lambda entry: (-entry.total, entry.name)), folded)


def _filed_once(
    corpus: Corpus, filed: list[Filed], chosen: set[int] | None, as_of: dt.date | None, all_versions: bool
) -> tuple[list[Filed], int]:
    """What is filed in documents that stand for their works, and how many others have something filed."""
    if all_versions:
        return filed, 0
    counted = counted_documents(corpus, chosen, as_of=as_of)
    return [entry for entry in filed if entry[2] in counted], len({entry[2] for entry in filed} - counted)


def duties_of(
    corpus: Corpus,
    unit: str,
    *,
    region: str | None = None,
    documents: Iterable[int] | None = None,
    former: bool = True,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> CountedList[UnitTask]:
    """The complete list of a unit's tasks with its roles, those under a former name marked; in order of document and place."""
    chosen = _documents(corpus, region, documents)
    found: dict[int, UnitTask] = {}
    for one in wanted(corpus, unit, former=former):
        inside = _documents(corpus, one.region, chosen)
        roles: dict[int, set[str]] = defaultdict(set)
        for kind, _, row in corpus.keyed(_DUTY_KINDS, keys=one.keys):
            roles[row].add(kind.removeprefix("duty:"))
        for fact in corpus.facts(TaskRecord, keys=("unit", one.keys), documents=inside):
            said = roles.get(fact.row) or {u.role for u in fact.value.units if _named(u, set(one.keys))}
            found.setdefault(fact.row, UnitTask(fact, tuple(role for role in _ROLES if role in said), one.former))
    counted = count_once(corpus, (duty.fact for duty in found.values()), chosen, as_of=as_of, all_versions=all_versions)
    return CountedList(sorted((found[fact.row] for fact in counted), key=lambda duty: _place(duty.fact)), counted.folded)


def by_region(duties: Iterable[UnitTask]) -> dict[str, list[UnitTask]]:
    """Duties by region: what one name (市医保局) means in each place; documents of no region under an empty name."""
    out: dict[str, list[UnitTask]] = defaultdict(list)
    for duty in duties:
        out[duty.region or ""].append(duty)
    return dict(sorted(out.items(), key=lambda entry: (not entry[0], -len(entry[1]), entry[0])))


def partners(
    corpus: Corpus, unit: str, *, region: str | None = None, as_of: dt.date | None = None, all_versions: bool = False
) -> CountedList[Partner]:
    """The units that share tasks with a unit, most shared first."""
    chosen = _documents(corpus, region, None)
    names = wanted(corpus, unit)
    own_keys = {key for one in names for key in one.keys}
    own: dict[int, set[str]] = defaultdict(set)
    every = [
        entry for one in names for entry in corpus.filed(_DUTY_KINDS, one.keys, documents=_documents(corpus, one.region, chosen))
    ]
    filed, folded = _filed_once(corpus, every, chosen, as_of, all_versions)
    for kind, _, _, fact in filed:
        own[fact].add(kind.removeprefix("duty:"))
    shared: dict[str, set[int]] = defaultdict(set)
    roles: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for kind, name, fact in corpus.keyed(_DUTY_KINDS, facts=own):
        if name not in own_keys:
            shared[name].add(fact)
            roles[name].update((mine, kind.removeprefix("duty:")) for mine in own[fact])
    out = [Partner(name, len(tasks), tuple(roles[name].most_common())) for name, tasks in shared.items()]
    return CountedList(sorted(out, key=lambda partner: (-partner.shared, partner.name)), folded)


def responsibilities(corpus: Corpus, unit: str, *, region: str | None = None) -> dict[str, list[StoredFact[TaskRecord]]]:
    """The tasks of a unit by role 责任清单."""
    out: dict[str, list[StoredFact[TaskRecord]]] = {role: [] for role in _ROLES}
    for duty in duties_of(corpus, unit, region=region, former=False):
        for role in duty.roles:
            out[role].append(duty.fact)
    return out
