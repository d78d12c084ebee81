"""A table found on a page of a PDF, and the text of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.formats.builder import GridCell
from ingest.formats.pdf.columns import PageColumns
from ingest.formats.pdf.glyphs import Box, Glyph
from ingest.formats.pdf.layout import LayoutLine, to_lines

_SHIFT = 12


@dataclass(slots=True)
class PageTable:
    """A table on one page, or several joined.

    ``white`` are its columns where no lines part them; ``goes_on`` says that it was found with those of the page before;
    an index table (not ``titled``) has no caption.
    """

    rows: list[list[GridCell | None]]
    places: list[tuple[int, Box]]
    page: int
    box: Box
    header_rows: int
    edges: tuple[float, ...]
    white: PageColumns | None = None
    goes_on: bool = False
    titled: bool = True

    @property
    def top(self) -> float:
        """Where it begins on its (first) page."""
        return self.box[1]


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """The text of a cell: wrapped lines joined, lines that end early kept apart by a space."""
    return joined_lines(to_lines(glyphs, 0))


def joined_lines(lines: Sequence[LayoutLine]) -> str:
    """The lines of a cell as one."""
    out = ""
    right = max((line.x1 for line in lines), default=0.0)
    previous = None
    for line in lines:
        if previous is not None:
            same_row = abs(previous.top - line.top) < 0.5 * line.em
            wrapped = previous.x1 > right - 1.6 * line.em and not same_row
            wide = out[-1:] > "\u2e80" and line.text[:1] > "\u2e80"
            closed = out.endswith(("。", "；", "！", "？")) and not wrapped
            out += "" if wide and not same_row and not closed else "" if wrapped and out[-1:] > "\u2e80" else " "
        out += line.text
        previous = line
    return out


def edges_agree(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two tables have their columns at the same places."""
    return len(first) == len(second) and all(abs(a - b) <= _SHIFT for a, b in zip(first, second, strict=True))
