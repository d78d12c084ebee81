"""The dense index 语义索引: the stored vectors of one model, searched exactly while they are few and through FAISS from then on.

FAISS looks at every vector in a few bits (product quantisation, four bits for every few numbers) and names more candidates than
are asked for; those are compared by their full vectors, which stay on disk. That is faster than clusters up to a million
passages, finds more of the nearest, and has nothing to tune.

The library holds every vector; the files under ``cache/dense`` are a copy laid out for searching, stamped with model,
generation and SHA-256. Changes since the copy was made are taken in memory; a new copy is written when they have grown many.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.store import Corpus
from index.files import CacheFiles
from index.lock import writing

FORMAT = 2
FAISS_FROM = 5_000
"""Vectors from which FAISS searches: below, one numpy product takes a millisecond and saves the import."""
PARTS, WIDEST = 128, 4
"""A vector is read in about so many parts of four bits, of at most so many numbers each."""
CLOSER = 16
"""Times as many vectors as asked for that are compared in full. Of the exact 150 nearest of 200 real questions this finds .999 among
24,000 passages; half as many find .994, a quarter .97. What is missed depends on what the bits were trained on, so with fewer a list
of hits depends on the history of the library; it takes no measurable time."""
TRAINED_ON, ROUNDS = 5_000, 6
"""Vectors and rounds that place the values of the bits; twice as many found no more."""
SUBSET = 20_000
"""Vectors a filter may leave to be compared one by one; where it leaves more, candidates are found among all and then filtered."""
BLOCK = 50_000
"""Vectors taken into memory at once."""
REWRITE_SHARE = 0.05
_FILES = ("rows.npy", "documents.npy", "vectors.npy", "index.faiss")


@dataclass(frozen=True, slots=True)
class _State:
    """Everything one search looks at; replaced as a whole, so that searches under way see no half of a change."""

    rows: Any
    """Numbers of the passages, rising."""
    documents: Any
    vectors: Any
    faiss: Any = None
    dead: Any = None
    """Which of ``rows`` are no longer in the library; None for none."""
    new_rows: Any = None
    """Passages that came after ``rows`` were laid out, with their documents and vectors."""
    new_documents: Any = None
    new_vectors: Any = None

    @property
    def lost(self) -> int:
        return 0 if self.dead is None else int(self.dead.sum())

    @property
    def size(self) -> int:
        return len(self.rows) - self.lost + (0 if self.new_rows is None else len(self.new_rows))


class DenseIndex:
    """The vectors of one model in one library, in the order of their passages' numbers."""

    def __init__(self, corpus: Corpus, model: str, dimension: int, folder: str = "dense") -> None:
        import numpy

        self._np = numpy
        self._corpus = corpus
        self.model = model
        self.dimension = dimension
        self._folder = corpus.folder / "cache" / folder
        self.generation = -1
        self._chosen: tuple[_State, frozenset[int], _Choice] | None = None
        none = numpy.zeros(0, dtype=numpy.int64)
        self._state = _State(none, none, numpy.zeros((0, dimension), dtype=numpy.float32))

    def __len__(self) -> int:
        return self._state.size

    # ------------------------------------------------------------------ keeping up with the library

    def refresh(self, generation: int) -> None:
        """Bring the index up to a generation of the library."""
        if generation == self.generation:
            return
        if self.generation < 0 and not self._load(generation):
            self.rebuild(generation)
            return
        # after very many changes the process that writes the copy may have written another
        if not self._follow(generation) and not (self._corpus.read_only and self._load(generation) and self._follow(generation)):
            self.rebuild(generation)

    def _follow(self, generation: int) -> bool:
        """Take in what changed since. Returns False where that is so much that rebuilding is better."""
        changes = self._corpus.changes_since(self.generation)
        if changes:
            gone = {change.document for change in changes}
            put = [change.document for change in changes if change.operation == "put"]
            if not self._change(gone, [triple for document in put for triple in self._stored(document)]):
                return False
        self.generation = generation
        return True

    def _stored(self, document: int | None = None) -> Iterable[tuple[int, int, bytes]]:
        """Row, document and float16 bytes of the stored vectors, of one document or of all."""
        return self._corpus.vectors(self.model, document)

    def rebuild(self, generation: int) -> None:
        """Read every vector from the library and write a new copy."""
        np = self._np
        rows, documents, vectors = self._arrays(self._stored())
        faiss = _build(vectors) if len(rows) >= FAISS_FROM else None
        self._state = _State(rows, documents, vectors.astype(np.float32) if faiss is None else vectors, faiss)
        self.generation = generation
        if self._corpus.read_only:
            return
        with suppress(OSError), writing(self._folder.parent, 0.0) as held:
            # where nothing can be written, or another process is at it, the copy in memory serves
            if held and faiss is not None:
                self._write()
                self._state = replace(self._state, vectors=self._vectors_on_disk())
            elif held:
                (self._folder / "manifest.json").unlink(missing_ok=True)

    def _arrays(self, triples: Iterable[tuple[int, int, bytes]]) -> tuple[Any, Any, Any]:
        np = self._np
        rows, documents, data = [], [], bytearray()
        size = 2 * self.dimension
        for row, document, vector in triples:
            if len(vector) == size:  # a vector of another length is not of this model, whatever its label says
                rows.append(row)
                documents.append(document)
                data += vector
        numbers, owners = np.array(rows, dtype=np.int64), np.array(documents, dtype=np.int64)
        vectors = np.frombuffer(data, dtype="<f2").reshape(-1, self.dimension)
        if (np.diff(numbers) > 0).all():  # as they mostly come: no second copy of all vectors
            return numbers, owners, vectors
        order = np.argsort(numbers, kind="stable")
        return numbers[order], owners[order], vectors[order]

    def _change(self, gone: set[int], added: list[tuple[int, int, bytes]]) -> bool:
        """Record removed and added vectors. Returns False where there are so many that rebuilding is better."""
        np, state = self._np, self._state
        left = np.fromiter(gone, dtype=np.int64)
        dead = np.isin(state.documents, left)
        if state.dead is not None:
            dead |= state.dead
        rows, documents, vectors = self._arrays(added)
        vectors = vectors.astype(state.vectors.dtype)  # compared by the same arithmetic as those laid out
        if state.new_rows is not None:
            keep = ~np.isin(state.new_documents, left)
            rows = np.concatenate([state.new_rows[keep], rows])
            documents = np.concatenate([state.new_documents[keep], documents])
            vectors = np.concatenate([state.new_vectors[keep], vectors])
            order = np.argsort(rows, kind="stable")
            rows, documents, vectors = rows[order], documents[order], vectors[order]
        most = max(1_000, REWRITE_SHARE * len(state.rows))
        if len(rows) > most or int(dead.sum()) > most:
            return False
        self._state = replace(
            state, dead=dead if dead.any() else None, new_rows=rows, new_documents=documents, new_vectors=vectors
        )
        return True

    # ------------------------------------------------------------------ searching

    def search(
        self,
        query: Any,
        limit: int,
        documents: set[int] | None = None,
        *,
        without: frozenset[int] = frozenset(),
        exact: bool = False,
    ) -> tuple[Any, Any, Any]:
        """Passages, documents and cosines of what is nearest to a unit vector, best first.

        Args:
            query: The vector.
            limit: How many passages at most.
            documents: Look only at these.
            without: Look at all but these, where ``documents`` are not given.
            exact: Look at every vector, for measuring how much is missed otherwise.
        """
        np, state = self._np, self._state
        none = np.zeros(0, dtype=np.int64)
        if limit < 1 or not state.size:
            return none, none, np.zeros(0, dtype=np.float32)
        chosen = self._choose(state, documents, without)
        at, scores = _nearest(None if exact else state.faiss, state.vectors, query, chosen, limit)
        rows, owners = state.rows[at], state.documents[at]
        if state.new_rows is not None and len(state.new_rows):
            among = _Choice(state.new_documents, documents, without, None)
            more, more_scores = _exact(state.new_vectors, query, among.places(), limit)
            rows = np.concatenate([rows, state.new_rows[more]])
            owners = np.concatenate([owners, state.new_documents[more]])
            scores = np.concatenate([scores, more_scores])
        order = np.argsort(-scores, kind="stable")[:limit]
        return rows[order], owners[order], scores[order]

    def _choose(self, state: _State, documents: set[int] | None, without: frozenset[int]) -> _Choice:
        """Which of the vectors laid out may be found; of the last state and ``without`` it is known."""
        if documents is not None:
            return _Choice(state.documents, documents, frozenset(), state.dead)
        kept = self._chosen
        if kept is None or kept[0] is not state or kept[1] is not without:
            kept = self._chosen = state, without, _Choice(state.documents, None, without, state.dead)
        return kept[2]

    def cosines(self, query: Any, rows: Any) -> Any:
        """The cosine of each passage to a unit vector; 0 for one without a vector."""
        np, state = self._np, self._state
        wanted = np.asarray(rows, dtype=np.int64)
        out = np.zeros(len(wanted), dtype=np.float32)
        for known, vectors in ((state.rows, state.vectors), (state.new_rows, state.new_vectors)):
            if known is not None and len(known) and len(wanted):
                at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
                hit = known[at] == wanted
                order, found = _compared(vectors[at[hit]], query, len(wanted))
                out[np.flatnonzero(hit)[order]] = found
        return out

    # ------------------------------------------------------------------ files

    def _write(self) -> None:
        """Write the copy: every file under a temporary name first, the manifest last."""
        import faiss

        np = self._np
        self._folder.mkdir(parents=True, exist_ok=True)
        manifest = self._folder / "manifest.json"
        manifest.unlink(missing_ok=True)
        for name in _FILES:
            draft = self._folder / f"{name}.{os.getpid()}"
            if name == "index.faiss":
                faiss.write_index(self._state.faiss, str(draft))
            else:
                with draft.open("wb") as out:
                    np.save(out, getattr(self._state, name[:-4]))
            draft.replace(self._folder / name)
        files = CacheFiles.written(self._folder, _FILES).to_stamp()
        stamp = {**self._signature(), **self._progress(), "generation": self.generation, **files}
        draft = manifest.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(stamp), encoding="utf-8")
        draft.replace(manifest)

    def _load(self, generation: int) -> bool:
        np = self._np
        try:
            stamp = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))
            if {k: stamp[k] for k in self._signature()} != self._signature() or not 0 <= stamp["generation"] <= generation:
                return False
            if not CacheFiles.of_stamp(self._folder, stamp).untouched(_FILES):
                return False
            import faiss

            parts = [np.load(self._folder / f"{name}.npy") for name in ("rows", "documents")] + [self._vectors_on_disk()]
            index = faiss.read_index(str(self._folder / "index.faiss"))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):
            return False
        if index.ntotal != len(parts[0]) or parts[2].shape != (len(parts[0]), self.dimension):
            return False
        self._state = _State(parts[0], parts[1], parts[2], index)
        self.generation = int(stamp["generation"])
        self._resume(stamp)
        return True

    def _vectors_on_disk(self) -> Any:
        # a plain array over the mapped file: every index into a memmap object costs a microsecond more
        return self._np.asarray(self._np.load(self._folder / "vectors.npy", mmap_mode="r"))

    def _signature(self) -> dict[str, Any]:
        return {"format": FORMAT, "model": self.model, "dimension": self.dimension}

    def _progress(self) -> dict[str, Any]:
        """What the manifest says beside the generation of how far the copy has come."""
        return {}

    def _resume(self, stamp: dict[str, Any]) -> None:
        """Go on from what a manifest says."""


