"""Reads the characters of a page picture by RapidOCR: PP-OCR models on ONNX Runtime, from the wheel, never from the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.formats.pdf.glyphs import Rule
from ingest.formats.pdf.ocr.picture import Picture
from ingest.formats.pdf.ocr.strip import ReadStrip

Corners = NDArray[np.float32]
"""The four corners of a strip, from the upper left clockwise."""

_DETECTOR, _RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_DETECTION_SIDE = 1_600
"""Lines are found in a picture of this size: larger takes longer and finds no more."""
_WIDEST = 60.0
"""A strip so many times as wide as high is cut: the recogniser's memory grows with its width."""
_TALL, _TALLEST = 1.5, 6.0
"""Times as high as wide: one character stands above another; higher ones are lines of a page laid on its side."""
_POINTS = frozenset(".·•")
_SURE_POINT = 0.9
_PAGE_NUMBER = re.compile(r"^[-—–_一.·•]?\s*\d{1,4}\s*[-—–_一.·•]$|^[-—–_一.·•]\s*\d{1,4}$")
_HAN = "\u3400-\u9fff"
_HALF_WIDTH = re.compile(rf"(?<=[{_HAN}”）》%])[,;:!?)](?![ A-Za-z])|(?<=[{_HAN}])[.](?=[{_HAN}])|[(](?=[{_HAN}])")
_FULL_WIDTH = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）", ".": "、"}
"""A full stop of Latin writing stands between no two ideographs: there it is a small 、."""
_NARROWEST = 128
"""Pixels to which a strip is filled up, at a height of 48: with the usual 320 the cells of a table take three times as long."""
_LEAST_SURE = 0.5
_SPECKS = frozenset(".·,'`、。:：‘’")
"""What dirt is read as: nothing that stands alone."""


@cache
def models() -> tuple[Path, Path] | None:
    """The files of the two models, where RapidOCR is installed with them."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None or find_spec("cv2") is None:
        return None
    folder = Path(spec.origin).parent / "models"
    files = (folder / _DETECTOR, folder / _RECOGNISER)
    return files if all(file.is_file() for file in files) else None


@cache
def _engine() -> Any:
    files = models()
    assert files is not None, "RapidOCR is not installed"
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    # Every path is given, so that nothing is looked for, let alone fetched. With "max" a picture is never made larger: a thin
    # strip would become one of a hundred thousand pixels (RapidOCR issue 538).
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.use_preprocess_img": False,
            "Global.return_word_box": True,
            "Det.model_path": str(files[0]),
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            "Rec.model_path": str(files[1]),
            "Rec.rec_img_shape": [3, 48, _NARROWEST],
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def find_strips(picture: Picture, rules: Sequence[Rule]) -> list[Corners]:
    """The corners of every line of text on a picture; lines that run through an upright rule are parted there."""
    found = _engine()(_bgr(picture), use_det=True, use_cls=False, use_rec=False)
    corners = getattr(found, "boxes", None)
    if corners is None:
        return []
    upright = [rule for rule in rules if not rule.across]
    strips = [part for strip in np.asarray(corners, dtype=np.float32) for part in _parted(strip, upright)]
    stacked = [part for strip in strips for part in _stacked(strip)]
    return [part for strip in stacked for part in _narrowed(strip)]


def _parted(strip: Corners, upright: Sequence[Rule]) -> Iterator[Corners]:
    left, right = strip[[0, 3], 0].mean(), strip[[1, 2], 0].mean()
    middle, height = strip[:, 1].mean(), strip[[2, 3], 1].mean() - strip[[0, 1], 1].mean()
    cuts = sorted(r.at for r in upright if r.start < middle < r.end and left + 0.25 * height < r.at < right - 0.25 * height)
    edges = [left, *cuts, right]
    for a, b in pairwise(edges):
        yield _part(strip, (a - left) / (right - left), (b - left) / (right - left)) if cuts else strip


def _stacked(strip: Corners) -> Iterator[Corners]:
    """The characters of a short column in a narrow cell, one above the other; long ones tell that the page lies on its side."""
    width, height = max(1.0, float(np.linalg.norm(strip[1] - strip[0]))), float(np.linalg.norm(strip[3] - strip[0]))
    count = round(0.85 * height / width) if _TALL * width < height < _TALLEST * width else 1
    a, b, c, d = strip
    for i in range(count):
        start, end = i / count, (i + 1) / count
        yield np.array([a + (d - a) * start, b + (c - b) * start, b + (c - b) * end, a + (d - a) * end], dtype=np.float32)


def _narrowed(strip: Corners) -> Iterator[Corners]:
    width, height = np.linalg.norm(strip[1] - strip[0]), max(1.0, float(np.linalg.norm(strip[3] - strip[0])))
    count = int(np.ceil(width / height / _WIDEST))
    for i in range(count):
        yield _part(strip, i / count, (i + 1) / count) if count > 1 else strip


def _part(strip: Corners, start: float, end: float) -> Corners:
    a, b, c, d = strip
    return np.array([a + (b - a) * start, a + (b - a) * end, d + (c - d) * end, d + (c - d) * start], dtype=np.float32)


def read_strips(picture: Picture, strips: Sequence[Corners]) -> list[ReadStrip]:
    """What stands in each strip; strips that hold nothing readable are left out."""
    if not strips:
        return []
    engine = _engine()
    read = engine.recognize_txt(engine.crop_text_regions(_bgr(picture), np.array(strips, dtype=np.float32)))
    out = []
    for strip, text, score, words in zip(strips, read.txts, read.scores, read.word_results, strict=True):
        if not text.strip() or text.strip() in _SPECKS or score < _LEAST_SURE or not words.line_txt_len:
            continue
        columns = iter([column for word in words.word_cols for column in word])
        at = [0.0]
        for char in text:
            at.append(at[-1] if char.isspace() else min(1.0, (next(columns) + 0.5) / words.line_txt_len))
        box = (strip[:, 0].min(), strip[:, 1].min(), strip[:, 0].max(), strip[:, 1].max())
        start, end = _without_specks(text, words.confs)
        read_there = _written(text[start:end])
        out.append(ReadStrip(read_there, tuple(words.confs[start:end]), tuple(at[1:][start:end]), tuple(map(float, box))))  # type: ignore[arg-type]
    return out


def _without_specks(text: str, sure: Sequence[float]) -> tuple[int, int]:
    """Where a strip begins and ends without the dirt beside it, which is read as a point or a stop behind a blank."""
    start, end = 0, len(text)
    while end - start > 1 and text[end - 1] in _POINTS and (_is_wide(text[end - 2]) or sure[end - 1] < _SURE_POINT):
        end -= 1
    while end - start > 1 and text[start] in _POINTS and (_is_wide(text[start + 1]) or sure[start] < _SURE_POINT):
        start += 1
    if end - start > 2 and text[end - 1] in _SPECKS and text[end - 2].isspace():
        end -= 2
    return start, end


def _is_wide(char: str) -> bool:
    return char > "\u2e80" or char.isspace()


def _written(text: str) -> str:
    """The same text with the marks as Chinese writing has them, character for character; 一 beside a page number is a dash."""
    if _PAGE_NUMBER.match(text):
        return text.replace("一", "—")
    return _HALF_WIDTH.sub(lambda mark: _FULL_WIDTH[mark[0]], text)


def _bgr(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, :, ::-1])
