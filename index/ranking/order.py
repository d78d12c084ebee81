"""The order of the candidates 排序: small decision trees over the features, added up, and a weight for what they never saw.

The trees stand in ``data/trees.json``, learned by ``tools/train_ranking.py`` from questions people asked. How far the meaning of
a passage (cosine) or its words are to be trusted depends on the query: on how much of it any one passage holds, which is why the
trees also see the best of all candidates. ``data/ranking.json`` weighs what those questions have no examples of: document
numbers, quoted phrases, everyday words and corrected names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from index.ranking.features import FEATURES, Candidate
from index.ranking.trees import shipped_trees

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
"""For these the trees also see the best of all candidates and how much less a candidate has."""
COLUMNS = FEATURES + tuple(f"{name}−best" for name in COMPARED) + tuple(f"best {name}" for name in COMPARED)
HEAD = 20
"""Places the learned ranking alone decides."""
WORDS_BEHIND = 0.3
"""What words count beside a cosine behind them: of .1 to .8 what found most on sets of two kinds."""

FoundPassage = tuple[int, int, float, float, float]
"""A passage found: its number, its document's, BM25 of the passage and of the document, cosine."""

_COMPARED = tuple(FEATURES.index(name) for name in COMPARED)


def add_best_columns(rows: Any) -> Any:
    """The columns ``COLUMNS`` of a query's candidates, which the trees read."""
    import numpy as np

    some = rows[:, _COMPARED]
    best = np.broadcast_to(some.max(axis=0, initial=-1.0), some.shape)
    return np.hstack([rows, some - best, best])


def score_candidates(rows: Any) -> list[float]:
    """The score of each candidate of a query."""
    if not len(rows):
        return []
    found: list[float] = (shipped_trees().sums(add_best_columns(rows)) + rows @ _beside()).tolist()
    return found


@lru_cache(maxsize=1)
def _beside() -> Any:
    import numpy as np

    values = json.loads(resources.files("index").joinpath("data", "ranking.json").read_text(encoding="utf-8"))["beside"]
    return np.array([float(values.get(name, 0.0)) for name in FEATURES])


def rank_candidates(
    candidates: Sequence[Candidate], rows: Any, others: Sequence[Candidate] = (), ideal: float = 1.0
) -> list[tuple[float, Candidate]]:
    """Best first: those compared in detail by their scores, as far as ``HEAD``, then all the rest by meaning and a little by words.

    The ranking was learned for the first places; further down a passage in other words is the likelier miss. ``ideal`` is what
    the words of a passage could score at best.
    """
    ranked = sorted(zip(score_candidates(rows), candidates, strict=True), key=lambda pair: (-pair[0], pair[1].row))
    if any(c.meaning for c in candidates):
        ranked, behind = ranked[:HEAD], [*(c for _, c in ranked[HEAD:]), *others]
        rest = sorted(behind, key=lambda c: (-(c.meaning + WORDS_BEHIND * c.words / ideal), c.row))
    else:
        rest = sorted(others, key=lambda c: (-c.words, c.row))
    low = ranked[-1][0] if ranked else 0.0
    return ranked + [(low - 1e-3 * (i + 1), c) for i, c in enumerate(rest)]


def select_candidates(found: Sequence[FoundPassage], keep: int) -> tuple[list[int], list[int]]:
    """Which of the passages found are worth a close look, the first by words, by document and by meaning together; and which are
    the others, by meaning.
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
