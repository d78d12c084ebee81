"""Facts as other programs read them 事实记录: the records of the store, of ``tasks.json``, ``targets.json`` and ``terms.json``.

The fields of a record, their order and their names are those of the contract. The store keeps a record as JSON and gives it back as the
same class, so everything behind it reads attributes: ``task.lead_units``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import msgspec

from corpus.document import ParsedDocument, Span, fact_id
from corpus.errors import StoreError
from graph.facts import Comparator, Provision, ProvisionKind, Target, TargetKind, Task, Term, UnitMention, UnitRole
from graph.tasks.deadlines import iso

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

OWN_NUMBER = re.compile(
    r"^(?:第[一二三四五六七八九十百零〇\d]{1,6}[条章节]|[（(]?[一二三四五六七八九十\d]{1,4}[）)、.．·]|[一二三四五六七八九十]{1,2}是)\s*"
)
"""The number in front of a heading or a numbered item."""


class FactRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of any kind. ``fact_kind`` is what the store files it under; a field ``kind`` of a record says which sort of task it is."""

    fact_kind: ClassVar[str]

    id: str
    document_id: str
    source: str

    @property
    def quote(self) -> str:
        """The words of the text it was read from."""
        raise NotImplementedError

    @property
    def start(self) -> int:
        """Where the quote begins in the text."""
        raise NotImplementedError

    @property
    def end(self) -> int:
        """Where the quote ends in the text."""
        raise NotImplementedError

    @property
    def span(self) -> Span:
        """The place of the quote in the text."""
        return Span(self.start, self.end)

    @property
    def position(self) -> str:
        """Where in its document it is, in words: row and column of a table, else the headings above it."""
        return ""

    def to_json(self) -> str:
        """The record as the store keeps it.

        Written by ``json`` and not by msgspec, which writes very small and very large figures in another form: libraries are compared
        byte by byte.
        """
        return _writer(msgspec.to_builtins(self))

    @classmethod
    def from_json(cls, written: bytes) -> Self:
        """The inverse of ``to_json``. Raises ``StoreError`` where the stored text is no record of this kind."""
        try:
            value: Self = _reader(cls)(written)
        except msgspec.DecodeError as error:
            raise StoreError("文档库里有一条抽取结果读不出来。请运行 cemai doctor 查明是哪份文件，再重新读入它。") from error
        return value

    def to_record(self) -> Json:
        """The record as JSON values, for other programs."""
        # not ``to_builtins``, which leaves tuples as they are
        value: Json = msgspec.json.decode(msgspec.json.encode(self))
        return value


_writer = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@cache
def _reader(record: type[FactRecord]) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(record).decode


class UnitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of a task, as the text names it and where."""

    name: str
    role: UnitRole
    canonical: str | None = None
    inherited: bool = False
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The place of the name in the text."""
        return Span(self.start, self.end)


class MeasureRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things that stand side by side inside a task (具体措施)."""

    name: str
    start: int
    end: int


class TaskRecord(FactRecord, frozen=True, kw_only=True):
    """任务: one entry of ``tasks.json``."""

    fact_kind: ClassVar[str] = "task"

    section_path: tuple[str, ...] = ()
    name: str
    quote: str
    start: int
    end: int
    kind: Literal["numbered", "unnumbered", "row"] = "numbered"
    region: str | None = None
    lead_units: tuple[str, ...] = ()
    responsible_units: tuple[str, ...] = ()
    supporting_units: tuple[str, ...] = ()
    units: tuple[UnitRecord, ...] = ()
    units_inherited: bool = False
    topics: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    deadline: str | None = None
    deadline_iso: str | None = None
    measures: tuple[MeasureRecord, ...] = ()
    place: str | None = None
    page: int | None = None

    @property
    def units_by_role(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The names of the units under the word for their part in the task (牵头, 责任, 配合)."""
        return (("牵头", self.lead_units), ("责任", self.responsible_units), ("配合", self.supporting_units))

    @property
    def position(self) -> str:
        """Where in its document it is: of the heading that is the task itself only the number, its name has its own column."""
        path = list(self.section_path)
        if self.name and path:
            number = OWN_NUMBER.match(path[-1])
            own = path[-1][number.end() :] if number else path[-1]
            if number and own and (own.startswith(self.name) or self.name.startswith(own.rstrip("。；;"))):
                path[-1] = number.group().rstrip("、.．")
        return self.place or " > ".join(path)


class TargetRecord(FactRecord, frozen=True, kw_only=True):
    """目标指标: one entry of ``targets.json``."""

    fact_kind: ClassVar[str] = "target"

    indicator: str
    comparator: Comparator
    value: int | float | None = None
    value_min: int | float | None = None
    value_max: int | float | None = None
    value_text: str
    unit: str | None = None
    by_year: int | None = None
    base_year: int | None = None
    deadline: str | None = None
    region: str | None = None
    kind: TargetKind
    topic: str | None = None
    binding: Literal["约束性", "预期性"] | None = None
    section_path: tuple[str, ...] = ()
    quote: str
    start: int
    end: int
    place: str | None = None
    page: int | None = None
    as_of: int | None = None
    base_value: int | float | None = None

    @property
    def position(self) -> str:
        """Where in its document it is: row and column of a table, else the headings above it."""
        return self.place or " > ".join(self.section_path)


