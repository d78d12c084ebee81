"""Questions about what is due: how much somebody gets, who gets it, and made persons on one side of a limit or the other."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from corpus.document import Span
from corpus.folding import fold
from corpus.numerals import half_width
from corpus.wordlists import word_lists
from graph.quantities.find import find_quantities
from graph.quantities.quantity import Quantity
from qa.study.facts import StudyFacts
from qa.study.numbers import Amount, draw_wrong
from qa.study.question import QuizAim, QuizQuestion, inner, typeset
from qa.study.rule_rows import RuleRow

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SAME = 0.6
"""Likeness from which two situations with the same numbers may be one (烈属家庭, 烈士家属)."""
_AROUND = 300
"""Characters before and behind a row in which another limit in the same unit may give another rule."""
_SAYS_WHAT = 14
"""Characters of a situation from which one can be asked about without the heading above it."""
NOT_MET = "不够这一条的条件"
_BOUND_LEFT = re.compile(r"^[)）]?\s?(?:[(（]?不?含|及?以[上下内]|之内|内)|^(?:[-—–~～至到一]\s?\d)")
_BOUND_RIGHT = re.compile(r"(?:[(（]|不?含|[-—–~～])$")


def amounts(study_facts: StudyFacts, rows: Sequence[RuleRow], dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: what a situation gets; the other amounts are those of other situations."""
    pools = _by_unit(rows)
    twice = _said_twice(study_facts, rows)
    for row in dice.sample(rows, len(rows)):
        if _key(study_facts, row) in twice:
            continue
        made = _rules(study_facts, row, pools[row.quantity.unit or ""], dice, 3)
        if made is None:
            continue
        right, wrong = made
        options = [right, *wrong]
        dice.shuffle(options)
        said, opening = situation(study_facts, row), _opening(study_facts, row)
        if len(said) < _SAYS_WHAT and opening == _title(study_facts, row):
            continue
        prompt = f"{opening}，下面的情形适用哪一项规定？\n   {said}……"
        yield row_question(study_facts, "entitlement", prompt, right, options, row)


