"""Learn which items of the passages found answer a question: qa/data/item_trees.json.

    train_items.py --set QUESTIONS LIBRARY [--set …] [--write]

QUESTIONS is a file of JSON Lines, LIBRARY the library its documents are in. A line has ``question`` (or ``text``) and what answers it:
``doc``, ``start``, ``end`` (a span of the document with that id), or ``evidence``: [[source, quote], …] and ``must``: words of the
answer, alternatives by ``|``; ``refuse`` is true where the library has no answer. Each set counts the same. Prints, for every set,
how often the answer is in the best items when only the other sets were learned from.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from cemai.library import Library
from index.ranking.trees import Forest, lay_out_trees
from qa.documents import LibraryView
from qa.evidence.selector import COLUMNS, FILE, describe_best, describe_items
from tools.train_ranking import nodes_of

ROUNDS = 150
SETTINGS = {
    "objective": "lambdarank", "label_gain": [0, 1, 5], "lambdarank_truncation_level": 8, "learning_rate": 0.05, "num_leaves": 12,
    "max_depth": 6, "min_data_in_leaf": 30, "lambda_l2": 5, "deterministic": True, "force_row_wise": True, "num_threads": 1,
    "seed": 1, "verbose": -1,
}  # fmt: skip
PENALTY = 10.0
"""How strongly the weights of the doubt are drawn to zero."""
HITS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: rows of ``COLUMNS`` of its items, their grades (2 answers, 1 nearly), and whether nothing answers it."""

    rows: Any
    grades: Any
    refuse: bool
    refused: bool


def collect(questions: Path, folder: Path) -> list[Asked]:
    out = []
    with Library.open(folder, create=False) as library:
        view = LibraryView(library.corpus, library.searcher)
        ids = {info.row: info for info in library.corpus.infos()}
        for line in questions.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            text = question.get("question") or question["text"]
            answer = library.ask(text, keep=False)
            items, rows = describe_items(text, library.searcher.search(text, top=HITS), view, library.searcher)
            grades = [grade(question, ids[i.document], i.span.start, i.span.end, view.document(i.document).text) for i in items]
            if items:
                out.append(Asked(rows, np.array(grades), bool(question.get("refuse")), answer.status == "not_found"))
    return out


def grade(question: dict[str, Any], info: Any, start: int, end: int, text: str) -> int:
    if "doc" in question:
        return (2 if start < question["end"] and question["start"] < end else 1) if info.id == question["doc"] else 0
    quote = flat(text[start:end])
    if any(flat(words)[:40] in quote or quote in flat(words) for _, words in question.get("evidence") or ()):
        return 2
    groups = question.get("must") or ()
    held = sum(any(flat(word) in quote for word in group.split("|")) for group in groups)
    return 2 if groups and held == len(groups) else 1 if groups and 2 * held >= len(groups) else 0


def flat(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def fit_trees(sets: Sequence[Sequence[Asked]]) -> list[list[list[float]]]:
    import lightgbm  # type: ignore[import-not-found,unused-ignore]

    rows, grades, sizes, weights = [], [], [], []
    for questions in sets:
        useful = [q for q in questions if q.grades.any()]
        for q in useful:
            rows.append(q.rows)
            grades.append(q.grades)
            sizes.append(len(q.grades))
            weights.append(np.full(len(q.grades), 200 / len(useful)))
    known = lightgbm.Dataset(np.concatenate(rows), np.concatenate(grades), group=sizes, weight=np.concatenate(weights))
    model = lightgbm.train(SETTINGS, known, ROUNDS).dump_model()
    return [nodes_of(tree["tree_structure"]) for tree in model["tree_info"]]


def signs_of(forest: Forest, q: Asked) -> list[float]:
    scores = forest.sums(q.rows)
    order = np.argsort(-scores, kind="stable")
    return describe_best(q.rows[order], scores[order].tolist(), q.refused)


def fit_doubt(signs: Any, refuse: Any) -> dict[str, Any]:
    """Logistic regression by Newton's method, both answers weighed alike."""
    mean, scale = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    x = np.hstack([(signs - mean) / scale, np.ones((len(signs), 1))])
    weight = np.where(refuse, 0.5 / refuse.mean(), 0.5 / (1 - refuse.mean()))
    ridge = np.full(x.shape[1], PENALTY)
    ridge[-1] = 0
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (p - refuse)) + ridge * beta
        hessian = (x.T * (weight * p * (1 - p))) @ x + np.diag(ridge)
        beta -= np.linalg.solve(hessian, gradient)
    rounded = [round(float(value), 5) for value in beta]
    return {"mean": mean.round(5).tolist(), "scale": scale.round(5).tolist(), "weights": rounded[:-1], "bias": rounded[-1]}


def measure(forest: Forest, questions: Sequence[Asked]) -> dict[str, float]:
    ranks = []
    for q in questions:
        if (q.grades == 2).any():
            order = np.argsort(-forest.sums(q.rows), kind="stable")
            ranks.append(int(np.argmax(q.grades[order] == 2)))
    return {f"best {k}": round(float(np.mean([rank < k for rank in ranks])), 3) for k in (1, 3, 5, 8)} | {"questions": len(ranks)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("QUESTIONS", "LIBRARY"), type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    sets = [collect(questions, library) for questions, library in args.set]
    for i, (questions, _) in enumerate(args.set):
        others = [found for j, found in enumerate(sets) if j != i]
        if others:
            forest = lay_out_trees(COLUMNS, fit_trees(others))
            print(questions.name, "learned from the other sets:", measure(forest, sets[i]), flush=True)
    # the doubt is learned from scores of trees that have not seen the question
    signs, refuse = [], []
    for i, questions in enumerate(sets):
        if any(q.refuse for q in questions):
            forest = lay_out_trees(COLUMNS, fit_trees([found for j, found in enumerate(sets) if j != i] or sets))
            signs += [signs_of(forest, q) for q in questions]
            refuse += [q.refuse for q in questions]
    doubt = fit_doubt(np.array(signs), np.array(refuse))
    if args.write:
        lines = ",\n".join(json.dumps(tree) for tree in fit_trees(sets))
        path = Path(__file__).resolve().parent.parent / "qa" / "data" / FILE
        head = f'"columns": {json.dumps(COLUMNS)},\n"doubt": {json.dumps(doubt)}'
        path.write_text(f'{{{head},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
