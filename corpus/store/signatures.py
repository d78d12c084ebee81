"""Signatures 文本指纹 of the documents in the store: what tells near copies of a text without comparing all pairs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from corpus.store.database import Database


class SignatureTables(Database):
    """One signature a document; of another method than asked for it counts as missing."""

    def signatures(self, method: str, documents: Iterable[int]) -> dict[int, bytes]:
        """The signatures of some documents made by a method, by document."""
        found = self._db.execute(
            "SELECT s.document, s.data FROM json_each(?) one CROSS JOIN signatures s ON s.document=one.value WHERE s.method=?",
            (json.dumps(sorted(documents)), method),
        )
        return {row: bytes(data) for row, data in found}

    def put_signatures(self, method: str, signatures: Mapping[int, bytes]) -> None:
        """Store signatures that were worked out on demand; they are derived, so the generation stays what it is."""
        self._db.executemany(
            "INSERT OR REPLACE INTO signatures (document, method, data) VALUES (?,?,?)",
            [(row, method, data) for row, data in signatures.items()],
        )

    def bodies(self, documents: Iterable[int]) -> Iterator[tuple[int, str]]:
        """The texts of some documents without head matter and page decoration; the whole text where nothing else is left."""
        found = self._db.execute(
            "SELECT row, text, json_extract(record,'$.zones') FROM documents WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        for row, text, zones in found:
            body = "".join(text[start:end] for kind, start, end, _ in json.loads(zones or "[]") if kind in ("body", "attachment"))
            yield row, body or text
