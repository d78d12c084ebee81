"""Read one number: value, scale and measure, and whether it is part of a date or of a longer numeral."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.numerals import DIGITS, SCALES, read_number
from graph.quantities.quantity import read_unit

CHINESE_NUMERALS = "零〇一二两三四五六七八九十百千"
CANDIDATE = re.compile(
    rf"\d+(?:,\d{{3}})*(?:\.\d+)?|百分之|千分之"
    rf"|[{CHINESE_NUMERALS}]+点[零一二三四五六七八九]+(?=个?百分点|倍|[万亿])|[{CHINESE_NUMERALS}]+"
)
_CHINESE = frozenset("二两三四五六七八九十百千")
_SCALE_HEADS = frozenset("万亿千百十")
MORE = "余多"
_SMALLER = re.compile(r"(\d{1,4})(千多?万|百多?万|万|千|百)([余多]?)")
_ROUND = {"百": 100.0, "千": 1000.0}
"""Scale words that stand for themselves: 百家企业."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


_LABELS = ("附件", "附表", "附图", "专栏", "图表", "编号", "续表")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read: where it ends, its value, its scale word and its measure."""

    end: int
    value: float
    scale: str
    more: bool
    unit: str
    measure: str
    chinese: bool

    @property
    def written_unit(self) -> str:
        """The measure with its scale: 万亩."""
        return self.scale + self.unit


def continues_number(text: str, at: int, start: int) -> bool:
    """Whether a numeral is the rest of something longer: an ordinal, a code, a decimal, a telephone number."""
    before = text[at - 1] if at > start else ""
    if text[max(start, at - 2) : at].endswith(_LABELS):
        return True
    if before == "\n" and at - 1 > start and _same_sort(text[at - 2], text[at]):
        return True  # the rest of a number broken by the end of a line
    if before == "-" and is_negative(text, at, start):
        return False
    if before in ("-", "—", "–"):
        return at - 1 > start and text[at - 2].isalnum()
    return before != "" and (before in "第初./×*+_〔[" or (before.isascii() and before.isalnum()))


def is_negative(text: str, at: int, start: int) -> bool:
    """Whether the sign before a number makes it negative: 自然增长率为-1.2‰, 增长-0.4%."""
    return at - 2 >= start and text[at - 1] == "-" and text[at - 2] in "为是长率达"


def _same_sort(one: str, other: str) -> bool:
    return (one.isdigit() and other.isdigit()) or (one in _CHINESE and other in _CHINESE)


def read_measured_number(text: str, match: re.Match[str], end: int) -> Number | None:
    """The number at a candidate with scale and measure: ``1,430多个``, ``二十万亩``, ``百分之八``, ``三分之二``."""
    written, at = match.group(), match.end()
    if "." in written and text[at : at + 1] == "年" and written.rsplit(".", 1)[1][:2] in ("19", "20"):
        return None  # a list number before a year: 2.2024年
    if "." in written and not written.endswith("0") and at - len(written) > 0 and text[match.start() - 1] == "\n":
        return None  # a line that opens with its list number: 35.5个地级市
    if written in ("百分之", "千分之"):
        inner = CANDIDATE.match(text, at, end)
        part = read_number(inner.group()) if inner else None
        if inner is None or part is None:
            return None
        return Number(inner.end(), part, "", False, "%" if written[0] == "百" else "‰", "percent", False)
    chinese = not written[0].isdigit()
    value = _ROUND.get(written) or _read_decimal(written)
    if value is None:
        return None
    if text.startswith("分之", at):
        inner = CANDIDATE.match(text, at + 2, end)
        part = read_number(inner.group()) if inner else None
        if inner is None or part is None or not value:
            return None
        return Number(inner.end(), round(100 * part / value, 4), "", False, "%", "percent", False)
    if at < end and text[at] == "/" and not chinese and value > 0:
        inner = CANDIDATE.match(text, at + 1, end)
        part = read_number(inner.group()) if inner else None
        if inner is not None and part is not None and 0 < value < part <= 10 and not read_unit(text, inner.end(), end)[0]:
            return Number(inner.end(), round(100 * value / part, 4), "", False, "%", "percent", False)
    more = at < end and text[at] in MORE
    at += more
    scale = ""
    spaced = at + 1 if text[at : at + 1] in (" ", "\n") and not chinese else at
    for word in SCALES if text[spaced : spaced + 1] in _SCALE_HEADS else ():
        if text.startswith(word, spaced) and spaced + len(word) <= end:
            scale, at = word, spaced + len(word)
            break
    if at < end and text[at] in MORE:
        more, at = True, at + 1
        if scale == "万" and text[at : at + 1] == "亿":
            scale, at = "万亿", at + 1
    small = _SMALLER.match(text, at, end) if scale and not chinese else None
    if small is not None and SCALES[small[2].replace("多", "")] < SCALES[scale]:
        # 1万6千多户, 1亿3千多万
        value += float(small[1]) * SCALES[small[2].replace("多", "")] / SCALES[scale]
        more, at = more or "多" in small[2] or bool(small[3]), small.end()
    blank = at
    while blank < end and blank < at + 2 and text[blank] in " \n":
        blank += 1
    unit, measure, stop = read_unit(text, blank, end)
    if unit == "成" and text[stop : stop + 1] not in ("", ",", "，", "。", "、", "以", "左", ";", "；", "的", "多", "人", ")"):
        unit, measure, stop = "", "", at
    if unit == "成":
        return Number(stop, value * 10, "", more, "%", "percent", chinese)
    if scale == "百" and chinese:
        return None
    return Number(stop if unit else at, value, scale, more, unit, measure, chinese)


def _read_decimal(written: str) -> float | None:
    """The value of a numeral that may have Chinese decimals: 一点二."""
    whole, point, decimals = written.partition("点")
    value = read_number(whole)
    if not point or value is None:
        return value
    return float(f"{value:.0f}.{''.join(str(DIGITS.index(digit)) for digit in decimals)}")


def is_date(text: str, match: re.Match[str], number: Number, start: int, end: int) -> bool:
    """Whether an Arabic number is part of a date, a clock time or a span of years."""
    at, written = match.start(), match.group()
    after = text[match.end() : match.end() + 1]
    if after == ":" or (at > start and text[at - 1] == ":" and at - 1 > start and text[at - 2].isdigit()):
        return True
    if len(written) == 4 and _FIRST_YEAR <= float(written) <= _LAST_YEAR and after in ("年", "-", "—", "–", "~", "/", ".", "至"):
        return True
    if number.unit == "年" and not number.scale and _FIRST_YEAR <= number.value <= _LAST_YEAR:
        return True
    if number.unit == "月":
        return True
    if number.unit == "日" and text[max(start, at - 1) : at] == "月":
        return True
    if number.unit == "日":
        limited = text[max(start, at - 3) : at].endswith(
            ("不少于", "不低于", "不超过", "不得少于", "不短于", "至少", "提前", "期限为")
        )
        return not limited and not text.startswith(("内", "以内", "之内"), number.end)
    return after == "号" and number.value <= 31


def is_chinese_day(text: str, at: int, number: Number) -> bool:
    """Whether a Chinese number is the day or the month of a date: 一九九六年十一月五日."""
    before = text[at - 1 : at]
    return (number.unit in ("日", "号") and before == "月") or (number.unit == "月" and before == "年")
