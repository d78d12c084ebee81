"""What was worked out of stored texts once, kept beside the library for the next process 备忘.

A server reads texts once and keeps what it found; a command would read them all anew each time it runs, the longer the larger the
library. What follows from texts alone is therefore kept in a file of the cache folder. It may be deleted at any time: it is made
anew, as it is where it is damaged or was written by a program that reads texts in another way.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import Generic, TypeVar

import msgspec

from corpus.store import READINGS, Corpus, DocumentInfo

T = TypeVar("T")


class KeptReadings(Generic[T]):
    """Values by what they were worked out from, read from a file when made and written to it by ``save``.

    Args:
        corpus: The library.
        name: The name of the file, behind ``READINGS``: ``Corpus.purge`` deletes such files, for they may hold words of texts.
        value: The class of the values.
        version: What the way they are worked out is told by (``version_of``); values of another version are left.

    Example::

        kept = KeptReadings(corpus, "lengths", int, version_of("graph.documents/lengths.py"))
        length = kept.get(mark_text(info))
    """

    def __init__(self, corpus: Corpus, name: str, value: type[T], version: str) -> None:
        self._path = corpus.folder / "cache" / f"{READINGS}{name}.json"
        self._version = version
        self._known: dict[str, T] = {}
        self._used: dict[str, T] = {}
        self._fresh = False
        self._read_only = corpus.read_only
        with suppress(OSError, ValueError, msgspec.MsgspecError):
            head, _, written = self._path.read_bytes().partition(b"\n")
            if head == self._head(written):
                self._known = msgspec.json.decode(written, type=dict[str, value])  # type: ignore[valid-type]

    def get(self, key: str) -> T | None:
        """The value of a key; None where it is not known."""
        found = self._known.get(key)
        if found is not None:
            self._used[key] = found
        return found

    def put(self, key: str, value: T) -> None:
        """Keep a value that was worked out."""
        self._used[key] = value
        self._fresh = True

    def save(self) -> None:
        """Write the values that were asked for or put, where any of them is new; without a word where nothing can be written."""
        if not self._fresh or self._read_only:  # a reader may be at a state before the last purge
            return
        written = msgspec.json.encode(self._used)
        draft = self._path.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            draft.write_bytes(self._head(written) + b"\n" + written)
            draft.replace(self._path)
        self._fresh = False

    def _head(self, written: bytes) -> bytes:
        return f"{self._version} {hashlib.sha256(written).hexdigest()}".encode()


def mark_text(info: DocumentInfo) -> str:
    """What a stored text is told by: another text never has the same, also where a library was put in the place of another."""
    return f"{info.row}.{info.sha256[:24]}.{info.added_at}"


@cache
def version_of(*files: str) -> str:
    """A hash of some files of the program (``package/file``, or ``package/folder/`` for all in it), by which a change is noticed."""
    digest = hashlib.sha256()
    for data in _contents(files):
        digest.update(data + b"\0")
    return digest.hexdigest()[:16]


def _contents(files: Iterable[str]) -> Iterable[bytes]:
    for name in files:
        package, _, rest = name.partition("/")
        place = resources.files(package).joinpath(rest)
        if place.is_dir():
            yield from (file.read_bytes() for file in sorted(place.iterdir(), key=lambda file: file.name) if file.is_file())
        else:
            yield place.read_bytes()
