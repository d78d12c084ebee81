"""What the library keeps of a document, made ready to be stored: here, or for many records in processes beside this one.

Reading a record and finding its facts takes four times as long as storing it, and needs nothing of the library.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Any

from corpus.document import ParsedDocument
from corpus.errors import RefusedInput
from corpus.store.rows import FactRow

if TYPE_CHECKING:
    from index.passages import Passage

Record = Mapping[str, Any]

CHUNK = 100
"""Records that go to another process at once: a tenth of a second of its work."""
MANY = 4 << 20
"""Bytes of a file of records from which other processes help: below, they would not be ready before the work is done."""
MOST_HELPERS = 4
"""This process, which stores what they prepare, keeps no more of them busy."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its passages and the rows of its facts."""

    doc: ParsedDocument
    passages: list[Passage]
    facts: list[FactRow]


def prepare(doc: ParsedDocument) -> Prepared:
    """Cut a document into passages and find its facts."""
    from graph.codec.rows import to_rows
    from graph.extract import extract
    from index.splitter import split

    return Prepared(doc, split(doc), to_rows(doc, extract(doc)))


def prepare_records(
    records: Iterable[Record], source: str, size: int, region: str | None = None
) -> Iterator[tuple[Record, Prepared | RefusedInput]]:
    """Each record of a file of ``size`` bytes with what is to be stored of it, in order; ``region`` overrides what they say."""
    chunks = _chunks(records)
    with ExitStack() as stack:
        helpers = [stack.enter_context(_Helper(source, region)) for _ in range(count_helpers(size))]
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
                yield record, _read(record, source, region)


def count_helpers(size: int) -> int:
    """How many processes help with a file of so many bytes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if cores < 2 or size < MANY else min(cores, MOST_HELPERS)


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    every = iter(records)
    while chunk := list(islice(every, CHUNK)):
        yield chunk


def _read(record: Record, source: str, region: str | None) -> Prepared | RefusedInput:
    from ingest.reader import read_record

    try:
        return prepare(read_record(record, source, region=region))
    except RefusedInput as refusal:
        return refusal


class _Helper:
    """A process that prepares one chunk of records after another; where it cannot be had, they are prepared in this one.

    It has one chunk at a time and waits for the next when its results have been taken: neither side ever waits to write.
    """

    def __init__(self, source: str, region: str | None) -> None:
        self._source, self._region = source, region
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
        """What became of the chunk that was given."""
        if self._pipe is not None:
            try:
                found = self._pipe.recv()
                return [RefusedInput(*one) if isinstance(one, tuple) else one for one in found]
            except (EOFError, OSError):
                self._leave()  # ended by the system, or it never came to work
        return [_read(record, self._source, self._region) for record in chunk]

    def _leave(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
            self._process = None


def _serve(pipe: Connection, source: str, region: str | None) -> None:
    """The helper: one chunk after another until the pipe is closed, as it is when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with suppress(EOFError, OSError):
        while True:
            found = [_read(record, source, region) for record in pipe.recv()]
            pipe.send([_parcel(one) for one in found])


def _parcel(one: Prepared | RefusedInput) -> Prepared | tuple[str, str, str]:
    """In a form that can be sent: errors with three parts cannot, and what a document has worked out need not."""
    return (one.source, one.reason, one.message) if isinstance(one, RefusedInput) else replace(one, doc=replace(one.doc))
