"""Evaluate boosted decision trees 提升树, which rank the candidates of a search.

``data/trees.json`` names the columns and lists the trees node by node as [column, at most, left, right, value]: a row goes left
where its column is at most the bound; a node whose column is -1 is a leaf. ``tools/train_ranking.py`` writes the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

FILE, ITEM_FILE = "trees.json", "trees_items.json"
"""The trees for a library without and with vectors of items."""


Tree = Sequence[Sequence[float]]


class Forest(NamedTuple):
    """Trees as arrays, so that every condition is tested once for all trees that share it.

    A condition that is false excludes the leaves to its left; the first leaf that is not excluded is the one the row falls into
    (Lucchese et al., QuickScorer, 2015).
    """

    columns: tuple[str, ...]
    column: Any
    """Column and upper bound of each condition."""
    bound: Any
    condition: Any
    """The condition of each node, one column per tree; ``out`` has a bit for each leaf excluded when the condition is false."""
    out: Any
    value: Any
    """Values of the leaves, one row per tree."""

    def sums(self, rows: Any) -> Any:
        """The sum of all trees for each row."""
        import numpy as np

        failed = ~(rows.T.take(self.column, axis=0) <= self.bound)
        out = np.bitwise_or.reduce(failed.take(self.condition, axis=0) * self.out, axis=0)
        first = (~out & (out + 1)).astype(np.float64)  # the lowest bit that is not set
        trees, widest = self.value.shape
        leaf = np.frexp(first)[1] - 1 + (np.arange(trees) * widest)[:, None]
        return self.value.take(leaf.T).sum(axis=1)


def lay_out_trees(columns: Sequence[str], trees: Sequence[Tree]) -> Forest:
    """Convert trees to the arrays of a ``Forest``."""
    import numpy as np

    laid = [_laid(tree) for tree in trees]
    conditions = {key: i for i, key in enumerate(sorted({(name, bound) for nodes, _ in laid for name, bound, _ in nodes}))}
    widest = max(len(values) for _, values in laid)
    kind = next(np.dtype(f"u{size}") for size in (2, 4, 8) if widest <= 8 * size)
    shape = (max(len(nodes) for nodes, _ in laid), len(trees))
    condition, out, value = np.zeros(shape, dtype=np.intp), np.zeros(shape, dtype=kind), np.zeros((len(trees), widest))
    for i, (nodes, values) in enumerate(laid):
        value[i, : len(values)] = values
        for j, (name, bound, left) in enumerate(nodes):
            condition[j, i], out[j, i] = conditions[name, bound], left
    column, bounds = [name for name, _ in conditions], [bound for _, bound in conditions]
    return Forest(tuple(columns), np.array(column), np.array(bounds)[:, None], condition, out[:, :, None], value)


def _laid(tree: Tree) -> tuple[list[tuple[int, float, int]], list[float]]:
    """Column, bound and left leaves (as bits) of each node; values of the leaves from left to right."""
    nodes: list[tuple[int, float, int]] = []
    values: list[float] = []

    def walk(node: int) -> int:
        name, bound, low, high, value = tree[node]
        if name < 0:
            values.append(value)
            return 1 << len(values) - 1
        left = walk(int(low))
        nodes.append((int(name), bound, left))
        return left | walk(int(high))

    walk(0)
    return nodes, values


@lru_cache(maxsize=2)
def shipped_trees(file: str = FILE) -> Forest:
    """The trees in a file of ``data``."""
    record = json.loads(resources.files("index").joinpath("data", file).read_text(encoding="utf-8"))
    return lay_out_trees(record["columns"], record["trees"])
