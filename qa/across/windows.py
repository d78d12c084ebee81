"""The time in which the documents asked about were issued 发文时段: 2026年上半年出台的, 2024年4月到6月间, 2023年9月."""

from __future__ import annotations

import re

from corpus.numerals import half_width

_MONTHS = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(?:份)?(?:到|至|-|—|~)(?:((?:19|20)\d\d)年)?(\d{1,2})月(?:份|间|期间)?")
_HALF = re.compile(r"((?:19|20)\d\d)年(上|下)半年")
_MONTH = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(?:份)?(?!\d{0,2}日)")
_YEAR = re.compile(r"((?:19|20)\d\d)年度?")


def find_window(text: str) -> tuple[str, str, str] | None:
    """The first and last day, as ISO dates, of the one stretch of time that a question names, and the words that name it.

    None where it names none, or several years.

    >>> find_window("2026年上半年出台的新政")
    ('2026-01-01', '2026-06-30', '2026年上半年')
    """
    plain = half_width(text)
    if found := _MONTHS.search(plain):
        last = found[3] or found[1]
        return f"{found[1]}-{int(found[2]):02}-01", f"{last}-{int(found[4]):02}-31", found[0]
    if found := _HALF.search(plain):
        first, last = ("01-01", "06-30") if found[2] == "上" else ("07-01", "12-31")
        return f"{found[1]}-{first}", f"{found[1]}-{last}", found[0]
    if found := _MONTH.search(plain):
        return f"{found[1]}-{int(found[2]):02}-01", f"{found[1]}-{int(found[2]):02}-31", found[0]
    years = list(_YEAR.finditer(plain))
    if len({year[1] for year in years}) == 1:
        return f"{years[0][1]}-01-01", f"{years[0][1]}-12-31", years[0][0]
    return None
