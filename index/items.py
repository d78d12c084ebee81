"""Evidence items 证据条目: the numbered item, paragraph or table row of a document, whole: the unit an answer is chosen and quoted by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.document import ParsedDocument, Section, Span
from corpus.table_cells import find_unit_line
from corpus.text import COLONS, SENTENCE_ENDS, sentences

LONGEST, SHORTEST, PIECE = 320, 24, 220
"""Characters of an item: a longer one is cut at sentence ends into pieces; a shorter one that is no sentence, as a heading, joins the
next."""
LONGEST_HEADS = 200
"""Characters of a table's header that an item is described with."""
LEAD = 80
"""Characters kept of a line that announces what follows it (包括：)."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A stretch of a document that says one thing.

    ``trail`` are the headings above it; ``lead`` is the end of the line that announces it, the header of its table, or "".
    ``heads`` is what is quoted in front of it: the header rows of its table, the words that announce its list, without which
    （三）欠缴费用的 says nothing of 有下列情形之一的，不予办理.
    """

    document: int
    span: Span
    trail: tuple[str, ...]
    lead: str = ""
    heads: tuple[Span, ...] = ()


def cut_items(doc: ParsedDocument, document: int, span: Span) -> list[EvidenceItem]:
    """Cut a stretch of a document into items: at headings and numbers, at line ends, at table rows.

    An item ends at a true border: never inside a number, a word or a table cell. The items cover every character of the stretch
    that is not white space, in order.
    """
    found: list[EvidenceItem] = []
    lead = ""
    for part in _join_short(doc.text, _pieces(doc, span), _row_starts(doc, span)):
        for piece in _cut_long(doc.text, part):
            heads = _table_heads(doc, piece) or _announcement(doc, piece)
            above = " ".join(head.of(doc.text) for head in heads)[:LONGEST_HEADS] if heads else lead
            found.append(EvidenceItem(document, piece, doc.heading_path(piece.start), above, heads))
        text = part.of(doc.text)
        if text[-1] in COLONS:
            lead = text[-LEAD:]
    return found


def announcing_words(doc: ParsedDocument, section: Section) -> Span | None:
    """What stands in front of the first section below one, where that ends with a colon and so announces a list."""
    children = doc.children(section)
    lead = Span(section.start, children[0].start).trimmed(doc.text) if children else None
    return lead if lead is not None and len(lead) and doc.text[lead.end - 1] in COLONS else None


def _table_heads(doc: ParsedDocument, piece: Span) -> tuple[Span, ...]:
    """The line with the unit above the table that a stretch lies in, and the header rows behind which it stands."""
    table = next((table for table in doc.tables if table.span.start <= piece.start < table.span.end), None)
    if table is None:
        return ()
    rows = [row for row in table.rows[: table.header_rows] if row]
    heads = [Span(min(cell.start for cell in row), max(cell.end for cell in row)) for row in rows]
    unit = find_unit_line(doc.text, table)
    heads = [head for head in heads if len(head) and head.end <= piece.start]
    return (unit, *heads) if unit is not None and heads else tuple(heads)


def _row_starts(doc: ParsedDocument, span: Span) -> set[int]:
    """Where the rows of data of the tables in a stretch begin."""
    return {
        min(cell.start for cell in row)
        for table in doc.tables
        if table.span.overlaps(span)
        for row in table.rows[table.header_rows :]
        if row
    }


def _announcement(doc: ParsedDocument, piece: Span) -> tuple[Span, ...]:
    """The last sentence in front of the first entry of the list that a stretch lies in, where that ends with a colon."""
    section = doc.section_at(piece.start)
    parent = doc.sections.get(section.parent) if section is not None and section.parent else None
    lead = announcing_words(doc, parent) if parent is not None else None
    if lead is None or lead.end > piece.start:
        return ()
    last = [sentence for sentence in sentences(lead.of(doc.text)) if len(sentence.of(lead.of(doc.text)).strip()) > 1][-1]
    start = lead.start + last.start
    return (Span(max(start, lead.end - LONGEST_HEADS), lead.end).trimmed(doc.text),)


def _pieces(doc: ParsedDocument, span: Span) -> list[Span]:
    cuts = {span.start, span.end, *_line_starts(doc.text, span)}
    cuts |= {s.start for s in doc.outline if s.kind != "title" and span.start < s.start < span.end}
    for table in doc.tables:
        if table.span.overlaps(span):
            cuts |= {start for row in table.rows if row and span.start < (start := min(cell.start for cell in row)) < span.end}
    places = sorted(cuts)
    pieces = (Span(start, end).trimmed(doc.text) for start, end in pairwise(places))
    return [piece for piece in pieces if len(piece)]


def _line_starts(text: str, span: Span) -> Iterator[int]:
    at = text.find("\n", span.start, span.end)
    while at >= 0:
        yield at + 1
        at = text.find("\n", at + 1, span.end)


def _join_short(text: str, pieces: Sequence[Span], rows: Collection[int]) -> list[Span]:
    """A heading joins what it heads, a line that announces what it announces, as far as the item does not get too long.

    A row of a table, of which ``rows`` are the places, joins nothing: the row under it is of somebody else.
    """
    joined: list[Span] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if (
            last is not None
            and piece.start not in rows
            and last.start not in rows
            and piece.end - last.start <= LONGEST
            and (text[last.end - 1] in COLONS or (len(last) < SHORTEST and text[last.end - 1] not in SENTENCE_ENDS))
        ):
            joined[-1] = Span(last.start, piece.end)
        else:
            joined.append(piece)
    return joined


def _cut_long(text: str, part: Span) -> Iterator[Span]:
    if len(part) <= LONGEST:
        yield part
        return
    start = end = part.start
    for sentence in sentences(part.of(text)):
        if end > start and part.start + sentence.end - start > PIECE:
            yield Span(start, end).trimmed(text)
            start = end
        end = part.start + sentence.end
    if end > start:
        yield Span(start, end).trimmed(text)
