"""Embedding models for tests that are not about meaning."""

from __future__ import annotations

import numpy as np


class BlankEncoder:
    """Stands in for the model where a test is about words: every vector is zero."""

    name = "blank"
    dimension = 1

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 1), dtype=np.float32)
