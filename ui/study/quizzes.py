"""A quiz: questions of every kind in turn, each checked against its source before it is asked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator

from corpus.filters import Filters
from corpus.store import Corpus, StoredFact
from ui.study import duties, figures, meanings
from ui.study.proof import faults
from ui.study.questions import Question
from ui.study.shelf import Shelf

Maker = Iterator[Question]


def quiz(
    corpus: Corpus,
    number: int = 10,
    seed: int = 1,
    *,
    region: str | None = None,
    as_of: dt.date | None = None,
) -> list[Question]:
    """At most ``number`` questions; the same library, seed and day give the same ones.

    A fact is asked about once; what the documents do not prove is not asked, so a small library gives fewer questions.
    """
    day = as_of or dt.date.today()
    shelf = Shelf(corpus)
    documents = corpus.select(Filters(region=region)) if region else None
    if documents is not None:
        shelf.infos = {row: info for row, info in shelf.infos.items() if row in documents}

    def shuffled(kind: str, salt: str) -> list[StoredFact]:
        # by id first: the order in which documents came in must not matter
        facts = sorted(corpus.facts(kind, documents=documents), key=lambda fact: (fact.document_id, fact.id))
        random.Random(f"{seed}{salt}").shuffle(facts)
        return facts

    def dice(salt: str) -> random.Random:
        return random.Random(f"{seed}{salt}")

    makers: list[Maker] = [
        _from_gaps(shelf, shuffled("target", "单选"), day, dice("单选"), figures.choices),
        _from_duties(shelf, shuffled("task", "单位"), day, dice("单位"), duties.choices),
        _from_gaps(shelf, shuffled("target", "判断"), day, dice("判断"), figures.judgements),
        meanings.terms(shelf, shuffled("term", "术语"), day, dice("术语")),
        _from_duties(shelf, shuffled("task", "多选"), day, dice("多选"), duties.several),
        _from_gaps(shelf, shuffled("target", "填空"), day, dice("填空"), figures.blanks),
        _from_groups(shelf, shuffled("task", "连线"), day, dice("连线")),
        duties.deadlines(shelf, shuffled("task", "时限"), day, dice("时限")),
        _from_duties(shelf, shuffled("task", "单位判断"), day, dice("单位判断"), duties.judgements),
        meanings.serials(shelf, dice("文号")),
    ]
    asked: set[str] = set()
    out: list[Question] = []
    while makers and len(out) < number:
        for maker in list(makers):
            question = _next(maker, asked, shelf)
            if question is None:
                makers.remove(maker)
                continue
            asked.update(_subjects(question))
            out.append(question)
            if len(out) == number:
                break
    return out


def _next(maker: Maker, asked: set[str], shelf: Shelf) -> Question | None:
    for question in maker:
        if not asked.intersection(_subjects(question)) and not faults(question, shelf):
            return question
    return None


def _subjects(question: Question) -> set[str]:
    """What a question is about: its facts, and the sentences it quotes, which are not to come twice either."""
    return {*question.facts, *(f"{citation.source_id}:{citation.start}" for citation in question.citations)}


def _from_gaps(
    shelf: Shelf,
    facts: list[StoredFact],
    day: dt.date,
    dice: random.Random,
    make: Callable[[figures.Gap, random.Random], Question],
) -> Maker:
    for gap in figures.gaps(shelf, facts, day, dice):
        yield make(gap, dice)


def _from_duties(
    shelf: Shelf,
    facts: list[StoredFact],
    day: dt.date,
    dice: random.Random,
    make: Callable[[Shelf, duties.Duty, random.Random], Question | None],
) -> Maker:
    for duty in duties.duties(shelf, facts, day, dice):
        question = make(shelf, duty, dice)
        if question is not None:
            yield question


def _from_groups(shelf: Shelf, facts: list[StoredFact], day: dt.date, dice: random.Random) -> Maker:
    groups: dict[int, list[duties.Duty]] = {}
    for duty in duties.duties(shelf, facts, day, dice):
        group = groups.setdefault(duty.fact.document, [])
        group.append(duty)
        # a handful to choose from, then the next handful
        if len(group) == 8:
            question = duties.matches(shelf, group, dice)
            group.clear()
            if question is not None:
                yield question
    for group in groups.values():
        question = duties.matches(shelf, group, dice)
        if question is not None:
            yield question
