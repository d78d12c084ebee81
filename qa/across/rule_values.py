"""Values that rules of places set 各地规定的数: the one of a place that is asked for, by whom it is for and what it is of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.folding import fold
from corpus.wordlists import word_lists
from index.equivalents import unify_terms
from qa.across.evidence import GENERAL, PlaceEvidence, RankedStatement, Subject
from qa.across.statements import EVERYDAY, PlaceStatement, StatedValue, find_change, groups_in, head_asked

LOOKED_AT = 12
"""Statements of a place among which the value is looked for."""
NEAR = 3.5
"""How far behind the best statement one may rank that gives the value."""
BACKGROUND = 3.0
"""What is given back to a statement that gives reasons where it gives a value too."""
WORST = -1.0
"""What a value must count at least to be the one asked for."""
SPECIAL = frozenset({"人才", "多子女家庭", "青年", "新市民", "退役军人"})
OF_SPECIAL = -1.0
"""People that not everybody belongs to, and what counts where a statement names them in front of a value."""
RISING = ("金额", "比例")
"""Sorts of values that a rise is given in."""
COUNTED, NAMED_BESIDE = "数量", 0.5
"""The sort of value that is a count, and the share of the subject that its own clause must say."""
OF_CLAUSE = 0.8
"""What counts for a value whose own clause says the whole subject."""
BESIDE = 2.0
"""How far behind the best value of a place another may count that is shown beside it."""
SHOWN_BESIDE = 2
"""Other values of a place that are shown at most."""
OF_GROUP, BELOW_GROUP, OF_OTHERS, OF_HEAD, OF_PERIOD, OF_RULE = 2.0, 1.5, -2.5, 1.5, 2.0, -3.0
"""What counts for a value: for the group asked about, below a heading of it, for another, of the thing asked for, per the time asked for, a rise and not a value."""


_OF_YEAR = re.compile(r"(?:19|20)\d\d年度?")


@dataclass(frozen=True)
class RuleValue:
    """A value that a place sets, with the statement that sets it."""

    value: StatedValue
    statement: PlaceStatement
    others: tuple[StatedValue, ...] = ()
    """Its values for other people or cases that the question does not choose between (二套 80% beside 首套 100%)."""
    people: str = ""
    """Whom the value is for, where that is not everybody and not those asked about."""
    foreign: bool = False
    """Whether the value is so far from the one asked for that it is not compared with those of other places."""

    @property
    def label(self) -> str:
        """Whom the value is for, where those are other people than asked, or the place gives other values for others."""
        return self.value.group if self.others else self.people


@dataclass(frozen=True)
class AskedValue:
    """What value is asked for.

    Attributes:
        groups: Whom it is for.
        head: What it is of (最高额度, 提取额度), empty where no known word says so.
        period: Per what time (月, 年), empty where the question names none.
        rise: Whether it is asked by how much something rises.
    """

    groups: frozenset[str]
    head: str
    period: str
    rise: bool


def read_asked_value(folded: str, subject: Subject) -> AskedValue:
    """What value of the rules of places a question asks for."""
    lists = word_lists("qa")
    folded = _OF_YEAR.sub(" ", folded)  # 2025年度 is no amount a year
    groups = set(subject.groups)
    if "家庭" in folded and not groups & {"多子女家庭", "二孩家庭", "三孩家庭", "单方缴存"}:
        groups.add("双方缴存")
    if "单方缴存" in groups:
        groups.add("个人")
    period = next(
        (time for time, words in (("月", "per_month"), ("年", "per_year")) if any(w in folded for w in lists[words])), ""
    )
    return AskedValue(
        frozenset(groups), head_asked(folded, subject.kind), period, any(word in folded for word in lists["asks_rise"])
    )


def find_rule_value(statements: Sequence[RankedStatement], subject: Subject, asked: AskedValue) -> RuleValue | None:
    """The value asked for in some statements of one document, best first; None where none gives one of that sort.

    Where they give one only for other people than those asked about, that one, marked as ``foreign``.
    """
    if not statements:
        return None
    first = statements[0].rank
    fitting: list[tuple[float, RuleValue]] = []
    foreign: list[tuple[float, RuleValue]] = []
    for ranked in statements[:LOOKED_AT]:
        # 根据职工需求，最高额度由60万元提高至70万元 gives reasons and the value
        lower = BACKGROUND if ranked.statement.background else 0.0
        if ranked.rank + lower < first - NEAR:
            continue
        plain = replace(ranked.statement, asked=frozenset())
        for value in plain.values:
            if value.value is None or not (
                value.kind == subject.kind or (asked.rise and value.kind in RISING and _rises(value, plain))
            ):
                continue
            fits, others = _fits(value, plain, asked)
            found = RuleValue(value, ranked.statement)
            clause = unify_terms(fold(value.clause.of(plain.document.text)))
            said = subject.sought.share(subject.sought.profile(clause))
            if subject.kind == COUNTED and said < NAMED_BESIDE:
                continue  # 引进领军人才200名，新增高技能人才10万人: a number is of what stands beside it
            # where people are asked about the clause that names them need not name the thing again
            said = 0.0 if asked.groups else said
            score = ranked.rank + lower + fits + OF_CLAUSE * said
            if others:
                people = "、".join(g for g in value.group.split("、") if g not in asked.groups | GENERAL)
                found = replace(found, people=people)
            if fits >= WORST:
                fitting.append((score, found))
            if others and fits - others >= WORST:
                foreign.append((score - others, replace(found, foreign=True)))
    best = max(fitting or foreign, key=lambda pair: pair[0], default=None)
    if best is None:
        return None
    chosen = set(best[1].value.group.split("、")) & asked.groups
    return best[1] if chosen else replace(best[1], others=_beside(best, foreign))


def _beside(best: tuple[float, RuleValue], foreign: Sequence[tuple[float, RuleValue]]) -> tuple[StatedValue, ...]:
    """The values of the same thing for other people or cases, each with its own label, that stand beside the best."""
    score, own = best
    found: dict[str, StatedValue] = {}
    for other, one in sorted(foreign, key=lambda pair: -pair[0]):
        value = one.value
        alike = (
            value.head == own.value.head
            and value.value is not None
            and value.value.unit == (own.value.value and own.value.value.unit)
        )
        if alike and other >= score - BESIDE and value.group not in ("", own.value.group) and value.value != own.value.value:
            found.setdefault(value.group, value)
    return tuple(found.values())[:SHOWN_BESIDE]


def _fits(value: StatedValue, statement: PlaceStatement, asked: AskedValue) -> tuple[float, float]:
    """How far a value is the one asked for, and what of that counts against it because it is for other people."""
    groups = set(filter(None, value.group.split("、")))
    score = 0.0
    if groups & asked.groups:
        score += OF_GROUP
    elif not groups and groups_in(statement.heading[-30:]) & asked.groups:
        score += BELOW_GROUP
    foreign = groups - asked.groups - GENERAL
    opposite = {"双方缴存", "单方缴存"} & groups - asked.groups if {"双方缴存", "单方缴存"} & asked.groups else set()
    others = OF_OTHERS * min(2, len(foreign) + len(opposite))
    at_first = statement.document.text[statement.span.start : value.span.start]
    if (groups_in(at_first) & SPECIAL) - asked.groups - groups:
        score += OF_SPECIAL
    if asked.head and value.head:
        score += OF_HEAD if value.head == asked.head else -OF_HEAD
    if asked.period:
        per = value.per or next(
            (time for time in ("月", "年") if time in (value.value.unit if value.value else "") or f"每{time}" in value.text), ""
        )
        score += OF_PERIOD if per == asked.period else -OF_PERIOD if per else 0.0
    clause = value.clause.of(statement.document.text)
    if "双方缴存" in asked.groups and not groups & EVERYDAY:
        # 家庭最高额度 is that of two who pay, 个人最高额度 that of one
        score += OF_HEAD if "家庭" in clause else -OF_HEAD if "个人" in groups else 0.0
    if any(word in clause for word in word_lists("qa")["heaped"]):
        score += OF_RULE
    at = value.span.start - statement.span.start
    if (change := find_change(statement.text)) is not None and at < change:
        score += OF_RULE  # 为“每月1500元”提高至“每月1800元”
    return score + others + (0.0 if _rises(value, statement) == asked.rise else OF_RULE), others


def _rises(value: StatedValue, statement: PlaceStatement) -> bool:
    """Whether a value says by how much something rises: 上浮20万元."""
    before = statement.document.text[max(statement.span.start, value.span.start - 6) : value.span.start]
    words = word_lists("qa")["rises"]
    return before.rstrip().endswith(words) or value.text.startswith(words)


def in_order(values: Sequence[tuple[PlaceEvidence, RuleValue]], *, ascending: bool) -> list[tuple[PlaceEvidence, RuleValue]]:
    """Places by their values, the highest first."""

    def order(pair: tuple[PlaceEvidence, RuleValue]) -> float:
        value = pair[1].value.value
        return value.order if value is not None else 0.0

    return sorted(values, key=order, reverse=not ascending)
