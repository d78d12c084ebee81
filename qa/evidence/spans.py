"""Choosing the stretch that answers 选句: among the clauses, sentences and runs near the best ones, by a few weighed signs.

The signs and their weights stand in ``data/carrying.tsv``; every sign is a number that can be read off the text.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, takewhile

from corpus.document import Span
from corpus.folding import folded
from corpus.text import CLAUSE_ENDS, CLOSERS, PERIOD_ENDS
from corpus.wordlists import entries
from qa.documents import Sentence
from qa.evidence.scope import ScoredSentence
from qa.understanding.concepts import QueryConcepts
from qa.understanding.question import ParsedQuestion

LOOKED_AT = 5
"""The sentences that stretches are taken from: the best ones of the document."""
RUN_ON = 4
"""Sentences behind one of them that a stretch may take in, while they stay …"""
LONGEST = 420
MOST_STARTS = 14
"""Clauses a stretch may begin with."""
NEAR = 7
"""Characters beside an end of the stretch that are held against the words beside the question word."""
UNSEEN = 0.3
"""What a sentence counts below the one it follows when it was not found for itself."""

_clause = re.compile(rf"[^{CLAUSE_ENDS}{PERIOD_ENDS}]+[{CLAUSE_ENDS}{PERIOD_ENDS}{CLOSERS}\s]*")
_how = re.compile("如何|怎么|怎样|咋|措施|要求|政策|规定|做法|举措|方式|流程|步骤|程序|支持|服务|方面")
_several = re.compile("哪些|哪几|哪[两二三四五六七八九十]|几种|几类|几项")
_brief = re.compile("哪里|哪个|哪家|哪一|何时|多少|多久|几|谁|时间|电话|地址|是什么$|名称|吗|由什么|为什么|目的")
_tells = re.compile("(?:介绍|表示|指出|获悉|透露|强调|了解到|认为|印发|通知)$|^(?:新华社|本报|记者|据|为了|根据)")
_gap = re.compile(
    "哪些|哪里|哪儿|哪个|哪家|哪几个|哪一|哪|为什么|为何|什么样的|什么|怎样的|怎样|怎么|如何|多少|何时|多久|几个|几|谁"
)
"""The place in the question where the answer would stand."""


def chosen(parsed: ParsedQuestion, wanted: QueryConcepts, group: Sequence[ScoredSentence], present: Span) -> Span:
    """The stretch of a document that answers best. ``present`` is what would be quoted without choosing; it stands among them."""
    told = weights()
    best = max(
        stretches(parsed, wanted, group, present),
        key=lambda stretch: sum(told[sign] * value for sign, value in stretch[1].items()),
        default=None,
    )
    return best[0] if best is not None else present


@cache
def weights() -> dict[str, float]:
    """The weight of each sign."""
    rows = (line.split("\t") for line in entries("qa", "carrying.tsv"))
    return {row[0]: float(row[1]) for row in rows}


@cache
def _fits() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """What is asked for, and what a stretch that tells it holds."""
    rows = (line.split("\t") for line in entries("qa", "fits.tsv"))
    return tuple((re.compile(asks), re.compile(held)) for asks, held in rows)


def stretches(
    parsed: ParsedQuestion, wanted: QueryConcepts, group: Sequence[ScoredSentence], present: Span
) -> Iterator[tuple[Span, dict[str, float]]]:
    """The stretches near the best sentences of a document, each with its signs."""
    asked = parsed.folded
    pairs = {asked[i : i + 2] for i in range(len(asked) - 1)}
    gap = _gap.search(asked)
    left, right = (asked[max(0, gap.start() - 4) : gap.start()], asked[gap.end() : gap.end() + 4]) if gap else ("", "")
    fits = next((held for asks, held in _fits() if asks.search(asked)), None)
    how, brief = float(_how.search(asked) is not None), float(_brief.search(asked) is not None)
    several = _several.search(asked) is not None
    first, text = group[0], group[0].document.text
    present = present.trimmed(text)
    anchors = {f.index: f for f in reversed(group[:LOOKED_AT])}
    seen: set[Span] = set()
    for index in anchors:
        run = _run(group[0], index)
        line = folded(Span(run[0].span.start, run[-1].span.end).of(text))
        offsets = [run[0].span.start + end for end in line.ends]
        new = [line.folded[i : i + 2] not in pairs for i in range(len(line.folded) - 1)]
        fresh = list(accumulate(new, initial=0))
        ends = [sentence.span.end for sentence in run]
        before = first.document.sentences[index - 1] if index else None
        herald = before is not None and (before.is_heading or before.leads)
        announced = wanted.coverage(before.folded) if herald and before is not None else 0.0
        for span in _spans(run, text, offsets, new, present):
            if len(span) < 2 or span in seen:
                continue
            seen.add(span)
            low, high = bisect_right(offsets, span.start), bisect_right(offsets, span.end)
            begins, stops = bisect_right(ends, span.start), bisect_left(ends, span.end)
            found = [anchors[index + k].score for k in range(begins, stops + 1) if index + k in anchors]
            opening, behind, body = new[low : low + 8], new[high : high + 12], span.of(text)
            at_start = begins == 0 and span.start == run[0].span.start
            length = math.log(max(2, high - low))
            shared = max(0, min(span.end, present.end) - max(span.start, present.start))
            yield (
                span,
                {
                    "weaker": first.score - max(found, default=anchors[index].score - UNSEEN),
                    "fresh": (fresh[max(low, high - 1)] - fresh[low]) / max(1, high - low - 1),
                    "opening_held": _old(opening),
                    "behind_held": _old(behind),
                    "length": length,
                    "length_squared": length * length / 10,
                    "how_length": how * length,
                    "brief_length": brief * length,
                    "ends_sentence": float(stops < len(ends) and span.end >= ends[stops] - 1),
                    "starts_paragraph": float(at_start and (before is None or before.line != run[0].line)),
                    "tells": float(_tells.search(body[:40].split("，")[0]) is not None),
                    "enumerates": min(4, body.count("、") + body.count("；")) / 4 * (1 + several),
                    "under_heading": float(herald and at_start),
                    "announced": announced * at_start,
                    "present": float(span == present),
                    "present_shared": shared / len(span),
                    "present_missed": 1 - shared / max(1, len(present)),
                    "slot_before": _share(left, line.folded[max(0, low - NEAR) : low]),
                    "slot_inside": _share(right, line.folded[max(low, high - NEAR) : high]),
                    "fits": float(fits is not None and fits.search(body) is not None),
                },
            )


def _run(first: ScoredSentence, index: int) -> list[Sentence]:
    """A sentence with those behind it."""
    own, *behind = first.document.sentences[index : index + 1 + RUN_ON]
    together = takewhile(lambda s: s.part == own.part and not s.is_units and s.span.end - own.span.start <= LONGEST, behind)
    return [own, *together]


def _spans(run: Sequence[Sentence], text: str, offsets: Sequence[int], new: Sequence[bool], present: Span) -> Iterator[Span]:
    """From a clause of the first two sentences, or from what it has new, to a clause of the first or the end of a later one."""
    cuts = [
        (match.start(), match.end(), number)
        for number, sentence in enumerate(run)
        for match in _clause.finditer(text, sentence.span.start, sentence.span.end)
    ]
    starts: list[int] = []
    for start, end, _ in [cut for cut in cuts if cut[2] < 2][:MOST_STARTS]:
        starts.append(start)
        low, high = bisect_right(offsets, start), bisect_right(offsets, end)
        repeated = _repeated(new[low:high])
        if repeated and high - low - repeated >= 3:
            starts.append(offsets[low + repeated - 1])
    last = {number: end for _, end, number in cuts}
    stops = [end for _, end, number in cuts if number == 0 or end == last[number]]
    for start in starts:
        for stop in stops:
            if stop > start + 1:
                yield Span(start, stop).trimmed(text)
    if run[0].span.start <= present.start and present.end <= run[-1].span.end:
        yield present


def _repeated(new: Sequence[bool]) -> int:
    """How many characters at the beginning of a clause repeat the question."""
    best = held = 0
    for i, fresh in enumerate(new):
        held += not fresh
        if not fresh and held >= 0.7 * (i + 1):
            best = i + 2
    return best if best >= 4 else 0


def _old(new: Sequence[bool]) -> float:
    """The share of some character pairs that the question holds."""
    return 1 - sum(new) / len(new) if new else 0.0


def _share(words: str, text: str) -> float:
    """The share of the character pairs of a few words that a text holds."""
    return sum(words[i : i + 2] in text for i in range(len(words) - 1)) / (len(words) - 1) if len(words) > 1 else 0.0
