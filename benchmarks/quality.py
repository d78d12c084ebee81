"""What the search finds beside cheap rivals: the same questions over the same documents, in one run.

    quality.py [--eval FOLDER] [--set ncp,govmsg,stard] [--distractors N] [--rows pairs,words,cemai,…] [--queries N]
               [--encoder FOLDER] [--encode N] [--work FOLDER] [--out FILE.json]

FOLDER holds the retrieval sets (corpus.jsonl, queries.jsonl, qrels.tsv, perhaps answers.jsonl each). Every set is searched alone and
once more among distractors: the documents of the other sets, and where those are fewer than 50,000 also paragraphs of the text files
of ``--texts``. A distractor that shares 40 characters on end with a document that answers a question is left out, since it may answer
too. ``--distractors N`` draws N of them, 0 searches the sets alone.

Rows:

- pairs: BM25 over pairs of Chinese characters (bm25s), nothing learned, nothing looked up;
- words: BM25 over words (tantivy, jieba as it comes);
- cemai: the library as ``cemai ingest`` leaves it, first hundred passages. Its trees were learned from questions of these very
  sets, and its static model from those of stard: these figures are in-sample, and marked so;
- folds: cemai with trees that have not seen the question (ten folds, learned from ncp and govmsg; needs lightgbm). Not for stard,
  where the static model has seen the questions as well: five models of tools/fold_models.py answer there, see docs/retrieval.md;
- encoder: the pretrained encoder alone, every passage compared;
- fused: pairs and half the encoder, both scaled to 0–1 over the documents of each question, as tools/encoder/evaluate.py has it;
- first: the same, each scaled over its own first 200 documents (relative score fusion), which the others have 0 of.

All but cemai's own rows read passages of 300 characters with the title in front; a document is as good as its best passage.
What was imported and encoded is kept in ``--work``, so that a second run only asks. ``--encode N`` is how many passages may be
encoded anew in one place; a row that would need more is left out and says so.

Prints Markdown: means with 95 % intervals (bootstrap over questions), paired differences to cemai, processor time of a question
(median) and of everything before the first one. The peers are no part of the program: ``pip install --group bench``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from tools.arena.documents import SETS, Questions, collections, read_questions, seen_in_training
from tools.arena.engine import Engine, Options, Place, Refusal
from tools.arena.measures import interval, measures, table_of
from tools.arena.program import program, with_cemai, with_folds
from tools.arena.rivals import with_both, with_encoder, with_first_of_both, with_pairs, with_words
from tools.arena.tables import SEEN, markdown

ROOT = Path(__file__).resolve().parent.parent
ROWS: dict[str, Callable[[Place, Options], Engine]] = {
    "pairs": with_pairs,
    "words": with_words,
    "cemai": with_cemai,
    "folds": with_folds,
    "encoder": with_encoder,
    "fused": with_both,
    "first": with_first_of_both,
}


@contextmanager
def _timed(wall: list[float], cpu: list[float]) -> Iterator[None]:
    began = time.perf_counter(), time.process_time()
    yield
    wall.append(1000 * (time.perf_counter() - began[0]))
    cpu.append(1000 * (time.process_time() - began[1]))


def run_row(engine: Engine, questions: Questions) -> tuple[dict[str, Any], dict[str, Any]]:
    """The measures of every question, and the figures of the whole row."""
    for name in questions.drawn[:5]:
        engine.ask(name, questions.texts[name])
    wall: list[float] = []
    cpu: list[float] = []
    each, first, listed = [], [], []
    for name in questions.drawn:
        with _timed(wall, cpu):
            found = engine.ask(name, questions.texts[name])
        each.append(measures(found, questions.relevant[name], questions.spans.get(name)))
        first += [found[0].end - found[0].start] if found else []
        listed.append(len({hit.document for hit in found}))
    values = table_of(each)
    figures = {
        "measures": {name: [round(x, 4) for x in interval(some)] for name, some in values.items()},
        "cpu_ms": round(float(np.median(cpu)), 2),
        "wall_ms": round(float(np.median(wall)), 2),
        "build_cpu_s": round(engine.build_s, 1),
        "first_passage_characters": round(float(np.mean(first))) if first else 0,
        "documents_listed": round(float(np.mean(listed)), 1),
        "note": engine.note,
    }
    return values, figures


def run_place(place: Place, questions: Questions, rows: Sequence[str], options: Options) -> dict[str, Any]:
    """Every row over one collection of documents."""
    out: dict[str, Any] = {
        "set": place.set,
        "documents": len(place.documents),
        "distractors": place.distractors,
        "questions": len(questions.drawn),
        "rows": {},
        "left_out": {},
    }
    values: dict[str, dict[str, Any]] = {}
    for name in rows:
        try:
            values[name], figures = run_row(ROWS[name](place, options), questions)
        except Refusal as reason:
            out["left_out"][name] = str(reason)
            print(f"{place.set}, {name}: left out, {reason}", file=sys.stderr, flush=True)
            continue
        out["rows"][name] = {**figures, "learned_from": SEEN.get((name, place.set), "nothing")}
        print(f"{place.set}, {len(place.documents):,} documents, {name}: {figures['measures']}", file=sys.stderr, flush=True)
    for base in ("cemai", "folds"):
        for name in values if base in values else ():
            if name != base:
                out["rows"][name][f"less_{base}"] = {
                    m: [round(x, 4) for x in interval(some - values[base][m])] for m, some in values[name].items()
                }
    return out


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of the retrieval sets")
    parser.add_argument("--texts", type=Path, help="text files for distractors; default: corpus beside the sets' folder")
    parser.add_argument("--train", type=Path, help="training pairs, to say what was seen; default: train beside the sets' folder")
    parser.add_argument("--set", default=",".join(SETS))
    parser.add_argument("--distractors", type=int, help="default: all there are")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--queries", type=int, help="that many at random, the same ones every time")
    parser.add_argument("--encoder", type=Path, help="folder of an encoder; default: the one that comes with the program")
    parser.add_argument("--threads", type=int, default=1, help="processors the encoder may use")
    parser.add_argument("--encode", type=int, default=12_000, help="most passages encoded anew for one collection")
    parser.add_argument("--work", type=Path, default=ROOT / ".eval" / "quality", help="folder that keeps libraries and vectors")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(arguments)
    names = [name for name in args.set.split(",") if (args.eval / name).is_dir()]
    if not names:
        parser.exit(message=f"none of the sets {args.set} is in {args.eval}\n")
    found: dict[str, Any] = {"date": date.today().isoformat(), "program": program(), "places": []}
    found["seen_in_training"] = seen_in_training(args.eval, args.train or args.eval.parent / "train", names)
    with ExitStack() as closing:
        options = Options(args.eval, args.work, args.encoder, args.threads, args.encode, closing)
        for name in names:
            questions = read_questions(args.eval / name, args.queries)
            for documents, added in collections(args.eval, name, args.texts or args.eval.parent / "corpus", args.distractors):
                result = run_place(Place(name, documents, added, args.work), questions, args.rows.split(","), options)
                found["places"].append(result)
                print("\n" + markdown(result), flush=True)
                if args.out:
                    args.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    told = ", ".join(f"{name} {count:,}" for name, count in found["seen_in_training"].items())
    print(f"\nQuestions found word for word among the training pairs: {told}.")


if __name__ == "__main__":
    main()
