"""Groups of regions: every name is known, members are divisions, longer names go first."""

from __future__ import annotations

import pytest

from corpus.region_groups import find_groups, group_named, read_places, region_groups, unknown_in


def test_every_group_has_members_and_no_name_is_used_twice() -> None:
    names = [name for group in region_groups() for name in group.names]
    assert len(names) == len(set(names))
    assert all(group.members for group in region_groups())


def test_groups_are_found_by_any_of_their_names() -> None:
    assert {group.name for _, group in find_groups("东北三省和京津冀地区的目标")} == {"东北", "京津冀"}
    assert group_named("三省一市") is group_named("长三角")
    assert [d.short for d in group_named("京津冀").members] == ["北京市", "天津市", "河北"]  # type: ignore[union-attr]


def test_a_whole_level_is_all_of_it() -> None:
    group = group_named("31个省")
    assert group is not None and group.whole_level and len(group.members) == 31


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("京津冀和山东", ["北京市", "天津市", "河北", "山东"]),
        ("四川、长三角以及海南", ["四川", "上海市", "江苏", "浙江", "安徽", "海南"]),
        ("云贵川2026年的目标", ["云南", "贵州", "四川"]),
        ("东北三省（不含黑龙江）", ["辽宁", "吉林"]),
        ("除上海外的长三角", ["江苏", "浙江", "安徽"]),
        ("江苏、浙江哪个省更高", ["江苏", "浙江"]),
        ("计划单列市", ["大连市", "宁波市", "厦门市", "青岛市", "深圳市"]),
        ("京沪高铁", []),
        ("广西自治区商务厅", ["广西"]),
        ("2025年广西壮族自治区的粮食产量", ["广西"]),
        ("内蒙古自治区和宁夏回族自治区", ["内蒙古", "宁夏"]),
        ("甘肃西北地区", ["甘肃"]),
        ("内蒙古和西北地区", ["内蒙古", "陕西", "甘肃", "青海", "宁夏", "新疆"]),
        ("泰州市海陵区和兴化市", ["海陵区", "兴化市"]),
        ("泰州市、海陵区", ["泰州市", "海陵区"]),
    ],
)
def test_places_and_groups_are_read_together(text: str, places: list[str]) -> None:
    assert [division.short for division in read_places(text).divisions] == places


def test_a_level_is_that_of_the_places_named_with_it() -> None:
    of_gansu = read_places("甘肃各市州")
    assert of_gansu.whole_level and len(of_gansu.divisions) == 14
    delta = {division.short for division in read_places("长三角哪些城市").divisions}
    assert {"上海市", "南京市", "合肥市"} <= delta and "武汉市" not in delta
    assert len(read_places("除上海外的各省").divisions) == 30


def test_what_is_no_place_in_a_name_is_told() -> None:
    assert unknown_in("京津冀和火星") == "火星"
    assert unknown_in("京津冀和山东") is None and unknown_in("甘南州") is None


def test_a_name_inside_a_word_is_no_place() -> None:
    assert [d.short for d in read_places("甘南州建成省级农产品安全示范县").divisions] == ["甘南州"]
    assert [d.short for d in read_places("濮阳市和范县").divisions] == ["濮阳市", "范县"]
