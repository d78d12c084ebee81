"""Times in which tasks are due, as questions name them: 2026年6月底前, 本月, 下个季度, 30日内, 每季度, 长期."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from corpus.numerals import read_whole_number
from corpus.wordlists import expand
from graph.queries.schedule import Every, read_period

Measure = Literal["day", "week", "month", "quarter", "half", "year"]
_MEASURES: dict[str, Measure] = {
    "日": "day", "天": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
}  # fmt: skip
_NUMBER = r"\d{1,3}|[一两二三四五六七八九十]{1,3}"
_UNTIL = r"(?P<until>之前|以前|前)?(?:以内|之内|内)?"
_DATED = re.compile(
    r"(?:到|截至|截止)?(?:(?P<year>20\d\d|今|本|明|去)年?(?:的)?)?"
    rf"(?:(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?:份)?(?:(?P<day>\d{{1,2}})[日号])?|第?(?P<quarter>[一二三四1-4])季度|(?P<half>上半年|下半年|年中))?"
    rf"(?P<end>年底|年末|年内|底|末)?{_UNTIL}"
)
_TURN = re.compile(
    expand("qa", r"(?:到|截至|截止)?(?:(?P<now>{now_words})|(?P<next>{next_words})|(?P<last>{last_words}))")
    + rf"(?P<measure>月|季度|季|周|星期|礼拜)(?P<end>底|末)?{_UNTIL}"
)
_DAYS = re.compile(r"(?P<day>今天|今日|明天|明日|后天)(?P<until>之前|以前|前)?")
_WITHIN = re.compile(
    expand("qa", r"(?P<ahead>{ahead_words})?")
    + rf"(?P<count>{_NUMBER}|半)个?(?P<measure>日|天|周|星期|礼拜|月|季度|年)(?P<in>之内|以内|内)?"
)
_NO_COUNT = frozenset("第年月")
"""What in front of a number makes it the name of a day or a year, not a count of them."""
_MONTH_END = re.compile(rf"(?<![\d月年])月(?:底|末){_UNTIL}")
_STANDING = re.compile(expand("qa", "{standing_asked}"))
_PERIODIC = re.compile(expand("qa", "{periodic_asked}"))
_RELATIVE = {"今": 0, "本": 0, "明": 1, "去": -1}
_HALVES = {"上半年": (1, 6), "下半年": (7, 12), "年中": (1, 6)}
_DAY_WORDS = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}


@dataclass(frozen=True, slots=True)
class DueTime:
    """A time in which tasks are due.

    Args:
        year: The year, or how many years it is from that of the day of asking (今年 is 0).
        relative: Whether ``year`` is such a difference.
        months: First and last month.
        day: The last day, or None for the last of the month.
        until: Whether everything due before counts as well (底前).
    """

    year: int
    relative: bool = False
    months: tuple[int, int] = (1, 12)
    day: int | None = None
    until: bool = False

    def between(self, as_of: dt.date) -> tuple[str, str]:
        """First and last day as ISO dates, seen from a day: ("", "2026-06-30") for 2026年6月底前."""
        year = as_of.year + self.year if self.relative else self.year
        first, last = self.months
        ends = dt.date(year + last // 12, last % 12 + 1, 1) - dt.timedelta(days=1)
        day = min(self.day, ends.day) if self.day else ends.day
        begins = ends.replace(day=day) if self.day else dt.date(year, first, 1)
        return "" if self.until else begins.isoformat(), ends.replace(day=day).isoformat()


@dataclass(frozen=True, slots=True)
class RelativeDueTime:
    """A time seen from the day of asking.

    Args:
        measure: Days, weeks, months or quarters.
        shift: Which one: 0 is that of the day, 1 the next, -1 the last.
        within: So many of them from the day on; then ``shift`` counts for nothing.
        until: Whether everything due before counts as well.
    """

    measure: Measure
    shift: int = 0
    within: int = 0
    until: bool = False

    def between(self, as_of: dt.date) -> tuple[str, str]:
        """First and last day as ISO dates, seen from a day."""
        first, last = self._within(as_of) if self.within else self._turn(as_of)
        return "" if self.until else first.isoformat(), last.isoformat()

    def _within(self, day: dt.date) -> tuple[dt.date, dt.date]:
        if self.measure in ("day", "week"):
            return day, day + dt.timedelta(days=self.within * (7 if self.measure == "week" else 1))
        months = self.within * {"month": 1, "quarter": 3, "half": 6, "year": 12}[self.measure]
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        return day, dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

    def _turn(self, day: dt.date) -> tuple[dt.date, dt.date]:
        if self.measure == "day":
            day += dt.timedelta(days=self.shift)
            return day, day
        if self.measure == "week":
            first = day - dt.timedelta(days=day.weekday()) + dt.timedelta(days=7 * self.shift)
            return first, first + dt.timedelta(days=6)
        size = 3 if self.measure == "quarter" else 1
        year, month = divmod(day.year * 12 + (day.month - 1) // size * size + size * self.shift, 12)
        end_year, end = divmod(year * 12 + month + size - 1, 12)
        return dt.date(year, month + 1, 1), dt.date(end_year, end + 1, calendar.monthrange(end_year, end + 1)[1])


@dataclass(frozen=True, slots=True)
class RecurringDue:
    """Tasks that come again, in one period or in any (``every`` None), or that have no end (``standing``)."""

    every: Every | None = None
    standing: bool = False


AskedDue = DueTime | RelativeDueTime | RecurringDue


def read_due_time(text: str) -> tuple[AskedDue | None, str]:
    """The time in which tasks are to be done, and the text without it.

    >>> read_due_time("本月到期的任务")
    (RelativeDueTime(measure='month', shift=0, within=0, until=False), ' 到期的任务')
    """
    for read in (_read_within, _read_turn, _read_day, _read_dated, _read_month_end):
        due, left = read(text)
        if due is not None:
            return due, left
    return None, text


def read_recurring(text: str) -> tuple[RecurringDue | None, str]:
    """A period or its lack by which tasks are asked for (每季度要做的, 长期坚持的), and the text without it."""
    found = read_period(text)
    if found is not None:
        every, span = found
        return RecurringDue(every), _without(text, span.start, span.end)
    for pattern, due in ((_STANDING, RecurringDue(standing=True)), (_PERIODIC, RecurringDue())):
        if (match := pattern.search(text)) is not None:
            return due, _without(text, match.start(), match.end())
    return None, text


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"


def _read_within(text: str) -> tuple[AskedDue | None, str]:
    for match in _WITHIN.finditer(text):
        if not (match["in"] or match["ahead"]) or text[max(0, match.start() - 1) : match.start()] in _NO_COUNT:
            continue
        measure = _MEASURES[match["measure"]]
        if match["count"] == "半":
            if measure not in ("month", "year"):
                continue
            due = RelativeDueTime("day", within=15) if measure == "month" else RelativeDueTime("month", within=6)
            return due, _without(text, match.start(), match.end())
        count = read_whole_number(match["count"])
        if count:
            return RelativeDueTime(measure, within=count), _without(text, match.start(), match.end())
    return None, text


def _read_turn(text: str) -> tuple[AskedDue | None, str]:
    match = _TURN.search(text)
    if match is None:
        return None, text
    shift = 0 if match["now"] else 1 if match["next"] else -1
    due = RelativeDueTime(_MEASURES[match["measure"]], shift, until=match["until"] is not None)
    return due, _without(text, match.start(), match.end())


def _read_day(text: str) -> tuple[AskedDue | None, str]:
    match = _DAYS.search(text)
    if match is None:
        return None, text
    due = RelativeDueTime("day", _DAY_WORDS[match["day"]], until=match["until"] is not None)
    return due, _without(text, match.start(), match.end())


def _read_month_end(text: str) -> tuple[AskedDue | None, str]:
    match = _MONTH_END.search(text)
    if match is None:
        return None, text
    return RelativeDueTime("month", until=match["until"] is not None), _without(text, match.start(), match.end())


def _read_dated(text: str) -> tuple[AskedDue | None, str]:
    wanted = ("year", "month", "quarter", "half")
    match = next((m for m in _DATED.finditer(text) if any(m[name] for name in wanted) or (m["end"] or "").startswith("年")), None)
    if match is None:
        return None, text
    months = _HALVES.get(match["half"] or "", (1, 12))
    if match["quarter"]:
        last = 3 * (read_whole_number(match["quarter"]) or 4)
        months = (last - 2, last)
    if match["month"]:
        month = read_whole_number(match["month"]) or 0
        if not 1 <= month <= 12:
            return None, text
        months = (month, month)
    year = 0 if match["year"] is None else _RELATIVE.get(match["year"])
    due = DueTime(
        int(match["year"]) if year is None else year,
        year is not None,
        months,
        int(match["day"]) if match["day"] else None,
        match["until"] is not None,
    )
    return due, _without(text, match.start(), match.end())
