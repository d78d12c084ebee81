"""The document on the right."""

from __future__ import annotations

import re

from corpus.document import ParsedDocument, Span
from ui.desk.desk import Desk
from ui.page.ask.dossiers import collect_form, collect_place
from ui.page.events import Payload, integer, text
from ui.page.kit.html import Html, el, join
from ui.page.kit.states import error_message
from ui.page.reader.document import missing_document, reader_view
from ui.page.reader.lineage import version_changes

_PAIR = re.compile(r"(\d{1,9})-(\d{1,9})")


def show_reader(desk: Desk, payload: Payload) -> Html:
    """The document that was pressed, or its comparison with the version before it."""
    act = text(payload, "act")
    if act == "versions":
        return compare_versions(desk, payload)
    return open_document(desk, payload, collect_place(desk, payload) if act == "collect" else None)


def open_document(desk: Desk, payload: Payload, said: Html | None = None) -> Html:
    """The document of a citation with its place marked; without a place from its beginning. ``said``: what was just done with it."""
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
        collect=join(said, _collect(desk, payload)),
    )


def _collect(desk: Desk, payload: Payload) -> Html:
    """The form that puts the place into a dossier, folded."""
    place = {name: text(payload, name) for name in ("doc", "start", "end", "spans")}
    form = collect_form(desk, "collect-place", **{f"data_{name}": value for name, value in place.items()})
    return el("details", el("summary", "放进专题夹"), form, class_="collect")


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
