"""Learn how search orders its candidates from the questions of retrieval sets: index/data/ranking.json and trees.json.

    train_ranking.py --set DIR LIBRARY MODEL IDS [--set …] [--folds 4] [--write]

Each set counts the same. LIBRARY is what eval_retrieval.py --library left; MODEL is the embedding model it was built with ("-"
for the embedded one), IDS a file with the ids of the questions to learn from ("-" for all): questions the model was trained on
must not be among them, or their cosines would look better than any new question's. Prints figures for questions that were not
learned from: of every set by cross-validation, and of every set after learning from the others only.
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
from index.encoder import load
from index.question import understand
from index.ranking import COLUMNS, NAMES, SUMMED, TREES, compared, summands
from index.searcher import Searcher
from index.trees import grow

LEAST = {"number": 4.0, "phrase": 1.0, "extra": 0.5}
"""Least weights of what the sets have no example of: document numbers, quoted phrases, typos and everyday words."""
TOP = 20
"""Hits asked for: sets how many candidates a question gets."""
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
"""Left to the sum: the sets have too few examples."""
NEAR, FAR = 12, 12
"""Wrong candidates a tree learns from: the first by words and meaning, and as many of the rest, weighted to stand for all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what the sum and the trees see of each candidate, its gain, its document, how many are relevant."""

    summed: Any
    seen: Any
    gain: Any
    document: Any
    relevant: int


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def collect(folder: Path, library: Path, model: str, ids: str) -> list[Asked]:
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, gain = line.split("\t")
        if int(gain) > 0:
            relevant.setdefault(query, set()).add(document)
    spans = {}
    if (folder / "answers.jsonl").exists():
        spans = {a["_id"]: (a["doc"], a["start"], a["end"]) for a in records(folder / "answers.jsonl")}
    chosen = None if ids == "-" else set(Path(ids).read_text(encoding="utf-8").split())
    out = []
    with Corpus.open(library, create=False) as corpus:
        searcher = Searcher(corpus, load(None if model == "-" else model))
        names = {info.row: info.id for info in corpus.infos()}
        for query in records(folder / "queries.jsonl"):
            if query["_id"] not in relevant or (chosen is not None and query["_id"] not in chosen):
                continue
            candidates, rows = searcher.candidates(understand(query["text"]), top=TOP)
            places = corpus.passages_by_row([c.row for c in candidates])
            gains = []
            for c in candidates:
                gain = float(names[c.document] in relevant[query["_id"]])
                if gain and query["_id"] in spans:
                    _, start, end = spans[query["_id"]]
                    span = places[c.row].span
                    gain = 1.0 if span.start < end and start < span.end else 0.1
                gains.append(gain)
            documents = np.array([c.document for c in candidates])
            count = len(relevant[query["_id"]])
            out.append(Asked(summands(rows), compared(rows), np.array(gains), documents, count))
    return out


Sets = Sequence[Sequence[Asked]]


def fit_sum(sets: Sets, steps: int = 300, decay: float = 3e-4) -> Any:
    """Weights that put the gains first: softmax over the candidates of a question, every set of equal weight."""
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(1)
    weights = torch.zeros(len(NAMES), requires_grad=True)
    optimiser = torch.optim.Adam([weights], lr=0.1)
    plain = len(SUMMED)
    packed = []
    for questions in sets:
        good = [q for q in questions if q.gain.any()]
        flat = torch.from_numpy(np.concatenate([q.summed for q in good]).astype(np.float32))
        gains = torch.from_numpy(np.concatenate([q.gain / q.gain.sum() for q in good]).astype(np.float32))
        owner = torch.from_numpy(np.repeat(np.arange(len(good)), [len(q.gain) for q in good]))
        packed.append((flat, gains, owner, len(good)))
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 0.1 * (1 - step / steps) + 1e-3
        loss = decay * (weights**2).sum()
        for flat, gains, owner, count in packed:
            logits = flat @ weights
            top = torch.full((count,), -1e9).scatter_reduce(0, owner, logits.detach(), "amax")[owner]
            total = torch.zeros(count).scatter_add(0, owner, torch.exp(logits - top))
            loss = loss - (gains * (logits - top - torch.log(total)[owner])).sum() / count
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():  # more of a feature is never worse; only the gate may take trust away
            weights[:plain].clamp_(min=0.0)
    found = dict(zip(NAMES, weights.detach().numpy().tolist(), strict=True))
    return np.array([max(value, LEAST.get(name, value)) for name, value in found.items()])


def direction(column: str) -> int:
    name = column.removeprefix("best ").removesuffix("−best")
    if name in FREE or column.startswith("best "):
        return 0
    return -1 if name in FALLING else 1


def fit_trees(sets: Sets, rounds: int = 120) -> list[list[list[float]]]:
    """Boosted trees that tell right candidates from wrong ones."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    draw = np.random.default_rng(1)
    rows, right, weights = [], [], []
    for questions in sets:
        for q in questions:
            if not q.gain.any():
                continue
            easy = q.seen[:, COLUMNS.index("words_score")] + q.seen[:, COLUMNS.index("meaning")]
            weight = (np.argsort(np.argsort(-easy)) < NEAR) | (q.gain > 0)
            rest = np.flatnonzero(~weight)
            some = draw.choice(rest, min(len(rest), FAR), replace=False)
            weight = weight.astype(float)
            weight[some] = len(rest) / max(1, len(some))
            taken = weight > 0
            rows.append(q.seen[taken])
            right.append(q.gain[taken] > 0.5)  # a right document's other passages are not what is looked for
            weights.append(weight[taken] * 1000 / len(questions))
    table = np.concatenate(rows)
    table[:, [COLUMNS.index(name) for name in NEVER]] = 0
    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.06,
        max_leaf_nodes=12,
        max_depth=5,
        min_samples_leaf=40,
        l2_regularization=5,
        monotonic_cst=[direction(column) for column in COLUMNS],
        early_stopping=False,
        random_state=1,
    ).fit(table, np.concatenate(right), sample_weight=np.concatenate(weights))
    return [_nodes(step[0].nodes) for step in model._predictors]


