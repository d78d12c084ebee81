"""The spool 收件夹: uploaded files and what became of each, on the disk beside the library until that has been told.

A file that was acknowledged is in the spool, its bytes and its record both written through, before anybody is told so. Whatever ends
the process, the next server finds it. Each server has a folder of its own, held by a lock that the system gives back when the process
ends: a folder whose lock can be had belongs to a server that is no more, and is taken over.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

_RESULT = {"state", "message", "warnings", "document", "ended"}
_LOCK, _DATA, _RECORD, _PART = "lock", ".data", ".json", ".part"


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """What is written of one file.

    Attributes:
        id: Number of the import.
        source: Name of the file.
        region: Region that was given with it.
        size: Its bytes.
        tries: How often it was begun.
        result: What became of it, as the importer words it; None as long as it waits.
        account: Name of the account that sent it; empty where there are none.
        address: Where it was sent from.
    """

    id: str
    source: str
    region: str | None
    size: int
    tries: int = 0
    result: dict[str, Any] | None = None
    account: str = ""
    address: str = ""


class Spool:
    """The files of one server, in a folder of its own below ``folder``. Used under a lock of the importer's.

    Raises:
        OSError: Where nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        self._every = folder
        while True:
            self._own = folder / f"{time.time_ns():x}"
            self._own.mkdir(parents=True, mode=0o700)
            with suppress(Timeout):
                self._lock = _locked(self._own)
                if self._own.is_dir():
                    break  # else another server, which started just now, took it for one left behind

    def put(self, file: SpooledFile, data: bytes) -> None:
        """Write a file through to the disk; afterwards it survives whatever ends the process."""
        try:
            self._write(file.id + _DATA, data)
            self.note(file)
        except OSError:
            self.forget(file.id)  # a full disk is not to be filled by what was refused for it
            raise

    def note(self, file: SpooledFile) -> None:
        """Write the record of a file anew."""
        self._write(file.id + _RECORD, json.dumps(asdict(file), ensure_ascii=False).encode("utf-8", "replace"))

    def data(self, id: str) -> bytes:
        """The bytes of a file that waits."""
        return (self._own / (id + _DATA)).read_bytes()

    def drop_data(self, id: str) -> None:
        """Delete the bytes of a file that waits no longer."""
        (self._own / (id + _DATA)).unlink(missing_ok=True)

    def forget(self, id: str) -> None:
        """Delete everything about a file."""
        for ending in (_RECORD, _DATA, _RECORD + _PART, _DATA + _PART):
            with suppress(OSError):
                (self._own / (id + ending)).unlink(missing_ok=True)

    def take_over(self) -> tuple[list[SpooledFile], bool]:
        """Take the files of servers that are no more, in the order they came.

        Returns:
            The files, and whether no other server has any here.
        """
        found: list[SpooledFile] = []
        alone = True
        for folder in sorted(path for path in self._every.iterdir() if path.is_dir() and path != self._own):
            try:
                lock = _locked(folder)
            except Timeout:
                alone = False
                continue
            for record in folder.glob(f"*{_RECORD}"):
                if (file := self._move(record)) is not None:
                    found.append(file)
            if lock is not None:
                lock.release()
            with suppress(OSError):
                for left in folder.iterdir():  # bytes without a record were never acknowledged
                    left.unlink(missing_ok=True)
                folder.rmdir()
        return sorted(found, key=_order), alone

    def close(self) -> None:
        """Give the folder up; what is left in it is for the next server."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        with suppress(OSError):
            (self._own / _LOCK).unlink(missing_ok=True)
            self._own.rmdir()  # goes where nothing is left

    def _move(self, record: Path) -> SpooledFile | None:
        try:
            file = SpooledFile(**json.loads(record.read_bytes()))
            complete = file.result is None or file.result.keys() >= _RESULT
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        if not complete:
            return None
        data = record.with_suffix(_DATA)
        if data.exists():
            data.replace(self._own / data.name)
        elif file.result is None:
            return None
        record.replace(self._own / record.name)
        _sync_folder(self._own)
        return file

    def _write(self, name: str, data: bytes) -> None:
        part = self._own / (name + _PART)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._own / name)
        _sync_folder(self._own)


def _locked(folder: Path) -> BaseFileLock | None:
    """The lock of a folder, held; None where the file system has none, so that one server has to be taken for granted.

    Raises ``Timeout`` where another process holds it.
    """
    lock = FileLock(folder / _LOCK, timeout=0, mode=0o600, fallback_to_soft=False)
    try:
        lock.acquire()
    except (NotImplementedError, OSError) as error:
        if isinstance(error, Timeout):
            raise
        return None
    return lock


def _order(file: SpooledFile) -> tuple[str, int]:
    run, _, number = file.id.rpartition("-")
    return run, int(number) if number.isdigit() else 0


def _sync_folder(folder: Path) -> None:
    """Write the names in a folder through, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
