"""查文件 without a browser: a work is shown once, and its copies and former versions can be opened below it."""

from __future__ import annotations

from pathlib import Path

from tests.qa.conftest import library_of
from ui.desk.desk import Desk
from ui.page.search.events import search

BODY = (
    "第一条 为了加强农村供水管理，制定本办法。\n第二条 供水单位应当每月检测一次水质，并公布结果。\n"
    "第三条 用户应当按时缴纳水费，不得擅自接管取水。\n第四条 县水务局负责农村供水的监督管理工作。\n"
)
RULES = f"云岫县农村供水管理办法\n云政发〔2023〕9号\n云岫县人民政府\n2023年8月1日\n{BODY}第五条 本办法自2023年10月1日起施行。\n"
COPY = "来源：某网站\n" + RULES
OTHER = "云岫县防火巡查制度\n云政发〔2022〕1号\n云岫县人民政府\n2022年1月8日\n第一条 各村每日巡查林区，检测水质的站点除外。\n"


def test_a_work_is_shown_once_with_its_copies_below(tmp_path: Path) -> None:
    with library_of(tmp_path, RULES, COPY, OTHER) as library:
        shown, _ = search(Desk(library), {"act": "search", "query": "供水单位检测水质"}, {})
        ids = {info.source: info.id for info in library.documents()}
    assert shown.count("hit-main") == 2, "the rules once, and the other document"
    assert shown.count("同一文件的其他版本和副本 1 份") == 1
    assert all(f'data-doc="{id}"' in shown for id in ids.values()), "each can be opened"
