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
