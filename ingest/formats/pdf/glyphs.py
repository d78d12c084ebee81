"""What stands on a PDF page: visible glyphs, drawn rules and pictures, as pdfium gives them.

Boxes are in points from the top left corner of the page as shown. A page whose text runs down or up (vertical writing, a page
laid sideways) is turned until its lines run to the right; ``Sheet.shown`` gives the place on the page again.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import degrees, pi
from typing import Any, NamedTuple

from corpus.folding import radicals

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
_BACKGROUNDS = 2_000
_OBJECTS = 50_000
_SEGMENTS = 20_000
_DEPTH = 6
_THIN = 3.0
_PAIRS = 24
_SPACED, _SPACED_PAIRS = 0.7, 12
"""The share and the least number of neighbours that a blank parts, in a text with a blank behind every character."""
_FEWEST_BLANKS = 6
"""One glyph in so many is a blank at least, else the neighbours need not be looked at."""
_BLANK = 0.8
"""How many character sizes such a blank takes at most."""
_SAMPLE = 120


class Glyph(NamedTuple):
    """A character and its box (a tuple, because a page holds a thousand of them)."""

    char: str
    x0: float
    top: float
    x1: float
    bottom: float


class Rule(NamedTuple):
    """A drawn line, horizontal or vertical: where it begins, ends, and the height or the side it stands at."""

    across: bool
    at: float
    start: float
    end: float


@dataclass(slots=True)
class Sheet:
    """What pdfium knows about a page; ``turned`` is how far it was turned clockwise so that its lines run to the right.

    ``gutter`` is the white between two columns, known only of a scanned page, where text was found in pieces.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    panels: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    hidden: int = 0
    unmapped: int = 0
    segments: int = 0
    turned: int = 0
    slanted: int = 0
    askew: bool = False
    layered: bool = False
    gutter: float | None = None

    def shown(self, box: Box) -> Box:
        """A box of the turned page on the page as shown."""
        return _turn(box, (360 - self.turned) % 360, self.width, self.height)


