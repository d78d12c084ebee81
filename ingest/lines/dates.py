"""Dates as documents write them: 2022年4月25日, 2022-04-26 11:30, 二〇二二年四月二十五日."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from corpus.document import Span
from corpus.numerals import ZEROS, chinese_number
from ingest.lexicon import expand

_AROUND = " 　\t()（）印发"
_CN = f"{ZEROS}一二三四五六七八九十"
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d)\s?(?:年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日?|[-/.](?P<m2>\d{1,2})[-/.](?:(?P<d3>\d\d)(?=\d\d:\d\d)|(?P<d2>\d{1,2})))(?!\d(?!\d:))"
    + expand(rf"|(?P<cy>[一二][{_CN}]{{3}})\s?年\s?(?P<cm>[{{numerals}}]{{1,2}})\s?月\s?(?P<cd>[{{numerals}}]{{1,3}})\s?日")
)


def find_dates(text: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """The full dates of ``text[start:end]`` as ISO dates with their spans; impossible ones (2月30日) are passed over."""
    for match in _DATE.finditer(text, start, end):
        if match["cy"]:
            year, month, day = (chinese_number(match[name], positional=True) or 0 for name in ("cy", "cm", "cd"))
        else:
            year, month, day = int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"] or match["d3"])
        try:
            yield dt.date(year, month, day).isoformat(), Span(match.start(), match.end())
        except ValueError:
            continue


def may_end_date(char: str) -> bool:
    """Whether a line that ends with this character can end with a date, closed by brackets, blanks or 印发: a cheap test."""
    return char in _AROUND or char == "日" or char.isdecimal()


def date_at(text: str, start: int, end: int) -> tuple[str, Span] | None:
    """The date a short line consists of (落款日期), brackets and blanks aside; None when the line says anything else."""
    if end - start > 24 or start >= end or not may_end_date(text[end - 1]):
        return None
    for iso, span in find_dates(text, start, end):
        rest = text[start : span.start] + text[span.end : end]
        if not rest.strip(_AROUND):
            return iso, span
    return None
