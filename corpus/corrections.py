"""Corrections 人工更正: what a person says of a document where the reader was wrong, kept apart from what was read.

A correction names one field of the head matter, the value a person gives it and the value that was read before. The head matter that
the program works with is the one read with the corrections laid over it; undoing a correction brings back what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from corpus.document import AttachedDocument, HeadMatter, ParsedDocument, Span

FieldType = Literal["text", "texts", "date", "period", "region", "documents", "parts"]
"""text 文字 · texts 几项文字 · date ISO date · period [start, end] · region 行政区划 · documents ids or titles · parts attached documents."""


@dataclass(frozen=True, slots=True)
class CorrectableField:
    """A field that a person may correct: its name, its Chinese label and the type of its value."""

    name: str
    label: str
    type: FieldType


FIELDS: Mapping[str, CorrectableField] = {
    field.name: field
    for field in (
        CorrectableField("title", "标题", "text"),
        CorrectableField("doc_number", "文号", "text"),
        CorrectableField("index_number", "索引号", "text"),
        CorrectableField("issuers", "发文机关", "texts"),
        CorrectableField("region", "地区", "region"),
        CorrectableField("level", "层级", "text"),
        CorrectableField("kind", "文种", "text"),
        CorrectableField("issued_on", "成文日期", "date"),
        CorrectableField("published_on", "发布日期", "date"),
        CorrectableField("effective_on", "施行日期", "date"),
        CorrectableField("expires_on", "失效日期", "date"),
        CorrectableField("plan_period", "规划期", "period"),
        CorrectableField("status", "时效", "text"),
        CorrectableField("replaces", "代替的文件", "documents"),
        CorrectableField("replaced_by", "被代替为", "documents"),
        CorrectableField("copy_of", "是其副本", "documents"),
        CorrectableField("not_copy_of", "不是其副本", "documents"),
        CorrectableField("attached", "内含文件", "parts"),
        CorrectableField("checked", "正文核对", "text"),
    )
}
_OF_THE_HEAD = (
    "title", "doc_number", "index_number", "issuers", "level", "kind", "issued_on", "published_on", "effective_on",
    "expires_on", "plan_period",
)  # fmt: skip
_TUPLES = frozenset({"issuers", "plan_period"})


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction as kept. ``value`` and ``was`` are JSON values; None says that the document does not state the field.

    ``document_id``, ``source`` and ``origin`` name the file it was made on: the same bytes under any name, and whatever takes the
    place of that file, are corrected too. ``undone_at`` is set when a person took it back.
    """

    number: int
    document_id: str
    source: str
    origin: str | None
    field: str
    value: Any
    was: Any
    who: str | None
    at: str
    note: str | None = None
    undone_at: str | None = None

    def concerns(self, document_id: str, source: str, origin: str | None) -> bool:
        """Whether it holds for a document: of the same bytes, or read from the place the corrected one was read from."""
        return self.document_id == document_id or (self.source, self.origin) == (source, origin)

    @property
    def label(self) -> str:
        """The Chinese name of the field."""
        return FIELDS[self.field].label if self.field in FIELDS else self.field


def correct_head(head: HeadMatter, corrections: Iterable[Correction]) -> HeadMatter:
    """The head matter with corrections laid over it, later ones over earlier; ``corrected`` names the fields concerned.

    A corrected field is no longer ``inferred`` and has no place in the text.
    """
    values: dict[str, Any] = {}
    named: set[str] = set()
    for correction in corrections:
        named.add(correction.field)
        if correction.field == "region":
            path, code, level = correction.value or (None, None, None)
            values |= {"region": path, "region_code": code}
            values.setdefault("level", level)
        elif correction.field in _TUPLES:
            value = correction.value
            values[correction.field] = tuple(value) if value is not None else () if correction.field == "issuers" else None
        elif correction.field in _OF_THE_HEAD:
            values[correction.field] = correction.value
    if not named:
        return head
    spans = {name: span for name, span in head.spans.items() if name not in named}
    return replace(
        head, **values, spans=spans, inferred=frozenset(head.inferred - named), corrected=frozenset(head.corrected | named)
    )


def read_value(document: ParsedDocument, field: str) -> Any:
    """What the reader found for a field, as a JSON value; None for what it does not read."""
    head = document.head
    if field == "checked":  # a person read these very bytes
        return document.sha256
    if field == "region":
        return [head.region, head.region_code, head.level] if head.region or head.region_code else None
    if field == "attached":
        from corpus.store.codec import pack_head

        return [[part.span.start, part.span.end, pack_head(part.head)] for part in document.attached]
    value = getattr(head, field, None)
    return list(value) if isinstance(value, tuple) else value


def correct_parts(
    parts: tuple[AttachedDocument, ...], corrections: Iterable[Correction], document_id: str
) -> tuple[AttachedDocument, ...]:
    """The documents inside a document, as a person divided it; only of the very text the division was made on."""
    from corpus.store.codec import unpack_head

    for correction in corrections:
        if correction.field == "attached" and correction.document_id == document_id:
            parts = tuple(AttachedDocument(Span(start, end), unpack_head(head)) for start, end, head in correction.value or ())
    return parts