def read_sheet(page: Any, number: int, limit: int) -> Sheet | None:
    """The visible contents of a page, or None where it holds more characters than ``limit``."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()
    width, height = right - left, top - bottom
    sheet = Sheet(number, *((height, width) if turn in (90, 270) else (width, height)))

    def place(x0: float, y0: float, x1: float, y1: float) -> Box:
        box = (x0 - left, top - y1, x1 - left, top - y0)
        return box if turn == 0 else _turn(box, turn, width, height)

    invisible = _Objects(sheet, place, pdfium).read(page)
    text = page.get_textpage()
    try:
        if text.count_chars() > limit:
            return None
        _read_text(text, sheet, place, turn, invisible, pdfium)
    finally:
        text.close()
    _straighten(sheet)
    _close_blanks(sheet)
    return sheet


def _close_blanks(sheet: Sheet) -> None:
    """Close the gaps of a text that has a blank behind every character, as some programs of text recognition write it.

    A blank between two characters of a number or a Latin word goes only where these are parted like all others.
    """
    blanks = sum(1 for glyph in sheet.glyphs if glyph.char == " ")
    if blanks < _SPACED_PAIRS or blanks * _FEWEST_BLANKS < len(sheet.glyphs):
        return
    pairs = list(_neighbours(sheet.glyphs))
    chinese = [(a, b) for a, b in pairs if not (_is_latin(sheet.glyphs[a]) and _is_latin(sheet.glyphs[b]))]
    latin = [(a, b) for a, b in pairs if _is_latin(sheet.glyphs[a]) and _is_latin(sheet.glyphs[b])]
    parted = [(a, b) for a, b in chinese if b > a + 1]
    if len(parted) < _SPACED_PAIRS or len(parted) < _SPACED * len(chinese):
        return
    closed = parted
    words = [(a, b) for a, b in latin if b > a + 1]
    if len(words) >= _SPACED * len(latin):
        closed = parted + words
    gone: set[int] = set()
    for a, b in closed:
        sheet.glyphs[a] = sheet.glyphs[a]._replace(x1=sheet.glyphs[b].x0)
        gone.update(range(a + 1, b))
    sheet.glyphs = [glyph for i, glyph in enumerate(sheet.glyphs) if i not in gone]


def _neighbours(glyphs: list[Glyph]) -> Iterator[tuple[int, int]]:
    """The places of two glyphs next to each other on one line, with nothing or a blank between them."""
    before = -1
    for i, glyph in enumerate(glyphs):
        if glyph.char.isspace():
            continue
        if before >= 0:
            last = glyphs[before]
            size = max(last.bottom - last.top, glyph.bottom - glyph.top)
            if abs(glyph.top + glyph.bottom - last.top - last.bottom) < size and -0.5 * size < glyph.x0 - last.x1 < _BLANK * size:
                yield before, i
        before = i


def _is_latin(glyph: Glyph) -> bool:
    return glyph.char < "\u2e80" and not "\u2010" <= glyph.char <= "\u203f"


def _read_text(text: Any, sheet: Sheet, place: Any, turn: int, invisible: set[int], pdfium: Any) -> None:
    # The loop runs for every character of a document, so what it uses stands in local names.
    rect = pdfium.FS_RECTF()
    reference = ctypes.byref(rect)
    handle = text.raw
    unicode_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    generated, angle_of = pdfium.FPDFText_IsGenerated, pdfium.FPDFText_GetCharAngle
    fold = radicals()
    add = sheet.glyphs.append
    baseline = _Baseline(handle, place, turn, pdfium)
    matrix = pdfium.FS_MATRIX()
    width, height = sheet.width, sheet.height
    high = 0
    middle = tall = -1.0
    before = ""
    for i in range(text.count_chars()):
        code = unicode_of(handle, i)
        if code <= 32 or code >= 0xD800:
            if code == 2 and not before.islower():
                code = 45  # a hyphen at the end of a line, which pdfium takes for a mark of division
            if code < 32 or code == 0xFFFE or code == 0xFFFF:
                sheet.unmapped += code in (0, 0xFFFE, 0xFFFF) or (code < 32 and code not in (2, 9, 10, 13))
                continue
            if code == 32 and generated(handle, i) == 1:
                continue  # pdfium's guess from a gap; the gap itself is judged when lines are made
            if 0xD800 <= code <= 0xDFFF:
                if code < 0xDC00:
                    high = code
                    continue
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
                high = 0
        if not box_of(handle, i, reference):
            continue
        if invisible and ctypes.addressof(pdfium.FPDFText_GetTextObject(handle, i).contents) in invisible:
            sheet.hidden += code > 32
            continue
        x0, top, x1, bottom = place(rect.left, rect.bottom, rect.right, rect.top)
        size = bottom - top
        if code != 32:
            if size > 0.75 * tall and size > 0.6 * (x1 - x0):
                baseline.index, tall = i, size
            else:
                top, bottom = baseline.evened(i, (x0, top, x1, bottom), tall)
                size = bottom - top
                tall = size if baseline.index == i else tall
        if x1 < 0 or bottom < 0 or x0 > width or top > height or size < 1:
            sheet.hidden += code > 32
            continue
        if code != 32:
            here = (top + bottom) / 2
            # A slanting stamp or watermark goes up with every glyph, so each of its glyphs is looked at.
            if not -2 < here - middle < 2 and 0.09 < angle_of(handle, i) % (pi / 2) < 1.48 and _rises(handle, i, matrix, pdfium):
                sheet.slanted += 1
                continue
            middle = here
        before = fold.get(code) or chr(code)
        add(Glyph(before, x0, top, x1, bottom))


def _rises(handle: Any, index: int, matrix: Any, pdfium: Any) -> bool:
    """Whether a glyph's base line slants; one that only leans (italics made by skewing) stands on a level one."""
    if not pdfium.FPDFText_GetMatrix(handle, index, ctypes.byref(matrix)):
        return False
    return bool(min(abs(matrix.a), abs(matrix.b)) > 0.05 * max(abs(matrix.a), abs(matrix.b)))


class _Baseline:
    """Gives low glyphs (一, quotes, stops) the height of their line: some fonts box a glyph by its ink alone."""

    def __init__(self, handle: Any, place: Any, turn: int, pdfium: Any) -> None:
        self.handle, self.place = handle, place
        self.origin_of, self.angle_of = pdfium.FPDFText_GetCharOrigin, pdfium.FPDFText_GetCharAngle
        self.box_of, self.rect = pdfium.FPDFText_GetLooseCharBox, pdfium.FS_RECTF()
        self.upright = {turn, (360 - turn) % 360}
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.index = -1
        """The last glyph of full height."""

    def evened(self, index: int, box: Box, tall: float) -> tuple[float, float]:
        """The top and bottom of a glyph, from the top of its line to the bottom; ``tall`` is the height of the last full one."""
        height, width = box[3] - box[1], box[2] - box[0]
        if round(degrees(self.angle_of(self.handle, index))) % 360 not in self.upright:
            return box[1], box[3]
        here = self._origin(index)
        if self.index >= 0 and height > 0 and abs(here - self._origin(self.index)) < 0.15 * tall:
            self.box_of(self.handle, self.index, ctypes.byref(self.rect))
            rect = self.rect
            _, top, _, bottom = self.place(rect.left, rect.bottom, rect.right, rect.top)
            return top, bottom
        if height >= 0.6 * width:
            self.index = index
            return box[1], box[3]
        return here - 0.86 * width, here + 0.12 * width

    def _origin(self, index: int) -> float:
        self.origin_of(self.handle, index, ctypes.byref(self.x), ctypes.byref(self.y))
        return self.place(self.x.value, self.y.value, self.x.value, self.y.value)[1]  # type: ignore[no-any-return]


