"""Everything the graph knows of one document, read from its text by rules."""

from __future__ import annotations

from corpus.document import ParsedDocument
from graph.facts import Facts
from graph.tasks.find import find_tasks
from graph.units.actors import find_actors


def extract(doc: ParsedDocument) -> Facts:
    """The facts of a document. Never raises on a document whose spans lie inside its text."""
    from graph.targets.find import find_targets
    from graph.terms import find_terms

    tasks = find_tasks(doc)
    return Facts(
        document_id=doc.id,
        tasks=tasks,
        targets=tuple(find_targets(doc)),
        terms=tuple(find_terms(doc)),
        actors=find_actors(doc, tasks),
    )
