"""学政策: the path of a post in short stages, reading cards, one question at a time, the score sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from corpus.titles import in_marks
from qa.study.overview import LearningOverview
from qa.study.path import Card, Stage, days_of
from qa.study.question import AIMS, KINDS, LETTERS, QuizQuestion, excerpt
from ui.page.kit.address import copy_link
from ui.page.kit.forms import examples
from ui.page.kit.html import EMPTY, Html, cut, el, join
from ui.page.kit.states import empty_state, notice_banner
from ui.page.tasks.ledgers import export_links, place_link

QUOTE = 150


def welcome(posts: Sequence[tuple[str, str]]) -> Html:
    """Before a post is chosen: what this view does, and posts to start from (region, unit)."""
    made = [
        el("button", f"{region}　{unit}", type="button", class_="example", data_act="path", data_region=region, data_unit=unit)
        for region, unit in posts
    ]
    return join(
        empty_state(
            "两周学会一个岗位",
            "选地区和单位，按天安排好这个岗位的应知应会：哪些规定变了、先读哪些文件、要做哪些任务、要记哪些数字和术语，每段写明几分钟、为什么学；"
            "再做由原文生成的练习题（谁能得多少、哪天有效、两地有什么不同），答错的过后会再来。",
        ),
        el("div", el("span", "例如"), made, class_="examples") if made else examples(()),
    )


def path_view(
    title: str, stages: Sequence[Stage], index: int, *, warned: Sequence[str] = (), query: dict[str, str] | None = None
) -> Html:
    """The path with one stage open."""
    if not stages:
        return empty_state("没有可学的内容", "文档库里没有这个地区和单位的任务。换一个单位，或只选地区。")
    index = max(0, min(index, len(stages) - 1))
    stage = stages[index]
    part = f"　{stage.part}/{stage.parts}" if stage.parts > 1 else ""
    days = days_of(stages)
    total = f"{len(days)} 天，共约 {sum(minutes for _, minutes in days)} 分钟（含每天一轮练习题）"
    return join(
        el("div", el("h2", title, el("small", total)), _links(query or {}), class_="lead"),
        notice_banner([("提示", text) for text in warned]),
        _track(stages, index),
        el(
            "h2",
            f"{stage.kind}{part}",
            el("small", f"约 {stage.minutes} 分钟"),
            class_="stage-name",
            tabindex="-1",
            data_focus=True,
        ),
        el("p", stage.why, class_="count"),
        [_card(card) for card in stage.cards],
        el(
            "div",
            el("button", "上一段", type="button", class_="quiet", data_act="stage", data_index=index - 1, disabled=index == 0),
            el("button", "下一段", type="button", class_="quiet", data_act="stage", data_index=index + 1)
            if index + 1 < len(stages)
            else None,
            el("button", "做练习题", type="button", class_="primary", data_act="quiz"),
            class_="pager",
        ),
    )


def _track(stages: Sequence[Stage], index: int) -> Html:
    """The days in order, each with its minutes, and the stages of the open one."""
    here = stages[index].day
    days = []
    for day, minutes in days_of(stages):
        first = next(i for i, stage in enumerate(stages) if stage.day == day)
        days.append(
            el(
                "li",
                el(
                    "button", el("span", f"第 {day} 天"), el("span", f"{minutes} 分", class_="count"), type="button", class_="step",
                    data_act="stage", data_index=first, aria_current="step" if day == here else None,
                ),
                class_="here" if day == here else "done" if day < here else None,
            )
        )  # fmt: skip
    parts = [
        el(
            "button", f"{stage.kind}{f'{stage.part}' if stage.parts > 1 else ''}", type="button", class_="open", data_act="stage",
            data_index=i, aria_current="true" if i == index else None,
        )
        for i, stage in enumerate(stages)
        if stage.day == here
    ]  # fmt: skip
    return join(
        el("ol", days, class_="track", aria_label="学习日程"),
        el("p", "当天：", parts, el("span", "练习题"), class_="foot day-parts"),
    )


def _card(card: Card) -> Html:
    place = None
    if card.source is not None:
        source = card.source
        name = "打开全文" if source.start == source.end else in_marks(cut(source.title, 48))
        link = place_link(source.document_id, source.start, source.end, source.title, name)
        place = el("p", link, f"　{cut(card.heading, 28)}" if card.heading else None, class_="src")
    return el(
        "div",
        el("p", el("span", card.label, class_="tag"), cut(card.fact, 120), class_="fact"),
        el("p", _short(card.quote), class_="quote", title=card.quote[:400]) if card.quote and card.quote != card.fact else None,
        el("p", "　".join(part for part in (card.note, card.why and f"为什么学：{card.why}") if part), class_="meta")
        if card.note or card.why
        else None,
        place,
        class_="study-card",
    )


def _short(quote: str) -> str:
    return excerpt(quote, (), QUOTE)


def _links(query: dict[str, str]) -> Html:
    link = f"/api/v1/study/paper?{urlencode({**query, 'number': 20})}"
    return el(
        "div",
        el("a", "下载试卷（Word，附答题卡、答案）", href=link, download=True),
        el("button", "成绩单", type="button", class_="open", data_act="scores"),
        copy_link(),
        class_="foot",
    )


def question_view(
    question: QuizQuestion,
    number: int,
    results: Sequence[bool],
    total: int,
    given: Sequence[str] | None = None,
    again: bool = False,
) -> Html:
    """One question; with ``given`` its verdict and the sentence that proves it."""
    answered = given is not None
    right = answered and question.is_right(given or ())
    first, *rest = question.prompt.split("\n")
    return el(
        "div",
        _progress(number, results, total),
        el(
            "p",
            el("span", AIMS[question.aim], class_="tag"),
            el("span", KINDS[question.kind], class_="tag"),
            el("span", "再来一次", class_="tag") if again else None,
            class_="kind",
        ),
        el("p", first, class_="prompt", tabindex="-1", data_focus=not answered),
        [el("p", line.strip(), class_="quote") for line in rest],
        el("p", question.note, class_="meta") if question.note else None,
        _answered(question, given or ()) if answered else _form(question),
        _verdict(question, bool(right), number, total) if answered else None,
        class_="quiz",
    )


def _progress(number: int, results: Sequence[bool], total: int) -> Html:
    marks = [
        el("i", class_=("ok" if results[i] else "no") if i < len(results) else "now" if i == number else None)
        for i in range(total)
    ]
    said = f"第 {number + 1} 题，共 {total} 题"
    return el("div", el("span", said), el("span", marks, class_="line", aria_hidden="true"), class_="progress")


def _form(question: QuizQuestion) -> Html:
    if question.kind == "single":
        return el(
            "div",
            [
                el(
                    "button", el("b", LETTERS[i]), el("span", option), type="button", class_="option",
                    data_act="answer", data_option=option,
                )
                for i, option in enumerate(question.options)
            ],
            class_="options",
        )  # fmt: skip
    body: list[Html]
    if question.kind == "multiple":
        body = [
            el(
                "label",
                el("input", type="checkbox", name="option", value=option),
                el("b", LETTERS[i]),
                el("span", option),
                class_="option",
            )
            for i, option in enumerate(question.options)
        ]
    elif question.kind == "fill":
        body = [
            el(
                "label",
                el("span", "空白处应填"),
                el("input", type="text", name="option", autocomplete="off", maxlength=60),
                class_="field",
            )
        ]
    else:
        body = [
            el(
                "label",
                el("span", f"{i}. {item}"),
                el(
                    "select",
                    el("option", "请选择", value=""),
                    [el("option", o, value=o) for o in question.options],
                    name=f"match{i}",
                ),
                class_="field pair",
            )
            for i, item in enumerate(question.left, 1)
        ]
    return el("form", body, el("p", el("button", "确定", type="submit", class_="primary")), class_="options", data_act="answer")


def _answered(question: QuizQuestion, given: Sequence[str]) -> Html:
    """The options as they were, each with what it is: right, wrongly chosen, or left out."""
    if question.kind == "fill":
        shown = "；".join(given) or "没有填"
        return el("p", f"您填的是：{shown}", class_="soft")
    if question.kind == "match":
        rows = [
            el("li", f"{item}　——　{answer}", class_="ok" if mine == answer else "no")
            for item, answer, mine in zip(question.left, question.answer, [*given, *[""] * len(question.left)], strict=False)
        ]
        return el("ol", rows, class_="pairs")
    out = []
    for i, option in enumerate(question.options):
        chosen, true = option in given, option in question.answer
        word = "正确答案" if true else "您选的不对" if chosen else ""
        state = "ok" if true else "no" if chosen else None
        out.append(
            el(
                "p",
                el("b", LETTERS[i]),
                el("span", option),
                el("em", word) if word else None,
                class_=f"option {state}" if state else "option",
            )
        )
    return el("div", out, class_="options")


def _verdict(question: QuizQuestion, right: bool, number: int, total: int) -> Html:
    said = "答对了" if right else f"答错了。{_solution(question)}"
    sources = [
        el(
            "div",
            el("p", excerpt(c.quote, question.answer, QUOTE), class_="quote"),
            el("p", place_link(c.source_id, c.start, c.end, c.title or c.source, in_marks(cut(c.title or c.source, 60))), class_="src"),
            class_="claim", data_act="open", data_doc=c.source_id, data_start=c.start, data_end=c.end,
        )
        for c in question.citations
    ]  # fmt: skip
    label = "下一题" if number + 1 < total else "看结果"
    return el(
        "div",
        el("p", said, class_="said ok" if right else "said no", role="status"),
        el("h2", "原文"),
        sources,
        el("p", el("button", label, type="button", class_="primary", data_act="next", data_focus=True)),
        class_="verdict",
    )


def _solution(question: QuizQuestion) -> str:
    if question.kind in ("single", "fill"):
        return f"正确答案：{question.letters}{'　' + question.answer[0] if question.kind == 'single' else ''}"
    return f"正确答案：{question.letters}"


def result_view(name: str, results: Sequence[bool], waiting: int, answered: int) -> Html:
    """The end of a round."""
    right = sum(results)
    return el(
        "div",
        el("h2", f"这一轮答对 {right} 题，共 {len(results)} 题", tabindex="-1", data_focus=True),
        el("p", f"{name}累计答题 {answered} 道。" + (f"有 {waiting} 个知识点等着再来，答错的先来。" if waiting else "答错的过后会再来。"), class_="soft"),
        el(
            "p",
            el("button", "再做一轮", type="button", class_="primary", data_act="quiz"),
            el("button", "回到学习路径", type="button", class_="quiet", data_act="path"),
            el("button", "成绩单", type="button", class_="quiet", data_act="scores"),
            class_="pager",
        ),
        class_="quiz",
    )  # fmt: skip


def overview_view(found: LearningOverview) -> Html:
    """学习总览: what goes wrong, in which documents, and who does not learn."""
    if not found.people and not found.quiet:
        return EMPTY
    aims = [f"{one.aim} {round(100 * one.share)}%（{one.right + one.wrong} 次）" for one in found.aims]
    quiet = [f"{name}（{last or '没有学过'}）" for name, last in found.quiet]
    wrong = [
        el("li", place_link(one.id, 0, 0, one.title, cut(one.title, 48)), el("span", f"　答错 {one.wrong} 次，答对 {one.right} 次", class_="soft"))
        for one in found.documents
    ]  # fmt: skip
    return el(
        "section",
        el(
            "div",
            el("h2", "学习总览"),
            export_links("/api/v1/study/overview", {}, (("xlsx", "导出 Excel"), ("docx", "导出 Word"))),
            class_="lead",
        ),
        el("p", el("b", "各类题的正确率，低的在前："), "　".join(aims)) if aims else None,
        el("div", el("p", el("b", "错得多的文件：")), el("ul", wrong)) if wrong else None,
        el("p", el("b", "一周没有学的："), "、".join(quiet)) if quiet else None,
        class_="overview",
    )


def scores_view(rows: Sequence[Sequence[Any]], overview: Html = EMPTY) -> Html:
    """成绩单: one line a learner; below it ``overview``, for who sees all."""
    back = el("button", "回到学习路径", type="button", class_="open", data_act="path")
    if not rows:
        return join(
            el("p", back),
            empty_state("还没有成绩", "填写姓名、做过练习题以后，这里按人列出答题数、正确率和待复习的知识点。"),
            overview,
        )
    heads = ("姓名", "答题", "答对", "正确率", "待复习", "最近学习", "操作")
    body = [
        el(
            "tr",
            [el("td", value, data_label=head) for head, value in zip(heads, row, strict=False)],
            el(
                "td",
                el("button", "清除记录", type="button", class_="open", data_act="forget", data_name=row[0]),
                data_label="操作",
            ),
        )
        for row in rows
    ]
    links = el(
        "div",
        [el("a", f"导出 {label}", href=f"/api/v1/study/scores?format={kind}", download=True) for kind, label in (("xlsx", "Excel"), ("docx", "Word"))],
        back,
        class_="foot",
    )  # fmt: skip
    return join(
        el("div", el("h2", f"成绩单　{len(rows)} 人"), links, class_="lead"),
        el(
            "div",
            el(
                "table",
                el("thead", el("tr", [el("th", head, scope="col") for head in heads])),
                el("tbody", body),
                class_="ledger scores",
            ),
            class_="sheet",
            tabindex="0",
        ),
        overview,
    )
