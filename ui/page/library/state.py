"""What the tab 文档库 keeps between presses: what is looked for, what is open, and what can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from cemai.doubts import Doubt
from ui.desk.catalogue import CONDITIONS, CatalogueQuery, select_entries
from ui.desk.desk import Desk, ShelfEntry
from ui.labels import SORTS
from ui.page.events import Payload, text

NEWEST_FIRST = CatalogueQuery(sort="added")
"""The newest is where it is looked for."""


@dataclass(frozen=True, slots=True)
class UndoableChange:
    """What was done last: the corrections made and the documents removed."""

    message: str
    corrections: tuple[int, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkChange:
    """A change to many documents that waits for a person's word. ``field`` is None where they are to be removed."""

    documents: tuple[str, ...]
    field: str | None
    value: str

    @property
    def sentence(self) -> str:
        """What will be done, with the number of documents."""
        if self.field is None:
            return f"将移除 {len(self.documents)} 份文件。"
        name = {"region": "地区", "status": "时效"}[self.field]
        return f"将把 {len(self.documents)} 份文件的{name}设为“{self.value}”。"


@dataclass(frozen=True, slots=True)
class ShelfState:
    """The state of the tab in one browser window."""

    wanted: CatalogueQuery = NEWEST_FIRST
    start: int = 0
    opened: str | None = None
    queue: bool = False
    reason: str | None = None
    skipped: tuple[str, ...] = ()
    pending: BulkChange | None = None
    undo: UndoableChange | None = None
    who: str = ""


def read_query(payload: Payload) -> CatalogueQuery:
    """The conditions of the form above the table."""
    values = {name: text(payload, name) for name in CONDITIONS}
    sort = text(payload, "sort")
    return CatalogueQuery(
        query=(text(payload, "query") or "")[:200],
        doubtful=text(payload, "doubtful") is not None,
        sort=sort if sort in SORTS else "added",
        **values,
    )


def address_values(state: ShelfState) -> dict[str, object]:
    """What the address of the tab says: conditions, page, the document whose form is open, the queue."""
    wanted = state.wanted
    values: dict[str, object] = {"query": wanted.query, **{name: getattr(wanted, name) for name in CONDITIONS}}
    values |= {"doubtful": "1" if wanted.doubtful else None, "sort": None if wanted.sort == "added" else wanted.sort}
    if state.queue:
        return values | {"queue": "1", "reason": state.reason}
    return values | {"start": state.start, "edit": state.opened}


def shown_entries(desk: Desk, state: ShelfState) -> list[ShelfEntry]:
    """The documents that meet the conditions, in order."""
    return select_entries(desk.entries(), state.wanted, doubtful_ids(desk))


def doubtful_ids(desk: Desk) -> frozenset[str]:
    """The documents with doubts."""
    return frozenset(doubt.document for doubt in desk.doubts())


def doubts_in_queue(desk: Desk, state: ShelfState) -> dict[str, list[Doubt]]:
    """The doubts of each document that meets the conditions, the weightiest document first."""
    allowed = {entry.info.id for entry in shown_entries(desk, state)} if state.wanted.conditions else None
    found: dict[str, list[Doubt]] = {}
    for doubt in desk.doubts():
        if allowed is None or doubt.document in allowed:
            found.setdefault(doubt.document, []).append(doubt)
    if state.reason is None:
        return found
    return {id: doubts for id, doubts in found.items() if any(doubt.reason == state.reason for doubt in doubts)}
