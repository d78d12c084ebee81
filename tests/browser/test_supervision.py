"""督查 in the browser: the list, a state with its undo, the month, the files, and each of them by its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.browser.conftest import Watched, watched
from tests.planted import DAY, DUE, open_planted
from tools.browser import serving, settled, tab


@pytest.fixture(scope="module")
def planted_server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("planted")
    open_planted(folder).close()
    with serving(folder / "library", samples=False) as address:
        yield address


@pytest.fixture(params=[1440, 1093, 390])
def planted(request: pytest.FixtureRequest, browser: Any, planted_server: str) -> Iterator[Watched]:
    yield from watched(browser, planted_server, int(request.param))


def names(page: Any) -> list[str]:
    return page.locator("#due-out .ledger .name").all_inner_texts()


def test_a_task_is_followed_until_it_is_done(planted: Watched, planted_server: str) -> None:
    page = planted.page
    tab(page, "督查")
    page.wait_for_selector("#due-out .ledger")
    page.fill("#due-form [name=as_of]", DAY.isoformat())
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('#due-out .ledger .name').length === n", arg=len(DUE))
    settled(page)
    assert {*names(page)} == {*DUE} and planted.overflow() <= 0
    planted.accessible()
    # overdue, by the line of counts
    page.locator("#due-out nav a", has_text="逾期").click()
    page.wait_for_selector("#due-out nav [aria-current]")
    settled(page)
    assert names(page) == ["清理取水口", "建设供水点"] and "when=overdue" in page.url
    here = page.url
    # what the office says, with who and why
    row = page.locator("#due-out .ledger tr", has_text="清理取水口")
    row.locator("summary", has_text="未启动").click()
    row.locator("[name=said]").select_option("已办结")
    row.locator("[name=who]").fill("李四")
    row.locator("[name=remark]").fill("已销号")
    row.locator("button", has_text="记下").click()
    page.wait_for_selector("#due-out .said-now")
    settled(page)
    assert names(page) == ["建设供水点"] and page.url == here
    page.click("#due-out .said-now [data-act=unsay]")
    page.wait_for_function("document.querySelectorAll('#due-out .ledger .name').length === 2")
    settled(page)
    # the source beside it, and back
    row.locator("a").last.click()
    page.wait_for_selector("#reader mark")
    page.go_back()
    settled(page)
    assert page.url == here and names(page) == ["清理取水口", "建设供水点"]


def test_a_month_is_an_address_and_a_file(planted: Watched, planted_server: str) -> None:
    page = planted.page
    page.goto(f"{planted_server}/?tab=due&as_of={DAY.isoformat()}&layout=month")
    page.wait_for_selector("#due-out .month")
    settled(page)
    assert planted.overflow() <= 0 and page.input_value("#due-form [name=layout]") == "month"
    assert {*page.locator("#due-out .month li a").all_inner_texts()} == {"改造水窖", "报告供水情况"}
    planted.accessible()
    page.locator("#due-out nav a", has_text="上个月").click()
    page.wait_for_function("document.querySelector('#due-out nav b').innerText.includes('5 月')")
    settled(page)
    assert page.locator("#due-out .month li a").all_inner_texts() == ["清理取水口"] and "month=2026-05" in page.url
    page.reload()
    page.wait_for_selector("#due-out .month li a")
    assert page.locator("#due-out .month li a").all_inner_texts() == ["清理取水口"]
    with page.expect_download() as got:
        page.locator("#due-out a[download]", has_text="导出日历").click()
    assert len(icalendar.Calendar.from_ical(Path(got.value.path()).read_bytes()).walk("VEVENT")) == len(DUE) - 1
