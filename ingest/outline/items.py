"""Items inside a paragraph: 一是…二是…, 第一，…第二，…, 首先…其次…."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from corpus.document import Span
from corpus.numerals import chinese_number
from ingest.lexicon import expand

_BOUNDARY = "。；;：:！!？?\n　 "
_ITEM = re.compile(
    expand(r"(?P<is>[{numerals}]{1,3})(?:要)?是|第(?P<nth>[{numerals}]{1,3})[，,、]|(?P<word>{ordinal_words})[，,]")
)
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "最后": 99}
_BEGINS = re.compile("[一第首](?:(?<=一)要?是|(?<=第)一[，,、]|(?<=首)先[，,])")
"""How a run begins; where none of these stands there is no run, and looking for the rest is spared."""
_OPEN, _CLOSE = "（(《“「〔【", "）)》”」〕】"
_BRACKET = re.compile(f"[{re.escape(_OPEN)}]")


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item: ``number`` spans 一是, ``heading`` ends before the first comma or full stop, ``end`` is where the body ends."""

    number: Span
    heading: Span
    body_start: int
    end: int


@cache
def _stop_pattern(stops: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(stops)}]")


def clause_end(text: str, start: int, end: int, stops: str) -> int:
    """The first of ``stops`` in ``text[start:end]`` outside brackets and quotation marks; ``end`` when there is none."""
    first = _stop_pattern(stops).search(text, start, end)
    if first is None:
        return end
    if _BRACKET.search(text, start, first.start()) is None:
        return first.start()
    depth = 0
    for i in range(start, end):
        char = text[i]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif char in stops and (depth == 0 or char in "。\n"):
            return i
    return end


def find_items(text: str, start: int, end: int) -> Iterator[ListItem]:
    """The items of ``text[start:end]`` that count on from one (一是 without 二是 is ordinary speech)."""
    if start >= end or _BEGINS.search(text, start, end) is None:
        return
    runs: list[list[re.Match[str]]] = []
    kinds: dict[str, tuple[list[re.Match[str]], int]] = {}
    for match in _ITEM.finditer(text, start, end):
        at = match.start()
        if at > start and text[at - 1] not in _BOUNDARY:
            continue
        kind = "is" if match["is"] else "nth" if match["nth"] else "word"
        value = _WORDS[match["word"]] if match["word"] else chinese_number(match["is"] or match["nth"], positional=True) or 0
        run, last = kinds.get(kind, ([], 0))
        if value == 1:
            run = []
            runs.append(run)
        elif not run or not (value == last + 1 or (kind == "word" and value > last)):
            continue
        run.append(match)
        kinds[kind] = (run, value)
    chosen = sorted((match for run in runs if len(run) > 1 for match in run), key=lambda m: m.start())
    for i, match in enumerate(chosen):
        following = chosen[i + 1].start() if i + 1 < len(chosen) else end
        line = text.find("\n", match.start(), end)
        line = end if line < 0 else line
        # the last item of a paragraph ends with it: what follows belongs to the section, not to the item
        stop = following if i + 1 < len(chosen) and (following <= line or _opens_line(text, following)) else line
        stop = min(stop, following)
        while stop > match.end() and text[stop - 1].isspace():
            stop -= 1
        head = clause_end(text, match.end(), stop, "，,。；;：:\n")
        yield ListItem(Span(match.start(), match.end()), Span(match.end(), head), min(head + 1, stop), stop)


def _opens_line(text: str, position: int) -> bool:
    before = position - 1
    while before >= 0 and text[before] in " 　\t":
        before -= 1
    return before < 0 or text[before] == "\n"
