"""Coverage 落实对照: each task and target of an upper document with its counterpart in a lower one, or None."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.store import Corpus
from graph.alignment.indicators import same_indicator
from graph.alignment.tasks import TaskWords, topics_overlap
from graph.codec.records import TargetRecord, TaskRecord

_TAKEN_UP = 0.4
_NEAR = 0.25


@dataclass(frozen=True, slots=True)
class CoveredTask:
    """An upper task with the lower task that takes it up, or None; then ``nearest`` is the most alike one, if any is alike at all."""

    upper: TaskRecord
    lower: TaskRecord | None
    score: float
    words: tuple[str, ...]
    nearest: TaskRecord | None = None


@dataclass(frozen=True, slots=True)
class CoveredTarget:
    """An upper target with the lower target of the same indicator, or None; ``reason`` says why they count as the same."""

    upper: TargetRecord
    lower: TargetRecord | None
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The comparison of two documents, in the order of the upper one, and what the lower one demands beyond it."""

    tasks: tuple[CoveredTask, ...]
    targets: tuple[CoveredTarget, ...]
    own: tuple[TaskRecord, ...]
    """Tasks of the lower document that take up none of the upper."""

    @property
    def missing(self) -> tuple[TaskRecord, ...]:
        """Upper tasks that the lower document does not mention."""
        return tuple(entry.upper for entry in self.tasks if entry.lower is None)

    @property
    def missing_targets(self) -> tuple[TargetRecord, ...]:
        """Upper targets without a lower one."""
        return tuple(entry.upper for entry in self.targets if entry.lower is None)


def coverage(corpus: Corpus, upper: int, lower: int) -> Coverage:
    """Compare two documents of the library, given by their rows; only targets of the plan are asked for, not figures of the past."""
    tasks = [[fact.value for fact in corpus.facts(TaskRecord, documents=[row])] for row in (upper, lower)]
    targets = [
        [fact.value for fact in corpus.facts(TargetRecord, documents=[row]) if fact.value.kind == "target"]
        for row in (upper, lower)
    ]
    covered = covered_tasks(*tasks)
    taken = {entry.lower.id for entry in covered if entry.lower is not None}
    return Coverage(
        tuple(covered),
        tuple(covered_targets(*targets)),
        tuple(task for task in tasks[1] if task.id not in taken and _best_upper(task, covered) is None),
    )


def covered_tasks(upper: Sequence[TaskRecord], lower: Sequence[TaskRecord]) -> list[CoveredTask]:
    """Every upper task with the lower task most alike. One lower task may take up several upper ones."""
    words = TaskWords.of([*upper, *lower])
    postings: dict[str, list[int]] = defaultdict(list)
    for j in range(len(upper), len(upper) + len(lower)):
        words.file(j, postings)
    out: list[CoveredTask] = []
    for i, task in enumerate(upper):
        scored = [
            (words.likeness(i, j, dot, topics_overlap(task.topics, lower[j - len(upper)].topics)), -j)
            for j, dot in words.neighbours(i, postings).items()
        ]
        score, place = max(scored, default=(0.0, 0))
        carried = words.carried_by(i, -place) if score >= _NEAR else ()
        best = lower[-place - len(upper)] if carried else None
        found = best if score >= _TAKEN_UP else None
        out.append(CoveredTask(task, found, round(score, 4), carried, None if found else best))
    return out


def covered_targets(upper: Sequence[TargetRecord], lower: Sequence[TargetRecord]) -> list[CoveredTarget]:
    """Every upper target with the lower target of the same indicator, the most alike one."""
    out: list[CoveredTarget] = []
    for target in upper:
        alike = [(same_indicator(target, other), other) for other in lower]
        same = [(likeness, other) for likeness, other in alike if likeness.same]
        if same:
            # of two figures for one indicator the one of the same year
            likeness, best = max(same, key=lambda pair: (round(pair[0].score, 2), pair[1].by_year == target.by_year))
            out.append(CoveredTarget(target, best, round(likeness.score, 4), likeness.reason))
        else:
            out.append(CoveredTarget(target, None, 0.0, "下级文件没有同一指标"))
    return out


def _best_upper(task: TaskRecord, covered: Sequence[CoveredTask]) -> TaskRecord | None:
    """The upper task whose nearest counterpart is this one."""
    return next((entry.upper for entry in covered if entry.nearest is not None and entry.nearest.id == task.id), None)
