"""Equivalent terms 同义称呼: what is called by several names is read by one in questions and items; a search looks for all of them."""

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


def unify_terms(text: str) -> str:
    """A folded text with every thing called by the one name that ``data/equivalents.tsv`` has first.

    >>> unify_terms("老人租公租房")
    '老年人租公共租赁住房'
    """
    pattern, terms = _written()
    return pattern.sub(lambda match: terms[match[0]], text)


def find_equivalents(text: str) -> dict[str, tuple[str, ...]]:
    """The names in a folded text that a thing has beside others, with these.

    >>> find_equivalents("养老院收费")
    {'养老院': ('养老机构', '敬老院')}
    """
    pattern, terms = _written()
    found = {}
    for name in dict.fromkeys(pattern.findall(text)):
        term = terms[name]
        found[name] = tuple(other for other in (term, *equivalent_forms()[term]) if other != name)
    return found
