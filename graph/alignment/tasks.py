"""Likeness of tasks 任务相近: which tasks of different regions or levels do the same thing, and the words that say so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from graph.alignment.indicators import character_pairs, normalize_indicator, shared_words
from graph.codec.records import TaskRecord

_RARE, _RARE_IN_TEXT = 400, 60
"""Pairs of characters in more tasks than this lead to no neighbour: those of names, and those of measures alone."""
_NEAREST = 40


@dataclass(frozen=True, slots=True)
class TaskLink:
    """Two tasks of different regions that do the same thing, with the words that carried the score."""

    first: TaskRecord
    second: TaskRecord
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskWords:
    """Tasks as weighted pairs of characters of name and measures: rare ones weigh more than common ones (加强, 机制)."""

    names: list[str]
    texts: list[str]
    vectors: list[dict[str, float]]
    norms: list[float]
    weights: dict[str, float]
    frequency: Counter[str]

    @classmethod
    def of(cls, tasks: Sequence[TaskRecord]) -> TaskWords:
        """Weigh the words of some tasks among themselves."""
        texts = [normalize_indicator(f"{task.name}{''.join(measure.name for measure in task.measures)[:80]}") for task in tasks]
        names = [normalize_indicator(task.name) for task in tasks]
        bags = [Counter(character_pairs(text)) + Counter(character_pairs(name)) for text, name in zip(texts, names, strict=True)]
        frequency = Counter(pair for bag in bags for pair in bag)
        weights = {pair: log((1 + len(tasks)) / (1 + n)) + 1 for pair, n in frequency.items()}
        vectors = [{pair: n * weights[pair] for pair, n in bag.items()} for bag in bags]
        norms = [sqrt(sum(w * w for w in vector.values())) or 1.0 for vector in vectors]
        return cls(names, texts, vectors, norms, weights, frequency)

    def _leading(self, j: int) -> Iterable[str]:
        """The pairs a task is found by: all but common ones, which would make every task a neighbour of every other."""
        tasks = len(self.names)
        rare = max(8, min(tasks // 4, _RARE))
        own = character_pairs(self.names[j])
        return (pair for pair in self.vectors[j] if self.frequency[pair] <= (rare if pair in own else min(rare, _RARE_IN_TEXT)))

    def neighbours(self, j: int, postings: dict[str, list[int]]) -> dict[int, float]:
        """The tasks filed in ``postings`` nearest to task ``j``, with the weight of all they share."""
        found: dict[int, float] = defaultdict(float)
        mine = self.vectors[j]
        for pair in self._leading(j):
            for i in postings.get(pair, ()):
                found[i] += mine[pair] * self.vectors[i][pair]
        # the full weight is worked out for the nearest alone
        nearest = sorted(found, key=lambda i: (-found[i] / self.norms[i], i))[:_NEAREST]
        return {i: sum(weight * self.vectors[i].get(pair, 0.0) for pair, weight in mine.items()) for i in nearest}

    def file(self, j: int, postings: dict[str, list[int]]) -> None:
        """File task ``j`` under its words."""
        for pair in self._leading(j):
            postings[pair].append(j)

    def likeness(self, i: int, j: int, dot: float, topics: float) -> float:
        """How alike two tasks are, from 0 to 1: by their names, or by all their words; topics in common add to both."""
        named = 0.75 * self._alike(i, j) + 0.25 * topics
        return min(1.0, max(named, 0.8 * dot / (self.norms[i] * self.norms[j]) + 0.2 * topics))

    def _alike(self, i: int, j: int) -> float:
        """The share of the weight of two names that they have in common."""
        one, other = character_pairs(self.names[i]), character_pairs(self.names[j])
        whole = self._weight(one) + self._weight(other)
        return 2 * self._weight(one & other) / whole if whole else 0.0

    def _weight(self, some: Iterable[str]) -> float:
        return sum(self.weights.get(pair, 0.0) for pair in some)

    def carried_by(self, i: int, j: int) -> tuple[str, ...]:
        """The words two tasks have in common, those of their names first."""
        return shared_words(self.names[i], self.names[j]) or shared_words(self.texts[i], self.texts[j])


def align_tasks(tasks: Sequence[TaskRecord], *, threshold: float = 0.5) -> list[TaskLink]:
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


def topics_overlap(a: Sequence[str], b: Sequence[str]) -> float:
    """The share of topics two tasks have in common."""
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a and b else 0.0
