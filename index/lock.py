"""The right to write the caches of a library 写入权: one process at a time, given back by the system when a process ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

NAME = "lock"
"""The file in a folder by which it is locked; it stays there."""
PAUSE = 0.02
"""Seconds between two tries to get the lock."""


@contextmanager
def writing(folder: Path, wait: float) -> Iterator[bool]:
    """Hold the right to write in ``folder`` while the block runs.

    Args:
        folder: The folder that is written; made when missing.
        wait: Seconds to wait for another process or thread that has the right.

    Yields:
        Whether the right was had within that time.

    Raises:
        OSError: If nothing can be written there, or the file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # without locks of the system no other is used: a file left by a process that was killed would stop all later ones
    lock = FileLock(folder / NAME, timeout=wait, mode=0o600, poll_interval=PAUSE, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
