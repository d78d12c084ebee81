"""Charts 图: bars from the highest to the lowest and lines over years, drawn as SVG; the table beside them says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ui.page.kit.html import Html, el

WIDTH, HEIGHT = 400, 190
"""Size of a line chart in its own units; it is drawn as wide as its place allows, up to a width at which its letters stay letters."""
LEFT, RIGHT, TOP, BOTTOM = 20, 20, 26, 26
"""Room around the lines: for the values above them and the years below."""
LONG_YEARS, ALL_SAID = 9, 8
"""Years up to which they are written in full, and points up to which every one has its value written on it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: whose it is, its length from 0 to 1, the value as written, and the number of its series."""

    name: str
    share: float
    said: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class LinePoint:
    """The value of a year, from ``low`` to ``high``, and as written."""

    year: int
    low: float
    high: float
    said: str

    @property
    def middle(self) -> float:
        """Where the line passes."""
        return (self.low + self.high) / 2


def draw_bars(caption: str, note: str, bars: Iterable[Bar], *, series: Sequence[str] = ()) -> Html:
    """Bars in the order given; ``series`` names them by their numbers where there are several."""
    return _figure(caption, note, series, el("ol", [_bar(bar) for bar in bars]))


def draw_lines(caption: str, note: str, lines: Mapping[str, Sequence[LinePoint]]) -> Html:
    """A line for each series over the years; where a year is missing the line is broken.

    Args:
        caption: What is drawn.
        note: What a reader has to know of it.
        lines: By the name of the series its points, in order of years; at least two years in all.
    """
    points = [point for line in lines.values() for point in line]
    first, last = min(p.year for p in points), max(p.year for p in points)
    least, most = min(p.low for p in points), max(p.high for p in points)
    span = (most - least) or abs(most) or 1.0

    def at(year: int, value: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * (year - first) / max(1, last - first)
        return x, TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - least) / span)

    shapes: list[Html] = []
    for number, (_, line) in enumerate(lines.items()):
        for run in _runs(line):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(p.year, p.middle) for p in run))
            shapes.append(el("polyline", points=path, class_=f"line series{number}"))
        said = line if len(points) <= ALL_SAID else _ends(line)
        for point in line:
            (x, low), (_, high), (_, middle) = at(point.year, point.low), at(point.year, point.high), at(point.year, point.middle)
            if point.low < point.high:
                shapes.append(
                    el("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=f"{low:.1f}", y2=f"{high:.1f}", class_=f"line series{number}")
                )
            name = el("title", f"{point.year}年 {point.said}")
            shapes.append(el("circle", name, cx=f"{x:.1f}", cy=f"{middle:.1f}", r=3, class_=f"dot series{number}"))
            if point in said:
                below = number % 2 == 1
                shapes.append(
                    el(
                        "text",
                        point.said,
                        x=f"{x:.1f}",
                        y=f"{middle + 16 if below else middle - 7:.1f}",
                        class_=_side(point.year, first, last),
                    )
                )
    years = [
        el(
            "text",
            _year(year, last - first),
            x=f"{at(year, least)[0]:.1f}",
            y=HEIGHT - 6,
            class_="year",
        )
        for year in range(first, last + 1)
    ]
    drawn = el("svg", shapes, years, viewBox=f"0 0 {WIDTH} {HEIGHT}", class_="lines", role="img", aria_label=f"{caption}：{note}")
    return _figure(caption, note, list(lines) if len(lines) > 1 else (), drawn)


def _figure(caption: str, note: str, series: Sequence[str], drawn: Html) -> Html:
    keys = [el("span", el("i", class_=f"series{number}"), name, class_="key") for number, name in enumerate(series)]
    return el("figure", el("figcaption", caption, el("small", note), keys), drawn, class_="chart")


def _bar(bar: Bar) -> Html:
    drawn = el(
        "svg",
        el("rect", width=f"{max(1.0, 100 * bar.share):.1f}", height=10, class_=f"series{bar.series}"),
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return el("li", el("span", bar.name, class_="name"), drawn, el("span", bar.said, class_="amount"))


def _runs(line: Sequence[LinePoint]) -> Iterator[list[LinePoint]]:
    """The stretches of a line without a missing year."""
    run: list[LinePoint] = []
    for point in line:
        if run and point.year > run[-1].year + 1:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _ends(line: Sequence[LinePoint]) -> list[LinePoint]:
    """The points of a long line whose values are written: the first, the last, the highest and the lowest."""
    return [line[0], line[-1], max(line, key=lambda p: p.middle), min(line, key=lambda p: p.middle)]


def _side(year: int, first: int, last: int) -> str:
    return "start" if year == first else "end" if year == last else "mid"


def _year(year: int, span: int) -> str:
    return f"{year}" if span < LONG_YEARS else f"{year % 100:02}"
