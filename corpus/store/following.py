"""Views of a library kept up document by document 跟随: a change costs work for what changed, not for all there is.

The heads of all documents, an index over their titles, the works they form: each of these is made of every document, so making
one anew costs as much as the library is large. A change is of one document, though. Whatever is made of all documents is
therefore a ``View``. It says how it takes documents in and out; ``Following`` tells it which came, went or changed since it was
last asked for. ``Corpus.view`` makes a view when it is first asked for, and gives the same one, brought up to date, ever after::

    class Years(View):
        def __init__(self, corpus: Corpus) -> None:
            self.rows: dict[int | None, set[int]] = defaultdict(set)

        def take(self, gone: Heads, come: Heads) -> None:
            for row, info in gone.items():
                self.rows[year_of(info.head)].discard(row)
            for row, info in come.items():
                self.rows[year_of(info.head)].add(row)

    corpus.view(Years).rows[2024]

Rules for a view:

- What it holds depends on the documents there are, never on the order in which they came: it equals a view made anew
  (``tests/corpus/store/test_following.py`` and ``tests/graph/documents/test_following.py`` hold each against one).
- It asks for the views it is made of in ``__init__``: those are then brought up before it.
- A view that raises is dropped with all others, and made anew when it is next asked for.
- Inside a transaction views stay as they were before it: what is not committed may be rolled back.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.store.rows import DocumentInfo

if TYPE_CHECKING:
    from corpus.store.corpus import Corpus

Heads = Mapping[int, DocumentInfo]
"""Documents without their texts, by row."""

MANY = 1_000
"""Changed documents from which, where they are most of the library, views are made anew when they are next asked for."""


class View(ABC):
    """Something made of all documents of a library."""

    @abstractmethod
    def __init__(self, corpus: Corpus) -> None:
        """Begin without documents; ``take`` brings those there are."""

    @abstractmethod
    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out as they were, and others in as they are.

        Args:
            gone: Documents as this view took them in; a changed one is in both.
            come: Documents as they are now, in the order of their rows.
        """


V = TypeVar("V", bound=View)


class Following:
    """The heads of a library's documents and the views made of them, all of one generation. Safe for several threads."""

    def __init__(
        self, corpus: Corpus, read: Callable[[Collection[int] | None], list[DocumentInfo]], changing: Callable[[], bool]
    ) -> None:
        """Follow a library.

        Args:
            corpus: The library.
            read: Reads the documents of some rows, or of all, in the order of their rows.
            changing: Whether a transaction is open.
        """
        self._corpus = corpus
        self._read = read
        self._changing = changing
        self._lock = threading.RLock()
        self._views: dict[type[View], Any] = {}
        self._held = 0
        self.generation = -1
        self.heads: dict[int, DocumentInfo] = {}
        self.rows: dict[str, int] = {}
        """Rows of the documents by their ids."""

    def view(self, kind: type[V]) -> V:
        """The view of a class, up to date."""
        with self._lock:
            self.catch_up()
            if kind not in self._views:
                made = kind(self._corpus)
                made.take({}, self.heads)
                self._views[kind] = made
            found: V = self._views[kind]
            return found

    def catch_up(self) -> None:
        """Bring heads and views up to the generation of the library."""
        with self._lock:
            if self._held or (self._changing() and self.generation >= 0):
                return
            # read first: what another process writes meanwhile is taken in once more by the next call
            generation = self._corpus.generation
            if generation == self.generation:
                return
            self._held += 1
            try:
                self._follow(generation)
            except BaseException:
                self.generation = -1
                raise
            finally:
                self._held -= 1

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Heads and views, brought up once, stay as they are while the block runs, whatever other processes write."""
        with self._lock:
            self.catch_up()
            self._held += 1
        try:
            yield
        finally:
            with self._lock:
                self._held -= 1

    def _follow(self, generation: int) -> None:
        if self.generation < 0:
            self._views.clear()
            self.heads.clear()
            self.rows.clear()
            come = {info.row: info for info in self._read(None)}
            changed: Collection[int] = ()
        else:
            changed = {change.document for change in self._corpus.changes_since(self.generation)}
            come = {info.row: info for info in self._read(changed)} if changed else {}
        gone = {row: self.heads[row] for row in changed if row in self.heads}
        last = next(reversed(self.heads), 0)
        for row, info in gone.items():
            del self.rows[info.id]
            if row not in come:
                del self.heads[row]
        self.heads.update(come)
        self.rows.update((info.id, row) for row, info in come.items())
        if any(row < last and row not in gone for row in come):  # restored: back to its place
            ordered = sorted(self.heads.items())
            self.heads.clear()
            self.heads.update(ordered)
        # what was read inside a transaction may be rolled back: the next call reads anew
        self.generation = -1 if self._changing() else generation
        if len(changed) > MANY and 2 * len(changed) > len(self.heads):
            self._views.clear()  # nearly everything is new: quicker made anew, when it is next asked for
        for view in self._views.values():
            view.take(gone, come)
