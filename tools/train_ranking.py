"""Learn the weights of index/data/ranking.json from the questions of retrieval sets, with cross-validation.

    train_ranking.py --set DIR LIBRARY MODEL IDS [--set …] [--write]

Each set counts the same. LIBRARY is what eval_retrieval.py --library left; MODEL is the embedding model it was built with ("-"
for the embedded one), IDS a file with the ids of the questions to learn from ("-" for all): questions the model was trained on
must not be among them, or their cosines would look better than any new question's.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from corpus.store import Corpus
from index.encoder import load
from index.question import understand
from index.ranking import FEATURES, NAMES
from index.searcher import Searcher

LEAST = {"number": 4.0, "phrase": 1.0, "extra": 0.5}
"""Least weights of what the sets have no example of: document numbers, quoted phrases, typos and everyday words."""
TOP = 40
"""Hits asked for: sets how many candidates a question gets."""


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def collect(folder: Path, library: Path, model: str, ids: str) -> list[tuple[Any, Any]]:
    """(features, gain) of every question that has a right candidate."""
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
            if any(gains):
                out.append((np.array(rows, dtype=np.float32), np.array(gains, dtype=np.float32)))
    return out


def fit(sets: list[list[tuple[Any, Any]]], steps: int = 400, decay: float = 3e-4) -> Any:
    """Weights that put the gains first: softmax over the candidates of a question, every set of equal weight."""
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(1)
    weights = torch.zeros(len(NAMES), requires_grad=True)
    optimiser = torch.optim.Adam([weights], lr=0.1)
    plain = len(FEATURES)
    packed = []
    for questions in sets:
        flat = torch.from_numpy(np.concatenate([rows for rows, _ in questions]))
        gains = torch.from_numpy(np.concatenate([g / g.sum() for _, g in questions]))
        owner = torch.from_numpy(np.repeat(np.arange(len(questions)), [len(g) for _, g in questions]))
        packed.append((flat, gains, owner, len(questions)))
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 0.1 * (1 - step / steps) + 1e-3
        loss = decay * (weights**2).sum()
        for flat, gains, owner, count in packed:
            logits = flat @ weights
            top = torch.full((count,), -1e9).scatter_reduce(0, owner, logits, "amax")
            total = torch.zeros(count).scatter_add(0, owner, torch.exp(logits - top.detach()[owner]))
            loss = loss - (gains * (logits - top.detach()[owner] - torch.log(total)[owner])).sum() / count
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():  # more of a feature is never worse; only the gate may take trust away
            weights[:plain].clamp_(min=0.0)
    return weights.detach().numpy()


def measure(questions: list[tuple[Any, Any]], weights: Any) -> dict[str, float]:
    """Share of questions whose first candidate is right, and has the answer itself."""
    first = [gains[int(np.argmax(rows @ weights))] for rows, gains in questions]
    ranks = [int((rows @ weights > (rows @ weights)[gains > 0].max()).sum()) for rows, gains in questions]
    return {
        "right@1": float(np.mean([g > 0 for g in first])),
        "answer@1": float(np.mean([g == 1 for g in first])),
        "right@10": float(np.mean([r < 10 for r in ranks])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=4, action="append", required=True, metavar=("DIR", "LIBRARY", "MODEL", "IDS"))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    names = [Path(folder).name for folder, *_ in args.set]
    sets = [collect(Path(folder), Path(library), model, ids) for folder, library, model, ids in args.set]
    folds = 5
    for i, name in enumerate(names):
        scores = []
        for fold in range(folds):
            parts = [[q for k, q in enumerate(s) if k % folds != fold] for s in sets]
            scores.append(measure([q for k, q in enumerate(sets[i]) if k % folds == fold], fit(parts)))
        mean = {key: round(float(np.mean([s[key] for s in scores])), 4) for key in scores[0]}
        print(name, len(sets[i]), "cross-validated", mean)
        if len(sets) > 1:
            print(name, "learned on the other sets only", measure(sets[i], fit([s for j, s in enumerate(sets) if j != i])))
    weights = fit(sets)
    learned = {name: round(float(w), 3) for name, w in zip(NAMES, weights, strict=True)}
    record = {"weights": {name: max(w, LEAST.get(name, w)) for name, w in learned.items()}, "learned_from": names}
    print(json.dumps(record, ensure_ascii=False, indent=1))
    if args.write:
        target = Path(__file__).resolve().parent.parent / "index" / "data" / "ranking.json"
        target.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
