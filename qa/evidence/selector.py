"""Choosing the evidence 选取证据: which items of the passages found answer a question, and how likely the documents say nothing.

Boosted trees order the items by the features search ranks passages with (``index.ranking.features``), taken of the item instead of
its passage, and three of their own. A logistic model over the features of the best items estimates that no item answers.
Where the encoder has vectors of all items, the best ``COMPARED`` are ordered once more, by trees that also see how near each is to the
question in meaning, and the doubt sees it too. All are learned from questions with known answers by ``tools/train_items.py``;
``data/item_trees.json`` and ``data/item_trees_meaning.json`` hold them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.document import Span
from corpus.folding import fold
from index.equivalents import unify_terms
from index.items import EvidenceItem, cut_items
from index.lexical.tokens import normalise
from index.neural.item_vectors import item_number
from index.passages import Hit
from index.ranking.features import FEATURES, Candidate, Rarity, compute_features
from index.ranking.trees import Forest, lay_out_trees
from qa.documents import LibraryView
from qa.evidence.asked_values import find_asked_contents, find_asked_values
from qa.evidence.constraints import SlotConstraints, Violation
from qa.evidence.doubt import DoubtModel, describe_slots
from qa.evidence.forms import compute_fits, describe_item_forms, describe_question_forms, shipped_weights
from qa.understanding.lexicons import phrases
from qa.understanding.question import ParsedQuestion

if TYPE_CHECKING:
    from index.searcher import Searcher

FILE, MEANING_FILE = "item_trees.json", "item_trees_meaning.json"
OWN_FEATURES = (
    "passage_rank", "passage_gap", "length", "stated", "opening", "cover_rest", "cover_asked", "fits",
)  # fmt: skip
"""1 for the first passage of the search, falling; how far its score lies behind the best; characters of the item; the share of what is
asked for that it states; how near it is to the beginning of its document; the share, by rarity, of the question's pairs of characters
that are not in the document's title and stand in the item; that of the last ``ASKED_PAIRS`` of its subject, which mostly name what is
asked for (…综合许可凭证的工本费); how well the item's form suits what is asked for (``qa.evidence.forms``)."""
ASKED_PAIRS = 4
FAR_INSIDE = 2_000
"""Characters from the beginning of a document from where on it does not count how far inside an item stands."""
COLUMNS = (*FEATURES, *OWN_FEATURES)
MEANING_FEATURES = ("nearness", "nearness_rank", "nearness_gap", "nearness_document_gap")
"""How near an item's vector is to the question's; 1 for the nearest of those compared, falling; how far it lies behind the nearest;
how far the nearest of its document does."""
MEANING_COLUMNS = (*COLUMNS, *MEANING_FEATURES)
COMPARED = 24
"""Items ordered once more by their meaning."""
READ = 30
"""Passages that are cut into items."""
REACH = 1.6
"""How far behind the best item others are as good as it. Read off folds over seventeen sets of questions, 2026-11: the answer is among
them for .93 of the questions, with two and a half of them on average (for .95 with three from 2.0 on)."""
FAR = 4.0
"""As far as a difference of scores counts."""
BEHIND = 5
"""The item that the lead of the best is measured from."""
SIGNS = (
    "cover", "cover_pairs", "cover_title", "cover_all", "cover_sentence", "run", "short", "cover_rare", "rarest_missing",
    "place", "place_missing", "place_other", "place_unasked", "cover_rest", "cover_asked",
    "fits",
)  # fmt: skip
"""Features of the best item that tell whether it answers at all."""
_SIGNS_AT = [COLUMNS.index(name) for name in SIGNS]


