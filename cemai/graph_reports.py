"""What the policy graph answers 图谱查询结果: values with their places, and the records other programs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from corpus.store import DocumentInfo
from graph.alignment.grades import DemandGrade
from graph.codec.records import TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from graph.queries.counted import describe_folded
from graph.units.names import FormerName

if TYPE_CHECKING:
    from qa.answer import AnswerCitation

Json = dict[str, Any]
ROLES = {"lead": "牵头", "responsible": "责任", "supporting": "配合"}


@dataclass(frozen=True, slots=True)
class CitedDuty:
    """A task of a unit, the roles it has in it, and the former name the unit goes by there."""

    task: CitedFact[TaskRecord]
    roles: tuple[str, ...]
    former: FormerName | None = None

    def record(self) -> Json:
        """The shape other programs read."""
        return {**self.task.record(), "roles": list(self.roles), "former": asdict(self.former) if self.former else None}


@dataclass(frozen=True)
class UnitDuties:
    """All tasks of a unit, with exact counts by role, by region and by former name.

    ``folded`` is the number of copies and former versions left out.
    """

    unit: str
    region: str | None
    tasks: tuple[CitedDuty, ...]
    folded: int = 0

    @cached_property
    def roles(self) -> dict[str, int]:
        """The number of tasks by role."""
        found = Counter(name for duty in self.tasks for name in duty.roles)
        return {name: found[name] for name in ROLES}

    @cached_property
    def former_names(self) -> list[tuple[FormerName, int]]:
        """The former names some tasks are under, and how many are."""
        names: dict[str, FormerName] = {}
        counts: Counter[str] = Counter()
        for duty in self.tasks:
            if duty.former is not None:
                names.setdefault(duty.former.name, duty.former)
                counts[duty.former.name] += 1
        return [(former, counts[name]) for name, former in names.items()]

    @property
    def summary(self) -> str:
        """The counts in words."""
        parts = [f"{word} {self.roles[name]}" for name, word in ROLES.items() if self.roles[name]]
        former = "".join(
            f"；其中 {count} 项记在原{name.name}名下（{name.since} 起为{name.successor}）" for name, count in self.former_names
        )
        return f"共 {len(self.tasks)} 项任务（{'、'.join(parts) or '未分职责'}）{former}。{describe_folded(self.folded)}"

    def record(self) -> Json:
        """The shape other programs read."""
        regions = Counter(duty.task.fact.region or "" for duty in self.tasks)
        return {
            "unit": self.unit,
            "region": self.region,
            "total": len(self.tasks),
            "folded": self.folded,
            "roles": self.roles,
            "regions": [{"region": name or None, "count": count} for name, count in regions.most_common()],
            "former_names": [{**asdict(former), "count": count} for former, count in self.former_names],
            "tasks": [duty.record() for duty in self.tasks],
        }


@dataclass(frozen=True, slots=True)
class YearTargets:
    """The targets that are due in a year; ``year`` is None for those without one."""

    year: int | None
    targets: tuple[CitedFact[TargetRecord], ...]

    def record(self) -> Json:
        """The shape other programs read."""
        return {"year": self.year, "count": len(self.targets), "targets": [target.record() for target in self.targets]}


@dataclass(frozen=True, slots=True)
class TaskCounterpart:
    """An upper task with the lower task that takes it up, or None; then ``nearest`` is the most alike one.

    ``mention`` quotes the lower document where it takes a task up in other words and not as a task of its own; ``grade`` says whether it
    is taken up, partly or not, and by which words.
    """

    upper: CitedFact[TaskRecord]
    lower: CitedFact[TaskRecord] | None
    score: float
    words: tuple[str, ...]
    nearest: CitedFact[TaskRecord] | None = None
    mention: tuple[AnswerCitation, ...] = ()
    grade: DemandGrade | None = None

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "upper": self.upper.record(),
            "lower": self.lower.record() if self.lower else None,
            "score": self.score,
            "words": list(self.words),
            "nearest": self.nearest.record() if self.nearest else None,
            "mention": [citation.record() for citation in self.mention],
            "grade": self.grade.grade if self.grade else None,
            "because": self.grade.reason if self.grade else "",
        }


@dataclass(frozen=True, slots=True)
class TargetCounterpart:
    """An upper target with the lower target of the same indicator, or None; ``reason`` says why they count as the same."""

    upper: CitedFact[TargetRecord]
    lower: CitedFact[TargetRecord] | None
    score: float
    reason: str
    grade: DemandGrade | None = None

    def record(self) -> Json:
        """The shape other programs read."""
        lower = self.lower.record() if self.lower else None
        graded = {"grade": self.grade.grade if self.grade else None, "because": self.grade.reason if self.grade else ""}
        return {"upper": self.upper.record(), "lower": lower, "score": self.score, "reason": self.reason, **graded}


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """落实对照: each task and target of an upper document with what takes it up in a lower one, and what only the lower one has."""

    upper: DocumentInfo
    lower: DocumentInfo
    counts: Mapping[str, int]
    tasks: tuple[TaskCounterpart, ...]
    targets: tuple[TargetCounterpart, ...]
    own: tuple[CitedFact[TaskRecord], ...]

    def only_missing(self) -> CoverageReport:
        """What the lower document does not take up; the counts stay those of the whole."""
        return replace(
            self,
            tasks=tuple(entry for entry in self.tasks if entry.lower is None and not entry.mention),
            targets=tuple(entry for entry in self.targets if entry.lower is None),
        )

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "upper": document_summary(self.upper),
            "lower": document_summary(self.lower),
            "counts": dict(self.counts),
            "tasks": [entry.record() for entry in self.tasks],
            "targets": [entry.record() for entry in self.targets],
            "own": [task.record() for task in self.own],
        }


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """Targets of one indicator, under whatever names."""

    targets: tuple[CitedFact[TargetRecord], ...]

    @property
    def indicator(self) -> str:
        """The name most of them have."""
        return Counter(target.fact.indicator for target in self.targets).most_common(1)[0][0]

    @property
    def regions(self) -> list[str]:
        """The regions that have one."""
        return sorted({target.fact.region for target in self.targets if target.fact.region})

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "indicator": self.indicator,
            "names": list(dict.fromkeys(target.fact.indicator for target in self.targets)),
            "regions": self.regions,
            "targets": [target.record() for target in self.targets],
        }


@dataclass(frozen=True, slots=True)
class TaskPair:
    """Two tasks of different regions that do the same thing, with a score and the words that carried it."""

    first: CitedFact[TaskRecord]
    second: CitedFact[TaskRecord]
    score: float
    words: tuple[str, ...]

    def record(self) -> Json:
        """The shape other programs read."""
        return {"first": self.first.record(), "second": self.second.record(), "score": self.score, "words": list(self.words)}


def document_summary(info: DocumentInfo) -> Json:
    """A document in a few fields."""
    head = info.head
    return {
        "id": info.id,
        "source": info.source,
        "title": head.title,
        "doc_number": head.doc_number,
        "region": head.region,
        "date": head.issued_on or head.published_on,
    }
