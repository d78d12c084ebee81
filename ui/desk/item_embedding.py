"""Encoding items in the background 后台编码: while nobody asks, documents get the vectors of their items, one document after the other.

Questions are answered without these vectors until all documents have theirs, and by them from then on. What is done is stored, so
a server that is stopped goes on where it was.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from cemai.embedding import ItemProgress
from cemai.library import Library
from corpus.errors import LibraryUnreachable, PolicyError
from ui.desk.desk import Desk
from ui.desk.machine import give_back_memory

log = logging.getLogger("cemai.items")

QUIET = 3.0
"""Seconds after the start, and after a question, before the work begins or goes on."""
LOOK_AGAIN = 5.0
"""Seconds between two looks whether documents have come."""


class ItemEmbedding:
    """The thread that encodes items for one desk, with a connection of its own."""

    def __init__(self, desk: Desk, open_library: Callable[[], Library]) -> None:
        self._desk = desk
        self._open_library = open_library
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="items", daemon=True)

    def start(self) -> None:
        """Begin; does nothing where the encoder is switched off."""
        if self._desk.library.item_encoder is not None:
            self._thread.start()

    def close(self) -> None:
        """Stop after the items being encoded."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _work(self) -> None:
        generation = -1
        if self._stop.wait(QUIET):  # whoever started the server waits for the page
            return
        while not self._stop.is_set():
            try:
                with self._open_library() as library:
                    while not self._stop.is_set():
                        if library.generation != generation:
                            generation = library.generation
                            if library.embed_items(self._show, self._go_on):
                                self._desk.read(lambda _: self._desk.library.searcher.refresh())
                                give_back_memory()
                            self._desk.embedding = ItemProgress()
                        self._stop.wait(LOOK_AGAIN)
            except LibraryUnreachable as error:  # a database that another takes the place of, say
                log.warning("items are not encoded just now: %s", error)
                generation = -1
                self._stop.wait(LOOK_AGAIN)
                continue
            except PolicyError as error:  # questions are answered without
                log.warning("items are not encoded: %s", error)
            except Exception:
                log.exception("encoding items failed")
            break
        self._desk.embedding = ItemProgress()

    def _show(self, done: int, total: int, _: str) -> None:
        self._desk.embedding = ItemProgress(done, total)

    def _go_on(self) -> bool:
        """Wait while people ask; False once the server stops."""
        while not self._stop.is_set() and (quiet := time.monotonic() - self._desk.asked_at) < QUIET:
            self._stop.wait(QUIET - quiet)
        return not self._stop.is_set()
