"""The query language of figures 指标查询: what ask, compare, the commands and the REST interface ask the table of facts.

``find_figures(corpus, FigureQuestion(family="地区生产总值增长", year=2026, kinds=("target",)))`` gives every figure of the family, under
whatever name; with ``each`` one for each place, the one it is held to.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.divisions import gazetteer
from corpus.errors import UsageError
from corpus.folding import fold
from corpus.numerals import half_width
from corpus.region_groups import read_places
from corpus.store import Corpus, StoredFact
from graph.codec.records import Json, TargetRecord
from graph.documents.named import rows_behind
from graph.documents.status import statuses
from graph.families.indicator import IndicatorFamily, family_of, find_concept
from graph.families.units import ComparableValue, to_base
from graph.quantities.find import find_quantities
from graph.queries.cited import CitedFact, cite_facts
from graph.queries.counted import CountedList
from graph.queries.fact_table import FactQuery, FigureRow, fact_table, read_facts

AROUND = 160
"""Characters to either side of a figure in which other figures of its kind are counted."""
Order = Literal["value", "year", "region", "date", "document"]
ORDERS: tuple[Order, ...] = ("document", "value", "year", "region", "date")
"""What figures are sorted by; values and dates from the highest and latest down."""


def choose_figure(corpus: Corpus, figures: Sequence[FigureRow]) -> FigureRow:
    """The figure that a place is held to: of its newest document, with a year in words, and among most others of its kind.

    The goals of a year stand together in one sentence (地区生产总值增长5.5%左右；城镇新增就业85万人); a figure that a report names
    elsewhere is mostly one part of them, or of other years.
    """
    if len(figures) == 1:
        return figures[0]
    newest = max(figure.issued for figure in figures)
    of_newest = [figure for figure in figures if figure.issued == newest]
    if len(of_newest) == 1:
        return of_newest[0]
    rows = frozenset(figure.document for figure in of_newest)
    beside = fact_table(corpus).of_documents(FactQuery(kinds=(of_newest[0].kind,)), rows)

    def company(figure: FigureRow) -> int:
        return sum(other.document == figure.document and abs(other.start - figure.start) <= AROUND for other in beside)

    return max(of_newest, key=lambda f: (not f.reckoned, not f.in_review, company(f), f.document, -f.start))


@dataclass(frozen=True)
class FigureQuestion:
    """What is asked of the table. Whatever is None or empty sets no condition.

    Attributes:
        family: The name of a family under any of its names (经济增长); without a word for the respect (GDP) all respects.
        kinds: Kinds of figures.
        year: The year they are of or due.
        regions: Names of places or groups (京津冀); the places themselves, not those inside them.
        below: The places inside them too.
        least, most: Bounds with their unit (5%, 100万人).
        sort: What they are sorted by.
        each: One figure for each place, year, kind and respect.
        documents: The documents that count.
    """

    family: str
    kinds: tuple[str, ...] = ()
    year: int | None = None
    regions: tuple[str, ...] = ()
    below: bool = False
    least: str | None = None
    most: str | None = None
    sort: Order = "document"
    each: bool = False
    documents: frozenset[int] | None = None


@dataclass(frozen=True)
class FoundFigure:
    """A figure with its fact and the state of its document on a day."""

    row: FigureRow
    cited: CitedFact[TargetRecord]
    status: str

    @property
    def region(self) -> str:
        """The short name of its place; empty for none."""
        division = gazetteer().by_code.get(self.row.place)
        return division.short if division else ""

    def record(self) -> Json:
        """The shape other programs read: the fact, with its family, its value in the base unit, and whether it is in force."""
        value = self.row.value
        told = {
            "family": self.row.family.name, "concept": self.row.family.concept, "dimension": self.row.family.dimension,
            "place": self.region or None, "place_code": self.row.place or None, "year": self.row.year,
            "year_reckoned": self.row.reckoned, "base_low": value.low if value else None, "base_high": value.high if value else None,
            "base_unit": value.unit if value else None, "document_date": self.row.issued or None, "document_status": self.status,
        }  # fmt: skip
        return self.cited.record() | told


def find_figures(
    corpus: Corpus, question: FigureQuestion, *, as_of: dt.date | None = None, all_versions: bool = False
) -> CountedList[FoundFigure]:
    """The figures that meet a question; a work counts once, by the version that holds on a day.

    Raises:
        UsageError: For a bound without a number, or a region that nobody has.
    """
    day = as_of or dt.date.today()
    family, any_dimension = named_family(question.family)
    table = fact_table(corpus)
    least, most = (_bound(written) for written in (question.least, question.most))
    query = FactQuery(
        family,
        any_dimension,
        question.kinds,
        question.year,
        _codes(question.regions),
        question.below,
        question.documents,
    )
    rows = table.select(query)
    behind = frozenset() if all_versions else rows_behind(corpus, None, day)
    counted = [row for row in rows if row.document not in behind]
    folded = len({row.document for row in rows} - {row.document for row in counted})
    if question.each:
        counted = _one_each(corpus, counted)
    # behind the choice: a place is held to its figure, not to the one of several that meets the bounds
    counted = [row for row in counted if _within(row, least, most)]
    facts = read_facts(corpus, counted)
    stored: list[StoredFact[TargetRecord]] = [facts[row.fact] for row in counted if row.fact in facts]
    cited = dict(zip((fact.row for fact in stored), cite_facts(corpus, stored), strict=True))
    states = statuses(corpus, day)
    found = [FoundFigure(row, cited[row.fact], states[row.document].status) for row in counted if row.fact in cited]
    return CountedList(sort_figures(found, question.sort), folded)


def named_family(name: str) -> tuple[IndicatorFamily, bool]:
    """The family of a name, and whether all its respects are meant: of GDP all, of GDP增长 that one."""
    found = find_concept(name)
    if found is not None:
        return found.family, found.family.dimension == "level" and fold(name) in (found.words, found.family.concept)
    for unit in ("%", None):
        family = family_of(name, unit)
        if family.dimension != "level" or unit is None:
            return family, family.dimension == "level"
    raise AssertionError("a family has a level")


def sort_figures(found: Iterable[FoundFigure], order: Order) -> list[FoundFigure]:
    """Figures in an order; what has no value, year or date comes last."""
    figures = list(found)
    if order == "value":
        return sorted(figures, key=lambda f: (f.row.value is None, -(f.row.value.order if f.row.value else 0.0), f.row.place))
    if order == "year":
        return sorted(figures, key=lambda f: (f.row.year is None, f.row.year or 0, f.row.place))
    if order == "region":
        return sorted(figures, key=lambda f: (not f.row.place, len(f.row.place), f.row.place, f.row.year or 0))
    if order == "date":
        return sorted(figures, key=lambda f: f.row.issued, reverse=True)
    return figures


def _one_each(corpus: Corpus, rows: Iterable[FigureRow]) -> list[FigureRow]:
    groups: dict[tuple[str, str, str, int | None], list[FigureRow]] = defaultdict(list)
    for row in rows:
        if row.place:
            groups[row.place, row.family.name, row.kind, row.year].append(row)
    return [choose_figure(corpus, group) for group in groups.values()]


def _bound(written: str | None) -> ComparableValue | None:
    if not written:
        return None
    quantities = find_quantities(half_width(written))
    value = quantities[0].value if quantities else None
    if value is None:
        raise UsageError(f"“{written}”里没有读出数。请连单位一起写，例如 5% 或 100万人。")
    return to_base(value, value, quantities[0].unit)


def _within(row: FigureRow, least: ComparableValue | None, most: ComparableValue | None) -> bool:
    value = row.value
    for bound in (least, most):
        if bound is not None and (value is None or value.unit != bound.unit):
            return False
    return (least is None or value is None or value.order >= least.low) and (
        most is None or value is None or value.order <= most.high
    )


def _codes(names: Sequence[str]) -> tuple[str, ...]:
    codes: list[str] = []
    for name in names:
        found = gazetteer().named(name)[:1] or read_places(name).divisions
        if not found:
            raise UsageError(f"没有叫“{name}”的地区。请写全称、简称或合称，例如 甘肃、京津冀。")
        codes += [division.code for division in found]
    return tuple(dict.fromkeys(codes))
