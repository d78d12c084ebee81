"""Regions side by side: rows of the graph beside the carrying sentences, columns told apart, figures set against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from tests.encoders import BlankEncoder

PLAN = """{region}人民政府关于印发{region}{year}年饮水安全工作方案的通知
{number}
各县（市、区）人民政府：
现将《{region}{year}年饮水安全工作方案》印发给你们。
{region}人民政府
{year}年3月8日
{region}{year}年饮水安全工作方案
一、工作目标
（一）年度目标。到{year}年，农村自来水普及率达到{share}%以上。
二、重点工作
（一）抓好饮水安全工程。对脱贫人口的饮水工程逐户核查，{year}年10月底前完成水质检测。（责任单位：{unit}、{other}）
"""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("compare")
    for name, values in {
        "a": {"region": "甘南藏族自治州", "year": 2023, "number": "州政发〔2023〕7号", "share": 93, "unit": "州水务局", "other": "州财政局"},
        "b": {"region": "黔南布依族苗族自治州", "year": 2023, "number": "黔南府发〔2023〕9号", "share": 90, "unit": "州水务局", "other": "州乡村振兴局"},
        "c": {"region": "黔南布依族苗族自治州", "year": 2024, "number": "黔南府发〔2024〕3号", "share": 92, "unit": "州水务局", "other": "州农业农村局"},
    }.items():  # fmt: skip
        (folder / f"{name}.txt").write_text(PLAN.format(**values), encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(folder.glob("*.txt")))
        yield opened


def test_a_topic_shows_tasks_figures_units_dates_and_beneficiaries(plans: Library) -> None:
    rows = {row.aspect: row for row in plans.compare("饮水安全").rows}
    assert "州水务局、州农业农村局" in (rows["责任单位"].cells[0].text or "")
    assert "10月底前完成水质检测" in (rows["完成时限"].cells[0].text or "")
    assert "脱贫人口" in (rows["适用对象"].cells[0].text or "")
    assert [cell.text for cell in rows["任务"].cells] == ["抓好饮水安全工程"] * 2


def test_every_cell_is_made_of_quotes(plans: Library) -> None:
    for row in plans.compare("饮水安全").rows:
        for cell in row.cells:
            for citation in cell.citations:
                text = plans.corpus.text(plans.corpus.find(citation.source_id).row)
                assert text[citation.start : citation.end] == citation.quote
            if cell.text:
                left = cell.text
                for quote in sorted((c.quote for c in cell.citations), key=len, reverse=True):
                    left = left.replace(quote, "")
                assert not left.strip("、；…\n"), left


def test_one_indicator_is_one_row_and_different_years_are_said(plans: Library) -> None:
    result = plans.compare("农村自来水普及率")
    row = result.rows[0]
    assert row.aspect == "农村自来水普及率（2023年目标）"  # the year that most of them give
    assert [cell.value.text if cell.value else None for cell in row.cells] == ["90%以上", "93%以上"]
    assert any(line.startswith("“农村自来水普及率（2023年目标）”从高到低：甘南州 93%以上") for line in result.differences)


def test_a_year_that_is_asked_for_is_the_one_compared(plans: Library) -> None:
    result = plans.compare("2024年农村自来水普及率", regions=["甘南州", "黔南州"])
    row = result.rows[0]
    assert row.aspect == "农村自来水普及率（2024年目标）"
    # the figure of another year is shown, but is none to compare
    assert [cell.value.text if cell.value else None for cell in row.cells] == [None, "92%以上"]
    assert "93%" in (row.cells[0].text or "")


def test_a_region_has_one_column_and_its_former_document_stands_behind_it(plans: Library) -> None:
    result = plans.compare("饮水安全", as_of=dt.date(2024, 6, 1))
    assert result.regions == ("黔南州", "甘南州")
    head = result.columns[0]
    assert (head.source, head.status) == ("c.txt", "现行有效")
    assert [other.source for other in head.others] == ["b.txt"]


def test_another_document_may_take_the_place_of_the_current_one(plans: Library) -> None:
    head = plans.compare("饮水安全").columns[0]
    result = plans.compare("饮水安全", instead=[head.others[0].source_id])
    assert result.columns[0].source == "b.txt"


def test_columns_are_exactly_the_places_asked_for(plans: Library) -> None:
    result = plans.compare("饮水安全", regions=["甘南州", "临夏州"])
    assert result.regions == ("甘南州", "临夏州")
    assert all(row.cells[1].text is None for row in result.rows)
    assert any("未载明：临夏州" in notice.text for notice in result.notices)


def test_a_group_is_its_places(plans: Library) -> None:
    assert plans.compare("饮水安全", regions=["西北"]).regions == ("陕西", "甘肃", "青海", "宁夏", "新疆")
    assert plans.compare("甘肃各市州的饮水安全措施").regions == ("甘南州",)


def test_of_many_documents_the_best_of_each_region_is_taken(tmp_path: Path) -> None:
    from corpus.divisions import gazetteer
    from qa.across.subjects import WIDE

    cities = [d for d in gazetteer().by_code.values() if d.level == "市州" and d.name.endswith("市")][: WIDE - 2]
    for i, city in enumerate(cities):
        for year in (2021, 2022):
            values = {"region": city.name, "year": year, "number": f"府发〔{year}〕{i + 1}号", "share": 60 + i, "unit": "市水务局", "other": "市财政局"}  # fmt: skip
            (tmp_path / f"{i}-{year}.txt").write_text(PLAN.format(**values), encoding="utf-8")
    with Library.open(tmp_path / "library", encoder=BlankEncoder()) as many:
        many.ingest(sorted(tmp_path.glob("*.txt")))
        for subject in ("饮水安全", "农村自来水普及率"):
            result = many.compare(subject)
            assert sorted(result.regions) == sorted(city.short for city in cities)
            assert all(column.source.endswith("-2022.txt") for column in result.columns)
