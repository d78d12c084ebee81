"""Reads a page picture by tesseract, where it is installed: one thread, the Chinese model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.pdf.ocr.strip import ReadStrip

if TYPE_CHECKING:
    from PIL.Image import Image

_SECONDS = 120
_SURE = 0.2
_HALF_WIDTH = re.compile(r"(?<=[一-龥”）)])[,;:](?=[一-龥“（(]|$)")
_FULL_WIDTH = {",": "，", ";": "；", ":": "："}
"""Between Chinese characters tesseract gives the half-width form of these marks at random."""


def available() -> bool:
    """Whether tesseract is on this machine with its Chinese model."""
    program = shutil.which("tesseract")
    return program is not None and _has_chinese(program)


@cache
def _has_chinese(program: str) -> bool:
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"chi_sim" in done.stdout + done.stderr


def read_picture(image: Image, number: int, dpi: float, source: str) -> list[ReadStrip]:
    """The lines tesseract reads on the picture of a page.

    Args:
        image: the picture.
        number: of the page, for messages.
        dpi: pixels an inch.
        source: the name of the file, for messages.

    Raises:
        RefusedInput: where the program fails or takes too long.
    """
    held = BytesIO()
    image.convert("L").save(held, format="PNG")
    command = [
        shutil.which("tesseract") or "tesseract",
        "stdin",
        "stdout",
        "-l",
        "chi_sim",
        "--psm",
        "3",
        "--dpi",
        str(round(dpi)),
        "tsv",
    ]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=held.getvalue(), capture_output=True, timeout=_SECONDS, check=False, env=environment)
    except subprocess.TimeoutExpired as error:
        message = f"第 {number} 页文字识别超过 {_SECONDS} 秒，已停止；请降低扫描分辨率后重试"
        raise RefusedInput(source, "timeout", message) from error
    if done.returncode:
        raise RefusedInput(source, "needs_ocr", "文字识别程序运行失败；请检查 tesseract 的安装")
    return parse_tsv(done.stdout.decode("utf-8", "replace"))


def parse_tsv(table: str) -> list[ReadStrip]:
    """Tesseract's table of words as lines: words of one line joined, without spaces between Chinese characters."""
    words: dict[tuple[str, str, str], list[tuple[str, float, int, int, int, int]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or not cells[11].strip() or float(cells[10]) / 100 < _SURE:
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        word = (cells[11].strip(), float(cells[10]) / 100, left, top, left + width, top + height)
        words.setdefault((cells[2], cells[3], cells[4]), []).append(word)
    return [_joined(parts) for parts in words.values()]


def _joined(words: list[tuple[str, float, int, int, int, int]]) -> ReadStrip:
    box = (min(w[2] for w in words), min(w[3] for w in words), max(w[4] for w in words), max(w[5] for w in words))
    wide = max(1, box[2] - box[0])
    text, sure, at = "", [], []
    for word, confidence, x0, _, x1, _ in words:
        latin = text[-1:].isascii() and text[-1:].isalnum() and word[:1].isascii() and word[:1].isalnum()
        for place, char in enumerate(f" {word}" if latin else word, 0 if not latin else -1):
            text += char
            sure.append(confidence)
            at.append((x0 + (max(0, place) + (0.5 if place >= 0 else 0.0)) * (x1 - x0) / len(word) - box[0]) / wide)
    text = _HALF_WIDTH.sub(lambda match: _FULL_WIDTH[match.group()], text)
    return ReadStrip(text, tuple(sure), tuple(at), tuple(map(float, box)))  # type: ignore[arg-type]
