"""Implementation of an upper document by a lower one 落实对照: for each task and target whether it is written, partly, or not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.document import Span
from corpus.wordlists import word_lists
from graph.alignment.coverage import CoveredTarget, CoveredTask, coverage
from graph.alignment.grades import GRADES, PART, DemandGrade, DemandWords, grade_target, raise_grade, without_marks
from graph.codec.records import TargetRecord, TaskRecord
from qa.answer import AnswerCitation, Cell, Comparison, ComparisonRow
from qa.answers.draft import cite, flatten, merge_spans
from qa.comparison.columns import ComparisonColumn
from qa.documents import LibraryView, Sentence

UNDER_HEADING = 0.95
"""What a demand that a sentence says only together with the heading above it counts."""
SAME, MEASURES = 12, 600
"""Characters that must be the same word by word for a measure to be taken up, and how far a task's measures are read."""
SHORT = 40
"""Characters of a sentence up to which it takes up one demand by the same words, not several."""
CAUTION = "对照按字词和数判断，未写到的请翻看原文再下结论。"


@dataclass(frozen=True, slots=True)
class TakenUp:
    """How a lower document takes up a demand: the grade, and the sentence that decides with its heading."""

    grade: DemandGrade
    citations: tuple[AnswerCitation, ...] = ()
    span: Span | None = None


def compare_implementation(upper: ComparisonColumn, lower: ComparisonColumn, view: LibraryView, *, as_of: dt.date) -> Comparison:
    """A row for each task and target of the upper document, with the lower document's counterpart, its grade and what decides."""
    found = coverage(view.corpus, upper.document.info.row, lower.document.info.row)
    tasks = [entry for entry in found.tasks if upper.holds(entry.upper.span)]
    targets = [entry for entry in found.targets if upper.holds(entry.upper.span)]
    taken = grade_tasks(tasks, lower)
    rows = [_task_row(upper, lower, entry, up) for entry, up in zip(tasks, taken, strict=True)]
    rows += [_target_row(upper, lower, entry) for entry in targets]
    return Comparison(
        question=f"{upper.name}与{lower.name}",
        topic=None,
        regions=(upper.name, lower.name),
        rows=tuple(rows),
        differences=tuple(_said(rows, upper, lower)),
        columns=(upper.head(view, as_of), lower.head(view, as_of)),
        form="落实对照",
    )


def compare_chain(columns: Sequence[ComparisonColumn], view: LibraryView, *, as_of: dt.date) -> Comparison:
    """How the demands of the uppermost of several documents (国 → 省 → 市) are taken up by each of the others.

    The grade of a row is that of the lowest document; its reason gives the grade of every level.
    """
    upper, *lower = columns
    steps = [compare_implementation(upper, column, view, as_of=as_of) for column in lower]
    rows, broken = [], []
    for matched in zip(*(step.rows for step in steps), strict=True):
        told = "；".join(f"{c.name}：{row.grade}（{row.because}）" for c, row in zip(lower, matched, strict=True))
        cells = (matched[0].cells[0], *(row.cells[1] for row in matched))
        rows.append(ComparisonRow(matched[0].aspect, cells, matched[-1].grade, told))
        broken.append(_broken(matched, lower))
    names = tuple(column.name for column in columns)
    heads = tuple(column.head(view, as_of) for column in columns)
    counts = [line for column, step in zip(lower, steps, strict=True) for line in _count_grades(step.rows, upper, column)]
    said = (*counts, CAUTION, *(line for line in broken if line))
    return Comparison("→".join(names), None, names, tuple(rows), said, columns=heads, form="落实对照")


def _broken(rows: Sequence[ComparisonRow], lower: Sequence[ComparisonColumn]) -> str | None:
    """Where a demand is lost on the way down; None where the lowest level has it."""
    at = next((n for n, row in enumerate(rows) if row.grade == "未写到"), None)
    if at is None:
        return None
    later = [column.name for column, row in zip(lower[at + 1 :], rows[at + 1 :], strict=True) if row.grade != "未写到"]
    again = f"，{'、'.join(later)}又写到" if later else ""
    return f"{rows[0].aspect}：到{lower[at].name}未写到{again}。"


