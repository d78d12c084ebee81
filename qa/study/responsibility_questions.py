"""Questions about who is responsible for a task and by when it has to be done."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.folding import fold
from corpus.store import StoredFact
from corpus.wordlists import expand
from graph.codec.records import TaskRecord
from graph.units.resolve import parts_of
from qa.study.facts import StudyFacts
from qa.study.question import QuizQuestion, QuizQuestionKind, inner, typeset

_GENERAL = re.compile(
    r"有关|相关|各|成员单位|部门|本级|等$|^(?:省|市|州|县|区|县市|县区)?(?:党委|政府|人民政府)$|县市|市县|乡镇|街道|[处科室股]$"
)
"""Names that mean no one unit: their members might be any other option."""
_OPEN = re.compile(r"[各市县区]?(?:相关|有关)(?:部门|单位)")
_DATED = re.compile(r"20\d\d年")
_NAME = re.compile(r"[^\n]{4,34}")
_DONE = re.compile(expand("qa", r"{deadline_words}"))
_LABEL = re.compile(expand("qa", r"(?:{deadline_labels})[^，,。；;]{0,3}$"))
_WHOLE = 200
"""Characters of a task whose deadline is that of the task, not of a part."""


LAPSED = "任务涉及过渡期等已届满的时期，本题考查文件当时的分工。"


@dataclass(frozen=True, slots=True)
class ResponsibilityItem:
    """A task with the units that have it in one role, and units of the same document that have nothing to do with it."""

    fact: StoredFact[TaskRecord]
    name: str
    role: str
    units: tuple[str, ...]
    strangers: tuple[str, ...]
    note: str


def duties(
    study_facts: StudyFacts, tasks: list[StoredFact[TaskRecord]], as_of: dt.date, dice: random.Random
) -> Iterator[ResponsibilityItem]:
    """The tasks whose units can be asked about: clearly named, with no general “有关部门” among them."""
    pools: dict[int, list[str]] = {}
    names = Counter((fact.document, fold(fact.value.name)) for fact in tasks)
    for fact in tasks:
        pools.setdefault(fact.document, []).extend(u.name for u in fact.value.units if not _GENERAL.search(u.name))
    for fact in tasks:
        task = fact.value
        if names[fact.document, fold(task.name)] > 1 or not _NAME.fullmatch(task.name):
            continue
        if any(f"{unit.name}等" in task.quote for unit in task.units):
            continue
        role, named = ("牵头", task.lead_units) if task.lead_units else ("负责", task.responsible_units)
        units = tuple(name for name in named if not _GENERAL.search(name))
        if _OPEN.search(task.quote):
            continue  # who else belongs to them is not said
        if not units or any(re.search("有关|相关|成员单位|各部门", unit.name) for unit in task.units):
            continue
        note = study_facts.standing(fact, as_of)
        if note is None and not study_facts.binding(fact, as_of):
            continue
        strangers = [name for name in dict.fromkeys(pools[fact.document]) if _stranger(fact, name)]
        dice.shuffle(strangers)
        yield ResponsibilityItem(fact, task.name, role, units, tuple(strangers), LAPSED if note is None else note)


def choices(study_facts: StudyFacts, duty: ResponsibilityItem, dice: random.Random) -> QuizQuestion | None:
    """单选: which of four units has the task."""
    if len(duty.strangers) < 3:
        return None
    right = dice.choice(duty.units)
    options = [right, *duty.strangers[:3]]
    dice.shuffle(options)
    ask = "牵头单位是下列哪一个" if duty.role == "牵头" else "责任单位包括下列哪一个"
    prompt = f"按《{study_facts.title(duty.fact)}》，“{shown(duty.name)}”这项任务的{ask}？"
    return _question(study_facts, "single", prompt, (right,), options, duty)


def several(study_facts: StudyFacts, duty: ResponsibilityItem, dice: random.Random) -> QuizQuestion | None:
    """多选: which units have the task."""
    if len(duty.units) < 2 or len(duty.strangers) < 2:
        return None
    count = min(len(duty.units), dice.choice((2, 3)))
    right = dice.sample(duty.units, count)
    options = [*right, *duty.strangers[: 5 - count]]
    dice.shuffle(options)
    ask = "牵头单位是下列哪几个" if duty.role == "牵头" else "责任单位包括下列哪几个"
    prompt = f"按《{study_facts.title(duty.fact)}》，“{shown(duty.name)}”这项任务的{ask}？"
    return _question(study_facts, "multiple", prompt, tuple(right), options, duty)


def holders(study_facts: StudyFacts, group: list[ResponsibilityItem], dice: random.Random) -> QuizQuestion | None:
    """单选: which of four tasks of one document a unit has."""
    right, *others = group
    unit = dice.choice(right.units)
    wrong = [duty for duty in others if _stranger(duty.fact, unit)][:3]
    if len(wrong) < 3:
        return None
    options = [duty.name for duty in (right, *wrong)]
    dice.shuffle(options)
    verb = "牵头单位是" if right.role == "牵头" else "责任单位包括"
    prompt = f"按《{study_facts.title(right.fact)}》，下列哪项任务的{verb}{unit}？"
    return _question(study_facts, "single", prompt, (right.name,), options, right, (unit,))


def matches(study_facts: StudyFacts, group: list[ResponsibilityItem], dice: random.Random) -> QuizQuestion | None:
    """连线: three or four tasks of one document, each with the one unit among the options that has it."""
    chosen: list[tuple[ResponsibilityItem, str]] = []
    for duty in group:
        for unit in dice.sample(duty.units, len(duty.units)):
            # each unit must be a stranger to every other task, so that only one matching holds
            if all(_stranger(other.fact, unit) and _stranger(duty.fact, taken) for other, taken in chosen):
                chosen.append((duty, unit))
                break
        if len(chosen) == 4:
            break
    if len(chosen) < 3:
        return None
    options = [unit for _, unit in chosen]
    dice.shuffle(options)
    title = study_facts.title(chosen[0][0].fact)
    return QuizQuestion(
        "match",
        f"按《{title}》，把下列任务与承担任务的单位连起来。",
        tuple(unit for _, unit in chosen),
        tuple(study_facts.cite(duty.fact) for duty, _ in chosen),
        tuple(options),
        tuple(duty.name for duty, _ in chosen),
        next((duty.note for duty, _ in chosen if duty.note), ""),
        tuple(duty.fact.id for duty, _ in chosen),
        aim="unit",
    )


def deadlines(
    study_facts: StudyFacts, facts: list[StoredFact[TaskRecord]], as_of: dt.date, dice: random.Random
) -> Iterator[QuizQuestion]:
    """单选: by when a task has to be done; the others are deadlines of other tasks."""
    names = Counter((fact.document, fold(fact.value.name)) for fact in facts)
    # only days and months: “到2025年” and “三年内” beside them would give the answer away
    dated = [f for f in facts if _DATED.match(f.value.deadline or "") and f.value.deadline_iso]
    dated = [f for f in dated if _NAME.fullmatch(f.value.name)]
    for fact in dated:
        right, day = fact.value.deadline or "", fact.value.deadline_iso or ""
        if names[fact.document, fold(fact.value.name)] > 1 or not _sets_deadline(fact.value.quote, right):
            continue
        quote = fold(fact.value.quote)
        others: dict[str, str] = {}
        for other in dice.sample(dated, len(dated)):
            text, other_day = other.value.deadline or "", other.value.deadline_iso or ""
            if other_day != day and fold(text) not in quote and fold(right) not in fold(text):
                others.setdefault(other_day, text)
        note = study_facts.standing(fact, as_of)
        if day[:4] in study_facts.title(fact):
            others = {d: text for d, text in others.items() if d[:4] == day[:4]}
        earlier, later = (sorted(d for d in others if (d < day) == before) for before in (True, False))
        # first, last or between: the place among the days must tell nothing
        ranks = [rank for rank in range(4) if rank <= len(earlier) and 3 - rank <= len(later)]
        if not ranks or note is None:
            continue
        rank = dice.choice(ranks)
        wrong = [*dice.sample(earlier, rank), *dice.sample(later, 3 - rank)]
        options = [right, *(others[d] for d in wrong)]
        dice.shuffle(options)
        prompt = f"按《{study_facts.title(fact)}》，“{shown(fact.value.name)}”这项任务应在什么时候完成？"
        yield QuizQuestion(
            "single", prompt, (right,), (study_facts.cite(fact),), tuple(options), note=note, facts=(fact.id,), aim="deadline"
        )


def _sets_deadline(quote: str, deadline: str) -> bool:
    """Whether a quote says by a time that something is to be done then: 2027年6月底前完成, 完成时限：2027年6月."""
    at = quote.find(deadline)
    if at < 0 or len(quote) > _WHOLE:
        return False
    clause = re.split(r"[，,。；;\n]", quote[at + len(deadline) : at + len(deadline) + 24])[0]
    return _DONE.search(clause) is not None or _LABEL.search(quote[max(0, at - 10) : at]) is not None


def shown(name: str) -> str:
    """The name of a task between quotation marks."""
    return typeset(inner(name))


@lru_cache(maxsize=4096)
def _folded(quote: str) -> str:
    return fold(quote)


@lru_cache(maxsize=4096)
def _bare(unit: str) -> str:
    """A unit without its level, folded: a task may say 财政局 where another says 州财政局."""
    return fold(re.sub(r"^(?:省|市|州|县|区|地区|行署)", "", unit))


def _question(
    study_facts: StudyFacts,
    kind: QuizQuestionKind,
    prompt: str,
    answer: tuple[str, ...],
    options: list[str],
    duty: ResponsibilityItem,
    proof: tuple[str, ...] = (),
) -> QuizQuestion:
    cite = (study_facts.cite(duty.fact),)
    return QuizQuestion(
        kind, prompt, answer, cite, tuple(options), note=duty.note, facts=(duty.fact.id,), proof=proof, aim="unit"
    )


def _stranger(fact: StoredFact[TaskRecord], unit: str) -> bool:
    """Whether a unit has no part in a task: not under this name, nor another name of it, nor as a part of it."""
    body = parts_of(unit)
    for other in fact.value.units:
        name = other.name
        if unit in name or name in unit:
            return False
        theirs = parts_of(name)
        if body and theirs and body.usual == theirs.usual:
            return False
    bare = _bare(unit)
    return bare not in _folded(fact.value.quote)
