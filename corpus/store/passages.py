"""Passages of the documents and their vectors in the store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from corpus.document import Span
from corpus.store.database import Database
from corpus.store.rows import StoredPassage


class PassageTables(Database):
    """What the indexes are made from."""

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
            yield StoredPassage(row[0], row[1], row[2], Span(row[3], row[4]), _trail(row[5]))

    def passages_by_row(self, rows: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by their row numbers."""
        found = self._db.execute(
            "SELECT row, document, ordinal, start, end, trail FROM passages WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(rows)),),
        )
        return {r[0]: StoredPassage(r[0], r[1], r[2], Span(r[3], r[4]), _trail(r[5])) for r in found}

    def vectors(self, model: str, document: int | None = None) -> Iterator[tuple[int, int, bytes]]:
        """(passage row, document row, float16 bytes) of every stored embedding of a model."""
        query = (
            "SELECT v.passage, p.document, v.data FROM vectors v JOIN passages p ON p.row=v.passage"
            " JOIN documents d ON d.row=p.document WHERE v.model=? AND d.removed_at IS NULL"
        )
        yield from self._db.execute(
            query + ("" if document is None else " AND p.document=?"), (model,) if document is None else (model, document)
        )

    def unembedded(self, model: str, *, after: int = 0) -> list[int]:
        """Row numbers, above ``after``, of passages that have no vector of this model; removed documents, which may be restored,
        are among theirs."""
        query = (
            "SELECT p.row FROM passages p LEFT JOIN vectors v ON v.passage=p.row AND v.model=?"
            " WHERE p.row>? AND v.passage IS NULL ORDER BY p.row"
        )
        return [row for (row,) in self._db.execute(query, (model, after))]

    def last_passage(self) -> int:
        """The highest row number of a passage; 0 where there is none. Later passages have higher ones."""
        return int(self._db.execute("SELECT coalesce(max(row), 0) FROM passages").fetchone()[0])

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


@lru_cache(maxsize=1024)
def _trail(written: str) -> tuple[str, ...]:
    """Headings above a passage as they are stored: most passages have those of the one before."""
    return tuple(json.loads(written))