def grade_tasks(tasks: Sequence[CoveredTask], column: ComparisonColumn) -> list[TakenUp]:
    """Grade the tasks of an upper document, in their order, by the sentences of a lower one and by its tasks."""
    taken = grade_demands([entry.upper.name for entry in tasks], column)
    verbatim = _verbatim(column)
    out = []
    for entry, up in zip(tasks, taken, strict=True):
        raised = raise_grade(up.grade, entry.score, entry.lower.name, entry.words) if entry.lower is not None else up.grade
        if raised is not up.grade and entry.lower is not None:
            cited = cite(column.document, _opening(column, entry.lower))
            out.append(TakenUp(raised, (cited,), entry.lower.span))
        elif up.grade.grade == "未写到" and (same := _same_words(entry.upper, verbatim)) is not None:
            words, number = same
            sentence = column.document.sentences[number]
            reason = f"名称没有见到；措施中的“{words}”写到"
            grade = DemandGrade("部分写到", PART, (words,), up.grade.lacking, reason)
            out.append(TakenUp(grade, _cited(column, sentence), sentence.span))
        else:
            out.append(up)
    return out


def _verbatim(column: ComparisonColumn) -> dict[str, int]:
    """Where stretches of ``SAME`` characters of a document first stand, by sentence."""
    found: dict[str, int] = {}
    for number in column.sentences:
        text = without_marks(column.document.sentences[number].folded)
        for at in range(len(text) - SAME + 1):
            found.setdefault(text[at : at + SAME], number)
    return found


def _same_words(task: TaskRecord, verbatim: Mapping[str, int]) -> tuple[str, int] | None:
    """The longest stretch of a task's measures that the lower document has word by word, and the sentence that has it."""
    text = without_marks(task.quote)[:MEASURES]
    best: tuple[str, int] | None = None
    at = 0
    while at + SAME <= len(text):
        number = verbatim.get(text[at : at + SAME])
        if number is None:
            at += 1
            continue
        size = SAME
        while verbatim.get(text[at + size + 1 - SAME : at + size + 1]) == number and at + size < len(text):
            size += 1
        if best is None or size > len(best[0]):
            best = text[at : at + size], number
        at += size
    return best


def grade_demands(demands: Sequence[str], column: ComparisonColumn) -> list[TakenUp]:
    """Grade demands, in their order, by the sentence of a document that says most of each.

    What a document tells of the past takes up nothing. A short sentence takes up one demand by the same words, not several.

    Args:
        demands: The names of the upper document's tasks.
        column: The lower document.
    """
    document = column.document
    review = word_lists("qa")["review_headings"]
    sentences = [
        document.sentences[i]
        for i in column.sentences
        if not document.sentences[i].is_units and not any(word in document.sentences[i].leaf for word in review)
    ]
    words = DemandWords(demands, [sentence.folded for sentence in sentences])
    best = [_best(demand, sentences, words) for demand in demands]
    out: list[TakenUp] = []
    for number, (demand, (share, sentence)) in enumerate(zip(demands, best, strict=True)):
        if sentence is None or share < PART:
            out.append(TakenUp(words.grade(demand, "")))
            continue
        said = sentence.folded if words.share(demand, sentence.folded) >= share else f"{sentence.leaf}。{sentence.folded}"
        grade = words.grade(demand, said)
        rival = _rival(number, demands, best, grade, sentence)
        if rival is not None and grade.grade == "写到":
            grade = replace(grade, grade="部分写到", reason=f"{grade.reason}；同一句已对应“{demands[rival]}”")
        if grade.grade == "未写到":
            out.append(TakenUp(grade))
        else:
            out.append(TakenUp(grade, _cited(column, sentence), sentence.span))
    return out


