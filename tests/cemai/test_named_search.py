"""Searches count a work once: copies and former versions stand behind the text that holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests.qa.conftest import library_of

BODY = (
    "第一条 为了规范城乡供水，制定本条例。\n第二条 供水单位应当保证水质合格，水压稳定，连续供水。\n"
    "第三条 用户应当按时缴纳水费，不得擅自接管取水。\n第四条 县水务局负责城乡供水的监督管理工作。\n"
)
OLD = f"云岫县城乡供水条例\n云岫县人民代表大会常务委员会\n2018年3月1日\n{BODY}第五条 本条例自2018年5月1日起施行。\n"
NEW = (
    "云岫县城乡供水条例（2023年修订）\n云人发〔2023〕2号\n云岫县人民代表大会常务委员会\n2023年8月1日\n"
    f"{BODY}第五条 供水设施的改造实行阶梯补贴。\n第六条 本条例自2023年10月1日起施行。\n"
)
COPY = "来源：某网站\n" + NEW
OTHER = "云岫县城乡环境办法\n云政发〔2022〕1号\n云岫县人民政府\n2022年1月8日\n第一条 村庄应当保持整洁，供水井周围不得堆放垃圾。\n"


@pytest.fixture(scope="module")
def waters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("waters"), OLD, NEW, COPY, OTHER) as opened:
        yield opened


def test_copies_and_former_versions_stand_behind(waters: Library) -> None:
    hits = waters.search("供水单位 水质 水压", as_of=dt.date(2026, 6, 1))
    assert {hit.source for hit in hits} <= {"b.txt", "d.txt"}
    ids = {info.source: info.id for info in waters.documents()}
    assert set(next(hit for hit in hits if hit.source == "b.txt").copies) <= {ids["a.txt"], ids["c.txt"]}
    assert hits[0].record()["copies"] == list(hits[0].copies) and hits[0].copies


def test_on_an_earlier_day_the_former_text_holds(waters: Library) -> None:
    hits = waters.search("供水单位 水质 水压", as_of=dt.date(2020, 6, 1))
    assert "a.txt" in {hit.source for hit in hits}


def test_answers_quote_one_copy(waters: Library) -> None:
    answer = waters.ask("供水单位应当保证什么？", as_of=dt.date(2026, 6, 1), keep=False)
    quotes = [citation.quote for citation in answer.citations]
    assert quotes and len(set(quotes)) == len(quotes)
    assert {citation.source for citation in answer.citations} == {"b.txt"}


def test_works_are_counted_once(waters: Library) -> None:
    infos = waters.documents()
    assert (len(infos), waters.count_works(infos, as_of=dt.date(2026, 6, 1))) == (4, 2)
