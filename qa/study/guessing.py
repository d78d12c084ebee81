"""Whether a question can be guessed 可猜: a solver that has never seen the document and goes by how the options look.

It goes by what test takers go by who have not read anything: words an option shares with the question, length, the odd one out, the
smallest and the largest number, roundness, how an option joins what stands around a blank, the place in the list. What each sign is
worth was learned (``tools/measure_guessing.py``); a question whose answer it would give with some certainty is not asked.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

from corpus.folding import fold
from qa.study.question import BLANK, QuizQuestion

TOO_SURE = 0.45
"""The chance the solver gives the right answer from which a question is not asked; with four options chance alone is 0.25."""
LEAD = 0.3
"""How much more of the right option than of any other may stand in the question already, as a share of its pairs of characters."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
SIGNS = (
    "overlap", "own_number", "length", "likeness", "smallest", "largest", "middle", "roundness", "joins", "first", "last", "other_kind",
    "latest_year", "ending", "opening",
)  # fmt: skip


def read_signs(question: QuizQuestion) -> list[dict[str, float]]:
    """What can be seen of each option without knowing the text, by the names in ``SIGNS``."""
    prompt = fold(question.prompt.replace(BLANK, ""))
    grams = [_grams(option) for option in question.options]
    asked = _grams(prompt)
    overlaps = [len(g & asked) / max(1, len(g)) for g in grams]
    lengths = [len(option) for option in question.options]
    numbers = [_NUMBER.findall(option) for option in question.options]
    values = [float(found[0]) if found else None for found in numbers]
    known = sorted({value for value in values if value is not None})
    rounds = [_roundness(found[0]) if found else 0.0 for found in numbers]
    years = [max((int(n) for n in found if re.fullmatch(r"(?:19|20)\d\d", n)), default=0) for found in numbers]
    in_prompt = set(_NUMBER.findall(prompt))
    out = []
    for i, option in enumerate(question.options):
        others = [g for j, g in enumerate(grams) if j != i]
        value = values[i]
        out.append(
            {
                "overlap": overlaps[i] - _mean(overlaps),
                "own_number": float(bool(set(numbers[i]) & in_prompt)),
                "length": (lengths[i] - _mean(lengths)) / max(1, *lengths),
                "likeness": _mean([len(grams[i] & g) / max(1, len(grams[i] | g)) for g in others]),
                "smallest": float(value is not None and len(known) > 1 and value == known[0]),
                "largest": float(value is not None and len(known) > 1 and value == known[-1]),
                "middle": float(value is not None and len(known) > 2 and known[0] < value < known[-1]),
                "roundness": rounds[i] - _mean(rounds),
                "joins": _joins(question.prompt, option),
                "first": float(i == 0),
                "last": float(i == len(question.options) - 1),
                "other_kind": float(bool(numbers[i])) - _mean([float(bool(found)) for found in numbers]),
                "ending": _mean([float(option[-1:] == other[-1:]) for j, other in enumerate(question.options) if j != i]),
                "opening": _mean([float(option[:1] == other[:1]) for j, other in enumerate(question.options) if j != i]),
                "latest_year": float(years[i] > 0 and years[i] == max(years) and len(set(years)) > 1),
            }
        )
    return out


def chances(question: QuizQuestion, weights: Mapping[str, float] | None = None) -> list[float]:
    """The chance the solver gives each option; together they make 1."""
    return _chances(read_signs(question), weights)


def _chances(options: Sequence[Mapping[str, float]], weights: Mapping[str, float] | None = None) -> list[float]:
    known = learned_weights() if weights is None else weights
    scores = [sum(known.get(name, 0.0) * value for name, value in signs.items()) for signs in options]
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def guess(question: QuizQuestion, weights: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """The answer the solver gives; to a blank it has none, of several right options it takes the two likeliest."""
    if question.kind == "fill" or not question.options:
        return ()
    if question.kind == "match":
        asked = [_grams(item) for item in question.left]
        orders = itertools.permutations(question.options, len(question.left))
        return max(orders, key=lambda order: sum(len(_grams(o) & a) for o, a in zip(order, asked, strict=True)))
    rated = sorted(
        zip(chances(question, weights), range(len(question.options)), strict=True), key=lambda pair: (-pair[0], pair[1])
    )
    return tuple(question.options[i] for _, i in rated[: 2 if question.kind == "multiple" else 1])


def is_guessable(question: QuizQuestion) -> bool:
    """Whether the solver is too sure of the right answer."""
    if question.kind == "match":
        return question.is_right(guess(question))
    if question.kind != "single":
        return False
    at = question.options.index(question.answer[0])
    options = read_signs(question)
    overlaps = [signs["overlap"] for signs in options]
    lead = overlaps[at] - max(overlap for i, overlap in enumerate(overlaps) if i != at)
    return lead > LEAD or _chances(options)[at] > TOO_SURE


@lru_cache(maxsize=1)
def learned_weights() -> dict[str, float]:
    """What each sign is worth, as learned."""
    kept = resources.files("qa").joinpath("data", "guessing.json").read_text(encoding="utf-8")
    return {str(name): float(weight) for name, weight in json.loads(kept).items()}


def _grams(text: str) -> frozenset[str]:
    plain = re.sub(r"[^\u4e00-\u9fffa-z0-9]", "", fold(text))
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _roundness(number: str) -> float:
    """The share of a number's digits that are zeros at its end: 500 has two of three."""
    whole = number.partition(".")[0]
    return (len(whole) - len(whole.rstrip("0"))) / len(number)


def _joins(prompt: str, option: str) -> float:
    """Whether the characters at the edges of a blank, with those of the option, stand side by side elsewhere in the prompt."""
    before, blank, after = prompt.partition(BLANK)
    if not blank or not option:
        return 0.0
    pairs = [before[-1:] + option[0], option[-1] + after[:1]]
    return float(sum(pair in before + "|" + after for pair in pairs if len(pair) == 2))
