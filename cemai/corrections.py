"""Corrections by a person 人工更正: a written value is checked, laid over the document, and everything derived follows at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cemai.named_files import find_file
from corpus.corrections import FIELDS, CorrectableField, Correction
from corpus.divisions import gazetteer
from corpus.document import LEVELS, AttachedDocument, Span
from corpus.errors import UnknownDocument, UsageError
from corpus.store import DocumentInfo, PassageRow
from graph.codec.columns import UNSTATED

if TYPE_CHECKING:
    from cemai.library import Library

LONGEST = 500
"""Characters of a corrected text; the longest titles of official documents have about 200."""
STATUSES = ("现行有效", "征求意见稿", "已修订", "已废止", "已失效", "尚未施行")
CHECKED = "已核对"
"""What is written for the field ``checked``: a person read a text that was doubtful to read."""
SHORTEST_START = 4
"""Characters by which the beginning of a part is looked for; fewer stand in many places."""
NOTHING = ("", "-", "无", UNSTATED)
"""Ways to write that the document does not state a field."""
_DERIVING = frozenset({"title", "region", "level", "issued_on", "published_on", "plan_period", "attached"})
"""Fields that facts and passages are made with: they are made anew when one of these is corrected."""
_DATE = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_PERIOD = re.compile(r"(\d{4})\s*年?\s*[-—–~～至到]{1,2}\s*(\d{4})\s*年?")
_SEPARATOR = re.compile(r"[、；;，,\n]+")
_BETWEEN_DOCUMENTS = re.compile(r"[；;\n]+")


def field_named(name: str) -> CorrectableField:
    """The field with this English name or Chinese label. Raises ``UsageError`` with the names there are."""
    wanted = name.strip()
    for field in FIELDS.values():
        if wanted in (field.name, field.label) and field.type != "parts":
            return field
    known = "、".join(f"{field.name}（{field.label}）" for field in FIELDS.values() if field.type != "parts")
    raise UsageError(f"没有“{wanted}”这一项。可以更正的有：{known}。")


def parse_assignment(text: str) -> tuple[CorrectableField, str]:
    """``标题=…`` or ``title=…`` as a field and the written value. Raises ``UsageError``."""
    name, mark, value = text.replace("＝", "=", 1).partition("=")
    if not mark:
        raise UsageError(f"请写成 项目=内容，如 title=某某办法；“{text}”里没有等号。")
    return field_named(name), value.strip()


def parse_value(library: Library, field: CorrectableField, text: str) -> Any:
    """The JSON value of a written one; None where it says that the document does not state it. Raises ``UsageError``."""
    text = text.strip()
    if text in NOTHING:
        return None
    if len(text) > LONGEST:
        raise UsageError(f"{field.label}太长（{len(text)} 字），最多 {LONGEST} 字。")
    if any(ord(c) < 32 and c not in "\n\t" for c in text):
        raise UsageError(f"{field.label}里有不能显示的字符，请去掉后重试。")
    match field.type:
        case "date":
            return _date(field, text)
        case "period":
            found = _PERIOD.fullmatch(text)
            if found is None or found[1] > found[2]:
                raise UsageError(f"“{text}”不是起止年份。请写成 2021-2025。")
            return [found[1], found[2]]
        case "texts":
            return [part.strip() for part in _SEPARATOR.split(text) if part.strip()] or None
        case "region":
            return _region(text)
        case "documents":
            return [_document(library, part.strip()) for part in _BETWEEN_DOCUMENTS.split(text) if part.strip()]
    if field.name == "level" and text not in LEVELS:
        raise UsageError(f"层级只能是{'、'.join(LEVELS)}，不是“{text}”。")
    if field.name == "checked" and text != CHECKED:
        raise UsageError(f"正文核对只能写“{CHECKED}”，取消请写“无”。")
    if field.name == "status" and text not in STATUSES:
        raise UsageError(f"时效只能是{'、'.join(STATUSES)}，不是“{text}”。")
    return " ".join(text.split())


def correct_document(
    library: Library, name: str, field: CorrectableField, text: str, *, who: str | None = None, note: str | None = None
) -> Correction:
    """Lay a written value over a field of a document and bring facts, passages and relations up to it, in one transaction."""
    return correct_fields(library, [name], [(field, text)], who=who, note=note)[0]


def correct_fields(
    library: Library,
    names: Sequence[str],
    values: Sequence[tuple[CorrectableField, str]],
    *,
    who: str | None = None,
    note: str | None = None,
) -> list[Correction]:
    """Lay written values over fields of one or many documents: all of them or, where one makes no sense, none."""
    infos = [find_file(library.corpus, name) for name in names]
    parsed = [(field, parse_value(library, field, text)) for field, text in values]
    for info in infos:
        for field, value in parsed:
            if field.type == "documents" and value and info.id in value:
                raise UsageError(f"{field.label}不能是文件自己。")
    note = (note or "").strip()[:LONGEST] or None
    made: list[Correction] = []
    with library.corpus.transaction():
        for info in infos:
            made += [library.corpus.correct(info.row, field.name, value, who=who, note=note) for field, value in parsed]
            if any(field.name in _DERIVING for field, _ in parsed):
                derive_anew(library, info)
    return made


def undo_correction(library: Library, number: int) -> Correction:
    """Take a correction back; what was read, or an earlier correction, holds again. Raises ``UsageError``."""
    return undo_corrections(library, [number])[0]


def undo_corrections(library: Library, numbers: Sequence[int]) -> list[Correction]:
    """Take corrections back, all of them or none: the undo of a change to many documents. Raises ``UsageError``."""
    with library.corpus.transaction():
        done = [library.corpus.undo_correction(number) for number in sorted(numbers, reverse=True)]
        deriving = [correction for correction in done if correction.field in _DERIVING]
        concerned = {info.row: info for correction in deriving for info in library.corpus.concerned(correction)}
        for info in concerned.values():
            derive_anew(library, info)
    return done


def write_value(library: Library, field: CorrectableField, value: Any) -> str:
    """A JSON value as a person would write it, so that reading it again gives the same; empty for one not stated."""
    if value is None or value == []:
        return ""
    match field.type:
        case "period":
            return "-".join(value)
        case "texts":
            return "、".join(value)
        case "region":
            return str(value[0] or "")
        case "documents":
            return "；".join(_written_document(library, one) for one in value)
        case "parts":
            return f"{len(value)} 份"
    return CHECKED if field.name == "checked" else str(value)


def held_value(info: DocumentInfo, corrections: Iterable[Correction], field: CorrectableField) -> Any:
    """The JSON value of a field as it holds now; what only persons say is None without their word."""
    given = [correction for correction in corrections if correction.field == field.name]
    if given:
        return given[-1].value
    head = info.head
    if field.type == "region":
        return [head.region, head.region_code, head.level] if head.region or head.region_code else None
    value = getattr(head, field.name, None)
    return list(value) if isinstance(value, tuple) else value


def written_correction(library: Library, correction: Correction) -> tuple[str, str]:
    """The value of a correction and the value read before, as a person would write them; 未载明 for one not stated."""
    field = FIELDS.get(correction.field)
    if field is None:
        return str(correction.value), str(correction.was)
    was = None if field.name == "checked" else correction.was
    value, was = (write_value(library, field, one) or UNSTATED for one in (correction.value, was))
    return value, was


def correction_record(library: Library, correction: Correction) -> dict[str, Any]:
    """A correction as JSON, with its values also as a person would write them."""
    value, was = written_correction(library, correction)
    return {
        "number": correction.number,
        "document_id": correction.document_id,
        "source": correction.source,
        "field": correction.field,
        "label": correction.label,
        "value": value,
        "was": was,
        "who": correction.who,
        "at": correction.at,
        "note": correction.note,
        "undone_at": correction.undone_at,
    }


def find_start(text: str, words: str) -> int:
    """Where in a text a part begins, by its position or by its first words, which must be there once. Raises ``UsageError``."""
    words = words.strip()
    if words.isascii() and words.isdigit():
        return int(words)
    if len(words) < SHORTEST_START:
        raise UsageError(f"请写出这一部分开头的至少 {SHORTEST_START} 个字，或者写位置（第几个字）。")
    at = text.find(words)
    if at < 0:
        raise UsageError(f"文中没有“{words[:40]}”。请照原文写这一部分开头的字，可用 cemai docs text 查看全文。")
    if text.find(words, at + 1) >= 0:
        raise UsageError(f"“{words[:40]}”在文中出现 {text.count(words)} 次。请多写几个字，使它只出现一次。")
    return at


def split_document(library: Library, name: str, start: int, end: int | None = None, *, who: str | None = None) -> Correction:
    """Say that a document of its own begins at ``start`` of the text (and ends at ``end``): its head matter is read anew there."""
    from ingest.headmatter.attached import read_part

    info = find_file(library.corpus, name)
    doc = library.corpus.document(info.row)
    end = len(doc.text) if end is None else end
    if not 0 < start < end <= len(doc.text):
        raise UsageError(f"位置应在 1 到 {len(doc.text)} 之间，起点在前；写的是 {start} 到 {end}。")
    span = Span(start, end).trimmed(doc.text)
    if any(part.span.overlaps(span) and not (part.span.covers(span) or span.covers(part.span)) for part in doc.attached):
        raise UsageError("这一段与已有的内含文件交叉。请先用 cemai docs join 合并，再重新划分。")
    parts = sorted((*doc.attached, AttachedDocument(span, read_part(doc, span))), key=lambda part: part.span)
    return _divide(library, info, parts, who)


def join_document(library: Library, name: str, number: int, *, who: str | None = None) -> Correction:
    """Say that the ``number``-th document inside a file (from 1) is none of its own."""
    info = find_file(library.corpus, name)
    parts = list(library.corpus.document(info.row).attached)
    if not 1 <= number <= len(parts):
        raise UsageError(f"这份文件里有 {len(parts)} 份内含文件，没有第 {number} 份。")
    del parts[number - 1]
    return _divide(library, info, parts, who)


def derive_anew(library: Library, info: DocumentInfo) -> None:
    """Cut a document into passages and find its facts again, with the head matter as it is now."""
    from cemai.preparing import prepare
    from index.splitter import embedding_text

    doc = library.corpus.document(info.row)
    ready = prepare(doc)
    vectors = iter(library.encoder.encode([embedding_text(doc, p) for p in ready.passages]).astype("<f2"))
    library.corpus.put_derived(
        info.row,
        passages=[PassageRow(p.span, p.trail, next(vectors).tobytes()) for p in ready.passages],
        facts=ready.facts,
        model=library.encoder.name,
    )


def _divide(library: Library, info: DocumentInfo, parts: list[AttachedDocument], who: str | None) -> Correction:
    from corpus.store.codec import pack_head

    value = [[part.span.start, part.span.end, pack_head(part.head)] for part in parts]
    with library.corpus.transaction():
        made = library.corpus.correct(info.row, "attached", value, who=who)
        derive_anew(library, info)
    return made


def _date(field: CorrectableField, text: str) -> str:
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError as error:
        raise UsageError(f"“{text}”不是{field.label}。请写成 2024-05-01 或 2024年5月1日。") from error


def _region(text: str) -> list[str | None]:
    found = gazetteer().named(text)
    if not found:
        raise UsageError(f"没有叫“{text}”的行政区划。请写全称或通用的简称，如 黔南州。")
    if len(found) > 1:
        choices = "、".join(division.path for division in found[:8])
        raise UsageError(f"“{text}”可能是几个地方：{choices}。请写全称。")
    return [found[0].path, found[0].code, found[0].level]


def _document(library: Library, text: str) -> str:
    """The id of a document of the library, or the words themselves for one outside it."""
    try:
        return find_file(library.corpus, text).id
    except UnknownDocument:
        return text


def _written_document(library: Library, value: str) -> str:
    """A document as a person names it: its title where no other has it, else its id; one outside the library by its words."""
    found = library.corpus.matches(value)
    if len(found) != 1 or found[0].id != value:
        return value
    title = found[0].head.title
    return title if title and "；" not in title and len(library.corpus.matches(title)) == 1 else value
