"""The learning path 学习路径: the brief of a post cut into short stages of cards, and the quiz that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from graph.codec.records import Json
from qa.study.glossary import GlossaryEntry
from qa.study.post import Brief, BriefDocument, BriefTarget, BriefTask

STAGE = 6
"""Cards of one stage: what one reads in a few minutes."""


@dataclass(frozen=True, slots=True)
class CardSource:
    """The place a card is taken from; a whole document where it begins and ends at 0."""

    document_id: str
    title: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One fact with its sentence and the place it is taken from; ``heading`` is the heading above it."""

    label: str
    fact: str
    quote: str
    source: CardSource | None
    note: str = ""
    heading: str = ""

    def record(self) -> Json:
        """The shape other programs read."""
        source = asdict(self.source) if self.source else None
        return {"label": self.label, "fact": self.fact, "quote": self.quote, "record": source, "note": self.note}


@dataclass(frozen=True, slots=True)
class Stage:
    """A few cards of one kind; ``part`` of ``parts`` where the kind fills several stages."""

    kind: str
    cards: tuple[Card, ...]
    part: int = 1
    parts: int = 1


def stages(brief: Brief, revised: Sequence[Card] = ()) -> list[Stage]:
    """The path: what to read, what to do, the figures, the terms, what has changed (``revised``: from version to version)."""
    kinds: list[tuple[str, list[Card]]] = [
        ("文件", [_document(entry) for entry in brief.documents]),
        ("任务", [_task(task) for task in brief.tasks if not task.lapsed]),
        ("数字", [_target(target) for target in brief.targets]),
        ("术语", [_term(term) for term in brief.terms]),
        ("变化", [*revised, *_changes(brief)]),
    ]
    out: list[Stage] = []
    for kind, cards in kinds:
        parts = -(-len(cards) // STAGE)
        out += [Stage(kind, tuple(cards[i * STAGE : (i + 1) * STAGE]), i + 1, parts) for i in range(parts)]
    return out


def _document(document: BriefDocument) -> Card:
    number = f"{document.doc_number}　" if document.doc_number else ""
    note = f"{number}其中 {document.tasks} 项任务　时效：{document.validity}"
    return Card("文件", document.title, "", CardSource(document.id, document.title), note)


def _task(task: BriefTask) -> Card:
    said = [task.role and f"本单位{task.role}", task.fact.deadline and f"时限：{task.fact.deadline}"]
    return _card("任务", task.fact.name, task, "　".join(part for part in said if part))


def _target(target: BriefTarget) -> Card:
    return _card("数字", f"{target.fact.indicator}：{target.fact.value_text}", target)


def _term(term: GlossaryEntry) -> Card:
    card = _card("术语", term.fact.term, term, "" if term.fact.definition else "文件只提到，没有解释")
    place = term.fact.definition_span
    if not term.fact.definition or place is None:
        return card
    start, end = min(term.fact.start, place.start), max(term.fact.end, place.end)
    return replace(card, quote=term.fact.definition, source=CardSource(term.fact.document_id, term.title, start, end))


def _card(label: str, said: str, entry: BriefTask | BriefTarget | GlossaryEntry, note: str = "") -> Card:
    fact = entry.fact
    source = CardSource(fact.document_id, entry.title, fact.start, fact.end)
    return Card(label, said, fact.quote, source, note, fact.section_path[-1] if fact.section_path else "")


def _changes(brief: Brief) -> list[Card]:
    """Documents that are no rule any more, and tasks whose time is over."""
    current = ("现行有效", "未载明")
    cards = [
        Card("文件状态", f"《{entry.title}》{entry.validity}", "", CardSource(entry.id, entry.title), entry.reason or "")
        for entry in brief.documents
        if entry.validity not in current
    ]
    late = "所限时期已届满，或出自未生效、已失效的文件，执行前请核对"
    return cards + [_card("期限已过", task.fact.name, task, late) for task in brief.tasks if task.lapsed]
