"""Learn how search orders its candidates from the questions of retrieval sets: index/data/trees.json.

    train_ranking.py --set DIR LIBRARY MODEL IDS [--set …] [--folds 4] [--items] [--write]

Each set counts the same; a DIR given more than once is one set, asked in parts (``fold_models.py`` makes them). LIBRARY is what
eval_retrieval.py --library left; with --items it has vectors of items (``cemai index refresh``), which then tell the meaning, and
index/data/trees_items.json is learned. MODEL is the embedding model it was built with ("-" for the embedded one), IDS a file with the
ids of the questions to learn from ("-" for all): questions the model was trained on must not be among them, or their cosines
would look better than any new question's. Prints figures for questions that were not learned from: of every set by
cross-validation, and of every set after learning from the others only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from corpus.store import Corpus
from index.dense.encoder import load
from index.neural.encoder import load as load_item_encoder
from index.neural.item_index import ItemIndex
from index.query import parse_query
from index.ranking.order import COLUMNS, add_best_columns
from index.ranking.trees import FILE, ITEM_FILE, lay_out_trees
from index.searcher import Searcher
from tools.retrieval_set import records, relevant

FALLING = ("rarest_missing", "place_missing", "place_other")
FREE = (
    "kind",
    "first",
    "short",
    "siblings",
    "place",
    "place_unasked",
    "meaning_rank",
    "words_within",
    "cover_within",
    "pairs_opening",
)
"""What may count either way; of everything else more is never worse (of ``FALLING`` never better)."""
NEVER = ("number", "phrase", "extra")
"""Weighed in ranking.json: the sets have too few examples."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what the trees see of each candidate, its gain, its document, and how many documents are relevant."""

    seen: Any
    gain: Any
    document: Any
    relevant: int


def collect(folder: Path, library: Path, model: str, ids: str, *, items: bool = False) -> list[Asked]:
    answers = relevant(folder)
    spans = {}
    if (folder / "answers.jsonl").exists():
        spans = {a["_id"]: (a["doc"], a["start"], a["end"]) for a in records(folder / "answers.jsonl")}
    chosen = None if ids == "-" else set(Path(ids).read_text(encoding="utf-8").split())
    out = []
    with Corpus.open(library, create=False) as corpus:
        encoder = load_item_encoder() if items else None
        if encoder is not None and not ItemIndex.is_complete(corpus, encoder):
            raise SystemExit(f"{library} has no vectors of items: run cemai index refresh on it")
        searcher = Searcher(corpus, load(None if model == "-" else model), encoder)
        names = {info.row: info.id for info in corpus.infos()}
        for query in records(folder / "queries.jsonl"):
            if query["_id"] not in answers or (chosen is not None and query["_id"] not in chosen):
                continue
            candidates, rows = searcher.candidates(parse_query(query["text"]))
            places = corpus.passages_by_row([c.row for c in candidates])
            gains = []
            for c in candidates:
                gain = float(names[c.document] in answers[query["_id"]])
                if gain and query["_id"] in spans:
                    _, start, end = spans[query["_id"]]
                    span = places[c.row].span
                    gain = 1.0 if span.start < end and start < span.end else 0.1
                gains.append(gain)
            documents = np.array([c.document for c in candidates])
            count = len(answers[query["_id"]])
            out.append(Asked(add_best_columns(rows), np.array(gains), documents, count))
    return out


Sets = Sequence[Sequence[Asked]]


def direction(column: str) -> int:
    name = column.removeprefix("best ").removesuffix("−best")
    if name in FREE or column.startswith("best "):
        return 0
    return -1 if name in FALLING else 1


