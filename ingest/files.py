"""Collects the files to read from the paths a person names: walks folders, makes names unique, follows no links."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

from corpus.errors import RefusedInput
from corpus.store import FILE_NAME
from ingest.formats.archive import Container
from ingest.formats.contents import extension
from ingest.formats.other_files import kind_of_other_ending, say_what_else
from ingest.formats.registry import ENDINGS, InputFormat, format_of_ending, list_formats
from ingest.limits import DEFAULT, MEGABYTE

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "__MACOSX"})
_TEMPORARY = ("~$", ".~", "._")
_DEEPEST = 1
"""How deep archives and mails may lie in each other: one in another, and no further."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read and the name it goes by."""

    path: Path
    source: str
    members: tuple[str, ...] = ()
    """The name inside the archive or mail at ``path``, where it comes from one, and inside that where one lies in another."""

    @property
    def origin(self) -> str:
        """Where it lies: the path of the file, and behind that of an archive the names inside it."""
        return str(self.path.resolve().joinpath(*self.members))

    @property
    def is_records(self) -> bool:
        """Whether the file holds many documents, one a record, instead of one document."""
        format = format_of_ending(extension(self.source))
        return format is not None and format.records

    @property
    def size(self) -> int:
        """Its size in bytes; 0 where it cannot be had."""
        try:
            return self._holder().size(self.members[-1]) if self.members else self.path.stat().st_size
        except (OSError, RefusedInput):
            return 0

    def read(self, limit: int = 200 << 20) -> bytes:
        """The bytes, read once from one descriptor; refused where they cannot be had."""
        try:
            if self.members:
                return self._holder().read(self.members[-1])
            with self.path.open("rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise RefusedInput(self.source, "not_a_file", "不是普通文件，不予读取；请改为导入实际的文件")
                data = file.read(limit + 1)
        except OSError as error:
            raise RefusedInput(
                self.source, "unreadable", f"无法打开（{_why(error)}）；请检查文件是否存在、是否有读取权限"
            ) from error
        if len(data) > limit:
            raise RefusedInput(self.source, "size", f"文件超过 {limit >> 20} MB 上限；请拆分后导入")
        return data

    def _holder(self) -> Container:
        return _open(self, self.members[:-1])


def _open(item: Input, members: tuple[str, ...]) -> Container:
    """Open the archive or mail at the path of an input, or that among the files inside it; those opened last are kept.

    Raises:
        RefusedInput: for a damaged or hostile one.
        OSError: where the file cannot be had.
    """
    info = item.path.stat()
    top = item.source.removesuffix("/" + "/".join(item.members)) if item.members else item.source
    return _opened(item.path, top, members, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=2)  # an archive and the one inside it, whose members are read one after another
def _opened(path: Path, source: str, members: tuple[str, ...], changed: int, size: int) -> Container:
    held: Path | BytesIO = path
    if members:
        held = BytesIO(_opened(path, source, members[:-1], changed, size).read(members[-1]))
    name = "/".join((source, *members))
    format = format_of_ending(extension(name))
    assert format is not None and format.opener, "only what its ending calls an archive or a mail has members"
    opened: Container = format.load_opener()(held, name, DEFAULT)
    return opened


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found: inputs in a stable order, and what was left out with the reason."""

    inputs: tuple[Input, ...]
    refused: tuple[RefusedInput, ...]

    def __iter__(self) -> Iterator[Input]:
        return iter(self.inputs)

    def __len__(self) -> int:
        return len(self.inputs)


def gather(paths: Sequence[Path]) -> Gathered:
    """Every file among ``paths`` and below their folders, each once.

    A file named directly goes by its own name whatever its extension; a file found in a folder by its path relative to that
    folder. Hidden files, temporary files of Office, and the program's own libraries are passed over in silence.
    """
    found: list[Input] = []
    refused: list[RefusedInput] = []
    seen: set[tuple[int, int]] = set()
    for path in paths:
        name = path.name or str(path)
        try:
            info = path.stat()
        except OSError as error:
            refused.append(RefusedInput(name, "unreadable", f"找不到或无法打开（{_why(error)}）；请检查路径是否正确"))
            continue
        if stat.S_ISDIR(info.st_mode):
            _walk(path, found, refused, seen)
        elif not stat.S_ISREG(info.st_mode):
            refused.append(RefusedInput(name, "not_a_file", "不是普通文件，不予读取；请改为导入实际的文件或文件夹"))
        else:
            _add(Input(path, name), info, found, seen)
    inputs = [member for item in _make_sources_unique(found) for member in _expand(item, refused)]
    return Gathered(tuple(inputs), tuple(refused))


def _expand(item: Input, refused: list[RefusedInput]) -> list[Input]:
    """The members of an archive, a mail and its attachments, or the file itself where it holds no others."""
    found: list[Input] = []
    waiting = [item]
    while waiting:
        item = waiting.pop()
        format = format_of_ending(extension(item.source))
        if format is None or not format.opener:
            found.append(item)
        elif len(item.members) > _DEEPEST:
            if format.reader:
                found.append(item)
            message = f"{format.label}套了 {_DEEPEST + 1} 层以上，里面的文件没有读取；请解压或另存后导入其中的文件"
            refused.append(RefusedInput(item.source, "unsupported", message))
        else:
            waiting += reversed(_look_inside(item, format, found, refused))
        if len(found) + len(waiting) > DEFAULT.archive_members:
            message = f"里面的文件超过上限 {DEFAULT.archive_members} 个，其余没有读取；请解压后分批导入"
            refused.append(RefusedInput(item.path.name, "size", message))
            break
    return found


def _look_inside(item: Input, format: InputFormat, found: list[Input], refused: list[RefusedInput]) -> list[Input]:
    """The files in an archive or mail; the mail itself, and what only looks like an archive, are found."""
    try:
        holder = _open(item, item.members)
    except OSError as error:
        refused.append(RefusedInput(item.source, "unreadable", f"无法打开（{_why(error)}）；请检查是否有读取权限"))
        return []
    except RefusedInput as refusal:
        refused.append(refusal)
        return []
    if holder.is_document:
        found.append(item)
        return []
    refused += holder.refused
    if format.reader:
        found.append(item)
    members: list[Input] = []
    for name in holder.names():
        source = f"{item.source}/{name}"
        if extension(name) in ENDINGS:
            members.append(Input(item.path, source, (*item.members, name)))
        else:
            refused.append(_refuse_ending(name, source))
    if not members and not holder.refused and not format.reader:
        refused.append(RefusedInput(item.source, "empty", f"压缩包里没有可读的文件；请核对，可导入 {list_formats()}"))
    return members


def _refuse_ending(name: str, source: str) -> RefusedInput:
    ending = extension(name)
    if (other := kind_of_other_ending(ending)) is not None:
        return RefusedInput(source, "unsupported", say_what_else(other))
    kind = f".{ending} 类型" if ending else "没有扩展名的文件"
    return RefusedInput(source, "unsupported", f"不支持{kind}；可导入 {list_formats()}")


def _add(item: Input, info: os.stat_result, found: list[Input], seen: set[tuple[int, int]]) -> None:
    # Windows network drives give no file numbers; there a path may come twice and is caught by its content id later.
    key = (info.st_dev, info.st_ino)
    if info.st_ino and key in seen:
        return
    seen.add(key)
    found.append(item)


def _walk(root: Path, found: list[Input], refused: list[RefusedInput], seen: set[tuple[int, int]]) -> None:
    stack = [root]
    while stack:
        folder = stack.pop()
        shown = folder.relative_to(root).as_posix() if folder != root else folder.name
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            refused.append(RefusedInput(shown, "unreadable", f"文件夹无法打开（{_why(error)}）；请检查是否有读取权限"))
            continue
        if any(entry.name == FILE_NAME for entry in entries):
            continue
        below: list[Path] = []
        pages = {entry.name.rpartition(".")[0] for entry in entries if _is_web_page(entry.name)}
        for entry in entries:
            source = Path(entry.path).relative_to(root).as_posix()
            if entry.name.startswith((".", *_TEMPORARY)):
                continue
            try:
                if entry.is_symlink():
                    refused.append(RefusedInput(source, "symlink", "是指向别处的链接，没有跟随；如需导入请直接指定原文件"))
                elif entry.is_dir(follow_symlinks=False):
                    if _page_of(entry.name) in pages:
                        message = "是浏览器保存网页时附带的文件夹（图片、样式、广告），没有读取；正文在同名的网页里"
                        refused.append(RefusedInput(source, "saved_page", message))
                    elif entry.name not in _SKIPPED_FOLDERS:
                        below.append(Path(entry.path))
                elif not entry.is_file(follow_symlinks=False):
                    refused.append(RefusedInput(source, "not_a_file", "不是普通文件，没有读取"))
                elif extension(entry.name) not in ENDINGS:
                    refused.append(_refuse_ending(entry.name, source))
                else:
                    _add(Input(Path(entry.path), source), entry.stat(follow_symlinks=False), found, seen)
            except OSError as error:
                refused.append(RefusedInput(source, "unreadable", f"无法打开（{_why(error)}）；请检查是否有读取权限"))
        stack.extend(reversed(below))


def _is_web_page(name: str) -> bool:
    format = format_of_ending(extension(name))
    return format is not None and format.name == "html"


def _page_of(folder: str) -> str | None:
    """The name of the page a browser saved together with a folder: 通知_files or 通知.files beside 通知.html."""
    return folder[: -len("_files")] if folder.lower().endswith(("_files", ".files")) else None


def _make_sources_unique(found: list[Input]) -> list[Input]:
    """Make names unique: put names of parent folders before those that occur twice, as few as are needed."""
    items = list(found)
    depth = 0
    while True:
        counts = Counter(item.source for item in items)
        again = [i for i, item in enumerate(items) if counts[item.source] > 1]
        if not again:
            return items
        depth += 1
        for i in again:
            parts = items[i].path.absolute().parts
            own = found[i].source.count("/") + 1
            if own + depth > len(parts):
                items[i] = replace(items[i], source=f"{found[i].source}#{i}")
                continue
            items[i] = replace(items[i], source="/".join(parts[len(parts) - own - depth :]).replace("\\", "/"))


def records(item: Input) -> Iterator[Mapping[str, Any] | RefusedInput]:
    """The records of a file one after another; a bad one comes as a refusal and does not stop the rest."""
    format = format_of_ending(extension(item.source))
    assert format is not None and format.records, "ask Input.is_records first"
    try:
        with cast(BinaryIO, BytesIO(item.read()) if item.members else item.path.open("rb")) as file:
            for _, value in format.load_reader()(_cut_lines(file, DEFAULT.record_bytes), item.source):
                yield value
    except OSError as error:
        yield RefusedInput(item.source, "unreadable", f"无法打开（{_why(error)}）；请检查是否有读取权限")


def _cut_lines(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """The lines of a file, of each no more than one byte beyond the limit: a line may be as long as the disk is large."""
    while line := file.readline(limit + 1):
        yield line
        if len(line) > limit:
            while line and not line.endswith(b"\n"):
                line = file.readline(MEGABYTE)


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有权限"
    if isinstance(error, FileNotFoundError):
        return "不存在"
    return error.strerror or type(error).__name__
