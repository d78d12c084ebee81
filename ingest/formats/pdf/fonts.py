"""A stand-in for Chinese fonts that a PDF names but neither holds nor finds on the machine.

Without any font pdfium knows of such a character only how far it moves on. Its box is empty, and a piece of text whose box is
empty (one character, a line up the page) is left out of the page's text without a word: the same file would be read in full on
one machine and in part on another. The stand-in gives every character a box; a font that the machine has goes first.
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache
from typing import Any

_WIDE = frozenset({128, 129, 134, 136})
"""Character sets by the numbers pdfium asks for: Japanese, Korean, simplified and traditional Chinese."""
_NAME = b"cemai boxes\0"
_EM = 1_000
_BOX = (40, -80, 240, 820)
"""Left, bottom, right and top in a square of a thousand: as high as an ideograph, as narrow as a stop.

The width of a character comes from the PDF; only a box that reaches beyond it would change it.
"""
_BLANKS = (0x20, 0xA0, 0x3000)


def box_font() -> bytes:
    """A TrueType font that draws nothing: an empty glyph for blanks, for all other characters one with a box."""
    left, bottom, right, top = _BOX
    # A contour from corner to corner and back has the box and no area, so a page that is drawn stays as it would be without.
    box = struct.pack(">5h2H2B4h", 1, left, bottom, right, top, 1, 0, 1, 1, left, right - left, bottom, top - bottom)
    size = len(box)
    head = struct.pack(">4I2H16x4h2H3h", 0x10000, 0, 0, 0x5F0F3CF5, 0, _EM, left, bottom, right, top, 0, 8, 2, 1, 0)
    tables = {
        b"cmap": struct.pack(">4HI", 0, 1, 3, 10, 12) + _characters(),
        b"glyf": box * 2,
        b"head": head,
        b"hhea": struct.pack(">I3hH3h16xH", 0x10000, top, bottom, 0, _EM, left, 0, right, 1),
        b"hmtx": struct.pack(">Hh2h", _EM, left, 0, left),
        b"loca": struct.pack(">4I", 0, size, size, 2 * size),
        b"maxp": struct.pack(">I14H", 0x10000, 3, 2, 1, 0, 0, 2, *[0] * 8),
    }
    return _font_file(tables)


def _characters() -> bytes:
    """Which glyph each character has: the second for blanks, the third for the rest (the first says that one is missing)."""
    starts = [*_BLANKS, *(blank + 1 for blank in _BLANKS)]
    ends = [*_BLANKS, *(blank - 1 for blank in _BLANKS[1:]), 0x10FFFF]
    groups = sorted((start, end, 1 if start == end else 2) for start, end in zip(starts, ends, strict=True))
    size = 16 + 12 * len(groups)
    return struct.pack(">2H3I", 13, 0, size, 0, len(groups)) + b"".join(struct.pack(">3I", *group) for group in groups)


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    place = 12 + 16 * len(tables)
    directory, body = struct.pack(">I4H", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64), b""
    for name, table in tables.items():
        directory += struct.pack(">4s3I", name, 0, place + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return directory + body


class _Fonts:
    """The fonts of the machine as pdfium finds them, with the stand-in where they have none of a wide character set."""

    def __init__(self, pdfium: Any) -> None:
        self.data = box_font()
        self.mark = ctypes.create_string_buffer(1)
        self.handle = ctypes.addressof(self.mark)
        """What pdfium calls the stand-in by: an address that no other font can have."""
        self.info = pdfium.FPDF_GetDefaultSystemFontInfo()
        table = self.info.contents
        kinds = dict(table._fields_)
        ours = {
            "MapFont": self._map,
            "GetFontData": self._data,
            "GetFaceName": self._name,
            "GetFontCharset": self._charset,
            "DeleteFont": self._delete,
        }
        # Copies, because what ctypes hands out looks into the table and would follow the change made here.
        self.before = {name: kinds[name].from_buffer_copy(getattr(table, name)) for name in ours}
        self.kept = [kinds[name](call) for name, call in ours.items()]
        for name, call in zip(ours, self.kept, strict=True):
            setattr(table, name, call)
        pdfium.FPDF_SetSystemFontInfo(self.info)

    def _map(self, info: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any) -> int | None:
        found: int | None = self.before["MapFont"](info, weight, italic, charset, pitch, face, exact)
        return found or (self.handle if charset in _WIDE else None)

    def _data(self, info: Any, font: int, table: int, buffer: Any, room: int) -> int:
        if font != self.handle:
            return int(self.before["GetFontData"](info, font, table, buffer, room))
        if table:
            return 0
        if buffer and room >= len(self.data):
            ctypes.memmove(buffer, self.data, len(self.data))
        return len(self.data)

    def _name(self, info: Any, font: int, buffer: Any, room: int) -> int:
        if font != self.handle:
            return int(self.before["GetFaceName"](info, font, buffer, room))
        if buffer and room >= len(_NAME):
            ctypes.memmove(buffer, _NAME, len(_NAME))
        return len(_NAME)

    def _charset(self, info: Any, font: int) -> int:
        return 134 if font == self.handle else int(self.before["GetFontCharset"](info, font))

    def _delete(self, info: Any, font: int) -> None:
        if font != self.handle:
            self.before["DeleteFont"](info, font)


@cache
def stand_in() -> _Fonts:
    """Give pdfium the stand-in, once a process; what is returned has to live as long as pdfium does."""
    import pypdfium2.raw as pdfium

    return _Fonts(pdfium)
