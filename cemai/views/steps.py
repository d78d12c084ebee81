"""What a view of the graph shows 图谱视图: steps in an order, each with the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cemai.graph_reports import Json
from corpus.document import Span
from qa.answer import AnswerCitation
from qa.answers.draft import cite
from qa.documents import DocumentView


@dataclass(frozen=True, slots=True)
class GraphStep:
    """One step of a view.

    Attributes:
        said: How it is joined to what comes before, or what happened, in one word (牵头, 依据, 印发, 省级).
        label: What it leads to or is about: a unit, a task, a document, a place.
        key: The node of the graph it is, as ``Library`` and the page name it (``unit:州医保局``); None where it is none.
        when: The day it happened, as far as known: a date, a month or a year.
        note: What else is to be said of it.
        citations: The quotes that say so.
        gap: Whether it stands for something that the library does not say.
    """

    said: str
    label: str
    key: str | None = None
    when: str = ""
    note: str = ""
    citations: tuple[AnswerCitation, ...] = ()
    gap: bool = False

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "said": self.said,
            "label": self.label,
            "key": self.key,
            "when": self.when,
            "note": self.note,
            "gap": self.gap,
            "citations": [citation.record() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class GraphView:
    """A view of the graph: 时间线, 路径 or 层级链.

    Attributes:
        form: Which one it is.
        title: What it is of.
        rows: Its rows of steps: one for a time line or a chain, one for each way of a path.
        notes: What has to be known of it: what is missing and what was left out.
    """

    form: str
    title: str
    rows: tuple[tuple[GraphStep, ...], ...]
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self.rows)

    @property
    def steps(self) -> tuple[GraphStep, ...]:
        """All steps, row by row."""
        return tuple(step for row in self.rows for step in row)

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "form": self.form,
            "title": self.title,
            "rows": [[step.record() for step in row] for row in self.rows],
            "notes": list(self.notes),
        }


def cite_sentences(document: DocumentView, places: Sequence[Span]) -> tuple[AnswerCitation, ...]:
    """The whole sentences at some places of a document, each once; a place outside all sentences is quoted as it is."""
    spans: dict[Span, None] = {}
    for place in places:
        number = document.sentence_at(place.start)
        sentence = document.sentences[number].span if number is not None else place
        spans[Span(sentence.start, max(sentence.end, place.end))] = None
    return tuple(cite(document, span) for span in spans)
