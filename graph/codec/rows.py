"""Facts as rows of the store and back. The payload is the record other programs read, so that an export is just payloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.divisions import gazetteer
from corpus.document import ParsedDocument, Span, fact_id
from corpus.store import FactRow, StoredFact
from graph.codec.records import target_record, task_record, term_record
from graph.facts import Facts, Measure, Target, Task, Term, UnitMention
from graph.units.resolve import home, parts_of

Key = tuple[str, str]
_TARGET_FIELDS = (
    "indicator", "comparator", "value", "value_text", "unit", "kind", "value_min", "value_max", "by_year",
    "base_year", "deadline", "region", "topic", "binding", "place",
)  # fmt: skip


def to_rows(doc: ParsedDocument, facts: Facts) -> list[FactRow]:
    """The rows of a document's facts."""
    rows = [FactRow(t.id, "task", t.span, task_record(doc, t), _task_keys(doc, t)) for t in facts.tasks]
    rows += [FactRow(t.id, "target", t.span, target_record(doc, t), _target_keys(doc, t)) for t in facts.targets]
    rows += [FactRow(t.id, "term", t.span, term_record(doc, t), (("term", t.term),)) for t in facts.terms]
    for actor in facts.actors:
        payload = {
            "id": fact_id(doc.id, "actor", actor.span, actor.name),
            "document_id": doc.id,
            "source": doc.source,
            "name": actor.name,
            "canonical": actor.canonical,
            "quote": actor.span.of(doc.text),
            "start": actor.span.start,
            "end": actor.span.end,
        }
        rows.append(FactRow(str(payload["id"]), "actor", actor.span, payload, tuple(_unique(_unit_keys([actor], "actor")))))
    return rows


def _task_keys(doc: ParsedDocument, task: Task) -> tuple[Key, ...]:
    keys: list[Key] = list(_unit_keys(task.units, "unit"))
    # counts by role, and who shares tasks with whom, are answered from the keys alone
    keys += [(f"duty:{unit.role}", unit.canonical or unit.name) for unit in task.units if unit.role != "actor"]
    keys += [("topic", topic) for topic in task.topics]
    keys += [("beneficiary", name) for name in task.beneficiaries]
    keys += _region_keys(doc, task.span)
    return _unique(keys)


def _target_keys(doc: ParsedDocument, target: Target) -> tuple[Key, ...]:
    keys: list[Key] = [("indicator", target.indicator), ("target_kind", target.kind)]
    if target.topic:
        keys.append(("topic", target.topic))
    if target.by_year:
        keys.append(("year", str(target.by_year)))
    keys += _region_keys(doc, target.span)
    return _unique(keys)


def _unit_keys(units: Iterable[UnitMention], kind: str) -> Iterable[Key]:
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


def _region_keys(doc: ParsedDocument, span: Span) -> list[Key]:
    head = doc.head_at(span.start)
    division = home(head.region_code, head.region)
    if division is None:
        return [("region", head.region)] if head.region else []
    above = [parent.short for parent in gazetteer().parents(division)]
    return [("region", division.short), *(("region_above", short) for short in above)]


def _unique(keys: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(dict.fromkeys(keys))


def from_fact(fact: StoredFact) -> Task | Target | Term:
    """The value behind a stored row."""
    value = fact.payload
    if fact.kind == "task":
        return Task(
            id=fact.id,
            document_id=fact.document_id,
            span=fact.span,
            name=value["name"],
            section_path=tuple(value["section_path"]),
            units=tuple(
                UnitMention(u["name"], u["role"], Span(u["start"], u["end"]), u["canonical"], u["inherited"])
                for u in value["units"]
            ),
            topics=tuple(value["topics"]),
            beneficiaries=tuple(value["beneficiaries"]),
            deadline=value["deadline"],
            measures=tuple(Measure(m["name"], Span(m["start"], m["end"])) for m in value["measures"]),
            kind=value["kind"],
            region=value["region"],
            place=value["place"],
        )
    if fact.kind == "target":
        known: dict[str, Any] = {name: value.get(name) for name in _TARGET_FIELDS}
        return Target(id=fact.id, document_id=fact.document_id, span=fact.span, **known)
    if fact.kind == "term":
        place = value.get("definition_start")
        definition = Span(place, value["definition_end"]) if place is not None else None
        return Term(id=fact.id, document_id=fact.document_id, span=fact.span, term=value["term"], definition=definition)
    raise ValueError(f"no fact of this kind: {fact.kind}")
