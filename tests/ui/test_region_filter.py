"""The filter by region is one thing: the regions below are taken in by the store, the lists of the page and their counts alike."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemai.library import Library
from corpus.divisions import gazetteer
from corpus.filters import Filters
from tests.qa.conftest import library_of
from ui.desk.catalogue import CatalogueQuery, count_values, select_entries
from ui.desk.desk import Desk, count_regions, lies_in, short_region
from ui.desk.document_search import facet_table
from ui.page.ask import events as ask
from ui.page.library.events import TAB as LIBRARY
from ui.page.search import events as search
from ui.page.study import events as study
from ui.page.tasks import events as tasks

NOTICE = "{0}人民政府关于加强堤防管护工作的通知\n{0}人民政府\n2025年3月5日\n一、加强堤防巡查。（责任单位：{1}水务局）\n"
PLACES = (("云南省", "省"), ("云南省昆明市", "市"), ("云南省昆明市五华区", "区"), ("云南省曲靖市", "市"), ("贵州省贵阳市", "市"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    texts = [NOTICE.format(*place) for place in PLACES]
    with library_of(tmp_path_factory.mktemp("dykes"), *texts) as library:
        yield Desk(library)


@pytest.mark.parametrize(
    ("region", "count"),
    [("云南", 4), ("云南省", 4), ("昆明市", 2), ("五华区", 1), ("贵阳市", 1), ("贵州", 1), ("全国", 5), ("甘肃省", 0)],
)
def test_every_list_takes_in_the_regions_below(desk: Desk, region: str, count: int) -> None:
    library: Library = desk.library
    chosen = library.corpus.select(Filters(region=region))
    entries = desk.entries()
    assert len(chosen) == count
    assert {e.info.row for e in select_entries(entries, CatalogueQuery(region=region))} == chosen
    table = facet_table(desk)
    assert {entry.info.row for entry in table.entries_of(table.meets({"地区": region}))} == chosen
    assert len(desk.tasks(region=region)) == count == len(library.tasks(region=region))


def test_counts_are_those_of_the_lists(desk: Desk) -> None:
    entries = desk.entries()
    found = dict(facet_table(desk).counts({})["地区"])
    assert found == {value: count for value, _, count in count_values(entries, CatalogueQuery(), frozenset())["region"]}
    assert found == {"云南": 4, "昆明市": 2, "五华区": 1, "曲靖市": 1, "贵阳市": 1}
    assert all(count == len(select_entries(entries, CatalogueQuery(region=name))) for name, count in found.items())


def test_a_region_above_is_offered_where_it_joins_several(desk: Desk) -> None:
    cities = [entry.info for entry in desk.entries() if entry.info.head.level == "市州"]
    assert count_regions(cities) == {"云南": 2, "昆明市": 1, "曲靖市": 1, "贵阳市": 1}
    assert count_regions(cities[:1]) == {"昆明市": 1}


@given(
    st.lists(
        st.one_of(
            st.sampled_from([(division.code, division.name) for division in gazetteer().by_code.values()]),
            st.sampled_from(
                [(None, None), (None, "吉林"), ("99", "不在册的地方"), ("2202", "吉林"), ("220201", "鼓楼区"), ("0", "全国")]
            ),
        ),
        max_size=30,
    )
)
def test_counts_are_those_of_the_filter_for_any_documents(places: list[tuple[str | None, str | None]]) -> None:
    infos: list[Any] = [SimpleNamespace(head=SimpleNamespace(region_code=code, region=name)) for code, name in places]
    for name, count in count_regions(infos).items():
        assert count == sum(lies_in(info, name) for info in infos if short_region(info))


def test_the_usual_name_of_a_region_means_that_region() -> None:
    assert gazetteer().region_codes("海南") == gazetteer().region_codes("海南省")
    assert gazetteer().region_codes("没有这个地方") == () and not gazetteer().covers("没有这个地方", "53")
    assert gazetteer().covers("全国", None) and not gazetteer().covers("云南省", None)


def test_every_tab_says_so(desk: Desk) -> None:
    for shown in (ask.form(desk), tasks.form(desk), study.form(desk), search.facet_panel(desk, {}), LIBRARY.start(desk)):
        assert "地区（含下级）" in shown
