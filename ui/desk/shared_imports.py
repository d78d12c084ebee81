"""Imports of a library in a database 共用的导入: every machine shows the same queue, and any of them takes files from it."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
import time
from dataclasses import replace
from typing import Any

from corpus.errors import PolicyError, UnknownDocument
from corpus.store.audit import Actor, current_actor
from corpus.store.import_queue import ImportQueue, QueuedImport
from ui.desk.desk import Desk
from ui.desk.import_worker import ImportWorker
from ui.desk.imports import MOST_BYTES, MOST_WAITING, READING, REFUSED, ImportJob
from ui.desk.uploads import refusal, safe_name

log = logging.getLogger("cemai.page")


class SharedImports:
    """As ``Imports``, over the queue of a library in a database.

    Args:
        desk: The desk of the library.
        works: Whether files are taken from the queue here, too; else workers elsewhere do all of it (``cemai work``).
    """

    def __init__(self, desk: Desk, *, works: bool = True) -> None:
        self._desk = desk
        self._works = works
        self._opening = threading.Lock()
        self._queue: ImportQueue | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._numbers = itertools.count(1)
        self._run = secrets.token_hex(4)
        self._titles: dict[str, tuple[str | None, str | None]] = {}
        self._last: list[QueuedImport] = []

    def start(self) -> None:
        """Begin to take files from the queue."""
        self._stopping.clear()
        if self._works and self._thread is None:
            self._thread = threading.Thread(target=self._work, name="imports", daemon=True)
            self._thread.start()

    def add(self, name: str, data: bytes, region: str | None = None, refused: str | None = None) -> ImportJob:
        """Queue one file. When this returns it is in the database. What is refused at once is listed with the reason."""
        refused = refused or (found[1] if (found := refusal(name, data)) else None)
        # machines that add at once never give one number twice
        job = ImportJob(f"{time.time_ns():x}{self._run}-{next(self._numbers)}", safe_name(name))
        sender = current_actor() or Actor("")
        file = QueuedImport(job.id, job.source, region, len(data), account=sender.name, address=sender.address)
        if not refused:
            try:
                waiting, size = self._opened().waiting()
                if waiting >= MOST_WAITING or size + len(data) > MOST_BYTES:
                    refused = "等待识别的文件太多，没有收下。请等一些识别完，再放入。"
                else:
                    self._opened().put(file, data)
            except PolicyError as error:
                refused = f"没能存进数据库，没有收下：{error}"
        return replace(job, state=REFUSED, message=refused, ended=time.time()) if refused else job

    def jobs(self) -> list[ImportJob]:
        """What is under way and what ended lately on any machine, oldest first."""
        try:
            self._last = self._opened().files()
        except PolicyError as error:  # the page goes on to show what it knew
            log.warning("the queue cannot be read: %s", error)
        return [self._job(file) for file in self._last]

    def counts(self) -> dict[str, int]:
        """How many files wait, are under way, and ended lately. Raises ``StoreError``."""
        return self._opened().counts()

    def clear(self) -> None:
        """Forget what has ended."""
        self._opened().clear()

    def close(self) -> None:
        """Finish the file being read, for some seconds at most; what still waits is for others."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None
        with self._opening:
            if self._queue is not None:
                self._queue.close()
                self._queue = None

    def _opened(self) -> ImportQueue:
        with self._opening:
            if self._queue is None:
                self._queue = ImportQueue(str(self._desk.library.corpus.address))
            return self._queue

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                queue = ImportQueue(str(self._desk.library.corpus.address))
            except PolicyError as error:
                log.warning("the queue cannot be had: %s", error)
                self._stopping.wait(1.0)
                continue
            try:
                ImportWorker(self._desk, queue).run(self._stopping)
            finally:
                queue.close()

    def _job(self, file: QueuedImport) -> ImportJob:
        job = ImportJob(file.id, file.source)
        if file.result is None:
            if file.worker is None:
                return job if not file.tries else replace(job, message="等待重新识别")
            return replace(job, state=READING, message=file.message or "正在识别")
        told: dict[str, Any] = {name: file.result.get(name) for name in ("state", "message", "document")}
        title, region = self._title(told["document"])
        warnings = tuple(file.result.get("warnings", ()))
        return replace(
            job, **told, source=file.result.get("source", file.source), warnings=warnings, title=title, region=region, ended=file.ended_at
        )  # fmt: skip

    def _title(self, document: str | None) -> tuple[str | None, str | None]:
        """Title and place of a document that was taken in; they are those of the library, and not kept in the queue."""
        if document is None:
            return None, None
        if document not in self._titles:
            try:
                head = self._desk.read(lambda corpus: corpus.find(document)).head
            except (UnknownDocument, PolicyError):  # removed again in the meantime, or not yet seen here
                return None, None
            if len(self._titles) > MOST_WAITING:
                self._titles.clear()
            self._titles[document] = head.title, head.region
        return self._titles[document]
