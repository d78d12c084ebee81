"""What an answer over places covers 覆盖说明: how many give what is asked, and of each of the others why it does not stand in the list.

One vocabulary for every answer over places: what is said in words only, named but not read, given in another respect or of another year,
not seen, and not in the library at all. 未见 is said only of places whose documents were looked through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from corpus.divisions import Division
from corpus.store import DocumentInfo, year_of
from graph.families.indicator import SUFFIXES, IndicatorFamily
from graph.queries.fact_table import FactQuery, FigureRow, fact_table
from qa.across.mentions import is_report, years_in_names
from qa.across.near_concepts import near_figures
from qa.answers.draft import AnswerLine
from qa.documents import LibraryView

NAMED = 40
"""Places of one sort that are named; the rest is counted."""
OF_ONE_SORT = 0.8
"""The share of the documents behind the figures that must be yearly reports for only such to be looked for."""
KINDS = {"target": "目标", "achieved": "完成数", "statistic": "现状数", "rule": "标准"}


@dataclass(frozen=True)
class PlacesCovered:
    """The places of a scope that do not stand in the list, by the reason; each name once.

    Attributes:
        in_words: Those that say something without a number.
        possible: Those with a sentence that may give it, which the reader has to judge.
        unread: Those that name it with a number that was not read as its figure.
        differing: Those that give it in another unit, respect or for other people, with which.
        other_time: Those whose figures are of another year or kind, with which.
        silent: Those whose documents say nothing of it.
        absent: Those of whom the library has no document of the sort.
    """

    in_words: Sequence[str] = ()
    possible: Sequence[str] = ()
    unread: Sequence[str] = ()
    differing: Sequence[str] = ()
    other_time: Sequence[str] = ()
    silent: Sequence[str] = ()
    absent: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The reasons as they stand behind the count: ；未见：北京市、天津市；库里没有这类文件：上海市."""
        return "".join(
            listed(label, names)
            for label, names in (
                ("只有定性表述", self.in_words),
                ("写到而没有读出数", self.unread),
                ("可能写到，请看原文", self.possible),
                ("口径不同", self.differing),
                ("只有别的年份或类别的数", self.other_time),
                ("未见", self.silent),
                ("库里没有这类文件", self.absent),
            )
        )


def listed(label: str, names: Sequence[str]) -> str:
    """The places of one sort behind its name; nothing for none."""
    return f"；{label}：{'、'.join(names[:NAMED])}{f'等 {len(names)} 个' if len(names) > NAMED else ''}" if names else ""


def cover_line(said: str, coverage: PlacesCovered, counts: tuple[int, ...]) -> AnswerLine:
    """The line that tells the coverage.

    Args:
        said: How many of how many places give what (31 个地区中 28 个写到…).
        coverage: The other places.
        counts: The numbers in ``said``.
    """
    text = f"{said}{coverage.text}"
    return AnswerLine(f"{text}。", counts=counts, derived=(text,))


def figures_otherwise(
    family: IndicatorFamily, kind: str, year: int | None, places: Sequence[Division], rows: Collection[int], view: LibraryView
) -> dict[Division, FigureRow]:
    """The figures of an indicator that places without the asked one give: in another respect, or of another year or kind.

    Args:
        family: The indicator in the respect asked for.
        kind: The kind asked for.
        year: The year asked for.
        places: The places.
        rows: The documents that count.
        view: The library.
    """
    table = fact_table(view.corpus)
    query = FactQuery(family, any_dimension=True, places=tuple(place.code for place in places), documents=frozenset(rows))
    by_place: dict[str, list[FigureRow]] = defaultdict(list)
    for figure in (*table.select(query), *near_figures(family, query, table)):
        if figure.value is not None and is_own(figure, view):
            by_place[figure.place].append(figure)

    def nearness(figure: FigureRow) -> tuple[bool, bool, bool, str]:
        return figure.family.dimension == family.dimension, figure.kind == kind, figure.year == year, figure.issued

    return {place: max(by_place[place.code], key=nearness) for place in places if place.code in by_place}


def is_own(figure: FigureRow, view: LibraryView) -> bool:
    """Whether a figure is told by a document of its own place, not by one of a place above or below."""
    return any(division.code == figure.place for division in view.regions[figure.document])


def respect_of(figure: FigureRow) -> str:
    """In what respect a figure is given, where that is not the one asked for: 年均增长."""
    return SUFFIXES[figure.family.dimension] or "水平"


def time_of(figure: FigureRow) -> str:
    """Of which year and kind a figure is: 2025年完成数."""
    return f"{f'{figure.year}年' if figure.year else ''}{KINDS[figure.kind]}"


def without_reports(places: Sequence[Division], held: Iterable[int], view: LibraryView) -> list[Division]:
    """Of some places those the library has no document of the sort of, where figures stand in yearly reports.

    Args:
        places: The places.
        held: The documents behind the figures of other places.
        view: The library.

    Returns:
        Places without any document, and where the documents behind the figures are yearly reports those without one of their years.
    """
    sources = [view.infos[row] for row in held]
    reports = [info for info in sources if is_report(info)]
    wanted = len(reports) >= OF_ONE_SORT * len(sources) > 0
    years = {_year(info) for info in reports}

    def has(place: Division) -> bool:
        own = (view.infos[row] for row in view.inside(place) if place in view.regions[row])
        return any(not wanted or (is_report(info) and _year(info) in years) for info in own)

    return [place for place in places if not has(place)]


def _year(info: DocumentInfo) -> int | None:
    return next(iter(years_in_names(info)), None) or year_of(info.head)
