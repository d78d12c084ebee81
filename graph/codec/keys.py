"""What facts are filed under 检索键: units, topics, regions, indicators, years; queries read these instead of the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.document import ParsedDocument, Span
from graph.facts import Provision, Target, Task, Term, UnitMention
from graph.units.resolve import home, parts_of

Key = tuple[str, str]
"""The kind of a key and the key: ("unit", 州财政局)."""


def task_keys(doc: ParsedDocument, task: Task) -> Iterator[Key]:
    """Units under all their names and by role, topics, beneficiaries, region."""
    yield from _unit_keys(task.units, "unit")
    # counts by role, and who shares tasks with whom, are answered from the keys alone
    yield from ((f"duty:{unit.role}", unit.canonical or unit.name) for unit in task.units if unit.role != "actor")
    yield from (("topic", topic) for topic in task.topics)
    yield from (("beneficiary", name) for name in task.beneficiaries)
    yield from _region_keys(doc, task.span)


def target_keys(doc: ParsedDocument, target: Target) -> Iterator[Key]:
    """Indicator, kind of target, topic, year, region."""
    yield "indicator", target.indicator
    yield "target_kind", target.kind
    if target.topic:
        yield "topic", target.topic
    year = target.by_year or target.as_of
    if year:
        yield "year", str(year)
    yield from _region_keys(doc, target.span)


def provision_keys(doc: ParsedDocument, provision: Provision) -> Iterator[Key]:
    """Its sort, its authority, its region."""
    yield "provision_kind", provision.kind
    if provision.authority:
        yield "authority", provision.authority
    yield from _region_keys(doc, provision.span)


def term_keys(_: ParsedDocument, term: Term) -> Iterator[Key]:
    """The term itself."""
    yield "term", term.term


def actor_keys(_: ParsedDocument, actor: UnitMention) -> Iterator[Key]:
    """The unit under all its names."""
    yield from _unit_keys([actor], "actor")


def _unit_keys(units: Iterable[UnitMention], kind: str) -> Iterator[Key]:
    for unit in units:
        yield kind, unit.name
        if unit.canonical:
            yield kind, unit.canonical
        # every name of one department under one key, so that a query does not read all names of the library
        parts = parts_of(unit.canonical or unit.name)
        if parts is not None:
            yield f"{kind}:{parts.usual}", unit.name
            if unit.canonical:
                yield f"{kind}:{parts.usual}", unit.canonical


def _region_keys(doc: ParsedDocument, span: Span) -> Iterable[Key]:
    head = doc.head_at(span.start)
    return _keys_of_region(head.region_code, head.region)


@lru_cache(maxsize=4096)
def _keys_of_region(code: str | None, region: str | None) -> tuple[Key, ...]:
    division = home(code, region)
    if division is None:
        return (("region", region),) if region else ()
    return (("region", division.short), *(("region_above", parent.short) for parent in gazetteer().parents(division)))
