"""A PDF page as lines in reading order: glyphs from pdfium, gathered into lines and columns by where they stand."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any

Box = tuple[float, float, float, float]
_BACKGROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box: left, top, right, bottom in points from the top left corner of the page as shown."""

    char: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Line:
    """A run of glyphs on one base line."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    em: float
    page: int
    column: int = 0

    @property
    def box(self) -> Box:
        """Left, top, right, bottom."""
        return (round(self.x0, 1), round(self.top, 1), round(self.x1, 1), round(self.bottom, 1))


@dataclass(slots=True)
class PageGlyphs:
    """What pdfium knows about a page's text."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    hidden: int = 0
    unmapped: int = 0
    picture: float = 0.0
    segments: int = 0


@cache
def radicals() -> dict[int, str]:
    """Radicals that PDF fonts give in place of the characters they look like, with those characters."""
    table = {code: _plain(chr(code)) for code in range(0x2F00, 0x2FD6)}
    for line in files("ingest").joinpath("data/radicals.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            radical, character = line.split()
            table[ord(radical)] = character
    return table


def _plain(character: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKC", character)


def read_glyphs(page: Any, number: int, limit: int) -> PageGlyphs | None:
    """The visible glyphs of a page, or None where it holds more than ``limit``."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = page.get_mediabox()
    turn = page.get_rotation()
    width, height = right - left, top - bottom
    shown = (height, width) if turn in (90, 270) else (width, height)
    found = PageGlyphs(number, shown[0], shown[1])
    invisible = _objects(page, found, pdfium)
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > limit:
            return None
        rect = pdfium.FS_RECTF()
        reference = ctypes.byref(rect)
        fold = radicals()
        high = 0
        for i in range(count):
            code = pdfium.FPDFText_GetUnicode(text, i)
            if code < 32 or code == 0xFFFE or code == 0xFFFF:
                found.unmapped += code in (0, 0xFFFE, 0xFFFF) or (code < 32 and code not in (2, 9, 10, 13))
                continue
            if 0xD800 <= code <= 0xDBFF:
                high = code
                continue
            if 0xDC00 <= code <= 0xDFFF:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
                high = 0
            if not pdfium.FPDFText_GetLooseCharBox(text, i, reference):
                continue
            if invisible and ctypes.addressof(pdfium.FPDFText_GetTextObject(text, i).contents) in invisible:
                found.hidden += code > 32
                continue
            x0, y0, x1, y1 = rect.left - left, rect.bottom - bottom, rect.right - left, rect.top - bottom
            if turn == 0:
                box = (x0, height - y1, x1, height - y0)
            elif turn == 90:
                box = (y0, x0, y1, x1)
            elif turn == 180:
                box = (width - x1, y0, width - x0, y1)
            else:
                box = (height - y1, width - x1, height - y0, width - x0)
            if box[2] < 0 or box[3] < 0 or box[0] > shown[0] or box[1] > shown[1] or box[3] - box[1] < 1:
                found.hidden += code > 32
                continue
            found.glyphs.append(Glyph(fold.get(code) or chr(code), *box))
    finally:
        text.close()
    return found


def _objects(page: Any, found: PageGlyphs, pdfium: Any) -> set[int]:
    """Note drawn lines and pictures; return the text objects in the invisible mode, where visible ones stand beside them."""
    invisible: set[int] = set()
    white: list[tuple[int, Box]] = []
    behind: list[Box] = []
    visible = 0
    area = max(1.0, found.width * found.height)
    kinds = [pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_TEXT]
    for i, item in enumerate(page.get_objects(filter=kinds, max_depth=4)):
        if i > 50_000:
            break
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            found.segments += max(0, pdfium.FPDFPath_CountSegments(item.raw))
            if len(behind) < _BACKGROUNDS and _filled(item.raw, pdfium) and not _is_white(item.raw, pdfium):
                behind.append(item.get_bounds())
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = item.get_bounds()
            behind.append((x0, y0, x1, y1))
            found.picture = max(found.picture, min(1.0, abs(x1 - x0) * abs(y1 - y0) / area))
        elif pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == 3:
            invisible.add(ctypes.addressof(item.raw.contents))
        elif _is_white(item.raw, pdfium):
            white.append((ctypes.addressof(item.raw.contents), item.get_bounds()))
        else:
            visible += 1
    for address, box in white:
        if not any(_over(box, other) for other in behind):
            invisible.add(address)
    # A text layer that is invisible as a whole lies over a scanned picture: it is the text of the page.
    return invisible if visible else set()


def _filled(item: Any, pdfium: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(pdfium.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke))) and mode.value != 0


def _is_white(item: Any, pdfium: Any) -> bool:
    """Whether an object is filled with (nearly) white, or with nothing that could be seen."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(item, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)):
        return False
    return alpha.value < 6 or min(red.value, green.value, blue.value) >= 250


def _over(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def to_lines(glyphs: Sequence[Glyph], page: int) -> list[Line]:
    """Lines top to bottom, each split where a wide gap parts two columns or two signatures."""
    rows = _rows(glyphs)
    lines: list[Line] = []
    for row in rows:
        for segment in _segments(row):
            line = _line(segment, page)
            if line.text:
                lines.append(line)
    return lines


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs that stand on one base line together."""
    rows: list[list[Glyph]] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for glyph in sorted((g for g in glyphs), key=lambda g: (g.top + g.bottom) / 2):
        middle = (glyph.top + glyph.bottom) / 2
        placed = False
        for i in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            shared = min(bottoms[i], glyph.bottom) - max(tops[i], glyph.top)
            smaller = min(bottoms[i] - tops[i], glyph.bottom - glyph.top)
            if tops[i] <= middle <= bottoms[i] and shared > 0.6 * smaller:
                rows[i].append(glyph)
                # The row's band follows its largest glyphs, but never grows by marks that reach above or below.
                if glyph.bottom - glyph.top > bottoms[i] - tops[i]:
                    tops[i], bottoms[i] = glyph.top, glyph.bottom
                placed = True
                break
        if not placed:
            rows.append([glyph])
            tops.append(glyph.top)
            bottoms.append(glyph.bottom)
    order = sorted(range(len(rows)), key=lambda i: tops[i])
    return [sorted(rows[i], key=lambda g: g.x0) for i in order]


def _segments(row: Sequence[Glyph]) -> list[list[Glyph]]:
    em = _em(row)
    parts: list[list[Glyph]] = []
    right = 0.0
    for glyph in row:
        if glyph.char.isspace():
            if parts:
                parts[-1].append(glyph)
            continue
        if not parts or glyph.x0 - right > 2.5 * em:
            parts.append([])
        parts[-1].append(glyph)
        right = max(right, glyph.x1) if len(parts[-1]) > 1 else glyph.x1
    return parts


def _em(row: Iterable[Glyph]) -> float:
    widths = [g.x1 - g.x0 for g in row if g.char > "\u2e80"]
    if widths:
        return max(1.0, median(widths))
    heights = [g.bottom - g.top for g in row]
    return max(1.0, median(heights) * 0.9) if heights else 10.0


def _line(segment: Sequence[Glyph], page: int) -> Line:
    em = _em(segment)
    out: list[str] = []
    previous: Glyph | None = None
    space = False
    for glyph in segment:
        if glyph.char.isspace():
            space = True
            continue
        if previous is not None:
            if (
                glyph.char == previous.char
                and abs(glyph.x0 - previous.x0) < 0.2 * em
                and abs(glyph.top - previous.top) < 0.2 * em
            ):
                continue  # the same character drawn twice to look bold
            gap = glyph.x0 - previous.x1
            wide = previous.char > "\u2e80" and glyph.char > "\u2e80"
            if (
                gap > (0.7 if wide else 0.25) * em
                or (space and wide and gap > 0.35 * em)
                or (space and not wide and gap > -0.1 * em and (gap > 0.05 * em or _both_latin(previous, glyph)))
            ):
                out.append(" ")
        out.append(glyph.char)
        previous = glyph
        space = False
    real = [g for g in segment if not g.char.isspace()]
    return Line(
        "".join(out).strip(),
        min(g.x0 for g in real),
        median(g.top for g in real),
        max(g.x1 for g in real),
        median(g.bottom for g in real),
        em,
        page,
    )


def _both_latin(left: Glyph, right: Glyph) -> bool:
    return left.char < "\u2e80" and right.char < "\u2e80"


def in_columns(lines: list[Line], width: float) -> list[Line]:
    """The same lines, with two columns read one after the other where the page has them."""
    if len(lines) < 12:
        return lines
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    middle = (left + right) / 2
    slack = 0.08 * (right - left)
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][0].top - line.top) < 0.5 * line.em:
            rows[-1].append(line)
        else:
            rows.append([line])
    lefts = [line for line in lines if line.x1 <= middle + slack]
    rights = [line for line in lines if line.x0 >= middle - slack]
    long = 0.3 * (right - left)
    both = min(sum(1 for x in lefts if x.x1 - x.x0 > long), sum(1 for x in rights if x.x1 - x.x0 > long))
    if both < 5 or both * 2 < 0.6 * len(rows) or any(len(row) > 2 for row in rows[: len(rows) // 2] if len(rows) < 20):
        return lines
    out: list[Line] = []
    first: list[Line] = []
    second: list[Line] = []
    for line in lines:
        if line.x1 <= middle + slack:
            line.column = 1
            first.append(line)
        elif line.x0 >= middle - slack:
            line.column = 2
            second.append(line)
        else:
            out += first + second + [line]
            first, second = [], []
    return out + first + second
