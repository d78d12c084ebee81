"""The shelf as an editor in a real browser: wrong titles mended through the queue, changes to many files, filters, widths."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Watched, watched
from tools.browser import serving, settled

SUBJECTS = (
    "供水管护",
    "道路养护",
    "防火巡查",
    "河道治理",
    "校车安全",
    "粮食储备",
    "污水处理",
    "地灾避险",
    "农机补贴",
    "冬季供暖",
)
TOO_LONG = 20.0
"""Seconds a person may need for one wrong title."""


def scan(number: int, subject: str) -> str:
    """A text without a title line whose file name is taken for its title."""
    return (
        f"各乡镇人民政府：\n一、做好{subject}。各乡镇要落实责任，到202{number}年{subject}达标率达到9{number}%。（责任单位：县应急局）\n"
        f"二、加强检查。每月检查一次{subject}情况。（责任单位：县财政局）\n"
    )


def put_in(page: Any, paths: list[Path]) -> None:
    """Send files and wait until all are read."""
    before = page.locator("#uploads > li").count()
    page.set_input_files("#upload-input", [str(path) for path in paths])
    page.wait_for_function("n => document.querySelectorAll('#uploads > li[data-state]').length === n", arg=before + len(paths))
    page.wait_for_function("document.querySelectorAll('#uploads progress').length === 0", timeout=120_000)
    settled(page, 400)


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def shelf(request: pytest.FixtureRequest, browser: Any, tmp_path: Path) -> Iterator[Watched]:
    """The shelf with ten files whose titles are wrong."""
    paths = [tmp_path / f"2024年第{number}批扫描资料汇总整理稿通知.txt" for number in range(10)]
    for number, (path, subject) in enumerate(zip(paths, SUBJECTS, strict=True)):
        path.write_text(scan(number, subject), encoding="utf-8")
    with serving(tmp_path / "库", samples=False) as address:
        for opened in watched(browser, address, int(request.param)):
            opened.tab("文档库")
            opened.page.wait_for_selector("#upload-input", state="attached")
            put_in(opened.page, paths)
            yield opened


def test_ten_wrong_titles_are_mended_through_the_queue(shelf: Watched, tmp_path: Path) -> None:
    page = shelf.page
    assert "新增 10 份" in page.inner_text("#uploads-lead")
    page.click("#shelf-out [data-act=queue]")
    page.wait_for_selector("#shelf-out .queue-lead")
    settled(page)
    took: list[float] = []
    given: dict[str, str] = {}
    for _ in SUBJECTS:
        began = time.monotonic()
        source = page.inner_text("#shelf-out .editor .edit-text .quote >> nth=0")
        subject = next(one for one in SUBJECTS if one in source)
        title = given[subject] = f"云岫县{subject}实施办法"
        assert page.evaluate("document.activeElement.name") == "to-title", "the doubtful field has the keyboard"
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(title, delay=5)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#shelf-out .notice >> text={title}")
        settled(page)
        took.append(time.monotonic() - began)
    print("seconds a title:", [round(seconds, 1) for seconds in took])
    assert max(took) < TOO_LONG and len(given) == 10
    assert shelf.overflow() <= 0
    page.click("#shelf-out [data-act=list]")
    page.wait_for_selector("#shelf-out .shelf")
    settled(page)
    assert page.locator("#shelf-out .shelf .tag", has_text="人工更正").count() == 10
    _is_shown_corrected(shelf, given)
    shelf.tab("文档库")
    again = [tmp_path / f"2024年第{number}批扫描资料汇总整理稿通知.txt" for number in range(3)]
    for path in again:
        path.write_text(path.read_text("utf-8") + "三、做好总结。年底前报送总结。\n", encoding="utf-8")
    put_in(page, again)
    assert "替换 3 份" in page.inner_text("#uploads-lead")
    assert {page.locator("#shelf-out .shelf tr", has_text=title).count() for title in given.values()} == {1}


def _is_shown_corrected(shelf: Watched, given: dict[str, str]) -> None:
    """In the search and in the reader."""
    page = shelf.page
    shelf.tab("查文件")
    for title in list(given.values())[:3]:
        page.fill("#search-query", title)
        page.keyboard.press("Enter")
        page.locator("#search-out .hit-title", has_text=title).first.wait_for()
        settled(page)
    page.locator("#search-out .hit-main").first.click()
    page.wait_for_selector("#reader-title")
    settled(page)
    page.click("#reader [data-pane=basis]")
    matter = page.inner_text("#reader .matter")
    assert title in matter and "人工更正" in matter
    page.keyboard.press("Escape")


def test_many_files_are_changed_after_a_word_and_taken_back(shelf: Watched) -> None:
    page = shelf.page
    assert not page.is_visible("#shelf-out .bulk")
    page.check("#shelf-out [data-tick-all]")
    assert "已选 10 份" in page.inner_text("#shelf-out .bulk")
    page.fill("#shelf-out [data-act=bulk-region] input", "昆明市")
    page.click("#shelf-out [data-act=bulk-region] button")
    page.wait_for_selector("#shelf-out .asked-now >> text=10 份文件")
    settled(page)
    assert page.evaluate("document.activeElement.dataset.act") == "confirm"
    page.keyboard.press("Enter")
    page.wait_for_selector("#shelf-out .notice >> text=已把 10 份文件的地区设为")
    settled(page)
    assert page.locator("#shelf-out .shelf td", has_text="云南省昆明市").count() == 10
    page.click("#shelf-out [data-act=undo]")
    page.wait_for_selector("#shelf-out .notice >> text=已撤销")
    settled(page)
    assert page.locator("#shelf-out .shelf td", has_text="云南省昆明市").count() == 0
    assert shelf.overflow() <= 0


def test_the_shelf_is_searched_and_a_head_edited_in_place(shelf: Watched) -> None:
    page = shelf.page
    page.fill("#shelf-out [name=query]", "第7批")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#shelf-out .shelf tbody tr').length === 1")
    settled(page)
    assert "符合条件的 1 份，共 10 份文件" in page.inner_text("#shelf-out .lead")
    page.click("#shelf-out .shelf [data-act=edit]")
    page.wait_for_selector("#shelf-out .editor")
    settled(page)
    page.fill("#shelf-out [name=to-issued_on]", "2024年5月1日")
    page.fill("#shelf-out [name=who]", "李四")
    page.keyboard.press("Enter")
    page.wait_for_selector("#shelf-out .notice >> text=成文日期")
    settled(page)
    assert "2024-05-01" in page.inner_text("#shelf-out .shelf")
    page.click("#shelf-out .shelf [data-act=edit]")
    page.wait_for_selector("#shelf-out .editor [data-act=revert]")
    settled(page)
    assert "人工更正 · 李四" in page.inner_text("#shelf-out .editor")
    assert shelf.overflow() <= 0
    page.click("#shelf-out .editor [data-act=revert]")
    page.wait_for_selector("#shelf-out .notice >> text=恢复读出的内容")
    settled(page)
    assert "2024-05-01" not in page.inner_text("#shelf-out .shelf tbody tr >> nth=0")
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, input, select, a')].filter(e => e.offsetParent && !(e.textContent.trim()
        || e.getAttribute('aria-label') || (e.labels && e.labels.length))).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_the_reader_leads_to_the_editor(shelf: Watched) -> None:
    page = shelf.page
    page.locator("#shelf-out .shelf [data-act=open]").first.click()
    page.wait_for_selector("#reader-title")
    settled(page)
    page.click("#reader [data-pane=basis]")
    page.click("#reader [data-edit]")
    page.wait_for_selector("#shelf-out .editor")
    settled(page)
    assert page.evaluate("document.activeElement.name") == "to-title"
