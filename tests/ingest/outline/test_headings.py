"""Where a heading ends that has a colon in it."""

from __future__ import annotations

import pytest

from ingest.lines.marks import mark_at
from ingest.outline.headings import heading_end


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("2024：拼出来的精彩", "2024：拼出来的精彩"),
        ("过去五年：奋楫争先的五年", "过去五年：奋楫争先的五年"),
        ("申报时间：2025年4月7日", "申报时间"),
        ("2024：完成投资8亿元，新建渡口6处。改造9处。", "2024"),
    ],
)
def test_a_year_before_a_colon_is_the_first_half_of_a_heading(line: str, heading: str) -> None:
    text = f"一、{line}"
    mark = mark_at(text, 0, len(text))
    assert mark is not None
    assert text[2 : heading_end(text, 2, len(text), mark)] == heading
