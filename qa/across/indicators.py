"""Rows of an asked indicator 指标行: the figures of its family from the table of facts, of one year and one kind each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.document import Span
from corpus.folding import fold
from corpus.store import StoredFact
from corpus.wordlists import word_lists
from graph.codec.records import TargetRecord
from graph.families.indicator import FoundConcept, IndicatorFamily, family_of, find_concept
from graph.queries.fact_table import FactQuery, FigureRow, fact_table, read_facts
from graph.queries.figures import choose_figure
from qa.across.places import ComparedPlace
from qa.documents import LibraryView

ENOUGH = 0.4
"""The share of the places that must have a figure of a family for the comparison to be of that indicator."""
SHORTEST, WHOLE = 4, 0.8
"""Characters of the name of an indicator that the data of families do not have, and the share of the subject it must be."""
KINDS = {"target": "目标", "achieved": "完成", "statistic": "现状", "rule": "标准"}


@dataclass(frozen=True)
class IndicatorRow:
    """The figures of one indicator, year and kind: its label, and by the number of its place each figure with its fact."""

    label: str
    family: IndicatorFamily
    kind: str
    year: int | None
    figures: dict[int, tuple[FigureRow, StoredFact[TargetRecord]]]
    others: dict[int, list[tuple[FigureRow, StoredFact[TargetRecord]]]] = field(default_factory=dict)
    """Of places without such a figure those of the same indicator that they have, the newest document's first."""


def asked_kind(text: str) -> str | None:
    """The kind of figure that a text asks for: target, achieved, or None where it says neither."""
    lists = word_lists("qa")
    if any(word in text for word in lists["asks_targets"]):
        return "target"
    return "achieved" if any(word in text for word in lists["asks_results"]) else None


def indicator_rows(
    subject: str, places: Sequence[ComparedPlace], years: Sequence[int], view: LibraryView, rows: frozenset[int]
) -> list[IndicatorRow]:
    """The rows of the indicator that a subject names: the figures asked for first, then others of the same indicator.

    Args:
        subject: What is compared.
        places: The places.
        years: The years it names.
        view: The library.
        rows: The documents that count.

    Returns:
        Nothing where the subject names no indicator, or too few places have a figure of it.
    """
    found = find_concept(subject) or _own_concept(subject, view)
    if found is None:
        return []
    by_place = _figures(found, places, view, rows)
    kind = asked_kind(subject)
    kinds = [kind] if kind else ["target", "achieved", "statistic"]
    groups: dict[tuple[str, str, int | None], dict[int, list[FigureRow]]] = defaultdict(lambda: defaultdict(list))
    for number, figures in by_place.items():
        for figure in figures:
            groups[figure.family.dimension, figure.kind, figure.year][number].append(figure)
    dimension = _dimension(found, by_place, kinds)
    if dimension is None:
        return []
    out: list[IndicatorRow] = []
    for wanted in dict.fromkeys((*kinds, "target", "achieved")):
        for year in _years(groups, dimension, wanted, years if wanted in kinds else ()):
            out.append(_row(found, dimension, wanted, year, groups[dimension, wanted, year], view))
    enough = max(2, round(ENOUGH * len(places))) if len(places) > 1 else 1
    told = len(by_place) if years else len({n for row in out for n in row.figures})
    if not out or told < enough:
        return []
    if kind is None and len(out[0].figures) < enough:
        out.sort(key=lambda row: -len(row.figures))
    first, *rest = out
    first = replace(first, others=_others(first, by_place, view))
    mean = [
        _row(found, "mean growth", k, y, places_of, view)
        for (d, k, y), places_of in groups.items()
        if d == "mean growth" and dimension != "mean growth" and len(places_of) >= enough
    ]
    return [first, *(row for row in rest if len(row.figures) >= enough)][:3] + mean[:1]


def _own_concept(subject: str, view: LibraryView) -> FoundConcept | None:
    """An indicator that the data of families do not have, where the subject is hardly more than its name."""
    asked = family_of(subject, "%").concept
    name = fact_table(view.corpus).longest_concept(fold(subject))
    if name is None or len(name) < max(SHORTEST, WHOLE * len(asked)):
        return None
    respect = family_of(subject, "%").dimension if asked == name else "level"
    return FoundConcept(IndicatorFamily(name, respect), name)


