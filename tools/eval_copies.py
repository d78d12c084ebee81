"""Score copies 副本 of one document against judged pairs, over a whole library.

    eval_copies.py PAIRS.jsonl --library DIR [--only odd|even] [--failures]

A line names two files (ends of the paths they were read from), ``same`` and ``why``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.store import Corpus


def groups(corpus: Corpus) -> dict[int, int]:
    """The number of the group of copies each document belongs to."""
    from graph.documents.works import works

    known = works(corpus)
    return {info.row: min((info.row, *known.copies(info.row))) for info in corpus.infos()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--only", choices=("odd", "even"), help="by position, counted from one")
    parser.add_argument("--failures", action="store_true")
    args = parser.parse_args()
    corpus = Corpus.open(args.library, create=False)
    begun = time.perf_counter()
    group = groups(corpus)
    print(f"works of {len(group)} documents in {time.perf_counter() - begun:.2f} s")
    row_of = {(info.origin or info.source): info.row for info in corpus.infos()}
    counts = {"hit": 0, "false": 0, "missed": 0, "apart": 0}
    for position, line in enumerate(args.pairs.read_text(encoding="utf-8").splitlines(), 1):
        if args.only and position % 2 != (args.only == "odd"):
            continue
        pair = json.loads(line)
        one, other = (next(row for origin, row in row_of.items() if origin.endswith("/" + pair[side])) for side in ("a", "b"))
        found = group.get(one, one) == group.get(other, other)
        outcome = ("hit" if found else "missed") if pair["same"] else ("false" if found else "apart")
        counts[outcome] += 1
        if args.failures and outcome in ("false", "missed"):
            print(outcome, pair["a"], "|", pair["b"], "|", pair["why"])
    found, same = counts["hit"] + counts["false"], counts["hit"] + counts["missed"]
    print(f"precision {counts['hit']}/{found}  recall {counts['hit']}/{same}  {counts}")


if __name__ == "__main__":
    main()
