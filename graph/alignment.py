"""Alignment across regions 跨地区对齐: which figures measure the same thing, which tasks do the same thing.

Two indicators are one row of a comparison only when they are the same: same kind of measure, no pair of words that keeps things
apart (行政村 and 自然村), the same whole and the same use of a share. What is merely similar stays apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from corpus.folding import fold
from graph.facts import Target, Task
from graph.lexicon import entries, table
from graph.quantities import measure_of

_SAME = 0.6
_GROWTH = re.compile(r"增长|增速|增幅|下降|降幅|降低|上涨|提高|增加(?!值)|减少")
_FIELD_WORDS = re.compile(r"乡村振兴|乡村建设|农业农村|农村信用社|城乡")
_SHARE = re.compile(r"(?P<whole>.{2,40}?)(?:用于|投入|投向|支持)(?P<use>.{2,30}?)(?:支出|方面)?的?(?:比例|比重|占比|份额)")
_NOISE = re.compile(
    r"全[州市县区省国盟旗]|[我本][州市县区省盟旗]|各[县市区州](?:区|市)?|[“”‘’\"'《》()（）,，、。;；:：\s]|[0-9０-９.]+|到?20\d\d年|力争|确保|实现|达到?|继续|全面|基本|完成|新增|累计|年均|数量|总数|个数|以上|水平"
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two facts are: a score from 0 to 1, whether they count as the same, why in Chinese, and the words that carried it."""

    score: float
    same: bool
    reason: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskLink:
    """Two tasks of different regions that do the same thing, with the words that carried the score."""

    first: Task
    second: Task
    score: float
    words: tuple[str, ...]


def same_indicator(a: Target, b: Target) -> Likeness:
    """Whether two targets measure the same thing, with the reason.

    ``资金用于产业的比例`` and ``土地出让收益用于农业农村的比例`` differ in whole and use; 行政村 and 自然村 never align.
    """
    one, other = _normal(a.indicator), _normal(b.indicator)
    if _measure(a) != _measure(b):
        return Likeness(0.0, False, f"计量不同：{a.unit or '无单位'}与{b.unit or '无单位'}")
    share_a, share_b = _SHARE.search(fold(a.indicator)), _SHARE.search(fold(b.indicator))
    if share_a is not None and share_b is not None:
        whole = _alike(_normal(share_a["whole"]), _normal(share_b["whole"]))
        use = _alike(_normal(share_a["use"]), _normal(share_b["use"]))
        score = min(whole, use)
        if score < _SAME:
            part = "分母" if whole <= use else "用途"
            name = "whole" if whole <= use else "use"
            return Likeness(score, False, f"{part}不同：{share_a[name]}与{share_b[name]}")
    clash = _clash(a.indicator, b.indicator)
    if clash is not None:
        return Likeness(0.0, False, f"{clash[0]}与{clash[1]}不是一回事")
    if _measure(a) == "percent" and bool(_GROWTH.search(a.indicator)) != bool(_GROWTH.search(b.indicator)):
        return Likeness(0.0, False, "一个是增减幅度，一个是水平")
    span = next((word for word in ("年均", "累计") if (word in a.indicator) != (word in b.indicator)), None)
    if span is not None:
        return Likeness(0.0, False, f"一个是{span}，一个不是")
    if _measure(a) == "count" and one and other and one[-1] != other[-1] and one not in other and other not in one:
        return Likeness(0.0, False, f"计数的对象不同：{one[-4:]}与{other[-4:]}")
    score = _alike(one, other)
    words = shared_words(one, other)
    if one and one == other:
        return Likeness(1.0, True, "指标名称相同", words or (one,))
    if score >= _SAME and words:
        return Likeness(score, True, f"指标名称共有“{'”“'.join(words)}”", words)
    return Likeness(score, False, "指标名称相差较大" if score < _SAME else "没有共同的关键词", words)


def align_targets(targets: Iterable[Target]) -> list[tuple[Target, ...]]:
    """Targets in groups of the same indicator; every member of a group is the same as every other, order is kept."""
    groups: list[list[Target]] = []
    index: dict[str, set[int]] = defaultdict(set)
    for target in targets:
        pairs = _pairs(_normal(target.indicator))
        near = Counter(i for pair in pairs for i in index.get(pair, ()))
        best: tuple[float, int] | None = None
        for i, count in near.most_common(40):
            if count * 3 < len(pairs):
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
        for pair in pairs:
            index[pair].add(number)
    return [tuple(group) for group in groups]


