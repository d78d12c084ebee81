"""What the policy graph answers 图谱查询: the same values for the command line, the page, REST and MCP.

Lists and numbers count a work once, by the version that holds on a day (``as_of``, today without it); ``all_versions`` counts copies
and former versions too. What was left out is said by the list (``CountedList.folded``).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cemai.graph_reports import (
    CitedDuty,
    CoverageReport,
    IndicatorGroup,
    Json,
    TargetCounterpart,
    TaskCounterpart,
    TaskPair,
    UnitDuties,
    YearTargets,
    document_summary,
)
from corpus.errors import UsageError
from corpus.filters import Filters
from corpus.store import Corpus
from graph.codec.records import FactRecord, TargetRecord, TaskRecord
from graph.documents.named import find_document
from graph.documents.status_filter import resolve_status
from graph.queries.cited import CitedFact, R, cite_facts
from graph.queries.counted import CountedList
from graph.queries.facts import Partner, UnitCount
from graph.queries.figures import FoundFigure, Order

if TYPE_CHECKING:
    from cemai.views.steps import GraphView
    from graph.alignment.coverage import CoveredTask
    from qa.comparison.implementation import TakenUp

LINKS = 200
"""Pairs of like tasks that one answer shows at most."""


class PolicyGraph:
    """Questions to the stored facts; every count is exact, every fact has its place in a document."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def facts(
        self,
        record: type[R],
        *,
        region: str | None = None,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> CountedList[CitedFact[R]]:
        """All facts of one kind, of the library, of a region or of documents of a status: ``library.facts(TermRecord)``."""
        from graph.queries.facts import facts

        documents = self._rows(Filters(region=region, status=status), as_of)
        return cite_facts(self.corpus, facts(self.corpus, record, documents=documents, as_of=as_of, all_versions=all_versions))

    def tasks(
        self,
        *,
        unit: str | None = None,
        region: str | None = None,
        topic: str | None = None,
        role: str | None = None,
        former: bool = False,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> CountedList[CitedFact[TaskRecord]]:
        """The tasks that meet the conditions, complete; with ``former`` also under old names of the unit.

        ``status`` is that of their documents on a day (default today).
        """
        from graph.queries.facts import tasks

        documents = self._rows(Filters(status=status), as_of)
        found = tasks(
            self.corpus, unit=unit, region=region, topic=topic, role=role, former=former, documents=documents,
            as_of=as_of, all_versions=all_versions,
        )  # fmt: skip
        return cite_facts(self.corpus, found)

    def targets(
        self,
        *,
        indicator: str | None = None,
        region: str | None = None,
        kind: str | None = None,
        year: int | None = None,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> CountedList[CitedFact[TargetRecord]]:
        """The targets that meet the conditions, complete; ``status`` is that of their documents on a day (default today)."""
        from graph.queries.facts import targets

        documents = self._rows(Filters(status=status), as_of)
        found = targets(
            self.corpus, indicator=indicator, region=region, kind=kind, year=year, documents=documents,
            as_of=as_of, all_versions=all_versions,
        )  # fmt: skip
        return cite_facts(self.corpus, found)

    def figures(
        self,
        family: str,
        *,
        kind: str | None = None,
        year: int | None = None,
        regions: Sequence[str] = (),
        below: bool = False,
        least: str | None = None,
        most: str | None = None,
        sort: Order = "document",
        each: bool = False,
        status: str | None = None,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> CountedList[FoundFigure]:
        """The figures of a family of indicators under whatever name (``graph.queries.figures.FigureQuestion``). Raises ``UsageError``.

        Example: ``library.figures("经济增长", year=2026, kind="target", regions=["京津冀"], sort="value", each=True)``.
        """
        from graph.queries.figures import FigureQuestion, find_figures

        documents = self._rows(Filters(status=status), as_of)
        question = FigureQuestion(
            family,
            (kind,) if kind else (),
            year,
            tuple(regions),
            below,
            least,
            most,
            sort,
            each,
            frozenset(documents) if documents is not None else None,
        )
        return find_figures(self.corpus, question, as_of=as_of, all_versions=all_versions)

    def _rows(self, filters: Filters, as_of: dt.date | None) -> set[int] | None:
        """The documents that meet conditions; None where there are none."""
        resolved = resolve_status(self.corpus, filters or None, as_of)
        return self.corpus.select(resolved) if resolved else None

    def duties(
        self,
        unit: str,
        *,
        region: str | None = None,
        role: str | None = None,
        former: bool = True,
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> UnitDuties:
        """All tasks of a unit with the part it has in each, those under a former name marked."""
        from graph.queries.facts import duties_of

        every = duties_of(self.corpus, unit, region=region, former=former, as_of=as_of, all_versions=all_versions)
        found = [duty for duty in every if role is None or role in duty.roles]
        cited = cite_facts(self.corpus, (duty.fact for duty in found))
        tasks = (CitedDuty(task, duty.roles, duty.former) for task, duty in zip(cited, found, strict=True))
        return UnitDuties(unit, region, tuple(tasks), every.folded)

    def unit_counts(
        self, *, region: str | None = None, as_of: dt.date | None = None, all_versions: bool = False
    ) -> CountedList[UnitCount]:
        """Every unit with a duty and the exact number of its tasks by role, most first."""
        from graph.queries.facts import units

        return units(self.corpus, region=region, as_of=as_of, all_versions=all_versions)

    def partners(
        self, unit: str, *, region: str | None = None, as_of: dt.date | None = None, all_versions: bool = False
    ) -> CountedList[Partner]:
        """The units that share tasks with a unit, most first, with the parts the two have in them."""
        from graph.queries.facts import partners

        return partners(self.corpus, unit, region=region, as_of=as_of, all_versions=all_versions)

    def targets_by_year(
        self,
        *,
        region: str | None = None,
        kind: str | None = "target",
        as_of: dt.date | None = None,
        all_versions: bool = False,
    ) -> CountedList[YearTargets]:
        """The targets of a region by the year they are due, earliest first; those without a year come last."""
        from graph.queries.facts import targets, targets_by_year

        found = targets(self.corpus, region=region, kind=kind, as_of=as_of, all_versions=all_versions)
        years = targets_by_year(found).items()
        return CountedList((YearTargets(year, tuple(cite_facts(self.corpus, facts))) for year, facts in years), found.folded)

    def coverage(self, upper: str, lower: str) -> CoverageReport:
        """落实对照: each task and target of an upper document with what takes it up in a lower one; names are ids or file names."""
        from graph.alignment.coverage import coverage
        from graph.alignment.grades import grade_target
        from qa.comparison.columns import column_of
        from qa.comparison.implementation import grade_tasks
        from qa.documents import LibraryView

        above, below = find_document(self.corpus, upper), find_document(self.corpus, lower)
        if above.row == below.row:
            raise UsageError("落实对照要两份不同的文件：先写上级文件，再写下级文件。")
        rows = [above.row, below.row]
        found = coverage(self.corpus, above.row, below.row)
        view = LibraryView(self.corpus)
        taken = grade_tasks(found.tasks, column_of(below.row, view))
        tasks = _by_id(cite_facts(self.corpus, self.corpus.facts(TaskRecord, documents=rows)))
        targets = _by_id(cite_facts(self.corpus, self.corpus.facts(TargetRecord, documents=rows)))
        grades = Counter(up.grade.grade for up in taken)
        counts = {
            "tasks": len(found.tasks),
            "taken_up": grades["写到"] + grades["部分写到"],
            "missing": grades["未写到"],
            "written": grades["写到"],
            "partly": grades["部分写到"],
            "targets": len(found.targets),
            "missing_targets": len(found.missing_targets),
            "own": len(found.own),
        }
        return CoverageReport(
            above,
            below,
            counts,
            tuple(_counterpart(entry, up, tasks) for entry, up in zip(found.tasks, taken, strict=True)),
            tuple(
                TargetCounterpart(
                    targets[_id(entry.upper)],
                    targets[_id(entry.lower)] if entry.lower else None,
                    entry.score,
                    entry.reason,
                    grade_target(entry.upper, entry.lower),
                )
                for entry in found.targets
            ),
            tuple(tasks[_id(task)] for task in found.own),
        )

    def lineage(self, name: str, *, as_of: dt.date | None = None) -> Json:
        """What a document names and who names it, its versions, and whether it is in force on a day, with the reason."""
        from graph.documents.lineage import edges
        from graph.documents.status import status_on
        from graph.documents.works import works

        day = as_of or dt.date.today()
        info = find_document(self.corpus, name, as_of=day)
        infos = self.corpus.heads
        basis, followers = [], []
        for edge in edges(self.corpus):
            source = infos[edge.source]
            place = {"start": edge.span.start, "end": edge.span.end} if edge.span else None
            if edge.source == info.row:
                inside = document_summary(infos[edge.target]) if edge.target is not None else None
                basis.append(
                    {
                        "relation": edge.relation,
                        "title": edge.title,
                        "doc_number": edge.doc_number,
                        "document": inside,
                        "place": place,
                    }
                )
            elif edge.target == info.row:
                followers.append({"relation": edge.relation, "document": document_summary(source), "place": place})
        versions = works(self.corpus).of(info.row).versions
        state = status_on(self.corpus, info, day)
        return {
            "document": document_summary(info),
            "as_of": day.isoformat(),
            "validity": {"status": state.status, "reason": state.reason, "until": state.expires_on},
            "names": basis,
            "named_by": followers,
            "versions": [
                {**document_summary(infos[v.document]), "mark": v.label, "year": v.year, "copies": len(v.copies)}
                for v in (versions if len(versions) > 1 else ())
            ],
        }

    def timeline(self, name: str, *, as_of: dt.date | None = None) -> GraphView:
        """When a document and its versions were issued, take effect and end, with what they rest on and who names them."""
        from cemai.views.timeline import timeline

        return timeline(self.corpus, name, as_of=as_of)

    def paths(self, one: str, other: str, *, as_of: dt.date | None = None) -> GraphView:
        """How two units, indicators or documents come together, by the fewest steps. Raises ``UsageError``."""
        from cemai.views.path import find_paths

        return find_paths(self.corpus, one, other, as_of=as_of)

    def same_indicators(
        self, words: str, *, kind: str | None = "target", as_of: dt.date | None = None, all_versions: bool = False
    ) -> CountedList[IndicatorGroup]:
        """Targets whose indicator holds some words, in groups of the same indicator under whatever name; groups of most regions first."""
        from graph.alignment.indicators import align_targets

        every = self.targets(indicator=words, kind=kind, as_of=as_of, all_versions=all_versions)
        targets = _by_id(every)
        groups = align_targets(target.fact for target in targets.values())
        found = [IndicatorGroup(tuple(targets[_id(target)] for target in group)) for group in groups]
        return CountedList(sorted(found, key=lambda group: (-len(group.regions), -len(group.targets))), every.folded)

    def like_tasks(
        self, *, topic: str, regions: Sequence[str] = (), as_of: dt.date | None = None, all_versions: bool = False
    ) -> CountedList[TaskPair]:
        """Tasks of one topic that do the same thing in different regions, in pairs with a score and the words that carried it."""
        from graph.alignment.tasks import align_tasks
        from graph.queries.facts import tasks

        inside = {row for region in regions for row in self.corpus.select(Filters(region=region))} if regions else None
        facts = tasks(self.corpus, topic=topic, documents=inside, as_of=as_of, all_versions=all_versions)
        cited = _by_id(cite_facts(self.corpus, facts))
        links = align_tasks([task.fact for task in cited.values()])
        pairs = (TaskPair(cited[_id(link.first)], cited[_id(link.second)], link.score, link.words) for link in links[:LINKS])
        return CountedList(pairs, facts.folded)


def _id(fact: FactRecord) -> tuple[str, str]:
    return fact.document_id, fact.id


def _counterpart(entry: CoveredTask, taken: TakenUp, tasks: dict[tuple[str, str], CitedFact[TaskRecord]]) -> TaskCounterpart:
    """An upper task with the lower one that takes it up, as far as its grade says that it is taken up."""
    lower = tasks[_id(entry.lower)] if entry.lower else None
    nearest = tasks[_id(entry.nearest)] if entry.nearest else None
    absent = taken.grade.grade == "未写到"
    within = lower is not None and taken.span is not None and lower.fact.start <= taken.span.start < lower.fact.end
    return TaskCounterpart(
        tasks[_id(entry.upper)],
        lower if within else None,
        entry.score,
        entry.words if within else taken.grade.words,
        nearest or (None if within else lower),
        () if within or absent else taken.citations,
        taken.grade,
    )


def _by_id(facts: Iterable[CitedFact[R]]) -> dict[tuple[str, str], CitedFact[R]]:
    return {_id(cited.fact): cited for cited in facts}
