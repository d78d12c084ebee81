"""Values that stand in tables and ledgers 指标表与台账: from the extracted targets and tasks, where no sentence tells them."""

from __future__ import annotations

from corpus.document import Span
from corpus.folding import fold
from graph.codec.records import TargetRecord, TaskRecord
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_part
from qa.documents import DocumentView
from qa.evidence.inquiry import Inquiry

ALIKE = 0.7
"""The share of the question that an indicator or a task's name must hold."""
SHOWN = 3


def quote_target(inquiry: Inquiry) -> AnswerDraft | None:
    """The value of the indicator asked for, in the year asked for where the question names one."""
    wanted, scope, view = inquiry.wanted, inquiry.scope, inquiry.view
    found: list[tuple[float, DocumentView, Span, str]] = []
    years = inquiry.parsed.understood.years
    for fact in view.corpus.facts(TargetRecord, documents=scope.rows):
        value = fact.value
        if not value.place or not value.value_text:
            continue
        document = view.document(fact.document)
        if (fact.document, document.part_at(fact.span.start)) not in scope.parts:
            continue
        fit = wanted.coverage(fold(f"{value.indicator} {value.by_year or ''} {value.place}"))
        if fit < ALIKE or (years and value.by_year not in (None, *years)):
            continue
        fit += 0.3 * wanted.closeness(fold(value.indicator)) + (0.1 if years and value.by_year in years else 0.0)
        fit += 0.1 if value.kind == "target" else 0.0
        # the unit of a table stands in a column of its own: it is named beside the value, not run into it
        unit = f"（单位：{value.unit}）" if value.unit and value.unit not in value.value_text else ""
        found.append((fit, document, fact.span, f"{value.indicator}：{value.value_text}{unit}"))
    return _draft(found)


def quote_deadline(inquiry: Inquiry) -> AnswerDraft | None:
    """The date by which a task of a ledger is to be done."""
    wanted, scope, view = inquiry.wanted, inquiry.scope, inquiry.view
    found: list[tuple[float, DocumentView, Span, str]] = []
    for fact in view.corpus.facts(TaskRecord, documents=scope.rows):
        value = fact.value
        document = view.document(fact.document)
        if not value.deadline or (fact.document, document.part_at(fact.span.start)) not in scope.parts:
            continue
        fit = wanted.coverage(fold(value.name)) + 0.3 * wanted.closeness(fold(value.name))
        if fit >= ALIKE:
            found.append((fit, document, fact.span, f"{value.name}：{value.deadline}"))
    return _draft(found)


def _draft(found: list[tuple[float, DocumentView, Span, str]]) -> AnswerDraft | None:
    if not found:
        return None
    found.sort(key=lambda item: (-item[0], item[1].info.row, item[2].start))
    chosen = [item for item in found if item[0] >= 0.97 * found[0][0]][:SHOWN]
    lines = []
    for _, document, span, told in chosen:
        part = document.parts[document.part_at(span.start)]
        row = _row(document.text, span)
        citation = cite(document, row)
        lines.append(AnswerLine(f"{label_part(document, part)}：{flatten(told)}。原文：“{flatten(citation.quote)}”", (citation,)))
    return AnswerDraft("answered", tuple(lines), parts=tuple((s.info.row, s.part_at(span.start)) for _, s, span, _ in chosen))


def _row(text: str, span: Span) -> Span:
    """The whole line of a table around a cell."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    row = Span(start, end if end >= 0 else len(text))
    return row if len(row) <= 400 else span
