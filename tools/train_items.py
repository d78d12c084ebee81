"""Learn which items of the passages found answer a question: qa/data/form_weights.json, item_trees.json, item_trees_meaning.json.

    train_items.py --set QUESTIONS LIBRARY [--set …] [--write]

QUESTIONS is a file of JSON Lines, LIBRARY the library its documents are in; files whose names begin alike up to an @ are one set. A
line has ``question`` (or ``text``) and what answers it:
``doc``, ``start``, ``end`` (a span of the document with that id), or ``evidence``: [[source, quote], …] and ``must``: words of the
answer, alternatives by ``|``; ``refuse`` is true where the library has no answer. Each set counts the same. First is learned which
forms of items suit which of questions; what a set's items are told by that is learned without the set. Prints, for every set,
how often the answer is in the best items when only the other sets were learned from. Then the best items of each question are
encoded (about fifteen a second), and the trees and the doubt that also see how near they are in meaning are learned and measured alike.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from cemai.library import Library
from index.neural.encoder import ItemEncoder
from index.neural.item_vectors import item_text
from index.ranking.trees import Forest, lay_out_trees
from qa.answers.evidence_first import RELATED_FROM, SILENT_FROM
from qa.documents import LibraryView
from qa.evidence import forms
from qa.evidence.selector import (
    COLUMNS,
    COMPARED,
    FILE,
    MEANING_COLUMNS,
    MEANING_FILE,
    Evidence,
    OrderedItems,
    describe_best,
    describe_meaning,
    order_by_meaning,
    order_items,
)
from tools.train_ranking import nodes_of

DATA = Path(__file__).resolve().parent.parent / "qa" / "data"
ROUNDS = 150
SETTINGS = {
    "objective": "lambdarank", "label_gain": [0, 1, 5], "lambdarank_truncation_level": 8, "learning_rate": 0.05, "num_leaves": 12,
    "max_depth": 6, "min_data_in_leaf": 30, "lambda_l2": 5, "deterministic": True, "force_row_wise": True, "num_threads": 1,
    "seed": 1, "verbose": -1,
}  # fmt: skip
RISING = frozenset((
    "words_score", "words_within", "cover", "cover_pairs", "cover_title", "cover_all", "cover_sentence", "cover_rare", "cover_within",
    "cover_document", "cover_rest", "cover_asked", "run", "run_title", "meaning", "meaning_document", "meaning_rank", "phrase", "number",
    "pairs_title", "pairs_opening", "pairs_beside", "pairs_document", "stated", "place", "passage_rank", "passage_gap", "nearness",
    "nearness_rank", "nearness_gap", "nearness_document_gap", "fits",
))  # fmt: skip
FALLING = frozenset(("rarest_missing", "place_missing", "place_other"))
"""Features of which more never lowers an item, and never raises it: an item that holds more of the question is not put behind one
that holds less. Without these bounds best 1 was .748 over eight sets, with them .758 (2026-11)."""
PENALTY = 60.0
"""How strongly the weights of the doubt are drawn to zero."""
NEARLY = 0.5
"""What a question counts for the doubt whose items nearly answer."""
FORMS_PENALTY = 20.0
"""How strongly those of the forms are."""
FORMS_WEIGHT = 10.0
"""What a question counts when they are learned: half of it for its answers, half for all other items."""
STEPS, FORMS_STEPS = 30, 6
"""Steps of Newton's method for the doubt and for the forms."""


