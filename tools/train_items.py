"""Learn which items of the passages found answer a question: qa/data/item_trees.json.

    train_items.py --set QUESTIONS LIBRARY [--set …] [--write]

QUESTIONS is a file of JSON Lines, LIBRARY the library its documents are in; files whose names begin alike up to an @ are one set. A
line has ``question`` (or ``text``) and what answers it:
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
from qa.evidence.scope import SMALL
from qa.evidence.selector import COLUMNS, FILE, Evidence, describe_best, order_items
from tools.train_ranking import nodes_of

ROUNDS = 150
SETTINGS = {
    "objective": "lambdarank", "label_gain": [0, 1, 5], "lambdarank_truncation_level": 8, "learning_rate": 0.05, "num_leaves": 12,
    "max_depth": 6, "min_data_in_leaf": 30, "lambda_l2": 5, "deterministic": True, "force_row_wise": True, "num_threads": 1,
    "seed": 1, "verbose": -1,
}  # fmt: skip
PENALTY = 10.0
"""How strongly the weights of the doubt are drawn to zero."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its items, their grades (2 answers, 1 nearly), whether nothing answers it, whether the rules refused."""

    evidence: Evidence
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
            examined = library.engine.examine(text)
            if examined is None or not examined[0].items:
                continue
            found, refused = examined
            grades = [
                grade(question, ids[i.document], i.span.start, i.span.end, view.document(i.document).text) for i in found.items
            ]
            out.append(Asked(found, np.array(grades), bool(question.get("refuse")), refused))
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
            rows.append(q.evidence.rows)
            grades.append(q.grades)
            sizes.append(len(q.grades))
            weights.append(np.full(len(q.grades), 200 / len(useful)))
    known = lightgbm.Dataset(np.concatenate(rows), np.concatenate(grades), group=sizes, weight=np.concatenate(weights))
    model = lightgbm.train(SETTINGS, known, ROUNDS).dump_model()
    return [nodes_of(tree["tree_structure"]) for tree in model["tree_info"]]


def signs_of(forest: Forest, q: Asked) -> list[float]:
    return describe_best(q.evidence, order_items(q.evidence, forest), refused=q.refused)


def fit_doubt(signs: Any, refuse: Any) -> dict[str, Any]:
    """Logistic regression by Newton's method, both answers weighed alike."""
    mean, scale = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-3)
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


def doubts(doubt: dict[str, Any], signs: Any) -> Any:
    x = (signs - np.array(doubt["mean"])) / np.array(doubt["scale"])
    return 1 / (1 + np.exp(-(x @ np.array(doubt["weights"]) + doubt["bias"])))


def measure(forest: Forest, questions: Sequence[Asked]) -> dict[str, float]:
    ranks = []
    for q in questions:
        if (q.grades == 2).any():
            order = order_items(q.evidence, forest).places
            ranks.append(int(np.argmax(q.grades[order] == 2)))
    return {f"best {k}": round(float(np.mean([rank < k for rank in ranks])), 3) for k in (1, 3, 5, 8)} | {"questions": len(ranks)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("QUESTIONS", "LIBRARY"), type=Path)
    parser.add_argument(
        "--order-only",
        nargs="*",
        default=[],
        metavar="NAME",
        help="sets of which no doubt is learned: rules were written with them",
    )
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    parts: dict[str, list[Asked]] = {}
    for questions, library in args.set:
        parts.setdefault(questions.stem.partition("@")[0], []).extend(collect(questions, library))
    sets = list(parts.values())
    for i, name in enumerate(parts):
        others = [found for j, found in enumerate(sets) if j != i]
        if others:
            forest = lay_out_trees(COLUMNS, fit_trees(others))
            print(name, "learned from the other sets:", measure(forest, sets[i]), flush=True)
    # the doubt is learned from scores of trees that have not seen the question
    signs: list[Any] = []
    refuse: list[Any] = []
    told = [asked for name, asked in parts.items() if name not in args.order_only and any(q.refuse for q in asked)]
    for i, asked in enumerate(sets):
        if any(asked is one for one in told):
            forest = lay_out_trees(COLUMNS, fit_trees([one for j, one in enumerate(sets) if j != i] or sets))
            signs.append(np.array([signs_of(forest, q) for q in asked]))
            refuse.append(np.array([q.refuse for q in asked]))
    small = [asked[0].evidence.documents <= SMALL for asked in told]
    doubt = {}
    for name, size in (("small", True), ("large", False)):
        own = [j for j, one in enumerate(small) if one == size] or list(range(len(small)))
        doubt[name] = fit_doubt(np.concatenate([signs[j] for j in own]), np.concatenate([refuse[j] for j in own]))
        for i in own if len(own) > 1 else ():
            rest = [j for j in own if j != i]
            model = fit_doubt(np.concatenate([signs[j] for j in rest]), np.concatenate([refuse[j] for j in rest]))
            found = doubts(model, signs[i])
            for bound in (0.4, 0.5, 0.6, 0.7):
                shares = [round(float((found[refuse[i] == kind] >= bound).mean()), 2) for kind in (True, False)]
                print(f"{name} {i}: doubt from {bound}: {shares[0]} of those without, {shares[1]} of those with an answer")
    if args.write:
        lines = ",\n".join(json.dumps(tree) for tree in fit_trees(sets))
        path = Path(__file__).resolve().parent.parent / "qa" / "data" / FILE
        head = f'"columns": {json.dumps(COLUMNS)},\n"doubt": {json.dumps(doubt)}'
        path.write_text(f'{{{head},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
