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
from corpus.folding import fold
from index.items import EvidenceItem, cut_items
from index.lexical.tokens import normalise
from index.passages import Hit
from index.ranking.features import FEATURES, Candidate, Rarity, compute_features
from index.ranking.trees import Forest, lay_out_trees
from qa.documents import LibraryView
from qa.evidence.asked_values import find_asked_values
from qa.evidence.constraints import SlotConstraints, Violation
from qa.evidence.scope import SMALL

if TYPE_CHECKING:
    from index.searcher import Searcher

FILE = "item_trees.json"
OWN_FEATURES = ("passage_rank", "passage_gap", "length")
"""1 for the first passage of the search, falling; how far its score lies behind the best; characters of the item."""
COLUMNS = (*FEATURES, *OWN_FEATURES)
READ = 30
"""Passages that are cut into items."""
REACH = 2.0
"""How far behind the best item others are as good as it. Read off folds over three sets of questions, 2026-11: the answer is among
them for as many questions as among the best five, with three of them on average."""
FAR = 4.0
"""As far as a difference of scores counts."""
BEST = 5
"""Items whose features tell whether something answers at all."""
SIGNS = (
    "cover", "cover_pairs", "cover_title", "cover_all", "cover_sentence", "run", "meaning", "short", "cover_rare", "rarest_missing",
    "place", "place_missing", "place_other", "place_unasked",
)  # fmt: skip
"""Features that tell whether something answers at all."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The items of the passages found for a question, in the order found.

    ``rows`` are their ``COLUMNS``. ``violations`` are what each speaks of instead of what the question fixes, ``stated`` which of
    the values asked for (``find_asked_values``) it holds.
    """

    items: tuple[EvidenceItem, ...]
    rows: Any
    violations: tuple[Violation | None, ...]
    stated: tuple[tuple[bool, ...], ...]
    documents: int = 1
    """Documents of the library."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The items that speak of what the question fixes, best first, with their scores.

    ``doubt`` from 0 to 1 is how likely none answers. ``violation`` is what the best items speak of instead, where no other comes
    near them; then all items are there.
    """

    items: tuple[EvidenceItem, ...]
    scores: tuple[float, ...]
    doubt: float
    violation: Violation | None = None

    def near(self, most: int, *, elsewhere: float = 0.0) -> tuple[EvidenceItem, ...]:
        """The best items, as far as they lie no further than ``REACH`` behind the first; of each other document the best one as
        far as ``elsewhere`` behind it.
        """
        kept: list[EvidenceItem] = []
        documents: set[int] = set()
        for item, score in zip(self.items, self.scores, strict=True):
            behind = self.scores[0] - score
            if behind <= REACH or (behind <= elsewhere and item.document not in documents):
                kept.append(item)
            documents.add(item.document)
        return tuple(kept[:most])


