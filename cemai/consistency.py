"""Consistency 一致性检查: where a lower document does not meet an upper one.

A target that is below the upper one, a day or a period that is later, a unit that the lower task leaves out, a basis that is no longer in
force. Each finding has the words of both sides; where nothing can be quoted nothing is said. Which tasks and targets belong together is
what 落实对照 says (``graph.alignment``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from corpus.document import Span
from corpus.store import Corpus, DocumentInfo, year_of
from corpus.text import stretch_around
from corpus.titles import in_marks
from graph.alignment.coverage import CoveredTask, covered_tasks
from graph.alignment.grades import without_marks
from graph.alignment.indicators import same_indicator, shared_stretches
from graph.codec.records import TargetRecord, TaskRecord
from graph.documents.lineage import edges
from graph.documents.status import OUT_OF_FORCE, status_on
from graph.families.units import ComparableValue, comparable_value
from graph.lexicon import table, word_lists
from graph.quantities.quantity import measure_of
from graph.queries.schedule import EVERY, Every, Schedule, read_schedule
from graph.units.resolve import parts_of, usual_body
from qa.answer import AnswerCitation

if TYPE_CHECKING:
    from cemai.library import Library

FindingKind = Literal["target", "deadline", "unit", "basis"]
KINDS: dict[FindingKind, str] = {
    "target": "目标低于上级",
    "deadline": "时限晚于上级",
    "unit": "缺责任单位",
    "basis": "依据已不再有效",
}
"""What is checked, in the order it is listed."""
CAUTION = "按字词和数对照得出，供核对；下级文件经批准另有规定的，以批准的为准。"
_OFTEN: tuple[Every, ...] = ("week", "month", "quarter", "half", "year")
"""Periods, the most frequent first."""
_RESTS_ON = ("依据", "贯彻")
SAME_TASK = 0.5
"""How alike two tasks must be for their units and days to be held against each other."""
SAME_WORDS = 4
"""Characters in a row that two sentences must share for their days to be of the same thing."""
LONGEST = 300
"""Characters of a quote."""
_NEIGHBOUR = re.compile(r"（[^（）]*\d[^（）]*）$")
_OPEN, _CLOSE = "（(【[", "）)】]"
_OFFICES = ("处", "科", "室", "股", "中心")
_LEVEL_WORD = re.compile(r"^(?:自治区|国家|国务院|全国|[省市州盟县旗区])(?=.{2})")
_BODY_END = re.compile(r"(?:管理)?(?:委员会|办公室|总队|支队|厅|局|委|办|处|部)$")


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the lower document does not meet the upper one.

    Attributes:
        kind: One of ``KINDS``.
        subject: The task, indicator or document it is about.
        said: What does not fit, in words and figures.
        upper: The words of the upper side: of the upper document, or of what ended a basis.
        lower: The words of the lower document; None where it says nothing of it (未见).
    """

    kind: FindingKind
    subject: str
    said: str
    upper: AnswerCitation
    lower: AnswerCitation | None

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        return {
            "kind": self.kind,
            "label": KINDS[self.kind],
            "subject": self.subject,
            "said": self.said,
            "upper": self.upper.record(),
            "lower": self.lower.record() if self.lower is not None else None,
        }


