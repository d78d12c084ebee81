"""Document numbers 文号 in every writing: 国办发〔2018〕129号, 国办发【2018】129号, 国办发2018 129号, 2004年国办函80号, 国务院令第743号."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from corpus.numerals import chinese_number
from graph.lexicon import alternatives, entries

LONGEST_AGENCY = 30
"""Characters before the year that may belong to the agency code; joint announcements name three ministries."""

_HAN = "一-鿿"
_OPEN, _CLOSE = r"[\[〔(【﹝〈<{]", r"[\]〕)】﹞〉>}]"
_BETWEEN = r"[\s·.,、_-]*"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SERIAL = r"(?P<serial>\d{1,5}|[〇零一二三四五六七八九十百]{1,7})"
_AGENCY = rf"(?P<agency>(?:[{_HAN}]|(?<=[{_HAN}])[\s、]+(?=[{_HAN}])){{1,{LONGEST_AGENCY}}})"


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number in one form. ``agency`` is the code in front, with what may be running text before it; ``year`` or
    ``serial`` is None where the writing leaves it out.
    """

    agency: str
    year: int | None
    serial: int | None

    def __str__(self) -> str:
        year = f"〔{self.year}〕" if self.year else "第"
        return f"{self.agency}{year}{self.serial}号"


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number and its place in the text it was found in.

    ``bracketed`` where the year stands in brackets or an order is named: this can only be a number. The others are numbers where
    their agency code is known.
    """

    number: DocumentNumber
    span: Span
    bracketed: bool


def find_numbers(text: str) -> list[NumberMention]:
    """The document numbers in a text, left to right, without overlap.

    >>> [str(m.number) for m in find_numbers("国办发【２０１８】129 号还有效吗")]
    ['国办发〔2018〕129号']
    """
    plain = _plain(text)
    found: list[NumberMention] = []
    taken: list[tuple[int, int]] = []
    for pattern, bracketed in _patterns():
        for match in pattern.finditer(plain):
            parts = match.groupdict()
            agency = _agency(parts.get("agency") or "", parts.get("act"))
            serial = _serial(parts.get("serial"))
            start, end = match.span()
            if not agency or (serial is None and parts.get("serial")) or any(a < end and start < b for a, b in taken):
                continue
            taken.append((start, end))
            year = int(parts["year"]) if parts.get("year") else None
            found.append(NumberMention(DocumentNumber(agency, year, serial), Span(start, end), bracketed))
    return sorted(found, key=lambda mention: mention.span.start)


@lru_cache(maxsize=1 << 16)
def parse_number(written: str) -> DocumentNumber | None:
    """The number that a field of head matter holds; None where it holds none."""
    found = find_numbers(written)
    return found[0].number if found else None


def agency_suffixes(agency: str) -> tuple[str, ...]:
    """The ways to read an agency code with running text in front, longest first: 按国办发 → 按国办发, 国办发, 办发 …."""
    return tuple(agency[i:] for i in range(len(agency) - 1))


def short_agency(agency: str) -> str:
    """An agency code without what writers leave out: 中华人民共和国, 人民 in 人民政府, 字 at the end.

    >>> short_agency("广州市人民政府令"), short_agency("穗人社规字")
    ('广州市政府令', '穗人社规')
    """
    code = re.sub(r"[\s、,·]+", "", agency)
    for left_out, kept in _abbreviations():
        code = code.replace(left_out, kept)
    return code.removesuffix("字") if len(code) > 2 else code


def _agency(agency: str, act: str | None) -> str:
    code = re.sub(r"[\s第]+$", "", agency)
    return short_agency(code + act if act and not code.endswith(act) else code)


def _serial(written: str | None) -> int | None:
    if not written:
        return None
    value = float(written) if written.isdecimal() else chinese_number(written)
    return int(value) if value else None


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    act = rf"(?P<act>{alternatives('order_acts.txt')})"
    code = rf"(?P<agency>[{_HAN}]{{2,16}})"
    return tuple(
        (re.compile(pattern), bracketed)
        for pattern, bracketed in (
            # 国办发〔2018〕129号, 号 and 第 may be missing
            (rf"{_AGENCY}{_BETWEEN}{_OPEN}\s*{_YEAR}\s*年?\s*{_CLOSE}\s*第?\s*{_SERIAL}\s*号?", True),
            # 财政部公告2023年第70号
            (rf"{_AGENCY}{act}{_BETWEEN}{_OPEN}?\s*{_YEAR}\s*年?\s*{_CLOSE}?\s*第?\s*{_SERIAL}\s*号", True),
            # 三部门2023年第70号公告
            (rf"{_AGENCY}\s*{_YEAR}\s*年\s*第?\s*{_SERIAL}\s*号\s*{act}", True),
            # 国务院令第743号, 国务院令（第743号）
            (rf"{_AGENCY}{act}{_BETWEEN}{_OPEN}?\s*第?\s*{_SERIAL}\s*号\s*{_CLOSE}?", True),
            # 国务院第743号令
            (rf"{_AGENCY}\s*第?\s*{_SERIAL}\s*号\s*{act}", True),
            # 2004年国办函80号
            (rf"(?<!\d){_YEAR}\s*年?\s*{code}{_BETWEEN}第?\s*{_SERIAL}\s*号", False),
            # 穗府办规13号2024年
            (rf"{code}{_BETWEEN}第?\s*{_SERIAL}\s*号\s*{_YEAR}\s*年?", False),
            # 国办发2018年129号, 国办发2018 129, 国办发2018-129
            (rf"{code}{_BETWEEN}{_YEAR}\s*(?:年\s*第?|[\s·_-]+第?|第)\s*{_SERIAL}\s*号?(?!\d)", False),
            (rf"{code}{_BETWEEN}{_YEAR}(?P<serial>\d{{1,4}})\s*号", False),
            # 国办发〔2018〕: the year alone
            (rf"{_AGENCY}{_BETWEEN}{_OPEN}\s*{_YEAR}\s*年?\s*{_CLOSE}(?!\s*第?\s*\d)", True),
            (rf"{code}{_BETWEEN}{_YEAR}\s*年?(?![\d号])", False),
            # 国办发129号: the year is missing
            (rf"{code}{_BETWEEN}第?\s*(?P<serial>\d{{1,5}})\s*号", False),
        )
    )


@lru_cache(maxsize=1)
def _abbreviations() -> tuple[tuple[str, str], ...]:
    rows = (line.split("\t") for line in entries("agency_abbreviations.tsv"))
    return tuple((left_out, kept[0] if kept else "") for left_out, *kept in rows)


def _plain(text: str) -> str:
    """Half width, character by character, so that places stay."""
    return "".join(one if len(one := unicodedata.normalize("NFKC", char).lower()) == 1 else char for char in text)
