"""cemai itself: a library imported as users do, and its search with trees that have not seen the question."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cemai.library import Library
from index.ranking import order
from index.ranking.trees import lay_out_trees
from tools.arena.documents import read_documents, read_questions
from tools.arena.engine import Ask, Engine, Options, Place, Refusal
from tools.arena.measures import FoundSpan
from tools.arena.passages import TOP

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDS = 10
LEARNED_FROM = ("ncp", "govmsg")
"""Sets whose questions the trees of the fold rows are learned from: the static model has not seen theirs."""


@lru_cache(maxsize=1)
def program() -> str:
    """A hash of everything that decides what an import leaves: a library of another version is not measured."""
    digest = hashlib.sha256()
    for package in ("corpus", "ingest", "graph", "index", "cemai"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and "samples" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def import_library(place: Place) -> tuple[Path, float]:
    """A library of the documents, imported the way a user does, and the processor seconds that took when it was made."""
    lines = [json.dumps({"_id": d.id, "title": d.title, "text": d.text}, ensure_ascii=False) for d in sorted(place.documents)]
    data = "\n".join(lines) + "\n"
    digest = hashlib.sha256(data.encode()).hexdigest()[:16]
    folder = place.work / "libraries" / f"{digest}-{program()}"
    done = folder / "build.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "corpus.jsonl").write_text(data, encoding="utf-8")
        command = [sys.executable, "-m", "ui.cli", "--library", str((folder / "library").resolve()), "ingest"]
        before = _children_s()
        subprocess.run(
            [*command, str((folder / "corpus.jsonl").resolve())], check=True, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        done.write_text(json.dumps({"cpu_s": round(_children_s() - before, 1)}), encoding="utf-8")
    return folder / "library", float(json.loads(done.read_text(encoding="utf-8"))["cpu_s"])


def _children_s() -> float:
    """Processor seconds of programs that were started and have ended."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def search_of(place: Place, options: Options) -> tuple[Ask, float]:
    """Cemai's own search over a place."""

    def make() -> tuple[Ask, float]:
        folder, build_s = import_library(place)
        searcher = options.closing.enter_context(Library.open(folder, create=False)).searcher
        searcher.refresh()

        def ask(_: str, query: str) -> list[FoundSpan]:
            return [FoundSpan(h.source_id, h.start, h.end) for h in searcher.search(query, top=TOP, fold=False)]

        return ask, build_s

    found: tuple[Ask, float] = place.kept.once("cemai", make)
    return found


def with_cemai(place: Place, options: Options) -> Engine:
    """The program as it is given out."""
    return Engine(*search_of(place, options))


def with_folds(place: Place, options: Options) -> Engine:
    """The program with trees that were learned without the tenth of the questions the asked one is in."""
    if place.set not in LEARNED_FROM:
        raise Refusal("the static model has seen the questions as well: see the five folds of docs/retrieval.md")
    forests, tenths = options.kept.once("folds", lambda: learn_folds(options))
    ask, build_s = search_of(place, options)

    def ask_unseen(name: str, query: str) -> list[FoundSpan]:
        with patch.object(order, "shipped_trees", lambda _: forests[tenths[place.set, name]]):
            return ask(name, query)

    return Engine(ask_unseen, build_s, "trees of its own fold; learned on the sets alone")


def learn_folds(options: Options) -> tuple[list[Any], dict[tuple[str, str], int]]:
    """Trees for each tenth of the questions, learned from the other nine, and the tenth every question is in."""
    try:
        import lightgbm  # type: ignore[import-not-found,unused-ignore] # noqa: F401
    except ImportError as error:
        raise Refusal("lightgbm is not installed") from error
    from tools.train_ranking import collect, fit_trees

    folders = [options.sets / name for name in LEARNED_FROM]
    if not all(folder.is_dir() for folder in folders):
        raise Refusal(f"the trees are learned from {' and '.join(LEARNED_FROM)}, one of which is missing")
    named = [list(read_questions(folder, None).texts) for folder in folders]
    tenths = {(name, query): k % FOLDS for name, some in zip(LEARNED_FROM, named, strict=True) for k, query in enumerate(some)}
    libraries = [import_library(Place(folder.name, read_documents(folder), 0, options.work))[0] for folder in folders]
    recipe = (ROOT / "tools" / "train_ranking.py").read_bytes() + repr((libraries, named)).encode()
    kept = options.work / "trees" / f"{hashlib.sha256(recipe).hexdigest()[:16]}.json"
    if not kept.exists():
        asked = [collect(folder, library, "-", "-") for folder, library in zip(folders, libraries, strict=True)]
        learned = []
        for fold in range(FOLDS):
            learned.append(fit_trees([[q for k, q in enumerate(some) if k % FOLDS != fold] for some in asked]))
            print(f"{fold + 1} of {FOLDS} folds learned", file=sys.stderr, flush=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(learned), encoding="utf-8")
    return [lay_out_trees(order.COLUMNS, trees) for trees in json.loads(kept.read_text(encoding="utf-8"))], tenths
