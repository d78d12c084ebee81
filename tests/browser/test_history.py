"""Questions that were asked: a list in this browser, opened again by address, saved, and checked against the library of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.browser import ask, serving, settled

FIRST = "山塘安全鉴定率的目标是多少？"
PLAN = """石溪县山塘整治实施方案
一、工作目标
到2030年，山塘安全鉴定率达到{}%以上。
二、重点任务
（一）开展安全鉴定。2027年底前完成鉴定。（牵头单位：县水务局；责任单位：县财政局）
"""


def put_in(page: Any, address: str, folder: Path, share: int) -> None:
    """The plan, or its new text under the same name."""
    file = folder / "山塘方案.txt"
    file.write_text(PLAN.format(share), encoding="utf-8")
    page.goto(f"{address}/?tab=shelf")
    page.wait_for_selector("#upload-input", state="attached")
    page.wait_for_selector("#shelf-out p, #shelf-out .shelf")
    page.set_input_files("#upload-input", str(file))
    page.wait_for_selector('#uploads li[data-state="已入库"], #uploads li[data-state="已替换"]', timeout=60_000)
    settled(page)
    page.locator("[data-clear-uploads]").click()


def entry(page: Any) -> Any:
    """The line of the first question."""
    return page.locator("#ask-out .asked li").filter(has=page.locator("a", has_text=FIRST))


def test_a_question_is_opened_again_saved_and_checked(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    with serving(tmp_path / "library", samples=False) as address:
        put_in(page, address, tmp_path, 97)
        page.goto(address)
        page.wait_for_selector("#ask-start .recent")
        ask(page, FIRST)
        assert "97%" in page.inner_text("#ask-out")
        ask(page, "由谁牵头？")
        page.click("#ask-form [data-act=history]")
        page.wait_for_selector("#ask-out .asked")
        settled(page)
        assert page.locator("#ask-out .asked li").count() == 2
        assert "由谁牵头" in page.locator("#ask-out .asked li").first.inner_text()
        assert parse_qs(urlsplit(page.url).query) == {"tab": ["ask"], "do": ["history"]} and page.title().startswith("问过的问题")

        # saved ones stand first, also after a reload
        entry(page).locator("[data-save]").click()
        page.reload()
        page.wait_for_selector("#ask-out .asked [aria-pressed=true]")
        assert FIRST in page.locator("#ask-out .asked li").first.inner_text()

        # by address: the same answer, Back comes to the list again
        page.locator("#ask-out .asked a", has_text=FIRST).click()
        page.wait_for_selector("#ask-out .claim")
        settled(page)
        assert page.input_value("#ask-question") == FIRST and "97%" in page.inner_text("#ask-out")
        page.go_back()
        page.wait_for_selector("#ask-out .asked")
        settled(page)

        # nothing changed, then the document did
        check = entry(page).locator("[data-act=check]")
        check.click()
        page.wait_for_selector("#ask-out .recheck")
        settled(page)
        assert "没有变化" in page.inner_text("#ask-out .recheck")
        put_in(page, address, tmp_path, 98)
        page.goto(f"{address}/?tab=ask&do=history")
        page.wait_for_selector("#ask-out .asked")
        settled(page)
        entry(page).locator("[data-act=check]").click()
        page.wait_for_selector("#ask-out .recheck .differences")
        settled(page)
        said = page.inner_text("#ask-out .recheck")
        assert "97%" in said and "98%" in said and "98%" in page.inner_text("#ask-out .answer")
        page.reload()
        page.wait_for_selector("#ask-out .recheck .differences")

        # another browser has a list of its own
        other = browser.new_context().new_page()
        other.goto(f"{address}/?tab=ask&do=history")
        other.wait_for_selector("#ask-out .blank")
        assert "还没有问过" in other.inner_text("#ask-out")
        other.context.close()

        page.goto(f"{address}/?tab=ask&do=history")
        page.wait_for_selector("#ask-out .asked")
        page.click("#ask-out [data-forget]")
        page.wait_for_function("document.querySelectorAll('#ask-out .asked li').length === 1")
        assert FIRST in page.inner_text("#ask-out .asked")
    context.close()
