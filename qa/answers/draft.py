"""The pieces an answer is put together from: lines of text, each with the places it is taken from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.divisions import NATION
from corpus.document import LEVELS, Span
from qa.answer import AnswerCitation, Notice, Status
from qa.documents import Part, Shelved
from qa.evidence.scope import Found


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer; everything it states stands in its citations."""

    text: str
    citations: tuple[AnswerCitation, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is checked."""

    status: Status
    lines: tuple[Line, ...]
    notices: tuple[Notice, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    """(document row, part number) the answer rests on."""


def cite(shelved: Shelved, span: Span) -> AnswerCitation:
    """Cite a stretch of a document, with the head matter that governs it there."""
    span = span.trimmed(shelved.text)
    head = shelved.parts[shelved.part_at(span.start)].head
    return AnswerCitation(
        source_id=shelved.info.id,
        source=shelved.info.source,
        title=head.title or shelved.info.head.title,
        doc_number=head.doc_number,
        region=head.region or shelved.info.head.region,
        section_path=shelved.doc.heading_path(span.start),
        quote=span.of(shelved.text),
        start=span.start,
        end=span.end,
        page=shelved.doc.page_at(span.start),
    )


def label(shelved: Shelved, part: Part) -> str:
    """What a line begins with: the region's short name, else the issuer, else the title."""
    draft = "（征求意见稿）" if part.draft else ""
    if part.division is not None and part.division != NATION:
        return part.division.short + draft
    if part.division == NATION or part.head.level == "国家":
        issuer = part.head.issuers[0] if part.head.issuers else ""
        return f"国家（{issuer}）" if issuer and len(issuer) <= 20 else "国家"
    if part.head.issuers and len(part.head.issuers[0]) <= 20:
        return part.head.issuers[0] + draft
    title = part.head.title or shelved.info.head.title
    # a file name is no quote: its digits must not look like figures of the text
    return f"《{title[:40]}》" if title else "一份未署名的文件"


def level_order(part: Part) -> tuple[int, str]:
    """The key that puts parts in the order 国家 → 省 → 市州 → 县."""
    if part.division is not None:
        return LEVELS.index(part.division.level), part.division.code
    return (LEVELS.index(part.head.level) if part.head.level else len(LEVELS)), ""


def by_part(found: Iterable[Found]) -> dict[tuple[int, int], list[Found]]:
    """Sentences by the part they stand in, in the order given."""
    groups: dict[tuple[int, int], list[Found]] = {}
    for item in found:
        groups.setdefault((item.row, item.sentence.part), []).append(item)
    return groups


def quoted_line(prefix: str, shelved: Shelved, spans: Sequence[Span]) -> Line:
    """A line that quotes stretches of one document in their order; neighbours are joined."""
    citations = tuple(cite(shelved, span) for span in merged(spans, shelved.text))
    return Line(f"{prefix}：" + "……".join(f"“{flat(c.quote)}”" for c in citations), citations)


def merged(spans: Sequence[Span], text: str) -> list[Span]:
    """Spans in order, those that touch made one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and not text[out[-1].end : max(out[-1].end, span.start)].strip():
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def flat(quote: str) -> str:
    """A quote on one line."""
    return " ".join(quote.split())
