"""The score sheet 成绩单 of the learners, for the trainer."""

from __future__ import annotations

import datetime as dt

from corpus.store import Corpus
from qa.study.learners import learners, score_rows
from ui.exports.tables import ExportTable, TableColumn


def score_sheet(corpus: Corpus, now: dt.datetime | None = None) -> ExportTable:
    """成绩单: every learner on one line, for the trainer."""
    rows = score_rows(learners(corpus), now or dt.datetime.now(dt.UTC))
    columns = (
        TableColumn("序号", 4, "short"),
        TableColumn("姓名", 10),
        TableColumn("答题", 6, "number"),
        TableColumn("答对", 6, "number"),
        TableColumn("正确率", 7, "short"),
        TableColumn("待复习", 7, "number"),
        TableColumn("最近学习", 11, "short"),
    )
    keys = ("name", "answered", "right", "share", "due", "last")
    records = [dict(zip(keys, row, strict=True)) for row in rows]
    return ExportTable(
        "学习成绩单", columns, tuple((i, *row) for i, row in enumerate(rows, 1)), (f"共 {len(rows)} 人。",), records
    )
