"""Dossiers: quotes go in while reading, answers with their quotes, they are put in order, said something of, and taken away as one file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import docx

from tools.browser import ask, settled

QUESTION = "过渡期医保资助政策"


def lines(page: Any) -> list[str]:
    return page.locator("#ask-out .dossier > li").all_inner_texts()


def test_what_is_read_is_collected_ordered_and_handed_in(opened: Any) -> None:
    page = opened.page
    name = f"医保材料{page.viewport_size['width']}"
    ask(page, QUESTION)
    # a quote, while reading
    page.locator("#ask-out .claim a").first.click()
    page.wait_for_selector("#reader mark")
    settled(page)
    page.click("#reader .collect summary")
    page.fill("#reader [name=dossier]", name)
    page.fill("#reader [name=remark]", "先看这一条")
    page.click("#reader .collect button")
    page.wait_for_selector("#reader [role=status]")
    settled(page)
    assert name in page.inner_text("#reader [role=status]") and page.is_visible("#reader mark")
    assert opened.overflow() <= 0
    page.keyboard.press("Escape")
    if page.is_visible("#reader [data-close]"):
        page.keyboard.press("Escape")
    # the question with all of its quotes; the name is remembered
    page.click("#ask-out .foot [data-show=collect-answer]")
    assert page.input_value("#collect-answer [name=dossier]") == name
    page.click("#collect-answer button")
    page.wait_for_selector("#ask-out .dossier")
    settled(page)
    before = lines(page)
    assert len(before) >= 3 and QUESTION in before[1], "the quote is in it once, then the question"
    assert parse_qs(urlsplit(page.url).query) == {"tab": ["ask"], "do": ["dossier"], "name": [name]}
    assert opened.overflow() <= 0
    # order, a heading, a remark
    page.locator("#ask-out [data-act=dossier-up]").nth(1).click()
    page.wait_for_function("q => document.querySelector('#ask-out .dossier > li').innerText.includes(q)", arg=QUESTION)
    settled(page)
    page.fill("#ask-out .wide-field input", "一、现行规定")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ask-out .dossier-text")
    settled(page)
    page.locator("#ask-out .remark [name=remark]").nth(1).fill("核对过原文")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#ask-out .remark [name=remark]')[1]?.value === '核对过原文'")
    settled(page)
    page.reload()
    page.wait_for_selector("#ask-out .dossier-text")
    assert (
        page.locator("#ask-out .remark [name=remark]").nth(1).input_value() == "核对过原文"
        and len(lines(page)) == len(before) + 1
    )
    with page.expect_download() as got:
        page.click("#ask-out .lead a[download]")
    text = [one.text for one in docx.Document(io.BytesIO(Path(got.value.path()).read_bytes())).paragraphs]
    assert text[0] == name and text[1] == f"问：{QUESTION}" and "核对过原文" in text and "出处" in text and "一、现行规定" in text
    # a colleague's view: the list, then gone
    page.locator("#ask-out [data-act=dossier-out]").last.click()
    page.wait_for_selector("#ask-out .dossier-text", state="detached")
    page.click("#ask-form [data-act=dossiers]")
    page.wait_for_selector("#ask-out .asked")
    settled(page)
    page.locator("#ask-out .asked a", has_text=name).click()
    page.wait_for_selector("#ask-out .dossier")
    settled(page)
    page.click("#ask-out details > summary >> text=删除这个专题夹")
    page.click("#ask-out [data-act=dossier-drop] button")
    page.wait_for_function("name => !document.querySelector('#ask-out').innerText.includes(name)", arg=name)
