"""Moving a library from one store to another 搬库: every row of every table as it is, so that exports of both are byte for byte the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.errors import StoreError
from corpus.store.address import describe_place
from corpus.store.corpus import Corpus
from corpus.store.database import LIBRARY_SCHEMA
from corpus.store.dialect import TableShape, read_shapes

_AT_ONCE = 500
"""Rows read and written at a time."""
_OWN = ("format",)
"""Rows of ``meta`` that belong to the store, not to the library."""
_BY_COMING = ("changes", "answers")
"""Tables whose rows have an order that no column holds."""


def copy_library_to(
    source: Path | str, target: Path | str, progress: Callable[[int, int, str], None] | None = None
) -> dict[str, int]:
    """Copy a library into a store that holds nothing yet; both are then the same library, with the same id and generation.

    Args:
        source: A folder, or the address of a database.
        target: The same; it is made, and must be empty.
        progress: Called with (tables done, tables, name of the table).

    Returns:
        Rows by table.

    Raises:
        StoreError: Where the target holds something, or either cannot be opened. The target is then as it was.
    """
    shapes = read_shapes(LIBRARY_SCHEMA)
    counts: dict[str, int] = {}
    with Corpus.open(source, create=False, read_only=True) as old, Corpus.open(target) as new:
        if new.generation or len(new):
            raise StoreError(f"{describe_place(target)} 里已有文档库，没有复制。请指定空的文件夹或数据库。")
        with old.snapshot(), new.copying() as write:
            for done, (name, shape) in enumerate(shapes.items()):
                if progress:
                    progress(done, len(shapes), name)
                counts[name] = _copy_table(old, write, name, shape)
    return counts


def _copy_table(old: Corpus, write: Callable[[str, list[tuple[Any, ...]]], object], name: str, shape: TableShape) -> int:
    if name == "audit" and not old.audit_head().number:
        return 0
    listed = ", ".join(shape.columns)
    order = "rowid" if name in _BY_COMING else ", ".join(shape.unique) if shape.numbered is None else shape.numbered
    said = f"INSERT INTO {name} ({listed}) VALUES ({','.join('?' * len(shape.columns))})"
    if name == "meta":
        said = "INSERT OR REPLACE INTO meta VALUES (?,?)"
    count = 0
    found = old.rows_of(f"SELECT {listed} FROM {name} ORDER BY {order}")
    while rows := found.fetchmany(_AT_ONCE):
        kept = [row for row in rows if name != "meta" or row[0] not in _OWN]
        write(said, kept)
        count += len(kept)
    return count
