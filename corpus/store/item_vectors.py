"""Vectors of items 条目向量 in the store: of each document one blob a model, made in the background after the document came in."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.store.database import Database
from corpus.store.integrity import blob_hash


class ItemVectorTables(Database):
    """The vectors of a document's items. They are derived, so storing them leaves the generation as it is.

    Rows are numbered as they come: who has seen everything up to a number asks for what came later.
    """

    def put_item_vectors(self, model: str, document: int, data: bytes) -> bool:
        """Store the vectors of a document under a model's name; False where the document has gone in the meantime."""
        return (
            self._db.execute(
                "INSERT OR REPLACE INTO item_vectors (document, model, data, mark)"
                " SELECT row, ?, ?, ? FROM documents WHERE row=?",
                (model, data, blob_hash(data), document),
            ).rowcount
            > 0
        )

    def item_vectors(self, model: str, after: int = 0, document: int | None = None) -> Iterator[tuple[int, int, bytes]]:
        """(number, document row, data) of the documents that are not removed, in the order they came: of all that came after a number,
        or of one document.
        """
        yield from self._db.execute(
            "SELECT v.number, v.document, v.data FROM item_vectors v JOIN documents d ON d.row=v.document"
            " WHERE v.number>? AND v.model=? AND d.removed_at IS NULL"
            + (" ORDER BY v.number" if document is None else " AND v.document=?"),
            (after, model) if document is None else (after, model, document),
        )

    def last_item_vectors(self) -> int:
        """The number of the vectors that came last; 0 where there are none."""
        return int(self._db.execute("SELECT coalesce(max(number), 0) FROM item_vectors").fetchone()[0])

    def without_item_vectors(self, model: str) -> list[int]:
        """The documents that have no vectors of a model, in the order they came."""
        return [
            row
            for (row,) in self._db.execute(
                "SELECT d.row FROM documents d WHERE d.removed_at IS NULL AND NOT EXISTS"
                " (SELECT 1 FROM item_vectors v WHERE v.document=d.row AND v.model=?) ORDER BY d.row",
                (model,),
            )
        ]
