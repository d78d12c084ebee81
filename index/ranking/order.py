"""Rank candidates 排序 by a sum of small decision trees over their features, plus a linear part for rare features.

``tools/train_ranking.py`` learns the trees in ``data/trees.json`` from questions people asked. How reliable cosine and words are
depends on the query, so the trees also see the best value of all candidates. ``data/ranking.json`` has weights for features the
questions have no examples of: document numbers, quoted phrases, everyday words and corrected names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from index.ranking.features import FEATURES, Candidate
from index.ranking.trees import FILE, ITEM_FILE, shipped_trees

COMPARED = (
    "words_ideal",
    "document_ideal",
    "cover",
    "cover_pairs",
    "cover_all",
    "run",
    "meaning",
    "meaning_document",
    "pairs_title",
    "cover_sentence",
    "pairs_document",
)
"""Features for which the trees also see the best value of all candidates and the difference to it."""
COLUMNS = FEATURES + tuple(f"{name}−best" for name in COMPARED) + tuple(f"best {name}" for name in COMPARED)
HEAD = 20
"""Ranks decided by the trees alone."""
WORDS_BEHIND = 0.3
"""Weight of BM25 beside the cosine after rank ``HEAD``. Of .1 to .8 the value with the best recall on sets of two kinds."""

FoundPassage = tuple[int, int, float, float, float]
"""Row of a passage, row of its document, BM25 of the passage, BM25 of the document, cosine."""

_COMPARED = tuple(FEATURES.index(name) for name in COMPARED)


def add_best_columns(rows: Any) -> Any:
    """The columns ``COLUMNS`` of a query's candidates, which the trees read."""
    import numpy as np

    some = rows[:, _COMPARED]
    best = np.broadcast_to(some.max(axis=0, initial=-1.0), some.shape)
    return np.hstack([rows, some - best, best])


def score_candidates(rows: Any, *, by_items: bool = False) -> list[float]:
    """The score of each candidate of a query; ``by_items`` where meaning is that of a passage's best item."""
    if not len(rows):
        return []
    found: list[float] = (shipped_trees(ITEM_FILE if by_items else FILE).sums(add_best_columns(rows)) + rows @ _beside()).tolist()
    return found


@lru_cache(maxsize=1)
def _beside() -> Any:
    import numpy as np

    values = json.loads(resources.files("index").joinpath("data", "ranking.json").read_text(encoding="utf-8"))["beside"]
    return np.array([float(values.get(name, 0.0)) for name in FEATURES])


def rank_candidates(
    candidates: Sequence[Candidate], rows: Any, others: Sequence[Candidate] = (), ideal: float = 1.0, *, by_items: bool = False
) -> list[tuple[float, Candidate]]:
    """Order candidates, best first: by the trees up to rank ``HEAD``, then by cosine and a little BM25.

    The trees are trained for the first ranks; further down, a relevant passage in other words is more likely to be missed.

    Args:
        candidates: Candidates with features.
        rows: Their features.
        others: Candidates without features.
        ideal: Upper bound of a passage's BM25 score.
        by_items: Whether meaning is that of a passage's best item; trees of their own were learned for it.
    """
    ranked = sorted(
        zip(score_candidates(rows, by_items=by_items), candidates, strict=True), key=lambda pair: (-pair[0], pair[1].row)
    )
    if any(c.meaning for c in candidates):
        ranked, behind = ranked[:HEAD], [*(c for _, c in ranked[HEAD:]), *others]
        rest = sorted(behind, key=lambda c: (-(c.meaning + WORDS_BEHIND * c.words / ideal), c.row))
    else:
        rest = sorted(others, key=lambda c: (-c.words, c.row))
    low = ranked[-1][0] if ranked else 0.0
    return ranked + [(low - 1e-3 * (i + 1), c) for i, c in enumerate(rest)]


def select_candidates(found: Sequence[FoundPassage], keep: int) -> tuple[list[int], list[int]]:
    """Select ``keep`` passages for detailed ranking: two thirds by BM25 of passage and document, the rest by cosine.

    Returns:
        Indices of the selected passages, and of the others by cosine.
    """
    if len(found) <= keep:
        return list(range(len(found))), []
    import numpy as np

    row, _, words, document, meaning = np.array(found).T
    order = np.lexsort((row, -(words / (words.max() or 1.0) + 0.7 * document / (document.max() or 1.0))))
    by_words, rest = order[: keep * 2 // 3], order[keep * 2 // 3 :]
    rest = rest[np.lexsort((row[rest], -words[rest], -meaning[rest]))]
    count = keep - len(by_words)
    return [*by_words.tolist(), *rest[:count].tolist()], rest[count:].tolist()
