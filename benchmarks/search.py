"""Search side by side on one machine: cemai (hybrid), bm25s, rank_bm25, SQLite FTS5, plain tantivy, whoosh, txtai (hybrid, with
cemai's vectors). The peers are no part of the program: ``pip install --group bench``; one that is missing is said to be absent.

    search.py CORPUS.jsonl [--sizes 1000,10000,100000,1000000] [--queries QUERIES.jsonl] [--engines cemai,bm25s] [--threads 16]
              [--limit SECONDS] [--rows ROWS.jsonl] [--plot CURVE.png]

Runs piecewise: ``--rows`` keeps what was measured, and what is kept is not measured again but drawn with the rest. An engine
that needs longer than ``--limit`` at one size is cut off there, and not tried at larger ones.

Passages are the real texts first, then texts recombined from their sentences; cemai's library holds them as real ones do, many
to a document. Every engine runs in a process of its own. Prints a line per engine and size:

- index_s: seconds from texts in memory to the first search, for what every engine does: words, vectors, indexes, by the clock and
  as processor time of all threads; store_s: what cemai takes besides to keep documents safe in SQLite, which the others do not;
- bytes on disk; growth of memory once everything is indexed, and at its peak;
- p50 and p95 of a query in milliseconds, once by the clock and once by the processor time of the searching thread (which other
  programs do not distort), its p50 as a multiple of cemai's;
- for cemai also the share of the exact nearest vectors that its vector index finds, and searches a second of several threads.

Ends with a table, and a plot where matplotlib is installed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import Corpus, PassageRow
from index.dense.encoder import load
from index.dense.vectors import DenseIndex
from index.lexical import bulk_tokens
from index.lexical.tokens import words_of
from index.searcher import Searcher

PER_DOCUMENT = 100
"""Passages of one document of the library: about as many as a plan of a county has."""
PER_TRANSACTION = 5_000
"""Passages stored at once, as an import of many records stores them."""

Search = Callable[[str], Any]


@dataclass
class Stopwatch:
    """Seconds by the clock and of processor time in a part of the work."""

    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu


def texts(path: Path, count: int) -> list[str]:
    real = [json.loads(line)["text"][:300] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:count]
    draw = random.Random(1)
    sentences = [s for text in real[:20_000] for s in re.split(r"(?<=[。；])", text) if len(s) > 10]
    while len(real) < count:
        real.append("".join(draw.choices(sentences, k=4))[:300])
    return real


def cemai(passages: list[str], folder: Path, storing: Stopwatch) -> Search:
    encoder = load(None)
    corpus = Corpus.open(folder)
    for start in range(0, len(passages), PER_TRANSACTION):
        part = passages[start : start + PER_TRANSACTION]
        vectors = encoder.encode(part).astype("<f2")
        with storing.running(), corpus.transaction():
            for first in range(0, len(part), PER_DOCUMENT):
                texts = part[first : first + PER_DOCUMENT]
                ends = list(accumulate(map(len, texts), initial=0))
                rows = [
                    PassageRow(Span(*span), (), vector.tobytes())
                    for span, vector in zip(pairwise(ends), vectors[first : first + PER_DOCUMENT], strict=True)
                ]
                name = str(start + first)
                doc = ParsedDocument(name, name, "jsonl", name, "".join(texts), HeadMatter())
                corpus.put(doc, original=b"", passages=rows, facts=[], model=encoder.name)
    searcher = Searcher(corpus, encoder)
    searcher.refresh()
    return lambda query: searcher.search(query, top=10)


def with_bm25s(passages: list[str], folder: Path, _: Stopwatch) -> Search:
    import bm25s  # type: ignore[import-untyped,unused-ignore]

    engine = bm25s.BM25()
    engine.index(list(bulk_tokens.words_of_texts(passages)), show_progress=False)
    return lambda query: engine.retrieve([words_of(query)], k=10, show_progress=False)


def fts5(passages: list[str], folder: Path, _: Stopwatch) -> Search:
    """SQLite's own full text search, with trigrams, any of which may match."""
    import sqlite3

    db = sqlite3.connect(folder / "fts.sqlite")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='trigram')")
    db.executemany("INSERT INTO t VALUES (?)", ((text,) for text in passages))
    db.commit()

    def search(query: str) -> Any:
        plain = re.sub(r"\W", "", query)
        grams = dict.fromkeys(plain[i : i + 3] for i in range(max(1, len(plain) - 2)))
        wanted = " OR ".join(f'"{gram}"' for gram in grams)
        return db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", (wanted,)).fetchall()

    return search


