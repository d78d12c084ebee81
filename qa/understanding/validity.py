"""Questions about the force of a document 时效问题: what they ask of it, and whether they ask of a document at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from corpus.document import Span
from corpus.folding import fold
from corpus.wordlists import entries
from qa.understanding.lexicons import function_words

Aspect = Literal["in_force", "repealed", "replaced", "official", "begins", "ends", "history"]
"""What is asked: is it in force, repealed, replaced, an official text; when does it begin or end; how was it revised."""

DIRECT: tuple[Aspect, ...] = ("in_force", "repealed", "replaced", "official")
BY_DAY: tuple[Aspect, ...] = ("begins", "ends", "history")
"""Aspects whose words ask by themselves, and those that need a word for when beside them."""
_NUMBER = re.compile(r"(?:19|20)\d\d\D{0,8}\d{1,5}号?$")
REST = 6
"""Characters that may be left of a question of when, besides its words, its names and the titles of the documents named."""


def find_aspects(
    folded: str, names: Iterable[Span] = (), titles: Iterable[str] = (), *, described: bool = False
) -> tuple[Aspect, ...]:
    """What a folded question asks of the force of documents, in the order of the list; nothing where it asks something else.

    Args:
        folded: The folded question.
        names: The places of the documents named in it; their words ask nothing.
        titles: The titles of those documents, whose words say nothing new.
        described: Whether nothing is named but only described; then nothing else may be asked.
    """
    spans = tuple(names)
    asked = _blanked(folded, spans)
    words = _words()
    if spans and not re.search(r"\w", asked) and all(_NUMBER.search(span.of(folded)) for span in spans):
        return ("in_force",)  # nothing but a number: which document it is, and whether it holds
    found = [aspect for aspect in DIRECT if _first(asked, words[aspect])]
    if not _first(asked, words["whether"]):
        found = [aspect for aspect in found if aspect != "official"]  # 征求意见稿规定几天 asks of what the draft says
    of_document = _left_over(asked, titles) <= REST
    if described and not of_document:
        return ()
    of_an_act = _first(asked, words["acts"]) is not None  # 反馈截止时间 is no end of the force of a document
    if _first(asked, words["when"]) and of_document and not of_an_act:
        found += [aspect for aspect in BY_DAY if _first(asked, words[aspect])]
    return tuple(found)


def strip_aspects(folded: str) -> str:
    """A folded question without the words that ask of force: what may be the name of a document."""
    for aspect in (*DIRECT, "when"):
        for word in _words()[aspect]:
            folded = folded.replace(word, " " * len(word))
    return folded


def _blanked(folded: str, names: Iterable[Span]) -> str:
    for span in names:
        folded = folded[: span.start] + " " * len(span) + folded[span.end :]
    return folded


def _first(text: str, words: Iterable[str]) -> str | None:
    return next((word for word in words if word in text), None)


def _left_over(asked: str, titles: Iterable[str]) -> int:
    """How many characters of a question are neither words of asking nor of a title."""
    for words in _words().values():
        for word in words:
            asked = asked.replace(word, " ")
    for word in function_words():
        if len(word) > 1:
            asked = asked.replace(word, " ")
    known = "".join(fold(title) for title in titles)
    return sum(char not in known for char in re.sub(r"[\W_]+", "", asked))


@cache
def _words() -> dict[str, tuple[str, ...]]:
    rows = (line.split("\t") for line in entries("qa", "validity.tsv"))
    return {name: tuple(sorted((fold(word) for word in words.split("|")), key=len, reverse=True)) for name, words in rows}
