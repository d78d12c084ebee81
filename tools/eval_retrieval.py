"""Import a retrieval set's corpus.jsonl into a library, run its queries, write RUN.jsonl and print the scores.

    eval_retrieval.py SET_DIR [--library DIR] [--out RUN.jsonl] [--top 100] [--lexical] [--items] [--model DIR] [--only IDS] [--ablate]
    eval_retrieval.py SET_DIR --folds DIR

--folds asks every question with a model that has not seen it: DIR is what fold_models.py left, a library is kept in each fold.
--ablate runs the queries once for each ingredient of the search, without it, and prints a table of the scores.
SET_DIR holds corpus.jsonl, queries.jsonl, qrels.tsv and perhaps answers.jsonl; ``score.py`` is looked for beside it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.store import Corpus
from index import searcher as searcher_module
from index.dense.encoder import load
from index.lexical.bm25 import LexicalIndex
from index.neural.encoder import load as load_item_encoder
from index.query import parse_query
from index.ranking import features as features_module
from index.ranking import order
from index.searcher import Searcher
from tools.retrieval_set import records


def build(library: Path, corpus: Path, model: str | None) -> None:
    """Import a set's documents the way a user does."""
    begin = [sys.executable, "-m", "ui.cli", "--library", str(library)]
    root = Path(__file__).resolve().parent.parent
    subprocess.run([*begin, "ingest", str(corpus.resolve())], check=True, cwd=root, stderr=subprocess.DEVNULL)
    if model:
        subprocess.run([*begin, "model", "use", model], check=True, cwd=root)


def _without(name: str) -> AbstractContextManager[Any]:
    """The search without one of its ingredients."""
    if name == "nothing left out":
        return nullcontext()
    if name == "vectors":
        return patch.object(Searcher, "_meaning", lambda *_: ({}, False))
    if name == "words of the whole document":
        return patch.object(LexicalIndex, "search_documents", lambda *_: {})
    if name == "everything learned":
        return patch.object(order, "score_candidates", lambda rows, **_: [row[0] + 0.7 * row[2] + row[11] for row in rows])
    if name == "places":
        return patch.object(features_module, "find_places", lambda text: ())
    if name == "leaving the commonest words out":
        return patch.object(searcher_module, "COMMON", 1.0)
    if name == "meaning behind the head of the list":
        return patch.object(order, "HEAD", 10**9)
    fields: dict[str, Any] = (
        {"pairs": (), "extra_pairs": {}} if name == "pairs of characters" else {"extra_words": {}, "extra_pairs": {}}
    )
    return patch.object(searcher_module, "parse_query", lambda text, names=(): replace(parse_query(text, names), **fields))


INGREDIENTS = (
    "nothing left out",
    "vectors",
    "words of the whole document",
    "pairs of characters",
    "everyday words and typos",
    "places",
    "everything learned",
    "leaving the commonest words out",
    "meaning behind the head of the list",
)
SHOWN = ("success@1", "recall@5", "recall@10", "recall@100", "ndcg@10", "passage@1")


@dataclass(frozen=True, slots=True)
class Part:
    """Questions (None for all of the set) and the search that is asked them."""

    searcher: Searcher
    chosen: set[str] | None


def ablate(parts: Sequence[Part], folder: Path, top: int, scratch: Path) -> None:
    """Print one row of a table for each ingredient left out."""
    print("| without | " + " | ".join(SHOWN) + " |\n| --- |" + " --- |" * len(SHOWN))
    for name in INGREDIENTS:
        with _without(name):
            run_queries(parts, folder, top, scratch / "run.jsonl")
        found = scored(folder, parts, scratch / "run.jsonl", scratch)
        print(f"| {name} | " + " | ".join(f"{found[m]:.3f}" if m in found else "–" for m in SHOWN) + " |", flush=True)


def run_queries(parts: Sequence[Part], folder: Path, top: int, out: Path) -> list[float]:
    """Answer the queries into a file; seconds of each."""
    times = []
    with out.open("w", encoding="utf-8") as run:
        for part in parts:
            for query in records(folder / "queries.jsonl"):
                if part.chosen is not None and query["_id"] not in part.chosen:
                    continue
                began = time.perf_counter()
                hits = part.searcher.search(query["text"], top=top, fold=False)
                times.append(time.perf_counter() - began)
                run.write(json.dumps({"_id": query["_id"], "hits": [hit.record() for hit in hits]}, ensure_ascii=False) + "\n")
    return sorted(times)


def scored(folder: Path, parts: Sequence[Part], run: Path, scratch: Path) -> dict[str, Any]:
    """What the scorer of the sets says."""
    qrels = folder / "qrels.tsv"
    chosen = {name for part in parts for name in part.chosen or ()}
    if chosen:
        head, *lines = qrels.read_text(encoding="utf-8").splitlines()
        qrels = scratch / "qrels.tsv"
        qrels.write_text("\n".join([head, *(line for line in lines if line.split("\t")[0] in chosen)]) + "\n", encoding="utf-8")
    command = [sys.executable, str(folder.parent / "score.py"), "retrieval", str(run), str(qrels)]
    if (folder / "answers.jsonl").exists():
        command += ["--answers", str(folder / "answers.jsonl")]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--top", type=int, default=100)
    parser.add_argument("--model", help="folder or name of another embedding model")
    parser.add_argument("--lexical", action="store_true", help="without vectors")
    parser.add_argument("--items", action="store_true", help="with vectors of items, which the library must have")
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--folds", type=Path, help="models of fold_models.py: each question is asked with its fold's")
    parser.add_argument("--only", type=Path, help="file with the ids of the queries to run, one a line; the others do not count")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as open_libraries:
        out = args.out or Path(scratch) / "run.jsonl"
        asked = [(args.library or Path(scratch) / "library", args.model, args.only)]
        if args.folds:
            folds = sorted(path.parent for path in args.folds.glob("*/ids.txt"))
            asked = [(fold / "library", str(fold / "model"), fold / "ids.txt") for fold in folds]
        started = time.perf_counter()
        parts = []
        for library, model, ids in asked:
            if not library.exists():
                build(library, args.set / "corpus.jsonl", model)
            corpus = open_libraries.enter_context(Corpus.open(library, create=False))
            searcher = Searcher(corpus, None if args.lexical else load(model), load_item_encoder() if args.items else None)
            searcher.refresh()
            parts.append(Part(searcher, set(ids.read_text(encoding="utf-8").split()) if ids else None))
        print(f"ready after {time.perf_counter() - started:.1f} s", file=sys.stderr)
        if args.ablate:
            ablate(parts, args.set, args.top, Path(scratch))
            return
        times = run_queries(parts, args.set, args.top, out)
        print(f"{1000 * times[len(times) // 2]:.1f} ms p50, {1000 * times[int(len(times) * 0.95)]:.1f} ms p95", file=sys.stderr)
        print(json.dumps(scored(args.set, parts, out, Path(scratch)), indent=1))


if __name__ == "__main__":
    main()
