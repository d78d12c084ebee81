"""Supervision at a desk 督查: the list of what is due is kept until the library changes; what the office says is read each time."""

from __future__ import annotations

import datetime as dt

from cemai.supervision import DueList, add_states, choose_due, schedule_tasks
from graph.codec.records import TaskRecord
from ui.desk.desk import Desk, Tasks


def due_tasks(
    desk: Desk,
    *,
    unit: str | None = None,
    region: str | None = None,
    when: str | None = None,
    state: str | None = None,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> DueList:
    """The tasks with a limit that meet the conditions (see ``cemai.supervision.supervise``). Raises ``UsageError``."""
    day = as_of or dt.date.today()

    def find_tasks() -> Tasks:
        if unit is None:  # as the ledger of tasks has them, which the desk keeps
            return desk.tasks(region=region, as_of=None if day == dt.date.today() else day, all_versions=all_versions)
        return desk.library.tasks(unit=unit, region=region, former=True, as_of=day, all_versions=all_versions)

    scheduled = desk.read(
        lambda corpus: schedule_tasks(corpus, find_tasks(), day), keep=f"due|{unit}|{region}|{day}|{all_versions}"
    )
    said = desk.read(lambda corpus: add_states(corpus, scheduled))
    return choose_due(said, day, when=when, state=state)


def find_task(desk: Desk, document: str, task: str) -> TaskRecord | None:
    """A task of a document by the ids of both, or None."""
    entry = desk.entry(document)
    if entry is None:
        return None
    found = desk.read(lambda corpus: corpus.facts(TaskRecord, documents=[entry.info.row]))
    return next((fact.value for fact in found if fact.value.id == task), None)
