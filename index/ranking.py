"""The order of the candidates 排序: a weighted sum of features anybody can check against the passage.

The weights stand in ``data/ranking.json`` and are learned by ``tools/train_ranking.py``. How far the meaning of a passage
(cosine) or its words are to be trusted depends on the query: on how much of it any one passage holds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from index.question import Question

FEATURES = (
    "words_score",  # BM25 of the passage, as a share of the best candidate's
    "words_ideal",  # BM25 of the passage, as a share of what the query could reach at best
    "document_score",  # BM25 of the whole document, as a share of the best one's
    "document_ideal",
    "cover",  # share of the query's words (by rarity) in the passage
    "cover_pairs",  # the same for pairs of characters
    "cover_title",  # the same for words in title and headings
    "cover_all",  # in passage, title and headings together
    "cover_sentence",  # in the best sentence
    "run",  # longest unbroken stretch of the query in the passage, as a share of the query
    "run_title",
    "meaning",  # cosine
    "meaning_document",  # best cosine of any candidate of the same document
    "meaning_rank",  # cosine as a share of the best candidate's
    "kind",  # the passage has what the question asks for: a date, a figure, a telephone number …
    "first",  # 1 for the first passage of a document, falling
    "short",
    "number",  # the document has the document number the query names
    "phrase",  # a quoted phrase stands in the passage or title
    "words_within",  # BM25 as a share of the best candidate's of the same document
    "cover_within",  # words covered, less what the document's best candidate covers
    "extra",  # synonyms and corrected names found
)
GATED = (
    "words_score",
    "words_ideal",
    "document_score",
    "document_ideal",
    "cover",
    "cover_pairs",
    "meaning",
    "meaning_document",
    "meaning_rank",
)
"""These count again, times the query's gate: the share of its words that no candidate holds."""
NAMES = FEATURES + tuple(f"{name}×gate" for name in GATED)

HEAD = 20
"""Places the learned weights alone decide."""

_sentences = re.compile(r"[。；;！!？?\n]")


@dataclass(slots=True)
class Candidate:
    """A passage that one of the two halves of the search found."""

    row: int
    document: int
    words: float = 0.0
    document_words: float = 0.0
    meaning: float = 0.0
    numbered: bool = False
    ordinal: int = 0
    text: str = ""
    """Folded text of the passage."""
    title: str = ""
    """Folded title and headings."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much each token of a query tells: BM25's inverse document frequency."""

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    extra: Mapping[str, float]

    @property
    def ideal(self) -> float:
        """What a passage could score at best, nearly."""
        return 2.2 * (sum(self.words.values()) + sum(self.pairs.values())) or 1.0


