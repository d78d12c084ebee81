"""A server over the sample corpus and a browser: Debian's chromium driven by playwright, skipped in plain words without them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tools.browser import FLAGS, chromium

TYPES = (".txt", ".html", ".pdf", ".docx", ".xlsx")


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
    yield from serving(tmp_path_factory.mktemp("samples"), samples=True)


@pytest.fixture(scope="session")
def empty_server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over an empty library."""
    yield from serving(tmp_path_factory.mktemp("empty"), samples=False)


def serving(folder: Path, *, samples: bool) -> Iterator[str]:
    import uvicorn

    from ui.application import Library
    from ui.server import build_app

    library = Library.open(folder / "library")
    if samples:
        with resources.as_file(resources.files("corpus").joinpath("samples")) as held:
            library.ingest(sorted(p for p in held.iterdir() if p.suffix in TYPES))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(build_app(library), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    for _ in range(600):
        if running.started:
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)
    library.close()


class Watched:
    """A page with what must not happen on it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        page.on("request", self._request)
        page.on("response", lambda r: self.faults.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def _request(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def tab(self, name: str) -> None:
        self.page.click(f'#views [role=tab]:has-text("{name}")')

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def opened(request: pytest.FixtureRequest, browser: Any, server: str) -> Iterator[Watched]:
    """The page of the sample library at both widths, in a browser set to English."""
    yield from watched(browser, server, int(request.param))


@pytest.fixture
def opened_empty(browser: Any, empty_server: str) -> Iterator[Watched]:
    """The page of an empty library."""
    yield from watched(browser, empty_server, 1440)


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
