"""Files of office programs in XML alone: Excel 2003, Word 2003, and packages in one file (Flat OPC)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.contents import Contents, xml_kind
from ingest.formats.package import write_package
from ingest.formats.registry import FORMATS
from ingest.formats.sheet.xml_spreadsheet import read_xml_spreadsheet
from ingest.formats.word.wordml import pack_wordml
from ingest.formats.xml_file import parse_xml_file
from ingest.limits import Limits
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree

_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"


def read_office_xml(data: bytes, source: str, limits: Limits) -> RawText:
    """Read a file by its first element. Raises ``RefusedInput`` for a damaged one, one over the limits, and one with entities."""
    kind = xml_kind(Contents(data, source))
    if kind == "spreadsheet":
        return read_xml_spreadsheet(data, source, limits)
    root = parse_xml_file(data, source)
    package = pack_wordml(root) if kind == "document" else _pack_flat(root, source, limits)
    contents = Contents(package, source)
    inner = next(
        (format for format in FORMATS if format.content == "package" and format.recognise and format.recognise(contents)), None
    )
    if inner is None:
        raise RefusedInput(source, "unsupported", "这个单文件 XML 里没有可读的文档；请用原软件另存为 docx 或 xlsx 后导入")
    raw: RawText = inner.load_reader()(package, source, limits)
    return replace(raw, format="xml")


def _pack_flat(root: etree._Element, source: str, limits: Limits) -> bytes:
    """The package whose parts stand one after another in the file."""
    from lxml import etree

    parts: dict[str, bytes] = {}
    for part in root.iterfind(_PKG + "part"):
        name = part.get(_PKG + "name", "").lstrip("/")
        inner, binary = part.find(_PKG + "xmlData"), part.find(_PKG + "binaryData")
        if not name or ".." in name.split("/") or name in parts or len(parts) >= limits.archive_members:
            raise RefusedInput(source, "broken", "单文件 XML 里的部件名不合规或过多，不予读取；请用原软件另存为 docx 后导入")
        if inner is not None and len(inner):
            parts[name] = etree.tostring(inner[0], encoding="utf-8")
        elif binary is not None:
            try:
                parts[name] = base64.b64decode("".join((binary.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                parts[name] = b""
    return write_package(parts)
