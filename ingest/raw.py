"""What a format reader hands to structure recognition: the frozen text and what the format itself knows about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.document import Anchor, Issue, Span, Table


@dataclass(frozen=True, slots=True)
class RawText:
    """The text of one source, frozen: every span below points into ``text`` and stays valid.

    ``headings`` are lines the format marks as headings (docx style, html h1–h6) with their depth, 1 outermost; a number that
    the format produced automatically is already written out in ``text``. ``boilerplate`` are stretches the format knows to
    be no part of the document; ``notes`` are footnotes in lines of their own, whose marks number no section. ``fields`` are values of head matter the format names (html meta tags, index tables), by the
    field names of ``HeadMatter``, as written; ``field_spans`` says where those stand in ``text``, where they do.
    """

    text: str
    format: str
    tables: tuple[Table, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    issues: tuple[Issue, ...] = ()
    headings: tuple[tuple[Span, int], ...] = ()
    boilerplate: tuple[Span, ...] = ()
    notes: tuple[Span, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    field_spans: Mapping[str, Span] = field(default_factory=dict)
