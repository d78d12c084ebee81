"""From a document to its passages 切分: about 300 characters each, cut where a sentence ends, inside one section."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from corpus.document import ParsedDocument, Section, Span
from corpus.text import CLOSERS, SENTENCE_ENDS
from index.passages import Passage

TARGET = 300
WHOLE = 450
"""Longest text that makes one passage: half as much again as ``TARGET``."""
LONGEST_SENTENCE = 400
LONGEST_ROW = 1500
SHORT_SECTION = 60
"""A heading with less than this of its own text is kept with what follows it: a passage of one line answers nothing."""

_sentence_end = re.compile(f"[{SENTENCE_ENDS}](?:(?<=\n)|[{CLOSERS}]{{0,3}}[ \t\u3000]{{0,8}}\n?)")
"""The end of a sentence with the blanks behind it, which belong to its passage."""
_solid = re.compile(r"\S")
_soft_end = re.compile(r"[，,、：: \t\u3000]")


def split(doc: ParsedDocument) -> list[Passage]:
    """Cut a document into passages, in order.

    Joined, they are the body of the document (the whole text where it has no zones); only very long blank stretches are missing.
    """
    zones = list(doc.body_spans()) if doc.zones else [Span(0, len(doc.text))]
    starts = sorted({section.start for section in doc.outline if _begins_a_passage(doc, section)})
    rows = _rows(doc)
    above = _Trails(doc)
    text = doc.text
    passages: list[Passage] = []
    left = -1
    for zone in zones:
        for part in _sections(text, zone, starts):
            for span in _pack(text, part, rows):
                end = span.end
                if text[span.start : end].isspace():
                    last = passages[-1] if passages and passages[-1].span.end == span.start else None
                    if left == span.start or (last and end - last.span.start > LONGEST_ROW):
                        # a page of blanks: beyond what its passage can hold they belong to none
                        left = end
                        continue
                    if last:
                        passages[-1] = Passage(doc.id, last.ordinal, Span(last.span.start, end), last.trail)
                        continue
                else:
                    while text[end - 1].isspace():
                        end -= 1
                passages.append(Passage(doc.id, len(passages), span, above.over(Span(span.start, end))))
    return passages


def _begins_a_passage(doc: ParsedDocument, section: Section) -> bool:
    """Whether a passage begins at a section: not inside one that makes a single passage, whose parts say little alone."""
    if section.kind in ("item", "closing"):
        return False
    above = doc.sections.get(section.parent) if section.parent else None
    return above is None or len(above.whole) > WHOLE


def _sections(text: str, zone: Span, starts: Sequence[int]) -> Iterator[Span]:
    """Cut a zone where numbered headings begin; short pieces stay with the next one, a short zone stays whole."""
    start = zone.start
    if len(zone) <= WHOLE:
        starts = ()
    for cut in starts[bisect_right(starts, zone.start) : bisect_left(starts, zone.end)]:
        if cut - start >= SHORT_SECTION and len(text[start:cut].strip()) >= SHORT_SECTION:
            yield Span(start, cut)
            start = cut
    if start < zone.end:
        yield Span(start, zone.end)


def _pack(text: str, part: Span, rows: Sequence[Span]) -> Iterator[Span]:
    """Group sentences into passages of nearly equal length."""
    length = len(part)
    count = round(length / TARGET)
    if count < 2:
        yield part
        return
    ends = list(_ends(text, part, rows))
    wanted = length / count
    start, i = part.start, 0
    last = part.trimmed(text).end
    solid = start
    while i < len(ends):
        j = i
        # take the next sentence while that brings the passage nearer to the wanted length
        while (
            j + 1 < len(ends)
            and ends[j + 1] - start <= wanted * 1.5
            and (abs(ends[j + 1] - start - wanted) <= abs(ends[j] - start - wanted))
        ):
            j += 1
        if solid < ends[j] < part.end:
            # looked for once for each run of blanks, however many passages end in it
            found = _solid.search(text, ends[j], part.end)
            solid = found.start() if found else part.end
        if ends[j] < part.end and max(0, last - solid) < wanted / 4 and part.end - start <= LONGEST_ROW:
            j = len(ends) - 1
        yield Span(start, ends[j])
        start, i = ends[j], j + 1


def _ends(text: str, part: Span, rows: Sequence[Span]) -> Iterator[int]:
    """Where a passage may end: sentence ends outside tables, row ends inside."""
    position = part.start
    i = bisect_left(rows, part.start, key=lambda row: row.end)
    for row in rows[i:]:
        if row.start >= part.end:
            break
        if row.start > position:
            yield from _sentences(text, position, row.start)
        end = min(row.end, part.end)
        position = max(position, row.start)
        while end - position > LONGEST_ROW:
            position += LONGEST_ROW
            yield position
        if end > position:
            position = end
            yield end
    if position < part.end:
        yield from _sentences(text, position, part.end)


def _sentences(text: str, start: int, end: int) -> Iterator[int]:
    for match in _sentence_end.finditer(text, start, end):
        stop = match.end()
        if stop - start > LONGEST_SENTENCE:
            yield from _within(text, start, stop)
        yield stop
        start = stop
    if start < end:
        yield from _within(text, start, end)
        yield end


def _within(text: str, start: int, stop: int) -> Iterator[int]:
    """Positions to cut a very long sentence (a list, a damaged file): at the last comma or space, else anywhere."""
    while stop - start > LONGEST_SENTENCE:
        soft = [m.end() for m in _soft_end.finditer(text, start + TARGET // 2, start + LONGEST_SENTENCE)]
        start = soft[-1] if soft else start + LONGEST_SENTENCE
        yield start


def _rows(doc: ParsedDocument) -> list[Span]:
    """The rows of the tables as spans without gaps: each reaches to where the next one begins."""
    spans: list[Span] = []
    for table in sorted(doc.tables, key=lambda t: t.span.start):
        starts = sorted({min(cell.start for cell in row) for row in table.rows if row})
        starts = [s for s in starts if table.span.start <= s < table.span.end]
        if not starts or (spans and table.span.start < spans[-1].end):
            continue
        bounds = [table.span.start, *starts[1:], table.span.end]
        spans += [Span(a, b) for a, b in pairwise(bounds) if a < b]
    return spans


class _Trails:
    """Heading trails of passages, found by bisection in the outline."""

    def __init__(self, doc: ParsedDocument) -> None:
        self._doc = doc
        self._outline = sorted(doc.outline, key=lambda s: (s.start, s.depth))
        self._starts = [section.start for section in self._outline]

    def over(self, span: Span) -> tuple[str, ...]:
        """The headings that apply to a whole passage.

        A short rest of the section before is ignored, and so is a heading directly followed by a lower one.
        """
        first, last = bisect_right(self._starts, span.start), bisect_left(self._starts, span.end)
        if self._starts[first - 1 : first] == [span.start]:
            first = bisect_left(self._starts, span.start)
        begun = self._outline[first:last]
        chains = [
            self._doc.trail(section)
            for section, below in zip_longest(begun, begun[1:])
            if not (below and below.start - section.start < SHORT_SECTION and section in self._doc.trail(below))
        ]
        lead = (begun[0].start if begun else span.end) - span.start
        if lead and lead >= min(SHORT_SECTION, len(span) / 3):
            chains.append(self._doc.trail(self._at(first - 1, span.start)))
        shared = _shared(chains)
        return tuple(s.label for s in shared if s.number or s.kind == "attachment")

    def _at(self, i: int, position: int) -> Section | None:
        """The innermost section that covers a position, looked for from place ``i`` of the outline."""
        section: Section | None = self._outline[i] if i >= 0 else None
        while section is not None and position >= section.end and position >= section.body_end:
            section = self._doc.sections.get(section.parent) if section.parent else None
        return section


def _shared(chains: Sequence[tuple[Section, ...]]) -> tuple[Section, ...]:
    """The longest common prefix of the chains."""
    if not chains:
        return ()
    shortest = min(chains, key=len)
    size = 0
    while size < len(shortest) and all(chain[size].id == shortest[size].id for chain in chains):
        size += 1
    return shortest[:size]


def embedding_text(doc: ParsedDocument, passage: Passage) -> str:
    """The text to embed for a passage: title, two nearest headings and the passage, which does not repeat what these say."""
    parts = (doc.head.title or "", " ".join(passage.trail[-2:]), passage.span.of(doc.text))
    return "\n".join(part for part in parts if part)
