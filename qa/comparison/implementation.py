"""Implementation of an upper document by a lower one 落实对照, task by task and target by target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.document import Span
from corpus.wordlists import entries
from graph.alignment.coverage import CoveredTarget, CoveredTask, coverage
from graph.codec.records import TargetRecord, TaskRecord
from qa.answer import AnswerCitation, Cell, Comparison, ComparisonRow
from qa.answers.draft import cite, flatten, merge_spans
from qa.comparison.clauses import Clause, list_clauses
from qa.comparison.columns import ComparisonColumn
from qa.documents import LibraryView
from qa.understanding.concepts import QueryConcepts, extract_text_concepts

MENTIONED = 0.6
"""The share of a task's name that a clause of the lower document must hold to take it up."""
SAME_TOPIC = 0.25
"""… where clause and name have the same main topic."""
VERB = 0.2
"""What a verb of demand counts beside what is demanded: 加强, 完善 and 推进 stand in every document."""
LONGEST = 1500
"""Characters of a clause that are looked at."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A clause of the lower document with its folded words and main topic."""

    clause: Clause
    folded: str
    topic: tuple[str, ...]


def compare_implementation(upper: ComparisonColumn, lower: ComparisonColumn, view: LibraryView, *, as_of: dt.date) -> Comparison:
    """A row for each task and target of the upper document, with the lower document's counterpart or 原文未载明."""
    found = coverage(view.corpus, upper.document.info.row, lower.document.info.row)
    tasks = [entry for entry in found.tasks if upper.holds(entry.upper.span)]
    targets = [entry for entry in found.targets if upper.holds(entry.upper.span)]
    elsewhere = find_mentions([entry.upper.name for entry in tasks if entry.lower is None], lower, view)
    rows = [_row(f"任务：{entry.upper.name[:40]}", upper, lower, entry, elsewhere.get(entry.upper.name, ())) for entry in tasks]
    # a task may be taken up under another name; a target only by a figure for the same indicator
    rows += [_row(f"目标：{entry.upper.indicator[:40]}", upper, lower, entry, ()) for entry in targets]
    return Comparison(
        question=f"{upper.name}与{lower.name}",
        topic=None,
        regions=(upper.name, lower.name),
        rows=tuple(rows),
        differences=tuple(_said(rows, targets, upper, lower)),
        columns=(upper.head(view, as_of), lower.head(view, as_of)),
        form="落实对照",
    )


def find_mentions(names: Sequence[str], column: ComparisonColumn, view: LibraryView) -> dict[str, tuple[AnswerCitation, ...]]:
    """Find, for each task name, the clause of a document that contains most of it.

    Returns the citations of the heading and of the sentence by name; names without such a clause are left out.
    """
    clauses = [_heard(clause) for clause in list_clauses(column)] if names else []
    found = {name: _mention(name, column, clauses, view) for name in names}
    return {name: citations for name, citations in found.items() if citations}


def _row(
    aspect: str,
    upper: ComparisonColumn,
    lower: ComparisonColumn,
    entry: CoveredTask | CoveredTarget,
    mention: tuple[AnswerCitation, ...],
) -> ComparisonRow:
    mine, counterpart = _cell(upper, entry.upper), _cell(lower, entry.lower)
    if counterpart.text is None and mention:
        counterpart = replace(counterpart, text="\n".join(flatten(c.quote) for c in mention), citations=mention)
    return ComparisonRow(aspect, (mine, counterpart))


def _heard(clause: Clause) -> Heard:
    from graph.topics import topics_of

    return Heard(clause, clause.folded[:LONGEST], topics_of(clause.folded[:LONGEST], heading=clause.label)[:1])


def _mention(name: str, column: ComparisonColumn, clauses: Sequence[Heard], view: LibraryView) -> tuple[AnswerCitation, ...]:
    from graph.topics import topics_of

    sought = _weighted(extract_text_concepts(name, view))
    topic = topics_of(name)[:1]
    scored = [(sought.coverage(heard.folded), heard) for heard in clauses]
    near = [
        (share, heard) for share, heard in scored if share >= (SAME_TOPIC if topic and heard.topic == topic else MENTIONED)
    ]  # fmt: skip
    if not near:
        return ()
    span = max(near, key=lambda pair: (pair[1].topic == topic, pair[0]))[1].clause.span
    inside = [column.document.sentences[i] for i in column.document.between(span)]
    under = [sentence for sentence in inside if not sentence.is_heading]
    best = max(under, key=lambda s: sought.coverage(s.folded), default=None)
    quoted = [sentence.span for sentence in (*inside[:1], best) if sentence is not None]
    spans = merge_spans(quoted or [span], column.document.text)
    return tuple(cite(column.document, one) for one in spans)


def _weighted(sought: QueryConcepts) -> QueryConcepts:
    verbs = frozenset(entries("graph", "demand_verbs.txt"))
    return replace(
        sought, concepts=tuple(replace(c, weight=c.weight * VERB) if c.text in verbs else c for c in sought.concepts)
    )  # fmt: skip


def _cell(column: ComparisonColumn, fact: TaskRecord | TargetRecord | None) -> Cell:
    info = column.document.info
    if fact is None or not column.holds(fact.span):
        return Cell(column.name, info.source, None, (), info.id)
    cited = cite(column.document, _opening(column, fact) if isinstance(fact, TaskRecord) else fact.span)
    return Cell(column.name, info.source, flatten(cited.quote), (cited,), info.id)


def _opening(column: ComparisonColumn, task: TaskRecord) -> Span:
    """The heading of a task with the first sentence under it."""
    inside = [column.document.sentences[i] for i in column.document.between(task.span)[:2]]
    if not inside:
        return task.span
    last = inside[-1] if inside[0].is_heading else inside[0]
    return Span(task.span.start, min(task.span.end, last.span.end))


def _said(rows: list[ComparisonRow], targets: list[CoveredTarget], upper: ComparisonColumn, lower: ComparisonColumn) -> list[str]:
    out = []
    missing = [row.aspect for row in rows if row.cells[1].text is None]
    for noun in ("任务", "目标"):
        all_of_it = sum(row.aspect.startswith(noun) for row in rows)
        absent = sum(aspect.startswith(noun) for aspect in missing)
        if all_of_it:
            out.append(
                f"{upper.name}的文件有{noun} {all_of_it} 项，{lower.name}的文件写到 {all_of_it - absent} 项，未见 {absent} 项。"
            )
    out.append("对照按字词相近判断，未见的请翻看原文再下结论。")
    out += [f"未见的{aspect}" for aspect in missing]
    out += [
        f"“{entry.upper.indicator}”：{upper.name}{entry.upper.value_text}，{lower.name}{entry.lower.value_text}。"
        for entry in targets
        if entry.lower is not None and entry.lower.value is not None and entry.lower.value != entry.upper.value
    ]
    return out
