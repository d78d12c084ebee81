"""Numerals 数字: full-width forms folded, Chinese numerals read and written, and the words that scale a number."""

from __future__ import annotations

import re
from functools import lru_cache

# one character for one character, so that offsets stay those of the document
_HALF_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " ", "﹪": "%", "―": "—"}
_full_width = re.compile("[\uff01-\uff5e\u3000﹪―]")

ZEROS = "〇零○ＯO0"
"""The zero of a Chinese numeral, and the characters typed in its place: 二○二四年, 二O二四年."""
DIGITS = "零一二三四五六七八九"
PLACES = "十百千"
_DIGITS = {char: i for i, char in enumerate(DIGITS)} | dict.fromkeys(ZEROS, 0) | {"两": 2}
_PLACES = {char: 10 ** (i + 1) for i, char in enumerate(PLACES)}
_CONTRACTED = str.maketrans({"廿": "二十", "卅": "三十", "卌": "四十"})
SCALES = {
    "万亿": 1e12,
    "千亿": 1e11,
    "百亿": 1e10,
    "亿": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "十万": 1e5,
    "万": 1e4,
    "千": 1e3,
    "百": 1e2,
}


@lru_cache(maxsize=2)
def half_width(text: str) -> str:
    """The text with full-width letters, digits and punctuation replaced one for one; offsets do not change."""
    return _full_width.sub(lambda found: _HALF_WIDTH[found[0]], text)


@lru_cache(maxsize=4096)
def chinese_number(numeral: str, *, positional: bool = False) -> int | None:
    """Read a Chinese numeral below 10,000.

    Args:
        numeral: The numeral alone, without a unit or anything else around it.
        positional: Whether it numbers or dates something. Such a numeral is also written digit by digit (三四、 is number 34,
            二三年 is year 23), whereas a count of 三四 is "three or four", which is no number. After 百 or 千 a last digit counts
            as it is (第一百五条 is article 105), whereas a count of 一百五 is 150.

    Returns:
        The value, or None for what is no number: ``百千`` ("hundreds and thousands"), ``三四`` unless positional, ``甲``.

    Example: ``chinese_number("一百二十") == 120``, ``chinese_number("廿三") == 23``, ``chinese_number("二〇三五") == 2035``.
    """
    numeral = numeral.translate(_CONTRACTED)
    if not numeral or any(char not in _DIGITS and char not in _PLACES for char in numeral):
        return None
    if any(char in _PLACES for char in numeral):
        return _with_places(numeral, positional)
    by_place = positional or len(numeral) == 1 or any(char in ZEROS for char in numeral)
    return int("".join(str(_DIGITS[char]) for char in numeral)) if by_place else None


def _with_places(numeral: str, positional: bool) -> int | None:
    """The value of a numeral with 十, 百 or 千; None where these do not fall, two digits meet or a 零 links nothing."""
    if numeral[0] in ZEROS or numeral[-1] in ZEROS:
        return None
    total, digit, last = 0, None, 10_000
    for char in numeral:
        if size := _PLACES.get(char):
            if size >= last or (digit is None and char != "十"):
                return None
            total += (1 if digit is None else digit) * size
            digit, last = None, size
        elif digit is not None:
            return None
        elif char not in ZEROS:
            digit = _DIGITS[char]
    contracted = digit is not None and last > 10 and numeral[-2] in _PLACES and not positional
    return total + (digit or 0) * (last // 10 if contracted else 1)


def chinese_numeral(number: int, digits: str = DIGITS, places: str = PLACES) -> str:
    """Write a number from 0 to 9,999 as a Chinese numeral, with other characters where they are given (壹贰叁, 拾佰仟).

    Example: ``chinese_numeral(103) == "一百零三"``, ``chinese_numeral(12) == "十二"``.
    """
    if number == 0:
        return digits[0]
    out, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(out)
            continue
        # 十二 begins without a digit; the formal 壹拾贰 does not
        leading_ten = place == 1 and digit == 1 and not out and places[0] == PLACES[0]
        out += (digits[0] if gap else "") + ("" if leading_ten else digits[digit]) + (places[place - 1] if place else "")
        gap = False
    return out


def read_number(written: str) -> float | None:
    """The value of an Arabic or a Chinese numeral: ``read_number("1,200") == 1200``, ``read_number("两千") == 2000``."""
    if written[:1].isdigit():
        return float(written.replace(",", ""))
    value = chinese_number(written)
    return None if value is None else float(value)


def read_whole_number(written: str, *, positional: bool = False) -> int | None:
    """The value of a whole number in Arabic or Chinese digits; ``positional`` as for ``chinese_number``."""
    return int(written) if written.isdecimal() else chinese_number(written, positional=positional)
