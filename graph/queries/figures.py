"""Choosing among figures 择取: which of several figures of one indicator, year and kind a place is held to."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.store import Corpus
from graph.queries.fact_table import FactQuery, FigureRow, fact_table

AROUND = 160
"""Characters to either side of a figure in which other figures of its kind are counted."""


def choose_figure(corpus: Corpus, figures: Sequence[FigureRow]) -> FigureRow:
    """The figure that a place is held to: of its newest document, with a year in words, and among most others of its kind.

    The goals of a year stand together in one sentence (地区生产总值增长5.5%左右；城镇新增就业85万人); a figure that a report names
    elsewhere is mostly one part of them, or of other years.
    """
    if len(figures) == 1:
        return figures[0]
    newest = max(figure.issued for figure in figures)
    of_newest = [figure for figure in figures if figure.issued == newest]
    if len(of_newest) == 1:
        return of_newest[0]
    rows = frozenset(figure.document for figure in of_newest)
    beside = fact_table(corpus).of_documents(FactQuery(kinds=(of_newest[0].kind,)), rows)

    def company(figure: FigureRow) -> int:
        return sum(other.document == figure.document and abs(other.start - figure.start) <= AROUND for other in beside)

    return max(of_newest, key=lambda f: (not f.reckoned, company(f), f.document, -f.start))
