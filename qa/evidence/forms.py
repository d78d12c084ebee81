"""What sort of thing a question asks for and an item tells 内容形式: 多少钱 is answered by an amount, 谁来办 by a body, 怎么办 by steps.

``data/question_forms.tsv`` and ``data/item_forms.tsv`` name the forms on either side. How well one suits the other is learned from
questions with known answers by ``tools/train_items.py``: a logistic model over all pairs of forms, in ``data/form_weights.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from corpus.wordlists import entries

FILE = "form_weights.json"


@cache
def _forms(file: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(row.split("\t")[1]) for row in entries("qa", file))


def describe_question_forms(question: str) -> Any:
    """For each form of ``question_forms.tsv`` 1 where a folded question has it, else 0."""
    import numpy as np

    return np.array([form.search(question) is not None for form in _forms("question_forms.tsv")], dtype=float)


def describe_item_forms(items: Sequence[str]) -> Any:
    """A row for each of some folded items: for each form of ``item_forms.tsv`` 1 where the item has it, else 0."""
    import numpy as np

    forms = _forms("item_forms.tsv")
    told = [[form.search(text) is not None for form in forms] for text in (" ".join(item.split()) for item in items)]
    return np.array(told, dtype=float).reshape(-1, len(forms))


def compute_fits(question: Any, items: Any, weights: Any) -> Any:
    """How much better each item suits what is asked for than the mean of them does, in log-odds.

    Args:
        question: What ``describe_question_forms`` says.
        items: What ``describe_item_forms`` says.
        weights: A row for each form of a question, a column for each form of an item.
    """
    fits = items @ (question @ weights)
    return fits - fits.mean() if len(fits) else fits


@cache
def shipped_weights() -> Any:
    """The weights that come with the package, as ``compute_fits`` takes them."""
    import numpy as np

    return np.array(json.loads(resources.files("qa").joinpath("data", FILE).read_text(encoding="utf-8"))["weights"])
