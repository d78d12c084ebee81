"""The figures of an answer 数据表与图: what its lines tell, as one table, and as lines over years or bars over places above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.codec.columns import TARGET_KINDS
from qa.answer import Answer, AnswerCitation, AnswerFigure, CellValue
from ui.page.kit.address import document_link
from ui.page.kit.charts import Bar, LinePoint, draw_bars, draw_lines
from ui.page.kit.html import Html, cut, el, join

CHARTED, YEARS = 4, 3
"""Places, and years, from which a chart shows more than the table."""
LINES = 4
"""Lines that are told apart in one chart."""
Column = tuple[int | None, str]
"""Year and kind of a figure."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure with the quote behind it."""

    figure: AnswerFigure
    cited: AnswerCitation | None

    @property
    def column(self) -> Column:
        return self.figure.value.year, self.figure.value.kind


def figures_view(answer: Answer) -> Html | None:
    """The table of the figures of an answer with its chart; None for an answer that tells fewer than two."""
    told = [
        _Told(figure, statement.quotes[number] if number < len(statement.quotes) else None)
        for statement in answer.statements
        for number, figure in enumerate(statement.figures)
    ]
    if len(told) < 2:
        return None
    places = list(dict.fromkeys(one.figure.place for one in told))
    years = {one.figure.value.year for one in told} - {None}
    by_year = len(places) == 1 and len(years) > 1
    return join(_chart(told, places), _years_table(told) if by_year else _places_table(told, places))


# ------------------------------------------------------------------ table


def _places_table(told: Sequence[_Told], places: Sequence[str]) -> Html:
    columns = list(dict.fromkeys(one.column for one in told))
    cells = {(one.figure.place, one.column): one for one in reversed(told)}
    rows = [[el("th", place, scope="row"), *(_cell(cells.get((place, column))) for column in columns)] for place in places]
    return _table(["地区", *map(_column_name, columns)], rows, told)


def _years_table(told: Sequence[_Told]) -> Html:
    kinds = list(dict.fromkeys(one.figure.value.kind for one in told))
    cells = {(one.figure.value.year, one.figure.value.kind): one for one in reversed(told)}
    years = sorted({one.figure.value.year for one in told if one.figure.value.year is not None})
    rows = [[el("th", f"{year}年", scope="row"), *(_cell(cells.get((year, kind))) for kind in kinds)] for year in years]
    return _table(["年份", *(TARGET_KINDS.get(kind, kind) for kind in kinds)], rows, told)


def _table(heads: Sequence[str], rows: Sequence[Sequence[Html]], told: Sequence[_Told]) -> Html:
    return el(
        "div",
        el(
            "table",
            el("caption", cut(told[0].figure.indicator, 40), class_="unseen"),
            el("thead", el("tr", [el("th", head, scope="col") for head in heads])),
            el("tbody", [el("tr", cells) for cells in rows]),
            class_="figures",
        ),
        class_="sheet snug",
    )


def _cell(one: _Told | None) -> Html:
    if one is None:
        return el("td", "未见", class_="soft")
    if one.cited is None:
        return el("td", one.figure.value.text)
    link = document_link(
        one.figure.value.text, one.cited.source_id, one.cited.start, one.cited.end, title=cut(one.cited.quote, 120)
    )
    return el("td", link, class_="value")


def _column_name(column: Column) -> str:
    year, kind = column
    return f"{f'{year}年' if year else ''}{TARGET_KINDS.get(kind, kind)}"


# ------------------------------------------------------------------ chart


def _chart(told: Sequence[_Told], places: Sequence[str]) -> Html | None:
    unit = Counter(one.figure.value.unit for one in told).most_common(1)[0][0]
    drawn = [one.figure for one in told if one.figure.value.low is not None and one.figure.value.unit == unit]
    left = len(told) - len(drawn)
    note = f"；{left} 个计量不同，只在表里" if left else ""
    lines = _lines(drawn, places)
    caption = cut(told[0].figure.indicator, 24)
    if lines and len({p.year for line in lines.values() for p in line}) >= YEARS:
        return draw_lines(caption, f"按年{note}", lines)
    columns = list(dict.fromkeys((f.value.year, f.value.kind) for f in drawn))
    bars = _bars(drawn, columns)
    if len(columns) == 1 and len(bars) >= CHARTED:
        return draw_bars(f"{caption}（{_column_name(columns[0])}）", f"{len(bars)} 地{note}", bars)
    if len(columns) == 2 and len({f.place for f in drawn}) > 1:
        return draw_bars(caption, f"{len({f.place for f in drawn})} 地{note}", bars, series=[_column_name(c) for c in columns])
    return None


def _lines(drawn: Sequence[AnswerFigure], places: Sequence[str]) -> Mapping[str, Sequence[LinePoint]]:
    """The points of each kind of one place, or of each place where all are of one kind."""
    kinds = {figure.value.kind for figure in drawn}
    if len(places) > 1 and len(kinds) > 1:
        return {}
    found: dict[str, dict[int, LinePoint]] = {}
    for figure in drawn:
        value = figure.value
        if value.year is not None and value.low is not None:
            name = figure.place if len(places) > 1 else TARGET_KINDS.get(value.kind, value.kind)
            high = value.high if value.high is not None else value.low
            found.setdefault(name, {}).setdefault(value.year, LinePoint(value.year, value.low, high, value.text))
    if len(found) > LINES:
        return {}
    return {name: [points[year] for year in sorted(points)] for name, points in found.items()}


def _bars(drawn: Sequence[AnswerFigure], columns: Sequence[Column]) -> list[Bar]:
    most = max((_size(figure.value) for figure in drawn), default=0.0) or 1.0
    bars = []
    named: set[str] = set()
    for figure in drawn:
        name = "" if figure.place in named else figure.place
        named.add(figure.place)
        series = columns.index((figure.value.year, figure.value.kind))
        bars.append(Bar(name, _size(figure.value) / most, figure.value.text, series))
    return bars


def _size(value: CellValue) -> float:
    low = value.low or 0.0
    return abs(low + (value.high if value.high is not None else low)) / 2
