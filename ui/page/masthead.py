"""The line on top: name, and the state of the library."""

from __future__ import annotations

import datetime as dt

from cemai.accounts import ROLE_LABELS, current_caller
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
        el("div", state, *_account(), class_="lib"),
        class_="masthead",
    )


def _account() -> list[object]:
    """Who is signed in, as a link to signing out."""
    caller = current_caller()
    if caller.account is None:
        return []
    return [
        " · ",
        el("a", f"{caller.name}（{ROLE_LABELS.get(caller.role, caller.role)}）", href="/account"),
        *([" · ", caller.library] if caller.library else []),
    ]
