"""Facts with what their documents are called 事实及出处: the title, the number, and what was doubtful in reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from corpus.store import Corpus, StoredFact
from corpus.titles import in_marks
from graph.codec.records import FactRecord, Json
from graph.queries.counted import CountedList

R = TypeVar("R", bound=FactRecord)
R_co = TypeVar("R_co", bound=FactRecord, covariant=True)


@dataclass(frozen=True, slots=True)
class CitedFact(Generic[R_co]):
    """A fact and the document it is from: ``task.fact.lead_units``, ``task.title``."""

    fact: R_co
    title: str | None = None
    doc_number: str | None = None
    warnings: tuple[str, ...] = ()
    """What was doubtful in reading the document."""

    @property
    def location(self) -> str:
        """Where it is, in the words officials use: 《标题》（文号）section, or row and column of a table."""
        return location(self.fact, self.title, self.doc_number)

    def record(self) -> Json:
        """The shape other programs read."""
        cited = {"title": self.title, "doc_number": self.doc_number, "warnings": list(self.warnings)}
        return self.fact.to_record() | cited


def location(fact: FactRecord, title: str | None, doc_number: str | None = None) -> str:
    """Where a fact is: 《标题》（文号）section, or row and column of a table; a document without a title by its file name."""
    number = f"（{doc_number}）" if doc_number else ""
    return f"{in_marks(title or fact.source)}{number}{fact.position}"


def cite_facts(corpus: Corpus, facts: Iterable[StoredFact[R]]) -> CountedList[CitedFact[R]]:
    """Facts with the title and number of their documents, and what was doubtful in reading those."""
    found = facts if isinstance(facts, CountedList) else CountedList(facts)
    documents = {fact.document for fact in found}
    names, doubts = corpus.names(documents), corpus.doubts(documents)
    cited = (CitedFact(fact.value, *names[fact.document], tuple(doubts.get(fact.document, ()))) for fact in found)
    return CountedList(cited, found.folded)
