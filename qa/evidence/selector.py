"""Choosing the evidence 选取证据: which items of the passages found answer a question, and how likely the documents say nothing.

Boosted trees order the items by the features search ranks passages with (``index.ranking.features``), taken of the item instead of
its passage, and three of their own. A logistic model over the features of the best items estimates that no item answers.
Both are learned from questions with known answers by ``tools/train_items.py``; ``data/item_trees.json`` holds them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import exp
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.document import Span
from index.items import EvidenceItem, cut_items
from index.lexical.tokens import normalise
from index.passages import Hit
from index.ranking.features import FEATURES, Candidate, Rarity, compute_features
from index.ranking.trees import Forest, lay_out_trees
from qa.documents import LibraryView

if TYPE_CHECKING:
    from index.searcher import Searcher

FILE, ITEM_FILE = "item_trees.json", "item_trees_items.json"
"""What is learned for a library without and with vectors of items."""
OWN_FEATURES = ("passage_rank", "passage_gap", "length")
"""1 for the first passage of the search, falling; how far its score lies behind the best; characters of the item."""
COLUMNS = (*FEATURES, *OWN_FEATURES)
READ = 30
"""Passages that are cut into items."""
BEST = 5
"""Items whose features tell whether something answers at all."""
SIGNS = (
    "cover", "cover_pairs", "cover_title", "cover_all", "cover_sentence", "run", "meaning", "short", "cover_rare", "rarest_missing",
    "place", "place_missing", "place_other", "place_unasked",
)  # fmt: skip
"""Features that tell whether something answers at all."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The items of the passages found, best first, with their scores. ``doubt`` from 0 to 1: how likely none answers."""

    items: tuple[EvidenceItem, ...]
    scores: tuple[float, ...]
    doubt: float

    def near(self, reach: float, most: int, *, elsewhere: float = 0.0) -> tuple[EvidenceItem, ...]:
        """The best items, as far as they lie no further than ``reach`` behind the first; of each other document the best one as far
        as ``elsewhere`` behind it.
        """
        kept: list[EvidenceItem] = []
        documents: set[int] = set()
        for item, score in zip(self.items, self.scores, strict=True):
            behind = self.scores[0] - score
            if behind <= reach or (behind <= elsewhere and item.document not in documents):
                kept.append(item)
            documents.add(item.document)
        return tuple(kept[:most])

    def only(self, kept: Sequence[int]) -> Selection:
        """The items at some places of the order."""
        return Selection(tuple(self.items[i] for i in kept), tuple(self.scores[i] for i in kept), self.doubt)


class ItemModel(NamedTuple):
    """What is learned: trees that order items, and the weights of the signs that none answers."""

    forest: Forest
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float


def select_items(query: str, hits: Sequence[Hit], view: LibraryView, searcher: Searcher, *, refused: bool) -> Selection:
    """Order the items of the passages found.

    Args:
        query: The question as it was searched for.
        hits: The passages found, best first.
        view: The documents.
        searcher: Knows how rare the words of the question are, and compares meanings.
        refused: Whether the rules for this kind of question found nothing; a sign that nothing answers.
    """
    items, rows, by_items = describe_items(query, hits, view, searcher)
    if not items:
        return Selection((), (), 1.0)
    model = shipped_items(ITEM_FILE if by_items else FILE)
    scores = model.forest.sums(rows)
    order = sorted(range(len(items)), key=lambda i: (-scores[i], i))
    signs = describe_best(rows[order], [float(scores[i]) for i in order], refused)
    return Selection(tuple(items[i] for i in order), tuple(float(scores[i]) for i in order), _doubt(model, signs))


def describe_items(
    query: str, hits: Sequence[Hit], view: LibraryView, searcher: Searcher
) -> tuple[list[EvidenceItem], Any, bool]:
    """The items of some passages, each once, a row of ``COLUMNS`` for each, and whether their own vectors tell their meaning."""
    import numpy as np

    items: list[EvidenceItem] = []
    own: list[tuple[float, float, float]] = []
    titles: list[str] = []
    places: list[tuple[int, int]] = []
    highest = max((hit.score for hit in hits), default=0.0)
    seen: set[tuple[int, int]] = set()
    for rank, hit in enumerate(hits[:READ]):
        row = view.by_id.get(hit.source_id)
        if row is None:
            continue
        for place, item in enumerate(cut_items(view.document(row).doc, row, Span(hit.start, hit.end))):
            if (row, item.span.start) not in seen:
                seen.add((row, item.span.start))
                items.append(item)
                titles.append(hit.title or "")
                places.append((hit.passage, place))
                own.append((1 / (1 + rank), hit.score - highest, len(item.span) / 300))
    if not items:
        return [], np.zeros((0, len(COLUMNS))), False
    question, rarity = searcher.weigh_query(query)
    candidates = _candidates(items, titles, view, rarity)
    near = searcher.nearness_of_items(question.text, places)
    for candidate, cosine in zip(candidates, near or _cosines(question.text, items, view, searcher), strict=True):
        candidate.meaning = cosine
    return items, np.hstack([compute_features(question, rarity, candidates), np.array(own)]), near is not None


def _cosines(query: str, items: Sequence[EvidenceItem], view: LibraryView, searcher: Searcher) -> list[float]:
    """The cosine of a query and each item with its nearest heading: an item alone may not say what it is about."""
    if searcher.encoder is None:
        return [0.0] * len(items)
    texts = [f"{item.trail[-1] if item.trail else ''} {item.span.of(view.document(item.document).text)}" for item in items]
    vectors = searcher.encoder.encode([query, *texts])
    found: list[float] = (vectors[1:] @ vectors[0]).tolist()
    return found


def _candidates(items: Sequence[EvidenceItem], titles: Sequence[str], view: LibraryView, rarity: Rarity) -> list[Candidate]:
    """The items in the form passages have for the ranking; what words say of them is the sum of the rarities of those in them."""
    found = []
    for i, (item, title) in enumerate(zip(items, titles, strict=True)):
        text = normalise(item.span.of(view.document(item.document).text))
        words = sum(weight for token, weight in (*rarity.pairs.items(), *rarity.words.items()) if token in text)
        heading = normalise(f"{title} {' '.join(item.trail)} {item.lead}")
        found.append(Candidate(i, item.document, words=words, ordinal=i, text=text, title=heading))
    return found


def describe_best(rows: Any, scores: Sequence[float], refused: bool) -> list[float]:
    """The signs that no item answers: score and lead of the best, ``SIGNS`` of it and the highest among the best few, ``refused``."""
    at = [COLUMNS.index(name) for name in SIGNS]
    behind = scores[min(BEST, len(scores) - 1)]
    return [scores[0], scores[0] - behind, *rows[0][at].tolist(), *rows[:BEST, at].max(axis=0).tolist(), float(refused)]


def _doubt(model: ItemModel, signs: Sequence[float]) -> float:
    told = zip(signs, model.mean, model.scale, model.weights, strict=True)
    return 1 / (1 + exp(-(model.bias + sum((sign - mean) / scale * weight for sign, mean, scale, weight in told))))


@lru_cache(maxsize=2)
def shipped_items(file: str = FILE) -> ItemModel:
    """The model in a file of ``data``."""
    record = json.loads(resources.files("qa").joinpath("data", file).read_text(encoding="utf-8"))
    doubt = record["doubt"]
    forest = lay_out_trees(record["columns"], record["trees"])
    return ItemModel(forest, tuple(doubt["mean"]), tuple(doubt["scale"]), tuple(doubt["weights"]), float(doubt["bias"]))
