"""Pages that were recognised of a scan that is still being read, so that an import that is stopped goes on where it was.

They lie among the caches of the library, which purging clears and a backup leaves out, and are deleted once the file was read.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

_FOLDER: ContextVar[Path | None] = ContextVar("kept_pages", default=None)
_OLDEST = 30 * 86_400
"""Seconds after which the pages of a file that nobody read to its end are deleted."""


def kept_pages(library: Path) -> Path:
    """Where the pages of all files lie in the folder of a library."""
    return library / "cache" / "recognised"


@contextmanager
def keep_pages(home: Path | None, file: str) -> Iterator[None]:
    """Let the pages of one file be kept while it is read; those of former readings are found.

    Args:
        home: where the pages of all files lie; None to keep none.
        file: the SHA-256 of its bytes.
    """
    if home is None:
        yield
        return
    _delete_old(home)
    token = _FOLDER.set(home / file)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def delete_pages(home: Path | None, file: str) -> None:
    """Delete the pages of a file that was read to its end, or is refused."""
    if home is not None:
        shutil.rmtree(home / file, ignore_errors=True)
        with suppress(OSError):
            home.rmdir()  # where it was the last


def find_page(key: str) -> bytes | None:
    """What was kept of a page under a key; None where nothing was, or nothing is kept here."""
    folder = _FOLDER.get()
    try:
        return None if folder is None else (folder / key).read_bytes()
    except OSError:
        return None


def keep_page(key: str, content: bytes) -> None:
    """Keep what was read on a page; where the disk does not take it the page is read again another time."""
    folder = _FOLDER.get()
    if folder is None:
        return
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        begun = folder / f"{key}.new"
        begun.write_bytes(content)
        begun.replace(folder / key)


def _delete_old(home: Path) -> None:
    with suppress(OSError):
        for folder in home.iterdir():
            if folder.stat().st_mtime < time.time() - _OLDEST:
                shutil.rmtree(folder, ignore_errors=True)
