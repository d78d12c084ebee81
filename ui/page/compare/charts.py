"""Charts of a comparison 对比图: the figures of one row as bars from the highest to the lowest; the table beside them says the same."""

from __future__ import annotations

from collections.abc import Mapping

from qa.answer import Comparison
from qa.comparison.figures import RowFigures
from ui.page.kit.charts import Bar, draw_bars
from ui.page.kit.html import Html

CHARTED = 4
"""Places with a figure from which a chart shows more than the table."""


def bar_chart(comparison: Comparison, figures: Mapping[int, RowFigures]) -> Html | None:
    """The bars of the first row that most places have a figure of; None where fewer than ``CHARTED`` have one."""
    held = [found for _, found in sorted(figures.items()) if len(found.bars) >= CHARTED]
    if comparison.form != "地区对比" or not held:
        return None
    found = held[0]
    ordered = sorted(found.bars.items(), key=lambda item: (-item[1][1], item[0]))
    bars = [Bar(comparison.regions[number], share, said) for number, (said, share) in ordered]
    return draw_bars(found.indicator, f"{len(ordered)} 地，从高到低", bars)
