"""The doubt 存疑: how likely it is that what is chosen does not answer, and how far what a question asks for is in a text.

A near miss has the subject and lacks one thing that is asked: an attribute, a group of people, a predicate. So the question is cut
into the pieces between its function words, and each has to be found in the item, its headings or its title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import exp
from typing import Any, NamedTuple

from index.equivalents import unify_terms
from index.lexical.tokens import normalise
from qa.understanding.lexicons import function_words

SLOT_SIGNS = ("filled", "filled_last", "pieces", "characters")
"""The mean share of a piece's characters that a text holds; the share of the last ``LAST`` of the last piece, which mostly name what
is asked for; how many pieces the question has, and characters, as shares of ``MANY`` and ``LONG``."""
LAST = 6
MANY, LONG = 6, 40


class DoubtModel(NamedTuple):
    """A logistic model of how likely no item answers: the signs' means and scales, their weights, the bias."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def estimate(self, signs: Sequence[float]) -> float:
        """The doubt that some signs (``qa.evidence.selector.describe_best``) show, from 0 to 1."""
        told = zip(signs, self.mean, self.scale, self.weights, strict=True)
        return 1 / (1 + exp(-(self.bias + sum((sign - mean) / scale * weight for sign, mean, scale, weight in told))))


def cut_question(folded: str) -> list[str]:
    """The pieces of a folded question between its function words, each thing called by one name; the whole where none is left.

    >>> cut_question("云岫县老年人乘车补贴是多少")
    ['云岫县老年人乘车补贴']
    """
    pieces = re.findall(r"\w{2,}", unify_terms(normalise(_function_words().sub(" ", folded))))
    return pieces or [folded]


def describe_slots(folded: str, texts: Sequence[str]) -> Any:
    """A row of ``SLOT_SIGNS`` of a folded question for each of some texts, of which every thing is called by one name."""
    import numpy as np

    pieces = cut_question(folded)
    last = pieces[-1][-LAST:]
    of_question = (len(pieces) / MANY, len(folded) / LONG)
    rows = [(sum(_held(piece, text) for piece in pieces) / len(pieces), _held(last, text), *of_question) for text in texts]
    return np.array(rows, dtype=float).reshape(-1, len(SLOT_SIGNS))


def _held(piece: str, text: str) -> float:
    return sum(character in text for character in piece) / max(1, len(piece))


@cache
def _function_words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, function_words())))
