"""Search speed side by side on one machine: cemai (hybrid), bm25s and rank_bm25's way of scoring, as ratios.

    search.py CORPUS.jsonl [--sizes 1000,10000,100000] [--queries QUERIES.jsonl]

Passages are the real texts first, then texts recombined from their sentences. Prints one line per engine and size: seconds to
index, p50 and p95 of a query in milliseconds, and how many times slower than cemai.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import Corpus, PassageRow
from index.encoder import load
from index.searcher import Searcher
from index.segmentation import words_of

Search = Callable[[str], Any]


def texts(path: Path, count: int) -> list[str]:
    real = [json.loads(line)["text"][:300] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:count]
    draw = random.Random(1)
    sentences = [s for text in real[:20_000] for s in re.split(r"(?<=[。；])", text) if len(s) > 10]
    while len(real) < count:
        real.append("".join(draw.choices(sentences, k=4))[:300])
    return real


def cemai(passages: list[str], folder: Path) -> Search:
    encoder = load(None)
    corpus = Corpus.open(folder)
    for start in range(0, len(passages), 2_000):
        part = passages[start : start + 2_000]
        vectors = encoder.encode(part).astype("<f2")
        with corpus.transaction():
            for i, (text, vector) in enumerate(zip(part, vectors, strict=True)):
                doc = ParsedDocument(str(start + i), str(start + i), "jsonl", str(start + i), text, HeadMatter())
                row = PassageRow(Span(0, len(text)), (), vector.tobytes())
                corpus.put(doc, original=b"", passages=[row], facts=[], model=encoder.name)
    searcher = Searcher(corpus, encoder)
    searcher.refresh()
    return lambda query: searcher.search(query, top=10)


def with_bm25s(passages: list[str], folder: Path) -> Search:
    import bm25s

    engine = bm25s.BM25()
    engine.index([words_of(text) for text in passages], show_progress=False)
    return lambda query: engine.retrieve([words_of(query)], k=10, show_progress=False)


def plain_bm25(passages: list[str], folder: Path) -> Search:
    """The way of rank_bm25: every passage's counts are asked for every word of the query."""
    from collections import Counter

    import numpy as np

    counts = [Counter(words_of(text)) for text in passages]
    lengths = np.array([sum(c.values()) for c in counts], dtype=np.float32)
    frequency: Counter[str] = Counter(word for c in counts for word in c)
    norm = 1.5 * (0.25 + 0.75 * lengths / lengths.mean())

    def search(query: str) -> Any:
        scores = np.zeros(len(counts))
        for word in words_of(query):
            weight = np.log(1 + (len(counts) - frequency[word] + 0.5) / (frequency[word] + 0.5))
            tf = np.array([c.get(word, 0) for c in counts])
            scores += weight * tf * 2.5 / (tf + norm)
        return np.argsort(-scores)[:10]

    return search


ENGINES: dict[str, Callable[[list[str], Path], Search]] = {"cemai": cemai, "bm25s": with_bm25s, "rank_bm25": plain_bm25}


def measure(path: Path, sizes: list[int], queries: list[str]) -> Iterator[dict[str, Any]]:
    for size in sizes:
        passages = texts(path, size)
        base = 0.0
        for name, build in ENGINES.items():
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                begun = time.perf_counter()
                search = build(passages, Path(folder))
                built = time.perf_counter() - begun
                for query in queries[:5]:
                    search(query)
                times = []
                for query in queries:
                    start = time.perf_counter()
                    search(query)
                    times.append(1000 * (time.perf_counter() - start))
                times.sort()
                p50, p95 = times[len(times) // 2], times[int(0.95 * len(times))]
                base = base or p50
                yield {
                    "engine": name,
                    "passages": size,
                    "index_s": round(built, 1),
                    "p50_ms": round(p50, 2),
                    "p95_ms": round(p95, 2),
                    "times_cemai": round(p50 / base, 2),
                }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--queries", type=Path, help="default: queries.jsonl beside the corpus")
    args = parser.parse_args()
    path = args.queries or args.corpus.parent / "queries.jsonl"
    queries = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:100]
    for row in measure(args.corpus, [int(size) for size in args.sizes.split(",")], queries):
        print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
