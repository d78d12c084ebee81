"""RAR and 7z archives of documents, whose members are packed together: unpacked once, in a process that can be stopped.

rars (Rust) and py7zr read them where they are installed (``cemai[archives]``); where not, the file is refused with what to do.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from corpus.errors import RefusedInput
from ingest.apart import run_apart
from ingest.formats.package import HURDLES, choose_members, is_bad_name, is_left_by_systems
from ingest.limits import Limits

SIGNATURES = ((b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"))
"""How archives begin whose members are packed together, and what they are."""
_LIBRARIES = {"rar": "rars", "7z": "py7zr"}
_HOW = "请解压后导入其中的文件，或改存为 zip（管理员安装压缩包组件后可直接读取，命令：pip install -r requirements-archives.lock）"
_DICTIONARY = 256 << 20
"""Bytes a RAR archive may ask for to look back in; WinRAR takes 32 MB unless told otherwise."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in an archive as its directory gives it; ``hurdle`` is a key of ``HURDLES`` where it cannot be read."""

    name: str
    size: int
    hurdle: str = ""


class SolidArchive:
    """An opened RAR or 7z archive. All members are unpacked, in a child, when the first is asked for; none is written anywhere.

    Args:
        file: the path, or the bytes where it lies in another file.
        source: what it is called in messages.
        limits: how many members it may have, how large each and all of them may be, what the child may take.
        kind: ``rar`` or ``7z``.

    Raises:
        RefusedInput: where no library reads it, for a damaged one and one over the limits.
    """

    is_document = False

    def __init__(self, file: Path | BytesIO, source: str, limits: Limits, kind: str) -> None:
        if find_spec(_LIBRARIES[kind]) is None:
            raise RefusedInput(source, "unsupported", f"这是 {kind.upper()} 压缩包，本机没有读取它的组件；{_HOW}")
        self.source, self.limits = source, limits
        self._held = (kind, str(file) if isinstance(file, Path) else file.getvalue())
        listed = run_apart(_list_members, *self._held, source, limits, source=source, limits=limits)
        if len(listed) > limits.archive_members:
            raise RefusedInput(source, "size", f"压缩包里的文件超过 {limits.archive_members} 个，不予读取；请解压后分批导入")
        self._sizes, self.refused = choose_members(source, ((one.name, one.size, self._hurdle(one)) for one in listed))
        if sum(self._sizes.values()) > limits.unpacked_bytes:
            message = f"压缩包解压后超过 {limits.unpacked_bytes >> 20} MB，不予读取；请解压后导入其中的文件"
            raise RefusedInput(source, "size", message)
        self._contents: dict[str, bytes] | RefusedInput | None = None

    def _hurdle(self, member: _Member) -> str:
        if is_bad_name(member.name):
            return "broken"
        return member.hurdle or ("size" if member.size > self.limits.part_bytes else "")

    def names(self) -> Iterator[str]:
        """The names of the members with their folders, in order, without what systems leave in an archive for themselves."""
        yield from (name for name in sorted(self._sizes) if not is_left_by_systems(name))

    def size(self, name: str) -> int:
        """The size of a member in bytes, as the archive gives it."""
        return self._sizes[name]

    def read(self, name: str) -> bytes:
        """The bytes of a member."""
        if self._contents is None:
            self._contents = self._unpack()
        if isinstance(self._contents, RefusedInput):
            raise self._contents
        if name not in self._contents:
            message = f"压缩包里的 {name} 已损坏，无法解压；请重新下载，或解压后导入其中的文件"
            raise RefusedInput(f"{self.source}/{name}", "broken", message)
        return self._contents[name]

    def _unpack(self) -> dict[str, bytes] | RefusedInput:
        limits, names = self.limits, sorted(self._sizes)
        try:
            return run_apart(_read_members, *self._held, names, self.source, limits, source=self.source, limits=limits)
        except RefusedInput as refusal:
            return refusal  # and so it is for every other member


def _list_members(kind: str, held: str | bytes, source: str, limits: Limits) -> list[_Member]:
    listed = (_list_rar if kind == "rar" else _list_7z)(held, source, limits)
    return listed[: limits.archive_members + 1]  # one too many is enough to refuse it


def _read_members(kind: str, held: str | bytes, names: list[str], source: str, limits: Limits) -> dict[str, bytes]:
    return (_read_rar if kind == "rar" else _read_7z)(held, names, source, limits)


def _open_rar(held: str | bytes, source: str, limits: Limits) -> Any:
    import rars

    options = _rar_options(limits)
    try:
        return rars.RarFile.from_bytes(held, options=options) if isinstance(held, bytes) else rars.RarFile(held, options=options)
    except rars.PasswordRequired as error:
        raise RefusedInput(source, "encrypted", "压缩包" + HURDLES["encrypted"]) from error


