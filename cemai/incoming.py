"""Incoming documents 收文提醒: what came in since a day, and what it changes for a unit, each with the words of before and after.

New tasks, duties that ended with the version or the document that was replaced, amounts and time limits that are others than before, and
kept answers that would be given otherwise now.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cemai.dossiers import list_dossiers
from corpus.divisions import gazetteer
from corpus.folding import fold
from corpus.store import Corpus, DocumentInfo
from graph.codec.records import OWN_NUMBER, Json, TaskRecord
from graph.documents.named import describe_document
from graph.documents.status import DocumentStatus, statuses
from graph.documents.works import works
from graph.queries.facts import tasks as find_tasks
from graph.queries.schedule import ENDED, NOT_DUTIES
from graph.units.names import wanted
from qa.answer import AnswerCitation, Comparison
from qa.answers.replay import Replay, question_of
from qa.comparison.versions import count_pairs, share_pairs

if TYPE_CHECKING:
    from cemai.library import Library

ChangeKind = Literal["new_task", "ended", "amount", "limit"]
CHANGES: Mapping[ChangeKind, str] = {"new_task": "新任务", "ended": "职责结束", "amount": "数额变更", "limit": "时限变更"}
DAYS = 7
"""Days that count as lately where nobody says from when on."""
ALIKE = 0.5
"""How alike two tasks, or two clauses of one place, must be, by pairs of characters of name or words, to be one put otherwise."""
MOST_CHECKED = 30
"""Kept answers that are asked again at once; each takes up to a second in a large library."""
BINDS_NOBODY = NOT_DUTIES | ENDED
_DATE = re.compile(r"(?:20\d\d年)?(?:第?[一二三四1-4]季度|上半年|下半年|\d{1,2}月(?:\d{1,2}日)?)|20\d\d年|每(?:半?年|季度|月|周)")
_NOT_AMOUNT = re.compile(r"〔\d{4}〕\s*\d+\s*号|第\d+[条款项章]|[（(]\d{1,3}[)）]|^\s*\d{1,3}[.．、]")
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)*[%％]?")


@dataclass(frozen=True, slots=True)
class IncomingChange:
    """One thing that is otherwise than before: ``before`` is None for what is new, ``after`` for what ended."""

    kind: ChangeKind
    name: str
    before: AnswerCitation | None
    after: AnswerCitation | None

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "kind": self.kind,
            "label": CHANGES[self.kind],
            "name": self.name,
            "before": self.before.record() if self.before else None,
            "after": self.after.record() if self.after else None,
        }


@dataclass(frozen=True, slots=True)
class IncomingDocument:
    """A document that came in, what it took the place of, and what it changes.

    ``is_version`` tells that the first of what it replaced is a version of itself; ``note`` says why it changes nothing.
    """

    info: DocumentInfo
    status: str
    replaced: tuple[DocumentInfo, ...] = ()
    changes: tuple[IncomingChange, ...] = ()
    note: str = ""
    is_version: bool = False

    def record(self) -> Json:
        """The shape other programs read."""
        head = self.info.head
        return {
            "document_id": self.info.id,
            "source": self.info.source,
            "title": head.title,
            "doc_number": head.doc_number,
            "region": head.region,
            "added_at": self.info.added_at,
            "status": self.status,
            "replaces": [{"document_id": one.id, "title": one.head.title, "source": one.source} for one in self.replaced],
            "changes": [change.record() for change in self.changes],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A kept answer that would be given otherwise now, with the quotes it no longer has and those that came."""

    id: str
    question: str
    differences: tuple[str, ...]
    before: tuple[AnswerCitation, ...]
    after: tuple[AnswerCitation, ...]

    def record(self) -> Json:
        """The shape other programs read."""
        return {
            "id": self.id,
            "question": self.question,
            "differences": list(self.differences),
            "before": [one.record() for one in self.before],
            "after": [one.record() for one in self.after],
        }


def days_back(as_of: dt.date, days: int = DAYS) -> str:
    """The day from which on things count as lately (ISO)."""
    return (as_of - dt.timedelta(days=days)).isoformat()


