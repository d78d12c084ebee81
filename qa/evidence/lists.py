"""The list that an item stands in 所在的列表: from the line that announces it (应当提交下列材料：) to its last entry."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import ParsedDocument, Section, Span
from index.items import announcing_words

LONGEST = 1200
"""Characters of a list that are quoted; a longer one ends behind the last entry that fits."""
FEWEST = 2
"""Entries of a list."""


def find_list(doc: ParsedDocument, span: Span) -> tuple[Span, int] | None:
    """The innermost announced list that holds a stretch, or that the stretch begins, and how many entries it has; None without one.

    Args:
        doc: The document.
        span: The item.
    """
    for section in reversed(doc.trail(doc.section_at(span.start))):
        entries = doc.children(section)
        if len(entries) >= FEWEST and announcing_words(doc, section) is not None:
            whole = _as_far_as_fits(doc, section, entries)
            return (whole, len(entries)) if whole is not None else None
    return None


def _as_far_as_fits(doc: ParsedDocument, section: Section, entries: Sequence[Section]) -> Span | None:
    end = section.whole.end
    if end - section.start > LONGEST:
        ends = [entry.whole.end for entry in entries if entry.whole.end - section.start <= LONGEST]
        if len(ends) < FEWEST:
            return None
        end = ends[-1]
    return Span(section.start, end).trimmed(doc.text)
