"""Driving the page in Debian's chromium with playwright: the browser, a server to look at, and steps that tests and pictures share."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from ingest.formats.contents import extension
from ingest.formats.registry import ENDINGS

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str | None:
    """The browser's path, or None."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@contextlib.contextmanager
def sample_files() -> Iterator[list[Path]]:
    """The bundled sample documents."""
    with resources.as_file(resources.files("corpus").joinpath("samples")) as held:
        yield sorted(path for path in held.iterdir() if extension(path.name) in ENDINGS)


@contextlib.contextmanager
def serving(folder: Path, *, samples: bool) -> Iterator[str]:
    """The address of a server over the library in a folder, into which the samples are taken first where asked for."""
    import uvicorn

    from cemai.library import Library
    from ui.server import build_app

    library = Library.open(folder)
    if samples:
        with sample_files() as paths:
            library.ingest(paths)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # a stream that is still open must not hold up the end
    config = uvicorn.Config(build_app(library), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    for _ in range(600):
        if running.started:
            break
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(timeout=15)
        library.close()


def tab(page: Any, name: str) -> None:
    """Open a tab by its name."""
    page.click(f'#views [role=tab]:has-text("{name}")')


def settled(page: Any, pause: int = 150) -> None:
    """Wait until nothing is being fetched for a panel."""
    page.wait_for_timeout(pause)
    page.wait_for_function("document.querySelectorAll('[aria-busy=true], .coming').length === 0")


def ask(page: Any, question: str) -> None:
    """Ask, and wait for the answer in its last form."""
    page.wait_for_selector("#ask-question")
    page.fill("#ask-question", question)
    page.evaluate("document.querySelector('#ask-out .answer')?.remove()")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ask-out .answer:not(.coming)")
    settled(page)


def answer(page: Any) -> None:
    """Answer the quiz question on the screen, whatever its form, with what comes first."""
    if page.locator("#study-out button.option").count():
        page.locator("#study-out button.option").first.click()
    else:
        for box in page.locator("#study-out .options input[type=checkbox]").all()[:2]:
            box.check()
        for box in page.locator("#study-out .options input[type=text]").all():
            box.fill("1")
        for pair in page.locator("#study-out .options select").all():
            pair.select_option(index=1)
        page.locator("#study-out .options .primary").click()
    page.wait_for_selector("#study-out .verdict")
    settled(page)
