"""一致性检查表: a table to hand in, a row for each place where the lower document does not meet the upper one, with the words of both."""

from __future__ import annotations

from cemai.consistency import KINDS, ConsistencyReport
from corpus.titles import in_marks
from qa.answers.places import describe_citation
from ui.exports.tables import ExportTable, TableColumn, Value

UNSEEN = "未见"


def consistency_table(report: ConsistencyReport) -> ExportTable:
    """The findings of a check, in its order."""
    columns = (
        TableColumn("序号", 3.5, "short"),
        TableColumn("类别", 7, "short"),
        TableColumn("事项", 12),
        TableColumn("哪里不一致", 18),
        TableColumn("上级原文", 22),
        TableColumn("上级出处", 14),
        TableColumn("下级原文", 22),
        TableColumn("下级出处", 14),
        TableColumn("处理意见", 8),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            number,
            KINDS[finding.kind],
            finding.subject,
            finding.said,
            finding.upper.quote,
            describe_citation(finding.upper),
            finding.lower.quote if finding.lower else UNSEEN,
            describe_citation(finding.lower) if finding.lower else "",
            "",
        )
        for number, finding in enumerate(report.findings, 1)
    )
    sides = [in_marks(info.head.title or info.source) for info in (report.upper, report.lower)]
    notes = (f"上级文件：{sides[0]}；下级文件：{sides[1]}。", *report.notes)
    return ExportTable(f"一致性检查表：{sides[1]}", columns, rows, notes, report.record())
