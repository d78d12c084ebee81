"""Train the three small models that judge facts: kinds of figures, names of figures, items that are tasks (``graph/data/*.json``).

    python tools/train_facts.py --library LIB              train on the labelled facts of LIB and write the weights
    python tools/train_facts.py --library LIB --folds 10   measure on documents the models have not seen; write nothing

What is learned from stands in ``tools/data/fact_labels.tsv``: facts drawn at random from public documents (half of them even over
figures, half even over documents, and once more where an early model was not sure), read with their sentence and labelled by eye, and
the figures and tasks of the five annotated documents. A row names a document by its content hash and a fact by its place; no text is kept, so LIB has to hold the documents (``cemai ingest`` of the
shared corpus). Rows whose document is not there, or whose fact is read in another way by now, are left out and counted.

- ``figure``: what the figure is (target, achieved, statistic, rule), and of its name (by the hash of the name that was read) whether it
  can be read alone: right, usable (clumsy, but understood), senseless (not understood, or it says something else);
- ``task``: whether an official would take the row into a ledger of tasks (task, none).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from corpus.document import ParsedDocument
from corpus.store import Corpus
from graph.facts import Target
from graph.frames.find import find_frames
from graph.loglinear import LogLinear
from graph.targets import find as figures
from graph.targets.figure import Figure
from graph.targets.kind import decide_kind
from graph.targets.kind_signs import signs_of_figure
from graph.targets.name_signs import signs_of_name
from graph.tasks import find as tasks
from graph.tasks.task_signs import signs_of_task

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "tools" / "data" / "fact_labels.tsv"
CLASSES = {
    "figure_kinds.json": ("target", "achieved", "statistic", "rule"),
    "figure_names.json": ("right", "usable", "senseless"),
    "task_items.json": ("task", "none"),
}
PENALTY = {"figure_kinds.json": 3.0, "figure_names.json": 4.0, "task_items.json": 3.0}


@dataclass(frozen=True)
class Example:
    """The signs of a fact of a document and its label."""

    document: str
    signs: tuple[str, ...]
    label: str


def name_hash(name: str) -> str:
    """Eight hexadecimal digits that stand for a name."""
    return sha256(name.encode()).hexdigest()[:8]


def read_labels() -> dict[str, list[tuple[str, int, str, str, str]]]:
    """The labels by document: sort of fact, place, label, label of the name, hash of the name."""
    out: dict[str, list[tuple[str, int, str, str, str]]] = defaultdict(list)
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            document, sort, place, label, name_label, name = line.split("\t")
            out[document].append((sort, int(place), label, name_label, name))
    return out


def examples(docs: Iterable[ParsedDocument]) -> tuple[dict[str, list[Example]], Counter[str]]:
    """What each model learns from, and how many labels were found or not."""
    labels = read_labels()
    out: dict[str, list[Example]] = {name: [] for name in CLASSES}
    found: Counter[str] = Counter()
    for doc in docs:
        rows = labels.pop(doc.id, ())
        if any(row[0] == "figure" for row in rows):
            known = _figures_of(doc)
            for _, place, label, name_label, name in (row for row in rows if row[0] == "figure"):
                if place not in known:
                    found["figures lost"] += 1
                    continue
                figure, names = known[place]
                found["figures"] += 1
                kind, rule = decide_kind(figure)
                out["figure_kinds.json"].append(Example(doc.id, tuple(signs_of_figure(figure, kind, rule)), label))
                if name in names and figure.in_digits:
                    found["names"] += 1
                    out["figure_names.json"].append(Example(doc.id, tuple(signs_of_name(names[name], figure, label)), name_label))
        if any(row[0] == "task" for row in rows):
            frames = find_frames(doc)
            items = {task.span.start: task for task in _tasks_of(doc)}
            for _, place, label, _, _ in (row for row in rows if row[0] == "task"):
                found["tasks" if place in items else "tasks lost"] += 1
                if place in items:
                    out["task_items.json"].append(Example(doc.id, tuple(signs_of_task(doc, items[place], frames)), label))
    found["figures and tasks of documents that are not there"] = sum(map(len, labels.values()))
    return out, found


def _figures_of(doc: ParsedDocument) -> dict[int, tuple[Figure, dict[str, str]]]:
    """The figures of a document by the place of their number, with the names they have by hash; none is given up for its name."""
    out: dict[int, tuple[Figure, dict[str, str]]] = {}
    assemble, weigh, judge = figures.assemble_target, figures.weigh_kind, figures.is_senseless

    def remember(doc: ParsedDocument, figure: Figure, *rest: object, **given: object) -> Target:
        target = assemble(doc, figure, *rest, **given)  # type: ignore[arg-type]
        names = out.setdefault(figure.quantity.core.start, (figure, {}))[1]
        names[name_hash(target.indicator)] = target.indicator
        return target

    # the models that are to be trained are asked nothing: what is taken for a rule keeps the bound in the clause before it in its name
    figures.assemble_target, figures.is_senseless = remember, lambda *_: False  # type: ignore[assignment]
    figures.weigh_kind = lambda _: "rule"
    try:
        figures.find_targets(doc)
    finally:
        figures.assemble_target, figures.weigh_kind, figures.is_senseless = assemble, weigh, judge
    return out


def _tasks_of(doc: ParsedDocument) -> Sequence[tasks.Task]:
    judge = tasks.gives_no_task
    tasks.gives_no_task = lambda *_: False  # type: ignore[assignment]
    try:
        return tasks.find_tasks(doc)
    finally:
        tasks.gives_no_task = judge


def train(learned: Sequence[Example], classes: Sequence[str], penalty: float, least: int = 2) -> LogLinear:
    """Fit a log-linear model: the likelihood of the labels, with a penalty on the squares of the weights."""
    seen = Counter(sign for example in learned for sign in set(example.signs))
    names = sorted(sign for sign, n in seen.items() if n >= least)
    index = {name: i for i, name in enumerate(names)}
    places = [(i, index[sign]) for i, example in enumerate(learned) for sign in set(example.signs) if sign in index]
    rows, columns = zip(*places, strict=True)
    x = csr_matrix((np.ones(len(places)), (rows, columns)), shape=(len(learned), len(names)))
    y = np.zeros((len(learned), len(classes)))
    y[np.arange(len(learned)), [classes.index(example.label) for example in learned]] = 1.0

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        scores = x @ vector.reshape(len(names), -1)
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        total = -float(np.log((shares * y).sum(axis=1)).sum()) + penalty * float(vector @ vector) / 2
        return total, (x.T @ (shares - y)).ravel() + penalty * vector

    done = minimize(loss, np.zeros(len(names) * len(classes)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    weights = done.x.reshape(len(names), -1).round(3)
    kept = [name for name in names if weights[index[name]].any()]
    return LogLinear(tuple(classes), {name: i for i, name in enumerate(kept)}, weights[[index[name] for name in kept]])


def measure(learned: Sequence[Example], classes: Sequence[str], penalty: float, folds: int) -> Counter[tuple[str, str]]:
    """How often each label was taken for each, on documents the model had not seen."""
    out: Counter[tuple[str, str]] = Counter()
    for fold in range(folds):
        model = train([e for e in learned if int(e.document[:6], 16) % folds != fold], classes, penalty)
        for example in learned:
            if int(example.document[:6], 16) % folds == fold:
                shares = model.probabilities(example.signs)
                out[example.label, max(shares, key=lambda name: shares[name])] += 1
    return out


def write(model: LogLinear, path: Path) -> None:
    """Write the weights as JSON, one sign a line."""
    rows = ",\n".join(f"{json.dumps(sign, ensure_ascii=False)}: {model.weights[i].tolist()}" for sign, i in model.signs.items())
    path.write_text(f'{{"classes": {json.dumps(model.classes)},\n"weights": {{\n{rows}\n}}}}\n', encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0)
    given = parser.parse_args()
    wanted = read_labels()
    with Corpus.open(given.library) as corpus:
        docs = [corpus.document(info.row) for info in sorted(corpus.infos(), key=lambda info: info.id) if info.id in wanted]
    learned, found = examples(docs)
    print(dict(found))
    for name, classes in CLASSES.items():
        if not given.folds:
            write(train(learned[name], classes, PENALTY[name]), ROOT / "graph" / "data" / name)
            continue
        counts = measure(learned[name], classes, PENALTY[name], given.folds)
        print(f"{name}: {sum(n for (a, b), n in counts.items() if a == b)} of {sum(counts.values())}")
        for label in classes:
            print(f"  {label}: " + ", ".join(f"{counts[label, other]} {other}" for other in classes))


if __name__ == "__main__":
    main()
