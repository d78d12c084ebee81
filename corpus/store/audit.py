"""The audit 审计记录: who did what when with which result, each row under a hash of itself and of the row before it.

A row that is altered, taken out or put in breaks the chain at its place; rows cut off at the end are told by whoever knows a later
head (``ChainHead``). The table stands in the file whose change it records, and a row is written in the transaction of the change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

BEGINNING = "0" * 64
"""The hash before the first row."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL,
  object TEXT NOT NULL, result TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT"""
_COLUMNS = "number, at, who, address, action, object, result, detail, hash"
LONGEST = 2_000
"""Characters of a field that are kept; ids of a bulk change stand in ``detail``, which is whole."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is at work.

    Attributes:
        name: Name of the account, or of the user of this machine.
        address: Where the call came from; empty for the command line.
        action: What was asked for, as the caller words it (``PATCH /api/v1/documents/{id}``).
        witness: The head of the other chain at that time (``number:hash``), so that each chain tells where the other was cut.
        signs: Whether it signed in: then it corrects under its own name only.
    """

    name: str
    address: str = ""
    action: str = ""
    witness: str = ""
    signs: bool = True


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last row of a chain: its number and hash; 0 of an empty one."""

    number: int = 0
    hash: str = BEGINNING

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, written: str) -> ChainHead:
        """The head that was written as ``number:hash``. Raises ``ValueError``."""
        number, _, mark = written.strip().partition(":")
        if len(mark) != len(BEGINNING):
            raise ValueError(written)
        return cls(int(number), mark)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row."""

    number: int
    at: str
    who: str
    address: str
    action: str
    object: str
    result: str
    detail: str
    hash: str

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"detail": json.loads(self.detail)}


_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def current_actor() -> Actor | None:
    """Who is at work in this thread or task; None where no accounts are kept: then nothing is recorded."""
    return _acting.get()


@contextmanager
def acting(actor: Actor | None) -> Iterator[None]:
    """While the block runs, changes of libraries are recorded as those of ``actor``.

    Example: ``with acting(Actor("李四", "10.0.0.8", "upload")): library.ingest(paths)``.
    """
    mark = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(mark)


def set_actor(actor: Actor | None) -> None:
    """The same for the rest of this task."""
    _acting.set(actor)


def signed_by(who: str | None) -> str | None:
    """The name under which something is written: that of the account, where whoever is at work signed in, else the one given."""
    actor = current_actor()
    return actor.name if actor is not None and (actor.signs or not who) else who


def append_entry(
    db: sqlite3.Connection, actor: Actor, object: str = "", result: str = "ok", detail: Mapping[str, Any] | None = None
) -> ChainHead:
    """Add a row; to be called inside the transaction of what it records. Returns the new head."""
    last = chain_head(db)
    held = dict(detail or {})
    if actor.witness:
        held["witness"] = actor.witness
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    written = json.dumps(held, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    fields = [_plain(text) for text in (actor.name, actor.address, actor.action, object, result)]
    number = last.number + 1
    mark = _hash(last.hash, number, at, *fields, written)
    db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?,?)", (number, at, *fields, written, mark))
    return ChainHead(number, mark)


def has_audit(db: sqlite3.Connection) -> bool:
    """Whether a file has the table."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name='audit'").fetchone() is not None


def chain_head(db: sqlite3.Connection) -> ChainHead:
    """The last row's number and hash."""
    found = db.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    return ChainHead(int(found[0]), str(found[1])) if found else ChainHead()


def read_entries(db: sqlite3.Connection, *, before: int | None = None, limit: int | None = None) -> Iterator[AuditEntry]:
    """Rows, the latest first; those before a number, at most so many."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE number<? ORDER BY number DESC LIMIT ?",
        (before if before is not None else 1 << 62, -1 if limit is None else limit),
    )
    for row in rows:
        yield AuditEntry(*row)


def check_chain(db: sqlite3.Connection, known: ChainHead | None = None) -> list[str]:
    """What is wrong with the chain, in Chinese sentences; the first bad row is named, those behind it cannot be judged.

    Args:
        db: The file.
        known: A head that was seen before: a chain that is shorter, or has another row in its place, is told.
    """
    mark, expected = BEGINNING, 1
    for row in db.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY number"):
        number, *fields, own = row
        if number != expected:
            return [f"审计记录缺第 {expected} 条。"]
        try:
            found = _hash(mark, number, *fields)
        except UnicodeEncodeError:
            found = ""
        if found != own:
            return [f"审计记录第 {number} 条被改动过（或它前面的被换过）。"]
        if known is not None and number == known.number and own != known.hash:
            return [f"审计记录第 {number} 条不是以前的那一条：整段记录被换过，或恢复过较早的备份。"]
        mark, expected = own, expected + 1
    if known is not None and expected <= known.number:
        return [f"审计记录只到第 {expected - 1} 条，以前已到第 {known.number} 条：末尾被删去，或恢复过较早的备份。"]
    return []


def _hash(*fields: object) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _plain(text: str) -> str:
    """Text without line ends and other signs that would make a row of a list look like two, and without halves of characters."""
    return "".join(char if char.isprintable() else "�" for char in text[:LONGEST]).encode("utf-8", "replace").decode()
