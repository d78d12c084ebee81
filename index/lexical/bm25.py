"""The lexical index 词面索引 on disk: passages and whole documents by their words and character pairs, ranked by BM25.

Two tantivy indexes, because lengths and frequencies of passages and of documents must not mix. Queries are built from tokens,
never from the user's string, so no character in a query has a meaning of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import tantivy

from index.lexical.bulk_tokens import Segments
from index.lexical.tokens import SpelledWord, number_readings, spell_word

HEAP = 64_000_000
INDEXES = ("passages", "documents")
"""The folders of the two indexes."""
KEPT = 4_096
"""Passages cached in memory, about a kilobyte each: successive questions find many of the same."""


@dataclass(frozen=True, slots=True)
class PassageEntry:
    """A passage to be indexed. Its folded text is stored for ranking; hits show the text of the library."""

    row: int
    document: int
    ordinal: int
    text: Segments
    heading: Segments
    """Title of the document and headings above the passage."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document to be indexed together with its passages: the tokens of its title, its number, and a hash of all that is indexed."""

    document: int
    title: Segments
    number: str | None
    digest: str


class LexicalHit(NamedTuple):
    """A passage found by its words: row of the passage, row of the document, BM25 score, address of the stored text."""

    row: int
    document: int
    score: float
    address: Any


class IndexReading(NamedTuple):
    """The stored fields of a passage: ordinal in the document, folded text, folded title and headings."""

    ordinal: int
    text: str
    head_text: str


