"""An answer: what was understood, what to beware of, the point, and the quotes it stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpus.titles import in_marks
from index.passages import Hit
from qa.answer import Answer, AnswerCitation, Understanding
from ui.rendering.document import join_path
from ui.rendering.hits import hit_card
from ui.rendering.html import Html, cut, el, join
from ui.rendering.states import blank, notices
from ui.rendering.wording import KINDS, NOTICES

Describe = Callable[[str], str | None]
"""Says of a document, by id, what stands beside its region: level, kind, state."""

LABEL = 24
"""Characters that may stand beside a quote and still add nothing to it: a region's name."""
QUOTED = 10
SHOWN = 12
"""Citations shown before the rest is folded."""


def coming(understood: Understanding, as_of: str | None = None) -> Html:
    """What stands there while the answer is being looked for."""
    return el("div", chips(understood, as_of), class_="answer coming")


def answer_view(
    answer: Answer,
    *,
    describe: Describe = lambda _: None,
    as_of: str | None = None,
    files: bool = True,
    done: bool = True,
) -> Html:
    """The whole left side under the question box; until it is ``done`` without what belongs to its last form."""
    parts: list[Html | None] = [chips(answer.understood, as_of)]
    parts.append(notices([(NOTICES.get(n.kind, "提示"), n.text) for n in answer.notices]))
    if answer.status == "not_found":
        parts.append(blank("文档库里没有找到依据", answer.answer or "可以换个说法，或先放入相关文件。"))
        parts.append(_nearest(answer.nearest))
    else:
        parts.append(_point(answer))
        parts.append(_citations(answer.citations, describe))
        if answer.status == "partial":
            parts.append(_nearest(answer.nearest))
    if answer.citations and done:
        parts.append(_foot(answer, files))
    if done:
        parts.append(_follow(answer.understood))
    return el("div", parts, class_="answer" if done else "answer coming", data_answer=answer.id)


def chips(understood: Understanding | None, as_of: str | None = None) -> Html | None:
    """What was understood of the question, one chip a kind."""
    if understood is None:
        return None
    rows = [
        ("问法", KINDS.get(understood.kind, "政策规定")),
        ("主题", "、".join(understood.topics)),
        ("地区", "、".join(understood.regions)),
        ("单位", "、".join(understood.units)),
        ("年份", "、".join(str(year) for year in understood.years)),
        ("对象", "、".join(understood.beneficiaries)),
        ("截至", as_of or ""),
    ]
    made = [el("span", el("em", label), cut(value, 40), class_="chip") for label, value in rows if value]
    made += [el("span", el("em", "改读"), f"{written} → {read}", class_="chip") for written, read in understood.corrections]
    change = el("button", "改一改", type="button", class_="open", data_show="ask-filters")
    return el("div", el("span", "理解为"), made, change, class_="chips")


def copied(answer: Answer) -> str:
    """The text put on the clipboard: answer and every quote with its source."""
    lines = [answer.answer, ""]
    lines += [f"[{n}] {c.quote}\n　　——{source_line(c)}" for n, c in enumerate(answer.citations, 1)]
    return "\n".join(lines)


def source_line(citation: AnswerCitation) -> str:
    """Title, number and place of a quote."""
    number = f"（{citation.doc_number}）" if citation.doc_number else ""
    page = f"，第 {citation.page} 页" if citation.page else ""
    path = join_path(citation.section_path)
    return f"{in_marks(citation.title or citation.source)}{number}{'，' + path if path else ''}{page}"


def _point(answer: Answer) -> Html | None:
    """The point first. A line that only repeats a quote is left out: the card below says it, with its source."""
    lines = [line.strip() for line in answer.answer.splitlines() if line.strip()]
    quotes = sorted({c.quote.strip() for c in answer.citations}, key=len, reverse=True)
    kept = [line for line in lines if not _repeats(line, quotes)]
    return el("div", [el("p", line) for line in kept], class_="point", role="status") if kept else None


def _repeats(line: str, quotes: Sequence[str]) -> bool:
    """Whether a line is quotes with no more than a name before them (甘南州：“……”)."""
    rest = line
    for quote in quotes:
        if len(quote) >= QUOTED:
            rest = rest.replace(quote, "")
    label = rest.strip("“”：:。；，、…《》— ")
    return rest != line and len(label) <= LABEL and not any(char.isdigit() for char in label)


def _citations(citations: Sequence[AnswerCitation], describe: Describe) -> Html:
    cards: list[Html] = []
    before: tuple[str | None, str] | None = None
    rows: list[Html] = []
    for position, citation in enumerate(citations):
        group = (citation.region, citation.source_id)
        if group != before:
            about = describe(citation.source_id)
            name = citation.region or "地区未载明"
            rows.append(el("h2", name, el("small", about) if about else None))
            before = group
        rows.append(_card(position + 1, citation))
        if position + 1 == SHOWN and len(citations) > SHOWN:
            cards, rows = rows, []
    if cards:
        return join(cards, el("details", el("summary", f"另有 {len(citations) - SHOWN} 处依据"), rows, class_="more"))
    return join(rows)


def _card(position: int, citation: AnswerCitation) -> Html:
    return el(
        "div",
        el("p", citation.quote, class_="quote"),
        el(
            "div",
            el("span", f"〔{position}〕", class_="no"),
            el("span", in_marks(cut(citation.title or citation.source, 48)), class_="name"),
            el("span", join_path(citation.section_path)) if citation.section_path else None,
            el("span", f"第 {citation.page} 页") if citation.page else None,
            class_="src",
        ),
        class_="claim",
        role="button",
        tabindex="0",
        data_act="open",
        data_doc=citation.source_id,
        data_start=citation.start,
        data_end=citation.end,
        title="打开原文，看这句话的上下文",
    )


def _nearest(hits: Sequence[Hit]) -> Html | None:
    if not hits:
        return None
    return join(el("h2", "最接近的原文"), [hit_card(hit) for hit in hits[:5]])


def _foot(answer: Answer, files: bool) -> Html:
    topic = answer.understood.topics[0] if answer.understood and answer.understood.topics else answer.question
    return el(
        "div",
        el("button", "复制并附出处", type="button", class_="open", data_copy=copied(answer)),
        el("a", "导出 Word", href=f"/api/v1/answers/{answer.id}?format=docx", download=True) if files else None,
        el(
            "button", "放进对比表", type="button", class_="open", data_tab="compare", data_fill="compare-subject", data_text=topic
        ),
        class_="foot",
    )


def _follow(understood: Understanding | None) -> Html | None:
    if understood is None:
        return None
    place = understood.regions[0] if len(understood.regions) == 1 else ""
    asks: list[str] = []
    for topic in understood.topics[:1]:
        if understood.kind != "responsible_unit":
            asks.append(f"{place}{topic}由哪些单位负责？")
        if understood.kind != "target_value":
            asks.append(f"{place}{topic}有哪些目标数值？")
        if understood.kind != "comparison":
            asks.append(f"各地区{topic}政策有什么不同？")
    asks += [f"{place}{unit}承担哪些任务？" for unit in understood.units[:1] if understood.kind != "list_tasks"]
    if not asks:
        return None
    made = [el("button", ask, type="button", class_="example", data_act="ask", data_question=ask) for ask in asks[:3]]
    return el("div", el("span", "接着问"), made, class_="examples")
