"""Search 检索: from a query to the passages that answer it, with the words that matched and the reason.

The caches under ``corpus.folder / "cache"`` follow the library by its generation: changed documents are taken in one by one,
and anything that does not fit (another engine, another lexicon, a damaged file) is thrown away and built again from the library.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.divisions import gazetteer
from corpus.filters import Filters
from corpus.store import Corpus, DocumentInfo, StoredPassage
from index.dense import DenseIndex
from index.lexical import DocumentEntry, LexicalIndex, PassageEntry, WeightedQuery
from index.passages import Hit
from index.question import Question, understand
from index.ranking import Candidate, Rarity, features, idf, ordered, promising
from index.segmentation import Tokens, document_numbers, engine, lexicon_hash, normalise, tokenise
from index.showing import show

if TYPE_CHECKING:
    from index.encoder import Encoder

LEXICAL_FORMAT = 2
FEW = 60
"""Candidates each half of the search gives for a short list of hits; a longer list takes one and a half times its length."""
LOOKED_AT = 60
"""Candidates compared in detail for a short list of hits."""


class Searcher:
    """Finds passages in one library. Safe for many threads at once; cheap to make, everything is loaded when first needed."""

    def __init__(self, corpus: Corpus, encoder: Encoder | None = None) -> None:
        self.corpus = corpus
        self.encoder = encoder
        self._folder = corpus.folder / "cache" / "lexical"
        self._lexical: LexicalIndex | None = None
        self._dense: DenseIndex | None = None
        self._names: tuple[str, ...] = ()
        self._generation = -1
        self._lock = threading.RLock()

    # ------------------------------------------------------------------ keeping up with the library

    def refresh(self) -> None:
        """Bring the caches up to the library's generation; does nothing when they are."""
        if self._generation == self.corpus.generation:
            return
        with self._lock:
            generation = self.corpus.generation
            if generation == self._generation:
                return
            if not self._follow(generation):
                self._rebuild_lexical(generation)
            self._follow_vectors(generation)
            self._names = _names(self.corpus)
            self._generation = generation

    def rebuild(self) -> None:
        """Throw the caches away and build them anew."""
        with self._lock:
            generation = self.corpus.generation
            self._rebuild_lexical(generation)
            self._dense = None
            if self.encoder is not None:
                self._dense = DenseIndex(self.corpus, self.encoder.name, self.encoder.dimension)
                self._dense.rebuild(generation)
            self._names = _names(self.corpus)
            self._generation = generation

    def check(self) -> list[str]:
        """What is wrong with the caches, in Chinese sentences; they mend themselves at the next search."""
        manifest = _manifest(self._folder)
        if not manifest or manifest.get("generation") != self.corpus.generation:
            return []
        try:
            size = LexicalIndex(self._folder).size
        except (ValueError, OSError):
            return ["词面索引已损坏。请运行 cemai doctor --repair 重建。"]
        stored = sum(1 for _ in self.corpus.passages())
        return [] if size == stored else [f"词面索引有 {size} 段，文档库有 {stored} 段。请运行 cemai doctor --repair 重建。"]

    def _follow(self, generation: int) -> bool:
        """Take in what changed since the index was stamped; false where it has to be made anew."""
        manifest = _manifest(self._folder)
        known = manifest.get("generation")
        if not isinstance(known, int) or known > generation or manifest != {**_signature(), "generation": known}:
            return False
        try:
            self._lexical = self._lexical or LexicalIndex(self._folder)
            if known == generation:
                self._lexical.reload()
                return True
            changes = self.corpus.changes_since(known)
            if changes:
                (self._folder / "manifest.json").unlink(missing_ok=True)  # a crash in between must not leave a stamp that lies
                put = [change.document for change in changes if change.operation == "put"]
                self._lexical.update([change.document for change in changes], self._entries(put))
            _write_manifest(self._folder, generation)
        except (ValueError, OSError, KeyError, UnicodeDecodeError):
            return False
        return True

    def _rebuild_lexical(self, generation: int) -> None:
        self._lexical = None
        LexicalIndex.clear(self._folder)
        lexical = LexicalIndex(self._folder)
        lexical.update((), self._entries(None))
        _write_manifest(self._folder, generation)
        self._lexical = lexical

    def _follow_vectors(self, generation: int) -> None:
        if self.encoder is None:
            return
        if self._dense is None:
            self._dense = DenseIndex(self.corpus, self.encoder.name, self.encoder.dimension)
        self._dense.refresh(generation)

    def _entries(self, documents: Sequence[int] | None) -> Iterator[tuple[DocumentEntry, list[PassageEntry]]]:
        for info in self.corpus.infos() if documents is None else map(self.corpus.info, documents):
            yield _entry(info, self.corpus.text(info.row), list(self.corpus.passages(info.row)))

    # ------------------------------------------------------------------ searching

    def search(self, query: str, *, filters: Filters | None = None, top: int = 10, fold: bool = True) -> list[Hit]:
        """The best passages for a query, best first; ``fold`` shows one of several passages that say the same."""
        if top < 1 or not query.strip():
            return []
        self.refresh()
        question = understand(query, self._names)
        if not question:
            return []
        candidates, rows = self.candidates(question, filters=filters, top=top)
        return show(self.corpus, question, ordered(candidates, rows), top, fold)

    def candidates(
        self, question: Question, *, filters: Filters | None = None, top: int = 10
    ) -> tuple[list[Candidate], list[list[float]]]:
        """The passages either half of the search found, with the features they are ranked by."""
        self.refresh()
        lexical = self._lexical
        assert lexical is not None
        allowed = self.corpus.select(filters) if filters else None
        limit = max(FEW, 3 * top // 2)
        wanted = WeightedQuery(
            {**dict.fromkeys(question.words, 1.0), **question.extra_words},
            {**dict.fromkeys(question.pairs, 1.0), **question.extra_pairs},
        )
        found = {hit.row: hit for hit in lexical.search_passages(wanted, limit, allowed)}
        documents = lexical.search_documents(wanted, limit, allowed)
        numbered = lexical.numbered(question.numbers)
        if allowed is not None:
            numbered &= allowed
        if numbered:
            found = {**{hit.row: hit for hit in lexical.opening(numbered)}, **found}
        meaning: dict[int, float] = {}
        dense = self._dense
        if dense is not None and self.encoder is not None and len(dense):
            vector = self.encoder.encode([question.text])[0]
            if vector.any():
                meaning = {row: score for row, _, score in dense.search(vector, limit, allowed)}
                others = [row for row in found if row not in meaning]
                meaning.update(zip(others, dense.cosines(vector, others), strict=True))
                found.update((hit.row, hit) for hit in lexical.by_rows([row for row in meaning if row not in found]))
        candidates = [
            Candidate(
                hit.row,
                hit.document,
                hit.text,
                hit.head_text,
                hit.ordinal,
                hit.score,
                documents.get(hit.document, 0.0),
                meaning.get(hit.row, 0.0),
                hit.document in numbered,
            )
            for hit in found.values()
        ]
        candidates = promising(candidates, max(LOOKED_AT, 3 * top))
        return candidates, features(question, self._rarity(lexical, question), candidates)

    @staticmethod
    def _rarity(lexical: LexicalIndex, question: Question) -> Rarity:
        count = lexical.size
        return Rarity(
            {word: idf(count, lexical.frequency(word, "words")) for word in question.words},
            {pair: idf(count, lexical.frequency(pair, "pairs")) for pair in question.pairs},
            {word: idf(count, lexical.frequency(word, "words")) for word in question.extra_words},
        )


def _names(corpus: Corpus) -> tuple[str, ...]:
    """Names of the divisions the library's documents belong to, for reading typos."""
    divisions = (gazetteer().by_code.get(code) for code in sorted(corpus.region_codes())[:2_000])
    return tuple(dict.fromkeys(name for d in divisions if d for name in (d.short, d.name) if len(name) >= 3))


def _entry(info: DocumentInfo, text: str, passages: Sequence[StoredPassage]) -> tuple[DocumentEntry, list[PassageEntry]]:
    title = tokenise(info.head.title or "")
    words: list[str] = []
    pairs: list[str] = []
    parts = []
    for passage in passages:
        raw = passage.span.of(text)
        tokens = tokenise(raw)
        words += tokens.words
        pairs += tokens.pairs
        head = f"{info.head.title or ''} {' '.join(passage.trail)}".strip()
        heading = tokenise(head) if passage.trail else title
        parts.append(PassageEntry(passage.row, info.row, passage.ordinal, tokens, heading, normalise(raw), normalise(head)))
    number = next(iter(document_numbers(info.head.doc_number or "")), None)
    return DocumentEntry(info.row, title, Tokens(words, pairs), number), parts


def _signature() -> dict[str, Any]:
    return {"format": LEXICAL_FORMAT, "engine": engine(), "lexicon": lexicon_hash()}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        value = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write_manifest(folder: Path, generation: int) -> None:
    target = folder / "manifest.json"
    draft = target.with_suffix(".tmp")
    draft.write_text(json.dumps({**_signature(), "generation": generation}), encoding="utf-8")
    draft.replace(target)
