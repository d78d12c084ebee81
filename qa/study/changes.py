"""What changed 变化: the clauses of a document that say something else than in its version before, as cards of a post."""

from __future__ import annotations

from collections.abc import Callable

from graph.queries.relations import Relations
from qa.answer import AnswerCitation, Cell, Comparison
from qa.comparison.versions import ONE_LINE, describe_changes
from qa.study.path import Card, CardSource
from qa.study.post import Brief, BriefDocument

SHOWN = 12
"""Clauses of one document shown on the path; the document itself has the whole comparison."""


def of_post(brief: Brief, related: Callable[[str], Relations], compare: Callable[[str, str], Comparison]) -> list[Card]:
    """What the documents of a post say otherwise than their versions before; both functions take ids of documents."""
    out: list[Card] = []
    for entry in brief.documents:
        before = related(entry.id).previous(entry.id)
        if before is not None:
            out += revised(compare(before.document, entry.id), entry, before.title, brief)
    return out


def revised(comparison: Comparison, document: BriefDocument, before: str, brief: Brief) -> list[Card]:
    """One card that says how much has changed, then the clauses that concern the post (all of them where it is a region)."""
    if not comparison.rows:
        return []
    whole = CardSource(document.id, document.title)
    lead = Card("新旧对照", f"《{document.title}》与上一版相比：{comparison.differences[0]}", "", whole, f"上一版：《{before}》")
    cards = []
    for row in comparison.rows:
        old, new = row.cells[:2]
        kind, _, label = row.aspect.partition("　")
        place = _cited(new) or _cited(old)
        if place is None or not _concerns(brief, old, new):
            continue
        source = CardSource(place.source_id, place.title or place.source, place.start, place.end)
        said = describe_changes(old.text, new.text, longest=ONE_LINE)
        cards.append(Card(kind, label, new.text or old.text or "", source, said or (kind == "删去" and "新版没有这一条") or ""))
    return [lead, *cards[:SHOWN]] if cards else [lead]


def _cited(cell: Cell) -> AnswerCitation | None:
    return cell.citations[0] if cell.citations else None


def _concerns(brief: Brief, old: Cell, new: Cell) -> bool:
    """Whether a clause names the unit of the post, or holds one of its tasks."""
    if not brief.unit:
        return True
    if brief.unit in (old.text or "") or brief.unit in (new.text or ""):
        return True
    place = _cited(new)
    return place is not None and any(
        task.fact.document_id == place.source_id and task.fact.start < place.end and place.start < task.fact.end
        for task in brief.tasks
    )
