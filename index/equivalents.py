"""Equivalent terms 同义称呼: what is called by several names is read by one, in queries and in the texts they are held against."""

from __future__ import annotations

import re
from functools import cache

from corpus.wordlists import entries


@cache
def equivalent_forms() -> dict[str, tuple[str, ...]]:
    """The terms of ``data/equivalents.tsv``, each with the other names of the same thing."""
    rows = (line.split("\t") for line in entries("index", "equivalents.tsv"))
    return {term: tuple(forms.split("|")) for term, forms in rows}


@cache
def _written() -> tuple[re.Pattern[str], dict[str, str]]:
    terms = {form: term for term, forms in equivalent_forms().items() for form in (term, *forms)}
    return re.compile("|".join(map(re.escape, sorted(terms, key=lambda form: (-len(form), form))))), terms


@cache
def _terms() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(equivalent_forms(), key=lambda term: (-len(term), term)))))


def unify_terms(text: str) -> str:
    """A folded text with every thing called by the one name that ``data/equivalents.tsv`` has first.

    >>> unify_terms("老人租公租房")
    '老年人租公共租赁住房'
    """
    pattern, terms = _written()
    return pattern.sub(lambda match: terms[match[0]], text)


def find_equivalents(text: str) -> dict[str, tuple[str, ...]]:
    """The terms in a unified text that have other names, with these."""
    return {term: equivalent_forms()[term] for term in dict.fromkeys(_terms().findall(text))}
