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
- It holds nothing that belongs to a process, or it is not ``storable``.
- Inside a transaction views stay as they were before it: what is not committed may be rolled back.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.errors import StoreError
from corpus.store.rows import DocumentInfo
from corpus.store.stored_views import FILE, StoredViews, find_view, name_view, read_views, without_collecting, write_views
from corpus.store.views import View

if TYPE_CHECKING:
    from corpus.store.corpus import Corpus

log = logging.getLogger("cemai.store")

MANY = 1_000
"""Changed documents from which, where they are most of the library, views are made anew when they are next asked for."""
READINGS = "readings."
"""What the names of files of the cache folder begin with that may hold words of texts; they are deleted when a text is erased."""
STORED_FROM = 500
"""Documents from which what was made of them is stored for the next process: of fewer it is made in a tenth of a second."""
STORED_AGAIN = 0.05
"""Share of the documents that must have changed for views to be stored again."""


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
        self._stored: StoredViews | None = None
        self._distrusted = False
        """Whether what is stored led to an error: then everything is made anew."""
        self._late = False
        """Whether heads and views are of an earlier generation than the library just now."""
        self._made_anew = False
        """Whether there are views that are not stored."""
        self._taken_in = 0
        """Changed documents taken in since views were stored."""
        self.generation = -1
        self.heads: dict[int, DocumentInfo] = {}
        self.rows: dict[str, int] = {}
        """Rows of the documents by their ids."""

    def view(self, kind: type[V]) -> V:
        """The view of a class, up to date."""
        with self._lock:
            self.catch_up()
            if kind not in self._views:
                self._views[kind] = self._take_stored(kind) or self._make(kind)
                if self._stored is not None:  # as they were when they were stored: a view comes after those it is made of
                    ordered = sorted(self._views.items(), key=lambda item: self._place(name_view(item[0])))
                    self._views.clear()
                    self._views.update(ordered)
            found: V = self._views[kind]
            return found

    def _make(self, kind: type[V]) -> V:
        if self._late:
            raise LookupError(kind)
        with without_collecting():
            made = kind(self._corpus)
            made.take({}, self.heads)
        self._made_anew |= kind.storable
        return made

    def _take_stored(self, kind: type[V]) -> V | None:
        if self._stored is None:
            return None
        self._held += 1  # the views it is made of have to be of the same generation
        try:
            return self._stored.take_view(kind, self._corpus, self.heads)
        finally:
            self._held -= 1

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
                self._follow_or_make(generation)
            except BaseException:
                self.generation = -1
                raise
            finally:
                self._held -= 1

    def store(self) -> None:
        """Write heads and views for the next process, where that saves it work; without a word where they cannot be written."""
        corpus = self._corpus
        with self._lock, suppress(OSError, StoreError, sqlite3.Error):
            if corpus.read_only or corpus.frozen or self._changing() or self.generation != corpus.generation:
                return
            count = len(self.heads)
            if count < STORED_FROM or not (self._made_anew or self._taken_in > max(MANY, STORED_AGAIN * count)):
                return
            known: dict[str, View | memoryview] = {**self._stored.sections} if self._stored is not None else {}
            known |= {name_view(kind): view for kind, view in self._views.items()}
            ordered = {name: known[name] for name in sorted(known, key=self._place)}
            if write_views(self._path, corpus, self.generation, self.heads, ordered):
                self._made_anew, self._taken_in = False, 0

    def _place(self, name: str) -> int:
        """Where a view stands in the order in which those stored take changes in; one that is not stored comes after them."""
        order = self._stored.order if self._stored is not None else {}
        return order.get(name, len(order))

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

    @property
    def _path(self) -> Path:
        return self._corpus.folder / "cache" / f"{READINGS}{FILE}"

    def _follow_or_make(self, generation: int) -> None:
        if self.generation < 0:
            self._begin(generation)
        try:
            self._follow(generation)
        except Exception:
            if self._stored is None:
                raise
            log.warning("stored views do not fit the library and are made anew", exc_info=True)
            self._distrusted = True
            self._begin(generation)
            self._follow(generation)

    def _begin(self, generation: int) -> None:
        """Begin without anything, or with what is stored."""
        self._views.clear()
        self.heads.clear()
        self.rows.clear()
        self.generation, self._stored, self._taken_in = -1, None, 0
        stored = None if self._distrusted else read_views(self._path, self._corpus.id, generation)
        if stored is not None:
            self.heads.update(stored.heads)
            self.rows.update((info.id, row) for row, info in stored.heads.items())
            self.generation, self._stored = stored.generation, stored

    def _follow(self, generation: int) -> None:
        if self.generation < 0:
            with without_collecting():
                come = {info.row: info for info in self._read(None)}
            changed: Collection[int] = ()
        else:
            changed = {change.document for change in self._corpus.changes_since(self.generation)}
            come = {info.row: info for info in self._read(changed)} if changed else {}
        few = len(changed) <= MANY or 2 * len(changed) <= len(self.heads)
        if changed and self._stored is not None:
            self._take_all_stored() if few else self._stored.sections.clear()
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
        self._taken_in += len(changed)
        if not few:
            self._views.clear()  # nearly everything is new: quicker made anew, when it is next asked for
        for view in self._views.values():
            view.take(gone, come)

    def _take_all_stored(self) -> None:
        """Take over the views that nobody has asked for yet, before they take in a change; one that cannot be is made later."""
        self._late = True
        try:
            for name in list(self._stored.order if self._stored is not None else ()):
                kind = find_view(name)
                if kind is not None:
                    with suppress(LookupError):
                        self.view(kind)
            if self._stored is not None:
                self._stored.sections.clear()
        finally:
            self._late = False
