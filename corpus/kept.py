"""Values worked out from a library once, and again when it has changed; what each document adds to is a view (``store.following``)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 2_000
"""Largest number of values; a server asked for more drops them all."""


class KeptValues:
    """Values under names, all dropped when what they were made from has changed. Safe for several threads."""

    def __init__(self, most: int = MOST) -> None:
        """Keep ``most`` values at once."""
        self._most = most
        self._stamp: object = None
        self._values: dict[Hashable, Any] = {}
        self._lock = threading.RLock()

    def get(self, name: Hashable, make: Callable[[], T], *, stamp: object) -> T:
        """The value under a name, made now where none was made since the last change.

        Args:
            name: What the value is kept under.
            make: Works the value out; may ask for others.
            stamp: The state of what values are made from, as a generation: another one than at the last call drops them all.

        Example: ``kept.get("regions", library.regions, stamp=library.generation)``.
        """
        with self._lock:
            if stamp != self._stamp or len(self._values) >= self._most:
                self._stamp, self._values = stamp, {}
            values = self._values
            if name not in values:
                # where another call in ``make`` finds a later state, this value is of the former one and goes with it
                values[name] = make()
            value: T = values[name]
            return value