def holders(study_facts: StudyFacts, rows: Sequence[RuleRow], dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: which of four situations of one document a rule is for; the others have other amounts of the same kind."""
    groups: dict[tuple[int, str, str], list[RuleRow]] = defaultdict(list)
    for row in rows:
        rule = _rule(study_facts, row)
        groups[row.fact.document, row.quantity.unit or "", rule[:2]].append(row)
    twice = _said_twice(study_facts, rows)
    for key in dice.sample(sorted(groups), len(groups)):
        group = [row for row in groups[key] if _key(study_facts, row) not in twice]
        dice.shuffle(group)
        for right in group[:2]:
            others: dict[str, RuleRow] = {}
            for row in group:
                said = situation(study_facts, row)
                if row.quantity.value != right.quantity.value and _is_other(said, situation(study_facts, right)):
                    others.setdefault(said, row)
            if len(others) < 3:
                continue
            wrong = list(others)[:3]
            options = [situation(study_facts, right), *wrong]
            dice.shuffle(options)
            prompt = f"{_title(study_facts, right)}，下列哪一种情形适用“{inner(_rule(study_facts, right))}”？"
            yield row_question(study_facts, "entitlement", prompt, situation(study_facts, right), options, right)


def cases(study_facts: StudyFacts, rows: Sequence[RuleRow], dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: a made person or firm beside a limit of a situation: which rule it comes under, or that it meets none of this provision."""
    pools = _by_unit(rows)
    ladders: dict[str, list[tuple[RuleRow, Quantity]]] = defaultdict(list)
    for row in rows:
        limit = _limit(study_facts, row)
        if limit is not None:
            ladders[row.fact.id].append((row, limit))
    for id in dice.sample(sorted(ladders), len(ladders)):
        ladder = ladders[id]
        row, limit = dice.choice(ladder)
        values = _values(limit, dice)
        within = dice.random() < 0.75
        fitting = [v for v in values if _meets(limit, v) == within and sum(_meets(other, v) for _, other in ladder) == within]
        made = _rules(study_facts, row, pools[row.quantity.unit or ""], dice, 2)
        if not fitting or made is None or (not within and _has_other_limits(study_facts, row, limit)):
            continue
        right, wrong = made
        value = dice.choice(fitting)
        text = study_facts.document(row.fact.document).text
        said = text[row.situation.start : limit.span.start] + f"{value:g}{limit.unit}" + text[limit.span.end : row.situation.end]
        options = [right, *wrong]
        dice.shuffle(options)
        options.append(NOT_MET)
        who = dice.choice(word_lists("qa")["case_names"])
        prompt = f"{who}遇到的情形如下。{_opening(study_facts, row)}，适用哪一项？\n   {typeset(said.strip())}……"
        proof = (limit.core.of(text),)
        yield row_question(study_facts, "case", prompt, right if within else NOT_MET, options, row, proof)


def _has_other_limits(study_facts: StudyFacts, row: RuleRow, limit: Quantity) -> bool:
    """Whether near a row there are other numbers in the unit of its limit: who does not meet it may meet what they say."""
    text = half_width(study_facts.document(row.fact.document).text)
    before, behind = text[max(0, row.whole.start - _AROUND) : row.whole.start], text[row.whole.end : row.whole.end + _AROUND]
    return re.search(rf"\d\s?{re.escape(limit.unit or '')}", f"{before}|{behind}") is not None


def situation(study_facts: StudyFacts, row: RuleRow) -> str:
    """A situation as printed."""
    return typeset(row.situation.of(study_facts.document(row.fact.document).text).strip())


def _rule(study_facts: StudyFacts, row: RuleRow) -> str:
    return typeset(row.rule.of(study_facts.document(row.fact.document).text).strip())


def _title(study_facts: StudyFacts, row: RuleRow) -> str:
    return f"按《{study_facts.title(row.fact)}》"


def _opening(study_facts: StudyFacts, row: RuleRow) -> str:
    """The document, with the name of the provision where that says what it is about."""
    name = typeset(inner(row.fact.value.name.strip("。；：: ")))
    text = study_facts.document(row.fact.document).text
    short = 4 <= len(name) <= 24 and not re.search(r"\d", name) and fold(name) not in fold(row.whole.of(text))
    return _title(study_facts, row) + (f"“{name}”的规定" if short else "")


def _by_unit(rows: Sequence[RuleRow]) -> dict[str, list[RuleRow]]:
    pools: dict[str, list[RuleRow]] = defaultdict(list)
    for row in rows:
        pools[row.quantity.unit or ""].append(row)
    return pools


def _key(study_facts: StudyFacts, row: RuleRow) -> tuple[int, str]:
    return row.fact.document, fold(situation(study_facts, row))


def _said_twice(study_facts: StudyFacts, rows: Sequence[RuleRow]) -> set[tuple[int, str]]:
    """Situations that one document gives several rules."""
    return {key for key, count in Counter(_key(study_facts, row) for row in rows).items() if count > 1}


def _is_other(one: str, other: str) -> bool:
    """Whether two situations are told apart: neither in the other, nor nearly the same words with the same numbers."""
    first, second = fold(one), fold(other)
    if first in second or second in first:
        return False
    return _NUMBER.findall(first) != _NUMBER.findall(second) or SequenceMatcher(None, first, second).ratio() < _SAME


def _rules(
    study_facts: StudyFacts, row: RuleRow, pool: Sequence[RuleRow], dice: random.Random, number: int
) -> tuple[str, list[str]] | None:
    """The rule of a row, and the same words with amounts of other rows."""
    text = study_facts.document(row.fact.document).text
    rule, amount = row.rule.of(text), row.amount.of(text)
    sentence = fold(study_facts.sentence_at(row.fact.document, row.whole).of(text))
    offered = [
        Amount(
            other.amount.of(study_facts.document(other.fact.document).text),
            other.quantity.value or 0.0,
            (other.fact.id != row.fact.id) + (other.fact.document != row.fact.document),
        )
        for other in pool
    ]
    percent = (row.quantity.unit or "") in "%％"

    def allowed(written: str) -> bool:
        # 100% and more convince nobody; what the sentence has is no wrong answer
        return fold(written) not in sentence and not (percent and float(re.sub(r"[^\d.]", "", written) or 0) > 100)

    right = Amount(amount, row.quantity.value or 0.0)
    wrong = draw_wrong(right, offered, dice, number=number, allowed=allowed)
    if wrong is None:
        return None
    return typeset(rule.strip()), [typeset(rule.replace(amount, other).strip()) for other in wrong]


def _limit(study_facts: StudyFacts, row: RuleRow) -> Quantity | None:
    """The one limit of a situation that a made person can lie on either side of."""
    text = half_width(study_facts.document(row.fact.document).text)
    found = find_quantities(text, row.situation.start, row.situation.end)
    limits = [q for q in found if (q.unit or "") in word_lists("qa")["case_units"] and q.form == "arabic"]
    if len(found) != 1 or len(limits) != 1 or limits[0].comparator not in (">=", ">", "<=", "<", "range"):
        return None
    limit = limits[0]
    said = text[row.situation.start : row.situation.end]
    before = text[row.situation.start : limit.span.start]
    # in a bracket, beside another way, or counted anew each time (每满一年), the limit is not that of the whole situation
    if "或" in said or "每" in before or before.count("(") + before.count("（") > before.count(")") + before.count("）"):
        return None
    # 毕业5年内: 毕业2年 would say something else
    if (
        limit.span.of(text).endswith("内")
        or _BOUND_LEFT.match(text[limit.span.end : row.situation.end])
        or _BOUND_RIGHT.search(text[row.situation.start : limit.span.start])
    ):
        return None
    return limit


def _values(limit: Quantity, dice: random.Random) -> list[float]:
    """Numbers on both sides of a limit, none too near to it, as round as it is."""
    bounds = [bound for bound in (limit.value, limit.value_min, limit.value_max) if bound is not None]
    out = []
    for bound in bounds:
        step = 10 ** max(0, len(str(int(bound))) - 2) if bound >= 10 else 1
        out += [bound + sign * step * times for sign in (-1, 1) for times in (1, 2, 3, 4, 6)]
    return [value for value in out if value > 0 and value not in bounds and value == int(value)]


def _meets(limit: Quantity, value: float) -> bool:
    if limit.comparator == "range":
        return (limit.value_min or 0.0) <= value <= (limit.value_max or 0.0)
    bound = limit.value or 0.0
    return value >= bound if limit.comparator in (">=", ">") else value <= bound


def row_question(
    study_facts: StudyFacts,
    aim: QuizAim,
    prompt: str,
    answer: str,
    options: list[str],
    row: RuleRow,
    proof: tuple[str, ...] = (),
) -> QuizQuestion:
    """A question with one right answer about a row, cited with its sentence; without ``proof`` its rule decides it."""
    place = study_facts.sentence_at(row.fact.document, row.whole)
    cite = study_facts.cite(row.fact, Span(min(place.start, row.whole.start), max(place.end, row.whole.end)))
    text = study_facts.document(row.fact.document).text
    note = study_facts.standing_note(row.fact, row.whole.of(text))
    return QuizQuestion(
        "single", prompt, (answer,), (cite,), tuple(options), note=note, facts=(row.fact.id,),
        proof=proof or (row.rule.of(text).strip(),), aim=aim,
    )  # fmt: skip
