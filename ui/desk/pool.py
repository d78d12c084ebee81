"""Worker processes of a server 工作进程池: calls that only read are answered by other interpreters, as many at once as there are.

One interpreter answers one question at a time, however many cores there are. Each worker has the library open for reading
(``ui.desk.worker``); this process writes it and keeps its caches. A worker that dies is replaced, and its call made again of another.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from corpus.errors import PolicyError
from ui.desk.worker import Call, Outcome, Reply, serve_calls

log = logging.getLogger("cemai.workers")

LONGEST = 300.0
"""Seconds a call may take before its worker is ended: a comparison of a very large library takes a tenth of it."""
TO_START = 120.0
"""Seconds within which a worker has to be ready."""
FAILED_STARTS = 3
"""Workers in a row that never became ready, after which no more are started."""
ROUNDS = 5
"""Times a call is made while the library is being changed faster than the caches follow; then it is answered in this process."""
DEATHS = 2
"""Workers that may die over one call; it is not made again then, nor in this process, which it might end too."""


class NoWorkerError(Exception):
    """The call has to be answered in this process."""


class WorkerDiedError(Exception):
    """The process ended before it replied."""


class WorkerProcess:
    """A worker from outside: one call at a time."""

    def __init__(self, folder: Path | str, model: str | None) -> None:
        # a fork would copy the locks of this process's threads as they are just now
        context = multiprocessing.get_context("spawn")
        self._pipe: Connection
        self._pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=serve_calls, args=(theirs, folder, model), daemon=True, name="cemai-worker"
        )
        try:
            self.process.start()
        finally:
            theirs.close()

    def reply(self, seconds: float) -> Reply:
        """The reply to the call made last. Raises ``WorkerDiedError``, ``TimeoutError``."""
        try:
            if not self._pipe.poll(seconds):
                raise TimeoutError
            found: Reply = self._pipe.recv()
        except (EOFError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise WorkerDiedError from error
        return found

    def call(self, call: Call) -> Reply:
        """Make a call and wait for its reply. Raises ``WorkerDiedError``, ``TimeoutError``."""
        try:
            self._pipe.send(call)
        except OSError as error:
            raise WorkerDiedError from error
        return self.reply(LONGEST)

    def leave(self) -> None:
        """Tell it to go, without waiting: an idle one ends by itself when its pipe is closed."""
        with suppress(OSError):
            self._pipe.close()

    def end(self, patience: float = 0.0) -> None:
        """End the process, at once or after some seconds."""
        self.leave()
        if patience:
            self.process.join(patience)
        self.process.kill()
        self.process.join(5)


class WorkerPool:
    """The workers over one library. Safe for many threads."""

    def __init__(self, folder: Path | str, model: str | None, count: int, catch_up: Callable[[], None]) -> None:
        """Make a pool; nothing is started yet.

        Args:
            folder: The folder of the library.
            model: The embedding model it was opened with, where another than its own was asked for.
            count: How many workers there are to be.
            catch_up: Brings the caches of the library up to its generation.
        """
        self._folder, self._model, self.count = folder, model, count
        self._catch_up = catch_up
        self._changed = threading.Condition()
        self._idle: deque[WorkerProcess] = deque()
        self._every: set[WorkerProcess] = set()
        self._starting = 0
        self._failed = 0
        self._closed = False

    def start(self) -> None:
        """Start the workers in the background; calls made meanwhile wait for the first that is ready."""
        with self._changed:
            self._closed = False
            for _ in range(self.count):
                self._start_one()

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes there are."""
        with self._changed:
            return sorted(worker.process.pid for worker in self._every if worker.process.pid is not None)

    @property
    def ready(self) -> int:
        """How many workers wait for a call."""
        with self._changed:
            return len(self._idle)

    def call(self, name: str, arguments: dict[str, Any]) -> Reply:
        """Make a call of any worker that is free.

        Args:
            name: A method of the library, one of ``worker.CALLS``.
            arguments: Its arguments by name.

        Returns:
            The reply with its result.

        Raises:
            PolicyError: Of the call itself, or where it took too long or ended two workers.
            NoWorkerError: It has to be answered in this process.

        Example: ``pool.call("ask", {"question": "过渡期医保资助政策", "keep": False}).value``.
        """
        call, deaths, rounds = Call(name, arguments), 0, 0
        while True:
            worker = self._take()
            try:
                reply = worker.call(call)
            except WorkerDiedError as error:
                self._replace(worker)
                deaths += 1
                log.warning("a worker process ended in the midst of a call")
                if deaths >= DEATHS:
                    raise PolicyError(
                        "回答这个问题的进程两次意外退出，没有答出来。请换个说法再试，或运行 cemai doctor。"
                    ) from error
                continue
            except TimeoutError as error:
                self._replace(worker)
                raise PolicyError(f"这个问题 {LONGEST:.0f} 秒没有答完，已停止。请缩小范围再试。") from error
            except BaseException:
                self._replace(worker)  # its reply would be taken for that of the next call
                raise
            if reply.outcome is Outcome.FAILED:
                self._replace(worker)
                log.error("a worker process failed:\n%s", reply.value)
                raise NoWorkerError
            self._give_back(worker)
            if reply.outcome is Outcome.REFUSED:
                raise reply.value
            if reply.outcome is Outcome.DONE:
                return reply
            rounds += 1
            if rounds >= ROUNDS:
                raise NoWorkerError
            self._catch_up()

    def close(self) -> None:
        """End all workers, also those at work."""
        with self._changed:
            self._closed = True
            idle, every = set(self._idle), list(self._every)
            self._idle.clear()
            self._every.clear()
            self._changed.notify_all()
        for worker in every:
            worker.leave()
        for worker in every:
            worker.end(1.0 if worker in idle else 0.0)

    # ------------------------------------------------------------------ inside

    def _take(self) -> WorkerProcess:
        """A worker nobody else asks just now; waits for one."""
        with self._changed:
            while not self._idle:
                if self._closed or not (self._every or self._starting):
                    raise NoWorkerError
                self._changed.wait()
            return self._idle.pop()  # the last to be free: its caches are the warmest

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._changed:
            if worker in self._every:
                self._idle.append(worker)
                self._changed.notify()

    def _replace(self, worker: WorkerProcess) -> None:
        with self._changed:
            known = worker in self._every
            self._every.discard(worker)
            if known and not self._closed:
                self._start_one()
        worker.end()

    def _start_one(self) -> None:
        self._starting += 1
        threading.Thread(target=self._bring_up, name="worker-start", daemon=True).start()

    def _bring_up(self) -> None:
        """Start one worker and put it among the idle ones when it is ready; try again where it does not come up."""
        started = time.monotonic()
        while True:
            worker = self._started()
            with self._changed:
                if worker is not None and not self._closed:
                    self._failed = 0
                    self._idle.append(worker)
                else:
                    self._failed += 1
                    if not self._closed and self._failed < FAILED_STARTS:
                        continue
                    if not self._closed:
                        log.warning("工作进程启动不了，问题改在服务进程内回答。")
                self._starting -= 1
                self._changed.notify_all()
                break
        log.info("worker ready after %.1f s", time.monotonic() - started)

    def _started(self) -> WorkerProcess | None:
        """A worker that is ready; None where it did not come up, or the pool was closed meanwhile."""
        try:
            worker = WorkerProcess(self._folder, self._model)
        except OSError as error:
            log.warning("no worker process: %s", error)
            return None
        with self._changed:
            if self._closed:
                closed = True
            else:
                closed = False
                self._every.add(worker)
        if not closed:
            try:
                reply = worker.reply(TO_START)
            except (WorkerDiedError, TimeoutError):
                log.warning("a worker process did not come up")
            else:
                if reply.outcome is not Outcome.FAILED:
                    return worker
                log.warning("a worker process failed at its start:\n%s", reply.value)
        with self._changed:
            self._every.discard(worker)
        worker.end()
        return None
