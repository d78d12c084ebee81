"""The kinds of facts 事实种类: how each is found, recorded, filed and printed.

A new kind is a module with its value, its record and its finder, and a row here. Extraction, the store, exports, the REST interface, the
tools for assistants, the ledgers and the network go through these rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from corpus.document import ParsedDocument
from corpus.errors import UsageError
from graph.codec.columns import PROVISION_COLUMNS, TARGET_COLUMNS, TASK_COLUMNS, TERM_COLUMNS, LedgerColumn
from graph.codec.keys import Key, actor_keys, provision_keys, target_keys, task_keys, term_keys
from graph.codec.records import (
    ActorRecord,
    ProvisionRecord,
    TargetRecord,
    TaskRecord,
    TermRecord,
    actor_record,
    provision_record,
    target_record,
    task_record,
    term_record,
)
from graph.provisions.find import find_provisions
from graph.queries.cited import R
from graph.targets.find import find_targets
from graph.tasks.find import find_tasks
from graph.terms import find_terms
from graph.units.actors import find_actors

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class FactKind(Generic[V, R]):
    """One kind of facts.

    Args:
        plural: Its name in exports (``tasks.json``) and in addresses (``/facts/tasks``).
        label: Its name in Chinese.
        title: The title of its ledger.
        record: The class of its records.
        find: Gives the values of a document; called with the document and the values of the kinds in ``needs``.
        to_record: Gives the record of a value.
        keys: Gives what a value is filed under.
        columns: The columns of its ledger, after the serial number.
        serial_width: The width of the serial number, in Chinese characters.
        total: How the number of facts is written under the ledger.
        needs: Names of kinds further up whose values ``find`` builds on.
        framed: Whether ``find`` takes the frames of the blocks (``graph.frames``) as the keyword ``frames``.
        published: Whether other programs get it: in exports, the REST interface and the tools for assistants.
    """

    plural: str
    label: str
    title: str
    record: type[R]
    find: Callable[..., Iterable[V]]
    to_record: Callable[[ParsedDocument, V], R]
    keys: Callable[[ParsedDocument, V], Iterable[Key]]
    columns: tuple[LedgerColumn[R], ...] = ()
    serial_width: float = 4
    total: str = "共 {} 条。"
    needs: Sequence[str] = ()
    framed: bool = False
    published: bool = True

    @property
    def name(self) -> str:
        """What the store files it under."""
        return self.record.fact_kind


TASKS = FactKind(
    plural="tasks",
    label="任务",
    title="任务台账",
    record=TaskRecord,
    find=find_tasks,
    to_record=task_record,
    keys=task_keys,
    columns=TASK_COLUMNS,
    serial_width=3.5,
    total="共 {} 项任务。",
    framed=True,
)
TARGETS = FactKind(
    plural="targets",
    label="指标",
    title="目标指标表",
    record=TargetRecord,
    find=find_targets,
    to_record=target_record,
    keys=target_keys,
    columns=TARGET_COLUMNS,
    total="共 {} 项；年份一栏空白表示原文未给出年份。",
    framed=True,
)
PROVISIONS = FactKind(
    plural="provisions",
    label="规定",
    title="规定汇编表",
    record=ProvisionRecord,
    find=find_provisions,
    to_record=provision_record,
    keys=provision_keys,
    columns=PROVISION_COLUMNS,
    total="共 {} 条规定；空白表示原文没有写明。",
    framed=True,
)
TERMS = FactKind(
    plural="terms",
    label="术语",
    title="术语表",
    record=TermRecord,
    find=find_terms,
    to_record=term_record,
    keys=term_keys,
    columns=TERM_COLUMNS,
)
ACTORS = FactKind(
    plural="actors",
    label="行为主体",
    title="行为主体表",
    record=ActorRecord,
    find=find_actors,
    to_record=actor_record,
    keys=actor_keys,
    needs=("task",),
    published=False,  # no file of the contract has them: they are there for the network
)

KINDS: tuple[FactKind[Any, Any], ...] = (TASKS, TARGETS, PROVISIONS, TERMS, ACTORS)
PUBLISHED = tuple(kind for kind in KINDS if kind.published)


def kind_named(plural: str) -> FactKind[Any, Any]:
    """The published kind with a name such as ``tasks``. Raises ``UsageError``."""
    for kind in PUBLISHED:
        if kind.plural == plural:
            return kind
    known = "、".join(f"{kind.plural}（{kind.label}）" for kind in PUBLISHED)
    raise UsageError(f"没有“{plural[:40]}”这种事实。可用的有：{known}。")
