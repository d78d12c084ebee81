"""The keys that facts are filed under 检索键, kept up with the library: units, topics, terms … and how many facts each has."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from corpus.store.views import Heads, View

if TYPE_CHECKING:
    from corpus.store.corpus import Corpus


class FiledKeys(View):
    """How many facts of the library are filed under each key, by kind of key; a kind is read when it is first asked for.

    ``changed`` tells a view that is made of the keys which of them came and which went at the last change.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._of: dict[str, dict[int, dict[str, int]]] = {}
        """Of each kind the keys of each document."""
        self._counts: dict[str, dict[str, int]] = {}
        self._ordered: dict[str, dict[str, int]] = {}
        self.changed: list[tuple[str, str, bool]] = []
        """Kind, key, and whether it came, of those keys that were not there before, or are no more."""

    def counts(self, kind: str) -> dict[str, int]:
        """The keys of a kind in no order; never to be changed."""
        if kind not in self._counts:
            self._of[kind] = defaultdict(dict)
            self._counts[kind] = {}
            for _, document, key, count in self._corpus.count_keys([kind]):
                self._count(kind, document, key, count)
        return self._counts[kind]

    def ordered(self, kind: str) -> dict[str, int]:
        """The keys of a kind, those with most facts first; never to be changed."""
        if kind not in self._ordered:
            self._ordered[kind] = dict(sorted(self.counts(kind).items(), key=lambda item: (-item[1], item[0])))
        return self._ordered[kind]

    def take(self, gone: Heads, come: Heads) -> None:
        """Take the keys of documents out and in."""
        rows = {*gone, *come}  # a kind may have been read when another process had just brought a document
        touched = {(kind, key) for kind, of in self._of.items() for row in rows for key in of.get(row, ())}
        new = self._corpus.count_keys(self._of, come) if come and self._of else []
        touched |= {(kind, key) for kind, _, key, _ in new}
        before = {(kind, key) for kind, key in touched if key in self._counts[kind]}
        for kind, of in self._of.items():
            for row in rows:
                for key, count in of.pop(row, {}).items():
                    self._counts[kind][key] -= count
        for kind, document, key, count in new:
            self._count(kind, document, key, count)
        self.changed = []
        for kind, key in sorted(touched):
            self._ordered.pop(kind, None)
            there = self._counts[kind][key] > 0
            if not there:
                del self._counts[kind][key]
            if there != ((kind, key) in before):
                self.changed.append((kind, key, there))

    def _count(self, kind: str, document: int, key: str, count: int) -> None:
        self._of[kind][document][key] = count
        self._counts[kind][key] = self._counts[kind].get(key, 0) + count
