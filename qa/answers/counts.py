"""Counts in Chinese numerals: a count is made by us, so it is never written like a figure of the text."""

from __future__ import annotations

from corpus.numerals import chinese_numeral


def counted(number: int) -> str:
    """二十三 for 23, 两 for 2 (as in 两项)."""
    if number == 2:
        return "两"
    return chinese_numeral(number) if number < 10_000 else "一万项以上的"
