"""What is done to the picture of a scanned page before its characters are read: laid straight, seals faded, rules found.

Pictures are arrays of height × width × 3 in red, green, blue. Lengths are in pixels, ``dpi`` says how many make an inch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.formats.pdf.glyphs import Box, Rule

Picture = NDArray[np.uint8]

_SKEW_SIDE = 1_000
"""The longer side of the picture in which the skew is looked for: a twentieth of a degree moves its edge by a pixel."""
_MOST_SKEW = 3.0
_COARSE, _FINE = 0.3, 0.05
_LEAST_SKEW = 0.06
_RED = 45
"""So much redder than green and blue a pixel of a seal is, in steps of 256."""
_SEAL_INCHES = (0.8, 2.4)
_SEAL_ASPECT = 1.35
_COARSER = 3
_LINE_INCHES = 0.26
_INK = 14
"""So much darker than the paper around it ink is, in steps of 256."""
_BLANK_INK = 2e-4
_LONE_RULE, _LONG_RULE, _SHORT_RULE = 2.5, 1.0, 0.17
"""Inches. The first may stand alone, the second has to cross another, the third to run from one to another."""
_THICKEST = 0.06
_DRAWN, _BESIDE = 0.85, 0.3
"""Shares of ink along a rule, and close by."""
_TOUCH = 0.035


@dataclass(frozen=True, slots=True)
class Straightened:
    """A picture laid straight, and the matrix that takes a place in it back to the picture as it was scanned."""

    picture: Picture
    back: NDArray[np.float64]
    quarters: int = 0

    def with_picture(self, picture: Picture) -> Straightened:
        """The same with another picture of the same page."""
        return replace(self, picture=picture)

    def shown(self, box: Box) -> Box:
        """The box around a box of the straight picture, in the picture as it was."""
        x0, y0, x1, y1 = box
        corners = np.array([[x, y, 1.0] for x in (x0, x1) for y in (y0, y1)]) @ self.back.T
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        return (float(left), float(top), float(right), float(bottom))


def straighten(picture: Picture, quarters: int = 0) -> Straightened:
    """Turn a picture by quarters of a circle against the clock, and by the small angle its lines slope by, up to three degrees."""
    import cv2

    scanned_height, scanned_width = picture.shape[:2]
    upright = [
        [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]],
        [[0, -1.0, scanned_width], [1.0, 0, 0], [0, 0, 1.0]],
        [[-1.0, 0, scanned_width], [0, -1.0, scanned_height], [0, 0, 1.0]],
        [[0, 1.0, 0], [-1.0, 0, scanned_height], [0, 0, 1.0]],
    ][quarters % 4]
    picture = np.ascontiguousarray(np.rot90(picture, quarters))
    angle = _find_skew(picture)
    height, width = picture.shape[:2]
    if abs(angle) < _LEAST_SKEW:
        return Straightened(picture, np.array(upright)[:2], quarters)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    paper = tuple(float(value) for value in np.median(picture[:: max(1, height // 200), :: max(1, width // 200)], axis=(0, 1)))
    turned = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
    )
    unskewed = np.vstack([cv2.invertAffineTransform(matrix), [0, 0, 1.0]])
    return Straightened(_as_picture(turned), (np.array(upright) @ unskewed)[:2], quarters)


def _find_skew(picture: Picture) -> float:
    """The angle, in degrees, by which a picture has to be turned so that its rows of ink are sharpest (projection profile)."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, _SKEW_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = find_ink(small, max(9, small.shape[1] // 40)).astype(np.float32)
    if not ink.any():
        return 0.0
    height, width = ink.shape

    def sharpness(angle: float) -> float:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        rows = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR).sum(1)
        return float((np.diff(rows) ** 2).sum())

    best = max(np.arange(-_MOST_SKEW, _MOST_SKEW + _COARSE / 2, _COARSE), key=sharpness)
    return float(max(np.arange(best - _COARSE, best + _COARSE + _FINE / 2, _FINE), key=sharpness))


def find_ink(grey: NDArray[np.uint8], reach: int) -> NDArray[np.bool_]:
    """Where a grey picture is darker than the mean of ``reach`` pixels around."""
    import cv2

    return np.asarray(
        cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(3, reach | 1), _INK), dtype=np.bool_
    )


def is_blank(picture: Picture, dpi: float) -> bool:
    """Whether hardly anything is printed: the back of a page, the lid of the scanner."""
    import cv2

    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 5)
    return bool(find_ink(grey, round(dpi / 8)).mean() < _BLANK_INK)


