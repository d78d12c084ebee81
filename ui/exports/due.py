"""Exports of what is due 督查: a ledger to hand in, and a calendar (RFC 5545) for the calendars of offices and phones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cemai.supervision import DONE, DueList, SupervisedTask
from graph.codec.columns import deadline_of
from graph.queries.schedule import Every
from ui.exports.tables import ExportTable, TableColumn, Value, doubt_notes

REMINDED = dt.timedelta(days=7)
"""How long before its day a calendar reminds of a task."""
NAME = 60
"""Characters of a task that name its entry in a calendar."""
_RULES: dict[Every, dict[str, Any]] = {
    "year": {"FREQ": "YEARLY"},
    "half": {"FREQ": "YEARLY", "BYMONTH": [6, 12], "BYMONTHDAY": -1},
    "quarter": {"FREQ": "YEARLY", "BYMONTH": [3, 6, 9, 12], "BYMONTHDAY": -1},
    "month": {"FREQ": "MONTHLY"},
    "week": {"FREQ": "WEEKLY"},
}


def due_table(tasks: DueList, as_of: dt.date, *, subject: str = "") -> ExportTable:
    """督查台账: a row for each task, with its day, its words and what the office said. ``subject`` goes into the title (单位、地区)."""
    columns = (
        TableColumn("序号", 3.5, "short"),
        TableColumn("任务", 16),
        TableColumn("牵头单位", 8),
        TableColumn("责任单位", 11),
        TableColumn("到期日", 7, "short"),
        TableColumn("时限（原文）", 8, "short"),
        TableColumn("办理情况", 6, "short"),
        TableColumn("填报人", 5, "short"),
        TableColumn("填报日期", 6, "short"),
        TableColumn("备注", 9),
        TableColumn("地区", 6, "short"),
        TableColumn("依据", 14),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple((number, *_row(one, as_of)) for number, one in enumerate(tasks, 1))
    late = sum(one.is_overdue(as_of) for one in tasks)
    reckoned = any(one.schedule.reckoned for one in tasks)
    notes = (
        f"截至 {as_of.isoformat()}，共 {len(tasks)} 项，其中逾期 {late} 项。",
        *(("到期日后注“推定”的，原文没有写年份，按文件的日期或标题推定。",) if reckoned else ()),
        "办理情况、填报人和备注由本单位填写，不出自文件。",
        *tasks.notes(),
        *doubt_notes([one.cited for one in tasks]),
    )
    return ExportTable(f"{subject}督查台账", columns, rows, notes, [one.record() for one in tasks])


def _row(one: SupervisedTask, as_of: dt.date) -> tuple[str, ...]:
    task, said = one.cited.fact, one.said
    day = one.due.isoformat() if one.due else one.schedule.label
    day += "（推定）" if one.schedule.reckoned and one.due else f"（{one.schedule.label}）" if one.schedule.every else ""
    late = "（逾期）" if one.is_overdue(as_of) else ""
    return (
        task.name,
        "、".join(task.lead_units),
        "、".join([*task.responsible_units, *task.supporting_units]),
        day,
        deadline_of(task) or one.schedule.words,
        one.state + late,
        said.who if said else "",
        said.at[:10] if said else "",
        said.remark if said else "",
        task.region or "",
        one.cited.location,
    )


def calendar_bytes(tasks: DueList, made_at: dt.datetime) -> bytes:
    """An iCalendar file (.ics): an entry of a whole day for each task that has one, repeated where the task comes again.

    The id of an entry is that of its task, so that a calendar that reads a later file replaces the entry. What was done is marked as
    such in its name; what has no day is left out.

    Args:
        tasks: What is due.
        made_at: When the file is made (UTC).
    """
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//cemai//supervision//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "策脉督查")
    for one in tasks:
        if one.due is None:
            continue
        task = one.cited.fact
        event = Event()
        event.add("uid", f"{task.id}@cemai")
        event.add("dtstamp", made_at)
        event.add("dtstart", one.due)
        event.add("dtend", one.due + dt.timedelta(days=1))
        event.add("summary", f"{'〔' + one.state + '〕' if one.state in DONE else ''}{_cut(task.name)}")
        event.add("description", _description(one))
        event.add("categories", [one.state])
        event.add("transp", "TRANSPARENT")
        if one.schedule.every is not None:
            event.add("rrule", _rule(one))
        if one.state not in DONE:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", _cut(task.name))
            alarm.add("trigger", -REMINDED)
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _rule(one: SupervisedTask) -> dict[str, Any]:
    schedule = one.schedule
    rule = dict(_RULES[schedule.every]) if schedule.every else {}
    if schedule.every == "year":
        rule |= {"BYMONTH": schedule.month or 12, "BYMONTHDAY": schedule.of_month or -1}
    elif schedule.every == "month":
        rule["BYMONTHDAY"] = schedule.of_month or -1
    if schedule.until is not None:
        rule["UNTIL"] = schedule.until
    return rule


def _description(one: SupervisedTask) -> str:
    task = one.cited.fact
    units = "　".join(f"{role}：{'、'.join(names)}" for role, names in task.units_by_role if names)
    lines = [
        f"时限：{one.schedule.words}" + ("（日期为推定）" if one.schedule.reckoned else ""),
        units,
        f"依据：{one.cited.location}",
    ]
    said = f"办理情况：{one.state}" + (f"，{one.said.remark}" if one.said and one.said.remark else "")
    return "\n".join([*(line for line in lines if line), said, f"原文：{' '.join(task.quote.split())[:500]}"])


def _cut(name: str) -> str:
    plain = " ".join(name.split())
    return plain if len(plain) <= NAME else plain[: NAME - 1] + "…"
