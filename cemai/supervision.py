"""Supervision 督查: which tasks are due when, and how far the office is with each.

What is due is read from the documents (``graph.queries.schedule``). How far a task is, is said by the office and kept beside, never in, what
was read: a state with who said it, when and a remark. It names its task by id, and by a hash of its words, so that it is found again when
the document is read in anew or a changed file takes its place; words of a document are not kept.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo
from corpus.store.audit import signed_by
from graph.codec.records import Json, TaskRecord
from graph.documents.status import statuses
from graph.queries.cited import CitedFact
from graph.queries.counted import CountedList
from graph.queries.schedule import ENDED, NOT_DUTIES, Schedule, read_schedule

if TYPE_CHECKING:
    from cemai.library import Library

PREFIX = "supervision:"
STATES = ("未启动", "在办", "已办结", "已报")
UNTOUCHED = STATES[0]
DONE = frozenset({"已办结", "已报"})
OVERDUE, DUE, THIS_MONTH, IN_30_DAYS, IN_90_DAYS, PERIODIC, STANDING, UNDATED = (
    "overdue", "due", "month", "30d", "90d", "periodic", "standing", "undated",
)  # fmt: skip
WHEN: Mapping[str, str] = {
    OVERDUE: "逾期（期限已过，没有办结）",
    DUE: "到期（期限已到）",
    THIS_MONTH: "本月到期",
    IN_30_DAYS: "30 日内到期",
    IN_90_DAYS: "90 日内到期",
    PERIODIC: "定期（每年、每季度……）",
    STANDING: "长期",
    UNDATED: "时限未写年份",
}
OPEN = "未办结"
"""The condition that takes in every state but those in ``DONE``."""
LONGEST_WHO, LONGEST_REMARK = 40, 500
_YEAR, _MONTH = re.compile(r"(?:19|20)\d\d"), re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])")
_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class TaskState:
    """What the office said of a task.

    Attributes:
        id: The id of the entry.
        document, source, origin: The document, as corrections name it.
        task: The id of the task.
        words, name: Hashes of the words of the task and of its name.
        state: One of ``STATES``.
        due: Of a task that comes again the day it is about (ISO), else "".
        who, at, remark: Who said it, when (UTC), and what else.
        undone_at: When it was taken back, "" where it holds.
    """

    id: str
    document: str
    source: str
    origin: str | None
    task: str
    words: str
    name: str
    state: str
    due: str = ""
    who: str = ""
    at: str = ""
    remark: str = ""
    undone_at: str = ""

    def record(self) -> Json:
        """The shape other programs read."""
        kept = asdict(self)
        return {
            key: kept[key] for key in ("id", "document", "source", "task", "state", "due", "who", "at", "remark", "undone_at")
        }


@dataclass(frozen=True, slots=True)
class SupervisedTask:
    """A task with its limit, the day it is due next, and what the office said of it.

    Attributes:
        cited: The task and its document.
        schedule: When it is due.
        due: The day; of a task that comes again the next one seen from the day of the list; None where its words fix none.
        said: What the office said last, or None. Of a task that comes again it may be about an earlier turn.
    """

    cited: CitedFact[TaskRecord]
    schedule: Schedule
    due: dt.date | None
    said: TaskState | None = None

    @property
    def state(self) -> str:
        """The state that holds for this turn."""
        if self.said is None:
            return UNTOUCHED
        if self.schedule.every is not None and self.due is not None and self.said.due != self.due.isoformat():
            return UNTOUCHED
        return self.said.state

    def is_overdue(self, day: dt.date) -> bool:
        """Whether its day has passed and nobody said that it is done."""
        return self.due is not None and self.due < day and self.state not in DONE

    def record(self) -> Json:
        """The shape other programs read: the record of the task, and beside it, never in it, the schedule and the state."""
        schedule = {
            "words": self.schedule.words,
            "label": self.schedule.label,
            "due": self.due.isoformat() if self.due else None,
            "every": self.schedule.every,
            "standing": self.schedule.standing,
            "reckoned": self.schedule.reckoned,
        }
        return {
            "task": self.cited.record(),
            "schedule": schedule,
            "state": self.state,
            "said": self.said.record() if self.said else None,
        }


class DueList(list[SupervisedTask]):
    """Tasks by when they are due, and how many were left out: copies and former versions (``folded``), and tasks of documents that
    bind nobody (``unbinding``)."""

    def __init__(self, found: Iterable[SupervisedTask] = (), folded: int = 0, unbinding: int = 0) -> None:
        super().__init__(found)
        self.folded = folded
        self.unbinding = unbinding

    def notes(self) -> list[str]:
        """What was left out, in sentences."""
        notes = [f"另有 {self.folded} 份副本或旧版未计入。"] if self.folded else []
        return [*notes, f"另有 {self.unbinding} 项出自征求意见稿或已废止的文件，未列入。"] if self.unbinding else notes


def supervise(
    library: Library,
    *,
    unit: str | None = None,
    region: str | None = None,
    when: str | None = None,
    state: str | None = None,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> DueList:
    """The tasks with a limit that meet the conditions, also those under former names of the unit, with what the office says of each.

    ``when`` and ``state`` are those of ``choose_due``, ``as_of`` the day the list is made for (today). Raises ``UsageError``.

    Example: ``supervise(library, unit="州医保局", when="30d")``.
    """
    day = as_of or dt.date.today()
    check_conditions(when, state)
    tasks = library.tasks(unit=unit, region=region, former=unit is not None, as_of=day, all_versions=all_versions)
    return choose_due(add_states(library.corpus, schedule_tasks(library.corpus, tasks, day)), day, when=when, state=state)


def schedule_tasks(corpus: Corpus, tasks: Iterable[CitedFact[TaskRecord]], as_of: dt.date) -> DueList:
    """Those of some tasks that have a limit, without what the office says of them: the ones due next first, then those past.

    Args:
        corpus: The library they are of.
        tasks: Tasks, as ``PolicyGraph.tasks`` gives them.
        as_of: The day the list is made for.
    """
    infos = {info.id: info for info in corpus.heads.values()}
    held = statuses(corpus, as_of)
    found: list[SupervisedTask] = []
    unbinding = 0
    for cited in tasks:
        info = infos.get(cited.fact.document_id)
        schedule = read_schedule(cited.fact, info) if info is not None else None
        if info is None or schedule is None:
            continue
        status = held[info.row].status
        if status in NOT_DUTIES:
            unbinding += 1
            continue
        if status in ENDED and schedule.day is None:
            continue
        if schedule.every is not None and (end := held[info.row].until) and len(end) == 10:
            schedule = replace(schedule, until=dt.date.fromisoformat(end))
        found.append(SupervisedTask(cited, schedule, schedule.next(as_of)))
    found.sort(key=lambda one: _order(one, as_of))
    return DueList(found, tasks.folded if isinstance(tasks, CountedList) else 0, unbinding)


def _order(one: SupervisedTask, day: dt.date) -> tuple[int, int]:
    if one.due is None:
        return 2 if one.schedule.standing else 3, 0
    away = (one.due - day).days
    return (0, away) if away >= 0 else (1, -away)


def add_states(corpus: Corpus, tasks: DueList) -> DueList:
    """The same list with what the office said of each."""
    known = _StatesInForce(corpus)
    if not known:
        return tasks
    return DueList((replace(one, said=known.of(one.cited.fact)) for one in tasks), tasks.folded, tasks.unbinding)


def choose_due(tasks: DueList, as_of: dt.date, *, when: str | None = None, state: str | None = None) -> DueList:
    """The tasks that meet both conditions.

    Args:
        tasks: A list with states.
        as_of: The day it was made for.
        when: One of ``WHEN``, a year (2026) or a month (2026-06); None for all.
        state: One of ``STATES``, or 未办结; None for all.

    Raises:
        UsageError: For any other word.
    """
    check_conditions(when, state)

    def meets(one: SupervisedTask) -> bool:
        if state and (one.state in DONE if state == OPEN else one.state != state):
            return False
        return not when or _meets(one, when, as_of)

    return DueList((one for one in tasks if meets(one)), tasks.folded, tasks.unbinding)


def check_conditions(when: str | None, state: str | None) -> None:
    """Raise ``UsageError`` for a word that is no condition of a list."""
    if when and when not in WHEN and not _YEAR.fullmatch(when) and not _MONTH.fullmatch(when):
        raise UsageError(f"不认识“{when[:20]}”。可用：{'、'.join(WHEN)}，或年份 2026、月份 2026-06。")
    if state and state not in (*STATES, OPEN):
        raise UsageError(f"办理情况只能是{'、'.join((*STATES, OPEN))}，不是“{state[:20]}”。")


def _meets(one: SupervisedTask, when: str, day: dt.date) -> bool:
    if when == OVERDUE:
        return one.is_overdue(day)
    if when == DUE:
        return one.due is not None and one.due <= day
    if when == PERIODIC:
        return one.schedule.every is not None
    if when == STANDING:
        return one.schedule.standing
    if when == UNDATED:
        return one.due is None and not one.schedule.standing
    first, last = _stretch(when, day)
    return next(one.schedule.days(first, last), None) is not None


def _stretch(when: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of a condition by date."""
    if when == IN_30_DAYS:
        return day, day + dt.timedelta(days=30)
    if when == IN_90_DAYS:
        return day, day + dt.timedelta(days=90)
    if _YEAR.fullmatch(when):
        return dt.date(int(when), 1, 1), dt.date(int(when), 12, 31)
    month = _MONTH.fullmatch(when)
    year, number = (int(month[1]), int(month[2])) if month else (day.year, day.month)
    return dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])


