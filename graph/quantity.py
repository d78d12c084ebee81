"""A quantity 数量 as read from a text, and the classes of measure words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.document import Span
from graph.facts import Comparator
from graph.lexicon import table as rows_of

Form = Literal["arabic", "chinese", "words"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: ``span`` covers its bounds (不低于 … 以上), ``core`` number and measure only."""

    span: Span
    core: Span
    comparator: Comparator
    value: float | None
    unit: str | None
    measure: str
    form: Form
    value_min: float | None = None
    value_max: float | None = None


def measure_of(unit: str | None) -> str:
    """The class of a unit as written, scale words set aside: ``measure_of("万亩") == "area"``; empty for none or an unknown one."""
    table, _ = measures()
    bare = unit or ""
    while len(bare) > 1 and bare[0] in "万亿千百" and bare not in table:
        bare = bare[1:]
    return table.get(bare, table.get(bare.split("/")[0], ""))


def unit_at(text: str, at: int, end: int) -> tuple[str, str, int]:
    """The longest measure at a place (``元/亩``, ``个工作日``): its text, its class, its end."""
    table, longest = measures()
    for size in range(min(longest, end - at), 0, -1):
        measure = table.get(text[at : at + size])
        if measure is not None:
            unit, stop = text[at : at + size], at + size
            if stop < end and text[stop] == "/":
                for more in range(min(longest, end - stop - 1), 0, -1):
                    if text[stop + 1 : stop + 1 + more] in table:
                        stop += 1 + more
                        return text[at:stop], measure, stop
            return unit, measure, stop
    return "", "", at


@lru_cache(maxsize=1)
def measures() -> tuple[dict[str, str], int]:
    """The class of every measure word, and the length of the longest."""
    table: dict[str, str] = {}
    for unit, measure in rows_of("measures.tsv"):
        table.setdefault(unit, measure)
    return table, max(map(len, table))
