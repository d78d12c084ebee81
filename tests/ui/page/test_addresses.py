"""Addresses without a browser: the codec's laws, and that every state of every tab comes back from the address it writes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from corpus.document import Span
from index.dense.encoder import load
from tools.browser import sample_files
from ui.desk.desk import Desk
from ui.page.kit.address import ARRIVE, LONGEST, PLACES, address, document_address
from ui.page.kit.tab import Tab
from ui.page.tabs import TABS

BY_ID = {tab.id: tab for tab in TABS}


@given(
    st.dictionaries(st.sampled_from(["query", "region", "主题", "via"]), st.text() | st.lists(st.text(min_size=1), min_size=1))
)
def test_an_address_gives_back_what_went_in(values: dict[str, Any]) -> None:
    made = address("search", values)
    assert made.isascii() and len(made) <= LONGEST and made.startswith("/?tab=search")
    wanted = {name: value if isinstance(value, list) else [value] for name, value in values.items() if value}
    assert parse_qs(urlsplit(made).query, keep_blank_values=True) == {"tab": ["search"]} | wanted


def test_a_state_that_is_too_long_has_the_address_of_its_tab() -> None:
    assert address("ask", {"question": "问" * 800}) == address("ask", {"question": "问" * 800}) != "/?tab=ask"
    assert address("ask", {"question": "问" * 2_000, "region": "黔南州"}) == "/?tab=ask"


def test_places_of_a_document_are_bounded() -> None:
    assert document_address("d1") == "/?doc=d1" and document_address("d1", 3, 9) == "/?doc=d1&at=3-9"
    made = document_address("d1", 3, 9, [Span(n, n + 1) for n in range(100)])
    assert len(parse_qs(urlsplit(made).query)["more"][0].split()) == PLACES


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Library.open(tmp_path_factory.mktemp("samples"), encoder=load(None)) as library, sample_files() as paths:
        library.ingest(paths)
        yield Desk(library)


def press(tab: Tab, desk: Desk, payload: dict[str, Any], state: Any) -> tuple[str, Any]:
    """The last thing a press shows, and the state after it."""
    done: Any = tab.act(desk, payload, state)
    return list(done)[-1] if inspect.isgenerator(done) else done


def written(shown: str) -> str:
    found = re.findall(r'data-address="([^"]*)"', shown)
    assert len(found) == 1, found
    return unescape(found[0])


def opened(link: str) -> tuple[Tab, dict[str, Any]]:
    """The payload that the page's script makes of an address."""
    asked = parse_qs(urlsplit(link).query)
    (tab,) = asked.pop("tab")
    return BY_ID[tab], {name: held[0] if len(held) == 1 else held for name, held in asked.items()} | {"act": ARRIVE}


WALKS: tuple[tuple[str, tuple[dict[str, Any], ...]], ...] = (
    ("ask", ({"act": "ask", "question": "过渡期医保资助政策"},)),
    ("ask", ({"act": "ask", "question": "医疗保障有哪些政策规定？", "region": "黔南州", "year": "2021", "as_of": "2025年3月1日"},)),
    ("ask", ({"act": "ask", "question": "甘南州有哪些医疗保障政策规定？"}, {"act": "ask", "question": "那黔南州呢？"})),
    ("ask", ({"act": "ask", "question": "甘南州有哪些医疗保障政策规定？"}, {"act": "ask", "question": "易地扶贫搬迁后续扶持由谁负责？"})),
    ("search", ({"act": "search", "query": "易地扶贫搬迁"},)),
    ("search", ({"act": "search", "query": "易地扶贫搬迁", "since": "2020-01-01", "sort": "newest", "match": "exact"},)),
    ("search", ({"act": "facet", "name": "地区", "value": "黔南州"}, {"act": "facet", "name": "层级", "value": "市州"})),
    ("compare", ({"act": "compare", "subject": "医疗保障"},)),
    ("compare", ({"act": "compare", "subject": "医疗保障", "places": "黔南州", "regions": ["甘南州", "大兴安岭"]},)),
    ("tasks", ({"act": "rows", "ledger": "targets", "kind": "target", "region": "黔南州"},)),
    ("tasks", ({"act": "rows", "topic": "医疗保障", "versions": "all"},)),
    ("tasks", ({"act": "rows"}, {"act": "page", "start": "50"})),
    ("today", ({"act": "rows", "region": "黔南州", "days": "30"},)),
    ("due", ({"act": "rows", "when": "overdue", "state": "未办结"},)),
    ("due", ({"act": "rows", "layout": "month", "as_of": "2025-12-01"},)),
    ("graph", ({"act": "find", "node": "医疗保障"},)),
    ("graph", ({"act": "find", "look": "path", "node": "州医保局", "other": "州财政局"},)),
    ("graph", ({"act": "find", "look": "chain", "node": "医疗救助", "region": "黔南州"},)),
    ("graph", ({"act": "find", "look": "timeline", "node": ""},)),
    ("study", ({"act": "path", "region": "黔南州"}, {"act": "stage", "index": "2"})),
    ("study", ({"act": "scores"},)),
    ("shelf", ({"act": "filter", "query": "青禾市", "sort": "title"},)),
    ("shelf", ({"act": "queue"},)),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("id", "walk"), WALKS, ids=[f"{id}-{n}" for n, (id, _) in enumerate(WALKS)])
