"""What a question fixes 约束: its places, years and editions. What speaks of another place, year or edition is no answer to it.

No likeness of words tells 2025 from 2026 or one district from its neighbour: a text that answers the same question about another
of them is as near as any. So they are compared as what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Span
from corpus.five_year_plans import five_year_plans
from corpus.folding import fold
from corpus.numerals import chinese_number, read_whole_number
from corpus.store import year_of
from corpus.wordlists import entries, expand, word_lists
from qa.documents import DocumentView
from qa.understanding.question import ParsedQuestion

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_RANGE = re.compile(r"(?<!\d)((?:19|20)\d\d)年?\s?[-—–－~～至到]{1,2}\s?((?:19|20)\d\d)(?!\d)")
_SINCE = re.compile(r"(?<!\d)((?:19|20)\d\d)年[\d月日年\s]{0,8}(?:起|以来|以后|之后)")
_NAMES = re.compile(r"《[^》]*》|[〔\[（(](?:19|20)\d\d[〕\]）)]\s?\d+号")
"""Titles and document numbers: their years are of the documents they name."""
_ARTICLE = re.compile(expand("qa", r"第([{numerals}\d]{1,6})条(?!河|路|线|建议)"))
_SERIAL = re.compile(
    expand("qa", r"(?:第([{numerals}\d]{1,4})|(?<![第{numerals}\d])([{numerals}]{1,3})(?=次全会|次全体会议))({editions})")
)
"""The number of an edition: 第三批, 第六次全体会议, 二次全会."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What a text speaks of instead of what was asked, in the words of the text: ``asked`` 2026年, ``instead`` 2025年."""

    asked: str
    instead: str


@dataclass(frozen=True)
class SlotConstraints:
    """The places, years and editions of a question."""

    parsed: ParsedQuestion

    @cached_property
    def places(self) -> tuple[Division, ...]:
        """The divisions asked about (``narrowest_places``)."""
        return narrowest_places(self.parsed)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The folded names by which a text may speak of the places."""
        return tuple(dict.fromkeys(fold(name) for d in self.places for name in (d.name, d.short, *d.aliases)))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years asked about; none where a document is named, whose year may be part of its name."""
        return () if self.parsed.documents or "《" in self.parsed.folded else self.parsed.understood.years

    @cached_property
    def serials(self) -> dict[str, str]:
        """The number of the edition asked about, by what is counted."""
        return {unit: number for number, unit in _serials(self.parsed.folded)} if not self.parsed.documents else {}

    def find_violation(self, document: DocumentView, span: Span) -> Violation | None:
        """What a stretch of a document speaks of instead of what is asked; None where nothing speaks against it."""
        if self.parsed.several:
            return None
        return (
            self._other_place(document, span)
            or self._other_year(document, span)
            or self._other_edition(document, span)
            or self._other_article(document, span)
            or self._other_direction(document, span)
        )

    @cached_property
    def directions(self) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
        """What the question takes for granted of a change (降低, 取消): its word, the words like it and those of the opposite.

        None where it asks whether it is so, or speaks of both.
        """
        if self.parsed.kind in ("yes_no", "change") or self.parsed.documents:
            return ()
        folded = self.parsed.folded
        found = []
        for one, other in opposite_directions():
            for like, opposite in ((one, other), (other, one)):
                if (said := like.search(folded)) and not opposite.search(folded):
                    found.append((said[0], like, opposite))
        return tuple(found)

    def _other_direction(self, document: DocumentView, span: Span) -> Violation | None:
        """That a text says the opposite of what the question takes for granted: 由50万元提高到60万元, asked why it was lowered."""
        context = fold(_context(document, span))
        for said, like, opposite in self.directions:
            if not like.search(context) and (instead := opposite.search(context)):
                return Violation(said, instead[0])
        return None

    def _other_place(self, document: DocumentView, span: Span) -> Violation | None:
        part = document.parts[document.part_at(span.start)]
        own = part.division
        if not self.places or NATION in self.places or own is None:
            return None
        wider = own == NATION or any(own.contains(place.code) and own.code != place.code for place in self.places)
        if not wider and any(place.contains(own.code) for place in self.places):
            return None
        context = fold(_context(document, span))
        if any(name in context for name in self.names):
            return None
        asked = "、".join(d.short for d in self.places)
        if not wider or _reports(_titles(document, span)):
            return Violation(asked, own.short)
        # a rule of a wider place holds here too, unless it is one for a neighbour that it names
        neighbours = [d.short for d in _neighbours(fold(span.of(document.text)), self.places)]
        return Violation(asked, "、".join(neighbours)) if neighbours else None

    def _other_year(self, document: DocumentView, span: Span) -> Violation | None:
        if not self.years:
            return None
        said = " ".join((span.of(document.text), *document.doc.heading_path(span.start)))
        titles = _titles(document, span)
        if any(_speaks_of(text, year) for text in (said, titles) for year in self.years):
            return None
        part = document.parts[document.part_at(span.start)]
        heads = (part.head, document.info.head)
        named, reports = _years(titles), _reports(titles)
        if not named and reports:
            named = {year for head in heads if (year := year_of(head))} | _years(document.info.source)
        if named:
            looked_back = {year - 1 for year in named} if reports else set()
            return None if looked_back.intersection(self.years) else Violation(_written(self.years), _written(sorted(named)))
        since = [int(year) for year in _SINCE.findall(said)]
        begins = next((int(day[:4]) for head in heads if (day := head.effective_on)), None)
        if since and min(since) <= min(self.years):
            return None
        if begins is not None and begins > max(self.years):
            return Violation(_written(self.years), f"{begins}年起")
        issued = {year for head in heads if (year := year_of(head))} | _years(document.info.source)
        # what a text itself says of 2023 is no answer for 2024, unless it was issued in that year
        spoken = _years(_NAMES.sub("", span.of(document.text)))
        if spoken and not issued.intersection(self.years):
            return Violation(_written(self.years), _written(sorted(spoken)))
        return None

    def _other_edition(self, document: DocumentView, span: Span) -> Violation | None:
        if not self.serials:
            return None
        found = _serials(fold(_context(document, span)))
        for unit, number in self.serials.items():
            others = [other for other, counted in found if counted == unit]
            if others and number not in others:
                return Violation(f"第{number}{unit}", f"第{others[0]}{unit}")
        return None

    @cached_property
    def articles(self) -> frozenset[int]:
        """The numbers of the articles asked about, in either writing: 第3条 is 第三条."""
        return frozenset(_articles(self.parsed.folded))

    def _other_article(self, document: DocumentView, span: Span) -> Violation | None:
        """Another article of a document that has the one asked about and does not name it here."""
        if not self.articles or self.articles & set(_articles(fold(span.of(document.text)))):
            return None
        trail = document.doc.trail(document.doc.section_at(span.start))
        own = {number: section.number for section in trail for number in _articles(fold(section.number or ""))}
        known = {number for section in document.doc.outline for number in _articles(fold(section.number or ""))}
        if not own or self.articles & own.keys() or not self.articles <= known:
            return None
        return Violation("、".join(f"第{number}条" for number in sorted(self.articles)), "、".join(filter(None, own.values())))


