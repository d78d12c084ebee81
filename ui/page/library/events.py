"""文档库: files in, their state, out and back."""

from __future__ import annotations

from corpus.errors import PolicyError
from corpus.store import DocumentInfo
from corpus.titles import in_marks
from ingest.formats.registry import ENDINGS, list_formats
from ui.desk.desk import Desk
from ui.page.events import Payload, integer, text
from ui.page.kit.html import Html, join
from ui.page.kit.states import error_message
from ui.page.kit.tab import Tab, stateless
from ui.page.library.table import ShelfRow, shelf_view, upload_box
from ui.page.tasks.ledgers import pager

STATUSES = ("废止",)


def form() -> Html:
    """Where files go in."""
    limit = f"{list_formats()}，每份不超过 50 MB；{list_formats(convertible=True)} 要装有 LibreOffice"
    return upload_box(",".join(f".{ending}" for ending in sorted(ENDINGS)), limit)


def table(desk: Desk, payload: Payload) -> Html:
    """Do what was pressed and show the table."""
    act, id = text(payload, "act"), text(payload, "doc") or ""
    undo: DocumentInfo | None = None
    message: str | None = None
    wrong: Html | None = None
    try:
        if act == "remove":
            undo = desk.change(lambda library: library.remove(id))
        elif act == "restore":
            back = desk.change(lambda library: library.restore(id))
            message = f"已恢复{in_marks(back.head.title or back.source)}。"
        elif act == "status":
            value = text(payload, "value")
            status = value if value in STATUSES else None
            info = desk.change(lambda library: library.set_status(id, status, None))
            message = f"{in_marks(info.head.title or info.source)}" + (
                f"已标为{status}。" if status else "已恢复为文件自身的状态。"
            )
    except PolicyError as error:
        wrong = error_message(str(error))
    entries = desk.entries()
    start = min(integer(payload, "start") if act == "page" else 0, max(0, len(entries) - 1))
    rows = [ShelfRow(e.info, e.status, e.reason) for e in reversed(entries)]  # the newest stands where it is looked for
    return join(wrong, shelf_view(rows, start=start, undo=undo, message=message), pager(len(rows), start, "shelf"))


TAB = Tab(
    "shelf",
    "文档库",
    "正在处理…",
    form=form(),
    start=lambda desk: table(desk, {}),
    act=stateless(table),
    changes=lambda payload: text(payload, "act") != "page",
)