def _turn(box: Box, turn: int, width: float, height: float) -> Box:
    """A box on a page of this size after the page is turned clockwise."""
    x0, y0, x1, y1 = box
    if turn == 90:
        return (height - y1, x0, height - y0, x1)
    if turn == 180:
        return (width - x1, height - y1, width - x0, height - y0)
    if turn == 270:
        return (y0, width - x1, y1, width - x0)
    return box


def _straighten(sheet: Sheet) -> None:
    """Turn a page on which most glyphs follow each other downwards, upwards or to the left."""
    ways = {0: 0, 90: 0, 180: 0, 270: 0}
    glyphs = sheet.glyphs
    for i in range(1, len(glyphs), max(1, len(glyphs) // _SAMPLE)):
        a, b = glyphs[i - 1], glyphs[i]
        x, y = (b.x0 + b.x1 - a.x0 - a.x1) / 2, (b.top + b.bottom - a.top - a.bottom) / 2
        size = max(a.bottom - a.top, a.x1 - a.x0)
        if abs(x) + abs(y) > 2 * size:
            continue
        if abs(y) < 0.3 * size:
            ways[0 if x > 0 else 180] += 1
        elif abs(x) < 0.3 * size:
            ways[270 if y > 0 else 90] += 1
    turn = max(ways, key=lambda way: (ways[way], way == 0))
    total = sum(ways.values())
    if total < _PAIRS:
        return
    if total - ways[turn] > 0.3 * total:
        sheet.askew = True
    if turn == 0 or ways[turn] < 0.6 * total:
        return
    width, height = sheet.width, sheet.height
    sheet.glyphs = [Glyph(g.char, *_turn(g[1:], turn, width, height)) for g in sheet.glyphs]
    sheet.rules = [_rule(_turn(_rule_box(rule), turn, width, height)) for rule in sheet.rules]
    sheet.panels = [_turn(box, turn, width, height) for box in sheet.panels]
    sheet.pictures = [_turn(box, turn, width, height) for box in sheet.pictures]
    sheet.turned = turn
    if turn in (90, 270):
        sheet.width, sheet.height = height, width


def _rule(box: Box) -> Rule:
    x0, y0, x1, y1 = box
    if x1 - x0 >= y1 - y0:
        return Rule(True, (y0 + y1) / 2, x0, x1)
    return Rule(False, (x0 + x1) / 2, y0, y1)


def _rule_box(rule: Rule) -> Box:
    if rule.across:
        return (rule.start, rule.at, rule.end, rule.at)
    return (rule.at, rule.start, rule.at, rule.end)


class _Objects:
    """One walk over the objects of a page: rules, pictures, and which text objects cannot be seen."""

    def __init__(self, sheet: Sheet, place: Any, pdfium: Any) -> None:
        self.sheet, self.place, self.pdfium = sheet, place, pdfium
        self.floats = [ctypes.c_float() for _ in range(4)]
        self.colours = [ctypes.c_uint() for _ in range(4)]
        self.mode, self.stroke = ctypes.c_int(), ctypes.c_int()
        self.matrix = pdfium.FS_MATRIX()

    def read(self, page: Any) -> set[int]:
        """The addresses of text objects in the invisible mode or white on nothing, where visible ones stand beside them."""
        pdfium = self.pdfium
        invisible: set[int] = set()
        white: list[tuple[int, Box]] = []
        behind: list[Box] = []
        visible = 0
        for item, kind, matrix in self._walk(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, None, 0):
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                if pdfium.FPDFTextObj_GetTextRenderMode(item) == 3:
                    invisible.add(ctypes.addressof(item.contents))
                elif self._is_white(item):
                    white.append((ctypes.addressof(item.contents), self._bounds(item, matrix)))
                else:
                    visible += 1
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                box = self._bounds(item, matrix)
                behind.append(box)
                self.sheet.pictures.append(box)
            else:
                filled = self._path(item, matrix)
                if filled and len(behind) < _BACKGROUNDS:
                    behind.append(filled)
        for address, box in white:
            if not any(_over(box, other) for other in behind):
                invisible.add(address)
        # A text layer that is invisible as a whole lies over a scanned picture: it is the text of the page.
        self.sheet.layered = bool(invisible) and not visible
        return invisible if visible else set()

    def _walk(
        self, parent: Any, count: Any, get: Any, matrix: Matrix | None, depth: int
    ) -> Iterator[tuple[Any, int, Matrix | None]]:
        pdfium = self.pdfium
        wanted = (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE)
        for i in range(min(count(parent), _OBJECTS)):
            item = get(parent, i)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind in wanted:
                yield item, kind, matrix
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
                inner = self._times(item, matrix)
                yield from self._walk(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1)

    def _times(self, item: Any, outer: Matrix | None) -> Matrix | None:
        if not self.pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(self.matrix)):
            return outer
        m = self.matrix
        inner = (m.a, m.b, m.c, m.d, m.e, m.f)
        if outer is None:
            return inner
        a, b, c, d, e, f = inner
        u, v, w, x, y, z = outer
        return (a * u + b * w, a * v + b * x, c * u + d * w, c * v + d * x, e * u + f * w + y, e * v + f * x + z)

    def _bounds(self, item: Any, matrix: Matrix | None) -> Box:
        left, bottom, right, top = self.floats
        by = ctypes.byref
        self.pdfium.FPDFPageObj_GetBounds(item, by(left), by(bottom), by(right), by(top))
        x0, y0, x1, y1 = left.value, bottom.value, right.value, top.value
        if matrix is not None:
            corners = [_apply(matrix, x, y) for x in (x0, x1) for y in (y0, y1)]
            x0, x1 = min(x for x, _ in corners), max(x for x, _ in corners)
            y0, y1 = min(y for _, y in corners), max(y for _, y in corners)
        return self.place(x0, y0, x1, y1)  # type: ignore[no-any-return]

    def _path(self, item: Any, matrix: Matrix | None) -> Box | None:
        """Note the rules of a path; its box where it is filled with a colour."""
        pdfium, sheet = self.pdfium, self.sheet
        count = max(0, pdfium.FPDFPath_CountSegments(item))
        sheet.segments += count
        if not pdfium.FPDFPath_GetDrawMode(item, ctypes.byref(self.mode), ctypes.byref(self.stroke)):
            return None
        filled = self.mode.value != 0 and not self._is_white(item)
        stroked = bool(self.stroke.value) and not self._is_white(item, stroke=True)
        if not (filled or stroked) or len(sheet.rules) > _SEGMENTS:
            return None
        box = self._bounds(item, matrix)
        if min(box[2] - box[0], box[3] - box[1]) < _THIN:
            sheet.rules.append(_rule(box))
        elif stroked or count > 6:
            self._segments(item, matrix, count, stroked)
        elif filled:
            sheet.panels.append(box)
        return box if filled else None

    def _segments(self, item: Any, matrix: Matrix | None, count: int, stroked: bool) -> None:
        """The straight sides of a stroked path, or the thin parts of a filled one."""
        pdfium, sheet = self.pdfium, self.sheet
        if count > _SEGMENTS:
            return
        own = self._times(item, matrix)
        x, y = self.floats[:2]
        first = last = (0.0, 0.0)
        part: list[tuple[float, float]] = []
        for i in range(count + 1):
            segment = pdfium.FPDFPath_GetPathSegment(item, i) if i < count else None
            kind = pdfium.FPDFPathSegment_GetType(segment) if segment else pdfium.FPDF_SEGMENT_MOVETO
            point = last
            if segment and pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
                raw = (x.value, y.value) if own is None else _apply(own, x.value, y.value)
                point = self.place(*raw, *raw)[:2]
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if part and not stroked:
                    box = (min(p[0] for p in part), min(p[1] for p in part), max(p[0] for p in part), max(p[1] for p in part))
                    if min(box[2] - box[0], box[3] - box[1]) < _THIN:
                        sheet.rules.append(_rule(box))
                first, part = point, [point]
            else:
                if stroked and kind == pdfium.FPDF_SEGMENT_LINETO:
                    self._side(last, point)
                part.append(point)
                if segment and pdfium.FPDFPathSegment_GetClose(segment) and stroked:
                    self._side(point, first)
            last = point

    def _side(self, a: tuple[float, float], b: tuple[float, float]) -> None:
        if min(abs(a[0] - b[0]), abs(a[1] - b[1])) < 1 and a != b:
            self.sheet.rules.append(_rule((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))))

    def _is_white(self, item: Any, *, stroke: bool = False) -> bool:
        """Whether an object is painted with (nearly) white, or with nothing that could be seen."""
        get = self.pdfium.FPDFPageObj_GetStrokeColor if stroke else self.pdfium.FPDFPageObj_GetFillColor
        red, green, blue, alpha = self.colours
        by = ctypes.byref
        if not get(item, by(red), by(green), by(blue), by(alpha)):
            return False
        return alpha.value < 6 or min(red.value, green.value, blue.value) >= 250


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _over(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