_SAYS = re.compile(r"\w\w")
"""What an item has to hold to say anything: a line of × or | does not."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The items of the passages found for a question, in the order found.

    ``rows`` are their ``COLUMNS``. ``violations`` are what each speaks of instead of what the question fixes, ``stated`` which of
    the values asked for (``find_asked_values``) it holds, ``forms`` those of the question and of the items (``qa.evidence.forms``),
    ``slots`` how much of what is asked for each holds (``qa.evidence.doubt``).
    """

    items: tuple[EvidenceItem, ...]
    rows: Any
    violations: tuple[Violation | None, ...]
    stated: tuple[tuple[bool, ...], ...]
    forms: tuple[Any, Any]
    slots: Any
    nearness: Any = None
    """How near each item is to the question by the encoder (cosine); None where vectors are missing."""


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

    def elsewhere(self, documents: Container[int]) -> Selection:
        """Without the items of some documents."""
        kept = [(item, score) for item, score in zip(self.items, self.scores, strict=True) if item.document not in documents]
        return replace(self, items=tuple(item for item, _ in kept), scores=tuple(score for _, score in kept))


class ItemModel(NamedTuple):
    """What is learned: trees that order items, and the doubt."""

    forest: Forest
    doubt: DoubtModel


def gather_evidence(constraints: SlotConstraints, hits: Sequence[Hit], view: LibraryView, searcher: Searcher) -> Evidence:
    """Cut the passages found into items and describe them.

    Args:
        constraints: The question, and what it fixes.
        hits: The passages found, best first.
        view: The documents.
        searcher: Knows how rare the words of the question are, and compares meanings.
    """
    items, numbers, stated, rows, forms, slots = describe_items(constraints.parsed, hits, view, searcher)
    violations = tuple(constraints.find_violation(view.document(item.document), item.span) for item in items)
    nearness = searcher.item_nearness(constraints.parsed.query, numbers)
    return Evidence(tuple(items), rows, violations, stated, forms, slots, nearness)


def select_items(evidence: Evidence, *, refused: bool) -> Selection:
    """Order the items by the shipped model; ``refused`` where the rules for this kind of question found nothing."""
    if not evidence.items:
        return Selection((), (), 1.0)
    model = shipped_items()
    ordered = order_items(evidence, model.forest)
    if evidence.nearness is not None:
        model = shipped_items(MEANING_FILE)
        ordered = order_by_meaning(evidence, ordered.by_score, model.forest)
    signs = describe_best(evidence, ordered, refused=refused)
    chosen = tuple(evidence.items[i] for i in ordered.places)
    return Selection(chosen, tuple(ordered.scores), model.doubt.estimate(signs), ordered.violation)


class OrderedItems(NamedTuple):
    """Items by their places among the evidence, best first, with their scores.

    They are those that break no constraint; where the best of all breaks one and no other comes near it, all, with ``violation``.
    ``ahead`` is how far the best of all lies before the best that breaks none; ``by_score`` are all, best first.
    """

    places: list[int]
    scores: list[float]
    violation: Violation | None
    ahead: float
    by_score: list[int]

    @property
    def near(self) -> list[int]:
        """The places of the items as good as the best: no further than ``REACH`` behind it."""
        return [i for i, score in zip(self.places, self.scores, strict=True) if self.scores[0] - score <= REACH]


def order_items(evidence: Evidence, forest: Forest) -> OrderedItems:
    """Order items by what trees say of their ``COLUMNS``."""
    return _ordered(evidence, range(len(evidence.items)), forest.sums(evidence.rows))


def order_by_meaning(evidence: Evidence, by_score: Sequence[int], forest: Forest) -> OrderedItems:
    """Order the first ``COMPARED`` of some items by what trees say of their ``MEANING_COLUMNS``."""
    places = by_score[:COMPARED]
    return _ordered(evidence, places, forest.sums(describe_meaning(evidence, places)))


def describe_meaning(evidence: Evidence, places: Sequence[int]) -> Any:
    """A row of ``MEANING_COLUMNS`` for each of some items of evidence that has ``nearness``."""
    import numpy as np

    near = np.asarray(evidence.nearness)[list(places)]
    rank = np.empty(len(near))
    rank[np.argsort(-near, kind="stable")] = np.arange(len(near))
    best: dict[int, float] = {}
    for place, value in zip(places, near.tolist(), strict=True):
        document = evidence.items[place].document
        best[document] = max(best.get(document, -1.0), value)
    of_document = np.array([best[evidence.items[place].document] for place in places])
    own = np.stack([near, 1 / (1 + rank), near - near.max(), of_document - near.max()], axis=1)
    return np.hstack([evidence.rows[list(places)], own])


