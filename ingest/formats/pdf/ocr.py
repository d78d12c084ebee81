"""Scanned pages by tesseract, where it is installed: one page at a time, one thread, the Chinese model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from io import BytesIO
from typing import Any

from corpus.errors import RefusedInput
from ingest.formats.pdf.glyphs import Box
from ingest.formats.pdf.layout import LayoutLine

_DPI = 200
_SECONDS = 120
_LARGEST = 4_000
_SURE = 20.0
_SURE_IN_PICTURE = 50.0
_HALF_WIDTH = re.compile(r"(?<=[一-龥”）)])[,;:](?=[一-龥“（(]|$)")
_FULL_WIDTH = {",": "，", ";": "；", ":": "："}
"""Between Chinese characters tesseract gives the half-width form of these marks at random."""


def available() -> bool:
    """Whether tesseract is on this machine with its Chinese model."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"chi_sim" in done.stdout + done.stderr


def page_lines(page: Any, number: int, source: str, box: Box, *, whole: bool) -> list[LayoutLine]:
    """The lines tesseract reads inside a box of a pdfium page, with their boxes in points.

    In a picture (not the ``whole`` page) only what is read with some certainty counts: it may show anything.
    """
    program = shutil.which("tesseract")
    if program is None or not available():
        message = "没有找到文字识别程序；请安装 tesseract 及简体中文数据（tesseract-ocr、tesseract-ocr-chi-sim）后重试"
        raise RefusedInput(source, "needs_ocr", message)
    scale = min(_DPI / 72, _LARGEST / max(page.get_size()))
    picture = BytesIO()
    image = page.render(scale=scale, grayscale=True).to_pil()
    left, top = max(0, int(box[0] * scale)), max(0, int(box[1] * scale))
    image = image.crop((left, top, min(image.width, int(box[2] * scale)), min(image.height, int(box[3] * scale))))
    image.save(picture, format="PNG")
    command = [program, "stdin", "stdout", "-l", "chi_sim", "--psm", "3", "--dpi", str(_DPI), "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            command, input=picture.getvalue(), capture_output=True, timeout=_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedInput(
            source, "timeout", f"第 {number} 页文字识别超过 {_SECONDS} 秒，已停止；请降低扫描分辨率后重试"
        ) from error
    if done.returncode:
        raise RefusedInput(source, "needs_ocr", "文字识别程序运行失败；请检查 tesseract 的安装")
    sure = _SURE if whole else _SURE_IN_PICTURE
    return parse_tsv(done.stdout.decode("utf-8", "replace"), number, scale, offset=(left, top), sure=sure)


def parse_tsv(
    table: str, number: int, scale: float, *, offset: tuple[int, int] = (0, 0), sure: float = _SURE
) -> list[LayoutLine]:
    """Tesseract's table of words as lines: words of one line joined, without spaces between Chinese characters."""
    words: dict[tuple[str, str, str], list[tuple[str, int, int, int, int]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or not cells[11].strip() or float(cells[10]) < sure:
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        left, top = left + offset[0], top + offset[1]
        words.setdefault((cells[2], cells[3], cells[4]), []).append((cells[11].strip(), left, top, left + width, top + height))
    lines: list[LayoutLine] = []
    for parts in words.values():
        text = ""
        for word, *_ in parts:
            latin = text[-1:].isascii() and text[-1:].isalnum() and word[:1].isascii() and word[:1].isalnum()
            text += (" " if latin else "") + word
        text = _HALF_WIDTH.sub(lambda match: _FULL_WIDTH[match.group()], text)
        x0, y0 = min(p[1] for p in parts) / scale, min(p[2] for p in parts) / scale
        x1, y1 = max(p[3] for p in parts) / scale, max(p[4] for p in parts) / scale
        # The body size is steadier than each line's own height, which depends on its characters.
        lines.append(LayoutLine(text, x0, y0, x1, y1, max(1.0, (x1 - x0) / max(1, len(text))), number))
    if lines:
        from statistics import median

        em = median(line.em for line in lines)
        for line in lines:
            line.em = em if abs(line.em - em) < 0.35 * em else line.em
    return lines
