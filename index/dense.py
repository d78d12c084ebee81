"""The dense index 语义索引: the stored vectors of one model, searched exactly while they are few and through FAISS from then on.

The library holds every vector; the files under ``cache/dense`` are a copy laid out for searching, stamped with model,
generation and SHA-256. Changes since the copy was made are taken in memory; a new copy is written when they have grown many.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.store import Corpus
from index.lock import writing

FORMAT = 1
FAISS_FROM = 5_000
"""Vectors from which FAISS searches: below, one numpy product takes a millisecond and saves the import."""
CLUSTERS_FROM = 50_000
"""Vectors from which the index is clustered (IVF): exact search of more than these takes longer than the lexical half."""
PROBED = 0.25
"""Share of the clusters a search looks into. On 55,965 passages of law and 300 real questions this finds .985 of the exact 150
nearest in under a millisecond; a fixed 32 clusters found .88."""
REWRITE_SHARE = 0.05


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

    def __init__(self, corpus: Corpus, model: str, dimension: int) -> None:
        import numpy

        self._np = numpy
        self._corpus = corpus
        self.model = model
        self.dimension = dimension
        self._folder = corpus.folder / "cache" / "dense"
        self.generation = -1
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
        changes = self._corpus.changes_since(self.generation)
        if changes:
            gone = {change.document for change in changes}
            put = [change.document for change in changes if change.operation == "put"]
            if not self._change(gone, [triple for document in put for triple in self._corpus.vectors(self.model, document)]):
                self.rebuild(generation)
                return
        self.generation = generation

    def rebuild(self, generation: int) -> None:
        """Read every vector from the library and write a new copy."""
        rows, documents, vectors = self._arrays(self._corpus.vectors(self.model))
        faiss = _build(vectors, rows) if len(rows) >= FAISS_FROM else None
        self._state = _State(rows, documents, vectors.astype(self._np.float32) if faiss is None else vectors, faiss)
        self.generation = generation
        with suppress(OSError), writing(self._folder.parent, 0.0) as held:
            # where nothing can be written, or another process is at it, the copy in memory serves
            if held and faiss is not None:
                self._write()
            elif held:
                (self._folder / "manifest.json").unlink(missing_ok=True)

    def _arrays(self, triples: Iterable[tuple[int, int, bytes]]) -> tuple[Any, Any, Any]:
        np = self._np
        rows, documents, data = [], [], []
        size = 2 * self.dimension
        for row, document, vector in triples:
            if len(vector) == size:  # a vector of another length is not of this model, whatever its label says
                rows.append(row)
                documents.append(document)
                data.append(vector)
        order = np.argsort(np.array(rows, dtype=np.int64), kind="stable")
        vectors = np.frombuffer(b"".join(data), dtype="<f2").reshape(-1, self.dimension)
        return np.array(rows, dtype=np.int64)[order], np.array(documents, dtype=np.int64)[order], vectors[order]

    def _change(self, gone: set[int], added: list[tuple[int, int, bytes]]) -> bool:
        """Note what went and came beside the laid out vectors; false where that is so much that they are better laid out anew."""
        np, state = self._np, self._state
        left = np.fromiter(gone, dtype=np.int64)
        dead = np.isin(state.documents, left)
        if state.dead is not None:
            dead |= state.dead
        rows, documents, vectors = self._arrays(added)
        vectors = vectors.astype(np.float32)
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

    def search(self, query: Any, limit: int, documents: set[int] | None = None) -> tuple[Any, Any, Any]:
        """Passages, documents and cosines of what is nearest to a unit vector, best first; of some documents only where given."""
        np, state = self._np, self._state
        none = np.zeros(0, dtype=np.int64)
        if limit < 1 or not state.size:
            return none, none, np.zeros(0, dtype=np.float32)
        wanted = None if documents is None else np.fromiter(documents, np.int64)
        if wanted is None and state.faiss is not None:
            params = None if state.dead is None else _living(state.faiss, state.rows[state.dead])
            scores, rows = state.faiss.search(query.reshape(1, -1).astype(np.float32), limit, params=params)
            found = rows[0] >= 0
            rows, scores = rows[0][found], scores[0][found]
            at = np.minimum(np.searchsorted(state.rows, rows), len(state.rows) - 1)
            good = state.rows[at] == rows
            at, scores = at[good], scores[good]
        else:
            at, scores = _exact(state.vectors, query, _chosen(state.documents, wanted, state.dead), limit)
        rows, owners = state.rows[at], state.documents[at]
        if state.new_rows is not None and len(state.new_rows):
            more, more_scores = _exact(state.new_vectors, query, _chosen(state.new_documents, wanted, None), limit)
            rows = np.concatenate([rows, state.new_rows[more]])
            owners = np.concatenate([owners, state.new_documents[more]])
            scores = np.concatenate([scores, more_scores])
        order = np.argsort(-scores, kind="stable")[:limit]
        return rows[order], owners[order], scores[order]

    def cosines(self, query: Any, rows: Any) -> Any:
        """The cosine of each passage to a unit vector; 0 for one without a vector."""
        np, state = self._np, self._state
        wanted = np.asarray(rows, dtype=np.int64)
        out = np.zeros(len(wanted), dtype=np.float32)
        for known, vectors in ((state.rows, state.vectors), (state.new_rows, state.new_vectors)):
            if known is not None and len(known) and len(wanted):
                at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
                hit = known[at] == wanted
                out[hit] = _products(vectors[at[hit]].astype(np.float32), query)
        return out

    # ------------------------------------------------------------------ files

    def _write(self) -> None:
        """Write the copy: every file under a temporary name first, the manifest last."""
        import faiss

        np = self._np
        self._folder.mkdir(parents=True, exist_ok=True)
        manifest = self._folder / "manifest.json"
        manifest.unlink(missing_ok=True)
        hashes = {}
        for name in ("rows.npy", "documents.npy", "vectors.npy", "index.faiss"):
            draft = self._folder / f"{name}.{os.getpid()}"
            if name == "index.faiss":
                faiss.write_index(self._state.faiss, str(draft))
            else:
                with draft.open("wb") as out:
                    np.save(out, getattr(self._state, name[:-4]))
            hashes[name] = _sha256(draft)
            draft.replace(self._folder / name)
        stamp = {**self._signature(), "generation": self.generation, "sha256": hashes}
        draft = manifest.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(stamp), encoding="utf-8")
        draft.replace(manifest)

    def _load(self, generation: int) -> bool:
        np = self._np
        try:
            stamp = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))
            if {k: stamp[k] for k in self._signature()} != self._signature() or not 0 <= stamp["generation"] <= generation:
                return False
            if any(_sha256(self._folder / name) != value for name, value in stamp["sha256"].items()):
                return False
            import faiss

            parts = [np.load(self._folder / f"{n}.npy", mmap_mode="r") for n in ("rows", "documents", "vectors")]
            index = faiss.read_index(str(self._folder / "index.faiss"))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):
            return False
        if index.ntotal != len(parts[0]) or parts[2].shape != (len(parts[0]), self.dimension):
            return False
        if isinstance(index, faiss.IndexIVF):
            index.nprobe = probes(index.nlist)
        faiss.omp_set_num_threads(1)
        self._state = _State(parts[0], parts[1], parts[2], index)
        self.generation = int(stamp["generation"])
        return True

    def _signature(self) -> dict[str, Any]:
        return {"format": FORMAT, "model": self.model, "dimension": self.dimension}


def _build(vectors: Any, rows: Any) -> Any:
    """A FAISS index over the vectors under their passages' numbers: exact for a middling library, clustered for a large one."""
    import faiss
    import numpy as np

    count, dimension = vectors.shape
    faiss.omp_set_num_threads(2)
    if count < CLUSTERS_FROM:
        index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    else:
        lists = clusters(count)
        quantizer = faiss.IndexFlatIP(dimension)
        kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, kind, metric)
        index.cp.seed, index.cp.niter = 1, 8
        sample = np.random.default_rng(1).choice(count, min(count, 40 * lists), replace=False)
        index.train(vectors[np.sort(sample)].astype(np.float32))
        index.nprobe = probes(lists)
    for start in range(0, count, 50_000):
        index.add_with_ids(vectors[start : start + 50_000].astype(np.float32), rows[start : start + 50_000])
    # one query on several threads is ten times slower than on one: waiting for the threads costs more than the work
    faiss.omp_set_num_threads(1)
    return index


