"""The learning path 学习路径: the brief of a post cut into short stages of cards, and the quiz that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.study.post import Brief

STAGE = 6
"""Cards of one stage: what one reads in a few minutes."""


@dataclass(frozen=True, slots=True)
class Card:
    """One fact with its sentence and the place it stands at."""

    label: str
    fact: str
    quote: str
    record: dict[str, Any] | None
    note: str = ""


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
        ("任务", [_task(task) for task in brief.tasks if not task["lapsed"]]),
        ("数字", [_target(target) for target in brief.targets]),
        ("术语", [_term(term) for term in brief.terms]),
        ("变化", [*revised, *_changes(brief)]),
    ]
    out: list[Stage] = []
    for kind, cards in kinds:
        parts = -(-len(cards) // STAGE)
        out += [Stage(kind, tuple(cards[i * STAGE : (i + 1) * STAGE]), i + 1, parts) for i in range(parts)]
    return out


def _document(entry: dict[str, Any]) -> Card:
    number = f"{entry['doc_number']}　" if entry["doc_number"] else ""
    record = {"document_id": entry["id"], "title": entry["title"], "start": 0, "end": 0}
    return Card("文件", entry["title"], "", record, f"{number}其中 {entry['tasks']} 项任务　时效：{entry['validity']}")


def _task(task: dict[str, Any]) -> Card:
    said = [task["role"] and f"本单位{task['role']}", task.get("deadline") and f"时限：{task['deadline']}"]
    return Card("任务", task["name"], task["quote"], task, "　".join(part for part in said if part))


def _target(target: dict[str, Any]) -> Card:
    return Card("数字", f"{target['indicator']}：{target['value_text']}", target["quote"], target)


def _term(term: dict[str, Any]) -> Card:
    if not term["definition"]:
        return Card("术语", term["term"], term["quote"], term, "文件只提到，没有解释")
    record = {**term, "start": min(term["start"], term["definition_start"]), "end": max(term["end"], term["definition_end"])}
    return Card("术语", term["term"], term["definition"], record)


def _changes(brief: Brief) -> list[Card]:
    """Documents that are no rule any more, and tasks whose time is over."""
    current = ("现行有效", "未载明")
    cards = [
        Card("文件状态", f"《{entry['title']}》{entry['validity']}", "", {"document_id": entry["id"], "title": entry["title"], "start": 0, "end": 0},
             entry["reason"] or "")
        for entry in brief.documents
        if entry["validity"] not in current
    ]  # fmt: skip
    late: Sequence[dict[str, Any]] = [task for task in brief.tasks if task["lapsed"]]
    return cards + [
        Card("期限已过", t["name"], t["quote"], t, "所限时期已届满，或出自未生效、已失效的文件，执行前请核对") for t in late
    ]
