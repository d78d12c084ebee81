"""The terms of a library: what each means where a document says so, and which are used without ever being explained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.filters import Filters
from corpus.folding import fold
from corpus.store import Corpus, StoredFact
from qa.study.facts import Shelf


def terms(corpus: Corpus, *, region: str | None = None) -> list[dict[str, Any]]:
    """The terms, those with a definition first, each once for every different definition; then those only mentioned.

    A term that one document explains is not listed as unexplained because others merely mention it; ``also_in`` names those.
    """
    documents = corpus.select(Filters(region=region)) if region else None
    shelf = Shelf(corpus)
    groups: dict[str, list[StoredFact]] = {}
    for fact in corpus.facts("term", documents=documents):
        groups.setdefault(fold(fact.payload["term"]), []).append(fact)
    defined: list[dict[str, Any]] = []
    mentioned: list[dict[str, Any]] = []
    for facts in groups.values():
        explaining = list({fold(f.payload["definition"]): f for f in reversed(facts) if f.payload.get("definition")}.values())
        for fact in reversed(explaining):
            defined.append(_entry(shelf, fact, facts))
        if not explaining:
            mentioned.append(_entry(shelf, facts[0], facts))
    return [*sorted(defined, key=lambda r: r["term"]), *sorted(mentioned, key=lambda r: (-r["mentions"], r["term"]))]


def _entry(shelf: Shelf, fact: StoredFact, facts: Iterable[StoredFact]) -> dict[str, Any]:
    facts = list(facts)
    return {
        **fact.payload,
        "title": shelf.title(fact),
        "document_id": fact.document_id,
        "mentions": len(facts),
        "also_in": list(dict.fromkeys(f.source for f in facts if f.document != fact.document)),
    }
