"""Questions by date over a library of planted dates: exactly the tasks that are due, each quoted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.planted import DAY, DUE, open_planted

REPORT, WELLS, INTAKES, SCHOOLS, SOURCES, POINTS = (
    "报告供水情况",
    "改造水窖",
    "清理取水口",
    "更新校园管网",
    "巡查水源",
    "建设供水点",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_planted(tmp_path_factory.mktemp("planted")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("2026年6月底前要完成哪些任务", {REPORT, WELLS, INTAKES, POINTS}),
        ("本月到期的任务有哪些", {REPORT, WELLS}),
        ("30日内到期的任务", {REPORT, WELLS}),
        ("下个月到期的任务有哪些", set()),
        ("县教育局8月底前要完成哪些工作", {INTAKES, SCHOOLS}),
        ("榆中县水务局今年要完成哪些任务", {REPORT, WELLS, INTAKES}),
        ("教育局本季度到期的任务", {INTAKES}),
        ("县水务局逾期的任务有哪些", {INTAKES, POINTS}),
        ("每季度要做的任务有哪些", {REPORT}),
        ("有哪些长期坚持的任务", {SOURCES}),
        ("2025年到期的任务有哪些", {POINTS}),
        ("下半年到期的任务有哪些", {REPORT, SCHOOLS}),
        ("哪些任务已经逾期", {INTAKES, POINTS}),
    ],
)
def test_exactly_what_is_due(library: Library, question: str, wanted: set[str]) -> None:
    found = library.ask(question, as_of=DAY)
    assert found.kind == "library" and {name for name in DUE if name in found.answer} == wanted
    assert all(found.answer.find(one.quote) >= 0 for one in found.citations if one.quote in DUE)


def test_a_day_that_was_worked_out_is_said_to_be(library: Library) -> None:
    assert "时限：“8月底前”（推定为 2026-08-31）" in library.ask("县教育局8月到期的任务", as_of=DAY).answer
