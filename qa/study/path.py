"""The learning path 学习路径: the brief of a post cut into days of cards in the order of their weight, each with minutes and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from graph.codec.records import Json
from qa.study.glossary import GlossaryEntry
from qa.study.post import Brief, BriefDocument, BriefTarget, BriefTask

STAGE = 6
"""Cards of one stage: what one reads in a few minutes."""
DAY = 25
"""Minutes of a day, at most, but for a single stage that takes longer."""
CHARACTERS = 300
"""Characters of an official text that are read with care in a minute."""
QUIZ = 8
"""Minutes of the questions at the end of a day: a round of ten."""
PREVIEW = 600
"""Characters of a document that its card asks to look through: what it is for, its headings; the whole is read by need."""


@dataclass(frozen=True, slots=True)
class CardSource:
    """The place a card is taken from; a whole document where it begins and ends at 0."""

    document_id: str
    title: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One fact with its sentence and the place it is taken from; ``heading`` is the heading above it.

    ``weight`` orders the cards of a kind, the heaviest first; ``why`` is the reason for it in Chinese.
    """

    label: str
    fact: str
    quote: str
    source: CardSource | None
    note: str = ""
    heading: str = ""
    weight: int = 0
    why: str = ""

    def record(self) -> Json:
        """The shape other programs read."""
        source = asdict(self.source) if self.source else None
        return {
            "label": self.label, "fact": self.fact, "quote": self.quote, "record": source, "note": self.note, "why": self.why,
        }  # fmt: skip

    @property
    def characters(self) -> int:
        """What there is to read."""
        return len(self.fact) + len(self.note) + (len(self.quote) if self.quote or self.source is None else PREVIEW)


@dataclass(frozen=True, slots=True)
class Stage:
    """A few cards of one kind; ``part`` of ``parts`` where the kind fills several stages.

    ``day`` is the day of the path it belongs to, from 1; ``minutes`` what its cards take to read; ``why`` the reason for it.
    """

    kind: str
    cards: tuple[Card, ...]
    part: int = 1
    parts: int = 1
    day: int = 1
    minutes: int = 1
    why: str = ""


REASONS = {
    "变化": "先知道哪些规定已经变了、到期了，免得按旧的办",
    "文件": "这些文件给本岗位派了任务，派得多的先读",
    "任务": "牵头的、有时限的先学，出了差错由本单位负责",
    "数字": "任务里的指标，汇报和对照时要用",
    "术语": "文件里反复出现的提法，看得懂才不会走样",
}


def stages(brief: Brief, revised: Sequence[Card] = ()) -> list[Stage]:
    """The path, by days: what has changed, what to read, what to do, the figures, the terms.

    Args:
        brief: What the post has to know.
        revised: What documents say otherwise than their versions before.
    """
    kinds: list[tuple[str, list[Card]]] = [
        ("变化", [*revised, *_changes(brief)]),
        ("文件", [_document(entry) for entry in brief.documents]),
        ("任务", [_task(task) for task in brief.tasks if not task.lapsed]),
        ("数字", [_target(target) for target in brief.targets]),
        ("术语", [_term(term) for term in brief.terms]),
    ]
    out: list[Stage] = []
    day, used = 1, 0
    for kind, unordered in kinds:
        cards = sorted(unordered, key=lambda card: -card.weight)
        parts = -(-len(cards) // STAGE)
        for i in range(parts):
            some = tuple(cards[i * STAGE : (i + 1) * STAGE])
            minutes = max(1, round(sum(card.characters for card in some) / CHARACTERS))
            if used and used + minutes > DAY - QUIZ:
                day, used = day + 1, 0
            used += minutes
            out.append(Stage(kind, some, i + 1, parts, day, minutes, REASONS[kind]))
    return out


def days_of(path: Sequence[Stage]) -> list[tuple[int, int]]:
    """The days of a path, each with its minutes, the questions at its end included."""
    numbers = sorted({stage.day for stage in path})
    return [(day, sum(stage.minutes for stage in path if stage.day == day) + QUIZ) for day in numbers]


def _document(document: BriefDocument) -> Card:
    number = f"{document.doc_number}　" if document.doc_number else ""
    note = f"{number}时效：{document.validity}"
    why = f"给本岗位派了 {document.tasks} 项任务"
    return Card("文件", document.title, "", CardSource(document.id, document.title), note, weight=document.tasks, why=why)


def _task(task: BriefTask) -> Card:
    said = [task.role and f"本单位{task.role}", task.fact.deadline and f"时限：{task.fact.deadline}"]
    weights = {"牵头": 4, "责任": 2}
    weight = weights.get(task.role or "", 0) + bool(task.fact.deadline) * 2
    reasons = ["由本单位牵头" if task.role == "牵头" else "", f"有时限（{task.fact.deadline}）" if task.fact.deadline else ""]
    card = _card("任务", task.fact.name, task, "　".join(part for part in said if part))
    return replace(card, weight=weight, why="，".join(filter(None, reasons)))


def _target(target: BriefTarget) -> Card:
    binding = target.fact.binding == "约束性"
    card = _card("数字", f"{target.fact.indicator}：{target.fact.value_text}", target)
    return replace(card, weight=int(binding), why="约束性指标" if binding else "")


def _term(term: GlossaryEntry) -> Card:
    card = _card("术语", term.fact.term, term, "" if term.fact.definition else "文件只提到，没有解释")
    why = f"库里 {term.mentions} 处提到" if term.mentions > 1 else ""
    card = replace(card, weight=term.mentions, why=why)
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
        Card(
            "文件状态", f"《{entry.title}》{entry.validity}", "", CardSource(entry.id, entry.title), entry.reason or "", weight=2
        )
        for entry in brief.documents
        if entry.validity not in current
    ]
    late = "所限时期已届满，或出自未生效、已失效的文件，执行前请核对"
    return cards + [replace(_card("期限已过", task.fact.name, task, late), weight=1) for task in brief.tasks if task.lapsed]
