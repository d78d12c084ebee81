"""Find the measures 具体措施 of a task: each sentence that opens with a demand, whole, as a span of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from corpus.document import Span
from graph.facts import Measure
from graph.lexicon import alternatives, expand

_SENTENCE = re.compile(r"[^。；;\n]+")
_CLAUSE_END = re.compile(r"[，,：:]")
_SIDE_BY_SIDE = re.compile(expand(r"{listing}([^。；\n]{8,300}?)等?(?:\d{1,2}|[一二三四五六七八九十]{1,2})个方面"))
_ITEM = re.compile(r"^(?:[一二三四五六七八九十]是|[（(][一二三四五六七八九十\d]{1,2}[）)]|\d{1,2}[.．、])")
_LONGEST = 160
_MOST = 40


@lru_cache(maxsize=1)
def demand_opening() -> re.Pattern[str]:
    """The opening of a demand: a verb of ``demand_verbs.txt``, or 要/应/须 before one."""
    return re.compile(expand("{demand_openers}*") + f"(?:{alternatives('demand_verbs.txt')})")


def find_measures(text: str, start: int, end: int, without: Iterable[Span] = ()) -> tuple[Measure, ...]:
    """The measures in a stretch of text; stretches of ``without`` (lists of units) hold none."""
    skip = list(without)
    close = text.find("个方面", start, end)
    listed = _SIDE_BY_SIDE.search(text, max(start, close - 330), close + 3) if close >= 0 else None
    if listed:
        return tuple(_split(text, listed.start(1), listed.end(1)))
    out: list[Measure] = []
    for match in _SENTENCE.finditer(text, start, end):
        sentence = Span(match.start(), match.end()).trimmed(text)
        if len(sentence) < 4 or any(span.overlaps(sentence) and span.start <= sentence.start for span in skip):
            continue
        item = _ITEM.match(sentence.of(text))
        begin = sentence.start + (item.end() if item else 0)
        opening = demand_opening().match(text, begin, sentence.end)
        if not opening:
            continue
        clause = Span(begin, _whole(text, begin, sentence.end, skip))
        if len(clause) >= 4:
            out.append(Measure(clause.of(text), clause))
        if len(out) >= _MOST:
            break
    return tuple(out)


def _whole(text: str, begin: int, end: int, skip: Sequence[Span]) -> int:
    """Where a measure ends: with its sentence, before a list of units, else with the last clause of bearable length.

    对企业引进的紧缺人才，分2年给予安家补助 without its second clause says nothing of what is to be done.
    """
    listed = min((span.start for span in skip if begin < span.start < end), default=end)
    stop = listed
    while stop > begin and stop < end and text[stop - 1] in "（(〔【[ ":
        stop -= 1
    if stop - begin <= _LONGEST:
        return stop
    ends = [match.start() for match in _CLAUSE_END.finditer(text, begin + 4, begin + _LONGEST)]
    return ends[-1] if ends else min(stop, begin + _LONGEST)


def _split(text: str, start: int, end: int) -> Iterable[Measure]:
    separator = "，" if "，" in text[start:end] else "," if "," in text[start:end] else "、"
    begin = start
    for i in range(start, end + 1):
        if i == end or text[i] == separator:
            piece = Span(begin, i).trimmed(text)
            halves = _halves(text, piece) if i == end else [piece]
            for half in halves:
                if len(half) >= 2:
                    yield Measure(half.of(text), half)
            begin = i + 1


def _halves(text: str, span: Span) -> list[Span]:
    """The last two of a list are joined by 和."""
    at = text.rfind("和", span.start, span.end)
    if at > span.start + 3 and demand_opening().match(text, at + 1, span.end):
        return [Span(span.start, at), Span(at + 1, span.end)]
    return [span]
