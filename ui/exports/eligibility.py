"""对号入座 as a table: a row for each condition of each provision, with its words and the judgement."""

from __future__ import annotations

from cemai.eligibility import Eligibility
from corpus.titles import in_marks
from ui.exports.tables import ExportTable, TableColumn, Value


def eligibility_table(found: Eligibility) -> ExportTable:
    """The provisions and their conditions, in order."""
    columns = (
        TableColumn("序号", 3.5, "short"),
        TableColumn("文件", 20),
        TableColumn("文号", 10),
        TableColumn("时效", 6, "short"),
        TableColumn("位置", 14),
        TableColumn("规定的数额", 8, "short"),
        TableColumn("条件（原文）", 28),
        TableColumn("判断", 5, "short"),
        TableColumn("说明", 14),
    )
    rows: list[tuple[Value, ...]] = []
    for number, one in enumerate(found.provisions, 1):
        head = one.info.head
        for condition in one.conditions:
            rows.append(
                (
                    number, in_marks(head.title or one.info.source), head.doc_number or "", one.status, one.provision.position,
                    one.provision.amount or "", condition.quote, condition.verdict, condition.reason,
                )
            )  # fmt: skip
    notes = (f"所说的：{found.told.text}。", *found.notes)
    return ExportTable("对号入座", columns, tuple(rows), notes, found.record())
