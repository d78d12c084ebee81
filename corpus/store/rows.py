"""What the store takes in and gives back: rows of a document's parts, and a document without its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, Self, TypeVar

from corpus.document import HeadMatter, Span
from corpus.unread import UnreadPart

FACTS_VERSION = 2
"""Raised where facts come to mean something else; what was read with an earlier one should be read in anew."""


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage to be stored; ``vector`` is its embedding as little-endian float16 bytes, or None."""

    span: Span
    trail: tuple[str, ...]
    vector: bytes | None = None


class StoredRecord(Protocol):
    """What the store has to know of a record: its kind, its id, its place, and how it is written as JSON and read again.

    The classes of records belong to who extracts the facts (``graph.codec.records``). They bring their own codec, so that the store
    needs no library for it.
    """

    fact_kind: ClassVar[str]

    @property
    def id(self) -> str:
        """The id of the fact, unique in its document."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""

    @property
    def end(self) -> int:
        """Where it ends in the text."""

    def to_json(self) -> str:
        """The record as a JSON object."""

    @classmethod
    def from_json(cls, written: bytes) -> Self:
        """The inverse of ``to_json``."""


R = TypeVar("R", bound=StoredRecord)
R_co = TypeVar("R_co", bound=StoredRecord, covariant=True)


class WrittenRecord(NamedTuple):
    """A record as it is going to be stored: what the store asks of one, with its JSON. Between processes it is sent five times as
    fast as the values it was written from."""

    fact_kind: str
    id: str
    start: int
    end: int
    written: str

    def to_json(self) -> str:
        """The record as a JSON object."""
        return self.written


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact to be stored. ``keys`` are (kind, key) pairs it is looked up by: ("unit", 州财政局), ("topic", 医疗保障)."""

    record: StoredRecord | WrittenRecord
    keys: tuple[tuple[str, str], ...] = ()

    def __reduce__(self) -> tuple[type[FactRow], tuple[Any, ...]]:
        return FactRow, (self.record, self.keys)  # between processes, at half the cost

    def written(self) -> FactRow:
        """The same row with its record written."""
        record = self.record
        return FactRow(WrittenRecord(record.fact_kind, record.id, record.start, record.end, record.to_json()), self.keys)


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
class StoredFact(Generic[R_co]):
    """A fact as stored, with the document it came from. The record is decoded when first asked for: a list of hundreds is counted
    and paged without reading all of them.

    A value like the others, and nobody changes one; not frozen, because a list may hold thousands and making a frozen one takes six
    times as long.
    """

    record: type[R_co]
    row: int
    id: str
    document: int
    document_id: str
    source: str
    start: int
    end: int
    written: bytes
    _value: R_co | None = field(default=None, repr=False, compare=False)

    @property
    def span(self) -> Span:
        """Where it stands in the text."""
        return Span(self.start, self.end)

    @property
    def value(self) -> R_co:
        """The record of the fact."""
        if self._value is None:
            self._value = self.record.from_json(self.written)
        return self._value


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
    unread: tuple[UnreadPart, ...] = ()
    """What of the file was not read."""


@dataclass(frozen=True, slots=True)
class DocumentChange:
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
