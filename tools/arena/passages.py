"""Documents cut into passages, those of a document next to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tools.arena.documents import Document
from tools.arena.measures import FoundSpan

LENGTH = 300
"""Characters of a passage."""
TOP = 100
"""Documents listed."""


class Passages:
    """All documents cut into passages, those of a document next to each other."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        starts = [range(0, max(1, len(d.text)), LENGTH) for d in documents]
        self.first = np.cumsum([0, *(len(some) for some in starts)])
        self.begin = [start for some in starts for start in some]
        self.texts = [
            f"{d.title}\n{d.text[start : start + LENGTH]}" for d, some in zip(documents, starts, strict=True) for start in some
        ]

    def best_scores(self, scores: Any) -> Any:
        """The score of each document: that of its best passage."""
        return np.maximum.reduceat(scores, self.first[:-1])

    def best(self, scores: Any) -> list[tuple[float, int, int]]:
        """The best documents: (score, number of the document, number of its best passage)."""
        return self._list(self.best_scores(scores), scores)

    def best_of_sums(self, some: Any, others: Any) -> list[tuple[float, int, int]]:
        """As ``best``, by two kinds of scores: a document has its best of each, though they be of two passages."""
        return self._list(self.best_scores(some) + self.best_scores(others), some + others)

    def _list(self, best: Any, scores: Any) -> list[tuple[float, int, int]]:
        count = min(TOP, len(best))
        top = np.argpartition(-best, count - 1)[:count]
        top = top[np.lexsort((top, -best[top]))]
        places = [int(self.first[d] + scores[self.first[d] : self.first[d + 1]].argmax()) for d in top]
        return list(zip(best[top].tolist(), top.tolist(), places, strict=True))

    def span(self, document: int, passage: int) -> FoundSpan:
        """Where a passage stands."""
        begin = self.begin[passage]
        return FoundSpan(self.documents[document].id, begin, min(begin + LENGTH, len(self.documents[document].text)))

    def spans(self, best: Iterable[tuple[float, int, int]]) -> list[FoundSpan]:
        """Documents found, as spans."""
        return [self.span(document, passage) for _, document, passage in best]
