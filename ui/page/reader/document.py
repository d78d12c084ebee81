"""The reading view: a policy set like a policy, with its outline, head matter, facts, and the cited places marked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from corpus.corrections import FIELDS, Correction
from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import DocumentInfo
from graph.codec.columns import TARGET_KINDS, UNSTATED
from graph.codec.records import FactRecord, TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from graph.queries.relations import UNRELATED, Relations
from ingest.formats.registry import has_page_pictures, label_of_format
from ui.page.kit.address import copy_link, document_address, document_link
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import error_message
from ui.page.kit.wording import dotted_line, head_matter_parts, state_tag
from ui.page.reader.lineage import lineage_pane
from ui.page.reader.policy import policy_text
from ui.page.reader.recognised import lines_of_page
from ui.page.tasks.ledgers import target_value, units_line


def reader_view(
    doc: ParsedDocument,
    info: DocumentInfo,
    *,
    quotes: Sequence[Span] = (),
    status: str | None = None,
    reason: str | None = None,
    tasks: Sequence[CitedFact[TaskRecord]] = (),
    targets: Sequence[CitedFact[TargetRecord]] = (),
    relations: Relations = UNRELATED,
    corrections: Sequence[Correction] = (),
    collect: Html | None = None,
) -> Html:
    """The document pane. The first of ``quotes`` carries the id the page scrolls to."""
    head = doc.head
    title = head.title or doc.source
    place = join_path(doc.heading_path(quotes[0].start)) if quotes else ""
    page = doc.page_at(quotes[0].start) if quotes else None
    meta = [*head_matter_parts(head, full=True), label_of_format(doc.format)]
    tabs = [("text", "原文"), ("outline", "提纲"), ("tasks", f"任务 {len(tasks)}"), ("targets", f"指标 {len(targets)}"),
            ("basis", "要素"), ("lineage", "沿革")]  # fmt: skip
    seen = page if page is not None else 1 if has_page_pictures(doc.format) else None
    if seen is not None:
        tabs.insert(1, ("page", "原页"))
    header = el(
        "header",
        el(
            "div",
            el("h2", cut(title, 300), id="reader-title"),
            el(
                "span",
                copy_link(
                    document_address(doc.id, quotes[0].start, quotes[0].end, quotes[1:]) if quotes else document_address(doc.id)
                ),
                _close_button(),
                class_="acts",
            ),
            class_="top",
        ),
        el("p", dotted_line(meta), state_tag(status, reason), class_="meta"),
        el("p", place, f"　第 {page} 页" if page else None, class_="path") if place or page else None,
        collect,
        el(
            "div",
            [
                el("button", label, role="tab", type="button", data_pane=key, aria_selected="true" if key == "text" else "false")
                for key, label in tabs
            ],
            class_="panes",
            role="tablist",
        ),
    )
    strip = _page(doc, seen, quotes, part=True) if seen is not None and quotes else None
    panes = [
        ("text", join(strip, policy_text(doc, quotes))),
        *([("page", _page(doc, seen, quotes))] if seen is not None else []),
        ("outline", outline_pane(doc)),
        ("tasks", _tasks(doc, tasks)),
        ("targets", _targets(doc, targets)),
        ("basis", _basis(doc, info, corrections)),
        ("lineage", lineage_pane(doc, relations)),
    ]
    return join(
        header,
        [el("div", content, class_=f"pane {key}", data_for=key, hidden=key != "text", tabindex="0") for key, content in panes],
    )


def missing_document() -> Html:
    """The pane for an address whose document was removed or replaced."""
    return join(
        el(
            "header",
            el(
                "div",
                el("h2", "没有这份文件", id="reader-title"),
                _close_button(),
                class_="top",
            ),
        ),
        error_message("这份文件已不在文档库里，可能已被移除，或换成了新的一版。请重新查找，或到“文档库”里恢复它。"),
    )


def _close_button() -> Html:
    return el("button", "关闭", class_="quiet", data_close=True, type="button", aria_label="关闭原文")


def _page(doc: ParsedDocument, number: int, quotes: Sequence[Span], *, part: bool = False) -> Html:
    """The printed page with the quoted lines boxed; with ``part`` only the stretch around them, for above the text."""
    boxes = [
        ",".join(f"{max(0.0, value):.1f}" for value in anchor.box)
        for anchor in doc.anchors
        if anchor.page == number and anchor.box and any(anchor.span.overlaps(quote) for quote in quotes)
    ]
    query = urlencode({"boxes": ";".join(boxes[:60]), **({"part": "true"} if part else {})})
    told = f"第 {number} 页的图片" + ("，引文处有框" if boxes else "")
    picture = el("img", src=f"/api/v1/documents/{doc.id}/pages/{number}?{query}", alt=told, loading=None if part else "lazy")
    if part:
        more = el("button", "看整页", type="button", class_="open", data_pane="page")
        return el("figure", picture, el("figcaption", f"原件第 {number} 页", more), class_="strip") if boxes else Html("")
    figure = el("figure", picture, el("figcaption", f"第 {number} 页"), class_="whole-page")
    lines = lines_of_page(doc, number)
    return figure if lines is None else el("div", figure, el("div", lines), class_="page-and-lines")


def outline_pane(doc: ParsedDocument) -> Html:
    """The headings as a list of places to go to."""
    items = [
        el(
            "li",
            el(
                "button",
                cut(s.label.strip(), 60),
                type="button",
                data_goto=f"at-{s.start}",
                data_act="open",
                data_doc=doc.id,
                data_start=s.start,
                data_end=s.end,
            ),
            class_=f"d{min(s.depth, 4)}",
        )
        for s in doc.outline
        if s.kind in ("heading", "attachment") and s.label.strip()
    ]
    return el("ol", items, class_="outline") if items else el("p", "这份文件没有可识别的标题层次。", class_="soft")


def join_path(path: Sequence[str]) -> str:
    """A heading trail on one line."""
    return " › ".join(cut(part.strip(), 28) for part in path)


def _place(doc: ParsedDocument, fact: FactRecord, label: object) -> Html:
    return document_link(label, doc.id, fact.start, fact.end)


def _tasks(doc: ParsedDocument, tasks: Sequence[CitedFact[TaskRecord]]) -> Html:
    if not tasks:
        return el("p", "这份文件里没有识别出任务。", class_="soft")
    return el(
        "ol",
        [
            el(
                "li",
                _place(doc, task.fact, cut(task.fact.name, 80)),
                el("p", units_line(task.fact) or f"责任单位：{UNSTATED}", class_="meta"),
            )
            for task in tasks
        ],
        class_="facts",
    )


def _targets(doc: ParsedDocument, targets: Sequence[CitedFact[TargetRecord]]) -> Html:
    if not targets:
        return el("p", "这份文件里没有识别出指标。", class_="soft")
    return el(
        "ol",
        [
            el(
                "li",
                _place(doc, target, join(target.indicator, "　", el("b", target_value(target)))),
                el(
                    "p",
                    " · ".join(
                        part
                        for part in (
                            TARGET_KINDS[target.kind],
                            target.deadline or (f"{target.by_year}年" if target.by_year else ""),
                        )
                        if part
                    ),
                    class_="meta",
                ),
            )
            for target in (cited.fact for cited in targets)
        ],
        class_="facts",
    )


def _basis(doc: ParsedDocument, info: DocumentInfo, corrections: Sequence[Correction]) -> Html:
    """Every field of the head matter: as read, concluded, or given by a person with who and when."""
    head = doc.head
    given = {correction.field: correction for correction in corrections if correction.undone_at is None}
    values = {
        "title": head.title, "issuers": "、".join(head.issuers), "doc_number": head.doc_number, "index_number": head.index_number,
        "region": head.region, "level": head.level, "kind": head.kind, "issued_on": head.issued_on, "published_on": head.published_on,
        "effective_on": head.effective_on, "expires_on": head.expires_on,
        "plan_period": f"{head.plan_period[0]} 至 {head.plan_period[1]}" if head.plan_period else None,
        "status": info.user_status or head.status,
    }  # fmt: skip
    listed = [
        join(el("dt", FIELDS[name].label), el("dd", value or UNSTATED, _origin(name, value, head, given.get(name)), class_=None if value else "soft"))
        for name, value in values.items()
    ]  # fmt: skip
    return join(
        el("dl", listed, el("dt", "来源文件"), el("dd", doc.source), class_="matter"),
        el(
            "p",
            el("button", "更正要素", type="button", class_="open", data_tab="shelf", data_edit=info.id),
            "　",
            el("a", "下载原始文件", href=f"/api/v1/documents/{doc.id}/original", download=True),
        ),
    )


def _origin(name: str, value: str | None, head: HeadMatter, correction: Correction | None) -> Html | None:
    """What is said behind a value that was not simply read."""
    if correction is not None:
        by = " · ".join(part for part in ("人工更正", correction.who, correction.at[:10], correction.note) if part)
        return join(" ", el("span", by, class_="tag"))
    return join("（推断）") if value and name in head.inferred else None