def with_tantivy(passages: list[str], folder: Path, _: Stopwatch) -> Search:
    """tantivy over the same words, without pairs, documents, vectors or a second look."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(64_000_000, 1)
    for words in bulk_tokens.words_of_texts(passages):
        writer.add_document(tantivy.Document(text=" ".join(words)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> Any:
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word)) for word in set(words_of(query))]
        return [searcher.doc(at) for _, at in searcher.search(tantivy.Query.boolean_query(terms), 10).hits]

    return search


def with_whoosh(passages: list[str], folder: Path, _: Stopwatch) -> Search:
    from whoosh import fields, index, qparser  # type: ignore[import-not-found,unused-ignore]

    made = index.create_in(str(folder), fields.Schema(text=fields.TEXT(stored=True)))
    writer = made.writer()
    for words in bulk_tokens.words_of_texts(passages):
        writer.add_document(text=" ".join(words))
    writer.commit()
    searcher = made.searcher()
    parser = qparser.QueryParser("text", made.schema, group=qparser.OrGroup)
    return lambda query: list(searcher.search(parser.parse(" ".join(words_of(query))), limit=10))


def with_rank_bm25(passages: list[str], folder: Path, _: Stopwatch) -> Search:
    from rank_bm25 import BM25Okapi  # type: ignore[import-not-found,unused-ignore]

    engine = BM25Okapi(list(bulk_tokens.words_of_texts(passages)))
    return lambda query: engine.get_scores(words_of(query)).argsort()[-10:]


def with_txtai(passages: list[str], folder: Path, _: Stopwatch) -> Search:
    """txtai's hybrid search with cemai's vectors."""
    from txtai import Embeddings  # type: ignore[import-not-found,unused-ignore]

    encoder = load(None)
    engine = Embeddings(method="external", transform=lambda texts: encoder.encode(list(texts)), hybrid=True)
    engine.index([" ".join(words) for words in bulk_tokens.words_of_texts(passages)])
    return lambda query: engine.search(" ".join(words_of(query)), 10)


ENGINES: dict[str, Callable[[list[str], Path, Stopwatch], Search]] = {
    "cemai": cemai,
    "bm25s": with_bm25s,
    "SQLite FTS5 trigram": fts5,
    "tantivy": with_tantivy,
    "whoosh": with_whoosh,
    "rank_bm25": with_rank_bm25,
    "txtai": with_txtai,
}


def measure(name: str, path: Path, size: int, queries: list[str], threads: int) -> dict[str, Any]:
    """One engine at one size; meant for a process of its own."""
    passages = texts(path, size)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        before = memory()
        words_of("预热")  # dictionary and model are loaded outside the measurement of time
        if name in ("cemai", "txtai"):
            load(None).encode(["预热"])
        whole, storing = Stopwatch(), Stopwatch()
        with whole.running():
            search = ENGINES[name](passages, Path(folder), storing)
        for query in queries[:10]:
            search(query)
        times, busy = [], []
        for query in queries:
            start, begun_cpu = time.perf_counter(), time.thread_time()
            search(query)
            times.append(1000 * (time.perf_counter() - start))
            busy.append(1000 * (time.thread_time() - begun_cpu))
        times.sort()
        busy.sort()
        row = {
            "engine": name,
            "passages": size,
            "index_s": round(whole.wall - storing.wall, 1),
            "index_cpu_s": round(whole.cpu - storing.cpu, 1),
            "store_s": round(storing.wall, 1),
            "store_cpu_s": round(storing.cpu, 1),
            "per_s": round(size / (whole.wall - storing.wall)),
            "disk_mb": round(sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 1e6, 1),
            "memory_mb": round((memory() - before) / 1e6),
            "peak_mb": round((peak_memory() - before) / 1e6),
            "p50_ms": round(times[len(times) // 2], 2),
            "p95_ms": round(times[int(0.95 * len(times))], 2),
            "p50_cpu_ms": round(busy[len(busy) // 2], 2),
            "p95_cpu_ms": round(busy[int(0.95 * len(busy))], 2),
        }
        if name == "cemai":
            with ThreadPoolExecutor(threads) as pool:
                start = time.perf_counter()
                list(pool.map(search, queries * 3))
                row[f"per_s_{threads}_threads"] = round(3 * len(queries) / (time.perf_counter() - start))
            row["nearest_found"] = nearest_found(Path(folder), queries)
    return row


def memory() -> int:
    """Bytes of this process in memory."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 if status.exists() else 0