def fade_seals(picture: Picture, dpi: float) -> tuple[Picture, list[Box]]:
    """Take the red of round seals for white, so that the black text below them is left; a red head stays as it is.

    Returns:
        The picture without seals, and the boxes these stood in.
    """
    import cv2

    red = picture[:, :, 0].astype(np.int16) - np.maximum(picture[:, :, 1], picture[:, :, 2]) > _RED
    if not red.any():
        return picture, []
    # Lines of text cut the ring: the gaps they leave are closed, on a picture small enough for that to be quick.
    small = cv2.resize(red.astype(np.uint8), None, fx=1 / _COARSER, fy=1 / _COARSER, interpolation=cv2.INTER_AREA)
    reach = max(3, round(_LINE_INCHES * dpi / _COARSER))
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, coarse, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = coarse * _COARSER
    boxes: list[Box] = []
    out = picture
    low, high = (inches * dpi for inches in _SEAL_INCHES)
    for x, y, width, height, _ in found[1:]:
        if not (low <= width <= high and low <= height <= high and max(width, height) <= _SEAL_ASPECT * min(width, height)):
            continue
        out = out if boxes else picture.copy()
        part = out[y : y + height, x : x + width]
        spot = red[y : y + height, x : x + width].astype(np.uint8)
        spot = cv2.dilate(spot, np.ones((3, 3), np.uint8)).astype(bool)
        brightness = part[:, :, 0].astype(np.float32)
        full = max(1.0, float(np.percentile(brightness[spot], 70)))
        faded = np.clip(brightness / full * 255, 0, 255).astype(np.uint8)
        part[spot] = faded[spot][:, None]
        boxes.append((float(x), float(y), float(x + width), float(y + height)))
    return out, boxes


def find_rules(picture: Picture, dpi: float) -> list[Rule]:
    """The lines drawn on a straight picture."""
    import cv2

    ink = find_ink(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), round(dpi / 7)).astype(np.uint8)
    least = max(12, round(_SHORT_RULE * dpi))
    rules = [rule for across in (True, False) for rule in _strokes(ink, across, least, dpi)]
    near = _TOUCH * dpi
    long = [rule for rule in rules if rule.end - rule.start >= _LONG_RULE * dpi]
    kept = [r for r in long if r.end - r.start >= _LONE_RULE * dpi or _is_crossed(r, long, near)]
    rest = [rule for rule in rules if rule not in kept]
    # A short rule between two that count does count, and may carry others.
    while more := [rule for rule in rest if _runs_between(rule, kept, near)]:
        kept += more
        rest = [rule for rule in rest if rule not in more]
    return kept


def _is_crossed(rule: Rule, others: Sequence[Rule], near: float) -> bool:
    return any(
        other.across is not rule.across
        and other.start - near <= rule.at <= other.end + near
        and rule.start - near <= other.at <= rule.end + near
        for other in others
    )


def _strokes(ink: NDArray[np.uint8], across: bool, least: int, dpi: float) -> list[Rule]:
    import cv2

    bridge, near = max(3, round(dpi / 30)), max(3, round(dpi / 70))
    size = (least, 1) if across else (1, least)
    join, thick = ((bridge, 1), (1, near)) if across else ((1, bridge), (near, 1))
    gaps = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, join))
    drawn = cv2.morphologyEx(gaps, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
    drawn = cv2.dilate(drawn, cv2.getStructuringElement(cv2.MORPH_RECT, thick))
    _, _, found, centres = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    rules = []
    for (x, y, width, height, _), (middle_x, middle_y) in zip(found[1:], centres[1:], strict=True):
        length, breadth = (width, height) if across else (height, width)
        if breadth - near + 1 > max(_THICKEST * dpi, 0.012 * length):
            continue
        start, at = (x, middle_y) if across else (y, middle_x)
        rule = Rule(across, float(at), float(start), float(start + length))
        if _stands_alone(ink if across else ink.T, rule, dpi):
            rules.append(rule)
    return rules


def _stands_alone(ink: NDArray[np.uint8], rule: Rule, dpi: float) -> bool:
    """Whether a line is drawn without gaps and has paper on both sides; strokes of one row of characters have neither."""
    at, half, away = round(rule.at), max(1, round(dpi / 100)), max(3, round(dpi / 45))
    part = ink[:, round(rule.start) : round(rule.end)]
    drawn = part[max(0, at - half) : at + half + 1].max(0, initial=0).mean()
    beside = [part[y].mean() for y in (at - away, at + away) if 0 <= y < part.shape[0]]
    return bool(drawn > _DRAWN and sum(beside) / max(1, len(beside)) < _BESIDE)


def _runs_between(rule: Rule, others: Sequence[Rule], near: float) -> bool:
    """Whether both ends of a rule stand on rules that cross it."""
    crossing = [o for o in others if o.across is not rule.across and o.start - near <= rule.at <= o.end + near]
    return all(any(abs(o.at - end) <= near for o in crossing) for end in (rule.start, rule.end))


def without_rules(picture: Picture, rules: Sequence[Rule], dpi: float) -> Picture:
    """The picture with the paper's brightness where rules were drawn."""
    out = picture.copy()
    half = max(2, round(dpi / 75))
    for rule in rules:
        at, start, end = round(rule.at), max(0, round(rule.start)), round(rule.end)
        low, high = max(0, at - half), at + half + 1
        part = out[low:high, start:end] if rule.across else out[start:end, low:high]
        if part.size:
            around = (
                out[max(0, low - 2 * half) : high + 2 * half, start:end]
                if rule.across
                else out[start:end, max(0, low - 2 * half) : high + 2 * half]
            )
            part[:] = np.percentile(around.reshape(-1, 3), 80, axis=0).astype(np.uint8)
    return out


def bounded(picture: Picture, longest: int) -> Picture:
    """The picture, made smaller where its longer side has more than ``longest`` pixels."""
    import cv2

    factor = min(1.0, longest / max(picture.shape[:2]))
    if factor == 1.0:
        return picture
    return _as_picture(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def _as_picture(values: Any) -> Picture:
    return np.asarray(values, dtype=np.uint8)
