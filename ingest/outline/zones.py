"""The partition of a text: every character in exactly one of head, body, attachment, boilerplate."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import Span, Zone, ZoneKind
from ingest.lines.lines import TextLine


def partition_zones(text: str, lines: Sequence[TextLine], kinds: Sequence[tuple[ZoneKind, str]]) -> tuple[Zone, ...]:
    """Zones from the kind of each line; blanks go with the line before them."""
    n = len(text)
    if n == 0:
        return ()
    marks: list[tuple[int, ZoneKind, str]] = []
    for line, (kind, why) in zip(lines, kinds, strict=True):
        if not marks or marks[-1][1:] != (kind, why):
            marks.append((line.start if marks else 0, kind, why))
    if not marks:
        return (Zone("boilerplate", Span(0, n), "空白"),)
    zones: list[Zone] = []
    for (start, kind, why), end in zip(marks, [mark[0] for mark in marks[1:]] + [n], strict=True):
        if end > start:
            zones.append(Zone(kind, Span(start, end), why))
    return tuple(zones)
