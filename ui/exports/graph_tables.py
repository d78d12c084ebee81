"""Tables of what the policy graph answers: the duties of a unit, partners, 落实对照, lineage, indicators by year and side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.titles import in_marks
from graph.queries.unit import ROLES
from qa.answers.places import Record, path_of, place
from ui.exports.tables import ExportTable, TableColumn, content_of, deadline_of

MISSING = "未见对应内容"


def duty_list(record: Mapping[str, Any], counts: str) -> ExportTable:
    """责任清单 of one unit: each task with the part the unit has in it and with whom."""
    rows = []
    for number, task in enumerate(record["tasks"], 1):
        former = task["former"]
        note = f"（原{former['name']}）" if former else ""
        units = list(dict.fromkeys((*task["lead_units"], *task["responsible_units"], *task["supporting_units"])))
        rows.append(
            (
                number,
                "、".join(ROLES[role] for role in task["roles"]) + note,
                task["name"],
                content_of(task),
                "、".join(units),
                deadline_of(task),
                task.get("region") or "",
                place(task),
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
    return ExportTable(f"{record['unit']}责任清单", columns, tuple(rows), (counts,), dict(record))


def units_table(records: Sequence[Record]) -> ExportTable:
    """Every unit with the number of its tasks."""
    rows = [
        (n, r["unit"], r["total"], r["lead"], r["responsible"], r["supporting"], "、".join(r["regions"]))
        for n, r in enumerate(records, 1)
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
    return ExportTable(
        "责任单位一览", columns, tuple(rows), (f"共 {len(rows)} 个单位；同一任务有几种职责时任务数只计一次。",), list(records)
    )


def partners_table(unit: str, records: Sequence[Record]) -> ExportTable:
    """The units that share tasks with one."""
    rows = []
    for number, record in enumerate(records, 1):
        parts = [f"{ROLES[r['own']]}—{ROLES[r['partner']]} {r['count']}" for r in record["roles"]]
        rows.append((number, record["unit"], record["shared"], "；".join(parts)))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("单位", 24),
        TableColumn("共同任务", 7, "number"),
        TableColumn("双方职责（本单位—对方）", 40),
    )
    return ExportTable(f"与{unit}共同承担任务的单位", columns, tuple(rows), (f"共 {len(rows)} 个单位。",), list(records))


def coverage_table(record: Mapping[str, Any]) -> ExportTable:
    """落实对照: each demand of the upper document with what the lower one says of it."""
    rows: list[tuple[Any, ...]] = []
    for entry in record["tasks"]:
        lower, near = entry["lower"], entry["nearest"]
        mention = entry["mention"]
        said = lower["name"] if lower else MISSING + (f"（最相近：{near['name']}）" if near else "")
        why = f"共有“{'”“'.join(entry['words'])}”" if lower else ""
        if mention:
            said, why = "\n".join(" ".join(quoted["quote"].split()) for quoted in mention), "写在别的任务或段落里"
        rows.append(("任务", entry["upper"]["name"], _where(entry["upper"]), said, _where(lower or (mention or [None])[0]), why))
    for entry in record["targets"]:
        lower = entry["lower"]
        rows.append(
            (
                "目标",
                _figure(entry["upper"]),
                _where(entry["upper"]),
                _figure(lower) if lower else MISSING,
                _where(lower),
                entry["reason"],
            )
        )
    numbered = tuple((number, *row) for number, row in enumerate(rows, 1))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("类别", 5, "short"),
        TableColumn("上级要求", 24),
        TableColumn("上级文件位置", 14),
        TableColumn("下级落实", 24),
        TableColumn("下级文件位置", 14),
        TableColumn("说明", 15),
    )
    counts = record["counts"]
    notes = (
        f"上级文件：{_named(record['upper'])}",
        f"下级文件：{_named(record['lower'])}",
        f"上级任务 {counts['tasks']} 项，下级有对应的 {counts['taken_up']} 项，未见对应的 {counts['missing']} 项；"
        f"上级目标 {counts['targets']} 项，未见对应的 {counts['missing_targets']} 项；下级另有任务 {counts['own']} 项。",
        "对应由任务名称和措施的共有字词判断，未见对应不等于没有落实，请对照原文核实。",
    )
    return ExportTable("落实对照表", columns, numbered, notes, dict(record))


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


def years_table(records: Sequence[Record], *, region: str | None = None) -> ExportTable:
    """The targets of a region by the year they are due."""
    rows: list[tuple[Any, ...]] = []
    for group in records:
        for target in group["targets"]:
            year = group["year"] if group["year"] is not None else "未载明"
            rows.append(
                (
                    len(rows) + 1,
                    year,
                    target["indicator"],
                    target["value_text"],
                    target.get("region") or "",
                    place(target),
                    target["quote"],
                )
            )
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("目标年", 6, "short"),
        TableColumn("指标", 16),
        TableColumn("数值（原文）", 9),
        TableColumn("地区", 8),
        TableColumn("依据", 18),
        TableColumn("原文", 30),
    )
    counts = "；".join(f"{group['year'] or '未载明年份'} {group['count']} 项" for group in records)
    return ExportTable(
        f"{region or ''}目标指标（按年份）", columns, tuple(rows), (f"共 {len(rows)} 项：{counts}。",), list(records)
    )


def indicators_table(records: Sequence[Record]) -> ExportTable:
    """The same indicator of different regions side by side."""
    rows: list[tuple[Any, ...]] = []
    for group in records:
        for target in group["targets"]:
            rows.append(
                (
                    len(rows) + 1,
                    group["indicator"],
                    target.get("region") or "",
                    target["indicator"],
                    target["value_text"],
                    target.get("by_year"),
                    place(target),
                )
            )
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("指标", 18),
        TableColumn("地区", 10),
        TableColumn("原文名称", 20),
        TableColumn("数值（原文）", 10),
        TableColumn("年份", 5, "short"),
        TableColumn("依据", 26),
    )
    return ExportTable("同一指标各地对照", columns, tuple(rows), (f"共 {len(records)} 个指标、{len(rows)} 处。",), list(records))


def links_table(records: Sequence[Record], topic: str) -> ExportTable:
    """Tasks of different regions that do the same thing."""
    rows = [
        (
            number,
            round(entry["score"], 2),
            _task(entry["first"]),
            _task(entry["second"]),
            "、".join(entry["words"]),
        )
        for number, entry in enumerate(records, 1)
    ]
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("相近程度", 6, "number"),
        TableColumn("任务", 34),
        TableColumn("另一地区的任务", 34),
        TableColumn("共有的字词", 18),
    )
    return ExportTable(f"各地相近任务：{topic}", columns, tuple(rows), (f"共 {len(rows)} 对。",), list(records))


def _task(record: Record) -> str:
    return f"{record.get('region') or ''}：{record['name']}\n{place(record)}"


def _figure(record: Record) -> str:
    year = f"（{record['by_year']}年）" if record.get("by_year") else ""
    return f"{record['indicator']} {record['value_text']}{year}"


def _where(record: Record | None) -> str:
    return "" if record is None else str(record.get("place") or " > ".join(path_of(record)))


def _named(document: Record) -> str:
    date = f"，{document['date']}" if document.get("date") else ""
    return f"{in_marks(document['title'] or document['source'])}{date}"