def _rar_options(limits: Limits) -> Any:
    import rars

    return rars.ReadOptions(
        max_member_output_bytes=limits.part_bytes,
        max_total_output_bytes=limits.unpacked_bytes,
        max_header_count=4 * limits.archive_members,
        rar50_dictionary_size_limit=_DICTIONARY,
    )


def _list_rar(held: str | bytes, source: str, limits: Limits) -> list[_Member]:
    found = []
    for info in _open_rar(held, source, limits).infolist():
        name = _rar_name(info)
        hurdle = "encrypted" if info.is_encrypted else "volume" if info.is_split_before or info.is_split_after else ""
        if not info.is_dir() and not stat.S_ISLNK(info.file_attr):
            found.append(_Member(name, info.file_size, hurdle))
    return found


def _rar_name(info: Any) -> str:
    """The name of a member; archives older than RAR 5 may have only its bytes, which are GB 18030 on Chinese systems."""
    name: str = info.filename
    raw = bytes(info.orig_filename_bytes or b"")
    if "\ufffd" in name or (name.isascii() and not raw.isascii()):
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.split(b"\x00")[0].decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    return name.replace("\\", "/").removeprefix("./")


def _read_rar(held: str | bytes, names: list[str], source: str, limits: Limits) -> dict[str, bytes]:
    archive = _open_rar(held, source, limits)
    places = {_rar_name(info): info for info in reversed(archive.infolist())}
    wanted = [name for name in names if name in places]
    try:
        return dict(zip(wanted, archive.read_many([places[name] for name in wanted], options=_rar_options(limits)), strict=True))
    except Exception:  # one member is damaged: each by itself, without those that cannot be had
        return dict(_read_each(archive, [(name, places[name]) for name in wanted], limits))


def _read_each(archive: Any, places: list[tuple[str, Any]], limits: Limits) -> Iterator[tuple[str, bytes]]:
    for name, place in places:
        try:
            yield name, archive.read(place, options=_rar_options(limits))
        except Exception:
            continue


def _open_7z(held: str | bytes, source: str, limits: Limits) -> Any:
    import py7zr

    try:
        archive = py7zr.SevenZipFile(held if isinstance(held, str) else BytesIO(held), max_extract_size=limits.unpacked_bytes)
    except py7zr.exceptions.PasswordRequired as error:
        raise RefusedInput(source, "encrypted", "压缩包" + HURDLES["encrypted"]) from error
    if archive.password_protected:
        raise RefusedInput(source, "encrypted", "压缩包" + HURDLES["encrypted"])
    return archive


def _list_7z(held: str | bytes, source: str, limits: Limits) -> list[_Member]:
    with _open_7z(held, source, limits) as archive:
        return [
            _Member(entry.filename.replace("\\", "/").removeprefix("./"), entry.uncompressed)
            for entry in archive.list()
            if entry.is_file and not entry.is_symlink
        ]


def _read_7z(held: str | bytes, names: list[str], source: str, limits: Limits) -> dict[str, bytes]:
    import py7zr

    class Buffer(py7zr.io.Py7zIO):  # type: ignore[misc]
        """What is unpacked of one member."""

        def __init__(self) -> None:
            self.held = BytesIO()

        def write(self, s: bytes | bytearray) -> int:
            return self.held.write(s)

        def read(self, size: int | None = None) -> bytes:
            return self.held.read(-1 if size is None else size)

        def seek(self, offset: int, whence: int = 0) -> int:
            return self.held.seek(offset, whence)

        def flush(self) -> None:
            pass

        def size(self) -> int:
            return self.held.getbuffer().nbytes

    class Buffers(py7zr.io.WriterFactory):  # type: ignore[misc]
        """A buffer for each member, by its name in the archive."""

        def __init__(self) -> None:
            self.made: dict[str, Buffer] = {}

        def create(self, filename: str) -> Buffer:
            return self.made.setdefault(filename, Buffer())

    with _open_7z(held, source, limits) as archive:
        listed = [(entry.filename, entry.filename.replace("\\", "/").removeprefix("./")) for entry in archive.list()]
        asked = set(names)
        wanted = {name: own for own, name in reversed(listed) if name in asked}
        try:
            buffers = Buffers()
            archive.extract(targets=list(wanted.values()), factory=buffers)
        except Exception:  # one member is damaged: each by itself, without those that cannot be had
            buffers = Buffers()
            for own in wanted.values():
                try:
                    archive.reset()
                    archive.extract(targets=[own], factory=buffers)
                except Exception:
                    buffers.made.pop(str(PurePosixPath(own)), None)
    # it files what it unpacks under the tidied path: a.txt for ./a.txt
    made = {str(PurePosixPath(own)): buffer for own, buffer in buffers.made.items()}
    tidied = {name: str(PurePosixPath(own)) for name, own in wanted.items()}
    return {name: made[own].held.getvalue() for name, own in tidied.items() if own in made}