def count_due(tasks: DueList, as_of: dt.date) -> Counter[str]:
    """How many tasks meet each condition of ``WHEN``."""
    return Counter({when: count for when in WHEN if (count := sum(_meets(one, when, as_of) for one in tasks))})


def days_of_month(tasks: DueList, month: str) -> dict[dt.date, list[SupervisedTask]]:
    """The days of a month (2026-06) on which tasks are due, with them. Raises ``UsageError``."""
    if not _MONTH.fullmatch(month):
        raise UsageError(f"“{month[:20]}”不是月份。请写成 2026-06。")
    first, last = _stretch(month, dt.date.min)
    out: dict[dt.date, list[SupervisedTask]] = {}
    for one in tasks:
        for day in one.schedule.days(first, last):
            out.setdefault(day, []).append(one)
    return dict(sorted(out.items()))


# ---------------------------------------------------------------------- what the office says


def record_state(
    corpus: Corpus,
    task: TaskRecord,
    state: str,
    *,
    who: str | None = None,
    remark: str | None = None,
    as_of: dt.date | None = None,
) -> TaskState:
    """Keep how far the office is with a task; of a task that comes again it is about the turn due next on ``as_of`` (today).

    Raises:
        UsageError: For a state that is none.
    """
    if state not in STATES:
        raise UsageError(f"办理情况只能是{'、'.join(STATES)}，不是“{state[:20]}”。")
    info = corpus.find(task.document_id)
    schedule = read_schedule(task, info)
    turn = schedule.next(as_of or dt.date.today()) if schedule is not None and schedule.every is not None else None
    made = TaskState(
        id=secrets.token_hex(6),
        document=info.id,
        source=info.source,
        origin=info.origin,
        task=task.id,
        words=_hash(task.quote),
        name=_hash(task.name),
        state=state,
        due=turn.isoformat() if turn else "",
        who=_plain(signed_by(who), LONGEST_WHO),
        at=dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        remark=_plain(remark, LONGEST_REMARK),
    )
    _write(corpus, made)
    return made