def peak_memory() -> int:
    """The most this process ever had in memory, in bytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def nearest_found(folder: Path, queries: list[str]) -> float:
    """Share of the exact 100 nearest vectors, every one compared, that the vector index returns."""
    import numpy as np

    encoder = load(None)
    asked = encoder.encode(queries)
    with Corpus.open(folder) as corpus:
        index = DenseIndex(corpus, encoder.name, encoder.dimension)
        index.refresh(corpus.generation)
        found = [set(index.search(vector, 100)[0].tolist()) for vector in asked]
        rows, scores = np.zeros((len(asked), 0), dtype=np.int64), np.zeros((len(asked), 0), dtype=np.float32)
        every = corpus.vectors(encoder.name)
        while block := list(islice(every, 20_000)):
            vectors = np.frombuffer(b"".join(data for _, _, data in block), dtype="<f2").reshape(len(block), -1)
            rows = np.hstack([rows, np.tile([row for row, _, _ in block], (len(asked), 1))])
            scores = np.hstack([scores, asked @ vectors.astype(np.float32).T])
            best = np.argsort(-scores, axis=1, kind="stable")[:, :100]
            rows, scores = np.take_along_axis(rows, best, 1), np.take_along_axis(scores, best, 1)
    shares = [len(some & set(exact.tolist())) / len(exact) for some, exact in zip(found, rows, strict=True)]
    return round(sum(shares) / len(shares), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--queries", type=Path, help="default: queries.jsonl beside the corpus")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--limit", type=float, default=900.0, help="seconds one engine may take at one size")
    parser.add_argument("--rows", type=Path, help="file that keeps what was measured")
    parser.add_argument("--plot", type=Path, help="PNG file for the curve")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    path = args.queries or args.corpus.parent / "queries.jsonl"
    queries = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:100]
    if args.one:
        print(json.dumps(measure(args.engines, args.corpus, int(args.sizes), queries, args.threads), ensure_ascii=False))
        return
    kept = (
        [json.loads(line) for line in args.rows.read_text(encoding="utf-8").splitlines()]
        if args.rows and args.rows.exists()
        else []
    )
    slow: set[str] = set()
    for size in map(int, args.sizes.split(",")):
        for name in args.engines.split(","):
            if any(row["engine"] == name and row["passages"] == size for row in kept):
                continue
            if name in slow:
                print(f"{name} at {size}: left out, it was cut off at a smaller size", flush=True)
                continue
            command = [sys.executable, __file__, str(args.corpus), "--sizes", str(size), "--engines", name, "--one"]
            command += ["--queries", str(path), "--threads", str(args.threads)]
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=args.limit)
            except subprocess.TimeoutExpired:
                slow.add(name)
                print(f"{name} at {size}: cut off after {args.limit} s", flush=True)
                continue
            if done.returncode:
                slow.add(name)
                print(f"{name} at {size}: absent ({done.stderr.strip().splitlines()[-1]})", flush=True)
                continue
            kept.append(json.loads(done.stdout))
            print(done.stdout.strip(), flush=True)
            if args.rows:
                with args.rows.open("a", encoding="utf-8") as out:
                    out.write(done.stdout.strip() + "\n")
    print(table(kept))
    if args.plot:
        plot(kept, args.plot)


COLUMNS = (
    "index_s", "index_cpu_s", "per_s", "store_s", "disk_mb", "memory_mb", "peak_mb",
    "p50_ms", "p95_ms", "p50_cpu_ms", "p95_cpu_ms",
)  # fmt: skip


def table(rows: list[dict[str, Any]]) -> str:
    """What was measured, with every p50 also as a multiple of cemai's at the same size."""
    base = {row["passages"]: row["p50_ms"] for row in rows if row["engine"] == "cemai"}
    lines = ["| engine | passages | " + " | ".join(COLUMNS) + " | × cemai |", "| --- |" + " --- |" * (len(COLUMNS) + 2)]
    for row in sorted(rows, key=lambda r: (r["passages"], r["engine"] != "cemai", r["engine"])):
        own = base.get(row["passages"])
        times = f"{row['p50_ms'] / own:.2f}" if own else "–"
        lines.append(
            f"| {row['engine']} | {row['passages']:,} | " + " | ".join(str(row.get(c, "–")) for c in COLUMNS) + f" | {times} |"
        )
    return "\n".join(lines)


def plot(rows: list[dict[str, Any]], target: Path) -> None:
    """p95 of a query by the number of passages, both on logarithmic axes."""
    try:
        import matplotlib  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("no plot: matplotlib is not installed")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot  # type: ignore[import-not-found,unused-ignore]

    figure, axes = pyplot.subplots(figsize=(8, 5), dpi=120)
    for name in dict.fromkeys(row["engine"] for row in rows):
        points = sorted((row["passages"], row["p95_ms"]) for row in rows if row["engine"] == name)
        axes.plot(*zip(*points, strict=True), marker="o", label=name, linewidth=2.5 if name == "cemai" else 1)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="p95 of a query, ms")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(target, bbox_inches="tight")


if __name__ == "__main__":
    main()
