"""A picture of an answer over a real library, for the README: ``python tools/library_picture.py LIBRARY QUESTION PICTURE.png``.

The library is served from here, the question asked in Debian's chromium, and the first screen written in few colours, so that the
file stays small. Nothing is fetched from anywhere else. Ends with 1 where the page wrote errors or the picture is larger than 300 kB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import browser

LARGEST = 300_000
"""Bytes of a picture that the repository takes."""
COLOURS = 96


def take(address: str, question: str, picture: Path) -> list[str]:
    """Ask a question on the page and write the screen. Returns the errors the page wrote."""
    from playwright.sync_api import sync_playwright

    path = browser.chromium()
    if path is None:
        raise SystemExit("no chromium on this machine: apt-get install chromium fonts-noto-cjk")
    if not has_chinese_font():
        raise SystemExit("no Chinese font on this machine: apt-get install fonts-noto-cjk")
    errors: list[str] = []
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=browser.FLAGS)
        page = running.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light", locale="zh-CN")
        page.set_default_timeout(120_000)  # the first page of a large library on a busy machine
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.wait_for_selector("#ask-form .box")
        browser.ask(page, question)
        open_first_quote(page)
        page.screenshot(path=str(picture))
        running.close()
    return errors


def has_chinese_font() -> bool:
    """Whether this machine can draw Chinese; without a font the picture would show boxes."""
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def open_first_quote(page: Any) -> None:
    """Open the source of the first line beside the answer."""
    page.locator("#ask-out .claim:visible").first.click()
    browser.settled(page, 600)
    page.mouse.move(2, 2)
    page.wait_for_timeout(250)


def shrink(picture: Path) -> int:
    """Write a picture again in few colours. Returns its bytes."""
    from PIL import Image

    with Image.open(picture) as full:
        few = full.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
    return picture.stat().st_size


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("question")
    parser.add_argument("picture", type=Path)
    args = parser.parse_args()
    with browser.serving(args.library, samples=False) as address:
        errors = take(address, args.question, args.picture)
    size = shrink(args.picture)
    print(f"{args.picture}: {size / 1000:.0f} kB")
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors or size > LARGEST else 0


if __name__ == "__main__":
    sys.exit(main())
