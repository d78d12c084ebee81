"""Documents that are only described 只说了大概的文件: which ones what is said fits, by head matter and title first, then by content.

What contradicts a condition is left out; what does not tell falls behind. What the document is about is measured by the share of the
terms, the rare ones weighing most, that title and best passage hold.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.divisions import NATION, Division, gazetteer
from corpus.folding import fold
from corpus.store import DocumentInfo, Heads, ViewPart, year_of
from graph.documents.contents import FoundContents, SearchContents, SearchedTerm
from graph.documents.descriptions import Description, find_offices, stem_of_office
from graph.documents.versions import day_of

FITS, NEAR, CLOSE = 0.5, 0.3, 0.12
"""The least share of what is said that a document must hold to fit, and to be named as near; how far behind the best others count as
choices."""
OF_TITLE = 0.25
"""How much the title counts, beside title and passage together."""
UNKNOWN, OTHER_KIND, OTHER_NUMBER = 0.06, 0.08, 0.3
"""What is taken off for a condition that a document does not tell, for another kind, for a number it does not name. Set on the
requests to one library, 2026-11."""
_YEARS = re.compile(r"(?:19|20)\d\d")
_PAIR = re.compile("(?=([\u4e00-\u9fff]{2}))")
_STATE = re.compile(r"[（(][^（()）]*[)）]$")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the head matter of a document says, in the form descriptions have it."""

    info: DocumentInfo
    titles: str
    region: str | None
    level: str | None
    in_city: bool
    years: frozenset[str]
    offices: frozenset[str]


@dataclass(frozen=True, slots=True)
class FittingDocuments:
    """The rows of the documents that a description fits equally well, best first; where it fits none, those it comes near to."""

    rows: tuple[int, ...] = ()
    near: tuple[int, ...] = ()


