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

    def best(self, scores: Any, count: int = TOP) -> list[tuple[float, int, int]]:
        """The best documents by their best passage: (score, number of the document, number of the passage)."""
        best = np.maximum.reduceat(scores, self.first[:-1])
        count = min(count, len(best))
        top = np.argpartition(-best, count - 1)[:count]
        top = top[np.lexsort((top, -best[top]))]
        places = [self.first[d] + int(scores[self.first[d] : self.first[d + 1]].argmax()) for d in top]
        return list(zip(best[top].tolist(), top.tolist(), places, strict=True))

    def span(self, document: int, passage: int) -> FoundSpan:
        """Where a passage stands."""
        begin = self.begin[passage]
        return FoundSpan(self.documents[document].id, begin, min(begin + LENGTH, len(self.documents[document].text)))

    def spans(self, best: Iterable[tuple[float, int, int]]) -> list[FoundSpan]:
        """Documents found, as spans."""
        return [self.span(document, passage) for _, document, passage in best]
