"""Office packages: a zip of XML parts, opened with every limit checked before and while it is unpacked."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from corpus.errors import RefusedInput
from ingest.limits import Limits

if TYPE_CHECKING:
    from lxml import etree

Held = TypeVar("Held")

_DRIVE = re.compile(r"^[A-Za-z]:")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_STRICT = re.compile(rb"""(=\s{0,5}["'])http://purl\.oclc\.org/ooxml/([A-Za-z]{1,40})/""")
_SILENT_FOLDERS = frozenset({"__MACOSX"})
_SILENT_BEGINNINGS = (".", "~$")
HURDLES = {
    "broken": "文件名指向压缩包以外的位置，不予读取；请解压后核对，再导入需要的文件",
    "encrypted": "有密码保护（加密），无法读取；请输入密码解压后导入其中的文件",
    "size": "解压后的内容过大（疑似压缩炸弹），不予读取；请核对来源，确需导入的请解压后拆分",
    "volume": "只有一部分在这一卷里（分卷压缩），无法读取；请把各卷放在一起解压后导入其中的文件",
}
"""Why a member of an archive of documents must not be read, and what to do; of the parts of one document see ``refuse_member``."""
_BAD_NAME = "压缩结构内有不合规的部件名，不予读取；请用原软件另存后再导入"
_TOO_LARGE = "解压后的内容过大（疑似压缩炸弹），不予读取；请用原软件打开核对后另存"
ENTITIES = "文档含外部实体或文档类型声明，可能有害，不予读取；请用原软件另存后再导入"
"""Why a file is refused whose XML declares a document type or entities."""
_LOCAL_HEADER = 30
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def safe_parser(encoding: str | None = None) -> etree.XMLParser:
    """A parser of XML with no entities and no network; ``encoding`` counts more than what the data declares."""
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding=encoding
    )


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """A package of the parts given, by their names."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def to_transitional(data: bytes) -> bytes:
    """The names of Strict Open XML (ISO/IEC 29500-1) in one part as the usual ones: a form differs in hardly anything else."""
    if b"http://purl.oclc.org/ooxml/" not in data:
        return data
    return _STRICT.sub(rb"\1http://schemas.openxmlformats.org/\2/2006/", data)


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """Whether members share bytes of the file: no program writes that, and it makes a small file unpack to anything."""
    places = sorted((info.header_offset, info.compress_size) for info in infos)
    return any(start + _LOCAL_HEADER + size > following for (start, size), (following, _) in pairwise(places))


def check_members(members: list[tuple[str, zipfile.ZipInfo]], source: str, limits: Limits) -> None:
    """Refuse a package that is hostile, encrypted or over the limits, by what its directory says.

    Args:
        members: the name of each member, with ``/`` between folders, and its entry in the directory.
        source: the name of the package, for the message.
        limits: how many members, how large each and together, and how well compressed.
    """
    check_directory([info for _, info in members], source, limits)
    total = 0
    seen: set[str] = set()
    for name, info in members:
        if (refused := refuse_member(name, info, source, limits)) is not None:
            raise refused
        if name.lower() in seen:
            raise RefusedInput(source, "broken", "压缩结构内有重名部件，内容有歧义，不予读取；请用原软件另存后再导入")
        seen.add(name.lower())
        total += info.file_size
        if total > limits.unpacked_bytes:
            raise RefusedInput(source, "size", _TOO_LARGE)


def check_directory(infos: list[zipfile.ZipInfo], source: str, limits: Limits) -> None:
    """Refuse a directory of too many members, or of members that share bytes."""
    if len(infos) > limits.archive_members:
        raise RefusedInput(
            source, "size", f"压缩结构内有 {len(infos)} 个部件，超过上限 {limits.archive_members}；请用原软件另存后再导入"
        )
    if _overlap(infos):
        raise RefusedInput(source, "size", "压缩结构内的部件互相重叠（疑似压缩炸弹），不予读取；请用原软件打开核对后另存")


def is_bad_name(name: str) -> bool:
    """Whether a member's name leads out of its archive: to the root, a drive, or up."""
    return name.startswith("/") or _DRIVE.match(name) is not None or ".." in name.split("/") or "\x00" in name


def is_left_by_systems(name: str) -> bool:
    """Whether a member is what systems and programs leave in an archive for themselves."""
    parts = name.split("/")
    return bool(_SILENT_FOLDERS & set(parts[:-1])) or any(part.startswith(_SILENT_BEGINNINGS) for part in parts)