def concerns_region(info: DocumentInfo, region: str | None) -> bool:
    """Whether a document is of a region, of one below it, or of one above, whose rules hold in it; any is where no region is given."""
    if region is None:
        return True
    known, code = gazetteer(), info.head.region_code
    if known.covers(region, code) or info.head.region == region:
        return True
    division = known.by_code.get(code or "")
    return division is not None and any(own and division.contains(own) for own in known.region_codes(region))


def list_arrived(corpus: Corpus, since: str, region: str | None = None) -> list[DocumentInfo]:
    """The documents that came in, the last first; arguments as of ``find_incoming``."""
    came = [info for info in corpus.heads.values() if info.added_at >= since and concerns_region(info, region)]
    return sorted(came, key=lambda info: (info.added_at, info.row), reverse=True)


def find_incoming(
    library: Library,
    since: str,
    *,
    unit: str | None = None,
    region: str | None = None,
    as_of: dt.date | None = None,
    compare: Callable[[str, str], Comparison] | None = None,
    most: int | None = None,
) -> list[IncomingDocument]:
    """The documents that came in, the last first, each with what it changes.

    Args:
        library: An open library.
        since: A day or a moment (ISO, UTC): what came in then or later counts.
        unit: The unit whose tasks are told of, also under former names; without it every task of a document that replaces another.
        region: Only documents of this region, of those below and above it.
        as_of: The day for which it is judged what binds (today).
        compare: Compares two versions by their ids; ``library.versions`` without it.
        most: How many of them are looked at; all without it.
    """
    corpus, day = library.corpus, as_of or dt.date.today()
    came = list_arrived(corpus, since, region)[:most]
    if not came:
        return []
    held = statuses(corpus, day)
    ended = _ended_by(corpus, held)
    compare = compare or (lambda old, new: library.versions(old, new, as_of=day))
    own = _UnitTasks(corpus, unit)
    return [_look_at(corpus, info, held, ended.get(info.row, ()), own, compare) for info in came]


def _ended_by(corpus: Corpus, held: Mapping[int, DocumentStatus]) -> dict[int, list[int]]:
    """The documents that each document repealed, or is a later version of; a draft bound nobody, so that nothing of it ends."""
    known = works(corpus)
    out: dict[int, list[int]] = {}
    for row, status in held.items():
        by = set(known.replaced_by(row)) if status.status != "征求意见稿" else set()
        if status.status == "已废止":
            by |= {*status.replaced_by, *([status.evidence.document] if status.evidence and status.evidence.document else [])}
        for other in by - {row}:
            out.setdefault(other, []).append(row)
    return out


class _UnitTasks:
    """The tasks of documents, and which of them are a unit's; without a unit all are."""

    def __init__(self, corpus: Corpus, unit: str | None) -> None:
        self.corpus, self.unit = corpus, unit
        found = wanted(corpus, unit, former=True) if unit else []
        self.names = tuple(dict.fromkeys((unit, *(key for one in found for key in one.keys)))) if unit else ()

    def of(self, rows: Sequence[int]) -> tuple[list[TaskRecord], frozenset[str]]:
        """All tasks of some documents, and the ids of those that are the unit's."""
        if not rows:
            return [], frozenset()
        every = [fact.value for fact in find_tasks(self.corpus, documents=rows, all_versions=True)]
        if self.unit is None:
            return every, frozenset(task.id for task in every)
        own = find_tasks(self.corpus, unit=self.unit, documents=rows, former=True, all_versions=True)
        return every, frozenset(fact.value.id for fact in own)


