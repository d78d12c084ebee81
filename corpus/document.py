"""The values every stage passes on: spans of one frozen text, and the document that owns it.

All offsets are Python ``str`` indices (code points) into ``ParsedDocument.text``, half open: ``text[start:end]``.
Nothing in the program keeps a copy of a text where a span would do; a quote beside a span is there to be checked.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from typing import Literal

Level = Literal["国家", "省", "市州", "县", "乡镇"]
LEVELS: tuple[Level, ...] = ("国家", "省", "市州", "县", "乡镇")

SectionKind = Literal["title", "preamble", "heading", "item", "attachment", "closing"]
"""title 标题 · preamble 引言 · heading 一、（一）1. 第X条 · item 一是 within a paragraph · attachment 附件 · closing 结尾段."""

ZoneKind = Literal["head", "body", "attachment", "boilerplate"]

Relation = Literal["依据", "贯彻", "转发", "印发", "解读", "引用", "废止", "修订"]

EnactmentAct = Literal["通过", "公布", "修正", "修订", "施行", "废止"]


@dataclass(frozen=True, slots=True, order=True, init=False)
class Span:
    """A half-open stretch ``[start, end)`` of a document's frozen text."""

    start: int
    end: int

    def __init__(self, start: int, end: int) -> None:
        if not 0 <= start <= end:
            raise ValueError(f"not a span: {start}..{end}")
        # thousands are made of every document; ``object.__setattr__``, by which a dataclass does it, takes twice as long
        _set_start(self, start)
        _set_end(self, end)

    def __reduce__(self) -> tuple[type[Span], tuple[int, int]]:
        return Span, (self.start, self.end)  # between processes, at half the cost

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of ``text`` this span covers."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def trimmed(self, text: str) -> Span:
        """The same span without white space at its edges."""
        start, end = self.start, self.end
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return Span(start, end)


_set_start: Callable[[Span, int], None]
_set_end: Callable[[Span, int], None]
_set_start, _set_end = (vars(Span)[name].__set__ for name in ("start", "end"))


@dataclass(frozen=True, slots=True)
class Citation:
    """A span with its quote and a few characters on each side, so that it can be checked, and found again after a re-parse."""

    span: Span
    quote: str
    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, text: str, span: Span, context: int = 12) -> Citation:
        """Cite ``span`` of ``text``."""
        return cls(span, span.of(text), text[max(0, span.start - context) : span.start], text[span.end : span.end + context])


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place of a span in the original file: page and box (PDF points, top-left origin) or element.

    ``confidence`` is that of the recogniser, from 0 to 1, where the span was read from a picture.
    """

    span: Span
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    element: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Something doubtful or lost in reading (警告). ``code`` is stable, ``message`` is a Chinese sentence."""

    code: str
    message: str
    span: Span | None = None

    @property
    def doubts_text(self) -> bool:
        """Whether the words themselves may differ from the original; other issues say what was concluded or left aside."""
        return "-" not in self.code and self.code not in _ASIDE


