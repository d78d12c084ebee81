"""Imports 导入: a queue of uploaded files, read one after the other, with the progress of each.

The state lives in the server: a page that is reloaded, or opened elsewhere, finds what is under way and what became of it.
"""

from __future__ import annotations

import itertools
import logging
import tempfile
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UnknownDocument
from ui.desk.desk import Desk
from ui.desk.uploads import refusal, safe_name, take_in

if TYPE_CHECKING:
    from ingest.worker import SafeReader

log = logging.getLogger("cemai.page")

KEPT_SECONDS = 30 * 60
"""How long a page may still ask what became of a file."""
KEPT = 500
WAITING, READING = "等待", "正在识别"


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One file on its way into the library; ``state`` is 等待 or 正在识别, then that of ``uploads.take_in``."""

    id: str
    source: str
    state: str = WAITING
    message: str = "已上传，等待识别"
    warnings: tuple[str, ...] = ()
    document: str | None = None
    title: str | None = None
    region: str | None = None
    ended: float | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.ended is not None

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "warnings": list(self.warnings), "done": self.done, "ended": None}


class Imports:
    """The files on their way, oldest first; one thread takes them in while there are any."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held = threading.Lock()
        self._jobs: dict[str, ImportJob] = {}
        self._queue: deque[tuple[str, Path, str | None]] = deque()
        self._numbers = itertools.count(1)
        self._started = f"{time.time_ns():x}"
        self._worker: threading.Thread | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, name: str, data: bytes, region: str | None = None, refused: str | None = None) -> ImportJob:
        """Queue one file; its bytes wait on the disk. What is refused at once is listed with the reason."""
        refused = refused or (found[1] if (found := refusal(name, data)) else None)
        with self._held:
            self._tidy()
            job = ImportJob(f"{self._started}-{next(self._numbers)}", safe_name(name))
            if refused:
                job = self._jobs[job.id] = replace(job, state="未收", message=refused, ended=time.monotonic())
                return job
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="cemai-")
            path = Path(self._folder.name) / job.id
            path.write_bytes(data)
            self._jobs[job.id] = job
            self._queue.append((job.id, path, region))
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="imports", daemon=True)
                self._worker.start()
        return job

    def jobs(self) -> list[ImportJob]:
        """What is under way and what ended lately, oldest first."""
        with self._held:
            self._tidy()
            return list(self._jobs.values())

    def clear(self) -> None:
        """Forget what has ended."""
        with self._held:
            self._jobs = {id: job for id, job in self._jobs.items() if not job.done}

    def close(self) -> None:
        """Drop what still waits; the file being read is finished."""
        with self._held:
            self._queue.clear()
            worker = self._worker
        if worker is not None:
            worker.join(timeout=5)
        with self._held:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _work(self) -> None:
        from ingest.worker import SafeReader

        with SafeReader() as reader:  # one process for all that waits
            while (found := self._next()) is not None:
                job, path, region = found
                try:
                    ended = self._taken(job, path.read_bytes(), region, reader)
                except Exception:
                    log.exception("import failed")
                    words = "程序内部出错，已写入日志。请再试一次；如果反复出现，请运行 cemai doctor 检查文档库。"
                    ended = replace(job, state="未收", message=words)
                path.unlink(missing_ok=True)
                with self._held:
                    self._jobs[job.id] = replace(ended, ended=time.monotonic())

    def _next(self) -> tuple[ImportJob, Path, str | None] | None:
        """The file whose turn it is; without one the thread is at its end."""
        with self._held:
            if not self._queue:
                self._worker = None
                return None
            id, path, region = self._queue.popleft()
            job = self._jobs[id] = replace(self._jobs[id], state=READING, message="正在识别")
            return job, path, region

    def _taken(self, job: ImportJob, data: bytes, region: str | None, reader: SafeReader) -> ImportJob:
        def progress(_: int, __: int, what: str) -> None:
            if "：" in what:  # a long file of records says how many are in
                with self._held:
                    self._jobs[job.id] = replace(job, message=what.rpartition("：")[2])

        result = take_in(self._desk, job.source, data, region, progress, reader)
        title = place = None
        if result["id"]:
            try:
                head = self._desk.read(lambda corpus: corpus.find(result["id"])).head
                title, place = head.title, head.region
            except UnknownDocument:
                pass  # removed again in the meantime
        return replace(
            job, source=result["source"], state=result["state"], message=result["message"], warnings=tuple(result["warnings"]),
            document=result["id"], title=title, region=place,
        )  # fmt: skip

    def _tidy(self) -> None:
        """Forget what ended long ago, and the oldest of very many."""
        late = time.monotonic() - KEPT_SECONDS
        self._jobs = {id: job for id, job in self._jobs.items() if job.ended is None or job.ended > late}
        ended = [id for id, job in self._jobs.items() if job.done]
        for id in ended[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[id]
