"""Quantities 数量 in running text: numbers with their measure word, comparator and range, and words that mean a number.

``find_quantities`` reads Arabic and Chinese numerals (``45万亩``, ``三分之二``, ``百分之五十``), ranges (``3至5个``), bounds on either
side (``不低于…``, ``…以上``) and formulas without a digit (``全覆盖``, ``动态清零``, ``翻一番``). What only looks like a number — dates,
ordinals, telephone numbers, numerals inside names — is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.document import Span
from graph.facts import Comparator
from graph.lexicon import alternatives, entries
from graph.lexicon import table as rows_of

Form = Literal["arabic", "chinese", "words"]

# one character for one character, so that offsets stay those of the document
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, ord("﹪"): ord("%"), ord("―"): ord("—")}

_CHINESE_DIGITS = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {
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

_CANDIDATE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|百分之|千分之|[零〇一二两三四五六七八九十百千]+")
_SCALE_HEADS = frozenset("万亿千百十")
_MORE = "余多"
_SMALLER = re.compile(r"(\d{1,4})(千多?万|百多?万|万|千|百)([余多]?)")
_SESSION = (
    "全会",
    "会议",
    "代表大会",
    "党代会",
    "全体会议",
    "集体学习",
    "常务会",
    "常委会",
    "中全会",
    "普查",
    "全国代表",
    "分配",
    "供水",
    "创业",
    "污染",
)
_CHANGE = re.compile(r"[由从自][^,，。;；]{0,14}\Z")
_RANGE_SIGN = re.compile(r"\s?(?:--|——|[-—–~～至到])\s?")
_AT_LEAST = re.compile(r"(?:至少|最少|不少于)[一-龥]{1,8}\Z")
_AT_MOST = re.compile(r"最[高多长](?:可以?|能)?(?:给予|予以|申请|贷|享受|奖励|补贴|补助|资助|支持|领取|报销|延长)[一-龥]{0,4}\Z")
_NO_LATER = re.compile(r"不得?[晚迟]于[^,，。;；\d]{1,20}\Z")
_BOUND_AND_BASE = re.compile(r"(不得?(?:低于|少于|小于|超过|高于|大于|多于))[一-龥]{2,16}\Z")
_BOUND_AND_PLACE = re.compile(r"(不得?(?:低于|少于|小于|超过|高于|大于|多于))(?:本|当|所在|户籍)[地省市州县区]{1,2}\Z")
_FILLER = re.compile(r"(?:达到|提高到|提升到|下降到|不断|力争|人民币|达|为|在|至|到|于|有|共|按|给予|每年|每月|每人)\Z")
_ALL_OF_KIND = re.compile(r"应(.)尽\1|应(.)必\2|凡(.)必.|[能可]免尽免|需(.)尽\4")
_YEAR = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: ``span`` covers its bounds (不低于 … 以上), ``core`` number and measure only."""

    span: Span
    core: Span
    comparator: Comparator
    value: float | None
    unit: str | None
    measure: str
    form: Form
    value_min: float | None = None
    value_max: float | None = None


def half_width(text: str) -> str:
    """The text with full-width letters, digits and punctuation replaced one for one; offsets do not change."""
    return text.translate(_HALF_WIDTH)


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


def measure_of(unit: str | None) -> str:
    """The class of a unit as written, scale words set aside: ``measure_of("万亩") == "area"``; empty for none or an unknown one."""
    table, _ = _measures()
    bare = unit or ""
    while len(bare) > 1 and bare[0] in "万亿千百" and bare not in table:
        bare = bare[1:]
    return table.get(bare, table.get(bare.split("/")[0], ""))


