"""Reads bytes into a ``ParsedDocument``, in the calling process; ``ingest.worker`` does it in one that can be stopped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from corpus.document import Issue, ParsedDocument, content_id
from corpus.errors import RefusedInput
from ingest.formats import jsonl
from ingest.formats.contents import extension
from ingest.formats.registry import InputFormat, fits_ending
from ingest.formats.sniff import detect
from ingest.formats.text import find_encoded, is_markup
from ingest.lexicon import expand
from ingest.limits import DEFAULT, Limits
from ingest.raw import RawText

_MARK = re.compile(expand(r"{secrecy}★"))
_MARK_LINE = re.compile(expand(r"^(?:密级[:：])?{secrecy}(?:[★☆*].{0,8})?$"))
_HEAD_LINES = 12
_LITTLE_TEXT = 200
"""Chinese characters; a file that is mostly encoded data and has fewer is no document with something encoded in it."""


def read(data: bytes, source: str, *, region: str | None = None, ocr: bool = False, limits: Limits = DEFAULT) -> ParsedDocument:
    """Read one file. Raises ``RefusedInput`` for what cannot or must not be taken in."""
    from ingest.structure import build

    raw = read_raw(data, source, ocr=ocr, limits=limits)
    return build(raw, id=content_id(data), source=source, sha256=hashlib.sha256(data).hexdigest(), region=region)


def read_record(record: Mapping[str, Any], source: str, *, region: str | None = None) -> ParsedDocument:
    """Read one record of a JSON Lines file; its ``_id`` is the document's id and source."""
    from ingest.structure import build

    raw = _check_text(jsonl.read_record(record, source), source, DEFAULT)
    id, sha256 = identity(record, source)
    return build(raw, id=id, source=id, sha256=sha256, region=region)


def identity(record: Mapping[str, Any], source: str) -> tuple[str, str]:
    """The id of a record and the hash of its bytes, with which the library tells before reading whether it has the record."""
    return str(record.get("_id", source)), hashlib.sha256(record_bytes(record)).hexdigest()


def record_bytes(record: Mapping[str, Any]) -> bytes:
    """The bytes of a record in one form, whatever the order of its fields; the library keeps and compares them."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def read_raw(data: bytes, source: str, *, ocr: bool = False, limits: Limits = DEFAULT) -> RawText:
    """The frozen text of a file and what its format knows, before any structure is recognised."""
    found = format = detect(data, source)
    check_size(format, data, source, limits)
    if format.converted_to:
        from ingest.formats.word.legacy import convert

        data, format = convert(data, format, source, limits)
    raw = _read(format, data, source, ocr=ocr, limits=limits)
    ending = extension(source)
    if ending and not fits_ending(found, ending):
        message = f"扩展名是 .{ending}，内容是 {found.name}，已按内容读取"
        raw = replace(raw, issues=(*raw.issues, Issue("mismatch", message)))
    return _check_text(raw, source, limits)


def check_size(format: InputFormat, data: bytes, source: str, limits: Limits) -> None:
    """Refuse a file that is larger than its format may be."""
    limit = limits.text_file_bytes if format.plain else limits.file_bytes
    if len(data) > limit:
        raise RefusedInput(source, "size", f"文件有 {len(data) >> 20} MB，超过上限 {limit >> 20} MB；请拆分后导入")


def _read(format: InputFormat, data: bytes, source: str, *, ocr: bool, limits: Limits) -> RawText:
    read = format.load_reader()
    raw: RawText = read(data, source, limits, ocr=ocr) if format.paged else read(data, source, limits)
    return raw


def _check_text(raw: RawText, source: str, limits: Limits) -> RawText:
    if not raw.text.strip():
        raise RefusedInput(source, "empty", "没有读出任何文字；请用原软件打开核对，图片内容请先做文字识别")
    if len(raw.text) > limits.text_characters:
        raise RefusedInput(source, "size", f"文字超过 {limits.text_characters} 字；请拆分后导入")
    if mark := find_secrecy_mark(raw.text):
        raise RefusedInput(source, "classified", f"文件标有密级“{mark}”，按“涉密不上网”的规定不予导入；请从本机移除该文件")
    return _leave_out_encoded(raw, source)


def _leave_out_encoded(raw: RawText, source: str) -> RawText:
    """Mark bytes written as letters as no part of the document; refuse a file that is little else, or mostly mark-up."""
    encoded = find_encoded(raw.text)
    mostly_encoded = sum(map(len, encoded)) * 2 > len(raw.text) and _count_han(raw.text) < _LITTLE_TEXT
    if mostly_encoded or is_markup(raw.text):
        message = "内容大部分是标记代码或编码数据（如 XML、base64），不是给人读的文字；请用生成它的软件打开后另存为 docx 或 PDF"
        raise RefusedInput(source, "markup", message)
    if not encoded:
        return raw
    issue = Issue("encoded", f"文中有 {len(encoded)} 段编码数据（base64，多为图片或附件），没有作为文字读入", encoded[0])
    return replace(raw, boilerplate=(*raw.boilerplate, *encoded), issues=(*raw.issues, issue))


def _count_han(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def find_secrecy_mark(text: str) -> str | None:
    """The 密级 mark at the head of a document, if there is one."""
    for line in text[:4000].split("\n", _HEAD_LINES)[:_HEAD_LINES]:
        packed = "".join(line.split())
        if len(packed) > 40:
            continue
        if found := _MARK.search(packed):
            return found.group(0)
        if _MARK_LINE.match(packed):
            return packed
    return None
