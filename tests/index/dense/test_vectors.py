"""The dense index follows the library, exactly while small and through FAISS when large."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import Corpus, PassageRow
from index.dense import vectors as vectors_module
from index.dense.encoder import load
from index.dense.vectors import DenseIndex

SIZE = 8
MODEL = "m"


def put(corpus: Corpus, key: str, vectors: np.ndarray) -> int:  # type: ignore[type-arg]
    text = "甲" * len(vectors)
    doc = ParsedDocument(key, key, "txt", key, text, HeadMatter())
    rows = [PassageRow(Span(i, i + 1), (), v.astype("<f2").tobytes()) for i, v in enumerate(vectors)]
    return corpus.put(doc, original=key.encode(), passages=rows, facts=[], model=MODEL)


def unit(seed: int, count: int) -> np.ndarray:  # type: ignore[type-arg]
    values = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path) as corpus:
        yield corpus


@pytest.fixture(params=["numpy", "faiss", "faiss, then filtered"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(vectors_module, "FAISS_FROM", 10**9 if request.param == "numpy" else 1)
    monkeypatch.setattr(vectors_module, "SUBSET", 10**9 if request.param == "faiss" else 0)
    return str(request.param)


def index_of(corpus: Corpus) -> DenseIndex:
    index = DenseIndex(corpus, MODEL, SIZE)
    index.refresh(corpus.generation)
    return index


def test_finds_adds_removes_and_filters(corpus: Corpus, kind: str) -> None:
    vectors = unit(1, 400)
    first = put(corpus, "a", vectors[:300])
    second = put(corpus, "b", vectors[300:])
    index = index_of(corpus)
    rows, documents, scores = index.search(vectors[5], 3)
    assert documents[0] == first and scores[0] == pytest.approx(1, abs=1e-2)
    assert set(index.search(vectors[5], 50, {second})[1]) == {second}
    assert index.cosines(vectors[5], [rows[0], 10**6]).tolist() == pytest.approx([1, 0], abs=1e-2)
    corpus.remove(first)
    third = put(corpus, "c", vectors[5:6])
    index.refresh(corpus.generation)
    found = index.search(vectors[5], 5)[1]
    assert found[0] == third and first not in found and len(found) == 5
    assert set(index.search(vectors[5], 200, {first, third})[1]) == {third}
    assert len(index) == 101


def test_a_copy_on_disk_is_read_and_a_damaged_one_refused(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "FAISS_FROM", 1)
    vectors = unit(2, 50)
    put(corpus, "a", vectors)
    index_of(corpus)
    monkeypatch.setattr(DenseIndex, "rebuild", lambda self, generation: pytest.fail("built anew"))
    assert index_of(corpus).search(vectors[7], 1)[2][0] == pytest.approx(1, abs=1e-2)
    put(corpus, "b", unit(3, 1))
    assert len(index_of(corpus)) == 51
    monkeypatch.undo()
    monkeypatch.setattr(vectors_module, "FAISS_FROM", 1)
    path = corpus.folder / "cache" / "dense" / "index.faiss"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    rebuilt: list[int] = []
    original = DenseIndex.rebuild
    monkeypatch.setattr(DenseIndex, "rebuild", lambda self, g: (rebuilt.append(g), original(self, g))[1])
    assert len(index_of(corpus)) == 51 and rebuilt


def test_vectors_of_another_model_do_not_count(corpus: Corpus) -> None:
    put(corpus, "a", unit(1, 3))
    assert len(DenseIndex(corpus, "other", SIZE)) == 0
    other = DenseIndex(corpus, "other", SIZE)
    other.refresh(corpus.generation)
    assert not len(other.search(unit(1, 1)[0], 5)[0])


def neighbours(points: np.ndarray, queries: np.ndarray, chosen: np.ndarray | None = None) -> float:  # type: ignore[type-arg]
    """Share of the 100 nearest (chosen) points of each query that are found through FAISS."""
    kept, index = points.astype("<f2"), vectors_module._build(points)
    only = None if chosen is None else set(np.flatnonzero(chosen).tolist())
    choice = vectors_module._Choice(np.arange(len(points)), only, frozenset(), None)
    found = [vectors_module._nearest(index, kept, query, choice, 100)[0].tolist() for query in queries]
    scores = -(queries @ points.T)
    if chosen is not None:
        scores[:, ~chosen] = 1
    exact = np.argpartition(scores, 100, axis=1)[:, :100].tolist()
    return float(np.mean([len(set(a) & set(b)) / 100 for a, b in zip(found, exact, strict=True)]))


def heaps() -> np.ndarray:  # type: ignore[type-arg]
    draw = np.random.default_rng(4)
    centres = draw.normal(size=(60, 32))
    points = centres[draw.integers(60, size=9_000)] + 0.7 * draw.normal(size=(9_000, 32))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_nearly_all_of_the_nearest_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "SUBSET", 0)
    points = heaps()
    with monkeypatch.context() as patch:
        patch.setattr(vectors_module, "_exact", lambda *_: pytest.fail("every vector was looked at"))
        assert neighbours(points, points[:200]) >= 0.98
    # a filter may leave few of the nearest, or only points far from the query
    draw = np.random.default_rng(5)
    assert neighbours(points, points[:50], draw.random(len(points)) < 0.6) >= 0.98
    assert neighbours(points, points[:50], points @ points[0] < 0.3) >= 0.98


def test_nearly_all_of_the_nearest_of_real_passages_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(os.environ.get("CEMAI_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "eval" / "ncp" / "corpus.jsonl"
    if not path.exists():
        pytest.skip("no shared material: what is found was measured on made-up vectors only")
    monkeypatch.setattr(vectors_module, "SUBSET", 0)
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    parts = [text[i : i + 150] for text in texts for i in range(0, len(text), 150)][:6_000]
    vectors = load(None).encode(parts)
    assert neighbours(vectors, vectors[::40]) >= 0.98


@pytest.mark.parametrize("dimension", [1, 7, 130, 384, 512])
def test_vectors_of_any_length_are_laid_out(dimension: int) -> None:
    points = np.random.default_rng(6).normal(size=(700, dimension)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    choice = vectors_module._Choice(np.arange(len(points)), None, frozenset(), None)
    found, scores = vectors_module._nearest(vectors_module._build(points), points.astype("<f2"), points[3], choice, 5)
    assert 3 in found and scores[0] == pytest.approx(1, abs=1e-2)
