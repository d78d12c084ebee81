"""The class at a glance 学习总览, for a manager: what kind of question goes wrong, in which documents, and who does not learn."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.store import Corpus
from corpus.titles import in_marks
from graph.codec.records import Json
from qa.study.learners import learners
from qa.study.question import AIMS

QUIET = dt.timedelta(days=7)
"""Time without an answer after which somebody is named."""
LISTED = 10
"""Documents that are listed."""


@dataclass(frozen=True, slots=True)
class AimResult:
    """Answers to the questions of one aim; the aim by its Chinese name."""

    aim: str
    right: int
    wrong: int

    @property
    def share(self) -> float:
        """The part that was right, from 0 to 1."""
        return self.right / (self.right + self.wrong)


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """Answers to questions on one document of the library."""

    id: str
    title: str
    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class LearningOverview:
    """The answers of all learners together.

    Attributes:
        people: How many have answered.
        aims: By kind of question, the weakest first.
        documents: With most wrong answers first.
        quiet: Who has not answered for a week, with the last day (None: never).
    """

    people: int
    aims: tuple[AimResult, ...]
    documents: tuple[DocumentResult, ...]
    quiet: tuple[tuple[str, str | None], ...]

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "people": self.people,
            "aims": [{"aim": one.aim, "right": one.right, "wrong": one.wrong} for one in self.aims],
            "documents": [{"id": d.id, "title": d.title, "right": d.right, "wrong": d.wrong} for d in self.documents],
            "quiet": [{"name": name, "last": last} for name, last in self.quiet],
        }


def learning_overview(corpus: Corpus, expected: Sequence[str] = (), now: dt.datetime | None = None) -> LearningOverview:
    """What all learners have answered.

    Args:
        corpus: The library.
        expected: Names of those who should learn, as the accounts have them; without accounts only who has answered is known.
        now: The moment from which quiet weeks are counted.
    """
    moment = now or dt.datetime.now(dt.UTC)
    everybody = learners(corpus)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    by_document: dict[str, list[int]] = {}
    for person in everybody:
        for item in person.items.values():
            right[item.aim] += item.right
            wrong[item.aim] += item.wrong
            counts = by_document.setdefault(item.document, [0, 0])
            counts[0] += item.right
            counts[1] += item.wrong
    aims = [AimResult(label, right[aim], wrong[aim]) for aim, label in AIMS.items() if right[aim] + wrong[aim]]
    titles = {info.id: in_marks(info.head.title or info.source) for info in corpus.heads.values()}
    documents = [DocumentResult(id, titles[id], *counts) for id, counts in by_document.items() if id in titles and counts[1]]
    last = {person.name: person.last for person in everybody}
    names = list(dict.fromkeys([*expected, *last]))
    quiet = [(name, day) for name in names if (day := last.get(name)) is None or moment - dt.datetime.fromisoformat(day) > QUIET]
    return LearningOverview(
        len(everybody),
        tuple(sorted(aims, key=lambda one: (one.share, one.aim))),
        tuple(sorted(documents, key=lambda one: (-one.wrong, one.right, one.title))[:LISTED]),
        tuple((name, day[:10] if day else None) for name, day in quiet),
    )
