"""Targets in tables 指标表: one row an indicator, one column a year, with unit and 约束性/预期性 in columns of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.document import ParsedDocument, Span, Table
from graph.facts import TargetKind
from graph.lexicon import expand
from graph.quantities.find import find_quantities
from graph.quantities.quantity import Quantity

_INDICATOR = re.compile(expand(r"{indicator_headers}"))
_NUMBER_COLUMN = re.compile(expand(r"^{number_headers}$"))
_UNIT = re.compile(r"^(?:计量)?单位$|^单位[(（]")
_ATTRIBUTE = re.compile(expand(r"{attribute_headers}"))
_YEAR = re.compile(r"(20\d\d)年?")
_GOAL = re.compile(expand(r"{goal_headers}"))
_BASE = re.compile(expand(r"{base_headers}"))
_GROWTH = re.compile(expand(r"{growth_headers}"))
_BARE = re.compile(expand(r"^\s*([≥≤><＞＜]?)\s*\[?(\d+(?:,\d{3})*(?:\.\d+)?)\]?\s*({bounds_behind})?\s*$"))
_OF_UNIT = re.compile(r"[(（]([^()（）]{1,12})[)）]\s*$")


@dataclass(frozen=True, slots=True)
class TableReading:
    """One figure of a table, with what its row and column say of it."""

    row: Span
    indicator: str
    quantity: Quantity
    unit: str | None
    year: int | None
    kind: TargetKind
    binding: str | None
    place: str


def read_table(doc: ParsedDocument, text: str, table: Table, reference_year: int | None) -> list[TableReading]:
    """The figures of a table that names indicators and years or targets in its header; other tables give none."""
    width = max((len(row) for row in table.rows), default=0)
    headers = [re.sub(r"\s", "", table.header(column, text)) for column in range(width)]
    named = [i for i, header in enumerate(headers) if _INDICATOR.search(header) and not _NUMBER_COLUMN.match(header)]
    valued = [
        i for i, header in enumerate(headers) if i not in named[:1] and (_YEAR.search(header) or _GOAL.search(header) or _BASE.search(header))
        and not _ATTRIBUTE.search(header) and not _UNIT.match(header)
    ]  # fmt: skip
    if not named or not valued:
        return []
    name_column = next((i for i in named if "指标" in headers[i] and not _ATTRIBUTE.search(headers[i])), named[0])
    unit_column = next((i for i, header in enumerate(headers) if _UNIT.match(header)), None)
    attribute_column = next((i for i, header in enumerate(headers) if _ATTRIBUTE.search(header)), None)
    goals = [int(year) for i in valued if _GOAL.search(headers[i]) for year in _YEAR.findall(headers[i])]
    first_goal = min(goals, default=None)
    caption = (table.label or (table.caption.of(doc.text) if table.caption else "") or "表").strip()
    out: list[TableReading] = []
    for number, row in enumerate(table.rows[table.header_rows :], start=1):
        if len(row) <= name_column:
            continue
        indicator = re.sub(r"^[（(]?[\d一二三四五六七八九十]+[.、）)]|\s", "", row[name_column].of(doc.text).strip())
        if not indicator or len(indicator) > 60:
            continue
        written = row[unit_column].of(doc.text).strip() if unit_column is not None and unit_column < len(row) else ""
        inner = _OF_UNIT.search(indicator)
        unit = written if written not in ("", "-", "—", "/") else (inner[1] if inner else "")
        attribute = row[attribute_column].of(doc.text) if attribute_column is not None and attribute_column < len(row) else ""
        for column in valued:
            if column >= len(row) or column == name_column or row[column] == row[name_column]:
                continue
            quantity = _cell(text, row[column])
            if quantity is None:
                continue
            kind, year = _column(headers[column], reference_year, first_goal)
            whole = Span(min(cell.start for cell in row), max(cell.end for cell in row))
            out.append(
                TableReading(
                    whole, indicator, quantity, unit or None, year, kind,
                    "约束性" if "约束" in attribute else "预期性" if "预期" in attribute else None,
                    f"{caption}第{number}行“{headers[column]}”列",
                )
            )  # fmt: skip
    return out


def _cell(text: str, cell: Span) -> Quantity | None:
    """The figure of a cell: a bare number with its bound, or a quantity with a measure of its own."""
    bare = _BARE.match(cell.of(text))
    if bare is None:
        found = find_quantities(text, cell.start, cell.end)
        return found[0] if len(found) == 1 else None
    sign = {"≥": ">=", "≤": "<=", ">": ">", "<": "<"}.get(bare[1], "=")
    sign = {"以上": ">=", "以下": "<=", "以内": "<=", "左右": "≈"}.get(bare[3] or "", sign)
    span = cell.trimmed(text)
    return Quantity(span, span, sign, float(bare[2].replace(",", "")), None, "cell", "arabic")  # type: ignore[arg-type]


def _column(header: str, reference_year: int | None, first_goal: int | None) -> tuple[TargetKind, int | None]:
    years = [int(year) for year in _YEAR.findall(header)]
    year = years[-1] if years else None
    if _BASE.search(header) and not _GOAL.search(header):
        return "statistic", year
    if year is not None and reference_year is not None and year < reference_year and not _GROWTH.search(header):
        return "statistic", year
    if first_goal is not None and year is not None and year < first_goal and not _GOAL.search(header):
        # 2021年 | 2022年 | 2025年目标: the years before the one that is called a goal are what was reached
        return "statistic", year
    return "target", year
