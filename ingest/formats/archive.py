"""Archives of documents: which members there are, under their own names, and the bytes of each, within limits.

ZIP is read here, RAR and 7z by ``solid_archive``.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from corpus.errors import RefusedInput
from ingest.formats.other_files import OTHER_ARCHIVES, say_what_else
from ingest.formats.package import check_directory, choose_members, is_left_by_systems, refuse_member
from ingest.formats.solid_archive import SIGNATURES, SolidArchive
from ingest.limits import Limits

_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR_64 = b"PK\x06\x07"
_LONGEST_COMMENT = 1 << 16
_ENTRY = 1_024
"""Bytes that the directory of an archive may take for each member that is allowed."""
_PACKAGES = frozenset({"[Content_Types].xml", "OFD.xml", "mimetype"})
_UTF8_NAME = 0x800


class Container(Protocol):
    """An opened file that holds other files: an archive, or a mail with its attachments."""

    refused: tuple[RefusedInput, ...]
    """What it holds that must not be read, each with its reason."""

    @property
    def is_document(self) -> bool:
        """Whether it is itself one document that only looks like an archive, such as a docx."""

    def names(self) -> Iterator[str]:
        """The names of the files in it that can be read, with their folders, in order."""

    def size(self, name: str) -> int:
        """The size of a file in it, in bytes."""

    def read(self, name: str) -> bytes:
        """The bytes of a file in it."""


class Archive:
    """An opened archive, checked against the limits. Members are read one at a time and never written anywhere.

    A member that must not be read (encrypted, a bomb, under a name that leads elsewhere) is refused by itself.

    Args:
        file: the path, or the bytes where it lies in another file.
        source: what it is called in messages.
        limits: how many members it may have, how large each may be, and how much smaller than its contents the file may be.

    Raises:
        RefusedInput: for a damaged one, and one whose members share bytes or are too many.
    """

    def __init__(self, file: Path | BytesIO, source: str, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self._file = file
        try:
            _check_directory(file, source, limits)
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError) as error:
            raise RefusedInput(source, "broken", "压缩包已损坏或不完整；请重新下载，或解压后导入其中的文件") from error
        check_directory(infos, source, limits)
        named = [(name, info) for info in infos if not (name := _name_of(info)).endswith("/")]
        self._members, self.refused = choose_members(source, ((name, info, self._hurdle(name, info)) for name, info in named))

    def _hurdle(self, name: str, info: zipfile.ZipInfo) -> str:
        refused = refuse_member(name, info, self.source, self.limits)
        return "" if refused is None else refused.reason

    @property
    def is_document(self) -> bool:
        """Whether it is itself one document that is stored as a ZIP archive, such as a docx."""
        return not _PACKAGES.isdisjoint(self._members)

    def names(self) -> Iterator[str]:
        """The names of the members with their folders, in order, without what systems leave in an archive for themselves."""
        for name in sorted(self._members):
            if not is_left_by_systems(name):
                yield name

    def size(self, name: str) -> int:
        """The size of a member in bytes, as the archive gives it."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """The bytes of a member."""
        message = f"压缩包里的 {name} 已损坏，无法解压；请重新下载，或解压后导入其中的文件"
        try:
            with zipfile.ZipFile(self._file) as archive, archive.open(self._members[name]) as stream:
                data = stream.read(self.limits.part_bytes + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise RefusedInput(self.source, "broken", message) from error
        if len(data) > self.limits.part_bytes:
            raise RefusedInput(self.source, "size", "解压后的内容过大（疑似压缩炸弹），不予读取")
        return data


def open_archive(file: Path | BytesIO, source: str, limits: Limits) -> Container:
    """Open an archive by what its bytes are, whatever its ending; see ``Archive`` and ``SolidArchive``."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            begin = opened.read(8)
    else:
        begin = file.getvalue()[:8]
    kind = next((kind for signature, kind in SIGNATURES if begin.startswith(signature)), None)
    return Archive(file, source, limits) if kind is None else SolidArchive(file, source, limits, kind)


def _check_directory(file: Path | BytesIO, source: str, limits: Limits) -> None:
    """Refuse a directory of too many members before it is read into memory."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            begin, tail = _ends(opened)
    else:
        begin, tail = _ends(file)
    for signature, kind in OTHER_ARCHIVES:
        if begin.startswith(signature):
            raise RefusedInput(source, "unsupported", say_what_else(kind))
    at = len(tail) - _END_SIZE
    if not (tail[at:].startswith(_END) and tail.endswith(b"\x00\x00")):
        at = tail.rfind(_END)
    if at < 0:
        raise zipfile.BadZipFile
    large = int.from_bytes(tail[at + 12 : at + 16], "little") > limits.archive_members * _ENTRY
    if large or tail[max(0, at - 20) : at].startswith(_LOCATOR_64):
        message = f"压缩包过大，文件数超过上限 {limits.archive_members}，不予读取；请解压后导入其中的文件"
        raise RefusedInput(source, "size", message)


def _ends(file: BinaryIO) -> tuple[bytes, bytes]:
    """The first bytes of a file, and the last in which an archive has the end of its directory."""
    file.seek(0)
    begin = file.read(8)
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_COMMENT - _END_SIZE - len(_LOCATOR_64) - 16))
    return begin, file.read()


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