class DoubtModel(NamedTuple):
    """A logistic model of how likely no item answers: the signs' means and scales, their weights, the bias."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def estimate(self, signs: Sequence[float]) -> float:
        """The doubt that some signs (``describe_best``) show, from 0 to 1."""
        told = zip(signs, self.mean, self.scale, self.weights, strict=True)
        return 1 / (1 + exp(-(self.bias + sum((sign - mean) / scale * weight for sign, mean, scale, weight in told))))


class ItemModel(NamedTuple):
    """What is learned: trees that order items, and the doubt in a library of few documents and in a large one."""

    forest: Forest
    small: DoubtModel
    large: DoubtModel


def gather_evidence(
    constraints: SlotConstraints, hits: Sequence[Hit], view: LibraryView, searcher: Searcher
) -> Evidence:
    """Cut the passages found into items and describe them.

    Args:
        constraints: The question, and what it fixes.
        hits: The passages found, best first.
        view: The documents.
        searcher: Knows how rare the words of the question are, and compares meanings.
    """
    items, rows = describe_items(constraints.parsed.query, hits, view, searcher)
    violations = tuple(constraints.find_violation(view.document(item.document), item.span) for item in items)
    asked = find_asked_values(constraints.parsed.query)
    texts = (fold(" ".join((*item.trail[-1:], item.lead, item.span.of(view.document(item.document).text)))) for item in items)
    stated = tuple(tuple(value.search(text) is not None for value in asked) for text in texts)
    return Evidence(tuple(items), rows, violations, stated, len(view))


def select_items(evidence: Evidence, *, refused: bool) -> Selection:
    """Order the items by the shipped model; ``refused`` where the rules for this kind of question found nothing."""
    if not evidence.items:
        return Selection((), (), 1.0)
    model = shipped_items()
    ordered = order_items(evidence, model.forest)
    weigh = model.small if evidence.documents <= SMALL else model.large
    doubt = weigh.estimate(describe_best(evidence, ordered, refused=refused))
    return Selection(tuple(evidence.items[i] for i in ordered.places), tuple(ordered.scores), doubt, ordered.violation)


class OrderedItems(NamedTuple):
    """Items by their places among the evidence, best first, with their scores.

    They are those that break no constraint; where the best of all breaks one and no other comes near it, all, with ``violation``.
    ``ahead`` is how far the best of all lies before the best that breaks none.
    """

    places: list[int]
    scores: list[float]
    violation: Violation | None
    ahead: float


def order_items(evidence: Evidence, forest: Forest) -> OrderedItems:
    """Order items by what trees say of them."""
    sums = forest.sums(evidence.rows)
    order = sorted(range(len(evidence.items)), key=lambda i: (-sums[i], i))
    kept = [i for i in order if evidence.violations[i] is None]
    first = evidence.violations[order[0]]
    violation = first if first is not None and (not kept or sums[order[0]] - sums[kept[0]] > REACH) else None
    chosen = order if violation is not None else kept
    ahead = float(sums[order[0]] - sums[kept[0]]) if kept else FAR
    return OrderedItems(chosen, [float(sums[i]) for i in chosen], violation, min(ahead, FAR))


def describe_items(query: str, hits: Sequence[Hit], view: LibraryView, searcher: Searcher) -> tuple[list[EvidenceItem], Any]:
    """The items of some passages, each once, and a row of ``COLUMNS`` for each."""
    import numpy as np

    items: list[EvidenceItem] = []
    own: list[tuple[float, float, float]] = []
    titles: list[str] = []
    highest = max((hit.score for hit in hits), default=0.0)
    seen: set[tuple[int, int]] = set()
    for rank, hit in enumerate(hits[:READ]):
        row = view.by_id.get(hit.source_id)
        if row is None:
            continue
        for item in cut_items(view.document(row).doc, row, Span(hit.start, hit.end)):
            if (row, item.span.start) not in seen:
                seen.add((row, item.span.start))
                items.append(item)
                titles.append(hit.title or "")
                own.append((1 / (1 + rank), hit.score - highest, len(item.span) / 300))
    if not items:
        return [], np.zeros((0, len(COLUMNS)))
    question, rarity = searcher.weigh_query(query)
    candidates = _candidates(items, titles, view, rarity)
    for candidate, cosine in zip(candidates, _cosines(question.text, items, view, searcher), strict=True):
        candidate.meaning = cosine
    return items, np.hstack([compute_features(question, rarity, candidates), np.array(own)])


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


def describe_best(evidence: Evidence, ordered: OrderedItems, *, refused: bool) -> list[float]:
    """The signs that no item answers.

    Score and lead of the best, ``SIGNS`` of it and the highest among the best few; whether the rules refused, whether the best
    items break a constraint, how far one that does lies ahead; whether values are asked for, the share of them that the best item
    does not hold, and that none near it holds.
    """
    order, scores = ordered.places, ordered.scores
    at = [COLUMNS.index(name) for name in SIGNS]
    behind = scores[min(BEST, len(scores) - 1)]
    near = [i for i, score in zip(order, scores, strict=True) if scores[0] - score <= REACH]
    stated = [evidence.stated[i] for i in near]
    asked = len(stated[0])
    missing = stated[0].count(False) / asked if asked else 0.0
    nowhere = [any(column) for column in zip(*stated, strict=True)].count(False) / asked if asked else 0.0
    rows = evidence.rows[list(order[:BEST])]
    told = [*rows[0][at].tolist(), *rows[:, at].max(axis=0).tolist()]
    own = (refused, ordered.violation is not None, ordered.ahead, asked > 0, missing, nowhere)
    return [scores[0], scores[0] - behind, *told, *map(float, own)]


@lru_cache(maxsize=1)
def shipped_items() -> ItemModel:
    """The model in ``data/item_trees.json``."""
    record = json.loads(resources.files("qa").joinpath("data", FILE).read_text(encoding="utf-8"))
    small, large = (
        DoubtModel(tuple(doubt["mean"]), tuple(doubt["scale"]), tuple(doubt["weights"]), float(doubt["bias"]))
        for doubt in (record["doubt"]["small"], record["doubt"]["large"])
    )
    return ItemModel(lay_out_trees(record["columns"], record["trees"]), small, large)
