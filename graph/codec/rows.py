"""The facts of a document as rows of the store."""

from __future__ import annotations

from corpus.document import ParsedDocument
from corpus.store import FactRow
from graph.facts import Facts
from graph.kinds import KINDS


def to_rows(doc: ParsedDocument, facts: Facts) -> list[FactRow]:
    """The rows of a document's facts: for each its record, and the keys it is filed under."""
    return [
        FactRow(kind.to_record(doc, value), tuple(dict.fromkeys(kind.keys(doc, value))))
        for kind in KINDS
        for value in facts.by_kind[kind.name]
    ]