def _others(
    first: IndicatorRow, by_place: dict[int, list[FigureRow]], view: LibraryView
) -> dict[int, list[tuple[FigureRow, StoredFact[TargetRecord]]]]:
    missing = {
        n: [f for f in figures if f.family.dimension == first.family.dimension]
        for n, figures in by_place.items()
        if n not in first.figures
    }
    facts = read_facts(view.corpus, [figure for figures in missing.values() for figure in figures])
    ordered = {n: sorted(figures, key=lambda f: (f.issued, -f.start), reverse=True) for n, figures in missing.items()}
    return {n: [(f, facts[f.fact]) for f in figures if f.fact in facts] for n, figures in ordered.items() if figures}


def _figures(
    found: FoundConcept, places: Sequence[ComparedPlace], view: LibraryView, rows: frozenset[int]
) -> dict[int, list[FigureRow]]:
    codes = {place.division.code: number for number, place in enumerate(places) if place.division is not None}
    own = {number: place.own for number, place in enumerate(places)}
    query = FactQuery(found.family, any_dimension=True, places=tuple(codes), documents=rows)
    by_place: dict[int, list[FigureRow]] = defaultdict(list)
    for figure in fact_table(view.corpus).select(query):
        number = codes.get(figure.place)  # without any place of a division the query has no condition on places
        if number is not None and figure.document in own[number]:
            by_place[number].append(figure)
    return by_place


def _dimension(found: FoundConcept, by_place: dict[int, list[FigureRow]], kinds: Sequence[str]) -> str | None:
    """The respect asked for; where the subject names none (GDP目标) the one that most places give."""
    if found.family.dimension != "level":
        return found.family.dimension
    counts = Counter(
        dimension
        for figures in by_place.values()
        for dimension in {f.family.dimension for f in figures if f.kind == kinds[0]} or {f.family.dimension for f in figures}
    )
    if not counts:
        return None
    most = max(counts.values())
    return "level" if counts["level"] >= 0.5 * most else max(counts, key=lambda d: (counts[d], d))


def _years(
    groups: dict[tuple[str, str, int | None], dict[int, list[FigureRow]]], dimension: str, kind: str, asked: Sequence[int]
) -> list[int | None]:
    """The years of rows: those asked for, else the one that most places give, the latest of equals."""
    there = {year: len(places) for (d, k, year), places in groups.items() if (d, k) == (dimension, kind)}
    if asked:
        return [year for year in asked if year in there]
    dated = {year: count for year, count in there.items() if year is not None}
    if not dated:
        return [None] if None in there else []
    most = max(dated.values())
    return [max(year for year, count in dated.items() if count >= 0.7 * most)]


def _row(
    found: FoundConcept, dimension: str, kind: str, year: int | None, figures: dict[int, list[FigureRow]], view: LibraryView
) -> IndicatorRow:
    family = replace(found.family, dimension=dimension)  # type: ignore[arg-type]
    chosen = {number: choose_figure(view.corpus, rows) for number, rows in figures.items()}
    facts = read_facts(view.corpus, chosen.values())
    when = f"{year}年" if year else ""
    label = f"{family.name}（{when}{KINDS[kind]}）"
    return IndicatorRow(label, family, kind, year, {n: (row, facts[row.fact]) for n, row in chosen.items() if row.fact in facts})


def quoted_span(view: LibraryView, fact: StoredFact[TargetRecord]) -> Span:
    """What is quoted for a figure: its clause, and where that does not name the indicator the sentence from its beginning."""
    document, record = view.document(fact.document), fact.value
    words = [record.indicator[i : i + 2] for i in range(len(record.indicator) - 1)]
    if record.place or any(word in record.quote for word in words[:6] if word not in ("增长", "增速", "达到")):
        return record.span
    at = document.sentence_at(record.start)
    if at is None:
        return record.span
    start = document.sentences[at].span.start
    return Span(max(start, record.start - 80), record.end)
