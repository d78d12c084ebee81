"""Build hits 检索结果 from ranked candidates: quotes, highlighted words, reasons; near-duplicate passages are folded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeVar

from corpus.document import Span
from corpus.folding import folded
from corpus.store import Corpus
from corpus.store.rows import Label, Quote
from index.lexical.tokens import normalise
from index.passages import Hit
from index.query import SearchQuery
from index.ranking.features import Candidate

MEANING = 0.45
"""Smallest cosine for which a hit names 语义 as a reason."""
_SAME = 0.9
_SIZE = 4
_NEAR = 0.1
"""Largest difference of the cosines to the query between two near-duplicates."""
_KEPT = 5_000
FOLDED = 4
"""Passages read beyond the hits wanted: few are folded away, so that the rest is hardly ever needed."""
_Entry = TypeVar("_Entry")


class HitPart(NamedTuple):
    """What is read of a passage to show it."""

    quote: Quote
    label: Label
    pages: Sequence[tuple[int, int]]
    """Where the pages of its document begin: (position, page)."""

    def page(self, position: int) -> int | None:
        """The page number of a position, or None in a document whose anchors name no pages."""
        at = bisect_right(self.pages, position, key=itemgetter(0)) - 1
        return self.pages[max(at, 0)][1] if self.pages else None


class HitCache:
    """Quotes, document labels and page numbers read for hits. A new cache is made when the index has a new generation."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._quotes: dict[int, Quote] = {}
        self._labels: dict[int, Label] = {}
        self._pages: dict[int, list[tuple[int, int]]] = {}

    def parts(self, passages: Iterable[int]) -> dict[int, HitPart]:
        """What is shown of passages, by row, read in three calls of the store; one that was removed in the meantime is left out."""
        quotes = _kept(self._quotes, passages, self.corpus.quotes)
        documents = dict.fromkeys(quote.document for quote in quotes.values())
        labels = _kept(self._labels, documents, self.corpus.labels)
        pages = _kept(self._pages, documents, self.corpus.pages)
        return {
            row: HitPart(quote, labels[quote.document], pages[quote.document])
            for row, quote in quotes.items()
            if quote.document in labels
        }


def _kept(
    kept: dict[int, _Entry], wanted: Iterable[int], fetch: Callable[[Iterable[int]], dict[int, _Entry]]
) -> dict[int, _Entry]:
    """Entries by number from ``kept``; missing ones are fetched in one call."""
    found = {number: kept.get(number) for number in wanted}
    more = fetch([number for number, entry in found.items() if entry is None]) if None in found.values() else {}
    if len(kept) + len(more) > _KEPT:
        kept.clear()
    kept.update(more)
    return {number: entry for number, entry in {**found, **more}.items() if entry is not None}


def build_hits(
    cache: HitCache, question: SearchQuery, ranked: Sequence[tuple[float, Candidate]], top: int, fold: bool
) -> list[Hit]:
    """Build the first ``top`` hits of a ranking; with ``fold`` only the first of near-duplicate passages."""
    hits: list[Hit] = []
    kept: list[_Wording] = []
    wanted = [word for word in dict.fromkeys((*question.words, *question.extra_words)) if len(word) > 1 or word.isdigit()]
    wanted.sort(key=len, reverse=True)
    chosen = ranked[: 2 * top + 20]
    parts: dict[int, HitPart] = {}
    for i, (score, candidate) in enumerate(chosen):
        if i % (top + FOLDED) == 0:
            parts = cache.parts([c.row for _, c in chosen[i : i + top + FOLDED]])
        part = parts.get(candidate.row)
        if part is None:
            continue
        if fold:
            wording = _Wording(candidate)
            if any(wording.like(other) for other in kept):
                continue
            kept.append(wording)
        hits.append(_hit(part, score, candidate, question, wanted))
        if len(hits) == top:
            break
    return hits


