"""What a disk may hold after a power cut, made from a trace of what a process wrote (``fault_record`` of the shim).

What was synced is there. Of what a file got after its last sync any part may be: none of it, all, some writes without those before
them, sectors of one write, or the new length with zeros. Files come, go and get other names in the order in which that was done, up
to any point after the last sync of their folder, whatever became of their contents (the method of ALICE, Pillai et al., OSDI 2014).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
WAYS = ("nothing", "everything", "some", "torn", "zeros")
"""What becomes of the writes that were not synced."""


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One call: what it did to which path, under which other name, where, with which bytes."""

    what: str
    path: str
    other: str
    place: int
    data: bytes


@dataclass(slots=True)
class FileContent:
    """What a file has on the disk for certain, and what it got since: writes (place, bytes) and lengths (length, None)."""

    synced: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, way: str, draw: random.Random) -> bytes:
        """What may be on the disk after a power cut."""
        content = bytearray(self.synced)
        torn = draw.randrange(len(self.since)) if self.since else 0
        for number, (place, data) in enumerate(self.since):
            if way == "nothing" or (way in ("some", "torn") and number != torn and draw.random() < 0.5):
                continue
            if data is None:
                content[place:] = bytes(max(0, place - len(content)))
                continue
            content.extend(bytes(max(0, place + len(data) - len(content))))
            if way == "zeros":
                continue
            for start in range(0, len(data), SECTOR):
                if way != "torn" or number != torn or draw.random() < 0.5:
                    content[place + start : place + min(start + SECTOR, len(data))] = data[start : start + SECTOR]
        return bytes(content)


def read_trace(file: Path) -> list[TraceEvent]:
    """The calls in the order in which they were made."""
    written, at, events = file.read_bytes(), 0, []
    while at < len(written):
        end = written.index(b"\n", at)
        what, path, other, place, size = written[at:end].decode().split("\t")
        at = end + 1 + (int(size) if what == "write" else 0)
        events.append(TraceEvent(what, path, other, int(place), written[end + 1 : at]))
    return events


class Disk:
    """The files under a folder, as they are while the calls of a trace are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.start = {str(path): FileContent(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
        self.folders = {self.folder, *(str(path) for path in folder.rglob("*") if path.is_dir())}

    def cut(self, events: list[TraceEvent], way: str, draw: random.Random) -> tuple[dict[str, bytes], int]:
        """The files after a power cut behind some calls, and how many steps were acknowledged before it."""
        names = {path: FileContent(content.synced) for path, content in self.start.items()}
        folders, former = set(self.folders), dict(names)
        changes: list[tuple[TraceEvent, FileContent | None]] = []
        certain = steps = 0
        for event in events:
            if event.what == "note":
                steps = event.place
            elif event.what == "write" and event.path in names:
                names[event.path].since.append((event.place, event.data))
            elif event.what == "size" and event.path in names:
                names[event.path].since.append((event.place, None))
            elif event.what == "sync" and event.path in names:
                one = names[event.path]
                one.synced, one.since = one.after("everything", draw), []
            elif event.what == "sync" and event.path in folders:
                inside = [n for n, (change, _) in enumerate(changes, 1) if _parent(change) == event.path]
                certain = max([certain, *inside])
            elif event.what not in ("write", "size", "sync"):
                made = FileContent() if event.what == "open" and event.path not in names else None
                if event.what != "open" or made is not None:
                    changes.append((event, made))
                _apply(event, made, names)
                if event.what == "open" and event.place and made is None:
                    names[event.path].since.append((0, None))
                if event.what == "mkdir":
                    folders.add(event.path)
                elif event.what == "rename" and event.path in folders:
                    folders.add(event.other)
        kept = {"nothing": certain, "everything": len(changes)}.get(way, draw.randint(certain, len(changes)))
        for event, made in changes[:kept]:
            _apply(event, made, former)
        return {path: content.after(way, draw) for path, content in former.items()}, steps


def replays(
    folder: Path, events: list[TraceEvent], count: int, draw: random.Random
) -> Iterator[tuple[int, str, dict[str, bytes], int]]:
    """``count`` disks after a power cut: behind how many calls it came, in which way, the files, the steps acknowledged.

    Points just before a sync are drawn most: there most is at stake.
    """
    disk = Disk(folder)
    syncs = [number for number, event in enumerate(events) if event.what in ("sync", "rename", "note")]
    for number in range(count):
        behind = draw.choice(syncs) if syncs and draw.random() < 0.7 else draw.randint(0, len(events))
        way = WAYS[number % len(WAYS)]
        yield behind, way, *disk.cut(events[:behind], way, draw)


def _parent(event: TraceEvent) -> str:
    return (event.other or event.path).rpartition("/")[0]


def _apply(event: TraceEvent, made: FileContent | None, names: dict[str, FileContent]) -> None:
    """What a call does to the names of files."""
    if event.what == "open" and made is not None:
        names[event.path] = made
    elif event.what == "unlink":
        names.pop(event.path, None)
    elif event.what == "link" and event.path in names:
        names[event.other] = names[event.path]
    elif event.what == "rename":
        if event.path in names:
            names[event.other] = names.pop(event.path)
        else:
            for path in [path for path in names if path.startswith(f"{event.path}/")]:
                names[event.other + path[len(event.path) :]] = names.pop(path)
