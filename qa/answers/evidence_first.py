"""Answers that begin with the evidence: the items that answer, quoted whole, each document's together, nothing said twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.document import Span
from index.items import EvidenceItem
from qa.answer import AnswerCitation, Notice
from qa.answers.draft import AnswerDraft, AnswerLine, label_part, quote_line
from qa.documents import LibraryView
from qa.evidence.selector import Selection

REACH, MOST = 2.0, 6
"""How far behind the best item others are quoted too, and how many at most. Read off folds over three sets of questions, 2026-11:
the answer is among them for as many questions as among the best five, with three quoted on average."""
ELSEWHERE = 4.0
"""The same for the best item of another document, where the question names neither place nor document."""
DOUBTFUL = 0.4
"""From this doubt on the items are only what may be related. In folds over 172 questions 70 of 100 near misses lie above it, and 23 of
100 questions that have an answer."""
LINES = 3
"""Line breaks a document needs to have items. Where a page came as one line (records of a web harvest) the rules choose the sentence:
their first quote overlaps the reference answers of 648 questions on such pages by .48, a whole piece by .33 (ROUGE-L)."""
RELATED = Notice("related", "没有找到直接回答的原文，所引内容可能相关，请看原文。")


def quote_items(draft: AnswerDraft, selection: Selection, view: LibraryView, *, rules_first: bool, anywhere: bool) -> AnswerDraft:
    """Put the selected items into an answer.

    Args:
        draft: What the rules for this kind of question found.
        selection: The items of the passages found.
        view: The documents.
        anywhere: Whether the question names neither place nor document: what others say of it is part of the answer.
        rules_first: Whether the lines of the rules come first: counts, lists, values of several places.
    """
    if not selection.items or draft.status == "not_found":
        return draft
    if view.document(selection.items[0].document).text.count("\n") < LINES:
        return draft
    items = selection.near(REACH, MOST, elsewhere=ELSEWHERE if anywhere else 0.0)
    lines = _lines(items, view)
    parts = tuple(dict.fromkeys((item.document, view.document(item.document).part_at(item.span.start)) for item in items))
    if selection.doubt >= DOUBTFUL:
        return replace(draft, status="partial", lines=tuple(lines), notices=(RELATED,), parts=parts)
    if rules_first:
        return replace(draft, lines=(*draft.lines, *_new(lines, draft.lines)), parts=tuple(dict.fromkeys((*draft.parts, *parts))))
    return replace(draft, lines=(*lines, *_new(draft.lines, lines)), parts=tuple(dict.fromkeys((*parts, *draft.parts))))


def _lines(items: Sequence[EvidenceItem], view: LibraryView) -> list[AnswerLine]:
    """The best item on a line of its own, the others a line for each document part, in the order of the text."""
    by_part: dict[tuple[int, int], list[Span]] = {}
    for item in items[1:]:
        by_part.setdefault((item.document, view.document(item.document).part_at(item.span.start)), []).append(item.span)
    first = items[0]
    document = view.document(first.document)
    lines = [quote_line(label_part(document, document.parts[document.part_at(first.span.start)]), document, [first.span])]
    for (row, number), spans in by_part.items():
        document = view.document(row)
        lines.append(quote_line(label_part(document, document.parts[number]), document, spans))
    return lines


def _new(lines: Sequence[AnswerLine], known: Sequence[AnswerLine]) -> list[AnswerLine]:
    """The lines that quote something the known ones do not."""
    quoted = [citation for line in known for citation in line.citations]
    return [line for line in lines if not line.citations or not all(_inside(c, quoted) for c in line.citations)]


def _inside(citation: AnswerCitation, others: Sequence[AnswerCitation]) -> bool:
    return any(
        other.source_id == citation.source_id and other.start <= citation.start and citation.end <= other.end for other in others
    )
