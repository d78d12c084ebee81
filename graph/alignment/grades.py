"""Grades of 落实对照: whether a lower document says a demand of an upper one, all of it, part of it, or not, and what decides.

A demand is its name without the verbs and manners in front of it; how much of it a sentence says is the share of its pairs of characters
that stand in the sentence, rare pairs weighing more than common ones. A target is written where the lower figure is at least as far.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Literal

from corpus.folding import fold
from graph.alignment.indicators import character_pairs, shared_stretches
from graph.codec.records import TargetRecord
from graph.lexicon import entries, word_lists

Grade = Literal["写到", "部分写到", "未写到"]
GRADES: tuple[Grade, ...] = ("写到", "部分写到", "未写到")
WHOLE, PART = 0.8, 0.5
"""The share of a demand that a sentence says to say it, and to say part of it."""
GENERAL = 0.25
"""What a pair of characters of a general noun (体系, 机制) weighs beside others."""
SHORTEST, BRIEF = 3, 4
"""Characters of a demand below which its verb belongs to it (提振消费), and up to which two characters in common may tell."""
_MARKS = re.compile(r"[\s“”‘’\"'《》()（）,，、。;；:：·—-]")


@dataclass(frozen=True, slots=True)
class DemandGrade:
    """How far a demand is taken up.

    Attributes:
        grade: 写到, 部分写到 or 未写到.
        share: The share of the demand that is said, from 0 to 1.
        words: What the demand and the lower document have in common.
        lacking: What of the demand the lower document does not say there.
        reason: The grade in words and figures.
    """

    grade: Grade
    share: float
    words: tuple[str, ...]
    lacking: tuple[str, ...]
    reason: str


class DemandWords:
    """The words of some demands, weighed among themselves and the sentences that may take them up."""

    def __init__(self, demands: Sequence[str], sentences: Iterable[str]) -> None:
        texts = [without_marks(text) for text in (*demands, *sentences)]
        self._count = len(texts)
        self._frequency = Counter(pair for text in texts for pair in character_pairs(text))
        self._weights: dict[str, float] = {}

    def share(self, demand: str, said: str) -> float:
        """The share of a demand that a text says.

        Example: 推进全国统一大市场建设 is said in full by 积极融入全国统一大市场, but for the general 建设.
        """
        wanted, there = character_pairs(core_of(demand)), character_pairs(without_marks(said))
        whole = sum(map(self._weight, wanted))
        return sum(self._weight(pair) for pair in wanted & there) / whole if whole else 0.0

    def likeness(self, demand: str, said: str) -> float:
        """The share of the whole name of a demand, with its verbs, that a text says: what decides between texts that say the core."""
        wanted = character_pairs(without_marks(demand))
        return len(wanted & character_pairs(without_marks(said))) / max(1, len(wanted))

    def grade(self, demand: str, said: str) -> DemandGrade:
        """The grade of a demand by the text that says most of it."""
        core = core_of(demand)
        share = self.share(demand, said)
        words = shared_stretches(core, without_marks(said))
        telling = [word for word in words if word not in _general() and (len(word) > 2 or len(core) <= BRIEF)]
        grade: Grade = "未写到" if share < PART or not telling else "写到" if share >= WHOLE else "部分写到"
        lacking = tuple(part.strip("和与及的") for part in _without(core, words))
        lacking = tuple(part for part in lacking if len(part) > 1)
        if grade == "未写到":
            return DemandGrade(grade, share, (), (core,), f"没有见到“{core}”")
        reason = f"共有“{'”“'.join(words)}”" + (f"；未见“{'”“'.join(lacking)}”" if grade == "部分写到" and lacking else "")
        return DemandGrade(grade, share, words, lacking, reason)

    def _weight(self, pair: str) -> float:
        if pair not in self._weights:
            rare = log((1 + self._count) / (1 + self._frequency[pair])) + 1
            self._weights[pair] = rare * (GENERAL if any(pair in word for word in _general()) else 1.0)
        return self._weights[pair]


@lru_cache(maxsize=16384)
def without_marks(text: str) -> str:
    """A text folded and without its marks: what is compared."""
    return _MARKS.sub("", fold(text))


@lru_cache(maxsize=16384)
def core_of(demand: str) -> str:
    """What is demanded, without the verbs and manners in front: 坚决破除阻碍全国统一大市场建设卡点堵点 → 阻碍全国统一大市场建设卡点堵点."""
    rest = whole = without_marks(demand)
    again = True
    while again:
        again = False
        for word in _leading():
            if rest.startswith(word) and len(rest) - len(word) >= SHORTEST:
                rest, again = rest[len(word) :].lstrip("和与及"), True
                break
    return rest if len(rest) >= SHORTEST else whole


def raise_grade(grade: DemandGrade, score: float, name: str, words: Sequence[str]) -> DemandGrade:
    """The grade of a demand that a lower task takes up by its likeness as a whole, where no sentence says its words one by one.

    Args:
        grade: The grade by the words of a sentence.
        score: How alike the upper and the lower task are, from 0 to 1.
        name: The name of the lower task.
        words: What the two tasks have in common.
    """
    if grade.grade != "未写到" or score < ALIKE:
        return grade
    return DemandGrade("部分写到", score, tuple(words), grade.lacking, f"任务“{name}”相近，共有“{'”“'.join(words)}”")


ALIKE = 0.4
"""How alike a lower task must be to take up part of an upper one."""


def grade_target(upper: TargetRecord, lower: TargetRecord | None) -> DemandGrade:
    """The grade of a target by the lower target of the same indicator: written where the lower figure and year go as far."""
    if lower is None:
        return DemandGrade("未写到", 0.0, (), (upper.indicator,), "下级文件没有同一指标的目标")
    figures = f"上级{upper.value_text}，下级{lower.value_text}"
    if upper.by_year and lower.by_year and lower.by_year > upper.by_year:
        return DemandGrade("部分写到", 0.5, (), (), f"{figures}；期限晚：上级{upper.by_year}年，下级{lower.by_year}年")
    a, b = _value(upper), _value(lower)
    if a is None or b is None or upper.unit != lower.unit:
        same = _MARKS.sub("", upper.value_text) == _MARKS.sub("", lower.value_text)
        return DemandGrade(
            "写到" if same else "部分写到", 1.0 if same else 0.5, (), (), figures if same else f"{figures}；不能直接比较"
        )
    reached = b <= a if upper.comparator in ("<=", "<") else b >= a
    return DemandGrade(
        "写到" if reached else "部分写到", 1.0 if reached else 0.5, (), (), figures if reached else f"{figures}；数不到上级的"
    )


def _value(target: TargetRecord) -> float | None:
    value = target.value if target.value is not None else target.value_min
    return float(value) if value is not None else None


def _without(core: str, words: Iterable[str]) -> tuple[str, ...]:
    rest = core
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return tuple(part for part in rest.split() if len(part) > 1)


@lru_cache(maxsize=1)
def _leading() -> tuple[str, ...]:
    words = {*entries("demand_verbs.txt"), *word_lists()["manners"]}
    return tuple(sorted((word for word in words if len(word) > 1), key=len, reverse=True))


@lru_cache(maxsize=1)
def _general() -> frozenset[str]:
    return frozenset(word_lists()["general_nouns"])
