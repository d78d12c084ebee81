"""One of several servers over a library in a database 节点: it follows what the others change, and knows how far behind it is."""

from __future__ import annotations

import logging
import threading
import time

from corpus.errors import PolicyError
from corpus.store.postgres import ChangeListener
from ui.desk.desk import Desk

log = logging.getLogger("cemai.node")

LOOK_AGAIN = 1.0
"""Seconds between two looks at the generation where no change is told: through a pooler of connections none is."""
AGAIN = 1.0
"""Seconds before a database that does not answer is tried again."""


class NodeFollower:
    """Brings the caches of a node up to each change when it happens, whoever makes it, so that no question waits for it.

    An answer is of one generation in any case: each is given from one state of the library.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="node", daemon=True)
        self.reachable = False
        """Whether the database answered when it was asked last."""
        self.known = -1
        """The last generation of the library that was heard of."""
        self.generation = -1
        """The generation of the caches of this node."""
        self._behind_since: float | None = None

    @property
    def lag_seconds(self) -> float:
        """For how long the caches have been behind the library; 0 where they are not."""
        since = self._behind_since
        return time.monotonic() - since if since is not None else 0.0

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                listener = ChangeListener(str(self._desk.library.corpus.address))
            except PolicyError as error:
                self._miss(error)
                continue
            try:
                while not self._stopping.is_set():
                    self._follow(listener.generation())
                    listener.wait(LOOK_AGAIN)
            except PolicyError as error:
                self._miss(error)
            except Exception:
                log.exception("the node does not follow")
                self._stopping.wait(AGAIN)
            finally:
                listener.close()

    def _follow(self, generation: int) -> None:
        self.reachable, self.known = True, generation
        if generation == self.generation:
            self._behind_since = None
            return
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        self._desk.catch_up()
        self.generation = self._desk.library.searcher.generation
        if self.generation >= generation:
            self._behind_since = None

    def _miss(self, error: PolicyError) -> None:
        self.reachable = False
        log.warning("%s", error)
        self._stopping.wait(AGAIN)
