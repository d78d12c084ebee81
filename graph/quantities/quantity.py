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
    table = measures()
    bare = unit or ""
    while len(bare) > 1 and bare[0] in "万亿千百" and bare not in table:
        bare = bare[1:]
    return table.get(bare, table.get(bare.split("/")[0], ""))


def read_unit(text: str, at: int, end: int) -> tuple[str, str, int]:
    """The longest measure at a place (``元/亩``, ``个工作日``): its text, its class, its end."""
    stop = _measure_end(text, at, end)
    if stop == at:
        return "", "", at
    measure = measures()[text[at:stop]]
    if stop < end and text[stop] == "/":
        per = _measure_end(text, stop + 1, end)
        stop = per if per > stop + 1 else stop
        if per == stop and stop < end and text[stop] in "·.•/":
            # 元/人·月
            more = _measure_end(text, stop + 1, end)
            stop = more if more > stop + 1 else stop
    return text[at:stop], measure, stop


def _measure_end(text: str, at: int, end: int) -> int:
    for size in _sizes().get(text[at : at + 1], ()):
        if at + size <= end and text[at : at + size] in measures():
            return at + size
    return at


@lru_cache(maxsize=1)
def measures() -> dict[str, str]:
    """The class of every measure word."""
    table: dict[str, str] = {}
    for unit, measure, *_ in rows_of("measures.tsv"):
        table.setdefault(unit, measure)
    return table


@lru_cache(maxsize=1)
def _sizes() -> dict[str, tuple[int, ...]]:
    """How long the measures are that begin with a character, longest first."""
    sizes: dict[str, set[int]] = {}
    for unit in measures():
        sizes.setdefault(unit[0], set()).add(len(unit))
    return {head: tuple(sorted(known, reverse=True)) for head, known in sizes.items()}
