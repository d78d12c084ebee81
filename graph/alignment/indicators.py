"""Alignment across regions 跨地区对齐: which figures measure the same thing.

Two indicators are one row of a comparison only when they are the same: same kind of measure, no pair of words that keeps things
apart (行政村 and 自然村), the same whole and the same use of a share. What is merely similar stays apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.folding import fold
from graph.codec.records import TargetRecord
from graph.lexicon import entries, expand, table
from graph.quantities.quantity import measure_of

_SAME = 0.6
_NEAREST = 40
_GROWTH = re.compile(expand(r"{growth}|增加(?!值)"))
_FIELD_WORDS = re.compile(expand(r"{field_words}"))
_SHARE = re.compile(expand(r"(?P<whole>.{2,40}?){used_for}(?P<use>.{2,30}?)(?:支出|方面)?的?{shares}"))
_NOISE = re.compile(
    expand(
        r"全[{divisions}国]|[我本][{divisions}]|各[县市区州][区市]?|[“”‘’\"'《》()（）,，、。;；:：\s]|[0-9０-９.]+|到?20\d\d年|达到?"
        r"|{indicator_noise}"
    )
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two facts are: a score from 0 to 1, whether they count as the same, why in Chinese, and the words that carried it."""

    score: float
    same: bool
    reason: str
    words: tuple[str, ...] = ()


def same_indicator(a: TargetRecord, b: TargetRecord) -> Likeness:
    """Whether two targets measure the same thing, with the reason.

    ``资金用于产业的比例`` and ``土地出让收益用于农业农村的比例`` differ in whole and use; 行政村 and 自然村 never align.
    """
    one, other = normalize_indicator(a.indicator), normalize_indicator(b.indicator)
    if _measure(a) != _measure(b):
        return Likeness(0.0, False, f"计量不同：{a.unit or '无单位'}与{b.unit or '无单位'}")
    share_a, share_b = _SHARE.search(fold(a.indicator)), _SHARE.search(fold(b.indicator))
    if share_a is not None and share_b is not None:
        whole = _alike(normalize_indicator(share_a["whole"]), normalize_indicator(share_b["whole"]))
        use = _alike(normalize_indicator(share_a["use"]), normalize_indicator(share_b["use"]))
        score = min(whole, use)
        if score < _SAME:
            part = "分母" if whole <= use else "用途"
            name = "whole" if whole <= use else "use"
            return Likeness(score, False, f"{part}不同：{share_a[name]}与{share_b[name]}")
    clash = _clash(a.indicator, b.indicator)
    if clash is not None:
        return Likeness(0.0, False, f"{clash[0]}与{clash[1]}不是一回事")
    if _measure(a) != "count" and bool(_GROWTH.search(a.indicator)) != bool(_GROWTH.search(b.indicator)):
        return Likeness(0.0, False, "一个是增减幅度，一个是水平")
    span = next((word for word in ("年均", "累计") if (word in a.indicator) != (word in b.indicator)), None)
    if span is not None:
        return Likeness(0.0, False, f"一个是{span}，一个不是")
    if _measure(a) == "count" and one and other and one[-1] != other[-1] and one not in other and other not in one:
        return Likeness(0.0, False, f"计数的对象不同：{one[-4:]}与{other[-4:]}")
    if _measure(a) == "count" and ("、" in a.indicator) != ("、" in b.indicator) and one != other:
        return Likeness(0.0, False, "一个是几样合计，一个是单独一样")
    score = _alike(one, other)
    words = shared_words(one, other)
    if one and one == other:
        return Likeness(1.0, True, "指标名称相同", words or (one,))
    if score >= _SAME and words:
        return Likeness(score, True, f"指标名称共有“{'”“'.join(words)}”", words)
    return Likeness(score, False, "指标名称相差较大" if score < _SAME else "没有共同的关键词", words)


