"""Search 检索: from a query to the passages that answer it, with the words that matched and the reason.

The caches under ``corpus.folder / "cache"`` follow the library by its generation: changed documents are taken in one by one,
and anything that does not fit (another engine, another lexicon, a damaged file) is thrown away and built again from the library.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.divisions import gazetteer
from corpus.errors import ModelUnavailable
from corpus.filters import Filters
from corpus.store import Corpus, Heads, View
from index.dense.vectors import DenseIndex
from index.equivalents import find_equivalents, unify_terms
from index.hits import FOLDED, HitCache, build_hits, opening_hit
from index.lexical.bm25 import LexicalHit, LexicalIndex, WeightedQuery
from index.lexical.cache import LexicalCache
from index.lexical.tokens import normalise, tokenise
from index.passages import Hit
from index.query import SearchQuery, parse_query
from index.ranking.features import Candidate, Rarity, compute_features, idf
from index.ranking.order import rank_candidates, select_candidates
from index.spelling import SpellingNames

if TYPE_CHECKING:
    from index.dense.encoder import Encoder
    from index.neural.encoder import ItemEncoder
    from index.neural.item_index import ItemIndex

FEW = 150
"""Candidates taken from the lexical and from the dense index each; at least twice the number of hits asked for."""
LOOKED_AT = 60
"""Candidates ranked by all features; hits beyond them follow in a simpler order, see ``rank_candidates``."""
COMMON = 0.1
"""Largest share of passages with a word or pair that is searched for. More frequent ones only count as features."""
COMMON_FROM = 2_000
"""Smallest number of passages from which ``COMMON`` applies."""
READ_AHEAD = 1_000
"""Passages of several searches whose words are read in one call of the store."""
NOTHING: frozenset[int] = frozenset()
PATIENCE = 2.0
"""Seconds a search waits for another thread that updates the caches, before it uses the outdated ones."""
AT_ONCE = max(2, min(4, os.cpu_count() or 2))
"""Largest number of searches of one library at a time. More only compete for the interpreter lock: sixteen at a time had two
thirds of the throughput of two at a time."""


class Searcher:
    """Finds passages in one library. Safe for many threads at once; cheap to make, everything is loaded when first needed."""

    def __init__(self, corpus: Corpus, encoder: Encoder | None = None, items: ItemEncoder | None = None) -> None:
        self.corpus = corpus
        self.encoder = encoder
        self._item_encoder = items
        self._items: ItemIndex | None = None
        self._items_seen = 0
        self._lexical = LexicalCache(corpus)
        self._dense: DenseIndex | None = None
        self._names = SpellingNames(())
        self._hit_cache = HitCache(corpus)
        self._generation = -1
        self._lock = threading.Lock()
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._still = threading.local()

    # ------------------------------------------------------------------ keeping up with the library

    @property
    def generation(self) -> int:
        """The generation the caches were brought to; behind the library's while another process writes them."""
        return self._generation

    def refresh(self) -> None:
        """Bring the caches up to the library's generation; where another process keeps them, the last state serves."""
        still = self._still
        if getattr(still, "depth", 0) and still.fresh:
            return
        self._catch_up()
        still.fresh = True

    def _catch_up(self) -> None:
        if self._generation == self.corpus.generation and self._items_seen == self._last_items():
            return
        if not self._lock.acquire(timeout=-1 if self._lexical.view is None else PATIENCE):
            return
        try:
            generation = self.corpus.generation
            if generation != self._generation:
                self._lexical.refresh(generation)
                self._follow_vectors(generation)
                self._settle()
            self._follow_items(generation)
        finally:
            self._lock.release()

    @contextmanager
    def steady(self) -> Iterator[None]:
        """While the block runs this thread looks once whether the library has changed, at its first search, and then no more."""
        still = self._still
        depth = still.depth = getattr(still, "depth", 0) + 1
        if depth == 1:
            still.fresh = False
        try:
            yield
        finally:
            still.depth -= 1

    def rebuild(self) -> None:
        """Delete the caches and build them again."""
        with self._lock:
            generation = self.corpus.generation
            self._lexical.rebuild(generation)
            if self.encoder is not None:
                dense = DenseIndex(self.corpus, self.encoder.name, self.encoder.dimension)
                dense.rebuild(generation)
                self._dense = dense
            self._settle()
            self._items = None
            self._follow_items(generation, anew=True)

    def check(self) -> list[str]:
        """What is wrong with the caches, in Chinese sentences; they mend themselves at the next search."""
        return self._lexical.faults()

    def _follow_vectors(self, generation: int) -> None:
        if self.encoder is None:
            return
        dense = self._dense
        if dense is None:
            dense = DenseIndex(self.corpus, self.encoder.name, self.encoder.dimension)
        dense.refresh(generation)
        self._dense = dense

    def item_nearness(self, question: str, numbers: Sequence[int]) -> Any:
        """The cosine of a question and each of some items (``item_number``); None where one of them has no vector yet."""
        items = self._items
        if items is None or not numbers:
            return None
        cosines = items.cosines(items.encode(question), numbers)
        return None if (cosines == 0).any() else cosines

    def _last_items(self) -> int:
        return self.corpus.last_item_vectors() if self._item_encoder is not None else 0

    def _follow_items(self, generation: int, *, anew: bool = False) -> None:
        """Take in vectors of items; none are used before all documents had theirs once."""
        last = self._last_items()
        if self._item_encoder is not None and last:
            from index.neural.item_index import ItemIndex

            with suppress(ModelUnavailable):  # search goes on without
                if ItemIndex.is_complete(self.corpus, self._item_encoder):
                    self._item_encoder.prepare()  # vectors without it are of no use
                    items = self._items if self._items is not None else ItemIndex(self.corpus, self._item_encoder)
                    (items.rebuild if anew else items.refresh)(generation)
                    self._items = items
        self._items_seen = last

    def _settle(self) -> None:
        self._names = self.corpus.view(_RegionSpellings).names
        self._hit_cache = HitCache(self.corpus)
        self._generation = self._lexical.generation

    # ------------------------------------------------------------------ searching

    def share(self, token: str) -> float:
        """The share of passages that contain a token: a word as segmented, or a pair of Chinese characters."""
        self.refresh()
        lexical = self._lexical.view
        assert lexical is not None
        return max(lexical.frequency(token, "words"), lexical.frequency(token, "pairs")) / max(1, lexical.size)

    @property
    def without_vectors(self) -> int:
        """How many passages have no vector of this search's model; 0 where it has none."""
        lexical, dense = self._lexical.view, self._dense
        return max(0, lexical.size - len(dense)) if lexical is not None and dense is not None else 0

    def holds(self, text: str) -> bool:
        """Whether any passage contains a text of Chinese characters."""
        self.refresh()
        lexical = self._lexical.view
        assert lexical is not None
        return lexical.holds(text, tokenise(text).pairs)

    def documents_with(self, text: str) -> set[int]:
        """The documents with a passage that may contain a text of Chinese characters: all that contain it, and few others."""
        self.refresh()
        lexical = self._lexical.view
        assert lexical is not None
        return lexical.documents_with(tokenise(text).pairs)

    def match_documents(self, query: str, phrases: Sequence[str] = ()) -> dict[int, float]:
        """All documents that hold every word of a query and every phrase as it is, with scores; best first.

        An everyday word also counts as found where the official one stands; question words are passed over.
        """
        self.refresh()
        lexical = self._lexical.view
        assert lexical is not None
        question = parse_query(query, self._names)
        several = any(len(word) > 1 for word in question.words)
        # how a single character is cut off depends on what stands beside it
        words = [word for word in question.words if len(word) > 1 or not several]
        wanted = [[word, *_official_forms(question, word)] for word in words] + [[normalise(phrase)] for phrase in phrases]
        found: set[int] | None = None
        for forms in wanted:
            holding = set().union(*(lexical.documents_with_phrase(form) for form in forms))
            found = holding if found is None else found & holding
        if not found:
            return {}
        weighed = WeightedQuery(dict.fromkeys((*question.words, *parse_query(" ".join(phrases), self._names).words), 1.0), {})
        scores = lexical.search_documents(weighed, len(found), found)
        return dict(sorted({row: scores.get(row, 0.0) for row in found}.items(), key=lambda item: (-item[1], item[0])))

    def search(
        self,
        query: str,
        *,
        filters: Filters | None = None,
        within: Iterable[int] | None = None,
        without: frozenset[int] = NOTHING,
        top: int = 10,
        fold: bool = True,
    ) -> list[Hit]:
        """The best passages for a query, best first.

        Args:
            query: What is searched for.
            filters: Conditions on the documents.
            within: Instead of filters, the rows of the documents searched.
            without: Rows of documents that are left out where there are no filters; given as the same object again, they cost nothing.
            top: How many passages at most.
            fold: Whether one of several passages that say the same is shown.
        """
        allowed = set(within) if within is not None else self.corpus.select(filters) if filters else None
        return self._search_all(query, [allowed], without, top, fold)[0]

    def search_each(self, query: str, several: Iterable[Iterable[int]], *, top: int = 10) -> list[list[Hit]]:
        """The best passages of each of several groups of documents, given by their rows, at the cost of one search in calls of the
        store: ``search`` with each of them as ``within``."""
        return self._search_all(query, list(map(set, several)), NOTHING, top, True)

    def _search_all(
        self, query: str, several: Sequence[set[int] | None], without: frozenset[int], top: int, fold: bool
    ) -> list[list[Hit]]:
        if top < 1 or not query.strip():
            return [[] for _ in several]
        self.refresh()
        with self._turn:
            try:
                return self._search(query, several, without, top, fold)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # tantivy makes an error or a panic of any class of what it cannot read
                if self.corpus.read_only or self._lexical.sound:
                    raise
            self.rebuild()
            return self._search(query, several, without, top, fold)

    def _search(
        self, query: str, several: Sequence[set[int] | None], without: frozenset[int], top: int, fold: bool
    ) -> list[list[Hit]]:
        question = parse_query(query, self._names)
        if not question:
            return [[] for _ in several]
        cache, hits = self._hit_cache, []
        at_once = max(1, READ_AHEAD // (top + FOLDED))
        for i in range(0, len(several), at_once):
            rankings = []
            for allowed in several[i : i + at_once]:
                found = self._candidates(question, allowed, top, without)
                ranked = rank_candidates(found.close, found.rows, found.others, found.ideal, by_items=found.by_items)
                rankings.append(ranked)
            if len(rankings) > 1:
                cache.parts([c.row for ranked in rankings for _, c in ranked[: top + FOLDED]])
            hits += [build_hits(cache, question, ranked, top, fold) for ranked in rankings]
        return hits

    def weigh_query(self, query: str) -> tuple[SearchQuery, Rarity]:
        """A query as it is searched for, and how rare its words are among the passages of the library."""
        self.refresh()
        question = parse_query(query, self._names)
        lexical = self._lexical.view
        assert lexical is not None
        return question, _rarity(question, _frequencies(question, lexical), lexical.size)

    def opening(self, document: int) -> Hit | None:
        """The first passage of a document as a hit without a score; None where it has none."""
        first = next(iter(self.corpus.passages(document)), None)
        return opening_hit(self._hit_cache, first.row) if first is not None else None

    def candidates(self, question: SearchQuery, *, filters: Filters | None = None) -> tuple[list[Candidate], Any]:
        """The candidates of a query with their features, as the ranking sees them."""
        self.refresh()
        found = self._candidates(question, self.corpus.select(filters) if filters else None, top=1)
        return found.close, found.rows

    def _candidates(
        self, question: SearchQuery, allowed: set[int] | None, top: int, without: frozenset[int] = NOTHING
    ) -> CandidatePool:
        """Find the candidates of a query and describe the best of them."""
        lexical = self._lexical.view
        assert lexical is not None
        limit = max(FEW, 2 * top)
        frequencies = _frequencies(question, lexical)
        wanted = _select_terms(question, frequencies, lexical.size)
        documents = lexical.search_documents(wanted, limit, allowed, without)
        found = {hit.row: hit for hit in lexical.search_passages(wanted, limit, allowed, without)}
        numbered = lexical.numbered(question.numbers) - without
        if allowed is not None:
            numbered &= allowed
        opening = lexical.opening(numbered) if numbered else []
        for hit in opening:
            found.setdefault(hit.row, hit)
        meaning, by_items = self._meaning(question, limit, allowed, without, tuple(found))
        pool = [
            (hit.row, hit.document, hit.score, documents.get(hit.document, 0.0), meaning.pop(hit.row, (0, 0.0))[1])
            for hit in found.values()
        ]
        pool += [(row, doc, 0.0, documents.get(doc, 0.0), near) for row, (doc, near) in meaning.items()]
        first, rest = select_candidates(pool, LOOKED_AT)
        names = _names(question)
        close, others = (
            _read(lexical, found, [Candidate(*pool[i], numbered=pool[i][1] in numbered) for i in some], names)
            for some in (first, rest[: max(0, 3 * top - LOOKED_AT)])
        )
        rarity = _rarity(question, frequencies, lexical.size)
        return CandidatePool(close, compute_features(question, rarity, close), others, rarity.ideal, by_items)

    def _meaning(
        self,
        question: SearchQuery,
        limit: int,
        allowed: set[int] | None,
        without: frozenset[int],
        found: Sequence[int],
    ) -> tuple[dict[int, tuple[int, float]], bool]:
        """Document and cosine as ``_meaning_of_passages``; by the items of passages where all of them have vectors."""
        items = self._items
        if items is not None:
            near = items.nearest(question.text, limit, allowed, without)
            others = [row for row in found if row not in near]
            cosines = items.best_of_passages(question.text, others)
            if cosines is not None:
                return near | {row: (0, cosine) for row, cosine in zip(others, cosines, strict=True)}, True
        return self._meaning_of_passages(question, limit, allowed, without, found), False

    def _meaning_of_passages(
        self, question: SearchQuery, limit: int, allowed: set[int] | None, without: frozenset[int], found: Iterable[int]
    ) -> dict[int, tuple[int, float]]:
        """Document and cosine of the nearest passages by row; passages already ``found`` by words get document 0."""
        dense = self._dense
        if dense is None or self.encoder is None or not len(dense):
            return {}
        vector = self.encoder.encode([question.text])[0]
        if not vector.any():
            return {}
        rows, documents, scores = dense.search(vector, limit, allowed, without=without)
        near = dict(zip(rows.tolist(), zip(documents.tolist(), scores.tolist(), strict=True), strict=True))
        others = [row for row in found if row not in near]
        near.update((row, (0, score)) for row, score in zip(others, dense.cosines(vector, others).tolist(), strict=True))
        return near


def _official_forms(question: SearchQuery, word: str) -> Iterator[str]:
    """How officials write an everyday word of a query."""
    for part, forms in question.readings:
        if word in part:
            yield from forms.split()


class CandidatePool(NamedTuple):
    """The candidates of a query.

    ``close`` are described by ``rows`` of features, ``others`` are not; ``ideal`` is the highest possible BM25 score; ``by_items``
    where meaning is that of a passage's best item.
    """

    close: list[Candidate]
    rows: Any
    others: list[Candidate]
    ideal: float
    by_items: bool


class Frequencies(NamedTuple):
    """In how many passages each word and each pair of a query occurs."""

    words: dict[str, int]
    pairs: dict[str, int]


def _frequencies(question: SearchQuery, lexical: LexicalIndex) -> Frequencies:
    return Frequencies(
        {word: lexical.frequency(word, "words") for word in (*question.words, *question.extra_words)},
        {pair: lexical.frequency(pair, "pairs") for pair in question.pairs},
    )


def _select_terms(question: SearchQuery, frequencies: Frequencies, count: int) -> WeightedQuery:
    """Select the words and pairs to search for: all but the most frequent, which cost most and discriminate least."""
    own = WeightedQuery(dict.fromkeys(question.words, 1.0), dict.fromkeys(question.pairs, 1.0))
    if count >= COMMON_FROM:
        most = COMMON * count
        words = {word: weight for word, weight in own.words.items() if frequencies.words[word] <= most}
        pairs = {pair: weight for pair, weight in own.pairs.items() if frequencies.pairs[pair] <= most}
        if words or pairs:
            own = WeightedQuery(words, pairs)
    return WeightedQuery({**own.words, **question.extra_words}, {**own.pairs, **question.extra_pairs})


def _rarity(question: SearchQuery, frequencies: Frequencies, count: int) -> Rarity:
    return Rarity(
        {word: idf(count, frequencies.words[word]) for word in question.words},
        {pair: idf(count, frequencies.pairs[pair]) for pair in question.pairs},
        {word: idf(count, frequencies.words[word]) for word in question.extra_words},
    )


def _names(question: SearchQuery) -> Callable[[str], str]:
    """How names are read in the texts a query is held against: as they stand, or, where it calls a thing with several names by the
    first of them and none by another, as that.
    """
    text = question.text
    return unify_terms if unify_terms(text) == text and find_equivalents(text) else lambda read: read


def _read(
    lexical: LexicalIndex, found: dict[int, LexicalHit], candidates: list[Candidate], names: Callable[[str], str]
) -> list[Candidate]:
    """Add the texts to candidates, with names read as ``names`` does; those unknown to the lexical index are left out."""
    readings = lexical.readings([c.row for c in candidates], found)
    known = []
    for c in candidates:
        reading = readings.get(c.row)
        if reading is not None:
            c.text, c.title, c.ordinal = names(reading.text), names(reading.head_text), reading.ordinal
            known.append(c)
    return known


class _RegionSpellings(View):
    """Names of the divisions the library's documents belong to, for reading typos."""

    def __init__(self, corpus: Corpus) -> None:
        self.names = SpellingNames()
        self._documents: Counter[str | None] = Counter()

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, by their divisions."""
        touched = {info.head.region_code for heads in (gone, come) for info in heads.values()}
        before = {code for code in touched if self._documents[code] > 0}
        self._documents.subtract(info.head.region_code for info in gone.values())
        self._documents.update(info.head.region_code for info in come.values())
        for code in touched:
            if (there := self._documents[code] > 0) != (code in before):
                for name in _long_names(code):
                    (self.names.add if there else self.names.discard)(name)


def _long_names(code: str | None) -> list[str]:
    division = gazetteer().by_code.get(code or "")
    return [name for name in (division.short, division.name) if len(name) >= 3] if division else []
