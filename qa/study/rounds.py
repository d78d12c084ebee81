"""A round of questions under way, kept so that a reload or a restart of the server loses none of it.

What is kept are ids and numbers, never words of a document: the questions are made again from the library, and a round whose
questions can no longer be made the same (a document was replaced or erased) is over.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from corpus.store import Corpus
from qa.study.learners import ROUND_PREFIX, Learner, named
from qa.study.post import Brief
from qa.study.question import QuizQuestion
from qa.study.quiz import MOST_SHARE, quiz

AGAIN = 5
"""At most this many questions of a round are old ones that come back."""
AHEAD = dt.timedelta(minutes=20)
"""What was answered wrong and is due within this time comes back in the next round: nobody waits at the desk for it."""
DUE = 40
"""Due facts that a round may draw on."""


@dataclass(frozen=True, slots=True)
class Round:
    """How a round was drawn and how far it has come: ``seed`` and ``due`` (fact, document) give the same questions again."""

    learner: str
    region: str | None
    unit: str | None
    number: int
    seed: int
    day: str
    due: tuple[tuple[str, str], ...]
    ids: tuple[str, ...] = ()
    old: tuple[int, ...] = ()
    """Places in the round of the questions about facts answered before."""
    results: tuple[bool, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every question has been answered."""
        return len(self.results) >= len(self.ids)

    def answered(self, right: bool) -> Round:
        """The round one question further."""
        return replace(self, results=(*self.results, right))


def begin(
    corpus: Corpus,
    learner: Learner,
    brief: Brief | None,
    *,
    region: str | None = None,
    unit: str | None = None,
    number: int = 10,
    now: dt.datetime | None = None,
) -> tuple[Round, list[QuizQuestion]]:
    """The next questions for a learner: what is due first, then facts of the post not yet asked about."""
    moment = now or dt.datetime.now(dt.UTC)
    waiting = [item for item in learner.due(moment + AHEAD) if item.due <= moment or item.shaky]
    due = tuple((item.fact, item.document) for item in waiting[:DUE])
    drawn = Round(learner.name, region, unit, number, learner.answered + 1, moment.date().isoformat(), due)
    came_back, fresh = _drawn(corpus, drawn, brief)
    asked = {fact for question in came_back for fact in question.facts}
    unknown = [question for question in fresh if not asked.intersection(question.facts)]
    unknown.sort(key=lambda question: all(fact in learner.items for fact in question.facts))
    questions = _mixed([*came_back, *unknown], number)
    old = tuple(i for i, question in enumerate(questions) if any(fact in learner.items for fact in question.facts))
    return replace(drawn, ids=tuple(question.id for question in questions), old=old), questions


def _mixed(questions: list[QuizQuestion], number: int) -> list[QuizQuestion]:
    """The first questions, bare numbers and units at most a fifth each: rather a shorter round than one of these alone."""
    counts: Counter[str] = Counter()
    out: list[QuizQuestion] = []
    for question in questions:
        if len(out) == number:
            break
        if question.aim in ("number", "unit") and counts[question.aim] >= max(1, number // MOST_SHARE):
            continue
        counts[question.aim] += 1
        out.append(question)
    return out


def resume(corpus: Corpus, kept: Round, brief: Brief | None) -> list[QuizQuestion] | None:
    """The questions of a kept round, or None where the library no longer gives them."""
    known = {question.id: question for drawn in _drawn(corpus, kept, brief) for question in drawn}
    questions = [known[id] for id in kept.ids if id in known]
    return questions if len(questions) == len(kept.ids) else None


def _drawn(corpus: Corpus, drawn: Round, brief: Brief | None) -> tuple[list[QuizQuestion], list[QuizQuestion]]:
    """Questions about what is due, and questions about the post."""
    day = dt.date.fromisoformat(drawn.day)
    came_back: list[QuizQuestion] = []
    if drawn.due:
        facts, documents = {fact for fact, _ in drawn.due}, {document for _, document in drawn.due}
        came_back = quiz(corpus, min(AGAIN, len(drawn.due)), drawn.seed, as_of=day, about=facts, documents=documents)
    about = brief.asked_about if brief else []
    named = brief.document_ids if brief else frozenset()
    fresh = quiz(corpus, 2 * drawn.number, drawn.seed, region=drawn.region, as_of=day, about=about, documents=named)
    return came_back, fresh


def save(corpus: Corpus, kept: Round) -> None:
    """Keep a round; one that is done is forgotten."""
    if kept.done:
        drop(corpus, kept.learner)
        return
    value: dict[str, Any] = {name: getattr(kept, name) for name in Round.__dataclass_fields__ if name != "learner"}
    corpus.set_setting(ROUND_PREFIX + kept.learner, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def load(corpus: Corpus, name: str) -> Round | None:
    """The round a learner has under way."""
    name = named(name)
    text = corpus.setting(ROUND_PREFIX + name)
    if not text:
        return None
    value = json.loads(text)
    return Round(
        name,
        value["region"],
        value["unit"],
        value["number"],
        value["seed"],
        value["day"],
        tuple((fact, document) for fact, document in value["due"]),
        tuple(value["ids"]),
        tuple(value["old"]),
        tuple(value["results"]),
    )


def drop(corpus: Corpus, name: str) -> None:
    """Forget the round a learner has under way."""
    corpus.drop_setting(ROUND_PREFIX + named(name))
