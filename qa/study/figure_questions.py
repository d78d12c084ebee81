"""Questions about figures: a sentence of a document with its number left out."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import Span
from corpus.store import StoredFact
from graph.codec.records import TargetRecord
from qa.answer import AnswerCitation
from qa.study.facts import StudyFacts
from qa.study.question import BLANK, QuizQuestion, closed, typeset

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONGEST = 110
"""Characters of a sentence that still reads as one question."""
_SHORTEST = 12
SHORT_NAME = 6
"""Characters of a name in a row of names that is counted (甲县、乙县2个县)."""
_CUTS = "，,、"
_HEADING = re.compile(r"\d{1,2}、\d|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")
_LISTED = re.compile(
    r"(?:个|项|大|类|条)?(?:方面|部分|环节|步骤|要点|类别|类型|专栏)|(?:项|条)(?:主要|重点)?(?:任务|工作|措施|举措)"
)
"""What a number counts that the sentence then lists: nothing worth learning."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure in its sentence: what stands before and after its number, as printed in a question."""

    fact: StoredFact[TargetRecord]
    number: str
    value: str
    before: str
    after: str
    lead: str
    note: str
    citation: AnswerCitation
    rivals: tuple[str, ...]
    """Numbers that are wrong in this place, most plausible first."""

    @property
    def blanked(self) -> str:
        """The sentence with the whole value left out."""
        return f"{self.before}{BLANK}{self.after}"


def gaps(study_facts: StudyFacts, facts: list[StoredFact[TargetRecord]], as_of: dt.date, dice: random.Random) -> Iterator[Gap]:
    """The figures that can be asked about."""
    pools: dict[str, list[StoredFact[TargetRecord]]] = {}
    for fact in facts:
        pools.setdefault(fact.value.unit or "", []).append(fact)
    for fact in facts:
        gap = _gap(study_facts, fact, pools[fact.value.unit or ""], as_of, dice)
        if gap is not None:
            yield gap


def choices(gap: Gap, dice: random.Random) -> QuizQuestion:
    """单选: which value stands in the document."""
    wrong = [gap.value.replace(gap.number, number) for number in gap.rivals[:3]]
    options = [gap.value, *wrong]
    dice.shuffle(options)
    prompt = f"{gap.lead}下面这句话的空白处应填哪个数值？\n   {typeset(closed(gap.blanked))}"
    return QuizQuestion(
        "single", prompt, (gap.value,), (gap.citation,), tuple(options), note=gap.note, facts=(gap.fact.id,), aim="number"
    )


def blanks(gap: Gap, _: random.Random) -> QuizQuestion:
    """填空: the number itself."""
    prompt = f"{gap.lead}请按原文填写空白处的数字：\n   {typeset(closed(gap.blanked.replace(BLANK, gap.value.replace(gap.number, BLANK))))}"
    return QuizQuestion("fill", prompt, (gap.number,), (gap.citation,), note=gap.note, facts=(gap.fact.id,), aim="number")


def _gap(
    study_facts: StudyFacts,
    fact: StoredFact[TargetRecord],
    pool: list[StoredFact[TargetRecord]],
    as_of: dt.date,
    dice: random.Random,
) -> Gap | None:
    value = fact.value.value_text
    numbers = _NUMBER.findall(value)
    if numbers:
        # the words before the number (不低于, 至少) stay in the sentence
        value = value[value.index(numbers[0]) :]
    # a year is no figure to be learnt, and a value of two numbers cannot lose one of them
    if len(numbers) != 1 or fact.value.unit == "年" or fact.value.place:
        return None
    text = study_facts.document(fact.document).text
    sentence = study_facts.sentence(fact)
    line = sentence.of(text)
    if (
        line[:1] in "”’）)》"
        or _HEADING.match(text, sentence.start)
        or "\n" in line
        or line.count(value) != 1
        or not fact.value.quote.count(value)
    ):
        return None
    if _LISTED.match(line[line.index(value) + line[line.index(value) :].index(numbers[0]) + len(numbers[0]) :]):
        return None
    if _told(line, numbers[0], line.index(value)):
        return None
    note = study_facts.standing(fact, as_of)
    if note is None:
        return None
    at = sentence.start + line.index(value)
    shown = _shown(text, sentence, Span(at, at + len(value)))
    if shown is None or len(shown) - len(value) < _SHORTEST:
        return None
    rivals = _rivals(fact, numbers[0], pool, line, dice)
    if len(rivals) < 3:
        return None
    year = fact.value.by_year
    before, after = text[shown.start : at], text[at + len(value) : shown.end]
    # where the cut took the year away, the question says it
    when = f"提出的{year}年目标" if year and str(year) not in before + after and fact.value.kind == "target" else ""
    lead = f"《{study_facts.title(fact)}》{when}中，"
    return Gap(fact, numbers[0], value, before, after, lead, note, study_facts.cite(fact, shown), tuple(rivals))


