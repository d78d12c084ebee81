"""督查: the list and the month of what is due, and what the office says of it."""

from __future__ import annotations

import datetime as dt
import re

from cemai.supervision import OPEN, STATES, WHEN, DueList, choose_due, count_due, days_of_month, record_state, undo_state
from corpus.errors import PolicyError, UsageError
from ui.desk.desk import Desk
from ui.desk.supervision import due_tasks, find_task
from ui.labels import REGION_FILTER
from ui.page.ask.events import parse_day
from ui.page.due.tables import count_line, due_ledger, month_view
from ui.page.events import Payload, integer, text
from ui.page.kit.address import ARRIVE, copy_link, standing
from ui.page.kit.forms import choice_field, choices_list, select, text_field
from ui.page.kit.html import EMPTY, Html, cut, el, join
from ui.page.kit.states import empty_library, empty_state, error_message
from ui.page.kit.tab import Tab, stateless
from ui.page.tasks.events import UNITS_LISTED
from ui.page.tasks.ledgers import export_links, pager

FILES = (("xlsx", "导出 Excel"), ("docx", "导出 Word"), ("ics", "导出日历"))
CONDITIONS = ("unit", "region", "when", "state", "layout", "as_of")
"""The fields of the form, by their names in an address."""
_STAYS = frozenset({ARRIVE, "page", "say", "unsay"})
"""Acts after which the same page of the list is shown."""
_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")


def form(desk: Desk) -> Html:
    """Conditions; a change shows the rows at once."""
    return el(
        "form",
        choice_field("unit", "单位", "due-units", type="search", longest=100),
        choices_list("due-units", [name for name, _ in desk.units()[:UNITS_LISTED]]),
        select("region", REGION_FILTER, [(r, r) for r in desk.regions()]),
        select("when", "期限", list(WHEN.items())),
        select("state", "办理情况", [(one, one) for one in (OPEN, *STATES)]),
        select("layout", "怎样看", [("list", "清单"), ("month", "月历")], any_of=False),
        text_field("as_of", "截至日期", placeholder="如 2026-06-30"),
        class_="filters ledger-form",
        data_act="rows",
        data_auto=True,
    )


def act(desk: Desk, payload: Payload) -> Html:
    """Do what was pressed, and show the list or the month as it is then. An address only shows."""
    said: Html | None = None
    try:
        if text(payload, "act") == "say":
            said = _say(desk, payload)
        elif text(payload, "act") == "unsay":
            said = _unsay(desk, payload)
    except PolicyError as error:
        said = error_message(str(error))
    return join(said, rows(desk, payload))


def _say(desk: Desk, payload: Payload) -> Html:
    task = find_task(desk, text(payload, "document") or "", text(payload, "task") or "")
    if task is None:
        raise UsageError("这项任务已不在文档库里。请刷新后再试。")
    day = parse_day(text(payload, "as_of"))
    made = desk.change(
        lambda library: record_state(
            library.corpus,
            task,
            text(payload, "said") or "",
            who=text(payload, "who"),
            remark=text(payload, "remark"),
            as_of=day,
        )
    )
    undo = el(
        "button", "撤销", type="button", class_="open", data_act="unsay", data_entry=made.id, data_start=integer(payload, "start")
    )
    return el("div", f"已记下：{cut(task.name, 40)}，{made.state}。", undo, class_="notice said-now", role="status")


def _unsay(desk: Desk, payload: Payload) -> Html:
    done = desk.change(lambda library: undo_state(library.corpus, text(payload, "entry") or ""))
    return el("div", f"已撤销“{done.state}”。", class_="notice said-now", role="status")


def rows(desk: Desk, payload: Payload) -> Html:
    """What meets the form, with its address."""
    values = {name: text(payload, name) for name in CONDITIONS}
    if values["layout"] == "list":
        values["layout"] = None
    if not desk.entries():
        return join(empty_library(), standing("due", values))
    day = parse_day(values["as_of"]) or dt.date.today()
    every = due_tasks(desk, unit=values["unit"], region=values["region"], as_of=day)
    shown = choose_due(every, day, when=values["when"], state=values["state"])
    name = " ".join(filter(None, (values["unit"], values["region"], values["state"])))
    counts = count_line(count_due(every, day), values, values["when"])
    if values["layout"] == "month":
        month = text(payload, "month") or ""
        month = month if _MONTH.fullmatch(month) else day.isoformat()[:7]
        body = month_view(days_of_month(shown, month), month, day, values)
        return join(counts, _lead(shown, day, values), body, standing("due", {**values, "month": month}, name=name))
    start = min(integer(payload, "start"), max(0, len(shown) - 1)) if text(payload, "act") in _STAYS else 0
    here = standing("due", {**values, "start": start}, name=name)
    if not shown:
        said = "没有符合条件的任务。" if every else "文件里没有写明时限的任务。"
        hint = "请换一个期限或单位。" if every else "放入写有完成时限的文件后，这里会按日期列出。"
        return join(counts, empty_state("没有到期的任务", said + hint + "".join(every.notes())), here)
    return join(counts, _lead(shown, day, values), due_ledger(shown, day, start=start), pager(len(shown), start, "due"), here)


def _lead(shown: DueList, day: dt.date, values: dict[str, str | None]) -> Html:
    late = sum(one.is_overdue(day) for one in shown)
    query = {name: value for name, value in values.items() if name != "layout"} | {
        "as_of": day.isoformat() if values["as_of"] else None
    }
    notes = "".join(shown.notes())
    return el(
        "div",
        el("h2", f"{len(shown)} 项任务", f"，逾期 {late} 项" if late else None, el("small", notes) if notes else None),
        el("div", export_links("/api/v1/due", query, FILES), el("div", copy_link(), class_="foot"), class_="links")
        if shown
        else EMPTY,
        class_="lead",
    )


TAB = Tab(
    "due",
    "督查",
    "正在按期限整理任务…",
    form=form,
    start=lambda desk: rows(desk, {}),
    act=stateless(act),
    start_follows=True,
)
