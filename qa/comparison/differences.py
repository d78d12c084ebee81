"""Differences 异同 in sentences with values: highest and lowest, what only one place gives, and why values cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Cell, CellValue, ComparisonRow
from qa.comparison.dimensions import LoneValue

MOST = 9
LISTED = 4
"""Up to this many values are listed from the highest to the lowest; of more only the ends are named."""
LONE = 3
"""Values that only one place gives, named at most."""


def list_differences(rows: Sequence[ComparisonRow], lone: Sequence[LoneValue] = ()) -> tuple[str, ...]:
    """Who says nothing of the subject, sentences on the rows that have values, then on values that only one place gives."""
    out = [sentence for row in rows if (sentence := _of_row(row)) is not None]
    out += [f"“{one.label}”只有{one.place}写到：{one.text}。" for one in lone[:LONE]]
    if rows and (silent := [cell.region for cell in rows[0].cells if cell.text is None]) and len(silent) < len(rows[0].cells):
        more = f"等{len(silent)}地" if len(silent) > LISTED else ""
        out.insert(0, f"“{rows[0].aspect}”{'、'.join(silent[:LISTED])}{more}未载明。")
    return tuple(dict.fromkeys(out))[:MOST]


def _of_row(row: ComparisonRow) -> str | None:
    told = [(cell, cell.value) for cell in row.cells if cell.value is not None]
    if len(told) < 2:
        return None
    if all(value.low is None for _, value in told):
        return _dates(row, told)
    numbers = [(cell, value) for cell, value in told if value.low is not None]
    if len(numbers) < 2:
        return None
    if len({value.unit for _, value in numbers}) > 1:
        return f"“{row.aspect}”口径不同（单位不同），不能直接比较：{_listed(numbers)}。"
    if len({value.year for _, value in numbers}) > 1:
        return f"“{row.aspect}”口径不同（年份不同），不能直接比较：{_listed(numbers)}。"
    if len({value.kind for _, value in numbers}) > 1:
        return f"“{row.aspect}”口径不同（有的是目标，有的是结果），不能直接比较：{_listed(numbers)}。"
    ordered = sorted(numbers, key=lambda pair: -_middle(pair[1]))
    first, last = ordered[0], ordered[-1]
    if _middle(first[1]) == _middle(last[1]):
        return f"“{row.aspect}”各地相同：{_listed(numbers[:1] if len({v.text for _, v in numbers}) == 1 else numbers[:LISTED])}。"
    if len(ordered) <= LISTED:
        return f"“{row.aspect}”从高到低：{'；'.join(_said(*pair) for pair in ordered)}。"
    highest = [pair for pair in ordered if _middle(pair[1]) == _middle(first[1])]
    lowest = [pair for pair in ordered if _middle(pair[1]) == _middle(last[1])]
    return f"“{row.aspect}”最高：{_ends(highest)}；最低：{_ends(lowest)}（共{len(ordered)}地有数）。"


def _dates(row: ComparisonRow, told: Sequence[tuple[Cell, CellValue]]) -> str | None:
    dated = sorted(((cell, value) for cell, value in told if value.order), key=lambda pair: pair[1].order)
    if len(dated) < 2:
        return None
    if dated[0][1].order == dated[-1][1].order:
        return f"“{row.aspect}”各地相同：{dated[0][1].text}。"
    return f"“{row.aspect}”最早：{_said(*dated[0])}；最晚：{_said(*dated[-1])}。"


def _ends(pairs: Sequence[tuple[Cell, CellValue]]) -> str:
    names = "、".join(cell.region for cell, _ in pairs[:LISTED])
    more = f"等{len(pairs)}地" if len(pairs) > LISTED else ""
    return f"{names}{more} {pairs[0][1].text}{_note(pairs[0][1])}"


def _listed(pairs: Sequence[tuple[Cell, CellValue]]) -> str:
    return "；".join(_said(*pair) for pair in pairs[:LISTED])


def _said(cell: Cell, value: CellValue) -> str:
    year = f"（{value.year}年）" if value.year and str(value.year) not in value.text and value.kind != "target" else ""
    return f"{cell.region} {value.text}{year}{_note(value)}"


def _note(value: CellValue) -> str:
    return f"（{value.note}）" if value.note else ""


def _middle(value: CellValue) -> float:
    return ((value.low or 0.0) + (value.high if value.high is not None else value.low or 0.0)) / 2
