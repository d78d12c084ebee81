"""Pictures of every view at 1440 and 390 pixels, light and dark: python tools/screenshots.py FOLDER [--library DIR | --url URL]."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cemai.library import Library
from tools import browser
from tools.browser import FLAGS, answer, ask, chromium

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "过渡期医保资助政策"
NOTHING = "火星基地建设补贴是多少"
QUERY = "易地扶贫搬迁后续扶持"
TOPIC = "医疗保障"
LOOKED_AT = "大署办〔2022〕21号"
ENDS = "州医保局", "州财政局"
PERSON = "女，82岁，低保户，本县户籍"
GUIDE = {
    "ask-source": "ask", "today": "today", "search-hits": "search", "compare-regions": "compare", "tasks-unit": "tasks", "due": "due",
    "eligible": "eligible", "graph-chain": "graph", "study-verdict": "study", "shelf": "shelf",
}  # fmt: skip
"""Pictures the guide shows, at both widths: their names among all, and there."""
README = {
    "1440-light-ask-source": "ask",
    "1440-light-compare-regions": "compare",
    "1440-light-graph-topic": "graph",
    "1440-light-study-verdict": "study",
}
"""Pictures the README shows: their name among all, and there."""
WIDTHS = {1440: 900, 390: 844}


def tab(page: Any, name: str) -> None:
    browser.tab(page, name)
    settled(page)


def settled(page: Any) -> None:
    browser.settled(page, 250)
    page.mouse.move(2, 2)
    page.wait_for_timeout(250)


def fill(page: Any, box: str, text: str, wait: str) -> None:
    page.fill(box, text)
    page.keyboard.press("Enter")
    page.wait_for_selector(wait)
    settled(page)


def press(page: Any, selector: str) -> None:
    page.locator(f"{selector}:visible").first.click()
    settled(page)


def pdf(page: Any) -> None:
    """Open the first hit that stands in a PDF."""
    for hit in page.locator("#search-out .hit-main:visible").all():
        hit.click()
        settled(page)
        if page.locator("#reader .strip img").count():
            page.wait_for_function("document.querySelector('#reader .strip img').naturalWidth > 0")
            settled(page)
            return
        page.keyboard.press("Escape")


def regions(page: Any) -> None:
    """Compare three regions only."""
    for button in page.locator("#compare-form [data-toggle]").all()[1:4]:
        button.click()
        settled(page)
    page.wait_for_function("document.querySelectorAll('#compare-out .matrix thead th').length === 4")
    settled(page)


def look(page: Any, how: str, node: str, other: str = "") -> None:
    """One of the views of the graph with sentences."""
    page.fill("#graph-form [name=other]", other)
    page.fill("#graph-node", node)
    page.select_option("#graph-form [name=look]", how)
    page.wait_for_timeout(1500)  # each change was sent; the last one counts
    page.wait_for_selector("#graph-out .steps, #graph-out .blank, #graph-out .trouble")
    settled(page)


def describe(page: Any, person: str) -> None:
    """Describe somebody whom provisions may concern."""
    page.locator("#eligible-form input:visible, #eligible-form textarea:visible").first.fill(person)
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    settled(page)


STEPS: list[tuple[str, Callable[[Any], None]]] = [
    ("ask-start", settled),
    ("ask-nothing", lambda page: ask(page, NOTHING)),
    ("ask-answer", lambda page: ask(page, QUESTION)),
    ("ask-source", lambda page: press(page, "#ask-out .claim")),
    ("source-outline", lambda page: press(page, "#reader [data-pane=outline]")),
    ("source-tasks", lambda page: press(page, "#reader [data-pane=tasks]")),
    ("source-basis", lambda page: press(page, "#reader [data-pane=basis]")),
    ("source-lineage", lambda page: press(page, "#reader [data-pane=lineage]")),
    ("search-list", lambda page: (page.keyboard.press("Escape"), tab(page, "查文件"))[-1]),
    ("search-hits", lambda page: fill(page, "#search-query", QUERY, "#search-out .hit")),
    ("search-source", lambda page: press(page, "#search-out .hit-main")),
    (
        "search-pdf",
        lambda page: (
            page.keyboard.press("Escape"),
            fill(page, "#search-query", "青禾市 十四五 目标", "#search-out .hit"),
            pdf(page),
        )[-1],
    ),
    ("compare-coverage", lambda page: (page.keyboard.press("Escape"), tab(page, "比地区"))[-1]),
    ("compare-matrix", lambda page: fill(page, "#compare-subject", TOPIC, "#compare-out .matrix, #compare-out .blank")),
    ("compare-regions", lambda page: regions(page)),
    ("tasks", lambda page: tab(page, "看任务")),
    ("tasks-unit", lambda page: fill(page, "#tasks-form [name=unit]", "甘南州医保局", "#tasks-out .unit-card")),
    ("targets", lambda page: (page.select_option("#tasks-form [name=ledger]", "targets"), settled(page))[-1]),
    ("graph-start", lambda page: (page.keyboard.press("Escape"), tab(page, "看图谱"))[-1]),
    ("graph-topic", lambda page: press(page, "#graph-form .example")),
    ("graph-walk", lambda page: press(page, "#graph-out .beside li .open")),
    ("graph-time-line", lambda page: look(page, "timeline", LOOKED_AT)),
    ("graph-path", lambda page: look(page, "path", *ENDS)),
    ("graph-chain", lambda page: look(page, "chain", TOPIC)),
    ("today", lambda page: (page.keyboard.press("Escape"), tab(page, "今日"))[-1]),
    ("due", lambda page: tab(page, "督查")),
    ("eligible", lambda page: (tab(page, "对号入座"), describe(page, PERSON))[-1]),
    ("study-start", lambda page: (page.keyboard.press("Escape"), tab(page, "学政策"))[-1]),
    ("study-path", lambda page: press(page, "#study-out .example")),
    ("study-cards", lambda page: press(page, "#study-out .day-parts button:nth-of-type(2)")),
    ("study-question", lambda page: (page.fill("#study-form [name=learner]", "示例学员"), press(page, "#study-form .quiet"))[-1]),
    ("study-verdict", lambda page: answer(page)),
    (
        "study-scores",
        lambda page: (
            press(page, "#study-out [data-act=next]"),
            press(page, "#study-form .primary"),
            press(page, "#study-out [data-act=scores]"),
        )[-1],
    ),
    ("shelf", lambda page: tab(page, "文档库")),
]


RULES = """石溪县民政局关于发放高龄津贴和困难老年人护理补贴的通知
石民发〔2026〕6号
一、发放对象和标准
（一）高龄津贴。具有本县户籍、年满80周岁的老年人，每人每月发放高龄津贴100元；年满90周岁的，每人每月200元。
（二）护理补贴。具有本县户籍、年满65周岁且纳入最低生活保障的失能老年人，每人每月发放护理补贴150元。
二、申请材料
申请人携带身份证、户口簿，到户籍所在地乡镇人民政府申请。低保对象另交低保证明。
本通知自2026年3月1日起施行，有效期3年。
石溪县民政局
2026年2月12日
"""
"""A notice of our own with provisions, which the samples lack."""


@contextlib.contextmanager
def serving(folder: Path | None) -> Iterator[str]:
    """A server over a library, or over a new one of the bundled samples."""
    with tempfile.TemporaryDirectory() as scratch:
        if folder is None:
            (rules := Path(scratch) / "石溪县高龄津贴.txt").write_text(RULES, encoding="utf-8")
            with Library.open(Path(scratch) / "library") as library:
                library.ingest([rules])
        with browser.serving(folder or Path(scratch) / "library", samples=folder is None) as address:
            yield address


def take(address: str, folder: Path, only: str = "") -> list[str]:
    """Write the pictures. Returns what went wrong: errors on the page, requests to other hosts, sideways scrolling."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        raise SystemExit("no chromium on this machine: apt-get install chromium fonts-noto-cjk")
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=FLAGS)
        for width, height in WIDTHS.items():
            for scheme in ("light", "dark"):
                if only and only not in f"{width}-{scheme}":
                    continue
                page = running.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN")
                page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
                page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else faults.append(r.url))
                page.goto(address)
                page.wait_for_selector("#ask-form .box")
                for name, step in STEPS:
                    step(page)
                    page.screenshot(path=str(folder / f"{width}-{scheme}-{name}.png"))
                    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                        faults.append(f"{width} {scheme} {name}: scrolls sideways")
                page.close()
        running.close()
    return faults


def for_documents(folder: Path, pictures: Path) -> None:
    """The pictures that README and guide show, in few colours: small files of sharp text."""
    from PIL import Image

    shown = [*README.items()]
    shown += [(f"{width}-light-{source}", f"guide-{name}-{width}") for source, name in GUIDE.items() for width in WIDTHS]
    for source, name in shown:
        with Image.open(folder / f"{source}.png") as picture:
            # a few rare colours (the red of the seal) must come through
            few = picture.convert("RGB").quantize(160, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            few.save(pictures / f"{name}.png", optimize=True)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--url", help="a server that is already running")
    parser.add_argument("--only", default="", help="such as 1440-light or dark")
    parser.add_argument("--documents", action="store_true", help="also write the pictures of README and guide to docs/pictures")
    args = parser.parse_args()
    with contextlib.nullcontext(args.url.rstrip("/")) if args.url else serving(args.library) as address:
        faults = take(address, args.folder, args.only)
    if args.documents:
        for_documents(args.folder, ROOT / "docs" / "pictures")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(list(args.folder.glob('*.png')))} pictures in {args.folder}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
