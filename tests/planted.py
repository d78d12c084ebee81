"""A library with planted dates: what is due, what ends and what comes in, each known beforehand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cemai.library import Library
from tests.stores import open_plain, take_in

DAY = dt.date(2026, 6, 15)
"""The day the dates are planted around."""
WORK = "榆中县水务局重点任务.txt"
WORK_TEXT = """榆中县人民政府关于印发2026年供水重点任务的通知
榆政发〔2026〕3号
一、供水任务
（一）改造水窖。2026年6月底前改造水窖500口。（责任单位：县水务局）
（二）报告供水情况。每季度向县政府报告一次供水情况。（责任单位：县水务局）
（三）清理取水口。2026年5月20日前清理违规取水口。（责任单位：县水务局、县教育局）
（四）更新校园管网。8月底前更新校园管网。（责任单位：县教育局）
（五）巡查水源。完成时限：长期坚持。（责任单位：县水务局）
（六）宣传节水。开展节水宣传。（责任单位：县水务局）
榆中县人民政府
2026年2月3日
"""
DRAFT_TEXT = """榆中县供水管理办法（征求意见稿）
一、任务
（一）公布水价。2026年6月底前公布水价。（责任单位：县水务局）
榆中县水务局
2026年3月1日
"""
ENDED_TEXT = """榆中县“十四五”供水规划
一、任务
（一）建设供水点。2025年底前建设供水点20处。（责任单位：县水务局）
（二）通报水质。每季度通报一次水质。（责任单位：县水务局）
榆中县人民政府
2021年2月3日
"""
DUE = {
    "改造水窖": "2026-06-30",
    "报告供水情况": "2026-06-30",
    "清理取水口": "2026-05-20",
    "更新校园管网": "2026-08-31",
    "巡查水源": None,
    "建设供水点": "2025-12-31",
}
"""Every task with a limit that binds on the day, and the day it is due."""


def write_planted(folder: Path) -> list[Path]:
    """Write the documents and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {WORK: WORK_TEXT, "办法征求意见稿.txt": DRAFT_TEXT, "供水规划.txt": ENDED_TEXT}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def open_planted(folder: Path) -> Library:
    """A library of the planted documents, in a folder that has them under ``files``."""
    library = open_plain(folder / "library")
    take_in(library, write_planted(folder / "files"))
    return library
