"""Footnotes of a page: small lines at its foot that begin with a mark the text above bears."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from ingest.formats.pdf.layout import LayoutLine

_MARK = re.compile(r"[①-⑳]|\[\d{1,2}\]|〔\d{1,2}〕|[*＊※]{1,3}|\d{1,2}(?=[\s\u3000“《（]?[一-龥])")
_SMALL = 0.87
"""A footnote is set at least so much smaller than the text."""
_FULL_LINE = 10
_LOWER_HALF = 0.5


def text_size(lines: Sequence[LayoutLine]) -> float:
    """The size of the characters of running text, in points; 0 where there is none."""
    return median([line.em for line in lines if len(line.text) > _FULL_LINE] or [0.0])


def find_notes(lines: Sequence[LayoutLine], height: float, size: float) -> list[list[LayoutLine]]:
    """The footnotes of a page, each as its lines; headers and page numbers are out already.

    Args:
        lines: the lines of the page outside its tables.
        height: the height of the page in points.
        size: the size of the characters of the document's running text in points.

    Returns:
        The notes from above to below. A list in small print, whose marks nothing above refers to, is no footnote.
    """
    order = sorted(lines, key=lambda line: line.top)
    first = len(order)
    while first and order[first - 1].em < _SMALL * size and order[first - 1].top > _LOWER_HALF * height:
        first -= 1
    notes: list[list[LayoutLine]] = []
    above = "\n".join(line.text for line in order[:first])
    for line in order[first:]:
        mark = _MARK.match(line.text)
        if mark and _refers(above, mark.group()):
            notes.append([line])
        elif notes:
            notes[-1].append(line)
        else:
            above += "\n" + line.text  # small print that is no note, such as the source of a figure
    return notes


def _refers(text: str, mark: str) -> bool:
    """Whether a text bears the mark of a note, behind a character and not as part of a number."""
    return re.search(rf"(?<=[一-龥”》）)％%①-⑳\]〕]){re.escape(mark)}(?![\d.%％年月日个项号条级类])", text) is not None