def _ordered(evidence: Evidence, places: Sequence[int], sums: Any) -> OrderedItems:
    score = dict(zip(places, map(float, sums), strict=True))
    order = sorted(places, key=lambda i: (-score[i], i))
    kept = [i for i in order if evidence.violations[i] is None]
    first = evidence.violations[order[0]]
    violation = first if first is not None and (not kept or score[order[0]] - score[kept[0]] > REACH) else None
    chosen = order if violation is not None else kept
    ahead = score[order[0]] - score[kept[0]] if kept else FAR
    return OrderedItems(chosen, [score[i] for i in chosen], violation, min(ahead, FAR), order)


def describe_items(
    parsed: ParsedQuestion, hits: Sequence[Hit], view: LibraryView, searcher: Searcher
) -> tuple[list[EvidenceItem], list[int], tuple[tuple[bool, ...], ...], Any, tuple[Any, Any], Any]:
    """The items of some passages, each once.

    Returns:
        The items, their numbers (``index.neural.item_vectors``), which of the values asked for each states, a row of ``COLUMNS``
        for each, the forms of the question and of the items, and how much of what is asked for each holds.
    """
    import numpy as np

    items: list[EvidenceItem] = []
    numbers: list[int] = []
    found_in: list[tuple[float, float]] = []
    titles: list[str] = []
    highest = max((hit.score for hit in hits), default=0.0)
    seen: set[tuple[int, int]] = set()
    view.prepare(view.by_id[hit.source_id] for hit in hits[:READ] if hit.source_id in view.by_id)
    for rank, hit in enumerate(hits[:READ]):
        row = view.by_id.get(hit.source_id)
        if row is None:
            continue
        document = view.document(row)
        for place, item in enumerate(cut_items(document.doc, row, Span(hit.start, hit.end))):
            if (row, item.span.start) not in seen and _SAYS.search(item.span.of(document.text)):
                seen.add((row, item.span.start))
                items.append(item)
                numbers.append(item_number(hit.passage, place))
                titles.append(hit.title or "")
                found_in.append((1 / (1 + rank), hit.score - highest))
    if not items:
        forms = describe_question_forms(parsed.folded), describe_item_forms([])
        return [], [], (), np.zeros((0, len(COLUMNS))), forms, describe_slots(parsed.folded, [])
    question, rarity = searcher.weigh_query(_without_polarity(parsed))
    candidates = _candidates(items, titles, view, rarity)
    for candidate, cosine in zip(candidates, _cosines(question.text, items, view, searcher), strict=True):
        candidate.meaning = cosine
    values, contents = find_asked_values(parsed.folded), find_asked_contents(parsed.folded)
    asked_pairs = _asked_pairs(parsed, rarity)
    stated: list[tuple[bool, ...]] = []
    own: list[tuple[float, ...]] = []
    texts: list[str] = []
    for item, candidate, title, passage in zip(items, candidates, titles, found_in, strict=True):
        text = item.span.of(view.document(item.document).text)
        folded = fold(text)
        texts.append(folded)
        around = f"{fold(' '.join((*item.trail[-1:], item.lead)))} {folded}"
        stated.append(tuple(value.search(around) is not None for value in values))
        told = [*stated[-1], *(content.search(around) is not None for content in contents)]
        own.append((
            *passage,
            len(item.span) / 300,
            sum(told) / len(told) if told else 1.0,
            max(0.0, 1 - item.span.start / FAR_INSIDE),
            _cover_rest(rarity, unify_terms(normalise(title)), f"{candidate.title} {candidate.text}"),
            _cover(asked_pairs, candidate.text),
        ))  # fmt: skip
    forms = describe_question_forms(parsed.folded), describe_item_forms(texts)
    fits = compute_fits(*forms, shipped_weights())[:, None]
    rows = np.hstack([compute_features(question, rarity, candidates), np.array(own, dtype=float), fits])
    slots = describe_slots(parsed.folded, [f"{candidate.text} {candidate.title}" for candidate in candidates])
    return items, numbers, tuple(stated), rows, forms, slots


