"""The query language of figures: one family under all names, bounds with units, one figure for each place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.errors import UsageError
from tests.encoders import BlankEncoder
from tests.graph.queries.test_fact_table import report


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("figures")
    files = [
        report(folder, "青海省", year=2026, was=4.1, goal=4.5, sum=33, jobs=6, grain=22),
        report(folder, "甘肃省", year=2026, was=5.8, goal=5.5, sum=160, jobs=30, grain=260),
        report(folder, "四川省", year=2026, was=5.5, goal=5.5, sum=500, jobs=85, grain=730),
    ]
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(files)
        yield opened


def regions(library: Library, family: str, **conditions: object) -> list[str]:
    return [figure.region for figure in library.figures(family, **conditions)]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["地区生产总值增长", "经济增长", "GDP增速", "gdp增长"])
def test_any_name_of_a_family_finds_it(library: Library, name: str) -> None:
    found = library.figures(name, kind="target", year=2026, sort="value", each=True)
    assert [(f.region, f.cited.fact.value_text) for f in found] == [
        ("四川", "5.5%左右"), ("甘肃", "5.5%左右"), ("青海", "4.5%左右"),
    ]  # fmt: skip


def test_places_and_groups_limit_it(library: Library) -> None:
    assert regions(library, "城镇新增就业", kind="target", regions=["西北"], sort="value") == ["甘肃", "青海"]
    with pytest.raises(UsageError):
        library.figures("城镇新增就业", regions=["不存在的地方"])


def test_bounds_carry_their_unit(library: Library) -> None:
    assert regions(library, "城镇新增就业", kind="target", least="20万人", sort="value") == ["四川", "甘肃"]
    assert regions(library, "粮食产量", kind="target", most="2000万吨", sort="value") == ["甘肃", "青海"]
    assert regions(library, "粮食产量", kind="target", least="20万人") == []
    with pytest.raises(UsageError):
        library.figures("粮食产量", least="很多")


def test_a_record_says_what_follows_from_what(library: Library) -> None:
    (record,) = [f.record() for f in library.figures("经济增长", kind="achieved", regions=["青海"], each=True)]
    assert (record["family"], record["year"], record["year_reckoned"], record["base_unit"]) == (
        "地区生产总值增长",
        2025,
        True,
        "%",
    )
    assert record["quote"] and record["document_status"]