def fit_trees(sets: Sets, rounds: int = 200) -> list[list[list[float]]]:
    """Boosted trees that put right candidates first: LambdaMART (Burges 2010) as LightGBM has it."""
    import lightgbm  # type: ignore[import-not-found,unused-ignore]

    rows, grades, sizes, weights = [], [], [], []
    for questions in sets:
        for q in questions:
            if q.gain.any():
                rows.append(q.seen)
                # the answer, another passage of its document, any other
                grades.append(np.select([q.gain > 0.5, q.gain > 0], [2, 1], 0))
                sizes.append(len(q.gain))
                weights.append(np.full(len(q.gain), 1000 / len(questions)))
    table = np.concatenate(rows)
    table[:, [COLUMNS.index(name) for name in NEVER]] = 0
    settings = {
        "objective": "lambdarank",
        "label_gain": [0, 1, 3],
        "lambdarank_truncation_level": 10,
        "learning_rate": 0.06,
        "num_leaves": 20,
        "max_depth": 8,
        "min_data_in_leaf": 40,
        "lambda_l2": 5,
        "monotone_constraints": [direction(column) for column in COLUMNS],
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": 1,
        "verbose": -1,
    }
    known = lightgbm.Dataset(table, np.concatenate(grades), group=sizes, weight=np.concatenate(weights))
    model = lightgbm.train(settings, known, rounds).dump_model()
    return [nodes_of(tree["tree_structure"]) for tree in model["tree_info"]]


def nodes_of(root: dict[str, Any]) -> list[list[float]]:
    """A tree node by node, the root first."""
    out: list[list[float]] = []

    def lay(node: dict[str, Any]) -> int:
        at = len(out)
        if "leaf_value" in node:
            out.append([-1, 0, 0, 0, round(float(node["leaf_value"]), 5)])
            return at
        out.append([])
        left, right = lay(node["left_child"]), lay(node["right_child"])
        out[at] = [int(node["split_feature"]), float(f"{float(node['threshold']):.6g}"), left, right, 0]
        return at

    lay(root)
    return out


def learn(sets: Sets) -> Callable[[Asked], Any]:
    forest = lay_out_trees(COLUMNS, fit_trees(sets))
    return lambda q: forest.sums(q.seen)


def measure(questions: Sequence[Asked], scores: Sequence[Any]) -> dict[str, float]:
    """What the scorer of the sets would say, but for passages behind the candidates."""
    names = ("success@1", "passage@1", "recall@5", "recall@10", "ndcg@10")
    sums = dict.fromkeys(names, 0.0)
    for q, score in zip(questions, scores, strict=True):
        order = np.argsort(-score, kind="stable")
        sums["passage@1"] += q.gain[order[0]] == 1
        _, first = np.unique(q.document[order], return_index=True)
        good = q.gain[order][np.sort(first)] > 0
        sums["success@1"] += bool(good[0])
        sums["recall@5"] += good[:5].sum() / q.relevant
        sums["recall@10"] += good[:10].sum() / q.relevant
        ideal = sum(1 / np.log2(i + 2) for i in range(min(10, q.relevant)))
        sums["ndcg@10"] += sum(1 / np.log2(i + 2) for i in np.flatnonzero(good[:10])) / ideal
    return {name: round(float(value) / len(questions), 4) for name, value in sums.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=4, action="append", required=True, metavar=("DIR", "LIBRARY", "MODEL", "IDS"))
    parser.add_argument("--folds", type=int, default=4, help="0: do not measure, only learn")
    parser.add_argument("--items", action="store_true", help="meaning is that of a passage's best item")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    parts: dict[str, list[Asked]] = {}
    for folder, library, model, ids in args.set:
        parts.setdefault(Path(folder).name, []).extend(collect(Path(folder), Path(library), model, ids, items=args.items))
    names, sets = list(parts), list(parts.values())
    found: list[list[Any]] = [[None] * len(questions) for questions in sets]
    for fold in range(args.folds):
        rank = learn([[q for k, q in enumerate(questions) if k % args.folds != fold] for questions in sets])
        for i, questions in enumerate(sets):
            for k in range(fold, len(questions), args.folds):
                found[i][k] = rank(questions[k])
    for i, name in enumerate(names if args.folds else ()):
        print(name, len(sets[i]), "cross-validated:", measure(sets[i], found[i]), flush=True)
        rank = learn([questions for j, questions in enumerate(sets) if j != i])
        print(name, "learned from the other sets:", measure(sets[i], [rank(q) for q in sets[i]]), flush=True)
    if args.write:
        trees = fit_trees(sets)
        data = Path(__file__).resolve().parent.parent / "index" / "data"
        lines = ",\n".join(json.dumps(tree) for tree in trees)
        columns = json.dumps(COLUMNS, ensure_ascii=False)
        (data / (ITEM_FILE if args.items else FILE)).write_text(
            f'{{"columns": {columns},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8"
        )


if __name__ == "__main__":
    main()
