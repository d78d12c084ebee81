"""From a frozen text to a document: head matter, attached documents, the heading tree, and a zone for every character."""

from __future__ import annotations

import re

from corpus.document import HeadMatter, ParsedDocument, Span, Zone
from ingest.boilerplate import boilerplate_lines
from ingest.outline import Part, part_nodes, to_sections
from ingest.outline_lines import lines_of
from ingest.outline_marks import mark_at
from ingest.raw import RawText

_TITLE_END = re.compile(r"(通知|意见|方案|规划|办法|规定|决定|函|要点|细则|条例|公告|通告|报告|解读|计划|》|\))$")


def build(raw: RawText, *, id: str, source: str, sha256: str, region: str | None = None) -> ParsedDocument:
    """Recognise the structure of a text."""
    text = raw.text
    lines = lines_of(text)
    boiler = boilerplate_lines(text, lines)
    kept = [line for i, line in enumerate(lines) if i not in boiler]
    title = None
    body = 0
    for i, line in enumerate(kept[:30]):
        if mark_at(text, line.start, line.end) or line.end - line.start > 120:
            break
        if line.end - line.start > 8 and _TITLE_END.search(line.span.of(text)):
            title, body = line.span, i + 1
            break
    rest = [line for line in kept[body:] if "|" not in line.span.of(text)[:60]]
    nodes = part_nodes(text, Part(Span(0, len(text)), title), rest, {}, None, kept[-1].end if kept else 0)
    start = title.end if title else 0
    zones = tuple(z for z in (Zone("head", Span(0, start)), Zone("body", Span(start, len(text)))) if len(z.span))
    head = HeadMatter(title=title.of(text) if title else None)
    return ParsedDocument(
        id=id,
        source=source,
        format=raw.format,
        sha256=sha256,
        text=text,
        head=head,
        outline=to_sections(text, nodes, id),
        zones=zones,
        tables=raw.tables,
        anchors=raw.anchors,
        issues=raw.issues,
    )
