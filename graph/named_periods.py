"""Periods that go by a name 有名称的时期: the five-year plans, the 过渡期; their dates are data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

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
    """The periods of ``graph/data/periods.tsv`` by name."""
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
    return out
