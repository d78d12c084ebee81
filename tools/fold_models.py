"""Train one embedding model for each fold of a retrieval set's questions, each without its fold: for figures about new questions.

    fold_models.py SET_DIR TRAIN_DIR OUT [--folds 5] [--at-once 2]

OUT/0, OUT/1 … each get ``model``, a folder that sentence-transformers loads, and ``ids.txt``, the questions it has not seen:
neither they nor the passages that answer only them were trained on. ``eval_retrieval.py SET_DIR --folds OUT`` asks each question
with the model of its fold.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.dense.train import Pair, train
from tools.retrieval_set import records, relevant


def kept(set_dir: Path, fold: int, folds: int) -> tuple[Callable[[Pair], bool], list[str]]:
    """Which pairs may be trained on, and the questions of the fold."""
    questions = {query["_id"]: query["text"] for query in records(set_dir / "queries.jsonl")}
    order = sorted(questions)
    random.Random(7).shuffle(order)
    ids = order[fold::folds]
    held = {questions[i] for i in ids}
    answers: dict[bool, set[str]] = {True: set(), False: set()}
    for query, documents in relevant(set_dir).items():
        answers[questions[query] in held] |= documents
    only = answers[True] - answers[False]
    texts = {_bare(record["text"]) for record in records(set_dir / "corpus.jsonl") if record["_id"] in only}

    def keep(pair: Pair) -> bool:
        # an article is paired as: name of the law and its opening → the rest
        opening = pair.question.partition(" ")[2]
        return pair.question not in held and not texts & {_bare(pair.passage), _bare(opening + pair.passage)}

    return keep, ids


def _bare(text: str) -> str:
    return "".join(text.split())


def make(set_dir: Path, train_dir: Path, out: Path, fold: int, folds: int) -> None:
    """One fold's model."""
    keep, ids = kept(set_dir, fold, folds)
    out.mkdir(parents=True, exist_ok=True)
    (out / "ids.txt").write_text("\n".join(ids) + "\n", encoding="utf-8")
    train(train_dir, out / "model", keep=keep, threads=1, progress=lambda done, total, what: print(fold, what, flush=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=2, help="models trained side by side, each on one core")
    parser.add_argument("--fold", type=int, help="only this one")
    args = parser.parse_args()
    if args.fold is not None:
        make(args.set, args.train, args.out / str(args.fold), args.fold, args.folds)
        return
    one_core = {**os.environ, "OMP_NUM_THREADS": "1"}

    def run(fold: int) -> None:
        subprocess.run([sys.executable, *sys.argv, "--fold", str(fold)], check=True, env=one_core)

    with ThreadPoolExecutor(args.at_once) as workers:
        list(workers.map(run, range(args.folds)))


if __name__ == "__main__":
    main()
