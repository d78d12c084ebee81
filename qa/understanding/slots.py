"""What a question asks for 槽: a value, a unit, a deadline, materials …, from its words and its kind."""

from __future__ import annotations

from functools import cache

from corpus.folding import fold
from corpus.wordlists import entries

PROVISION = "provision"
"""What a document rules, where nothing narrower is asked."""


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]:
    rows = (line.split("\t") for line in entries("qa", "slots.tsv"))
    return tuple((name, label, _cells(kinds), tuple(map(fold, _cells(cues)))) for name, label, kinds, cues in rows)


def _cells(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split("|"))


def find_slot(folded: str, kind: str) -> str:
    """The name of what a question asks for: by its words, else by its kind.

    >>> find_slot("办居住证要什么材料", "policy_lookup")
    'material'
    """
    worded = next((name for name, _, _, cues in _rows() if any(cue in folded for cue in cues)), None)
    return worded or next((name for name, _, kinds, _ in _rows() if kind in kinds), PROVISION)


def label_of_slot(name: str) -> str:
    """What people call a slot: 材料 for material; "" for a name that no slot has."""
    return next((label for known, label, _, _ in _rows() if known == name), "")
