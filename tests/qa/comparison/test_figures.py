"""Figures that can be charted: of one indicator in two columns; what is not the same is told apart with the reason."""

from __future__ import annotations

from pathlib import Path

from qa.comparison.figures import find_figures
from tests.qa.conftest import library_of

PLAN = """{place}农村供水保障方案
一、工作目标
到2025年，{goal}。
"""


def figures_of(folder: Path, *goals: str) -> list[tuple[str, list[tuple[str, float]], str]]:
    """Indicator, bars and reason of every row of a comparison of places that set these goals."""
    folder.mkdir()
    texts = (PLAN.format(place=place, goal=goal) for place, goal in zip(("甘南州", "黔南州", "临夏州"), goals, strict=False))
    with library_of(folder, *texts) as library:
        comparison = library.compare("农村供水")
        found = find_figures(comparison).values()
        return [(one.indicator, [(said, round(length, 2)) for said, length in one.bars.values()], one.reason) for one in found]


def test_figures_of_one_indicator_get_bars_as_long_as_they_are_large(tmp_path: Path) -> None:
    found = figures_of(tmp_path / "same", "农村自来水普及率达到90%以上", "农村自来水普及率达到45%以上")
    assert found and all(indicator == "覆盖率" and reason == "" for indicator, _, reason in found)
    assert sorted(length for _, length in found[0][1]) == [0.5, 1.0]
    assert sorted(said[:3] for said, _ in found[0][1]) == ["45%", "90%"]


def test_different_indicators_get_no_bars_but_a_reason(tmp_path: Path) -> None:
    found = figures_of(tmp_path / "other", "完成农村供水投资，每户补贴300元", "完成农村供水投资，补贴3000万元")
    assert [(bars, reason.partition("：")[0]) for _, bars, reason in found] == [([], "计量不同")]


def test_figures_of_one_document_alone_are_not_compared(tmp_path: Path) -> None:
    assert figures_of(tmp_path / "one", "农村自来水普及率达到90%以上", "加强农村供水管护") == []
