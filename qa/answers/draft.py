"""Drafts of answers 答案草稿: lines of text with their citations, and the functions that quote documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.divisions import NATION
from corpus.document import LEVELS, Span
from index.passages import Hit
from qa.answer import AnswerCitation, AnswerFigure, Grade, Notice, Status
from qa.answers.borders import mend_borders
from qa.documents import DocumentPart, DocumentView
from qa.evidence.scope import ScoredSentence


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line of an answer; everything it states is in its citations, but for what the program counted itself."""

    text: str
    citations: tuple[AnswerCitation, ...] = ()
    counts: tuple[int, ...] = ()
    """The numbers in the text that are counts of what is listed: 共 12 项."""
    derived: tuple[str, ...] = ()
    """Stretches of the text that the program concluded itself: a status with its reason, an end worked out from a term."""
    slot: str = ""
    """What it tells, where the question asks for several things; else what the question asks for."""
    grade: Grade | None = None
    """How it answers its part of such a question; else as the whole answer does."""
    figures: tuple[AnswerFigure, ...] = ()
    """The figures it tells, where it is a row of a table of figures."""


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer before the guard has checked it."""

    status: Status
    lines: tuple[AnswerLine, ...]
    notices: tuple[Notice, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    """(document row, part number) the answer rests on."""
    nearest: tuple[Hit, ...] = ()
    """Passages to look at instead: of the documents that a name may mean."""
    decided: bool = False
    """Whether its first line holds a number of the question against that of the quote (不对)."""
    final: bool = False
    """Whether nothing is quoted beside it: a person is asked back, or there is nothing to quote."""
    table: bool = False
    """Whether its lines are the rows of a table that is shown whole."""


def cite(document: DocumentView, span: Span) -> AnswerCitation:
    """The citation of a span grown to true borders, with the metadata of the document or attached document around it."""
    span = mend_borders(document.text, span.trimmed(document.text))
    head = document.parts[document.part_at(span.start)].head
    return AnswerCitation(
        source_id=document.info.id,
        source=document.info.source,
        title=head.title or document.info.head.title,
        doc_number=head.doc_number,
        region=head.region or document.info.head.region,
        section_path=document.doc.heading_path(span.start),
        quote=span.of(document.text),
        start=span.start,
        end=span.end,
        page=document.doc.page_at(span.start),
    )


def title_span(document: DocumentView) -> Span:
    """The title of a document in its text, else its first line."""
    span = document.info.head.spans.get("title")
    if span is not None and len(span):
        return span
    text = document.text
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return Span(start, end if end >= 0 else min(len(text), start + 80))


def label_part(document: DocumentView, part: DocumentPart) -> str:
    """The label of a line: the short name of the region, else the issuer, else the title."""
    draft = "（征求意见稿）" if part.draft else ""
    if part.division is not None and part.division != NATION:
        return part.division.short + draft
    if part.division == NATION or part.head.level == "国家":
        issuer = part.head.issuers[0] if part.head.issuers else ""
        return f"国家（{issuer}）" if issuer and len(issuer) <= 20 else "国家"
    if part.head.issuers and len(part.head.issuers[0]) <= 20:
        return part.head.issuers[0] + draft
    title = part.head.title or document.info.head.title
    # a file name is no quote: its digits must not look like figures of the text
    return f"《{title[:40]}》" if title else "一份未署名的文件"


def label_at(document: DocumentView, position: int) -> str:
    """The label of a line that quotes a place of a document."""
    return label_part(document, document.parts[document.part_at(position)])


def level_order(part: DocumentPart) -> tuple[int, str]:
    """A sort key for the order 国家, 省, 市州, 县."""
    if part.division is not None:
        return LEVELS.index(part.division.level), part.division.code
    return (LEVELS.index(part.head.level) if part.head.level else len(LEVELS)), ""


def group_by_part(found: Iterable[ScoredSentence]) -> dict[tuple[int, int], list[ScoredSentence]]:
    """Group sentences by document part, keeping their order."""
    groups: dict[tuple[int, int], list[ScoredSentence]] = {}
    for item in found:
        groups.setdefault((item.row, item.sentence.part), []).append(item)
    return groups


def quote_line(prefix: str, document: DocumentView, spans: Sequence[Span]) -> AnswerLine:
    """A line that quotes spans of one document in the order of the text; adjacent spans become one quote."""
    citations = tuple(cite(document, span) for span in merge_spans(spans, document.text))
    return AnswerLine(f"{prefix}：" + "……".join(f"“{flatten(c.quote)}”" for c in citations), citations)


def merge_spans(spans: Sequence[Span], text: str) -> list[Span]:
    """Sort spans and join those with nothing but blanks between them."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and not text[out[-1].end : max(out[-1].end, span.start)].strip():
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def flatten(quote: str) -> str:
    """The quote on one line: every run of white space becomes one space."""
    return " ".join(quote.split())
