"""Build a library from a retrieval set's corpus.jsonl, run its queries, write RUN.jsonl and print the scores.

    eval_retrieval.py SET_DIR [--library DIR] [--out RUN.jsonl] [--top 100] [--lexical]

SET_DIR holds corpus.jsonl, queries.jsonl, qrels.tsv and perhaps answers.jsonl; ``score.py`` is looked for beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.document import HeadMatter, ParsedDocument, Span, Zone
from corpus.store import Corpus, PassageRow
from index.searcher import Searcher
from index.splitter import split


def records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def parsed(record: dict[str, Any]) -> ParsedDocument:
    text = record["text"].replace("\r\n", "\n").replace("\r", "\n")
    digest = hashlib.sha256(text.encode()).hexdigest()
    head = HeadMatter(title=record.get("title") or None)
    zones = (Zone("body", Span(0, len(text))),) if text else ()
    return ParsedDocument(record["_id"], record["_id"], "jsonl", digest, text, head, zones=zones)


def build(corpus: Corpus, path: Path) -> None:
    stream = records(path)
    while batch := list(islice(stream, 500)):
        with corpus.transaction():
            for record in batch:
                doc = parsed(record)
                rows = [PassageRow(p.span, p.trail) for p in split(doc)]
                corpus.put(doc, original=doc.text.encode(), passages=rows, facts=[])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--top", type=int, default=100)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.library or Path(scratch) / "library"
        out = args.out or Path(scratch) / "run.jsonl"
        with Corpus.open(folder) as corpus:
            started = time.perf_counter()
            if not len(corpus):
                build(corpus, args.set / "corpus.jsonl")
            stored = time.perf_counter()
            searcher = Searcher(corpus)
            searcher.refresh()
            print(f"store {stored - started:.1f} s, index {time.perf_counter() - stored:.1f} s", file=sys.stderr)
            times = []
            with out.open("w", encoding="utf-8") as run:
                for query in records(args.set / "queries.jsonl"):
                    began = time.perf_counter()
                    hits = searcher.search(query["text"], top=args.top, fold=False)
                    times.append(time.perf_counter() - began)
                    run.write(
                        json.dumps({"_id": query["_id"], "hits": [hit.record() for hit in hits]}, ensure_ascii=False) + "\n"
                    )
            times.sort()
            print(
                f"{1000 * times[len(times) // 2]:.1f} ms p50, {1000 * times[int(len(times) * 0.95)]:.1f} ms p95", file=sys.stderr
            )
        command = [sys.executable, str(args.set.parent / "score.py"), "retrieval", str(out), str(args.set / "qrels.tsv")]
        if (args.set / "answers.jsonl").exists():
            command += ["--answers", str(args.set / "answers.jsonl")]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
