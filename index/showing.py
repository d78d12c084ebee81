"""From ranked candidates to hits a person can judge: quotes, highlighted words, the reason, repeated passages folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.document import Span
from corpus.errors import UnknownDocument
from corpus.folding import folded
from corpus.store import Corpus, DocumentInfo, StoredPassage
from index.passages import Hit
from index.question import Question
from index.ranking import Candidate
from index.segmentation import normalise

MEANING = 0.45
"""Cosine from which a passage may be said to mean the same."""
_SAME = 0.9
_SIZE = 4


def show(corpus: Corpus, question: Question, ranked: Sequence[tuple[float, Candidate]], top: int, fold: bool) -> list[Hit]:
    """The first ``top`` passages that are still in the library; with ``fold`` one for each wording."""
    hits: list[Hit] = []
    kept: list[set[str]] = []
    infos: dict[int, DocumentInfo] = {}
    texts: dict[int, str] = {}
    stored = corpus.passages_by_row([candidate.row for _, candidate in ranked[: 2 * top + 20]])
    for score, candidate in ranked[: 2 * top + 20]:
        passage = stored.get(candidate.row)
        if passage is None:
            continue
        if fold:
            grams = _grams(candidate.text)
            if any(_alike(grams, other) for other in kept):
                continue
            kept.append(grams)
        document = passage.document
        if document not in infos:
            try:
                infos[document], texts[document] = corpus.info(document), corpus.text(document)
            except UnknownDocument:
                continue  # removed by somebody else a moment ago
        hits.append(_hit(infos[document], texts[document], passage, score, candidate, question))
        if len(hits) == top:
            break
    return hits


def _grams(text: str) -> set[str]:
    bare = "".join(text.split())
    return {bare[i : i + _SIZE] for i in range(max(1, len(bare) - _SIZE + 1))}


def _alike(one: set[str], other: set[str]) -> bool:
    small, large = sorted((len(one), len(other)))
    return small >= _SAME * large and len(one & other) >= _SAME * large


def _hit(info: DocumentInfo, text: str, passage: StoredPassage, score: float, candidate: Candidate, question: Question) -> Hit:
    marks, words = _matches(text, passage.span, question)
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
        text=passage.span.of(text),
        start=passage.span.start,
        end=passage.span.end,
        score=score,
        region=info.head.region,
        highlights=marks,
        why=tuple(why),
    )


def _matches(text: str, span: Span, question: Question) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """Where the words of the query stand in a passage, and which they are, longest first."""
    wanted = dict.fromkeys((*question.words, *question.extra_words))
    part = span.of(text)
    copy = _Copy(part)
    taken = bytearray(len(part))
    marks: list[Span] = []
    words: list[str] = []
    for word in sorted(wanted, key=len, reverse=True):
        if len(word) < 2 and not word.isdigit():
            continue
        for place in copy.places(word):
            if not any(taken[place.start : place.end]):
                taken[place.start : place.end] = b"\x01" * len(place)
                marks.append(Span(span.start + place.start, span.start + place.end))
                if word not in words:
                    words.append(word)
    return tuple(sorted(marks)), tuple(words)


class _Copy:
    """A passage folded for finding words in it; folding character by character only where the quick way loses the places."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._plain = normalise(part)
        self._exact = folded(part) if len(self._plain) != len(part) else None

    def places(self, word: str) -> Iterator[Span]:
        text = self._exact.folded if self._exact else self._plain
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if self._exact:
                yield self._exact.original(at, end)
            elif normalise(self._part[at:end]) == word:
                yield Span(at, end)
            at = text.find(word, end)
