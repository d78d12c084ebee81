"""A unit's page: how many duties in which role, whom it works with, its figures, the names it had before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from corpus.document import Span
from corpus.store import Corpus, StoredFact
from graph.codec.records import TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from graph.queries.facts import duties_of, partners
from graph.units.names import wanted

ROLES = {"lead": "牵头", "responsible": "责任", "supporting": "配合"}
PARTNERS, FIGURES = 8, 6
GENERAL = ("各", "有关", "相关")


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit in a few lines; ``former`` the old names some duties stand under."""

    name: str
    region: str | None
    roles: tuple[tuple[str, int], ...]
    regions: tuple[tuple[str, int], ...]
    dated: int
    partners: tuple[tuple[str, int], ...]
    figures: tuple[CitedFact[TargetRecord], ...]
    former: tuple[str, ...]
    names: frozenset[str]
    """Everything the unit is called in the documents."""


def called(facts: Iterable[StoredFact[TaskRecord]], keys: Iterable[str]) -> frozenset[str]:
    """All names under which tasks have a unit: 州医保局 in a document of 甘南州 is 甘南州医保局."""
    wanted = frozenset(keys)
    units = (unit for fact in facts for unit in fact.value.units)
    return wanted | {unit.name for unit in units if unit.name in wanted or unit.canonical in wanted}


def unit_page(corpus: Corpus, name: str, region: str | None) -> UnitPage:
    """The page of a unit (in a region)."""
    duties = duties_of(corpus, name, region=region)
    roles = Counter(role for duty in duties for role in duty.roles)
    spans: dict[int, list[Span]] = {}
    for duty in duties:
        spans.setdefault(duty.fact.document, []).append(duty.fact.span)
    figures = [
        CitedFact(fact.value)
        for fact in (corpus.facts(TargetRecord, documents=spans) if spans else ())
        if fact.value.kind == "target" and any(s.start <= fact.span.start < s.end for s in spans[fact.document])
    ]
    # 各县市政府 is nobody one can call
    known = (partner for partner in partners(corpus, name, region=region) if not partner.name.startswith(GENERAL))
    shared = [(partner.name, partner.shared) for partner in islice(known, PARTNERS)]
    return UnitPage(
        name,
        region,
        tuple((word, roles[role]) for role, word in ROLES.items() if roles[role]),
        tuple(Counter(duty.region or "地区未载明" for duty in duties).most_common()),
        sum(1 for duty in duties if duty.fact.value.deadline),
        tuple(shared),
        tuple(figures[:FIGURES]),
        tuple(dict.fromkeys(duty.former.name for duty in duties if duty.former)),
        called((duty.fact for duty in duties), [name, *(key for one in wanted(corpus, name, former=True) for key in one.keys)]),
    )