def undo_state(corpus: Corpus, id: str) -> TaskState:
    """Take a state back: what was said before holds again. Raises ``UsageError`` for one that is not there or was taken back."""
    kept = corpus.setting(PREFIX + id) if _ID.fullmatch(id) else None
    found = _read(kept) if kept else None
    if found is None or found.undone_at:
        raise UsageError(f"没有编号为“{id[:20]}”的办理记录，或已经撤销。用 cemai due history 查看。")
    done = replace(found, undone_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    _write(corpus, done)
    return done


def list_states(corpus: Corpus, *, undone: bool = True) -> list[TaskState]:
    """What the office said, oldest first; what was taken back only where ``undone`` is set."""
    found = [_read(text) for text in corpus.settings(PREFIX).values()]
    return sorted((one for one in found if undone or not one.undone_at), key=lambda one: (one.at, one.id))


def lost_states(corpus: Corpus) -> list[TaskState]:
    """What was said of tasks that the library no longer has: their document is gone, or was replaced by one without them."""
    known = _StatesInForce(corpus)
    rows = [info.row for info in corpus.heads.values() if known.documents_of(info)]
    found = {said.id for fact in corpus.facts(TaskRecord, documents=rows) for said in known.all_of(fact.value)} if rows else set()
    return [one for one in list_states(corpus, undone=False) if one.id not in found]


class _StatesInForce:
    """What holds of each task, by its document and then by its id, its words, its name."""

    def __init__(self, corpus: Corpus) -> None:
        self._said = list_states(corpus, undone=False)
        self._infos: dict[str, DocumentInfo] = {info.id: info for info in corpus.heads.values()} if self._said else {}
        self._by_id: dict[str, list[TaskState]] = {}
        self._by_place: dict[tuple[str, str | None], list[TaskState]] = {}
        for one in self._said:
            self._by_id.setdefault(one.document, []).append(one)
            self._by_place.setdefault((one.source, one.origin), []).append(one)

    def __bool__(self) -> bool:
        return bool(self._said)

    def documents_of(self, info: DocumentInfo) -> Sequence[TaskState]:
        """What was said of the tasks of a document, of these bytes or of the file whose place they took, oldest first."""
        found = {one.id: one for one in (*self._by_id.get(info.id, ()), *self._by_place.get((info.source, info.origin), ()))}
        return sorted(found.values(), key=lambda one: (one.at, one.id))

    def all_of(self, task: TaskRecord) -> list[TaskState]:
        """What was said of a task, oldest first: by its id, else by its words, else by its name."""
        info = self._infos.get(task.document_id)
        said = self.documents_of(info) if info is not None else ()
        if not said:
            return []
        words, name = _hash(task.quote), _hash(task.name)
        by_id = [one for one in said if one.task == task.id and one.document == task.document_id]
        by_words = [one for one in said if one.words == words]
        return by_id or by_words or [one for one in said if one.name == name]

    def of(self, task: TaskRecord) -> TaskState | None:
        """What was said last."""
        found = self.all_of(task)
        return found[-1] if found else None


def _hash(words: str) -> str:
    return hashlib.sha256("".join(fold(words).split()).encode()).hexdigest()[:24]


def _plain(text: str | None, longest: int) -> str:
    return " ".join("".join(char for char in text or "" if char.isprintable() or char.isspace()).split())[:longest]


def _write(corpus: Corpus, state: TaskState) -> None:
    # an entry of its own for each: two who write at the same time never write over one another
    corpus.set_setting(PREFIX + state.id, json.dumps(asdict(state), ensure_ascii=False, separators=(",", ":")))


def _read(text: str) -> TaskState:
    kept: dict[str, Any] = json.loads(text)
    known = TaskState.__dataclass_fields__
    return TaskState(**{key: value for key, value in kept.items() if key in known})
