"""The newly assigned cadre's journey, the graph, the printed page, and axe-core over every view."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tools.browser import answer, settled

TABS = ["问政策", "查文件", "比地区", "看任务", "看图谱", "学政策", "文档库"]


def test_a_new_cadre_learns_a_post(opened: Any) -> None:
    page = opened.page
    opened.tab("学政策")
    page.locator("#study-out .example").first.click()
    page.wait_for_selector("#study-out .track")
    settled(page)
    page.locator("#study-out .day-parts button", has_text="任务").first.click()
    page.wait_for_selector("#study-out .day-parts [aria-current]:has-text('任务')")
    settled(page)
    page.locator("#study-out .study-card .open").first.click()
    page.wait_for_selector("#quote")
    page.keyboard.press("Escape")
    with page.expect_download() as got:
        page.click("#study-out .foot a")
    assert got.value.suggested_filename.endswith(".docx") and Path(got.value.path()).read_bytes().startswith(b"PK")
    page.click("#study-form .quiet")
    page.wait_for_selector("#study-out .blank")
    assert "请先填姓名" in page.inner_text("#study-out")
    page.fill("#study-form [name=learner]", f"学员{page.viewport_size['width']}")
    page.click("#study-form .quiet")
    page.wait_for_selector("#study-out .prompt")
    total = page.locator("#study-out .progress i").count()
    for number in range(total):
        page.wait_for_function(
            "n => document.querySelector('#study-out .progress').textContent.includes(`第 ${n} 题`)", arg=number + 1
        )
        settled(page)
        answer(page)
        settled(page)
        assert page.locator("#study-out .verdict .claim").count() >= 1
        assert opened.overflow() <= 0
        page.click("#study-out [data-act=next]")
    page.wait_for_selector("#study-out [data-act=scores]")
    settled(page)
    assert f"共 {total} 题" in page.inner_text("#study-out")
    page.click("#study-out [data-act=scores]")
    page.wait_for_selector("#study-out .scores")
    assert f"学员{page.viewport_size['width']}" in page.inner_text("#study-out")
    assert opened.overflow() <= 0
    # who sees all sees what goes wrong together
    assert "学习总览" in page.inner_text("#study-out .overview") and "各类题的正确率" in page.inner_text("#study-out .overview")
    with page.expect_download() as got:
        page.locator("#study-out .overview .foot a").first.click()
    assert got.value.suggested_filename.startswith("学习总览") and got.value.suggested_filename.endswith(".xlsx")
    opened.accessible()


def test_a_path_has_days_with_minutes_and_reasons(opened: Any) -> None:
    page = opened.page
    opened.tab("学政策")
    page.locator("#study-out .example").first.click()
    page.wait_for_selector("#study-out .track")
    settled(page)
    days = page.locator("#study-out .track .step")
    shown = page.inner_text("#study-out .lead h2")
    assert f"{days.count()} 天" in shown and "分钟" in shown
    assert "第 1 天" in days.first.inner_text() and "分" in days.first.inner_text()
    assert page.inner_text("#study-out .stage-name + .count")
    assert page.locator("#study-out .stage-name small").inner_text().startswith("约")
    page.locator("#study-out .day-parts button", has_text="文件").first.click()
    page.wait_for_selector("#study-out .study-card .meta:has-text('为什么学')")
    settled(page)
    assert page.locator("#study-out .day-parts [aria-current]").count() == 1
    assert opened.overflow() <= 0
    opened.accessible()


def test_the_graph_is_walked_and_saved(opened: Any) -> None:
    page = opened.page
    opened.tab("看图谱")
    page.wait_for_selector("#graph-out .network")
    page.fill("#graph-node", "医疗保障")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#graph-out .lead').textContent.includes('医疗保障')")
    settled(page)
    overlaps = page.evaluate(
        """(() => { const r = [...document.querySelectorAll('#graph-out .node rect')].map(e => e.getBoundingClientRect());
        return r.filter((a, i) => r.slice(0, i).some(b => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1
        && b.top < a.bottom - 1)).length; })()"""
    )
    assert overlaps == 0
    with page.expect_download() as got:
        page.click("#graph-out .lead a")
    assert got.value.suggested_filename.endswith(".svg") and b"<svg" in Path(got.value.path()).read_bytes()
    page.locator("#graph-out .beside .open").first.click()
    page.wait_for_selector("#graph-out .trail")
    settled(page)
    page.locator("#graph-out .node[role=button]").first.press("Enter")
    settled(page)
    assert opened.overflow() <= 0


def test_a_pdf_shows_its_printed_page(opened: Any) -> None:
    page = opened.page
    opened.tab("查文件")
    page.fill("#search-query", "青禾市 十四五 目标")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-out .hit mark")
    settled(page)
    page.locator("#search-out .hit-main", has_text="青禾市“十四五”").first.click()
    page.wait_for_selector("#quote")
    page.wait_for_function("document.querySelector('#reader .strip img')?.naturalWidth > 0")
    page.click("#reader .strip .open")
    page.wait_for_function("document.querySelector('#reader .whole-page img')?.naturalWidth > 0")
    assert opened.overflow() <= 0


def test_an_answer_is_there_within_a_second(opened: Any) -> None:
    page = opened.page
    page.wait_for_selector("#ask-start .recent")
    took = []
    for question in ("医疗保障有哪些政策规定？", "易地扶贫搬迁后续扶持由谁负责？", "产业发展有哪些措施？"):
        page.fill("#ask-question", question)
        page.evaluate("document.querySelector('#ask-out .answer')?.remove()")
        start = time.monotonic()
        page.keyboard.press("Enter")
        page.wait_for_selector("#ask-out .answer .claim")
        took.append(time.monotonic() - start)
        settled(page)
        if page.viewport_size["width"] < 1100:
            page.keyboard.press("Escape")
    # the quickest of three: other work on the machine is not the page's slowness
    assert min(took) < 1.0, took


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_accessibility_fault(opened: Any, tab: str, scheme: str) -> None:
    page = opened.page
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.wait_for_selector("#ask-form .box")
    if tab == "问政策":
        page.fill("#ask-question", "过渡期医保资助政策")
        page.keyboard.press("Enter")
        page.wait_for_selector("#ask-out .claim")
    else:
        opened.tab(tab)
    settled(page)
    if tab == "学政策":
        page.locator("#study-out .example").first.click()
        page.wait_for_selector("#study-out .track")
        settled(page)
    page.wait_for_timeout(300)
    opened.accessible()
