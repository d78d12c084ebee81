"""The time in which the documents asked about were issued."""

from __future__ import annotations

import pytest

from qa.across.windows import find_window


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026年上半年出台的新政", "2026-01-01", "2026-06-30"),
        ("2025年下半年", "2025-07-01", "2025-12-31"),
        ("2024年4月到6月间取消限购的城市", "2024-04-01", "2024-06-31"),
        ("2023年11月至2024年2月", "2023-11-01", "2024-02-31"),
        ("2023年9月一个月内", "2023-09-01", "2023-09-31"),
        ("2025年调整的", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_time_is_read_as_days(text: str, first: str, last: str) -> None:
    window = find_window(text)
    assert window is not None and window[:2] == (first, last)
    assert window[2] in text


@pytest.mark.parametrize("text", ["公积金贷款最高额度", "2024年、2025年各是多少"])
def test_no_time_or_several_years_choose_no_documents(text: str) -> None:
    assert find_window(text) is None
