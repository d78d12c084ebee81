"""The word lists of question understanding, read once from ``qa/data``, and those shared with the search."""

from __future__ import annotations

from functools import cache, lru_cache

from corpus.folding import fold
from corpus.wordlists import entries
from index.equivalents import equivalent_forms
from index.everyday import question_words, written_forms


@lru_cache(maxsize=16)
def phrases(name: str) -> tuple[str, ...]:
    """The folded phrases of a list, longest first."""
    return tuple(sorted({fold(line) for line in entries("qa", name)}, key=lambda p: (-len(p), p)))


@cache
def function_words() -> tuple[str, ...]:
    """The folded words of a question that name nothing, longest first: the question words of the search and others."""
    words = (*question_words("answer"), *entries("qa", "function_words.txt"))
    return tuple(sorted({fold(word) for word in words}, key=lambda p: (-len(p), p)))


@cache
def everyday_forms() -> dict[str, tuple[str, ...]]:
    """Everyday phrases with what documents write for them, all folded: 看病 with 医疗, 就医 and others."""
    everyday = {fold(phrase): tuple(map(fold, forms)) for phrase, forms in written_forms("answer").items()}
    for term, names in equivalent_forms().items():
        known = (form for name in (term, *names) for form in everyday.get(name, ()))
        everyday[term] = tuple(dict.fromkeys((term, *names, *known)))
    return everyday


@lru_cache(maxsize=4)
def pairs(name: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """The rows of a list of opposites: two groups of folded words each."""
    found = []
    for line in entries("qa", name):
        left, _, right = line.partition("\t")
        found.append((tuple(fold(w) for w in left.split("|")), tuple(fold(w) for w in right.split("|"))))
    return tuple(found)


def first_phrase(text: str, candidates: tuple[str, ...]) -> str | None:
    """The first of the candidates that is in the text."""
    return next((phrase for phrase in candidates if phrase in text), None)
