"""Everyday words 日常说法 and question words 问词: one dictionary each, read by the search and by answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

from corpus.wordlists import entries

Use = Literal["search", "answer"]
"""Who reads a list. A row whose last column names one of them is not for the other."""


@cache
def written_forms(use: Use) -> dict[str, tuple[str, ...]]:
    """Everyday phrases with what documents write for them: 看病 with 医疗, 就医 and others."""
    return {phrase: tuple(forms.split("|")) for phrase, forms in _rows("everyday.tsv", use, 2)}


@cache
def question_words(use: Use) -> tuple[str, ...]:
    """Words that only say that something is asked: 什么, 请问."""
    return tuple(word for (word,) in _rows("question_words.txt", use, 1))


def _rows(name: str, use: Use, columns: int) -> Iterator[list[str]]:
    """The first columns of the rows of a list that are for a use."""
    for line in entries("index", name):
        cells = line.split("\t")
        if cells[columns:] in ([], [use]):
            yield cells[:columns]
