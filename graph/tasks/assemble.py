"""A task 任务 put together from its span: units, topics, beneficiaries, time limit and measures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import HeadMatter, ParsedDocument, Section, Span, fact_id
from graph.facts import Task, UnitMention
from graph.tasks.beneficiaries import find_beneficiaries
from graph.tasks.deadlines import deadline_of
from graph.tasks.measures import find_measures
from graph.topics import topics_of
from graph.units.lists import ResponsibilityClause
from graph.units.resolve import home, resolve

LONGEST_NAME = 60
_CIRCUMSTANCES = ("前提下", "情况下", "基础上", "条件下", "的", "时", "后")
"""What a clause ends with that says under which circumstance something is done, not what."""
_RANK = {"lead": 0, "responsible": 1, "supporting": 2, "actor": 3}


def region_name(head: HeadMatter) -> str | None:
    """The name of the division itself, without those above it: 黔南布依族苗族自治州."""
    division = home(head.region_code, head.region)
    if division is not None:
        return division.name
    return head.region


def path_of(doc: ParsedDocument, section: Section | None) -> tuple[str, ...]:
    """The headings above a task, its own last."""
    return tuple(s.label for s in doc.trail(section) if s.number or s.kind == "attachment")


def cut_name(name: str) -> str:
    """A name of bearable length, cut where a clause ends, never inside a word; whole where it has no clauses.

    Example:
        >>> cut_name("推进甲，" + "建设乙" * 30)
        '推进甲'
    """
    if len(name) <= LONGEST_NAME:
        return name
    lists = (("；;。", 6), ("，,", 4)) if _opens_with_circumstance(name) else (("；;。", 6), ("，,", 4), ("、", 16))
    for marks, least in lists:
        ends = [i for i, char in enumerate(name[: LONGEST_NAME + 1]) if char in marks and i >= least]
        # the last clause that fits; an opening bracket or quotation mark before it has to be closed
        for end in reversed(ends):
            head = name[:end]
            if not head.endswith(_CIRCUMSTANCES) and all(head.count(a) == head.count(b) for a, b in ("（）", "“”", "《》", "()")):
                return head
    longer = next((i for i, char in enumerate(name) if i > LONGEST_NAME and char in "，,、；;。"), len(name))
    return name[: min(longer, 2 * LONGEST_NAME)]


def _opens_with_circumstance(name: str) -> bool:
    """Whether the first clause of a name only says when or for whom: 在依法合规前提下，…."""
    return re.split("[，,]", name, maxsplit=1)[0].endswith(_CIRCUMSTANCES)


def make_task(
    doc: ParsedDocument,
    span: Span,
    name: str,
    path: tuple[str, ...],
    listed: Sequence[ResponsibilityClause],
    inherited: Sequence[ResponsibilityClause],
) -> Task:
    """A task with everything its text says of units, topics, beneficiaries, time limit and measures."""
    head = doc.head_at(span.start)
    units: dict[tuple[str, str], UnitMention] = {}
    for source, flag in ((listed, False), (inherited, True)):
        for duty in source:
            for unit in duty.units:
                role = unit.role or "responsible"
                units.setdefault((unit.name, role), UnitMention(unit.name, role, unit.span, resolve(unit.name, head), flag))
    strongest = dict(sorted(units, key=lambda key: _RANK[key[1]], reverse=True))
    kept = tuple(unit for (unit_name, role), unit in units.items() if strongest[unit_name] == role)
    deadline = next((duty.deadline for duty in listed if duty.deadline), None) or deadline_of(doc.text, span.start, span.end)
    spans = [duty.span for duty in listed]
    body = _without(doc.text, span, spans)
    return Task(
        id=fact_id(doc.id, "task", span),
        document_id=doc.id,
        span=span,
        name=name,
        section_path=path,
        units=kept,
        topics=topics_of(body, heading=name),
        beneficiaries=find_beneficiaries(body),
        deadline=deadline,
        measures=find_measures(doc.text, _body_start(doc.text, span, name), span.end, spans),
        region=region_name(head),
    )


def _body_start(text: str, span: Span, name: str) -> int:
    at = text.find(name, span.start, min(span.end, span.start + 40 + len(name))) if name else -1
    return at + len(name) if at >= 0 and at + len(name) < span.end - 8 else span.start


def _without(text: str, span: Span, gaps: Sequence[Span]) -> str:
    """The text of a span without the lists of units in it: a unit's name says nothing of the topic."""
    parts: list[str] = []
    begin = span.start
    for gap in gaps:
        if gap.start > begin:
            parts.append(text[begin : gap.start])
        begin = max(begin, min(gap.end, span.end))
    parts.append(text[begin : span.end])
    return "".join(parts)
