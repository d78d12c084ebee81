"""Goals without a number 定性表述: what a place says of an indicator among its goals of a year where it gives no figure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.divisions import Division
from corpus.document import Span
from corpus.folding import fold
from graph.families.indicator import IndicatorFamily, names_of
from graph.queries.fact_table import FactQuery, fact_table
from qa.documents import LibraryView

TOGETHER = 3
"""Goals of one year in one paragraph from which it is the paragraph of the year's goals."""
_CLAUSE = re.compile(r"[^，,；;。\n]+")


@dataclass(frozen=True)
class SaidInWords:
    """A clause on an indicator without a number, with the row of its document."""

    document: int
    span: Span


def find_words(family: IndicatorFamily, year: int, places: Sequence[Division], view: LibraryView) -> dict[Division, SaidInWords]:
    """Find what places without a figure say of an indicator where they name their goals of a year.

    Example: 固定资产投资提质增效 of 天津, where other places write 固定资产投资增长5%左右.
    """
    query = FactQuery(kinds=("target",), year=year, places=tuple(place.code for place in places))
    starts: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for figure in fact_table(view.corpus).select(query):
        starts[figure.place][figure.document].append(figure.start)
    names = names_of(family.concept)
    found = {}
    view.prepare(row for of_place in starts.values() for row, at in of_place.items() if len(at) >= TOGETHER)
    for place in places:
        for row, at in sorted(starts[place.code].items(), reverse=True):
            if place not in view.regions[row] or len(at) < TOGETHER:
                continue
            clause = _clause_on(names, view.document(row).text, at)
            if clause is not None:
                found[place] = SaidInWords(row, clause)
                break
    return found


def _clause_on(names: Sequence[str], text: str, starts: Sequence[int]) -> Span | None:
    """The clause without a number that names one of some things, in a paragraph that announces goals and has most of them."""
    lines = Counter((text.rfind("\n", 0, start) + 1) for start in starts)
    for line, goals in lines.most_common():
        end = text.find("\n", line)
        paragraph = Span(line, end if end >= 0 else len(text))
        if goals >= TOGETHER and "目标" in paragraph.of(text) and (clause := _named_without_number(names, text, paragraph)):
            return clause
    return None


def _named_without_number(names: Sequence[str], text: str, paragraph: Span) -> Span | None:
    for clause in _CLAUSE.finditer(text, paragraph.start, paragraph.end):
        folded = fold(clause.group())
        if not any(char.isdigit() for char in folded) and any(name in folded for name in names):
            return Span(clause.start(), clause.end()).trimmed(text)
    return None
