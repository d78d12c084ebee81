"""Runs parsers in a child process, started once and reused, that is stopped when an input takes too much time or memory."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any

from corpus.document import ParsedDocument
from corpus.errors import RefusedInput
from ingest import reader
from ingest.apart import kill_group, limit_cpu, restrict
from ingest.formats.sniff import detect
from ingest.kept_pages import delete_pages, keep_pages
from ingest.limits import DEFAULT, Limits
from ingest.progress import Listener, heard_by


class SafeReader:
    """Reads one input after another. Short text is read here; all else in a child with limits on time and memory.

    Use as a context manager. The child starts with the first input that needs it, and again after one that had to be stopped.

    Args:
        limits: What an input may take.
        derive: A function of a module that makes something of a document; ``read_and_derive`` has it run in the child too.
        pages: A folder where recognised pages of a scan are kept until it was read to its end, so that a stopped import goes on
            there; None to keep none.

    ``on_page`` is called with the number of the page and of all pages whenever the recognition of a scanned page begins.
    """

    def __init__(
        self, limits: Limits = DEFAULT, derive: Callable[[ParsedDocument], Any] | None = None, pages: Path | None = None
    ) -> None:
        self.limits = limits
        self._pages = pages
        self.on_page: Listener | None = None
        self._derive = derive
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._scratch: str | None = None

    @property
    def pid(self) -> int | None:
        """The child's process number, where it runs."""
        return self._process.pid if self._process is not None else None

    def __enter__(self) -> SafeReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def read(self, data: bytes, source: str, *, region: str | None = None, ocr: bool = False) -> ParsedDocument:
        """Read one file, or refuse it; a refusal leaves the reader ready for the next."""
        format = detect(data, source)
        if format.plain and len(data) <= self.limits.text_read_here:
            return reader.read(data, source, region=region, ocr=ocr, limits=self.limits)
        reader.check_size(format, data, source, self.limits)
        return self._read_in_child(data, source, region, ocr, derive=False)

    def read_record(
        self, record: Mapping[str, Any], source: str, *, region: str | None = None, apart: bool = False
    ) -> ParsedDocument:
        """Read one record of a JSON Lines file, or refuse it; a short one is read here unless it has to be ``apart``."""
        if not apart and not self.is_long(record):
            return reader.read_record(record, source, region=region)
        return self._read_in_child(record, source, region, ocr=False, derive=False)

    def is_long(self, record: Mapping[str, Any]) -> bool:
        """Whether a record's text is longer than what is read without the child."""
        text = record.get("text")
        return isinstance(text, str) and len(text) > self.limits.text_read_here

    def read_and_derive(
        self, data: bytes, source: str, *, region: str | None = None, ocr: bool = False
    ) -> tuple[ParsedDocument, Any]:
        """Read one file in the child, short text too, and let it derive what is made of the document.

        Returns:
            The document and what was derived from it, None where the child ended on the way to that. Reading keeps to the limits;
            what follows may take its time.

        Raises:
            RefusedInput: As ``read``.
        """
        reader.check_size(detect(data, source), data, source, self.limits)
        doc = self._read_in_child(data, source, region, ocr, derive=True)
        assert self._pipe is not None
        try:
            return doc, self._pipe.recv()
        except (EOFError, OSError):
            self._stop()
            return doc, None

    def _read_in_child(
        self, data: bytes | Mapping[str, Any], source: str, region: str | None, ocr: bool, *, derive: bool
    ) -> ParsedDocument:
        pipe = self._started()
        seconds = self.limits.seconds
        try:
            pipe.send((data, source, region, ocr, derive))
            kind = "page"
            while kind == "page":
                # Each page that is recognised has the time to itself: a scan may have hundreds.
                if not pipe.poll(seconds):
                    self._stop()
                    raise RefusedInput(
                        source, "timeout", f"读取超过 {seconds:.0f} 秒，已停止；文件可能异常，请用原软件另存或拆分后导入"
                    )
                kind, value = pipe.recv()
                if kind == "page" and self.on_page is not None:
                    self.on_page(*value)
        except RecursionError as error:
            raise RefusedInput(source, "broken", "记录嵌套过深，无法读取；请检查该行") from error
        except (EOFError, OSError) as error:
            # The child is gone: killed by the system or by its own memory limit inside a C library.
            self._stop()
            raise RefusedInput(
                source, "crash", "读取时解析程序意外退出，文件可能已损坏或占用过大；请用原软件另存后再导入"
            ) from error
        if kind == "document":
            assert isinstance(value, ParsedDocument)
            return value
        if kind == "memory":
            self._stop()
        raise RefusedInput(*value)

    def interrupt(self) -> None:
        """End the child from another thread than the one that waits for it, which then finds it gone."""
        process = self._process
        if process is not None:
            kill_group(process.pid)
            with suppress(OSError, ValueError):  # ended in the meantime
                process.kill()  # one that just starts has no group of its own yet

    def close(self) -> None:
        """Let the child go."""
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.send(None)
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(1)
            self._stop()

    def _started(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self._stop()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._scratch = tempfile.mkdtemp(prefix="cemai-reader-")
        self._process = context.Process(
            target=_serve, args=(theirs, self.limits, self._scratch, self._derive, self._pages), daemon=True, name="cemai-reader"
        )
        self._process.start()
        theirs.close()
        self._pipe = ours
        return ours

    def _stop(self) -> None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            kill_group(process.pid)
            if process.is_alive():
                process.kill()
            process.join(5)
        if self._scratch is not None:
            # A killed child cannot tidy up after itself.
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None


def _serve(
    pipe: Connection, limits: Limits, scratch: str, derive: Callable[[ParsedDocument], Any] | None, pages: Path | None
) -> None:
    """The child: one input after another until told to stop or the parent is gone; its temporary files lie in ``scratch``."""
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    restrict(limits)
    while True:
        try:
            request = pipe.recv()
        except (EOFError, OSError):
            shutil.rmtree(scratch, ignore_errors=True)  # the parent was killed and cannot
            return
        if request is None:
            return
        data, source, region, ocr, wanted = request
        limit_cpu(limits.seconds)

        def tell(number: int, count: int) -> None:
            limit_cpu(limits.seconds)  # each page that is recognised has the time to itself, and a scan may have hundreds
            pipe.send(("page", (number, count)))

        file = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""
        with keep_pages(pages if file else None, file), heard_by(tell):
            kind, value = _answer(data, source, region, ocr, limits)
        if file and kind in ("document", "refused"):
            delete_pages(pages, file)
        limit_cpu(None)
        pipe.send((kind, value))
        if wanted and kind == "document":
            try:
                derived = derive(value) if derive else None
            except MemoryError:
                return  # the parent, which has more, does it then
            pipe.send(derived)


def _answer(data: bytes | Mapping[str, Any], source: str, region: str | None, ocr: bool, limits: Limits) -> tuple[str, Any]:
    try:
        if not isinstance(data, bytes):
            return "document", replace(reader.read_record(data, source, region=region))
        return "document", replace(reader.read(data, source, region=region, ocr=ocr, limits=limits))
    except RefusedInput as refusal:
        return "refused", (refusal.source, refusal.reason, refusal.message)
    except (MemoryError, SystemError):  # a library written in C that gets no memory often reports the second
        return "memory", (source, "memory", "读取所需内存超过上限，已停止；文件可能异常，请用原软件另存或拆分后导入")
    except RecursionError:
        return "refused", (source, "broken", "文件结构嵌套过深，无法读取；请用原软件打开后另存")
    except Exception as error:  # A parser's own fault must not end the run; the reason names it for a report.
        return "refused", (source, "broken", f"文件无法解析（{type(error).__name__}）；请用原软件打开后另存，再导入")
