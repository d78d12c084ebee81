"""BM25 over pairs of neighbouring characters: the plainest good search of Chinese text, to compare with and to find misleading passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

K1, B = 1.5, 0.75


def pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring characters, spaces left out."""
    packed = "".join(text.split())
    return [packed[i : i + 2] for i in range(len(packed) - 1)]


class PairIndex:
    """Scores every passage for a question."""

    def __init__(self, passages: Sequence[str]) -> None:
        from scipy.sparse import csr_matrix

        self._terms: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        for i, passage in enumerate(passages):
            found = [self._terms.setdefault(pair, len(self._terms)) for pair in pairs_of(passage)]
            columns += found
            rows += [i] * len(found)
        shape = (len(passages), len(self._terms))
        counts = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
        counts.sum_duplicates()
        length = np.asarray(counts.sum(1)).ravel()
        frequency = np.bincount(counts.indices, minlength=shape[1])
        weight = np.log(1 + (shape[0] - frequency + 0.5) / (frequency + 0.5))
        damping = np.repeat(K1 * (1 - B + B * length / length.mean()), np.diff(counts.indptr))
        counts.data = (counts.data * (K1 + 1) / (counts.data + damping) * weight[counts.indices]).astype(np.float32)
        self._columns = counts.tocsc()

    def scores(self, question: str) -> Any:
        """A float32 score for each passage."""
        out = np.zeros(self._columns.shape[0], np.float32)
        start, rows, values = self._columns.indptr, self._columns.indices, self._columns.data
        for pair in pairs_of(question):
            at = self._terms.get(pair)
            if at is not None:
                out[rows[start[at] : start[at + 1]]] += values[start[at] : start[at + 1]]
        return out
