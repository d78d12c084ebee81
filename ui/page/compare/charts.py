"""Charts of a comparison 对比图: the figures of one row as bars from the highest to the lowest; the table beside them says the same."""

from __future__ import annotations

from collections.abc import Mapping

from qa.answer import Comparison
from qa.comparison.figures import RowFigures
from ui.page.kit.html import Html, el

CHARTED = 4
"""Places with a figure from which a chart shows more than the table."""


def bar_chart(comparison: Comparison, figures: Mapping[int, RowFigures]) -> Html | None:
    """The bars of the first row that most places have a figure of; None where fewer than ``CHARTED`` have one."""
    held = [found for _, found in sorted(figures.items()) if len(found.bars) >= CHARTED]
    if comparison.form != "地区对比" or not held:
        return None
    found = held[0]
    ordered = sorted(found.bars.items(), key=lambda item: (-item[1][1], item[0]))
    return el(
        "figure",
        el("figcaption", found.indicator, el("small", f"{len(ordered)} 地，从高到低")),
        el("ol", [_bar(comparison.regions[number], said, share) for number, (said, share) in ordered]),
        class_="chart",
    )


def _bar(name: str, said: str, share: float) -> Html:
    drawn = el(
        "svg",
        el("rect", width=f"{max(1.0, 100 * share):.1f}", height=10),
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return el("li", el("span", name, class_="name"), drawn, el("span", said, class_="amount"))
