"""Document numbers 文号 in every writing: 国办发〔2018〕129号, 国办发【2018】129号, 国办发2018 129号, 2004年国办函80号, 国务院令第743号."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from corpus.numerals import chinese_number
from graph.lexicon import alternatives, entries, expand

LONGEST_AGENCY = 30
"""Characters before the year that may belong to the agency code; joint announcements name three ministries."""

_HAN = "一-鿿"
_OPEN, _CLOSE = r"[\[〔(【﹝〈<{]", r"[\]〕)】﹞〉>}]"
_BETWEEN = r"[\s·.,、_-]{0,8}"
_GAP = r"\s{0,4}"
"""Blanks between the parts of a number are few; a bound keeps the search linear in texts of blanks."""
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DIGITS = "〇零一二三四五六七八九"
_YEAR_IN_BRACKETS = rf"(?P<year>(?:19|20)\d\d|\d\d|[{_DIGITS}○]{{4}})"
"""Between brackets a year may be short (国发〔81〕88号) or in Chinese digits."""
_CENTURY = 49
"""A year of two digits from this one on is of the twentieth century."""
_SERIAL = expand(r"(?P<serial>\d{1,5}|[{numerals_with_zero}]{1,7})")
_AGENCY = rf"(?P<agency>(?:[{_HAN}]|(?<=[{_HAN}])[\s、]+(?=[{_HAN}])){{1,{LONGEST_AGENCY}}})"
_LONGEST_CODE = 16
_CODE = rf"(?P<agency>[{_HAN}]{{2,{_LONGEST_CODE}}})"
_PLAIN_NUMBER = re.compile(rf"(?P<agency>[{_HAN}]{{2,{LONGEST_AGENCY}}}(?<![第令]))〔{_YEAR}〕(?P<serial>[1-9]\d{{0,4}})号")
_NOTHING = re.compile(r"(?!)")


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


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A way to write numbers: as a whole, and what follows the agency in it. ``longest`` is 0 where no agency comes first."""

    whole: re.Pattern[str]
    rest: re.Pattern[str]
    longest: int
    spaced: bool
    bracketed: bool


def find_numbers(text: str) -> list[NumberMention]:
    """The document numbers in a text, left to right, without overlap.

    >>> [str(m.number) for m in find_numbers("国办发【２０１８】129 号还有效吗")]
    ['国办发〔2018〕129号']
    """
    plain = _plain(text)
    found: list[NumberMention] = []
    taken = bytearray(len(plain))
    for pattern in _patterns():
        for match in _matches(pattern, plain):
            parts = match.groupdict()
            agency = _agency(parts.get("agency") or "", parts.get("act"))
            serial = _serial(parts.get("serial"))
            start, end = match.span()
            if not agency or (serial is None and parts.get("serial")) or 1 in taken[start:end]:
                continue
            taken[start:end] = b"\x01" * (end - start)
            year = _year(parts.get("year"))
            found.append(NumberMention(DocumentNumber(agency, year, serial), Span(start, end), pattern.bracketed))
    return sorted(found, key=lambda mention: mention.span.start)


@lru_cache(maxsize=1 << 16)
def parse_number(written: str) -> DocumentNumber | None:
    """The number that a field of head matter holds; None where it holds none."""
    plain = _PLAIN_NUMBER.fullmatch(written)  # nearly all are written so, and a library has one a document
    if plain is not None:
        return DocumentNumber(_agency(plain["agency"], None), int(plain["year"]), int(plain["serial"]))
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


def _year(written: str | None) -> int | None:
    if not written:
        return None
    digits = written if written.isdecimal() else "".join(str(max(_DIGITS.find(char) - 1, 0)) for char in written)
    return int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) >= _CENTURY else 2000)


