"""A library in a PostgreSQL database, for several machines at once: ``Corpus.open("postgresql://…")``, with ``cemai[postgres]``.

The statements are those of the store (``corpus.store.dialect``). What is said here is what a server does differently: one writer at a
time by a lock on the row of the generation, whole states by ``REPEATABLE READ``, and a folder of this machine for the caches.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from corpus.document import ParsedDocument
from corpus.errors import (
    DamagedLibrary,
    DiskFull,
    LibraryBusy,
    LibraryReadOnly,
    LibraryUnreachable,
    NewerFormat,
    ReplacedLibrary,
    StoreError,
)
from corpus.store.accounts import SCHEMA as ACCOUNTS_SCHEMA
from corpus.store.address import describe_place
from corpus.store.corpus import Corpus
from corpus.store.database import FORMAT, LIBRARY_ID, LIBRARY_SCHEMA
from corpus.store.dialect import read_shapes, translate, translate_schema
from corpus.store.identity import recall_library, remember_library
from corpus.store.rows import DocumentInfo, PassageRow
from corpus.text import readable

if TYPE_CHECKING:
    import sqlite3

NODE = "CEMAI_NODE"
"""Environment variable: the folder of this machine for caches of libraries that are in databases."""
_SHAPES = read_shapes(LIBRARY_SCHEMA)
_EVERY = _SHAPES | read_shapes(ACCOUNTS_SCHEMA)
_IN_ORDER = ("item_vectors",)
"""Tables that are followed by their numbers: rows must be seen in the order of these, so one writer at a time adds to them."""
_NUL, _FOR_NUL = "\x00", "\ufdd0"
"""PostgreSQL holds no NUL in a text; a code point that is no character stands for it."""
_VALID = """
CREATE OR REPLACE FUNCTION json_valid(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM $1::json; RETURN true; EXCEPTION WHEN others THEN RETURN false; END $$;
"""
_SAID: dict[str, str] = {
    "PRAGMA integrity_check": "SELECT 'ok'",  # the server checks its pages itself (initdb --data-checksums)
    "PRAGMA foreign_key_check": "SELECT 1 WHERE false",  # checked by the server at every change
    "PRAGMA user_version": "SELECT value::bigint FROM meta WHERE name='format'",
    "BEGIN": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "BEGIN IMMEDIATE": "BEGIN",
}
CHANGED = "cemai_changed"
"""The channel on which the server tells of each new generation."""
UPLOADS = "cemai:uploads/"
"""What the origin of an uploaded file begins with, whichever machine it was sent to: it is the same file on all of them."""
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How long a server that does not answer is waited for, where the address does not say: a machine may go without a word."""
_LOCK = "SELECT value FROM meta WHERE name='generation' FOR UPDATE"


@lru_cache(maxsize=2_000)
def _translated(sql: str) -> str:
    if sql in _SAID:
        return _SAID[sql]
    return translate_schema(sql) if sql.lstrip().startswith("CREATE TABLE") else translate(sql, _EVERY)


class ServerConnection:
    """A connection with the methods of ``sqlite3.Connection`` that the store calls; its errors are ``StoreError`` where told."""

    lock = _LOCK
    """The statement by which a writer waits for its turn, at the begin of a transaction."""

    def __init__(self, address: str, *, read_only: bool) -> None:
        """Connect. Raises ``StoreError``."""
        self._address = address
        self._read_only = read_only
        self._db = self._connect()

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Any:
        """As ``sqlite3.Connection.execute``."""
        return self._run(sql, lambda cursor: cursor.execute(_translated(sql), _encoded(values) or None))

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Any:
        """As ``sqlite3.Connection.executemany``."""
        rows = [_encoded(one) for one in values]
        said = _translated(sql).partition(" RETURNING ")[0]
        return self._run(sql, lambda cursor: cursor.executemany(said, rows), many=True)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._db.info.transaction_status)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def connected(self) -> Any:
        """The connection of the driver, made anew where it was lost."""
        if self._db.closed:
            self._db = self._connect()
        return self._db

    def _connect(self) -> Any:
        try:
            import psycopg
        except ImportError as error:
            raise StoreError("要用 PostgreSQL 里的库，请先安装：pip install 'cemai[postgres]'。") from error
        try:
            given = psycopg.conninfo.conninfo_to_dict(self._address)
            db = psycopg.connect(**{**_PATIENCE, **given}, autocommit=True, application_name="cemai", client_encoding="utf8")
            db.execute("SET lock_timeout='5s'; SET jit=off")
            if self._read_only:
                db.execute("SET default_transaction_read_only=on")
        except psycopg.Error as error:
            raise LibraryUnreachable(f"连不上数据库 {describe_place(self._address)}（{str(error).strip()}）。") from error
        from psycopg.types.string import TextLoader

        class _Text(TextLoader):  # type: ignore[misc]
            def load(self, data: Any) -> Any:
                text = super().load(data)
                return text.replace(_FOR_NUL, _NUL) if _FOR_NUL in text else text

        db.adapters.register_loader("text", _Text)
        db.cursor_factory = _cursor_class()
        return db

    def _run(self, sql: str, act: Callable[[Any], Any], *, many: bool = False) -> Any:
        import psycopg

        writes = sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE", "CREATE")
        if self._read_only and writes:
            raise LibraryReadOnly("文档库在这里只供读取。")
        begun = False
        try:
            self.connected()
            if writes and any(f"INTO {name}" in sql for name in _IN_ORDER) and not self.in_transaction:
                self.execute("BEGIN IMMEDIATE")
                begun = True
            cursor = self._db.cursor()
            act(cursor)
            if begun:
                self._db.execute("COMMIT")
            if sql == "BEGIN IMMEDIATE":
                self._db.execute(self.lock)
            elif not many and " RETURNING " in _translated(sql):
                cursor.lastrowid = cursor.fetchone()[0]
            return cursor
        except psycopg.Error as error:
            if begun or (sql == "BEGIN IMMEDIATE" and not self._db.closed):
                with suppress(psycopg.Error):
                    self._db.execute("ROLLBACK")
            raise self.explained(error) from error

    def explained(self, error: Exception) -> Exception:
        """The error as a ``StoreError`` in words, or as it is where nobody can act on it."""
        from psycopg import OperationalError, errors

        if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
            return LibraryBusy("文档库正在被另一个程序写入。请等它完成后再试；这一步没有写入任何内容。")
        if isinstance(error, errors.DiskFull):
            return DiskFull("数据库服务器的磁盘已满，这一步没有写入任何内容，之前完成的都保存了。")
        if isinstance(error, errors.ReadOnlySqlTransaction):
            return LibraryReadOnly("数据库是只读的：可以查询，不能改动。")
        if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
            return DamagedLibrary(f"数据库已损坏：{describe_place(self._address)}。请由管理员从备份恢复。")
        if isinstance(error, OperationalError):
            return LibraryUnreachable(
                f"与数据库 {describe_place(self._address)} 的连接断了（{str(error).strip()}）。请稍后再试。"
            )
        return error


