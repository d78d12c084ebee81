"""JSON Lines: one record a line, read as a stream; a bad line is refused alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from corpus.document import Issue
from corpus.errors import RefusedInput
from ingest.formats.text import odd_characters, unify_newlines, without_surrogates
from ingest.limits import DEFAULT
from ingest.raw import RawText

LONGEST_ID = 500


def read_records(
    lines: Iterable[bytes], source: str, limit: int = DEFAULT.record_bytes
) -> Iterator[tuple[int, Mapping[str, Any] | RefusedInput]]:
    """Each line's number with its record, or with the refusal of that line; one of more bytes than ``limit`` is not parsed."""
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        name = f"{source}#{number}"
        if len(line) > limit:
            yield number, RefusedInput(name, "size", f"第 {number} 行超过 {limit >> 20} MB 上限；请检查该行")
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield number, RefusedInput(name, "record", f"第 {number} 行不是有效的 JSON；请检查该行")
            continue
        if not isinstance(value, dict) or not isinstance(value.get("text"), str) or "_id" not in value:
            yield number, RefusedInput(name, "record", f"第 {number} 行缺少 _id 或 text；每行应是含 _id、title、text 的记录")
            continue
        if not is_id(value["_id"]):
            yield number, RefusedInput(name, "record", f"第 {number} 行的 _id 应是 {LONGEST_ID} 字以内的文字或整数；请检查该行")
            continue
        yield number, value


def is_id(value: Any) -> bool:
    """Whether a value can name a document: text without halves of characters, or a whole number."""
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_ID and not without_surrogates(value)[1]
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63


def read_record(record: Mapping[str, Any], source: str) -> RawText:
    """A record's text, frozen as given but for its newlines; its title and dates become fields."""
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise RefusedInput(source, "empty", "记录没有文字内容；请检查 text 一栏")
    text, lost = without_surrogates(unify_newlines(text))
    issues: list[Issue] = []
    if lost:
        issues.append(Issue("bad_bytes", f"有 {lost} 个无效字符，以“\ufffd”代替"))
    fields = {
        name: without_surrogates(record[name])[0]
        for name in _FIELDS
        if isinstance(record.get(name), str) and record[name].strip()
    }
    return RawText(text=text, format="jsonl", issues=tuple(issues + odd_characters(text)), fields=fields)


_FIELDS = ("title", "doc_number", "index_number", "issued_on", "published_on", "effective_on", "issuers", "status", "region")
