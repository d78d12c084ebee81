"""What is due as a list with a form for each task, and as a month of a calendar."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence

from cemai.supervision import STATES, WHEN, SupervisedTask, TaskState
from graph.codec.columns import deadline_of
from ui.page.kit.address import address
from ui.page.kit.html import Html, cut, el, join
from ui.page.tasks.ledgers import PAGE, ledger_table, source_link, unit_cell

WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
IN_A_DAY = 3
"""Tasks named in a day of the calendar; the rest are counted, with a link to the list of the day."""
NAME = 28
"""Characters of a task in a day of the calendar."""


def due_ledger(tasks: Sequence[SupervisedTask], day: dt.date, *, start: int = 0) -> Html:
    """The list: 序号 任务 责任单位 到期日 时限 办理情况 出处."""
    rows = [_row(number, one, day, start) for number, one in enumerate(tasks[start : start + PAGE], start + 1)]
    return ledger_table(["序号", "任务", "责任单位", "到期日", "办理情况", "出处"], rows, "督查台账", class_="ledger due")


def _row(number: int, one: SupervisedTask, day: dt.date, start: int) -> Html:
    task = one.cited.fact
    path = task.section_path
    words = deadline_of(task) or one.schedule.words
    date = one.due.isoformat() if one.due else one.schedule.label
    when = join(
        el("span", date, class_="date"),
        el("small", "推定", class_="tag", title="原文没有写年份，按文件的日期或标题推定")
        if one.schedule.reckoned and one.due
        else None,
        el("div", words, class_="meta"),
    )
    place = join(source_link(one.cited), el("div", path[-1], class_="meta", title=" › ".join(path)) if path else None)
    return el(
        "tr",
        el("td", number, class_="num"),
        el("td", el("div", cut(task.name, 120), class_="name"), data_label="任务"),
        unit_cell([*task.lead_units, *task.responsible_units, *task.supporting_units], "责任单位"),
        el("td", when, data_label="到期日"),
        el("td", _state(one, day, start), data_label="办理情况"),
        el("td", place, class_="place", data_label="出处"),
    )


def _state(one: SupervisedTask, day: dt.date, start: int) -> Html:
    """The state, who said it, and the form that says another."""
    task, said = one.cited.fact, one.said
    late = el("span", "逾期", class_="state") if one.is_overdue(day) else None
    told = _told(said, one) if said else None
    summary = el("summary", one.state, late)
    form = el(
        "form",
        el(
            "label",
            el("span", "办理情况"),
            el("select", [el("option", state, value=state, selected=state == one.state) for state in STATES], name="said"),
            class_="field",
        ),
        el(
            "label", el("span", "填报人"), el("input", name="who", type="text", maxlength=40, autocomplete="name"), class_="field"
        ),
        el("label", el("span", "备注"), el("input", name="remark", type="text", maxlength=500), class_="field"),
        el("input", name="task", type="hidden", value=task.id),
        el("input", name="document", type="hidden", value=task.document_id),
        el("input", name="start", type="hidden", value=start),
        el("button", "记下", type="submit", class_="quiet"),
        class_="filters say",
        data_act="say",
    )
    return join(el("details", summary, form), told)


def _told(said: TaskState, one: SupervisedTask) -> Html:
    earlier = f"{said.due} 那一期{said.state}，" if said.due and one.due and said.due != one.due.isoformat() else ""
    return el(
        "div",
        f"{earlier}{said.at[:10]}{' ' + said.who if said.who else ''}",
        f"：{said.remark}" if said.remark else None,
        class_="meta",
    )


def count_line(counts: Mapping[str, int], values: Mapping[str, str | None], chosen: str | None) -> Html | None:
    """How many tasks meet each condition, each a link to its list."""
    if not counts:
        return None
    kept = {name: value for name, value in values.items() if name not in ("when", "start", "month", "layout")}
    links = [
        el(
            "a",
            WHEN[when].split("（")[0],
            el("span", f" {counts[when]}", class_="count"),
            href=address("due", {**kept, "when": when}),
            class_="example" if when != chosen else "example on-now",
            aria_current="true" if when == chosen else None,
        )
        for when in WHEN
        if when in counts
    ]
    return el("nav", links, class_="examples", aria_label="按期限")


def month_view(
    days: Mapping[dt.date, Sequence[SupervisedTask]], month: str, today: dt.date, values: Mapping[str, str | None]
) -> Html:
    """A month: a table of weeks where there is room, the days that have something one below the other where there is none."""
    year, number = int(month[:4]), int(month[5:])
    weeks = calendar.Calendar().monthdatescalendar(year, number)
    rows = [el("tr", [_day(day, days.get(day, ()), day.month == number, today) for day in week]) for week in weeks]
    heads = el("tr", [el("th", f"周{name}", scope="col") for name in WEEKDAYS])
    caption = el("caption", f"{year} 年 {number} 月到期的任务", class_="unseen")
    table = el("table", caption, el("thead", heads), el("tbody", rows), class_="month")
    return join(_other_months(year, number, values), el("div", table, class_="sheet"))


def _other_months(year: int, number: int, values: Mapping[str, str | None]) -> Html:
    def link(step: int, label: str) -> Html:
        at = year * 12 + number - 1 + step
        return el("a", label, href=address("due", {**values, "month": f"{at // 12}-{at % 12 + 1:02}"}), class_="open")

    return el("nav", link(-1, "上个月"), el("b", f"{year} 年 {number} 月"), link(1, "下个月"), class_="pager", aria_label="月份")


def _day(day: dt.date, tasks: Sequence[SupervisedTask], inside: bool, today: dt.date) -> Html:
    if not inside:
        return el("td", class_="outside")
    shown = [el("li", source_link(one.cited, cut(one.cited.fact.name, NAME)), _mark(one, today)) for one in tasks[:IN_A_DAY]]
    more = el("details", el("summary", f"另 {len(tasks) - IN_A_DAY} 项"), el("ul", [
        el("li", source_link(one.cited, cut(one.cited.fact.name, NAME)), _mark(one, today)) for one in tasks[IN_A_DAY:]
    ])) if len(tasks) > IN_A_DAY else None  # fmt: skip
    number = el(
        "span",
        el("b" if day == today else "span", day.day),
        el("span", f"日 周{WEEKDAYS[day.weekday()]}", class_="narrow-only"),
        class_="day",
    )
    class_ = " ".join(name for name, holds in (("here", day == today), ("free", not tasks)) if holds)
    return el("td", number, el("ul", shown) if shown else None, more, class_=class_ or None)


def _mark(one: SupervisedTask, today: dt.date) -> Html | None:
    if one.is_overdue(today):
        return el("span", "逾期", class_="state")
    return el("span", one.state, class_="tag") if one.said else None