@dataclass(frozen=True, slots=True)
class TaskWords:
    """Tasks as weighted pairs of characters of name and measures: rare ones weigh more than common ones."""

    names: list[str]
    texts: list[str]
    vectors: list[dict[str, float]]
    norms: list[float]
    common: frozenset[str]
    """Pairs in more than a quarter of all tasks: they carry nothing and would make every task a neighbour of every other."""

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> TaskWords:
        """Weigh the words of some tasks among themselves."""
        texts = [_normal(f"{task.name}{''.join(measure.name for measure in task.measures)[:80]}") for task in tasks]
        names = [_normal(task.name) for task in tasks]
        bags = [Counter(_pairs(text)) + Counter(_pairs(name)) for text, name in zip(texts, names, strict=True)]
        frequency = Counter(pair for bag in bags for pair in bag)
        weights = {pair: log((1 + len(tasks)) / (1 + n)) + 1 for pair, n in frequency.items()}
        vectors = [{pair: n * weights[pair] for pair, n in bag.items()} for bag in bags]
        norms = [sqrt(sum(w * w for w in vector.values())) or 1.0 for vector in vectors]
        limit = max(8, len(tasks) // 4)
        return cls(names, texts, vectors, norms, frozenset(pair for pair, n in frequency.items() if n > limit))

    def neighbours(self, j: int, postings: dict[str, list[int]]) -> dict[int, float]:
        """The tasks filed in ``postings`` that share words with task ``j``, with the weight of what they share."""
        dots: dict[int, float] = defaultdict(float)
        for pair, weight in self.vectors[j].items():
            if pair not in self.common:
                for i in postings.get(pair, ()):
                    dots[i] += weight * self.vectors[i][pair]
        return dots

    def file(self, j: int, postings: dict[str, list[int]]) -> None:
        """File task ``j`` under its words."""
        for pair in self.vectors[j]:
            if pair not in self.common:
                postings[pair].append(j)

    def likeness(self, i: int, j: int, dot: float, topics: float) -> float:
        """How alike two tasks are, from 0 to 1: by their names, or by all their words; topics in common add to both."""
        named = 0.75 * _dice(self.names[i], self.names[j]) + 0.25 * topics
        return min(1.0, max(named, 0.8 * dot / (self.norms[i] * self.norms[j]) + 0.2 * topics))

    def carried_by(self, i: int, j: int) -> tuple[str, ...]:
        """The words two tasks have in common, those of their names first."""
        return shared_words(self.names[i], self.names[j]) or shared_words(self.texts[i], self.texts[j])


def align_tasks(tasks: Sequence[Task], *, threshold: float = 0.5) -> list[TaskLink]:
    """Links between tasks of different regions that do the same thing, best first.

    A link needs words in common, not only a topic.
    """
    words = TaskWords.of(tasks)
    postings: dict[str, list[int]] = defaultdict(list)
    links: list[TaskLink] = []
    for j, task in enumerate(tasks):
        for i, dot in words.neighbours(j, postings).items():
            if tasks[i].region == task.region:
                continue
            score = words.likeness(i, j, dot, topics_overlap(tasks[i].topics, task.topics))
            carried = words.carried_by(i, j) if score >= threshold else ()
            if carried:
                links.append(TaskLink(tasks[i], task, round(score, 4), carried))
        words.file(j, postings)
    return sorted(links, key=lambda link: -link.score)


def shared_words(a: str, b: str, *, most: int = 4) -> tuple[str, ...]:
    """The longest stretches two short texts have in common, two characters or more, longest first."""
    a, b = a[:120], b[:120]
    found: list[str] = []
    i = 0
    while i < len(a) - 1:
        size = 0
        while i + size < len(a) and a[i : i + size + 1] in b:
            size += 1
        if size >= 2:
            found.append(a[i : i + size])
        i += max(1, size)
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:most])


@lru_cache(maxsize=16384)
def _normal(indicator: str) -> str:
    """An indicator without region words, marks and fillers, with other names replaced by the usual one."""
    text = fold(indicator)
    for other, usual in _synonyms():
        text = text.replace(other, usual)
    return _NOISE.sub("", text)


def _measure(target: Target) -> str:
    measure = measure_of(target.unit)
    # a person counted by 人, 名 or 户 and a thing counted by 个, 家 or 所 are told apart by the indicator, not by the measure word
    return "count" if measure in ("count", "person", "") else measure


@lru_cache(maxsize=16384)
def _clash(a: str, b: str) -> tuple[str, str] | None:
    """Two words of one group of ``data/distinct_words.txt``, one in each indicator, neither in both."""
    a, b = _FIELD_WORDS.sub("", a), _FIELD_WORDS.sub("", b)
    for group in _distinct():
        mine = {word for word in group if word in a}
        yours = {word for word in group if word in b}
        # 重点自然村 holds 自然村: only the longest word of a group says what is meant
        mine = {word for word in mine if not any(word != other and word in other for other in mine)}
        yours = {word for word in yours if not any(word != other and word in other for other in yours)}
        if mine and yours and not mine & yours:
            return sorted(mine)[0], sorted(yours)[0]
    return None


@lru_cache(maxsize=16384)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text} if text else ())


def _dice(a: str, b: str) -> float:
    one, other = _pairs(a), _pairs(b)
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _alike(a: str, b: str) -> float:
    """Dice over pairs of characters; a name of five characters or more that another only specifies in front counts as like it."""
    short, long = sorted((a, b), key=len)
    contained = len(short) >= 2 and short in long
    if contained and ((len(short) >= 5 and long.endswith(short)) or len(long) - len(short) <= 2):
        return max(0.75, _dice(a, b))
    return _dice(a, b)


def topics_overlap(a: Sequence[str], b: Sequence[str]) -> float:
    """The share of topics two tasks have in common."""
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a and b else 0.0


@lru_cache(maxsize=1)
def _synonyms() -> tuple[tuple[str, str], ...]:
    pairs = [(fold(other), fold(row[0])) for row in table("indicator_synonyms.tsv") for other in row[1].split(",")]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=1)
def _distinct() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split(",")) for line in entries("distinct_words.txt"))
