"""Figures of an answer on the page: one table, a line over years that breaks where a year is missing, bars over places."""

from __future__ import annotations

import re

from qa.answer import Answer, AnswerCitation, AnswerFigure, AnswerStatement, CellValue
from ui.exports.tables import answer_table
from ui.page.ask.figures import figures_view
from ui.page.kit.charts import LinePoint, draw_lines


def answer(figures: list[tuple[str, float, int | None, str, str]]) -> Answer:
    """An answer whose rows tell the figures: place, value, year, kind, unit."""
    statements = []
    for place, value, year, kind, unit in figures:
        cited = AnswerCitation("d", "a.txt", "标题", None, place, (), f"{value}", 0, 4)
        told = AnswerFigure(place, "指标", CellValue(f"{value:g}{unit}", value, value, unit, year, kind))
        statements.append(AnswerStatement(place, "value", "answered", quotes=(cited,), written_out=True, figures=(told,)))
    return Answer("i", "问", "answered", "target_value", "答", statements=tuple(statements))


def test_years_of_one_place_are_rows_and_lines_by_kind() -> None:
    made = figures_view(answer([("甘肃", 5, 2024, "target", "%"), ("甘肃", 5.8, 2024, "achieved", "%"), ("甘肃", 6, 2025, "target", "%"),
                                ("甘肃", 6.5, 2026, "target", "%")]))  # fmt: skip
    assert made is not None
    assert re.findall(r'<th scope="row">(.*?)</th>', made) == ["2024年", "2025年", "2026年"]
    assert made.count("<polyline") == 2 and "未见" in made
    assert 'data-doc="d"' in made


def test_places_are_bars_and_another_measure_stays_in_the_table() -> None:
    rows = [(f"甲{n}", float(n), 2026, "target", "亿元") for n in range(1, 6)] + [("乙", 7.0, 2026, "target", "%")]
    made = figures_view(answer(rows))
    assert made is not None
    assert made.count("<rect") == 5 and "1 个计量不同，只在表里" in made and made.count('scope="row"') == 6


def test_one_figure_is_no_table() -> None:
    assert figures_view(answer([("甘肃", 5, 2024, "target", "%")])) is None


def test_a_line_is_broken_where_a_year_is_missing() -> None:
    points = [LinePoint(year, 1.0 * year, 1.0 * year, f"{year}") for year in (2018, 2019, 2021, 2022)]
    assert draw_lines("指标", "按年", {"目标": points}).count("<polyline") == 2


def test_the_table_to_take_away_has_a_row_for_each_figure() -> None:
    table = answer_table(answer([("甘肃", 5, 2026, "target", "%"), ("青海", 4.5, 2026, "target", "%")]))
    assert [row[1:6] for row in table.rows] == [("甘肃", "指标", 2026, "目标", "5%"), ("青海", "指标", 2026, "目标", "4.5%")]
