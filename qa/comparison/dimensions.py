"""The rows of a comparison by dimension 对比维度: values by what they are and whom they are for, and provisions by what they settle."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from corpus.wordlists import entries
from graph.alignment.indicators import character_pairs
from qa.across.evidence import PlaceEvidence
from qa.across.statements import EVERYDAY, PlaceStatement, StatedValue

MOST_VALUES, MOST_PROVISIONS = 6, 5
"""Rows of values, and of provisions, at most."""
FILLED = 0.66
"""The share of the places that must fill a row."""
LONG = 110
"""Characters of a provision that a cell quotes."""
CONSIDERED, LIKENESS = 12, 3.0
"""Statements of a place looked at for a dimension, and what it counts that one is like that of the surest place."""


@dataclass(frozen=True)
class Entry:
    """What a cell shows: the stretches quoted, in the order of the text, and the value among them if it has one."""

    document_row: int
    spans: tuple[Span, ...]
    value: StatedValue | None = None


@dataclass(frozen=True)
class DimensionRow:
    """A row: its label, what sort of row it is, and what each place says, None where it does not.

    ``kind`` is the sort of value (金额, 比例 …) of a row of values, else 规定.
    """

    label: str
    kind: str
    entries: tuple[Entry | None, ...]

    @property
    def filled(self) -> int:
        """How many places fill it."""
        return sum(entry is not None for entry in self.entries)


@dataclass(frozen=True)
class LoneValue:
    """A value that only one of the places gives: what of, and the clause."""

    label: str
    place: str
    text: str


def lone_values(found: Sequence[PlaceEvidence]) -> list[LoneValue]:
    """The values with a head and a group that only one of the places which say something gives, the best first."""
    speaking = [one for one in found if one.statements]
    if len(speaking) < 2:
        return []
    offers = [(one, _offers(one, set(), 3)) for one in speaking]
    counts = Counter(key for _, offer in offers for key in offer)
    lone = [
        (rank, LoneValue(_label(key), one.place.name, value.text))
        for one, offer in offers
        for key, (rank, value) in offer.items()
        if counts[key] == 1 and key[1]
    ]
    return [value for _, value in sorted(lone, key=lambda pair: (-pair[0], pair[1].label))]


def rows_needed(places: int) -> int:
    """How many places must fill a row of a comparison of so many."""
    return max(2, math.ceil(FILLED * places)) if places > 1 else 1


def build_dimensions(found: Sequence[PlaceEvidence]) -> list[DimensionRow]:
    """The rows that most of the places which say something fill, values first."""
    speaking = [one for one in found if one.statements]
    if not speaking:
        return []
    need = rows_needed(len(speaking))
    used: list[set[StatedValue]] = [set() for _ in found]
    rows = list(_value_rows(found, used, need))[:MOST_VALUES]
    return [*rows, *_provision_rows(found, need)]


Key = tuple[str, str, str]
DEADLINE: Key = ("时限", "", "")
_BARE = re.compile(r"[\d年月日底前到于，,]")


def _value_rows(found: Sequence[PlaceEvidence], used: list[set[StatedValue]], need: int) -> Iterator[DimensionRow]:
    """The rows that most places fill; of those that as many fill, the most exact (what, for whom) first. No key comes twice."""
    shown: set[Key] = set()
    while True:
        offers = [_all_offers(one, taken) for one, taken in zip(found, used, strict=True)]
        counts: dict[Key, list[float]] = defaultdict(list)
        for offer in offers:
            for key, (rank, _) in offer.items():
                counts[key].append(rank)
        full = [
            (len(ranks), sum(map(bool, key)), sum(ranks) / len(ranks), key)
            for key, ranks in counts.items()
            if len(ranks) >= need and key not in shown
        ]
        if not full:
            return
        key = max(full)[3]
        shown.add(key)
        chosen = _aligned_values(found, key) if key == DEADLINE else [offer[key][1] if key in offer else None for offer in offers]
        entries: list[Entry | None] = []
        for one, value, taken in zip(found, chosen, used, strict=True):
            if value is None or one.document is None:
                entries.append(None)
                continue
            taken.add(value)
            entries.append(Entry(one.document.info.row, (value.clause,), value))
        yield DimensionRow(_label(key), key[0], tuple(entries))


def _aligned_values(found: Sequence[PlaceEvidence], key: Key) -> list[StatedValue | None]:
    """One value of each place: of the place that ranks one highest that, of the others what ranks high and is most like it.

    Every plan has many deadlines; only those for the same thing are worth comparing.
    """
    offers = [
        [
            (ranked.rank, value, value.clause.of(ranked.statement.document.text))
            for ranked in one.statements
            for value in ranked.statement.values
            if value.kind == key[0]
        ]
        for one in found
    ]
    told = [max(offer, key=lambda o: o[0]) for offer in offers if offer]
    if not told:
        return [None for _ in found]
    pairs = [[character_pairs(_BARE.sub("", words)) for _, _, words in offer] for offer in offers]

    def likeness(one: frozenset[str], other: frozenset[str]) -> float:
        return 2 * len(one & other) / (len(one) + len(other) or 1)

    def agreement(place: int, number: int) -> float:
        own = pairs[place][number]
        return sum(max((likeness(own, p) for p in other), default=0.0) for i, other in enumerate(pairs) if i != place)

    lead = max(
        ((place, number) for place, offer in enumerate(offers) for number in range(len(offer))),
        key=lambda at: LIKENESS * agreement(*at) + offers[at[0]][at[1]][0],
    )
    words = pairs[lead[0]][lead[1]]
    return [
        max(zip(offer, own, strict=True), key=lambda o: o[0][0] + 2 * LIKENESS * likeness(o[1], words))[0][1] if offer else None
        for offer, own in zip(offers, pairs, strict=True)
    ]


def _all_offers(one: PlaceEvidence, taken: set[StatedValue]) -> dict[Key, tuple[float, StatedValue]]:
    found: dict[Key, tuple[float, StatedValue]] = {}
    for fineness in (1, 2, 3):
        found.update(_offers(one, taken, fineness))
    return found


def _offers(one: PlaceEvidence, taken: set[StatedValue], fineness: int) -> dict[Key, tuple[float, StatedValue]]:
    """The best value of a place for each key."""
    best: dict[Key, tuple[float, StatedValue]] = {}
    for ranked in one.statements:
        for value in ranked.statement.values:
            if value in taken or (value.kind == "数量" and not value.head):
                continue
            if (fineness > 1) != bool(value.head) or (fineness == 3 and not value.group):
                continue
            key = (value.kind, value.head if fineness > 1 else "", value.group if fineness > 2 else "")
            special = fineness < 3 and value.group
            rank = ranked.rank - (0.0 if not special else 0.2 if value.group in EVERYDAY else 0.9)
            if key not in best or rank > best[key][0]:
                best[key] = (rank, value)
    return best


def _label(key: Key) -> str:
    kind, head, group = key
    name = head or kind
    return f"{name}（{group}）" if group else name


def _provision_rows(found: Sequence[PlaceEvidence], need: int) -> Iterator[DimensionRow]:
    rows: list[DimensionRow] = []
    shown: list[set[int]] = [set() for _ in found]
    for dimension in _dimensions():
        chosen = _aligned([_provisions(one, dimension, taken) for one, taken in zip(found, shown, strict=True)])
        if sum(statement is not None for statement in chosen) < need:
            continue
        entries: list[Entry | None] = []
        for one, statement, taken in zip(found, chosen, shown, strict=True):
            if statement is None or one.document is None:
                entries.append(None)
                continue
            taken.add(statement.span.start)
            entries.append(Entry(one.document.info.row, (_shortened(statement, dimension.cues),)))
        rows.append(DimensionRow(dimension.label, "规定", tuple(entries)))
    yield from sorted(rows, key=lambda row: -row.filled)[:MOST_PROVISIONS]


def _provisions(one: PlaceEvidence, dimension: Dimension, taken: set[int]) -> list[tuple[float, PlaceStatement]]:
    """The statements of a place on a dimension, best first."""
    found: list[tuple[float, PlaceStatement]] = []
    for ranked in one.statements:
        statement = ranked.statement
        if statement.span.start in taken or statement.background:
            continue
        strong = sum(cue in statement.text for cue in dimension.strong)
        weak = sum(cue in statement.text for cue in dimension.weak)
        above = any(word in statement.heading[-24:] for word in dimension.headings)
        if strong or weak >= 2 or (weak and above):
            value = 2.0 * min(strong, 2) + 0.7 * min(weak, 3) + (1.0 if above else 0.0) + 0.3 * ranked.rank
            found.append((value, statement))
    return sorted(found, key=lambda pair: (-pair[0], pair[1].span.start))[:CONSIDERED]


def _aligned(offers: Sequence[Sequence[tuple[float, PlaceStatement]]]) -> list[PlaceStatement | None]:
    """One statement of each place: of the place that is surest its best, of the others what is best and most like it."""
    told = [offer[0] for offer in offers if offer]
    if not told:
        return [None for _ in offers]
    lead = max(told, key=lambda pair: pair[0])[1]
    pairs = character_pairs(lead.folded)

    def fit(offer: tuple[float, PlaceStatement]) -> float:
        own = character_pairs(offer[1].folded)
        return offer[0] + LIKENESS * 2 * len(own & pairs) / (len(own) + len(pairs) or 1)

    return [max(offer, key=fit)[1] if offer else None for offer in offers]


def _shortened(statement: PlaceStatement, cues: Sequence[str]) -> Span:
    """A statement, or of a long one the clauses around the first cue."""
    if len(statement.span) <= LONG:
        return statement.span
    text = statement.text
    at = min((text.find(cue) for cue in cues if cue in text), default=0)
    low = max(text.rfind(mark, 0, at) for mark in ",，;；:：") + 1
    high = low
    while high < len(text):
        stops = [i for mark in ",，;；" if (i := text.find(mark, high + 1)) >= 0]
        stop = min(stops, default=len(text))
        if stop - low > LONG and high > low:
            break
        high = stop
    return Span(statement.span.start + low, statement.span.start + max(high, low + 1)).trimmed(statement.document.text)


@dataclass(frozen=True)
class Dimension:
    """What provisions may settle: its label, the words one of which is enough, those of which two are, and those of headings."""

    label: str
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    headings: tuple[str, ...]

    @property
    def cues(self) -> tuple[str, ...]:
        """All words in the text."""
        return (*self.strong, *self.weak)


@lru_cache(maxsize=1)
def _dimensions() -> tuple[Dimension, ...]:
    rows = (line.split("\t") for line in entries("qa", "dimensions.tsv"))
    return tuple(Dimension(label, *(() if cell == "-" else tuple(cell.split(",")) for cell in cells)) for label, *cells in rows)
