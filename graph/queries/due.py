"""Tasks by when they are due: the condition of the ledger, the same on the page and in its exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
PAST, OPEN, SAID, SILENT = "past", "open", "said", "none"
WORDS = {PAST: "已过期限", OPEN: "未到期限", SAID: "写明期限的", SILENT: "未写明期限的"}


def due(records: Sequence[dict[str, Any]], when: str | None, today: dt.date | None = None) -> list[dict[str, Any]]:
    """The tasks that meet the condition: a year (``2025``) or one of ``WORDS``; all of them without one."""
    if not when:
        return list(records)
    day = (today or dt.date.today()).isoformat()

    def meets(record: Record) -> bool:
        date = str(record.get("deadline_iso") or "")
        if when == PAST:
            return bool(date) and date < day
        if when == OPEN:
            return date >= day
        if when in (SAID, SILENT):
            return bool(record.get("deadline")) is (when == SAID)
        return date[:4] == when

    return [record for record in records if meets(record)]


def years(records: Sequence[Record]) -> list[str]:
    """The years in which tasks are due, latest first."""
    return sorted({str(record["deadline_iso"])[:4] for record in records if record.get("deadline_iso")}, reverse=True)
