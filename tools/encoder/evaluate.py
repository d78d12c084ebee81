"""Measure encoders on retrieval sets, alone and beside pairs of characters; their speed, memory and size.

    python -m tools.encoder.evaluate SETS ENCODER... [--sets ncp govmsg stard] [--static] [--cache DIR] [--json FILE]
    python -m tools.encoder.evaluate --speed ENCODER

SETS holds a folder for each set, with corpus.jsonl, queries.jsonl and qrels.tsv. ENCODER is a folder of run-time files or a float
checkpoint (read with torch). Documents are cut into passages of 300 characters with the title in front; a document counts as much as
its best passage. Of a set named NAME:N only N questions, drawn once, are asked, and only the documents that answer them and those
that pairs of characters put first are ranked. ``pairs + encoder`` adds half the encoder's similarity to the score of BM25 over pairs
of characters, both scaled to 0–1 over the documents of each question. With ``--static`` the embedded static model ranks the same
passages; most questions of stard are among those it was trained on. Below each set stands by how much the first encoder is ahead
of the other rows, question by question.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.neural.encoder import GRAPH, ItemEncoder
from index.neural.tokenization import PASSAGE, QUERY
from tools.encoder.pairs import PairIndex
from tools.retrieval_set import records, relevant

LENGTH = 300
WEIGHT = 0.5
POOL = 24
SEED = 7
DRAWS = 2_000
METRICS = ("ndcg@10", "recall@100", "success@1")


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Questions, passages, the document of each passage, and the documents that answer each question, by number."""

    queries: list[str]
    passages: list[str]
    owners: Any
    answers: list[set[int]]

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return int(self.owners[-1]) + 1


def draw_queries(folder: Path, asked: int | None) -> list[dict[str, Any]]:
    """The questions of a set that have an answer, or so many of them, always the same."""
    found = relevant(folder)
    queries = [query for query in records(folder / "queries.jsonl") if query["_id"] in found]
    return queries if asked is None else random.Random(SEED).sample(queries, asked)


def read_set(folder: Path, asked: int | None = None) -> RetrievalSet:
    """A set from disk; with ``asked`` only so many questions, over a pool of documents."""
    documents = list(records(folder / "corpus.jsonl"))
    found = relevant(folder)
    queries = draw_queries(folder, asked)
    if asked is not None:
        whole = _cut(documents)
        scores = score_pairs(whole, [query["text"] for query in queries])
        kept = {documents[i]["_id"] for row in scores for i in np.argsort(-row)[:POOL]}
        kept |= {name for query in queries for name in found[query["_id"]]}
        documents = [document for document in documents if document["_id"] in kept]
    number = {document["_id"]: i for i, document in enumerate(documents)}
    cut = _cut(documents)
    answers = [{number[name] for name in found[query["_id"]]} for query in queries]
    return RetrievalSet([query["text"] for query in queries], cut.passages, cut.owners, answers)


def _cut(documents: Sequence[dict[str, Any]]) -> RetrievalSet:
    passages, owners = [], []
    for i, document in enumerate(documents):
        title, text = document.get("title") or "", document["text"]
        for begin in range(0, max(len(text), 1), LENGTH):
            passages.append(f"{title} {text[begin : begin + LENGTH]}".strip())
            owners.append(i)
    return RetrievalSet([], passages, np.array(owners), [])


def score_pairs(cut: RetrievalSet, queries: Sequence[str]) -> Any:
    """BM25 over pairs of characters: best passage of each document, as an array (queries, documents)."""
    index = PairIndex(cut.passages)
    return np.stack([best_of(cut, index.scores(query)) for query in queries])


def best_of(cut: RetrievalSet, scores: Any) -> Any:
    """The best score of each document's passages."""
    starts = np.flatnonzero(np.diff(cut.owners, prepend=-1))
    return np.maximum.reduceat(scores, starts)


