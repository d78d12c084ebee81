"""Draw an answer: what was understood, warnings, the short answer, and its quotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from corpus.titles import in_marks
from index.passages import Hit
from qa.answer import Answer, AnswerCitation, Understanding
from qa.answers.rendering import render_statements
from qa.suggestions import following_questions
from qa.understanding.kinds import label_of_kind
from ui.labels import NOTICE, NOTICES
from ui.page.ask.figures import figures_view
from ui.page.kit.address import copy_link, document_link, standing_data
from ui.page.kit.forms import select, text_field
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_state, notice_banner
from ui.page.reader.document import join_path
from ui.page.search.hits import DocumentHits, hit_card

Describe = Callable[[str], str | None]
"""Gives for the id of a document the line beside its region: level, kind, state."""

LABEL = 24
"""Longest label before a quote, in characters, that adds nothing to it: the name of a region."""
QUOTED = 10
MOST_OF = 0.4
"""Share of a short quote (（一）and the name of a task) that a line may repeat without its number."""
SHOWN = 12
"""Citations shown before the rest is folded."""
LISTED, BRIEF, NAME = 4, 40, 16
"""LISTED quotes of one document or more, none longer than BRIEF characters, are shown as a list; a quote of at most NAME characters
(the name of a unit) is shown in the row of its task."""


def pending_view(understood: Understanding, as_of: str | None = None, values: Mapping[str, object] | None = None) -> Html:
    """The answer while it is being looked for: only what was understood of the question. ``values``: see ``answer_view``."""
    return el("div", understanding_chips(understood, as_of), class_="answer coming", **_standing(values))


def _standing(values: Mapping[str, object] | None) -> dict[str, Any]:
    return standing_data("ask", values, name=str(values["question"])) if values else {}


def answer_view(
    answer: Answer,
    *,
    describe: Describe = lambda _: None,
    as_of: str | None = None,
    files: bool = True,
    done: bool = True,
    values: Mapping[str, object] | None = None,
    collect: Html | None = None,
) -> Html:
    """The whole left side under the question box; until it is ``done`` without what belongs to its last form.

    ``values`` are those of its address: the question, its conditions, and the questions it follows on. ``collect`` is the form
    that puts it into a dossier.
    """
    parts: list[Html | None] = [understanding_chips(answer.understood, as_of)]
    parts.append(notice_banner([(NOTICES.get(n.kind, NOTICE), n.text) for n in answer.notices]))
    if answer.status == "not_found":
        parts.append(empty_state("文档库里没有找到依据", answer.answer or "可以换个说法，或先放入相关文件。"))
        parts.append(_nearest(answer.nearest))
    else:
        parts.append(_point(answer))
        parts.append(figures_view(answer))
        parts.append(_citations(answer.citations, describe))
        if answer.status == "partial":
            parts.append(_nearest(answer.nearest))
    if answer.citations and done:
        parts.append(_foot(answer, files, linked=bool(values), collected=collect is not None))
        parts.append(collect)
        parts.append(_judge(answer) if files else None)
    if done:
        parts.append(_follow(answer.understood))
    return el("div", parts, class_="answer" if done else "answer coming", data_answer=answer.id, **_standing(values))


def understanding_chips(understood: Understanding | None, as_of: str | None = None) -> Html | None:
    """What was understood of the question, one chip a kind."""
    if understood is None:
        return None
    rows = [
        ("问法", label_of_kind(understood.kind)),
        ("主题", "、".join(understood.topics)),
        ("地区", "、".join(understood.regions)),
        ("单位", "、".join(understood.units)),
        ("年份", "、".join(str(year) for year in understood.years)),
        ("对象", "、".join(understood.beneficiaries)),
        ("截至", as_of or ""),
    ]
    made = [el("span", el("em", label), cut(value, 40), class_="chip") for label, value in rows if value]
    made += [el("span", el("em", "改读"), f"{written} → {read}", class_="chip") for written, read in understood.corrections]
    made += [el("span", el("em", f"沿用{slot}"), cut(value, 40), class_="chip") for slot, value in understood.kept]
    change = el("button", "改一改", type="button", class_="open", data_show="ask-filters")
    return el("div", el("span", "理解为"), made, change, class_="chips")


def clipboard_text(answer: Answer) -> str:
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
    """The short answer: what the program says itself. Quotes are left to the cards below, which have them with their source."""
    if answer.statements and answer.answer == render_statements(answer.statements):
        lines = [statement.words.strip() for statement in answer.statements if statement.words.strip()]
    else:  # what a language model made of the quotes
        lines = [line.strip() for line in answer.answer.splitlines() if line.strip()]
    quotes = sorted({c.quote.strip() for c in answer.citations}, key=len, reverse=True)
    kept = [line for line in lines if not _repeats(line, quotes)]
    return el("div", [el("p", line) for line in kept], class_="point", role="status") if kept else None


def _repeats(line: str, quotes: Sequence[str]) -> bool:
    """True for a line of quotes with at most a name before them, e.g. 「云岫县：“……”」 or 「云岫县：任务名」."""
    label, _, said = line.rpartition("：")
    said = said.strip("“”。；， ")
    if len(label) <= LABEL and any(said in quote and len(said) >= MOST_OF * len(quote) for quote in quotes):
        return True
    rest = line
    for quote in quotes:
        if len(quote) >= QUOTED:
            rest = rest.replace(quote, "")
    label = rest.strip("“”：:。；，、…《》— ")
    return rest != line and len(label) <= LABEL and not any(char.isdigit() for char in label)


def _citations(citations: Sequence[AnswerCitation], describe: Describe) -> Html:
    """The quotes by document; many short ones of one document (a list of tasks) as a list under its title."""
    made: list[Html] = []
    numbered = list(enumerate(citations, 1))
    for (region, id), group in groupby(numbered, key=lambda pair: (pair[1].region, pair[1].source_id)):
        members = list(group)
        about = describe(id)
        head = el("h2", region or "地区未载明", el("small", about) if about else None)
        if len(members) >= LISTED and all(len(citation.quote) <= BRIEF for _, citation in members):
            title = el("p", in_marks(cut(members[0][1].title or members[0][1].source, 60)), class_="src")
            made.append(join(head, title, el("div", _rows(members), class_="claims")))
            continue
        cards = _cards(members)
        made += [join(head, cards[0]), *cards[1:]]
    if len(made) <= SHOWN:
        return join(made)
    rest = el("details", el("summary", f"另有 {len(made) - SHOWN} 处依据"), made[SHOWN:], class_="more")
    return join(made[:SHOWN], rest)


def _cards(members: Sequence[tuple[int, AnswerCitation]]) -> list[Html]:
    """A card for each quote; a quote inside another one is marked in its card and gets none of its own."""
    cards: list[Html] = []
    for number, citation in members:
        if any(_inside(citation, other) for _, other in members):
            continue
        parts = [(n, c) for n, c in members if _inside(c, citation)]
        cards.append(_card(number, citation, points=parts))
    return cards


def _inside(one: AnswerCitation, other: AnswerCitation) -> bool:
    return other.start <= one.start and one.end <= other.end and len(one.quote) < len(other.quote)


def _marked(citation: AnswerCitation, points: Sequence[AnswerCitation]) -> list[Html | str]:
    """A quote with the points in it marked, from the first to the last character of each."""
    quote = citation.quote
    places = sorted({(at, at + len(p.quote)) for p in points if (at := quote.find(p.quote)) >= 0})
    out: list[Html | str] = []
    done = 0
    for start, end in places:
        if start >= done:
            out += [quote[done:start], el("b", quote[start:end])]
            done = end
    return [*out, quote[done:]]


def _rows(members: Sequence[tuple[int, AnswerCitation]]) -> list[Html]:
    """A row for each place; a unit that is quoted with its task (so that both are proven) goes into the row of the task."""
    rows: list[Html] = []
    for (path, _), group in groupby(members, key=lambda pair: (pair[1].section_path, pair[1].source_id)):
        (number, first), *beside = group
        small = [c.quote for _, c in beside if path and len(c.quote) <= NAME]
        rows.append(_card(number, first, named=False, beside=small))
        rows += [_card(n, c, named=False) for n, c in beside if c.quote not in small]
    return rows


def _card(
    position: int,
    citation: AnswerCitation,
    *,
    named: bool = True,
    beside: Sequence[str] = (),
    points: Sequence[tuple[int, AnswerCitation]] = (),
) -> Html:
    numbers = sorted({position, *(number for number, _ in points)})
    return el(
        "div",
        el(
            "p",
            _marked(citation, [point for _, point in points]),
            [el("span", name, class_="tag") for name in dict.fromkeys(beside)],
            class_="quote",
        ),
        el(
            "div",
            document_link(
                join(
                    el("span", f"〔{'、'.join(map(str, numbers))}〕", class_="no"),
                    el("span", in_marks(cut(citation.title or citation.source, 48)), class_="name")
                    if named
                    else el("span", "打开原文", class_="unseen"),
                ),
                citation.source_id,
                citation.start,
                citation.end,
                title="打开原文，看这句话的上下文",
            ),
            el("span", join_path(citation.section_path)) if citation.section_path else None,
            el("span", f"第 {citation.page} 页") if citation.page else None,
            class_="src",
        ),
        class_="claim",
        data_act="open",
        data_doc=citation.source_id,
        data_start=citation.start,
        data_end=citation.end,
    )


def _nearest(hits: Sequence[Hit]) -> Html | None:
    if not hits:
        return None
    return join(el("h2", "最接近的原文"), [hit_card(DocumentHits([hit])) for hit in hits[:5]])


def _foot(answer: Answer, files: bool, *, linked: bool = False, collected: bool = False) -> Html:
    topic = answer.understood.topics[0] if answer.understood and answer.understood.topics else answer.question
    return el(
        "div",
        el("button", "复制并附出处", type="button", class_="open", data_copy=clipboard_text(answer)),
        copy_link() if linked else None,
        el("a", "导出 Word", href=f"/api/v1/answers/{answer.id}?format=docx", download=True) if files else None,
        el(
            "button", "放进对比表", type="button", class_="open", data_tab="compare", data_fill="compare-subject", data_text=topic
        ),
        el("button", "放进专题夹", type="button", class_="open", data_show="collect-answer") if collected else None,
        el("button", "这条不对", type="button", class_="open", data_show="judge") if files else None,
        class_="foot",
    )


def _judge(answer: Answer) -> Html:
    """The form in which people say what is wrong with an answer; the library keeps it with the answer."""
    return el(
        "form",
        select(
            "verdict", "哪里不对", [("wrong", "有错误"), ("incomplete", "不完整"), ("right", "没有问题")], "wrong", any_of=False
        ),
        text_field("note", "说明（可不填）"),
        el("button", "记下来", type="submit", class_="quiet tall"),
        class_="filters",
        id="judge",
        hidden=True,
        data_judge=answer.id,
    )


def _follow(understood: Understanding | None) -> Html | None:
    asks = following_questions(understood) if understood else []
    made = [el("button", ask, type="button", class_="example", data_act="ask", data_question=ask) for ask in asks]
    return el("div", el("span", "接着问"), made, class_="examples") if made else None
