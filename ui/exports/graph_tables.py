"""Tables of what the policy graph answers: the duties of a unit, partners, 落实对照, lineage, indicators by year and side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cemai.graph_reports import (
    ROLES,
    CoverageReport,
    IndicatorGroup,
    TaskPair,
    UnitDuties,
    YearTargets,
    document_summary,
)
from cemai.views.steps import GraphView
from corpus.titles import in_marks
from graph.alignment.grades import DemandGrade
from graph.codec.columns import content_of, deadline_of
from graph.codec.records import TargetRecord, TaskRecord
from graph.queries.cited import CitedFact
from graph.queries.facts import Partner, UnitCount
from qa.answers.places import describe_citation
from ui.exports.tables import ExportTable, TableColumn, folded_notes

MISSING = "未见对应内容"
STEPS_SAID = {"时间线": "事件", "路径": "关系", "层级链": "层级"}
"""How the column is called that says how a step of a view comes about."""


def duty_list(duties: UnitDuties) -> ExportTable:
    """责任清单 of one unit: each task with the part the unit has in it and with whom."""
    rows = []
    for number, duty in enumerate(duties.tasks, 1):
        task = duty.task.fact
        note = f"（原{duty.former.name}）" if duty.former else ""
        units = dict.fromkeys(name for _, names in task.units_by_role for name in names)
        rows.append(
            (
                number,
                "、".join(ROLES[role] for role in duty.roles) + note,
                task.name,
                content_of(task),
                "、".join(units),
                deadline_of(task),
                task.region or "",
                duty.task.location,
            )
        )
    columns = (
        TableColumn("序号", 3.5, "short"),
        TableColumn("职责", 5, "short"),
        TableColumn("任务", 11),
        TableColumn("具体措施", 23),
        TableColumn("全部责任单位", 14),
        TableColumn("完成时限", 7, "short"),
        TableColumn("地区", 6, "short"),
        TableColumn("依据", 14),
    )
    return ExportTable(f"{duties.unit}责任清单", columns, tuple(rows), (duties.summary,), duties.record())


def units_table(units: Sequence[UnitCount]) -> ExportTable:
    """Every unit with the number of its tasks."""
    rows = [
        (n, unit.name, unit.total, unit.lead, unit.responsible, unit.supporting, "、".join(unit.regions))
        for n, unit in enumerate(units, 1)
    ]
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("单位", 22),
        TableColumn("任务数", 6, "number"),
        TableColumn("牵头", 5, "number"),
        TableColumn("责任", 5, "number"),
        TableColumn("配合", 5, "number"),
        TableColumn("地区", 40),
    )
    notes = (f"共 {len(rows)} 个单位；同一任务有几种职责时任务数只计一次。", *folded_notes(units))
    return ExportTable("责任单位一览", columns, tuple(rows), notes, [unit.record() for unit in units])


def partners_table(unit: str, partners: Sequence[Partner]) -> ExportTable:
    """The units that share tasks with one."""
    rows = []
    for number, partner in enumerate(partners, 1):
        parts = [f"{ROLES[own]}—{ROLES[other]} {count}" for (own, other), count in partner.roles]
        rows.append((number, partner.name, partner.shared, "；".join(parts)))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("单位", 24),
        TableColumn("共同任务", 7, "number"),
        TableColumn("双方职责（本单位—对方）", 40),
    )
    records = [partner.record() for partner in partners]
    notes = (f"共 {len(rows)} 个单位。", *folded_notes(partners))
    return ExportTable(f"与{unit}共同承担任务的单位", columns, tuple(rows), notes, records)


def _graded(grade: DemandGrade | None) -> tuple[str, str]:
    return (grade.grade, grade.reason) if grade is not None else ("", "")


def coverage_table(report: CoverageReport) -> ExportTable:
    """落实对照: each demand of the upper document with what the lower one says of it."""
    rows: list[tuple[Any, ...]] = []
    for task in report.tasks:
        said = task.lower.fact.name if task.lower else MISSING + (f"（最相近：{task.nearest.fact.name}）" if task.nearest else "")
        where = task.lower.fact.position if task.lower else ""
        if task.mention:
            said = "\n".join(" ".join(cited.quote.split()) for cited in task.mention)
            where = where or " > ".join(task.mention[0].section_path)
        rows.append(("任务", task.upper.fact.name, task.upper.fact.position, said, where, *_graded(task.grade), ""))
    for target in report.targets:
        upper, lower = target.upper.fact, target.lower.fact if target.lower else None
        beside = (_figure(lower), lower.position) if lower else (MISSING, "")
        rows.append(("目标", _figure(upper), upper.position, *beside, *_graded(target.grade), ""))
    numbered = tuple((number, *row) for number, row in enumerate(rows, 1))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("类别", 5, "short"),
        TableColumn("上级要求", 24),
        TableColumn("上级文件位置", 14),
        TableColumn("下级落实", 24),
        TableColumn("下级文件位置", 14),
        TableColumn("落实情况", 8, "short"),
        TableColumn("依据", 15),
        TableColumn("备注", 12),
    )
    counts = report.counts
    told = Counter(target.grade.grade for target in report.targets if target.grade)
    notes = (
        f"上级文件：{_named(document_summary(report.upper))}",
        f"下级文件：{_named(document_summary(report.lower))}",
        f"上级任务 {counts['tasks']} 项，下级写到 {counts['written']} 项，部分写到 {counts['partly']} 项，未写到 {counts['missing']} 项；"
        f"上级目标 {counts['targets']} 项，写到 {told['写到']} 项，部分写到 {told['部分写到']} 项，未写到 {told['未写到']} 项；"
        f"下级另有任务 {counts['own']} 项。",
        "落实情况按要求的字词和数判断，未写到不等于没有落实，请对照原文核实；备注栏留给核实的人填写。",
    )
    return ExportTable("落实对照表", columns, numbered, notes, report.record())


def lineage_table(record: Mapping[str, Any]) -> ExportTable:
    """What a document names, who names it, and its versions."""
    rows: list[tuple[Any, ...]] = []
    for entry in record["names"]:
        inside = entry["document"]
        rows.append(
            ("本文件" + entry["relation"], in_marks(entry["title"]), entry["doc_number"] or "", "库内" if inside else "库外")
        )
    for entry in record["named_by"]:
        other = entry["document"]
        rows.append(("被" + entry["relation"], _named(other), other["doc_number"] or "", "库内"))
    for version in record["versions"]:
        itself = "（本文件）" if version["id"] == record["document"]["id"] else ""
        rows.append(
            ("版本" + itself, _named(version), version["doc_number"] or "", version["mark"] or str(version["year"] or ""))
        )
    columns = (
        TableColumn("关系", 12, "short"),
        TableColumn("文件", 50),
        TableColumn("文号", 18),
        TableColumn("备注", 12, "short"),
    )
    state = record["validity"]
    notes = (f"{record['as_of']} 的时效：{state['status']}。{state['reason']}",)
    return ExportTable(f"文件渊源：{_named(record['document'])}", columns, tuple(rows), notes, dict(record))


def view_table(view: GraphView) -> ExportTable:
    """A time line, the paths between two things or a requirement level by level, one row for each step with its quotes."""
    rows: list[tuple[Any, ...]] = []
    for number, steps in enumerate(view.rows, 1):
        for place, step in enumerate(steps, 1):
            quotes = "\n".join(" ".join(cited.quote.split()) for cited in step.citations)
            where = "；".join(dict.fromkeys(map(describe_citation, step.citations)))
            rows.append(
                (f"{number}.{place}" if len(view.rows) > 1 else place, step.said, step.label, step.when, step.note, quotes, where)
            )
    columns = (
        TableColumn("序号", 5, "short"),
        TableColumn(STEPS_SAID[view.form], 8, "short"),
        TableColumn("内容", 26),
        TableColumn("日期", 8, "short"),
        TableColumn("说明", 18),
        TableColumn("原文", 40),
        TableColumn("出处", 24),
    )
    return ExportTable(f"{view.form}：{view.title}", columns, tuple(rows), view.notes, view.record())


def years_table(years: Sequence[YearTargets], *, region: str | None = None) -> ExportTable:
    """The targets of a region by the year they are due."""
    rows: list[tuple[Any, ...]] = []
    for group in years:
        for cited in group.targets:
            target, year = cited.fact, group.year if group.year is not None else "未载明"
            figure = (target.indicator, target.value_text, target.region or "")
            rows.append((len(rows) + 1, year, *figure, cited.location, target.quote))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("目标年", 6, "short"),
        TableColumn("指标", 16),
        TableColumn("数值（原文）", 9),
        TableColumn("地区", 8),
        TableColumn("依据", 18),
        TableColumn("原文", 30),
    )
    counts = "；".join(f"{group.year or '未载明年份'} {len(group.targets)} 项" for group in years)
    records = [group.record() for group in years]
    notes = (f"共 {len(rows)} 项：{counts}。", *folded_notes(years))
    return ExportTable(f"{region or ''}目标指标（按年份）", columns, tuple(rows), notes, records)


def indicators_table(groups: Sequence[IndicatorGroup]) -> ExportTable:
    """The same indicator of different regions side by side."""
    rows: list[tuple[Any, ...]] = []
    for group in groups:
        for cited in group.targets:
            target = cited.fact
            figure = (target.region or "", target.indicator, target.value_text, target.by_year)
            rows.append((len(rows) + 1, group.indicator, *figure, cited.location))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("指标", 18),
        TableColumn("地区", 10),
        TableColumn("原文名称", 20),
        TableColumn("数值（原文）", 10),
        TableColumn("年份", 5, "short"),
        TableColumn("依据", 26),
    )
    notes = (f"共 {len(groups)} 个指标、{len(rows)} 处。", *folded_notes(groups))
    return ExportTable("同一指标各地对照", columns, tuple(rows), notes, [group.record() for group in groups])


def links_table(pairs: Sequence[TaskPair], topic: str) -> ExportTable:
    """Tasks of different regions that do the same thing."""
    rows = [
        (number, round(pair.score, 2), _task(pair.first), _task(pair.second), "、".join(pair.words))
        for number, pair in enumerate(pairs, 1)
    ]
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("相近程度", 6, "number"),
        TableColumn("任务", 34),
        TableColumn("另一地区的任务", 34),
        TableColumn("共有的字词", 18),
    )
    records = [pair.record() for pair in pairs]
    notes = (f"共 {len(rows)} 对。", *folded_notes(pairs))
    return ExportTable(f"各地相近任务：{topic}", columns, tuple(rows), notes, records)


def _task(task: CitedFact[TaskRecord]) -> str:
    return f"{task.fact.region or ''}：{task.fact.name}\n{task.location}"


def _figure(target: TargetRecord) -> str:
    year = f"（{target.by_year}年）" if target.by_year else ""
    return f"{target.indicator} {target.value_text}{year}"


def _named(document: Mapping[str, Any]) -> str:
    date = f"，{document['date']}" if document.get("date") else ""
    return f"{in_marks(document['title'] or document['source'])}{date}"
