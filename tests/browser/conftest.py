"""A server over the sample corpus and a browser: Debian's chromium driven by playwright, skipped in plain words without them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.browser import FLAGS, chromium, serving, tab

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    path = chromium()
    if path is None:
        pytest.skip("no chromium on this machine: apt-get install chromium fonts-noto-cjk")
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="session")
def server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a library of the samples."""
    with serving(tmp_path_factory.mktemp("samples"), samples=True) as address:
        yield address


@pytest.fixture(scope="session")
def empty_server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over an empty library."""
    with serving(tmp_path_factory.mktemp("empty"), samples=False) as address:
        yield address


def axe() -> str:
    """The text of axe-core, from CEMAI_AXE or from node_modules."""
    places = [Path(os.environ.get("CEMAI_AXE", "")), ROOT / "node_modules" / "axe-core" / "axe.min.js"]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        pytest.skip("axe-core is not installed: npm install --no-save axe-core")
    return found.read_text(encoding="utf-8")


class Watched:
    """A page with what must not happen on it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        page.on("request", self._request)
        page.on("response", lambda r: self.faults.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def _said(self, message: Any) -> None:
        # a page that is loaded again breaks off what is under way
        if message.type == "error" and not message.text.startswith("AbortError"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def tab(self, name: str) -> None:
        tab(self.page, name)

    def accessible(self) -> None:
        """Fail where axe-core finds a serious fault on what is shown now."""
        self.page.evaluate(axe())
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        serious = [
            {"id": fault["id"], "help": fault["help"], "where": [node["html"][:160] for node in fault["nodes"][:4]]}
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert serious == [], json.dumps(serious, ensure_ascii=False, indent=1)

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def opened(request: pytest.FixtureRequest, browser: Any, server: str) -> Iterator[Watched]:
    """The page of the sample library at both widths, in a browser set to English."""
    yield from watched(browser, server, int(request.param))


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def opened_alone(request: pytest.FixtureRequest, browser: Any, tmp_path: Path) -> Iterator[Watched]:
    """The page of an empty library of its own, at both widths: for journeys that begin with nothing."""
    with serving(tmp_path / "library", samples=False) as address:
        yield from watched(browser, address, int(request.param))


@pytest.fixture
def opened_empty(browser: Any, empty_server: str) -> Iterator[Watched]:
    """The page of an empty library."""
    yield from watched(browser, empty_server, 1440)


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Callable[[int], Watched]]:
    """Opens the page of the sample library for one more person, in a browser of their own of a width."""
    opened: list[Iterator[Watched]] = []

    def open_page(width: int = 1440) -> Watched:
        opened.append(watched(browser, server, width))
        return next(opened[-1])

    yield open_page
    for one in opened:
        assert next(one, None) is None


def watched(browser: Any, address: str, width: int) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-US", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    made = Watched(page)
    page.goto(address)
    page.wait_for_selector("#ask-form .box")
    yield made
    context.close()
    assert made.faults == []
