"""Answers made of the sentences that carry them 条款类回答: provisions, numbers, dates, beneficiaries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Span
from qa.concepts import Wanted
from qa.draft import Draft, Line, by_part, label, level_order, quoted_line
from qa.evidence import Found, Scope
from qa.figures import Measure
from qa.question import Reading
from qa.shelf import Shelved

ENOUGH = 0.42
"""The share of the question a sentence must hold, its headings counted, to be offered as an answer."""
BESIDE = 0.86
"""How near another sentence must come to the best one to be quoted beside it."""
OTHER_DOCUMENT = 0.72
OTHER_REGION = 0.5
LONG = 150

_clause = re.compile(r"[，,：:；;]")


def answer(reading: Reading, wanted: Wanted, scope: Scope, found: Sequence[Found], measure: Measure | None) -> Draft | None:
    """Quote the best sentence, and those that come near it; None where none is good enough."""
    good = [f for f in found if f.context >= ENOUGH]
    if not good:
        return None
    best = good[0]
    groups = by_part(good)
    chosen: dict[tuple[int, int], list[Found]] = {}
    for key, group in groups.items():
        first = group[0]
        if reading.several:
            near = first.score >= OTHER_REGION * best.score
        elif reading.divisions or reading.documents:
            near = key == (best.row, best.sentence.part)
        else:
            near = first.score >= OTHER_DOCUMENT * best.score
        if near:
            chosen[key] = [f for f in group if f.score >= BESIDE * first.score][: 2 if reading.several or len(groups) > 1 else 3]
    if not reading.several:
        leading = sorted(chosen, key=lambda k: -chosen[k][0].score)[:5]
        order = [leading[0], *sorted(leading[1:], key=lambda k: level_order(chosen[k][0].part))]
    else:
        order = sorted(chosen, key=lambda k: level_order(chosen[k][0].part))
    lines = [line_of(chosen[key], wanted, measure) for key in order]
    return Draft("answered", tuple(lines), parts=tuple(order))


def line_of(group: Sequence[Found], wanted: Wanted, measure: Measure | None) -> Line:
    """The line of one document: its sentences in the order of the text."""
    first = group[0]
    spans = [carrying(f, wanted, measure) for f in group]
    return quoted_line(label(first.shelved, first.part), first.shelved, spans)


def carrying(found: Found, wanted: Wanted, measure: Measure | None = None) -> Span:
    """The sentence, or where it is long the run of its clauses that carries the answer."""
    sentence, text = found.sentence, found.shelved.text
    if len(sentence.span) <= LONG:
        return sentence.span
    clauses = clauses_of(text, sentence.span)
    from corpus.folding import fold

    values = []
    for clause in clauses:
        folded = fold(clause.of(text))
        value = wanted.coverage(folded) + 0.5 * wanted.closeness(folded)
        values.append(value + (0.3 if measure is not None and value > 0.05 and measure.stands_in(folded) else 0.0))
    peak = max(range(len(clauses)), key=lambda i: values[i])
    low = high = peak
    floor = 0.3 * values[peak]
    while low > 0 and (values[low - 1] >= floor or clauses[peak].end - clauses[low].start < 20):
        low -= 1
    while high + 1 < len(clauses) and (values[high + 1] >= floor or clauses[high].end - clauses[low].start < 40):
        high += 1
    return Span(clauses[low].start, clauses[high].end).trimmed(text)


def clauses_of(text: str, span: Span) -> list[Span]:
    """The clauses of a stretch, cut after commas and colons."""
    cuts = [span.start, *(m.end() for m in _clause.finditer(text, span.start, span.end)), span.end]
    return [Span(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if a < b]
