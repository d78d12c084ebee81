"""The library's table: one row a file with its state, what was read of it, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.store import DocumentInfo
from corpus.titles import in_marks
from graph.codec.columns import UNSTATED
from ingest.formats.registry import label_of_format
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.wording import document_date, state_tag
from ui.page.tasks.ledgers import PAGE


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A document and its state on the day it is shown."""

    info: DocumentInfo
    status: str | None
    reason: str | None = None


def shelf_view(rows: Sequence[ShelfRow], *, start: int = 0, undo: DocumentInfo | None = None, message: str | None = None) -> Html:
    """The table with its notice of what was just done."""
    said: Html | None = None
    if undo is not None:
        said = el(
            "div",
            f"已移除{in_marks(cut(undo.head.title or undo.source, 60))}。",
            el("button", "撤销", type="button", class_="open", data_act="restore", data_doc=undo.id),
            class_="notice said-now",
            role="status",
        )
    elif message:
        said = el("div", message, class_="notice said-now", role="status")
    if not rows:
        return join(said, el("p", "还没有文件。把文件拖到上面的框里，或点“选择文件”。", class_="soft"))
    warned = sum(1 for row in rows if row.info.warnings)
    head = ["标题", "地区", "日期", "格式", "时效", "提示", "操作"]
    body = [_row(row) for row in rows[start : start + PAGE]]
    return join(
        said,
        el(
            "div",
            el("h2", f"共 {len(rows)} 份文件"),
            el("span", f"{warned} 份有提示" if warned else "", class_="soft"),
            class_="lead",
        ),
        el(
            "div",
            el(
                "table",
                el("thead", el("tr", [el("th", name, scope="col") for name in head])),
                el("tbody", body),
                class_="ledger shelf",
            ),
            class_="sheet",
        ),
    )


def upload_box(accept: str, limit: str) -> Html:
    """Where files are dropped or chosen; the page's script sends them and writes below how far the server is with each."""
    return el(
        "div",
        el(
            "label",
            el("b", "把文件拖到这里，或点此选择文件"),
            el("span", f"可以一次放入许多份：{limit}", class_="soft"),
            el("input", type="file", multiple=True, accept=accept, id="upload-input", data_upload="/api/v1/imports"),
            class_="drop",
            for_="upload-input",
        ),
        el("label", el("span", "这些文件属于哪个地区（可不填，程序会从文件里读）"), el("input", type="text", id="upload-region", autocomplete="off"),
           class_="field"),
        el("div", el("span", "", class_="how-far", role="status"), el("button", "收起已结束的", type="button", class_="open", data_clear_uploads=True),
           class_="lead uploads-lead", hidden=True, id="uploads-lead"),
        el("ol", class_="uploads", id="uploads"),
        class_="upload",
    )  # fmt: skip


def _row(row: ShelfRow) -> Html:
    info = row.info
    head = info.head
    title = cut(head.title or info.source, 90)
    warnings = [el("li", w) for w in info.warnings[:10]]
    status: object = state_tag(row.status, row.reason) or el("span", row.status or "未标明", class_="soft")
    actions = [
        _action("恢复原状" if info.user_status else "标为废止", "status", info.id, value="" if info.user_status else "废止"),
        _action("移除", "remove", info.id),
    ]
    return el(
        "tr",
        el(
            "td",
            el("button", title, type="button", class_="open", data_act="open", data_doc=info.id, data_start="0", data_end="0"),
            el("div", cut(info.source, 60), class_="meta") if head.title and info.source != head.title else None,
            data_label="标题",
        ),
        _cell(head.region, "地区"),
        _cell(document_date(head), "日期"),
        el("td", label_of_format(info.format), data_label="格式"),
        el("td", status, data_label="时效"),
        el(
            "td",
            el("details", el("summary", f"{len(info.warnings)} 条"), el("ul", warnings))
            if warnings
            else el("span", "无", class_="soft"),
            data_label="提示",
        ),
        el("td", actions, class_="acts", data_label="操作"),
    )


def _cell(value: str | None, label: str) -> Html:
    return (
        el("td", value, data_label=label, class_="date" if label == "日期" else None)
        if value
        else el("td", UNSTATED, class_="soft", data_label=label)
    )


def _action(label: str, act: str, document: str, value: str | None = None) -> Html:
    return el("button", label, type="button", class_="open", data_act=act, data_doc=document, data_value=value)
