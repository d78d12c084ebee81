"""Two versions of one document, and what a lower document takes up of an upper one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from corpus.document import Span
from qa.comparison.clauses import Clause
from qa.comparison.versions import align_clauses, diff_wording
from tests.encoders import BlankEncoder

OLD = """青田市城市绿化管理办法
第一条 为了保护城市绿地，改善人居环境，制定本办法。
第二条 新建居住区的绿地率不低于百分之三十。
第三条 占用绿地应当经市园林局批准，占用期限不超过一年。
第四条 古树名木由市园林局建立档案，设立保护标志。
"""
NEW = """青田市城市绿化管理办法
第一条 为了保护城市绿地，改善人居环境，制定本办法。
第二条 新建居住区的绿地率不低于百分之三十五。
第三条 古树名木由市园林局建立档案，设立保护标志。
第四条 鼓励单位和个人认养绿地，认养协议报市园林局备案。
"""
UPPER = """河源县人民政府关于加强河道管护的实施意见
一、完善河长制。落实县乡村三级河长责任，定期开展巡河。
二、整治河道采砂。严格审批采砂许可，打击非法采砂行为。
三、保护饮用水水源。划定水源保护区，清理保护区内排污口。
"""
LOWER = """清水乡人民政府河道管护工作方案
一、落实河长制责任。村级河长每周巡河一次，发现问题及时上报。
二、保护水源。对饮用水水源保护区设立界碑，清理排污口。
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("redline")
    for name, text in {"old": OLD, "new": NEW, "upper": UPPER, "lower": LOWER}.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


def test_changed_added_and_removed_articles_are_told_apart(pair: Library) -> None:
    result = pair.versions("old.txt", "new.txt")
    assert [region.partition("（")[2] for region in result.regions] == ["old.txt）", "new.txt）"], "both have one title"
    kinds = [row.aspect.split("　")[0] for row in result.rows]
    assert kinds == ["修改", "删去", "新增"]
    changed, removed, added = result.rows
    assert "百分之三十。" in (changed.cells[0].text or "")
    assert "百分之三十五" in (changed.cells[1].text or "")
    assert removed.cells[1].text is None
    assert "占用绿地" in (removed.cells[0].text or "")
    assert added.cells[0].text is None
    assert result.differences[0] == "修改 1 处；新增 1 处；删去 1 处；序号调整 1 处；未变 1 处。"
    assert any("增加“五”" in line or "改为" in line for line in result.differences[1:])


def test_what_a_lower_document_does_not_mention_is_said(pair: Library) -> None:
    result = pair.carried_out("upper.txt", "lower.txt")
    taken = {row.aspect: row.cells[1].text for row in result.rows}
    assert "每周巡河" in (taken["任务：完善河长制"] or "")
    assert "排污口" in (taken["任务：保护饮用水水源"] or "")
    assert taken["任务：整治河道采砂"] is None
    grades = {row.aspect: row.grade for row in result.rows}
    assert grades["任务：完善河长制"] == "写到" and grades["任务：整治河道采砂"] == "未写到"
    assert any(line.startswith("未写到：任务：整治河道采砂") for line in result.differences)
    assert "写到" in result.differences[0] and "部分写到" in result.differences[0] and "未写到" in result.differences[0]


def test_a_file_is_not_compared_with_itself(pair: Library) -> None:
    from corpus.errors import UsageError

    with pytest.raises(UsageError, match="同一份"):
        pair.versions("old.txt", "old.txt")


@given(st.lists(st.sampled_from(["绿地", "河道", "采砂", "巡河", "档案"]), max_size=8), st.lists(st.sampled_from(["绿地", "河道", "采砂", "许可"]), max_size=8))  # fmt: skip
def test_every_clause_of_both_versions_comes_exactly_once(old: list[str], new: list[str]) -> None:
    made = [[Clause(f"{i}.", text, (f"{i}.",), Span(i, i + 1), text) for i, text in enumerate(texts)] for texts in (old, new)]
    changes = align_clauses(*made)
    assert sorted(c.old.span for c in changes if c.old) == [c.span for c in made[0]]
    assert [c.new for c in changes if c.new] == made[1]


@given(st.text("绿地河道采砂，。12", max_size=40), st.text("绿地河道采砂，。12", max_size=40))
def test_changed_wording_stands_in_the_texts(before: str, after: str) -> None:
    for old, new in diff_wording(before, after):
        assert old in before
        assert new in after


def test_an_answer_says_that_another_document_repeals_its_source(tmp_path: Path) -> None:
    first = "松江市市容管理办法\n松政发〔2015〕4号\n第一条 沿街商户负责门前卫生，每日清扫两次。\n第二条 本办法自2015年6月1日起施行。\n松江市人民政府\n2015年5月8日\n"
    second = "松江市城市管理条例实施细则\n松政发〔2021〕12号\n第一条 沿街商户的门前责任由街道办事处划定。\n第二条 本细则自2021年3月1日起施行，《松江市市容管理办法》（松政发〔2015〕4号）同时废止。\n松江市人民政府\n2021年2月1日\n"
    for name, text in (("a", first), ("b", second)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest(sorted(tmp_path.glob("*.txt")))
        answer = library.ask("松江市沿街商户门前卫生每日清扫几次", keep=False)
        assert "每日清扫两次" in answer.answer
        assert any(notice.kind == "repealed" and "废止" in notice.text for notice in answer.notices)


def test_documents_of_no_region_are_compared_on_a_figure(tmp_path: Path) -> None:
    for name, beds in (("甲", 1200), ("乙", 900)):
        text = f"{name}川市民政局关于养老服务的方案\n一、目标。到2027年，全市养老床位达到{beds}张。\n"
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as library:
        library.ingest([tmp_path / "甲.txt", tmp_path / "乙.txt"])
        result = library.compare("养老床位")
    assert len(result.regions) == 2
    assert "1200张" in str(result.rows)
