"""The document on the right."""

from __future__ import annotations

import re

from corpus.document import ParsedDocument, Span
from ui.desk.desk import Desk
from ui.page.events import Payload, integer, text
from ui.page.kit.html import Html
from ui.page.kit.states import error_message
from ui.page.reader.document import missing_document, reader_view
from ui.page.reader.lineage import version_changes

_PAIR = re.compile(r"(\d{1,9})-(\d{1,9})")


def show_reader(desk: Desk, payload: Payload) -> Html:
    """The document that was pressed, or its comparison with the version before it."""
    return compare_versions(desk, payload) if text(payload, "act") == "versions" else open_document(desk, payload)


def open_document(desk: Desk, payload: Payload) -> Html:
    """The document of a citation with its place marked; without a place from its beginning."""
    id = text(payload, "doc") or ""
    entry = desk.entry(id)
    if entry is None:
        return missing_document()
    doc = desk.document(entry.info.id)
    tasks, targets = desk.facts_of(entry.info.id)
    return reader_view(
        doc,
        entry.info,
        quotes=asked_spans(doc, payload),
        status=entry.status,
        reason=entry.reason,
        tasks=tasks,
        targets=targets,
        relations=desk.relations(doc.id),
        corrections=desk.corrections(doc.id),
    )


def compare_versions(desk: Desk, payload: Payload) -> Html:
    """The clauses in which a document differs from the state before it."""
    id = text(payload, "doc") or ""
    entry = desk.entry(id)
    before = desk.relations(entry.info.id).previous(entry.info.id) if entry else None
    if entry is None or before is None:
        return error_message("没有找到上一个版本，可能刚被移除。请重新打开这份文件。")
    return version_changes(desk.versions(before.document, entry.info.id), before.document, entry.info.id)


def asked_spans(doc: ParsedDocument, payload: Payload) -> list[Span]:
    """The places asked for that lie in the text, the one that was pressed first."""
    asked = [(integer(payload, "start"), integer(payload, "end"))]
    asked += [(int(a), int(b)) for a, b in _PAIR.findall(text(payload, "spans") or "")[:50]]
    return [
        span
        for start, end in dict.fromkeys(asked)
        if start < end <= len(doc.text) and len(span := Span(start, end).trimmed(doc.text))
    ]