def opening_hit(cache: HitCache, passage: int) -> Hit | None:
    """A passage as a hit that no word of a query was looked for in; None where it is gone."""
    part = cache.parts([passage]).get(passage)
    if part is None:
        return None
    quote, label = part.quote, part.label
    return Hit(
        source_id=label.id,
        source=label.source,
        title=label.title,
        section_path=quote.trail,
        text=quote.text,
        start=quote.span.start,
        end=quote.span.end,
        score=0.0,
        page=part.page(quote.span.start),
        region=label.region,
        passage=passage,
    )


class _Wording:
    """The wording of a passage, for finding near-duplicates. 4-grams are compared only where length and cosine are close."""

    __slots__ = ("_grams", "_meaning", "_size", "_text")

    def __init__(self, candidate: Candidate) -> None:
        self._meaning = candidate.meaning
        self._text = "".join(candidate.text.split())
        self._size = len(self._text)
        self._grams: set[str] | None = None

    @property
    def grams(self) -> set[str]:
        if self._grams is None:
            text = self._text
            self._grams = {text[i : i + _SIZE] for i in range(max(1, len(text) - _SIZE + 1))}
        return self._grams

    def like(self, other: _Wording) -> bool:
        mine, theirs = self._size, other._size
        if mine < 0.8 * theirs or theirs < 0.8 * mine:
            return False
        if self._text == other._text:
            return True
        if self._meaning and other._meaning and abs(self._meaning - other._meaning) > _NEAR:
            return False
        one = self._text
        probes = range(0, len(one) - _SIZE + 1, max(_SIZE, len(one) // 6))
        if 2 * sum([one[i : i + _SIZE] in other._text for i in probes]) < len(probes):
            return False
        small, large = sorted((len(self.grams), len(other.grams)))
        return small >= _SAME * large and len(self.grams & other.grams) >= _SAME * large


def _hit(part: HitPart, score: float, candidate: Candidate, question: SearchQuery, wanted: Sequence[str]) -> Hit:
    quote, label = part.quote, part.label
    start, text = quote.span.start, quote.text
    marks, words = _matches(text, start, candidate.text, wanted)
    why = list(words)
    if candidate.numbered:
        why.append("文号")
    if any(word in candidate.title for word in question.words if len(word) > 1):
        why.append("标题")
    if candidate.meaning >= MEANING:
        why.append("语义")
    why += [f"{written}→{read}" for written, read in question.readings if any(r in words for r in read.split())]
    return Hit(
        source_id=label.id,
        source=label.source,
        title=label.title,
        section_path=quote.trail,
        text=text,
        start=start,
        end=quote.span.end,
        score=score,
        page=part.page(start + len(text) - len(text.lstrip())),
        region=label.region,
        highlights=marks,
        why=tuple(why),
        passage=candidate.row,
    )


def _matches(part: str, base: int, plain: str, wanted: Sequence[str]) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """Find the words of a query in a passage.

    Args:
        part: The passage as it is in the document.
        base: Its position in the document.
        plain: The passage folded. Where its length differs, the passage is folded again with positions.
        wanted: Folded words, longest first; a shorter word inside a longer match is not marked.

    Returns:
        The spans of the matches in the document, and the words that matched.
    """
    exact = folded(part) if len(plain) != len(part) else None
    text = exact.folded if exact else plain
    taken = bytearray(len(part))
    marks: list[tuple[int, int]] = []
    words: list[str] = []
    for word in wanted:
        size, before = len(word), len(marks)
        at = text.find(word)
        while at >= 0:
            end = at + size
            if exact:
                place = exact.original(at, end)
                start, stop = place.start, place.end
            else:
                start, stop = at, end
            # what is shown comes from the library, which may have changed since it was folded
            same = exact or part.startswith(word, at) or normalise(part[at:end]) == word
            if same and 1 not in taken[start:stop]:
                taken[start:stop] = b"\x01" * (stop - start)
                marks.append((start, stop))
            at = text.find(word, end)
        if len(marks) > before:
            words.append(word)
    marks.sort()
    return tuple([Span(base + start, base + stop) for start, stop in marks]), tuple(words)
