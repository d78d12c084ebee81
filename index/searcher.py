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

from corpus.document import Span
from corpus.filters import Filters
from corpus.store import Corpus, DocumentInfo, StoredPassage
from index.lexical import DocumentEntry, Found, LexicalIndex, PassageEntry, WeightedQuery
from index.passages import Hit
from index.segmentation import Tokens, document_numbers, engine, lexicon_hash, normalise, tokenise

if TYPE_CHECKING:
    from index.encoder import Encoder

LEXICAL_FORMAT = 1
DOCUMENT_WEIGHT = 0.7
CANDIDATES = 200
_BATCH = 2_000


class Searcher:
    """Finds passages in one library. Safe for many threads at once; cheap to make, everything is loaded when first needed."""

    def __init__(self, corpus: Corpus, encoder: Encoder | None = None) -> None:
        self.corpus = corpus
        self.encoder = encoder
        self._folder = corpus.folder / "cache" / "lexical"
        self._lexical: LexicalIndex | None = None
        self._generation = -1
        self._lock = threading.RLock()

    # ------------------------------------------------------------------ keeping up with the library

    def refresh(self) -> None:
        """Bring the caches up to the library's generation; does nothing when they are."""
        with self._lock:
            generation = self.corpus.generation
            if self._lexical is not None and generation == self._generation:
                return
            manifest = _manifest(self._folder)
            known = manifest.get("generation")
            fits = manifest == {**_signature(), "generation": known} and isinstance(known, int) and known <= generation
            if fits:
                try:
                    self._lexical = self._lexical or LexicalIndex(self._folder)
                    if known != generation:
                        self._follow(self._lexical, int(known or 0), generation)
                    else:
                        self._lexical.reload()
                    self._generation = generation
                    return
                except (ValueError, OSError, KeyError, UnicodeDecodeError):
                    pass  # damaged or half written: made anew below
            self._rebuild(generation)

    def rebuild(self) -> None:
        """Throw the caches away and build them anew."""
        with self._lock:
            self._rebuild(self.corpus.generation)

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

    def _follow(self, lexical: LexicalIndex, since: int, generation: int) -> None:
        changes = self.corpus.changes_since(since)
        put = {change.document for change in changes if change.operation == "put"}
        (self._folder / "manifest.json").unlink(missing_ok=True)  # a crash in between must not leave a stamp that lies
        lexical.update([change.document for change in changes], self._entries(put))
        _write_manifest(self._folder, generation)

    def _rebuild(self, generation: int) -> None:
        self._lexical = None
        LexicalIndex.clear(self._folder)
        lexical = LexicalIndex(self._folder)
        lexical.update((), self._entries(None))
        _write_manifest(self._folder, generation)
        self._lexical, self._generation = lexical, generation

    def _entries(self, documents: set[int] | None) -> Iterator[tuple[DocumentEntry, list[PassageEntry]]]:
        for info in self.corpus.infos():
            if documents is None or info.row in documents:
                yield _entry(info, self.corpus.text(info.row), list(self.corpus.passages(info.row)))

    # ------------------------------------------------------------------ searching

    def search(self, query: str, *, filters: Filters | None = None, top: int = 10, fold: bool = True) -> list[Hit]:
        """The best passages for a query, best first; ``fold`` keeps one of several passages with the same words."""
        tokens = tokenise(query[:20_000])
        if top < 1 or not (tokens.words or tokens.pairs):
            return []
        self.refresh()
        lexical = self._lexical
        assert lexical is not None
        allowed = self.corpus.select(filters) if filters else None
        wanted = _weighted(tokens)
        limit = max(CANDIDATES, 2 * top)
        found = lexical.search_passages(wanted, limit, allowed)
        documents = lexical.search_documents(wanted, limit, allowed)
        floor = min(documents.values(), default=0.0)
        ranked = sorted(
            ((hit.score + DOCUMENT_WEIGHT * documents.get(hit.document, floor), hit) for hit in found),
            key=lambda pair: (-pair[0], pair[1].row),
        )
        return self._hits(query, tokens, ranked, top, fold)

    def _hits(self, query: str, tokens: Tokens, ranked: Sequence[tuple[float, Found]], top: int, fold: bool) -> list[Hit]:
        stored = self.corpus.passages_by_row([hit.row for _, hit in ranked])
        hits: list[Hit] = []
        seen: set[str] = set()
        infos: dict[int, DocumentInfo] = {}
        texts: dict[int, str] = {}
        for score, found in ranked:
            passage = stored.get(found.row)
            if passage is None or (fold and found.text in seen):
                continue
            seen.add(found.text)
            if passage.document not in infos:
                infos[passage.document] = self.corpus.info(passage.document)
                texts[passage.document] = self.corpus.text(passage.document)
            hits.append(_hit(infos[passage.document], texts[passage.document], passage, score, tokens))
            if len(hits) == top:
                break
        return hits


def _hit(info: DocumentInfo, text: str, passage: StoredPassage, score: float, tokens: Tokens) -> Hit:
    marks, words = _matches(text, passage.span, tokens)
    return Hit(
        source_id=info.id,
        source=info.source,
        title=info.head.title,
        section_path=passage.trail,
        text=passage.span.of(text),
        start=passage.span.start,
        end=passage.span.end,
        score=score,
        region=info.head.region,
        highlights=marks,
        why=words,
    )


def _matches(text: str, span: Span, tokens: Tokens) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """Where the words of the query stand in a passage, and which they are."""
    part = span.of(text).lower()
    found: list[Span] = []
    words: list[str] = []
    for word in sorted(set(tokens.words), key=lambda w: (-len(w), w)):
        if len(word) < 2 and not word.isdigit():
            continue
        at = part.find(word)
        if at >= 0:
            words.append(word)
        while at >= 0:
            mark = Span(span.start + at, span.start + at + len(word))
            if not any(mark.overlaps(other) for other in found):
                found.append(mark)
            at = part.find(word, at + len(word))
    return tuple(sorted(found)), tuple(words)


def _weighted(tokens: Tokens) -> WeightedQuery:
    return WeightedQuery(dict.fromkeys(tokens.words, 1.0), dict.fromkeys(tokens.pairs, 1.0))


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
        heading = tokenise(f"{info.head.title or ''} {' '.join(passage.trail)}") if passage.trail else title
        parts.append(PassageEntry(passage.row, info.row, tokens, heading, normalise(raw)))
    number = next(iter(document_numbers(info.head.doc_number or "")), None)
    return DocumentEntry(info.row, title, Tokens(words, pairs), number, info.head.title or ""), parts


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
