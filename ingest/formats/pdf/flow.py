"""From the lines of all pages to paragraphs: running headers and page numbers out, wrapped lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import median

from ingest.formats.pdf.layout import LayoutLine
from ingest.lexicon import expand

_PAGE_NUMBER = re.compile(
    r"^[\s\-—–―－~·.]{0,8}(?:第\s?)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s?页)?(?:[\s,，/／]{0,3}(?:共\s?)?\d{1,4}\s?页?)?[\s\-—–―－~·.]{0,8}$",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_WEB_LINE = re.compile(r"^(?:https?://|file:///|www\.)\S+(?:\s+\d{1,4}/\d{1,4})?$", re.I)
_STARTS = re.compile(
    expand(
        r"^(?:第[{numerals_to_thousand}\d]{1,7}[{divisions_of_laws}]|[{numerals}]{1,3}、|[(（][{numerals}\d]{1,3}[)）]"
        r"|\d{1,3}[.．、](?!\d)|[①-⑳]|附件[\d{numerals}]{0,2}[:：]?\s?\S{0,2}$|抄送[:：])"
    )
)
_DOCUMENT_NUMBER = re.compile(r"^[一-龥]{1,16}[〔\[【（(]\d{4}[〕\]】）)]第?\d{1,5}号$")
_ENDS = ("。", "；", "！", "？", "：", ":", ";", "”", "）", ")")
_FINAL = ("。", "；", "！", "？", "：", ";")
_EDGE = 0.13
_GOES_ON = ("（", "(", "，", "、", "和", "及", "与", "照", "据", "以")
"""Behind these a document number goes on with the sentence."""
_APART = 1.35
_TOKEN = frozenset("0123456789.%/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")
_CLOSING = frozenset("，。、；：？！）》】〕」』％")
_OPENING = frozenset("（《【〔「『")
_QUOTES = frozenset("“”‘’")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Margins:
    """Where full lines begin and end, how wide a character is, how far lines stand apart; paragraphs further, if ``spaced``."""

    left: float
    right: float
    em: float
    pitch: float
    spaced: bool = False


def running(pages: Sequence[tuple[float, Sequence[LayoutLine]]]) -> set[int]:
    """The ids of lines that belong to the page and not to the text: headers, footers, page numbers.

    ``pages`` is each page's height with its lines. A header or footer stands at the same height on most pages and says the
    same but for its numbers.
    """
    edges: list[list[LayoutLine]] = []
    for height, lines in pages:
        order = sorted(lines, key=lambda line: line.top)
        near = [x for x in order[:3] if x.bottom < _EDGE * height] + [x for x in order[-4:] if x.top > (1 - _EDGE) * height]
        edges.append(near)
    seen: Counter[tuple[str, int]] = Counter()
    for near in edges:
        seen.update({_signature(line) for line in near})
    filled = sum(1 for near in edges if near)
    out: set[int] = set()
    for near in edges:
        for line in near:
            often = seen[_signature(line)]
            number = bool(_PAGE_NUMBER.match(line.text))
            if (
                (number and (often >= 2 or len(edges) == 1 or _dashed(line.text)))
                or _WEB_LINE.match(line.text)
                or (often >= 3 and often * 2 > filled)
                or (filled == 2 and often == 2 and len(line.text) > 3)
            ):
                out.add(id(line))
    # An odd and an even page may carry different headers: a page number is one wherever its neighbours have one.
    numbers = sum(1 for near in edges if any(_PAGE_NUMBER.match(line.text) for line in near))
    if numbers * 2 > len(edges):
        out.update(id(line) for near in edges for line in near if _PAGE_NUMBER.match(line.text))
    return out


def _dashed(text: str) -> bool:
    return text[:1] in "-—–―－第~·" or "/" in text


def _signature(line: LayoutLine) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.top / 6)


def margins(lines: Sequence[LayoutLine]) -> Margins | None:
    """The margins of a block of lines."""
    if not lines:
        return None
    em = median(line.em for line in lines)
    body = [line for line in lines if abs(line.em - em) < 0.25 * em] or list(lines)
    rights = sorted(line.x1 for line in body)
    right = rights[int(0.97 * (len(rights) - 1))]
    full = [line for line in body if line.x1 > right - 2 * em]
    left = sorted(line.x0 for line in (full or body))[len(full or body) // 10]
    steps = sorted(b.top - a.top for a, b in pairwise(body) if a.page == b.page and 0 < b.top - a.top < 6 * em)
    near = _closest(steps)
    spaced = bool(near) and sum(1 for step in steps if step > _APART * near) * 8 >= len(steps)
    return Margins(left, right, em, near if spaced else median(steps) if steps else 2 * em, spaced)


def _closest(steps: Sequence[float]) -> float:
    """The distance of lines inside paragraphs: the smallest that is not rare."""
    for i, step in enumerate(steps):
        like = sum(1 for other in steps[i:] if other < 1.1 * step)
        if like >= 3 and like * 12 >= len(steps):
            return step
    return 0.0


def paragraphs(
    lines: Sequence[LayoutLine], by_column: dict[tuple[int, int], Margins], whole: dict[int, Margins]
) -> list[list[LayoutLine]]:
    """Lines gathered into paragraphs. Margins are those of the page's column, or the document's where a page has few lines."""
    indents = sum(1 for a in lines if (m := whole.get(min(a.column, 1))) and 1.2 * m.em < a.x0 - m.left < 3.5 * m.em)
    indented = indents * 8 >= len(lines)
    out: list[list[LayoutLine]] = []
    for line, following in zip_longest(lines, lines[1:]):
        if out and _joins(out[-1], line, following, by_column, whole, indented):
            out[-1].append(line)
        else:
            out.append([line])
    return out


def _joins(
    paragraph: Sequence[LayoutLine],
    line: LayoutLine,
    following: LayoutLine | None,
    by_column: dict[tuple[int, int], Margins],
    whole: dict[int, Margins],
    indented: bool,
) -> bool:
    first, last = paragraph[0], paragraph[-1]
    here = by_column.get((last.page, last.column)) or whole.get(last.column) or whole.get(0)
    there = by_column.get((line.page, line.column)) or whole.get(line.column) or whole.get(0)
    if here is None or there is None or abs(last.em - line.em) > 0.15 * max(last.em, line.em):
        return False
    if abs(last.top - line.top) < 0.5 * last.em and last.page == line.page:
        return False  # side by side: two signatures, two columns of a borderless table
    em = last.em
    if last.x1 < here.right - (0.7 + _unbroken(line.text)) * em:
        return False
    start = line.x0 - there.left
    hanging = abs(line.x0 - last.x0) < 0.6 * em and last is not first
    # A block set in from the margin: three lines at least begin at one place.
    third = last if last is not first else following
    block = third is not None and all(abs(x.x0 - line.x0) < 0.3 * em for x in (first, last, third))
    block = block and not last.text.endswith(_ENDS) and not _STARTS.match(line.text)
    if start > 0.9 * em and not (hanging and not indented) and not block:
        return False
    if last.page == line.page and line.top - last.top > (_APART if here.spaced else 1.7) * here.pitch:
        return False
    if _STARTS.match(line.text) and last.text.endswith(_ENDS):
        return False
    if _DOCUMENT_NUMBER.match("".join(line.text.split())) and not last.text.endswith(_GOES_ON):
        return False  # a line for itself, below a title as wide as the page
    if here.spaced and last.page == line.page:
        return True
    return indented or not last.text.endswith(_FINAL) or (abs(last.x1 - here.right) < 0.6 * em and start < 0.4 * em)


def _unbroken(text: str) -> float:
    """How many character widths the first stretch of a line takes that may not be parted: if it fits above, the line was not wrapped."""
    width = 0.0
    for left, right in zip_longest(text[:_LONGEST], text[1:_LONGEST], fillvalue=""):
        width += 0.55 if left in _TOKEN else 1.0
        token = left in _TOKEN
        glued = right in _CLOSING or left in _OPENING or (token and (right in _TOKEN or right in _OPENING))
        if not right or not (glued or right in _QUOTES or left in _QUOTES):
            break
    return width + (0.45 if text[:1] in _TOKEN else 0.0)


def joined(lines: Sequence[LayoutLine]) -> list[tuple[str, LayoutLine]]:
    """The pieces of a paragraph as they are written: each line's text, with the space before it where words need one."""
    out: list[tuple[str, LayoutLine]] = []
    for line in lines:
        text = line.text
        if out:
            end, start = out[-1][0][-1:], text[:1]
            if end < "\u2e80" and start < "\u2e80" and (end.isalnum() or end in ",.;:)") and start.isalpha():
                text = " " + text
        out.append((text, line))
    return out
