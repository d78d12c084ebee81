"""JSON Lines: one record a line, read as a stream; a bad line is refused alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from corpus.document import Issue
from corpus.errors import RefusedInput
from ingest.formats.text import odd_characters, unify_newlines, without_surrogates
from ingest.raw import RawText


def read_records(lines: Iterable[bytes], source: str) -> Iterator[tuple[int, Mapping[str, Any] | RefusedInput]]:
    """Each line's number with its record, or with the refusal of that line."""
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        name = f"{source}#{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield number, RefusedInput(name, "record", f"第 {number} 行不是有效的 JSON；请检查该行")
            continue
        if not isinstance(value, dict) or not isinstance(value.get("text"), str) or "_id" not in value:
            yield number, RefusedInput(name, "record", f"第 {number} 行缺少 _id 或 text；每行应是含 _id、title、text 的记录")
            continue
        yield number, value


def read_record(record: Mapping[str, Any], source: str) -> RawText:
    """A record's text, frozen as given but for its newlines; its title and dates become fields."""
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise RefusedInput(source, "empty", "记录没有文字内容；请检查 text 一栏")
    text, lost = without_surrogates(unify_newlines(text))
    issues: list[Issue] = []
    if lost:
        issues.append(Issue("bad_bytes", f"有 {lost} 个无效字符，以“\ufffd”代替"))
    fields = {name: str(record[name]) for name in _FIELDS if isinstance(record.get(name), str) and record[name].strip()}
    return RawText(text=text, format="jsonl", issues=tuple(issues + odd_characters(text)), fields=fields)


_FIELDS = ("title", "doc_number", "index_number", "issued_on", "published_on", "effective_on", "issuers", "status", "region")
