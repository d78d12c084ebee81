"""今日 in the browser: every planted event is a line with a link, the unit is remembered, and the day is an address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.conftest import Watched, watched
from tests.planted import AFTER, BEFORE, DAY, open_planted, write_texts
from tests.stores import take_in
from tools.browser import ask, serving, settled, tab

QUESTION = "改造水窖的农户每户补助多少"


@pytest.fixture(scope="module")
def changed_server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("changed")
    with open_planted(folder) as library:
        take_in(library, write_texts(folder / "files", BEFORE | AFTER))
    with serving(folder / "library", samples=False) as address:
        yield address


@pytest.fixture(params=[1440, 390])
def changed(request: pytest.FixtureRequest, browser: Any, changed_server: str) -> Iterator[Watched]:
    yield from watched(browser, changed_server, int(request.param))


def test_a_day_is_read_followed_and_remembered(changed: Watched, changed_server: str) -> None:
    page = changed.page
    page.wait_for_selector("#ask-start .today-line")
    tab(page, "今日")
    page.wait_for_selector("#today-out .day")
    page.fill("#today-form [name=unit]", "县水务局")
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('unit=')")
    settled(page)
    page.fill("#today-form [name=as_of]", DAY.isoformat())
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#today-out .lead')?.innerText.includes('6 月 15 日')")
    settled(page)
    assert page.locator("#today-out .day").evaluate_all("found => found.map(one => one.ariaLabel)")[:3] == [
        "新来文", "到期任务", "90 天内将届满或刚届满的文件",
    ]  # fmt: skip
    due = page.locator("#today-out [aria-label=到期任务] li a").all_inner_texts()
    assert {*due} == {"改造水窖", "报告供水情况", "清理取水口", "建设供水点"}
    changes = page.locator("#today-out .changes .tag").all_inner_texts()
    assert changes.count("数额变更") == 1 == changes.count("时限变更") and changes.count("职责结束") == 2
    assert changed.overflow() <= 0
    changed.accessible()
    here = page.url
    assert "unit=" in here and f"as_of={DAY.isoformat()}" in here
    # both quotes lead to their places, and back
    page.locator("#today-out .both a", has_text="1200元").click()
    page.wait_for_selector("#reader mark")
    page.go_back()
    settled(page)
    assert page.url == here
    # in another window of this browser the unit is remembered, the day is not
    other = page.context.new_page()
    other.goto(changed_server)
    other.wait_for_selector("#ask-form .box")
    tab(other, "今日")
    other.wait_for_function(f"location.search.includes('unit={quote('县水务局')}')")
    settled(other)
    assert "as_of" not in other.url and other.input_value("#today-form [name=unit]") == "县水务局"
    other.close()
    # a colleague's address opens the same day
    page.goto(here)
    page.wait_for_selector("#today-out .day")
    settled(page)
    assert {*page.locator("#today-out [aria-label=到期任务] li a").all_inner_texts()} == {*due}


def test_a_saved_answer_that_changes_is_told_of(browser: Any, tmp_path: Any) -> None:
    with open_planted(tmp_path) as library:
        take_in(library, write_texts(tmp_path / "files", BEFORE))
    with serving(tmp_path / "library", samples=False) as address:
        for opened in watched(browser, address, 1440):
            page = opened.page
            ask(page, QUESTION)
            page.click("#ask-form [data-act=history]")
            page.click("#ask-out [data-save]")
            time.sleep(0.2)
            new = write_texts(tmp_path / "files", AFTER)
            tab(page, "文档库")
            page.set_input_files("[data-upload]", [str(path) for path in new])
            page.wait_for_function("document.querySelectorAll('#uploads [data-state=已入库]').length === 2")
            settled(page, 800)
            tab(page, "今日")
            page.fill("#today-form [name=unit]", "县水务局")
            page.keyboard.press("Enter")
            page.wait_for_selector("#today-out [aria-label=有变化的答案]")
            settled(page)
            quotes = page.locator("#today-out [aria-label=有变化的答案] .both a").all_inner_texts()
            assert any("800元" in one for one in quotes) and any("1200元" in one for one in quotes)
