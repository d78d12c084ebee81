"""Parse a query 检索词: words with weights, document numbers, quoted phrases, synonyms of everyday words, corrected typos."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.divisions import gazetteer
from corpus.wordlists import entries
from index.equivalents import find_equivalents
from index.everyday import question_words, written_forms
from index.lexical.tokens import document_numbers, normalise, tokenise
from index.spelling import SpellingNames

LONGEST = 10_000
TERMS = 64
"""Largest number of different words, and of pairs, of one query; of a pasted page the first ones are used."""
SYNONYM_WEIGHT = 0.35
EQUIVALENT_WEIGHT = 0.8
"""What another name of the very thing counts: a passage may hold both."""
TYPO_WEIGHT = 0.8

_quoted = re.compile(r"[“\"「『《]([^”\"」』》“「『《]{2,60})[”\"」』》]")
_break = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query ready for searching.

    ``words`` and ``pairs`` are the user's own, ``extra_words`` and ``extra_pairs`` come from synonyms and corrected names with
    a lower weight each; ``core`` is the query without question words and punctuation; ``readings`` are (as written, as read).
    """

    text: str
    core: str
    words: tuple[str, ...]
    pairs: tuple[str, ...]
    extra_words: dict[str, float]
    extra_pairs: dict[str, float]
    numbers: tuple[str, ...]
    phrases: tuple[str, ...]
    answers: tuple[re.Pattern[str], ...]
    readings: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.words or self.pairs)


def parse_query(query: str, names: SpellingNames | None = None) -> SearchQuery:
    """Parse a query.

    Args:
        query: The text as typed.
        names: Names in the library that a misspelt word may stand for.
    """
    plain = normalise(query[:LONGEST])
    stripped = _question_words().sub(" ", plain)
    tokens = tokenise(stripped)
    if not tokens.words and not tokens.pairs:
        stripped, tokens = plain, tokenise(plain)  # nothing but question words: then they are what is asked for
    readings = [*_corrections(stripped, names or SpellingNames(())), *_everyday(stripped)]
    readings += [(term, " ".join(forms), EQUIVALENT_WEIGHT) for term, forms in find_equivalents(stripped).items()]
    extra_words: dict[str, float] = {}
    extra_pairs: dict[str, float] = {}
    own = set(tokens.words)
    for _, read, weight in readings:
        more = tokenise(read)
        for word in more.words:
            if word not in own:
                extra_words[word] = max(weight, extra_words.get(word, 0.0))
        for pair in more.pairs:
            if pair not in tokens.pairs:
                extra_pairs[pair] = max(weight, extra_pairs.get(pair, 0.0))
    return SearchQuery(
        text=plain,
        core=_break.sub("", stripped)[:200],
        words=tuple(dict.fromkeys(tokens.words))[:TERMS],
        pairs=tuple(dict.fromkeys(tokens.pairs))[:TERMS],
        extra_words=dict(list(extra_words.items())[:TERMS]),
        extra_pairs=dict(list(extra_pairs.items())[:TERMS]),
        numbers=document_numbers(plain[:2_000]),
        phrases=tuple(match[1] for match in _quoted.finditer(plain[:2_000])),
        answers=tuple(answer for question, answer in _answer_types() if question.search(plain[:500])),
        readings=tuple((written, read) for written, read, _ in readings),
    )


def _everyday(text: str) -> list[tuple[str, str, float]]:
    """The everyday expressions in a query, each with its official terms and their weight."""
    found = []
    for match in _everyday_words().finditer(text[:500]):
        found.append((match[0], " ".join(written_forms("search")[match[0]]), SYNONYM_WEIGHT))
    return found


def _corrections(text: str, names: SpellingNames) -> list[tuple[str, str, float]]:
    """Names in the library that differ by one character from a stretch of the query that is no name itself."""
    known = gazetteer()
    text = text[:200]
    found: dict[str, str] = {}
    for start, _, name in names.near(text):
        part = text[start : start + len(name)]
        if name not in text and name not in found.values() and not known.named(part) and not known.named(part[:-1]):
            found.setdefault(part, name)
    return [(part, name, TYPO_WEIGHT) for part, name in list(found.items())[:4]]


@lru_cache(maxsize=1)
def _question_words() -> re.Pattern[str]:
    words = sorted(question_words("search"), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


@lru_cache(maxsize=1)
def _everyday_words() -> re.Pattern[str]:
    words = sorted(written_forms("search"), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


@lru_cache(maxsize=1)
def _answer_types() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = (line.split("\t") for line in entries("index", "answer_types.tsv"))
    return tuple((re.compile(question), re.compile(answer)) for _, question, answer in rows)