def _matches(pattern: _Pattern, text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern, left to right, sought from what follows the agency: so no start is tried in vain."""
    if not pattern.longest:
        yield from pattern.whole.finditer(text)
        return
    done = at = 0
    while (rest := pattern.rest.search(text, at)) is not None:
        start = _agency_start(text, rest.start(), done, pattern)
        match = pattern.whole.match(text, start) if start is not None else None
        if match is not None:
            yield match
            done = match.end()
        at = max(rest.start() + 1, done)


def _agency_start(text: str, end: int, bound: int, pattern: _Pattern) -> int | None:
    """The first place from which a run of Chinese that ends at ``end`` is not longer than an agency."""
    start, parts = end, 0
    while start > bound and parts < pattern.longest:
        if _is_han(text[start - 1]):
            start -= 1
        elif pattern.spaced and (gap := _gap_start(text, start, bound)) < start and gap > bound and _is_han(text[gap - 1]):
            if parts + 2 > pattern.longest:
                break
            start = gap
        else:
            break
        parts += 1
    return start if parts >= (1 if pattern.spaced else 2) else None


def _gap_start(text: str, end: int, bound: int) -> int:
    start = end
    while start > bound and (text[start - 1] == "、" or text[start - 1].isspace()):
        start -= 1
    return start


def _is_han(char: str) -> bool:
    return "一" <= char <= "鿿"


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    act, g = rf"(?P<act>{alternatives('order_acts.txt')})", _GAP
    return (
        # 国办发〔2018〕129号, 号 and 第 may be missing
        _spaced(rf"{_BETWEEN}{_OPEN}{g}{_YEAR_IN_BRACKETS}{g}年?{g}{_CLOSE}{g}第?{g}{_SERIAL}{g}号?"),
        # 财政部公告2023年第70号
        _spaced(rf"{act}{_BETWEEN}{_OPEN}?{g}{_YEAR}{g}年?{g}{_CLOSE}?{g}第?{g}{_SERIAL}{g}号"),
        # 三部门2023年第70号公告
        _spaced(rf"{g}{_YEAR}{g}年{g}第?{g}{_SERIAL}{g}号{g}{act}"),
        # 国务院令第743号, 国务院令（第743号）
        _spaced(rf"{act}{_BETWEEN}{_OPEN}?{g}第?{g}{_SERIAL}{g}号{g}{_CLOSE}?"),
        # 国务院令〔743〕
        _spaced(rf"{act}{_BETWEEN}{_OPEN}{g}{_SERIAL}{g}{_CLOSE}"),
        # 国务院第743号令
        _spaced(rf"{g}第?{g}{_SERIAL}{g}号{g}{act}"),
        # 第743号国务院令
        _Pattern(
            re.compile(rf"第?{g}{_SERIAL}{g}号{g}(?P<agency>[{_HAN}]{{2,{_LONGEST_CODE}}}?){act}"), _NOTHING, 0, False, False
        ),
        # 2004年国办函80号
        _Pattern(
            re.compile(rf"(?<!\d){_YEAR}{g}年?{g}(?![年第]){_CODE}{_BETWEEN}第?{g}{_SERIAL}{g}号"), _NOTHING, 0, False, False
        ),
        # 穗府办规13号2024年
        _coded(rf"{_BETWEEN}第?{g}{_SERIAL}{g}号{g}{_YEAR}{g}年?"),
        # 国办发2018年129号, 国办发2018 129, 国办发2018-129
        _coded(rf"{_BETWEEN}{_YEAR}{g}(?:年{g}第?|[\s·_-]{{1,8}}第?|第){g}{_SERIAL}{g}号?(?!\d)"),
        _coded(rf"{_BETWEEN}{_YEAR}(?P<serial>\d{{1,4}}){g}号"),
        # 国办发〔2018〕: the year alone
        _spaced(rf"{_BETWEEN}{_OPEN}{g}{_YEAR}{g}年?{g}{_CLOSE}(?!{g}第?{g}\d)"),
        _coded(rf"{_BETWEEN}{_YEAR}{g}年?(?![\d号])"),
        # 国办发129号: the year is missing
        _coded(rf"{_BETWEEN}第?{g}(?P<serial>\d{{1,5}}){g}号"),
    )


def _spaced(rest: str) -> _Pattern:
    """A number behind an agency that may be written with blanks; nothing else is written so."""
    return _Pattern(re.compile(_AGENCY + rest), re.compile(rf"(?<=[{_HAN}]){rest}"), LONGEST_AGENCY, True, True)


def _coded(rest: str) -> _Pattern:
    """A number behind an agency code; other words may be written so."""
    return _Pattern(re.compile(_CODE + rest), re.compile(rf"(?<=[{_HAN}]){rest}"), _LONGEST_CODE, False, False)


@lru_cache(maxsize=1)
def _abbreviations() -> tuple[tuple[str, str], ...]:
    rows = (line.split("\t") for line in entries("agency_abbreviations.tsv"))
    return tuple((left_out, kept[0] if kept else "") for left_out, *kept in rows)


def _plain(text: str) -> str:
    """Half width, character by character, so that places stay."""
    return "".join(one if len(one := unicodedata.normalize("NFKC", char).lower()) == 1 else char for char in text)
