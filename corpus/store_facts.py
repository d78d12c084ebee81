"""Facts of the documents in the store, looked up by the keys they are filed under."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.database import Database
from corpus.document import Span
from corpus.stored import FactRow, StoredFact


class FactTables(Database):
    """Tasks, targets, terms and actors with their keys."""

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
