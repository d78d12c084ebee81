"""Supervision: every planted task in its list and nothing else; what the office says stands beside it and outlives a changed file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from cemai.supervision import (
    days_of_month,
    list_states,
    lost_states,
    record_state,
    supervise,
    undo_state,
)
from corpus.errors import UsageError
from tests.planted import DAY, DUE, WORK, WORK_TEXT, open_planted
from tests.stores import take_in


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_planted(tmp_path) as opened:
        yield opened


def names(library: Library, **conditions: str | None) -> set[str]:
    return {one.cited.fact.name for one in supervise(library, as_of=DAY, **conditions)}  # type: ignore[arg-type]


def say(library: Library, name: str, state: str, **said: str) -> str:
    (one,) = [one for one in supervise(library, as_of=DAY) if one.cited.fact.name == name]
    return record_state(library.corpus, one.cited.fact, state, as_of=DAY, **said).id  # type: ignore[arg-type]


def state_of(library: Library, name: str, day: dt.date = DAY) -> str:
    (one,) = [one for one in supervise(library, as_of=day) if one.cited.fact.name == name]
    return one.state


def test_every_planted_task_and_its_day(library: Library) -> None:
    found = supervise(library, as_of=DAY)
    assert {one.cited.fact.name: one.due.isoformat() if one.due else None for one in found} == DUE
    assert found.unbinding == 1 and "征求意见稿" in "".join(found.notes())
    # the next ones first, then what is past, the latest first, then what has no end
    assert [one.due for one in found] == [
        dt.date(2026, 6, 30), dt.date(2026, 6, 30), dt.date(2026, 8, 31), dt.date(2026, 5, 20), dt.date(2025, 12, 31), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({"when": "overdue"}, {"清理取水口", "建设供水点"}),
        ({"when": "due"}, {"清理取水口", "建设供水点"}),
        ({"when": "month"}, {"改造水窖", "报告供水情况"}),
        ({"when": "30d"}, {"改造水窖", "报告供水情况"}),
        ({"when": "90d"}, {"改造水窖", "报告供水情况", "更新校园管网"}),
        ({"when": "periodic"}, {"报告供水情况"}),
        ({"when": "standing"}, {"巡查水源"}),
        ({"when": "undated"}, set()),
        ({"when": "2025"}, {"建设供水点"}),
        ({"when": "2026-05"}, {"清理取水口"}),
        ({"when": "2026-09"}, {"报告供水情况"}),
        ({"unit": "县教育局"}, {"清理取水口", "更新校园管网"}),
        ({"region": "榆中县", "when": "overdue"}, {"清理取水口", "建设供水点"}),
        ({"region": "黔南州"}, set()),
    ],
)
def test_conditions(library: Library, conditions: dict[str, str], wanted: set[str]) -> None:
    assert names(library, **conditions) == wanted


@pytest.mark.parametrize("conditions", [{"when": "明天"}, {"when": "2026-13"}, {"state": "办了"}])
def test_a_condition_that_is_none_is_refused(library: Library, conditions: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        names(library, **conditions)


def test_a_month(library: Library) -> None:
    days = days_of_month(supervise(library, as_of=DAY), "2026-06")
    assert {day.day: {one.cited.fact.name for one in tasks} for day, tasks in days.items()} == {30: {"改造水窖", "报告供水情况"}}


def test_what_the_office_says_stands_beside_what_was_read(library: Library) -> None:
    before = [cited.record() for cited in library.tasks()]
    say(library, "清理取水口", "在办", who="李四", remark="还差  两处")
    say(library, "清理取水口", "已办结")
    assert state_of(library, "清理取水口") == "已办结" and names(library, when="overdue") == {"建设供水点"}
    assert names(library, when="due") == {"清理取水口", "建设供水点"}, "due it was all the same"
    assert names(library, state="未办结") == {*DUE} - {"清理取水口"} and names(library, state="已办结") == {"清理取水口"}
    assert [cited.record() for cited in library.tasks()] == before
    assert [(one.state, one.who, one.remark) for one in list_states(library.corpus)] == [
        ("在办", "李四", "还差 两处"),
        ("已办结", "", ""),
    ]
    with pytest.raises(UsageError):
        say(library, "清理取水口", "差不多了")


def test_undo_brings_back_what_was_said_before(library: Library) -> None:
    say(library, "改造水窖", "在办")
    last = say(library, "改造水窖", "已报")
    assert undo_state(library.corpus, last).state == "已报" and state_of(library, "改造水窖") == "在办"
    for wrong in (last, "0" * 12, "不是编号"):
        with pytest.raises(UsageError):
            undo_state(library.corpus, wrong)
    assert [bool(one.undone_at) for one in list_states(library.corpus)] == [False, True]


def test_of_a_task_that_comes_again_a_state_is_of_one_turn(library: Library) -> None:
    say(library, "报告供水情况", "已报")
    assert state_of(library, "报告供水情况") == "已报"
    assert state_of(library, "报告供水情况", dt.date(2026, 7, 1)) == "未启动"


def test_a_state_outlives_a_document_read_in_anew_and_a_changed_file(library: Library, tmp_path: Path) -> None:
    say(library, "改造水窖", "在办", who="李四")
    say(library, "更新校园管网", "已报")
    path = tmp_path / "files" / WORK
    take_in(library, [path], again=True)
    assert state_of(library, "改造水窖") == "在办"
    # another text in its place: one task is as it was, one is put in other words, one is gone
    changed = WORK_TEXT.replace("8月底前更新校园管网。", "8月底前全部更新校园管网和水表。").replace(
        "榆政发〔2026〕3号", "榆政发〔2026〕13号"
    )
    path.write_text(changed, encoding="utf-8")
    take_in(library, [path])
    assert (
        len(library.documents()) == 3 and state_of(library, "改造水窖") == "在办" and state_of(library, "更新校园管网") == "已报"
    )
    assert lost_states(library.corpus) == []
    path.write_text(changed.replace("（一）改造水窖。2026年6月底前改造水窖500口。（责任单位：县水务局）\n", ""), encoding="utf-8")
    take_in(library, [path])
    assert [one.state for one in lost_states(library.corpus)] == ["在办"], "nothing that was said is lost in silence"


def test_words_of_a_document_are_not_kept_with_a_state(library: Library) -> None:
    say(library, "改造水窖", "在办")
    kept = "".join(library.corpus.settings("supervision:").values())
    assert "水窖" not in kept and "在办" in kept
