"""Taking imports from the queue that several machines share 导入工作: in ``cemai work``, and in each ``cemai serve`` over a database."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import LeaseLost, LibraryBusy, PolicyError
from corpus.store.audit import Actor, acting
from corpus.store.import_queue import ImportQueue, QueuedImport
from ui.desk.desk import Desk
from ui.desk.imports import ADDED, DEFECT, REFUSED, UNCHANGED
from ui.desk.uploads import take_in

if TYPE_CHECKING:
    from ingest.worker import SafeReader

log = logging.getLogger("cemai.work")

LEASE = 30.0
"""Seconds after which the file of a worker that says nothing any more is another's."""
LOOK_AGAIN = 1.0
"""Seconds between two looks for a file that waits."""
PAUSE = 1.0
"""Seconds before a database that does not answer, or a library that is being written, is tried again."""
UPLOADS = "uploads."
"""What the folder of a worker begins with, in the folder of the library on its machine."""


class ImportWorker:
    """Takes files from the queue, one after the other, and stores them.

    Args:
        desk: The desk that changes the library.
        queue: The queue of that library.
        lease: Seconds of a lease; it is renewed four times as often.
    """

    def __init__(self, desk: Desk, queue: ImportQueue, lease: float = LEASE) -> None:
        self._desk = desk
        self._queue = queue
        self._lease = lease
        self.name = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(3)}"
        """Which worker, in the queue: never twice the same."""
        self.done = 0
        """How many files it has brought to their end."""

    def run(self, stopping: threading.Event, *, until_empty: bool = False) -> None:
        """Work until told to stop, or until nothing waits. The file at hand is brought to its end, unless the library is busy."""
        from ingest.kept_pages import kept_pages
        from ingest.worker import SafeReader

        with SafeReader(pages=kept_pages(self._desk.library.corpus.folder)) as reader:  # one process for all that waits
            while not stopping.is_set():
                try:
                    taken = self._queue.take(self.name, self._lease)
                    if taken is not None:
                        self._bring_to_end(*taken, reader, stopping)
                    elif until_empty:
                        return
                    else:
                        stopping.wait(LOOK_AGAIN)
                except LeaseLost as error:
                    log.warning("%s", error)
                except PolicyError as error:
                    log.warning("the queue cannot be had: %s", error)
                    stopping.wait(PAUSE)

    def _bring_to_end(self, file: QueuedImport, data: bytes, reader: SafeReader, stopping: threading.Event) -> None:
        actor = Actor(file.account, file.address, "import") if file.account else None
        with self._renewing(file), acting(actor):
            result = self._stored(file, data, reader, stopping)
            if result is None:
                self._queue.give_back(file.id, self.name)
                return
            if file.tries > 1 and result["state"] == UNCHANGED:
                result = {**result, "state": ADDED, "message": "上次中断之前已经入库"}
            told = {name: result[name] for name in ("state", "message", "warnings", "source")} | {"document": result["id"]}
            while True:  # it is stored: whoever takes the file otherwise would only find that
                try:
                    self._queue.finish(file.id, self.name, told)
                    break
                except LibraryBusy:
                    if stopping.wait(PAUSE):
                        raise
            self.done += 1

    def _stored(self, file: QueuedImport, data: bytes, reader: SafeReader, stopping: threading.Event) -> dict[str, Any] | None:
        """What became of a file; None where the worker stops before. Raises ``LeaseLost``."""

        def progress(_: int, __: int, what: str) -> None:
            if "：" in what:  # a long file of records says how many are in
                self._say(file, what.rpartition("：")[2])

        guard = partial(self._queue.guarding, id=file.id, worker=self.name)
        while True:
            try:
                result = take_in(self._desk, file.source, data, file.region, progress, reader, guard)
            except LeaseLost:
                raise
            except Exception:
                log.exception("import failed")
                return {"source": file.source, "state": REFUSED, "message": DEFECT, "warnings": [], "id": None}
            if result.get("reason") != "busy":
                return result
            self._say(file, "等数据库或另一个程序，稍后继续")
            if stopping.wait(PAUSE):
                return None

    def _say(self, file: QueuedImport, words: str) -> None:
        with suppress(PolicyError):
            self._queue.say(file.id, self.name, words)

    @contextmanager
    def _renewing(self, file: QueuedImport) -> Iterator[None]:
        """While the block runs the lease on a file is held."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self._lease / 4):
                with suppress(PolicyError):  # tried again; once the lease has run out another worker may have the file
                    self._queue.renew(file.id, self.name, self._lease)

        thread = threading.Thread(target=renew, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def folder_of_process(library: Path) -> Path:
    """A folder for the files of this process alone, in that of the library; those that ended processes left are deleted."""
    for left in library.glob(f"{UPLOADS}*"):
        number = left.name.removeprefix(UPLOADS)
        if number.isdigit() and not _is_alive(int(number)):
            for file in left.iterdir():
                with suppress(OSError):
                    file.unlink()
            with suppress(OSError):
                left.rmdir()
    return library / f"{UPLOADS}{os.getpid()}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
