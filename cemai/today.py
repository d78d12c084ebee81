"""Today 今日: what a unit of a region has to look at: what came in, what ends, what is due, answers that changed, documents to check."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cemai.doubts import Doubt, count_documents, list_doubts
from cemai.incoming import (
    AnswerChange,
    IncomingDocument,
    changed_answers,
    concerns_region,
    days_back,
    find_incoming,
    saved_answers,
)
from cemai.supervision import IN_30_DAYS, OPEN, OVERDUE, DueList, add_states, choose_due, schedule_tasks
from corpus.store import Corpus, DocumentInfo
from graph.codec.records import Json
from graph.documents.named import rows_behind
from graph.documents.status import statuses

if TYPE_CHECKING:
    from cemai.library import Library

AHEAD = 90
"""Days before the end of a document's term from which on it is told of, and after it for as long."""
_OWN = "today"
"""The setting of the library that names the unit and the region it is kept for."""
_SILENT = frozenset({"征求意见稿", "已废止", "已修订"})
"""Documents of these statuses have no term that could end."""


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """The unit and the region that a library is kept for."""

    unit: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class ExpiringDocument:
    """A document whose term ends soon or ended lately: its last day, and how many days are left (less than 0: it is over)."""

    info: DocumentInfo
    until: str
    left: int
    reason: str

    def record(self) -> Json:
        """The shape other programs read."""
        head = self.info.head
        return {
            "document_id": self.info.id,
            "source": self.info.source,
            "title": head.title,
            "doc_number": head.doc_number,
            "region": head.region,
            "until": self.until,
            "days_left": self.left,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class DaySummary:
    """All that is told of a day.

    Attributes:
        as_of, since: The day, and from when on a document counts as come in.
        own: For which unit and region.
        arrived: How many documents came in.
        incoming: What came in, with what it changes; the last of it where no more was asked for.
        expiring: What ends within ``AHEAD`` days, the next first, then what ended, the last first.
        due: Tasks not done that are overdue or due within 30 days.
        answers: Kept answers that changed.
        doubts: What a person should look at in documents of the region.
    """

    as_of: dt.date
    since: str
    own: OwnUnit
    arrived: int
    incoming: tuple[IncomingDocument, ...]
    expiring: tuple[ExpiringDocument, ...]
    due: DueList
    answers: tuple[AnswerChange, ...]
    doubts: tuple[Doubt, ...]

    @property
    def overdue(self) -> DueList:
        """Of the tasks those whose day has passed."""
        return choose_due(self.due, self.as_of, when=OVERDUE)

    @property
    def documents_to_check(self) -> int:
        """In how many documents there is something to look at."""
        return count_documents(self.doubts)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.arrived or self.expiring or self.due or self.answers or self.doubts)

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "as_of": self.as_of.isoformat(),
            "since": self.since,
            "unit": self.own.unit,
            "region": self.own.region,
            "incoming": [one.record() for one in self.incoming],
            "expiring": [one.record() for one in self.expiring],
            "due": [one.record() for one in self.due],
            "answers": [one.record() for one in self.answers],
            "doubts": [one.to_record() for one in self.doubts],
        }


def load_own_unit(corpus: Corpus) -> OwnUnit:
    """The unit and region that were kept; nothing where none were."""
    kept = json.loads(corpus.setting(_OWN) or "{}")
    return OwnUnit(kept.get("unit"), kept.get("region"))


def keep_own_unit(corpus: Corpus, own: OwnUnit) -> None:
    """Keep a unit and a region for the library; with neither what was kept is forgotten."""
    if own == OwnUnit():
        corpus.drop_setting(_OWN)
    else:
        corpus.set_setting(_OWN, json.dumps({"unit": own.unit, "region": own.region}, ensure_ascii=False))


def summarize_day(library: Library, own: OwnUnit, *, since: str | None = None, as_of: dt.date | None = None) -> DaySummary:
    """Everything that a day has for a unit of a region; saved answers are those whose questions stand in dossiers.

    Args:
        library: An open library.
        own: The unit and the region; without them the whole library is looked at.
        since: From when on a document counts as come in (a day or a moment, UTC); a week before the day without it.
        as_of: The day (today).
    """
    day = as_of or dt.date.today()
    since = since or days_back(day)
    tasks = library.tasks(unit=own.unit, region=own.region, former=own.unit is not None, as_of=day)
    incoming = find_incoming(library, since, unit=own.unit, region=own.region, as_of=day)
    return DaySummary(
        day,
        since,
        own,
        len(incoming),
        tuple(incoming),
        tuple(find_expiring(library.corpus, own.region, day)),
        due_now(add_states(library.corpus, schedule_tasks(library.corpus, tasks, day)), day),
        tuple(changed_answers(library, saved_answers(library.corpus), day)),
        tuple(doubts_of_region(library.corpus, list_doubts(library), own.region)),
    )


def due_now(tasks: DueList, day: dt.date) -> DueList:
    """Of a list with states what is overdue, and what is due within 30 days and not done."""
    late = {id(one) for one in choose_due(tasks, day, when=OVERDUE)} | {
        id(one) for one in choose_due(tasks, day, when=IN_30_DAYS, state=OPEN)
    }
    return DueList((one for one in tasks if id(one) in late), tasks.folded, tasks.unbinding)


def find_expiring(corpus: Corpus, region: str | None, as_of: dt.date) -> list[ExpiringDocument]:
    """The documents of a region, and of those below and above it, whose term ends or ended within ``AHEAD`` days of a day.

    A work counts once; drafts and what was repealed or replaced have no term that could end.
    """
    behind = rows_behind(corpus, None, as_of)
    infos = corpus.heads
    found = []
    for row, status in statuses(corpus, as_of).items():
        if row in behind or status.until is None or status.status in _SILENT or len(status.until) != 10:
            continue
        left = (dt.date.fromisoformat(status.until) - as_of).days
        if -AHEAD <= left <= AHEAD and concerns_region(infos[row], region):
            found.append(ExpiringDocument(infos[row], status.until, left, status.reason))
    return sorted(found, key=lambda one: (one.left < 0, abs(one.left), one.info.row))


def doubts_of_region(corpus: Corpus, doubts: list[Doubt], region: str | None) -> list[Doubt]:
    """The doubts about documents of a region and of those below it, and about such as have no region at all."""
    if region is None:
        return doubts
    infos = {info.id: info for info in corpus.heads.values()}
    return [
        doubt
        for doubt in doubts
        if (info := infos.get(doubt.document)) is not None and (not info.head.region_code or concerns_region(info, region))
    ]
