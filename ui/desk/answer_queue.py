"""Answers on their way into the library 待存的回答: whoever asks does not wait for whoever writes.

An import may hold the library for seconds. Answers are kept by a thread with a connection of its own, which waits its turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from corpus.errors import LibraryBusy, StoreError
from corpus.store import Corpus

log = logging.getLogger("cemai.answers")

MOST = 1_000
"""Answers that wait; beyond, the oldest is not kept."""
AGAIN = 0.2
"""Seconds before a library that was busy is tried again."""
PATIENCE = 600.0
"""Seconds one answer is tried for."""


class AnswerQueue:
    """Writes answers in the order they came. Safe for many threads.

    Args:
        open_corpus: Opens the library once more, in the thread that writes.
    """

    def __init__(self, open_corpus: Callable[[], Corpus]) -> None:
        self._open_corpus = open_corpus
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque()
        self._at_work = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, id: str, record: dict[str, Any]) -> None:
        """Have an answer kept; returns at once."""
        with self._changed:
            if len(self._waiting) >= MOST:
                log.warning("answer %s is not kept: too many wait", self._waiting.popleft()[0])
            self._waiting.append((id, record))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="answers", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until everything put so far is in the library; whether it is, within some seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._at_work, seconds)

    def close(self, seconds: float = 5.0) -> None:
        """Write what waits, for some seconds at most, and end."""
        self.flush(seconds)
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        try:
            with self._open_corpus() as corpus:
                while (found := self._next()) is not None:
                    self._keep(corpus, *found)
        except Exception:  # answers are given all the same
            log.exception("answers are not kept any more")
        with self._changed:
            self._at_work, self._thread = False, None
            self._waiting.clear()
            self._changed.notify_all()

    def _next(self) -> tuple[str, dict[str, Any]] | None:
        with self._changed:
            self._at_work = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if not self._waiting:
                return None
            self._at_work = True
            return self._waiting.popleft()

    def _keep(self, corpus: Corpus, id: str, record: dict[str, Any]) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                corpus.save_answer(id, record)
            except LibraryBusy:
                if time.monotonic() > until or self._closed:
                    log.warning("answer %s is not kept: the library is busy", id)
                    return
                time.sleep(AGAIN)
            except StoreError as error:
                log.warning("answer %s is not kept: %s", id, error)
                return
            except Exception:  # one answer never ends the others
                log.exception("answer %s is not kept", id)
                return
            else:
                return
