"""Values that stand in tables and ledgers 指标表与台账: from the extracted targets and tasks, where no sentence tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.document import Span
from corpus.folding import fold
from graph.codec.records import TargetRecord, TaskRecord
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_at, label_part
from qa.documents import DocumentView
from qa.evidence.cells import FoundCell, find_cells, group_cells
from qa.evidence.inquiry import Inquiry
from qa.understanding.question import ParsedQuestion

ALIKE = 0.7
"""The share of the question that an indicator or a task's name must hold."""
SHOWN = 3
LISTED = 30
"""Cells of a column that are named."""

_WORD = re.compile(r"[\w√○●◎]")
_UNIT_HEAD = re.compile(r"^(?:计量)?单位$")
_UNIT_LABEL = re.compile(r"^(?:计量)?单位\s*[：:]\s*")
_SHARE = re.compile("率|比|增长|增速|增幅|占")
_BRACKET = re.compile(r"[(（]([^()（）、]{1,10})[)）]\s*$")
_DIVISION = re.compile("[省市州县区旗乡镇村]$")


def quote_cells(parsed: ParsedQuestion, documents: Iterable[DocumentView]) -> AnswerDraft | None:
    """The cells that answer, each named by its row and its column, with its unit; None where no cell is asked for.

    Args:
        parsed: The question.
        documents: The documents whose tables are looked at, the likeliest first.
    """
    # a cell of signs only (×, |) answers nothing unless it marks its column
    found = [cell for cell in find_cells(parsed, documents) if cell.mark or _WORD.search(cell.value.of(cell.document.text))]
    if not found:
        return None
    lines = tuple(_line_of(group) for group in group_cells(found))
    parts = tuple(dict.fromkeys((cell.document.info.row, cell.document.part_at(cell.value.start)) for cell in found))
    return AnswerDraft("answered", lines, parts=parts, decided=True)


def _line_of(group: list[FoundCell]) -> AnswerLine:
    """The line of the cells of one row: 甘南州，参保人数 2023年：66.1（单位：万人）."""
    first = group[0]
    document, text = first.document, first.document.text
    if first.whole:
        return _line_of_column(group)
    row = "，".join(flatten(span.of(text)) for span in first.row)
    quoted = [*first.row]
    told: list[str] = []
    if first.mark:
        told.append("、".join(_path(text, cell.column) for cell in group))
        told[0] += f"（{'、'.join(dict.fromkeys(cell.value.of(text).strip() for cell in group))}）"
    for cell in group:
        quoted += [*cell.column, cell.value]
        if first.mark:
            continue
        unit = _unit_of(cell)
        value = flatten(cell.value.of(text))
        shown = ""
        if unit is not None and unit[0] not in value + _path(text, cell.column):
            quoted.append(unit[1])
            shown = f"（单位：{unit[0]}）"
        told.append(f"{_path(text, cell.column)}：{value}{shown}")
    named = f"{row}：" if first.mark else f"{row}，" if row else ""
    named = f"{first.extreme}的是{named}" if first.extreme else named
    citations = tuple(cite(document, span) for span in sorted(dict.fromkeys(quoted)) if len(span.trimmed(text)))
    return AnswerLine(f"{label_at(document, first.value.start)}：{named}{'；'.join(told)}。", citations)


def _line_of_column(group: list[FoundCell]) -> AnswerLine:
    """The line of a column that is asked for as a whole: how many, and which."""
    document, text = group[0].document, group[0].document.text
    values = list(dict.fromkeys(flatten(cell.value.of(text)) for cell in group))
    shown = "、".join(values[:LISTED]) + ("等" if len(values) > LISTED else "")
    quoted = [*group[0].column, *(cell.value for cell in group[:LISTED])]
    citations = tuple(cite(document, span) for span in sorted(dict.fromkeys(quoted)))
    label = label_at(document, group[0].value.start)
    return AnswerLine(f"{label}：{_path(text, group[0].column)}共 {len(values)} 项：{shown}。", citations, (len(values),))


def _path(text: str, column: Iterable[Span]) -> str:
    return " ".join(flatten(span.of(text)) for span in column)


def _unit_of(cell: FoundCell) -> tuple[str, Span] | None:
    """The unit of a figure and where it is said: a column of its own, the bracket behind a header, the line over the table."""
    text = cell.document.text
    if not re.fullmatch(r"[^\u4e00-\u9fffA-Za-z]*", cell.value.of(text)):
        return None
    row = next((row for row in cell.cells.rows if cell.value in row.cells), None)
    for place, column in enumerate(cell.cells.columns):
        if row is not None and _UNIT_HEAD.match(_path(text, column)) and (unit := row.cells[place].of(text).strip()):
            return unit, row.cells[place]
    for span in (*reversed(cell.column), *reversed(cell.row)):
        bracket = _BRACKET.search(span.of(text))
        if bracket and not _DIVISION.search(bracket[1]):
            return bracket[1], span
    for line in cell.cells.units:
        units = re.split("[、，,/；;](?!升|月|年|日|人|户|件|亩)", _UNIT_LABEL.sub("", line.of(text)))
        shares = [unit for unit in units if unit in ("%", "％", "‰")]
        others = [unit for unit in units if unit not in shares]
        fits = shares if shares and _SHARE.search(_path(text, cell.column)) else others
        return "、".join(fits) if fits else units[0], line
    return None


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
