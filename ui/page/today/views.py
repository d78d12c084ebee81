"""The sections of a day: every line a link to what it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cemai.incoming import CHANGES, AnswerChange, IncomingChange, IncomingDocument
from cemai.supervision import SupervisedTask
from cemai.today import AHEAD, DaySummary, ExpiringDocument
from graph.documents.named import describe_document
from qa.answer import AnswerCitation
from ui.page.kit.address import address, document_link
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_state
from ui.page.kit.wording import dotted_line, head_matter_parts, state_tag

IN_SIGHT, MOST, MOST_CHANGES = 8, 40, 30
"""Lines of a section before the rest is folded, and that are drawn at all; changes of one document that are drawn."""
QUOTE = 160
"""Characters of a quote beside a change; the whole is a press away."""


def day_view(day: DaySummary, links: Mapping[str, str]) -> Html:
    """All sections that have something, and what to do where none has. ``links`` are addresses of watched questions by answer."""
    if day.is_quiet:
        return empty_state(
            "没有要处理的事",
            "没有新来文，没有将届满的文件和到期的任务，收藏的答案没有变化，也没有待核对的文件。\n"
            "换一个单位或地区看看；新文件放入文档库后，这里会列出它带来的任务和变化。",
            el("button", "去文档库放入文件", type="button", class_="primary", data_tab="shelf"),
        )
    values = {"unit": day.own.unit, "region": day.own.region}
    dated = {**values, "as_of": day.as_of.isoformat()}
    return join(
        _section("新来文", f"{day.arrived} 份", [_incoming(one) for one in day.incoming[:MOST]]),
        _section(
            "到期任务",
            f"{len(day.due)} 项，逾期 {len(day.overdue)} 项" if day.overdue else f"{len(day.due)} 项",
            [_task(one, day) for one in day.due[:MOST]],
            el("a", "在督查里办理", href=address("due", {**dated, "state": "未办结"}), class_="open"),
        ),
        _section(f"{AHEAD} 天内将届满或刚届满的文件", f"{len(day.expiring)} 份", [_expiring(one) for one in day.expiring[:MOST]]),
        _section("有变化的答案", f"{len(day.answers)} 条", [_answer(one, links.get(one.id)) for one in day.answers[:MOST]]),
        _section(
            "待核对的文件",
            f"{day.documents_to_check} 份",
            [
                el(
                    "li",
                    el("a", cut(doubt.title or doubt.source, 70), href=address("shelf", {"edit": doubt.document}), class_="open"),
                    el("div", dotted_line([doubt.label, doubt.message]), class_="meta"),
                )
                for doubt in day.doubts[:IN_SIGHT]
            ],
            el("a", "逐份核对", href=address("shelf", {"queue": "1"}), class_="open"),
        ),
    )


def _section(title: str, count: str, lines: Sequence[Html], onward: Html | None = None) -> Html | None:
    if not lines:
        return None
    total = int(count.split()[0])
    rest = lines[IN_SIGHT:]
    more = el("details", el("summary", f"其余 {len(rest)} 条"), el("ul", rest, class_="recent"), class_="more") if rest else None
    head = el("div", el("h2", title, el("small", count)), onward, class_="lead")
    return el(
        "section", head, el("ul", lines[:IN_SIGHT], class_="recent"), more, _beyond(total - MOST), class_="day", aria_label=title
    )


def _beyond(count: int) -> Html | None:
    return el("p", f"另有 {count} 条没有逐一列出。选定单位和地区，或缩短天数，可以看全。", class_="count") if count > 0 else None


def _incoming(one: IncomingDocument) -> Html:
    info = one.info
    replaced = el("div", "代替 ", [
        join("、" if n else None, document_link(cut(describe_document(old), 60), old.id)) for n, old in enumerate(one.replaced)
    ], class_="meta") if one.replaced else None  # fmt: skip
    versions = (
        el("button", "新旧对照", type="button", class_="open", data_act="versions", data_doc=info.id) if one.is_version else None
    )
    changes = (
        el(
            "ul",
            [_change(change) for change in one.changes[:MOST_CHANGES]],
            el("li", _beyond(len(one.changes) - MOST_CHANGES)) if len(one.changes) > MOST_CHANGES else None,
            class_="changes",
        )
        if one.changes
        else None
    )
    return el(
        "li",
        document_link(cut(info.head.title or info.source, 80), info.id),
        state_tag(one.status),
        el(
            "div",
            dotted_line([f"{info.added_at[:10]} 收", info.head.region, *head_matter_parts(info.head), one.note]),
            class_="meta",
        ),
        replaced,
        changes,
        el("div", versions, class_="foot") if versions and changes else None,
    )


def _change(change: IncomingChange) -> Html:
    return el(
        "li", el("span", CHANGES[change.kind], class_="tag"), " ", cut(change.name, 60), _quotes(change.before, change.after)
    )


def _quotes(before: AnswerCitation | None, after: AnswerCitation | None) -> Html:
    """The words of before and after, each a link to its place."""
    pairs = [(label, cited) for label, cited in (("原", before), ("现", after)) if cited is not None]
    return el("dl", [join(el("dt", label), el("dd", _quote(cited))) for label, cited in pairs], class_="both")


def _quote(cited: AnswerCitation) -> Html:
    words = cut(" ".join(cited.quote.split()), QUOTE)
    return document_link(words, cited.source_id, cited.start, cited.end, title=cut(cited.title or cited.source, 200))


def _task(one: SupervisedTask, day: DaySummary) -> Html:
    task = one.cited.fact
    late = el("span", "逾期", class_="state") if one.is_overdue(day.as_of) else None
    units = "、".join([*task.lead_units, *task.responsible_units][:3])
    return el(
        "li",
        document_link(cut(task.name, 80), task.document_id, task.start, task.end),
        late,
        el(
            "div",
            dotted_line([one.due.isoformat() if one.due else None, one.state, units, cut(one.cited.title or "", 50)]),
            class_="meta",
        ),
    )


def _expiring(one: ExpiringDocument) -> Html:
    left = f"还有 {one.left} 天" if one.left > 0 else "今天是最后一天" if one.left == 0 else f"已过 {-one.left} 天"
    return el(
        "li",
        document_link(cut(one.info.head.title or one.info.source, 80), one.info.id),
        el("span", "已届满", class_="state") if one.left < 0 else None,
        el("div", dotted_line([f"{one.until} 届满", left, one.info.head.region, one.info.head.doc_number]), class_="meta"),
    )


def _answer(one: AnswerChange, link: str | None) -> Html:
    name = cut(one.question, 80)
    check = address("ask", {"do": "check", "id": one.id})
    pairs = max(len(one.before), len(one.after))
    quotes = [
        _quotes(one.before[n] if n < len(one.before) else None, one.after[n] if n < len(one.after) else None)
        for n in range(min(pairs, 3))
    ]
    told = None if quotes else el("div", one.differences[0], class_="meta")
    return el(
        "li", el("a", name, href=link or check, class_="open"), " ", el("a", "看变化", href=check, class_="open"), quotes, told
    )
