"""沿革: what a document rests on, what rests on it, its versions, and the clauses in which two versions differ."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import ParsedDocument
from corpus.titles import in_marks
from graph.codec.columns import UNSTATED
from graph.queries.relations import Edition, Link, Relations
from qa.answer import Cell, Comparison
from qa.comparison.versions import ONE_LINE, describe_changes
from ui.page.kit.address import document_link
from ui.page.kit.html import Html, cut, el, join

SHOWN = 60
"""Clauses of a comparison shown in the reader; the export has them all."""


def lineage_pane(doc: ParsedDocument, found: Relations) -> Html:
    """The pane of the reader."""
    return join(
        _versions(doc.id, found) if found.editions else None,
        el("h3", "文中写明的依据与引用"),
        _links(found.basis) if found.basis else el("p", UNSTATED, class_="soft"),
        el("h3", "文档库里引用它的文件"),
        _links(found.followers) if found.followers else el("p", "没有。", class_="soft"),
    )


def _versions(id: str, found: Relations) -> Html:
    previous = found.previous(id)
    button = (
        el("button", "与上一版逐条对照", type="button", class_="quiet", data_act="versions", data_doc=id) if previous else None
    )
    return join(
        el("h3", "同一文件的各个版本"),
        el("ol", [_edition(edition, edition.document == id) for edition in found.editions], class_="cited"),
        el("p", button) if button else None,
    )


def _edition(edition: Edition, here: bool) -> Html:
    year = str(edition.year or "")
    told = edition.mark if year in edition.mark else " · ".join(part for part in (year, edition.mark) if part)
    name = in_marks(cut(edition.title, 70))
    return el(
        "li",
        el("span", told, class_="tag") if told else None,
        " ",
        el("b", name) if here else document_link(name, edition.document),
        "（本文）" if here else None,
    )


def _links(links: Sequence[Link]) -> Html:
    return el("ul", [el("li", *_link(link)) for link in links], class_="cited")


def _link(link: Link) -> list[object]:
    name = in_marks(cut(link.title, 70)) + (f"（{link.number}）" if link.number and link.number not in link.title else "")
    shown = document_link(name, link.document) if link.document else name
    where = document_link("文中位置", *link.place) if link.place else None
    return [el("span", link.relation, class_="tag"), " ", shown, el("span", " ", where, class_="src") if where else None]


def version_changes(comparison: Comparison, old: str, new: str) -> Html:
    """Two versions clause by clause, in the reader."""
    heads = {column.source_id: column.title or column.source for column in comparison.columns}
    lead = comparison.differences[0] if comparison.differences else "两个版本的条款相同。"
    rest = len(comparison.rows) - SHOWN
    return join(
        el(
            "header",
            el(
                "div",
                el("h2", "新旧对照", id="reader-title"),
                el("button", "关闭", class_="quiet", data_close=True, type="button", aria_label="关闭对照"),
                class_="top",
            ),
            el("p", in_marks(cut(heads.get(new, ""), 60)), class_="meta"),
            el("p", "对照的上一版：", in_marks(cut(heads.get(old, ""), 60)), class_="meta"),
            el("p", document_link("回到本文", new), class_="path"),
        ),
        el(
            "div",
            el("p", lead, class_="count"),
            [_change(row.aspect, *row.cells[:2]) for row in comparison.rows[:SHOWN]],
            el("p", f"另有 {rest} 处没有列出。", class_="soft") if rest > 0 else None,
            class_="pane changes",
            data_for="text",
            tabindex="0",
        ),
    )


def _change(aspect: str, old: Cell, new: Cell) -> Html:
    kind, _, label = aspect.partition("　")
    parts = [_side("原来", old), _side("现在", new)]
    return el(
        "section",
        el("h3", el("span", kind, class_="tag"), " ", label),
        el("p", told, class_="meta") if (told := describe_changes(old.text, new.text, longest=ONE_LINE)) else None,
        parts,
        class_="change",
    )


def _side(name: str, cell: Cell) -> Html | None:
    if not cell.text or not cell.citations:
        return None
    place = cell.citations[0]
    return el(
        "p", el("em", name), cut(cell.text, 400), "　", document_link("原文", place.source_id, place.start, place.end), class_="quote"
    )  # fmt: skip
