"""What a whole document says 全文概要: asked about by its number or title alone. Its outline, its tasks and figures, all quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Section, Span
from corpus.folding import fold
from graph.codec.records import TargetRecord
from graph.documents.named import describe_document
from graph.documents.status import status_on
from graph.documents.versions import day_of
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, title_span
from qa.documents import DocumentPart, DocumentView
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind

PARTS, FIGURES = 30, 6
"""Headings and figures quoted at most."""
HEADING = 60
"""A heading of more characters is a paragraph with a number; its first sentence is quoted."""


def answer_whole_document(inquiry: Inquiry) -> AnswerDraft | None:
    """Head matter, outline and figures of the document named; None where none is named for certain."""
    rows = [row for row in inquiry.parsed.documents if row in inquiry.view.infos]
    if len(rows) != 1:
        return None
    document = inquiry.view.document(rows[0])
    info = document.info
    status = status_on(inquiry.view.corpus, info, inquiry.as_of).status
    known = (describe_document(info), "、".join(info.head.issuers), day_of(info), status if status != "未载明" else None)
    said = "，".join(part for part in known if part)
    lines = [AnswerLine(said, (cite(document, title_span(document)),), derived=(said,))]
    within = _part_named(document, inquiry)
    lines += _outline(document, within.span)
    lines += _figures(document, inquiry)
    parts = ((rows[0], document.parts.index(within)),)
    return AnswerDraft("answered", tuple(lines), parts=parts, final=True)


KIND = QuestionKind("whole_document", answer_whole_document, is_list=True, complete=True)


def _part_named(document: DocumentView, inquiry: Inquiry) -> DocumentPart:
    """The attached document whose title the question has, else the whole."""
    asked = inquiry.parsed.folded
    titled = [part for part in document.parts if part.attached and part.head.title and _plain(part.head.title) in _plain(asked)]
    return titled[0] if titled else document.parts[-1]


def _plain(text: str) -> str:
    return re.sub(r"[《》〈〉“”()（）\s]|征求意见稿", "", fold(text))


def _outline(document: DocumentView, within: Span) -> list[AnswerLine]:
    """The headings of the highest level that has several inside a stretch, in order, each quoted."""
    headings = _main_parts([section for section in document.doc.outline if within.start <= section.start < within.end])
    if not headings:
        return []
    shown = headings[:PARTS]
    said = f"全文的主要部分有 {len(headings)} 个" + ("：" if len(shown) == len(headings) else f"，前 {len(shown)} 个是：")
    lines = [AnswerLine(said, derived=(said,))]
    for section in shown:
        citation = cite(document, _heading(section, document))
        lines.append(AnswerLine(flatten(citation.quote), (citation,)))
    return lines


def _main_parts(outline: Sequence[Section]) -> list[Section]:
    """The numbered sections of the smallest depth that two or more of them share."""
    numbered = [section for section in outline if section.number is not None and not section.number.startswith("附")]
    for depth in sorted({section.depth for section in numbered}):
        same = [section for section in numbered if section.depth == depth]
        if len(same) > 1:
            return same
    return list(numbered)


def _heading(section: Section, document: DocumentView) -> Span:
    """The heading, or of one that is a whole paragraph the first sentence."""
    if len(section.span) <= HEADING:
        return section.span
    index = document.sentence_at(section.span.start)
    return document.sentences[index].span if index is not None else Span(section.start, section.start + HEADING)


def _figures(document: DocumentView, inquiry: Inquiry) -> list[AnswerLine]:
    """How many tasks and figures it sets, and the first goals with a value."""
    corpus, rows = inquiry.view.corpus, [document.info.row]
    tasks = corpus.count_facts(("task",), rows).get(rows[0], 0)
    targets = [fact.value for fact in corpus.facts(TargetRecord, documents=rows)]
    goals = [target for target in targets if target.kind == "target" and target.value is not None]
    if not tasks and not targets:
        return []
    said = f"写明任务 {tasks} 条、指标 {len(targets)} 个，其中目标 {len(goals)} 个" + ("：" if goals else "。")
    lines = [AnswerLine(said, derived=(said,))]
    quoted: list[Span] = []
    for goal in goals:
        index = document.sentence_at(goal.start)
        span = document.sentences[index].span if index is not None else Span(goal.start, goal.end)
        if span not in quoted and len(quoted) < FIGURES:
            quoted.append(span)
            citation = cite(document, span)
            lines.append(AnswerLine(flatten(citation.quote), (citation,)))
    return lines
