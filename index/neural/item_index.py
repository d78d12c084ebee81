"""The index of item vectors 条目索引: which passages hold the items nearest to a question, and how near each item is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from corpus.store import Corpus
from index.dense.vectors import DenseIndex
from index.neural.item_vectors import ITEMS, read_vectors, stored_name

if TYPE_CHECKING:
    from index.neural.encoder import ItemEncoder

COMPLETE = "items complete"
"""Setting of a library: the name of the vectors that all its documents had once. What came later may still wait for its own."""
UNRELATED = 0.7
"""The cosine of a question and an item that have nothing to do with each other: what is shown and ranked by is how far above it
a pair lies, from 0 to 1."""
ITEMS_A_PASSAGE = 3
"""Times as many items looked for as passages wanted."""


class ItemIndex(DenseIndex):
    """The vectors of the items of a library, found by the number of passage and item (``item_number``)."""

    def __init__(self, corpus: Corpus, encoder: ItemEncoder) -> None:
        super().__init__(corpus, stored_name(encoder), encoder.dimension, "items")
        self.encoder = encoder
        self._seen = 0
        self._encode = lru_cache(maxsize=64)(self._encoded)

    @staticmethod
    def is_complete(corpus: Corpus, encoder: ItemEncoder) -> bool:
        """Whether all documents of a library had vectors once, so that questions may rely on them."""
        return corpus.setting(COMPLETE) == stored_name(encoder)

    @staticmethod
    def mark_complete(corpus: Corpus, encoder: ItemEncoder) -> None:
        """Note that all documents have vectors."""
        if not ItemIndex.is_complete(corpus, encoder):
            corpus.set_setting(COMPLETE, stored_name(encoder))

    def refresh(self, generation: int) -> None:
        """Bring the index up to a generation of the library and to the vectors that have come since."""
        last = self._corpus.last_item_vectors()
        if (generation, last) == (self.generation, self._seen):
            return
        if self.generation < 0 and not self._load(generation):
            self.rebuild(generation)
            return
        changes = self._corpus.changes_since(self.generation)
        new = list(self._corpus.item_vectors(self.model, self._seen))
        gone = {change.document for change in changes} | {document for _, document, _ in new}
        kept = {change.document for change in changes if change.operation == "put"} - {document for _, document, _ in new}
        added = [*self._triples(new), *(triple for document in kept for triple in self._stored(document))]
        if gone and not self._change(gone, added):
            self.rebuild(generation)
            return
        self.generation, self._seen = generation, last

    def rebuild(self, generation: int) -> None:
        """Read every vector from the library and write a new copy."""
        self._seen = self._corpus.last_item_vectors()
        super().rebuild(generation)

    def encode(self, question: str) -> Any:
        """The unit vector of a question; those of the last ones are kept."""
        return self._encode(question)

    def nearest(
        self, question: str, limit: int, documents: set[int] | None = None, without: frozenset[int] = frozenset()
    ) -> dict[int, tuple[int, float]]:
        """Document and nearness (``UNRELATED``) of the best item of the passages nearest to a question, by passage row."""
        numbers, owners, cosines = self.search(self.encode(question), ITEMS_A_PASSAGE * limit, documents, without=without)
        found: dict[int, tuple[int, float]] = {}
        for number, owner, cosine in zip(numbers.tolist(), owners.tolist(), above_unrelated(cosines).tolist(), strict=True):
            found.setdefault(number // ITEMS, (owner, cosine))
            if len(found) == limit:
                break
        return found

    def best_of_passages(self, question: str, passages: Sequence[int]) -> list[float] | None:
        """The nearness of the best item of each passage; None where one has no vectors yet."""
        np, query = self._np, self.encode(question)
        wanted = np.asarray(passages, dtype=np.int64)
        best = np.full(len(wanted), -np.inf, dtype=np.float32)
        state = self._state
        for known, vectors in ((state.rows, state.vectors), (state.new_rows, state.new_vectors)):
            if known is None or not len(known) or not len(wanted):
                continue
            first = np.searchsorted(known, wanted * ITEMS)
            counts = np.searchsorted(known, (wanted + 1) * ITEMS) - first
            owner = np.repeat(np.arange(len(wanted)), counts)
            at = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + first[owner]
            np.maximum.at(best, owner, np.einsum("ij,j->i", vectors[at].astype(np.float32), query))
        return None if -np.inf in best else list(above_unrelated(best).tolist())

    def _encoded(self, question: str) -> Any:
        return self.encoder.encode_queries([question])[0]

    def _stored(self, document: int | None = None) -> Iterable[tuple[int, int, bytes]]:
        return self._triples(self._corpus.item_vectors(self.model, document=document))

    def _triples(self, stored: Iterable[tuple[int, int, bytes]]) -> Iterable[tuple[int, int, bytes]]:
        for _, document, data in stored:
            for number, vector in read_vectors(data, self.dimension):
                yield number, document, vector

    def _progress(self) -> dict[str, Any]:
        return {"item_vectors": self._seen}

    def _resume(self, stamp: dict[str, Any]) -> None:
        self._seen = int(stamp.get("item_vectors", 0))


def above_unrelated(cosines: Any) -> Any:
    """How far cosines lie above ``UNRELATED``, from 0 to 1."""
    return ((cosines - UNRELATED) / (1 - UNRELATED)).clip(min=0.0)
