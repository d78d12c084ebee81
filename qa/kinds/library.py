"""Questions about the library itself 问库: its documents, places, units, tasks and figures, counted from the store.

Every number is a count of rows, every document is named with its title as the source. A work counts once, as in all lists; a question
about a status looks at former versions too, since it asks for them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import LEVELS, Span
from corpus.folding import fold
from corpus.store import DocumentInfo, StoredFact, year_of
from graph.codec.records import TaskRecord
from graph.documents.named import describe_document, rows_behind
from graph.documents.status import status_on, statuses_of
from graph.documents.versions import day_of
from graph.queries.counted import describe_folded
from graph.queries.schedule import ENDED, EVERY, NOT_DUTIES, Schedule, read_schedule
from graph.units.names import unit_keys
from qa.answer import AnswerCitation
from qa.answers.draft import AnswerDraft, AnswerLine, cite, title_span
from qa.documents import LibraryView, speaks_for
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind
from qa.understanding.due_times import RecurringDue
from qa.understanding.lexicons import everyday_forms
from qa.understanding.library_questions import OF_DOCUMENTS, OF_TASKS, ORDERS, STATUS_ROLES, LibraryQuestion

LISTED = 40
"""Lines of a list; what is left is counted and said where to see."""
NEWEST = 10
"""Documents named where the newest are asked for."""
NAME = 60
"""Characters of a task's name that are shown."""
_DUTIES = ("duty:lead", "duty:responsible", "duty:supporting")
_LACKS: dict[str, Callable[[DocumentInfo], bool]] = {
    "without_number": lambda info: not info.head.doc_number,
    "without_date": lambda info: not (info.head.issued_on or info.head.published_on),
    "without_issuer": lambda info: not info.head.issuers,
    "without_title": lambda info: not info.head.title,
}
_SAID = {
    "without_number": "没有文号",
    "without_date": "没有成文或发布日期",
    "without_issuer": "没有发文机关",
    "without_title": "没有标题",
    "without_lead": "没有写明牵头单位",
    "without_units": "没有写明任何责任单位",
    "without_deadline": "没有写明完成时限",
    "with_deadline": "写明了完成时限",
    "overdue": "完成时限已过",
}
_NOUNS = {
    "units": "单位",
    "issuers": "发文机关",
    "regions": "地区",
    "years": "年份",
    "topics": "主题",
    "targets": "指标",
    "terms": "术语",
}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The documents asked about, each work once: their rows in order, how many stand behind them, and how they are called."""

    rows: tuple[int, ...]
    folded: int
    said: str


def answer_library(inquiry: Inquiry) -> AnswerDraft | None:
    """The answer counted from the library; None where the question is not about it."""
    asked = inquiry.parsed.of_library
    if asked is None:
        return None
    chosen = _choose(asked, inquiry)
    if asked.asked == "documents":
        return _documents(asked, chosen, inquiry)
    if asked.asked == "tasks":
        return _tasks(asked, chosen, inquiry)
    if asked.asked in ("targets", "terms"):
        return _facts(asked, chosen, inquiry)
    return _held(asked, chosen, inquiry)


KIND = QuestionKind("library", answer_library, is_list=True, complete=True, of_library=True)


def _choose(asked: LibraryQuestion, inquiry: Inquiry) -> _Chosen:
    """The documents that meet everything the question says of them."""
    view, parsed = inquiry.view, inquiry.parsed
    states = [role for role in asked.conditions if role in STATUS_ROLES]
    tests: list[Callable[[int], bool]] = []
    if parsed.divisions:
        tests.append(lambda row: any(speaks_for(d, wanted) for d in view.regions[row] for wanted in parsed.divisions))
    elif parsed.outside:
        tests.append(lambda row: False)
    if asked.years:
        tests.append(lambda row: year_of(view.infos[row].head) in asked.years)
    if asked.kind:
        tests.append(lambda row: _is_kind(view.infos[row], asked.kind or ""))
    if asked.issuers:
        tests.append(lambda row: any(fold(name) in asked.issuers for name in view.infos[row].head.issuers))
    if asked.about:
        words = (asked.about, *everyday_forms().get(asked.about, ()))
        tests.append(lambda row: any(word in _titles(view.infos[row]) for word in words))
    lacks = [_LACKS[role] for role in asked.conditions if role in _LACKS]
    tests.append(lambda row: all(test(view.infos[row]) for test in lacks))
    fitting = [row for row in _allowed(inquiry) if all(test(row) for test in tests)]
    if states:
        known = statuses_of(view.corpus, fitting, inquiry.as_of)
        fitting = [row for row in fitting if known[row].status in states]
    behind = rows_behind(view.corpus, inquiry.chosen.only, inquiry.as_of)
    kept = fitting if states else [row for row in fitting if row not in behind]
    return _Chosen(tuple(kept), len(fitting) - len(kept), _describe(asked, inquiry))


def _allowed(inquiry: Inquiry) -> Iterable[int]:
    only = inquiry.chosen.only
    return inquiry.view.infos if only is None else sorted(only)


def _is_kind(info: DocumentInfo, kind: str) -> bool:
    """Whether a document is of a kind 文种, by its head matter or the end of its title."""
    return any(fold(name or "").endswith(kind) for name in (info.head.kind, info.head.title))


def _titles(info: DocumentInfo) -> str:
    return fold(" ".join(head.title or "" for head in (info.head, *info.attached)))


def _describe(asked: LibraryQuestion, inquiry: Inquiry) -> str:
    """What the documents asked about are called, up to their noun."""
    parsed = inquiry.parsed
    said = "、".join(d.short for d in parsed.divisions) or "、".join(parsed.outside)
    said += "、".join(f"{year}年" for year in asked.years)
    own = (
        {fold(name): name for row in _allowed(inquiry) for name in inquiry.view.infos[row].head.issuers} if asked.issuers else {}
    )
    said += "、".join(own.get(name, name) for name in asked.issuers)
    said += f"标题写到“{asked.about}”" if asked.about else ""
    said += "、".join(_SAID.get(role, role) for role in asked.conditions if role in OF_DOCUMENTS and role not in ORDERS)
    return f"{said}的" if said else ""


def _documents(asked: LibraryQuestion, chosen: _Chosen, inquiry: Inquiry) -> AnswerDraft:
    view = inquiry.view
    order = next((role for role in asked.conditions if role in ORDERS), None)
    noun = asked.kind or "文件"
    behind = describe_folded(chosen.folded)
    if not chosen.rows:
        said = f"库里{chosen.said or '的'}{noun}有 0 份。"
        return AnswerDraft("answered", (AnswerLine(said, derived=(said,)),))
    rows, head = chosen.rows, f"库里{chosen.said or '的'}{noun}有 {len(chosen.rows)} 份。{behind}"
    if order == "newest_added":
        rows = tuple(sorted(rows, key=lambda row: (view.infos[row].added_at, row), reverse=True))
        last = view.infos[rows[0]].added_at[:10]
        same = sum(view.infos[row].added_at[:10] == last for row in rows)
        head = f"最近一次收进文件是 {last}，当天收进 {same} 份；库里{chosen.said or '的'}{noun}有 {len(rows)} 份。"
    elif order is not None:
        rows = tuple(row for row in rows if day_of(view.infos[row]))
        if not rows:
            said = f"库里{chosen.said or '的'}{noun}有 {len(chosen.rows)} 份，都没有写明日期，排不出先后。"
            return AnswerDraft("answered", (AnswerLine(said, derived=(said,)),))
        rows = tuple(sorted(rows, key=lambda row: (day_of(view.infos[row]) or "", row), reverse=order == "newest_issued"))
        undated = len(chosen.rows) - len(rows)
        end = "最近" if order == "newest_issued" else "最早"
        head = f"按成文或发布日期，{end}的是 {day_of(view.infos[rows[0]])}。" + (
            f"另有 {undated} 份没有日期。" if undated else ""
        )
    shown = rows[: (1 if asked.one else NEWEST) if order else LISTED]
    if asked.one and order:
        key = _moment(order, view)
        shown = tuple(row for row in rows if key(row) == key(rows[0]))[:NEWEST]
    lines = [AnswerLine(head, derived=(head,))]
    view.prepare(shown)
    statuses_of(view.corpus, shown, inquiry.as_of)
    lines += [_document_line(row, inquiry, dated=order != "newest_added") for row in shown]
    if not order and len(rows) > len(shown):
        lines.append(_rest(len(rows) - len(shown), "份"))
    return AnswerDraft("answered", tuple(lines))


def _moment(order: str, view: LibraryView) -> Callable[[int], str]:
    if order == "newest_added":
        return lambda row: view.infos[row].added_at
    return lambda row: day_of(view.infos[row]) or ""


def _document_line(row: int, inquiry: Inquiry, *, dated: bool) -> AnswerLine:
    """A document with its place, day and status; its title is the source."""
    view = inquiry.view
    info = view.infos[row]
    place = next((d.short for d in view.regions[row][:1]), None)
    day = day_of(info) if dated else f"{info.added_at[:10]} 收进"
    status = status_on(view.corpus, info, inquiry.as_of).status
    about = "，".join(part for part in (place, day, status if status != "未载明" else None) if part)
    return _program_line(describe_document(info) + (f"，{about}" if about else ""), [row], view)


def _program_line(said: str, rows: Iterable[int], view: LibraryView) -> AnswerLine:
    """A line that the program counted or put together from head matter, with the titles of documents as sources."""
    return AnswerLine(said, tuple(_title(row, view) for row in rows), derived=(said,))


def _title(row: int, view: LibraryView) -> AnswerCitation:
    document = view.document(row)
    return cite(document, title_span(document))


def _rest(count: int, measure: str) -> AnswerLine:
    said = f"其余 {count} {measure}没有逐一列出，可以在文档库和台账里查看全部。"
    return AnswerLine(said, derived=(said,))


def _tasks(asked: LibraryQuestion, chosen: _Chosen, inquiry: Inquiry) -> AnswerDraft:
    """The tasks that lack, or have, what is asked for; without a condition how many each document sets."""
    view = inquiry.view
    conditions = [role for role in asked.conditions if role in OF_TASKS]
    if asked.due is not None or asked.units:
        return _due_tasks(asked, chosen, inquiry)
    if not conditions:
        return _facts(asked, chosen, inquiry)
    every = view.corpus.facts(TaskRecord, documents=chosen.rows)
    kept: list[StoredFact[TaskRecord]] = every
    for role in conditions:
        if role in ("without_lead", "without_units"):
            kinds = ("duty:lead",) if role == "without_lead" else _DUTIES
            having = {fact for *_, fact in view.corpus.filed(kinds, documents=chosen.rows)}
            kept = [fact for fact in kept if fact.row not in having]
        elif role == "overdue":
            past = [one.fact for one in _schedule(kept, inquiry)[0] if one.schedule.day and one.schedule.day < inquiry.as_of]
            kept = past
        else:
            kept = [fact for fact in kept if bool(fact.value.deadline) == (role == "with_deadline")]
    lacks = "、".join(_SAID[role] for role in conditions)
    head = f"{chosen.said or '库里'}任务共 {len(every)} 条，其中{lacks}的 {len(kept)} 条。{describe_folded(chosen.folded)}"
    lines = [AnswerLine(head, derived=(head,))]
    if conditions == ["without_lead"] and kept:
        named = len({fact for *_, fact in view.corpus.filed(_DUTIES, documents=chosen.rows)} & {fact.row for fact in kept})
        said = f"这 {len(kept)} 条里，{named} 条写了责任单位或配合单位，{len(kept) - named} 条没有写任何单位。"
        lines.append(AnswerLine(said, derived=(said,)))
    shown = kept[: 0 if asked.counted else LISTED]
    view.prepare(fact.document for fact in shown)
    lines += [_task_line(fact, view) for fact in shown] or [_program_line(*line, view) for line in _by_document(kept, view)]
    if shown and len(kept) > len(shown):
        lines.append(_rest(len(kept) - len(shown), "条"))
    return AnswerDraft("answered", tuple(lines))


def _due_tasks(asked: LibraryQuestion, chosen: _Chosen, inquiry: Inquiry) -> AnswerDraft:
    """The tasks due in a time, earliest first, each with its deadline as the text has it; or those that come again or have no end."""
    view, day = inquiry.view, inquiry.as_of
    every = _tasks_of(asked, chosen, view)
    scheduled, silent, unbinding = _schedule(every, inquiry)
    place = chosen.said.removesuffix("的")
    said = "、".join(unit if unit.startswith(place) else f"{place}{unit}" for unit in asked.units) or place
    whose = f"{said}的" if said else "库里"
    if isinstance(asked.due, RecurringDue):
        kept = [one for one in scheduled if _recurs(one.schedule, asked.due)]
        what = (
            "长期坚持、没有最后期限的" if asked.due.standing else f"{EVERY[asked.due.every] if asked.due.every else '定期'}要做的"
        )
        head = f"{whose}{what}任务有 {len(kept)} 条。"
        backwards = False
    else:
        first, last = asked.due.between(day) if asked.due else ("", (day - dt.timedelta(days=1)).isoformat())
        begins, ends = dt.date.fromisoformat(first or "1900-01-01"), dt.date.fromisoformat(last)
        once = (
            scheduled if asked.due else [one for one in scheduled if one.schedule.every is None]
        )  # what comes again is never over
        on = [(found, one) for one in once if (found := next(one.schedule.days(begins, ends), None)) is not None]
        kept = [one for _, one in sorted(on, key=lambda pair: (pair[0], pair[1].fact.document, pair[1].fact.start))]
        past = sum(found < day and one.schedule.every is None for found, one in on)
        time = f"{first} 至 {last} " if first else f"{last} 以前"
        head = f"{whose}完成时限在 {time}的任务有 {len(kept)} 条"
        head += f"，其中时限已过的 {past} 条。" if past and past < len(kept) else "，时限都已过。" if past else "。"
        head += f"另有 {silent} 条任务没有写明时限。" if silent else ""
        backwards = not first
    head += f"另有 {unbinding} 条出自征求意见稿或已废止的文件，没有计入。" if unbinding else ""
    head += describe_folded(chosen.folded)
    lines = [AnswerLine(head, derived=(head,))]
    shown = kept[-LISTED:] if backwards else kept[:LISTED]
    view.prepare(one.fact.document for one in shown)
    lines += [_task_line(one.fact, view, schedule=one.schedule) for one in shown]
    if len(kept) > len(shown):
        lines.append(_rest(len(kept) - len(shown), "条"))
    return AnswerDraft("answered", tuple(lines))


def _tasks_of(asked: LibraryQuestion, chosen: _Chosen, view: LibraryView) -> list[StoredFact[TaskRecord]]:
    """The tasks of the documents asked about, or those of them that a unit has."""
    if not asked.units:
        return view.corpus.facts(TaskRecord, documents=chosen.rows)
    keys = [key for unit in asked.units for key in unit_keys(view.corpus, unit)]
    return view.corpus.facts(TaskRecord, keys=("unit", keys), documents=chosen.rows)


@dataclass(frozen=True, slots=True)
class _DatedTask:
    fact: StoredFact[TaskRecord]
    schedule: Schedule


def _schedule(facts: Iterable[StoredFact[TaskRecord]], inquiry: Inquiry) -> tuple[list[_DatedTask], int, int]:
    """The tasks that say when they are due; how many say nothing, and how many are of documents that bind nobody."""
    view = inquiry.view
    found, silent, unbinding = [], 0, 0
    read = [(fact, read_schedule(fact.value, view.infos[fact.document])) for fact in facts]
    known = statuses_of(view.corpus, (fact.document for fact, schedule in read if schedule is not None), inquiry.as_of)
    for fact, schedule in read:
        if schedule is None:
            silent += 1
            continue
        status = known[fact.document].status
        if status in NOT_DUTIES:
            unbinding += 1
        elif not (status in ENDED and schedule.day is None):
            found.append(_DatedTask(fact, schedule))
    return found, silent, unbinding


def _recurs(schedule: Schedule, asked: RecurringDue) -> bool:
    if asked.standing:
        return schedule.standing
    return schedule.every is not None and asked.every in (None, schedule.every)


def _task_line(fact: StoredFact[TaskRecord], view: LibraryView, *, schedule: Schedule | None = None) -> AnswerLine:
    """A task by its name, quoted where the text has it in one piece, and by the words of its schedule where that is asked for."""
    document, task = view.document(fact.document), fact.value
    at = document.text.find(task.name, fact.start, fact.end) if task.name else -1
    span = Span(at, at + len(task.name)) if at >= 0 else Span(fact.start, min(fact.end, fact.start + NAME))
    citation = cite(document, span)
    name = describe_document(document.info)
    said = f"{name}：“{' '.join(citation.quote.split())}”"
    place = document.text.find(schedule.words, fact.start, fact.end) if schedule is not None else -1
    if place < 0 or schedule is None:
        return AnswerLine(said, (citation,), derived=(name,))
    written = cite(document, Span(place, place + len(schedule.words)))
    reckoned = f"（推定为 {schedule.day.isoformat()}）" if schedule.reckoned and schedule.day else ""
    return AnswerLine(
        f"{said}，时限：“{written.quote}”{reckoned}", (citation, written), derived=(name, reckoned) if reckoned else (name,)
    )


def _by_document(facts: Sequence[StoredFact[TaskRecord]], view: LibraryView) -> list[tuple[str, list[int]]]:
    counts = Counter(fact.document for fact in facts)
    return [(f"{describe_document(view.infos[row])}：{count} 条", [row]) for row, count in counts.most_common(LISTED)]


def _facts(asked: LibraryQuestion, chosen: _Chosen, inquiry: Inquiry) -> AnswerDraft:
    """How many tasks, figures or terms there are, and how many in each document, most first."""
    view = inquiry.view
    kind = {"tasks": "task", "targets": "target", "terms": "term"}[asked.asked]
    noun, measure = ("任务", "条") if kind == "task" else (_NOUNS[asked.asked], "个")
    counts = view.corpus.count_facts((kind,), chosen.rows)
    total = sum(counts.values())
    head = f"{chosen.said or '库里'}{noun}共 {total} {measure}，出自 {len(counts)} 份文件。{describe_folded(chosen.folded)}"
    if kind == "target" and total:
        said = f"同一指标在不同文件里分别计算；不同名称的指标 {_named(view, 'indicator', counts)} 个。"
        head += said
    elif kind == "term" and total:
        head += f"不同的术语 {_named(view, 'term', counts)} 个。"
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [AnswerLine(head, derived=(head,))]
    view.prepare(row for row, _ in order[:LISTED])
    lines += [_program_line(f"{describe_document(view.infos[row])}：{n} {measure}", [row], view) for row, n in order[:LISTED]]
    if len(order) > LISTED:
        lines.append(_rest(len(order) - LISTED, "份文件"))
    return AnswerDraft("answered", tuple(lines))


def _named(view: LibraryView, kind: str, rows: Iterable[int]) -> int:
    return len({key for _, key, _, _ in view.corpus.filed((kind,), documents=rows)})


def _held(asked: LibraryQuestion, chosen: _Chosen, inquiry: Inquiry) -> AnswerDraft:
    """Units, issuers, places, years or topics of the documents, each with how many documents (or tasks) it has."""
    view = inquiry.view
    groups, measure, order = _groups(asked.asked, chosen, inquiry)
    names = sorted(groups, key=order)
    noun = _NOUNS[asked.asked]
    head = f"{chosen.said or '库里'}{'文件' if chosen.said else ''}涉及 {len(names)} 个{noun}。{describe_folded(chosen.folded)}"
    lines = [AnswerLine(head, derived=(head,))]
    view.prepare(row for name in names[:LISTED] for row in groups[name][1][:1])
    for name in names[:LISTED]:
        count, rows = groups[name]
        lines.append(_program_line(f"{name}（{count} {measure}）", rows[:1], view))
    if len(names) > LISTED:
        lines.append(_rest(len(names) - LISTED, "个"))
    return AnswerDraft("answered", tuple(lines))


_Groups = Mapping[str, tuple[int, list[int]]]


def _groups(asked: str, chosen: _Chosen, inquiry: Inquiry) -> tuple[_Groups, str, Callable[[str], tuple[object, ...]]]:
    """For each name how often it is counted and its documents; what is counted; and the order of the names."""
    view = inquiry.view
    if asked in ("units", "topics"):
        kinds = _DUTIES if asked == "units" else ("topic",)
        tasks: dict[str, set[int]] = defaultdict(set)
        rows: dict[str, list[int]] = defaultdict(list)
        for _, key, row, fact in view.corpus.filed(kinds, documents=chosen.rows):
            tasks[key].add(fact)
            rows[key].append(row)
        groups = {name: (len(facts), sorted({*rows[name]})) for name, facts in tasks.items()}
        return groups, "条任务", lambda name: (-groups[name][0], name)
    found: dict[str, list[int]] = defaultdict(list)
    for row in chosen.rows:
        for name in dict.fromkeys(_of_document(asked, row, view)):
            found[name].append(row)
    held = {name: (len(documents), documents) for name, documents in found.items()}
    if asked == "regions":
        known = {d.short: d for row in chosen.rows for d in view.regions[row]}
        return held, "份文件", lambda name: (LEVELS.index(known[name].level), known[name].code)
    if asked == "years":
        return held, "份文件", lambda name: (name,)
    return held, "份文件", lambda name: (-held[name][0], name)


def _of_document(asked: str, row: int, view: LibraryView) -> Iterable[str]:
    if asked == "issuers":
        return view.infos[row].head.issuers
    if asked == "years":
        year = year_of(view.infos[row].head)
        return (f"{year}年",) if year else ()
    return (d.short for d in view.regions[row])
