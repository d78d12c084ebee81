"""A scanned page as glyphs and rules: the same ``Sheet`` pdfium gives, so lines, columns and tables come from the same code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from ingest.formats.pdf.glyphs import Box, Glyph, Rule, Sheet
from ingest.formats.pdf.ocr import picture as pictures
from ingest.formats.pdf.ocr.picture import Picture, Straightened
from ingest.formats.pdf.ocr.rapid import Corners, find_strips, read_strips
from ingest.formats.pdf.ocr.strip import ReadStrip
from ingest.formats.pdf.ocr.tesseract import read_picture

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI = 200
"""More is no better for the recogniser, and takes longer."""
_LONGEST = 3_000
_LEAST = 24
"""Pixels: no line of text is lower or narrower."""
_SHARE_OF_HEIGHT = 0.74
"""The size of a character beside the height of the strip it was found in."""
_ABUT = 0.6
"""Characters that stand less apart than this, in sizes of a character, belong together: their places are only about right."""
_ABUT_MARK = 1.2
"""The same beside a quotation mark or a stop, whose ink stands in one half of its square."""
_UPRIGHT = 0.8
"""A page that is read with less certainty may stand on its head."""
_CLEARER = 0.1
_SURE_IN_SEAL = 0.9
"""What is read with less certainty where a seal was is what is left of its own characters."""
_SAMPLE = 8
_LONG = 6.0
"""Times as long as high: a strip that shows which way a page was laid."""
_COLUMN_LINES = 4
_WIDE = 0.7
_CROSSING = 0.2
_HANGING = 0.05
"""The share of lines whose last mark may hang into the white."""
_GUTTER = 0.8
_MIDDLE = (0.35, 0.65)


@dataclass(slots=True)
class RecognisedSheet:
    """What was read on the picture of a page.

    Args:
        sheet: its glyphs and rules, in points, on the page laid straight.
        strips: the stretches that were read, in pixels of the straight picture.
        straightened: that picture.
        scale: pixels a point.
        origin: where the picture begins on its page, in points.
    """

    sheet: Sheet
    strips: list[ReadStrip] = field(default_factory=list)
    straightened: Straightened | None = None
    scale: float = 1.0
    origin: tuple[float, float] = (0.0, 0.0)

    def shown(self, box: Box) -> Box:
        """A box of the sheet, in points, on the page as it was scanned."""
        x0, top, x1, bottom = box
        if self.straightened is not None:
            x0, top, x1, bottom = _scaled(self.straightened.shown(_scaled(box, self.scale)), 1 / self.scale)
        left, above = self.origin
        return (round(x0 + left, 1), round(top + above, 1), round(x1 + left, 1), round(bottom + above, 1))


@dataclass(frozen=True, slots=True)
class _PackedSheet:
    """A recognised page without its picture, as it is kept: ``back`` and ``quarters`` say how it was laid straight."""

    sheet: Sheet
    strips: list[ReadStrip]
    back: list[list[float]] | None
    quarters: int
    scale: float


def pack_sheet(found: RecognisedSheet) -> bytes:
    """A recognised page as bytes, without its picture and its place."""
    straight = found.straightened
    back, quarters = (None, 0) if straight is None else (straight.back.tolist(), straight.quarters)
    return msgspec.json.encode(_PackedSheet(found.sheet, found.strips, back, quarters, found.scale))


def unpack_sheet(packed: bytes, number: int) -> RecognisedSheet | None:
    """The page that was packed, as the page of a number; None for bytes that are none."""
    try:
        kept = msgspec.json.decode(packed, type=_PackedSheet)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    kept.sheet.number = number
    straight = None
    if kept.back is not None:
        straight = Straightened(np.zeros((0, 0, 3), np.uint8), np.array(kept.back), kept.quarters)
    return RecognisedSheet(kept.sheet, kept.strips, straight, kept.scale)


def draw_page(page: Any, box: Box | None = None) -> tuple[Image, float]:
    """A page of pdfium, or what lies in a box of it, as a picture; and pixels a point.

    Args:
        page: of pypdfium2.
        box: in points from the upper left corner.
    """
    scale = min(_DPI / 72, _LONGEST / max(1.0, *page.get_size()))
    image: Image = page.render(scale=scale).to_pil().convert("RGB")
    if box is not None:
        left, top = max(0, int(box[0] * scale)), max(0, int(box[1] * scale))
        right, bottom = min(image.width, int(box[2] * scale)), min(image.height, int(box[3] * scale))
        image = image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    return image, scale


def recognise_sheet(picture: Picture, number: int, width: float) -> RecognisedSheet:
    """Read the picture of a page.

    Args:
        picture: height × width × 3, in red, green and blue.
        number: of the page.
        width: of the page as scanned, in points.
    """
    picture = pictures.bounded(picture, _LONGEST)
    scale = picture.shape[1] / width
    dpi = 72 * scale
    if min(picture.shape[:2]) < _LEAST or pictures.is_blank(picture, dpi):
        return RecognisedSheet(Sheet(number, width, picture.shape[0] / scale))
    faded, seals = pictures.fade_seals(picture, dpi)
    straight, rules, strips = _read(faded, dpi, 0)
    if _lies_sideways(strips):
        straight, rules, strips = _read(faded, dpi, 1)
    read = read_strips(straight.picture, strips)
    if turned := _stands_on_its_head(straight.picture, read, strips):
        straight, rules, strips = _read(faded, dpi, turned + straight.quarters)
        read = read_strips(straight.picture, strips)
    read = [strip for strip in read if strip.confidence > _SURE_IN_SEAL or not _stands_in(straight.shown(strip.box), seals)]
    height, wide = straight.picture.shape[:2]
    sheet = Sheet(number, wide / scale, height / scale)
    sheet.rules = [Rule(r.across, r.at / scale, r.start / scale, r.end / scale) for r in rules]
    return RecognisedSheet(_filled(sheet, read, scale), read, straight, scale)


def recognise_by_tesseract(image: Image, number: int, width: float, source: str) -> RecognisedSheet:
    """The same by tesseract, without what needs OpenCV: laying straight, seals, rules."""
    scale = image.width / width
    read = read_picture(image, number, 72 * scale, source)
    return RecognisedSheet(_filled(Sheet(number, width, image.height / scale), read, scale), read, None, scale)


def _filled(sheet: Sheet, read: Sequence[ReadStrip], scale: float) -> Sheet:
    sheet.glyphs = [_small(glyph, scale) for glyph in to_glyphs(read)]
    sheet.gutter = _find_gutter([_scaled(strip.box, 1 / scale) for strip in read], sheet)
    return sheet


def _read(picture: Picture, dpi: float, quarters: int) -> tuple[Straightened, list[Rule], list[Corners]]:
    straight = pictures.straighten(picture, quarters)
    rules = pictures.find_rules(straight.picture, dpi)
    if rules:
        straight = straight.with_picture(pictures.without_rules(straight.picture, rules, dpi))
    return straight, rules, find_strips(straight.picture, rules)


def _stands_in(box: Box, others: Sequence[Box]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(other[0] < x < other[2] and other[1] < y < other[3] for other in others)


def _lies_sideways(strips: Sequence[Corners]) -> bool:
    """Whether the long lines of a page run up or down."""
    sides = [(np.linalg.norm(strip[1] - strip[0]), np.linalg.norm(strip[3] - strip[0])) for strip in strips]
    across = sum(width for width, height in sides if width > _LONG * height)
    return bool(sum(height for width, height in sides if height > _LONG * width) > across)


def _stands_on_its_head(picture: Picture, read: Sequence[ReadStrip], strips: Sequence[Corners]) -> int:
    """By how many quarters a page has to be turned further: two where a few lines are read more certainly upside down."""
    if not strips or (read and mean(strip.confidence for strip in read) > _UPRIGHT):
        return 0
    sample = sorted(strips, key=lambda strip: float(np.linalg.norm(strip[1] - strip[0])))[-_SAMPLE:]
    there = mean(strip.confidence for strip in read) if read else 0.0
    turned = [strip[[2, 3, 0, 1]] for strip in sample]
    again = read_strips(picture, turned)
    return 2 if len(again) * 2 > len(sample) and mean(strip.confidence for strip in again) > there + _CLEARER else 0


def _find_gutter(boxes: Sequence[Box], sheet: Sheet) -> float | None:
    """Where the white between two columns of text lies, if nearly all lines stand on one side of it."""
    heights = [box[3] - box[1] for box in boxes]
    if len(boxes) < 2 * _COLUMN_LINES or (sheet.rules and len(sheet.rules) > 6):
        return None
    em = _SHARE_OF_HEIGHT * median(heights)
    low, high = (round(share * sheet.width) for share in _MIDDLE)
    crossing = [sum(1 for box in boxes if box[0] < x < box[2]) for x in range(low, high + 1)]
    most = min(crossing) + _HANGING * len(boxes)
    run: list[int] = []
    for _, group in groupby(enumerate(crossing), key=lambda place: place[1] <= most):
        free = [low + at for at, count in group if count <= most]
        run = max(run, free, key=len)
    at = (run[0] + run[-1]) / 2
    left, right = [box for box in boxes if box[2] <= at + em], [box for box in boxes if box[0] >= at]
    apart = run[-1] - run[0] >= _GUTTER * em
    return at if apart and most <= _CROSSING * len(boxes) and _fill(left) and _fill(right) else None


def _fill(boxes: Sequence[Box]) -> bool:
    """Whether lines are those of a column of text: several, and most as wide as the column."""
    if len(boxes) < _COLUMN_LINES:
        return False
    width = max(box[2] for box in boxes) - min(box[0] for box in boxes)
    return sum(1 for box in boxes if box[2] - box[0] > _WIDE * width) * 2 > len(boxes)


def to_glyphs(strips: Sequence[ReadStrip]) -> list[Glyph]:
    """The characters of all strips with boxes around the places the recogniser found them at."""
    sizes = [_pitch(strip) for strip in strips]
    shares = [size / (strip.box[3] - strip.box[1]) for size, strip in zip(sizes, strips, strict=True) if size]
    share = median(shares) if shares else _SHARE_OF_HEIGHT
    out: list[Glyph] = []
    for strip, size in zip(strips, sizes, strict=True):
        out += _glyphs(strip, size or share * (strip.box[3] - strip.box[1]))
    return out


def _pitch(strip: ReadStrip) -> float:
    """How far ideographs stand from each other; 0 where too few stand together to tell."""
    width, height = strip.box[2] - strip.box[0], strip.box[3] - strip.box[1]
    steps = [
        (b - a) * width
        for (left, a), (right, b) in pairwise(zip(strip.text, strip.at, strict=True))
        if "\u3400" < left < "\uff00" and "\u3400" < right < "\uff00"
    ]
    steps = [step for step in steps if 0.5 * height < step < 1.2 * height]
    return median(steps) if len(steps) > 3 else 0.0


def _glyphs(strip: ReadStrip, size: float) -> list[Glyph]:
    x0, top, x1, bottom = strip.box
    middle = (top + bottom) / 2
    top, bottom = middle - size / 2, middle + size / 2
    boxes: list[list[float]] = []
    marks = [not char.isalnum() for char in strip.text]
    for char, at in zip(strip.text, strip.at, strict=True):
        x, half = x0 + at * (x1 - x0), size / 2 if char > "\u2e80" else size / 4
        boxes.append([x - half, x + half])
    for (left, right), beside_mark in zip(pairwise(boxes), (a or b for a, b in pairwise(marks)), strict=True):
        if right[0] - left[1] < (_ABUT_MARK if beside_mark else _ABUT) * size:
            left[1] = right[0] = (left[1] + right[0]) / 2
    return [
        Glyph(" " if char.isspace() else char, a, top, max(b, a + 1), bottom)
        for (at, char), (a, b) in zip(enumerate(strip.text), boxes, strict=True)
        if not char.isspace() or _parts_words(strip.text, at)
    ]


def _parts_words(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1] < "\u2e80" and text[at + 1] < "\u2e80"


def _small(glyph: Glyph, scale: float) -> Glyph:
    return Glyph(glyph.char, glyph.x0 / scale, glyph.top / scale, glyph.x1 / scale, glyph.bottom / scale)


def _scaled(box: Box, by: float) -> Box:
    x0, top, x1, bottom = box
    return (x0 * by, top * by, x1 * by, bottom * by)
