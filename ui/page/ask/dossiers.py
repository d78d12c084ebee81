"""专题夹: quotes and questions that were collected, with remarks, in an order; shared by everybody who uses the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote

from cemai.accounts import Right, current_caller
from cemai.dossiers import (
    LONGEST_NAME,
    LONGEST_REMARK,
    Dossier,
    DossierItem,
    add_to_dossier,
    change_dossier,
    cite_place,
    cite_places,
    clean_name,
    drop_dossier,
    list_dossiers,
    load_dossier,
)
from corpus.errors import PolicyError, UsageError
from corpus.titles import in_marks
from qa.answer import Answer, AnswerCitation
from ui.desk.desk import Desk
from ui.page.events import Payload, integer, text
from ui.page.kit.address import address, copy_link, document_link, standing
from ui.page.kit.forms import choices_list
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_state, error_message
from ui.page.reader.document import join_path

Items = list[DossierItem]


def collect_form(desk: Desk, id: str, **attributes: object) -> Html:
    """The form that puts what is shown into a dossier, with the names there are; ``attributes`` are of the form."""
    names = [one.name for one in desk.read(list_dossiers)]
    return el(
        "form",
        el(
            "label",
            el("span", "专题夹"),
            el("input", name="dossier", type="text", list=f"{id}-names", autocomplete="off", maxlength=LONGEST_NAME, data_dossier=True),
            class_="field",
        ),
        el("label", el("span", "说明（可不填）"), el("input", name="remark", type="text", autocomplete="off", maxlength=LONGEST_REMARK), class_="field"),
        el("button", "放入", type="submit", class_="quiet tall"),
        choices_list(f"{id}-names", names),
        data_act="collect",
        class_="filters",
        id=id,
        **attributes,
    )  # fmt: skip


def collect_place(desk: Desk, payload: Payload) -> Html:
    """Put the place that the reader shows into a dossier, and say so."""
    item = DossierItem(
        "quote", document=text(payload, "doc") or "", start=integer(payload, "start"), end=integer(payload, "end"),
        remark=text(payload, "remark") or "",
    )  # fmt: skip

    def add() -> Dossier:
        if desk.read(lambda corpus: cite_place(corpus, item)) is None:
            raise UsageError("这份文件已不在文档库里。")
        return desk.change(
            lambda library: add_to_dossier(library.corpus, text(payload, "dossier") or "", [item]), needs=Right.OWN
        )

    try:
        done = add()
    except PolicyError as error:
        return error_message(str(error))
    link = el("a", done.name, href=address("ask", {"do": "dossier", "name": done.name}), class_="open")
    return el("p", "已放进专题夹“", link, f"”，共 {len(done.items)} 条。", class_="count", role="status")


def items_of_answer(answer: Answer, link: str, remark: str) -> Items:
    """A question with its remark, then its quotes."""
    quotes = [DossierItem("quote", document=c.source_id, start=c.start, end=c.end) for c in answer.citations]
    return [DossierItem("question", question=answer.question, link=link, remark=remark), *quotes]


def dossiers_view(desk: Desk) -> Html:
    """The dossiers of the library."""
    here = standing("ask", {"do": "dossiers"}, name="专题夹")
    found = desk.read(list_dossiers)
    if not found:
        return join(
            here, empty_state("还没有专题夹", "看原文时点“放进专题夹”，或在回答下面把问题和引文一起放入；之后可以排序、写说明，导出成一份材料。")
        )  # fmt: skip
    rows = [
        el(
            "li",
            el("a", one.name, href=address("ask", {"do": "dossier", "name": one.name}), class_="open"),
            el("div", f"{len(one.items)} 条 · {one.changed_at[:10]} 改动", class_="meta"),
        )
        for one in found
    ]
    lead = el(
        "div",
        el("h2", "专题夹", el("small", "存在您的账号里" if current_caller().account else "存在文档库里，同用这个库的人都能看到")),
        class_="lead",
    )
    return join(here, lead, el("ul", rows, class_="asked"))


def dossier_view(desk: Desk, name: str, wrong: Html | None = None) -> Html:
    """One dossier: its entries with what can be done to them, and its export."""
    found = desk.read(lambda corpus: load_dossier(corpus, name))
    here = standing("ask", {"do": "dossier", "name": found.name}, name=f"专题夹 {found.name}")
    back = el("a", "全部专题夹", href=address("ask", {"do": "dossiers"}), class_="open")
    if not found.version:
        return join(here, wrong, empty_state("没有这个专题夹", "它可能已被删除。", back))
    cited = desk.read(lambda corpus: cite_places(corpus, found.items))
    rows = [
        _item(found, number, item, place)
        for number, (item, place) in enumerate(zip(found.items, cited, strict=True))
    ]  # fmt: skip
    foot = el(
        "div",
        el("a", "导出材料（Word）", href=f"/api/v1/dossiers/{quote(found.name, safe='')}?format=docx", download=True),
        copy_link(),
        back,
        class_="foot",
    )
    heading = el(
        "form",
        _hidden(found),
        el("label", el("span", "小标题或一段话"), el("input", name="remark", type="text", autocomplete="off", maxlength=LONGEST_REMARK), class_="field wide-field"),
        el("button", "加在最后", type="submit", class_="quiet tall"),
        data_act="dossier-text",
        class_="filters",
    )  # fmt: skip
    drop = el(
        "details",
        el("summary", "删除这个专题夹"),
        el("form", _hidden(found), el("button", "确认删除", type="submit", class_="quiet"), data_act="dossier-drop"),
        class_="more",
    )
    lead = el("div", el("h2", found.name, el("small", f"{len(rows)} 条")), foot, class_="lead")
    return join(here, wrong, lead, el("ol", rows, class_="dossier"), heading, drop)


def _item(dossier: Dossier, number: int, item: DossierItem, cited: AnswerCitation | None) -> Html:
    body: list[Html | None]
    if item.kind == "text":
        body = [el("p", item.remark, class_="dossier-text")]
    elif item.kind == "question":
        body = [el("p", "问：", el("a", item.question, href=item.link, class_="open"), class_="quote")]
    elif cited is None:
        body = [el("p", "所引文件已不在文档库里，或换成了新的一版。", class_="soft")]
    else:
        place = join_path(cited.section_path)
        title = f"{in_marks(cut(cited.title or cited.source, 60))}{f'（{cited.doc_number}）' if cited.doc_number else ''}"
        body = [
            el("p", "\n".join(line for line in cited.quote.splitlines() if line.strip()), class_="quote") if cited.quote else None,
            el("p", document_link(title, cited.source_id, cited.start, cited.end), f"　{place}" if place else None, class_="src"),
        ]  # fmt: skip
    remark = el(
        "form",
        _hidden(dossier, number),
        el(
            "label",
            el("span", "文字" if item.kind == "text" else "说明", class_="unseen"),
            el(
                "input",
                name="remark",
                type="text",
                value=item.remark,
                placeholder="说明",
                autocomplete="off",
                maxlength=LONGEST_REMARK,
            ),
        ),
        el("button", "保存", type="submit", class_="open"),
        data_act="dossier-remark",
        class_="remark",
    )
    return el(
        "li",
        body,
        remark,
        el("div", [_press(dossier, number, act, label) for act, label in _LABELS.items()], class_="foot"),
    )


def _press(dossier: Dossier, number: int, act: str, label: str) -> Html:
    off = (act == "dossier-up" and number == 0) or (act == "dossier-down" and number == len(dossier.items) - 1)
    return el(
        "button", label, type="button", class_="open", data_act=act, data_name=dossier.name, data_version=dossier.version,
        data_number=number, disabled=off, aria_label=f"{label}第 {number + 1} 条",
    )  # fmt: skip


def _hidden(dossier: Dossier, number: int | None = None) -> Html:
    values = {"name": dossier.name, "version": dossier.version, "number": number}
    return join(el("input", type="hidden", name=key, value=value) for key, value in values.items() if value is not None)


# ------------------------------------------------------------------ what is pressed


def _moved(items: Items, payload: Payload, by: int) -> Items:
    number = integer(payload, "number")
    other = number + by
    if 0 <= number < len(items) and 0 <= other < len(items):
        items[number], items[other] = items[other], items[number]
    return items


def _without(items: Items, payload: Payload) -> Items:
    number = integer(payload, "number")
    return [item for i, item in enumerate(items) if i != number]


def _remarked(items: Items, payload: Payload) -> Items:
    number = integer(payload, "number")
    return [replace(item, remark=text(payload, "remark") or "") if i == number else item for i, item in enumerate(items)]


def _with_text(items: Items, payload: Payload) -> Items:
    said = text(payload, "remark")
    if not said:
        raise UsageError("请先写一个小标题或一段话。")
    return [*items, DossierItem("text", remark=said)]


_CHANGES: Mapping[str, Callable[[Items, Payload], Items]] = {
    "dossier-up": lambda items, payload: _moved(items, payload, -1),
    "dossier-down": lambda items, payload: _moved(items, payload, 1),
    "dossier-out": _without,
    "dossier-remark": _remarked,
    "dossier-text": _with_text,
}
_LABELS = {"dossier-up": "上移", "dossier-down": "下移", "dossier-out": "移出"}


def is_of_dossiers(act: str | None) -> bool:
    """Whether a press or an address is about dossiers."""
    return act in ("dossiers", "dossier", "collect", "dossier-drop") or act in _CHANGES


def act_on_dossiers(desk: Desk, act: str, payload: Payload) -> Html:
    """Do what was pressed, and show the dossier, or all of them. An address only shows one."""
    name = text(payload, "name") or text(payload, "dossier") or ""
    if act == "dossiers" or not name:
        missing = error_message("请先写专题夹的名称。") if act == "collect" else None
        return join(missing, dossiers_view(desk))
    try:
        name = clean_name(name)
        if act == "dossier-drop":
            desk.change(lambda library: drop_dossier(library.corpus, name), needs=Right.OWN)
            return dossiers_view(desk)
        if act == "collect":
            _collect_answer(desk, name, payload)
        elif act in _CHANGES:
            changed = _CHANGES[act]
            version = integer(payload, "version")
            desk.change(
                lambda library: change_dossier(library.corpus, name, version, lambda items: changed(items, payload)),
                needs=Right.OWN,
            )
    except PolicyError as error:
        return dossier_view(desk, name[:LONGEST_NAME], error_message(str(error)))
    return dossier_view(desk, name)


def _collect_answer(desk: Desk, name: str, payload: Payload) -> None:
    answer = desk.answer(text(payload, "answer") or "")
    if answer is None:
        raise UsageError("这条回答已不在服务的内存里。请重新提问后再放入。")
    link = text(payload, "link") or ""
    link = link if link.startswith("/?tab=ask&") else address("ask", {"question": answer.question})
    items = items_of_answer(answer, link, text(payload, "remark") or "")
    desk.change(lambda library: add_to_dossier(library.corpus, name, items), needs=Right.OWN)