def _told(line: str, number: str, at: int) -> bool:
    """Whether the rest of the sentence gives the number away: others add up to it, or it counts the names before it."""
    before, after = line[:at], line[at + len(number) :]
    others = [float(found) for found in _NUMBER.findall(before) + _NUMBER.findall(after)]
    if len(others) > 1 and sum(others) == float(number):
        return True
    names = re.split("[，,；;：:]", before)[-1].split("、")
    count = int(float(number))
    return 2 <= count <= len(names) and all(0 < len(name) <= SHORT_NAME for name in names[1 - count :])


def _shown(text: str, sentence: Span, value: Span) -> Span | None:
    """The part of a sentence that is printed: all of it, or the clauses around the value."""
    if len(sentence) <= _LONGEST:
        return sentence
    start = end = -1
    for cut in _CUTS[:2]:
        found = text.rfind(cut, max(sentence.start, value.start - 60), value.start)
        start = max(start, found + 1 if found >= 0 else -1)
    stops = [at for cut in _CUTS[:2] if (at := text.find(cut, value.end, min(sentence.end, value.end + 60))) >= 0]
    start = start if start >= 0 else (sentence.start if value.start - sentence.start <= 60 else -1)
    end = min(stops) if stops else (sentence.end if sentence.end - value.end <= 60 else -1)
    return Span(start, end).trimmed(text) if start >= 0 and end >= 0 else None


def _rivals(
    fact: StoredFact[TargetRecord], number: str, pool: list[StoredFact[TargetRecord]], line: str, dice: random.Random
) -> list[str]:
    """Numbers of other facts in the same measure, then near ones; none that the sentence or the same indicator has."""
    taken = {float(found) for found in _NUMBER.findall(line)}
    same = [f for f in pool if f.value.indicator == fact.value.indicator and f.document == fact.document]
    taken |= {float(found) for f in same for found in _NUMBER.findall(f.value.value_text)}
    digits = len(number.partition(".")[2])
    true = float(number)
    out: list[str] = []

    percent = fact.value.unit in ("%", "％")

    def offer(candidate: str) -> None:
        # 100%以上 and 0个 convince nobody
        if float(candidate) > 0 and not (percent and float(candidate) >= 100) and float(candidate) not in taken:
            taken.add(float(candidate))
            out.append(candidate)

    others = [f for f in pool if f.document != fact.document] + [f for f in pool if f.document == fact.document]
    for other in others:
        found = _NUMBER.findall(other.value.value_text)
        # a number of another size gives itself away
        if len(found) == 1 and true / 5 <= float(found[0]) <= true * 5 and len(found[0].partition(".")[2]) <= digits:
            offer(found[0])
        if len(out) == 2:
            break
    factors = [0.6, 0.75, 0.8, 0.9, 1.1, 1.2, 1.25, 1.5, 2.0]
    dice.shuffle(factors)
    for factor in factors:
        offer(_near(true * factor, number, digits))
    if digits == 0:
        for step in (1, 2, 3, 4):
            offer(str(int(true) + step))
    return out


def _near(value: float, number: str, digits: int) -> str:
    """A number as round as the true one: 45 → 54, 1355 → 1626, 3293.9 → 2964.5, 17500 → 14000."""
    if digits:
        return f"{value:.{digits}f}"
    zeros = len(number) - len(number.rstrip("0"))
    # the roundness of the true number would give it away
    step = 10 ** min(zeros, max(0, len(str(int(value))) - 1))
    return str(int(round(value / step) * step))
