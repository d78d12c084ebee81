"""Questions about time: on which day a document holds, which of several holds, what has lapsed, what replaced it."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.store import StoredFact
from corpus.wordlists import expand
from graph.codec.records import TaskRecord
from graph.documents.status import DocumentStatus, status_on
from graph.named_periods import named_periods
from qa.answer import AnswerCitation
from qa.study.facts import StudyFacts
from qa.study.question import QuizQuestion, typeset

_ENDS = re.compile(expand("qa", r"{term_words}"))
_AFTER = re.compile(expand("qa", r"{periods_named}(?:{after_period})"))
_OF_PARTS = re.compile(r"[)）][条款项][于自从]")
MARGIN = dt.timedelta(days=45)
"""Days that a day asked about lies from the ends of a period: when a document came into force may be uncertain by some weeks."""
_SHORT_TASK = 260
"""Characters of a task that is limited as a whole where it is limited at all."""
_LONGEST_PERIOD = dt.timedelta(days=366 * 8)


@dataclass(frozen=True, slots=True)
class ForceTerm:
    """The time a document holds, by its own words, with the places that say so."""

    row: int
    start: dt.date
    end: dt.date
    citations: tuple[AnswerCitation, ...]

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies within, by a margin."""
        return self.start + MARGIN <= day <= self.end - MARGIN

    def is_over(self, day: dt.date) -> bool:
        """Whether a day lies outside, by a margin."""
        return day <= self.start - MARGIN or day >= self.end + MARGIN


def find_terms(study_facts: StudyFacts, as_of: dt.date) -> list[ForceTerm]:
    """The documents whose own words give the first and the last day."""
    out = []
    for row in sorted(study_facts.infos, key=lambda row: study_facts.infos[row].id):
        info = study_facts.infos[row]
        state = status_on(study_facts.corpus, info, as_of)
        start = state.effective_on or info.head.issued_on or info.head.published_on
        if (
            state.status == "征求意见稿"
            or not state.expires_on
            or not start
            or not info.head.title
            or "title" in info.head.inferred
            or len(start) < 10
        ):
            continue
        if state.evidence is None or state.evidence.span is None or state.evidence.document != row:
            continue
        if not _ENDS.search(state.evidence.quote) or _OF_PARTS.search(state.evidence.quote):
            continue  # only some of its articles, or: the years of a plan in its title are no term of force
        cited = [study_facts.cite_place(row, state.evidence.span)]
        issued = info.head.spans.get("effective_on") or info.head.spans.get("issued_on") or info.head.spans.get("published_on")
        if issued is not None and not state.evidence.span.covers(issued):
            cited.append(study_facts.cite_place(row, issued))
        first, last = dt.date.fromisoformat(start[:10]), dt.date.fromisoformat(state.expires_on[:10])
        if 2 * MARGIN < last - first < _LONGEST_PERIOD:
            out.append(ForceTerm(row, first, last, tuple(cited)))
    return out