@lru_cache(maxsize=1)
def opposite_directions() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """The pairs of ``data/directions.tsv``: words for a change, and those for the opposite."""
    rows = (row.split("\t") for row in entries("qa", "directions.tsv"))
    return tuple((re.compile(one), re.compile(other)) for one, other in rows)


def narrowest_places(parsed: ParsedQuestion) -> tuple[Division, ...]:
    """The divisions asked about, the narrowest named in each: 龙华区 of 深圳市龙华区, though the library has nothing of it."""
    known = parsed.divisions
    inner = [
        candidate
        for mention in gazetteer().mentions(parsed.folded)
        for candidate in mention.candidates
        if any(d != NATION and d.contains(candidate.code) and d.code != candidate.code for d in known)
    ]
    kept = [d for d in known if not any(d.contains(narrower.code) for narrower in inner)]
    return tuple(dict.fromkeys([*kept, *inner]))


def _neighbours(folded: str, places: Sequence[Division]) -> Sequence[Division]:
    """The divisions named in a text that are of the level of places asked about."""
    levels = {place.level for place in places}
    found = [one for mention in gazetteer().mentions(folded) if len(mention.candidates) == 1 for one in mention.candidates]
    return tuple(dict.fromkeys(division for division in found if division.level in levels and len(division.short) >= 2))


def _context(document: DocumentView, span: Span) -> str:
    """A stretch with the headings above it and the titles of its document."""
    return " ".join((span.of(document.text), *document.doc.heading_path(span.start), _titles(document, span)))


def _titles(document: DocumentView, span: Span) -> str:
    part = document.parts[document.part_at(span.start)]
    return " ".join(dict.fromkeys(head.title or "" for head in (part.head, document.info.head)))


def _reports(titles: str) -> bool:
    """Whether a document tells what was reached, mostly in the year before."""
    return any(word in titles for word in word_lists("qa")["reviews"])


def _years(text: str) -> set[int]:
    return {int(year) for year in _YEAR.findall(text)}


def _speaks_of(text: str, year: int) -> bool:
    """Whether a text names a year or a period it lies in."""
    return year in _years(text) or any(first <= year <= last for first, last in _periods(text))


def _periods(text: str) -> Iterable[tuple[int, int]]:
    yield from ((int(first), int(last)) for first, last in _RANGE.findall(text))
    yield from (years for name, years in five_year_plans().items() if name in text)


def _serials(text: str) -> Sequence[tuple[str, str]]:
    found = ((one or other, unit) for one, other, unit in _SERIAL.findall(text))
    return [(str(int(n) if n.isdecimal() else chinese_number(n) or n), unit) for n, unit in found]


def _articles(text: str) -> Sequence[int]:
    return [number for written in _ARTICLE.findall(text) if (number := read_whole_number(written, positional=True)) is not None]


def _written(years: Iterable[int]) -> str:
    return "、".join(f"{year}年" for year in years)
