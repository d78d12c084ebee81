"""The terms of a library: what each means where a document says so, and which are used without ever being explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.filters import Filters
from corpus.folding import fold
from corpus.store import Corpus, StoredFact
from graph.codec.records import Json, TermRecord
from qa.study.facts import StudyFacts


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A term with the title of its document, how often the library names it, and where else."""

    fact: TermRecord
    title: str
    mentions: int
    also_in: tuple[str, ...]

    def record(self) -> Json:
        """The shape other programs read."""
        return {**self.fact.to_record(), "title": self.title, "mentions": self.mentions, "also_in": list(self.also_in)}


def terms(corpus: Corpus, *, region: str | None = None) -> list[GlossaryEntry]:
    """The terms, those with a definition first, each once for every different definition; then those only mentioned.

    A term that one document explains is not listed as unexplained because others merely mention it; ``also_in`` names those.
    """
    documents = corpus.select(Filters(region=region)) if region else None
    study_facts = StudyFacts(corpus)
    groups: dict[str, list[StoredFact[TermRecord]]] = {}
    for fact in corpus.facts(TermRecord, documents=documents):
        groups.setdefault(fold(fact.value.term), []).append(fact)
    defined: list[GlossaryEntry] = []
    mentioned: list[GlossaryEntry] = []
    for facts in groups.values():
        explaining = list({fold(f.value.definition): f for f in reversed(facts) if f.value.definition}.values())
        for fact in reversed(explaining):
            defined.append(_entry(study_facts, fact, facts))
        if not explaining:
            mentioned.append(_entry(study_facts, facts[0], facts))
    return [
        *sorted(defined, key=lambda entry: entry.fact.term),
        *sorted(mentioned, key=lambda entry: (-entry.mentions, entry.fact.term)),
    ]


def _entry(study_facts: StudyFacts, fact: StoredFact[TermRecord], facts: Sequence[StoredFact[TermRecord]]) -> GlossaryEntry:
    also_in = tuple(dict.fromkeys(other.source for other in facts if other.document != fact.document))
    return GlossaryEntry(fact.value, study_facts.title(fact), len(facts), also_in)
