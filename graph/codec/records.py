"""Tasks, targets and terms in the shapes other programs read."""

from __future__ import annotations

from typing import Any

from corpus.document import ParsedDocument
from graph.facts import Target, Task, Term
from graph.tasks.deadlines import iso

Json = dict[str, Any]


def task_record(doc: ParsedDocument, task: Task) -> Json:
    """One entry of ``tasks.json``."""
    return {
        "id": task.id,
        "document_id": doc.id,
        "source": doc.source,
        "section_path": list(task.section_path),
        "name": task.name,
        "quote": task.span.of(doc.text),
        "start": task.span.start,
        "end": task.span.end,
        "kind": task.kind,
        "region": task.region,
        "lead_units": list(task.named("lead")),
        "responsible_units": list(task.named("responsible")),
        "supporting_units": list(task.named("supporting")),
        "units": [
            {
                "name": unit.name,
                "role": unit.role,
                "canonical": unit.canonical,
                "inherited": unit.inherited,
                "start": unit.span.start,
                "end": unit.span.end,
            }
            for unit in task.units
        ],
        "units_inherited": any(unit.inherited for unit in task.units),
        "topics": list(task.topics),
        "beneficiaries": list(task.beneficiaries),
        "deadline": task.deadline,
        "deadline_iso": iso(task.deadline) if task.deadline else None,
        "measures": [{"name": m.name, "start": m.span.start, "end": m.span.end} for m in task.measures],
        "place": task.place,
        "page": doc.page_at(task.span.start),
    }


def target_record(doc: ParsedDocument, target: Target) -> Json:
    """One entry of ``targets.json``."""
    return {
        "id": target.id,
        "document_id": doc.id,
        "source": doc.source,
        "indicator": target.indicator,
        "comparator": target.comparator,
        "value": target.value,
        "value_min": target.value_min,
        "value_max": target.value_max,
        "value_text": target.value_text,
        "unit": target.unit,
        "by_year": target.by_year,
        "base_year": target.base_year,
        "deadline": target.deadline,
        "region": target.region,
        "kind": target.kind,
        "topic": target.topic,
        "binding": target.binding,
        "section_path": list(doc.heading_path(target.span.start)),
        "quote": target.span.of(doc.text),
        "start": target.span.start,
        "end": target.span.end,
        "place": target.place,
        "page": doc.page_at(target.span.start),
    }


def term_record(doc: ParsedDocument, term: Term) -> Json:
    """One entry of ``terms.json``."""
    return {
        "id": term.id,
        "document_id": doc.id,
        "source": doc.source,
        "term": term.term,
        "definition": term.definition.of(doc.text) if term.definition else None,
        "definition_start": term.definition.start if term.definition else None,
        "definition_end": term.definition.end if term.definition else None,
        "defined": term.definition is not None,
        "section_path": list(doc.heading_path(term.span.start)),
        "quote": term.span.of(doc.text),
        "start": term.span.start,
        "end": term.span.end,
        "page": doc.page_at(term.span.start),
    }
