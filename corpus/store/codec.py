"""Documents and their parts as JSON values, for the store and for exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.document import (
    Anchor,
    AttachedDocument,
    Enactment,
    HeadMatter,
    Issue,
    ParsedDocument,
    Reference,
    Section,
    Span,
    Table,
    Zone,
)
from corpus.unread import list_unread

Json = dict[str, Any]


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _span(pair: list[int] | None) -> Span | None:
    return None if pair is None else Span(pair[0], pair[1])


def _sure(pair: list[int]) -> Span:
    return Span(pair[0], pair[1])


def pack_head(head: HeadMatter) -> Json:
    """Head matter as JSON."""
    return {
        "title": head.title,
        "issuers": list(head.issuers),
        "region": head.region,
        "region_code": head.region_code,
        "level": head.level,
        "doc_number": head.doc_number,
        "index_number": head.index_number,
        "issued_on": head.issued_on,
        "published_on": head.published_on,
        "effective_on": head.effective_on,
        "expires_on": head.expires_on,
        "status": head.status,
        "kind": head.kind,
        "plan_period": list(head.plan_period) if head.plan_period else None,
        "based_on": [[r.title, r.relation, r.doc_number, _pair(r.span)] for r in head.based_on],
        "history": [[e.act, e.on, e.by, e.number, e.span.start, e.span.end] for e in head.history],
        "spans": {name: _pair(span) for name, span in head.spans.items()},
        "inferred": sorted(head.inferred),
    }


def unpack_head(value: Mapping[str, Any]) -> HeadMatter:
    """The inverse of ``pack_head``."""
    period = value["plan_period"]
    return HeadMatter(
        **{
            name: value[name]
            for name in (
                "title",
                "region",
                "region_code",
                "level",
                "doc_number",
                "index_number",
                "issued_on",
                "published_on",
                "effective_on",
                "expires_on",
                "status",
                "kind",
            )
        },
        issuers=tuple(value["issuers"]),
        plan_period=(period[0], period[1]) if period else None,
        based_on=tuple(Reference(t, rel, n, _span(s)) for t, rel, n, s in value["based_on"]),
        # records written before a history was read have none
        history=tuple(Enactment(act, on, by, n, Span(start, end)) for act, on, by, n, start, end in value.get("history", ())),
        spans={name: _sure(pair) for name, pair in value["spans"].items()},
        inferred=frozenset(value["inferred"]),
    )


def pack_document(doc: ParsedDocument) -> Json:
    """Everything of a document but its text, its outline and its source columns."""
    return {
        "head": pack_head(doc.head),
        "attached": [[_pair(part.span), pack_head(part.head)] for part in doc.attached],
        "zones": [[zone.kind, zone.span.start, zone.span.end, zone.why] for zone in doc.zones],
        "tables": [
            [
                _pair(t.span),
                [[_pair(cell) for cell in row] for row in t.rows],
                t.header_rows,
                _pair(t.caption),
                t.label,
            ]
            for t in doc.tables
        ],
        "anchors": [
            [a.span.start, a.span.end, a.page, a.box, a.element, *([] if a.confidence is None else [a.confidence])]
            for a in doc.anchors
        ],
        "issues": [[i.code, i.message, _pair(i.span)] for i in doc.issues],
    }


def unpack_document(
    value: Mapping[str, Any],
    *,
    id: str,
    source: str,
    format: str,
    sha256: str,
    text: str,
    outline: tuple[Section, ...],
) -> ParsedDocument:
    """The inverse of ``pack_document``."""
    return ParsedDocument(
        id=id,
        source=source,
        format=format,
        sha256=sha256,
        text=text,
        outline=outline,
        head=unpack_head(value["head"]),
        attached=tuple(AttachedDocument(_sure(pair), unpack_head(head)) for pair, head in value["attached"]),
        zones=tuple(Zone(kind, Span(start, end), why) for kind, start, end, why in value["zones"]),
        tables=tuple(
            Table(_sure(span), tuple(tuple(_sure(cell) for cell in row) for row in rows), header, _span(caption), label)
            for span, rows, header, caption, label in value["tables"]
        ),
        anchors=tuple(
            Anchor(Span(start, end), page, tuple(box) if box else None, element, *confidence)
            for start, end, page, box, element, *confidence in value["anchors"]
        ),
        issues=tuple(Issue(code, message, _span(pair)) for code, message, pair in value["issues"]),
    )


def head_record(head: HeadMatter) -> Json:
    """The fields of ``documents.json`` that come from head matter."""
    return {
        "title": head.title,
        "issuers": list(head.issuers),
        "region": head.region,
        "level": head.level,
        "doc_number": head.doc_number,
        "index_number": head.index_number,
        "issued_on": head.issued_on,
        "published_on": head.published_on,
        "status": head.status,
        "kind": head.kind,
        "plan_period": {"start": head.plan_period[0], "end": head.plan_period[1]} if head.plan_period else None,
        "based_on": [{"title": r.title, "doc_number": r.doc_number, "relation": r.relation} for r in head.based_on],
        "inferred": sorted(head.inferred),
    }


def document_record(doc: ParsedDocument) -> Json:
    """One entry of ``documents.json``."""
    return {
        "id": doc.id,
        "source": doc.source,
        **head_record(doc.head),
        "corrected": sorted(doc.head.corrected),
        "format": doc.format,
        "sha256": doc.sha256,
        "warnings": [issue.message for issue in doc.issues],
        "unread": [part.record() for part in list_unread(doc.issues)],
        "attached": [{"start": part.span.start, "end": part.span.end, **head_record(part.head)} for part in doc.attached],
    }


def section_records(doc: ParsedDocument) -> list[Json]:
    """The entries of ``sections.json`` for one document."""
    return [
        {
            "id": s.id,
            "source": doc.source,
            "document_id": doc.id,
            "kind": s.kind,
            "number": s.number,
            "heading": s.heading,
            "level": s.depth,
            "start": s.start,
            "end": s.end,
            "body_start": s.body_start,
            "body_end": s.body_end,
            "parent": s.parent,
        }
        for s in doc.outline
    ]