def choose_members(source: str, members: Iterable[tuple[str, Held, str]]) -> tuple[dict[str, Held], tuple[RefusedInput, ...]]:
    """The members of an archive that may be read, by their names, and why the others may not.

    Args:
        source: what the archive is called in messages.
        members: the name of each, what is kept of it, and a key of ``HURDLES`` where it cannot be read, else empty.
    """
    kept: dict[str, Held] = {}
    first: dict[str, str] = {}
    refused: list[RefusedInput] = []
    for name, held, hurdle in members:
        shown = f"{source}/{name}"
        if hurdle:
            refused.append(RefusedInput(shown, "broken" if hurdle == "volume" else hurdle, HURDLES[hurdle]))
        elif name.lower() in first:
            message = f"压缩包里另有同名的文件（{first[name.lower()]}），只读取了那一个；请解压后核对"
            refused.append(RefusedInput(shown, "broken", message))
        else:
            first[name.lower()] = name
            kept[name] = held
    return kept, tuple(refused)


def refuse_member(name: str, info: zipfile.ZipInfo, source: str, limits: Limits) -> RefusedInput | None:
    """Why one member must not be read, by what the directory says of it; None where it may."""
    if is_bad_name(name) or "\x00" in info.orig_filename:
        return RefusedInput(source, "broken", _BAD_NAME)
    if info.flag_bits & 1:
        return RefusedInput(source, "encrypted", "文件有密码保护（加密），无法读取；请用原软件取消密码后再导入")
    well_compressed = info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(1, info.compress_size)
    if info.file_size > limits.part_bytes or well_compressed:
        return RefusedInput(source, "size", _TOO_LARGE)
    return None


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part to another part or to the outside."""

    target: str
    type: str
    external: bool


class Package:
    """An opened package. Parts are read on demand and never written anywhere."""

    def __init__(self, data: bytes, source: str, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError) as error:
            raise self._broken() from error
        # some programs write ``\\`` between folders
        members = [(info.filename.replace("\\", "/"), info) for info in self._archive.infolist()]
        check_members(members, source, limits)
        self._members = dict(members)
        self.names = set(self._members)

    def _broken(self) -> RefusedInput:
        return RefusedInput(self.source, "broken", "文件已损坏或不完整；请重新下载，或用原软件打开后另存")

    def read(self, name: str) -> bytes | None:
        """A part's bytes, or None where there is no such part."""
        if name not in self.names:
            return None
        try:
            with self._archive.open(self._members[name]) as stream:
                data = stream.read(self.limits.part_bytes + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise self._broken() from error
        if len(data) > self.limits.part_bytes:
            raise RefusedInput(self.source, "size", "解压后的内容过大（疑似压缩炸弹），不予读取")
        return data

    def declared_safe(self, name: str) -> bytes:
        """An XML part's bytes, refused where it declares a document type or entities, in whatever encoding."""
        data = self.read(name) or b""
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]
        if _DOCTYPE.search(data.replace(b"\x00", b"") if wide else data):
            raise RefusedInput(self.source, "entity", ENTITIES)
        return data

    def as_transitional(self, data: bytes) -> bytes:
        """The package ``data`` with the usual names in all its parts; the same bytes where it is no Strict Open XML."""
        parts = [name for name in self.names if name.endswith((".xml", ".rels"))]
        if not any(_STRICT.search(self.read(name) or b"") for name in parts if name.endswith("workbook.xml")):
            return data
        return write_package({name: to_transitional(self.declared_safe(name)) for name in sorted(parts)})

    def xml(self, name: str) -> etree._Element | None:
        """A part parsed as XML, with no entities and no network."""
        from lxml import etree

        if name not in self.names:
            return None
        data = to_transitional(self.declared_safe(name))
        try:
            return etree.fromstring(data, safe_parser())
        except etree.XMLSyntaxError as error:
            raise RefusedInput(self.source, "broken", f"文件部件 {name} 结构已损坏，无法读取；请用原软件打开后另存") from error

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part by their ids, internal targets as part names."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, Relationship] = {}
        if root is None:
            return found
        for node in root.iter(_RELATIONSHIP):
            target = node.get("Target", "")
            external = node.get("TargetMode") == "External"
            if not external:
                target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[node.get("Id", "")] = Relationship(target, node.get("Type", "").rsplit("/", 1)[-1], external)
        return found