@dataclass(slots=True)
class Asked:
    """A question: its items, their grades (2 answers, 1 nearly), whether nothing answers it, whether the rules refused.

    ``texts`` are what the encoder reads of the items, ``compared`` the places of those it has read.
    """

    question: str
    evidence: Evidence
    texts: list[str]
    grades: Any
    refuse: bool
    refused: bool
    compared: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the two models: its features of the items that it orders, and how it orders them."""

    file: str
    columns: Sequence[str]
    places: Callable[[Asked], Sequence[int]]
    rows: Callable[[Asked], Any]
    order: Callable[[Asked, Forest], OrderedItems]


BY_WORDS = Stage(
    FILE, COLUMNS, lambda q: range(len(q.grades)), lambda q: q.evidence.rows, lambda q, forest: order_items(q.evidence, forest)
)
BY_MEANING = Stage(
    MEANING_FILE,
    MEANING_COLUMNS,
    lambda q: q.compared,
    lambda q: describe_meaning(q.evidence, q.compared),
    lambda q, forest: order_by_meaning(q.evidence, q.compared, forest),
)


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
            texts = [item_text(view.document(item.document).doc, item) for item in found.items]
            out.append(Asked(text, found, texts, np.array(grades), bool(question.get("refuse")), refused))
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


def fit_trees(stage: Stage, sets: Sequence[Sequence[Asked]]) -> list[list[list[float]]]:
    import lightgbm  # type: ignore[import-not-found,unused-ignore]

    rows, grades, sizes, weights = [], [], [], []
    for questions in sets:
        useful = [q for q in questions if q.grades[list(stage.places(q))].any()]
        for q in useful:
            rows.append(stage.rows(q))
            grades.append(q.grades[list(stage.places(q))])
            sizes.append(len(grades[-1]))
            weights.append(np.full(len(grades[-1]), 200 / len(useful)))
    known = lightgbm.Dataset(np.concatenate(rows), np.concatenate(grades), group=sizes, weight=np.concatenate(weights))
    bounds = [(name in RISING) - (name in FALLING) for name in stage.columns]
    model = lightgbm.train(SETTINGS | {"monotone_constraints": bounds}, known, ROUNDS).dump_model()
    return [nodes_of(tree["tree_structure"]) for tree in model["tree_info"]]


def compare_meaning(q: Asked, forest: Forest, encoder: ItemEncoder) -> None:
    """Encode the items of a question that are ordered by meaning: the best by words."""
    q.compared = order_items(q.evidence, forest).by_score[:COMPARED]
    vectors = encoder.encode_passages([q.texts[i] for i in q.compared])
    nearness = np.zeros(len(q.grades))
    nearness[q.compared] = vectors @ encoder.encode_queries([q.question])[0]
    q.evidence = replace(q.evidence, nearness=nearness)


def fit_logistic(x: Any, y: Any, weight: Any, *, penalty: float, steps: int) -> Any:
    """The weights of a logistic regression, the bias last, by Newton's method; all but the bias are drawn to zero."""
    x = np.hstack([x, np.ones((len(x), 1))])
    ridge = np.full(x.shape[1], penalty)
    ridge[-1] = 0
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x.T * (weight * p * (1 - p))) @ x + np.diag(ridge)
        beta -= np.linalg.solve(hessian, x.T @ (weight * (p - y)) + ridge * beta)
    return beta


def fit_forms(sets: Sequence[Sequence[Asked]]) -> Any:
    """The weights of forms (``qa.evidence.forms.compute_fits``): a logistic regression of what answers on all pairs of forms, each
    item compared with the mean of its question's.
    """
    rows, answers, weights = [], [], []
    for q in (q for questions in sets for q in questions if (q.grades == 2).any()):
        told = q.grades != 1
        question, items = q.evidence.forms
        pairs = np.einsum("q,ij->iqj", question, items[told]).reshape(int(told.sum()), -1)
        right = q.grades[told] == 2
        rows.append(pairs - pairs.mean(axis=0))
        answers.append(right)
        weights.append(np.where(right, 0.5 / right.sum(), 0.5 / max(1, (~right).sum())) * FORMS_WEIGHT)
    x, y, weight = np.concatenate(rows), np.concatenate(answers), np.concatenate(weights)
    return fit_logistic(x, y, weight, penalty=FORMS_PENALTY, steps=FORMS_STEPS)[:-1].reshape(len(question), -1)


def learn_forms(parts: dict[str, list[Asked]]) -> Any:
    """The weights of forms learned from all sets; what each set's items are told by them is learned without that set."""
    place = COLUMNS.index("fits")
    for name, asked in parts.items():
        weights = fit_forms([others for other, others in parts.items() if other != name] or [asked])
        for q in asked:
            rows = q.evidence.rows.copy()
            rows[:, place] = forms.compute_fits(*q.evidence.forms, weights)
            q.evidence = replace(q.evidence, rows=rows)
    return fit_forms(list(parts.values()))


def signs_of(stage: Stage, forest: Forest, q: Asked) -> list[float]:
    return describe_best(q.evidence, stage.order(q, forest), refused=q.refused)


def best_grade(stage: Stage, forest: Forest, q: Asked) -> int:
    """How well the items answer that are quoted, those as good as the best: 0 where nothing answers."""
    return 0 if q.refuse else int(max(q.grades[stage.order(q, forest).near]))


