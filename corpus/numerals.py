"""Numerals 数字: full-width forms folded, Chinese numerals read, and the words that scale a number."""

from __future__ import annotations

import re

# one character for one character, so that offsets stay those of the document
_HALF_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " ", "﹪": "%", "―": "—"}
_full_width = re.compile("[\uff01-\uff5e\u3000﹪―]")

_CHINESE_DIGITS = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_TENS = {"十": 10, "百": 100, "千": 1000}
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


def half_width(text: str) -> str:
    """The text with full-width letters, digits and punctuation replaced one for one; offsets do not change."""
    return _full_width.sub(lambda found: _HALF_WIDTH[found[0]], text)


def chinese_number(numeral: str) -> float | None:
    """The value of a Chinese numeral: ``chinese_number("一百二十") == 120``; None for what is no numeral (``百千``, ``三四``)."""
    if not numeral:
        return None
    if all(char in _CHINESE_DIGITS for char in numeral):
        if len(numeral) == 1:
            return float(_CHINESE_DIGITS[numeral])
        return float("".join(str(_CHINESE_DIGITS[c]) for c in numeral)) if "〇" in numeral or "零" in numeral else None
    total, digit, last = 0.0, None, 10000
    for i, char in enumerate(numeral):
        if char in _CHINESE_DIGITS:
            if digit is not None and char not in "零〇" and digit != 0:
                return None
            digit = _CHINESE_DIGITS[char]
        else:
            size = _CHINESE_TENS[char]
            if size >= last or (digit is None and not (char == "十" and i == 0)):
                return None
            total += (1 if digit is None else digit) * size
            digit, last = None, size
    return total + (digit or 0)


def plain(written: str) -> float | None:
    """The value of an Arabic or a Chinese numeral."""
    if written[:1].isdigit():
        return float(written.replace(",", ""))
    return chinese_number(written)
