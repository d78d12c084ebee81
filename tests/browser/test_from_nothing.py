"""The three users' journeys, each from an empty library to a file in the hand, at both widths."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import openpyxl

from tools.browser import answer, ask, sample_files, settled

SLOW = 120_000
"""Milliseconds in which the samples are read on a busy machine."""


def put_in(opened: Any, *, some: int | None = None) -> int:
    """From the empty first screen to the shelf, and the samples into it. Returns how many."""
    page = opened.page
    page.wait_for_selector("#ask-start .blank")
    page.click("#ask-start .blank button")
    page.wait_for_selector("#upload-input", state="attached")
    with sample_files() as paths:
        chosen = [str(path) for path in paths][:some]
        page.set_input_files("#upload-input", chosen)
        page.wait_for_function(
            "n => document.querySelector('.how-far')?.textContent.includes(`${n} 份都已处理`)", arg=len(chosen), timeout=SLOW
        )
    page.wait_for_function("n => document.querySelectorAll('#shelf-out .shelf tbody tr').length === n", arg=len(chosen))
    settled(page)
    assert page.locator('#uploads li[data-state="已入库"]').count() == len(chosen)
    assert opened.overflow() <= 0
    return len(chosen)


def downloaded(page: Any, selector: str) -> bytes:
    with page.expect_download() as got:
        page.click(selector)
    return Path(got.value.path()).read_bytes()


def test_the_official_asks_in_a_meeting_and_takes_word_along(opened_alone: Any) -> None:
    page = opened_alone.page
    put_in(opened_alone)
    opened_alone.tab("问政策")
    ask(page, "过渡期医保资助政策")
    first = page.locator("#ask-out .claim").first
    quote = first.locator(".quote").inner_text()
    first.click()
    page.wait_for_function(
        "quote => [...document.querySelectorAll('#reader mark')].map(m => m.textContent).join('').includes(quote)", arg=quote
    )
    settled(page)
    top, bottom, height = page.eval_on_selector(
        "#quote", "e => { const b = e.getBoundingClientRect(); return [b.top, b.bottom, innerHeight]; }"
    )
    assert 0 < top < height and bottom > 0
    opened_alone.accessible()
    page.keyboard.press("Escape")
    document = docx.Document(io.BytesIO(downloaded(page, "#ask-out .foot a")))
    text = "\n".join(p.text for p in document.paragraphs) + "".join(
        c.text for t in document.tables for r in t.rows for c in r.cells
    )
    assert "".join(quote.split()) in "".join(text.split())


def test_the_analyst_compares_regions_and_takes_a_table_along(opened_alone: Any) -> None:
    page = opened_alone.page
    put_in(opened_alone)
    opened_alone.tab("比地区")
    page.wait_for_selector("#compare-out .coverage")
    settled(page)
    names = page.eval_on_selector_all("#compare-form [data-toggle]", "buttons => buttons.slice(1, 3).map(b => b.value)")
    for name in names:
        page.click(f'#compare-form [data-toggle][value="{name}"]')
    page.fill("#compare-subject", "医疗保障")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#compare-out .matrix thead th').length === 3")
    settled(page)
    page.locator("#compare-out .matrix .cell").first.click()
    page.wait_for_selector("#quote")
    settled(page)
    opened_alone.accessible()
    page.keyboard.press("Escape")
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, "#compare-out .foot a")))
    shown = "".join(str(cell.value or "") for row in book.active.iter_rows() for cell in row)
    assert all(name in shown for name in names)
    assert opened_alone.overflow() <= 0


def test_the_cadre_learns_a_post_and_the_trainer_takes_a_paper_along(opened_alone: Any) -> None:
    page = opened_alone.page
    put_in(opened_alone)
    opened_alone.tab("学政策")
    settled(page)
    page.locator("#study-out .example").first.click()
    page.wait_for_selector("#study-out .track")
    settled(page)
    for place in range(1, page.locator("#study-out .track .step").count()):
        page.locator("#study-out .track .step").nth(place).click()
        page.wait_for_selector(f"#study-out .track li:nth-child({place + 1}).here")
        settled(page)
        assert page.locator("#study-out .study-card").count() >= 1
    page.fill("#study-form [name=learner]", "新来的小陈")
    page.click("#study-form .quiet")
    page.wait_for_selector("#study-out .prompt")
    settled(page)
    opened_alone.accessible()
    total, wrong = page.locator("#study-out .progress i").count(), 0
    for number in range(total):
        if number == 2:  # the page is lost in the middle of the round
            page.reload()  # the address brings the same round back
        page.wait_for_function(
            "n => document.querySelector('#study-out .progress')?.textContent.includes(`第 ${n} 题`)", arg=number + 1
        )
        settled(page)
        answer(page)
        wrong += page.locator("#study-out .said.no").count()
        page.click("#study-out [data-act=next]")
    page.wait_for_selector("#study-out [data-act=scores]")
    settled(page)
    assert f"答对 {total - wrong} 题，共 {total} 题" in page.inner_text("#study-out")
    assert wrong, "answering whatever comes first is not always right"
    page.click("#study-out [data-act=quiz]")
    page.wait_for_selector("#study-out .prompt")
    settled(page)
    assert "再来一次" in page.inner_text("#study-out .quiz"), "what was wrong comes first in the next round"
    page.locator("#study-form .primary").click()
    page.wait_for_selector("#study-out .track")
    settled(page)
    paper = docx.Document(io.BytesIO(downloaded(page, "#study-out .foot a")))
    assert any(p.text.endswith("答案与依据") for p in paper.paragraphs)
    page.click("#study-out [data-act=scores]")
    page.wait_for_selector("#study-out .scores")
    settled(page)
    assert "新来的小陈" in page.inner_text("#study-out .scores") and str(total) in page.inner_text("#study-out .scores")
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(page, "#study-out .foot a")))
    assert any(cell.value == "新来的小陈" for row in sheet.active.iter_rows() for cell in row)
    assert opened_alone.overflow() <= 0


def test_an_import_under_way_is_found_again_after_a_reload(opened_alone: Any) -> None:
    page = opened_alone.page
    page.click("#ask-start .blank button")
    page.wait_for_selector("#upload-input", state="attached")
    with sample_files() as paths:
        page.set_input_files("#upload-input", [str(path) for path in paths])
        # what has not left the browser would be lost with the page, and the page says so; here all of it has
        page.wait_for_function("n => document.querySelectorAll('#uploads li[id^=job-]').length === n", arg=len(paths))
        page.reload()
        page.wait_for_function("n => document.querySelectorAll('#uploads li[id^=job-]').length === n", arg=len(paths))
        page.wait_for_function("document.querySelectorAll('#uploads progress').length === 0", timeout=SLOW)
    page.wait_for_function("n => document.querySelectorAll('#shelf-out .shelf tbody tr').length === n", arg=len(paths))
    settled(page)
    page.click("[data-clear-uploads]")
    page.wait_for_function("document.querySelectorAll('#uploads li').length === 0")
    assert opened_alone.overflow() <= 0
