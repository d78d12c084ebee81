"""Chains of versions, copies that are none, and the standing that follows from them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from corpus.document import HeadMatter, ParsedDocument, Reference
from corpus.store import Corpus
from graph.documents.standing import standing
from graph.documents.versions import replaced, version_chains, versions

RULES = "第一条 为了节约用水，制定本办法。第二条 用水单位应当安装计量设施，并按月缴纳水费。第三条 禁止在管网上私自接水。"
OTHER = "根据群众反映，现就今年夏季停水检修的时间和范围作如下安排，请相互转告并提前储水。各小区物业做好引导。"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.open(tmp_path / "library")


def put(corpus: Corpus, title: str, text: str = RULES, **head: object) -> int:
    id = f"d{len(corpus)}"
    doc = ParsedDocument(id, f"{id}.txt", "txt", id * 4, text, HeadMatter(title=title, **head))  # type: ignore[arg-type]
    return corpus.put(doc, original=b"x", passages=(), facts=())


def test_plans_of_several_years_are_chained_by_region(corpus: Corpus) -> None:
    rows = [put(corpus, f"甲市{year}年供水工作要点", region_code="0101") for year in (2023, 2022)]
    put(corpus, "乙市2022年供水工作要点", region_code="0102")
    (chain,) = version_chains(corpus.infos())
    assert [(version.document, version.year) for version in chain] == [(rows[1], 2022), (rows[0], 2023)]
    assert replaced([chain]) == {}


@pytest.mark.parametrize(
    "titles",
    [
        ("关于公开征求《甲市供水办法(征求意见稿)》意见的公告", "甲市人民政府关于印发甲市供水办法的通知"),
        ("甲市供水办法(试行)", "甲市供水办法"),
        ("甲市供水办法(2021年版)", "甲市供水办法(2023年版)"),
        ("甲市供水办法(试行)(征求意见稿)", "甲市供水办法(暂行)"),
        ("关于对甲市供水办法(修订草案征求意见稿)公开征集意见的公告", "甲市供水办法"),
        ("甲市供水办法", "甲市供水办法(修订)"),
    ],
)
def test_states_of_one_document_are_chained(corpus: Corpus, titles: tuple[str, str]) -> None:
    rows = [put(corpus, title, region_code="0101") for title in reversed(titles)]
    (chain,) = versions(corpus)
    assert [version.document for version in chain] == rows[::-1]


def test_copies_news_and_notices_side_by_side_make_no_chain(corpus: Corpus) -> None:
    put(corpus, "甲市供水办法", region_code="0101")
    put(corpus, "甲市水务局关于印发甲市供水办法的通知", region_code="0101", issued_on="2022-03-01", doc_number="甲水〔2022〕1号")
    put(corpus, "甲市召开供水工作会议", region_code="0101", issued_on="2020-01-01")
    put(corpus, "甲市召开供水工作会议", OTHER, region_code="0101", issued_on="2022-01-01")
    for number in (1, 2):
        put(
            corpus,
            "关于增设供水事项的通知",
            OTHER[number:],
            region_code="0101",
            issued_on="2021-01-01",
            doc_number=f"甲发〔2021〕{number}号",
        )
    put(corpus, "关于进一步优化供水的通知", region_code="0101")
    put(corpus, "关于进一步优化供水的通知", OTHER)
    assert versions(corpus) == []


def test_a_chain_says_what_became_of_a_draft_and_of_a_former_edition(corpus: Corpus) -> None:
    draft = put(corpus, "甲市供水办法(征求意见稿)", region_code="0101", issued_on="2022-01-01")
    first = put(corpus, "甲市供水办法", region_code="0101", issued_on="2022-05-01")
    put(corpus, "甲市供水办法(2025年修订)", RULES + OTHER, region_code="0101", issued_on="2025-05-01")
    day = dt.date(2026, 1, 1)
    found = standing(corpus, corpus.info(draft), day)
    assert (found.status, "甲市供水办法" in found.reason) == ("征求意见稿", True)
    assert standing(corpus, corpus.info(first), day).status == "已修订"
    assert standing(corpus, corpus.info(first), dt.date(2024, 1, 1)).status == "未载明"
    corpus.set_status(first, "现行有效", "县里仍按原办法执行")
    said = standing(corpus, corpus.info(first), day)
    assert said.status == "现行有效" and "县里仍按原办法执行" in said.reason


def test_what_others_repeal_is_repealed_from_their_day_on(corpus: Corpus) -> None:
    old = put(corpus, "甲市节水办法", region_code="0101", issued_on="2012-01-01")
    by = (Reference("甲市节水办法", "废止"),)
    put(corpus, "甲市用水条例", OTHER, region_code="0101", issued_on="2020-06-01", based_on=by)
    assert standing(corpus, corpus.info(old), dt.date(2020, 5, 31)).status == "未载明"
    found = standing(corpus, corpus.info(old), dt.date(2020, 6, 1))
    assert found.status == "废止" and "《甲市用水条例》" in found.reason
