"""What a place says on a subject 各地所说: one current work, the statements of it that carry the subject, and what stands behind it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING

from corpus.document import Span
from corpus.folding import fold
from corpus.store import DocumentInfo
from corpus.wordlists import word_lists
from graph.tasks.beneficiaries import find_beneficiaries
from qa.across.places import ComparedPlace
from qa.across.statements import PlaceStatement, StatedValue, cut_statements, find_change, groups_in
from qa.documents import KEPT, DocumentView, LibraryView, speaks_for
from qa.evidence.constraints import SlotConstraints
from qa.evidence.selector import MEANING_FILE, READ, gather_evidence, order_by_meaning, order_items, shipped_items
from qa.understanding.concepts import QueryConcepts
from qa.understanding.question import ParsedQuestion

if TYPE_CHECKING:
    from index.passages import Hit
    from index.searcher import Searcher

NEAR = 2.5
"""How far behind the best document of a place a newer one may lie to stand for it. In the units of the selector's score."""
GIVING = 3.5
"""The same for a document that gives a value where none of the near ones does."""
ALIKE = 0.75
"""The share of what the best document says of the subject that the newer one must say."""
SAID, SAID_ITSELF = 0.55, 0.3
"""The share of the subject that a statement with headings and title must hold, and the statement itself, to say something on it."""
SAID_GIVING, ANSWERING = 0.42, 1.0
"""The same share where the statement gives a value of the kind asked for and the selector takes its item for an answer, and its score then."""
POSSIBLE = 0.0
"""The selector's score from which an item that says too little of the subject is named as one that may answer."""
DEDICATED = 0.7
"""The share of the subject in a title from which the whole document is on it."""
REACH = 3.5
"""How far behind the best item of its document an item may lie to belong to the subject."""
FEW, READ_OF_MANY = 8, 12
MANY, READ_OF_MOST = 30, 7
"""Passages read of each of more places than these."""
LONG = 12_000
"""Characters of a document on the subject that is read whole."""
STATED = 3
"""Statements of a place that are shown at most."""
ROOM = 220
"""Characters they have together."""
BESIDE = 1.3
"""How far behind the best statement another may rank to stand beside it, in the units of the selector's score."""
BESIDE_IT = 300
"""Characters before and behind a statement that belong to it where its paragraph reaches that far."""
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


RISE = "上浮比例"
"""The head of values in percent by which an amount rises."""


@dataclass(frozen=True)
class Subject:
    """What is compared.

    Attributes:
        label: What the row is called.
        parsed: The subject parsed as a question.
        sought: Its concepts.
        query: What is searched for.
        kind: The sort of value asked for (金额, 比例 …), empty where none is.
        groups: The groups of people it names.
    """

    label: str
    parsed: ParsedQuestion
    sought: QueryConcepts
    query: str
    kind: str = ""
    groups: frozenset[str] = frozenset()

    def wants(self, value: StatedValue) -> bool:
        """Whether a value is of the sort asked for; a rise in percent says as much of an amount as an amount."""
        return value.kind == self.kind or (self.kind == "金额" and value.head == RISE)


@dataclass(frozen=True)
class RankedStatement:
    """A statement with its rank among those of its place: higher is better."""

    statement: PlaceStatement
    rank: float


@dataclass(frozen=True)
class PlaceEvidence:
    """What one place says.

    Attributes:
        place: The place.
        document: Its document; None where nothing is said.
        part: The number of the document part that speaks.
        statements: Its statements on the subject, best first.
        behind: Rows of other documents of the place on the subject, and of former versions, best first.
        beside: Its statements in other documents on the subject of the same year, best first by document.
        possible: Where nothing is said for certain, what may be an answer.
    """

    place: ComparedPlace
    document: DocumentView | None = None
    part: int = 0
    statements: tuple[RankedStatement, ...] = ()
    behind: tuple[int, ...] = ()
    beside: tuple[tuple[RankedStatement, ...], ...] = ()
    possible: PlaceStatement | None = None

    @cached_property
    def foremost(self) -> RankedStatement | None:
        """The best statement that does more than give reasons."""
        return next((ranked for ranked in self.statements if not ranked.statement.background), None)


