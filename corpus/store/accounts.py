"""The accounts of a library 账号: a file of its own beside the library's, with sessions, tokens, and who did what.

It is no part of the library's file: a restored backup must not bring back a disabled account, and a copy that is handed on must not
hold passwords. Only hashes of secrets are stored here; how they are made is decided above (``cemai.accounts``).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from corpus.errors import NewerFormat, StoreError, UsageError
from corpus.store.audit import (
    SCHEMA as AUDIT,
)
from corpus.store.audit import (
    Actor,
    AuditEntry,
    ChainHead,
    append_entry,
    chain_head,
    check_chain,
    read_entries,
)
from corpus.store.connections import connect

ACCOUNTS_FILE = "accounts.sqlite"
FORMAT = 2
_PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF", "mmap_size=0")
# which accounts may enter which library, beside the one that all may, whose name is ""
_GRANTS = """CREATE TABLE grants (
  account INTEGER NOT NULL REFERENCES accounts(number), library TEXT NOT NULL, PRIMARY KEY (account, library)) STRICT, WITHOUT ROWID"""
SCHEMA = f"""
CREATE TABLE accounts (
  number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
  password TEXT, made_at REAL NOT NULL, disabled_at REAL) STRICT;
CREATE TABLE sessions (
  mark TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(number), address TEXT NOT NULL,
  begun_at REAL NOT NULL, seen_at REAL NOT NULL, library TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions(account);
CREATE TABLE tokens (
  number INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES accounts(number), mark TEXT NOT NULL UNIQUE,
  note TEXT NOT NULL, made_at REAL NOT NULL, ends_at REAL NOT NULL, revoked_at REAL, library TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE attempts (at REAL NOT NULL, key TEXT NOT NULL, address TEXT NOT NULL) STRICT;
CREATE INDEX attempts_at ON attempts(at);
CREATE TABLE witness (name TEXT PRIMARY KEY, head TEXT NOT NULL) STRICT;
{_GRANTS};
{AUDIT};
"""
UPGRADE = f"""
ALTER TABLE sessions ADD COLUMN library TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN library TEXT NOT NULL DEFAULT '';
{_GRANTS};
"""
"""Of format 1 to 2: several libraries behind one door."""
_ACCOUNT = "number, key, name, role, password, made_at, disabled_at"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is stored. Times are seconds since 1970.

    Attributes:
        number: Never given twice.
        key: The name as it is looked up.
        name: The name as it is shown.
        role: One of the roles of ``cemai.accounts``.
        password: The encoded hash; None for one that can only be used by tokens.
    """

    number: int
    key: str
    name: str
    role: str
    password: str | None
    made_at: float
    disabled_at: float | None = None


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with its account; ``library`` is the one it is in, "" for that of everybody."""

    mark: str
    account: Account
    begun_at: float
    seen_at: float
    library: str = ""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token with its account and the library it is for; the secret itself is nowhere."""

    number: int
    account: Account
    note: str
    made_at: float
    ends_at: float
    revoked_at: float | None
    library: str = ""


class AccountStore:
    """The file of accounts. Safe for several threads; every change is one transaction with its row of the audit."""

    def __init__(self, path: Path) -> None:
        """Open the file, made when missing. Raises ``StoreError`` where it is none of ours."""
        self.path = path
        self._lock = threading.RLock()
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._reading = threading.Lock()
        try:
            self._db = connect(path, _PRAGMAS)
            # whoever comes in is looked up while somebody else writes
            self._reader = connect(path, ("query_only=ON", "trusted_schema=OFF", "mmap_size=0"))
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            if version > FORMAT:
                raise NewerFormat(f"账号文件由更新版本的策脉建立：{path}。请升级策脉；文件未被改动。")
            if version < FORMAT:
                self._make_tables()
        except sqlite3.Error as error:
            raise StoreError(
                f"账号文件打不开：{path}（{error}）。请用自己的备份恢复它；没有时移走它，再用 cemai user add 重建。"
            ) from error

    @classmethod
    def of_library(cls, folder: Path | str, *, create: bool = False) -> AccountStore | None:
        """The accounts of a library, in a folder or at an address; None where it has none and none are to be made."""
        if isinstance(folder, str):
            from corpus.store.postgres_accounts import PostgresAccountStore  # psycopg comes with cemai[postgres] only

            return PostgresAccountStore.of_address(folder, create=create)
        path = folder / ACCOUNTS_FILE
        if not create and not path.exists():
            return None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(path)

    @staticmethod
    def exists(place: Path | str) -> bool:
        """Whether a library has accounts: an empty or damaged file of them counts, so that it opens nothing to everybody.

        Raises ``StoreError`` where a database does not say.
        """
        if isinstance(place, str):
            from corpus.store.postgres_accounts import has_accounts_at

            return has_accounts_at(place)
        return (place / ACCOUNTS_FILE).exists()

    def close(self) -> None:
        """Close the file."""
        with self._lock, self._reading:
            self._reader.close()
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ accounts

    def accounts(self) -> list[Account]:
        """All accounts, in the order they were made."""
        return [_account(row) for row in self._read(f"SELECT {_ACCOUNT} FROM accounts ORDER BY number")]

    def account(self, key: str) -> Account | None:
        """The account of a name as it is looked up."""
        found = self._read(f"SELECT {_ACCOUNT} FROM accounts WHERE key=?", (key,))
        return _account(found[0]) if found else None

    def account_numbered(self, number: int) -> Account | None:
        """The account with a number."""
        found = self._read(f"SELECT {_ACCOUNT} FROM accounts WHERE number=?", (number,))
        return _account(found[0]) if found else None

    def add_account(self, actor: Actor, key: str, name: str, role: str, password: str | None) -> int:
        """Add an account. Returns its number. Raises ``UsageError`` where there is one of this name."""
        with self._changing() as db:
            if db.execute("SELECT 1 FROM accounts WHERE key=?", (key,)).fetchone():
                raise UsageError(f"已经有叫“{name}”的账号。用 cemai user list 查看。")
            made = db.execute(
                "INSERT INTO accounts (key, name, role, password, made_at) VALUES (?,?,?,?,?)",
                (key, name, role, password, time.time()),
            )
            append_entry(db, actor, f"account:{name}", detail={"role": role})
            return int(made.lastrowid or 0)

    def change_account(self, actor: Actor, account: Account, *, keep: str | None = None, **values: Any) -> None:
        """Change ``role``, ``password`` or ``disabled_at`` of an account, and end its sessions but ``keep``.

        The last administrator who is not disabled stays one: raises ``UsageError``.
        """
        with self._changing() as db:
            names = ", ".join(f"{name}=?" for name in values)
            db.execute(f"UPDATE accounts SET {names} WHERE number=?", (*values.values(), account.number))
            if not db.execute("SELECT 1 FROM accounts WHERE role='admin' AND disabled_at IS NULL").fetchone():
                raise UsageError("这是最后一个能用的管理员账号，不能停用或改成别的角色。请先另建一个管理员。")
            db.execute("DELETE FROM sessions WHERE account=? AND mark IS NOT ?", (account.number, keep))
            if "disabled_at" in values and values["disabled_at"] is not None:
                stamp = (values["disabled_at"], account.number)
                db.execute("UPDATE tokens SET revoked_at=? WHERE account=? AND revoked_at IS NULL", stamp)
            told = {name: value for name, value in values.items() if name != "password"}
            append_entry(db, actor, f"account:{account.name}", detail=told)

    # ------------------------------------------------------------------ sessions

    def begin_session(self, actor: Actor, account: Account, mark: str, *, ends: str | None = None, oldest: float = 0.0) -> None:
        """Keep a session by the hash of its secret.

        Args:
            actor: Who is to be written in the audit.
            account: Whose it is.
            mark: The hash.
            ends: The hash of a session that the same browser had before, which ends.
            oldest: Sessions not seen since then are forgotten.
        """
        now = time.time()
        with self._changing() as db:
            db.execute("DELETE FROM sessions WHERE mark=? OR seen_at<?", (ends, oldest))
            # what was decided a moment ago holds now: an account that was disabled meanwhile begins nothing
            done = db.execute(
                "INSERT INTO sessions (mark, account, address, begun_at, seen_at)"
                " SELECT ?, number, ?, ?, ? FROM accounts WHERE number=? AND disabled_at IS NULL AND password IS ?",
                (mark, actor.address, now, now, account.number, account.password),
            )
            if not done.rowcount:
                raise UsageError("账号刚刚被改动，请重新登录。")
            db.execute("DELETE FROM attempts WHERE key=?", (account.key,))
            append_entry(db, actor, f"account:{account.name}")

    def session(self, mark: str) -> StoredSession | None:
        """The session with this hash."""
        found = self._read(
            f"SELECT s.begun_at, s.seen_at, s.library, {_prefixed('a')} FROM sessions s JOIN accounts a ON a.number=s.account"
            f" WHERE s.mark=? AND {_granted('s')}",
            (mark,),
        )
        return StoredSession(mark, _account(found[0][3:]), *found[0][:3]) if found else None

    def move_session(self, actor: Actor, account: Account, mark: str, library: str) -> None:
        """Let a session be in another library. Raises ``UsageError`` where its account may not enter it."""
        with self._changing() as db:
            done = db.execute(
                "UPDATE sessions SET library=? WHERE mark=? AND account=?"
                " AND (?='' OR EXISTS (SELECT 1 FROM grants WHERE account=? AND library=?))",
                (library, mark, account.number, library, account.number, library),
            )
            if not done.rowcount:
                raise UsageError("没有这个文档库。")
            append_entry(db, actor, f"account:{account.name}", detail={"library": library})

    def count_sessions(self, since: float) -> dict[int, int]:
        """How many sessions each account has that were used since a time, by its number; none where it has none."""
        return dict(self._read("SELECT account, count(*) FROM sessions WHERE seen_at>=? GROUP BY account", (since,)))

    def grants(self, account: Account) -> tuple[str, ...]:
        """The libraries that an account may enter, beside the one that all may."""
        found = self._read("SELECT library FROM grants WHERE account=? ORDER BY library", (account.number,))
        return tuple(library for (library,) in found)

    def set_grant(self, actor: Actor, account: Account, library: str, *, granted: bool) -> None:
        """Let an account enter a library, or no longer: its sessions there end and its tokens for it are revoked."""
        with self._changing() as db:
            key = (account.number, library)
            db.execute("DELETE FROM grants WHERE account=? AND library=?", key)
            if granted:
                db.execute("INSERT INTO grants VALUES (?,?)", key)
            else:
                db.execute("DELETE FROM sessions WHERE account=? AND library=?", key)
                db.execute(
                    "UPDATE tokens SET revoked_at=? WHERE account=? AND library=? AND revoked_at IS NULL", (time.time(), *key)
                )
            append_entry(db, actor, f"account:{account.name}", detail={"library": library, "granted": granted})

    def touch_session(self, mark: str, now: float) -> None:
        """Note that a session was used."""
        with self._lock:
            self._db.execute("UPDATE sessions SET seen_at=? WHERE mark=? AND seen_at<?", (now, mark, now))

    def end_sessions(self, actor: Actor, account: Account, mark: str | None = None) -> int:
        """End one session of an account, or all of them. Returns how many there were."""
        with self._changing() as db:
            done = db.execute("DELETE FROM sessions WHERE account=? AND mark=coalesce(?, mark)", (account.number, mark))
            append_entry(db, actor, f"account:{account.name}", detail={"sessions": done.rowcount})
            return done.rowcount

    # ------------------------------------------------------------------ tokens

    def add_token(self, actor: Actor, account: Account, mark: str, note: str, ends_at: float, library: str = "") -> int:
        """Keep a token by the hash of its secret. Returns its number. Raises ``UsageError`` for a library it may not enter."""
        with self._changing() as db:
            known = db.execute("SELECT 1 FROM grants WHERE account=? AND library=?", (account.number, library)).fetchone()
            if library and known is None:
                raise UsageError(f"“{account.name}”不能进入文档库“{library}”。")
            made = db.execute(
                "INSERT INTO tokens (account, mark, note, made_at, ends_at, library) VALUES (?,?,?,?,?,?)",
                (account.number, mark, note, time.time(), ends_at, library),
            )
            append_entry(db, actor, f"account:{account.name}", detail={"token": made.lastrowid})
            return int(made.lastrowid or 0)

    def token(self, mark: str) -> ApiToken | None:
        """The token with this hash."""
        found = self._tokens(f"t.mark=? AND {_granted('t')}", mark)
        return found[0] if found else None

    def tokens(self, account: Account) -> list[ApiToken]:
        """All tokens of an account, also those that no longer count."""
        return self._tokens("t.account=?", account.number)

    def revoke_token(self, actor: Actor, account: Account, number: int) -> None:
        """Let a token no longer count. Raises ``UsageError`` where the account has none of this number that does."""
        with self._changing() as db:
            done = db.execute(
                "UPDATE tokens SET revoked_at=? WHERE number=? AND account=? AND revoked_at IS NULL",
                (time.time(), number, account.number),
            )
            if not done.rowcount:
                raise UsageError(f"“{account.name}”没有编号为 {number} 的有效令牌。")
            append_entry(db, actor, f"account:{account.name}", detail={"token": number})

    def _tokens(self, where: str, value: object) -> list[ApiToken]:
        rows = self._read(
            f"SELECT t.number, t.note, t.made_at, t.ends_at, t.revoked_at, t.library, {_prefixed('a')}"
            f" FROM tokens t JOIN accounts a ON a.number=t.account WHERE {where} ORDER BY t.number",
            (value,),
        )
        return [ApiToken(row[0], _account(row[6:]), *row[1:6]) for row in rows]

    # ------------------------------------------------------------------ attempts

    def begin_attempt(self, key: str, address: str, limits: Mapping[str, tuple[float, int]]) -> bool:
        """Note an attempt to sign in before it is judged; false, and nothing noted, where there were too many.

        Args:
            key: The name that was given, as it is looked up or hashed: it may be of no account.
            address: Where it came from.
            limits: For ``key`` and ``address`` the seconds looked back on and the attempts allowed in them.
        """
        now = time.time()
        with self._changing() as db:
            db.execute("DELETE FROM attempts WHERE at<?", (now - max(seconds for seconds, _ in limits.values()),))
            for column, value in (("key", key), ("address", address)):
                seconds, most = limits[column]
                query = f"SELECT count(*) FROM attempts WHERE {column}=? AND at>=?"
                if db.execute(query, (value, now - seconds)).fetchone()[0] >= most:
                    return False
            db.execute("INSERT INTO attempts VALUES (?,?,?)", (now, key, address))
            return True

    def forget_attempts(self, key: str) -> None:
        """Forget the attempts of a name: the right password was given."""
        with self._changing() as db:
            db.execute("DELETE FROM attempts WHERE key=?", (key,))

    # ------------------------------------------------------------------ audit

    def note(self, actor: Actor, object: str = "", result: str = "ok", detail: Mapping[str, Any] | None = None) -> None:
        """Write what somebody did that changed no account."""
        with self._changing() as db:
            append_entry(db, actor, object, result, detail)

    def head(self) -> ChainHead:
        """The head of the chain of this file."""
        with self._reading:
            return chain_head(self._reader)

    def entries(self, *, before: int | None = None, limit: int | None = None) -> list[AuditEntry]:
        """Rows of the audit of this file, the latest first."""
        with self._reading:
            return list(read_entries(self._reader, before=before, limit=limit))

    def check(self, known: ChainHead | None = None) -> list[str]:
        """What is wrong with the audit of this file."""
        with self._reading:
            return check_chain(self._reader, known)

    def witness(self, name: str) -> ChainHead | None:
        """The last head of another chain that was seen from here."""
        found = self._read("SELECT head FROM witness WHERE name=?", (name,))
        return ChainHead.parse(found[0][0]) if found else None

    def set_witness(self, name: str, head: ChainHead) -> None:
        """Keep the head of another chain, unless a later one is kept."""
        with self._changing() as db:
            row = db.execute("SELECT head FROM witness WHERE name=?", (name,)).fetchone()
            if row is None or ChainHead.parse(row[0]).number < head.number:
                db.execute("INSERT OR REPLACE INTO witness VALUES (?,?)", (name, str(head)))

    # ------------------------------------------------------------------ inside

    def _make_tables(self) -> None:
        with self._changing() as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version >= FORMAT:
                return  # another process was first
            if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreError(f"{self.path} 不是策脉的账号文件。请移走它，再运行一次。")
            for statement in filter(str.strip, (UPGRADE if version else SCHEMA).split(";")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={FORMAT}")

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error, StoreError):
                    self._db.execute("ROLLBACK")
                raise

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._reading:
            return self._reader.execute(query, values).fetchall()


def _account(row: Any) -> Account:
    return Account(*row)


def _prefixed(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in _ACCOUNT.split(", "))


def _granted(table: str) -> str:
    """The condition that the account of a session or token may be where it is: what was taken back holds however it was done."""
    return (
        f"({table}.library='' OR EXISTS (SELECT 1 FROM grants g WHERE g.account={table}.account AND g.library={table}.library))"
    )
