"""Connections that do not hold the server: one that does not say what it wants, or does not take its answer, is ended."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class TimedProtocol(H11Protocol):  # type: ignore[misc]  # uvicorn is not typed here
    """The protocol of uvicorn with time-outs where it has none: for the head of a request, and for a caller that reads nothing.

    Give the class to uvicorn: ``uvicorn.run(app, http=TimedProtocol)``. Bodies are timed by ``ui.gate``.
    """

    HEAD_SECONDS: ClassVar[float] = 15.0
    """In which the head of a request has to be there, from the connection or the first byte after an answer."""
    WRITE_SECONDS: ClassVar[float] = 60.0
    """How long an answer may wait for the caller to take more of it."""
    MOST_WAITING: ClassVar[int] = 512
    """Connections of which no head is there yet; beyond, the one that has waited longest is ended for the new one."""
    _waiting: ClassVar[dict[TimedProtocol, None]] = {}
    """Those connections, the oldest first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; wait on where they are less than the head of a request."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            if self._head_timer is None:
                self._wait_for_head()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._stop_write_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Note that the caller takes nothing just now."""
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(self.WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the caller takes its answer."""
        super().resume_writing()
        self._stop_write_timer()

    def _wait_for_head(self) -> None:
        if len(self._waiting) >= self.MOST_WAITING:
            next(iter(self._waiting))._give_up()
        self._waiting[self] = None
        self._head_timer = self.loop.call_later(self.HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        self._waiting.pop(self, None)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _give_up(self) -> None:
        self._stop_waiting()
        self.transport.abort()