@dataclass(frozen=True)
class _Spoken:
    """The statements of one document."""

    document: DocumentView
    statements: tuple[RankedStatement, ...]
    title: float
    said: float

    @property
    def rank(self) -> float:
        return self.statements[0].rank

    def gives(self, subject: Subject) -> bool:
        """Whether one of its best statements gives a value of the kind asked for; true where none is."""
        return not subject.kind or any(subject.wants(v) for r in self.statements[:3] for v in r.statement.values)


def gather_places(
    places: Sequence[ComparedPlace],
    subject: Subject,
    view: LibraryView,
    searcher: Searcher,
    as_of: dt.date,
    pins: frozenset[int] = frozenset(),
    given: Mapping[int, Sequence[Hit]] | None = None,
) -> list[PlaceEvidence]:
    """What each place says on a subject.

    A place whose own documents say nothing is spoken for by the best document of the places inside it.

    Args:
        places: The places.
        subject: The subject.
        view: The library.
        searcher: Finds the passages.
        as_of: The day that decides which version of a work counts.
        pins: Rows of documents that a person wants to stand for their places.
        given: The passages on the subject by document, where they were found already; else each place is searched.
    """
    from graph.documents.named import fold_versions

    read = READ if len(places) <= FEW else READ_OF_MANY if len(places) <= MANY else READ_OF_MOST
    found: dict[int, PlaceEvidence] = {}
    possible: dict[int, PlaceStatement] = {}
    for rows_of in (attrgetter("own"), attrgetter("below")):
        silent = [(i, rows_of(place)) for i, place in enumerate(places) if i not in found and rows_of(place)]
        versions = [fold_versions(view.corpus, sorted(rows), as_of) for _, rows in silent]
        allowed = [rows & pins or frozenset(folded) for (_, rows), folded in zip(silent, versions, strict=True)]
        if given is None:
            searched = searcher.search_each(subject.query, allowed, top=read)
        else:
            searched = [_best_hits(given, among, read) for among in allowed]
        hits = _prepared(searched, view)
        for (i, _), folded, hits_of_place in zip(silent, versions, hits, strict=True):
            best = _best_of(hits_of_place, folded, places[i], subject, view, searcher)
            if best.document is not None:
                found[i] = best
            elif best.possible is not None:
                possible.setdefault(i, best.possible)
    return [found.get(i) or PlaceEvidence(place, possible=possible.get(i)) for i, place in enumerate(places)]


def _best_hits(given: Mapping[int, Sequence[Hit]], rows: frozenset[int], most: int) -> list[Hit]:
    """The best of the passages given of some documents."""
    return sorted((hit for row in sorted(rows) for hit in given.get(row, ())), key=lambda hit: -hit.score)[:most]


