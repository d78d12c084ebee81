"""Copies of a library file that can be trusted 备份: made while others write, checked before they count, described by a manifest.

A backup is a folder with ``library.sqlite``, one file without a log beside it, and ``manifest.json``: which library it is of, how far
that had come, how much it holds, and the SHA-256 of the file. Caches are not in it; they are made anew from the file.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from corpus.errors import DamagedLibrary, NewerFormat, StoreError
from corpus.store.connections import FrozenFile, connect, connect_unchanging, sync
from corpus.store.database import FORMAT, LIBRARY_ID
from corpus.store.failures import translated
from corpus.store.integrity import damage, hash_file
from corpus.store.purged import PurgedDocument, read_purged

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1
UNCHANGED = "现有的库没有被改动。"
_PAGES = 4096
"""Pages copied between two words of progress, 32 MB."""
_COUNTED = {
    "documents": "SELECT count(*) FROM documents WHERE removed_at IS NULL",
    "removed": "SELECT count(*) FROM documents WHERE removed_at IS NOT NULL",
    "originals": "SELECT count(*) FROM originals",
    "passages": "SELECT count(*) FROM passages",
    "facts": "SELECT count(*) FROM facts",
    "corrections": "SELECT count(*) FROM corrections",
    "answers": "SELECT count(*) FROM answers",
}


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup holds.

    Attributes:
        library: The id of the library; None for a library of a program that gave none.
        generation: The generation of the library the copy is of.
        created_at: When it was made, as ISO 8601 in UTC.
        store_format: The format of the file.
        counts: Documents, removed ones, originals, passages, facts, corrections and answers.
        size: Bytes of the file.
        sha256: Hash of the file.
        faults: How many faults the check of the copy found; None where it was not checked row by row.
        purged: The documents that were erased from the library for good.
    """

    library: str | None
    generation: int
    created_at: str
    store_format: int
    counts: dict[str, int]
    size: int
    sha256: str
    faults: int | None
    purged: tuple[PurgedDocument, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """As JSON."""
        return {"format": MANIFEST_FORMAT, **asdict(self)}

    @classmethod
    def of_folder(cls, folder: Path) -> BackupManifest:
        """Read the manifest of a backup. Raises ``DamagedLibrary`` where it cannot be read."""
        try:
            written = json.loads((folder / MANIFEST).read_bytes())
            if written["format"] > MANIFEST_FORMAT:
                raise NewerFormat(f"{folder} 是更新版本的策脉做的备份。请升级策脉后再恢复。")
            purged = tuple(PurgedDocument(**one) for one in written["purged"])
            return cls(**{**{f.name: written[f.name] for f in fields(cls)}, "purged": purged})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedLibrary(f"{folder} 的清单 {MANIFEST} 读不了，不能确认这份备份是完整的。请换一份备份。") from error


def copy_library(file: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy a library file as it is at one moment, whatever others write meanwhile.

    Args:
        file: The file of a library that may be open, here or elsewhere, with a log beside it.
        target: The file to be made; it needs no log.
        progress: Called with pages done and pages in all.

    Raises:
        StoreError: Where the file cannot be read or the copy not be written.
    """

    def tell(_: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    try:
        with suppress(FileExistsError):
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        frozen = FrozenFile.unless_writable(file)
        try:
            with closing(frozen.open(0) if frozen else connect(file, ("query_only=ON",))) as db:
                # one read transaction over all steps: the copy is of one state, and no writer makes it begin again
                db.execute("BEGIN")
                db.execute("SELECT count(*) FROM sqlite_master").fetchone()
                with closing(connect(target)) as copy:
                    db.backup(copy, pages=_PAGES, progress=tell)
                    copy.execute("PRAGMA journal_mode=DELETE")
                db.execute("ROLLBACK")
        finally:
            if frozen is not None:
                frozen.close()
        sync(target)
    except (sqlite3.Error, OSError) as error:
        raise translated(error, target if isinstance(error, OSError) else file) from error


def describe_copy(file: Path, *, thorough: bool = True) -> BackupManifest:
    """Read a copy back and say what it holds; with ``thorough`` every hash in it is checked. Raises ``DamagedLibrary``."""
    try:
        with closing(connect_unchanging(file)) as db:
            said = [line for (line,) in db.execute("PRAGMA quick_check(3)") if line != "ok"]
            if said:
                raise DamagedLibrary(f"{file} 已损坏（{said[0]}）。")
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            found = db.execute("SELECT value FROM meta WHERE name=?", (LIBRARY_ID,)).fetchone()
            return BackupManifest(
                library=found[0] if found else None,
                generation=int(db.execute("SELECT value FROM meta WHERE name='generation'").fetchone()[0]),
                created_at=dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
                store_format=version,
                counts={name: _count(db, query) for name, query in _COUNTED.items()},
                size=file.stat().st_size,
                sha256=hash_file(file),
                faults=len(damage(db)) if thorough and version == FORMAT else None,
                purged=tuple(read_purged(db)),
            )
    except (sqlite3.Error, OSError) as error:
        raise translated(error, file) from error


def require_unaltered(file: Path, manifest: BackupManifest) -> None:
    """Raise ``DamagedLibrary`` unless a file is byte for byte what its manifest says."""
    try:
        same = file.stat().st_size == manifest.size and hash_file(file) == manifest.sha256
    except OSError as error:
        raise DamagedLibrary(f"备份文件读不了：{file}（{error.strerror}）。{UNCHANGED}请换一份备份。") from error
    if not same:
        raise DamagedLibrary(f"备份文件与清单的校验值不符：{file}。{UNCHANGED}请换一份备份。")


def require_sound(file: Path) -> None:
    """Raise ``StoreError`` unless a copy is sound in itself, down to the last column where it is of today's format."""
    try:
        with closing(connect_unchanging(file)) as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version > FORMAT:
                raise NewerFormat(f"备份由更新版本的策脉建立（库格式 {version}）。请升级策脉后再恢复；{UNCHANGED}")
            if version == 0:
                raise StoreError(f"{file.name} 不是策脉文档库的备份。{UNCHANGED}")
            check = "PRAGMA integrity_check(3)"
            found = damage(db) if version == FORMAT else [line for (line,) in db.execute(check) if line != "ok"]
    except sqlite3.Error as error:
        raise translated(error, file) from error
    if found:
        raise DamagedLibrary(f"备份里有 {len(found)} 处损坏，没有恢复，{UNCHANGED}第一处：{found[0]}")


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