def _build(vectors: Any) -> Any:
    """A FAISS index over the vectors in the order they have."""
    import numpy as np

    faiss = _faiss()  # trained on one thread: with two, waiting for each other costs ten times the work
    count, dimension = vectors.shape
    width = min(WIDEST, max(1, dimension // PARTS))
    while dimension % width:
        width -= 1
    index: Any = faiss.IndexPQFastScan(dimension, dimension // width, 4, faiss.METRIC_INNER_PRODUCT)
    index.pq.cp.seed, index.pq.cp.niter = 1, ROUNDS
    sample = np.random.default_rng(1).choice(count, min(count, TRAINED_ON), replace=False)
    index.train(vectors[np.sort(sample)].astype(np.float32))
    _faiss(2)
    for start in range(0, count, BLOCK):
        index.add(vectors[start : start + BLOCK].astype(np.float32))
    _faiss()
    return index


def _faiss(threads: int = 1) -> Any:
    """Import FAISS and set the number of threads it uses for the calling thread.

    One query on several threads is ten times slower than on one, because waiting threads spin.
    """
    import faiss

    faiss.omp_set_num_threads(threads)
    return faiss


class _Choice:
    """Which vectors may be found: those of some documents, or of all but some, that are not dead."""

    def __init__(self, owners: Any, only: set[int] | None, without: frozenset[int], dead: Any) -> None:
        import numpy as np

        self.count = self.left = len(owners)
        self._good: Any = None if dead is None else ~dead
        if only is not None or without:
            wanted = np.fromiter(without if only is None else only, np.int64)
            # by document first: quicker than to look each vector's document up among thousands
            listed = np.zeros(max(owners.max(initial=0), wanted.max(initial=0)) + 1, dtype=bool)
            listed[wanted] = True
            found = listed[owners] if only is not None else ~listed[owners]
            self._good = found if self._good is None else found & self._good
        if self._good is not None:
            self.left = int(np.count_nonzero(self._good))

    @property
    def restricted(self) -> bool:
        """Whether some may not be found."""
        return self._good is not None

    def among(self, at: Any) -> Any:
        """Those of some places that may be found."""
        return at if self._good is None else at[self._good[at]]

    def places(self) -> Any:
        """All of them, None where they are all there are."""
        import numpy as np

        return None if self._good is None else np.flatnonzero(self._good)


def _nearest(index: Any, vectors: Any, query: Any, chosen: _Choice, limit: int) -> tuple[Any, Any]:
    """Places and cosines of the nearest of the chosen vectors, best first."""
    import numpy as np

    count, left = len(vectors), chosen.left
    enough = CLOSER * limit
    # twice what an even spread would need: the nearest may lie in documents that were not chosen
    asked = enough if left == count else 2 * enough * count // max(left, 1)
    if index is None or 2 * asked > count or (chosen.restricted and left <= SUBSET):
        return _exact(vectors, query, chosen.places(), limit)
    _faiss()
    at = index.search(query.reshape(1, -1).astype(np.float32), asked)[1][0]
    at = chosen.among(at[at >= 0])
    if chosen.restricted and len(at) < enough:
        return _exact(vectors, query, chosen.places(), limit)
    at = np.sort(at[:enough])  # in the order they lie on the disk
    order, scores = _compared(vectors[at], query, limit)
    return at[order], scores


def _exact(vectors: Any, query: Any, places: Any, limit: int) -> tuple[Any, Any]:
    """The same of the vectors at some places, or of all, every one looked at."""
    import numpy as np

    count = len(vectors) if places is None else len(places)
    best, scores = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    for start in range(0, count, BLOCK):
        at = np.arange(start, min(start + BLOCK, count)) if places is None else places[start : start + BLOCK]
        order, found = _compared(vectors[at] if places is not None else vectors[start : start + BLOCK], query, limit)
        best, scores = np.concatenate([best, at[order]]), np.concatenate([scores, found])
    order = np.argsort(-scores, kind="stable")[:limit]
    return best[order], scores[order]


def _compared(vectors: Any, query: Any, limit: int) -> tuple[Any, Any]:
    """Places and cosines of the nearest of some vectors, best first."""
    import numpy as np

    limit = min(limit, len(vectors))
    if not limit:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    if vectors.dtype == np.float16:  # FAISS multiplies these as they are, five times faster than numpy makes them longer
        faiss = _faiss()
        kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        some: Any = faiss.IndexScalarQuantizer(vectors.shape[1], kind, metric)
        some.add_sa_codes(np.ascontiguousarray(vectors).view(np.uint8))
        scores, places = some.search(query.reshape(1, -1).astype(np.float32), limit)
        return places[0], scores[0]
    # not ``vectors @ query``: on a busy machine the threads of the matrix library wait for each other
    scores = np.einsum("ij,j->i", vectors, query)
    best = np.argpartition(-scores, limit - 1)[:limit] if limit < len(scores) else np.arange(len(scores))
    best = best[np.argsort(-scores[best], kind="stable")]
    return best, scores[best]


def drop_copy(folder: Path) -> None:
    """Delete the copy of a library's vectors; it is built again when needed."""
    (folder / "cache" / "dense" / "manifest.json").unlink(missing_ok=True)
