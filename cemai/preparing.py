"""Prepare documents for storing: cut passages and extract facts, of many documents in helper processes.

Reading a document and extracting its facts takes four times as long as storing it, and does not need the library. Files of records
are shared out in chunks (``prepare_records``), other files one by one (``FileHelpers``), each read behind the wall of
``ingest.worker``.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any

from corpus.document import ParsedDocument
from corpus.errors import RefusedInput
from corpus.store.rows import FactRow

if TYPE_CHECKING:
    from index.passages import Passage
    from ingest.worker import SafeReader

log = logging.getLogger("cemai.preparing")

Record = Mapping[str, Any]

CHUNK = 100
"""Records that go to another process at once: a tenth of a second of its work."""
CHUNK_SECONDS = 300.0
"""How long a process may take for them before it is ended."""
MANY = 4 << 20
"""Size in bytes from which a file of records is shared with helper processes. Smaller files are done before these have started."""
MANY_FILES = 2 << 20
"""Size in bytes of all files of an import from which helper processes read them. The work of smaller ones is done sooner here."""
MOST_HELPERS = 4
"""Largest number of helper processes: the main process, which stores the results, cannot keep more of them busy."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its passages, the rows of its facts, and the method and data of its signature."""

    doc: ParsedDocument
    passages: list[Passage]
    facts: list[FactRow]
    signature: tuple[str, bytes]


def prepare(doc: ParsedDocument) -> Prepared:
    """Cut a document into passages, find its facts and sign its text."""
    return Prepared(doc, *_derive(doc))


def _derive(doc: ParsedDocument) -> tuple[list[Passage], list[FactRow], tuple[str, bytes]]:
    from graph.codec.rows import to_rows
    from graph.documents.near_copies import METHOD, body_of, sign
    from graph.extract import extract
    from index.splitter import split

    facts = [row.written() for row in to_rows(doc, extract(doc))]
    return split(doc), facts, (METHOD, sign(body_of(doc)))


def prepare_records(
    records: Iterable[Record], source: str, size: int, region: str | None = None
) -> Iterator[tuple[Record, Prepared | RefusedInput]]:
    """Prepare the records of a file, in order.

    Args:
        records: The records, read as they are needed.
        source: Name of the file.
        size: Its size in bytes, which decides how many processes help.
        region: Region of all documents, instead of the one each record names.

    Yields:
        Each record with the prepared document, or with the reason why it was refused.
    """
    from ingest.worker import SafeReader

    chunks = _chunks(records)
    with ExitStack() as stack:
        reader = stack.enter_context(SafeReader())
        helpers = [stack.enter_context(_Helper(source, region, reader)) for _ in range(count_helpers(size))]
        given: list[tuple[_Helper, list[Record]]] = []
        for helper, chunk in zip(helpers, chunks, strict=False):
            helper.give(chunk)
            given.append((helper, chunk))
        while given:
            helper, chunk = given.pop(0)
            results = helper.take(chunk)
            if following := next(chunks, None):
                # given before the results are stored, so that nobody waits for that
                helper.give(following)
                given.append((helper, following))
            yield from zip(chunk, results, strict=True)
        for chunk in chunks:
            for record in chunk:
                yield record, _read(record, source, region, reader)