_ASIDE = frozenset(
    {
        "numbering",
        "compilation",
        "mismatch",
        "external",
        "macro",
        "comments",
        "attachments",
        "script",
        "form",
        "restricted",
        "pictures",
        "form_fields",
        "frames",
        "media",
        "seals",
        "mail_attachments",
        "filtered",
    }
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a rectangular grid of cell spans; a merged cell's span is repeated in every place it covers."""

    span: Span
    rows: tuple[tuple[Span, ...], ...]
    header_rows: int = 1
    caption: Span | None = None
    label: str | None = None

    def header(self, column: int, text: str) -> str:
        """The header of a column: the distinct texts of its header cells, joined; a title over the whole width names none."""
        rows = [row for row in self.rows[: self.header_rows] if column < len(row) and (len(row) < 2 or len(set(row)) > 1)]
        parts = dict.fromkeys(row[column].of(text).strip() for row in rows)
        return "".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Zone:
    """One piece of the partition of the text: every character belongs to exactly one zone."""

    kind: ZoneKind
    span: Span
    why: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the heading tree. ``start:end`` is number plus heading; the body of a parent contains its children.

    ``number`` is as written (``一、``, ``(三)``, ``5.``, ``一是``, ``第三条``) or None for title, preamble and closing.
    ``depth`` is 0 for a title and grows downwards; ``parent`` is the id of the parent node.
    """

    id: str
    kind: SectionKind
    number: str | None
    heading: str
    depth: int
    start: int
    end: int
    body_start: int
    body_end: int
    parent: str | None = None

    @property
    def span(self) -> Span:
        """Number plus heading."""
        return Span(self.start, self.end)

    @property
    def whole(self) -> Span:
        """Heading and body together."""
        return Span(self.start, max(self.end, self.body_end))

    @property
    def label(self) -> str:
        """What a heading trail shows: number and heading."""
        return f"{self.number or ''}{self.heading}"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document named in this one (依据 贯彻 转发 解读 引用 …), with its number where one is given."""

    title: str
    relation: Relation
    doc_number: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Enactment:
    """One step in the history 沿革 of a law or rule: what was done and when, by which decision or assembly, under which order."""

    act: EnactmentAct
    on: str
    by: str | None
    number: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class HeadMatter:
    """Who issued what, when, for which region. None means that the text does not say so.

    ``region`` is the full path name of the division (贵州省黔南布依族苗族自治州), ``region_code`` its GB/T 2260 code.
    ``spans`` gives the place of each field found in the text; fields in ``inferred`` were concluded, not read; fields in
    ``corrected`` were given by a person (人工更正). ``history`` is what the note under the title of a law tells, oldest first;
    ``issued_on`` is then the date of the version whose text this is. A place for ``effective_on`` or ``expires_on`` without a
    value says that the text has a clause on it from which no date follows (自发布之日起施行 of a text without a date).
    """

    title: str | None = None
    issuers: tuple[str, ...] = ()
    region: str | None = None
    region_code: str | None = None
    level: Level | None = None
    doc_number: str | None = None
    index_number: str | None = None
    issued_on: str | None = None
    published_on: str | None = None
    effective_on: str | None = None
    expires_on: str | None = None
    status: str | None = None
    kind: str | None = None
    plan_period: tuple[str, str] | None = None
    based_on: tuple[Reference, ...] = ()
    history: tuple[Enactment, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    inferred: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """A document inside a document (转发、印发的附件): its stretch of the text and its own head matter."""

    span: Span
    head: HeadMatter


@dataclass(frozen=True)
class ParsedDocument:
    """One source as read: the frozen text and everything that points into it.

    ``id`` is made from the bytes of the source (or is the ``_id`` of a JSON Lines record); ``source`` is the name it came by.
    """

    id: str
    source: str
    format: str
    sha256: str
    text: str
    head: HeadMatter
    outline: tuple[Section, ...] = ()
    attached: tuple[AttachedDocument, ...] = ()
    zones: tuple[Zone, ...] = ()
    tables: tuple[Table, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    issues: tuple[Issue, ...] = ()

    def __repr__(self) -> str:
        # the text may be a book, and the outline points into it
        return (
            f"<ParsedDocument {self.id} {self.source!r} {self.format} title={self.head.title!r}"
            f" characters={len(self.text)} sections={len(self.outline)} issues={len(self.issues)}>"
        )

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """Sections by id."""
        return {section.id: section for section in self.outline}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Section, ...]]:
        children: dict[str | None, list[Section]] = {}
        for section in self.outline:
            children.setdefault(section.parent, []).append(section)
        return {parent: tuple(found) for parent, found in children.items()}

    def children(self, section: Section) -> tuple[Section, ...]:
        """The sections right below one, in the order of the outline."""
        return self._children.get(section.id, ())

    def trail(self, section: Section | None) -> tuple[Section, ...]:
        """The section and its ancestors, outermost first."""
        path: list[Section] = []
        while section is not None:
            path.append(section)
            section = self.sections.get(section.parent) if section.parent else None
        return tuple(reversed(path))

    def section_at(self, position: int) -> Section | None:
        """The innermost section whose heading or body covers a position."""
        starts, sections = self._innermost
        i = bisect_right(starts, position) - 1
        return sections[i] if i >= 0 else None

    def heading_path(self, position: int) -> tuple[str, ...]:
        """Labels of the numbered headings above a position, outermost first (the citation's 位置)."""
        return tuple(s.label for s in self.trail(self.section_at(position)) if s.number or s.kind == "attachment")

    def head_at(self, position: int) -> HeadMatter:
        """The head matter that governs a position: the attached document's inside it, else the document's own."""
        if not self.attached:
            return self.head
        inner = [part for part in self.attached if part.span.start <= position < part.span.end]
        return min(inner, key=lambda part: len(part.span)).head if inner else self.head

    def anchor_at(self, position: int) -> Anchor | None:
        """The anchor that covers a position (anchors are sorted by start)."""
        i = bisect_right(self._anchor_starts, position) - 1
        if i >= 0 and position < self.anchors[i].span.end:
            return self.anchors[i]
        return None

    def page_at(self, position: int) -> int | None:
        """The page number of a position, or None for formats without pages."""
        anchor = self.anchor_at(position)
        return anchor.page if anchor else None

    def body_spans(self) -> Iterator[Span]:
        """The stretches that carry policy text: everything but boilerplate and head matter."""
        for zone in self.zones:
            if zone.kind in ("body", "attachment"):
                yield zone.span

    @cached_property
    def _innermost(self) -> tuple[list[int], list[Section | None]]:
        """Where the innermost section changes, and to which: one sweep over the outline, so that a look-up is a bisection."""
        places = sorted({at for section in self.outline for at in (section.start, max(section.end, section.body_end))})
        changes: list[Section | None] = []
        covering: list[tuple[int, int]] = []
        following = 0
        for place in places:
            while following < len(self.outline) and self.outline[following].start <= place:
                heappush(covering, (-self.outline[following].depth, -following))
                following += 1
            while covering and place >= max((last := self.outline[-covering[0][1]]).end, last.body_end):
                heappop(covering)
            changes.append(self.outline[-covering[0][1]] if covering else None)
        return places, changes

    @cached_property
    def _anchor_starts(self) -> list[int]:
        return [anchor.span.start for anchor in self.anchors]


def content_id(data: bytes) -> str:
    """The id of a document made from its bytes: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def fact_id(document_id: str, kind: str, span: Span, salt: str = "") -> str:
    """The id of a fact: made from document, kind and span, so that a re-parse of the same bytes gives the same ids."""
    key = f"{document_id}|{kind}|{span.start}|{span.end}|{salt}".encode()
    return hashlib.sha256(key).hexdigest()[:16]
