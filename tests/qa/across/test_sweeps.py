"""What a question over documents asks: the words of an indicator's own name ask for nothing."""

from __future__ import annotations

from graph.families.indicator import IndicatorFamily, find_concept
from qa.across.mentions import forms_of
from qa.across.near_concepts import core_name, is_rate
from qa.across.statements import head_asked, kind_of_unit, words_below
from qa.across.sweeps import asks_extreme


def test_what_came_to_a_state_is_another_thing_than_the_state() -> None:
    state, came = find_concept("2026年规模以上工业企业有多少家"), find_concept("2026年计划新增规模以上工业企业多少家")
    assert state is not None and state.family.concept == "规模以上工业企业"
    assert came is not None and came.family.concept == "新增规模以上工业企业"


def test_a_share_has_one_name_and_is_a_rate() -> None:
    assert core_name("清洁能源装机比重") == core_name("清洁能源装机占比")
    assert is_rate(IndicatorFamily("护理型床位占比", "level")) and not is_rate(IndicatorFamily("粮食产量", "level"))


def test_a_head_is_that_of_the_sort_of_value_asked_for() -> None:
    assert head_asked("购房契税补贴比例", "比例") == "补贴比例" and head_asked("购房补贴标准", "金额") == "补贴标准"
    assert kind_of_unit("倍") == "倍数" and kind_of_unit("%") == "比例"


def test_a_thing_is_looked_for_under_all_its_names() -> None:
    assert "长护险" in forms_of("长期护理保险") and set(forms_of("概念验证中心或中试平台")) >= {"概念验证中心", "中试平台"}


def test_the_highest_of_provinces_is_asked_for_with_any_word_for_them() -> None:
    assert asks_extreme("高技能人才总量最多的省份是哪个") == "highest" and asks_extreme("最高额度是多少") is None
    assert "三孩" in words_below("多子女家庭") and words_below("博士") == ()
