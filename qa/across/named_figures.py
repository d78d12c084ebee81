"""Figures that a place names in its text but that stand in no row of the table 写到而没有读出的数: quoted, never compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.divisions import Division
from corpus.document import Span
from corpus.folding import fold
from corpus.numerals import half_width
from corpus.wordlists import word_lists
from graph.families.indicator import IndicatorFamily, names_of
from graph.families.units import ComparableValue, to_base
from graph.quantities.find import find_quantities
from graph.queries.fact_table import FactQuery, FigureRow, fact_table
from qa.documents import LibraryView

REACH = 30
"""Characters behind the name of an indicator in which its figure stands."""
FILLED, SHORT = 24, 6
"""Characters between a name and its number, and those of words without a comma that lead from one to the other."""
BESIDE, AROUND = 2, 150
"""Figures nearest to a name that tell of which kind its own is, and how far away they are at most."""
NAMES = 12
"""Names of one indicator that are looked for, the longest first."""
SHORTEST = 3
"""Characters of a name that is looked for."""
_STOP = re.compile(r"[。；;\n]")


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """A clause that names an indicator with a number of its unit, which was read as no figure of it."""

    document: int
    span: Span
    value: ComparableValue
    sure: bool = True
    """Whether the words between name and number say that the number is its own."""


def find_named(
    family: IndicatorFamily,
    kind: str,
    unit: str,
    places: Sequence[Division],
    held: Sequence[FigureRow],
    rows: Collection[int],
    view: LibraryView,
) -> dict[Division, NamedFigure]:
    """Find what places without a figure write of an indicator with a number of its unit.

    Args:
        family: The indicator.
        kind: The kind of figure asked for: where others stand around a name, its figure is none.
        unit: The base unit of the figures that others have.
        places: The places without one.
        held: The figures that others have: documents of the years theirs are of are looked through.
        rows: The documents that count.
        view: The library.

    Example: 全省进出口总值创历史新高，达到5379亿元、增长18.5％ of 陕西, whose growth the table does not have.
    """
    names = [name for name in names_of(family.concept) if len(name) >= SHORTEST][:NAMES]
    if not places or not names or view.searcher is None or not unit:
        return {}
    years = {figure.issued[:4] for figure in held}
    naming = set().union(*(view.searcher.documents_with(name) for name in names)) & set(rows)
    pattern = re.compile("|".join(map(re.escape, names)), re.IGNORECASE)
    newest = sorted(naming, reverse=True)
    own = {place: [row for row in newest if place in view.regions[row] and _year(view, row) in years] for place in places}
    read = _read({row for of_place in own.values() for row in of_place}, view)
    view.prepare(read)
    found: dict[Division, NamedFigure] = {}
    for place in places:
        for row in own[place]:
            named = _named_in(row, view.document(row).text, pattern, family, kind, unit, read[row])
            if named is not None and (named.sure or place not in found):
                found[place] = named
            if named is not None and named.sure:
                break
    return found


def _year(view: LibraryView, row: int) -> str:
    info = view.infos[row]
    day = info.head.issued_on or info.head.published_on
    if day:
        return day[:4]
    years: list[str] = re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", info.head.title or "") or re.findall(
        r"(?<!\d)((?:19|20)\d\d)(?!\d)", info.source.rsplit("/", 1)[-1]
    )
    return max(years, default="")


def _read(rows: Collection[int], view: LibraryView) -> dict[int, list[FigureRow]]:
    """The figures that the table has of some documents."""
    kinds = ("target", "achieved", "statistic", "rule")
    found: dict[int, list[FigureRow]] = {row: [] for row in rows}
    for figure in fact_table(view.corpus).of_documents(FactQuery(kinds=kinds), rows) if rows else []:
        found[figure.document].append(figure)
    return found


def _leads_to(between: str, *, growing: bool) -> bool:
    """Whether the words between a name and a number say that the number is its own: 达到, ，增长; not 占…比重, ，播种面积稳定在."""
    lists = word_lists("graph")
    *others, last = re.split("[，,、]", between)
    verbs = (*lists["come_to"], *lists["frame_tails"], *lists["growth_ends"], *lists["each_year"])
    said = last.rstrip()
    grows = said.endswith(lists["growth_ends"])
    if grows != growing or len(others) > 2 or len(between) > FILLED:
        return False
    return said in verbs or (not others and (not said or (said.endswith(verbs) and len(said) <= SHORT)))


def _may_be(figure: FigureRow, words: str, family: IndicatorFamily, kind: str, unit: str) -> bool:
    """Whether a figure read under a longer name may be of the indicator: 高新技术企业数量实现翻番; 海洋生产总值 is no 生产总值."""
    name = figure.family.concept
    own = name != family.concept and (name.startswith(words) or (not family.known and name.endswith(words)))
    alike = figure.family.dimension == family.dimension and figure.kind == kind
    return own and alike and figure.value is not None and figure.value.unit == unit


def _named_in(
    row: int, text: str, pattern: re.Pattern[str], family: IndicatorFamily, kind: str, unit: str, read: Sequence[FigureRow]
) -> NamedFigure | None:
    growing = family.dimension in ("growth", "mean growth", "total growth")
    unsure: NamedFigure | None = None
    for name in pattern.finditer(text):
        words = fold(name.group())
        begin = max(text.rfind(mark, 0, name.start()) for mark in "。；;，,、\n") + 1
        stop = _STOP.search(text, name.end(), name.end() + REACH)
        end = stop.start() if stop else min(len(text), name.end() + REACH)
        # read already, of another year or kind or as a longer name
        taken = [
            figure
            for figure in read
            if begin - 2 <= figure.start <= end and (words in figure.family.concept or family.concept in figure.family.concept)
        ]
        if taken:
            longer = next((figure.value for figure in taken if _may_be(figure, words, family, kind, unit)), None)
            if longer is not None:
                unsure = unsure or NamedFigure(row, Span(begin, end).trimmed(text), longer, sure=False)
            continue
        beside = sorted((abs(figure.start - name.start()), figure.kind) for figure in read)[:BESIDE]
        if any(distance <= AROUND and other != kind for distance, other in beside):
            continue
        for quantity in find_quantities(half_width(text[name.end() : end]))[:2]:
            if quantity.value is None or quantity.unit is None:
                continue
            value = to_base(quantity.value, quantity.value, quantity.unit)
            between = text[name.end() : name.end() + quantity.span.start]
            if value.unit != unit:
                continue
            span = Span(begin, name.end() + quantity.span.end).trimmed(text)
            if _leads_to(between, growing=growing):
                return NamedFigure(row, span, value)
            # 进出口在对美贸易下降超3成的情况下增长12%
            unsure = unsure or NamedFigure(row, span, value, sure=False)
    return unsure
