"""Checking a library file against itself: what was stored is what is there, down to the last column.

SQLite's own ``integrity_check`` passes over most single flipped bits, so every document carries two hashes: ``row_hash`` over
its text and record, ``seal`` over everything derived from it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from corpus.errors import StoreError
from corpus.store.rows import FACTS_VERSION

_DERIVED = (
    "SELECT title, region_code, level, issuers, doc_number, year, status, origin, format FROM documents WHERE row=?",
    "SELECT position, id, kind, number, heading, depth, start, end, body_start, body_end, parent FROM sections"
    " WHERE document=? ORDER BY position",
    "SELECT row, ordinal, start, end, trail FROM passages WHERE document=? ORDER BY row",
    "SELECT v.model, v.passage, v.data FROM vectors v JOIN passages p ON p.row=v.passage WHERE p.document=?"
    " ORDER BY v.model, v.passage",
    "SELECT id, kind, start, end, payload FROM facts WHERE document=? ORDER BY kind, id",
    "SELECT k.kind, k.key, f.id FROM facts f JOIN fact_keys k ON k.fact=f.row WHERE f.document=? ORDER BY k.kind, k.key, f.id",
)


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
    digest = hashlib.sha256()
    for query in _DERIVED:
        for row in db.execute(query, (document,)):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
        digest.update(b"\x1e")
    return digest.hexdigest()


def is_intact(db: sqlite3.Connection, document: int) -> bool:
    """Whether a document and everything derived from it is what was stored; true for one that is gone."""
    query = "SELECT id, source, sha256, text, record, row_hash, seal FROM documents WHERE row=?"
    row = db.execute(query, (document,)).fetchone()
    return row is None or (row_hash(*row[:5]) == row[5] and seal(db, document) == row[6])


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
        intact = self._intact
        found: set[int] = set()
        for document in documents:
            if document not in intact:
                try:
                    (intact if is_intact(db, document) else found).add(document)
                except (sqlite3.DatabaseError, StoreError, ValueError):
                    found.add(document)
        return found


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
