"""查文件: words and facets; without words the list of documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from corpus.document import LEVELS
from corpus.filters import Filters
from index.passages import Hit
from ui.desk.desk import Desk, ShelfEntry, count_regions, lies_in
from ui.labels import REGION_FILTER
from ui.page.events import Payload, page_start, safely, text
from ui.page.kit.address import ARRIVE, standing
from ui.page.kit.forms import ask_box, facets
from ui.page.kit.html import Html, el, join
from ui.page.kit.states import empty_library, empty_state, error_message
from ui.page.kit.tab import Step, Tab
from ui.page.search.hits import DocumentHits, document_card, hits_view
from ui.page.tasks.ledgers import PAGE, pager

KEYS = {"地区": "region", "层级": "level", "发文机关": "issuer", "年份": "year", "主题": "topic", "时效": "status"}
"""The facets by their headings, with their names in an address."""
FACETS = tuple(KEYS)
TOP = 60
QUERY_LIMIT = 500
Chosen = Mapping[str, str]
Count = tuple[str, int]


def _frequent(item: Count) -> tuple[int, str]:
    return -item[1], item[0]


_ORDER: Mapping[str, Callable[[Count], tuple[int, str]]] = {
    "层级": lambda item: ([*LEVELS, item[0]].index(item[0]), ""),
    "年份": lambda item: (-int(item[0]), ""),
}


def form() -> Html:
    """The box."""
    return ask_box("search-query", "查找", "查找", act="search", placeholder="标题、文号、机关或正文里的词")


def meets_facets(entry: ShelfEntry, chosen: Chosen, *, but: str | None = None) -> bool:
    """Whether a document meets every chosen facet, leaving one out."""
    held = entry.facets
    return all(
        lies_in(entry.info, value) if name == "地区" else value in held.get(name, ())
        for name, value in chosen.items()
        if name != but
    )


def count_facets(entries: list[ShelfEntry], chosen: Chosen) -> dict[str, list[tuple[str, int]]]:
    """The values of each facet that exist under the other choices, with their counts."""
    out: dict[str, list[tuple[str, int]]] = {}
    for name in FACETS:
        under = [entry for entry in entries if meets_facets(entry, chosen, but=name)]
        if name == "地区":
            counter = count_regions(entry.info for entry in under)
        else:
            counter = Counter(value for entry in under for value in entry.facets[name])
        out[name] = sorted(counter.items(), key=_ORDER.get(name, _frequent))
    return out


def toggle_facet(payload: Payload, chosen: Chosen) -> dict[str, str]:
    """The facets after a press: chosen, or taken back."""
    act, name, value = text(payload, "act"), text(payload, "name"), text(payload, "value")
    if act == "clear":
        return {}
    if act == ARRIVE:
        return {name: value for name, key in KEYS.items() if (value := text(payload, key))}
    after = dict(chosen)
    if act == "facet" and name in FACETS and value:
        if after.get(name) == value:
            del after[name]
        else:
            after[name] = value
    return after


def search(desk: Desk, payload: Payload, chosen: Chosen | None) -> Step:
    """Results for the words and facets, and the facets after the press; these are kept even where searching fails."""
    after = toggle_facet(payload, chosen or {})
    query = text(payload, "query") or ""
    values = {"query": query, **{KEYS[name]: value for name, value in after.items()}, "start": page_start(payload)}
    # a condition that leaves all results as they are shows in the address, too: the page waits for a change
    here = standing("search", values, name=" ".join(filter(None, (query, *after.values()))))
    return safely(lambda: join(show_results(desk, payload, after), here)), after


def facet_panel(desk: Desk, chosen: Chosen) -> Html:
    """The facets."""
    return facets(count_facets(desk.entries(), chosen), chosen, labels={"地区": REGION_FILTER})


def show_results(desk: Desk, payload: Payload, chosen: Chosen) -> Html:
    """Results for the words and facets."""
    entries = desk.entries()
    if not entries:
        return empty_library()
    query = text(payload, "query")
    kept = [entry for entry in entries if meets_facets(entry, chosen)]
    if query and len(query) > QUERY_LIMIT:
        return error_message(f"查找的词有 {len(query)} 字，超过 {QUERY_LIMIT} 字。请只写几个关键词；问题请到“问政策”里提。")
    if not kept:
        return empty_state("没有这样的文件", "所选条件同时成立的文件不存在。请取消一个条件。", _clear())
    if not query:
        start = min(page_start(payload), max(0, len(kept) - 1))
        newest = sorted(kept, key=lambda e: e.info.head.issued_on or e.info.head.published_on or "", reverse=True)
        return join(
            el("p", f"{len(kept)} 份文件，新的在前", class_="count"),
            [document_card(e.info, e.status, e.reason) for e in newest[start : start + PAGE]],
            pager(len(kept), start, "documents"),
        )
    filters = Filters(documents=tuple(e.info.id for e in kept)) if chosen else None
    hits = desk.search(query, filters=filters, top=TOP)
    if not hits:
        return empty_state(
            "没有找到", f"文件里没有与“{query[:40]}”相近的内容。可以换一个词，或减少条件。", _clear() if chosen else Html("")
        )
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.source_id, []).append(hit)
    known = {e.info.id: e for e in entries}
    groups = [_document_hits(desk, group, known.get(id)) for id, group in grouped.items()]
    return join(el("p", f"{len(grouped)} 份文件里的 {len(hits)} 处", class_="count"), hits_view(groups))


def _document_hits(desk: Desk, hits: list[Hit], entry: ShelfEntry | None) -> DocumentHits:
    if entry is None:
        return DocumentHits(hits)
    others = [(other.info, other.status) for other in desk.others_of_work(entry)]
    return DocumentHits(hits, entry.info, entry.status, others)


def _clear() -> Html:
    return el("button", "清除全部条件", type="button", class_="primary", data_act="clear")


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
