"""Find the frame 语域 of every place of a document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from corpus.document import ParsedDocument
from graph.frames.model import shipped_model
from graph.frames.signs import read_blocks, signs_of_blocks

FrameKind = Literal["review", "plan", "rule", "condition", "explanation", "statistics"]
"""review 回顾 · plan 部署 · rule 规定 · condition 条件与手续 · explanation 说明 · statistics 统计."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a block, and the probability the model gives it there."""

    kind: FrameKind
    probability: float
    start: int


class Frames:
    """The frames of a document by place."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self._starts = [frame.start for frame in frames]

    def __iter__(self) -> object:
        return iter(self._frames)

    def at(self, position: int) -> Frame | None:
        """The frame of the block at a position; None before the first block."""
        i = bisect_right(self._starts, position) - 1
        return self._frames[i] if i >= 0 else None


def find_frames(doc: ParsedDocument) -> Frames:
    """Decide the frame of every block of a document, all at once: a report that has come to its plans does not go back."""
    blocks = read_blocks(doc)
    decided = shipped_model().decide(signs_of_blocks(doc, blocks))
    return Frames(
        [Frame(cast("FrameKind", kind), sure, block.span.start) for block, (kind, sure) in zip(blocks, decided, strict=True)]
    )
