"""Ask every question in its wordings and report how alike the cited places are: compare_wordings.py LIBRARY WORDINGS.

WORDINGS has one wording a line, a blank line between questions. Of each question the mean Jaccard similarity of the places cited by two
wordings is printed, that of the documents cited, and the share of wordings with the most frequent first quote.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import mean

from cemai.library import Library
from qa.answer import Answer


def read_questions(path: Path) -> list[list[str]]:
    """The wordings of each question of a file."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    return [found for block in blocks if (found := [line.strip() for line in block.splitlines() if line.strip()])]


def likeness(one: frozenset[object], other: frozenset[object]) -> float:
    """The Jaccard similarity of two sets; 1 for two empty ones."""
    return len(one & other) / len(one | other) if one or other else 1.0


def compare_answers(answers: list[Answer]) -> tuple[float, float, float]:
    """How alike answers are in the places and documents they cite, and the share of those with the most frequent first quote."""
    places: list[frozenset[object]] = [frozenset((c.source_id, c.start, c.end) for c in a.citations) for a in answers]
    documents: list[frozenset[object]] = [frozenset(c.source_id for c in a.citations) for a in answers]
    first = Counter(next(((c.source_id, c.start) for c in a.citations), None) for a in answers)
    alike = (mean(likeness(one, other) for one, other in combinations(sets, 2)) for sets in (places, documents))
    return *alike, max(first.values()) / len(answers)


def main() -> None:
    """Read the arguments, ask, print a line a question and the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("wordings", type=Path)
    args = parser.parse_args()
    begun = time.process_time()
    figures = []
    count = 0
    with Library.open(args.library, create=False) as library:
        for wordings in read_questions(args.wordings):
            figures.append(compare_answers([library.ask(wording, keep=False) for wording in wordings]))
            count += len(wordings)
            print(*(f"{figure:.2f}" for figure in figures[-1]), wordings[0])
    places, documents, first = (mean(column) for column in zip(*figures, strict=True))
    print(f"places {places:.3f}, documents {documents:.3f}, same first quote {first:.3f}, {count} questions")
    print(f"{(time.process_time() - begun) / count * 1000:.0f} ms CPU a question")


if __name__ == "__main__":
    main()
