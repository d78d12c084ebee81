"""What the library stores of a document's passages: spans, trails and, with an encoder, vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.document import ParsedDocument
from corpus.store import PassageRow
from index.passages import Passage
from index.splitter import split

if TYPE_CHECKING:
    from index.encoder import Encoder


def reading(title: str | None, trail: Sequence[str], text: str) -> str:
    """The text to embed for a passage: title and headings tell what the passage does not repeat."""
    return "\n".join(part for part in (title or "", " ".join(trail[-2:]), text) if part)


def passage_rows(docs: Sequence[ParsedDocument], encoder: Encoder | None = None) -> list[list[PassageRow]]:
    """Split documents and embed their passages together; one call for a batch is much faster than one call each."""
    parts: list[list[Passage]] = [split(doc) for doc in docs]
    if encoder is None:
        return [[PassageRow(p.span, p.trail) for p in passages] for passages in parts]
    texts = [reading(doc.head.title, p.trail, p.span.of(doc.text)) for doc, ps in zip(docs, parts, strict=True) for p in ps]
    vectors = iter(encoder.encode(texts).astype("<f2"))
    return [[PassageRow(p.span, p.trail, next(vectors).tobytes()) for p in passages] for passages in parts]
