"""A linear-chain conditional random field over the blocks of a document; its weights are plain numbers in ``data/frames.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

FRAMES = ("review", "plan", "rule", "condition", "explanation", "statistics")


@dataclass(frozen=True)
class FrameModel:
    """The weights of the field.

    Args:
        signs: The row of each sign in ``emission``; signs it does not know count nothing.
        emission: What a sign says for each frame, one row a sign.
        transition: What a frame says for the frame after it.
        opening: What the first block says for each frame.
    """

    signs: dict[str, int]
    emission: np.ndarray
    transition: np.ndarray
    opening: np.ndarray

    def score(self, signs: Sequence[Sequence[str]]) -> np.ndarray:
        """What the signs of each block say for each frame, one row a block."""
        out = np.zeros((len(signs), len(FRAMES)))
        known = self.signs
        rows = [[known[name] for name in names if name in known] for names in signs]
        filled = [i for i, own in enumerate(rows) if own]
        if filled:
            # all blocks in one sum: a call for each costs more than its numbers
            starts = np.cumsum([0, *(len(rows[i]) for i in filled[:-1])])
            out[filled] = np.add.reduceat(self.emission[[row for own in rows for row in own]], starts, axis=0)
        return out

    def decide(self, signs: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
        """The frame of each block on the best path through the document, and how probable it is at its place."""
        if not signs:
            return []
        scores = self.score(signs)
        path = _best_path(scores, self.transition, self.opening)
        sure = _marginals(scores, self.transition, self.opening)
        return [(FRAMES[k], float(sure[i, k])) for i, k in enumerate(path)]


def _best_path(scores: np.ndarray, transition: np.ndarray, opening: np.ndarray) -> list[int]:
    # six numbers a step: what calls cost is all there is, so methods that call others in Python are left out
    largest = np.maximum.reduce
    best = scores[0] + opening
    came: list[np.ndarray] = []
    for row in scores[1:]:
        reached = best[:, None] + transition
        came.append(reached.argmax(0))
        best = largest(reached) + row
    path = [int(best.argmax())]
    for step in reversed(came):
        path.append(int(step[path[-1]]))
    return path[::-1]


def _marginals(scores: np.ndarray, transition: np.ndarray, opening: np.ndarray) -> np.ndarray:
    n = len(scores)
    moves = np.exp(transition - transition.max())
    local = np.exp(scores - scores.max(axis=1, keepdims=True))
    forward = np.empty_like(local)
    backward = np.ones_like(local)
    forward[0] = np.exp(opening - opening.max()) * local[0]
    total = np.add.reduce
    forward[0] /= total(forward[0])
    reached = forward[0]
    for i in range(1, n):
        reached = reached @ moves * local[i]
        reached /= total(reached)
        forward[i] = reached
    left = backward[n - 1]
    for i in range(n - 2, -1, -1):
        left = moves @ (local[i + 1] * left)
        left /= total(left)
        backward[i] = left
    both = forward * backward
    shares: np.ndarray = both / both.sum(axis=1, keepdims=True)
    return shares


@lru_cache(maxsize=1)
def shipped_model() -> FrameModel:
    """The model that comes with the program (``tools/train_frames.py`` makes it)."""
    written = json.loads((resources.files("graph") / "data" / "frames.json").read_text(encoding="utf-8"))
    return model_of(written)


def model_of(written: dict[str, object]) -> FrameModel:
    """The model of its JSON form."""
    emission = written["emission"]
    assert isinstance(emission, dict)
    names = list(emission)
    return FrameModel(
        {name: i for i, name in enumerate(names)},
        np.array([emission[name] for name in names], dtype=float).reshape(len(names), len(FRAMES)),
        np.array(written["transition"], dtype=float),
        np.array(written["opening"], dtype=float),
    )
