"""Files of a cache that are what was written 缓存文件: cheap to tell at the start, certain where it is asked for.

A cache may hold gigabytes, of which a process that answers one question reads a little. So at the start only sizes and times are
compared; a file whose time is another is read and held against its hash, and so is a sample of the others, for what changes bytes
without touching the time (a failing disk). ``cemai doctor`` reads all, and so does a search that meets an error in a cache.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.store.integrity import hash_file

SAMPLE = 16 << 20
"""Bytes of files that look untouched which are held against their hashes at the start: a hundredth of a second of reading."""


@dataclass(frozen=True, slots=True)
class CacheFiles:
    """The files of a cache as they were written: SHA-256 by name, and size with time of change by name."""

    folder: Path
    hashes: dict[str, str]
    seen: dict[str, list[int]]

    @classmethod
    def of_stamp(cls, folder: Path, stamp: dict[str, Any]) -> CacheFiles:
        """What ``to_stamp`` wrote; none where it is something else."""
        hashes, seen = stamp.get("files"), stamp.get("seen")
        return cls(folder, hashes if isinstance(hashes, dict) else {}, seen if isinstance(seen, dict) else {})

    @classmethod
    def written(cls, folder: Path, names: Iterable[str], former: CacheFiles | None = None) -> CacheFiles:
        """The files as they are now; those that are untouched since ``former`` are not read again."""
        hashes, seen = {}, {}
        for name in names:
            seen[name] = _look(folder / name)
            same = former is not None and former.seen.get(name) == seen[name] and name in former.hashes
            hashes[name] = former.hashes[name] if same and former else hash_file(folder / name)
        return cls(folder, hashes, seen)

    def to_stamp(self) -> dict[str, Any]:
        """As part of a manifest."""
        return {"files": self.hashes, "seen": self.seen}

    @property
    def moved(self) -> bool:
        """Whether sizes or times are no longer those noted, as in a copied library."""
        return any(_look(self.folder / name) != self.seen.get(name) for name in self.hashes)

    def untouched(self, names: Iterable[str], *, sample: bool = True) -> bool:
        """Whether there are just these files, as large as they were, and those that were touched have their hashes.

        With ``sample`` some others are read too.
        """
        try:
            if not self.hashes or sorted(names) != sorted(self.hashes):
                return False
            now = {name: _look(self.folder / name) for name in self.hashes}
            touched = [name for name in now if now[name] != self.seen.get(name)]
            return all(self._holds(name) for name in (*touched, *(_drawn(now, touched) if sample else ())))
        except OSError:
            return False

    def intact(self, names: Iterable[str]) -> bool:
        """Whether there are just these files, byte for byte what was written."""
        try:
            return bool(self.hashes) and sorted(names) == sorted(self.hashes) and all(map(self._holds, self.hashes))
        except OSError:
            return False

    def _holds(self, name: str) -> bool:
        return hash_file(self.folder / name) == self.hashes[name]


def _drawn(now: dict[str, list[int]], touched: list[str]) -> list[str]:
    """Files to be looked into, drawn at random, of no more than ``SAMPLE`` bytes in all."""
    drawn, left = [], SAMPLE
    for name in random.sample(sorted(now), len(now)):
        if name not in touched and now[name][0] <= left:
            drawn.append(name)
            left -= now[name][0]
    return drawn


def _look(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]
