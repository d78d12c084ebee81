"""Search side by side on one machine, as ratios: cemai (hybrid), bm25s, rank_bm25's way of scoring, SQLite FTS5, plain tantivy;
whoosh, rank_bm25 itself and txtai where they are installed.

    search.py CORPUS.jsonl [--sizes 1000,10000,100000] [--queries QUERIES.jsonl] [--engines cemai,bm25s] [--threads 16]

Passages are the real texts first, then texts recombined from their sentences. Every engine runs in a process of its own. Prints
a line per engine and size: seconds to index, bytes on disk, growth of memory, p50 and p95 of a query in milliseconds, its p50 as
a multiple of cemai's; for cemai also the share of the exact nearest vectors that its vector index finds, and searches a second
of several threads.
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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.document import HeadMatter, ParsedDocument, Span
from corpus.store import Corpus, PassageRow
from index.dense import DenseIndex
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


def fts5(passages: list[str], folder: Path) -> Search:
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


def with_tantivy(passages: list[str], folder: Path) -> Search:
    """tantivy over the same words, without pairs, documents, vectors or a second look."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(64_000_000, 1)
    for text in passages:
        writer.add_document(tantivy.Document(text=" ".join(words_of(text))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> Any:
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word)) for word in set(words_of(query))]
        return [searcher.doc(at) for _, at in searcher.search(tantivy.Query.boolean_query(terms), 10).hits]

    return search


def with_whoosh(passages: list[str], folder: Path) -> Search:
    from whoosh import fields, index, qparser  # type: ignore[import-not-found,unused-ignore]

    made = index.create_in(str(folder), fields.Schema(text=fields.TEXT(stored=True)))
    writer = made.writer()
    for text in passages:
        writer.add_document(text=" ".join(words_of(text)))
    writer.commit()
    searcher = made.searcher()
    parser = qparser.QueryParser("text", made.schema, group=qparser.OrGroup)
    return lambda query: list(searcher.search(parser.parse(" ".join(words_of(query))), limit=10))


def with_rank_bm25(passages: list[str], folder: Path) -> Search:
    from rank_bm25 import BM25Okapi  # type: ignore[import-not-found,unused-ignore]

    engine = BM25Okapi([words_of(text) for text in passages])
    return lambda query: engine.get_scores(words_of(query)).argsort()[-10:]


def with_txtai(passages: list[str], folder: Path) -> Search:
    """txtai's hybrid search with cemai's vectors."""
    from txtai import Embeddings  # type: ignore[import-not-found,unused-ignore]

    encoder = load(None)
    engine = Embeddings(method="external", transform=lambda texts: encoder.encode(list(texts)), hybrid=True)
    engine.index([" ".join(words_of(text)) for text in passages])
    return lambda query: engine.search(" ".join(words_of(query)), 10)


ENGINES: dict[str, Callable[[list[str], Path], Search]] = {
    "cemai": cemai,
    "bm25s": with_bm25s,
    "rank_bm25 (its way)": plain_bm25,
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
        words_of("预热")
        before = memory()
        begun = time.perf_counter()
        search = ENGINES[name](passages, Path(folder))
        built = time.perf_counter() - begun
        for query in queries[:10]:
            search(query)
        times = []
        for query in queries:
            start = time.perf_counter()
            search(query)
            times.append(1000 * (time.perf_counter() - start))
        times.sort()
        row = {
            "engine": name,
            "passages": size,
            "index_s": round(built, 1),
            "disk_mb": round(sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 1e6, 1),
            "memory_mb": round((memory() - before) / 1e6),
            "p50_ms": round(times[len(times) // 2], 2),
            "p95_ms": round(times[int(0.95 * len(times))], 2),
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


def nearest_found(folder: Path, queries: list[str]) -> float:
    """Share of the exact 100 nearest vectors that the vector index returns."""
    encoder = load(None)
    with Corpus.open(folder) as corpus:
        index = DenseIndex(corpus, encoder.name, encoder.dimension)
        index.refresh(corpus.generation)
        documents = {info.row for info in corpus.infos()}
        shares = []
        for vector in encoder.encode(queries):
            exact = set(index.search(vector, 100, documents)[0].tolist())
            shares.append(len(exact & set(index.search(vector, 100)[0].tolist())) / max(1, len(exact)))
    return round(sum(shares) / len(shares), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--queries", type=Path, help="default: queries.jsonl beside the corpus")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    path = args.queries or args.corpus.parent / "queries.jsonl"
    queries = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:100]
    if args.one:
        print(json.dumps(measure(args.engines, args.corpus, int(args.sizes), queries, args.threads), ensure_ascii=False))
        return
    for size in args.sizes.split(","):
        base = 0.0
        for name in args.engines.split(","):
            command = [sys.executable, __file__, str(args.corpus), "--sizes", size, "--engines", name, "--one"]
            command += ["--queries", str(path), "--threads", str(args.threads)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(json.dumps({"engine": name, "passages": int(size), "absent": done.stderr.strip().split("\n")[-1]}))
                continue
            row = json.loads(done.stdout)
            base = base or (row["p50_ms"] if name == "cemai" else 0.0)
            if base:
                row["times_cemai"] = round(row["p50_ms"] / base, 2)
            print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
