"""What goes wrong with files, in words for people: a handful of refusals that say what was stored and what to do (``docs/failure-modes.md``)."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from corpus.errors import (
    DamagedLibrary,
    DeviceFailure,
    DiskFull,
    LibraryBusy,
    LibraryReadOnly,
    PolicyError,
    StoreError,
    TooManyFiles,
)

_ERRNO: dict[int, type[StoreError]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EFBIG: DiskFull,
    errno.EIO: DeviceFailure,
    errno.EROFS: LibraryReadOnly,
    errno.EMFILE: TooManyFiles,
    errno.ENFILE: TooManyFiles,
}
_WORDS: tuple[tuple[type[StoreError], tuple[str, ...]], ...] = (
    # words of SQLite, and of tantivy, which hands on the number of the system's error
    (LibraryBusy, ("locked", "busy")),
    (LibraryReadOnly, ("readonly", "read-only", "os error 30)", "os error 13)")),
    (DiskFull, ("disk is full", "no space left", "storagefull", "os error 28)", "os error 122)", "os error 27)")),
    (TooManyFiles, ("too many open files", "os error 24)", "os error 23)")),
    (DeviceFailure, ("disk i/o error", "os error 5)", "input/output error", "io::error")),
    (DamagedLibrary, ("malformed", "not a database", "cell_size", "unsupported file format")),
)
_MESSAGES: dict[type[StoreError], Callable[[str], str]] = {
    LibraryBusy: lambda _: "文档库正在被另一个程序写入。请等它完成后再试；这一步没有写入任何内容。",
    LibraryReadOnly: lambda path: (
        f"文档库是只读的：{path}。可以查询，不能改动；要改动请检查文件夹权限，或把整个文件夹拷到能写的地方。"
    ),
    DiskFull: lambda _: "磁盘已满，这一步没有写入任何内容，之前完成的都保存了。请清理磁盘后重试。",
    DeviceFailure: lambda path: f"磁盘读写出错：{path}。这一步没有写入任何内容。请先用 cemai backup 备份到另一块盘，再检查磁盘。",
    TooManyFiles: lambda _: "系统不允许再打开文件（打开的文件太多）。请关闭一些程序，或提高 ulimit -n 后再试；文档库没有被改动。",
    DamagedLibrary: lambda path: (
        f"文档库文件已损坏：{path}。请用 cemai restore 从备份恢复；没有备份时先保留原文件夹，再建一个新库重新导入。"
    ),
}
_REASONS: dict[type[PolicyError], str] = {
    LibraryBusy: "busy",
    LibraryReadOnly: "read_only",
    DiskFull: "disk_full",
    DeviceFailure: "device",
    TooManyFiles: "too_many_files",
    DamagedLibrary: "damaged",
}


def explain_failure(error: BaseException, path: Path | str) -> PolicyError | None:
    """Explain an error of the disk, of SQLite or of an index to the person who meets it.

    Args:
        error: What was raised.
        path: The file or folder it concerns.

    Returns:
        A refusal with what to do; None for anything else, which is an error of the program. A ``PolicyError`` is given back as it is.

    Example: ``explain_failure(OSError(errno.ENOSPC, ""), folder)`` is a ``DiskFull``.
    """
    if isinstance(error, PolicyError):
        return error
    if isinstance(error, OSError) and error.errno in _ERRNO:
        return _refusal(_ERRNO[error.errno], path)
    if isinstance(error, sqlite3.Error | OSError | ValueError):
        text = str(error).lower()
        if "unable to open database file" in text and _out_of_files():
            return _refusal(TooManyFiles, path)
        for kind, words in _WORDS:
            if any(word in text for word in words):
                return _refusal(kind, path)
    return None


def reason_of(error: PolicyError) -> str:
    """The stable code of a failure of the store, as it stands in reports: ``disk_full``, ``busy`` …; ``store`` for any other."""
    return _REASONS.get(type(error), "store")


def translated(error: BaseException, path: Path) -> StoreError:
    """What an error of SQLite means to the person who meets it."""
    found = explain_failure(error, path)
    if isinstance(found, StoreError):
        return found
    return StoreError(f"{path} 不能作为文档库打开（{error}）。如有备份请用 cemai restore 恢复，或用 --library 指定另一个文件夹。")


def _refusal(kind: type[StoreError], path: Path | str) -> StoreError:
    return kind(_MESSAGES[kind](str(path)))


def _out_of_files() -> bool:
    """Whether it is for want of files that SQLite cannot open one, which it does not say."""
    try:
        # never the file itself: closing it would give up the locks that SQLite holds on it for this process
        with Path(__file__).open("rb"):
            return False
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
