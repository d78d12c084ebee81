"""Small decision trees, added up 提升树: the part of the ranking that a weighted sum cannot say.

``data/trees.json`` names the columns and lists the trees node by node as [column, at most, left, right, value]: a row goes left
where its column is at most the bound; a node whose column is -1 is a leaf. ``tools/train_ranking.py`` writes the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

FILE = "trees.json"


class Forest(NamedTuple):
    """The trees as arrays of one row per tree; a leaf leads to itself."""

    columns: tuple[str, ...]
    column: Any
    bound: Any
    left: Any
    right: Any
    value: Any
    depth: int

    def sums(self, rows: Any) -> Any:
        """What the trees say of each row, added up."""
        import numpy as np

        # flat arrays read with take: several times faster than indexing by two arrays
        trees, width = self.column.shape
        starts = np.arange(trees) * width
        node = np.broadcast_to(starts, (len(rows), trees))
        flat = np.ascontiguousarray(rows).ravel()
        lines = (np.arange(len(rows)) * rows.shape[1])[:, None]
        for _ in range(self.depth):
            below = flat.take(lines + self.column.take(node)) <= self.bound.take(node)
            node = np.where(below, self.left.take(node), self.right.take(node)) + starts
        return self.value.take(node).sum(axis=1)


def grow(columns: Sequence[str], trees: Sequence[Sequence[Sequence[float]]]) -> Forest:
    """Lay trees out for adding up."""
    import numpy as np

    widest = max(map(len, trees))
    shape = (len(trees), widest)
    column, left, right = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    bound, value = np.full(shape, np.inf), np.zeros(shape)
    for i, tree in enumerate(trees):
        for j, (name, at_most, low, high, amount) in enumerate(tree):
            leaf = name < 0
            left[i, j], right[i, j] = (j, j) if leaf else (low, high)
            column[i, j], bound[i, j], value[i, j] = (0, np.inf, amount) if leaf else (name, at_most, 0.0)
    return Forest(tuple(columns), column, bound, left, right, value, max(_depth(tree) for tree in trees))


def _depth(tree: Sequence[Sequence[float]], node: int = 0) -> int:
    name, _, low, high, _ = tree[node]
    return 0 if name < 0 else 1 + max(_depth(tree, int(low)), _depth(tree, int(high)))


@lru_cache(maxsize=1)
def shipped() -> Forest:
    """The trees that come with the program."""
    record = json.loads(resources.files("index").joinpath("data", FILE).read_text(encoding="utf-8"))
    return grow(record["columns"], record["trees"])
