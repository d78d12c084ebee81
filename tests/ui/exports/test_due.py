"""What is due as files: a calendar that a calendar library reads back, and a ledger that opens in a spreadsheet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import icalendar
import openpyxl
import pytest

from cemai.library import Library
from cemai.supervision import record_state, supervise
from tests.planted import DAY, DUE, open_planted
from ui.exports.due import calendar_bytes, due_table
from ui.exports.writing import to_bytes

MADE = dt.datetime(2026, 6, 15, 8, tzinfo=dt.UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_planted(tmp_path) as opened:
        for one in supervise(opened, as_of=DAY):
            if one.cited.fact.name == "清理取水口":
                record_state(opened.corpus, one.cited.fact, "已办结", who="李四", remark="=已销号")
        yield opened


def test_a_calendar_library_reads_every_day_and_its_reminder(library: Library) -> None:
    found = supervise(library, as_of=DAY)
    written = calendar_bytes(found, MADE)
    assert all(len(line) <= 75 for line in written.split(b"\r\n")) and b"\r\n" in written
    calendar = icalendar.Calendar.from_ical(written)
    events = {str(event["summary"]): event for event in calendar.walk("VEVENT")}
    dated = {name: day for name, day in DUE.items() if day}
    assert {name.removeprefix("〔已办结〕"): event.decoded("dtstart").isoformat() for name, event in events.items()} == dated
    assert {str(event["uid"]) for event in events.values()} == {f"{one.cited.fact.id}@cemai" for one in found if one.due}
    again = events["报告供水情况"]["rrule"]
    assert again["FREQ"] == ["YEARLY"] and again["BYMONTH"] == [3, 6, 9, 12] and again["BYMONTHDAY"] == [-1]
    assert events["改造水窖"].walk("VALARM") and not events["〔已办结〕清理取水口"].walk("VALARM")
    assert "2026年6月底前改造水窖500口" in str(events["改造水窖"]["description"])


def test_a_ledger_says_what_was_read_and_what_the_office_said(library: Library) -> None:
    found = supervise(library, as_of=DAY)
    sheet = openpyxl.load_workbook(io.BytesIO(to_bytes(due_table(found, DAY), "xlsx"))).active
    assert sheet is not None and sheet["A1"].value == "督查台账"
    rows = {row[1]: row for row in sheet.iter_rows(min_row=3, values_only=True) if isinstance(row[0], int)}
    assert {*rows} == {*DUE}
    assert rows["清理取水口"][4:10] == ("2026-05-20", "2026年5月20日前", "已办结", "李四", rows["清理取水口"][8], "=已销号")
    assert rows["更新校园管网"][4] == "2026-08-31（推定）" and rows["巡查水源"][4] == "长期"
    assert rows["建设供水点"][6] == "未启动（逾期）" and rows["报告供水情况"][4] == "2026-06-30（每季度）"
    notes = "".join(str(row[0]) for row in sheet.iter_rows(min_row=3 + len(rows), values_only=True))
    assert "逾期 1 项" in notes and "征求意见稿" in notes
