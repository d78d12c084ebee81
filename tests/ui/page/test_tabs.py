"""The registry of tabs: what is written of tabs elsewhere agrees with it, and a new row is all the page needs."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cemai.library import Library
from ui.desk.desk import Desk
from ui.page import app
from ui.page.kit.html import Html, el
from ui.page.kit.tab import Tab, stateless
from ui.page.tabs import TABS, tab_data

ROOT = Path(__file__).resolve().parents[3]
PANEL = re.compile(r"""[#"'`]([a-z]+)-(?:form|start|out|side|body)\b""")
IDS = [tab.id for tab in TABS]


def asset(name: str) -> str:
    return resources.files("ui.page").joinpath(name).read_text("utf-8")


def test_ids_and_titles_are_unique() -> None:
    assert len({*IDS}) == len({tab.title for tab in TABS}) == len(TABS)
    assert all(re.fullmatch("[a-z]+", id) for id in IDS)


def test_the_script_repeats_nothing_of_the_registry() -> None:
    script = asset("page.js")
    for tab in TABS:
        assert tab.title not in script and tab.waiting not in script


@pytest.mark.parametrize("name", ["page.js", "page.css"])
def test_script_and_style_name_panels_of_known_tabs(name: str) -> None:
    named = set(PANEL.findall(asset(name)))
    assert named and named <= {*IDS}


def test_markup_leads_to_known_tabs() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "ui").rglob("*.py"))
    named = set(re.findall(r'data_tab="(\w+)"', sources))
    assert named and named <= {*IDS}


def test_the_readme_lists_the_tabs() -> None:
    found = re.search(r"网页的页签：(.+?)。", (ROOT / "README.md").read_text("utf-8"))
    assert found and found[1].split("、") == [tab.title for tab in TABS]


def test_the_head_tells_the_script_of_every_tab() -> None:
    told: list[dict[str, str | None]] = []

    class Reading(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told.append(dict(attrs))

    Reading().feed(tab_data())
    assert [(one["data-view"], one["data-title"], one["data-waiting"]) for one in told] == [
        (tab.id, tab.title, tab.waiting) for tab in TABS
    ]
    again = [one["data-view"] for one in told if "data-again" in one]
    assert again == [tab.id for tab in TABS if tab.start_on_demand] and "compare" in again and "ask" not in again
    assert app.page_head().index("data-view") < app.page_head().index("<script>")


def count(desk: Desk, payload: Any, state: int) -> tuple[Html, int]:
    if payload.get("act") == "fail":
        raise RuntimeError("/secret/path")
    return el("p", f"第 {state + 1} 次"), state + 1


def steps(desk: Desk, payload: Any, state: Any) -> Any:
    yield el("p", "一"), "a"
    yield el("p", "二"), "b"
    raise RuntimeError("/secret/path")


TOYS = (
    Tab("toy", "玩具", "正在玩…", form=el("p", "表"), start=lambda desk: el("p", "开始"), act=count, state=0,
        side=lambda desk, state: el("p", f"旁 {state}"), start_follows=True),
    Tab("slow", "慢", "等…", form=lambda desk: el("p", "画"), start=lambda desk: el("p", "后画"), act=steps, start_apart=True),
    Tab("change", "改", "等…", form=el("p", "改"), start=lambda desk: el("p", "先"), changes=lambda payload: "now" in payload,
        act=stateless(lambda desk, payload: el("p", "改了"))),
)  # fmt: skip


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("gradio")
    monkeypatch.setattr(app, "TABS", TOYS)
    with Library.open(tmp_path) as library:
        yield app.build_page(Desk(library))


def pressed(page: Any, listener: Any) -> list[str | None]:
    """The ids of the panels in which a press calls a listener."""
    return [getattr(page.blocks.get(block), "elem_id", None) for block, event in listener.targets if event == "click"]


def press(page: Any, id: str, payload: dict[str, str], *states: Any) -> list[dict[str, Any]]:
    """What a press in a tab puts into the panels, by their ids, step by step."""
    found = next(fn for fn in page.fns.values() if f"{id}-out" in pressed(page, fn))
    done = found.fn(SimpleNamespace(_data=payload), *states)
    names = [getattr(block, "elem_id", None) or "state" for block in found.outputs]
    return [dict(zip(names, step, strict=True)) for step in (done if inspect.isgenerator(done) else [done])]


@pytest.mark.slow
def test_a_press_shows_results_side_and_keeps_the_state(page: Any) -> None:
    (shown,) = press(page, "toy", {"act": "go"}, 0)
    assert shown == {"toy-side": "<p>旁 1</p>", "toy-out": "<p>第 1 次</p>", "state": 1}
    (failed,) = press(page, "toy", {"act": "fail"}, 4)
    assert failed["state"] == 4 and "已写入日志" in failed["toy-out"] and "secret" not in failed["toy-out"]


@pytest.mark.slow
def test_steps_are_shown_one_by_one(page: Any) -> None:
    first, second, failed = press(page, "slow", {}, None)
    assert (first["slow-out"], first["state"], second["state"]) == ("<p>一</p>", "a", "b")
    assert failed["state"] == "b" and "已写入日志" in failed["slow-out"]


@pytest.mark.slow
def test_a_change_draws_everything_again(page: Any) -> None:
    (shown,) = press(page, "change", {"now": "1"}, None)
    assert shown["change-out"] == "<p>改了</p>" and shown["slow-form"] == "<p>画</p>"
    assert shown["toy-side"] == "<p>旁 0</p>" and shown["toy-out"] == "<p>开始</p>" and shown["state"] == 0
    assert "文档库为空" in shown["masthead"]
    (kept,) = press(page, "change", {}, None)
    assert kept["change-out"] == "<p>改了</p>" and kept["toy-out"] == {"__type__": "update"}


@pytest.mark.slow
def test_what_the_panels_show_can_be_worked_out_beforehand(page: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawn: list[str] = []
    toys = [replace(toy, start=lambda desk, id=toy.id: drawn.append(id) or el("p", "x")) for toy in TOYS]
    monkeypatch.setattr(app, "TABS", toys)
    with Library.open(tmp_path / "other") as library:
        desk = Desk(library)
        app.prepare_drawings(desk)
        assert drawn == ["toy", "slow", "change"]
        app.prepare_drawings(desk, lambda: len(drawn) < 5)
        assert drawn == ["toy", "slow", "change", "toy", "slow"]


@pytest.mark.slow
def test_every_panel_is_drawn_when_the_page_is_loaded(page: Any) -> None:
    drawn = {}
    for found in page.fns.values():
        if not found.inputs and "reader" not in [block.elem_id for block in found.outputs]:
            values = found.fn()
            drawn |= dict(zip([b.elem_id for b in found.outputs], values if isinstance(values, list) else [values], strict=True))
    assert drawn.pop("masthead")
    assert drawn == {
        "toy-side": "<p>旁 0</p>", "toy-out": "<p>开始</p>", "slow-form": "<p>画</p>", "slow-start": "<p>后画</p>",
        "change-out": "<p>先</p>",
    }  # fmt: skip
