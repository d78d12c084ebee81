"""The rivals: BM25 over pairs of characters and over words, the encoder alone, pairs and encoder together."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from index.lexical.tokens import HAN, normalise
from tools.arena.engine import Engine, Options, Place, Refusal, passages_of
from tools.arena.measures import FoundSpan
from tools.arena.passages import TOP, Passages
from tools.arena.vectors import Vectors

SHARE = 0.5
"""What the encoder counts beside the pairs. Written down once, not tuned."""
FIRST = 200
"""Documents of each list that count in ``with_first_of_both``."""

_run = re.compile(rf"[{HAN}]+|[a-z0-9]+")


def pairs_of(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, and words of letters and digits."""
    out: list[str] = []
    for run in _run.findall(normalise(text)):
        out += [run] if run.isascii() or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return out


def words_of(text: str) -> list[str]:
    """Words as jieba's own dictionary has them, cut for searching."""
    return [word for word in _cutter()(normalise(text)) if re.search(r"\w", word)]


@lru_cache(maxsize=1)
def _cutter() -> Callable[[str], list[str]]:
    try:
        import rjieba

        cutter: Any = rjieba.Jieba()
    except ImportError:
        import jieba

        cutter = jieba.Tokenizer()
    return lambda text: list(cutter.cut_for_search(text))


class PairScores:
    """BM25 over pairs of characters, with bm25s as it comes."""

    def __init__(self, passages: Passages) -> None:
        try:
            import bm25s  # type: ignore[import-untyped,import-not-found,unused-ignore]
        except ImportError as error:
            raise Refusal("bm25s is not installed") from error
        began = time.process_time()
        self._engine = bm25s.BM25()
        self._engine.index([pairs_of(text) for text in passages.texts], show_progress=False)
        self.build_s = time.process_time() - began

    def scores(self, query: str) -> Any:
        """The score of every passage."""
        return self._engine.get_scores(pairs_of(query))


def pair_scores(place: Place) -> PairScores:
    """The pairs of a place, indexed once."""
    found: PairScores = place.kept.once("pairs", lambda: PairScores(passages_of(place)))
    return found


def with_pairs(place: Place, _: Options) -> Engine:
    """The cheapest rival."""
    passages, pairs = passages_of(place), pair_scores(place)

    def ask(_: str, query: str) -> list[FoundSpan]:
        return passages.spans(one for one in passages.best(pairs.scores(query)) if one[0] > 0)

    return Engine(ask, pairs.build_s)


def with_words(place: Place, _: Options) -> Engine:
    """Tantivy, with words as jieba cuts them."""
    import tantivy

    passages = passages_of(place)
    began = time.process_time()
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("text", tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(64_000_000, 1)
    for number, text in enumerate(passages.texts):
        writer.add_document(tantivy.Document(number=number, text=" ".join(words_of(text))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    owner = np.repeat(np.arange(len(passages.documents)), np.diff(passages.first)).tolist()

    def ask(_: str, query: str) -> list[FoundSpan]:
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word)) for word in set(words_of(query))]
        asked = tantivy.Query.boolean_query(terms)
        found: dict[int, int] = {}
        read, limit = 0, 3 * TOP
        while True:  # until there are enough documents or no more passages
            hits = searcher.search(asked, limit).hits
            for _, address in hits[read:]:
                passage = searcher.doc(address)["number"][0]
                found.setdefault(owner[passage], passage)
            if len(found) >= TOP or len(hits) < limit:
                return [passages.span(document, passage) for document, passage in list(found.items())[:TOP]]
            read, limit = limit, 3 * limit

    return Engine(ask, time.process_time() - began)


class EncoderScores:
    """The cosine of a question with every passage."""

    def __init__(self, place: Place, options: Options) -> None:
        self._encoder = options.encoder()
        vectors = Vectors(self._encoder, options.work)
        try:
            self._table, self.build_s = vectors.of(passages_of(place).texts, options.encode)
        finally:
            vectors.close()

    def scores(self, query: str) -> Any:
        """The cosine of every passage."""
        return self._table @ self._encoder.encode_queries([query])[0]


def encoder_scores(place: Place, options: Options) -> EncoderScores:
    """The vectors of a place, made once."""
    found: EncoderScores = place.kept.once("encoder", lambda: EncoderScores(place, options))
    return found


def with_encoder(place: Place, options: Options) -> Engine:
    """Meaning alone."""
    passages, meaning = passages_of(place), encoder_scores(place, options)
    return Engine(lambda _, query: passages.spans(passages.best(meaning.scores(query))), meaning.build_s, options.encoder().name)


def _scaled(passages: Passages, scores: Any, most: float, first: int | None = None) -> Any:
    """Scores moved and stretched so that those of the documents, or of so many first ones, reach from 0 to ``most``."""
    best = passages.best_scores(scores)
    low = np.partition(best, -first)[-first] if first is not None and first < len(best) else best.min()
    return most * ((scores - low) / max(best.max() - low, 1e-9)).clip(min=0.0)


def with_both(place: Place, options: Options, first: int | None = None) -> Engine:
    """Pairs and half the encoder."""
    passages, pairs, meaning = passages_of(place), pair_scores(place), encoder_scores(place, options)

    def ask(_: str, query: str) -> list[FoundSpan]:
        some = _scaled(passages, pairs.scores(query), 1.0, first)
        return passages.spans(passages.best_of_sums(some, _scaled(passages, meaning.scores(query), SHARE, first)))

    return Engine(ask, pairs.build_s + meaning.build_s, options.encoder().name)


def with_first_of_both(place: Place, options: Options) -> Engine:
    """Pairs and half the encoder, where only the first documents of each list count."""
    return with_both(place, options, FIRST)
