"""The day in one line, for the head of the first page."""

from __future__ import annotations

from cemai.today import load_own_unit
from ui.desk.desk import Desk
from ui.desk.today import day_summary
from ui.page.kit.address import address
from ui.page.kit.html import Html, el


def today_line(desk: Desk) -> Html | None:
    """What the day has, in one line for the first page; nothing on a quiet day."""
    own = desk.read(load_own_unit)
    day = day_summary(desk, own, most=0)
    parts = [
        f"{what} {count} {measure}"
        for what, count, measure in (
            ("新来文", day.arrived, "份"),
            ("逾期任务", len(day.overdue), "项"),
            ("30 日内到期", len(day.due) - len(day.overdue), "项"),
            ("将届满或刚届满的文件", len(day.expiring), "份"),
            ("有变化的答案", len(day.answers), "条"),
        )
        if count
    ]
    if not parts:
        return None
    link = el("a", "看今日", href=address("today", {"unit": own.unit, "region": own.region}), class_="open")
    return el("p", el("b", "今日"), "　", "，".join(parts), "。", link, class_="today-line")
