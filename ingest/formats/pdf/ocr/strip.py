"""One stretch of a line as a recogniser read it."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.formats.pdf.glyphs import Box


@dataclass(frozen=True, slots=True)
class ReadStrip:
    """One stretch of a line as it was read.

    Args:
        text: its characters.
        sure: how sure the recogniser is of each, from 0 to 1.
        at: where the middle of each stands across the strip, from 0 to 1.
        box: where the strip stands on the picture, in pixels.
    """

    text: str
    sure: tuple[float, ...]
    at: tuple[float, ...]
    box: Box

    @property
    def confidence(self) -> float:
        """How sure it is on the whole."""
        return sum(self.sure) / len(self.sure)
