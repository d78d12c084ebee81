"""The rows of a comparison 对比各行 after the quoted sentences: tasks, targets of one indicator, units, dates, beneficiaries.

All come from extracted facts near the quoted sentences; every cell has its citations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from corpus.document import Span
from graph.alignment.indicators import align_targets
from graph.codec.records import TargetRecord, TaskRecord
from graph.families.units import comparable_value
from qa.answer import AnswerCitation, Cell, CellValue, ComparisonRow
from qa.answers.draft import cite, flatten
from qa.comparison.columns import ComparisonColumn
from qa.documents import LibraryView

SHARED_ROWS = 6
"""Indicators with a row of their own at most."""
EACH = 4
"""Entries a cell lists at most."""
WITHIN = 20
"""Units this close to one another are one list."""
SMALL = 400
"""A task up to this length is about what one of its sentences says; a longer one only if its name says so."""
GOVERNS = 600
"""How far before a target the words stand that set its year."""

Fits = Callable[[str], bool]
"""Whether a name, of a task or an indicator, is of the subject."""


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """The tasks and targets of one column that concern the subject."""

    column: ComparisonColumn
    tasks: tuple[TaskRecord, ...]
    targets: tuple[TargetRecord, ...]


@dataclass(frozen=True, slots=True)
class SharedIndicator:
    """The targets of one indicator, by the number of their column."""

    indicator: str
    targets: dict[int, TargetRecord]


def collect_evidence(
    columns: Sequence[ComparisonColumn], cells: Sequence[Cell], topic: str | None, fits: Fits, view: LibraryView
) -> list[ColumnEvidence]:
    """Collect the tasks and targets of each column that concern the subject; none for a column with an empty cell."""
    told = {column.document.info.row for column, cell in zip(columns, cells, strict=True) if cell.text is not None}
    tasks, targets = _tasks_of(told, topic, view), _targets_of(told, topic, fits, view)
    out = []
    for column, cell in zip(columns, cells, strict=True):
        row = column.document.info.row
        quoted = [Span(c.start, c.end) for c in cell.citations]
        mine = [task for task in tasks.get(row, ()) if quoted and column.holds(task.span)]
        main = [task for task in mine if task.topics[:1] == (topic,)]
        around = [
            task for task in mine
            if any(task.span.overlaps(span) for span in quoted) and (fits(task.name) or len(task.span) <= SMALL)
        ]  # fmt: skip
        figures = [target for target in targets.get(row, ()) if quoted and column.holds(target.span)]
        out.append(ColumnEvidence(column, tuple(main or around), tuple(figures)))
    return out


def _tasks_of(rows: Iterable[int], topic: str | None, view: LibraryView) -> dict[int, list[TaskRecord]]:
    found: dict[int, list[TaskRecord]] = defaultdict(list)
    for fact in view.corpus.facts(TaskRecord, key=("topic", topic) if topic else None, documents=rows):
        found[fact.document].append(fact.value)
    return found


def _targets_of(rows: Iterable[int], topic: str | None, fits: Fits, view: LibraryView) -> dict[int, list[TargetRecord]]:
    """Targets of a topic, or those with a fitting indicator. Indicator names are tested before any record is read."""
    of_documents = set(rows)
    if topic is None:
        names = {key for _, key, _, _ in view.corpus.filed(["indicator"], documents=of_documents)}
        keys = ("indicator", [name for name in names if fits(name)])
    else:
        keys = ("topic", [topic])
    found: dict[int, list[TargetRecord]] = defaultdict(list)
    for fact in view.corpus.facts(TargetRecord, keys=keys, documents=of_documents):
        if fact.value.kind != "rule":
            found[fact.document].append(fact.value)
    return found


def build_rows(kept: Sequence[ColumnEvidence]) -> list[ComparisonRow]:
    """The rows that at least a third of the columns fill; those of one indicator have values to compare."""
    shared = _shared([[target for target in one.targets if target.kind == "target"] for one in kept])
    rows = [_row("任务", kept, _tasks)]
    rows += [
        ComparisonRow(
            f"目标：{measured.indicator}",
            tuple(_figure_cell(one.column, measured.targets.get(i)) for i, one in enumerate(kept)),
        )
        for measured in shared
    ]
    taken = {id(target) for measured in shared for target in measured.targets.values()}
    rows += [
        _row("其他目标与进展" if shared else "目标与进展", kept, partial(_others, taken=taken)),
    ]
    rows += [_row("责任单位", kept, _units), _row("完成时限", kept, _deadlines), _row("适用对象", kept, _beneficiaries)]
    return [row for row in rows if 3 * sum(bool(cell.text) for cell in row.cells) >= max(1, len(kept))]


def _figure_cell(column: ComparisonColumn, target: TargetRecord | None) -> Cell:
    cell = _cell(column, _figures(column, [target]) if target is not None else ())
    value = comparable_value(target) if target is not None else None
    if target is None or value is None:
        return cell
    return replace(cell, value=CellValue.of(target.value_text, value, target.by_year, target.kind))


Entries = Sequence[tuple[str, tuple[AnswerCitation, ...]]]
"""What a cell lists: each entry as shown, with the places it is taken from."""


def _row(aspect: str, kept: Sequence[ColumnEvidence], entries: Callable[[ColumnEvidence], Entries]) -> ComparisonRow:
    return ComparisonRow(aspect, tuple(_cell(one.column, entries(one)) for one in kept))


def _cell(column: ComparisonColumn, entries: Entries) -> Cell:
    info = column.document.info
    shown = list(dict(entries).items())[:EACH]
    citations = tuple(dict.fromkeys(citation for _, cited in shown for citation in cited))
    return Cell(column.name, info.source, "\n".join(text for text, _ in shown) or None, citations, info.id)


def _tasks(one: ColumnEvidence) -> Entries:
    document = one.column.document
    out = []
    for task in one.tasks:
        at = document.text.find(task.name, task.span.start, task.span.end)
        if at >= 0:
            out.append((flatten(task.name), (cite(document, Span(at, at + len(task.name))),)))
    return out


def _others(one: ColumnEvidence, taken: set[int]) -> Entries:
    """The first goals and the first results that no row of their own has."""
    entries: list[tuple[str, tuple[AnswerCitation, ...]]] = []
    for kind in ("target", "achieved"):
        figures = [target for target in one.targets if target.kind == kind and id(target) not in taken]
        entries += list(_figures(one.column, figures))[: EACH // 2]
    return entries


def _figures(column: ComparisonColumn, targets: Sequence[TargetRecord]) -> Entries:
    """The clause of each target, preceded by the words that set its year if those are elsewhere."""
    document = column.document
    out = []
    for target in targets:
        cited = [cite(document, target.span)]
        if target.deadline and target.deadline not in cited[0].quote:
            at = document.text.rfind(target.deadline, max(0, target.span.start - GOVERNS), target.span.start)
            if at >= 0:
                cited.insert(0, cite(document, Span(at, at + len(target.deadline))))
        out.append(("……".join(flatten(c.quote) for c in cited), tuple(cited)))
    return out


def _units(one: ColumnEvidence) -> Entries:
    """The lists of units of each task, as written; inherited units are left out."""
    document = one.column.document
    out = []
    for task in one.tasks:
        lists: list[Span] = []
        for unit in sorted((u for u in task.units if u.role != "actor" and not u.inherited), key=lambda u: u.span):
            if lists and unit.span.start - lists[-1].end <= WITHIN:
                lists[-1] = Span(lists[-1].start, max(lists[-1].end, unit.span.end))
            else:
                lists.append(unit.span)
        cited = tuple(cite(document, span) for span in lists)
        if cited:
            out.append(("；".join(flatten(c.quote) for c in cited), cited))
    return out


def _deadlines(one: ColumnEvidence) -> Entries:
    document = one.column.document
    out = []
    for task in one.tasks:
        at = document.text.find(task.deadline, task.span.start, task.span.end) if task.deadline else -1
        number = document.sentence_at(at) if at >= 0 else None
        if number is not None and not document.sentences[number].is_heading:
            cited = cite(document, _clause_at(document.text, document.sentences[number].span, at))
            out.append((flatten(cited.quote), (cited,)))
    return out


def _clause_at(text: str, sentence: Span, position: int) -> Span:
    """The clause around a position and the next one, cut at commas and semicolons."""
    marks = [i for i in range(sentence.start, sentence.end) if text[i] in "，,；;"]
    start = max((i + 1 for i in marks if i < position), default=sentence.start)
    behind = [i for i in marks if i > position]
    return Span(start, behind[1] if len(behind) > 1 else sentence.end).trimmed(text)


def _beneficiaries(one: ColumnEvidence) -> Entries:
    document = one.column.document
    cited: dict[str, AnswerCitation] = {}
    for task in one.tasks:
        for name in task.beneficiaries:
            at = document.text.find(name, task.span.start, task.span.end)
            if name not in cited and at >= 0:
                cited[name] = cite(document, Span(at, at + len(name)))
    return [("、".join(cited), tuple(cited.values()))] if cited else []


def _shared(targets: Sequence[Sequence[TargetRecord]]) -> list[SharedIndicator]:
    """Indicators with a target in more than one column, most columns first."""
    place = {id(target): i for i, mine in enumerate(targets) for target in mine}
    found: list[SharedIndicator] = []
    for group in align_targets([target for mine in targets for target in mine if target.value is not None]):
        by_column: dict[int, TargetRecord] = {}
        for target in group:
            by_column.setdefault(place[id(target)], target)
        if len(by_column) > 1:
            found.append(SharedIndicator(min((t.indicator for t in by_column.values()), key=len), by_column))
    return sorted(found, key=lambda m: -len(m.targets))[:SHARED_ROWS]
