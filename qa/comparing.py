"""Regions side by side 跨地区对比: what each document says of a topic or a question, and what differs between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.divisions import Division, gazetteer
from corpus.folding import fold
from qa.answer import Cell, Comparison, ComparisonRow, Notice
from qa.concepts import Wanted
from qa.concepts import wanted as concepts
from qa.differences import differences
from qa.draft import cite, flat, label, level_order, merged
from qa.evidence import Found
from qa.lookup import carrying
from qa.names import Known
from qa.notices import notices_for
from qa.question import read
from qa.shelf import Part, Sentence, Shelf, Shelved

SENTENCES = 3
"""Sentences a cell quotes at most."""
NEAR = 0.55
"""How near a further sentence must come to the best one of its document."""
LETTER = 8
"""A covering letter has no more sentences than this of its own: it is no column beside the document it forwards."""
WIDE = 60
"""Documents compared at most when no region is named."""


@dataclass(frozen=True, slots=True)
class Column:
    """One document (or attached document) of a comparison."""

    shelved: Shelved
    number: int

    @property
    def part(self) -> Part:
        """The part it stands for."""
        return self.shelved.parts[self.number]

    @property
    def name(self) -> str:
        """What heads the column."""
        return label(self.shelved, self.part)

    @property
    def sentences(self) -> list[int]:
        """The numbers of its sentences."""
        return [i for i, s in enumerate(self.shelved.sentences) if s.part == self.number]


def compared(subject: str, shelf: Shelf, known: Known, *, regions: Sequence[str] | None, as_of: dt.date) -> Comparison:
    """The comparison of a topic or a question across documents."""
    reading = read(subject, known)
    topic = _topic(subject)
    columns = _columns(shelf, known, regions, reading.understood.regions if regions is None else ())
    sought = concepts(reading.subject, shelf, reading.quoted)
    score = _topic_scorer(topic) if topic else _question_scorer(sought)
    cells: list[Cell] = []
    for column in columns:
        cells.append(_cell(column, score, sought))
    kept = [(column, cell) for column, cell in zip(columns, cells, strict=True)]
    parts = [(column.shelved.info.row, column.number) for column, cell in kept if cell.text is not None]
    citations = [citation for cell in cells for citation in cell.citations]
    notices: tuple[Notice, ...] = notices_for(reading, parts, citations, shelf, as_of)
    row = ComparisonRow(topic or (reading.subject.replace(" ", "") or subject), tuple(cells))
    return Comparison(
        question=None if topic else subject,
        topic=topic,
        regions=tuple(column.name for column in columns),
        rows=(row,),
        differences=differences(row.aspect, cells, shelf, topic),
        notices=notices,
    )


def _topic(subject: str) -> str | None:
    from graph.topics import topic_names

    names = {fold(name): name for name in topic_names()}
    return names.get(fold(subject))


def _columns(shelf: Shelf, known: Known, regions: Sequence[str] | None, asked: Sequence[str]) -> list[Column]:
    from qa.evidence import speaks_for

    wanted_names = list(regions) if regions is not None else list(asked)
    divisions = [d for name in wanted_names for d in (known.divisions_named(name) or _matched(known, name))]
    found: list[Column] = []
    for row in list(shelf.infos)[: WIDE if not divisions else None]:
        if divisions and not any(speaks_for(d, w) for d in shelf.regions[row] for w in divisions):
            continue
        shelved = shelf.document(row)
        for number, part in enumerate(shelved.parts):
            column = Column(shelved, number)
            if len(shelved.parts) > 1 and not part.attached and len(column.sentences) <= LETTER:
                continue
            if divisions and not any(
                d is not None and speaks_for(d, w) for d in (part.division, shelved.parts[-1].division) for w in divisions
            ):
                continue
            found.append(column)
    return sorted(found, key=lambda c: (level_order(c.part), c.shelved.info.row))


def _matched(known: Known, name: str) -> tuple[Division, ...]:
    return known.match(gazetteer().named(name))[0]


Score = Callable[[Shelved, Sentence], float]


def _topic_scorer(topic: str) -> Score:
    """How much a sentence says of a topic: its own words first, the headings above second."""
    from graph.topics import scores

    headings: dict[str, float] = {}

    def score(shelved: Shelved, sentence: Sentence) -> float:
        own = scores("", sentence.span.of(shelved.text))
        if sentence.heading not in headings:
            all_of_it = scores("", sentence.heading)
            top = max(all_of_it.values(), default=0.0)
            headings[sentence.heading] = all_of_it.get(topic, 0.0) / top if top else 0.0
        mine = own.get(topic, 0.0)
        most = max(own.values(), default=0.0)
        share = mine / most if most else 0.0
        if mine < 0.8 and headings[sentence.heading] < 0.8:
            return 0.0
        return mine * (0.5 + 0.5 * share) + 1.5 * headings[sentence.heading]

    return score


def _question_scorer(sought: Wanted) -> Score:
    def score(shelved: Shelved, sentence: Sentence) -> float:
        own, heading = sought.profile(sentence.folded), sought.profile(sentence.heading)
        share = sought.share([max(a, 0.5 * b) for a, b in zip(own, heading, strict=True)])
        value = 0.8 * share + 0.3 * sought.closeness(sentence.folded)
        return value if share >= 0.35 else 0.0

    return score


def _cell(column: Column, score: Score, sought: Wanted) -> Cell:
    shelved = column.shelved
    ranked: list[tuple[float, int]] = []
    for i in column.sentences:
        sentence = shelved.sentences[i]
        if sentence.is_heading or sentence.is_units or len(sentence.folded) < 8:
            continue
        value = score(shelved, sentence)
        if value > 0:
            ranked.append((value, i))
    ranked.sort(key=lambda pair: (-pair[0], pair[1]))
    best = ranked[0][0] if ranked else 0.0
    chosen = [i for value, i in ranked[:SENTENCES] if value >= NEAR * best]
    if not chosen:
        return Cell(column.name, shelved.info.source, None, (), shelved.info.id)
    spans = merged([carrying(Found(shelved, i, 0.0, 0.0, 0.0), sought) for i in chosen], shelved.text)
    citations = tuple(cite(shelved, span) for span in spans)
    return Cell(column.name, shelved.info.source, "\n".join(flat(c.quote) for c in citations), citations, shelved.info.id)