class LexicalIndex:
    """Both indexes as they were at one commit. One process at a time may write, see ``index.lock``."""

    def __init__(self, folder: Path, opened: tuple[Any, Any] | None = None) -> None:
        self.folder = folder
        self.passages, self.documents = opened or (
            _open(folder / "passages", _passage_schema()),
            _open(folder / "documents", _document_schema()),
        )
        self._passages = self.passages.searcher()
        self._documents = self.documents.searcher()
        self._kept: dict[int, IndexReading] = {}

    def reloaded(self) -> LexicalIndex:
        """The indexes as last committed; this object stays as it is for searches under way."""
        self.passages.reload()
        self.documents.reload()
        return LexicalIndex(self.folder, (self.passages, self.documents))

    @property
    def size(self) -> int:
        """How many passages there are."""
        return int(self._passages.num_docs)

    def frequency(self, token: str, field: str = "words") -> int:
        """In how many passages a token occurs."""
        return int(self._passages.doc_freq(field, token))

    def holds(self, text: str, pairs: Sequence[str]) -> bool:
        """Whether any of the 30 best passages for the pairs of a text contains the text."""
        return any(text in self.read(found).text for found in self._with_all(pairs, 30))

    def documents_with(self, pairs: Sequence[str]) -> set[int]:
        """The documents with a passage that holds all of some pairs."""
        return {hit.document for hit in self._with_all(pairs, max(1, self.size))}

    def documents_with_phrase(self, text: str) -> set[int]:
        """The documents in which a text stands as it is, in a passage, a heading or the title; blanks do not count.

        Args:
            text: A folded text (``index.lexical.tokens.normalise``).
        """
        spelling = spell_word(text)
        if not spelling:
            return set()
        if len(spelling) == 1:  # a pair or a word is the token itself
            hits = self._documents.search(_all_of(self.documents.schema, spelling), self._most(self._documents), count=False).hits
            return {int(row or 0) for row in self._documents.fast_field_values("document", [address for _, address in hits])}
        schema, most = self.passages.schema, self._most(self._passages)
        # where the dictionary knows it as one word it need not be read to be seen
        found = {
            hit.document
            for hit in self._found(self._passages.search(_all_of(schema, (("words", text),)), most, count=False).hits)
        }
        wanted = "".join(text.split())
        for hit in self._found(self._passages.search(_all_of(schema, spelling), most, count=False).hits):
            if hit.document not in found:
                reading = self.read(hit)
                if any(wanted in "".join(part.split()) for part in (reading.text, reading.head_text)):
                    found.add(hit.document)
        return found

    @staticmethod
    def _most(searcher: Any) -> int:
        return max(1, int(searcher.num_docs))

    def _with_all(self, pairs: Sequence[str], limit: int) -> list[LexicalHit]:
        """The best passages that hold all of some pairs; none without pairs."""
        terms = [tantivy.Query.term_query(self.passages.schema, "pairs", pair, index_option="freq") for pair in pairs]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, term) for term in terms])
        return self._found(self._passages.search(query, limit, count=False).hits if terms else [])

    def search_passages(
        self, query: WeightedQuery, limit: int, documents: set[int] | None = None, without: Set[int] = frozenset()
    ) -> list[LexicalHit]:
        """The best passages for a query: of some documents only where those are given, else of all but those ``without``."""
        built = _restricted(self.passages.schema, query.build(self.passages.schema, _PASSAGE_BOOSTS), documents)
        for asked in _more_and_more(limit, without):
            hits = self._passages.search(built, asked, count=False).hits if built is not None else []
            found = [hit for hit in self._found(hits) if hit.document not in without]
            if len(found) >= limit or len(hits) < asked:
                break
        return found[:limit]

    def by_rows(self, rows: Sequence[int]) -> list[LexicalHit]:
        """Passages by their numbers."""
        if not rows:
            return []
        # four times as fast as one query for a set, which is made for sets of thousands
        terms = [tantivy.Query.term_query(self.passages.schema, "row", row, index_option="basic") for row in rows]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return self._found(self._passages.search(query, len(rows), count=False).hits)

    def opening(self, documents: Iterable[int]) -> list[LexicalHit]:
        """The first passages of some documents."""
        query = tantivy.Query.term_set_query(self.passages.schema, "document", list(documents))
        return [hit for hit in self._found(self._passages.search(query, 100, count=False).hits) if self.read(hit).ordinal < 3]

    def _found(self, hits: Sequence[tuple[float, Any]]) -> list[LexicalHit]:
        addresses = [address for _, address in hits]
        rows = self._passages.fast_field_values("row", addresses)
        documents = self._passages.fast_field_values("document", addresses)
        return [LexicalHit(row, doc, score, at) for (score, at), row, doc in zip(hits, rows, documents, strict=True)]

    def read(self, found: LexicalHit) -> IndexReading:
        """The text of a passage."""
        reading = self._kept.get(found.row)
        if reading is None:
            stored = self._passages.doc(found.address)
            text, _, head = stored["text"][0].decode("utf-8", "surrogatepass").partition("\x00")
            reading = IndexReading(stored["ordinal"][0], text, head)
            if len(self._kept) >= KEPT:
                self._kept = {}
            self._kept[found.row] = reading
        return reading

    def readings(self, rows: Sequence[int], found: Mapping[int, LexicalHit]) -> dict[int, IndexReading]:
        """The stored fields of passages by row; hits already ``found`` are not looked up again, unknown rows are left out."""
        kept = self._kept  # another thread may begin a new one meanwhile
        unknown = [row for row in rows if row not in kept and row not in found]
        places = {**found, **{hit.row: hit for hit in self.by_rows(unknown)}}
        return {row: kept.get(row) or self.read(places[row]) for row in rows if row in kept or row in places}

    def search_documents(
        self, query: WeightedQuery, limit: int, documents: set[int] | None = None, without: Set[int] = frozenset()
    ) -> dict[int, float]:
        """The best documents for a query with their scores; which ones as for ``search_passages``."""
        built = _restricted(self.documents.schema, query.build(self.documents.schema, _DOCUMENT_BOOSTS), documents)
        for asked in _more_and_more(limit, without):
            hits = self._documents.search(built, asked, count=False).hits if built is not None else []
            rows = self._documents.fast_field_values("document", [address for _, address in hits])
            found = [(row, score) for (score, _), row in zip(hits, rows, strict=True) if row not in without]
            if len(found) >= limit or len(hits) < asked:
                break
        return {int(row or 0): score for row, score in found[:limit]}

    def digests(self, documents: Collection[int]) -> dict[int, str]:
        """The hashes of what is indexed of some documents; those that are not there are left out."""
        query = tantivy.Query.term_set_query(self.documents.schema, "document", list(documents))
        addresses = [at for _, at in self._documents.search(query, max(1, len(documents)), count=False).hits]
        rows = self._documents.fast_field_values("document", addresses)
        return {int(row or 0): self._documents.doc(at)["digest"][0].decode() for row, at in zip(rows, addresses, strict=True)}

    def numbered(self, numbers: Iterable[str]) -> set[int]:
        """Documents with one of these numbers; words in front that are not part of a number are ignored."""
        readings = [reading for number in numbers for reading in number_readings(number)]
        if not readings:
            return set()
        query = tantivy.Query.term_set_query(self.documents.schema, "number", readings)
        hits = self._documents.search(query, 100, count=False).hits
        return {int(row or 0) for row in self._documents.fast_field_values("document", [a for _, a in hits])}