def fit_doubt(signs: Any, grades: Any) -> dict[str, Any]:
    """A logistic regression of what is not answered on the signs, both outcomes weighed alike; what nearly answers counts little."""
    mean, scale = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-3)
    wrong, weight = grades < 2, np.where(grades == 1, NEARLY, 1.0)
    weight = weight * np.where(wrong, 0.5 / np.average(wrong, weights=weight), 0.5 / np.average(~wrong, weights=weight))
    beta = fit_logistic((signs - mean) / scale, wrong, weight, penalty=PENALTY, steps=STEPS)
    rounded = [round(float(value), 5) for value in beta]
    return {"mean": mean.round(5).tolist(), "scale": scale.round(5).tolist(), "weights": rounded[:-1], "bias": rounded[-1]}


def doubts(doubt: dict[str, Any], signs: Any) -> Any:
    x = (signs - np.array(doubt["mean"])) / np.array(doubt["scale"])
    return 1 / (1 + np.exp(-(x @ np.array(doubt["weights"]) + doubt["bias"])))


def measure(stage: Stage, forest: Forest, questions: Sequence[Asked]) -> dict[str, float]:
    ranks = []
    for q in questions:
        if (q.grades == 2).any():
            answers = q.grades[stage.order(q, forest).places] == 2
            ranks.append(int(np.argmax(answers)) if answers.any() else len(q.grades))
    return {f"best {k}": round(float(np.mean([rank < k for rank in ranks])), 3) for k in (1, 3, 5, 8)} | {"questions": len(ranks)}


def learn(stage: Stage, parts: dict[str, list[Asked]], order_only: Sequence[str]) -> tuple[dict[str, Any], list[Forest]]:
    """The record of a model, and for every set the trees learned from the others; prints what these are worth."""
    sets = list(parts.values())
    forests = []
    for i, name in enumerate(parts):
        rest = [found for j, found in enumerate(sets) if j != i] or sets
        forests.append(lay_out_trees(stage.columns, fit_trees(stage, rest)))
        print(stage.file, name, "learned from the other sets:", measure(stage, forests[-1], sets[i]), flush=True)
    # the doubt is learned from scores of trees that have not seen the question
    told = [i for i, (name, asked) in enumerate(parts.items()) if name not in order_only and any(q.refuse for q in asked)]
    signs = {i: np.array([signs_of(stage, forests[i], q) for q in sets[i]]) for i in told}
    grades = {i: np.array([best_grade(stage, forests[i], q) for q in sets[i]]) for i in told}
    for i in told if len(told) > 1 else ():
        others = [j for j in told if j != i]
        model = fit_doubt(np.concatenate([signs[j] for j in others]), np.concatenate([grades[j] for j in others]))
        found, refuse = doubts(model, signs[i]), np.array([q.refuse for q in sets[i]])
        for bound in (RELATED_FROM, SILENT_FROM):
            shares = [float((found[kind] >= bound).mean()) for kind in (refuse, ~refuse & (grades[i] == 0), grades[i] == 2)]
            print(
                f"{list(parts)[i]}: doubt from {bound}: {shares[0]:.2f} without an answer, {shares[1]:.2f} missed, {shares[2]:.2f} found"
            )
    doubt = fit_doubt(np.concatenate([signs[i] for i in told]), np.concatenate([grades[i] for i in told]))
    return {"columns": list(stage.columns), "doubt": doubt, "trees": fit_trees(stage, sets)}, forests


def write_forms(weights: Any) -> None:
    lines = ",\n".join(json.dumps(row) for row in weights.round(4).tolist())
    DATA.joinpath(forms.FILE).write_text(f'{{"weights": [\n{lines}\n]}}\n', encoding="utf-8")


def write(file: str, record: dict[str, Any]) -> None:
    lines = ",\n".join(json.dumps(tree) for tree in record["trees"])
    head = f'"columns": {json.dumps(record["columns"])},\n"doubt": {json.dumps(record["doubt"])}'
    DATA.joinpath(file).write_text(f'{{{head},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8")


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
    weights = learn_forms(parts)
    by_words, forests = learn(BY_WORDS, parts, args.order_only)
    encoder = ItemEncoder()
    for asked, forest in zip(parts.values(), forests, strict=True):
        for q in asked:
            compare_meaning(q, forest, encoder)
    by_meaning, _ = learn(BY_MEANING, parts, args.order_only)
    if args.write:
        write_forms(weights)
        write(FILE, by_words)
        write(MEANING_FILE, by_meaning)


if __name__ == "__main__":
    main()
