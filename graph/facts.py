"""The facts read from a document: values with their evidence. A fact holds spans; its quote is ``span.of(doc.text)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from corpus.document import Span

UnitRole = Literal["lead", "responsible", "supporting", "actor"]
"""lead 牵头 · responsible 责任 · supporting 配合/参加 · actor named as acting subject in running text, no formal duty."""

Comparator = Literal["=", ">=", "<=", ">", "<", "≈", "range"]
TargetKind = Literal["target", "achieved", "statistic", "rule"]


@dataclass(frozen=True, slots=True)
class UnitMention:
    """A unit as the text names it. ``canonical`` is decided within the region of the document, or None if undecidable.

    ``inherited`` marks a list that stands once for a whole section and is applied to its tasks.
    """

    name: str
    role: UnitRole
    span: Span
    canonical: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the things that stand side by side inside a task (具体措施)."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """任务: the smallest numbered item, a row of a ledger table, or an unnumbered closing demand."""

    id: str
    document_id: str
    span: Span
    name: str
    section_path: tuple[str, ...]
    units: tuple[UnitMention, ...] = ()
    topics: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    deadline: str | None = None
    measures: tuple[Measure, ...] = ()
    kind: Literal["numbered", "unnumbered", "row"] = "numbered"
    region: str | None = None
    place: str | None = None
    """Table, row and column in words, where the task is a table row."""

    def named(self, role: UnitRole) -> tuple[str, ...]:
        """The names of the units in one role, in the order of the text."""
        return tuple(dict.fromkeys(unit.name for unit in self.units if unit.role == role))


@dataclass(frozen=True, slots=True)
class Target:
    """目标指标: a figure with its indicator. A year is given only where the sentence or its governing clause gives it."""

    id: str
    document_id: str
    span: Span
    indicator: str
    comparator: Comparator
    value: float | None
    value_text: str
    unit: str | None
    kind: TargetKind
    value_min: float | None = None
    value_max: float | None = None
    by_year: int | None = None
    base_year: int | None = None
    as_of: int | None = None
    """The year a result or a state is of; None for what is still to be reached."""
    base_value: float | None = None
    """The value a change starts from: 56 of 由56%提高到78%."""
    deadline: str | None = None
    region: str | None = None
    topic: str | None = None
    binding: Literal["约束性", "预期性"] | None = None
    place: str | None = None


ProvisionKind = Literal["rule", "condition", "standard", "procedure", "prohibition", "definition"]
"""rule 规则 · condition 条件 · standard 标准 · procedure 手续 · prohibition 禁止 · definition 定义."""


@dataclass(frozen=True, slots=True)
class Provision:
    """规定: an article or an item that says who may, must or gets what; ``None`` where the text does not say so.

    Args:
        id: Its id.
        document_id: The document.
        span: The article or item, whole.
        name: Its heading, or its first clause.
        section_path: The headings above it, its own last.
        kind: What sort of provision it is.
        subject: Whom it is for or who has to act.
        object: What is done, given or forbidden.
        condition: Under which condition.
        amount: How much, as written, with ``value`` and ``unit``.
        value: The amount as a number.
        unit: The unit of the amount.
        term: Until when or how long.
        authority: The organ that decides or handles it.
        region: The division the document is of.
    """

    id: str
    document_id: str
    span: Span
    name: str
    section_path: tuple[str, ...]
    kind: ProvisionKind
    subject: str | None = None
    object: str | None = None
    condition: str | None = None
    amount: str | None = None
    value: float | None = None
    unit: str | None = None
    term: str | None = None
    authority: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A named formula (四个不摘, 一库一单). ``definition`` is a span of the text, None where it is only mentioned."""

    id: str
    document_id: str
    span: Span
    term: str
    definition: Span | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything extracted from one document: the values of each kind (``graph.kinds``) in the order they were found."""

    document_id: str
    by_kind: Mapping[str, tuple[object, ...]]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Its tasks."""
        return cast("tuple[Task, ...]", self.by_kind["task"])

    @property
    def targets(self) -> tuple[Target, ...]:
        """Its targets."""
        return cast("tuple[Target, ...]", self.by_kind["target"])

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """Its provisions."""
        return cast("tuple[Provision, ...]", self.by_kind["provision"])

    @property
    def terms(self) -> tuple[Term, ...]:
        """Its terms."""
        return cast("tuple[Term, ...]", self.by_kind["term"])

    @property
    def actors(self) -> tuple[UnitMention, ...]:
        """The units named as acting subjects."""
        return cast("tuple[UnitMention, ...]", self.by_kind["actor"])
