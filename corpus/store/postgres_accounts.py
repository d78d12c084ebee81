"""The accounts of a library in PostgreSQL 账号: one set for all machines, so that who signed in at one is known at every other.

They lie in a schema of their own beside the library's tables, for ``cemai copy`` and exports are not to hold passwords.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any, Self, cast

from corpus.errors import NewerFormat
from corpus.store.accounts import FORMAT, SCHEMA, UPGRADE, AccountStore
from corpus.store.dialect import translate_schema
from corpus.store.postgres import PostgresCorpus, ServerConnection

NAMESPACE = "cemai_accounts"
_ANY = f"SELECT EXISTS (SELECT 1 FROM {NAMESPACE}.accounts)"
_SEEN_FOR = 1.0
"""Seconds for which it is believed that a library has no accounts: every call to a server asks."""
_without: dict[str, float] = {}


class AccountsConnection(ServerConnection):
    """A connection whose tables are those of the accounts."""

    lock = "SELECT pg_advisory_xact_lock(22052)"

    def _connect(self) -> Any:
        db = super()._connect()
        db.execute(f"SET search_path={NAMESPACE}")
        return db


class PostgresAccountStore(AccountStore):
    """As ``AccountStore``, in the database of the library."""

    def __init__(self, address: str) -> None:
        """Connect; the tables are made where they are missing, those of the library too. Raises ``StoreError``."""
        self._lock = threading.RLock()
        self._reading = threading.Lock()
        if not has_library(address):
            PostgresCorpus.open(address).close()
        db = AccountsConnection(address, read_only=False)
        try:
            _make_tables(db)
            self._reader = cast("Any", AccountsConnection(address, read_only=True))
        except BaseException:
            db.close()
            raise
        self._db = cast("Any", db)
        self._address = address

    def add_account(self, *values: Any, **named: Any) -> int:
        """As ``AccountStore.add_account``."""
        _without.pop(self._address, None)
        return super().add_account(*values, **named)

    @classmethod
    def of_address(cls, address: str, *, create: bool) -> Self | None:
        """The accounts of a library; None where it has none and none are to be made. Raises ``StoreError``."""
        if create:
            _without.pop(address, None)
        return cls(address) if create or has_accounts_at(address) else None


def has_accounts_at(address: str) -> bool:
    """Whether a library in a database has accounts. Raises ``StoreError`` where that cannot be known."""
    if time.monotonic() - _without.get(address, float("-inf")) < _SEEN_FOR:
        return False
    db = ServerConnection(address, read_only=True)
    try:
        own = db.connected()
        known = own.execute(f"SELECT to_regclass('{NAMESPACE}.accounts')").fetchone()[0] is not None
        found = bool(known and own.execute(_ANY).fetchone()[0])
    except Exception as error:
        raise db.explained(error) from error
    finally:
        with suppress(Exception):
            db.close()
    if not found:
        _without[address] = time.monotonic()
    return found


def has_library(address: str) -> bool:
    """Whether a database holds a library. Raises ``StoreError``."""
    db = ServerConnection(address, read_only=True)
    try:
        return db.connected().execute("SELECT to_regclass('meta')").fetchone()[0] is not None
    finally:
        db.close()


def _make_tables(db: ServerConnection) -> None:
    own = db.connected()
    with own.transaction():
        own.execute(AccountsConnection.lock)  # another machine may be first
        if own.execute(f"SELECT to_regclass('{NAMESPACE}.accounts')").fetchone()[0] is None:
            own.execute(f"CREATE SCHEMA IF NOT EXISTS {NAMESPACE}")
            own.execute(f"{translate_schema(SCHEMA)}; CREATE TABLE format AS SELECT {FORMAT} AS number")
        number = own.execute("SELECT number FROM format").fetchone()[0]
        if number < FORMAT:
            own.execute(f"{translate_schema(UPGRADE)}; UPDATE format SET number={FORMAT}")
        if number > FORMAT:
            raise NewerFormat("账号由更新版本的策脉建立。请升级策脉；账号未被改动。")