def _living(index: Any, dead: Any) -> Any:
    """Search parameters that leave out some passages."""
    import faiss

    made: Any = faiss  # its stubs know no keyword of these
    selector = faiss.IDSelectorNot(faiss.IDSelectorBatch(dead))
    if hasattr(index, "nprobe"):
        return made.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
    return made.SearchParameters(sel=selector)


def _chosen(documents: Any, wanted: Any, dead: Any) -> Any:
    """Places of the vectors that may be found, None for all: a filter is applied before scoring."""
    import numpy as np

    if wanted is None and dead is None:
        return None
    good = np.ones(len(documents), dtype=bool) if wanted is None else np.isin(documents, wanted)
    if dead is not None:
        good &= ~dead
    return np.flatnonzero(good)


def _exact(vectors: Any, query: Any, subset: Any, limit: int) -> tuple[Any, Any]:
    """Places and cosines of the nearest vectors, every one of them looked at."""
    import numpy as np

    scores = _products(np.asarray(vectors if subset is None else vectors[subset], dtype=np.float32), query)
    if limit < len(scores):
        at = np.argpartition(-scores, limit)[:limit]
        at = at[np.argsort(-scores[at], kind="stable")]
    else:
        at = np.argsort(-scores, kind="stable")
    return (at if subset is None else subset[at]), scores[at]


def _products(vectors: Any, query: Any) -> Any:
    """``vectors @ query`` without the threads of the matrix library, which on a busy machine wait for each other."""
    import numpy as np

    return np.einsum("ij,j->i", vectors, query)


def clusters(count: int) -> int:
    """How many clusters for so many vectors."""
    return int(4 * math.sqrt(count))


def probes(lists: int) -> int:
    """How many of so many clusters a search looks into."""
    return max(8, int(PROBED * lists))


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
