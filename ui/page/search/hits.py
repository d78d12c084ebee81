"""Search results: title, the sentence that carries the words, and the line of head matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Span
from corpus.store import DocumentInfo
from corpus.text import sentences
from index.passages import Hit
from ui.labels import NOTICES
from ui.page.kit.address import document_link
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.wording import dotted_line, head_matter_parts, state_tag
from ui.page.reader.document import join_path
from ui.page.reader.marking import mark_spans, merge_spans

SNIPPET = 140
MORE = 2
"""Further passages of one document that a result shows."""


def best_snippet(hit: Hit, length: int = SNIPPET) -> Span:
    """The stretch of the hit's text (in its own offsets) shown: the sentence with the most highlighted characters."""
    text = hit.text
    marks = [Span(max(0, s.start - hit.start), min(len(text), s.end - hit.start)) for s in hit.highlights
             if hit.start <= s.start < hit.end]  # fmt: skip
    parts = list(sentences(text))
    best, weight = Span(0, len(text)), -1
    for part in parts:
        sentence = part.trimmed(text)
        found = sum(len(m) for m in merge_spans(marks) if m.overlaps(sentence))
        if found > weight and len(sentence):
            best, weight = sentence, found
    if len(best) > length:
        first = next((m.start for m in sorted(marks) if m.start >= best.start), best.start)
        start = max(best.start, min(first - length // 4, best.end - length))
        return Span(start, min(best.end, start + length))
    for part in parts:
        if len(best) >= length // 2:
            break
        if part.end > best.end:
            wider = Span(best.start, part.end).trimmed(text)
            if len(wider) > length or wider.end == best.end:  # too long, or at the end of its line
                break
            best = wider
    return best


@dataclass(frozen=True)
class DocumentHits:
    """The passages of one document that a search found, best first, and the other files of its work."""

    hits: Sequence[Hit]
    info: DocumentInfo | None = None
    status: str | None = None
    others: Sequence[tuple[DocumentInfo, str | None]] = ()
    """Its copies and other versions, each with its status."""


def hit_card(found: DocumentHits) -> Html:
    """A document's best passage, with further ones and the other files of its work below."""
    hit, info = found.hits[0], found.info
    shown = best_snippet(hit)
    more = [(other, best_snippet(other)) for other in [other for other in found.hits[1:] if other.highlights][:MORE]]
    parts = [*([hit.region] if hit.region else []), *(head_matter_parts(info.head) if info else [])]
    main = el(
        "div",
        el("p", _link(hit, shown, cut(hit.title or hit.source, 80)), state_tag(found.status), class_="hit-title"),
        _sentence(hit, shown),
        el(
            "p",
            el("span", join_path(hit.section_path)) if hit.section_path else None,
            el("span", f"第 {hit.page} 页") if hit.page else None,
            el("span", NOTICES["damaged"]) if hit.damaged else None,
            class_="src",
        ),
        el("p", dotted_line(parts), class_="meta") if parts else None,
        **_opens(hit, shown, "hit-main"),
    )
    return el(
        "div",
        main,
        [
            el(
                "div",
                _sentence(other, part),
                el("p", _link(other, part, "打开这一处"), class_="src"),
                **_opens(other, part, "hit-more"),
            )
            for other, part in more
        ],
        el(
            "details",
            el("summary", f"同一文件的其他版本和副本 {len(found.others)} 份"),
            _document_lines(found.others),
            class_="more",
        )
        if found.others
        else None,
        class_="hit",
    )


def _opens(hit: Hit, part: Span, class_: str) -> dict[str, object]:
    """Attributes of an element that opens the part it shows when it is pressed; for the keyboard there is a link in it."""
    return {
        "class_": class_, "data_act": "open", "data_doc": hit.source_id,
        "data_start": hit.start + part.start, "data_end": hit.start + part.end,
    }  # fmt: skip


def _link(hit: Hit, part: Span, label: str) -> Html:
    return document_link(label, hit.source_id, hit.start + part.start, hit.start + part.end)


def document_card(info: DocumentInfo, status: str | None = None, reason: str | None = None) -> Html:
    """A document in a list without a query."""
    head = info.head
    parts = [head.region or "", *head_matter_parts(head, full=True)]
    return el(
        "div",
        el(
            "div",
            el("p", document_link(cut(head.title or info.source, 90), info.id), state_tag(status, reason), class_="hit-title"),
            class_="hit-main", data_act="open", data_doc=info.id, data_start="0", data_end="0",
        ),
        el("p", dotted_line(parts), class_="meta"),
        class_="hit",
    )  # fmt: skip


def recent_documents(rows: Sequence[tuple[DocumentInfo, str | None]]) -> Html:
    """The documents that came last, one line each."""
    return join(el("h2", "最近放入的文件"), _document_lines(rows))


def _document_lines(rows: Sequence[tuple[DocumentInfo, str | None]]) -> Html:
    items = [
        el(
            "li",
            document_link(cut(info.head.title or info.source, 60), info.id),
            state_tag(status),
            el("div", dotted_line([info.head.region, *head_matter_parts(info.head)]), class_="meta"),
        )
        for info, status in rows
    ]  # fmt: skip
    return el("ul", items, class_="recent")


def _sentence(hit: Hit, part: Span) -> Html:
    shown = part.of(hit.text)
    lead = "…" if part.start > 0 else ""
    tail = "…" if part.end < len(hit.text) else ""
    return el("p", lead, mark_spans(shown, hit.highlights, offset=hit.start + part.start), tail, class_="quote")
