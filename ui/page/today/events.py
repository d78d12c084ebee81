"""今日: the day of a unit of a region, by its address; the browser remembers which, the library may keep one for all."""

from __future__ import annotations

import datetime as dt

from cemai.incoming import days_back
from cemai.today import DaySummary, OwnUnit, keep_own_unit, load_own_unit
from ui.desk.desk import Desk
from ui.desk.today import day_summary
from ui.page.ask.events import parse_day
from ui.page.ask.history import read_asked
from ui.page.events import Payload, integer, text
from ui.page.kit.address import ARRIVE, copy_link, standing
from ui.page.kit.forms import choice_field, choices_list, select, text_field
from ui.page.kit.html import Html, el, join
from ui.page.kit.states import empty_library
from ui.page.kit.tab import Tab, stateless
from ui.page.tasks.events import UNITS_LISTED
from ui.page.today.views import MOST, day_view

DAYS = {"7": "7 天", "1": "1 天", "3": "3 天", "30": "30 天", "90": "90 天"}
"""How long a document counts as come in, the usual first."""
CONDITIONS = ("unit", "region", "days", "as_of")
"""The fields of the form, by their names in an address."""


def form(desk: Desk) -> Html:
    """The unit, the region and the days."""
    own = desk.read(load_own_unit)
    return el(
        "form",
        choice_field("unit", "本单位", "today-units", type="search", longest=100, value=own.unit),
        choices_list("today-units", [name for name, _ in desk.units()[:UNITS_LISTED]]),
        select("region", "本地区", [(r, r) for r in desk.regions()], own.region),
        select("days", "新来文", list(DAYS.items()), any_of=False),
        text_field("as_of", "截至日期", placeholder="如 2026-06-30"),
        class_="filters ledger-form",
        data_act="rows",
        data_auto=True,
    )


def act(desk: Desk, payload: Payload) -> Html:
    """Show the day; only a press, never an address, keeps the unit and the region for the library."""
    own = OwnUnit(text(payload, "unit"), text(payload, "region"))
    said: Html | None = None
    if text(payload, "act") == "keep":
        desk.change(lambda library: keep_own_unit(library.corpus, own))
        named = "".join(filter(None, (own.region, own.unit)))
        said = el(
            "div",
            f"已记住：打开今日时先看{named}。" if named else "已清除记住的单位和地区。",
            class_="notice said-now",
            role="status",
        )
    return join(said, show(desk, payload, own))


def show(desk: Desk, payload: Payload, own: OwnUnit) -> Html:
    """The sections of the day, with its address."""
    values = {"unit": own.unit, "region": own.region, **{name: text(payload, name) for name in CONDITIONS[2:]}}
    if values["days"] == next(iter(DAYS)):
        values["days"] = None
    name = " ".join(filter(None, (own.region, own.unit)))
    here = standing("today", values, name=name)
    if not desk.entries():
        return join(empty_library(), here)
    day = parse_day(values["as_of"]) or dt.date.today()
    since = days_back(day, min(integer(payload, "days", 7), 366))
    asked = [one for one in read_asked(payload) if one.saved]
    found = day_summary(desk, own, since=since, as_of=day, saved=[one.answer for one in asked], most=MOST)
    return join(_lead(found, name), day_view(found, {one.answer: one.link for one in asked}), here)


def _lead(day: DaySummary, name: str) -> Html:
    keep = el("button", "设为打开时的单位和地区", type="button", class_="open", data_act="keep")
    hint = None if name else el("p", "选好本单位和本地区，这里就只列与之有关的事；这个浏览器会记住。", class_="count")
    head = el("h2", f"{day.as_of.year} 年 {day.as_of.month} 月 {day.as_of.day} 日", el("small", name) if name else None)
    return join(el("div", head, el("div", keep, copy_link(), class_="links"), class_="lead"), hint)


TAB = Tab(
    "today",
    "今日",
    "正在整理今天要看的事…",
    form=form,
    start=lambda desk: show(desk, {"act": ARRIVE}, desk.read(load_own_unit)),
    act=stateless(act),
    start_follows=True,
)
