"""看图谱: a time line, the paths between two things or a requirement level by level, each step with the sentences it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from cemai.views.steps import GraphStep, GraphView
from qa.answer import AnswerCitation
from ui.page.kit.address import copy_link, document_link
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_state
from ui.page.tasks.ledgers import export_links

FILES = (("docx", "导出 Word"), ("xlsx", "导出 Excel"))
QUOTES = 2
"""Quotes of a step in sight; further ones open on demand."""
LONG = 180
"""Characters of a quote in sight."""


def steps_view(view: GraphView, path: str, query: dict[str, str | None]) -> Html:
    """The steps with their quotes, and the same as a file from ``path``."""
    notes = "".join(view.notes)
    if not view:
        return empty_state(f"没有可画的{view.form}", notes or f"文档库里没有与“{view.title}”有关的内容。")
    several = len(view.rows) > 1
    return join(
        el(
            "div",
            el("h2", el("span", view.form, class_="tag"), cut(view.title, 60), tabindex="-1", class_="stage-name"),
            el("div", export_links(path, query, FILES), el("div", copy_link(), class_="foot"), class_="links"),
            class_="lead",
        ),
        el("p", notes, class_="count") if notes else None,
        [_row(row, f"{view.form}第 {number} 条" if several else view.form) for number, row in enumerate(view.rows, 1)],
    )


def _row(row: Sequence[GraphStep], name: str) -> Html:
    return el("ol", [_step(step) for step in row], class_="steps", aria_label=name)


def _step(step: GraphStep) -> Html:
    label = cut(step.label, 80)
    shown = el("button", label, type="button", class_="open", data_act="walk", data_node=step.key) if step.key else el("b", label)
    quotes = [_quote(cited) for cited in step.citations]
    rest = el("details", el("summary", f"其余 {len(quotes) - QUOTES} 处"), quotes[QUOTES:]) if len(quotes) > QUOTES else None
    return el(
        "li",
        el(
            "p",
            el("span", step.said, class_="tag") if step.said else None,
            el("time", step.when) if step.when else None,
            shown,
            class_="step",
        ),
        el("p", step.note, class_="soft") if step.note else None,
        quotes[:QUOTES],
        rest,
        class_="gap" if step.gap else None,
    )


def _quote(cited: AnswerCitation) -> Html:
    words = " ".join(cited.quote.split())
    where = document_link("原文", cited.source_id, cited.start, cited.end, aria_label=f"原文：{cut(words, 40)}")
    return el("p", cut(words, LONG), "　", where, class_="quote")
