"""Parts 分段 of the lexical index: what changed is written anew, so that nothing removed is left to count.

BM25 weighs a word by how many passages have it and a passage by how long it is beside the mean. An index that only marks what was
removed goes on counting it, and its hits come in another order than those of an index built anew. Here each part has the documents
of a range of rows; a change writes the parts it touches from the library, without what is gone. The sums over the parts are then
those of the documents that are there, and hits and scores do not depend on how the library came to be what it is.

A part is one segment, or a few, of each of the two tantivy indexes, written in a folder beside and moved in; the list of segments
(``meta.json``) is written last. Small parts are joined as they come, so that there are few of them.
"""

from __future__ import annotations

import json
import os
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.lexical.bm25 import INDEXES, DocumentEntry, LexicalIndex, PassageEntry, write_entries

LEAST, MOST, PARTS = 4_000, 16_000, 8
"""Passages of a full part: an eighth of the library within these bounds. A removal costs writing the part it is in, 4,000 a second;
among 24,000 passages five parts instead of one cost a search 8 % (.7 ms), thirteen 28 %."""
SMALL = 400
"""Passages up to which parts are joined whatever their sizes."""
RATIO = 4
"""A part is joined with the next where it has at most so many times its passages: few parts, and none written anew often."""

Entries = Iterable[tuple[DocumentEntry, Sequence[PassageEntry]]]


@dataclass(frozen=True, slots=True)
class IndexPart:
    """The first and the last row of its documents, how many passages it has, and its segments by index."""

    first: int
    last: int
    size: int
    segments: tuple[tuple[str, ...], ...]

    @classmethod
    def of_stamp(cls, stamp: dict[str, Any]) -> list[IndexPart]:
        """The parts that ``to_stamp`` wrote, in the order of their rows. Raises ``KeyError`` or ``ValueError`` for something else."""
        return [cls(first, last, size, tuple(map(tuple, segments))) for first, last, size, segments in stamp["parts"]]

    def to_stamp(self) -> list[Any]:
        """As part of a manifest."""
        return [self.first, self.last, self.size, self.segments]


@dataclass(frozen=True, slots=True)
class PartRange:
    """A range of rows to be written; ``kept`` is the part that stays as it is."""

    first: int
    last: int
    size: int
    kept: IndexPart | None = None


def full_size(passages: int) -> int:
    """How many passages a part may have in a library of so many."""
    return min(MOST, max(LEAST, passages // PARTS))


def plan_parts(parts: Sequence[IndexPart], gone: Iterable[int], come: dict[int, int]) -> list[PartRange]:
    """Which ranges of rows to write after a change.

    Args:
        parts: What there is, in the order of rows.
        gone: Rows of documents that are no longer there, or no longer as they were.
        come: Passages of the documents that came or changed, by row.

    Returns:
        All ranges in the order of rows; those without ``kept`` are to be written.

    Example:
        >>> plan_parts([IndexPart(1, 9, 6_000, ())], [], {12: 30})[-1]
        PartRange(first=12, last=12, size=30, kept=None)
    """
    ranges = [PartRange(part.first, part.last, part.size, part) for part in parts]
    firsts = [part.first for part in parts]
    beyond = parts[-1].last if parts else 0
    new = {row: size for row, size in come.items() if row > beyond}
    for row in {*gone, *come} - set(new):
        at = max(0, bisect_right(firsts, row) - 1)
        one = ranges[at] if ranges else None
        if one is not None and (row in come or one.first <= row <= one.last):
            ranges[at] = PartRange(min(one.first, row), max(one.last, row), one.size + come.get(row, 0))
    if new:
        ranges.append(PartRange(min(new), max(new), sum(new.values())))
    return _join(ranges, full_size(sum(one.size for one in ranges)))


def _join(ranges: list[PartRange], full: int) -> list[PartRange]:
    joined: list[PartRange] = []
    for one in ranges:
        joined.append(one)
        while len(joined) > 1:
            before, last = joined[-2:]
            both = before.size + last.size
            uneven = before.size > RATIO * last.size and both > SMALL
            if (before.kept and last.kept) or both > full or (uneven and (before.kept or last.kept)):
                break
            joined[-2:] = [PartRange(before.first, last.last, both)]
    return joined


def build_parts(folder: Path, entries: Entries, *, passages: int) -> list[IndexPart]:
    """Write a new index; ``passages`` is about how many there are."""
    LexicalIndex(folder)
    return update_parts(folder, [PartRange(0, 0, passages)], lambda first, last: entries)


def update_parts(folder: Path, ranges: Iterable[PartRange], entries_between: Callable[[int, int], Entries]) -> list[IndexPart]:
    """Write the ranges that changed and leave the others; ``entries_between(first, last)`` gives what is in one now.

    Returns:
        The parts of the index, for the next ``plan_parts``.
    """
    _clear_left(folder)
    ranges = list(ranges)
    full = full_size(sum(one.size for one in ranges))
    parts: list[IndexPart] = []
    listed = {name: {one["segment_id"]: one for one in _read_list(folder / name)["segments"]} for name in INDEXES}
    for one in ranges:
        if one.kept:
            parts.append(one.kept)
        else:
            for some in _cut(entries_between(one.first, one.last), full):
                parts.append(_write_part(folder, some, listed))
    for at, name in enumerate(INDEXES):
        _write_list(folder / name, [listed[name][id] for part in parts for id in part.segments[at]])
    return parts


def _cut(entries: Entries, full: int) -> Iterator[list[tuple[DocumentEntry, Sequence[PassageEntry]]]]:
    """The entries by parts of about ``full`` passages."""
    some: list[tuple[DocumentEntry, Sequence[PassageEntry]]] = []
    size = 0
    for entry in entries:
        if some and size + len(entry[1]) > full:
            yield some
            some, size = [], 0
        some.append(entry)
        size += len(entry[1])
    if some:
        yield some


def _write_part(
    folder: Path, some: list[tuple[DocumentEntry, Sequence[PassageEntry]]], listed: dict[str, dict[str, Any]]
) -> IndexPart:
    """Write one part and move its files in; its segments are added to what is ``listed``."""
    draft = folder.with_name(f"lexical.part{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    segments = []
    try:
        write_entries(draft, some)
        for name in INDEXES:
            written = {one["segment_id"]: one for one in _read_list(draft / name)["segments"]}
            for path in _segment_files(draft / name):
                path.replace(folder / name / path.name)
            listed[name].update(written)
            segments.append(tuple(written))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    rows = [entry.document for entry, _ in some]
    return IndexPart(min(rows), max(rows), sum(len(passages) for _, passages in some), tuple(segments))


def _clear_left(folder: Path) -> None:
    """Delete the files of parts that no list has any more. Those of the last change stay for it, because another process may have
    been about to open them."""
    for name in INDEXES:
        kept = {one["segment_id"].replace("-", "") for one in _read_list(folder / name)["segments"]}
        for path in _segment_files(folder / name):
            if path.name.partition(".")[0] not in kept:
                with suppress(OSError):  # on Windows while somebody reads it; the next change tries again
                    path.unlink()


def _segment_files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != "meta.json" and not path.name.startswith(".")]


def _read_list(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return value


def _write_list(folder: Path, segments: list[Any]) -> None:
    draft = folder / f".meta{os.getpid()}"
    draft.write_text(json.dumps({**_read_list(folder), "segments": segments}), encoding="utf-8")
    draft.replace(folder / "meta.json")
