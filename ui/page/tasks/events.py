"""看任务: the ledgers of tasks and targets."""

from __future__ import annotations

from graph.codec.columns import TARGET_KINDS
from graph.queries.counted import describe_folded
from graph.queries.due import WORDS, due, years
from ui.desk.desk import Desk
from ui.labels import REGION_FILTER
from ui.page.events import Payload, page_start, text
from ui.page.kit.address import copy_link, standing
from ui.page.kit.forms import select, text_field
from ui.page.kit.html import Html, el, join
from ui.page.kit.states import empty_library, empty_state
from ui.page.kit.tab import Tab, stateless
from ui.page.tasks.ledgers import export_links, pager, targets_table, tasks_table
from ui.page.tasks.units import unit_card

FILES = (("xlsx", "导出 Excel"), ("docx", "导出 Word"))
DUTIES = (("docx", "导出责任清单"),)
UNITS_LISTED = 300


def form(desk: Desk) -> Html:
    """Conditions of both ledgers; a change shows the rows at once."""
    regions = [(r, r) for r in desk.regions()]
    units = [el("option", value=name) for name, _ in desk.units()[:UNITS_LISTED]]
    return el(
        "form",
        select("ledger", "看什么", [("tasks", "任务台账"), ("targets", "目标指标")], any_of=False),
        el(
            "label",
            el("span", "单位"),
            el("input", name="unit", type="search", list="unit-names", autocomplete="off"),
            class_="field for-tasks",
        ),
        el("datalist", units, id="unit-names"),
        select("region", REGION_FILTER, regions),
        el("span", select("topic", "主题", [(t, t) for t in desk.topics()]), class_="for-tasks"),
        el(
            "span",
            select("due", "完成时限", [*WORDS.items(), *((y, f"{y} 年到期") for y in years(desk.tasks()))]),
            class_="for-tasks",
        ),
        el("span", text_field("indicator", "指标", type="search"), class_="for-targets"),
        el("span", select("kind", "类别", list(TARGET_KINDS.items()), "target"), class_="for-targets"),
        select("versions", "副本和旧版", [("once", "不重复计入"), ("all", "一并列出")], any_of=False),
        class_="filters ledger-form",
        data_act="rows",
        data_auto=True,
    )


CONDITIONS = {"targets": ("indicator", "region", "kind"), "tasks": ("unit", "region", "topic", "due")}
"""The conditions of each ledger."""


def rows(desk: Desk, payload: Payload) -> Html:
    """The rows that meet the form, a page of them, with their address."""
    ledger = "targets" if text(payload, "ledger") == "targets" else "tasks"
    values = {name: text(payload, name) for name in CONDITIONS[ledger]}
    every = "all" if text(payload, "versions") == "all" else None
    shown = {"ledger": None if ledger == "tasks" else ledger, **values, "versions": every, "start": page_start(payload)}
    name = " ".join(value for key, value in values.items() if value and key not in ("kind", "due"))
    return join(_rows(desk, payload), standing("tasks", shown, name=name))


def _rows(desk: Desk, payload: Payload) -> Html:
    if not desk.entries():
        return empty_library()
    region = text(payload, "region")
    wanted = page_start(payload)
    every = text(payload, "versions") == "all"
    asked_all = {"all_versions": "true"} if every else {}
    if text(payload, "ledger") == "targets":
        indicator, kind = text(payload, "indicator"), text(payload, "kind")
        targets = desk.targets(indicator=indicator, region=region, kind=kind, all_versions=every)
        if not targets:
            said = "没有符合条件的指标。请减少一个条件，或换一个指标名称。"
            return empty_state("没有这样的指标", said + describe_folded(targets.folded))
        start = min(wanted, len(targets) - 1)
        query = {"indicator": indicator, "region": region, "kind": kind, **asked_all}
        return join(
            _lead(f"{len(targets)} 项指标", targets.folded, export_links("/api/v1/targets", query, FILES)),
            targets_table(targets, start=start),
            pager(len(targets), start, "targets"),
        )
    unit, topic, when = text(payload, "unit"), text(payload, "topic"), text(payload, "due")
    tasks = due(desk.tasks(unit=unit, region=region, topic=topic, all_versions=every), when)
    if not tasks:
        said = "没有符合条件的任务。请减少一个条件，或从单位名单里另选一个。"
        return empty_state("没有这样的任务", said + describe_folded(tasks.folded))
    start = min(wanted, len(tasks) - 1)
    sources = len({task.fact.document_id for task in tasks})
    query = {"unit": unit, "region": region, "topic": topic, "due": when, **asked_all}
    links = export_links("/api/v1/tasks", query, FILES)
    page = desk.unit(unit, region) if unit else None
    if unit:
        links = join(links, export_links("/api/v1/tasks", {**query, "form": "duties"}, DUTIES))
    return join(
        unit_card(page) if page and wanted == 0 else None,
        _lead(f"{len(tasks)} 项任务，出自 {sources} 份文件", tasks.folded, links),
        tasks_table(tasks, start=start, units=page.names if page else frozenset()),
        pager(len(tasks), start, "tasks"),
    )


def _lead(text: str, folded: int, links: Html) -> Html:
    left_out = el("small", describe_folded(folded)) if folded else None
    return el(
        "div", el("h2", text, left_out), el("div", links, el("div", copy_link(), class_="foot"), class_="links"), class_="lead"
    )


TAB = Tab(
    "tasks",
    "看任务",
    "正在取任务和指标…",
    form=form,
    start=lambda desk: rows(desk, {}),
    act=stateless(rows),
    start_follows=True,
)
