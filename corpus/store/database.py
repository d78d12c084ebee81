"""The file of a library: its tables, how it is opened, and changes that are made whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from corpus.errors import LibraryBusy, NewerFormat, StoreError
from corpus.store.audit import SCHEMA as _AUDIT
from corpus.store.audit import append_entry, current_actor
from corpus.store.connections import FrozenFile, connect, sync
from corpus.store.failures import translated
from corpus.store.identity import RememberedLibrary, recall_library, remember_library, require_same
from corpus.store.integrity import row_hash, seal
from corpus.store.rows import DocumentChange

FORMAT = 5
FILE_NAME = "library.sqlite"
LIBRARY_ID = "library"
"""The name of the row of ``meta`` that holds the id of the library."""
PRAGMAS = (
    "page_size=8192",  # of a new file: in pages of 4096 a vector of 512 numbers fills one of its own beside its key
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    "cache_size=-32768",  # look-ups by key touch pages all over the file
)

# the rows themselves carry the texts: looking through them for a short column reads the whole library
_SHORT = """
CREATE INDEX documents_removed ON documents(row) WHERE removed_at IS NOT NULL;
CREATE INDEX documents_region ON documents(removed_at, region_code);
"""
_FACTS = """
CREATE TABLE facts (
  row INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE, kind TEXT NOT NULL,
  id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, payload TEXT NOT NULL, UNIQUE (document, kind, id)) STRICT;
CREATE INDEX facts_kind ON facts(kind);
CREATE TABLE fact_keys (
  kind TEXT NOT NULL, key TEXT NOT NULL, fact INTEGER NOT NULL REFERENCES facts(row) ON DELETE CASCADE,
  PRIMARY KEY (kind, key, fact)) STRICT, WITHOUT ROWID;
CREATE INDEX fact_keys_fact ON fact_keys(fact);
"""
# format 1 kept the record of a fact in the tree of its key: twice the size, and a unit's tasks took twice as long
_FROM_1 = f"""
ALTER TABLE facts RENAME TO former_facts;
ALTER TABLE fact_keys RENAME TO former_keys;
DROP INDEX facts_kind;
{_SHORT}
{_FACTS}
INSERT INTO facts (document, kind, id, start, end, payload)
  SELECT document, kind, id, start, end, payload FROM former_facts ORDER BY document, start, end;
INSERT OR IGNORE INTO fact_keys SELECT k.kind, k.key, f.row FROM former_keys k JOIN facts f ON f.document=k.document AND f.id=k.fact;
DROP TABLE former_keys;
DROP TABLE former_facts;
"""
_CORRECTIONS = """
CREATE TABLE corrections (
  number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL, source TEXT NOT NULL, origin TEXT, field TEXT NOT NULL,
  value TEXT NOT NULL, was TEXT NOT NULL, who TEXT, at TEXT NOT NULL, note TEXT, undone_at TEXT, row_hash TEXT NOT NULL) STRICT;
