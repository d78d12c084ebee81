"""Figures of a comparison that can be charted: those of a row that measure the same thing, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.answer import CellValue, Comparison, ComparisonRow


@dataclass(frozen=True, slots=True)
class RowFigures:
    """The figures of one row of a comparison.

    Attributes:
        indicator: What they measure: the label of the row.
        bars: By column, the figure as written and its length from 0 to 1.
        reason: Without bars, why the figures cannot be compared (in Chinese, for people); may be empty.
    """

    indicator: str
    bars: Mapping[int, tuple[str, float]]
    reason: str = ""


def find_figures(comparison: Comparison) -> dict[int, RowFigures]:
    """Find the figures of each row that can be charted.

    Args:
        comparison: Regions or documents side by side.

    Returns:
        The figures by the number of the row; rows with values in fewer than two columns are left out.
    """
    return {i: made for i, row in enumerate(comparison.rows) if (made := _row(row)) is not None}


def _row(row: ComparisonRow) -> RowFigures | None:
    held = {i: cell.value for i, cell in enumerate(row.cells) if cell.value is not None and cell.value.low is not None}
    if len(held) < 2:
        return None
    if reason := incomparable(list(held.values())):
        return RowFigures("", {}, reason)
    most = max(_size(value) for value in held.values())
    bars = {i: (_said(value), _size(value) / most) for i, value in held.items()} if most else {}
    return RowFigures(row.aspect, bars)


def incomparable(values: list[CellValue]) -> str:
    """Why some values cannot be compared, in Chinese; empty where they can."""
    if len({value.unit for value in values}) > 1:
        return f"计量不同：{values[0].unit or '无单位'}与{next(v.unit for v in values if v.unit != values[0].unit) or '无单位'}"
    if len({value.kind for value in values}) > 1:
        return "有的是目标，有的是结果"
    if len({value.year for value in values}) > 1:
        return "年份不同"
    return ""


def _size(value: CellValue) -> float:
    return abs((value.low or 0.0) + (value.high if value.high is not None else value.low or 0.0)) / 2


def _said(value: CellValue) -> str:
    return f"{value.text}（{value.year}年）" if value.year and str(value.year) not in value.text else value.text
