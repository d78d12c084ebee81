"""What each learner has answered, and when a fact is to be asked about again (spaced repetition 间隔重复, FSRS).

A record holds ids of facts, never words of a document: it survives a new reading of the same file, and erasing a document
leaves nothing of its text behind. What is due comes back as a question about the same fact, also in another form.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.errors import UsageError
from corpus.store import Corpus
from qa.study.question import QuizQuestion

_PREFIX = "study:"
ROUND_PREFIX = "round:"
"""What the round under way of each learner is kept under (``rounds.py``)."""
NAME_LIMIT = 30


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One fact as a learner knows it: how often answered right and wrong, and the state of its card."""

    fact: str
    document: str
    right: int
    wrong: int
    card: dict[str, Any]
    aim: str = ""
    """What it was asked about last (``qa.study.question.AIMS``); empty in records of earlier programs."""

    @property
    def due(self) -> dt.datetime:
        """When it is to be asked about again."""
        return dt.datetime.fromisoformat(self.card["due"])

    @property
    def shaky(self) -> bool:
        """Answered wrong and not yet right again as often."""
        return self.wrong > 0 and self.right <= self.wrong


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner by the name typed, with everything answered."""

    name: str
    items: dict[str, ReviewItem] = field(default_factory=dict)
    answered: int = 0
    right: int = 0
    last: str | None = None

    def due(self, now: dt.datetime) -> list[ReviewItem]:
        """What has to come back, longest overdue first."""
        return sorted((item for item in self.items.values() if item.due <= now), key=lambda item: (not item.shaky, item.due))


def named(name: str) -> str:
    """A learner's name as it is kept. Raises ``UsageError`` for one that is none."""
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_LIMIT:
        raise UsageError(f"请写姓名（不超过 {NAME_LIMIT} 字），成绩按姓名记。")
    return plain


def load(corpus: Corpus, name: str) -> Learner:
    """The learner of this name; a new one has answered nothing."""
    name = named(name)
    return _read(name, corpus.setting(_PREFIX + name))


def learners(corpus: Corpus) -> list[Learner]:
    """Everybody who has answered a question here, by name."""
    return [_read(name, value) for name, value in corpus.settings(_PREFIX).items()]


def forget(corpus: Corpus, name: str) -> bool:
    """Erase a learner's record, with a round under way; whether there was one."""
    corpus.drop_setting(ROUND_PREFIX + named(name))
    return corpus.drop_setting(_PREFIX + named(name))


def note_answer(corpus: Corpus, name: str, question: QuizQuestion, right: bool, *, now: dt.datetime | None = None) -> Learner:
    """Keep one answer and plan when its facts come back: at once and often after a wrong one, ever later after right ones."""
    from fsrs import Card, Rating, Scheduler

    moment = now or dt.datetime.now(dt.UTC)
    learner = load(corpus, name)
    scheduler = Scheduler(enable_fuzzing=False)
    items = dict(learner.items)
    for fact, document in subjects(question):
        before = items.get(fact)
        # a card of its own makes one from the clock, and waits for the next tick to do so
        card = Card.from_dict(before.card) if before else Card(card_id=0, due=moment)  # type: ignore[arg-type]
        card, _ = scheduler.review_card(card, Rating.Good if right else Rating.Again, moment)
        items[fact] = ReviewItem(
            fact,
            document,
            (before.right if before else 0) + right,
            (before.wrong if before else 0) + (not right),
            dict(card.to_dict()),
            question.aim,
        )
    after = Learner(
        learner.name, items, learner.answered + 1, learner.right + right, moment.astimezone().isoformat(timespec="minutes")
    )
    corpus.set_setting(_PREFIX + after.name, _written(after))
    return after


def subjects(question: QuizQuestion) -> list[tuple[str, str]]:
    """The facts a question asks about, each with its document."""
    documents = [citation.source_id for citation in question.citations] or [""]
    return [(fact, documents[min(i, len(documents) - 1)]) for i, fact in enumerate(question.facts)]


def score_rows(everybody: Sequence[Learner], now: dt.datetime) -> list[tuple[str, int, int, str, int, str]]:
    """The score sheet: name, answered, right, share, waiting to come back, last day; who has answered most comes first."""
    rows = [
        (
            person.name,
            person.answered,
            person.right,
            f"{round(100 * person.right / person.answered)}%" if person.answered else "—",
            len(person.due(now)),
            (person.last or "—")[:10],
        )
        for person in everybody
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _written(learner: Learner) -> str:
    items = [[i.fact, i.document, i.right, i.wrong, i.card, i.aim] for i in learner.items.values()]
    value = {"answered": learner.answered, "right": learner.right, "last": learner.last, "items": items}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(name: str, text: str | None) -> Learner:
    if not text:
        return Learner(name)
    value = json.loads(text)
    items = {row[0]: ReviewItem(*row) for row in value["items"]}
    return Learner(name, items, value["answered"], value["right"], value["last"])
