"""Which library this is, and how far it had come, remembered beside its file 库的记号.

A file that was emptied, or put back from last month, is a sound library by itself: nothing in it tells that documents are missing. So
the id of the library and its last generation are written to ``library.json`` after each change, and held against the file when it
is opened. What the caches are stamped with is the second witness, for a library that has no such note yet.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ReplacedLibrary

NOTE = "library.json"
_WHAT_TO_DO = (
    "请先停下正在使用它的程序，用 cemai restore 备份 恢复；没有备份时看看同步盘、回收站里有没有原来的文件。"
    "确认就用现在这一份，请运行 cemai doctor --accept。"
)


@dataclass(frozen=True, slots=True)
class RememberedLibrary:
    """What is known of the library from outside its file: its id (None where only caches tell) and its last known generation."""

    id: str | None
    generation: int


def recall_library(folder: Path) -> RememberedLibrary | None:
    """What is remembered of the library of a folder, by its note or else by its caches; None for a new folder.

    To be read before the file itself: the note is written after the change that it tells of.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads((folder / NOTE).read_bytes())
        return RememberedLibrary(str(note["library"]), int(note["generation"]))
    stamped = [generation for path in (folder / "cache").glob("*/manifest.json") if (generation := _stamp(path)) is not None]
    return RememberedLibrary(None, max(stamped)) if stamped else None


def remember_library(folder: Path, id: str, generation: int) -> None:
    """Write the note; without a word where nothing can be written: it is a precaution, the file is the truth."""
    draft = folder / f".{NOTE}.{os.getpid()}.{threading.get_ident()}"
    with suppress(OSError):
        try:
            draft.write_text(json.dumps({"library": id, "generation": generation}), encoding="utf-8")
            draft.replace(folder / NOTE)
        finally:
            draft.unlink(missing_ok=True)


def require_same(known: RememberedLibrary | None, path: Path, id: str | None, generation: int | None) -> None:
    """Hold an opened file against what is remembered.

    Args:
        known: What was recalled before the file was opened.
        path: The file.
        id: The id that stands in the file; None where it has none.
        generation: Its generation; None where the file is empty, or is not there.

    Raises:
        ReplacedLibrary: Where it is not the library that was there, in a sentence that says what to do.
    """
    if known is None or (generation is None and known.generation == 0):
        return
    if generation is None:
        what = "是空的" if path.exists() else "不见了"
        raise ReplacedLibrary(
            f"文档库文件{what}：{path}。这个文件夹里原来有一个库（改动过 {known.generation} 次）。为免混淆，没有新建。{_WHAT_TO_DO}"
        )
    if id is not None and known.id is not None and id != known.id:
        raise ReplacedLibrary(f"文档库文件被换成了另一个库的：{path}。{_WHAT_TO_DO}")
    if generation < known.generation:
        raise ReplacedLibrary(
            f"文档库文件比上次用时旧：{path} 只到第 {generation} 次改动，上次已到第 {known.generation} 次，"
            f"其间导入和更正的内容不在里面（同步盘、备份软件常会这样）。{_WHAT_TO_DO}"
        )


def forget_library(folder: Path) -> None:
    """Forget what was remembered, so that the file that is there now is taken for the library."""
    with suppress(FileNotFoundError):
        (folder / NOTE).unlink()


def _stamp(path: Path) -> int | None:
    with suppress(OSError, ValueError, TypeError, AttributeError):
        generation = json.loads(path.read_bytes()).get("generation")
        return generation if isinstance(generation, int) else None
    return None