def _look_at(
    corpus: Corpus,
    info: DocumentInfo,
    held: Mapping[int, DocumentStatus],
    ended: Sequence[int],
    own: _UnitTasks,
    compare: Callable[[str, str], Comparison],
) -> IncomingDocument:
    status = held[info.row].status
    if (front := works(corpus).representative(info.row)) != info.row:
        return IncomingDocument(info, status, note=f"与{describe_document(corpus.heads[front])}是同一份")
    if status in BINDS_NOBODY:
        return IncomingDocument(info, status, note=f"{status}，不产生任务")
    former = _former_version(corpus, info.row)
    rows = [*([former] if former is not None else []), *(row for row in ended if row != former)]
    replaced = tuple(corpus.heads[row] for row in rows)
    new, own_new = own.of([info.row])
    old, own_old = own.of(rows)
    clauses = compare(corpus.heads[former].id, info.id) if former is not None else None
    partner = _pair(old, new, clauses)
    changes = [
        *_changed_clauses(
            clauses, own.names, [one for one in old if one.id in own_old], [one for one in new if one.id in own_new]
        )
    ]
    if replaced or own.unit is not None:
        for task in new:
            before = partner.get(task.id)
            if task.id in own_new and (before is None or before.id not in own_old):
                changes.append(
                    IncomingChange("new_task", task.name, _cited(before, corpus) if before else None, _cited(task, corpus))
                )
    gone = {before.id: next(one for one in new if one.id == id) for id, before in partner.items()}
    for task in old:
        after = gone.get(task.id)
        if task.id in own_old and (after is None or after.id not in own_new):
            changes.append(IncomingChange("ended", task.name, _cited(task, corpus), _cited(after, corpus) if after else None))
    return IncomingDocument(info, status, replaced, tuple(changes), is_version=former is not None)


def _former_version(corpus: Corpus, row: int) -> int | None:
    """The version before this one that was no draft."""
    work = works(corpus).of(row)
    at = next((n for n, version in enumerate(work.versions) if version.document == row), 0)
    return next((version.document for version in reversed(work.versions[:at]) if version.step != "征求意见"), None)


def _pair(old: Sequence[TaskRecord], new: Sequence[TaskRecord], clauses: Comparison | None) -> dict[str, TaskRecord]:
    """The task before of each task, by the id of the new one: in the same words, in the same clause, or likest."""
    if not old or not new:
        return {}
    names = {task.id: count_pairs(_plain(task.name)) for task in (*old, *new)}
    words = {task.id: _plain(_without_units(task)) for task in (*old, *new)}
    pairs = {id: count_pairs(said) for id, said in words.items()}
    scored = []
    for i, before in enumerate(old):
        for j, task in enumerate(new):
            if words[before.id] == words[task.id]:
                likeness = 2.0
            else:
                likeness = share_pairs(pairs[before.id], pairs[task.id])
                if _in_one_clause(before, task, clauses):
                    likeness += 1.0
                else:
                    likeness = max(share_pairs(names[before.id], names[task.id]), likeness)
            if likeness >= ALIKE:
                scored.append((-likeness, abs(i - j), i, j))
    taken: set[int] = set()
    found: dict[str, TaskRecord] = {}
    for _, _, i, j in sorted(scored):
        if i not in taken and new[j].id not in found:
            taken.add(i)
            found[new[j].id] = old[i]
    return found


def _without_units(task: TaskRecord) -> str:
    """The words of a task in front of its list of units: those of two tasks of one unit are alike in it."""
    starts = [unit.start - task.start for unit in task.units if not unit.inherited]
    bracket = max(task.quote.rfind(mark, 0, max(0, min(starts))) for mark in "（(") if starts else -1
    return OWN_NUMBER.sub("", task.quote[:bracket] if bracket > 0 else task.quote)


def _in_one_clause(before: TaskRecord, after: TaskRecord, clauses: Comparison | None) -> bool:
    for row in clauses.rows if clauses else ():
        old, new = row.cells[:2]
        if old.citations and new.citations and _lies_in(before, old.citations[0]) and _lies_in(after, new.citations[0]):
            return True
    return False


def _lies_in(task: TaskRecord, cited: AnswerCitation) -> bool:
    return task.document_id == cited.source_id and task.start < cited.end and cited.start < task.end


def _changed_clauses(
    clauses: Comparison | None, names: Sequence[str], old: Sequence[TaskRecord], new: Sequence[TaskRecord]
) -> Iterable[IncomingChange]:
    """The clauses that a unit is named in, or has a task in, with other amounts or time limits than before; and those without a task
    of it that name it and came, went, or say something else altogether.

    Without names of a unit every clause with other amounts or limits is one.
    """
    for row in clauses.rows if clauses else ():
        before, after = (cell.citations[0] if cell.citations else None for cell in row.cells[:2])
        own = (
            [task for task in new if after and _lies_in(task, after)],
            [task for task in old if before and _lies_in(task, before)],
        )
        named = [one is not None and any(name in one.quote for name in names) for one in (before, after)]
        if names and not (own[0] or own[1] or any(named)):
            continue
        name = next((task.name for tasks in own for task in tasks), None) or row.aspect.partition("　")[2]
        kind = _what_changed(before.quote, after.quote) if before and after else None
        if kind is not None:
            yield IncomingChange(kind, name, before, after)
        elif not (before and after and share_pairs(count_pairs(_plain(before.quote)), count_pairs(_plain(after.quote))) >= ALIKE):
            # a task is told of by itself
            if before is not None and named[0] and not own[1]:
                yield IncomingChange("ended", name, before, None)
            if after is not None and named[1] and not own[0]:
                yield IncomingChange("new_task", name, None, after)


