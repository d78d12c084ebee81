"""Measure the answers to questions about the force of documents: is it in force, what replaced it, from when, until when.

    python tools/eval_validity.py QUESTIONS.jsonl --library DIR [--half even|odd] [--show]

A question is a line ``{"id", "question", "as_of", "answer_contains": [[one of, ...], ...], "wrong": [...], "status"}``. An answer is
right where every group has one of its phrases in it and none of the wrong ones is asserted: said outside quotations, titles and
the words of the question, without a negation in front.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import time
from collections import Counter
from pathlib import Path

from cemai.library import Library
from corpus.folding import fold

QUOTED = re.compile(r"“[^”]*”|《[^》]*》")
NEGATION = re.compile(r"(?:不是|不再|不|未|没有|没|无|非|尚未|并非|已非)$")


def asserts(text: str, phrase: str, question: str) -> bool:
    """Whether a text says a phrase itself."""
    said = QUOTED.sub(" ", text.replace(question, " "))
    return any(not NEGATION.search(said[: match.start()]) for match in re.finditer(re.escape(phrase), said))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--half", choices=("even", "odd"), help="only the lines of even or of odd number, the first being 1")
    parser.add_argument("--show", action="store_true", help="print the answers that fail")
    args = parser.parse_args()
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    wrong: list[str] = []
    failed: list[str] = []
    started = time.perf_counter()
    with Library.open(args.library, create=False) as library:
        for number, line in enumerate(args.questions.read_text(encoding="utf-8").splitlines(), 1):
            if args.half and (number % 2 == 0) != (args.half == "even"):
                continue
            item = json.loads(line)
            answer = library.ask(item["question"], as_of=dt.date.fromisoformat(item["as_of"]), keep=False)
            said = fold(answer.answer)
            missing = [group for group in item["answer_contains"] if not any(fold(one) in said for one in group)]
            text = "\n".join([answer.answer, *(notice.text for notice in answer.notices)])
            stated = [phrase for phrase in item["wrong"] if asserts(text, phrase, item["question"])]
            every[item["status"]] += 1
            if stated:
                wrong.append(item["id"])
            if not missing and not stated:
                right[item["status"]] += 1
                continue
            failed.append(item["id"])
            if args.show:
                print(
                    f"{item['id']} {item['question']}\n  file {item['file']}\n  status {item['status']} lacks {missing} asserts {stated}"
                )
                print(f"  {answer.kind} {answer.status}: {answer.answer}\n")
    taken = time.perf_counter() - started
    total = sum(every.values())
    for status, count in every.items():
        print(f"{status}\t{right[status]}/{count}")
    print(f"right {sum(right.values())}/{total}  wrongly asserted {len(wrong)} {wrong}  {taken / max(1, total):.2f} s a question")
    print("failed", " ".join(failed))
    return 0


if __name__ == "__main__":
    main()
