"""Measure how often quiz questions are answered without the documents, and learn what gives an answer away.

    python tools/measure_guessing.py 库 [--number 40] [--quizzes 12] [--region 甘南州] [--learn]

Draws quizzes from a library. What each sign of an option is worth is learned on one half of them (by document, so that no document
is in both), and the learned solver, each sign alone and chance are asked the other half, and the other way round. What is printed as the
share guessed is that of the best of them on questions it has not seen. With ``--learn`` weights of all questions are written for the generator,
drawn without its own check: ``qa/data/guessing.json``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from cemai.library import Library
from qa.study import quiz
from qa.study.guessing import SIGNS, guess, learned_weights, read_signs
from qa.study.question import UNDERSTANDING, QuizQuestion

KEPT = Path(__file__).parents[1] / "qa" / "data" / "guessing.json"
PENALTY = 0.5
"""Strength of the pull of every weight towards none, so that a few questions teach little."""


def learn_weights(questions: Sequence[QuizQuestion]) -> dict[str, float]:
    """The weights under which the right options of some questions are likeliest (a conditional logit, pulled towards zero)."""
    single = [q for q in questions if q.kind == "single"]
    tables = [np.array([[signs[name] for name in SIGNS] for signs in read_signs(q)]) for q in single]
    right = [q.options.index(q.answer[0]) for q in single]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for table, at in zip(tables, right, strict=True):
            scores = table @ weights
            powers = np.exp(scores - scores.max())
            chance = powers / powers.sum()
            total -= float(np.log(chance[at] + 1e-12))
            slope = slope + table.T @ chance - table[at]
        return total, slope

    found = minimize(loss, np.zeros(len(SIGNS)), jac=True, method="L-BFGS-B")
    return {name: round(float(weight), 3) for name, weight in zip(SIGNS, found.x, strict=True)}


def solvers(questions: Sequence[QuizQuestion]) -> dict[str, dict[str, float]]:
    """The learned solver and, alone, every sign in either direction."""
    alone = {f"{name}{'+' if sign > 0 else '-'}": {name: sign} for name in SIGNS for sign in (1.0, -1.0)}
    return {"learned": learn_weights(questions), **alone}


def share_guessed(questions: Sequence[QuizQuestion], weights: dict[str, float]) -> float:
    """The share of questions a solver answers right."""
    return sum(bool(q.answer) and q.is_right(guess(q, weights)) for q in questions) / max(1, len(questions))


def chance(question: QuizQuestion) -> float:
    """The chance of a blind guess."""
    return 1 / len(question.options) if question.kind == "single" else 0.0


def halves(questions: Sequence[QuizQuestion]) -> tuple[list[QuizQuestion], list[QuizQuestion]]:
    """The questions in two parts, by the document of their first citation."""
    parts: tuple[list[QuizQuestion], list[QuizQuestion]] = ([], [])
    for question in questions:
        parts[hashlib.sha256(question.citations[0].source_id.encode()).digest()[0] % 2].append(question)
    return parts


def measure(questions: Sequence[QuizQuestion]) -> None:
    """Print the share guessed by the best solver of either half on the other, in all and by aim."""
    parts = halves(questions)
    guessed: Counter[str] = Counter()
    for mine, others in (parts, parts[::-1]):
        known = solvers(mine)
        best = max(known, key=lambda name: share_guessed(mine, known[name]))
        print(f"learned on {len(mine)}: best is {best} ({share_guessed(mine, known[best]):.3f} there)", end="")
        print(
            f", on {len(others)} others {share_guessed(others, known[best]):.3f}, learned {share_guessed(others, known['learned']):.3f}"
        )
        for question in others:
            guessed[question.aim] += question.is_right(guess(question, known[best]))
    asked = Counter(question.aim for question in questions)
    rows = defaultdict(list)
    for question in questions:
        rows[question.aim].append(chance(question))
    for aim, count in asked.most_common():
        print(
            f"  {aim:12} {count:4}  {count / len(questions):6.1%}  guessed {guessed[aim] / count:6.1%}  chance {sum(rows[aim]) / count:6.1%}"
        )
    aims = sum(asked[aim] for aim in UNDERSTANDING) / len(questions)
    print(
        f"questions {len(questions)}, of understanding {aims:.1%}, guessed {sum(guessed.values()) / len(questions):.1%}", end=""
    )
    print(f", chance {sum(map(chance, questions)) / len(questions):.1%}")


def main() -> None:
    """Read the arguments, draw, measure and perhaps learn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library")
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--quizzes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--region")
    parser.add_argument("--day", type=dt.date.fromisoformat, default=dt.date.today())
    parser.add_argument("--learn", action="store_true")
    args = parser.parse_args()
    with Library.open(args.library, read_only=True) as library:

        def draw(first: int, *, guessable: bool = False) -> list[QuizQuestion]:
            drawn = [
                question
                for seed in range(first, first + args.quizzes)
                for question in quiz(library.corpus, args.number, seed, region=args.region, as_of=args.day, guessable=guessable)
            ]
            return list({question.id: question for question in drawn}.values())

        if args.learn:
            questions = draw(args.seed + 1000, guessable=True)
            print("without the check:")
            measure(questions)
            KEPT.write_text(json.dumps(learn_weights(questions), indent=1) + "\n", encoding="utf-8")
            learned_weights.cache_clear()
            print("with the check:")
        measure(draw(args.seed))


if __name__ == "__main__":
    main()
