"""Measure quality on the shared material and hold it against the floors in eval/floors.json.

    python tools/evaluate.py --shared DIR            everything: extraction, questions, retrieval
    python tools/evaluate.py --shared DIR --quick    extraction and questions on the seeds only
    python tools/evaluate.py … --raise               write what was reached as the new floors, where it is higher, and fingerprints

Beside the floors stand fingerprints of the files they were set on (``tools/gold.py``); figures of other files are not held against them.

Everything goes through the command ``cemai``, as other programs would use it. Exit status 1 when a figure is below its floor, or the
material is not that of the floors.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.gold import KEY, changed_material, fingerprint, group_of

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "eval" / "floors.json"
TRAINED_ON = "stard"
SLACK = 0.002  # a figure rounded differently is not a loss


def cemai(*args: object) -> None:
    done = subprocess.run([sys.executable, "-m", "ui", *map(str, args)], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"cemai {' '.join(map(str, args))} ended with {done.returncode}")


def score(shared: Path, *args: object) -> dict:
    command = [sys.executable, str(shared / "eval" / "score.py"), *map(str, args)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def extraction_and_questions(shared: Path, work: Path) -> dict[str, float]:
    library, gold = work / "seeds", shared / "eval" / "gold"
    start = time.perf_counter()
    cemai("--library", library, "ingest", shared / "seeds")
    print(f"seeds ingested in {time.perf_counter() - start:.1f} s")
    cemai("--library", library, "export", work / "export")
    found = score(shared, "extraction", work / "export", gold)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    start = time.perf_counter()
    cemai("--library", library, "ask", "--batch", gold / "qa.jsonl", "--out", work / "answers.jsonl")
    print(f"questions answered in {time.perf_counter() - start:.1f} s")
    qa = score(shared, "qa", work / "answers.jsonl", gold / "qa.jsonl", shared / "seeds", "--verbose")
    print(json.dumps(qa, ensure_ascii=False, indent=1))
    command = [sys.executable, "tools/eval_answers.py", "comparison", "--shared", str(shared), "--library", str(library)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    compared = json.loads(done.stdout)
    print(json.dumps(compared, ensure_ascii=False, indent=1))
    targets = found["targets"]
    return {
        "documents": found["documents"]["field_accuracy"],
        "based_on_f1": found["documents"]["based_on"]["f1"],
        "sections_f1": found["sections"]["f1"],
        "sections_parent": found["sections"]["parent_accuracy"],
        "tasks_f1": found["tasks"]["f1"],
        "units_f1": found["units"]["f1"],
        "topics_f1": found["topics"]["f1"],
        "targets_f1": targets["f1"],
        **{f"targets_{name}": value for name, value in targets["field_accuracy"].items()},
        "qa_accuracy": qa["accuracy"],
        "qa_citation_precision": qa["citation_precision"],
        "qa_evidence_recall": qa["evidence_recall"],
        "qa_quotes_verbatim": qa["quotes_verbatim"],
        "qa_refusal": qa["refusal_rate"],
        "comparison_cells": compared["cells_hit"],
    }


def retrieval(shared: Path, work: Path) -> dict[str, float]:
    figures: dict[str, float] = {}
    wanted = {
        "ncp": ("success@1", "recall@5", "passage@1"),
        "stard": ("recall@10", "recall@100"),
        "govmsg": ("ndcg@10",),
    }
    for name, measures in wanted.items():
        folder = shared / "eval" / name
        library = work / name
        start = time.perf_counter()
        cemai("--library", library, "ingest", folder / "corpus.jsonl")
        indexed = time.perf_counter() - start
        start = time.perf_counter()
        cemai("--library", library, "search", "--batch", folder / "queries.jsonl", "--out", work / f"{name}.run.jsonl")
        print(f"{name}: ingested in {indexed:.1f} s, searched in {time.perf_counter() - start:.1f} s")
        extra = ["--answers", folder / "answers.jsonl"] if (folder / "answers.jsonl").exists() else []
        found = score(shared, "retrieval", work / f"{name}.run.jsonl", folder / "qrels.tsv", *extra)
        print(json.dumps(found))
        if name == TRAINED_ON:
            print(f"{name}: the embedded model was trained on these questions (index/model/README.md), so no floor is kept")
        else:
            figures |= {f"{name}_{measure}": found[measure] for measure in measures}
    folder = shared / "eval" / "ncp"
    cemai("--library", work / "ncp", "ask", "--batch", folder / "queries.jsonl", "--out", work / "ncp.answers.jsonl")
    figures["ncp_rouge_l"] = score(shared, "rouge", work / "ncp.answers.jsonl", folder / "answers.jsonl")["rouge_l"]
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--raise", action="store_true", dest="lift")
    args = parser.parse_args()
    shared = args.shared.resolve()
    if not (shared / "eval" / "score.py").exists():
        print(f"no evaluation material in {shared}: nothing measured")
        return 0
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        figures = extraction_and_questions(shared, Path(folder))
        if not args.quick:
            figures |= retrieval(shared, Path(folder))
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    recorded = floors.pop(KEY, {})
    other = changed_material(shared, figures, recorded)
    failed = []
    print(f"\n{'figure':28}{'reached':>9}{'floor':>9}")
    for name, value in figures.items():
        floor = floors.get(name)
        foreign = group_of(name) in other
        low = floor is not None and not foreign and value < floor - SLACK
        failed += [name] if low else []
        mark = "  of other material" if foreign else "  BELOW" if low else ""
        print(f"{name:28}{value:9.4f}{floor if floor is not None else '—':>9}{mark}")
    for told in other.values():
        print(f"\n{told}")
    if args.lift:
        for name, value in figures.items():
            floors[name] = value if group_of(name) in other else max(value, floors.get(name, 0))
        recorded |= {group: fingerprint(shared, group) for group in {group_of(name) for name in figures}}
        FLOORS.write_text(json.dumps(floors | {KEY: recorded}, indent=1) + "\n", encoding="utf-8")
        return 1 if failed else 0
    return 1 if failed or other else 0


if __name__ == "__main__":
    sys.exit(main())
