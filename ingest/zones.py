"""The partition of a text: every character in exactly one of head, body, attachment, boilerplate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.document import Span, Zone, ZoneKind
from ingest.outline_lines import Line

_ORDER: dict[ZoneKind, int] = {"body": 0, "attachment": 1, "head": 2, "boilerplate": 3}


def partition(
    text: str, lines: Sequence[Line], kinds: Sequence[tuple[ZoneKind, str]], cuts: Iterable[tuple[Span, ZoneKind, str]] = ()
) -> tuple[Zone, ...]:
    """Zones from the kind of each line; blanks go with the line before them. ``cuts`` override stretches inside lines."""
    n = len(text)
    if n == 0:
        return ()
    marks: list[tuple[int, ZoneKind, str]] = []
    for line, (kind, why) in zip(lines, kinds, strict=True):
        if not marks or marks[-1][1:] != (kind, why):
            marks.append((line.start if marks else 0, kind, why))
    if not marks:
        return (Zone("boilerplate", Span(0, n), "空白"),)
    for span, kind, why in sorted(cuts, key=lambda cut: cut[0].start):
        marks = _override(marks, span, kind, why, n)
    zones: list[Zone] = []
    for (start, kind, why), end in zip(marks, [mark[0] for mark in marks[1:]] + [n], strict=True):
        if end > start:
            zones.append(Zone(kind, Span(start, end), why))
    return tuple(zones)


def _override(
    marks: list[tuple[int, ZoneKind, str]], span: Span, kind: ZoneKind, why: str, n: int
) -> list[tuple[int, ZoneKind, str]]:
    if not len(span) or span.end > n:
        return marks
    before = [mark for mark in marks if mark[0] < span.start]
    resumed = [mark for mark in marks if mark[0] <= span.end][-1]
    after = [mark for mark in marks if mark[0] > span.end]
    if kind == resumed[1] and before and before[-1] == resumed:
        return marks
    tail = [(span.end, resumed[1], resumed[2])] if span.end < n else []
    return [*before, (span.start, kind, why), *tail, *after]