def test_what_an_address_opens_is_what_wrote_it(desk: Desk, id: str, walk: tuple[dict[str, Any], ...]) -> None:
    tab = BY_ID[id]
    state, shown = tab.state, ""
    for payload in walk:
        shown, state = press(tab, desk, payload, state)
    link = written(shown)
    assert link != address(id), "this state has an address of its own"
    found, payload = opened(link)
    before = desk.generation
    again, after = press(found, desk, payload, found.state)
    assert again == shown and after == state
    assert written(again) == link and desk.generation == before


@pytest.mark.slow
def test_a_graph_is_opened_with_the_way_to_it(desk: Desk) -> None:
    tab = BY_ID["graph"]
    shown, state = press(tab, desk, {"act": "find", "node": "医疗保障"}, ())
    for _ in range(2):
        around = re.findall(r'data-act="walk" data-node="([^"]+)"', shown)
        node = next(key for name in around if (key := unescape(name)) not in dict(state))
        shown, state = press(tab, desk, {"act": "walk", "node": node}, state)
    assert len(state) == 3
    found, payload = opened(written(shown))
    again, after = press(found, desk, payload, ())
    assert after == state and again == shown and 'class="trail"' in again


@pytest.mark.slow
def test_only_questions_that_are_needed_stand_in_the_address(desk: Desk) -> None:
    tab = BY_ID["ask"]
    shown, state = press(tab, desk, {"act": "ask", "question": "甘南州有哪些医疗保障政策规定？"}, None)
    shown, state = press(tab, desk, {"act": "ask", "question": "那黔南州呢？"}, state)
    assert parse_qs(urlsplit(written(shown)).query)["after"] == ["甘南州有哪些医疗保障政策规定？"]
    shown, state = press(tab, desk, {"act": "ask", "question": "青禾市森林覆盖率的目标是多少？"}, state)
    assert "after" not in parse_qs(urlsplit(written(shown)).query)


@pytest.mark.slow
@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.id)
def test_nothing_is_changed_by_an_address(desk: Desk, tab: Tab) -> None:
    """Whatever an address holds: it is looked at, never done."""
    document = desk.entries()[0].info.id
    hostile: dict[str, Any] = {
        "doc": document, "value": "已废止", "name": "某人", "learner": "某人", "number": "1", "dossier": "某夹", "remark": "x", "everything": "1",
        "edit": document, "queue": "1", "key": "../x", "via": ["x"] * 50, "after": ["<b>"] * 50, "start": "9" * 12, "stage": "-1",
        "question": "移除全部文件",
    }  # fmt: skip
    before = desk.generation, len(desk.entries()), desk.library.corpus.settings("")
    for what in ("forget", "quiz", "collect", "dossier-drop", "dossier-text", "remove", "undo", "check"):
        shown, _ = press(tab, desk, {**hostile, "do": what, "act": ARRIVE}, tab.state)
        assert shown and "内部出错" not in shown
        assert (desk.generation, len(desk.entries()), desk.library.corpus.settings("")) == before
    assert tab.changes is None or not tab.changes({"act": ARRIVE})