class DescribedDocuments(ViewPart):
    """The documents of a library by what may be said of them; heads are read when the first description asks for them."""

    def __init__(self, infos: Iterable[DocumentInfo] = ()) -> None:
        self._infos = {info.row: info for info in infos}
        self._read: dict[int, _Known] = {}
        self._pairs: Counter[str] = Counter()

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in."""
        for row in gone:
            self._infos.pop(row, None)
            if (known := self._read.pop(row, None)) is not None:
                self._pairs.subtract({*_pairs(known.titles)})
        self._infos.update(come)

    @property
    def _known(self) -> tuple[_Known, ...]:
        for row in self._infos.keys() - self._read.keys():
            known = self._read[row] = _read(self._infos[row])
            self._pairs.update({*_pairs(known.titles)})
        return tuple(self._read[row] for row in sorted(self._read))

    def _rarity(self, pair: str) -> float:
        """The weight of a pair of characters by how few titles hold it."""
        return math.log(1 + len(self._read) / max(1, self._pairs[pair]))

    def find(self, said: Description, search: SearchContents | None = None) -> FittingDocuments:
        """The documents that a description fits.

        Args:
            said: The description.
            search: Looks into what documents say; without it only titles count.
        """
        every = self._known
        fitting = {known.info.row: (known, unknown) for known in every if (unknown := _unknown(known, said)) is not None}
        if not fitting:
            return FittingDocuments()
        if not said.topic:
            return FittingDocuments(_by_conditions(fitting.values(), said))
        found = self._contents(said, fitting, search)
        passages: dict[int, list[str]] = {}
        for row, text in found.passages:
            passages.setdefault(row, []).append(text)
        scored = sorted(
            (
                (_score(known, unknown, said, found.terms, passages.get(row, ())), row)
                for row, (known, unknown) in fitting.items()
            ),
            key=lambda item: (-item[0], item[1]),
        )
        best = scored[0][0]
        if best >= FITS:
            return FittingDocuments(tuple(row for score, row in scored if score >= max(FITS, best - CLOSE)))
        return FittingDocuments(near=tuple(row for score, row in scored if score >= max(NEAR, best - CLOSE)))

    def _contents(self, said: Description, fitting: Mapping[int, object], search: SearchContents | None) -> FoundContents:
        words = " ".join(said.topic)
        if search is not None:
            ids = [self._infos[row].id for row in sorted(fitting)]
            return search(words, None if len(ids) == len(self._infos) else ids)
        return FoundContents(tuple(SearchedTerm((pair,), self._rarity(pair)) for pair in _pairs(fold(words))))


def _read(info: DocumentInfo) -> _Known:
    heads = (info.head, *info.attached)
    name = info.source.rsplit("/", 1)[-1].rpartition(".")[0]
    titles = fold(" ".join(filter(None, (*(head.title for head in heads), name))))
    division = gazetteer().by_code.get(info.head.region_code or "")
    issuers = [issuer for head in heads for issuer in head.issuers]
    stems = {stem for issuer in issuers if (stem := stem_of_office(issuer))} or {office.stem for office in find_offices(titles)}
    years = {day[:4] for day in (day_of(info), str(year_of(info.head) or "")) if day} | {*_YEARS.findall(titles)}
    in_city = division is not None and division.name.endswith("市")
    return _Known(info, titles, info.head.region_code, info.head.level, in_city, frozenset(years), frozenset(stems))


def _unknown(known: _Known, said: Description) -> int | None:
    """How many of the conditions a document does not tell; None where it contradicts one."""
    unknown = 0
    for places in said.places:
        if known.region is None:
            unknown += 1
        elif not any(_of_place(known, place) for place in places):
            return None
        if known.region is None and not any(place.short in known.titles or place.name in known.titles for place in places):
            unknown += 1
    if said.level:
        if known.level is None:
            unknown += 1
        elif known.level != said.level and not (said.level == "市州" and known.in_city):
            return None
    if said.years:
        if not known.years:
            unknown += 1
        elif not any(str(year) in known.years for year in said.years):
            return None
    if said.offices:
        if not known.offices:
            unknown += 1
        elif not known.offices.intersection(said.offices):
            return None
    return unknown


def _of_place(known: _Known, place: Division) -> bool:
    if place.contains(known.region):
        return True
    return any(name in known.titles for name in (place.name, place.short, *place.aliases) if place != NATION)


def _by_conditions(fitting: Iterable[tuple[_Known, int]], said: Description) -> tuple[int, ...]:
    """The documents that meet every condition and are of the kind, the newest first."""
    kept = [known for known, unknown in fitting if not unknown and _of_kind(known.info, said.kinds)]
    return tuple(known.info.row for known in sorted(kept, key=lambda known: day_of(known.info) or "", reverse=True))


def _score(known: _Known, unknown: int, said: Description, terms: Sequence[SearchedTerm], passages: Sequence[str]) -> float:
    whole = sum(term.weight for term in terms) or 1.0
    own = sum(term.weight for term in terms if term.stands_in(known.titles)) / whole
    full, best = own, ""
    for passage in passages:
        share = sum(term.weight for term in terms if term.stands_in(known.titles, passage)) / whole
        if share > full:
            full, best = share, passage
    missing = [number for number in said.numbers if not _names(number, known.titles) and not _names(number, best)]
    score = OF_TITLE * own + (1 - OF_TITLE) * full - UNKNOWN * unknown
    score -= OTHER_NUMBER * len(missing) / max(1, len(said.numbers))
    return score if _of_kind(known.info, said.kinds) else score - OTHER_KIND


def _of_kind(info: DocumentInfo, kinds: Sequence[str]) -> bool:
    """Whether a document is of a kind by its own word, or by the end or the inside of its title."""
    if not kinds:
        return True
    own = [head.kind or "" for head in (info.head, *info.attached)]
    title = _STATE.sub("", info.head.title or "")
    return any(kind in title or any(one.endswith(kind) for one in own) for kind in kinds)


def _names(number: str, text: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(fold(number))}(?!\d)", text) is not None


def _pairs(text: str) -> list[str]:
    """The different pairs of neighbouring Chinese characters of a text."""
    return list(dict.fromkeys(_PAIR.findall(text)))
