"""Passages: the pieces of a document that are indexed and shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.document import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document short enough to read at once (about 300 characters), cut at sentence ends.

    The passages of a document, in order, cover its body without gap or overlap.
    """

    document_id: str
    ordinal: int
    span: Span
    trail: tuple[str, ...]
    """Labels of the headings above it, outermost first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. ``score`` grows with relevance; ``why`` names what carried it (words, 语义, 文号 …)."""

    source_id: str
    source: str
    title: str | None
    section_path: tuple[str, ...]
    text: str
    start: int
    end: int
    score: float
    page: int | None = None
    region: str | None = None
    highlights: tuple[Span, ...] = ()
    """Matched words, as spans of the document's text."""
    why: tuple[str, ...] = field(default=())
    copies: tuple[str, ...] = ()
    """Ids of the documents whose hits stand behind this one: copies of its document and versions that it replaced."""
    damaged: bool = False
    """Whether the document is not what was stored: what is quoted has to be held against the original."""
    passage: int = 0
    """The number of the passage in every index."""

    def record(self) -> dict[str, object]:
        """The shape other programs read."""
        return {
            "source_id": self.source_id,
            "source": self.source,
            "title": self.title,
            "section_path": list(self.section_path),
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "page": self.page,
            "score": round(self.score, 6),
            "region": self.region,
            "highlights": [[span.start, span.end] for span in self.highlights],
            "why": list(self.why),
            "copies": list(self.copies),
            "damaged": self.damaged,
        }
