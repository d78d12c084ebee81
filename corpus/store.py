"""The library on disk: one SQLite file that is the only truth, changed one transaction at a time.

Everything else in the library folder (lexical index, vector index, graph) is a cache made from this file and stamped with
its ``generation``; it may be deleted at any time. ``changes_since`` tells a cache which documents to take in anew.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.checking import faults, row_hash, seal
from corpus.divisions import gazetteer
from corpus.document import HeadMatter, ParsedDocument, Section, Span
from corpus.errors import LibraryBusy, NewerFormat, StoreError, UnknownDocument
from corpus.filters import Filters
from corpus.records import pack_document, unpack_document, unpack_head

FORMAT = 1
FILE_NAME = "library.sqlite"

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE documents (
  row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, origin TEXT, format TEXT NOT NULL,
  sha256 TEXT NOT NULL, text TEXT NOT NULL, record TEXT NOT NULL, title TEXT, region_code TEXT, level TEXT, issuers TEXT,
  doc_number TEXT, year INTEGER, status TEXT, user_status TEXT, user_note TEXT, added_at TEXT NOT NULL,
  generation INTEGER NOT NULL, row_hash TEXT NOT NULL, seal TEXT, removed_at TEXT) STRICT;
CREATE INDEX documents_source ON documents(source);
CREATE INDEX documents_number ON documents(doc_number);
CREATE TABLE originals (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE sections (
  document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE, position INTEGER NOT NULL, id TEXT NOT NULL,
  kind TEXT NOT NULL, number TEXT, heading TEXT NOT NULL, depth INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, body_start INTEGER NOT NULL, body_end INTEGER NOT NULL, parent TEXT,
  PRIMARY KEY (document, position)) STRICT, WITHOUT ROWID;
CREATE TABLE passages (
  row INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, trail TEXT NOT NULL) STRICT;
CREATE INDEX passages_document ON passages(document, ordinal);
CREATE TABLE vectors (
  passage INTEGER NOT NULL REFERENCES passages(row) ON DELETE CASCADE, model TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (passage, model)) STRICT, WITHOUT ROWID;
CREATE TABLE facts (
  id TEXT NOT NULL, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE, kind TEXT NOT NULL,
  start INTEGER NOT NULL, end INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (document, kind, id)) STRICT, WITHOUT ROWID;
CREATE INDEX facts_kind ON facts(kind);
CREATE TABLE fact_keys (
  kind TEXT NOT NULL, key TEXT NOT NULL, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
  fact TEXT NOT NULL, PRIMARY KEY (kind, key, document, fact)) STRICT, WITHOUT ROWID;
CREATE INDEX fact_keys_document ON fact_keys(document);
CREATE TABLE changes (generation INTEGER NOT NULL, document INTEGER NOT NULL, operation TEXT NOT NULL) STRICT;
CREATE INDEX changes_generation ON changes(generation);
CREATE TABLE answers (id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, payload TEXT NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage to be stored; ``vector`` is its embedding as little-endian float16 bytes, or None."""

    span: Span
    trail: tuple[str, ...]
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact to be stored. ``keys`` are (kind, key) pairs it is looked up by: ("unit", 州财政局), ("topic", 医疗保障)."""

    id: str
    kind: str
    span: Span
    payload: dict[str, Any]
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as stored; ``row`` is its number in every index, ``document`` the number of its document."""

    row: int
    document: int
    ordinal: int
    span: Span
    trail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as stored, with the document it came from. The record is decoded when first asked for: a list of hundreds is counted
    and paged without reading all of them."""

    id: str
    kind: str
    document: int
    document_id: str
    source: str
    span: Span
    written: str
    _read: list[dict[str, Any]] = field(default_factory=list, repr=False, compare=False)

    @property
    def payload(self) -> dict[str, Any]:
        """The record of the fact."""
        if not self._read:
            self._read.append(json.loads(self.written))
        return self._read[0]


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text: what lists, filters and headers of citations need.

    ``status`` is what a user set, else what the document says of itself.
    """

    row: int
    id: str
    source: str
    origin: str | None
    format: str
    sha256: str
    head: HeadMatter
    status: str | None
    user_status: str | None
    user_note: str | None
    added_at: str
    generation: int
    warnings: tuple[str, ...]
    attached: tuple[HeadMatter, ...] = ()
    """Head matter of the documents inside this one (转发、印发的附件)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one document after a generation: ``put`` (take in anew) or ``remove``."""

    document: int
    operation: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as kept: when it was given, and its record with how it was asked and what people said about it."""

    id: str
    asked_at: str
    payload: dict[str, Any]


def year_of(head: HeadMatter) -> int | None:
    """The year of issue or, failing that, of publication."""
    date = head.issued_on or head.published_on
    return int(date[:4]) if date else None


class Corpus:
    """An open library. One writer at a time; any number of readers, each seeing whole transactions only."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._db = connection
        self.folder = folder
        self._depth = 0
        self._pending: int | None = None
        self._kept_infos: tuple[int, list[DocumentInfo]] | None = None

    # ------------------------------------------------------------------ opening

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Corpus:
        """Open the library in ``folder``, made when missing unless ``create`` is false.

        Raises ``NewerFormat`` for a library of a later version and ``StoreError`` for anything that is not a library.
        """
        path = folder / FILE_NAME
        if not path.exists():
            if not create:
                raise StoreError(f"这里还没有文档库：{folder}。请先用 cemai ingest 导入文件，或用 --library 指定已有的库。")
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise StoreError(f"不能在 {folder} 建立文档库（{error.strerror}）。请换一个可写的文件夹。") from error
        try:
            db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA foreign_keys=ON")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA secure_delete=ON")
            db.execute("PRAGMA trusted_schema=OFF")
            db.execute("PRAGMA cell_size_check=ON")
            db.execute("PRAGMA mmap_size=0")
            db.execute("PRAGMA cache_size=-32768")  # look-ups by key touch pages all over the file
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version > FORMAT:
                db.close()
                raise NewerFormat(
                    f"这个文档库由更新版本的策脉建立（库格式 {version}，本程序支持到 {FORMAT}）。请升级策脉，或用 --library 指定另一个库；库未被改动。"
                )
            if version == 0:
                if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    db.close()
                    raise StoreError(f"{path} 是别的 SQLite 文件，不是策脉文档库。请用 --library 指定另一个文件夹。")
                db.executescript(
                    f"BEGIN IMMEDIATE; {_SCHEMA} INSERT INTO meta VALUES ('generation', '0'); PRAGMA user_version={FORMAT}; COMMIT;"
                )
        except sqlite3.DatabaseError as error:
            raise _translated(error, path) from error
        return cls(db, folder)

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        self._db.close()

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ writing

    @property
    def generation(self) -> int:
        """Grows by one with every committed change of documents."""
        return int(self._db.execute("SELECT value FROM meta WHERE name='generation'").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """One atomic change; nested uses join the outer one. Yields the generation the change will have."""
        if self._depth:
            self._depth += 1
            try:
                yield self._pending or 0
            finally:
                self._depth -= 1
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise _translated(error, self.folder / FILE_NAME) from error
        self._depth = 1
        self._pending = self.generation + 1
        try:
            yield self._pending
            self._db.execute("UPDATE meta SET value=? WHERE name='generation'", (str(self._pending),))
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._depth = 0
            self._pending = None

    def put(
        self,
        doc: ParsedDocument,
        *,
        original: bytes,
        passages: Sequence[PassageRow],
        facts: Sequence[FactRow],
        model: str | None = None,
        origin: str | None = None,
        replaces: Iterable[int] = (),
    ) -> int:
        """Store a document with everything derived from it, in place of ``replaces`` and of any document with its id.

        ``model`` names the embedding model of the passages' vectors. Returns the document's row number.
        """
        with self.transaction() as generation:
            same = self._db.execute("SELECT row, user_status, user_note FROM documents WHERE id=?", (doc.id,)).fetchone()
            for row in dict.fromkeys([*replaces, *([same[0]] if same else [])]):
                self._delete(row, generation)
            record = json.dumps(pack_document(doc), ensure_ascii=False, separators=(",", ":"))
            head = doc.head
            # originals are kept compressed and content-addressed: two copies of one file cost one blob
            self._db.execute("INSERT OR IGNORE INTO originals VALUES (?, ?)", (doc.sha256, zlib.compress(original, 6)))
            cursor = self._db.execute(
                "INSERT INTO documents (id, source, origin, format, sha256, text, record, title, region_code, level, issuers,"
                " doc_number, year, status, user_status, user_note, added_at, generation, row_hash)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    doc.id,
                    doc.source,
                    origin,
                    doc.format,
                    doc.sha256,
                    doc.text,
                    record,
                    head.title,
                    head.region_code,
                    head.level,
                    "|".join(head.issuers),
                    head.doc_number,
                    year_of(head),
                    head.status,
                    same[1] if same else None,
                    same[2] if same else None,
                    dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                    generation,
                    row_hash(doc.id, doc.source, doc.sha256, doc.text, record),
                ),
            )
            number = int(cursor.lastrowid or 0)
            self._db.executemany(
                "INSERT INTO sections VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    (number, i, s.id, s.kind, s.number, s.heading, s.depth, s.start, s.end, s.body_start, s.body_end, s.parent)
                    for i, s in enumerate(doc.outline)
                ],
            )
            for i, passage in enumerate(passages):
                row = self._db.execute(
                    "INSERT INTO passages (document, ordinal, start, end, trail) VALUES (?,?,?,?,?)",
                    (number, i, passage.span.start, passage.span.end, json.dumps(passage.trail, ensure_ascii=False)),
                ).lastrowid
                if passage.vector is not None and model:
                    self._db.execute("INSERT INTO vectors VALUES (?,?,?)", (row, model, passage.vector))
            self.put_facts(number, facts)
            self._db.execute("INSERT INTO changes VALUES (?,?,'put')", (generation, number))
            return number

    def put_facts(self, document: int, facts: Sequence[FactRow]) -> None:
        """Replace the facts of a document."""
        with self.transaction():
            self._db.execute("DELETE FROM facts WHERE document=?", (document,))
            self._db.execute("DELETE FROM fact_keys WHERE document=?", (document,))
            self._db.executemany(
                "INSERT OR IGNORE INTO facts VALUES (?,?,?,?,?,?)",
                [
                    (
                        f.id,
                        document,
                        f.kind,
                        f.span.start,
                        f.span.end,
                        json.dumps(f.payload, ensure_ascii=False, separators=(",", ":")),
                    )
                    for f in facts
                ],
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO fact_keys VALUES (?,?,?,?)",
                [(kind, key, document, f.id) for f in facts for kind, key in f.keys],
            )
            self._seal(document)

    def _seal(self, document: int) -> None:
        self._db.execute("UPDATE documents SET seal=? WHERE row=?", (seal(self._db, document), document))

    def put_vectors(self, model: str, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Store embeddings of passages (row number, float16 bytes) under a model's name; other models' stay."""
        with self.transaction():
            entries = [(row, model, data) for row, data in vectors]
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", entries)
            touched = self._db.execute(
                "SELECT DISTINCT document FROM passages WHERE row IN (SELECT value FROM json_each(?))",
                (json.dumps([row for row, _, _ in entries]),),
            ).fetchall()
            for (document,) in touched:
                self._seal(document)

    def remove(self, document: int) -> None:
        """Remove a document and everything derived from it. The removal can be undone with ``restore`` until ``purge``."""
        with self.transaction() as generation:
            self._info(document)
            stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            self._db.execute("UPDATE documents SET removed_at=? WHERE row=?", (stamp, document))
            self._db.execute("INSERT INTO changes VALUES (?,?,'remove')", (generation, document))

    def restore(self, document: int) -> None:
        """Undo a removal."""
        with self.transaction() as generation:
            found = self._db.execute("SELECT 1 FROM documents WHERE row=? AND removed_at IS NOT NULL", (document,)).fetchone()
            if not found:
                raise UnknownDocument("没有可以恢复的文档：它未被移除，或已被彻底清除。")
            self._db.execute("UPDATE documents SET removed_at=NULL WHERE row=?", (document,))
            self._db.execute("INSERT INTO changes VALUES (?,?,'put')", (generation, document))

    def purge(self, document: int | None = None) -> int:
        """Erase removed documents (all of them, or one) for good, with originals nobody else uses. Returns how many."""
        with self.transaction() as generation:
            where = "removed_at IS NOT NULL" + ("" if document is None else " AND row=?")
            found = self._db.execute(f"SELECT row, id FROM documents WHERE {where}", () if document is None else (document,))
            rows = dict(found.fetchall())
            if rows:
                self._forget_quotes(set(rows.values()))
            for row in rows:
                self._delete(row, generation)
        if rows:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(rows)

    def set_status(self, document: int, status: str | None, note: str | None = None) -> None:
        """Set, or with None clear, a status (废止, 现行有效 …) that outranks what the text says."""
        with self.transaction() as generation:
            self._info(document)
            self._db.execute("UPDATE documents SET user_status=?, user_note=? WHERE row=?", (status, note, document))
            self._db.execute("INSERT INTO changes VALUES (?,?,'put')", (generation, document))

    def _delete(self, document: int, generation: int) -> None:
        sha = self._db.execute("SELECT sha256 FROM documents WHERE row=?", (document,)).fetchone()
        self._db.execute("DELETE FROM documents WHERE row=?", (document,))
        if sha:
            self._db.execute(
                "DELETE FROM originals WHERE sha256=? AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.sha256=originals.sha256)",
                sha,
            )
        self._db.execute("INSERT INTO changes VALUES (?,?,'remove')", (generation, document))

    # ------------------------------------------------------------------ reading

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM documents WHERE removed_at IS NULL").fetchone()[0])

    def infos(self, filters: Filters | None = None) -> list[DocumentInfo]:
        """The documents that meet the filters, in the order they came."""
        if self._depth:
            # inside a change the generation does not tell yet what has changed
            kept = self._infos("removed_at IS NULL")
        else:
            # read first: where another process writes between the two, the next call sees it and reads anew
            generation = self.generation
            if self._kept_infos is None or self._kept_infos[0] != generation:
                self._kept_infos = (generation, self._infos("removed_at IS NULL"))
            kept = self._kept_infos[1]
        rows = self.select(filters) if filters else None
        return [info for info in kept if rows is None or info.row in rows]

    def removed(self) -> list[DocumentInfo]:
        """Documents that were removed and can still be restored."""
        return self._infos("removed_at IS NOT NULL")

    def find(self, name: str) -> DocumentInfo:
        """The document with this id, id prefix, source, or file name. Raises ``UnknownDocument``, also where several match."""
        found = self._infos("removed_at IS NULL AND (id=? OR source=?)", (name, name))
        if not found and len(name) >= 3:
            like = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            found = self._infos(
                r"removed_at IS NULL AND (id LIKE ? ESCAPE '\' OR source LIKE ? ESCAPE '\' OR source LIKE ? ESCAPE '\')",
                (like + "%", like + "%", "%/" + like),
            )
        if len(found) != 1:
            many = f"“{name}”对应 {len(found)} 份文档，请写完整的编号" if found else f"文档库里没有“{name}”"
            raise UnknownDocument(f"{many}。用 cemai docs list 查看编号和文件名。")
        return found[0]

    def by_source(self, source: str) -> list[DocumentInfo]:
        """Documents that came under this source name."""
        return self._infos("removed_at IS NULL AND source=?", (source,))

    def by_origin(self, origin: str) -> list[DocumentInfo]:
        """Documents that were read from this path."""
        return self._infos("removed_at IS NULL AND origin=?", (origin,))

    def has(self, id: str, sha256: str) -> bool:
        """Whether this very version of a document is in the library."""
        return bool(
            self._db.execute("SELECT 1 FROM documents WHERE id=? AND sha256=? AND removed_at IS NULL", (id, sha256)).fetchone()
        )

    def info(self, document: int) -> DocumentInfo:
        """The document with this row number."""
        return self._info(document)

    def text(self, document: int) -> str:
        """The frozen text."""
        row = self._db.execute("SELECT text FROM documents WHERE row=?", (document,)).fetchone()
        if row is None:
            raise UnknownDocument("文档已不在库中。")
        return str(row[0])

    def text_at(self, document: int, span: Span) -> str | None:
        """A stretch of the frozen text without reading the rest into memory; None where the document is gone."""
        row = self._db.execute(
            "SELECT substr(text, ?, ?) FROM documents WHERE row=?", (span.start + 1, len(span), document)
        ).fetchone()
        if row is not None and len(row[0]) < len(span):  # SQLite takes a NUL for the end
            return span.of(self.text(document))
        return None if row is None else str(row[0])

    def pages(self, document: int) -> list[tuple[int, int]]:
        """Where the pages' stretches of text begin, in order: (position, page)."""
        rows = self._db.execute(
            "SELECT json_extract(a.value,'$[0]'), json_extract(a.value,'$[2]') FROM documents,"
            " json_each(documents.record,'$.anchors') a WHERE documents.row=? AND json_extract(a.value,'$[2]') IS NOT NULL",
            (document,),
        )
        return sorted((int(start), int(page)) for start, page in rows)

    def document(self, document: int) -> ParsedDocument:
        """The whole document."""
        row = self._db.execute(
            "SELECT id, source, format, sha256, text, record FROM documents WHERE row=?", (document,)
        ).fetchone()
        if row is None:
            raise UnknownDocument("文档已不在库中。")
        outline = tuple(
            Section(*found)
            for found in self._db.execute(
                "SELECT id, kind, number, heading, depth, start, end, body_start, body_end, parent FROM sections"
                " WHERE document=? ORDER BY position",
                (document,),
            )
        )
        return unpack_document(
            json.loads(row[5]), id=row[0], source=row[1], format=row[2], sha256=row[3], text=row[4], outline=outline
        )

    def original(self, sha256: str) -> bytes:
        """The bytes a document was read from."""
        row = self._db.execute("SELECT data FROM originals WHERE sha256=?", (sha256,)).fetchone()
        if row is None:
            raise StoreError("原始文件不在库中。")
        return zlib.decompress(row[0])

    def region_codes(self) -> set[str]:
        """Codes of the divisions the documents belong to."""
        query = "SELECT DISTINCT region_code FROM documents WHERE removed_at IS NULL AND region_code IS NOT NULL"
        return {str(row[0]) for row in self._db.execute(query)}

    def select(self, filters: Filters) -> set[int]:
        """Row numbers of the documents that meet the filters."""
        where, values = ["removed_at IS NULL"], []
        if filters.region:
            codes = [division.code for division in gazetteer().named(filters.region)]
            if "0" not in codes:
                tests = " OR ".join("region_code LIKE ?" for _ in codes)
                where.append(f"({tests})" if codes else "0")
                values += [code + "%" for code in codes]
        for column, value in (("level", filters.level), ("format", filters.format), ("year", filters.year)):
            if value is not None:
                where.append(f"{column}=?")
                values.append(str(value))
        if filters.issuer:
            where.append("instr(issuers, ?) > 0")
            values.append(filters.issuer)
        if filters.status:
            where.append("coalesce(user_status, status)=?")
            values.append(filters.status)
        if filters.topic:
            where.append("row IN (SELECT document FROM fact_keys WHERE kind='topic' AND key=?)")
            values.append(filters.topic)
        if filters.documents is not None:
            where.append("id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(filters.documents)))
        return {row[0] for row in self._db.execute(f"SELECT row FROM documents WHERE {' AND '.join(where)}", values)}

    def passages(self, document: int | None = None) -> Iterator[StoredPassage]:
        """Passages of one document, or of all that are not removed, in order."""
        query = "SELECT p.row, p.document, p.ordinal, p.start, p.end, p.trail FROM passages p"
        cursor = (
            self._db.execute(
                query + " JOIN documents d ON d.row=p.document WHERE d.removed_at IS NULL ORDER BY p.document, p.ordinal"
            )
            if document is None
            else self._db.execute(query + " WHERE p.document=? ORDER BY p.ordinal", (document,))
        )
        for row in cursor:
            yield StoredPassage(row[0], row[1], row[2], Span(row[3], row[4]), tuple(json.loads(row[5])))

    def passages_by_row(self, rows: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by their row numbers."""
        found = self._db.execute(
            "SELECT row, document, ordinal, start, end, trail FROM passages WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(rows)),),
        )
        return {r[0]: StoredPassage(r[0], r[1], r[2], Span(r[3], r[4]), tuple(json.loads(r[5]))) for r in found}

    def vectors(self, model: str, document: int | None = None) -> Iterator[tuple[int, int, bytes]]:
        """(passage row, document row, float16 bytes) of every stored embedding of a model."""
        query = (
            "SELECT v.passage, p.document, v.data FROM vectors v JOIN passages p ON p.row=v.passage"
            " JOIN documents d ON d.row=p.document WHERE v.model=? AND d.removed_at IS NULL"
        )
        yield from self._db.execute(
            query + ("" if document is None else " AND p.document=?"), (model,) if document is None else (model, document)
        )

    def unembedded(self, model: str) -> list[int]:
        """Row numbers of passages that have no vector of this model."""
        return [
            r[0]
            for r in self._db.execute(
                "SELECT p.row FROM passages p JOIN documents d ON d.row=p.document AND d.removed_at IS NULL"
                " LEFT JOIN vectors v ON v.passage=p.row AND v.model=? WHERE v.passage IS NULL ORDER BY p.row",
                (model,),
            )
        ]

    def facts(
        self,
        kind: str,
        *,
        key: tuple[str, str] | None = None,
        keys: tuple[str, Iterable[str]] | None = None,
        documents: Iterable[int] | None = None,
    ) -> list[StoredFact]:
        """Facts of one kind, in order of document and place; of some documents; looked up by a key such as ("unit", name).

        ``keys`` looks up several keys of one kind at once; a fact filed under two of them comes once.
        """
        columns = "SELECT f.id, f.kind, f.document, d.id, d.source, f.start, f.end, f.payload FROM "
        values: list[Any]
        if key is not None:
            keys = (key[0], (key[1],))
        if keys is not None:
            # CROSS JOIN keeps the order: from the few keys to their facts, not over all facts
            query = (
                "(SELECT DISTINCT document, fact FROM fact_keys WHERE kind=? AND key IN (SELECT value FROM json_each(?))) k"
                " CROSS JOIN facts f ON f.document=k.document AND f.kind=? AND f.id=k.fact"
                " CROSS JOIN documents d ON d.row=f.document WHERE d.removed_at IS NULL"
            )
            values = [keys[0], json.dumps(list(keys[1]), ensure_ascii=False), kind]
        else:
            query = "facts f JOIN documents d ON d.row=f.document WHERE f.kind=? AND d.removed_at IS NULL"
            values = [kind]
        if documents is not None:
            query += " AND f.document IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(documents)))
        # sorted here: SQLite would carry every record through its sorter
        found = sorted(self._db.execute(columns + query, values), key=lambda r: (r[2], r[5], r[6]))
        return [StoredFact(r[0], r[1], r[2], r[3], r[4], Span(r[5], r[6]), r[7]) for r in found]

    def filed(self, kinds: Iterable[str], keys: Iterable[str] | None = None) -> list[tuple[str, str, int, str]]:
        """(kind, key, document, fact id) of everything filed under keys of some kinds: counts and lists without the records."""
        query = (
            "SELECT k.kind, k.key, k.document, k.fact FROM fact_keys k WHERE k.kind IN (SELECT value FROM json_each(?))"
            " AND k.document NOT IN (SELECT row FROM documents WHERE removed_at IS NOT NULL)"
        )
        values = [json.dumps(list(kinds), ensure_ascii=False)]
        if keys is not None:
            query += " AND k.key IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(keys), ensure_ascii=False))
        return self._db.execute(query, values).fetchall()

    def keys(self, kind: str) -> dict[str, int]:
        """The keys facts are filed under (unit, topic, region, indicator …) and how many facts each has."""
        return dict(
            self._db.execute(
                "SELECT k.key, count(*) FROM fact_keys k JOIN documents d ON d.row=k.document WHERE k.kind=? AND d.removed_at IS NULL"
                " GROUP BY k.key ORDER BY count(*) DESC, k.key",
                (kind,),
            ).fetchall()
        )

    def changes_since(self, generation: int) -> list[Change]:
        """The last change of each document after ``generation``, oldest first."""
        last: dict[int, str] = {}
        for document, operation in self._db.execute(
            "SELECT document, operation FROM changes WHERE generation>? ORDER BY generation, rowid", (generation,)
        ):
            last.pop(document, None)
            last[document] = operation
        return [Change(document, operation) for document, operation in last.items()]

    # ------------------------------------------------------------------ small values

    def setting(self, name: str) -> str | None:
        """A value kept with the library (embedding model, say)."""
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (f"setting:{name}",)).fetchone()
        return str(row[0]) if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Keep a value with the library."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"setting:{name}", value))

    def settings(self, prefix: str) -> dict[str, str]:
        """The values kept under names that begin with ``prefix``, by the rest of the name."""
        start = f"setting:{prefix}"
        rows = self._db.execute("SELECT name, value FROM meta WHERE substr(name, 1, ?)=? ORDER BY name", (len(start), start))
        return {str(name)[len(start) :]: str(value) for name, value in rows}

    def drop_setting(self, name: str) -> bool:
        """Forget a value kept with the library; whether there was one."""
        return self._db.execute("DELETE FROM meta WHERE name=?", (f"setting:{name}",)).rowcount > 0

    def save_answer(self, id: str, payload: dict[str, Any]) -> None:
        """Keep an answer so that it can be shown and replayed later; what people said about it stays with it."""
        stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        try:
            self._db.execute(
                "INSERT INTO answers VALUES (?,?,?) ON CONFLICT (id) DO UPDATE SET asked_at=excluded.asked_at, payload=CASE"
                " WHEN json_type(answers.payload,'$.feedback')='array'"
                " THEN json_set(excluded.payload,'$.feedback',json_extract(answers.payload,'$.feedback'))"
                " ELSE excluded.payload END",
                (id, stamp, json.dumps(payload, ensure_ascii=False)),
            )
        except sqlite3.Error as error:
            raise _translated(error, self.folder / FILE_NAME) from error

    def answer(self, id: str) -> dict[str, Any] | None:
        """A kept answer."""
        row = self._db.execute("SELECT payload FROM answers WHERE id=?", (id,)).fetchone()
        return json.loads(row[0]) if row else None

    def answers(self, *, limit: int | None = None, judged: bool = False, prefix: str = "") -> list[KeptAnswer]:
        """Kept answers, the latest first; ``judged``: only those somebody gave feedback on; ``prefix``: of their ids."""
        rows = self._db.execute(
            "SELECT id, asked_at, payload FROM answers WHERE substr(id, 1, ?)=?"
            " AND (NOT ? OR json_type(payload,'$.feedback')='array') ORDER BY asked_at DESC, rowid DESC LIMIT ?",
            (len(prefix), prefix, judged, -1 if limit is None else limit),
        )
        return [KeptAnswer(id, asked_at, json.loads(payload)) for id, asked_at, payload in rows]

    def add_feedback(self, id: str, entry: dict[str, Any]) -> bool:
        """Keep what somebody said about an answer beside it; whether there is such an answer."""
        try:
            done = self._db.execute(
                "UPDATE answers SET payload=json_insert(json_insert(payload,'$.feedback',json('[]')),'$.feedback[#]',json(?))"
                " WHERE id=?",
                (json.dumps(entry, ensure_ascii=False), id),
            )
        except sqlite3.Error as error:
            raise _translated(error, self.folder / FILE_NAME) from error
        return done.rowcount > 0

    def _forget_quotes(self, documents: set[str]) -> None:
        """Take the texts of erased documents out of the kept answers; question, places and feedback stay."""
        for kept in self.answers():
            payload = kept.payload
            places = [*payload.get("citations", ()), *payload.get("nearest", ())]
            if not any(place.get("source_id") in documents for place in places):
                continue
            for place in places:
                if place.get("source_id") in documents:
                    place.update({name: "" for name in ("quote", "text") if name in place}, section_path=[])
            # the answer is made of quotes, and a notice may hold one: neither can be kept in part
            payload.update(answer="", notices=[], erased=True)
            self._db.execute("UPDATE answers SET payload=? WHERE id=?", (json.dumps(payload, ensure_ascii=False), kept.id))

    # ------------------------------------------------------------------ checking

    def check(self) -> list[str]:
        """What is wrong with the file, in Chinese sentences."""
        return faults(self._db)

    # ------------------------------------------------------------------ inside

    def _info(self, document: int) -> DocumentInfo:
        found = self._infos("row=?", (document,))
        if not found:
            raise UnknownDocument("文档已不在库中。")
        return found[0]

    def _infos(self, where: str, values: Sequence[Any] = ()) -> list[DocumentInfo]:
        infos = []
        for r in self._db.execute(
            "SELECT row, id, source, origin, format, sha256, json_extract(record,'$.head'), status, user_status, user_note,"
            f" added_at, generation, json_extract(record,'$.issues'), json_extract(record,'$.attached') FROM documents WHERE {where} ORDER BY row",
            values,
        ):
            infos.append(
                DocumentInfo(
                    row=r[0],
                    id=r[1],
                    source=r[2],
                    origin=r[3],
                    format=r[4],
                    sha256=r[5],
                    head=unpack_head(json.loads(r[6])),
                    status=r[8] or r[7],
                    user_status=r[8],
                    user_note=r[9],
                    added_at=r[10],
                    generation=r[11],
                    warnings=tuple(issue[1] for issue in json.loads(r[12])),
                    attached=tuple(unpack_head(head) for _, head in json.loads(r[13])),
                )
            )
        return infos


def _translated(error: sqlite3.Error, path: Path) -> StoreError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return LibraryBusy("文档库正在被另一个程序写入。请等它完成后再试。")
    if "readonly" in text:
        return StoreError(f"文档库是只读的：{path}。请检查文件夹权限。")
    if "full" in text:
        return StoreError("磁盘已满，未写入任何内容。请清理磁盘后重试。")
    return StoreError(f"{path} 不能作为文档库打开（{text}）。如有备份请恢复，或用 --library 指定另一个文件夹。")
