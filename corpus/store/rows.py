"""What the store takes in and gives back: rows of a document's parts, and a document without its text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus.document import HeadMatter, Span


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage to be stored; ``vector`` is its embedding as little-endian float16 bytes, or None."""

    span: Span
    trail: tuple[str, ...]
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact to be stored. ``keys`` are (kind, key) pairs it is looked up by: ("unit", 州财政局), ("topic", 医疗保障)."""

    id: str
    kind: str
    span: Span
    payload: dict[str, Any]
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as stored; ``row`` is its number in every index, ``document`` the number of its document."""

    row: int
    document: int
    ordinal: int
    span: Span
    trail: tuple[str, ...]


class Quote(NamedTuple):
    """The words of a stored passage, with where they stand."""

    document: int
    span: Span
    trail: tuple[str, ...]
    text: str


class Label(NamedTuple):
    """What a hit says of its document."""

    id: str
    source: str
    title: str | None
    region: str | None


@dataclass(slots=True, unsafe_hash=True)
class StoredFact:
    """A fact as stored, with the document it came from. The record is decoded when first asked for: a list of hundreds is counted
    and paged without reading all of them.

    A value like the others, and nobody changes one; not frozen, because a list may hold thousands and making a frozen one takes six
    times as long.
    """

    row: int
    id: str
    kind: str
    document: int
    document_id: str
    source: str
    start: int
    end: int
    written: bytes
    _read: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def span(self) -> Span:
        """Where it stands in the text."""
        return Span(self.start, self.end)

    @property
    def payload(self) -> dict[str, Any]:
        """The record of the fact."""
        if self._read is None:
            self._read = json.loads(self.written)
        return self._read


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text: what lists, filters and headers of citations need.

    ``status`` is what a user set, else what the document says of itself.
    """

    row: int
    id: str
    source: str
    origin: str | None
    format: str
    sha256: str
    head: HeadMatter
    status: str | None
    user_status: str | None
    user_note: str | None
    added_at: str
    generation: int
    warnings: tuple[str, ...]
    attached: tuple[HeadMatter, ...] = ()
    """Head matter of the documents inside this one (转发、印发的附件)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one document after a generation: ``put`` (take in anew) or ``remove``."""

    document: int
    operation: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as kept: when it was given, and its record with how it was asked and what people said about it."""

    id: str
    asked_at: str
    payload: dict[str, Any]


def year_of(head: HeadMatter) -> int | None:
    """The year of issue or, failing that, of publication."""
    date = head.issued_on or head.published_on
    return int(date[:4]) if date else None