CREATE TABLE signatures (
  document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, method TEXT NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX documents_origin ON documents(origin);
"""
_ITEM_VECTORS = """
CREATE TABLE IF NOT EXISTS item_vectors (
  number INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
  model TEXT NOT NULL, data BLOB NOT NULL, mark TEXT NOT NULL, UNIQUE (document, model)) STRICT;
"""
# a title that a person types, and what was corrected in one document, are looked up without looking through the others
_LOOKED_UP = """
CREATE INDEX IF NOT EXISTS documents_title ON documents(title);
CREATE INDEX IF NOT EXISTS corrections_document ON corrections(document_id);
CREATE INDEX IF NOT EXISTS corrections_place ON corrections(source, origin);
"""
_FACT_VERSIONS = """
CREATE TABLE IF NOT EXISTS fact_versions (
  document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, version INTEGER NOT NULL) STRICT;
"""
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE documents (
  row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, origin TEXT, format TEXT NOT NULL,
  sha256 TEXT NOT NULL, text TEXT NOT NULL, record TEXT NOT NULL, title TEXT, region_code TEXT, level TEXT, issuers TEXT,
  doc_number TEXT, year INTEGER, status TEXT, user_status TEXT, user_note TEXT, added_at TEXT NOT NULL,
  generation INTEGER NOT NULL, row_hash TEXT NOT NULL, seal TEXT, removed_at TEXT) STRICT;
CREATE INDEX documents_source ON documents(source);
CREATE INDEX documents_number ON documents(doc_number);
{_SHORT}
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
{_FACTS}
CREATE TABLE changes (generation INTEGER NOT NULL, document INTEGER NOT NULL, operation TEXT NOT NULL) STRICT;
CREATE INDEX changes_generation ON changes(generation);
CREATE TABLE answers (id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, payload TEXT NOT NULL) STRICT;
{_CORRECTIONS}
{_ITEM_VECTORS}
{_LOOKED_UP}
{_FACT_VERSIONS}
"""
LIBRARY_SCHEMA = f"{_SCHEMA}{_AUDIT};"
"""All tables of a library; a file has that of the audit only from its first entry on, or as a copy."""


class Database:
    """An open library file. One writer at a time; any number of readers, each seeing whole transactions only."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._db = connection
        self.folder = folder
        self.address: Path | str = folder
        """What it is opened by: its folder, or the address of a database."""
        self.read_only = False
        """Whether another process keeps this library: then neither it nor its caches are written through this object."""
        self.frozen: FrozenFile | None = None
        """Set where the library lies where nothing can be written (read-only media): it is read, and caches are private."""
        self.id: str | None = None
        """The id of the library, the same in all its backups; None for one that could not be given one yet."""
        self._depth = 0
        self._pending: int | None = None

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = True, read_only: bool = False) -> Self:
        """Open the library in ``folder``, made when missing unless ``create`` is false.

        With ``read_only`` every change is refused, and caches are used as the process that writes them leaves them. A library on
        read-only media opens for reading. Raises ``NewerFormat`` for a library of a later version, ``ReplacedLibrary`` where the
        file is not the one that was there, and ``StoreError`` for anything that is not a library.
        """
        folder = Path(folder)
        path = folder / FILE_NAME
        known = recall_library(folder)  # before the file: what is known of it is written after it
        if not path.exists():
            require_same(known, path, None, None)
            if not create:
                raise StoreError(f"这里还没有文档库：{folder}。请先用 cemai ingest 导入文件，或用 --library 指定已有的库。")
            _make_private_file(path)
        if not path.stat().st_size:
            require_same(known, path, None, None)
        try:
            frozen = FrozenFile.unless_writable(path)
            db = frozen.open(FORMAT) if frozen else connect(path, PRAGMAS)
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
                require_same(known, path, None, None)
                db.executescript(
                    f"BEGIN IMMEDIATE; {_SCHEMA} INSERT INTO meta VALUES ('generation', '0'); PRAGMA user_version={FORMAT}; COMMIT;"
                )
            elif version < FORMAT:
                _migrate(db)
        except (sqlite3.DatabaseError, OSError) as error:
            raise translated(error, path) from error
        opened = cls(db, folder)
        opened.frozen = frozen
        opened.read_only = read_only
        try:
            opened._identify(known)
        except BaseException:
            opened.close()
            raise
        if read_only or frozen:
            db.execute("PRAGMA query_only=ON")
        return opened

    def required_folder(self) -> Path:
        """The folder that holds the library itself. Raises ``StoreError`` for a library in a database."""
        if isinstance(self.address, str):
            raise StoreError("这个库在数据库里：请由管理员用 pg_dump 备份，或用 cemai copy 复制成文件夹。")
        return self.folder

    def close(self) -> None:
        """Close the file; the object is of no use afterwards. The last to close it folds the log into it."""
        self._db.close()
        if self.frozen is not None:
            self.frozen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """Grows by one with every committed change of documents."""
        if self.frozen is not None:
            self.frozen.require_unchanged()
        found = self._db.execute("SELECT value FROM meta WHERE name='generation'").fetchone()
        try:
            return int(found[0])
        except (TypeError, ValueError) as error:  # the row is gone or its value is not what was written
            raise translated(sqlite3.DatabaseError("malformed"), self.folder / FILE_NAME) from error

    def is_last(self, generation: int) -> bool:
        """Whether a generation is the last one there is: looked at apart, for inside a snapshot later ones are not seen."""
        with closing(self._connect_apart()) as apart:
            return bool(apart.execute("SELECT 1 FROM meta WHERE name='generation' AND value=?", (str(generation),)).fetchone())

    def _connect_apart(self) -> sqlite3.Connection:
        """Another connection, for reading."""
        return connect(self.folder / FILE_NAME, ("query_only=ON",))

    def _identify(self, known: RememberedLibrary | None) -> None:
        """Read the id of the library, given to it where it has none, and hold it against what is remembered of it."""
        writes = not (self.read_only or self.frozen)
        found = self._db.execute("SELECT value FROM meta WHERE name=?", (LIBRARY_ID,)).fetchone()
        if found is None and writes:
            self._db.execute("PRAGMA busy_timeout=0")
            with suppress(sqlite3.OperationalError, LibraryBusy):  # somebody is writing: the next to open it gives it an id
                self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (LIBRARY_ID, uuid.uuid4().hex))
                found = self._db.execute("SELECT value FROM meta WHERE name=?", (LIBRARY_ID,)).fetchone()
            self._db.execute("PRAGMA busy_timeout=5000")
        self.id = str(found[0]) if found else None
        generation = self.generation
        require_same(known, self.folder / FILE_NAME, self.id, generation)
        if writes and self.id is not None and known != RememberedLibrary(self.id, generation):
            remember_library(self.folder, self.id, generation)

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """While the block runs, everything read is of one state, whatever others write. Yields its generation.

        For a library opened ``read_only`` and used by one thread.
        """
        self._db.execute("BEGIN")
        try:
            yield self.generation
        finally:
            self._db.execute("ROLLBACK")

    def rows_of(self, query: str) -> sqlite3.Cursor:
        """What a query finds, read as it is asked for: for copies, which take every table as it is."""
        return self._db.execute(query)

    @contextmanager
    def copying(self) -> Iterator[Callable[[str, list[tuple[Any, ...]]], object]]:
        """While the block runs rows are written as they are, whole or not at all; yields what writes them."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.execute(_AUDIT)
            yield self._db.executemany
            self.id = str(self._db.execute("SELECT value FROM meta WHERE name=?", (LIBRARY_ID,)).fetchone()[0])
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        remember_library(self.folder, self.id, self.generation)

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """One atomic change; nested uses join the outer one. Yields the generation the change will have."""
        if self.read_only:
            raise StoreError("文档库在这里只供读取。")
        if self.frozen is not None:
            raise translated(OSError(errno.EROFS, ""), self.folder)
        if self._depth:
            self._depth += 1
            try:
                yield self._pending or 0
            finally:
                self._depth -= 1
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            generation = self._pending = self.generation + 1
            yield generation
            self._record(generation)
            self._db.execute("UPDATE meta SET value=? WHERE name='generation'", (str(generation),))
            self._db.execute("COMMIT")
            if self.id is not None:
                remember_library(self.folder, self.id, generation)
        except BaseException:
            if self._db.in_transaction:
                with suppress(sqlite3.Error, StoreError):  # on a failing disk SQLite has rolled back, or does when it is opened
                    self._db.execute("ROLLBACK")
            raise
        finally:
            self._depth = 0
            self._pending = None

    def changes_since(self, generation: int) -> list[DocumentChange]:
        """The last change of each document after ``generation``, oldest first."""
        last: dict[int, str] = {}
        for document, operation in self._db.execute(
            "SELECT document, operation FROM changes WHERE generation>? ORDER BY generation, rowid", (generation,)
        ):
            last.pop(document, None)
            last[document] = operation
        return [DocumentChange(document, operation) for document, operation in last.items()]

    def _record(self, generation: int) -> None:
        """Write into the audit which documents this transaction changed, where somebody is at work whose name is known."""
        if (actor := current_actor()) is None:
            return
        query = (
            "SELECT c.operation, c.document, d.id FROM changes c LEFT JOIN documents d ON d.row=c.document WHERE c.generation=?"
        )
        changed: dict[str, dict[int, str | None]] = {}
        for operation, row, id in self._db.execute(query, (generation,)):
            changed.setdefault(operation, {})[row] = id
        rows = {row: id for found in changed.values() for row, id in found.items()}
        if rows:
            self._db.execute(_AUDIT)
            one = next((f"document:{id or row}" for row, id in rows.items()), "") if len(rows) == 1 else f"documents:{len(rows)}"
            append_entry(self._db, actor, one, detail={"generation": generation, **changed})

    def _seal(self, document: int) -> None:
        self._db.execute("UPDATE documents SET seal=? WHERE row=?", (seal(self._db, document), document))


def _migrate(db: sqlite3.Connection) -> None:
    """Bring an older library to this format, whole or not at all; what its hashes cover stays the same."""
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute("BEGIN IMMEDIATE")
    try:
        # read inside the transaction: another process may have been first
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        for former, statements in ((1, _FROM_1), (2, _CORRECTIONS), (3, _ITEM_VECTORS), (3, _LOOKED_UP), (4, _FACT_VERSIONS)):
            if version <= former:
                for statement in filter(str.strip, statements.split(";")):
                    db.execute(statement)
        if version <= 2:
            _keep_status_as_correction(db)
        db.execute(f"PRAGMA user_version={FORMAT}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("PRAGMA foreign_keys=ON")
    if version == 1:
        with suppress(sqlite3.OperationalError, StoreError):
            # gives the space back; where somebody else is reading just now it is used for what comes next
            db.execute("VACUUM")


def _keep_status_as_correction(db: sqlite3.Connection) -> None:
    """A status that a person set in an older library is a correction in this one."""
    query = "SELECT id, source, origin, user_status, user_note, added_at FROM documents WHERE user_status IS NOT NULL"
    for id, source, origin, status, note, added_at in db.execute(query).fetchall():
        columns = (id, source, origin, "status", json.dumps(status, ensure_ascii=False), "null", None, added_at, note)
        db.execute(
            "INSERT INTO corrections (document_id, source, origin, field, value, was, who, at, note, row_hash)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            (*columns, row_hash(*(column or "" for column in columns))),
        )


def _make_private_file(path: Path) -> None:
    """Make the empty file of a new library, which only its owner may read, and its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            for folder in (path.parent, path.parent.parent):  # a new library is there after a power cut, too
                sync(folder)
    except OSError as error:
        raise StoreError(f"不能在 {path.parent} 建立文档库（{error.strerror}）。请换一个可写的文件夹。") from error
