"""Looks for attacks in the bytes of a PDF before any parser opens it: streams that unpack without end, forms in forms."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from corpus.errors import RefusedInput
from ingest.limits import MEGABYTE, Limits

_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)(?![A-Za-z])")
_REFERENCE = re.compile(rb"(\d{1,9})\s{1,4}\d{1,5}\s{1,4}R(?![A-Za-z])")
_OBJECT = re.compile(rb"(\d{1,9})\s{1,4}\d{1,5}\s{1,4}obj\b")
_DRAWS = re.compile(rb"/[^\s/<>\[\]()]{1,64}\s{1,4}Do\b")
_PAGE = re.compile(rb"/Type\s{0,4}/Page(?![A-Za-z])")
_DICTIONARY = 4_096
_RATIO = 1_032
"""What deflate can make of a byte at most."""
_SMALL = 16 * MEGABYTE
_DRAWINGS = 100_000
_DEPTH = 40


def check_pdf(data: bytes, source: str, limits: Limits) -> None:
    """Refuse what would hold the parser or fill the memory."""
    total = 0
    forms: dict[int, tuple[int, list[int]]] = {}
    for number, dictionary, body in _streams(data):
        levels = len(_FLATE.findall(dictionary))
        if b"/Image" in dictionary or (not levels and b"/Form" not in dictionary):
            continue
        if len(body) * _RATIO**levels > _SMALL:
            total += _unpacked(body, levels, limits.part_bytes)
            if total > limits.part_bytes:
                size = limits.part_bytes // MEGABYTE
                raise RefusedInput(
                    source, "bomb", f"PDF 内有异常的压缩数据（解压后超过 {size} MB），为安全起见不读取；请核对文件来源"
                )
        if b"/Form" in dictionary and len(forms) < 5_000:
            drawn = _inflated(body, levels)
            inner = [int(x) for x in _REFERENCE.findall(dictionary)]
            forms[number] = (len(_DRAWS.findall(drawn)), inner)
    _check_forms(forms, source)


def is_revised(data: bytes) -> bool:
    """Whether objects were added after the file was first finished; a file laid out for the web is finished in two steps."""
    parts = data.split(b"%%EOF")
    added = sum(1 for part in parts[1:] if _OBJECT.search(part))
    return added > (b"/Linearized" in parts[0])


def page_objects(data: bytes) -> int:
    """How many pages stand in the file in the open, whatever its page tree counts."""
    return len(_PAGE.findall(data))


def _streams(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Every stream with its object number and dictionary."""
    for match in _STREAM.finditer(data):
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        before = data[max(0, match.start() - _DICTIONARY) : match.start()]
        heads = list(_OBJECT.finditer(before))
        if not heads:
            continue
        end = data.find(b"endstream", match.end())
        yield int(heads[-1].group(1)), before[heads[-1].end() :], data[match.end() : end if end >= 0 else len(data)]


def _unpacked(body: bytes, levels: int, limit: int) -> int:
    """How large a stream becomes, counted up to just above ``limit``; nothing is kept but what the next level needs."""
    for level in range(levels):
        last = level == levels - 1
        unpacker = zlib.decompressobj()
        size = 0
        kept: list[bytes] = []
        rest = body
        try:
            while rest and not unpacker.eof:
                piece = unpacker.decompress(rest, MEGABYTE)
                rest = unpacker.unconsumed_tail
                size += len(piece)
                if not last:
                    kept.append(piece)
                if size > limit or not (piece or rest):
                    break
        except zlib.error:
            return size  # what is broken here is for the parser to judge
        if last or size > limit:
            return size
        body = b"".join(kept)
    return len(body)


def _inflated(body: bytes, levels: int) -> bytes:
    for _ in range(levels):
        try:
            body = zlib.decompressobj().decompress(body, MEGABYTE)
        except zlib.error:
            return b""
    return body[:MEGABYTE]


def _check_forms(forms: dict[int, tuple[int, list[int]]], source: str) -> None:
    """Refuse forms that draw themselves, or that draw each other more often than any page could need."""
    times: dict[int, int] = {}
    on_way: set[int] = set()

    def drawings(number: int, depth: int) -> int:
        if number in on_way or depth > _DEPTH:
            raise RefusedInput(
                source, "loop", "PDF 的图形对象互相嵌套，没有尽头，为安全起见不读取；请核对文件来源，或用原软件另存"
            )
        if number in times:
            return times[number]
        on_way.add(number)
        drawn, inner = forms[number]
        below = [drawings(other, depth + 1) for other in inner if other in forms]
        # Which name draws which form stands in the resources; the worst case is that each drawing is of the largest.
        times[number] = 1 + (max(drawn, 1) if drawn else 0) * max(below, default=0)
        on_way.discard(number)
        if times[number] > _DRAWINGS:
            raise RefusedInput(source, "bomb", "PDF 的图形对象层层嵌套，展开后数量异常，为安全起见不读取；请核对文件来源")
        return times[number]

    for number in forms:
        drawings(number, 0)
