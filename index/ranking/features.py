"""Ranking features 特征 of a candidate passage for a query; each is a number that can be checked against the passage.

They count the query's words, character pairs and places in the passage, in its best sentence, in title and headings, and in the
other candidates of the document. ``index.ranking.order`` combines them into one score.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from index.query import SearchQuery
from index.ranking.occurrences import Occurrences
from index.ranking.places import PassagePlace, are_elsewhere, find_places

if TYPE_CHECKING:
    from numpy import ndarray

FEATURES = (
    "words_score",  # BM25 of the passage, as a share of the best candidate's
    "words_ideal",  # BM25 of the passage, as a share of what the query could reach at best
    "document_score",  # BM25 of the whole document, as a share of the best one's
    "document_ideal",
    "cover",  # share of the query's words (by rarity) in the passage
    "cover_pairs",  # the same for pairs of characters
    "cover_title",  # the same for words in title and headings
    "cover_all",  # in passage, title and headings together
    "cover_sentence",  # share of the pairs of characters in the best sentence
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
    "cover_within",  # pairs covered in passage and sentence, less what the document's best candidate covers
    "extra",  # synonyms and corrected names found
    "cover_rare",  # cover_all with the rarities squared
    "rarest_missing",  # rarity of the rarest word that is missing, as a share of the rarest's
    "pairs_title",
    "pairs_opening",  # pairs in the first hundred characters
    "pairs_beside",  # pairs in the passage before or behind, where that is a candidate
    "pairs_document",  # pairs in all candidates of the document together
    "cover_document",  # the same for words
    "words_document",  # BM25 of the document's three best candidates, as a share of the best candidate's
    "siblings",  # how many candidates the document has
    "place",  # share of the query's places that passage or title name
    "place_missing",  # share of them that no candidate of the document names
    "place_other",  # the title, or where it names none the passage, names places that have nothing to do with the query's
    "place_unasked",  # the title names a place, the query none
)
_AT = {name: i for i, name in enumerate(FEATURES)}

OPENING = 100
TITLE, READ = 80, 600
"""Characters of a title and of a passage in which places are looked for."""


@dataclass(slots=True)
class Candidate:
    """A passage found by the lexical or the dense index."""

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
    """Inverse document frequency, as in BM25, of each token of a query."""

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    extra: Mapping[str, float]

    @property
    def ideal(self) -> float:
        """An approximate upper bound of a passage's BM25 score."""
        return 2.2 * (sum(self.words.values()) + sum(self.pairs.values())) or 1.0