def write_entries(folder: Path, entries: Iterable[tuple[DocumentEntry, Sequence[PassageEntry]]]) -> None:
    """Write both indexes of some documents into an empty folder, one commit each."""
    index = LexicalIndex(folder)
    passages = index.passages.writer(HEAP, 1)
    try:
        documents = index.documents.writer(HEAP, 1)
        try:
            for entry, parts in entries:
                documents.add_document(_document(entry, parts))
                for part in parts:
                    passages.add_document(_passage(part))
            passages.commit()
            documents.commit()
        finally:
            documents.wait_merging_threads()
    finally:
        passages.wait_merging_threads()


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """Tokens with weights: 1 for the user's own, less for synonyms and corrections."""

    words: dict[str, float]
    pairs: dict[str, float]

    def build(self, schema: Any, boosts: dict[str, tuple[str, float]]) -> Any | None:
        """The tantivy query: any token may match, in any of the fields."""
        clauses = []
        for field, (kind, boost) in boosts.items():
            terms = self.words if kind == "words" else self.pairs
            for token, weight in terms.items():
                term = tantivy.Query.term_query(schema, field, token, index_option="freq")
                factor = weight * boost
                clauses.append((tantivy.Occur.Should, term if factor == 1 else tantivy.Query.boost_query(term, factor)))
        return tantivy.Query.boolean_query(clauses) if clauses else None


_PASSAGE_BOOSTS = {"words": ("words", 1.0), "pairs": ("pairs", 1.0), "head_words": ("words", 0.3), "head_pairs": ("pairs", 0.3)}
_DOCUMENT_BOOSTS = {"words": ("words", 1.0), "pairs": ("pairs", 1.0), "head_words": ("words", 0.3), "head_pairs": ("pairs", 0.3)}


def _all_of(schema: Any, spelling: SpelledWord) -> Any:
    """Every token of a spelling, each in the text or in the title and headings."""
    return tantivy.Query.boolean_query(
        [
            (
                tantivy.Occur.Must,
                _any_of(
                    [tantivy.Query.term_query(schema, name, token, index_option="freq") for name in (field, f"head_{field}")]
                ),
            )
            for field, token in spelling
        ]
    )


def _any_of(queries: Sequence[Any]) -> Any:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _more_and_more(limit: int, without: Set[int]) -> Iterator[int]:
    """How many hits to ask for, so that enough are left: a query that leaves thousands of documents out takes as long as many."""
    asked = limit + limit // 4 if without else limit
    while True:
        yield asked
        asked *= 2


def _restricted(schema: Any, query: Any | None, documents: set[int] | None) -> Any | None:
    if query is None or documents is None:
        return query
    if not documents:
        return None
    allowed = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, "document", sorted(documents)), 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, allowed)])


def _tokens(builder: Any, *names: str) -> None:
    for name in names:
        builder.add_text_field(name, tokenizer_name="tokens", index_option="freq")


def _passage_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    # signed numbers: deleting by an unsigned one deletes nothing and says nothing
    builder.add_integer_field("row", stored=True, indexed=True, fast=True)
    builder.add_integer_field("document", stored=True, indexed=True, fast=True)
    builder.add_integer_field("ordinal", stored=True)
    builder.add_bytes_field("text", stored=True)
    _tokens(builder, "words", "pairs", "head_words", "head_pairs")
    return builder.build()


def _document_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("document", stored=False, indexed=True, fast=True)
    builder.add_bytes_field("digest", stored=True)
    builder.add_text_field("number", tokenizer_name="raw", index_option="basic")
    _tokens(builder, "words", "pairs", "head_words", "head_pairs")
    return builder.build()


def _open(folder: Path, schema: Any) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema, path=str(folder))
    # analyzers are not kept with the index: register again after every opening
    index.register_tokenizer("tokens", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")
    return index


def _passage(entry: PassageEntry) -> Any:
    doc = tantivy.Document()
    doc.add_integer("row", entry.row)
    doc.add_integer("document", entry.document)
    doc.add_integer("ordinal", entry.ordinal)
    doc.add_bytes("text", f"{entry.text.plain}\x00{entry.heading.plain}".encode("utf-8", "surrogatepass"))
    doc.add_text("words", entry.text.words)
    doc.add_text("pairs", entry.text.pairs)
    doc.add_text("head_words", entry.heading.words)
    doc.add_text("head_pairs", entry.heading.pairs)
    return doc


def _document(entry: DocumentEntry, parts: Sequence[PassageEntry]) -> Any:
    doc = tantivy.Document()
    doc.add_integer("document", entry.document)
    doc.add_bytes("digest", entry.digest.encode())
    if entry.number:
        doc.add_text("number", entry.number)
    doc.add_text("words", " ".join([part.text.words for part in parts]))
    doc.add_text("pairs", " ".join([part.text.pairs for part in parts]))
    doc.add_text("head_words", entry.title.words)
    doc.add_text("head_pairs", entry.title.pairs)
    return doc
