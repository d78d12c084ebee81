"""Chinese numerals read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.numerals import chinese_number, chinese_numeral, half_width, read_number, read_whole_number

ROWS = [
    # numeral, as a count, as an ordinal or a year, why
    ("三", 3, 3, "one digit"),
    ("十", 10, 10, "a ten alone"),
    ("一十", 10, 10, "a ten with its one"),
    ("二十一", 21, 21, "tens and ones"),
    ("一百零三", 103, 103, "零 links"),
    ("一百〇三", 103, 103, "〇 links too"),
    ("一百一十一", 111, 111, "a ten inside"),
    ("一百十一", 111, 111, "a ten inside without its one, as in older laws"),
    ("两千零五", 2005, 2005, "两"),
    ("一千零五十", 1050, 1050, "零 before tens"),
    ("廿三", 23, 23, "廿 is 二十"),
    ("卅", 30, 30, "卅 is 三十"),
    ("二〇三五", 2035, 2035, "digit by digit, told by the zero"),
    ("二○二四", 2024, 2024, "a circle typed for 〇"),
    ("二O二四", 2024, 2024, "a letter typed for 〇"),
    ("一〇", 10, 10, "digit by digit"),
    ("零", 0, 0, "zero"),
    ("三四", None, 34, "three or four; a number only where digits stand by place"),
    ("二三", None, 23, "two or three; the year 23"),
    ("一百五", 150, 105, "the place behind 百 left out; article 105"),
    ("三千二", 3200, 3002, "the place behind 千 left out"),
    ("百千", None, None, "hundreds and thousands"),
    ("百", None, None, "no digit before 百"),
    ("十百", None, None, "places must fall"),
    ("零十", None, None, "零 links nothing"),
    ("十零", None, None, "零 links nothing"),
    ("一百三四", None, None, "a hundred and three or four"),
    ("三零十", None, None, "零 between a digit and its place"),
    ("甲", None, None, "no numeral"),
    ("三万", None, None, "万 scales a number, it is none of its places"),
    ("", None, None, "nothing"),
]


@pytest.mark.parametrize(("numeral", "count", "ordinal", "why"), ROWS, ids=[why for *_, why in ROWS])
def test_reads_a_numeral(numeral: str, count: int | None, ordinal: int | None, why: str) -> None:
    assert chinese_number(numeral) == count, why
    assert chinese_number(numeral, positional=True) == ordinal, why


@pytest.mark.parametrize("positional", [False, True])
def test_every_number_is_read_as_it_is_written(positional: bool) -> None:
    assert [n for n in range(10_000) if chinese_number(chinese_numeral(n), positional=positional) != n] == []


@pytest.mark.parametrize(("number", "numeral"), [(0, "零"), (12, "十二"), (110, "一百一十"), (1005, "一千零五"), (2000, "二千")])
def test_writes_a_numeral(number: int, numeral: str) -> None:
    assert chinese_numeral(number) == numeral


@given(st.text(alphabet="〇零○一二两三九十百千廿卅万甲0O", max_size=8))
def test_no_characters_raise(numeral: str) -> None:
    value = chinese_number(numeral)
    assert value is None or value >= 0
    assert value is None or "十" in numeral or chinese_number(numeral, positional=True) is not None


@pytest.mark.parametrize(("written", "value"), [("1,200", 1200.0), ("0.5", 0.5), ("两千", 2000.0), ("三四", None)])
def test_arabic_and_chinese_numbers_are_read_alike(written: str, value: float | None) -> None:
    assert read_number(written) == value


@pytest.mark.parametrize(("written", "value"), [("12", 12), ("十二", 12), ("两", 2), ("三四", None), ("几", None)])
def test_whole_numbers(written: str, value: int | None) -> None:
    assert read_whole_number(written) == value


def test_half_width_keeps_offsets() -> None:
    assert half_width("（１２％）　甲") == "(12%) 甲"
