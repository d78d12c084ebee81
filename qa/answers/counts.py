"""Counts in Chinese numerals: a count is made by us, so it is never written like a figure of the text."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"


def counted(number: int) -> str:
    """二十三 for 23, 两 for 2 (as in 两项)."""
    if number == 2:
        return "两"
    if number < 10:
        return _DIGITS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        middle = (
            ""
            if not rest
            else ("零" if rest < 10 else "") + ("一" if 10 <= rest < 20 else "") + (_DIGITS[2] if rest == 2 else counted(rest))
        )
        return _DIGITS[hundreds] + "百" + middle
    return "一千项以上的" if number >= 1000 else ""
