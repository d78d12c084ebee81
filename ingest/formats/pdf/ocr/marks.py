"""Says of a text what was read by recognition: how sure each line is, and which characters and figures are doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from corpus.document import Span
from corpus.recognition import UNSURE
from ingest.formats.pdf.glyphs import Box

if TYPE_CHECKING:
    from ingest.formats.builder import TextBuilder
    from ingest.formats.pdf.ocr.page import RecognisedSheet
    from ingest.formats.pdf.ocr.strip import ReadStrip

_DOUBTFUL, _DOUBTFUL_FIGURE = 0.75, 0.9
"""Characters and figures that were read with less certainty are named."""
_NAMED = 20
_AROUND = 3
_FIGURE = frozenset("0123456789.,%％‰")


def mark_recognised(builder: TextBuilder, sheets: Sequence[RecognisedSheet], unit: str = "页") -> None:
    """Give each line that was read by recognition its confidence, and name the doubtful characters in one warning.

    Args:
        builder: with the text and the anchors of its lines.
        sheets: what was read on the pages, in their order.
        unit: what they are counted as.
    """
    text = builder.text()
    doubts: list[tuple[int, Span]] = []
    for number, pages in groupby(sheets, key=lambda sheet: sheet.sheet.number):
        places = [(at, anchor.box) for at, anchor in enumerate(builder.anchors) if anchor.page == number and anchor.box]
        sure: dict[int, list[float]] = {}
        taken: set[int] = set()
        for strip, box in (read for sheet in pages for read in _strips(sheet)):
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            around = [(b[3] - b[1], at) for at, b in places if b[0] <= x <= b[2] and b[1] <= y <= b[3]]
            if not around:
                continue
            at = min(around)[1]
            sure.setdefault(at, []).extend(strip.sure)
            spots = _find(text, builder.anchors[at].span, strip.text, taken)
            taken.update(spots)
            certain = (value for char, value in zip(strip.text, strip.sure, strict=True) if not char.isspace())
            doubts += [
                (number, _word(text, spot))
                for spot, value in zip(spots, certain, strict=False)
                if _is_doubtful(text[spot], value)
            ]
        for at, values in sure.items():
            builder.anchors[at] = replace(builder.anchors[at], confidence=round(sum(values) / len(values), 3))
    doubts = sorted(set(doubts), key=lambda doubt: doubt[1])
    if doubts:
        named = "、".join(f"第 {page} {unit}“{span.of(text)}”" for page, span in doubts[:_NAMED])
        more = "等" if len(doubts) > _NAMED else ""
        builder.issue("doubtful", f"{UNSURE}的有 {len(doubts)} 处，请逐处核对原件：{named}{more}", doubts[0][1])


def _strips(sheet: RecognisedSheet) -> Iterator[tuple[ReadStrip, Box]]:
    """The strips of a page, from the top down, with their boxes on the page as shown."""
    for strip in sorted(sheet.strips, key=lambda strip: (strip.box[1], strip.box[0])):
        x0, top, x1, bottom = (value / sheet.scale for value in strip.box)
        yield strip, sheet.shown((x0, top, x1, bottom))


def _find(text: str, span: Span, words: str, taken: set[int]) -> list[int]:
    """Where the characters of ``words`` stand in a span, blanks aside; nowhere where they stand in no place that is not taken."""
    spots = [at for at in range(span.start, span.end) if not text[at].isspace()]
    packed, wanted = "".join(text[at] for at in spots), "".join(words.split())
    at = packed.find(wanted)
    while at >= 0:
        found = spots[at : at + len(wanted)]
        if not taken.intersection(found):
            return found
        at = packed.find(wanted, at + 1)
    return []


def _is_doubtful(char: str, sure: float) -> bool:
    if char in _FIGURE:
        return sure < _DOUBTFUL_FIGURE
    return sure < _DOUBTFUL and char.isalnum()


def _word(text: str, at: int) -> Span:
    """The whole figure a character stands in, or the character with those beside it."""
    start, end = at, at + 1
    if text[at] in _FIGURE:
        while start > 0 and text[start - 1] in _FIGURE:
            start -= 1
        while end < len(text) and text[end] in _FIGURE:
            end += 1
        return Span(start, end)
    while start > max(0, at - _AROUND) and text[start - 1].isalnum():
        start -= 1
    while end < min(len(text), at + 1 + _AROUND) and text[end].isalnum():
        end += 1
    return Span(start, end)
