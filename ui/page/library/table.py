"""The library's table: conditions with counts, one row a file with its state and what can be done, and changes to many files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cemai.corrections import STATUSES
from cemai.doubts import REASONS, Doubt, DoubtReason
from cemai.embedding import ItemProgress
from corpus.titles import in_marks
from corpus.unread import UnreadPart, say_mostly_unread
from graph.codec.columns import UNSTATED
from ingest.formats.registry import label_of_format
from ui.desk.catalogue import CONDITIONS, CatalogueQuery
from ui.desk.desk import ShelfEntry
from ui.labels import SORTS
from ui.page.kit.address import document_link
from ui.page.kit.forms import choices_list, select
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.wording import document_date, state_tag
from ui.page.library.state import BulkChange, UndoableChange

HEADS = ("选", "标题", "地区", "日期", "格式", "时效", "提示", "操作")
Counts = Mapping[str, Sequence[tuple[str, str, int]]]


def notice_of_change(undo: UndoableChange | None) -> Html | None:
    """What was just done, and the way back."""
    if undo is None:
        return None
    back = el("button", "撤销", type="button", class_="open", data_act="undo") if undo.corrections or undo.removed else None
    return el("div", undo.message, back, class_="notice said-now", role="status")


def question_of_change(pending: BulkChange | None) -> Html | None:
    """What is about to be done to many files, and with how many."""
    if pending is None:
        return None
    return el(
        "div",
        el("span", pending.sentence),
        el("button", "确认", type="button", class_="primary", data_act="confirm", data_focus=True),
        el("button", "取消", type="button", class_="quiet", data_act="dismiss"),
        class_="notice said-now asked-now",
        role="alertdialog",
        aria_label="请确认",
    )


def empty_shelf() -> Html:
    """No file yet."""
    return el("p", "还没有文件。把文件拖到上面的框里，或点“选择文件”。", class_="soft")


def conditions_form(wanted: CatalogueQuery, counts: Counts) -> Html:
    """The search box, the conditions with their counts, and the order."""
    made = [
        select(
            name,
            label,
            [(value, f"{cut(shown, 20)}（{count}）") for value, shown, count in counts[name]],
            getattr(wanted, name),
        )
        for name, label in CONDITIONS.items()
    ]
    doubtful = [(value, f"{label}（{count}）") for value, label, count in counts["doubtful"]]
    return el(
        "form",
        el(
            "label",
            el("span", "查找"),
            el("input", name="query", type="search", value=wanted.query, placeholder="标题、文号、文件名、机关", autocomplete="off", maxlength=200,
               enterkeyhint="search"),
            class_="field find",
        ),
        made,
        select("doubtful", "待核对", doubtful, "1" if wanted.doubtful else None),
        select("sort", "排序", list(SORTS.items()), wanted.sort, any_of=False),
        el("button", "清除条件", type="button", class_="open", data_act="clear") if wanted.conditions else None,
        data_act="filter",
        data_auto=True,
        class_="filters shelf-filters",
    )  # fmt: skip


def shelf_lead(total: int, chosen: int, doubtful: int, conditions: int, under_way: ItemProgress) -> Html:
    """How many files there are and meet the conditions, what is being worked out about them, and the way to those with doubts."""
    said = f"符合条件的 {chosen} 份，共 {total} 份文件" if conditions else f"共 {total} 份文件"
    queue = el("button", f"逐份核对 {doubtful} 份", type="button", class_="quiet", data_act="queue") if doubtful else None
    left = under_way.total - under_way.done
    encoding = el("span", f"后台正在做语义编码，还有 {left} 份；不影响使用", class_="soft") if left else None
    backup = el("button", "备份", type="button", class_="quiet", data_act="backup", title="备份整个库，包括更正和回答")
    return el("div", el("h2", said), encoding, queue or el("span", "没有待核对的文件", class_="soft"), backup, class_="lead")


def bulk_bar(total: int, shown: int, regions: Sequence[str]) -> Html:
    """What can be done to the files that are ticked; the page's script shows it once one is."""
    everything = (
        el("label", el("input", type="checkbox", data_everything=True), f"符合条件的全部 {total} 份", class_="tick")
        if total > shown
        else None
    )
    return el(
        "div",
        el("label", el("input", type="checkbox", data_tick_all=True), "全选本页", class_="tick"),
        el(
            "div",
            el("span", "", class_="ticked", role="status"),
            everything,
            el("form", el("label", el("span", "地区", class_="unseen"), el("input", type="text", name="value", list="bulk-regions", placeholder="地区", autocomplete="off", maxlength=60)),
               el("button", "设地区", type="submit", class_="quiet"), data_act="bulk-region", data_ticks=True),
            el("form", el("label", el("span", "时效", class_="unseen"), el("select", [el("option", s, value=s) for s in STATUSES], name="value")),
               el("button", "设时效", type="submit", class_="quiet"), data_act="bulk-status", data_ticks=True),
            el("form", el("button", "移除", type="submit", class_="quiet"), data_act="bulk-remove", data_ticks=True),
            choices_list("bulk-regions", regions),
            class_="bulk",
            hidden=True,
        ),
        class_="bulk-line",
    )  # fmt: skip


