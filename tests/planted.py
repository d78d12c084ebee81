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


CHANGED_TEXT = """榆中县农村供水管理办法
榆政发〔2026〕9号
第一条 县水务局负责水质检测，每季度检测一次。
第二条 县水务局对改造水窖的农户每户补助1200元。
第三条 县水务局应当在9月底前公布水价。
第四条 县水务局负责建立水源档案。
第五条 县教育局负责校园供水安全教育。
第六条 本办法自2026年5月1日起施行，有效期至2026年8月31日。
榆中县人民政府
2026年4月10日
"""
"""A new version of ``FORMER_TEXT``: an amount and a limit are others, one duty is new, one is gone, the others stay."""
FORMER_TEXT = """榆中县农村供水管理办法
榆政发〔2024〕5号
第一条 县水务局负责水质检测，每季度检测一次。
第二条 县水务局对改造水窖的农户每户补助800元。
第三条 县水务局应当在6月底前公布水价。
第四条 县水务局负责收取供水押金，用于维修管网。
第五条 县教育局负责校园供水安全教育。
第六条 本办法自2024年5月1日起施行。
榆中县人民政府
2024年4月10日
"""
REPEALING_TEXT = """榆中县人民政府关于加强抗旱工作的通知
榆政发〔2026〕11号
一、抗旱任务
（一）调度抗旱水源。县水务局负责调度抗旱水源。（责任单位：县水务局）
（二）发放抗旱物资。2026年7月10日前发放抗旱物资。（责任单位：县应急局）
《榆中县人民政府关于组织抗旱服务队的通知》（榆政发〔2022〕7号）同时废止。
榆中县人民政府
2026年6月1日
"""
REPEALED_TEXT = """榆中县人民政府关于组织抗旱服务队的通知
榆政发〔2022〕7号
一、任务
（一）组建抗旱服务队。县水务局负责组建抗旱服务队。（责任单位：县水务局）
榆中县人民政府
2022年6月1日
"""
BEFORE = {"供水管理办法2024.txt": FORMER_TEXT, "抗旱服务队.txt": REPEALED_TEXT}
AFTER = {"供水管理办法2026.txt": CHANGED_TEXT, "抗旱工作.txt": REPEALING_TEXT}
"""What came in later, and what was there before."""


def write_texts(folder: Path, texts: dict[str, str]) -> list[Path]:
    """Write texts under their names and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
