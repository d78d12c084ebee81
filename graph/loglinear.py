"""Log-linear models over named signs: small classifiers whose weights are plain numbers in ``graph/data`` that anybody can read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import exp

import numpy as np


@dataclass(frozen=True)
class LogLinear:
    """A classifier: the probability of a class grows with the sum of what the signs of a thing say for it.

    Args:
        classes: The names of the classes.
        signs: The row of each sign in ``weights``; signs it does not know say nothing.
        weights: What a sign says for each class, one row a sign.
    """

    classes: tuple[str, ...]
    signs: dict[str, int]
    weights: np.ndarray

    def probabilities(self, signs: Iterable[str]) -> dict[str, float]:
        """How probable each class is, given the signs of a thing.

        >>> LogLinear(("yes", "no"), {"bias": 0}, np.array([[1.0, -1.0]])).probabilities(["bias"])["yes"] > 0.8
        True
        """
        known = self.signs
        # each once, in the order given: a sum in the order of a set is not the same every time
        rows = [known[sign] for sign in dict.fromkeys(signs) if sign in known]
        # a handful of numbers: Python's own are faster than an array's
        total = np.add.reduce(self.weights[rows], axis=0).tolist()
        highest = max(total)
        shares = [exp(value - highest) for value in total]
        whole = sum(shares)
        return {name: share / whole for name, share in zip(self.classes, shares, strict=True)}


@lru_cache(maxsize=8)
def load_model(name: str) -> LogLinear:
    """The model of a file of ``graph/data`` (``tools/train_facts.py`` makes them)."""
    written = json.loads((resources.files("graph") / "data" / name).read_text(encoding="utf-8"))
    weights = written["weights"]
    index = {sign: i for i, sign in enumerate(weights)}
    return LogLinear(tuple(written["classes"]), index, np.array(list(weights.values()), dtype=float))
