"""The journeys of people in a real browser: ask and check the source, search, compare, list, put a file in and take it out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ingest.formats.registry import FORMATS
from tools.browser import ask, serving, settled

QUESTION = "过渡期医保资助政策"


def test_ask_and_check_the_source(opened: Any) -> None:
    page = opened.page
    ask(page, QUESTION)
    assert opened.overflow() <= 0
    assert "问法" in page.inner_text("#ask-out .chips")
    second = page.locator("#ask-out .claim").nth(1)
    quote = second.locator(".quote").inner_text()
    second.click()
    page.wait_for_function(
        "quote => [...document.querySelectorAll('#reader mark')].map(m => m.textContent).join('').replace(/\\s/g, '').includes(quote)",
        arg="".join(quote.split()),
    )
    box = page.eval_on_selector("#quote", "e => { const b = e.getBoundingClientRect(); return [b.top, b.bottom, innerHeight]; }")
    assert 0 < box[0] < box[2] and box[1] < box[2] + 200, "the quote is in sight"
    font = page.eval_on_selector("#reader .policy", "e => [getComputedStyle(e).fontSize, getComputedStyle(e).fontFamily]")
    assert font[0] == "16px" and "Serif" in font[1]
    assert opened.overflow() <= 0
    page.keyboard.press("Escape")
    assert not page.is_visible("#reader")


def test_answer_goes_to_word(opened: Any) -> None:
    page = opened.page
    ask(page, QUESTION)
    if page.is_visible("#reader [data-close]") and page.viewport_size["width"] < 1100:
        page.keyboard.press("Escape")
    with page.expect_download() as got:
        page.click("#ask-out .foot a")
    assert Path(got.value.path()).read_bytes().startswith(b"PK")
    assert got.value.suggested_filename.endswith(".docx")


def test_answer_goes_into_the_comparison_and_is_kept_over_a_reload(opened: Any) -> None:
    page = opened.page
    ask(page, QUESTION)
    page.click("#ask-out .foot [data-tab=compare]")
    page.wait_for_selector("#compare-out .matrix")
    settled(page)
    assert page.input_value("#compare-subject")
    page.locator("#compare-form [data-toggle]").nth(0).click()
    page.locator("#compare-form [data-toggle]").nth(1).click()
    page.wait_for_function("document.querySelectorAll('#compare-out .matrix thead th').length === 3")
    page.reload()
    page.wait_for_function("document.querySelectorAll('#compare-out .matrix thead th').length === 3")
    settled(page)
    assert page.locator("#compare-form [aria-pressed=true]").count() == 2
    opened.tab("问政策")
    page.wait_for_selector("#ask-out .answer:not(.coming)")
    assert page.input_value("#ask-question") == QUESTION


def test_question_with_no_answer_says_so(opened: Any) -> None:
    page = opened.page
    ask(page, "火星基地建设补贴是多少")
    assert "没有" in page.inner_text("#ask-out")


def test_question_that_is_too_long(opened: Any) -> None:
    page = opened.page
    page.fill("#ask-question", "问" * 9999)
    page.keyboard.press("Enter")
    page.wait_for_selector("#ask-out .trouble")
    assert "请只写要问的那句话" in page.inner_text("#ask-out")


def test_search_with_a_facet(opened: Any) -> None:
    page = opened.page
    opened.tab("查文件")
    page.fill("#search-query", "易地扶贫搬迁")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-out .hit mark")
    settled(page)
    before = page.locator("#search-out .hit").count()
    if page.viewport_size["width"] < 760:
        page.click("#search-side .facets-narrow > summary")
    page.locator("#search-side .facet:visible").first.click()
    page.wait_for_selector("#search-side .facet[aria-pressed=true]:visible")
    settled(page)
    assert page.locator("#search-out .hit").count() <= before
    page.locator("#search-out .hit-main:visible").first.click()
    page.wait_for_selector("#quote")
    assert opened.overflow() <= 0


def test_compare_opens_a_cell_and_exports(opened: Any) -> None:
    page = opened.page
    opened.tab("比地区")
    page.wait_for_selector("#compare-out .coverage")
    page.fill("#compare-subject", "医疗保障")
    page.keyboard.press("Enter")
    page.wait_for_selector("#compare-out .matrix .cell")
    settled(page)
    assert opened.overflow() <= 0
    with page.expect_download() as got:
        page.click("#compare-out .foot a")
    assert got.value.suggested_filename.endswith(".xlsx")
    page.locator("#compare-out .cell").first.click()
    page.wait_for_selector("#quote")


def test_tasks_of_a_unit_and_targets(opened: Any) -> None:
    page = opened.page
    opened.tab("看任务")
    page.wait_for_selector("#tasks-out .ledger tbody tr")
    unit = page.eval_on_selector("#unit-names option", "o => o.value")
    page.fill("#tasks-form [name=unit]", unit)
    page.keyboard.press("Enter")
    settled(page)
    assert page.locator("#tasks-out .ledger tbody tr").count() >= 1
    page.select_option("#tasks-form [name=ledger]", "targets")
    page.wait_for_selector("#tasks-out .targets")
    settled(page)
    page.locator("#tasks-out .value .open").first.click()
    page.wait_for_selector("#quote")
    assert opened.overflow() <= 0


def test_a_file_goes_in_is_marked_removed_and_comes_back(opened: Any, tmp_path: Path) -> None:
    page = opened.page
    width = page.viewport_size["width"]
    good = tmp_path / f"河道管护办法 {width}.txt"
    lines = [f"青禾市河道管护办法（{width}）", "一、管护目标", "到2025年，河道治理率达到90%以上。（责任单位：市水务局）"]
    good.write_text("\n".join(lines), encoding="utf-8")
    bad = tmp_path / f"损坏 {width}.pdf"
    bad.write_bytes(b"%PDF-1.7 broken")
    opened.tab("文档库")
    page.wait_for_selector("#shelf-out .shelf")
    page.set_input_files("#upload-input", [str(good), str(bad)])
    page.wait_for_selector('#uploads li[data-state="已入库"]')
    page.wait_for_selector('#uploads li[data-state="未收"]')
    settled(page)
    row = page.locator("#shelf-out tr", has_text=f"河道管护办法 {width}.txt")
    row.wait_for()
    opened.tab("查文件")
    page.fill("#search-query", "河道治理率")
    page.keyboard.press("Enter")
    page.locator("#search-out .hit-title", has_text=f"青禾市河道管护办法（{width}）").wait_for()
    settled(page)
    opened.tab("文档库")
    row.get_by_role("button", name="标为废止").click()
    row.locator(".state", has_text="废止").wait_for()
    settled(page)
    row.get_by_role("button", name="移除").click()
    page.wait_for_selector("#shelf-out .notice >> text=已移除")
    settled(page)
    assert row.count() == 0
    page.click("#shelf-out .notice button")
    row.wait_for()
    settled(page)
    row.get_by_role("button", name="移除").click()
    page.wait_for_selector("#shelf-out .notice >> text=已移除")
    settled(page)
    assert opened.overflow() <= 0


def test_empty_library_leads_to_the_shelf(opened_empty: Any) -> None:
    page = opened_empty.page
    page.wait_for_selector("#ask-start .blank")
    assert "文档库还是空的" in page.inner_text("#ask-start")
    page.click("#ask-start .blank button")
    page.wait_for_selector("#upload-input", state="attached")
    assert "还没有文件" in page.inner_text("#shelf-out")


@pytest.mark.parametrize("tab", ["问政策", "查文件", "比地区", "看任务", "看图谱", "学政策", "文档库"])
def test_every_view_is_chinese_and_named(opened: Any, tab: str) -> None:
    """No word of another language but names of formats and programs; every control has a name a screen reader can say."""
    page = opened.page
    opened.tab(tab)
    page.wait_for_timeout(300)
    settled(page)
    shown = page.evaluate("document.body.innerText")
    allowed = {format.name for format in FORMATS} | {"PDF"} | {"Excel", "CSV", "Word", "LibreOffice", "MB", "SH", "TJ"}
    assert set(re.findall(r"[A-Za-z]{2,}", shown)) <= allowed
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, input, select, a')].filter(e => e.offsetParent && !(e.textContent.trim()
        || e.getAttribute('aria-label') || (e.labels && e.labels.length))).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    assert opened.overflow() <= 0


def test_a_lost_server_is_said_and_its_return_too(browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    with serving(folder, samples=True) as address:
        page.goto(address)
        page.wait_for_selector("#ask-start .recent")
        ask(page, QUESTION)
        assert not page.is_visible("#lost")
    page.fill("#ask-question", "易地扶贫搬迁后续扶持")
    page.keyboard.press("Enter")
    page.wait_for_selector("#lost")
    assert "连接断开" in page.inner_text("#lost") and "策脉" in page.inner_text("#lost")
    # what was read before stays where it is
    assert page.locator("#ask-out .claim").count() >= 1
    assert not [word for word in ("Error", "error", "connection") if word in page.inner_text("body")]
    context.close()


def test_what_is_wrong_with_an_answer_can_be_said(opened: Any) -> None:
    page = opened.page
    ask(page, QUESTION)
    if page.viewport_size["width"] < 1100 and page.is_visible("#reader [data-close]"):
        page.keyboard.press("Escape")
    assert not page.is_visible("#judge")
    page.click("#ask-out .foot [data-show=judge]")
    page.select_option("#judge [name=verdict]", "incomplete")
    page.fill("#judge [name=note]", "还应列出县一级的规定")
    assert opened.overflow() <= 0
    page.click("#judge button")
    page.wait_for_selector("#ask-out >> text=已记下")


def test_an_answer_comes_in_steps(opened: Any) -> None:
    page = opened.page
    page.wait_for_selector("#ask-start .recent")
    page.evaluate(
        """() => { window.steps = []; new MutationObserver(() => {
        const a = document.querySelector('#ask-out .answer');
        const now = a && [a.className, a.querySelectorAll('.chip').length > 0, a.querySelectorAll('.claim').length > 0].join();
        if (now && now !== window.steps.at(-1)) window.steps.push(now);
        }).observe(document.querySelector('#ask-out'), { childList: true, subtree: true }); }"""
    )
    ask(page, QUESTION)
    steps = page.evaluate("window.steps")
    assert steps[-1] == "answer,true,true"
    assert "answer coming,true,false" in steps or "answer coming,true,true" in steps, (
        "something is seen before the answer is done"
    )
