"""A quiz: questions of every kind in turn, each checked against its source before it is asked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from corpus.filters import Filters
from corpus.store import Corpus, StoredFact
from graph.codec.records import FactRecord, TargetRecord, TaskRecord, TermRecord
from graph.queries.counted import counted_documents
from qa.study import figure_questions, responsibility_questions, term_questions
from qa.study.facts import StudyFacts
from qa.study.proof import faults
from qa.study.question import QuizQuestion

R = TypeVar("R", bound=FactRecord)
Maker = Iterator[QuizQuestion]
ENOUGH = 200
"""Documents a quiz draws on; of a larger library as many are drawn by lot."""
STRAY = 3
"""Questions in a row about other facts than those asked for, after which a form has nothing more to give."""
ROUNDS = 12
"""How often the facts are gone through when more questions are wanted than there are facts."""


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """The facts a quiz draws on."""

    targets: list[StoredFact[TargetRecord]]
    tasks: list[StoredFact[TaskRecord]]
    terms: list[StoredFact[TermRecord]]


def quiz(
    corpus: Corpus,
    number: int = 10,
    seed: int = 1,
    *,
    region: str | None = None,
    as_of: dt.date | None = None,
    about: Collection[str] = (),
    documents: Collection[str] = (),
) -> list[QuizQuestion]:
    """At most ``number`` questions; the same library, seed and day give the same ones.

    With ``about`` (ids of facts) only those are asked about; ``documents`` (ids) are drawn on however large the library is, even
    where they are copies or former versions of others.

    A fact is asked about once, and again in another form only when all have been; what the documents do not prove is not
    asked, so a small library may give fewer questions.
    """
    day = as_of or dt.date.today()
    study_facts = StudyFacts(corpus)
    wanted = frozenset(about)
    named = {row for row, info in study_facts.infos.items() if info.id in set(documents)}
    inside = corpus.select(Filters(region=region)) if region else None
    chosen = counted_documents(corpus, inside, as_of=day) | named
    study_facts.infos = {row: info for row, info in study_facts.infos.items() if row in chosen}
    if len(study_facts.infos) > ENOUGH:
        rows = sorted(study_facts.infos, key=lambda row: study_facts.infos[row].id)
        chosen = frozenset(random.Random(f"{seed}.文件").sample(rows, ENOUGH)) | named
        study_facts.infos = {row: info for row, info in study_facts.infos.items() if row in chosen}
    facts = QuizFacts(
        _by_id(corpus.facts(TargetRecord, documents=chosen)),
        _by_id(corpus.facts(TaskRecord, documents=chosen)),
        _by_id(corpus.facts(TermRecord, documents=chosen)),
    )
    out: list[QuizQuestion] = []
    seen: set[tuple[str, ...]] = set()
    for turn in range(ROUNDS):
        before = len(out)
        asked: set[str] = set()
        makers = _makers(study_facts, facts, day, f"{seed}.{turn}", wanted)
        while makers and len(out) < number:
            for maker in list(makers):
                question = _next(maker, asked, seen, study_facts, wanted)
                if question is None:
                    makers.remove(maker)
                    continue
                asked |= _subjects(question)
                seen.add((question.prompt, *sorted(question.answer)))
                out.append(question)
                if len(out) == number:
                    return out
        if len(out) == before:
            break
    return out


def _by_id(facts: list[StoredFact[R]]) -> list[StoredFact[R]]:
    # the order in which documents came in must not matter
    return sorted(facts, key=lambda fact: (fact.document_id, fact.id))


def _makers(study_facts: StudyFacts, facts: QuizFacts, day: dt.date, seed: str, wanted: frozenset[str]) -> list[Maker]:
    """One stream of questions for each form; the ``wanted`` facts come first, the others only lend wrong answers."""

    def deal(some: list[StoredFact[R]], form: str) -> tuple[list[StoredFact[R]], random.Random]:
        dice = random.Random(f"{seed}.{form}")
        dealt = dice.sample(some, len(some))
        return sorted(dealt, key=lambda fact: fact.id not in wanted) if wanted else dealt, dice

    def gaps(form: str, make: Callable[[figure_questions.Gap, random.Random], QuizQuestion]) -> Maker:
        dealt, dice = deal(facts.targets, form)
        return _from_gaps(study_facts, dealt, day, dice, make)

    def units(
        form: str, make: Callable[[StudyFacts, responsibility_questions.ResponsibilityItem, random.Random], QuizQuestion | None]
    ) -> Maker:
        dealt, dice = deal(facts.tasks, form)
        return _from_duties(study_facts, dealt, day, dice, make)

    def groups(
        form: str,
        size: int,
        make: Callable[[StudyFacts, list[responsibility_questions.ResponsibilityItem], random.Random], QuizQuestion | None],
    ) -> Maker:
        dealt, dice = deal(facts.tasks, form)
        return _from_groups(study_facts, dealt, day, dice, size, make)

    terms, term_dice = deal(facts.terms, "术语")
    tasks, task_dice = deal(facts.tasks, "时限")
    return [
        gaps("数值单选", figure_questions.choices),
        units("单位单选", responsibility_questions.choices),
        gaps("数值判断", figure_questions.judgements),
        term_questions.terms(study_facts, terms, day, term_dice),
        units("单位多选", responsibility_questions.several),
        gaps("数值填空", figure_questions.blanks),
        groups("任务单选", 12, responsibility_questions.holders),
        units("单位判断", responsibility_questions.judgements),
        responsibility_questions.deadlines(study_facts, tasks, day, task_dice),
        groups("连线", 8, responsibility_questions.matches),
        term_questions.serials(study_facts, random.Random(f"{seed}.文号")),
    ]


def _next(
    maker: Maker, asked: set[str], seen: set[tuple[str, ...]], study_facts: StudyFacts, wanted: frozenset[str]
) -> QuizQuestion | None:
    stray = 0
    for question in maker:
        if wanted and not wanted.intersection(question.facts):
            stray += 1
            if stray == STRAY:
                return None
            continue
        stray = 0
        if (question.prompt, *sorted(question.answer)) in seen or asked & _subjects(question):
            continue
        if not faults(question, study_facts):
            return question
    return None


def _subjects(question: QuizQuestion) -> set[str]:
    """What a question is about: its facts, and the sentences it quotes, which are not to come twice either."""
    return {*question.facts, *(f"{citation.source_id}:{citation.start}" for citation in question.citations)}


def _from_gaps(
    study_facts: StudyFacts,
    facts: list[StoredFact[TargetRecord]],
    day: dt.date,
    dice: random.Random,
    make: Callable[[figure_questions.Gap, random.Random], QuizQuestion],
) -> Maker:
    for gap in figure_questions.gaps(study_facts, facts, day, dice):
        yield make(gap, dice)


def _from_duties(
    study_facts: StudyFacts,
    facts: list[StoredFact[TaskRecord]],
    day: dt.date,
    dice: random.Random,
    make: Callable[[StudyFacts, responsibility_questions.ResponsibilityItem, random.Random], QuizQuestion | None],
) -> Maker:
    for duty in responsibility_questions.duties(study_facts, facts, day, dice):
        question = make(study_facts, duty, dice)
        if question is not None:
            yield question


def _from_groups(
    study_facts: StudyFacts,
    facts: list[StoredFact[TaskRecord]],
    day: dt.date,
    dice: random.Random,
    size: int,
    make: Callable[[StudyFacts, list[responsibility_questions.ResponsibilityItem], random.Random], QuizQuestion | None],
) -> Maker:
    groups: dict[int, list[responsibility_questions.ResponsibilityItem]] = {}
    for duty in responsibility_questions.duties(study_facts, facts, day, dice):
        group = groups.setdefault(duty.fact.document, [])
        group.append(duty)
        if len(group) == size:
            question = make(study_facts, group, dice)
            group.clear()
            if question is not None:
                yield question
    for group in groups.values():
        question = make(study_facts, group, dice) if group else None
        if question is not None:
            yield question
