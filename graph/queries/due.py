"""Tasks by when they are due: the condition of the ledger, the same on the page and in its exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from graph.codec.records import TaskRecord
from graph.queries.cited import CitedFact
from graph.queries.counted import CountedList

PAST, OPEN, SAID, SILENT = "past", "open", "said", "none"
WORDS = {PAST: "已过期限", OPEN: "未到期限", SAID: "写明期限的", SILENT: "未写明期限的"}


def due(
    tasks: Sequence[CitedFact[TaskRecord]], when: str | None, today: dt.date | None = None
) -> CountedList[CitedFact[TaskRecord]]:
    """The tasks that meet the condition: a year (``2025``) or one of ``WORDS``; all of them without one."""
    folded = tasks.folded if isinstance(tasks, CountedList) else 0
    if not when:
        return CountedList(tasks, folded)
    day = (today or dt.date.today()).isoformat()

    def meets(task: TaskRecord) -> bool:
        date = task.deadline_iso or ""
        if when == PAST:
            return bool(date) and date < day
        if when == OPEN:
            return date >= day
        if when in (SAID, SILENT):
            return bool(task.deadline) is (when == SAID)
        return date[:4] == when

    return CountedList((task for task in tasks if meets(task.fact)), folded)


def years(tasks: Iterable[CitedFact[TaskRecord]]) -> list[str]:
    """The years in which tasks are due, latest first."""
    return sorted({task.fact.deadline_iso[:4] for task in tasks if task.fact.deadline_iso}, reverse=True)