def _what_changed(before: str, after: str) -> ChangeKind | None:
    """Whether two wordings differ in amounts, or else in dates and periods."""
    one, other = (_NOT_AMOUNT.sub(" ", text) for text in (fold(before), fold(after)))
    amounts = [Counter(_AMOUNT.findall(_DATE.sub(" ", text))) for text in (one, other)]
    if amounts[0] != amounts[1]:
        return "amount"
    return "limit" if Counter(_DATE.findall(one)) != Counter(_DATE.findall(other)) else None


def _plain(text: str) -> str:
    return "".join(fold(text).split())


def _cited(task: TaskRecord, corpus: Corpus) -> AnswerCitation:
    info = corpus.find(task.document_id)
    return AnswerCitation(
        source_id=task.document_id,
        source=task.source,
        title=info.head.title,
        doc_number=info.head.doc_number,
        region=info.head.region,
        section_path=task.section_path,
        quote=task.quote,
        start=task.start,
        end=task.end,
        page=task.page,
    )


# ---------------------------------------------------------------------- kept answers


def saved_answers(corpus: Corpus) -> list[str]:
    """The ids of kept answers whose questions stand in a dossier, the latest of each question."""
    wanted = {item.question for dossier in list_dossiers(corpus) for item in dossier.items if item.kind == "question"}
    found: dict[str, str] = {}
    for kept in corpus.answers() if wanted else ():
        question = question_of(kept.payload)
        if question in wanted:
            found.setdefault(question, kept.id)
    return list(found.values())


def changed_answers(
    library: Library, ids: Iterable[str], as_of: dt.date, *, replay: Callable[[str], Replay] | None = None
) -> list[AnswerChange]:
    """Those of some kept answers that would be given otherwise on a day, asked again one by one, ``MOST_CHECKED`` at most.

    An answer given for a day of its own stays one of that day; one that the library does not have is passed over.
    """
    corpus = library.corpus
    out = []
    for id in list(dict.fromkeys(ids))[:MOST_CHECKED]:
        kept = corpus.answer(id)
        if kept is None:
            continue
        dated = (kept.get("asked") or {}).get("as_of")
        if kept.get("generation") == corpus.generation and kept.get("as_of") == (dated or as_of.isoformat()):
            continue
        found = replay(id) if replay else library.replay(id, as_of=None if dated else as_of)
        told = tuple(one.text for one in found.differences if one.what not in ("moved", "answer"))
        if told:
            out.append(AnswerChange(id, question_of(found.then), told, *_quotes(found)))
    return out


def _quotes(found: Replay) -> tuple[tuple[AnswerCitation, ...], tuple[AnswerCitation, ...]]:
    """The quotes that only the answer of then has, and those that only the answer of now has."""
    old = [] if found.then.get("erased") else [_read_citation(one) for one in found.then["citations"]]
    now = {_plain(one.quote) for one in found.now.citations}
    then = {_plain(one.quote) for one in old}
    before = tuple(one for one in old if _plain(one.quote) not in now)
    return before, tuple(one for one in found.now.citations if _plain(one.quote) not in then)


def _read_citation(kept: Json) -> AnswerCitation:
    return AnswerCitation(
        source_id=kept["source_id"],
        source=kept["source"],
        title=kept.get("title"),
        doc_number=kept.get("doc_number"),
        region=kept.get("region"),
        section_path=tuple(kept.get("section_path") or ()),
        quote=kept["quote"],
        start=kept["start"],
        end=kept["end"],
        page=kept.get("page"),
    )