@dataclass(frozen=True, slots=True)
class ConsistencyReport:
    """What a check found, and how much was held against each other."""

    upper: DocumentInfo
    lower: DocumentInfo
    findings: tuple[Finding, ...]
    targets: int
    tasks: int
    bases: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What was held against what, and how far it can be relied on."""
        found = f"发现 {len(self.findings)} 处" if self.findings else "没有发现不一致"
        return (
            f"{found}。对上的指标 {self.targets} 项、任务 {self.tasks} 项，查到的依据 {self.bases} 份；没有对上的不在其中，见落实对照。",
            CAUTION,
        )

    def record(self) -> dict[str, Any]:
        """The shape other programs read."""
        names = {"upper": self.upper, "lower": self.lower}
        return {
            **{side: {"id": info.id, "source": info.source, "title": info.head.title} for side, info in names.items()},
            "findings": [finding.record() for finding in self.findings],
            "compared": {"targets": self.targets, "tasks": self.tasks, "bases": self.bases},
            "notes": list(self.notes),
        }


def check_consistency(library: Library, upper: DocumentInfo, lower: DocumentInfo, *, as_of: dt.date) -> ConsistencyReport:
    """Hold a lower document against an upper one.

    Args:
        library: The library.
        upper: The document that sets the demands.
        lower: The document that carries them out.
        as_of: The day on which the bases of the lower document are judged.
    """
    corpus = library.corpus
    sides = _Side(corpus, upper), _Side(corpus, lower)
    pairs = [pair for pair in covered_tasks(sides[0].tasks, sides[1].tasks) if pair.lower is not None and pair.score >= SAME_TASK]
    compared, below = _check_targets(*sides)
    bases, ended = _check_bases(corpus, lower, as_of)
    findings = [*below, *_check_days(pairs, *sides), *_check_units(pairs, *sides), *ended]
    order = list(KINDS)
    findings.sort(key=lambda finding: (order.index(finding.kind), finding.upper.start))
    return ConsistencyReport(upper, lower, tuple(findings), compared, len(pairs), bases)


class _Side:
    """One of the two documents, with its facts and its text."""

    def __init__(self, corpus: Corpus, info: DocumentInfo) -> None:
        self.info = info
        self.text = corpus.text(info.row)
        self.tasks = [fact.value for fact in corpus.facts(TaskRecord, documents=[info.row])]
        targets = [fact.value for fact in corpus.facts(TargetRecord, documents=[info.row])]
        year = year_of(info.head) or 0
        wanted = (target for target in targets if target.kind in ("target", "rule"))
        # a figure of a year before the document is told, not set
        self.targets = [_plainly_named(target) for target in wanted if (target.by_year or year) >= year]

    def cite(self, span: Span, path: Sequence[str] = (), page: int | None = None) -> AnswerCitation:
        """The words at a place."""
        return _cite(self.info, self.text, span, path, page)

    def sentence(self, start: int, end: int) -> Span:
        """The sentence around a place; of a long one the part around it."""
        return _sentence(self.text, start, end)


def _sentence(text: str, start: int, end: int) -> Span:
    whole = stretch_around(text, Span(start, end))
    return Span(max(whole.start, start - LONGEST // 2), min(whole.end, end + LONGEST // 2)).trimmed(text)


def _cite(info: DocumentInfo, text: str, span: Span, path: Sequence[str] = (), page: int | None = None) -> AnswerCitation:
    head = info.head
    quote = span.of(text)
    return AnswerCitation(
        info.id, info.source, head.title, head.doc_number, head.region, tuple(path), quote, span.start, span.end, page
    )


# ------------------------------------------------------------------ targets


def _check_targets(upper: _Side, lower: _Side) -> tuple[int, list[Finding]]:
    """How many upper targets have a lower figure to be held against, and those that are not met."""
    compared, findings = 0, []
    same_place = bool(upper.info.head.region_code) and upper.info.head.region_code == lower.info.head.region_code
    for target in upper.targets:
        wanted = comparable_value(target)
        if wanted is None or not (same_place or _is_relative(target)) or not _has_direction(target):
            continue
        likened = [
            (other, likeness.score)
            for other in lower.targets
            if other.kind == target.kind and _has_unit(other, wanted) and (likeness := same_indicator(target, other)).same
        ]
        if not likened:
            continue
        compared += 1
        best = max(score for _, score in likened)
        others = [other for other, score in likened if score >= best - 0.05]
        if (found := _judge(target, wanted, others)) is not None:
            said, other = found
            findings.append(
                Finding(
                    "target",
                    target.indicator,
                    said,
                    upper.cite(upper.sentence(target.start, target.end), target.section_path, target.page),
                    lower.cite(lower.sentence(other.start, other.end), other.section_path, other.page),
                )
            )
    return compared, findings


def _plainly_named(target: TargetRecord) -> TargetRecord:
    """A target without the figures of its neighbours in its name."""
    name = _NEIGHBOUR.sub("", target.indicator)
    return msgspec.structs.replace(target, indicator=name) if name and name != target.indicator else target


def _is_relative(target: TargetRecord) -> bool:
    """Whether a figure may be held against that of another place: a share, a rate, an amount for one; never a total."""
    if measure_of(target.unit) in ("percent", "ratio") or "/" in (target.unit or ""):
        return True
    said = f"{target.indicator}{target.quote[: target.quote.find(target.value_text) + 1]}"
    return any(word in said for word in word_lists()["per_one"])


def _has_direction(target: TargetRecord) -> bool:
    """Whether more or less is better: a rule that sets a figure and no bound may only be other, not below."""
    return target.kind != "rule" or target.comparator not in ("=", "≈")


def _has_unit(other: TargetRecord, wanted: ComparableValue) -> bool:
    value = comparable_value(other)
    return value is not None and value.unit == wanted.unit


def _judge(target: TargetRecord, wanted: ComparableValue, others: Sequence[TargetRecord]) -> tuple[str, TargetRecord] | None:
    """How the lower figures for one indicator fall short of the upper one, and the figure that decides; None where one meets it.

    A figure for an earlier year is a step on the way; it decides nothing.
    """
    smaller = target.comparator in ("<=", "<") or any(word in target.indicator for word in word_lists()["better_smaller"])
    due = target.by_year
    in_time = [other for other in others if due is None or other.by_year is None or other.by_year <= due]
    met = [other for other in others if _reaches(other, wanted, smaller)]
    if any(other in in_time for other in met):
        return None
    figures = f"上级{_figure(target)}"
    deciding = [other for other in in_time if due is None or other.by_year in (due, None)]
    if deciding:
        other = deciding[-1]
        word = "高于" if smaller else "低于"
        return f"{figures}，下级{_figure(other)}，{word}上级", other
    if met:
        other = min(met, key=lambda one: one.by_year or 0)
        return f"{figures}，下级到 {other.by_year} 年才{_figure(other)}，晚 {(other.by_year or 0) - (due or 0)} 年", other
    return None


def _reaches(other: TargetRecord, wanted: ComparableValue, smaller: bool) -> bool:
    value = comparable_value(other)
    if value is None:
        return True
    slack = 1e-9 * max(1.0, abs(wanted.low))
    return value.high <= wanted.high + slack if smaller else value.low >= wanted.low - slack


def _figure(target: TargetRecord) -> str:
    year = f"{target.by_year} 年" if target.by_year else ""
    unit = target.unit or ""
    return (
        f"{year}{target.value_text}{unit if unit and unit not in target.value_text and target.value_text[-1:].isdigit() else ''}"
    )


# ------------------------------------------------------------------ days


def _check_days(pairs: Iterable[CoveredTask], upper: _Side, lower: _Side) -> Iterator[Finding]:
    for pair in pairs:
        assert pair.lower is not None
        one, other = read_schedule(pair.upper, upper.info), read_schedule(pair.lower, lower.info)
        if one is None or other is None or (said := _is_later(one, other)) is None:
            continue
        mine, theirs = _place_of(pair.upper, one, upper), _place_of(pair.lower, other, lower)
        if mine is None or theirs is None or not _same_thing(mine.of(upper.text), one, theirs.of(lower.text), other):
            continue
        yield Finding(
            "deadline",
            pair.upper.name,
            said,
            upper.cite(mine, pair.upper.section_path, pair.upper.page),
            lower.cite(theirs, pair.lower.section_path, pair.lower.page),
        )


def _is_later(one: Schedule, other: Schedule) -> str | None:
    """How the lower limit is later than the upper one; None where it is not, or cannot be told."""
    if one.every is not None and other.every is not None:
        if _OFTEN.index(other.every) > _OFTEN.index(one.every):
            return f"上级{EVERY[one.every]}，下级{EVERY[other.every]}，次数少于上级"
        return None
    if one.every is None and other.every is None and one.day is not None and other.day is not None and other.day > one.day:
        return f"上级{one.words}（{one.label}），下级{other.words}（{other.label}），晚 {(other.day - one.day).days} 天"
    return None


def _place_of(task: TaskRecord, schedule: Schedule, side: _Side) -> Span | None:
    """The sentence of a task that sets its limit."""
    at = side.text.find(schedule.words, task.start, task.end)
    return side.sentence(at, at + len(schedule.words)) if at >= 0 else None


def _same_thing(one: str, own: Schedule, other: str, theirs: Schedule) -> bool:
    """Whether two sentences with a limit are of the same thing: they share words beside the limit."""
    mine = without_marks(one.replace(own.words, " "))
    shared = shared_stretches(mine, without_marks(other.replace(theirs.words, " ")))
    return any(len(word) >= SAME_WORDS for word in shared)


# ------------------------------------------------------------------ units


def _check_units(pairs: Iterable[CoveredTask], upper: _Side, lower: _Side) -> Iterator[Finding]:
    """Units that lead or answer for an upper task whose counterpart is not among those of the lower task, in any part."""
    listed = any(_is_department(unit.name) for task in lower.tasks for unit in task.units)
    for pair in pairs:
        task, other = pair.upper, pair.lower
        assert other is not None
        wanted = dict.fromkeys(name for name in (*task.lead_units, *task.responsible_units) if _is_department(name))
        there = [name for _, names in other.units_by_role for name in names]
        if not wanted or task.units_inherited or not listed:
            continue
        stems = {stem for name in there for stem in department_stems(name)}
        lacking = [name for name in wanted if not _is_among(department_stems(name), stems)]
        if not lacking or any(_is_any(name) for name in there):
            continue
        if there and not any(_is_department(name) for name in there):
            continue  # a department shares the work out among its own offices
        units = _units_place(task, upper)
        yield Finding(
            "unit",
            task.name,
            f"上级{'、'.join(lacking)}" + ("，下级没有相应的单位" if there else "，下级这项任务未写责任单位"),
            upper.cite(units or upper.sentence(task.start, task.start), task.section_path, task.page),
            lower.cite(_units_place(other, lower) or _opening(other, lower), other.section_path, other.page),
        )


def _is_department(name: str) -> bool:
    """Whether a unit is a department of a government: none of the offices inside one, no bank, no group of units."""
    return parts_of(name) is not None and not name.endswith(_OFFICES) and not _is_any(name)


def _is_any(name: str) -> bool:
    return any(word in name for word in word_lists()["any_unit"])


def _opening(task: TaskRecord, side: _Side) -> Span:
    return side.sentence(task.start, min(task.end, task.start + len(task.name)))


def _units_place(task: TaskRecord, side: _Side) -> Span | None:
    """The list of units of a task, with the brackets around it."""
    if not task.units:
        return None
    start, end = min(unit.start for unit in task.units), max(unit.end for unit in task.units)
    line = side.text.rfind("\n", 0, start) + 1
    opened = max((side.text.rfind(mark, line, start) for mark in _OPEN), default=-1)
    closed = min((at for mark in _CLOSE if 0 <= (at := side.text.find(mark, end)) <= end + 12), default=-1)
    first = opened if opened >= 0 and start - opened <= 60 else start
    return Span(first, min(closed + 1 if closed >= 0 else end, first + LONGEST)).trimmed(side.text)


def _is_among(stems: frozenset[str], there: set[str]) -> bool:
    return any(
        mine == other or (min(len(mine), len(other)) >= 2 and (mine in other or other in mine))
        for mine in stems
        for other in there
    )


@lru_cache(maxsize=4096)
def department_stems(name: str) -> frozenset[str]:
    """What a department is about, whatever its level, with the names it had before and has since.

    >>> sorted(department_stems("省乡村振兴局"))
    ['乡村振兴', '农业农村', '扶贫']
    """
    own = _stem_of(name)
    found = {own}
    changes = [(_stem_of(row[0]), _stem_of(row[1])) for row in table("unit_changes.tsv")]
    grown = True
    while grown:
        more = {new for old, new in changes if old in found} | {old for old, new in changes if new == own}
        more |= {other for group in word_lists()["one_office"] if found & {*group.split("/")} for other in group.split("/")}
        grown = not more <= found
        found |= more
    return frozenset(found)


def _stem_of(name: str) -> str:
    parts = parts_of(name)
    if parts is not None:
        return _BODY_END.sub("", parts.usual) or parts.usual
    # 工业和信息化部 of the nation is the 工业和信息化厅 of a province
    stem = _BODY_END.sub("", _LEVEL_WORD.sub("", name)) or name
    usual = next((usual for end in "局厅委" if (usual := usual_body(stem + end)) is not None), None)
    return _BODY_END.sub("", usual) if usual else stem


# ------------------------------------------------------------------ bases


def _check_bases(corpus: Corpus, lower: DocumentInfo, as_of: dt.date) -> tuple[int, list[Finding]]:
    """How many bases of the lower document the library has, and those that are no longer in force, by words that say so."""
    text = corpus.text(lower.row)
    checked, findings = 0, []
    for edge in edges(corpus):
        if edge.source != lower.row or edge.relation not in _RESTS_ON:
            continue
        if edge.target is None or edge.span is None:
            continue
        checked += 1
        basis = corpus.info(edge.target)
        status = status_on(corpus, basis, as_of)
        evidence = status.evidence
        if status.status not in OUT_OF_FORCE or evidence is None or evidence.document is None or evidence.span is None:
            continue
        source = corpus.info(evidence.document)
        named = in_marks(basis.head.title or basis.source)
        findings.append(
            Finding(
                "basis",
                named,
                f"{named}{status.status}：{status.reason}",
                _cite(source, corpus.text(source.row), evidence.span),
                _cite(lower, text, _sentence(text, edge.span.start, edge.span.end)),
            )
        )
    return checked, findings