def _prepared(searched: Sequence[Sequence[Hit]], view: LibraryView) -> Iterator[Sequence[Hit]]:
    """The hits of each place, their documents in memory: read for many places at once."""
    documents = [{view.by_id[hit.source_id] for hit in hits if hit.source_id in view.by_id} for hits in searched]
    ready: set[int] = set()
    for i, hits in enumerate(searched):
        if not documents[i] <= ready:
            ready = set(islice(dict.fromkeys(chain.from_iterable(documents[i:])), KEPT // 2))
            view.prepare(ready)
        yield hits


def _best_of(
    hits: Sequence[Hit], folded: Mapping[int, Sequence[int]], place: ComparedPlace, subject: Subject, view: LibraryView,
    searcher: Searcher,
) -> PlaceEvidence:  # fmt: skip
    spoken, possible = _spoken(hits, place, subject, view, searcher)
    if not spoken:
        return PlaceEvidence(place, possible=possible)
    best = max(spoken, key=lambda s: (s.rank, -s.document.info.row))
    near = [s for s in spoken if s.rank >= best.rank - NEAR and s.said >= ALIKE * best.said]
    giving = [s for s in spoken if s.gives(subject) and s.said >= ALIKE * best.said and s.rank >= best.rank - GIVING]
    near = [s for s in near if s.gives(subject)] or (giving if subject.kind else []) or near
    chosen = max(near, key=lambda s: (day_of(s.document.info), s.rank))
    others = [s.document.info.row for s in sorted(spoken, key=lambda s: -s.rank) if s is not chosen]
    versions = folded.get(chosen.document.info.row, ())
    statements = _with_rest(chosen, subject)
    number = chosen.document.part_at(statements[0].statement.span.start)
    year = day_of(chosen.document.info)[:4]
    same_year = [s for s in near if s is not chosen and year and day_of(s.document.info)[:4] == year]
    beside = tuple(s.statements for s in sorted(same_year, key=lambda s: -s.rank))
    return PlaceEvidence(place, chosen.document, number, statements, tuple(dict.fromkeys((*versions, *others))), beside)


def _spoken(
    hits: Sequence[Hit], place: ComparedPlace, subject: Subject, view: LibraryView, searcher: Searcher
) -> tuple[list[_Spoken], PlaceStatement | None]:
    """The documents that say something on the subject; where none does the statement that may."""
    divisions = (place.division,) if place.division is not None else ()
    alone = replace(subject.parsed, divisions=divisions, every_region=False, places=(), query=subject.query)
    evidence = gather_evidence(SlotConstraints(alone), hits, view, searcher)
    if not evidence.items:
        return [], None
    ordered = order_items(evidence, shipped_items().forest)
    if evidence.nearness is not None:
        ordered = order_by_meaning(evidence, ordered.by_score, shipped_items(MEANING_FILE).forest)
    by_document: dict[int, list[tuple[Span, float]]] = {}
    for number, score in zip(ordered.places, ordered.scores, strict=True):
        item = evidence.items[number]
        by_document.setdefault(item.document, []).append((item.span, score))
    out: list[_Spoken] = []
    possible: list[tuple[float, PlaceStatement]] = []
    for row, items in by_document.items():
        document = view.document(row)
        if not _of_place(document, items[0][0].start, place):
            continue
        best = items[0][1]
        cut = [s for span, score in items if score >= best - REACH for s in cut_statements(document, span, score, subject.groups)]
        title = subject.sought.coverage(fold(title_of(document)))
        ranked = sorted((_rank(s, subject, title) for s in cut), key=lambda r: (-r.rank, r.statement.span.start))
        kept = tuple(r for r in ranked if not r.statement.background) or tuple(ranked[:1])
        if not kept:
            continue
        said = max(share_said(r.statement, subject) for r in kept[:3])
        own = max(r.statement.speaks_of(subject.sought) for r in kept[:3])
        gives = bool(subject.kind) and any(subject.wants(value) for value in kept[0].statement.values)
        enough = SAID_GIVING if gives and best >= ANSWERING else SAID
        if ordered.violation is None and said >= enough and (own >= SAID_ITSELF or title >= DEDICATED):
            out.append(_Spoken(document, kept, title, said))
        elif best >= POSSIBLE and own >= SAID_ITSELF and (gives or not subject.kind):
            possible.append((best, kept[0].statement))
    return out, max(possible, key=lambda pair: pair[0])[1] if possible else None


def _of_place(document: DocumentView, position: int, place: ComparedPlace) -> bool:
    """Whether a passage is of the place itself: a letter may forward the paper of a place above."""
    own = document.parts[document.part_at(position)].division
    return own is None or place.division is None or own == place.division or speaks_for(own, place.division)


def share_said(statement: PlaceStatement, subject: Subject) -> float:
    """The share of a subject that a statement says, what its headings and the title of its document say counted a little less."""
    own = subject.sought.profile(statement.unified)
    above = subject.sought.profile(statement.heading + fold(title_of(statement.document)))
    return subject.sought.share([max(a, 0.9 * b) for a, b in zip(own, above, strict=True)])


def share_around(statement: PlaceStatement, subject: Subject) -> float:
    """The share of a subject that a statement says where its paragraph may name the people meant: who they are is said once."""
    text = statement.document.text
    start = text.rfind("\n", 0, statement.span.start) + 1
    end = text.find("\n", statement.span.end)
    around = fold(
        text[max(start, statement.span.start - BESIDE_IT) : min(end if end >= 0 else len(text), statement.span.end + BESIDE_IT)]
    )
    concepts = subject.sought.concepts
    own, beside = subject.sought.profile(statement.unified), subject.sought.profile(around)
    people = [bool(find_beneficiaries(concept.text)) for concept in concepts]
    return subject.sought.share([max(a, 0.9 * b) if p else a for a, b, p in zip(own, beside, people, strict=True)])


def _rank(statement: PlaceStatement, subject: Subject, title: float) -> RankedStatement:
    """Above all the selector's score; what gives values of the kind asked for, for all and not for one group, comes first."""
    rank = statement.score + 1.2 * statement.speaks_of(subject.sought) + 0.8 * title
    if statement.background:
        return RankedStatement(statement, rank - 4)
    rank += 0.6 if statement.values else 0.0
    if subject.kind and any(map(subject.wants, statement.values)):
        rank += 1.0 if any(value.kind == subject.kind for value in statement.values) else 0.7
    named = groups_in(statement.text)
    rank += 0.8 if named & subject.groups else 0.0
    if not subject.kind and any(
        word in statement.heading[-16:] or word in statement.folded[:8] for word in word_lists("qa")["goals"]
    ):
        rank += 0.8
    foreign = named - subject.groups - GENERAL
    rank -= 0.7 if foreign else 0.0
    return RankedStatement(statement, rank)


GENERAL = frozenset({"双方缴存", "单方缴存", "个人", "企业", "城镇", "农村", "首套"})
"""Groups that everybody belongs to one of, and the first house, which is the case meant where none is named."""


def _with_rest(spoken: _Spoken, subject: Subject) -> tuple[RankedStatement, ...]:
    """The statements found; of a document that is on the subject as a whole also its other sentences, behind them.

    Where none found gives a value of the kind asked for, sentences of the document that do come first.
    """
    document = spoken.document
    wanting = not spoken.gives(subject)
    if (spoken.title < DEDICATED and not wanting) or len(document.text) > LONG:
        return spoken.statements
    taken = [ranked.statement.span for ranked in spoken.statements]
    floor = spoken.statements[-1].rank - 0.5
    rest = []
    for sentence in document.sentences:
        if sentence.is_heading or sentence.leads or sentence.is_units or any(sentence.span.overlaps(span) for span in taken):
            continue
        for statement in cut_statements(document, sentence.span, 0.0, subject.groups):
            # 根据职工需求，最高额度由60万元提高至70万元 gives reasons and the value
            if statement.background and not (wanting and find_change(statement.text) is not None):
                continue
            said = statement.speaks_of(subject.sought)
            gives = wanting and said >= SAID_ITSELF and any(map(subject.wants, statement.values))
            if gives or spoken.title >= DEDICATED:
                rest.append(RankedStatement(statement, spoken.rank + said if gives else floor))
    return tuple(sorted((*spoken.statements, *rest), key=lambda ranked: -ranked.rank))


def choose_foremost(statements: Sequence[RankedStatement]) -> list[RankedStatement]:
    """The statements that say most: the best one, and others as far as they come near it and there is room."""
    best = statements[0]
    chosen, room = [best], ROOM - len(best.statement.span)
    for ranked in statements[1:]:
        if len(chosen) >= STATED or ranked.rank < best.rank - BESIDE:
            break
        statement = ranked.statement
        if statement.background or len(statement.span) > room or any(statement.span.overlaps(c.statement.span) for c in chosen):
            continue
        chosen.append(ranked)
        room -= len(statement.span)
    return chosen


def find_headline(chosen: Sequence[RankedStatement], subject: Subject) -> StatedValue | None:
    """The value that a place is compared by: of the kind and for the group asked for, from the best statement that gives one."""
    if not subject.kind:
        return None
    for ranked in chosen:
        values = [value for value in ranked.statement.values if value.kind == subject.kind and value.value is not None]
        for wanted in ("", "双方缴存", *sorted(subject.groups)):
            fitting = [value for value in values if value.group == wanted]
            if len({(v.value.low, v.value.high) for v in fitting if v.value}) == 1:
                return fitting[0]
    return None


def title_of(document: DocumentView) -> str:
    """The title of a document, else its file name."""
    return document.info.head.title or document.info.source.rsplit("/", 1)[-1]


def day_of(info: DocumentInfo) -> str:
    """The day of a document as an ISO date, as far as its head, its file name or its title tells; empty where nothing does."""
    for head in (info.head, *info.attached):
        if day := head.issued_on or head.published_on or head.effective_on:
            return day
    if found := _DAY.search(info.source.rsplit("/", 1)[-1]):
        return "-".join(found.groups())
    years = [int(year) for year in _YEAR.findall(info.head.title or "")]
    return f"{max(years)}" if years else ""
