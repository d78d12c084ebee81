"""Extract tasks, targets, terms and acting units from one document, by rules."""

from __future__ import annotations

from dataclasses import replace

from corpus.document import ParsedDocument
from corpus.folding import without_radicals
from graph.facts import Facts
from graph.kinds import KINDS


def extract(doc: ParsedDocument) -> Facts:
    """The facts of a document. Never raises on a document whose spans lie inside its text."""
    doc = replace(doc, text=without_radicals(doc.text))
    found: dict[str, tuple[object, ...]] = {}
    for kind in KINDS:
        found[kind.name] = tuple(kind.find(doc, *(found[name] for name in kind.needs)))
    return Facts(doc.id, found)
