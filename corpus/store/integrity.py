"""Checking a library file against itself: what was stored is what is there, down to the last column.

SQLite's own ``integrity_check`` passes over most single flipped bits, so every document carries two hashes: ``row_hash`` over
its text and record, ``seal`` over everything derived from it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from corpus.errors import StoreError
from corpus.store.rows import FACTS_VERSION

_SOME = "IN (SELECT value FROM json_each(?))"
_DERIVED = (
    "SELECT row, title, region_code, level, issuers, doc_number, year, status, origin, format FROM documents"
    f" WHERE row {_SOME} ORDER BY row",
    "SELECT document, position, id, kind, number, heading, depth, start, end, body_start, body_end, parent FROM sections"
    f" WHERE document {_SOME} ORDER BY document, position",
    f"SELECT document, row, ordinal, start, end, trail FROM passages WHERE document {_SOME} ORDER BY document, row",
    "SELECT p.document, v.model, v.passage, v.data FROM vectors v JOIN passages p ON p.row=v.passage"
    f" WHERE p.document {_SOME} ORDER BY p.document, v.model, v.passage",
    f"SELECT document, id, kind, start, end, payload FROM facts WHERE document {_SOME} ORDER BY document, kind, id",
    "SELECT f.document, k.kind, k.key, f.id FROM facts f JOIN fact_keys k ON k.fact=f.row"
    f" WHERE f.document {_SOME} ORDER BY f.document, k.kind, k.key, f.id",
)
"""What is derived from some documents, each row behind the number of its document."""


def row_hash(*parts: str) -> str:
    """The hash of a document's own columns."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def blob_hash(data: bytes) -> str:
    """The hash of a stored blob."""
    return hashlib.sha256(data).hexdigest()


def hash_file(file: Path) -> str:
    """The SHA-256 of a file, which is not read whole into memory."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def seal(db: sqlite3.Connection, document: int) -> str:
    """The hash of everything derived from a document: its columns for filters, sections, passages, vectors, facts and keys."""
    return _seals(db, (document,))[document]


def _seals(db: sqlite3.Connection, documents: Sequence[int]) -> dict[int, str]:
    digests = {document: hashlib.sha256() for document in documents}
    asked = json.dumps(list(digests))
    for query in _DERIVED:
        for document, *row in db.execute(query, (asked,)):
            digests[document].update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        for digest in digests.values():
            digest.update(b"\x1e")
    return {document: digest.hexdigest() for document, digest in digests.items()}


def is_intact(db: sqlite3.Connection, document: int) -> bool:
    """Whether a document and everything derived from it is what was stored; true for one that is gone."""
    return not find_altered(db, (document,))


def find_altered(db: sqlite3.Connection, documents: Sequence[int]) -> set[int]:
    """Those of some documents that are not what was stored, they or what is derived from them; none that is gone is among them."""
    query = f"SELECT row, id, source, sha256, text, record, row_hash, seal FROM documents WHERE row {_SOME}"
    stored = {row[0]: row[1:] for row in db.execute(query, (json.dumps(list(documents)),))}
    sealed = _seals(db, list(stored))
    return {row for row, told in stored.items() if row_hash(*told[:5]) != told[5] or sealed[row] != told[6]}


class CheckedDocuments:
    """Which documents were found to be what was stored: each is looked at once, and again when the file is no longer as it was.

    A change that leaves size and time of the file as they were, as a failing disk makes it, is noticed where a document is first read
    by a process, and by ``cemai doctor``.
    """

    def __init__(self) -> None:
        self._intact: set[int] = set()
        self._of: object = None

    def damaged(self, db: sqlite3.Connection, documents: Iterable[int], state: object) -> set[int]:
        """Those of some documents that are not what was stored; ``state`` is another one when the file was written."""
        if state != self._of:
            self._intact, self._of = set(), state
        new = [document for document in dict.fromkeys(documents) if document not in self._intact]
        found = self._find(db, new)
        self._intact.update(document for document in new if document not in found)
        return found

    def _find(self, db: sqlite3.Connection, documents: Sequence[int]) -> set[int]:
        try:
            return find_altered(db, documents) if documents else set()
        except (sqlite3.DatabaseError, StoreError, ValueError):
            # a row that cannot be read: which document it belongs to is told by reading them one by one
            if len(documents) == 1:
                return set(documents)
            return set().union(*(self._find(db, (document,)) for document in documents))


_OUTDATED = (
    "SELECT COUNT(*) FROM documents d LEFT JOIN fact_versions v ON v.document=d.row"
    " WHERE d.removed_at IS NULL AND COALESCE(v.version, 1)<?"
)


def faults(db: sqlite3.Connection) -> list[str]:
    """What is wrong with the file, in Chinese sentences saying which document to read in anew."""
    found = damage(db)
    with suppress(sqlite3.DatabaseError, StoreError):
        outdated = int(db.execute(_OUTDATED, (FACTS_VERSION,)).fetchone()[0])
        if outdated:
            found.append(
                f"有 {outdated} 份文件的任务、指标和规定由旧版本抽取，含义已有变化，请用 cemai ingest --again 重新导入。"
            )
    return found


def damage(db: sqlite3.Connection) -> list[str]:
    """What in the file is not what was stored, in Chinese sentences."""
    found: list[str] = []
    try:
        for (line,) in db.execute("PRAGMA integrity_check"):
            if line != "ok":
                found.append(f"数据库文件损坏：{line}")
        if db.execute("PRAGMA foreign_key_check").fetchall():
            found.append("数据库内部引用不一致。")
        for row, source in db.execute("SELECT row, source FROM documents"):
            if not is_intact(db, row):
                found.append(f"{source}：内容与入库时的校验值不符，请用 cemai ingest --again 重新导入这份文件。")
        query = "SELECT number, document_id, source, origin, field, value, was, who, at, note, row_hash FROM corrections"
        for number, *columns, mark in db.execute(query):
            if row_hash(*(column or "" for column in columns)) != mark:
                found.append(f"第 {number} 条人工更正与保存时的校验值不符，请核对后用 cemai docs undo {number} 撤销并重新更正。")
        query = "SELECT v.number, v.data, v.mark, d.source FROM item_vectors v JOIN documents d ON d.row=v.document"
        for number, data, mark, source in db.execute(query):
            if blob_hash(data) != mark:
                found.append(
                    f"{source}：条目向量（第 {number} 号）与保存时的校验值不符，请用 cemai ingest --again 重新导入这份文件。"
                )
        for sha, data in db.execute("SELECT sha256, data FROM originals"):
            try:
                intact = hashlib.sha256(zlib.decompress(data)).hexdigest() == sha
            except zlib.error:
                intact = False
            if not intact:
                found.append(f"原始文件 {sha[:12]} 已损坏，请重新导入。")
    except (sqlite3.DatabaseError, StoreError, ValueError, IndexError) as error:
        found.append(f"数据库文件损坏，读到一半停下（{error}）。请用 cemai restore 从备份恢复，或新建一个库重新导入。")
    return found