def score_vectors(cut: RetrievalSet, queries: Any, passages: Any) -> Any:
    """Cosine of the best passage of each document, as an array (queries, documents)."""
    return np.stack([best_of(cut, passages @ query) for query in queries])


def _scaled(scores: Any) -> Any:
    low, high = scores.min(1, keepdims=True), scores.max(1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


def measure(scores: Any, answers: Sequence[set[int]]) -> dict[str, Any]:
    """Each metric question by question."""
    rows: dict[str, list[float]] = {name: [] for name in METRICS}
    for row, right in zip(scores, answers, strict=True):
        order = np.argsort(-row, kind="stable")[:100]
        gains = np.array([i in right for i in order], float)
        ideal = (1 / np.log2(np.arange(2, 2 + min(10, len(right))))).sum()
        rows["ndcg@10"].append((gains[:10] / np.log2(np.arange(2, 12))[: len(gains[:10])]).sum() / ideal)
        rows["recall@100"].append(gains.sum() / len(right))
        rows["success@1"].append(gains[0])
    return {name: np.array(values) for name, values in rows.items()}


def interval(values: Any) -> tuple[float, float]:
    """Bootstrap 95 % interval of the mean over questions."""
    draw = np.random.default_rng(SEED)
    means = [values[draw.integers(0, len(values), len(values))].mean() for _ in range(DRAWS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


Encode = Callable[[str, Sequence[str]], Any]


def open_encoder(folder: Path) -> tuple[str, Encode]:
    """The name and the function of an encoder: run-time files or a float checkpoint."""
    if (folder / GRAPH).exists():
        encoder = ItemEncoder(folder)
        return (
            encoder.name,
            lambda prefix, texts: encoder.encode_queries(texts) if prefix == QUERY else encoder.encode_passages(texts),
        )
    import torch

    from tools.encoder.checkpoint import Checkpoint
    from tools.encoder.model import Cutter, Encoder, encode

    torch.set_num_threads(1)
    checkpoint = Checkpoint.load(folder)
    model, cutter = Encoder(checkpoint), Cutter(checkpoint)
    digest = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()[:8]
    return f"{folder.name}-float-{digest}", lambda prefix, texts: encode(model, cutter, prefix, texts)


def static_encode() -> tuple[str, Encode]:
    """The name and the function of the embedded static model, which has no prefixes."""
    from index.dense.encoder import load

    model = load()
    return model.name, lambda _, texts: model.encode(list(texts))


def _encode_cached(cache: Path | None, name: str, encode: Encode, prefix: str, texts: Sequence[str]) -> Any:
    if cache is None:
        return encode(prefix, texts)
    key = hashlib.sha256("\x00".join([name, prefix, *texts]).encode()).hexdigest()[:16]
    path = cache / f"{name}-{key}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, encode(prefix, texts).astype(np.float16))
    return np.load(path).astype(np.float32)


def evaluate(
    sets: Path, names: Sequence[str], encoders: Sequence[Path], cache: Path | None, *, static: bool = False
) -> list[dict[str, Any]]:
    """One record for each set and way of ranking, printed as rows of a table while they come."""
    print("| set | ranked by | " + " | ".join(METRICS) + " |\n| --- | --- |" + " --- |" * len(METRICS))
    out = []

    def report(name: str, ranked: str, scores: Any, cut: RetrievalSet) -> None:
        values = measure(scores, cut.answers)
        record: dict[str, Any] = {"set": name, "ranked": ranked, "questions": len(cut.queries), "documents": cut.documents}
        rows[ranked] = values
        cells = []
        for metric, each in values.items():
            low, high = interval(each)
            record[metric] = [round(float(each.mean()), 4), round(low, 4), round(high, 4)]
            record[f"{metric} each"] = [round(float(value), 4) for value in each]
            cells.append(f"{each.mean():.3f} [{low:.3f}–{high:.3f}]")
        out.append(record)
        print(f"| {name} | {ranked} | " + " | ".join(cells) + " |", flush=True)

    for name in names:
        bare, _, asked = name.partition(":")
        cut = read_set(sets / bare, int(asked) if asked else None)
        rows: dict[str, dict[str, Any]] = {}
        pairs = score_pairs(cut, cut.queries)
        report(name, "pairs", pairs, cut)
        models = [(folder.name, *open_encoder(folder)) for folder in encoders]
        for title, label, encode in [*models, *([("static", *static_encode())] if static else [])]:
            vectors = [
                _encode_cached(cache, label, encode, prefix, texts)
                for prefix, texts in ((QUERY, cut.queries), (PASSAGE, cut.passages))
            ]
            near = score_vectors(cut, *vectors)
            report(name, f"{title} ({label})", near, cut)
            report(name, f"pairs + {title}", _scaled(pairs) + WEIGHT * _scaled(near), cut)
        _show_lead(name, rows)
    return out


def _show_lead(name: str, rows: dict[str, dict[str, Any]]) -> None:
    """Print by how much the second row, that of the first encoder, is ahead of the others."""
    _, first, *_ = [*rows, ""]
    for other in rows:
        if first and other != first:
            cells = []
            for metric in METRICS:
                ahead = rows[first][metric] - rows[other][metric]
                low, high = interval(ahead)
                cells.append(f"{ahead.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
            print(f"| {name} | {first} less {other} | " + " | ".join(cells) + " |", flush=True)


SAMPLE = "各级人民政府应当加强对就业工作的领导，完善政策措施，支持企业稳定岗位、增加就业，并按照规定给予补贴。"


def measure_speed(folder: Path) -> None:
    """Print processor time and memory of run-time files, in a process of its own."""
    began = time.process_time()
    encoder = ItemEncoder(folder)
    encoder.encode_queries(["就业"])
    print(f"start {time.process_time() - began:.2f} CPU s, {_resident():.0f} MB resident")
    query = "高校毕业生到基层就业有哪些补贴，怎样申请？"
    times = []
    for _ in range(60):
        began = time.process_time()
        encoder.encode_queries([query])
        times.append(time.process_time() - began)
    tokens = len(encoder._load().cut(QUERY, [query])[0])
    print(f"query of {tokens} tokens: {1000 * sorted(times)[30]:.1f} ms CPU")
    for wanted in (64, 128, 256):
        text = (SAMPLE * 20)[: _length_of(encoder, wanted)]
        texts = [text] * (4_096 // wanted)
        encoder.encode_passages(texts[:4])
        began = time.process_time()
        encoder.encode_passages(texts)
        print(f"{wanted} tokens: {len(texts) / (time.process_time() - began):.1f} texts a CPU second")
    print(f"{_resident():.0f} MB resident, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    print(f"files {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")


def _length_of(encoder: ItemEncoder, tokens: int) -> int:
    """How many characters of the sample make so many tokens."""
    text = SAMPLE * 20
    return next(n for n in range(tokens, len(text)) if len(encoder._load().cut(PASSAGE, [text[:n]])[0]) >= tokens)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="?")
    parser.add_argument("encoders", type=Path, nargs="*")
    parser.add_argument("--sets", dest="names", nargs="+", default=["ncp", "govmsg", "stard:130"])
    parser.add_argument("--static", action="store_true", help="rank by the embedded static model too")
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept for the next run")
    parser.add_argument("--json", type=Path, help="write every figure, question by question")
    parser.add_argument("--speed", type=Path, help="measure the speed of these run-time files instead")
    args = parser.parse_args()
    if args.speed:
        if args.sets is None:
            command = [sys.executable, "-m", "tools.encoder.evaluate", "in-own-process", "--speed", str(args.speed)]
            raise SystemExit(subprocess.run(command).returncode)
        measure_speed(args.speed)
        return
    found = evaluate(args.sets, args.names, args.encoders, args.cache, static=args.static)
    if args.json:
        args.json.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