class ChangeListener:
    """Hears of each change of a library in a database, whichever machine makes it. For one thread."""

    def __init__(self, address: str) -> None:
        """Connect. Raises ``StoreError``."""
        self._connection = ServerConnection(address, read_only=True)
        self._connection.connected().execute(f"LISTEN {CHANGED}")

    def generation(self) -> int:
        """The last generation there is. Raises ``StoreError``."""
        return int(self._connection.execute("SELECT value FROM meta WHERE name='generation'").fetchone()[0])

    def wait(self, seconds: float) -> bool:
        """Wait for a change, some seconds at most; whether there was one. Raises ``StoreError``."""
        import psycopg

        try:
            return any(True for _ in self._connection.connected().notifies(timeout=seconds, stop_after=1))
        except psycopg.Error as error:
            raise self._connection.explained(error) from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresCorpus(Corpus):
    """A library in a database of PostgreSQL 15 or later."""

    before_commit: Callable[[Callable[[str, Sequence[Any]], Any]], None] | None = None
    """Called in each transaction just before its end, with what runs a statement in it; what it raises undoes the transaction."""

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = True, read_only: bool = False) -> Self:
        """Open the library at an address (``postgresql://user@host/database``), its tables made where the database is empty.

        Its caches lie in a folder of this machine: ``CEMAI_NODE``, or the user's cache folder. Raises ``StoreError``.
        """
        address = str(folder)
        db = ServerConnection(address, read_only=read_only)
        try:
            if db._db.execute("SELECT to_regclass('meta')").fetchone()[0] is None:
                if not create or read_only:
                    raise StoreError(f"数据库里还没有文档库：{describe_place(address)}。请先用 cemai ingest 导入文件。")
                _make_tables(db)
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version > FORMAT:
                raise NewerFormat(f"这个文档库由更新版本的策脉建立（库格式 {version}，本程序支持到 {FORMAT}）。请升级策脉。")
            if version < FORMAT:
                raise StoreError(
                    f"这个文档库由较早版本的策脉建立（库格式 {version}，本程序是 {FORMAT}）。请用那个版本的 cemai copy 搬成文件夹，"
                    "用这个版本打开一次，再搬进新的数据库。"
                )
            id = str(db.execute("SELECT value FROM meta WHERE name=?", (LIBRARY_ID,)).fetchone()[0])
            home = _node_folder(address, id)
            known = recall_library(home)
            opened = cls(cast("sqlite3.Connection", db), home)
            opened.address, opened.id, opened.read_only = address, id, read_only
            generation = opened.generation
            if known is not None and generation < known.generation:
                raise ReplacedLibrary(
                    f"数据库里的文档库比上次用时旧：{describe_place(address)} 只到第 {generation} 次改动，"
                    f"上次已到第 {known.generation} 次。请管理员核对；确认就用这一份，请删去 {home} 后再试。"
                )
            remember_library(home, id, generation)
        except BaseException:
            db.close()
            raise
        return opened

    def _connect_apart(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", ServerConnection(str(self.address), read_only=True))

    def _record(self, generation: int) -> None:
        super()._record(generation)
        if self.before_commit is not None:
            self.before_commit(self._db.execute)
        self._db.execute("SELECT pg_notify(?, ?)", (CHANGED, str(generation)))  # told when the transaction is done

    def by_origin(self, origin: str) -> list[DocumentInfo]:
        """As ``DocumentTables.by_origin``."""
        return super().by_origin(self._common(origin) or "")

    def corrected(self, doc: ParsedDocument, origin: str | None) -> ParsedDocument:
        """As ``Corpus.corrected``."""
        return super().corrected(doc, self._common(origin))

    def put(self, doc: ParsedDocument, *, origin: str | None = None, **derived: Any) -> int:
        """As ``Corpus.put``."""
        return super().put(doc, origin=self._common(origin), **derived)

    def _common(self, origin: str | None) -> str | None:
        """The origin of a file as all machines name it: uploads lie in a folder of each."""
        path = Path(origin or "")
        ours = path.parent.name.startswith("uploads") and path.parent.parent.name == self.folder.name
        return f"{UPLOADS}{path.name}" if ours else origin

    def save_answer(self, id: str, payload: dict[str, Any]) -> None:
        """As ``KeptTables.save_answer``."""
        with self._writing():
            kept = self._kept(id)
            if kept is not None and isinstance(kept.get("feedback"), list):
                payload = {**payload, "feedback": kept["feedback"]}
            stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            self._db.execute(
                "INSERT INTO answers VALUES (?,?,?) ON CONFLICT (id) DO UPDATE SET asked_at=excluded.asked_at, payload=excluded.payload",
                (id, stamp, readable(json.dumps(payload, ensure_ascii=False))),
            )

    def add_feedback(self, id: str, entry: dict[str, Any]) -> bool:
        """As ``KeptTables.add_feedback``."""
        with self._writing():
            kept = self._kept(id)
            if kept is None:
                return False
            kept.setdefault("feedback", []).append(entry)
            self._db.execute("UPDATE answers SET payload=? WHERE id=?", (json.dumps(kept, ensure_ascii=False), id))
        return True

    def rows_of(self, query: str) -> Any:
        """As ``Database.rows_of``, through a cursor of the server: a table may not fit into the memory."""
        cursor = self._db._db.cursor(uuid.uuid4().hex)  # type: ignore[attr-defined]
        cursor.execute(translate(query, _SHAPES))
        return cursor

    @contextmanager
    def copying(self) -> Iterator[Callable[[str, list[tuple[Any, ...]]], object]]:
        """As ``Database.copying``; later rows are numbered after those that were copied."""
        with super().copying() as write:
            yield write
            for name, shape in _SHAPES.items():
                if shape.numbered:
                    last = f"SELECT coalesce(max({shape.numbered}), 0) + 1 FROM {name}"
                    self._db.execute(f"SELECT setval(pg_get_serial_sequence('{name}', '{shape.numbered}'), ({last}), false)")

    def rewrite(self) -> None:
        """Write the tables anew, without what was deleted. The server's own log and backups are its administrator's to clear."""
        for table in _SHAPES:
            self._db._db.execute(f"VACUUM FULL {table}")  # type: ignore[attr-defined]

    def _kept(self, id: str) -> dict[str, Any] | None:
        row = self._db.execute("SELECT payload FROM answers WHERE id=? FOR UPDATE", (id,)).fetchone()
        return json.loads(row[0]) if row else None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction of its own that leaves the generation as it is, or the one that is open."""
        if self.read_only:
            raise LibraryReadOnly("文档库在这里只供读取。")
        with self._db._db.transaction():  # type: ignore[attr-defined]
            yield

    def _put_passages(self, document: int, passages: Sequence[PassageRow], model: str | None) -> None:
        columns = [
            (document, i, one.span.start, one.span.end, json.dumps(one.trail, ensure_ascii=False))
            for i, one in enumerate(passages)
        ]
        # many at once: a call of the server for each passage would take longer than all else
        self._db.executemany("INSERT INTO passages (document, ordinal, start, end, trail) VALUES (?,?,?,?,?)", columns)
        found = self._db.execute("SELECT row FROM passages WHERE document=? ORDER BY ordinal", (document,)).fetchall()
        vectors = [
            (row, model, one.vector) for (row,), one in zip(found, passages, strict=True) if model and one.vector is not None
        ]
        self._db.executemany("INSERT INTO vectors VALUES (?,?,?)", vectors)


def _make_tables(db: ServerConnection) -> None:
    """Make the tables in an empty database, whole or not at all."""
    own = db._db
    with own.transaction():
        own.execute("SELECT pg_advisory_xact_lock(22050)")  # another machine may be first
        if own.execute("SELECT to_regclass('meta')").fetchone()[0] is not None:
            return
        if own.execute("SELECT count(*) FROM pg_tables WHERE schemaname=current_schema()").fetchone()[0]:
            raise StoreError("这个数据库里已有别的表，不是策脉文档库。请另建一个空的数据库。")
        if own.execute("SHOW server_encoding").fetchone()[0] != "UTF8":
            raise StoreError("数据库的编码不是 UTF8。请用 createdb -E UTF8 -T template0 新建一个。")
        own.execute(translate_schema(LIBRARY_SCHEMA).replace("%", "%%"))
        own.execute(_VALID)
        for name, value in (("generation", "0"), ("format", str(FORMAT)), (LIBRARY_ID, uuid.uuid4().hex)):
            own.execute("INSERT INTO meta VALUES (%s, %s)", (name, value))


def _node_folder(address: str, id: str) -> Path:
    from platformdirs import user_cache_path

    mark = hashlib.sha256(describe_place(address).encode()).hexdigest()[:8]
    home = Path(os.environ.get(NODE) or user_cache_path("cemai", appauthor=False) / "nodes") / f"{id[:12]}-{mark}"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


def _encoded(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(one.replace(_NUL, _FOR_NUL) if isinstance(one, str) and _NUL in one else one for one in values)


@lru_cache(maxsize=1)
def _cursor_class() -> Any:
    from psycopg import Cursor

    class _Cursor(Cursor[Any]):  # type: ignore[misc]
        lastrowid: int | None = None

    return _Cursor
