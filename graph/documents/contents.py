"""Searching what documents say 内容检索: how the resolver of names asks the search of the program, which it does not know."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakMethod

from corpus.store import Corpus


@dataclass(frozen=True, slots=True)
class SearchedTerm:
    """A term that was searched for: every folded form that counts as it, and a weight that is greater the rarer it is."""

    forms: tuple[str, ...]
    weight: float

    def stands_in(self, *texts: str) -> bool:
        """Whether one of some folded texts holds it."""
        return any(form in text for text in texts for form in self.forms)


@dataclass(frozen=True, slots=True)
class FoundContents:
    """What a search found for some words.

    Args:
        terms: What was searched for.
        passages: Rows of documents, each with the folded text of a passage, best first.
    """

    terms: tuple[SearchedTerm, ...]
    passages: tuple[tuple[int, str], ...] = ()


SearchContents = Callable[[str, Collection[str] | None], FoundContents]
"""Called with words and the ids of the documents to look at, None for all."""

_searches: WeakKeyDictionary[Corpus, WeakMethod[SearchContents]] = WeakKeyDictionary()


def use_search(corpus: Corpus, search: SearchContents) -> None:
    """Have descriptions of documents looked for in what they say; ``search`` is a method of an object that others keep."""
    _searches[corpus] = WeakMethod(search)


def search_of(corpus: Corpus) -> SearchContents | None:
    """The search of an open library; None where it has none."""
    method = _searches.get(corpus)
    return method() if method is not None else None
