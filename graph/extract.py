"""Extract tasks, targets, terms and acting units from one document; what its blocks do is decided once, before anything else."""

from __future__ import annotations

from dataclasses import replace

from corpus.document import ParsedDocument
from corpus.folding import without_radicals
from graph.facts import Facts
from graph.frames.find import find_frames
from graph.kinds import KINDS


def extract(doc: ParsedDocument) -> Facts:
    """The facts of a document. Never raises on a document whose spans lie inside its text."""
    doc = replace(doc, text=without_radicals(doc.text))
    found: dict[str, tuple[object, ...]] = {}
    frames = find_frames(doc)
    for kind in KINDS:
        needed = (found[name] for name in kind.needs)
        found[kind.name] = tuple(kind.find(doc, *needed, frames=frames) if kind.framed else kind.find(doc, *needed))
    return Facts(doc.id, found)
