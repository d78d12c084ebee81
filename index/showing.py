"""From ranked candidates to hits a person can judge: quotes, highlighted words, the reason, repeated passages folded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from corpus.document import Span
from corpus.errors import UnknownDocument
from corpus.folding import folded
from corpus.store import Corpus, DocumentInfo, StoredPassage
from index.features import Candidate
from index.passages import Hit
from index.question import Question
from index.segmentation import normalise

MEANING = 0.45
"""Cosine from which a passage may be said to mean the same."""
_SAME = 0.9
_SIZE = 4
_NEAR = 0.1
"""Passages whose cosines to the query differ by more do not say the same."""
_PAGED = ("pdf",)


_KEPT = 5_000


class Shelf:
    """Heads and page numbers of the documents hits were shown from, kept until the library changes."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._heads: dict[int, DocumentInfo | None] = {}
        self._pages: dict[int, tuple[list[int], list[int]]] = {}

    def head(self, document: int) -> DocumentInfo | None:
        """The document, or None where somebody else removed it a moment ago."""
        if document not in self._heads:
            if len(self._heads) >= _KEPT:
                self._heads.clear()
            try:
                self._heads[document] = self.corpus.info(document)
            except UnknownDocument:
                self._heads[document] = None
        return self._heads[document]

    def page(self, info: DocumentInfo, position: int) -> int | None:
        """The page a position stands on, for formats that have pages."""
        if info.format not in _PAGED:
            return None
        if info.row not in self._pages:
            if len(self._pages) >= _KEPT:
                self._pages.clear()
            places = self.corpus.pages(info.row)
            self._pages[info.row] = ([start for start, _ in places], [page for _, page in places])
        starts, pages = self._pages[info.row]
        at = bisect_right(starts, position) - 1
        return pages[max(at, 0)] if pages else None


def show(shelf: Shelf, question: Question, ranked: Sequence[tuple[float, Candidate]], top: int, fold: bool) -> list[Hit]:
    """The first ``top`` passages that are still in the library; with ``fold`` one for each wording."""
    hits: list[Hit] = []
    kept: list[_Wording] = []
    wanted = [word for word in dict.fromkeys((*question.words, *question.extra_words)) if len(word) > 1 or word.isdigit()]
    wanted.sort(key=len, reverse=True)
    chosen = ranked[: 2 * top + 20]
    stored: dict[int, StoredPassage] = {}
    for i, (score, candidate) in enumerate(chosen):
        if i % (top + 4) == 0:  # few are folded away, so that the rest is hardly ever needed
            stored = shelf.corpus.passages_by_row([c.row for _, c in chosen[i : i + top + 4]])
        passage = stored.get(candidate.row)
        info = shelf.head(passage.document) if passage else None
        if passage is None or info is None:
            continue
        if fold:
            wording = _Wording(candidate)
            if any(wording.like(other) for other in kept):
                continue
            kept.append(wording)
        text = shelf.corpus.text_at(passage.document, passage.span)
        if text is not None:
            hits.append(_hit(shelf, info, text, passage, score, candidate, question, wanted))
        if len(hits) == top:
            break
    return hits


class _Wording:
    """A passage's wording, for telling that two say the same; compared closely only where length and meaning agree."""

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


def _hit(
    shelf: Shelf,
    info: DocumentInfo,
    part: str,
    passage: StoredPassage,
    score: float,
    candidate: Candidate,
    question: Question,
    wanted: Sequence[str],
) -> Hit:
    marks, words = _matches(part, passage.span, candidate.text, wanted)
    why = list(words)
    if candidate.numbered:
        why.append("文号")
    if any(word in candidate.title for word in question.words if len(word) > 1):
        why.append("标题")
    if candidate.meaning >= MEANING:
        why.append("语义")
    why += [f"{written}→{read}" for written, read in question.readings if any(r in words for r in read.split())]
    return Hit(
        source_id=info.id,
        source=info.source,
        title=info.head.title,
        section_path=passage.trail,
        text=part,
        start=passage.span.start,
        end=passage.span.end,
        score=score,
        page=shelf.page(info, passage.span.start + len(part) - len(part.lstrip())),
        region=info.head.region,
        highlights=marks,
        why=tuple(why),
    )


def _matches(part: str, span: Span, plain: str, wanted: Sequence[str]) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """Where the words of the query, given longest first, stand in a passage, and which they are.

    ``plain`` is the passage folded; folding character by character is for where that loses the places.
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
    return tuple([Span(span.start + start, span.start + stop) for start, stop in marks]), tuple(words)
