"""Every state of the page is an address: journeys taken by address only, back step by step, links opened by a colleague, reloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from cemai.library import Library
from tools.browser import ask, serving, settled

QUESTION = "过渡期医保资助政策"
WIDTHS = [1440, 1093, 390]


@pytest.fixture(params=WIDTHS)
def at_width(request: pytest.FixtureRequest, visit: Callable[..., Any]) -> Any:
    """The page of the sample library at the three widths."""
    return visit(int(request.param))


@pytest.fixture
def wide(visit: Callable[..., Any]) -> Any:
    return visit()


@dataclass(frozen=True)
class State:
    """A state of the page: what it shows, once it is there."""

    name: str
    query: str
    shown: str
    holds: str = ""
    fields: tuple[tuple[str, str], ...] = ()


STATES = (
    State("answer", f"tab=ask&question={quote(QUESTION)}", "#ask-out .answer:not(.coming) .claim", fields=(("#ask-question", QUESTION),)),
    State("answer with conditions", f"tab=ask&question={quote('医疗保障有哪些政策规定？')}&region={quote('黔南州')}&as_of=2026-01-01",
          "#ask-out .answer:not(.coming) .chips", "2026-01-01", (("#ask-filters [name=region]", "黔南州"),)),
    State("follow-up", f"tab=ask&question={quote('那黔南州呢？')}&after={quote('甘南州有哪些医疗保障政策规定？')}",
          "#ask-out .answer:not(.coming) .chips", "黔南州"),
    State("search", f"tab=search&query={quote('易地扶贫搬迁')}", "#search-out .hit mark", fields=(("#search-query", "易地扶贫搬迁"),)),
    State("facet", f"tab=search&region={quote('黔南州')}", "#search-side .facet[aria-pressed=true]", "黔南州"),
    State("search with dates", f"tab=search&query={quote('乡村振兴')}&since=2020-01-01&sort=newest&match=exact", "#search-out .chips button.chip",
          "2020-01-01", (("#search-form [name=since]", "2020-01-01"), ("#search-form [name=sort]", "newest"), ("#search-form [name=match]", "exact"))),
    State("consistency", f"tab=compare&form=consistency&first={quote('青禾市衔接规划.pdf')}&second={quote('青禾市帮扶机制实施意见.docx')}",
          "#compare-out .count", fields=(("#compare-form [name=form]", "consistency"),)),
    State("eligible", f"tab=eligible&topic={quote('补贴')}", "#eligible-out .blank", fields=(("#eligible-form [name=topic]", "补贴"),)),
    State("comparison", f"tab=compare&subject={quote('医疗保障')}", "#compare-out .matrix .cell", fields=(("#compare-subject", "医疗保障"),)),
    State("comparison of two places",
          f"tab=compare&subject={quote('医疗保障')}&places={quote('黔南州')}&regions={quote('甘南州')}",
          "#compare-out .matrix thead th:nth-child(3)", fields=(("#compare-form [name=places]", "黔南州"),)),
    State("targets", f"tab=tasks&ledger=targets&region={quote('黔南州')}", "#tasks-out .targets",
          fields=(("#tasks-form [name=ledger]", "targets"), ("#tasks-form [name=region]", "黔南州"))),
    State("graph", f"tab=graph&key={quote('topic:医疗保障')}", "#graph-out .network", "医疗保障"),
    State("study", f"tab=study&region={quote('黔南州')}&stage=1", "#study-out .track", fields=(("#study-form [name=region]", "黔南州"),)),
    State("scores", "tab=study&do=scores", "#study-out .blank, #study-out .scores"),
    State("library", f"tab=shelf&query={quote('青禾市')}&sort=title", "#shelf-out .shelf", fields=(("#shelf-out [name=query]", "青禾市"),)),
)  # fmt: skip


def query_of(page: Any) -> str:
    return urlsplit(page.url).query


def is_at(page: Any, query: str) -> None:
    """The address says the same, in whatever writing."""
    assert parse_qs(query_of(page)) == parse_qs(query)


def open_state(page: Any, address: str, state: State) -> None:
    page.goto(f"{address}/?{state.query}")
    see(page, state)


def see(page: Any, state: State) -> None:
    page.locator(state.shown).locator("visible=true").first.wait_for()
    settled(page)
    if state.holds:
        assert state.holds in page.inner_text("body")
    for selector, value in state.fields:
        assert page.input_value(selector) == value
    is_at(page, state.query)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state_opens_by_its_address_and_survives_a_reload(at_width: Any, server: str, state: State) -> None:
    page = at_width.page
    open_state(page, server, state)
    name = page.title()
    assert name.endswith("策脉") and name != "策脉"
    assert at_width.overflow() <= 0
    page.reload()
    see(page, state)
    assert page.title() == name


def test_ten_steps_and_back_through_all_of_them(at_width: Any, server: str) -> None:
    page = at_width.page
    page.wait_for_selector("#ask-start .recent")
    steps: list[tuple[str, str]] = []

    def done(selector: str) -> None:
        """One step further: another address, and what it shows."""
        if steps:
            page.wait_for_function("before => location.search.slice(1) !== before", arg=steps[-1][0])
        page.locator(selector).locator("visible=true").first.wait_for()
        settled(page)
        steps.append((query_of(page), selector))

    done("#ask-start .recent")
    ask(page, QUESTION)
    done("#ask-out .claim" if page.viewport_size["width"] >= 1100 else "#ask-out .foot")
    page.locator("#ask-out .claim a").nth(1).click()
    done("#reader mark")
    page.click("#reader [data-pane=outline]")
    page.wait_for_selector("#reader .outline")
    steps[-1] = (query_of(page), "#reader .outline")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('#reader .outline')?.offsetParent")
    assert query_of(page) == steps[1][0], "closing a quote goes back to the answer"
    page.go_forward()
    page.wait_for_selector("#reader .outline")
    if page.viewport_size["width"] < 1100:
        page.click("#reader [data-close]")
        page.wait_for_timeout(200)
        steps.pop()
    at_width.tab("查文件")
    done("#search-out .hit")
    page.fill("#search-query", "易地扶贫搬迁")
    page.keyboard.press("Enter")
    done("#search-out .hit mark")
    at_width.tab("比地区")
    done("#compare-out .coverage")
    page.fill("#compare-subject", "医疗保障")
    page.keyboard.press("Enter")
    done("#compare-out .matrix .cell")
    at_width.tab("看任务")
    done("#tasks-out .ledger")
    page.select_option("#tasks-form [name=ledger]", "targets")
    done("#tasks-out .targets")
    at_width.tab("看图谱")
    done("#graph-out .network")
    page.locator("#graph-out .beside button.open").first.click()
    done("#graph-out .network")
    assert len(steps) >= 10
    for query, selector in reversed(steps[:-1]):
        page.go_back()
        page.wait_for_function("query => location.search.slice(1) === query", arg=query)
        page.locator(selector).locator("visible=true").first.wait_for()
        settled(page)
    for query, selector in steps[1:]:
        page.go_forward()
        page.wait_for_function("query => location.search.slice(1) === query", arg=query)
        page.locator(selector).locator("visible=true").first.wait_for()
        settled(page)


def test_a_quote_is_a_link_that_a_colleague_opens_in_a_tab_of_its_own(wide: Any, visit: Callable[..., Any], server: str) -> None:
    page = wide.page
    ask(page, QUESTION)
    link = page.locator("#ask-out .claim a").nth(1)
    said = page.locator("#ask-out .claim").nth(1).locator(".quote").inner_text()
    with page.context.expect_page() as opened:
        link.click(modifiers=["Control"])
    assert query_of(page).startswith("tab=ask") and "doc" not in parse_qs(query_of(page))
    beside = opened.value
    beside.wait_for_selector("#reader mark")
    assert "".join(said.split()) in "".join(beside.inner_text("#reader .policy").split())
    assert beside.title().endswith("策脉") and len(beside.title()) > 6
    href = link.get_attribute("href")
    for width in WIDTHS:
        made = visit(width)
        other = made.page
        other.goto(server + href)
        other.wait_for_selector("#quote")
        settled(other)
        marked = "".join(other.eval_on_selector_all("#reader mark", "all => all.map(one => one.textContent)"))
        assert "".join(said.split()) in "".join(marked.split())
        box = other.eval_on_selector("#quote", "e => { const b = e.getBoundingClientRect(); return [b.top, innerHeight]; }")
        assert 0 < box[0] < box[1]
        assert made.overflow() <= 0
        other.click("#reader [data-close]")
        other.wait_for_selector("#ask-start .recent")
        assert query_of(other) == ""


def copied(page: Any, button: str) -> str:
    """What a button puts on the clipboard."""
    page.evaluate("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }")
    page.locator(button).first.click()
    page.wait_for_selector(f"{button} >> text=已复制")
    return str(page.evaluate("window.copied"))


def an_answer(made: Any) -> tuple[str, str]:
    ask(made.page, QUESTION)
    return "#ask-out .foot [data-link]", "#ask-out .claim"


def a_paragraph(made: Any) -> tuple[str, str]:
    ask(made.page, QUESTION)
    made.page.locator("#ask-out .claim a").nth(1).click()
    made.page.wait_for_selector("#reader mark")
    settled(made.page)
    return "#reader [data-link]", "#reader mark"


def a_comparison(made: Any) -> tuple[str, str]:
    made.tab("比地区")
    made.page.fill("#compare-subject", "医疗保障")
    made.page.keyboard.press("Enter")
    made.page.wait_for_selector("#compare-out .matrix .cell")
    settled(made.page)
    return "#compare-out [data-link]", "#compare-out .matrix .cell"


def a_list_of_tasks(made: Any) -> tuple[str, str]:
    made.tab("看任务")
    made.page.wait_for_selector("#tasks-out .ledger tbody tr")
    made.page.fill("#tasks-form [name=unit]", made.page.eval_on_selector("#unit-names option", "o => o.value"))
    made.page.keyboard.press("Enter")
    settled(made.page)
    return "#tasks-out [data-link]", "#tasks-out .ledger"


def a_graph(made: Any) -> tuple[str, str]:
    made.tab("看图谱")
    made.page.wait_for_selector("#graph-out .network")
    made.page.fill("#graph-node", "医疗保障")
    made.page.keyboard.press("Enter")
    made.page.wait_for_function("document.querySelector('#graph-out .lead').textContent.includes('医疗保障')")
    settled(made.page)
    return "#graph-out [data-link]", "#graph-out .beside"


def a_post(made: Any) -> tuple[str, str]:
    made.tab("学政策")
    made.page.select_option("#study-form [name=region]", "甘南州")  # enough to learn for a second day
    made.page.locator("#study-form .primary").click()
    made.page.wait_for_selector("#study-out .track")
    settled(made.page)
    made.page.locator("#study-out .track .step").nth(1).click()
    made.page.wait_for_selector("#study-out .track li:nth-child(2).here")
    settled(made.page)
    return "#study-out [data-link]", "#study-out .track li:nth-child(2).here"


@pytest.mark.parametrize("reach", [an_answer, a_paragraph, a_comparison, a_list_of_tasks, a_graph, a_post])
def test_a_copied_link_shows_a_colleague_the_same(
    wide: Any, visit: Callable[..., Any], server: str, reach: Callable[[Any], tuple[str, str]]
) -> None:
    button, shown = reach(wide)
    page = wide.page
    link = copied(page, button)
    assert link.startswith(server) and link.isascii()
    mine = page.locator(shown).first.inner_text()
    other = visit().page
    other.goto(link)
    other.wait_for_selector(shown)
    settled(other)
    assert other.locator(shown).first.inner_text() == mine


def test_an_address_changes_nothing_and_unknown_parts_are_left_out(wide: Any, server: str) -> None:
    page = wide.page
    page.goto(f"{server}/?tab=shelf")
    page.wait_for_selector("#shelf-out .shelf")
    rows = page.locator("#shelf-out .shelf tbody tr").count()
    document = page.get_attribute("#shelf-out .shelf [data-tick]", "value")
    page.goto(f"{server}/?tab=shelf&act=remove&doc2=1&edit={document}&value=x")
    page.wait_for_selector("#shelf-out .editor")
    settled(page)
    assert page.locator("#shelf-out .shelf tbody tr:not(.edit-row)").count() == rows
    is_at(page, f"tab=shelf&edit={document}")
    page.goto(f"{server}/?tab=nothing&question=")
    page.wait_for_selector("#ask-start .recent")
    page.goto(f"{server}/?doc=0000000000000000&at=1-5")
    page.wait_for_selector("#reader .trouble")
    assert "不在文档库里" in page.inner_text("#reader")
    page.click("#reader [data-close]")
    page.wait_for_selector("#ask-start .recent")


def test_other_tabs_come_back_after_a_reload_too(at_width: Any) -> None:
    page = at_width.page
    ask(page, QUESTION)
    if page.is_visible("#reader [data-close]"):
        page.keyboard.press("Escape")
    at_width.tab("查文件")
    page.fill("#search-query", "易地扶贫搬迁")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-out .hit mark")
    settled(page)
    page.reload()
    page.wait_for_selector("#search-out .hit mark")
    at_width.tab("问政策")
    page.wait_for_selector("#ask-out .answer:not(.coming)")
    assert page.input_value("#ask-question") == QUESTION


def test_a_round_of_questions_comes_back_by_its_address(wide: Any) -> None:
    page = wide.page
    wide.tab("学政策")
    page.locator("#study-out .example").first.click()
    page.wait_for_selector("#study-out .track")
    page.fill("#study-form [name=learner]", "赵敏")
    page.click("#study-form .quiet")
    page.wait_for_selector("#study-out .prompt")
    settled(page)
    assert "赵敏" not in page.evaluate("decodeURIComponent(location.search)")
    first = page.inner_text("#study-out .prompt")
    page.reload()
    page.wait_for_selector("#study-out .prompt")
    assert page.inner_text("#study-out .prompt") == first
    page.go_back()
    page.wait_for_selector("#study-out .track")


ALLOWANCE = """青禾市高龄津贴发放办法
青政发〔2025〕6号
青禾市人民政府
2025年3月5日
第一条 具有本市户籍、年满80周岁的老年人，可以申请领取高龄津贴，每人每月100元。
"""


@pytest.fixture
def allowance(browser: Any, tmp_path: Path) -> Iterator[str]:
    """The address of a server over a library with one rule."""
    file = tmp_path / "高龄津贴.txt"
    file.write_text(ALLOWANCE, encoding="utf-8")
    with Library.open(tmp_path / "library") as library:
        library.ingest([file])
    with serving(tmp_path / "library", samples=False) as address:
        yield address


def test_who_somebody_is_stays_with_the_tab(wide: Any, visit: Callable[..., Any], allowance: str) -> None:
    page = wide.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(unquote(request.url)))
    page.goto(f"{allowance}/?tab=eligible")
    page.wait_for_selector("#eligible-out .blank")
    page.fill("#eligible-who", "王大爷，82岁")
    page.keyboard.press("Enter")
    page.wait_for_selector("#eligible-out .conditions")
    settled(page)
    is_at(page, "tab=eligible&do=match")
    assert page.title() == "对号入座 - 策脉"
    shown = page.inner_text("#eligible-out")
    with page.expect_download() as got:
        page.click("#eligible-out [data-file]")
    assert got.value.suggested_filename.startswith("对号入座") and got.value.suggested_filename.endswith(".xlsx")
    page.reload()
    page.wait_for_selector("#eligible-out .conditions")
    settled(page)
    assert page.inner_text("#eligible-out") == shown and page.input_value("#eligible-who") == "王大爷，82岁"
    assert asked and not [url for url in asked if "王大爷" in url]
    page.go_back()
    page.wait_for_selector("#eligible-out .blank")
    other = visit().page
    other.goto(f"{allowance}/?tab=eligible&do=match")
    other.wait_for_selector("#eligible-out .blank")
    settled(other)
    assert other.input_value("#eligible-who") == ""
    is_at(other, "tab=eligible")
