"""Clauses 条款: the text directly under each heading, without the text under its subheadings."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from corpus.document import Span
from corpus.folding import fold
from qa.comparison.columns import ComparisonColumn


@dataclass(frozen=True, slots=True)
class Clause:
    """The text directly under one heading. ``path`` has the numbers of the headings above, ``folded`` is without white space."""

    number: str | None
    label: str
    path: tuple[str | None, ...]
    span: Span
    folded: str


def list_clauses(column: ComparisonColumn) -> list[Clause]:
    """The clauses of a column's document, in order."""
    doc, text = column.document.doc, column.document.text
    children: dict[str | None, list[int]] = defaultdict(list)
    mine = [section for section in doc.outline if section.kind != "title" and column.holds(section.span)]
    for section in mine:
        children[section.parent].append(section.start)
    out = []
    for section in sorted(mine, key=lambda s: s.start):
        whole = section.whole
        stop = min((start for start in children[section.id] if start > section.start), default=whole.end)
        span = Span(section.start, stop).trimmed(text)
        own = text[span.start : span.end]
        if section.number and own.startswith(section.number):
            own = own[len(section.number) :]
        if own.strip():
            path = tuple(above.number for above in doc.trail(section))
            out.append(Clause(section.number, section.label, path, span, re.sub(r"\s", "", fold(own))))
    return out