def shelf_table(
    entries: Sequence[ShelfEntry], doubts: Mapping[str, Sequence[Doubt]], opened: str | None = None, editor: Html | None = None
) -> Html:
    """The rows; the editor is below the row of the document it is open for."""
    body = []
    for entry in entries:
        body.append(_row(entry, doubts.get(entry.info.id, ())))
        if editor is not None and entry.info.id == opened:
            body.append(el("tr", el("td", editor, colspan=len(HEADS)), class_="edit-row"))
    heads = [el("th", el("span", name, class_="unseen") if name == "选" else name, scope="col") for name in HEADS]
    table = el("table", el("thead", el("tr", heads)), el("tbody", body), class_="ledger shelf")
    return el("div", table, class_="sheet")


def queue_lead(left: int, reason: str | None, counts: Mapping[DoubtReason, int]) -> Html:
    """How many documents are still to be looked at, by reason, and the way back to the table."""
    options = [(code, f"{REASONS[code]}（{counts[code]}）") for code in REASONS if counts.get(code)]
    return el(
        "div",
        el("h2", f"待核对：还有 {left} 份" if left else "待核对：没有了"),
        el("form", select("reason", "只看", options, reason), data_act="queue", data_auto=True, class_="filters"),
        el("button", "回到文档库", type="button", class_="quiet", data_act="list"),
        class_="lead queue-lead",
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


def _row(entry: ShelfEntry, doubts: Sequence[Doubt]) -> Html:
    info = entry.info
    head = info.head
    title = cut(head.title or info.source, 90)
    corrected = el("span", "人工更正", class_="tag") if head.corrected - {"checked"} else None
    status: object = state_tag(entry.status, entry.reason) or el(
        "span", entry.status or UNSTATED, class_="soft", title=entry.reason
    )
    actions = [
        _action("更正", "edit", info.id),
        _action("恢复原状" if info.user_status else "标为废止", "status", info.id, value="" if info.user_status else "已废止"),
        _action("移除", "remove", info.id),
    ]
    return el(
        "tr",
        el(
            "td",
            el("input", type="checkbox", data_tick=True, value=info.id, aria_label=f"选中{in_marks(title)}"),
            class_="tick-cell",
        ),
        el(
            "td",
            document_link(title, info.id),
            join(" ", corrected) if corrected else None,
            el("div", cut(info.source, 60), class_="meta") if head.title and info.source != head.title else None,
            data_label="标题",
        ),
        _cell(head.region, "地区"),
        _cell(document_date(head), "日期"),
        el("td", label_of_format(info.format), data_label="格式"),
        el("td", status, data_label="时效"),
        el("td", _remarks(info.warnings, info.unread, doubts), data_label="提示"),
        el("td", actions, class_="acts", data_label="操作"),
    )


def _remarks(warnings: Sequence[str], unread: Sequence[UnreadPart], doubts: Sequence[Doubt]) -> Html:
    """What is doubtful, in words, whether most of the file was not read, and what was noted in reading."""
    labels = [*(doubt.label for doubt in doubts), *(["大部分未读入"] if say_mostly_unread(unread) else [])]
    tags = [el("span", label, class_="tag") for label in dict.fromkeys(labels)]
    notes = [el("li", warning) for warning in warnings[:10]]
    more = el("details", el("summary", f"{len(warnings)} 条"), el("ul", notes)) if notes else None
    return join(el("span", tags, class_="remarks") if tags else None, more) if tags or more else el("span", "无", class_="soft")


def _cell(value: str | None, label: str) -> Html:
    return (
        el("td", value, data_label=label, class_="date" if label == "日期" else None)
        if value
        else el("td", UNSTATED, class_="soft", data_label=label)
    )


def _action(label: str, act: str, document: str, value: str | None = None) -> Html:
    return el("button", label, type="button", class_="open", data_act=act, data_doc=document, data_value=value)