def idf(count: int, frequency: int) -> float:
    """BM25's inverse document frequency."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def features(question: Question, rarity: Rarity, candidates: Sequence[Candidate]) -> list[list[float]]:
    """One row of ``NAMES`` for each candidate."""
    if not candidates:
        return []
    mass = sum(rarity.words.values()) or 1.0
    pair_mass = sum(rarity.pairs.values()) or 1.0
    extra_mass = sum(rarity.extra.values()) or 1.0
    ideal = rarity.ideal
    best_words = max(c.words for c in candidates) or 1.0
    best_document = max(c.document_words for c in candidates) or 1.0
    best_meaning = max(max(c.meaning for c in candidates), 1e-6)
    of_document: dict[int, float] = {}
    for c in candidates:
        of_document[c.document] = max(c.meaning, of_document.get(c.document, 0.0))
    words_of: dict[int, float] = {}
    for c in candidates:
        words_of[c.document] = max(c.words, words_of.get(c.document, 0.0))
    rows: list[list[float]] = []
    words = list(rarity.words.items())
    pairs = list(rarity.pairs.items())
    length = len(question.core) or 1
    kinds = question.answers
    extra = list(rarity.extra.items())
    for c in candidates:
        text, title = c.text, c.title
        inside = [item for item in words if item[0] in text]
        above = [item for item in words if item[0] in title] if title else []
        cover = sum([weight for _, weight in inside])
        sentence = cover
        if len(inside) > 1:
            sentence = max([sum([weight for word, weight in inside if word in part]) for part in _sentences.split(text)])
        rows.append(
            [
                c.words / best_words,
                c.words / ideal,
                c.document_words / best_document,
                c.document_words / ideal,
                cover / mass,
                sum([weight for pair, weight in pairs if pair in text]) / pair_mass,
                sum([weight for _, weight in above]) / mass,
                sum(dict(inside + above).values()) / mass,
                sentence / mass,
                _run(question.core, text) / length,
                _run(question.core, title) / length if above else 0.0,
                c.meaning,
                of_document[c.document],
                c.meaning / best_meaning,
                len([1 for answer in kinds if answer.search(text)]) / len(kinds) if kinds else 0.0,
                1.0 / (1 + c.ordinal),
                1.0 if len(text) < 60 else 0.0,
                1.0 if c.numbered else 0.0,
                1.0 if any(phrase in text or phrase in title for phrase in question.phrases) else 0.0,
                c.words / words_of[c.document] if words_of[c.document] else 0.0,
                0.0,
                sum([weight for word, weight in extra if word in text or word in title]) / extra_mass if extra else 0.0,
            ]
        )
    cover_of: dict[int, float] = {}
    for c, row in zip(candidates, rows, strict=True):
        cover_of[c.document] = max(row[_COVER_SENTENCE] + row[_COVER], cover_of.get(c.document, 0.0))
    for c, row in zip(candidates, rows, strict=True):
        row[_COVER_WITHIN] = row[_COVER_SENTENCE] + row[_COVER] - cover_of[c.document]
    gate = 1.0 - max(row[_COVER_ALL] for row in rows)
    for row in rows:
        row += [row[i] * gate for i in _GATED]
    return rows


_COVER, _COVER_SENTENCE = FEATURES.index("cover"), FEATURES.index("cover_sentence")
_COVER_WITHIN = FEATURES.index("cover_within")
_COVER_ALL = FEATURES.index("cover_all")
_GATED = tuple(FEATURES.index(name) for name in GATED)


def _run(core: str, text: str) -> int:
    """Length of the longest stretch of ``core`` that stands in ``text``."""
    best = i = 0
    size = len(core)
    while i + best < size:
        if core[i : i + best + 1] in text:
            best += 1
        else:
            i += 1
    return best


def ordered(candidates: Sequence[Candidate], rows: Sequence[Sequence[float]]) -> list[tuple[float, Candidate]]:
    """Best first. Behind the first ``HEAD`` places, two of three go to the passages nearest in meaning: the weights were
    learned for the first places, and further down a passage in other words is the likelier miss."""
    ranked = sorted(zip(scores(rows), candidates, strict=True), key=lambda pair: (-pair[0], pair[1].row))
    head, rest = ranked[:HEAD], ranked[HEAD:]
    if len(rest) < HEAD or not any(c.meaning for c in candidates):
        return ranked
    near = sorted(rest, key=lambda pair: (-pair[1].meaning, pair[1].row))
    taken: set[int] = set()
    tail = []
    by_meaning, by_score = iter(near), iter(rest)
    streams = (by_meaning, by_meaning, by_score)
    for turn in range(3 * len(rest)):
        for pair in streams[turn % 3]:
            if pair[1].row not in taken:
                taken.add(pair[1].row)
                tail.append(pair)
                break
    low = head[-1][0]
    return head + [(low - 1e-3 * (i + 1), pair[1]) for i, pair in enumerate(tail)]


def promising(candidates: list[Candidate], keep: int) -> list[Candidate]:
    """The candidates worth a close look: the first by words, by document and by meaning together."""
    if len(candidates) <= keep:
        return candidates
    words = max(c.words for c in candidates) or 1.0
    document = max(c.document_words for c in candidates) or 1.0
    meaning = max(max(c.meaning for c in candidates), 1e-6)
    by_words = sorted(candidates, key=lambda c: (-(c.words / words + 0.7 * c.document_words / document), c.row))[: keep * 2 // 3]
    taken = {c.row for c in by_words}
    rest = sorted((c for c in candidates if c.row not in taken), key=lambda c: (-c.meaning / meaning, c.row))
    return by_words + rest[: keep - len(by_words)]


def scores(rows: Sequence[Sequence[float]]) -> list[float]:
    """The weighted sum of each row."""
    weights = _weights()
    return [sum(value * weight for value, weight in zip(row, weights, strict=True)) for row in rows]


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    values = json.loads(resources.files("index").joinpath("data", "ranking.json").read_text(encoding="utf-8"))["weights"]
    return tuple(float(values.get(name, 0.0)) for name in NAMES)
