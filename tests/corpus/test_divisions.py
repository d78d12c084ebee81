from __future__ import annotations

import pytest

from corpus.divisions import gazetteer


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("黔南州", "贵州省黔南布依族苗族自治州"),
        ("甘南", "甘肃省甘南藏族自治州"),
        ("大兴安岭", "黑龙江省大兴安岭地区"),
        ("内蒙古", "内蒙古自治区"),
        ("三都县", "贵州省黔南布依族苗族自治州三都水族自治县"),
        ("天津", "天津市"),
        ("全国", "全国"),
    ],
)
def test_short_names_mean_one_division(name: str, path: str) -> None:
    assert [division.path for division in gazetteer().named(name)] == [path]


def test_an_ambiguous_name_resolves_only_near_one_of_its_places() -> None:
    found = gazetteer().named("朝阳区")
    assert len(found) == 2
    assert gazetteer().resolve(found) is None
    beijing = gazetteer().named("北京市")
    resolved = gazetteer().resolve(found, near=beijing)
    assert resolved is not None and resolved.path == "北京市朝阳区"


def test_mentions_take_the_longest_name() -> None:
    text = "黔南布依族苗族自治州与贵州省其他市州"
    assert [m.span.of(text) for m in gazetteer().mentions(text)][:2] == ["黔南布依族苗族自治州", "贵州省"]


def test_a_region_contains_what_lies_below() -> None:
    gansu, gannan = gazetteer().named("甘肃省")[0], gazetteer().named("甘南州")[0]
    assert gansu.contains(gannan.code) and not gannan.contains(gansu.code)
    assert [parent.name for parent in gazetteer().parents(gannan)] == ["甘肃省"]
