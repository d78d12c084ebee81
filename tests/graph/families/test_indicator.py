"""Which indicators are one: other names and frames of one thing are, what only looks like it is not."""

from __future__ import annotations

import pytest

from graph.families.indicator import families_named, family_of, find_concept, summed_up


@pytest.mark.parametrize(
    ("one", "other", "unit", "why"),
    [
        ("地区生产总值增长", "经济增长", "%", "经济 is the output where growth is told of"),
        ("地区生产总值增长", "全年GDP增速", "%", "frame and another name"),
        ("一般公共预算收入增长", "地方一般公共预算收入同口径增长", "%", "a remark on the basis"),
        ("高标准农田", "新建和改造高标准农田", "万亩", "what is done to it"),
        ("城镇老旧小区改造", "新开工改造老旧小区", "个", "what is done to it"),
        ("粮食产量", "正常年景下粮食总产量", "亿斤", "frame in front"),
        ("经营主体", "实有经营主体总量", "万户", "all there are"),
        ("棚户区改造", "各类棚户区改造住房", "万套", "homes of it"),
    ],
)
def test_names_of_one_indicator_are_one_family(one: str, other: str, unit: str, why: str) -> None:
    assert family_of(one, unit) == family_of(other, unit), why


@pytest.mark.parametrize(
    ("one", "other", "unit", "why"),
    [
        ("地区生产总值增长", "海洋生产总值增长", "%", "a part of the economy"),
        ("地区生产总值增长", "地区生产总值年均增长", "%", "one year and the mean of several"),
        ("地区生产总值增长", "人均地区生产总值增长", "%", "for each inhabitant"),
        ("粮食产量", "粮食播种面积", "万亩", "another thing"),
        ("上市公司", "新增上市公司", "家", "what came to those there are"),
        ("高新技术企业", "高新技术企业净增", "家", "what came to those there are, said behind"),
        ("老旧小区改造", "老旧小区引入物业服务", "个", "another thing done to it"),
        ("一般公共预算收入", "税收占一般公共预算收入比重", "%", "a share of it"),
    ],
)
def test_what_only_looks_alike_stays_apart(one: str, other: str, unit: str, why: str) -> None:
    assert family_of(one, unit) != family_of(other, unit), why


def test_level_growth_share_and_rank_are_told_apart() -> None:
    names = [
        ("地区生产总值", "亿元"),
        ("地区生产总值增长", "%"),
        ("制造业增加值占地区生产总值比重", "%"),
        ("地区生产总值全国排名", "位"),
    ]
    assert [family_of(*name).dimension for name in names] == ["level", "growth", "share", "rank"]


def test_years_added_up_are_no_year() -> None:
    family = family_of("高标准农田", "万亩")
    assert summed_up(family, "累计建成高标准农田6281万亩").dimension == "sum"
    assert summed_up(family, "新建高标准农田600万亩") == family


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026年各省经济增长目标", "地区生产总值增长"),
        ("城镇新增就业目标最高的是哪个省", "城镇新增就业"),
        ("海洋生产总值增长目标", None),
        ("怎样申请补贴", None),
    ],
)
def test_an_indicator_is_found_in_a_question(text: str, name: str | None) -> None:
    found = find_concept(text)
    assert (found.family.name if found else None) == name


def test_what_a_name_carries_along_is_no_part_of_it() -> None:
    alone = family_of("城镇登记失业率", "%")
    assert family_of("城镇登记失业率（城镇新增就业900万人以上）", "%") == alone
    assert family_of("高速公路通车里程新增3000公里", "公里") == family_of("高速公路总里程", "公里")
    assert family_of("再办好民生实事", "件") == family_of("民生实事", "项")


def test_what_comes_to_a_state_is_not_the_state() -> None:
    state = family_of("高新技术企业", "家")
    assert family_of("新增高新技术企业", "家") != state
    assert family_of("净增高新技术企业", "家") == family_of("新增高新技术企业", "家")
    assert family_of("城镇化率提高", "百分点").dimension == "change"
    assert family_of("城镇化率提高到", "%") == family_of("常住人口城镇化率", "%")


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("城镇和农村居民收入分别增长多少", ["城镇居民人均可支配收入", "农村居民人均可支配收入"]),
        ("增长目标分解到一产、二产、三产的省份", ["第一产业增加值", "第二产业增加值", "第三产业增加值"]),
        ("2026年各省粮食产量目标", []),
        ("北京和天津的地区生产总值", []),
    ],
)
def test_indicators_listed_beside_each_other_are_named(text: str, concepts: list[str]) -> None:
    assert [family.concept for family in families_named(text)] == concepts
