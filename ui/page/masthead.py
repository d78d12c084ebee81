"""The line on top: name, and the state of the library."""

from __future__ import annotations

import datetime as dt

from ui.desk.desk import Desk
from ui.page.kit.html import Html, el


def masthead(desk: Desk) -> Html:
    """Logo and library."""
    count = len(desk.entries())
    regions = len(desk.regions())
    state = f"{count} 份文件 · {regions} 个地区 · 截至 {dt.date.today().isoformat()}" if count else "文档库为空"
    return el(
        "div",
        el("h1", el("i"), "策脉", class_="logo"),
        el("div", state, class_="lib"),
        class_="masthead",
    )
