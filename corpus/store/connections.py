"""Connections to the file of a library: whose errors are told in words, also where nothing can be written 连接."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from corpus.errors import StoreError
from corpus.store.failures import explain_failure

_PATIENCE = 5.0
"""Seconds to wait for another writer."""
_TO_READ = ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "cache_size=-32768", "query_only=ON")


class ExplainingConnection(sqlite3.Connection):
    """A connection that raises a ``StoreError`` for what a person can act on: a full disk, a busy or damaged file."""

    path = Path()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As ``sqlite3.Connection.execute``."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """As ``sqlite3.Connection.executemany``."""
        try:
            return super().executemany(sql, parameters)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _explained(self, error: sqlite3.Error) -> Exception:
        return explain_failure(error, self.path) or error


def connect(path: Path, pragmas: Iterable[str] = (), *, uri: str | None = None) -> sqlite3.Connection:
    """Connect to a file.

    Args:
        path: The file, named in messages.
        pragmas: Settings of the connection (``name=value``).
        uri: The address of the file where it is not to be opened in the ordinary way.
    """
    db = sqlite3.connect(
        uri or path,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        uri=uri is not None,
        factory=ExplainingConnection,
    )
    db.path = path
    try:
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def connect_unchanging(path: Path) -> sqlite3.Connection:
    """Connect for reading to a file that nobody writes, a copy say: nothing is made beside it."""
    return connect(path, _TO_READ, uri=f"{path.absolute().as_uri()}?immutable=1")


class FrozenFile:
    """A library where nothing can be written: on read-only media, or in a folder of somebody else.

    Where a log lies beside the file that is not folded in, or where the file has to be brought to today's format, a private copy is
    read, which is gone when the library is closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _look(path)
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self._immutable = False

    @classmethod
    def unless_writable(cls, path: Path) -> FrozenFile | None:
        """The file where it or its folder cannot be written, None where both can."""
        return None if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK) else cls(path)

    def open(self, format: int) -> sqlite3.Connection:
        """Connect to the file for reading; ``format`` is the one the program reads."""
        log = self._path.with_name(f"{self._path.name}-wal")
        if log.exists() and log.stat().st_size:
            with suppress(sqlite3.Error, StoreError):  # another process is writing it, and what it shares may be read
                db = connect(self._path, _TO_READ, uri=f"{self._path.absolute().as_uri()}?mode=ro")
                if int(db.execute("PRAGMA user_version").fetchone()[0]) >= format:
                    return db
                db.close()
            return self._copied(log)
        db = connect_unchanging(self._path)
        if 0 < int(db.execute("PRAGMA user_version").fetchone()[0]) < format:
            db.close()
            return self._copied(log)
        self._immutable = True
        return db

    def require_unchanged(self) -> None:
        """Raise ``StoreError`` where somebody else has written the file that was taken for unchanging."""
        if self._immutable and _look(self._path) != self._seen:
            raise StoreError(f"文档库文件在读取时被别人改动了：{self._path}。请重新运行。")

    def close(self) -> None:
        """Delete the private copy."""
        if self._private is not None:
            self._private.cleanup()

    def _copied(self, log: Path) -> sqlite3.Connection:
        self._private = tempfile.TemporaryDirectory(prefix="cemai-", ignore_cleanup_errors=True)
        copy = Path(self._private.name) / self._path.name
        for file in (self._path, log):
            if file.exists():
                shutil.copyfile(file, copy.with_name(file.name))
        return connect(copy)


def sync(path: Path) -> None:
    """See to it that a file, or the list of a folder's files, is on the disk itself."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR
    with suppress(PermissionError):  # Windows does not open folders
        number = os.open(path, flags)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _look(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
