"""Facts of the documents in the store, looked up by the keys they are filed under."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter

from corpus.store.database import Database
from corpus.store.rows import FACTS_VERSION, FactRow, R, StoredFact

_REMOVED = "(SELECT row FROM documents WHERE removed_at IS NOT NULL)"
_LIVE = f"f.document NOT IN {_REMOVED}"


class FactTables(Database):
    """Tasks, targets, terms and actors with their keys."""

    def facts(
        self,
        record: type[R],
        *,
        key: tuple[str, str] | None = None,
        keys: tuple[str, Iterable[str]] | None = None,
        documents: Iterable[int] | None = None,
    ) -> list[StoredFact[R]]:
        """Facts of one kind, in order of document and place: ``corpus.facts(TaskRecord, key=("unit", "州财政局"))``.

        Args:
            record: The class of their records, which says the kind and reads them.
            key: A key they are filed under, as (kind of key, key).
            keys: Several keys of one kind; a fact filed under two of them comes once.
            documents: Row numbers of the documents they are in; without it all of the library.
        """
        if key is not None:
            keys = (key[0], (key[1],))
        values: list[str] = [record.fact_kind]
        if keys is not None:
            # CROSS JOIN keeps the order: from the few keys to their facts, not over all facts
            source = "(SELECT DISTINCT fact FROM fact_keys WHERE kind=? AND key IN (SELECT value FROM json_each(?))) k CROSS JOIN facts f ON f.row=k.fact"
            values = [keys[0], _array(keys[1]), record.fact_kind]
        else:
            source = "facts f"
        query = (
            f"SELECT f.row, f.id, f.document, d.id, d.source, f.start, f.end, CAST(f.payload AS BLOB) FROM {source}"
            f" CROSS JOIN documents d ON d.row=f.document WHERE f.kind=? AND {_LIVE}"
        )
        if documents is not None:
            query += " AND f.document IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(documents)))
        # records come as bytes, decoded when read; sorted here: SQLite would carry every record through its sorter
        found = sorted(self._db.execute(query, values), key=itemgetter(2, 5, 6, 0))
        return [StoredFact(record, *row) for row in found]

    def facts_at(self, record: type[R], rows: Iterable[int]) -> list[StoredFact[R]]:
        """Facts of one kind by their row numbers, in order of document and place; those of removed documents are left out."""
        query = (
            "SELECT f.row, f.id, f.document, d.id, d.source, f.start, f.end, CAST(f.payload AS BLOB) FROM json_each(?) one"
            f" CROSS JOIN facts f ON f.row=one.value CROSS JOIN documents d ON d.row=f.document WHERE f.kind=? AND {_LIVE}"
        )
        found = self._db.execute(query, (json.dumps(sorted(set(rows))), record.fact_kind))
        return [StoredFact(record, *row) for row in sorted(found, key=itemgetter(2, 5, 6, 0))]

    def filed(
        self, kinds: Iterable[str], keys: Iterable[str] | None = None, *, documents: Iterable[int] | None = None
    ) -> list[tuple[str, str, int, int]]:
        """(kind, key, document, row of the fact) of everything filed under keys of some kinds: lists without the records."""
        query = (
            "SELECT k.kind, k.key, f.document, f.row FROM fact_keys k JOIN facts f ON f.row=k.fact"
            f" WHERE k.kind IN (SELECT value FROM json_each(?)) AND {_LIVE}"
        )
        values = [_array(kinds)]
        if keys is not None:
            query += " AND k.key IN (SELECT value FROM json_each(?))"
            values.append(_array(keys))
        if documents is not None:
            query += " AND f.document IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(documents)))
        return self._db.execute(query, values).fetchall()

    def count_facts(self, kinds: Iterable[str], documents: Iterable[int] | None = None) -> dict[int, int]:
        """How many facts of some kinds each document has, by its row number; one without any is left out."""
        of = "" if documents is None else "json_each(?) one CROSS JOIN facts f ON f.document=one.value"
        query = (
            f"SELECT f.document, count(*) FROM {of or 'facts f'} WHERE f.kind IN (SELECT value FROM json_each(?))"
            f" AND {_LIVE} GROUP BY f.document"
        )
        values = [_array(kinds)] if documents is None else [json.dumps(list(documents)), _array(kinds)]
        return dict(self._db.execute(query, values).fetchall())

    def keys_of_facts(self, fact_kind: str, kind: str, documents: Iterable[int]) -> list[tuple[int, str]]:
        """(document, key) for the keys of one kind that the facts of one kind in some documents are filed under."""
        query = (
            "SELECT DISTINCT f.document, k.key FROM json_each(?) one CROSS JOIN facts f ON f.document=one.value"
            " CROSS JOIN fact_keys k ON k.fact=f.row WHERE f.kind=? AND k.kind=?"
        )
        return self._db.execute(query, (json.dumps(list(documents)), fact_kind, kind)).fetchall()

    def keyed(
        self, kinds: Iterable[str], *, keys: Iterable[str] | None = None, facts: Iterable[int] | None = None
    ) -> list[tuple[str, str, int]]:
        """(kind, key, row of the fact) under keys of some kinds: of given keys, or of given facts; from the keys alone.

        Facts of removed documents are among them: the caller has the facts it means.
        """
        if facts is not None:
            query = "SELECT k.kind, k.key, k.fact FROM json_each(?) one CROSS JOIN fact_keys k ON k.fact=one.value WHERE"
            values = [json.dumps(list(facts))]
        else:
            query, values = "SELECT k.kind, k.key, k.fact FROM fact_keys k WHERE", []
        query += " k.kind IN (SELECT value FROM json_each(?))"
        values.append(_array(kinds))
        if keys is not None:
            query += " AND k.key IN (SELECT value FROM json_each(?))"
            values.append(_array(keys))
        return self._db.execute(query, values).fetchall()

    def count_keys(self, kinds: Iterable[str], documents: Iterable[int] | None = None) -> list[tuple[str, int, str, int]]:
        """(kind, document, key, number of its facts) for the keys of some kinds: of some documents, or of all."""
        of = (
            ""
            if documents is None
            else "json_each(?) one CROSS JOIN facts f ON f.document=one.value CROSS JOIN fact_keys k ON k.fact=f.row"
        )
        query = (
            f"SELECT k.kind, f.document, k.key, count(*) FROM {of or 'fact_keys k JOIN facts f ON f.row=k.fact'}"
            f" WHERE k.kind IN (SELECT value FROM json_each(?)) AND {_LIVE} GROUP BY k.kind, f.document, k.key"
        )
        values = [_array(kinds)] if documents is None else [json.dumps(list(documents)), _array(kinds)]
        return self._db.execute(query, values).fetchall()

    def put_facts(self, document: int, facts: Sequence[FactRow]) -> None:
        """Replace the facts of a document."""
        with self.transaction():
            self._db.execute("DELETE FROM facts WHERE document=?", (document,))
            self._db.execute("INSERT OR REPLACE INTO fact_versions VALUES (?,?)", (document, FACTS_VERSION))
            self._db.executemany(
                "INSERT OR IGNORE INTO facts (document, kind, id, start, end, payload) VALUES (?,?,?,?,?,?)",
                [
                    (document, record.fact_kind, record.id, record.start, record.end, record.to_json())
                    for record in sorted((fact.record for fact in facts), key=attrgetter("start", "end"))
                ],
            )
            rows = {
                (kind, id): row
                for row, kind, id in self._db.execute("SELECT row, kind, id FROM facts WHERE document=?", (document,))
            }
            self._db.executemany(
                "INSERT OR IGNORE INTO fact_keys VALUES (?,?,?)",
                [(kind, key, rows[fact.record.fact_kind, fact.record.id]) for fact in facts for kind, key in fact.keys],
            )
            self._seal(document)


def _array(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
