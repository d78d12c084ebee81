"""Values in one unit: what is the same amount is equal however it is written."""

from __future__ import annotations

import pytest

from graph.families.units import base_unit, to_base


@pytest.mark.parametrize(
    ("one", "other"),
    [((650, "亿公斤"), (1300, "亿斤")), ((1.5, "万元"), (15000, "元")), ((2, "年"), (24, "个月")), ((100, "公顷"), (1500, "亩"))],
)
def test_the_same_amount_is_equal(one: tuple[float, str], other: tuple[float, str]) -> None:
    a, b = to_base(one[0], one[0], one[1]), to_base(other[0], other[0], other[1])
    assert a.unit == b.unit and a.low == pytest.approx(b.low)


def test_what_cannot_be_converted_keeps_apart() -> None:
    assert base_unit("万元/户") == (10000.0, "元/户")
    assert base_unit("元/月")[1] != base_unit("元/年")[1]
    assert base_unit("%")[1] != base_unit("个百分点")[1]
    assert base_unit("个工作日")[1] != base_unit("天")[1]