class ProvisionRecord(FactRecord, frozen=True, kw_only=True):
    """规定: one entry of ``provisions.json``. What the document does not say is None."""

    fact_kind: ClassVar[str] = "provision"

    section_path: tuple[str, ...] = ()
    name: str
    kind: ProvisionKind
    subject: str | None = None
    object: str | None = None
    condition: str | None = None
    amount: str | None = None
    value: int | float | None = None
    unit: str | None = None
    term: str | None = None
    authority: str | None = None
    region: str | None = None
    quote: str
    start: int
    end: int
    page: int | None = None

    @property
    def position(self) -> str:
        """The headings above it."""
        return " > ".join(self.section_path)


class TermRecord(FactRecord, frozen=True, kw_only=True):
    """术语: one entry of ``terms.json``. ``definition`` is None where the document only mentions the term."""

    fact_kind: ClassVar[str] = "term"

    term: str
    definition: str | None = None
    definition_start: int | None = None
    definition_end: int | None = None
    defined: bool = False
    section_path: tuple[str, ...] = ()
    quote: str
    start: int
    end: int
    page: int | None = None

    @property
    def definition_span(self) -> Span | None:
        """The place of the definition in the text."""
        if self.definition_start is None or self.definition_end is None:
            return None
        return Span(self.definition_start, self.definition_end)

    @property
    def position(self) -> str:
        """The headings above it."""
        return " > ".join(self.section_path)


class ActorRecord(FactRecord, frozen=True, kw_only=True):
    """行为主体: a unit named as acting subject in running text, without formal responsibility."""

    fact_kind: ClassVar[str] = "actor"

    name: str
    canonical: str | None = None
    quote: str
    start: int
    end: int


def task_record(doc: ParsedDocument, task: Task) -> TaskRecord:
    """The record of a task."""
    return TaskRecord(
        id=task.id,
        document_id=doc.id,
        source=doc.source,
        section_path=task.section_path,
        name=task.name,
        quote=task.span.of(doc.text),
        start=task.span.start,
        end=task.span.end,
        kind=task.kind,
        region=task.region,
        lead_units=task.named("lead"),
        responsible_units=task.named("responsible"),
        supporting_units=task.named("supporting"),
        units=tuple(_unit_record(unit) for unit in task.units),
        units_inherited=any(unit.inherited for unit in task.units),
        topics=task.topics,
        beneficiaries=task.beneficiaries,
        deadline=task.deadline,
        deadline_iso=iso(task.deadline) if task.deadline else None,
        measures=tuple(MeasureRecord(name=m.name, start=m.span.start, end=m.span.end) for m in task.measures),
        place=task.place,
        page=doc.page_at(task.span.start),
    )


def _unit_record(unit: UnitMention) -> UnitRecord:
    return UnitRecord(
        name=unit.name,
        role=unit.role,
        canonical=unit.canonical,
        inherited=unit.inherited,
        start=unit.span.start,
        end=unit.span.end,
    )


def target_record(doc: ParsedDocument, target: Target) -> TargetRecord:
    """The record of a target."""
    return TargetRecord(
        id=target.id,
        document_id=doc.id,
        source=doc.source,
        indicator=target.indicator,
        comparator=target.comparator,
        value=target.value,
        value_min=target.value_min,
        value_max=target.value_max,
        value_text=target.value_text,
        unit=target.unit,
        by_year=target.by_year,
        base_year=target.base_year,
        as_of=target.as_of,
        base_value=target.base_value,
        deadline=target.deadline,
        region=target.region,
        kind=target.kind,
        topic=target.topic,
        binding=target.binding,
        section_path=doc.heading_path(target.span.start),
        quote=target.span.of(doc.text),
        start=target.span.start,
        end=target.span.end,
        place=target.place,
        page=doc.page_at(target.span.start),
    )


def provision_record(doc: ParsedDocument, provision: Provision) -> ProvisionRecord:
    """The record of a provision."""
    return ProvisionRecord(
        id=provision.id,
        document_id=doc.id,
        source=doc.source,
        section_path=provision.section_path,
        name=provision.name,
        kind=provision.kind,
        subject=provision.subject,
        object=provision.object,
        condition=provision.condition,
        amount=provision.amount,
        value=provision.value,
        unit=provision.unit,
        term=provision.term,
        authority=provision.authority,
        region=provision.region,
        quote=provision.span.of(doc.text),
        start=provision.span.start,
        end=provision.span.end,
        page=doc.page_at(provision.span.start),
    )


def term_record(doc: ParsedDocument, term: Term) -> TermRecord:
    """The record of a term."""
    return TermRecord(
        id=term.id,
        document_id=doc.id,
        source=doc.source,
        term=term.term,
        definition=term.definition.of(doc.text) if term.definition else None,
        definition_start=term.definition.start if term.definition else None,
        definition_end=term.definition.end if term.definition else None,
        defined=term.definition is not None,
        section_path=doc.heading_path(term.span.start),
        quote=term.span.of(doc.text),
        start=term.span.start,
        end=term.span.end,
        page=doc.page_at(term.span.start),
    )


def actor_record(doc: ParsedDocument, actor: UnitMention) -> ActorRecord:
    """The record of an acting subject."""
    return ActorRecord(
        id=fact_id(doc.id, "actor", actor.span, actor.name),
        document_id=doc.id,
        source=doc.source,
        name=actor.name,
        canonical=actor.canonical,
        quote=actor.span.of(doc.text),
        start=actor.span.start,
        end=actor.span.end,
    )
