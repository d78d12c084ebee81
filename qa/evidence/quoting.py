"""Choosing what is quoted of a sentence 取句: the clauses that carry the answer, the text under a heading, the run that goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from corpus.document import Span
from corpus.folding import fold
from qa.documents import ANNOUNCES
from qa.evidence.scope import ScoredSentence
from qa.evidence.scoring import only_heads
from qa.understanding.concepts import QueryConcepts

BESIDE = 0.92
"""How near another sentence must come to the best one to be quoted beside it."""
GAIN = 0.2
"""The share of the question a further sentence must add to be quoted although it is weaker."""
FURTHER = 0.6
LONG = 150

HERALD, TOLD = 0.6, 220
"""The share of the question a heading must hold for the text under it to be the answer, and how much of it is quoted."""
RUN = 170
"""Characters quoted where it is asked how something is done: steps and measures run on over several sentences."""
LISTED = 320
"""Characters quoted of a list that a sentence announces."""
_clause = re.compile(r"[，,：:；;]")


def select_complementary(group: Sequence[ScoredSentence], wanted: QueryConcepts, most: int) -> list[ScoredSentence]:
    """The best sentence, and those after it that come near it or tell of a part of the question it leaves open."""
    first = group[0]
    chosen = [first]
    held = list(wanted.profile(first.sentence.folded))
    rest = [f for f in group[1:15] if f.score >= FURTHER * first.score]
    while rest and len(chosen) < most:
        gains = [
            wanted.share([max(0.0, p - h) for p, h in zip(wanted.profile(f.sentence.folded), held, strict=True)]) for f in rest
        ]
        at = max(range(len(rest)), key=lambda i: (rest[i].score + 2 * gains[i], -i))
        if gains[at] < GAIN:
            break
        other = rest.pop(at)
        chosen.append(other)
        held = [max(p, h) for p, h in zip(wanted.profile(other.sentence.folded), held, strict=True)]
    chosen += [other for other in group[1:4] if other not in chosen and other.score >= BESIDE * first.score]
    return chosen[:most]


def find_carrying_span(found: ScoredSentence, wanted: QueryConcepts, prefer: Callable[[str], bool] | None = None) -> Span:
    """The sentence, or where it is long the run of its clauses that carries the answer."""
    sentence, text = found.sentence, found.document.text
    if only_heads(found.document, found.index):
        return find_span_under(found) or sentence.span
    if len(sentence.span) <= LONG:
        return _announced_span(found, wanted) or extend_to_stop(found)
    clauses = split_clauses(text, sentence.span)
    values = []
    for clause in clauses:
        folded = fold(clause.of(text))
        value = wanted.coverage(folded) + 0.5 * wanted.closeness(folded)
        values.append(value + (0.3 if prefer is not None and prefer(folded) else 0.0))
    peak = max(range(len(clauses)), key=lambda i: values[i])
    low = high = peak
    floor = 0.3 * values[peak]
    while low > 0 and (values[low - 1] >= floor or clauses[peak].end - clauses[low].start < 20):
        low -= 1
    while high + 1 < len(clauses) and (values[high + 1] >= floor or clauses[high].end - clauses[low].start < 40):
        high += 1
    return Span(clauses[low].start, clauses[high].end).trimmed(text)


def _announced_span(found: ScoredSentence, wanted: QueryConcepts) -> Span | None:
    """What stands under a heading or question that holds what is asked: all of it while that stays short."""
    sentences, i = found.document.sentences, found.index
    if not i or not (sentences[i - 1].is_heading or sentences[i - 1].leads) or wanted.coverage(sentences[i - 1].folded) < HERALD:
        return None
    end = sentences[i].span.end
    for other in sentences[i + 1 :]:
        if other.section != sentences[i].section or other.is_heading or other.leads or other.is_units:
            break
        if other.span.end - sentences[i].span.start > TOLD:
            break
        end = other.span.end
    return Span(sentences[i].span.start, end)


def extend_run(found: ScoredSentence, span: Span) -> Span:
    """A sentence that tells how, with those after it in its paragraph that go on telling."""
    sentences, i = found.document.sentences, found.index
    if sentences[i].is_heading or span.end < sentences[i].span.end:
        return span
    end = span.end
    for other in sentences[i + 1 :]:
        if other.line != sentences[i].line or other.section != sentences[i].section or other.is_units or other.is_heading:
            break
        if other.span.end - span.start > RUN:
            break
        end = max(end, other.span.end)
    return Span(span.start, end)


def find_span_under(found: ScoredSentence) -> Span | None:
    """A heading that asks or announces just what is asked, with the text under it while that stays short."""
    sentences, i = found.document.sentences, found.index
    start, end = sentences[i].span.start, None
    for other in sentences[i + 1 :]:
        if other.part != sentences[i].part or not other.heading.startswith(sentences[i].heading) or other.is_units:
            break
        if end is not None and other.span.end - start > TOLD:
            break
        end = other.span.end
    return Span(start, end) if end is not None else None


def extend_to_stop(found: ScoredSentence) -> Span:
    """The full sentence around a piece that ends at a semicolon, where that stays readable."""
    sentences, i = found.document.sentences, found.index
    low = high = i
    while low > 0 and sentences[low - 1].line == sentences[low].line and sentences[low - 1].folded.endswith(";"):
        low -= 1
    while high + 1 < len(sentences) and sentences[high].folded.endswith(";") and sentences[high + 1].line == sentences[high].line:
        high += 1
    if ANNOUNCES.search(sentences[high].folded):
        # 可在以下两种方式中任选其一: what is announced is the answer
        stop = sentences[high].span.end
        while (
            high + 1 < len(sentences)
            and sentences[high + 1].part == sentences[low].part
            and (sentences[high + 1].span.end - stop <= LISTED)
        ):
            high += 1
        return Span(sentences[low].span.start, sentences[high].span.end)
    span = Span(sentences[low].span.start, sentences[high].span.end)
    return span if len(span) <= 180 else found.sentence.span


def split_clauses(text: str, span: Span) -> list[Span]:
    """The clauses of a stretch, cut after commas and colons."""
    cuts = [span.start, *(m.end() for m in _clause.finditer(text, span.start, span.end)), span.end]
    return [Span(a, b) for a, b in pairwise(cuts) if a < b]