def align_targets(targets: Iterable[TargetRecord]) -> list[tuple[TargetRecord, ...]]:
    """Targets in groups of the same indicator; every member of a group is the same as every other, order is kept."""
    groups: list[list[TargetRecord]] = []
    index: dict[str, set[int]] = defaultdict(set)
    for target in targets:
        own = character_pairs(normalize_indicator(target.indicator))
        near = Counter(i for pair in own for i in index.get(pair, ()))
        best: tuple[float, int] | None = None
        # of equally near groups the older one first: the order of a set must decide nothing
        for i, count in sorted(near.items(), key=lambda item: (-item[1], item[0]))[:_NEAREST]:
            if count * 3 < len(own):
                break
            likenesses = [same_indicator(target, member) for member in groups[i]]
            if all(likeness.same for likeness in likenesses):
                score = min(likeness.score for likeness in likenesses)
                if best is None or score > best[0]:
                    best = (score, i)
        if best is None:
            groups.append([target])
            number = len(groups) - 1
        else:
            number = best[1]
            groups[number].append(target)
        for pair in own:
            index[pair].add(number)
    return [tuple(group) for group in groups]


def shared_words(a: str, b: str, *, most: int = 4) -> tuple[str, ...]:
    """The longest stretches two short texts have in common, two characters or more, longest first."""
    return tuple(sorted(shared_stretches(a[:120], b[:120]), key=len, reverse=True)[:most])


def shared_stretches(a: str, b: str) -> tuple[str, ...]:
    """The longest stretches of a text that another has too, each once, in the order of the first, two characters or more."""
    found: list[str] = []
    i = 0
    while i < len(a) - 1:
        size = 0
        while i + size < len(a) and a[i : i + size + 1] in b:
            size += 1
        if size >= 2:
            found.append(a[i : i + size])
        i += max(1, size)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16384)
def normalize_indicator(indicator: str) -> str:
    """An indicator without region words, marks and fillers, with other names replaced by the usual one."""
    return _NOISE.sub("", _usual(indicator))


def _measure(target: TargetRecord) -> str:
    measure = measure_of(target.unit)
    # a person counted by 人, 名 or 户 and a thing counted by 个, 家 or 所 are told apart by the indicator, not by the measure word
    return "count" if measure in ("count", "person", "") else measure


@lru_cache(maxsize=16384)
def _clash(a: str, b: str) -> tuple[str, str] | None:
    """Two words of one group of ``data/distinct_words.txt``, one in each indicator, neither in both; or one where the other has none."""
    a, b = (_usual(_FIELD_WORDS.sub("", name)) for name in (a, b))
    for strict, group in _distinct():
        mine, yours = _longest(a, group), _longest(b, group)
        if mine and yours and not mine & yours:
            return sorted(mine)[0], sorted(yours)[0]
        if strict and mine != yours:
            return "、".join(sorted(mine)) or f"不分{sorted(yours)[0]}的", "、".join(sorted(yours)) or f"不分{sorted(mine)[0]}的"
    return None


def _longest(text: str, group: tuple[str, ...]) -> set[str]:
    """The words of a group in a text; 重点自然村 holds 自然村: only the longest says what is meant."""
    found = {word for word in group if word in text}
    return {word for word in found if not any(word != other and word in other for other in found)}


def _usual(indicator: str) -> str:
    pattern, usual = _synonyms()
    return pattern.sub(lambda match: usual[match.group()], fold(indicator))


@lru_cache(maxsize=16384)
def character_pairs(text: str) -> frozenset[str]:
    """The pairs of characters side by side in a text."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text} if text else ())


def _dice(a: str, b: str) -> float:
    one, other = character_pairs(a), character_pairs(b)
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _alike(a: str, b: str) -> float:
    """Dice over pairs of characters; a name of five characters or more that another only specifies in front counts as like it."""
    short, long = sorted((a, b), key=len)
    # 产量 says less than 奶产量, 产业 as much as 产业发展
    contained = (len(short) >= 3 and short in long) or (len(short) == 2 and long.startswith(short))
    if contained and ((len(short) >= 5 and long.endswith(short)) or len(long) - len(short) <= 2):
        return max(0.75, _dice(a, b))
    return _dice(a, b)


@lru_cache(maxsize=1)
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    """All names, the usual ones among them so that none is found inside a longer one, and the usual name of each."""
    usual: dict[str, str] = {}
    for row in table("indicator_synonyms.tsv"):
        for name in (row[0], *row[1].split(",")):
            usual.setdefault(fold(name), fold(row[0]))
    return re.compile("|".join(re.escape(name) for name in sorted(usual, key=len, reverse=True))), usual


@lru_cache(maxsize=1)
def _distinct() -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """The groups of ``data/distinct_words.txt``; true for those (=) whose words also keep apart from an indicator with none."""
    return tuple((line.startswith("="), tuple(line.removeprefix("=").split(","))) for line in entries("distinct_words.txt"))
