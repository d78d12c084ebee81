"""Deadlines as data 时限: a day, a period (每季度, 每年6月底前) or no end at all (长期坚持), from the time limit that a task carries.

The store keeps a limit as written, and a day where its words alone decide it. What its words leave open is worked out here from the
document they stand in: 6月底前 in a plan of 2026 is 2026-06-30, and is marked as worked out (推定).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from corpus.document import Span
from corpus.store import DocumentInfo
from graph.codec.records import TaskRecord
from graph.lexicon import expand
from graph.named_periods import named_periods

Every = Literal["year", "half", "quarter", "month", "week"]
EVERY: dict[Every, str] = {"year": "每年", "half": "每半年", "quarter": "每季度", "month": "每月", "week": "每周"}
NOT_DUTIES = frozenset({"征求意见稿", "已废止"})
"""Documents of these statuses bind nobody: their tasks are counted, not listed."""
ENDED = frozenset({"已失效"})
"""In documents of these statuses what comes again, or has no end, has ended; a day that has passed still has."""
_LISTS: dict[Every, str] = {
    "half": "every_half_year",
    "quarter": "every_quarter",
    "month": "every_month",
    "week": "every_week",
    "year": "every_year",
}
_MONTHS: dict[Every, tuple[int, ...]] = {"half": (6, 12), "quarter": (3, 6, 9, 12), "month": tuple(range(1, 13))}
_PERIOD = re.compile("|".join(f"(?P<{every}>{expand(f'{{{name}}}')})" for every, name in _LISTS.items()))
_ACT = re.compile(expand("{recurring_acts}"))
_AMOUNT = re.compile(expand(r"{amounts_between}|\d"))
_COUNTED = re.compile(r"[至最]少\d+次?|不少于\d+次|\d+次|\d{1,2}月(?:\d{1,2}日|[底初末])?前?|\d{1,2}[日号]前?")
"""Numbers between a period and what is done in it that are no amounts: 每年至少2次, 每月5日前."""
_CLAUSE = re.compile(r"[，,。；;：:\n（(]")
_REACH = 18
"""Characters behind a period in which its act must stand."""
_STANDING = re.compile(expand("{standing_limits}"))
_LABELLED = re.compile(expand(r"{deadline_labels}[:：]\s*(?P<words>{standing_limits})"))
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月(?:(\d{1,2})[日号])?")
_QUARTER = re.compile(r"第?([一二三四1-4])季度")
_FIRST_YEARS = re.compile(r"前([一二三四1-4])年")
_YEAR_END = re.compile(r"年?底|年末")
_THIS_YEAR = re.compile(expand("{this_years}"))
_NEXT_YEAR = re.compile(expand("{next_years}"))
_TITLE_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_BEFORE = 6
"""Characters in front of a limit that may make it one of every year: 每年的6月底前."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a task is due.

    Attributes:
        words: The words of the text that say so.
        day: The last day, where there is one.
        every: The period, where the task comes again.
        month: Of a yearly task the month it is due in, else 0.
        of_month: The day of the month it is due on, 0 for its last.
        standing: Whether it goes on without an end.
        reckoned: Whether the day was worked out from the date or title of the document.
        since, until: Of what comes again the days between which it does: from the issue of its document to the end of its term.
    """

    words: str
    day: dt.date | None = None
    every: Every | None = None
    month: int = 0
    of_month: int = 0
    standing: bool = False
    reckoned: bool = False
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def label(self) -> str:
        """In words for a list: the day, the period, 长期, or that the words fix no day."""
        if self.every is not None:
            return EVERY[self.every] + (
                (f"{self.month}月" if self.month else "") + (f"{self.of_month}日" if self.of_month else "")
            )
        if self.day is not None:
            return self.day.isoformat() + ("（推定）" if self.reckoned else "")
        return "长期" if self.standing else "未写年份"

    def days(self, first: dt.date, last: dt.date) -> Iterator[dt.date]:
        """The days it is due on from ``first`` to ``last``, both included."""
        if self.every is None:
            if self.day is not None and first <= self.day <= last:
                yield self.day
            return
        first, last = max(first, self.since or first), min(last, self.until or last)
        if self.every == "week":
            day = first + dt.timedelta(days=6 - first.weekday())
            while day <= last:
                yield day
                day += dt.timedelta(days=7)
            return
        months = (self.month or 12,) if self.every == "year" else _MONTHS[self.every]
        for year in range(first.year, last.year + 1):
            for month in months:
                if first <= (day := _day_of(year, month, self.of_month)) <= last:
                    yield day

    def next(self, day: dt.date) -> dt.date | None:
        """The day it is due on next, that day included; the one day of a task that does not come again, also when it is over."""
        if self.every is None:
            return self.day
        return next(self.days(day, day.replace(year=day.year + 2, day=1)), None)


def read_schedule(task: TaskRecord, info: DocumentInfo) -> Schedule | None:
    """When a task is due, from its time limit and its words; None where the document says nothing of it.

    Args:
        task: A task.
        info: Its document: a limit without a year is of the year its title names, else the first such day after its issue.
    """
    words = task.deadline or ""
    if words:
        at = task.quote.find(words)
        period = _PERIOD.search(words) or (_PERIOD.search(task.quote[max(0, at - _BEFORE) : at]) if at > 0 else None)
        if period is not None:
            said = words if period.string is words else task.quote[max(0, at - _BEFORE) + period.start() : at + len(words)]
            return replace(_periodic(period, said, words), since=_issued(info))
        if task.deadline_iso:
            return Schedule(words, dt.date.fromisoformat(task.deadline_iso), standing=bool(_STANDING.search(words)))
        if _STANDING.search(words):
            return Schedule(words, standing=True)
        day = _day_in_document(words, task, info)
        return Schedule(words, day, reckoned=day is not None)
    recurring = _recurring(task.quote)
    if recurring is not None:
        return replace(recurring, since=_issued(info))
    labelled = _LABELLED.search(task.quote)
    return Schedule(labelled["words"], standing=True) if labelled else None


def _issued(info: DocumentInfo) -> dt.date | None:
    day = info.head.issued_on or info.head.published_on
    return dt.date.fromisoformat(day) if day and len(day) == 10 else None


def read_period(text: str) -> tuple[Every, Span] | None:
    """The first period that a text names (每季度), with its place."""
    match = _PERIOD.search(text)
    return (_every(match), Span(match.start(), match.end())) if match else None


def _periodic(period: re.Match[str], words: str, limit: str) -> Schedule:
    every = _every(period)
    month = _MONTH.search(limit)
    if month is not None and every == "year" and 1 <= int(month[1]) <= 12:
        return Schedule(words, every=every, month=int(month[1]), of_month=int(month[2] or 0))
    quarter = _QUARTER.search(limit) if every == "year" else None
    if quarter is not None:
        return Schedule(words, every=every, month=3 * ("一二三四".find(quarter[1]) + 1 or int(quarter[1])))
    day = re.search(r"(\d{1,2})[日号]", limit) if every == "month" else None
    return Schedule(words, every=every, of_month=int(day[1]) if day else 0)


def _every(period: re.Match[str]) -> Every:
    return next(every for every in _LISTS if period[every])


def _recurring(quote: str) -> Schedule | None:
    """A period that a task names before something that is done in it: 每季度通报一次, not 每月补贴300元."""
    for period in _PERIOD.finditer(quote):
        rest = quote[period.end() : period.end() + _REACH]
        clause = _CLAUSE.search(rest)
        rest = rest[: clause.start()] if clause else rest
        act = _ACT.search(rest)
        if act is None or _AMOUNT.search(_COUNTED.sub("", rest[: act.start()])):
            continue
        if quote[period.end() + act.end() :][:1] == "的":  # it says which, not what is to be done: 每年公布的缴存上限
            continue
        return _periodic(period, quote[period.start() : period.end() + act.end()], rest[: act.start()])
    return None


def _day_in_document(words: str, task: TaskRecord, info: DocumentInfo) -> dt.date | None:
    """The day of a limit without a year, seen from its document; None where nothing fixes it."""
    head = info.head
    period = next((one for one in named_periods().values() if one.context and any(mark in words for mark in one.markers)), None)
    if period is not None:
        said = "".join((head.title or "", *task.section_path, task.quote))
        if not any(word in said for word in period.context):
            return None
        years_of = _FIRST_YEARS.search(words)
        if years_of is None:
            return period.end
        return _day_of(period.start.year + ("一二三四".find(years_of[1]) + 1 or int(years_of[1])) - 1, 12, 0)
    issued = _issued(info)
    years = {int(year) for year in _TITLE_YEAR.findall(head.title or "")}
    titled = years.pop() if len(years) == 1 else None
    if titled is not None and issued is not None and abs(titled - issued.year) > 1:
        titled = None  # the title names the year of something else
    year = titled or (issued.year if issued else None)
    if year is None:
        return None
    if _NEXT_YEAR.search(words):
        year, titled = year + 1, year + 1
    elif _THIS_YEAR.search(words):
        titled = year
    month = _MONTH.search(words)
    if month is not None and 1 <= int(month[1]) <= 12:
        day_then = _day_of(year, int(month[1]), int(month[2] or 0))
        if titled is None and issued is not None and day_then < issued:
            return _day_of(year + 1, int(month[1]), int(month[2] or 0))
        return day_then
    return _day_of(year, 12, 0) if _YEAR_END.search(words) or _THIS_YEAR.search(words) else None


def _day_of(year: int, month: int, day: int) -> dt.date:
    """A day of a month, its last where ``day`` is 0 or the month has none such."""
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(day or last, last))
