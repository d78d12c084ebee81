"""The score sheet 成绩单 of the learners, for the trainer."""

from __future__ import annotations

import datetime as dt

from corpus.store import Corpus
from qa.study.learners import learners, score_rows
from qa.study.overview import LearningOverview
from ui.exports.tables import ExportTable, TableColumn, Value


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


def overview_table(found: LearningOverview) -> ExportTable:
    """学习总览: a row for each kind of question, each document that goes wrong, each person who does not learn."""
    columns = (
        TableColumn("类别", 6, "short"),
        TableColumn("内容", 30),
        TableColumn("答对", 6, "number"),
        TableColumn("答错", 6, "number"),
        TableColumn("正确率", 7, "short"),
        TableColumn("最近学习", 9, "short"),
    )
    rows: list[tuple[Value, ...]] = [
        ("题型", one.aim, one.right, one.wrong, f"{round(100 * one.share)}%", "") for one in found.aims
    ]
    rows += [
        ("文件", one.title, one.right, one.wrong, f"{round(100 * one.right / (one.right + one.wrong))}%", "")
        for one in found.documents
    ]
    rows += [("一周没学", name, "", "", "", last or "没有学过") for name, last in found.quiet]
    return ExportTable("学习总览", columns, tuple(rows), (f"共 {found.people} 人答过题。",), found.record())
