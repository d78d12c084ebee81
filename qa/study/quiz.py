"""A quiz: questions of every aim in turn, each checked against its source, and for being guessed, before it is asked."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from corpus.filters import Filters
from corpus.store import Corpus, DocumentInfo, StoredFact
from graph.codec.records import FactRecord, ProvisionRecord, TargetRecord, TaskRecord, TermRecord
from graph.queries.counted import counted_documents
from qa.study import (
    condition_questions,
    difference_questions,
    document_questions,
    entitlement_questions,
    figure_questions,
    responsibility_questions,
    term_questions,
    validity_questions,
)
from qa.study.facts import StudyFacts
from qa.study.guessing import is_guessable
from qa.study.proof import faults
from qa.study.question import QuizAim, QuizQuestion
from qa.study.rule_rows import RuleRow, find_rows

R = TypeVar("R", bound=FactRecord)
Maker = Iterator[QuizQuestion]
ENOUGH = 200
"""Documents a quiz draws on; of a larger library as many are drawn by lot."""
STRAY = 3
"""Questions in a row about other facts than those asked for, after which a form has nothing more to give."""
ROUNDS = 12
"""How often the facts are gone through when more questions are wanted than there are facts."""
ROTE: frozenset[QuizAim] = frozenset({"number", "unit", "term", "deadline", "source"})
ROTE_SHARE = 6
"""One question in so many, at most, asks for a bare number, and as many for a unit, a term, a deadline, a place in the documents."""

FEWEST = 10
"""Questions that stay where a library gives too few that ask for more than a word of the text."""
MOST_SHARE = 5
"""One in so many, where a library has too little else."""


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """The facts a quiz draws on."""

    targets: list[StoredFact[TargetRecord]]
    tasks: list[StoredFact[TaskRecord]]
    terms: list[StoredFact[TermRecord]]
    provisions: list[StoredFact[ProvisionRecord]]
    rows: list[RuleRow]


def quiz(
    corpus: Corpus,
    number: int = 10,
    seed: int = 1,
    *,
    region: str | None = None,
    as_of: dt.date | None = None,
    about: Collection[str] = (),
    documents: Collection[str] = (),
    guessable: bool = False,
) -> list[QuizQuestion]:
    """At most ``number`` questions; the same library, seed and day give the same ones.

    With ``about`` (ids of facts, or of whole documents) only those are asked about; ``documents`` (ids) are drawn on however large
    the library is, even where they are copies or former versions of others.

    ``guessable`` also gives what can be guessed (``tools/measure_guessing.py`` learns from it).

    A fact is asked about once, and again in another form only when all have been. What the documents do not prove, or what can be
    guessed, is not asked, and of bare numbers, units, terms, deadlines and places there is at most one question in six each: a small library may give fewer
    questions.
    """
    day = as_of or dt.date.today()
    study_facts = StudyFacts(corpus, day)
    wanted = frozenset(about)
    named = {row for row, info in study_facts.infos.items() if info.id in set(documents)}
    inside = corpus.select(Filters(region=region)) if region else None
    chosen = counted_documents(corpus, inside, as_of=day) | named
    study_facts.infos = {row: info for row, info in study_facts.infos.items() if row in chosen and _has_name(info)}
    chosen = frozenset(study_facts.infos)
    if len(study_facts.infos) > ENOUGH:
        rows = sorted(study_facts.infos, key=lambda row: study_facts.infos[row].id)
        chosen = frozenset(random.Random(f"{seed}.文件").sample(rows, ENOUGH)) | named
        study_facts.infos = {row: info for row, info in study_facts.infos.items() if row in chosen}
    facts = _read_facts(study_facts, chosen, day)
    most = -(-number // ROTE_SHARE)
    counts: Counter[QuizAim] = Counter()
    out: list[QuizQuestion] = []
    seen: set[tuple[str, ...]] = set()
    for turn in range(ROUNDS):
        before = len(out)
        asked: set[str] = set()
        makers = _makers(study_facts, facts, day, f"{seed}.{turn}", wanted)
        while makers and len(out) < number:
            for maker in list(makers):
                question = _next(maker, asked, seen, study_facts, wanted, guessable)
                if question is None or (question.aim in ROTE and counts[question.aim] >= most):
                    makers.remove(maker)
                    continue
                asked |= _subjects(question)
                seen.add(_told_apart(question))
                counts[question.aim] += 1
                out.append(question)
                if len(out) == number:
                    return _balanced(out)
        if len(out) == before:
            break
    return _balanced(out)


def _has_name(info: DocumentInfo) -> bool:
    """Whether a document has a title to ask about it by, not only a list of authorities in brackets."""
    return bool(info.head.title) and not (info.head.title or "").startswith("【")


def _balanced(questions: list[QuizQuestion]) -> list[QuizQuestion]:
    """As many of the questions as keep bare numbers and units to one in five each, and what is only remembered to three in five.

    Of the latter ``FEWEST`` questions stay at any rate: of some libraries nothing else can be asked.
    """
    out = list(questions)
    while len(out) > FEWEST and 5 * sum(q.aim in ROTE for q in out) > 3 * len(out):
        counts = Counter(q.aim for q in out if q.aim in ROTE)
        out.pop(max(i for i, q in enumerate(out) if q.aim == max(sorted(counts), key=lambda aim: counts[aim])))
    for aim in ("number", "unit"):
        while sum(q.aim == aim for q in out) > max(1, len(out) // MOST_SHARE):
            out.pop(max(i for i, q in enumerate(out) if q.aim == aim))
    return out


def _read_facts(study_facts: StudyFacts, chosen: frozenset[int], day: dt.date) -> QuizFacts:
    corpus = study_facts.corpus
    provisions = _by_id(corpus.facts(ProvisionRecord, documents=chosen))
    asked = [fact for fact in provisions if study_facts.standing(fact, day) is not None]
    rows = [row for fact in asked if fact.value.amount for row in find_rows(fact, study_facts.document(fact.document).text)]
    return QuizFacts(
        _by_id(corpus.facts(TargetRecord, documents=chosen)),
        _by_id(corpus.facts(TaskRecord, documents=chosen)),
        _by_id(corpus.facts(TermRecord, documents=chosen)),
        asked,
        rows,
    )


def _by_id(facts: list[StoredFact[R]]) -> list[StoredFact[R]]:
    # the order in which documents came in must not matter
    return sorted(facts, key=lambda fact: (fact.document_id, fact.id))


def _makers(study_facts: StudyFacts, facts: QuizFacts, day: dt.date, seed: str, wanted: frozenset[str]) -> list[Maker]:
    """One stream of questions for each form; the ``wanted`` facts come first, the others only lend wrong answers."""

    def deal(some: list[StoredFact[R]], form: str) -> tuple[list[StoredFact[R]], random.Random]:
        dice = random.Random(f"{seed}.{form}")
        dealt = dice.sample(some, len(some))
        return sorted(dealt, key=lambda fact: fact.id not in wanted) if wanted else dealt, dice

    def chance(form: str) -> random.Random:
        return random.Random(f"{seed}.{form}")

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
    rows = facts.rows
    amounts = entitlement_questions.amounts(study_facts, rows, chance("标准"))
    days = validity_questions.days(study_facts, day, chance("施行日期"))
    changes = difference_questions.changes(study_facts, facts.provisions, chance("调整"))
    members = condition_questions.members(study_facts, day, chance("条件"))
    # what tests understanding and is never short comes twice in each turn
    return [
        amounts,
        days,
        changes,
        members,
        gaps("数值单选", figure_questions.choices),
        entitlement_questions.cases(study_facts, rows, chance("案例")),
        term_questions.terms(study_facts, terms, day, term_dice),
        validity_questions.in_force(study_facts, day, chance("施行文件")),
        difference_questions.places(study_facts, facts.targets, chance("两地")),
        units("单位单选", responsibility_questions.choices),
        document_questions.sources(study_facts, rows, chance("出处")),
        condition_questions.measures(study_facts, day, chance("对象")),
        entitlement_questions.holders(study_facts, rows, chance("情形")),
        validity_questions.lapsed(study_facts, facts.tasks, day, chance("到期")),
        document_questions.parts(study_facts, facts.tasks, day, chance("归属")),
        groups("任务单选", 12, responsibility_questions.holders),
        amounts,
        members,
        changes,
        document_questions.steps(study_facts, day, chance("步骤")),
        validity_questions.repealed(study_facts, day, chance("废止")),
        responsibility_questions.deadlines(study_facts, tasks, day, task_dice),
        days,
        units("单位多选", responsibility_questions.several),
        gaps("数值填空", figure_questions.blanks),
        groups("连线", 8, responsibility_questions.matches),
    ]


def _next(
    maker: Maker, asked: set[str], seen: set[tuple[str, ...]], study_facts: StudyFacts, wanted: frozenset[str], guessable: bool
) -> QuizQuestion | None:
    stray = 0
    for question in maker:
        if wanted and not wanted.intersection((*question.facts, *(citation.source_id for citation in question.citations[:1]))):
            stray += 1
            if stray == (len(study_facts.infos) if question.aim in _OF_DOCUMENTS else STRAY):
                return None
            continue
        stray = 0
        if _told_apart(question) in seen or asked & _subjects(question):
            continue
        if not faults(question, study_facts) and (guessable or not is_guessable(question)):
            return question
    return None


_OF_DOCUMENTS: frozenset[QuizAim] = frozenset({"entitlement", "case", "validity", "difference", "source", "steps"})
"""Aims whose questions are dealt without regard to what is wanted."""


def _told_apart(question: QuizQuestion) -> tuple[str, ...]:
    """What makes a question another one; another day of a term, another number beside a limit makes none."""
    if question.aim in ("validity", "case"):
        return (question.aim, *question.facts)
    return (question.prompt, *sorted(question.answer))


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
