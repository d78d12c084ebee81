"""One pass over many texts finds what looking for each token in each text finds."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import SENTENCE_ENDS
from index.ranking import occurrences
from index.ranking.occurrences import Occurrences, longest_run

LETTERS = "甲乙丙丁𠮷a1。\n；"
texts = st.lists(st.text(LETTERS, max_size=40), min_size=1, max_size=6)
tokens = st.lists(st.text("甲乙丙𠮷a1", min_size=1, max_size=4), unique=True, max_size=8)
core = st.text("甲乙丙𠮷a1", max_size=12)


@given(texts, tokens, core)
def test_tokens_are_found_where_they_stand(texts: list[str], tokens: list[str], core: str) -> None:
    found = Occurrences(texts, tokens, core).holds(tokens)
    assert found.tolist() == [[token in text for token in tokens] for text in texts]


@given(texts, core)
def test_pairs_of_the_opening_and_of_the_best_sentence(texts: list[str], core: str) -> None:
    pairs = list(dict.fromkeys(a + b for a, b in pairwise(core)))
    weights = np.arange(1.0, len(pairs) + 1)
    read = Occurrences(texts, pairs, core)
    assert read.opening(pairs, 7).tolist() == [[pair in text[:7] for pair in pairs] for text in texts]
    best = [
        max(
            sum(w for pair, w in zip(pairs, weights, strict=True) if pair in part)
            for part in re.split(f"[{SENTENCE_ENDS}]", text)
        )
        for text in texts
    ]
    assert read.best_sentence(pairs, weights).tolist() == best


@given(texts, tokens, core)
def test_runs_are_the_longest(texts: list[str], tokens: list[str], core: str) -> None:
    assert Occurrences(texts, tokens, core).runs.tolist() == [longest_run(core, text) for text in texts]


@given(st.text("甲乙丙", max_size=12), st.text("甲乙丙", max_size=30))
def test_the_longest_run_is_the_longest(core: str, text: str) -> None:
    runs = [j - i for i in range(len(core)) for j in range(i, len(core) + 1) if core[i:j] in text]
    assert longest_run(core, text) == max(runs, default=0)


def test_a_query_that_repeats_itself_is_followed_one_text_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurrences, "LIMIT", 100)
    assert Occurrences(["甲" * 30, "乙"], (), "甲" * 200).runs.tolist() == [30, 0]


def test_text_that_is_no_text() -> None:
    read = Occurrences(["\ud800甲乙", "", "\U0010ffff"], ["甲乙"], "甲乙")
    assert read.holds(["甲乙"]).tolist() == [[True], [False], [False]] and read.runs.tolist() == [2, 0, 0]