def _nodes(nodes: Any) -> list[list[float]]:
    out: list[list[float]] = []
    for node in nodes:
        if node["is_leaf"]:
            out.append([-1, 0, 0, 0, round(float(node["value"]), 5)])
        else:
            bound = float(f"{float(node['num_threshold']):.6g}")
            out.append([int(node["feature_idx"]), bound, int(node["left"]), int(node["right"]), 0])
    return out


def learn(sets: Sets) -> Callable[[Asked], Any]:
    weights, forest = fit_sum(sets), grow(COLUMNS, fit_trees(sets))
    return lambda q: (q.summed @ weights, forest.sums(q.seen))


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


def report(name: str, what: str, questions: Sequence[Asked], parts: Sequence[tuple[Any, Any]]) -> None:
    for label, trees in (("sum alone", 0.0), ("sum and trees", TREES), ("trees alone", 1e6)):
        print(f"{name} {len(questions)} {what}, {label}:", measure(questions, [s + trees * t for s, t in parts]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=4, action="append", required=True, metavar=("DIR", "LIBRARY", "MODEL", "IDS"))
    parser.add_argument("--folds", type=int, default=4, help="0: do not measure, only learn")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    names = [Path(folder).name for folder, *_ in args.set]
    sets = [collect(Path(folder), Path(library), model, ids) for folder, library, model, ids in args.set]
    found: list[list[Any]] = [[None] * len(questions) for questions in sets]
    for fold in range(args.folds):
        rank = learn([[q for k, q in enumerate(questions) if k % args.folds != fold] for questions in sets])
        for i, questions in enumerate(sets):
            for k in range(fold, len(questions), args.folds):
                found[i][k] = rank(questions[k])
    for i, name in enumerate(names if args.folds else ()):
        report(name, "cross-validated", sets[i], found[i])
        rank = learn([questions for j, questions in enumerate(sets) if j != i])
        report(name, "learned from the other sets", sets[i], [rank(q) for q in sets[i]])
    weights, trees = fit_sum(sets), fit_trees(sets)
    record = {"weights": dict(zip(NAMES, np.round(weights, 3).tolist(), strict=True)), "learned_from": names}
    print(json.dumps(record, ensure_ascii=False, indent=1))
    if args.write:
        data = Path(__file__).resolve().parent.parent / "index" / "data"
        (data / "ranking.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        lines = ",\n".join(json.dumps(tree) for tree in trees)
        columns = json.dumps(COLUMNS, ensure_ascii=False)
        (data / "trees.json").write_text(f'{{"columns": {columns},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