def _best(demand: str, sentences: Sequence[Sentence], words: DemandWords) -> tuple[float, Sentence | None]:
    """The sentence that says most of a demand, of equals a heading: what stands under it is on the demand as a whole."""
    scored = []
    for number, sentence in enumerate(sentences):
        share = words.share(demand, sentence.folded)
        if share < 1.0 and sentence.leaf and not sentence.is_heading:
            share = max(share, UNDER_HEADING * words.share(demand, f"{sentence.leaf}。{sentence.folded}"))
        if share >= PART:
            scored.append((round(share, 3), sentence.is_heading, round(words.likeness(demand, sentence.folded), 2), -number))
    if not scored:
        return 0.0, None
    share, _, _, number = max(scored)
    return share, sentences[-number]


def _rival(
    number: int, demands: Sequence[str], best: Sequence[tuple[float, Sentence | None]], grade: DemandGrade, sentence: Sentence
) -> int | None:
    """Another demand that a short sentence says more of by the same words."""
    if len(sentence.span) > SHORT:
        return None
    for other, (share, theirs) in enumerate(best):
        more = other != number and theirs is sentence and (share, -other) > (best[number][0], -number)
        if more and any(word in demands[other] for word in grade.words):
            return other
    return None


def _cited(column: ComparisonColumn, sentence: Sentence) -> tuple[AnswerCitation, ...]:
    """The sentence with the heading of its section in front; a heading with the first sentence under it."""
    document = column.document
    section = document.doc.section_at(sentence.span.start)
    spans = [sentence.span]
    if section is not None and section.kind in ("heading", "item"):
        inside = [document.sentences[i] for i in document.between(Span(section.start, section.whole.end))]
        if sentence.is_heading:
            spans += [under.span for under in inside if not under.is_heading][:1]
        else:
            spans = [under.span for under in inside[:1] if under.is_heading] + spans
    return tuple(cite(document, span) for span in merge_spans(spans, document.text))


def _task_row(upper: ComparisonColumn, lower: ComparisonColumn, entry: CoveredTask, taken: TakenUp) -> ComparisonRow:
    mine, theirs = _cell(upper, entry.upper), _cell(lower, None)
    if taken.citations:
        theirs = replace(theirs, text="\n".join(flatten(c.quote) for c in taken.citations), citations=taken.citations)
    return ComparisonRow(f"任务：{entry.upper.name[:40]}", (mine, theirs), taken.grade.grade, taken.grade.reason)


def _target_row(upper: ComparisonColumn, lower: ComparisonColumn, entry: CoveredTarget) -> ComparisonRow:
    # a task may be taken up under another name; a target only by a figure for the same indicator
    grade = grade_target(entry.upper, entry.lower)
    cells = (_cell(upper, entry.upper), _cell(lower, entry.lower))
    return ComparisonRow(f"目标：{entry.upper.indicator[:40]}", cells, grade.grade, grade.reason)


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


def _said(rows: Sequence[ComparisonRow], upper: ComparisonColumn, lower: ComparisonColumn) -> list[str]:
    out = [*_count_grades(rows, upper, lower), CAUTION]
    for grade in ("未写到", "部分写到"):
        out += [f"{grade}：{row.aspect}（{row.because}）" for row in rows if row.grade == grade]
    return out


def _count_grades(rows: Sequence[ComparisonRow], upper: ComparisonColumn, lower: ComparisonColumn) -> list[str]:
    """How many tasks and targets of the upper document have each grade."""
    out = []
    for noun in ("任务", "目标"):
        grades = Counter(row.grade for row in rows if row.aspect.startswith(noun))
        if grades:
            told = "，".join(f"{grade} {grades[grade]} 项" for grade in GRADES)
            out.append(f"{upper.name}的文件有{noun} {sum(grades.values())} 项，{lower.name}的文件{told}。")
    return out