def idf(count: int, frequency: int) -> float:
    """BM25's inverse document frequency."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def compute_features(question: SearchQuery, rarity: Rarity, candidates: Sequence[Candidate]) -> ndarray[Any, Any]:
    """One row of ``FEATURES`` for each candidate."""
    import numpy as np

    out = np.zeros((len(candidates), len(FEATURES)))
    if not candidates:
        return out

    def put(**columns: Any) -> None:
        for name, values in columns.items():
            out[:, _AT[name]] = values

    texts, titles = [c.text for c in candidates], [c.title for c in candidates]
    documents, owner = np.unique([c.document for c in candidates], return_inverse=True)
    groups = np.arange(len(documents))[:, None] == owner

    def best_of_document(values: Any) -> Any:
        return np.where(groups, values, -np.inf).max(axis=1)[owner]

    words, word_mass = _weights(rarity.words)
    pairs, pair_mass = _weights(rarity.pairs)
    # a text or title that several candidates share is read once
    shared = list(dict.fromkeys([*texts, *titles]))
    line = {text: i for i, text in enumerate(shared)}
    own_text, own_title = np.array([line[text] for text in texts]), np.array([line[title] for title in titles])
    asked = find_places(question.text[:200])
    read = Occurrences(
        shared, [*rarity.words, *rarity.pairs, *rarity.extra, *(form for place in asked for form in place.forms)], question.core
    )
    words_there, pairs_there = read.holds(rarity.words), read.holds(rarity.pairs)
    word_in, word_above = words_there[own_text], words_there[own_title]
    pair_in, pair_above = pairs_there[own_text], pairs_there[own_title]
    either = word_in | word_above
    bm25 = np.array([c.words for c in candidates], dtype=np.float64)
    whole = np.array([c.document_words for c in candidates], dtype=np.float64)
    meaning = np.array([c.meaning for c in candidates], dtype=np.float64)
    best, ideal = bm25.max() or 1.0, rarity.ideal
    own = best_of_document(bm25)
    put(
        words_score=bm25 / best,
        words_ideal=bm25 / ideal,
        words_within=np.divide(bm25, own, out=np.zeros_like(bm25), where=own > 0),
    )
    put(document_score=whole / (whole.max() or 1.0), document_ideal=whole / ideal)
    put(
        meaning=meaning,
        meaning_document=best_of_document(np.maximum(meaning, 0.0)),
        meaning_rank=meaning / max(meaning.max(), 1e-6),
    )

    cover, pair_cover = word_in @ words / word_mass, pair_in @ pairs / pair_mass
    put(cover=cover, cover_pairs=pair_cover, cover_title=word_above @ words / word_mass, cover_all=either @ words / word_mass)
    put(pairs_title=pair_above @ pairs / pair_mass, cover_rare=either @ words**2 / ((words**2).sum() or 1.0))
    put(rarest_missing=np.where(either, 0.0, words).max(axis=1, initial=0.0) / (words.max(initial=0.0) or 1.0))
    sentence = read.best_sentence(rarity.pairs, pairs)[own_text] / pair_mass
    put(cover_sentence=sentence, cover_within=sentence + pair_cover - best_of_document(sentence + pair_cover))
    put(pairs_opening=read.opening(rarity.pairs, OPENING)[own_text] @ pairs / pair_mass)
    near = {(c.document, c.ordinal): share for c, share in zip(candidates, pair_cover, strict=True)}
    put(
        pairs_beside=[
            max(near.get((c.document, c.ordinal - 1), 0.0), near.get((c.document, c.ordinal + 1), 0.0)) for c in candidates
        ]
    )
    of_documents = groups.astype(np.float64)
    put(pairs_document=((of_documents @ (pair_in | pair_above) > 0) @ pairs / pair_mass)[owner])
    put(cover_document=((of_documents @ either > 0) @ words / word_mass)[owner])
    put(words_document=np.sort(np.where(groups, bm25, 0.0), axis=1)[:, -3:].sum(axis=1)[owner] / (3 * best))
    put(siblings=np.minimum(groups.sum(axis=1), 10)[owner] / 10)

    length = len(question.core) or 1
    put(run=read.runs[own_text] / length, run_title=np.where(word_above.any(axis=1), read.runs[own_title] / length, 0.0))
    kinds = question.answers
    if kinds:
        put(kind=[sum([_has(answer.pattern, text) for answer in kinds]) / len(kinds) for text in texts])
    put(first=[1.0 / (1 + c.ordinal) for c in candidates], short=[len(text) < 60 for text in texts])
    put(number=[c.numbered for c in candidates])
    if question.phrases:
        put(phrase=[any(phrase in c.text or phrase in c.title for phrase in question.phrases) for c in candidates])
    if rarity.extra:
        extra, mass = _weights(rarity.extra)
        there = read.holds(rarity.extra)
        put(extra=(there[own_text] | there[own_title]) @ extra / mass)
    if asked:
        there = np.column_stack([read.holds(place.forms).any(axis=1) for place in asked])
        there = there[own_text] | there[own_title]
        put(place=there.mean(axis=1), place_missing=1 - (of_documents @ there > 0).mean(axis=1)[owner])
        put(place_other=[_elsewhere(text, title, asked) for text, title in zip(texts, titles, strict=True)])
    else:
        named = {title: bool(find_places(title[:TITLE])) for title in set(titles)}
        put(place_unasked=[named[title] for title in titles])
    return out


def _weights(rarities: Mapping[str, float]) -> tuple[Any, float]:
    import numpy as np

    values = np.fromiter(rarities.values(), np.float64, len(rarities))
    return values, float(values.sum()) or 1.0


@lru_cache(maxsize=20_000)
def _has(answer: str, text: str) -> bool:
    """Whether a text contains the kind of answer a question asks for; cached, as it is the slowest of all features.

    The pattern is passed as a string, because hashing a compiled one for the cache takes longer.
    """
    return re.search(answer, text) is not None


def _elsewhere(text: str, title: str, asked: tuple[PassagePlace, ...]) -> bool:
    """Whether title or, if it names no place, passage name only places unrelated to those of the query."""
    return are_elsewhere(find_places(title[:TITLE]) or find_places(text[:READ]), asked)