def count_helpers(size: int, many: int = MANY) -> int:
    """The number of helper processes for ``size`` bytes, none for less than ``many``."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if cores < 2 or size < many else min(cores, MOST_HELPERS)


class FileHelpers:
    """Processes that read and prepare files while others are being stored. Use as a context manager.

    Args:
        count: How many processes.
        pages: Where pages of scans are kept until their file was read, as for ``ingest.worker.SafeReader``.

    Example: ``with FileHelpers(2) as helpers: prepared = helpers.begin(data, "甲.pdf", None, False).result()``.
    """

    def __init__(self, count: int, pages: Path | None = None) -> None:
        from ingest.worker import SafeReader

        self.count = count
        self._readers = [SafeReader(derive=_derive, pages=pages) for _ in range(count)]
        self._idle: SimpleQueue[SafeReader] = SimpleQueue()
        for reader in self._readers:
            self._idle.put(reader)
        # the threads only wait for the processes
        self._threads = ThreadPoolExecutor(count, "cemai-preparing")

    def __enter__(self) -> FileHelpers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if kind is not None:
            for reader in self._readers:
                reader.interrupt()
        self._threads.shutdown(wait=True)
        for reader in self._readers:
            reader.close()

    def begin(self, data: bytes, source: str, region: str | None, ocr: bool) -> Future[Prepared]:
        """Let a process read and prepare a file; the result raises ``RefusedInput`` where it is refused."""
        return self._threads.submit(self._prepare, data, source, region, ocr)

    def _prepare(self, data: bytes, source: str, region: str | None, ocr: bool) -> Prepared:
        reader = self._idle.get()
        try:
            doc, derived = reader.read_and_derive(data, source, region=region, ocr=ocr)
        finally:
            self._idle.put(reader)
        return prepare(doc) if derived is None else Prepared(doc, *derived)


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    every = iter(records)
    while chunk := list(islice(every, CHUNK)):
        yield chunk


def _read(record: Record, source: str, region: str | None, reader: SafeReader, *, apart: bool = False) -> Prepared | RefusedInput:
    """Prepare a record, read behind the wall where it is long or ``apart``; whatever one brings to light, the others go in."""
    try:
        return prepare(reader.read_record(record, source, region=region, apart=apart))
    except RefusedInput as refusal:
        return refusal
    except Exception as error:
        log.exception("a record could not be prepared")
        name = str(record.get("_id", source))
        return RefusedInput(name, "broken", f"记录无法处理（{type(error).__name__}），没有收；其余记录不受影响")


class _Helper:
    """A process that prepares one chunk of records after another; where it cannot be had, they are prepared in this one.

    It has one chunk at a time and waits for the next when its results have been taken: neither side ever waits to write.
    """

    def __init__(self, source: str, region: str | None, reader: SafeReader) -> None:
        self._source, self._region, self._reader = source, region, reader
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> _Helper:
        # a fork would copy the locks of this process's threads as they are just now
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._source, self._region), daemon=True, name="cemai-helper")
        with suppress(OSError):
            process.start()
            self._process, self._pipe = process, ours
        theirs.close()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()

    def give(self, chunk: list[Record]) -> None:
        """Let the process begin with a chunk."""
        if self._pipe is not None:
            try:
                self._pipe.send(chunk)
            except (OSError, RecursionError):  # gone, or a record nested too deep to be sent
                self._leave()

    def take(self, chunk: list[Record]) -> list[Prepared | RefusedInput]:
        """The results for the chunk given last."""
        if self._pipe is not None:
            try:
                if not self._pipe.poll(CHUNK_SECONDS):
                    raise TimeoutError
                found = self._pipe.recv()
            except (EOFError, OSError):
                # ended by the system, or it never came to work, or a record holds it: each is read behind the wall
                self._leave()
                return [_read(record, self._source, self._region, self._reader, apart=True) for record in chunk]
            return [self._received(record, one) for record, one in zip(chunk, found, strict=True)]
        return [_read(record, self._source, self._region, self._reader) for record in chunk]

    def _received(self, record: Record, one: Prepared | tuple[str, str, str] | None) -> Prepared | RefusedInput:
        if one is None:
            return _read(record, self._source, self._region, self._reader)
        return RefusedInput(*one) if isinstance(one, tuple) else one

    def _leave(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
            self._process = None


def _serve(pipe: Connection, source: str, region: str | None) -> None:
    """Run in the helper process: prepare chunk after chunk until the pipe is closed, which also happens when the parent dies."""
    from ingest.worker import SafeReader

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    reader = SafeReader()  # for its limits: a helper has no children, long records are for the parent's
    with suppress(EOFError, OSError):
        while True:
            found = [None if reader.is_long(record) else _read(record, source, region, reader) for record in pipe.recv()]
            pipe.send([_parcel(one) for one in found])


def _parcel(one: Prepared | RefusedInput | None) -> Prepared | tuple[str, str, str] | None:
    """Make a result ready to be sent between processes.

    Errors with three arguments cannot be unpickled; the cached properties of a document need not travel.
    """
    if one is None:
        return None
    return (one.source, one.reason, one.message) if isinstance(one, RefusedInput) else replace(one, doc=replace(one.doc))