def find_quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Every quantity of ``text[start:end]``, left to right. ``text`` should be half width (see ``half_width``)."""
    end = len(text) if end is None else end
    found: list[Quantity] = []
    position = start
    while position < end:
        match = _CANDIDATE.search(text, position, end)
        if match is None:
            break
        quantity, position = _numeric(text, match, start, end)
        if quantity is not None:
            found.append(quantity)
    taken = {position for quantity in found for position in range(quantity.span.start, quantity.span.end)}
    found.extend(q for q in _verbal(text, start, end) if q.span.start not in taken and q.span.end - 1 not in taken)
    found.extend(q for q in _ranks(text, start, end) if q.span.start not in taken and q.span.end - 1 not in taken)
    found.sort(key=lambda quantity: quantity.core.start)
    return found


@dataclass(frozen=True, slots=True)
class _Number:
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
        return self.scale + self.unit


def _numeric(text: str, match: re.Match[str], start: int, end: int) -> tuple[Quantity | None, int]:
    """Read the quantity that may begin at a candidate; the second value is where to go on."""
    at = match.start()
    first = _number(text, match, end)
    if first is None:
        return None, match.end()
    if _continues(text, at, start):
        return None, match.end()
    if not first.chinese and _is_date(text, match, first, start, end):
        return None, max(match.end(), first.end)
    low: float | None = None
    sign = _RANGE_SIGN.match(text, first.end, end)
    if sign is not None:
        second_match = _CANDIDATE.match(text, sign.end(), end)
        second = _number(text, second_match, end) if second_match else None
        if second is not None and second_match is not None and second.chinese == first.chinese:
            same = not first.written_unit or first.written_unit == second.written_unit or first.unit in ("", second.unit)
            dated = not second.chinese and _is_date(text, second_match, second, start, end)
            changed = bool(_CHANGE.search(text, max(start, at - 16), at)) and sign.group().strip() in "至到"
            if dated or (not first.unit and not second.unit and not second.scale):
                return None, second.end
            if same and not changed:
                low = first.value
                if first.scale and first.scale != second.scale:
                    low = first.value * _SCALES[first.scale] / _SCALES.get(second.scale, 1.0)
                first = second
            elif not first.unit and changed:
                # 由56提高到78%: the measure stands once, behind the second number
                first = _Number(first.end, first.value, first.scale, first.more, second.unit, second.measure, first.chinese)
    if not first.unit and not first.chinese and first.scale in ("万", "亿", "万亿") and low is None:
        first = _scaled_only(text, first, end)
    elif not first.unit and (first.chinese or not _NUMBERLESS.search(text, max(start, at - 6), at)):
        return None, max(match.end(), first.end)
    comparator, left, right = _bounds(text, at, first.end, start, end)
    if not _counts(text, first, at, comparator, left, low):
        return None, max(match.end(), first.end)
    if first.measure == "time" and comparator == "≈" and text[left:at].endswith("近"):
        return None, first.end
    core = Span(at, first.end)
    unit = first.written_unit or None
    if low is not None:
        high = first.value
        quantity = Quantity(
            Span(left, right), core, "range", None, unit, first.measure, "chinese" if first.chinese else "arabic", low, high
        )
        return quantity, right
    if first.more and comparator == "=":
        comparator = ">"
    form: Form = "chinese" if first.chinese else "arabic"
    return Quantity(Span(left, right), core, comparator, first.value, unit, first.measure, form), right


def _scaled_only(text: str, number: _Number, end: int) -> _Number:
    """``138万残疾人``, ``减少1240万``: a number that ends with its scale; people are counted where the noun behind says so."""
    stop = _PEOPLE_STOP.search(text, number.end, min(end, number.end + 12))
    edge = stop.start() if stop else min(end, number.end + 12)
    unit = "人" if edge > number.end + 1 and _people().search(text, number.end, edge) else ""
    return _Number(number.end, number.value, number.scale, number.more, unit, "person" if unit else "count", False)


_PEOPLE_STOP = re.compile(r"[\d,，。;；、:：()（）\n]")


@lru_cache(maxsize=1)
def _people() -> re.Pattern[str]:
    return re.compile(alternatives("person_nouns.txt"))


def _continues(text: str, at: int, start: int) -> bool:
    """Whether a numeral goes on from what stands before it: an ordinal, a code, a decimal, a telephone number."""
    before = text[at - 1] if at > start else ""
    if text[max(start, at - 2) : at].endswith(_LABELS):
        return True
    if before in ("-", "—", "–"):
        return at - 1 > start and text[at - 2].isalnum()
    return before != "" and (before in "第初./×*+_〔[" or (before.isascii() and before.isalnum()))


_LABELS = ("附件", "附表", "附图", "专栏", "图表", "编号", "续表")


def _number(text: str, match: re.Match[str], end: int) -> _Number | None:
    """The number at a candidate with scale and measure: ``1,430多个``, ``二十万亩``, ``百分之八``, ``三分之二``."""
    written, at = match.group(), match.end()
    if "." in written and text[at : at + 1] == "年" and written.rsplit(".", 1)[1][:2] in ("19", "20"):
        return None  # a list number before a year: 2.2024年
    if "." in written and not written.endswith("0") and at - len(written) > 0 and text[match.start() - 1] == "\n":
        return None  # a line that opens with its list number: 35.5个地级市
    if written in ("百分之", "千分之"):
        inner = _CANDIDATE.match(text, at, end)
        part = _plain(inner.group()) if inner else None
        if inner is None or part is None:
            return None
        return _Number(inner.end(), part, "", False, "%" if written[0] == "百" else "‰", "percent", False)
    chinese = not written[0].isdigit()
    value = _plain(written)
    if value is None:
        return None
    if text.startswith("分之", at):
        inner = _CANDIDATE.match(text, at + 2, end)
        part = _plain(inner.group()) if inner else None
        if inner is None or part is None or not value:
            return None
        return _Number(inner.end(), round(100 * part / value, 4), "", False, "%", "percent", False)
    if at < end and text[at] == "/" and not chinese and value > 0:
        inner = _CANDIDATE.match(text, at + 1, end)
        part = _plain(inner.group()) if inner else None
        if inner is not None and part is not None and 0 < value < part <= 10 and not _unit(text, inner.end(), end)[0]:
            return _Number(inner.end(), round(100 * value / part, 4), "", False, "%", "percent", False)
    more = at < end and text[at] in _MORE
    at += more
    scale = ""
    spaced = at + 1 if text[at : at + 1] in (" ", "\n") and not chinese else at
    for word in _SCALES if text[spaced : spaced + 1] in _SCALE_HEADS else ():
        if text.startswith(word, spaced) and spaced + len(word) <= end:
            scale, at = word, spaced + len(word)
            break
    if at < end and text[at] in _MORE:
        more, at = True, at + 1
        if scale == "万" and text[at : at + 1] == "亿":
            scale, at = "万亿", at + 1
    small = _SMALLER.match(text, at, end) if scale and not chinese else None
    if small is not None and _SCALES[small[2].replace("多", "")] < _SCALES[scale]:
        # 1万6千多户, 1亿3千多万
        value += float(small[1]) * _SCALES[small[2].replace("多", "")] / _SCALES[scale]
        more, at = more or "多" in small[2] or bool(small[3]), small.end()
    blank = at
    while blank < end and blank < at + 2 and text[blank] in " \n":
        blank += 1
    unit, measure, stop = _unit(text, blank, end)
    if unit == "成" and text[stop : stop + 1] not in ("", ",", "，", "。", "、", "以", "左", ";", "；", "的", "多", "人", ")"):
        unit, measure, stop = "", "", at
    if unit == "成":
        return _Number(stop, value * 10, "", more, "%", "percent", chinese)
    if scale == "百" and chinese:
        return None
    return _Number(stop if unit else at, value, scale, more, unit, measure, chinese)


def _plain(written: str) -> float | None:
    if written[:1].isdigit():
        return float(written.replace(",", ""))
    return chinese_number(written)


def _unit(text: str, at: int, end: int) -> tuple[str, str, int]:
    """The longest measure at a place (``元/亩``, ``个工作日``): its text, its class, its end."""
    table, longest = _measures()
    for size in range(min(longest, end - at), 0, -1):
        measure = table.get(text[at : at + size])
        if measure is not None:
            unit, stop = text[at : at + size], at + size
            if stop < end and text[stop] == "/":
                for more in range(min(longest, end - stop - 1), 0, -1):
                    if text[stop + 1 : stop + 1 + more] in table:
                        stop += 1 + more
                        return text[at:stop], measure, stop
            return unit, measure, stop
    return "", "", at


def _is_date(text: str, match: re.Match[str], number: _Number, start: int, end: int) -> bool:
    """Whether an Arabic number is part of a date, a clock time or a span of years."""
    at, written = match.start(), match.group()
    after = text[match.end() : match.end() + 1]
    if after == ":" or (at > start and text[at - 1] == ":" and at - 1 > start and text[at - 2].isdigit()):
        return True
    if len(written) == 4 and int(float(written)) in _YEAR and after in ("年", "-", "—", "–", "~", "/", ".", "至"):
        return True
    if number.unit == "年" and number.value in _YEAR and not number.scale:
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


def _bounds(text: str, at: int, stop: int, start: int, end: int) -> tuple[Comparator, int, int]:
    """The comparator of a number and the span with its bound words."""
    before, after = _comparators()
    right = stop
    comparator: Comparator | None = None
    for word, sign in after.get(text[stop : stop + 1], ()) if stop < end else ():
        if text.startswith(word, stop) and stop + len(word) <= end:
            comparator, right = sign, stop + len(word)
            break
    edge = at
    for _ in range(3):
        for word, sign in before.get(text[edge - 1], ()) if edge > start else ():
            if edge - len(word) >= start and text.startswith(word, edge - len(word)):
                if word == "近" and edge - 2 >= start and text[edge - 2] in "最附临邻靠新相亲":
                    continue
                return comparator or sign, edge - len(word), right
        filler = _FILLER.search(text, max(start, edge - 4), edge)
        if filler is None:
            break
        edge = filler.start()
    if comparator is None and text.find("少", max(start, edge - 12), edge) >= 0:
        least = _AT_LEAST.search(text, max(start, edge - 12), edge)
        if least is not None:
            return ">=", least.start(), right
    if comparator is None and text.find("最", max(start, edge - 12), edge) >= 0:
        most = _AT_MOST.search(text, max(start, edge - 12), edge)
        if most is not None:
            return "<=", most.start(), right
    if comparator is None and text[stop - 1] in "日天月年":
        latest = _NO_LATER.search(text, max(start, edge - 24), edge)
        if latest is not None:
            return "<=", latest.start(), right
    if comparator is None and text[max(start, edge - 1) : edge] in ("地", "省", "市", "州", "县", "区"):
        # 不超过本市12个月最低生活保障标准
        local = _BOUND_AND_PLACE.search(text, max(start, edge - 12), edge)
        if local is not None:
            return (">=" if local[1].endswith(("低于", "少于", "小于")) else "<="), local.start(), right
    if comparator is None and text[stop - 1] in "%‰倍":
        # 不低于基本生活供养金20%: what the share is of stands between the bound and the number
        base = _BOUND_AND_BASE.search(text, max(start, edge - 24), edge)
        if base is not None:
            return (">=" if base[1].endswith(("低于", "少于", "小于")) else "<="), base.start(), right
    return comparator or "=", at, right


_NUMBERLESS = re.compile(
    r"(?:达到?|[降增减]至|[降增减]到|[降增提升高小加大短]至|[降增提升高小加大短]到|控制在|保持在|稳定在|不低于|不高于|不超过|低于|高于|超过|突破|大于|小于|[≥≤])\Z"
)


def _counts(text: str, number: _Number, at: int, comparator: Comparator, left: int, low: float | None) -> bool:
    """Whether a number with this measure is a quantity at all."""
    if not number.unit:
        return bool(number.scale) or not 1900 <= number.value <= 2100
    if (
        number.unit in ("次", "届", "套", "轮")
        and not number.scale
        and text.startswith(_SESSION + ("房", "住房"), number.end)
        and number.value < 100
    ):
        return False
    after = text[number.end : number.end + 1]
    if (
        after == "×"
        or (after == "级" and number.measure in ("mass", "energy", "length", "money"))
        or (number.unit == "升" and after in ("级", "格", "至", "到", "学"))
        or (number.unit == "部" and after in ("门", "委", "手", "署", "分"))
    ):
        return False
    if (
        number.unit in ("名", "位", "强")
        and text[max(0, at - 1) : at] == "前"
        and text[max(0, at - 2) : at] not in ("目前", "此前")
    ):
        return False  # a place in a row, read by _ranks
    if number.unit in ("年", "周年") and _adverbial(text, at, number.end, comparator, number.chinese):
        return False
    if number.measure == "percent" and text[max(0, at - 1) : at] == "前":
        return False
    if number.chinese:
        if number.unit not in _counters() and number.measure != "percent":
            return False
        if number.value <= 2 and comparator == ">=" and left == at and number.unit in ("个", "次", "种", "项", "家", "名"):
            return False  # 两个以上部门: no figure, only "more than one"
        if number.value <= 1 and not number.scale and number.measure != "percent":
            return left < at and comparator in (">=", "<=")
        return True
    if number.measure == "loose":
        return comparator != "=" or low is not None or "/" in number.unit
    return not (number.measure == "label" and not number.chinese)


def _adverbial(text: str, at: int, stop: int, comparator: Comparator, chinese: bool) -> bool:
    """``过去五年``, ``五年来``, ``三年行动``: a number of years that tells when or names something."""
    before, after = _time_adverbials()
    if text.startswith(after, stop) or (comparator == "=" and text[max(0, at - 2) : at].endswith(before)):
        return True
    return chinese and comparator == "=" and not text[max(0, at - 4) : at].endswith(_TERM_OF_YEARS)


_TERM_OF_YEARS = (
    "期限",
    "期限为",
    "有效期",
    "有效期为",
    "为期",
    "免",
    "用",
    "满",
    "任期",
    "延长",
    "连续",
    "不少于",
    "前",
    "提前",
    "设立",
    "保留",
    "给予",
)


_RANK = re.compile(
    r"(?P<among>居|列|位|排名|排在|排|升至|升到|进至|移至|跻身|进入|保持|连续|[国省市区县州]|[一-龥]{1,2}榜)(?P<sign>第|前)"
    r"(?P<number>\d{1,3}|[一二三四五六七八九十百]{1,3})(?P<unit>位|名|强)?(?![\d.年个季届批轮次家条项大产期%％卷章节分间段一二三四五六七八九十人度梯者位名强]|的(?:单位|部门|为))"
)
_AMONG = re.compile(r"居|列|排|位|名列|升|跻身|进入|跃|稳|保持|增速|总量|规模")


def _ranks(text: str, start: int, end: int) -> list[Quantity]:
    """``居全国第3位``, ``进入全省前十``: a place in a row; the smaller the better."""
    out: list[Quantity] = []
    for match in _RANK.finditer(text, start, end):
        number = _plain(match["number"])
        if number is None or not (match["unit"] or _AMONG.search(text, max(start, match.start() - 8), match.start("sign"))):
            continue
        if match["unit"] is None and match["sign"] == "前" and text[match.end() : match.end() + 1] not in ",，。;；、":
            continue
        if not _AMONG.search(text, max(start, match.start() - 10), match.start("sign")):
            continue
        span = Span(match.start("sign"), match.end())
        sign: Comparator = "=" if match["sign"] == "第" else "<="
        out.append(Quantity(span, span, sign, number, "位", "rank", "arabic"))
    return out


def _verbal(text: str, start: int, end: int) -> list[Quantity]:
    """Formulas that mean a number: 全覆盖, 应保尽保, 动态清零, 不发生, 翻一番."""
    pattern, table = _quantifiers()
    out: list[Quantity] = []
    for match in pattern.finditer(text, start, end):
        value, unit, comparator, condition = table[match.group()]
        if _condition(condition, text, match, end):
            stop = match.end()
            out.append(Quantity(Span(match.start(), stop), Span(match.start(), stop), comparator, value, unit, "words", "words"))
    taken = {position for quantity in out for position in range(quantity.span.start, quantity.span.end)}
    for match in _ALL_OF_KIND.finditer(text, start, end):
        span = Span(match.start(), match.end())
        if span.start not in taken and span.end - 1 not in taken:
            out.append(Quantity(span, span, "=", 100.0, "%", "words", "words"))
    return out


_CLAUSE_END = re.compile(r"[,，。、;；)）”\"\s]|和|及|与|$|的目标|要求|目标|任务")


def _condition(condition: str, text: str, match: re.Match[str], end: int) -> bool:
    """The condition under which a formula counts (column four of ``data/quantifiers.tsv``)."""
    after = match.end()
    if condition == "-":
        return True
    if condition == "end":
        return after >= end or bool(_CLAUSE_END.match(text, after, end))
    if condition == "verb":
        return text.startswith(_all_verbs(), after) and (match.start() == 0 or text[match.start() - 1] not in "的将把以对向为")
    if condition == "public":
        return text.startswith(("公开", "公示", "公告", "上网", "取消", "停止", "免"), after)
    if condition == "noun":
        return after < end and text[after] not in ",，。、;；)）的"
    if condition == "achieve":
        return any(word in text[max(0, match.start() - 14) : match.start()] for word in ("实现", "达到", "做到"))
    if condition == "each":
        lead, rest = text[max(0, match.start() - 6) : match.start()], text[after : min(end, after + 30)]
        return any(word in lead for word in ("确保", "实现", "做到")) and bool(_ALL_REACH.match(rest))
    if condition == "class":
        return text.startswith(
            ("大班额", "“大班额", '"大班额', "空白村", "空壳村", "薄弱村", "黑臭水体", "劣V类", "劣Ⅴ类"), after
        )
    return False


_ALL_REACH = re.compile(r"[^,，。;；]*(?:达到|达标|均|都|纳入|全部)")


@lru_cache(maxsize=1)
def _measures() -> tuple[dict[str, str], int]:
    table: dict[str, str] = {}
    for unit, measure in rows_of("measures.tsv"):
        table.setdefault(unit, measure)
    return table, max(map(len, table))


@lru_cache(maxsize=1)
def _counters() -> frozenset[str]:
    return frozenset(entries("counters.txt"))


@lru_cache(maxsize=1)
def _all_verbs() -> tuple[str, ...]:
    return tuple(entries("all_verbs.txt"))


@lru_cache(maxsize=1)
def _time_adverbials() -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = rows_of("time_adverbials.txt")
    return tuple(w for place, w in pairs if place == "before"), tuple(w for place, w in pairs if place == "after")


_Bounds = dict[str, tuple[tuple[str, Comparator], ...]]


@lru_cache(maxsize=1)
def _comparators() -> tuple[_Bounds, _Bounds]:
    """Bound words by the character next to the number, the longest first."""
    before: dict[str, dict[str, Comparator]] = {}
    after: dict[str, dict[str, Comparator]] = {}
    for written, place, sign in rows_of("comparators.tsv"):
        word = half_width(written)
        if place == "before":
            before.setdefault(word[-1], {})[word] = sign  # type: ignore[assignment]
        else:
            after.setdefault(word[0], {})[word] = sign  # type: ignore[assignment]

    def longest(words: dict[str, dict[str, Comparator]]) -> _Bounds:
        return {char: tuple(sorted(known.items(), key=lambda item: -len(item[0]))) for char, known in words.items()}

    return longest(before), longest(after)


@lru_cache(maxsize=1)
def _quantifiers() -> tuple[re.Pattern[str], dict[str, tuple[float, str | None, Comparator, str]]]:
    table: dict[str, tuple[float, str | None, Comparator, str]] = {}
    for word, value, unit, sign, condition in rows_of("quantifiers.tsv"):
        table[word] = (float(value), unit or None, sign, condition)  # type: ignore[assignment]
    words = sorted(table, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))), table
