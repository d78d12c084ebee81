"""How far the reading of one file is, told by a reader that takes long and heard by whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int], None]
"""Called with the number of the page that is begun and the number of pages."""

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let a function hear of every page that is begun meanwhile."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell_page(number: int, count: int) -> None:
    """Say that the recognition of a page begins; nothing happens where nobody listens.

    Args:
        number: of the page, from 1.
        count: of the pages of the file.
    """
    listener = _LISTENER.get()
    if listener is not None:
        listener(number, count)
