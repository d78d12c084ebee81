"""A file that is one XML document, parsed with no entities, in whatever encoding it is really written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.package import ENTITIES, safe_parser
from ingest.formats.text import decode

if TYPE_CHECKING:
    from lxml import etree

_DECLARATION = re.compile(r"^\s{0,200}<\?xml[^>]{0,400}\?>")
_ENCODING = re.compile(rb"encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9_-]{1,30})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0{0,4}[0-8bcef]|0{0,4}[0-8]|x0{0,4}1[0-9a-f]);", re.I)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.I)


def decode_xml_file(data: bytes, source: str) -> str:
    """The text of the file. Raises ``RefusedInput`` where it declares a document type or entities."""
    declared = _ENCODING.search(data[:400])
    text = decode(data, source, declared.group(1).decode("ascii") if declared else None).text
    if _DOCTYPE.search(text):
        raise RefusedInput(source, "entity", ENTITIES)
    return text


def parse_xml_text(text: str, source: str) -> etree._Element:
    """The first element of a text from ``decode_xml_file``. Raises ``RefusedInput`` where it is broken."""
    from lxml import etree

    text = _CONTROL.sub("", _DECLARATION.sub("", text.lstrip("\ufeff")))
    try:
        return etree.fromstring(text.strip().encode("utf-8", "replace"), safe_parser("utf-8"))
    except etree.XMLSyntaxError as error:
        raise RefusedInput(source, "broken", "文件结构已损坏，无法读取；请用原软件打开后另存为新格式") from error


def parse_xml_file(data: bytes, source: str) -> etree._Element:
    """The first element of a file. Raises ``RefusedInput`` as the two steps do."""
    return parse_xml_text(decode_xml_file(data, source), source)
