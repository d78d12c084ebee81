"""查文件: words, dates and facets with counts that follow them; without words the list of documents."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.errors import UsageError
from index.passages import Hit
from ui.desk.desk import Desk, ShelfEntry
from ui.desk.document_search import (
    SORTS,
    DocumentQuery,
    FoundDocuments,
    count_documents,
    find_documents,
    parse_day,
    with_passages,
)
from ui.desk.facets import FACETS, Chosen
from ui.labels import REGION_FILTER
from ui.page.events import Payload, page_start, safely, text
from ui.page.kit.address import ARRIVE, copy_link, standing
from ui.page.kit.forms import ask_box, facets, select, text_field
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_library, empty_state, error_message
from ui.page.kit.tab import Step, Tab
from ui.page.search.hits import DocumentHits, document_card, hit_card
from ui.page.tasks.ledgers import PAGE, export_links, pager

RESULTS = 20
"""Documents of a page where words are looked for: each with its best passages."""
VALUES = 100
"""Values of a facet that can be chosen, the most frequent ones where they go by number."""
FEW = 3
"""Documents up to which those that may mean the same are in sight."""
EXACT = "exact"
FIELDS = ("since", "until", "sort", "match")
"""What stands in the form beside the words."""
FILES = (("xlsx", "导出 Excel"), ("csv", "导出 CSV"))
_DATES = {"since": "起", "until": "止"}
CLEARED = {"data_since": "", "data_until": ""}
"""Attributes of a button that empties the dates of the form, too."""


def form() -> Html:
    """The box, and below it dates, order and how the words are meant."""
    return join(
        ask_box("search-query", "查找", "查找", act="search", placeholder="标题、文号、机关或正文里的词；整句加“引号”"),
        el(
            "form",
            text_field("since", "日期从", type="date"),
            text_field("until", "到", type="date"),
            select("sort", "顺序", list(SORTS.items()), any_of=False),
            select("match", "怎样找", [("", "各个词都有"), (EXACT, "整句一字不差")], any_of=False),
            data_act="search",
            data_auto=True,
            class_="filters search-filters",
        ),
    )


def toggle_facet(payload: Payload, chosen: Chosen) -> dict[str, str]:
    """The facets after a press: chosen, or taken back."""
    act, name, value = text(payload, "act"), text(payload, "name"), text(payload, "value")
    if act == "clear":
        return {}
    if act == ARRIVE:
        return {name: value for name, key in FACETS.items() if (value := text(payload, key))}
    after = dict(chosen)
    if act == "facet" and name and name in FACETS and value:
        if after.get(name) == value:
            del after[name]
        else:
            after[name] = value
    return {name: after[name] for name in FACETS if name in after}


def query_of(payload: Payload, chosen: Chosen) -> DocumentQuery:
    """What is looked for. Raises ``UsageError`` for a date that is none."""
    sort = text(payload, "sort") or ""
    return DocumentQuery(
        text(payload, "query") or "",
        chosen,
        parse_day(text(payload, "since"), "since"),
        parse_day(text(payload, "until"), "until"),
        sort if sort in SORTS else "",
        text(payload, "match") == EXACT,
    )


def search(desk: Desk, payload: Payload, state: Mapping[str, str] | None) -> Step:
    """Results for the words and conditions, and the state after the press; it is kept even where searching fails."""
    chosen = toggle_facet(payload, {name: value for name, value in (state or {}).items() if name in FACETS})
    query = text(payload, "query") or ""
    held = {name: value for name in FIELDS if (value := text(payload, name))}
    values = {"query": query, **{FACETS[name]: value for name, value in chosen.items()}, **held, "start": page_start(payload)}
    # a condition that leaves all results as they are shows in the address, too: the page waits for a change
    here = standing("search", values, name=" ".join(filter(None, (query, *chosen.values()))))
    return safely(lambda: join(show_results(desk, payload, chosen), here)), {**chosen, "query": query, **held}


def facet_panel(desk: Desk, state: Mapping[str, str]) -> Html:
    """The facets, with counts under the words and dates of the state."""
    chosen = {name: value for name, value in state.items() if name in FACETS}
    try:
        counted = count_documents(desk, query_of(state, chosen))
    except UsageError:  # said above the results
        counted = count_documents(desk, DocumentQuery(chosen=chosen))
    # a thousand issuers are no choice, and take longer to draw than to count
    shown = {
        name: [(value, count) for place, (value, count) in enumerate(counts) if place < VALUES or value == chosen.get(name)]
        for name, counts in counted.items()
    }
    return facets(shown, chosen, labels={"地区": REGION_FILTER}, cleared=CLEARED)


def show_results(desk: Desk, payload: Payload, chosen: Chosen) -> Html:
    """Results for the words and conditions."""
    if not desk.entries():
        return empty_library()
    try:
        wanted = query_of(payload, chosen)
        found = find_documents(desk, wanted)
    except UsageError as error:
        return error_message(str(error))
    lead = _lead(wanted, found)
    if not found.entries:
        return join(lead, _nothing(wanted, found))
    size = RESULTS if wanted.words else PAGE
    start = min(page_start(payload), len(found.entries) - 1)
    shown = found.entries[start : start + size]
    if not wanted.words:
        cards = [document_card(entry.info, entry.status, entry.reason) for entry in shown]
    else:
        cards = [_card(desk, entry, hits) for entry, hits in zip(shown, with_passages(desk, wanted, shown, found), strict=True)]
    last_page = start + size >= len(found.entries)
    near = _near(desk, found) if last_page and found.near else None
    return join(lead, cards, pager(len(found.entries), start, "documents", size=size), near)


def _card(desk: Desk, entry: ShelfEntry, hits: list[Hit]) -> Html:
    if not hits:
        return document_card(entry.info, entry.status, entry.reason)
    others = [(other.info, other.status) for other in desk.others_of_work(entry)]
    return hit_card(DocumentHits(hits, entry.info, entry.status, others))


def _near(desk: Desk, found: FoundDocuments) -> Html:
    cards = [_card(desk, entry, list(found.hits.get(entry.info.id, ()))) for entry in found.near]
    return el(
        "details",
        el("summary", f"另有 {len(found.near)} 份文件意思可能相近"),
        cards,
        class_="more",
        open=len(found.entries) <= FEW,
    )


def _lead(wanted: DocumentQuery, found: FoundDocuments) -> Html:
    """How many there are, in which order, what limits them, and the list as a file."""
    order = SORTS["newest"] if not wanted.words and not wanted.sort else SORTS[wanted.sort]
    said = [f"{found.total} 份文件，{order}"]
    if found.folded:
        said.append(f"其中 {found.folded} 份是副本或旧版，列在同一份之下")
    if wanted.has_conditions and wanted.words and found.matched > found.total:
        said.append(f"不加条件时 {found.matched} 份")
    if found.by_meaning and found.entries:
        said.append("没有一份文件含有全部的词，以下是意思相近的")
    query = {
        "query": wanted.query, "since": wanted.since, "until": wanted.until, "sort": wanted.sort,
        **{FACETS[name]: value for name, value in wanted.chosen.items()},
    }  # fmt: skip
    links = export_links("/api/v1/search/documents", query, FILES) if found.entries else None
    return join(
        _conditions(wanted, found),
        el("div", el("p", "；".join(said), class_="count"), el("div", links, el("div", copy_link(), class_="foot"), class_="links"),
           class_="lead"),
    )  # fmt: skip


def _conditions(wanted: DocumentQuery, found: FoundDocuments) -> Html | None:
    """Every condition as a button that takes it back."""
    made = [_chip(name, value, data_act="facet", data_name=name, data_value=value) for name, value in wanted.chosen.items()]
    for name, label in _DATES.items():
        if day := getattr(wanted, name):
            made.append(_chip(label, day, data_act="search", **{f"data_{name}": ""}))
    if found.phrases:
        made.append(el("span", el("em", "整句"), "、".join(cut(phrase, 30) for phrase in found.phrases), class_="chip"))
    return el("div", el("span", "条件"), made, class_="chips") if made else None


def _chip(label: str, value: str, **press: object) -> Html:
    return el(
        "button", el("em", label), cut(value, 30), el("span", "×", aria_hidden="true", class_="take-back"), type="button",
        class_="chip", title=f"去掉这个条件：{label} {value}", aria_label=f"去掉条件 {label} {value}", **press,
    )  # fmt: skip


def _nothing(wanted: DocumentQuery, found: FoundDocuments) -> Html:
    clear = el("button", "清除全部条件", type="button", class_="primary", data_act="clear", **CLEARED)
    if wanted.words and not found.matched:
        said = "没有文件一字不差地写有" if found.phrases else "没有文件叫作或写有"
        return empty_state("没有找到", f"{said}“{cut(wanted.words.strip('“”'), 40)}”。可以换一个词，或只写几个关键词。")
    return empty_state("没有这样的文件", "所选条件同时成立的文件不存在。请取消一个条件。", clear)


TAB = Tab(
    "search",
    "查文件",
    "正在查找…",
    form=form(),
    start=lambda desk: show_results(desk, {}, {}),
    act=search,
    state={},
    start_follows=True,
    side=facet_panel,
)