def days(study_facts: StudyFacts, as_of: dt.date, dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: on which of four days a document could be applied; the others lie before it and after it."""
    terms = find_terms(study_facts, as_of)
    for term in dice.sample(terms, len(terms)):
        inside = _day(term.start + MARGIN, term.end - MARGIN, dice)
        after = dice.randrange(4)
        reach = max(term.end - term.start, dt.timedelta(days=240))
        wrong = [_day(term.start - reach - MARGIN, term.start - MARGIN, dice) for _ in range(3 - after)]
        wrong += [_day(term.end + MARGIN, term.end + reach + MARGIN, dice) for _ in range(after)]
        if len({inside, *wrong}) < 4:
            continue
        options = sorted({inside, *wrong})
        prompt = f"只看文件自己写明的起止时间，下列哪一天办理的事项可以按《{study_facts.title_at(term.row)}》执行？"
        yield _question(study_facts, prompt, _written(inside), [_written(day) for day in options], [term])


def in_force(study_facts: StudyFacts, as_of: dt.date, dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: which of four documents held on a day, each by its own words."""
    terms = find_terms(study_facts, as_of)
    for term in dice.sample(terms, len(terms)):
        day = _day(term.start + MARGIN, term.end - MARGIN, dice)
        title = study_facts.title_at(term.row)
        others = [other for other in terms if other.row != term.row and other.is_over(day)]
        dice.shuffle(others)
        before = [other for other in others if other.end < day]
        later = [other for other in others if other.start > day]
        count = dice.randrange(4)
        chosen = [*before[:count], *later[: 3 - count]]
        names = {study_facts.title_at(other.row): other for other in chosen}
        if len(names) < 3 or title in names:
            continue
        options = [title, *names]
        dice.shuffle(options)
        prompt = f"按各文件自己写明的起止时间，{_written(day)}仍在施行的是下列哪一份文件？"
        yield _question(study_facts, prompt, title, options, [term, *names.values()])


def repealed(study_facts: StudyFacts, as_of: dt.date, dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: which document put another out of force; the others are of like names."""
    infos = study_facts.infos
    for row in dice.sample(sorted(infos), len(infos)):
        state = status_on(study_facts.corpus, infos[row], as_of)
        by = _repealing(study_facts, row, state)
        if by is None or state.evidence is None or state.evidence.span is None:
            continue
        old, new = study_facts.title_at(row), study_facts.title_at(by)
        likely = sorted(
            {study_facts.title_at(other) for other in infos if other not in (row, by)} - {old, new},
            key=lambda title: -SequenceMatcher(None, new, title).ratio(),
        )[:6]
        if len(likely) < 3 or old == new:
            continue
        options = [new, *dice.sample(likely, 3)]
        dice.shuffle(options)
        prompt = f"《{old}》已经废止。是下列哪一份文件使它停止执行的？"
        cite = study_facts.cite_place(by, state.evidence.span)
        yield QuizQuestion(
            "single", prompt, (new,), (cite,), tuple(options), facts=(f"{infos[row].id}:时效",), proof=("废止",), aim="validity"
        )


def lapsed(
    study_facts: StudyFacts, tasks: Sequence[StoredFact[TaskRecord]], as_of: dt.date, dice: random.Random
) -> Iterator[QuizQuestion]:
    """单选: which of four tasks of a document was limited to a named period of policy (过渡期) that is over."""
    groups: dict[int, tuple[list[StoredFact[TaskRecord]], list[StoredFact[TaskRecord]]]] = {}
    for fact in tasks:
        if not 4 <= len(fact.value.name) <= 34 or not study_facts.binding(fact, as_of):
            continue
        limited = study_facts.ended_period(fact, as_of)
        groups.setdefault(fact.document, ([], []))[limited is None].append(fact)
    for row in dice.sample(sorted(groups), len(groups)):
        over, others = groups[row]
        names = {typeset(fact.value.name) for fact in over}
        free = [fact for fact in others if typeset(fact.value.name) not in names and not _mentions_period(fact)]
        for fact in dice.sample(over, min(2, len(over))):
            period = study_facts.ended_period(fact, as_of)
            if period is None or len(free) < 3 or _mentions_period(fact, name_only=True):
                continue
            # of a long task only a part may be limited; the years of a plan limit nothing
            if not period.context or len(fact.value.quote) > _SHORT_TASK or _AFTER.search(fact.value.quote):
                continue
            right = typeset(fact.value.name)
            wrong = list(dict.fromkeys(typeset(other.value.name) for other in dice.sample(free, len(free))))[:3]
            if len(wrong) < 3:
                continue
            options = [right, *wrong]
            dice.shuffle(options)
            prompt = (
                f"《{study_facts.title(fact)}》的下列任务中，哪一项限于{period.name}（{period.start.year}—{period.end.year}年），"
                f"到{_written(as_of)}已经到期、不能再直接照办？"
            )
            words = [marker for marker in period.markers if marker in "".join(fact.value.quote.split())]
            yield QuizQuestion(
                "single", prompt, (right,), (study_facts.cite(fact),), tuple(options), facts=(fact.id,), proof=tuple(words[:1]),
                aim="validity",
            )  # fmt: skip


def _mentions_period(fact: StoredFact[TaskRecord], *, name_only: bool = False) -> bool:
    said = fact.value.name if name_only else f"{fact.value.name}{fact.value.quote}"
    return any(marker in said for period in named_periods().values() for marker in (*period.markers, period.name.strip("“”")))


def _repealing(study_facts: StudyFacts, row: int, state: DocumentStatus) -> int | None:
    if state.status != "已废止" or state.evidence is None or state.evidence.span is None:
        return None
    by = state.evidence.document
    return by if by is not None and by != row and study_facts.corpus.heads[by].head.title else None


def _day(first: dt.date, last: dt.date, dice: random.Random) -> dt.date:
    return first + dt.timedelta(days=dice.randrange(max(1, (last - first).days + 1)))


def _written(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _question(study_facts: StudyFacts, prompt: str, answer: str, options: list[str], terms: list[ForceTerm]) -> QuizQuestion:
    citations = tuple(citation for term in terms for citation in term.citations)
    facts = (f"{study_facts.infos[terms[0].row].id}:时效",)
    return QuizQuestion(
        "single", prompt, (answer,), citations, tuple(options), facts=facts, proof=(terms[0].citations[0].quote,), aim="validity"
    )
