"""Imports 导入: a queue of uploaded files, read one after the other, with the progress of each.

The state lives in the server and on its disk (``ui.desk.spool``): a page that is reloaded, or opened elsewhere, finds what is under
way and what became of it; so does the next server after one that was stopped or killed.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from corpus.errors import UnknownDocument
from corpus.store.audit import Actor, acting, current_actor
from ui.desk.desk import Desk
from ui.desk.spool import Spool, SpooledFile
from ui.desk.uploads import refusal, safe_name, take_in

if TYPE_CHECKING:
    from ingest.worker import SafeReader

log = logging.getLogger("cemai.page")

FOLDER = "imports"
"""Where files wait, in the folder of the library."""
KEPT_SECONDS = 30 * 60
"""How long a page may still ask what became of a file, from its end or from the start of the server."""
KEPT = 500
MOST_WAITING, MOST_BYTES = 2_000, 2 << 30
"""Files that wait, and their bytes together; more are not taken."""
TRIES_FIRST, TRIES = 3, 20
"""How often a file may be begun before the others are taken first, and at all: perhaps it is what ends the server."""
BUSY_SECONDS, BUSY_PAUSE = 1800.0, 1.0
"""How long a file waits for another program that writes the library, and between two tries."""
WAITING, READING, REFUSED, ADDED, UNCHANGED = "等待", "正在识别", "未收", "已入库", "未变"
DEFECT = "程序内部出错，已写入日志。请再试一次；如果反复出现，请运行 cemai doctor 检查文档库。"


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
    """When, in seconds since 1970."""

    @property
    def done(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.ended is not None

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "warnings": list(self.warnings), "done": self.done, "ended": None}


class ImportsUnderWay(Protocol):
    """What page and REST ask of the imports of a library, wherever their queue is."""

    def add(self, name: str, data: bytes, region: str | None = None, refused: str | None = None) -> ImportJob:
        """Queue one file. When this returns it survives whatever ends the process."""

    def jobs(self) -> list[ImportJob]:
        """What is under way and what ended lately, oldest first."""

    def clear(self) -> None:
        """Forget what has ended."""


class Imports:
    """The files on their way, oldest first; one thread takes them in while there are any."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held = threading.Lock()
        self._jobs: dict[str, ImportJob] = {}
        self._files: dict[str, SpooledFile] = {}
        """What the spool has: of every job that was acknowledged, until it is forgotten."""
        self._queue: deque[str] = deque()
        self._bytes = 0
        self._numbers = itertools.count(1)
        self._started = time.time()
        self._stopped = False
        self._worker: threading.Thread | None = None
        self._spool: Spool | None = None
        self._opening = threading.Lock()

    def start(self) -> None:
        """Take over what a former server left, and go on with it; what cannot be had is told in the log."""
        with self._held:
            self._stopped = False
            self._started = time.time()
            try:
                files, alone = self._opened().take_over()
            except OSError as error:
                log.warning("no files can be queued: %s", error)
                return
            if alone:
                self._clean_uploads()
            for file in sorted(files, key=lambda file: file.tries >= TRIES_FIRST):
                self._resume(file)
            if self._queue:
                log.info("%d uploaded files are taken up again", len(self._queue))
                self._go()

    def add(self, name: str, data: bytes, region: str | None = None, refused: str | None = None) -> ImportJob:
        """Queue one file. When this returns its bytes are on the disk. What is refused at once is listed with the reason."""
        refused = refused or (found[1] if (found := refusal(name, data)) else None)
        with self._held:
            self._tidy()
            job = ImportJob(f"{time.time_ns():x}-{next(self._numbers)}", safe_name(name))
            if not refused and (len(self._queue) >= MOST_WAITING or self._bytes + len(data) > MOST_BYTES):
                refused = "等待识别的文件太多，没有收下。请等一些识别完，再放入。"
            taken = 0 if refused else len(data)
            self._bytes += taken
        sender = current_actor() or Actor("")
        file = SpooledFile(job.id, job.source, region, len(data), account=sender.name, address=sender.address)
        if not refused:
            try:  # others may ask meanwhile: a slow disk takes its time
                self._opened().put(file, data)
            except OSError as error:
                log.warning("an uploaded file could not be kept: %s", error)
                refused = f"没能存到磁盘（{error.strerror or '未知原因'}），没有收下。请检查磁盘空间和文件夹权限后再试。"
        with self._held:
            if refused:
                self._bytes -= taken
                job = self._jobs[job.id] = replace(job, state=REFUSED, message=refused, ended=time.time())
                return job
            self._jobs[job.id] = job
            self._line_up(file)
            self._go()
        return job

    def jobs(self) -> list[ImportJob]:
        """What is under way and what ended lately, oldest first."""
        with self._held:
            self._tidy()
            return list(self._jobs.values())

    def counts(self) -> dict[str, int]:
        """How many files wait, are under way, and ended lately."""
        jobs = self.jobs()
        waiting, reading = (sum(job.state == state for job in jobs) for state in (WAITING, READING))
        return {"waiting": waiting, "reading": reading, "ended": len(jobs) - waiting - reading}

    def clear(self) -> None:
        """Forget what has ended."""
        with self._held:
            for id in [id for id, job in self._jobs.items() if job.done]:
                self._forget(id)

    def close(self) -> None:
        """Finish the file being read, for some seconds at most; what still waits is for the next server."""
        with self._held:
            self._stopped = True
            worker = self._worker
        if worker is not None:
            worker.join(timeout=5)
        with self._held:
            if self._spool is not None:
                self._spool.close()
                self._spool = None

    # ------------------------------------------------------------------ inside, under the lock

    def _opened(self) -> Spool:
        with self._opening:
            if self._spool is None:
                self._spool = Spool(self._desk.library.corpus.folder / FOLDER)
            return self._spool

    def _line_up(self, file: SpooledFile) -> None:
        self._files[file.id] = file
        self._queue.append(file.id)

    def _go(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="imports", daemon=True)
            self._worker.start()

    def _resume(self, file: SpooledFile) -> None:
        """List a file of a former server; one that waited waits again."""
        job = ImportJob(file.id, file.source)
        self._files[file.id] = file
        if file.result is not None:
            self._jobs[file.id] = self._titled(replace(job, **{**file.result, "warnings": tuple(file.result["warnings"])}))
        elif file.tries >= TRIES:
            words = f"识别这份文件时服务 {TRIES} 次中断，没有再试。请用原软件另存或拆分后，单独放入。"
            self._end(replace(job, state=REFUSED, message=words))
        else:
            self._jobs[file.id] = replace(job, message="服务重新启动，等待识别")
            self._bytes += file.size
            self._line_up(file)

    def _end(self, job: ImportJob) -> None:
        """Note what became of a file, then let its bytes go."""
        self._jobs[job.id] = ended = replace(job, ended=time.time())
        told = ("state", "message", "warnings", "document", "ended")
        # title and place are those of the library: they are not written here, where a purge does not look
        file = replace(self._files[job.id], result={name: getattr(ended, name) for name in told})
        self._files[job.id] = file
        if self._spool is None:
            return  # closed; the next server takes the file in once more, and finds it in the library
        try:
            self._spool.note(file)
            self._spool.drop_data(job.id)
        except OSError as error:  # it is taken in once more by the next server, which finds it in the library
            log.warning("what became of a file could not be kept: %s", error)

    def _forget(self, id: str) -> None:
        self._jobs.pop(id, None)
        if self._files.pop(id, None) is not None and self._spool is not None:
            self._spool.forget(id)

    def _tidy(self) -> None:
        """Forget what ended long ago, and the oldest of very many."""
        now = time.time()
        ended = [id for id, job in self._jobs.items() if job.done]
        late = [id for id in ended if now - max(self._jobs[id].ended or now, self._started) > KEPT_SECONDS]
        for id in dict.fromkeys([*late, *ended[: max(0, len(self._jobs) - KEPT)]]):
            self._forget(id)

    def _clean_uploads(self) -> None:
        """Delete the copies that a server left which was killed while it took in a file."""
        if self._desk.uploads is not None and self._desk.uploads.is_dir():
            for left in self._desk.uploads.iterdir():
                with suppress(OSError):
                    left.unlink()

    # ------------------------------------------------------------------ the thread

    def _work(self) -> None:
        from ingest.kept_pages import kept_pages
        from ingest.worker import SafeReader

        with SafeReader(pages=kept_pages(self._desk.library.corpus.folder)) as reader:  # one process for all that waits
            while (found := self._next()) is not None:
                job, file, data = found
                actor = Actor(file.account, file.address, "import") if file.account else None
                try:
                    with acting(actor):
                        ended = self._taken(job, file, data, reader)
                except Exception:
                    if self._stopped:
                        break  # the library was closed meanwhile; the file waits for the next server
                    log.exception("import failed")
                    ended = replace(job, state=REFUSED, message=DEFECT)
                if ended is None:
                    break
                with self._held:
                    self._end(ended)
        with self._held:
            if self._worker is threading.current_thread():
                self._worker = None

    def _next(self) -> tuple[ImportJob, SpooledFile, bytes] | None:
        """The file whose turn it is; without one the thread is at its end."""
        with self._held:
            while self._queue and not self._stopped:
                id = self._queue.popleft()
                file = self._files[id] = replace(self._files[id], tries=self._files[id].tries + 1)
                self._bytes -= file.size
                job = self._jobs[id] = replace(self._jobs[id], state=READING, message="正在识别")
                try:
                    self._opened().note(file)
                    return job, file, self._opened().data(id)
                except OSError as error:
                    words = f"存在磁盘上的文件读不出来（{error.strerror or '未知原因'}）。请再放入一次。"
                    self._end(replace(job, state=REFUSED, message=words))
            self._worker = None
            return None

    def _taken(self, job: ImportJob, file: SpooledFile, data: bytes, reader: SafeReader) -> ImportJob | None:
        """The job at its end; None where the server stops before."""

        def progress(_: int, __: int, what: str) -> None:
            if "：" in what:  # a long file of records says how many are in
                self._say(job.id, what.rpartition("：")[2])

        until = time.monotonic() + BUSY_SECONDS
        while True:
            result = take_in(self._desk, job.source, data, file.region, progress, reader)
            if result.get("reason") != "busy" or time.monotonic() > until:
                break
            if self._stopped:
                return None
            self._say(job.id, "另一个程序正在写入文档库，等它完成后继续")
            time.sleep(BUSY_PAUSE)
        if self._stopped and result["state"] == REFUSED:
            return None  # perhaps refused because everything is being closed: the next server will see
        if file.tries > 1 and result["state"] == UNCHANGED:
            result = {**result, "state": ADDED, "message": "服务中断之前已经入库"}
        ended = replace(
            job, source=result["source"], state=result["state"], message=result["message"], warnings=tuple(result["warnings"]),
            document=result["id"],
        )  # fmt: skip
        return self._titled(ended)

    def _titled(self, job: ImportJob) -> ImportJob:
        """The job with title and place of its document."""
        if job.document is None:
            return job
        try:
            head = self._desk.read(lambda corpus: corpus.find(job.document or "")).head
        except UnknownDocument:
            return job  # removed again in the meantime
        return replace(job, title=head.title, region=head.region)

    def _say(self, id: str, words: str) -> None:
        with self._held:
            if id in self._jobs:
                self._jobs[id] = replace(self._jobs[id], message=words)