def _without_polarity(parsed: ParsedQuestion) -> str:
    """A question's query without the words that deny where it asks yes or no: the rule that answers may say the opposite."""
    query = parsed.query
    if parsed.kind == "yes_no":
        for word in phrases("negations.txt"):
            query = query.replace(word, " ")
    return query


def _cover_rest(rarity: Rarity, title: str, text: str) -> float:
    """The share, by rarity, of a question's pairs of characters that are not in a title and stand in a text."""
    return _cover({pair: weight for pair, weight in rarity.pairs.items() if pair not in title}, text)


def _cover(pairs: Mapping[str, float], text: str) -> float:
    """The share of some pairs, by their weights, that stand in a text; 1 where there are none."""
    return sum(weight for pair, weight in pairs.items() if pair in text) / sum(pairs.values()) if pairs else 1.0


def _asked_pairs(parsed: ParsedQuestion, rarity: Rarity) -> dict[str, float]:
    """The last pairs of characters of a question's subject, with their rarity."""
    pieces = normalise(parsed.subject).split()
    pairs = [piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1)]
    known = [pair for pair in pairs if pair in rarity.pairs]
    return {pair: rarity.pairs[pair] for pair in known[-ASKED_PAIRS:]}


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
        text = unify_terms(normalise(item.span.of(view.document(item.document).text)))
        words = sum(weight for token, weight in (*rarity.pairs.items(), *rarity.words.items()) if token in text)
        heading = unify_terms(normalise(f"{title} {' '.join(item.trail)} {item.lead}"))
        found.append(Candidate(i, item.document, words=words, ordinal=i, text=text, title=heading))
    return found


def describe_best(evidence: Evidence, ordered: OrderedItems, *, refused: bool) -> list[float]:
    """The signs that no item answers.

    Score of the best and its lead over the ``BEHIND``th, its ``SIGNS``; whether the rules refused, whether the best items break a
    constraint, how far one that does lies ahead; whether values are asked for, the share of them that the best item does not hold,
    and that none near it holds; the forms of the question; how much of what is asked for the best item holds. With vectors also how
    near the best is, the nearest of the best few, and how far the nearest of all stands out.
    """
    order, scores, best = ordered.places, ordered.scores, ordered.places[0]
    behind = scores[min(BEHIND, len(scores) - 1)]
    stated = [evidence.stated[i] for i in ordered.near]
    asked = len(stated[0])
    missing = stated[0].count(False) / asked if asked else 0.0
    nowhere = [any(column) for column in zip(*stated, strict=True)].count(False) / asked if asked else 0.0
    own = [refused, ordered.violation is not None, ordered.ahead, asked > 0, missing, nowhere]
    told = [*evidence.rows[best][_SIGNS_AT].tolist(), *own, *evidence.forms[0].tolist(), *evidence.slots[best].tolist()]
    if evidence.nearness is not None:
        nearest, compared = evidence.nearness[order[:BEHIND]], evidence.nearness[ordered.by_score]
        told += [nearest[0], nearest.max(), compared.max() - compared.mean(), nearest[0] - compared.max()]
    return [scores[0], scores[0] - behind, *map(float, told)]


@lru_cache(maxsize=2)
def shipped_items(file: str = FILE) -> ItemModel:
    """The model in ``data/item_trees.json``, or in the file of those that see the meaning of items."""
    record = json.loads(resources.files("qa").joinpath("data", file).read_text(encoding="utf-8"))
    doubt = record["doubt"]
    learned = DoubtModel(tuple(doubt["mean"]), tuple(doubt["scale"]), tuple(doubt["weights"]), float(doubt["bias"]))
    return ItemModel(lay_out_trees(record["columns"], record["trees"]), learned)
