"""Where a document is signed 落款: organ and date at its end, together or on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.document import Span
from ingest.lexicon import expand
from ingest.lines.dates import date_at, find_dates, may_end_date
from ingest.lines.lines import TextLine
from ingest.lines.marks import mark_at
from ingest.lines.organs import is_organ

CLOSED = re.compile(
    expand(r"[（(]?{these_documents}?.{0,6}公开.{0,4}[)）]?$|[（(].{2,40}代章[)）]$|抄送[:：].{0,200}|{contacts}.{0,80}")
)


@dataclass(slots=True)
class SignaturePiece:
    """One part of the text by line indices ``[first, last)``; ``body`` is its first line after label and title."""

    first: int
    last: int
    body: int
    label: Span | None = None
    title: Span | None = None
    named: bool = False


@dataclass(slots=True)
class SignatureParts:
    """The lines of a document divided: the main document, the attached ones, the signature and the lists of attachments."""

    main: SignaturePiece
    attached: list[SignaturePiece] = field(default_factory=list)
    signoff: set[int] = field(default_factory=set)
    signers: list[Span] = field(default_factory=list)
    signed_on: tuple[str, Span] | None = None
    listings: list[tuple[int, int]] = field(default_factory=list)


def ends_letter(text: str, line: TextLine) -> bool:
    """Whether a letter ends with this line: a date, organ and date, （此件公开发布）."""
    return (
        date_at(text, line.start, line.end) is not None
        or is_signature_line(text, line)
        or CLOSED.fullmatch(text[line.start : line.end]) is not None
    )


def is_signature_line(text: str, line: TextLine) -> bool:
    """Whether a line is organ and date together: 某市人民政府办公室2023年5月31日."""
    if line.end - line.start > 80:
        return False
    dates = list(find_dates(text, line.start, line.end))
    if not dates:
        return False
    last = dates[-1][1]
    return not text[last.end : line.end].strip(" 　)）") and is_organ(text[line.start : last.start].strip(" 　（("))


def find_signature(text: str, lines: Sequence[TextLine], parts: SignatureParts) -> None:
    """Find 落款: the date line and the organs above it, in the main document (the last such place counts)."""
    main = parts.main
    for i in range(main.last - 1, main.body - 1, -1):
        line = lines[i]
        if not may_end_date(text[line.end - 1]):
            continue
        found = date_at(text, line.start, line.end)
        glued = found is None and is_signature_line(text, line)
        if not found and not glued:
            continue
        first = i
        signers: list[Span] = []
        if glued:
            iso, span = list(find_dates(text, line.start, line.end))[-1]
            found = (iso, span)
            signers.append(Span(line.start, span.start).trimmed(text))
        while first - 1 >= main.body and first > i - 16 and _is_signer(text, lines[first - 1]):
            first -= 1
            if is_organ(lines[first].span.of(text)):
                signers.insert(0, lines[first].span)
        if not signers and i + 1 < main.last and i + 3 < len(lines) and i < main.body + 2:
            continue
        parts.signed_on = found
        parts.signers = signers
        parts.signoff = set(range(first, i + 1))
        after = i + 1
        while after < main.last and CLOSED.match(text[lines[after].start : lines[after].end]):
            parts.signoff.add(after)
            after += 1
        return


def find_undated_signature(text: str, lines: Sequence[TextLine], parts: SignatureParts) -> None:
    """Organs alone at the very end of the main document, where the date is missing."""
    main = parts.main
    first = main.last
    while first - 1 > main.body and main.last - first < 16 and _may_sign(text, lines[first - 1]):
        first -= 1
    if first == main.last or mark_at(text, lines[first].start, lines[first].end):
        return
    parts.signers = [lines[i].span for i in range(first, main.last)]
    parts.signoff = set(range(first, main.last))


def _may_sign(text: str, line: TextLine) -> bool:
    content = text[line.start : line.end]
    return len(content) <= 40 and is_organ(content) and not content.startswith("各") and "召开" not in content


def find_late_signature(text: str, lines: Sequence[TextLine], parts: SignatureParts) -> None:
    """Find the signature of a notice behind the document it issues: organ and date are the last lines of the text."""
    last = parts.attached[-1]
    end = last.last
    while end > last.body and CLOSED.match(text[lines[end - 1].start : lines[end - 1].end]):
        end -= 1
    if end - 1 <= last.body:
        return
    found = date_at(text, lines[end - 1].start, lines[end - 1].end)
    first = end - 1
    while first - 1 > last.body and end - first < 12 and _is_signer(text, lines[first - 1]):
        first -= 1
    if found is None or first == end - 1:
        return
    parts.signed_on = found
    parts.signers = [lines[i].span for i in range(first, end - 1) if is_organ(lines[i].span.of(text))]
    parts.signoff = set(range(first, last.last))


def _is_signer(text: str, line: TextLine) -> bool:
    content = text[line.start : line.end]
    return len(content) <= 60 and (is_organ(content) or CLOSED.fullmatch(content) is not None) and "附件" not in content
