"""Batches of questions 成批提问: one JSON record a line in, one a line out; a line that fails does not end the others."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corpus.errors import PolicyError, UsageError
from corpus.text import readable
from ui.commands.shared import note, progress

log = logging.getLogger("cemai.batch")

LONGEST = 10_000
"""Characters of a question that are read."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """One line of a batch: its id and text, or why it cannot be asked."""

    line: int
    id: Any = None
    text: str = ""
    fault: str | None = None
    after: tuple[str, ...] = ()
    """The questions it goes on about, oldest first, or the id of an entry before it."""


def run_batch(source: Path, out: Path, label: str, answer: Callable[[BatchEntry], Record], empty: Record) -> int:
    """Answer every line of a file, and return how many failed.

    Args:
        source: The batch, JSON Lines; ``-`` is standard input.
        out: Where the records go; ``-`` is standard output.
        label: What the progress bar says.
        answer: Makes the record of one entry; whatever it raises becomes the record of a failure.
        empty: The fields of a failure's record; the first is its id, ``status`` and ``error`` are added.
    """
    key = next(iter(empty))
    entries = list(read_entries(source, key))
    failed = 0
    with _opened_for_writing(out) as stream, progress(label) as show:
        for number, entry in enumerate(entries, 1):
            try:
                line = json.dumps(answer(_askable(entry)), ensure_ascii=False)
            # whatever one question brings to light, the others must still be answered
            except Exception as error:
                failed += 1
                record = {**empty, key: entry.id, "status": "error", "error": _explain(entry, error)}
                line = json.dumps(record, ensure_ascii=False)
            stream.write(line + "\n")
            show(number, len(entries), "")
    if failed:
        note(f"{len(entries)} 行中有 {failed} 行没有答成，原因在各行的 error 里；其余各行不受影响。")
    return failed


def _askable(entry: BatchEntry) -> BatchEntry:
    if entry.fault is not None:
        raise UsageError(entry.fault)
    return entry


def _explain(entry: BatchEntry, error: Exception) -> str:
    """The Chinese message for the record of a failure; the details go to the log on stderr."""
    if isinstance(error, PolicyError):
        message = f"第 {entry.line} 行：{error}"
        log.error("%s", message)
        return message
    message = f"第 {entry.line} 行：程序内部出错（{type(error).__name__}），没有答成。"
    log.error("%s问题：%s", message, entry.text[:200], exc_info=error)
    return message


def read_entries(path: Path, key: str) -> Iterator[BatchEntry]:
    """The lines of a batch that are not blank; one that is no record with a text says so in ``fault``.

    The id is the field ``key`` (``id`` or ``_id``), else the other of the two. Raises ``UsageError`` for a file that cannot be opened.
    """
    try:
        opened = contextlib.nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb")
    except OSError as error:
        raise UsageError(f"打不开 {path}（{error.strerror}）。") from error
    with opened as stream:
        for number, line in enumerate(stream, 1):
            plain = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if plain.strip():
                yield _entry(number, plain, (key, "_id" if key == "id" else "id"))


def _entry(number: int, line: bytes, keys: tuple[str, ...]) -> BatchEntry:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return BatchEntry(number, fault="不是 UTF-8 文字。")
    except json.JSONDecodeError as error:
        return BatchEntry(number, fault=f"不是 JSON，读到第 {error.pos + 1} 个字就读不下去了。")
    except (ValueError, RecursionError):
        # a number of thousands of digits, brackets in brackets without end
        return BatchEntry(number, fault="不是能读的 JSON。")
    if not isinstance(record, dict):
        return BatchEntry(number, fault='不是一个对象，要写成 {"id": …, "question": …}。')
    id = next((record[name] for name in keys if record.get(name)), None)
    text = next((record[name] for name in ("question", "text") if record.get(name) is not None), None)
    if not isinstance(text, str):
        return BatchEntry(number, id, fault="没有问题，question（或 text）要是一段文字。")
    after = record.get("after") or ()
    before = [after] if isinstance(after, str) else after if isinstance(after, list) else ()
    return BatchEntry(
        number, id, readable(text)[:LONGEST], after=tuple(readable(q)[:LONGEST] for q in before if isinstance(q, str))
    )


def _opened_for_writing(path: Path) -> contextlib.AbstractContextManager[IO[str]]:
    if str(path) == "-":
        return contextlib.nullcontext(sys.stdout)
    try:
        return path.open("w", encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"不能写入 {path}（{error.strerror}）。") from error
