"""The terms of a library: what each means where a document says so, and which are used without ever being explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.folding import fold
from corpus.store import Corpus, StoredFact
from graph.codec.records import Json, TermRecord
from graph.queries.counted import CountedList
from graph.queries.facts import facts as graph_facts
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


def terms(
    corpus: Corpus, *, region: str | None = None, as_of: dt.date | None = None, all_versions: bool = False
) -> CountedList[GlossaryEntry]:
    """The terms, those with a definition first, each once for every different definition; then those only mentioned.

    A term that one document explains is not listed as unexplained because others merely mention it; ``also_in`` names those. A work
    counts once, by the version that holds on a day (today without ``as_of``), unless ``all_versions``.
    """
    study_facts = StudyFacts(corpus)
    found = graph_facts(corpus, TermRecord, region=region or None, as_of=as_of, all_versions=all_versions)
    groups: dict[str, list[StoredFact[TermRecord]]] = {}
    for fact in found:
        groups.setdefault(fold(fact.value.term), []).append(fact)
    defined: list[GlossaryEntry] = []
    mentioned: list[GlossaryEntry] = []
    for facts in groups.values():
        explaining = list({fold(f.value.definition): f for f in reversed(facts) if f.value.definition}.values())
        for fact in reversed(explaining):
            defined.append(_entry(study_facts, fact, facts))
        if not explaining:
            mentioned.append(_entry(study_facts, facts[0], facts))
    ordered = [
        *sorted(defined, key=lambda entry: entry.fact.term),
        *sorted(mentioned, key=lambda entry: (-entry.mentions, entry.fact.term)),
    ]
    return CountedList(ordered, found.folded)


def _entry(study_facts: StudyFacts, fact: StoredFact[TermRecord], facts: Sequence[StoredFact[TermRecord]]) -> GlossaryEntry:
    also_in = tuple(dict.fromkeys(other.source for other in facts if other.document != fact.document))
    return GlossaryEntry(fact.value, study_facts.title(fact), len(facts), also_in)
