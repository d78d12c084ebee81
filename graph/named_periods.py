"""Periods that go by a name 有名称的时期: the five-year plans, the 过渡期; their dates are data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from corpus.five_year_plans import five_year_plans
from graph.lexicon import table


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A named period; ``markers`` are the words by which a text says that a rule holds within it."""

    name: str
    start: dt.date
    end: dt.date
    markers: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    """Words of which one has to stand in the document for a marker to mean this period; empty where the marker suffices."""


@lru_cache(maxsize=1)
def named_periods() -> dict[str, NamedPeriod]:
    """The periods of ``graph/data/periods.tsv``, then the five-year plans, by name."""
    out: dict[str, NamedPeriod] = {}
    for row in table("periods.tsv"):
        name, start, end, markers, context = (*row, "", "")[:5]
        out[name] = NamedPeriod(
            name,
            dt.date.fromisoformat(start),
            dt.date.fromisoformat(end),
            tuple(filter(None, markers.split(","))),
            tuple(filter(None, context.split(","))),
        )
    for name, (first, last) in five_year_plans().items():
        in_text = tuple(f"“{name}”{word}" for word in ("期间", "时期"))
        out[name] = NamedPeriod(name, dt.date(first, 1, 1), dt.date(last, 12, 31), in_text)
    return out
