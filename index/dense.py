"""The dense index 语义索引: the stored vectors of one model, searched exactly while they are few and through FAISS from then on.

The library holds every vector; the files under ``cache/dense`` are a copy laid out for searching, stamped with model,
generation and SHA-256. Changes since the copy was made are taken in memory; a new copy is written when they have grown many.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.store import Corpus

if TYPE_CHECKING:
    import numpy as np

FORMAT = 1
FAISS_FROM = 5_000
"""Vectors from which FAISS searches: below, one numpy product takes a millisecond and saves the import."""
CLUSTERS_FROM = 50_000
"""Vectors from which the index is clustered (IVF): exact search of more than these takes longer than the lexical half."""
PROBES = 32
REWRITE_SHARE = 0.05


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
        self._rows: np.ndarray[Any, Any] = numpy.zeros(0, dtype=numpy.int64)
        self._documents: np.ndarray[Any, Any] = numpy.zeros(0, dtype=numpy.int64)
        self._vectors: Any = numpy.zeros((0, dimension), dtype=numpy.float16)
        self._exact: Any = None
        self._faiss: Any = None

    def __len__(self) -> int:
        return len(self._rows)

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
            added = [
                triple
                for change in changes
                if change.operation == "put"
                for triple in self._corpus.vectors(self.model, change.document)
            ]
            if len(added) > max(1_000, REWRITE_SHARE * len(self)):
                self.rebuild(generation)
                return
            self._change(gone, added)
        self.generation = generation

    def rebuild(self, generation: int) -> None:
        """Read every vector from the library and write a new copy."""
        self._set(*self._arrays(self._corpus.vectors(self.model)))
        self.generation = generation
        self._faiss = _build(self._vectors, self._rows) if len(self) >= FAISS_FROM else None
        if self._faiss is not None:
            self._write()
        else:
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

    def _set(self, rows: Any, documents: Any, vectors: Any) -> None:
        self._rows, self._documents, self._vectors, self._exact = rows, documents, vectors, None

    def _change(self, gone: set[int], added: list[tuple[int, int, bytes]]) -> None:
        np = self._np
        keep = ~np.isin(self._documents, np.fromiter(gone, dtype=np.int64))
        rows, documents, vectors = self._arrays(added)
        if self._faiss is not None:
            lost = self._rows[~keep]
            if len(lost):
                self._faiss.remove_ids(lost)
            if len(rows):
                self._faiss.add_with_ids(vectors.astype(np.float32), rows)
        joined = np.concatenate([self._rows[keep], rows])
        order = np.argsort(joined, kind="stable")
        self._set(
            joined[order],
            np.concatenate([self._documents[keep], documents])[order],
            np.concatenate([self._vectors[keep], vectors])[order],
        )

    # ------------------------------------------------------------------ searching

    def search(self, query: Any, limit: int, documents: set[int] | None = None) -> list[tuple[int, int, float]]:
        """(passage, document, cosine) of the passages nearest to a unit vector, of some documents only where given."""
        np = self._np
        if not len(self) or limit < 1:
            return []
        if documents is None and self._faiss is not None:
            scores, rows = self._faiss.search(query.reshape(1, -1).astype(np.float32), limit)
            found = rows[0] >= 0
            rows, scores = rows[0][found], scores[0][found]
            at = np.minimum(np.searchsorted(self._rows, rows), len(self) - 1)
            known = self._rows[at] == rows
            at, scores = at[known], scores[known]
        else:
            # a filter is applied before scoring: the documents it leaves are scored exactly
            subset = None if documents is None else np.flatnonzero(np.isin(self._documents, np.fromiter(documents, np.int64)))
            if subset is None:
                if self._exact is None:
                    self._exact = self._vectors.astype(np.float32)
                all_scores = _products(self._exact, query)
            else:
                all_scores = _products(self._vectors[subset].astype(np.float32), query)
            if limit < len(all_scores):
                at = np.argpartition(-all_scores, limit)[:limit]
                at = at[np.argsort(-all_scores[at], kind="stable")]
            else:
                at = np.argsort(-all_scores, kind="stable")
            scores = all_scores[at]
            at = at if subset is None else subset[at]
        return list(zip(self._rows[at].tolist(), self._documents[at].tolist(), scores.tolist(), strict=True))

    def cosines(self, query: Any, rows: list[int]) -> list[float]:
        """The cosine of each passage to a unit vector; 0 for one without a vector."""
        np = self._np
        if not len(self) or not rows:
            return [0.0] * len(rows)
        wanted = np.array(rows, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._rows, wanted), len(self) - 1)
        values = _products(self._vectors[at].astype(np.float32), query)
        return [float(v) for v in np.where(self._rows[at] == wanted, values, 0.0)]

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
            draft = self._folder / f"{name}.tmp"
            if name == "index.faiss":
                faiss.write_index(self._faiss, str(draft))
            else:
                with draft.open("wb") as out:
                    np.save(out, getattr(self, f"_{name[:-4]}"))
            hashes[name] = _sha256(draft)
            draft.replace(self._folder / name)
        stamp = {**self._signature(), "generation": self.generation, "sha256": hashes}
        draft = manifest.with_suffix(".tmp")
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
        faiss.omp_set_num_threads(1)
        self._set(*parts)
        self._faiss = index
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
        index.nprobe = PROBES
    for start in range(0, count, 50_000):
        index.add_with_ids(vectors[start : start + 50_000].astype(np.float32), rows[start : start + 50_000])
    # one query on several threads is ten times slower than on one: waiting for the threads costs more than the work
    faiss.omp_set_num_threads(1)
    return index


def _products(vectors: Any, query: Any) -> Any:
    """``vectors @ query`` without the threads of the matrix library, which on a busy machine wait for each other."""
    import numpy as np

    return np.einsum("ij,j->i", vectors, query)


def clusters(count: int) -> int:
    """How many clusters for so many vectors."""
    return int(4 * math.sqrt(count))


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
