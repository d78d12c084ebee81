"""The reading view: a policy set like a policy, with its outline, head matter, facts, and the cited places marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.document import ParsedDocument, Section, Span, Table
from corpus.store import DocumentInfo
from ui.rendering.html import EMPTY, Html, cut, el, join
from ui.rendering.ledgers import target_value, units_line
from ui.rendering.marking import Layer, layered, merged
from ui.rendering.wording import FORMATS, TARGET_KINDS, UNSTATED, line, matter, state

WINDOW = 160_000
"""Characters shown at once: beyond it a browser's layout takes seconds; the rest opens from the outline."""


def reader(
    doc: ParsedDocument,
    info: DocumentInfo,
    *,
    quotes: Sequence[Span] = (),
    status: str | None = None,
    reason: str | None = None,
    tasks: Sequence[Mapping[str, Any]] = (),
    targets: Sequence[Mapping[str, Any]] = (),
) -> Html:
    """The document pane. The first of ``quotes`` carries the id the page scrolls to."""
    head = doc.head
    title = head.title or doc.source
    place = join_path(doc.heading_path(quotes[0].start)) if quotes else ""
    page = doc.page_at(quotes[0].start) if quotes else None
    meta = [*matter(head, full=True), FORMATS.get(doc.format, doc.format)]
    tabs = [("text", "原文"), ("outline", "提纲"), ("tasks", f"任务 {len(tasks)}"), ("targets", f"指标 {len(targets)}"),
            ("basis", "依据与来源")]  # fmt: skip
    header = el(
        "header",
        el(
            "div",
            el("h2", cut(title, 300), id="reader-title"),
            el("button", "关闭", class_="quiet", data_close=True, type="button", aria_label="关闭原文"),
            class_="top",
        ),
        el("p", line(meta), state(status, reason), class_="meta"),
        el("p", place, f"　第 {page} 页" if page else None, class_="path") if place or page else None,
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
    panes = [
        ("text", body(doc, quotes)),
        ("outline", outline(doc)),
        ("tasks", _tasks(doc, tasks)),
        ("targets", _targets(doc, targets)),
        ("basis", _basis(doc, info)),
    ]
    return join(
        header,
        [el("div", content, class_=f"pane {key}", data_for=key, hidden=key != "text", tabindex="0") for key, content in panes],
    )


def body(doc: ParsedDocument, quotes: Sequence[Span] = ()) -> Html:
    """The text itself, paragraph by paragraph, tables as tables, what the site added folded away."""
    text = doc.text
    shown = _window(text, quotes[0].start if quotes else 0)
    marks = [Layer(span, "mark", None, "quote" if i == 0 else None) for i, span in enumerate(merged(quotes))]
    if quotes and marks:
        first = next((i for i, mark in enumerate(marks) if mark.span.covers(quotes[0])), 0)
        marks = [Layer(mark.span, "mark", None, "quote" if i == first else None) for i, mark in enumerate(marks)]
    headings = sorted((s for s in doc.outline if s.kind in ("title", "heading", "attachment") and s.end > s.start), key=_start)
    aside = [zone.span for zone in doc.zones if zone.kind == "boilerplate"]
    blocks: list[Html] = []
    folded: list[Html] = []
    opened = False
    if shown.start > 0:
        blocks.append(el("p", f"前面还有 {shown.start} 字，可从提纲打开。", class_="gap"))
    for part, table in _parts(doc, shown):
        if table is not None:
            blocks += _unfold(folded, opened)
            folded, opened = [], False
            blocks.append(_table(text, table, marks))
            continue
        line = _paragraph(text, part, marks, headings)
        if any(zone.covers(part) for zone in aside):
            folded.append(line)
            opened = opened or any(mark.span.overlaps(part) for mark in marks)
            continue
        blocks += _unfold(folded, opened)
        folded, opened = [], False
        blocks.append(line)
    blocks += _unfold(folded, opened)
    if shown.end < len(text):
        blocks.append(el("p", f"后面还有 {len(text) - shown.end} 字，可从提纲打开。", class_="gap"))
    warned = [el("li", issue.message) for issue in doc.issues[:12]]
    warnings = el("details", el("summary", f"读入时的提示 {len(doc.issues)} 条"), el("ul", warned), class_="warned")
    return join(warnings if doc.issues else None, el("article", blocks, class_="policy"))


def outline(doc: ParsedDocument) -> Html:
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


def _start(section: Section) -> int:
    return section.start


def _window(text: str, focus: int) -> Span:
    if len(text) <= WINDOW:
        return Span(0, len(text))
    start = max(0, min(focus - WINDOW // 2, len(text) - WINDOW))
    start = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start + WINDOW)
    return Span(start, len(text) if end < 0 else end)


def _parts(doc: ParsedDocument, shown: Span) -> Iterator[tuple[Span, Table | None]]:
    """Lines that are not empty, and tables in their places."""
    position = shown.start
    for table in sorted(doc.tables, key=lambda t: t.span.start):
        if table.span.start < position or table.span.end > shown.end or not table.rows:
            continue
        yield from ((line, None) for line in _lines(doc.text, position, table.span.start))
        yield table.span, table
        position = table.span.end
    yield from ((line, None) for line in _lines(doc.text, position, shown.end))


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = Span(start, stop).trimmed(text)
        if len(line):
            yield line
        start = stop + 1


def _paragraph(text: str, line: Span, marks: Sequence[Layer], headings: Sequence[Section]) -> Html:
    here = [s for s in headings if s.span.overlaps(line)]
    whole = next((s for s in here if s.span.trimmed(text).covers(Span(line.start, max(line.start, line.end - 1)))), None)
    place = f"at-{here[0].start}" if here else None
    if whole is not None:
        kind = "title" if whole.kind == "title" else f"h d{min(whole.depth, 4)}"
        return el("p", layered(text, line, marks), class_=kind, id=place)
    bold = [Layer(s.span, "b") for s in here if s.number]
    return el("p", layered(text, line, [*marks, *bold]), id=place)


def _unfold(lines: Sequence[Html], opened: bool) -> list[Html]:
    if not lines:
        return []
    return [el("details", el("summary", f"网页附带内容 {len(lines)} 行"), lines, class_="aside", open=opened)]


def _table(text: str, table: Table, marks: Sequence[Layer]) -> Html:
    rows = table.rows
    out = []
    for r, row in enumerate(rows):
        cells = []
        for c, span in enumerate(row):
            if len(span) and ((c and row[c - 1] == span) or (r and c < len(rows[r - 1]) and rows[r - 1][c] == span)):
                continue
            wide = tall = 1
            while len(span) and c + wide < len(row) and row[c + wide] == span:
                wide += 1
            while len(span) and r + tall < len(rows) and c < len(rows[r + tall]) and rows[r + tall][c] == span:
                tall += 1
            tag = "th" if r < table.header_rows else "td"
            cells.append(
                el(
                    tag,
                    layered(text, span.trimmed(text), marks) if len(span) else EMPTY,
                    colspan=wide if wide > 1 else None,
                    rowspan=tall if tall > 1 else None,
                )
            )
        out.append(el("tr", cells))
    return el("div", el("table", out), class_="scroll", tabindex="0")


def _place(doc: ParsedDocument, record: Mapping[str, Any], label: object) -> Html:
    return el(
        "button", label, type="button", class_="open", data_act="open", data_doc=doc.id,
        data_start=record["start"], data_end=record["end"],
    )  # fmt: skip


def _tasks(doc: ParsedDocument, tasks: Sequence[Mapping[str, Any]]) -> Html:
    if not tasks:
        return el("p", "这份文件里没有识别出任务。", class_="soft")
    return el(
        "ol",
        [
            el(
                "li",
                _place(doc, task, cut(str(task["name"]), 80)),
                el("p", units_line(task) or f"责任单位：{UNSTATED}", class_="meta"),
            )
            for task in tasks
        ],
        class_="facts",
    )


def _targets(doc: ParsedDocument, targets: Sequence[Mapping[str, Any]]) -> Html:
    if not targets:
        return el("p", "这份文件里没有识别出指标。", class_="soft")
    return el(
        "ol",
        [
            el(
                "li",
                _place(doc, target, join(str(target["indicator"]), "　", el("b", target_value(target)))),
                el(
                    "p",
                    " · ".join(
                        part
                        for part in (
                            TARGET_KINDS.get(str(target.get("kind")), ""),
                            str(target.get("deadline") or (f"{target['by_year']}年" if target.get("by_year") else "")),
                        )
                        if part
                    ),
                    class_="meta",
                ),
            )
            for target in targets
        ],
        class_="facts",
    )


def _basis(doc: ParsedDocument, info: DocumentInfo) -> Html:
    head = doc.head
    rows = [
        ("标题", head.title), ("发文机关", "、".join(head.issuers)), ("文号", head.doc_number), ("索引号", head.index_number),
        ("地区", head.region), ("层级", head.level), ("文种", head.kind), ("成文日期", head.issued_on), ("发布日期", head.published_on),
        ("施行日期", head.effective_on), ("失效日期", head.expires_on),
        ("规划期", f"{head.plan_period[0]} 至 {head.plan_period[1]}" if head.plan_period else None),
        ("时效", f"{info.user_status}（人工标注{'：' + info.user_note if info.user_note else ''}）" if info.user_status else head.status),
        ("来源文件", doc.source),
    ]  # fmt: skip
    names = {"标题": "title", "发文机关": "issuers", "文号": "doc_number", "地区": "region", "层级": "level", "文种": "kind"}
    listed = [
        join(
            el("dt", label),
            el(
                "dd",
                value or UNSTATED,
                "（推断）" if names.get(label) in head.inferred and value else None,
                class_=None if value else "soft",
            ),
        )
        for label, value in rows
    ]
    cited = [
        el("li", el("span", r.relation, class_="tag"), " ", r.title, f"（{r.doc_number}）" if r.doc_number else None)
        for r in head.based_on
    ]
    return join(
        el("dl", listed, class_="matter"),
        el("h3", "文中写明的依据与引用"),
        el("ul", cited, class_="cited") if cited else el("p", UNSTATED, class_="soft"),
        el("p", el("a", "下载原始文件", href=f"/api/v1/documents/{doc.id}/original", download=True)),
    )
