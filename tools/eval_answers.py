"""Measure the answers: build a library, ask the evaluation questions, and score what comes back.

    python tools/eval_answers.py qa            the questions on the seed documents
    python tools/eval_answers.py comparison    topics across the seed documents, cell by cell
    python tools/eval_answers.py ncp           quotes against reference answers on 599 pages
    python tools/eval_answers.py latency       how long an answer takes on the seeds

``--library DIR`` keeps the library between runs; ``--shared DIR`` (or CEMAI_SHARED) says where the material is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cemai.library import Library


def build(folder: Path, inputs: list[Path]) -> Library:
    """A library of the inputs; what is already there is not read again."""
    library = Library.open(folder)
    if not len(library.corpus):
        started = time.perf_counter()
        report = library.ingest(inputs)
        print(
            f"{len(report.added)} documents in {time.perf_counter() - started:.1f} s, {len(report.refused)} refused",
            file=sys.stderr,
        )
        for refusal in report.refused[:5]:
            print(refusal, file=sys.stderr)
    return library


def ask_all(library: Library, questions: list[dict[str, Any]], out: Path) -> list[float]:
    """Write one answer a line; the seconds each took."""
    seconds = []
    with out.open("w", encoding="utf-8") as lines:
        for question in questions:
            started = time.perf_counter()
            answer = library.ask(question.get("question") or question["text"], keep=False).record()
            seconds.append(time.perf_counter() - started)
            lines.write(json.dumps({**answer, "id": question.get("id") or question["_id"]}, ensure_ascii=False) + "\n")
    return seconds


def score(shared: Path, *arguments: str) -> dict[str, Any]:
    """Run the scorer."""
    done = subprocess.run([sys.executable, str(shared / "eval/score.py"), *arguments], capture_output=True, text=True, check=True)
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a .jsonl file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def comparison(library: Library, gold: list[dict[str, Any]], *, verbose: bool = False) -> dict[str, Any]:
    """The share of filled cells that cite an evidence span, and of null cells that are empty."""
    filled = hit = null = empty = cited = cited_ok = 0
    for topic in gold:
        result = library.compare(topic["topic"]).record()
        cells: dict[str, list[dict[str, Any]]] = {}
        for row in result["rows"]:
            for cell in row["cells"]:
                if cell["text"] is not None:
                    for citation in cell["citations"]:
                        cells.setdefault(Path(citation["source"]).name[:3], []).append(citation)
        for doc, want in topic["docs"].items():
            have = cells.get(doc, [])
            if want is None:
                null += 1
                empty += not have
                continue
            filled += 1
            ok = [c for c in have if any(c["start"] < e["end"] and e["start"] < c["end"] for e in want["evidence"])]
            hit += bool(ok)
            cited += len(have)
            cited_ok += len(ok)
            if verbose and not ok:
                print(
                    topic["topic"],
                    doc,
                    [c["quote"][:60] for c in have],
                    [e["quote"][:40] for e in want["evidence"]],
                    file=sys.stderr,
                )
    return {
        "cells_hit": round(hit / max(1, filled), 4), "filled": filled, "null_empty": f"{empty}/{null}",
        "citation_precision": round(cited_ok / max(1, cited), 4), "citations": cited,
    }  # fmt: skip


def percentile(seconds: list[float], share: float) -> int:
    """Milliseconds at a percentile."""
    return round(1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))])


def main() -> None:
    """Run what was asked for and print one JSON object."""
    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("qa", "comparison", "ncp", "latency"))
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED") or here.parent / "shared"))
    parser.add_argument("--library", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    shared: Path = options.shared
    with tempfile.TemporaryDirectory() as folder:
        place = options.library or Path(folder) / "library"
        out = options.out or Path(folder) / "answers.jsonl"
        inputs = [shared / "eval/ncp/corpus.jsonl"] if options.what == "ncp" else sorted((shared / "seeds").glob("*.txt"))
        library = build(place, inputs)
        gold = shared / "eval/gold"
        if options.what == "comparison":
            result = comparison(
                library, json.loads((gold / "comparison.json").read_text(encoding="utf-8")), verbose=options.verbose
            )
        elif options.what == "ncp":
            seconds = ask_all(library, read_lines(shared / "eval/ncp/queries.jsonl"), out)
            result = score(shared, "rouge", str(out), str(shared / "eval/ncp/answers.jsonl"))
            result["p95_ms"] = percentile(seconds, 0.95)
        else:
            seconds = ask_all(library, read_lines(gold / "qa.jsonl"), out)
            flags = ["--verbose"] if options.verbose else []
            result = score(shared, "qa", str(out), str(gold / "qa.jsonl"), str(shared / "seeds"), *flags)
            result["p50_ms"], result["p95_ms"] = percentile(seconds, 0.5), percentile(seconds, 0.95)
        library.close()
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
