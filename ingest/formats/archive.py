"""ZIP archives of documents: which members there are, under their own names, and the bytes of each, within limits."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from corpus.errors import RefusedInput
from ingest.formats.package import check_members
from ingest.limits import Limits

_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR_64 = b"PK\x06\x07"
_LONGEST_COMMENT = 1 << 16
_ENTRY = 1_024
"""Bytes that the directory of an archive may take for each member that is allowed."""
_PACKAGES = frozenset({"[Content_Types].xml", "OFD.xml", "mimetype"})
_UTF8_NAME = 0x800
_SILENT_FOLDERS = frozenset({"__MACOSX"})
_SILENT_BEGINNINGS = (".", "~$")


class Archive:
    """An opened archive, checked against the limits. Members are read one at a time and never written anywhere.

    Args:
        path: the file.
        source: what it is called in messages.
        limits: how many members it may have, how large they may be, each and together, and how much smaller than its contents
            the file may be.

    Raises:
        RefusedInput: for a damaged, encrypted or hostile one.
    """

    def __init__(self, path: Path, source: str, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.path = path
        try:
            _check_directory(path, source, limits)
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError) as error:
            raise RefusedInput(source, "broken", "压缩包已损坏或不完整；请重新下载，或解压后导入其中的文件") from error
        named = [(_name_of(info), info) for info in infos]
        check_members(named, source, limits)
        self._members = {name: info for name, info in named if not name.endswith("/")}

    @property
    def is_document(self) -> bool:
        """Whether it is itself one document that is stored as a ZIP archive, such as a docx."""
        return not _PACKAGES.isdisjoint(self._members)

    def names(self) -> Iterator[str]:
        """The names of the members with their folders, in order, without what systems leave in an archive for themselves."""
        for name in sorted(self._members):
            parts = name.split("/")
            if not (_SILENT_FOLDERS & set(parts[:-1]) or any(part.startswith(_SILENT_BEGINNINGS) for part in parts)):
                yield name

    def size(self, name: str) -> int:
        """The size of a member in bytes, as the archive gives it."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """The bytes of a member."""
        message = f"压缩包里的 {name} 已损坏，无法解压；请重新下载，或解压后导入其中的文件"
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self._members[name]) as stream:
                data = stream.read(self.limits.part_bytes + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise RefusedInput(self.source, "broken", message) from error
        if len(data) > self.limits.part_bytes:
            raise RefusedInput(self.source, "size", "解压后的内容过大（疑似压缩炸弹），不予读取")
        return data


def open_archive(path: Path, source: str, limits: Limits) -> Archive:
    """Open an archive; the one opened last is kept, because its members are read one after another."""
    info = path.stat()
    return _opened(path, source, limits, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=1)
def _opened(path: Path, source: str, limits: Limits, _changed: int, _size: int) -> Archive:
    return Archive(path, source, limits)


def _check_directory(path: Path, source: str, limits: Limits) -> None:
    """Refuse a directory of too many members before it is read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LONGEST_COMMENT - _END_SIZE - len(_LOCATOR_64) - 16))
        tail = file.read()
    at = len(tail) - _END_SIZE
    if not (tail[at:].startswith(_END) and tail.endswith(b"\x00\x00")):
        at = tail.rfind(_END)
    if at < 0:
        raise zipfile.BadZipFile
    large = int.from_bytes(tail[at + 12 : at + 16], "little") > limits.archive_members * _ENTRY
    if large or tail[max(0, at - 20) : at].startswith(_LOCATOR_64):
        message = f"压缩包过大，文件数超过上限 {limits.archive_members}，不予读取；请解压后导入其中的文件"
        raise RefusedInput(source, "size", message)


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: Chinese systems write GB 18030 without saying so, and some write ``\\`` for ``/``."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    return name.replace("\\", "/").removeprefix("./")
