"""Answers that begin with the evidence: the items that answer, quoted whole, each document's together, nothing said twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.document import Span
from corpus.titles import in_marks
from index.items import EvidenceItem
from qa.answer import AnswerCitation, Notice
from qa.answers.draft import AnswerDraft, AnswerLine, cite, label_at, label_part, quote_line
from qa.documents import DocumentView, LibraryView
from qa.evidence.constraints import SlotConstraints, Violation
from qa.evidence.lists import find_list
from qa.evidence.scope import SMALL
from qa.evidence.selector import Selection

MOST = 6
"""Items quoted at most."""
ELSEWHERE = 4.0
"""How far behind the best item the best one of another document may lie, where the question names neither place nor document."""


RELATED_FROM, RULES_FROM, SILENT_FROM = 0.33, 0.5, 0.75
"""The doubt from which on what is quoted is only what may be related, from which on what the rules found stands in front of the items,
and from which on the documents do not tell. Read off folds over seventeen sets of questions (2026-11): of 327 near misses in a library
of many documents .91 are refused or labelled, as are .21 of the right answers; .032 of the answerable are wrong without a label.
From ``RULES_FROM`` on the first line of the rules holds the fact for 38 of 61 questions, the best item for 18. What rules counted, or
found having read every document, is labelled from there on."""
RULES_SILENT_FROM, FEW_SILENT_FROM = 0.9, 0.25
"""… where the rules found something; where they read every document of a small library and found nothing."""
HOPELESS_FROM = 0.75
"""The doubt from which on the best item is not shown as the nearest where the rules refuse too."""
LINES = 3
"""Line breaks a document needs to have items. Where a page came as one line (records of a web harvest) the rules choose the sentence:
their first quote overlaps the reference answers of 648 questions on such pages by .48, a whole piece by .33 (ROUGE-L)."""
RELATED = Notice("related", "没有找到直接回答的原文，所引内容可能相关，请看原文。")


def quote_items(
    draft: AnswerDraft,
    selection: Selection,
    view: LibraryView,
    *,
    rules_first: bool,
    anywhere: bool,
    whole: bool = False,
    of_cells: bool = False,
) -> AnswerDraft:
    """Put the selected items into an answer.

    Args:
        draft: What the rules for this kind of question found.
        selection: The items of the passages found.
        view: The documents.
        rules_first: Whether the lines of the rules come first: counts, lists, values of several places.
        anywhere: Whether the question names neither place nor document: what others say of it is part of the answer.
        whole: Whether a list is asked for, so that the one that holds the best item is quoted to its end.
        of_cells: Whether the rules read the cells of a table. In a small library all was looked at, and items say nothing against what the
            rules read or counted there.
    """
    if not selection.items or view.document(selection.items[0].document).text.count("\n") < LINES:
        return draft
    told = draft.status != "not_found"
    if selection.violation is not None:
        best = selection.items[0]
        document = view.document(best.document)
        return refuse_other(selection.violation, document, cite(document, best.span)) if told and not rules_first else draft
    settled = told and (of_cells or rules_first) and len(view) <= SMALL
    if selection.doubt >= _silent_from(told=told, view=view) and not settled:
        return refuse_doubtful(selection, view, draft) if told or selection.doubt < HOPELESS_FROM else draft
    items = selection.near(MOST, elsewhere=ELSEWHERE if anywhere else 0.0)
    lines = _with_whole_list(items, view) if whole else _lines(items, view)
    parts = tuple(dict.fromkeys((item.document, view.document(item.document).part_at(item.span.start)) for item in items))
    unsure = selection.doubt >= RELATED_FROM
    by_rules = told and (rules_first or len(view) <= SMALL)
    doubtful = not settled and (selection.doubt >= RULES_FROM if by_rules else unsure)
    if told and (rules_first or selection.doubt >= RULES_FROM):
        # what is not sure to answer adds nothing to what was counted or compared
        first, then = [*draft.lines], [] if rules_first and unsure else _elsewhere(lines, draft.lines)
    else:
        first, then = lines, _beside(draft.lines if told else (), lines)
    return AnswerDraft(
        "partial" if doubtful else draft.status if told else "answered",
        (*first, *then),
        (*draft.notices, RELATED) if doubtful else draft.notices,
        tuple(dict.fromkeys((*parts, *draft.parts))),
        draft.nearest,
    )


def _silent_from(*, told: bool, view: LibraryView) -> float:
    """The doubt from which on nothing is told; where the rules have read every document and refuse, as soon as there is any."""
    if told:
        return RULES_SILENT_FROM
    return FEW_SILENT_FROM if len(view) <= SMALL else SILENT_FROM


def refuse_doubtful(selection: Selection, view: LibraryView, draft: AnswerDraft) -> AnswerDraft:
    """That nothing found answers, in the words of the rules where they refuse too, with the nearest of it.

    Of a hundred questions that are refused though the documents tell, it is the answer for about fifty.
    """
    first = selection.items[0]
    document = view.document(first.document)
    nearest = quote_line(f"最接近的原文是{label_at(document, first.span.start)}", document, [*first.heads, first.span])
    refusal = draft.lines if draft.status == "not_found" else ()
    said = [line for line in refusal if not line.citations] or [AnswerLine("文件未载明所问的内容，没有找到可以直接回答的原文。")]
    return AnswerDraft("not_found", (*said, replace(nearest, text=f"{nearest.text}（可能相关，请看原文）")))


def admit_lines(draft: AnswerDraft, constraints: SlotConstraints, view: LibraryView) -> AnswerDraft:
    """The lines of an answer that speak of what the question fixes; a refusal that says so where all quote something else."""
    if draft.status == "not_found":
        return draft
    kept: list[AnswerLine] = []
    refusal: AnswerDraft | None = None
    for line in draft.lines:
        quoted = [(view.document(view.by_id[c.source_id]), c) for c in line.citations if c.source_id in view.by_id]
        found = [constraints.find_violation(document, Span(c.start, c.end)) for document, c in quoted]
        if quoted and (first := found[0]) is not None and all(found):
            refusal = refusal or refuse_other(first, *quoted[0])
        else:
            kept.append(line)
    if refusal is None:
        return draft
    return replace(draft, lines=tuple(kept)) if any(line.citations for line in kept) else refusal


def refuse_other(violation: Violation, document: DocumentView, citation: AnswerCitation) -> AnswerDraft:
    """That the documents speak only of another place, year or edition, and where."""
    said = f"文件没有写到{violation.asked}的情况，只找到{violation.instead}的，见{label_at(document, citation.start)}的"
    title = in_marks(citation.title or document.info.source)
    line = AnswerLine(f"{said}{title}；不能当作{violation.asked}的答案。", (citation,), derived=(said, violation.asked))
    return AnswerDraft("not_found", (line,))


def _lines(items: Sequence[EvidenceItem], view: LibraryView) -> list[AnswerLine]:
    """The best item on a line of its own, the others a line for each document part, in the order of the text."""
    by_part: dict[tuple[int, int], list[Span]] = {}
    for item in items[1:]:
        by_part.setdefault((item.document, view.document(item.document).part_at(item.span.start)), []).extend(
            (*item.heads, item.span)
        )
    first = items[0]
    document = view.document(first.document)
    lines = [quote_line(label_at(document, first.span.start), document, [*first.heads, first.span])]
    for (row, number), spans in by_part.items():
        document = view.document(row)
        lines.append(quote_line(label_part(document, document.parts[number]), document, spans))
    return lines


def _with_whole_list(items: Sequence[EvidenceItem], view: LibraryView) -> list[AnswerLine]:
    """The lines of items, the first one grown to the list it stands in, with the number of its entries."""
    first = items[0]
    found = find_list(view.document(first.document).doc, first.span)
    if found is None:
        return _lines(items, view)
    span, count = found
    rest = [i for i in items[1:] if i.document != first.document or not (span.start <= i.span.start < span.end)]
    line, *lines = _lines([replace(first, span=span), *rest], view)
    return [replace(line, text=f"共 {count} 项。{line.text}", counts=(count,)), *lines]


def _beside(lines: Sequence[AnswerLine], known: Sequence[AnswerLine]) -> list[AnswerLine]:
    """The lines with a quote that overlaps none of the known ones: the same place in other borders is nothing new."""
    quoted = [citation for line in known for citation in line.citations]
    return [line for line in lines if not line.citations or not all(any(c.overlaps(q) for q in quoted) for c in line.citations)]


def _elsewhere(lines: Sequence[AnswerLine], known: Sequence[AnswerLine]) -> list[AnswerLine]:
    """The lines none of whose quotes is around a quote of the known ones, inside one, or said word for word in one of another document."""
    quoted = [(citation, _words(citation)) for line in known for citation in line.citations]

    def is_said(citation: AnswerCitation) -> bool:
        words = _words(citation)
        return any(citation.lies_in(other) or other.lies_in(citation) or words in said for other, said in quoted)

    return [line for line in lines if not any(map(is_said, line.citations))]


def _words(citation: AnswerCitation) -> str:
    """A quote without white space."""
    return "".join(citation.quote.split())
