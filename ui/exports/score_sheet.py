"""The score sheet 成绩单 of the learners, for the trainer."""

from __future__ import annotations

import datetime as dt

from corpus.store import Corpus
from qa.study.learners import learners, score_rows
from ui.exports.tables import Column, Table


def score_sheet(corpus: Corpus, now: dt.datetime | None = None) -> Table:
    """成绩单: every learner on one line, for the trainer."""
    rows = score_rows(learners(corpus), now or dt.datetime.now(dt.UTC))
    columns = (
        Column("序号", 4, "short"),
        Column("姓名", 10),
        Column("答题", 6, "number"),
        Column("答对", 6, "number"),
        Column("正确率", 7, "short"),
        Column("待复习", 7, "number"),
        Column("最近学习", 11, "short"),
    )
    keys = ("name", "answered", "right", "share", "due", "last")
    records = [dict(zip(keys, row, strict=True)) for row in rows]
    return Table("学习成绩单", columns, tuple((i, *row) for i, row in enumerate(rows, 1)), (f"共 {len(rows)} 人。",), records)
