"""How good lists of found passages are, question by question, and how sure a mean over questions is.

The measures are those of the scorer of the retrieval sets (``score.py retrieval``), kept apart for every question so that two
searches can be compared on the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

MEASURES = ("success@1", "recall@10", "recall@100", "ndcg@10", "passage@1")
DRAWS = 2_000
"""Samples of the questions that an interval is made from."""


class FoundSpan(NamedTuple):
    """A passage found: the id of its document and where it stands in the document's text."""

    document: str
    start: int
    end: int


class Interval(NamedTuple):
    """A mean over questions and the 95 % interval of it: other questions of the same kind would give a mean within."""

    mean: float
    low: float
    high: float


def measures(found: Sequence[FoundSpan], relevant: Collection[str], span: FoundSpan | None = None) -> dict[str, float]:
    """The measures of one question; passage@1 only where the span of the answer is known."""
    order = list(dict.fromkeys(hit.document for hit in found))
    good = [document in relevant for document in order]
    ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant))))
    out = {
        "success@1": float(any(good[:1])),
        "recall@10": sum(good[:10]) / len(relevant),
        "recall@100": sum(good[:100]) / len(relevant),
        "ndcg@10": sum(1 / math.log2(i + 2) for i, one in enumerate(good[:10]) if one) / ideal,
    }
    if span is not None:
        first = found[0] if found else None
        hit = first is not None and first.document == span.document and first.start < span.end and span.start < first.end
        out["passage@1"] = float(hit)
    return out


def table_of(per_question: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """The values of each measure as an array over the questions, for measures that every question has."""
    return {name: np.array([one[name] for one in per_question]) for name in MEASURES if all(name in one for one in per_question)}


def interval(values: Any, seed: int = 1) -> Interval:
    """The mean of values and its 95 % interval, by drawing questions again and again (bootstrap, percentiles)."""
    count = len(values)
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    low, high = np.percentile(draws @ values / count, (2.5, 97.5))
    return Interval(float(np.mean(values)), float(low), float(high))
