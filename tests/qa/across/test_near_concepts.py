"""Names of one indicator that differ in qualifiers only, and those that are another indicator."""

from __future__ import annotations

import pytest

from qa.across.near_concepts import core_name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("既有住宅加装(更新)电梯", "更新住宅老旧电梯", True),
        ("规上高技术制造业增加值", "规模以上高技术制造业增加值", True),
        ("地方政府专项债券", "地方专项债券", True),
        ("城市低保人均保障标准", "低保最低月标准", True),
        ("农村低保标准", "城市低保标准", False),
        ("新增专项债券", "专项债券", False),
        ("高技术制造业增加值", "装备制造业增加值", False),
    ],
)
def test_names_are_one_indicator(one: str, other: str, same: bool) -> None:
    assert (core_name(one) == core_name(other)) is same
