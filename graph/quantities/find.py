"""Quantities 数量 in running text: numbers with their measure word, comparator and range, and words that mean a number.

``find_quantities`` reads Arabic and Chinese numerals (``45万亩``, ``三分之二``, ``百分之五十``), ranges (``3至5个``), bounds on either
side (``不低于…``, ``…以上``) and formulas without a digit (``全覆盖``, ``动态清零``, ``翻一番``). What only looks like a number — dates,
ordinals, telephone numbers, numerals inside names — is left out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from corpus.document import Span
from corpus.numerals import SCALES
from graph.facts import Comparator
from graph.lexicon import alternatives, entries, expand, word_lists
from graph.lexicon import table as rows_of
from graph.quantities.bounds import read_bounds
from graph.quantities.numbers import (
    CANDIDATE,
    CHINESE_NUMERALS,
    MORE,
    Number,
    continues_number,
    is_chinese_day,
    is_date,
    is_negative,
    read_measured_number,
)
from graph.quantities.quantity import Form, Quantity, measures
from graph.quantities.words import find_ranks, find_verbal_quantities

_SESSION = word_lists()["counted_names"]
_CHANGE = re.compile(r"[由从自][^,，。;；]{0,14}\Z")
_RANGE_SIGN = re.compile(r"\s?(?:--|——|[-—–~～至到])\s?")


def find_quantities(text: str, start: int = 0, end: int | None = None, *, most: int | None = None) -> list[Quantity]:
    """Every quantity of ``text[start:end]``, left to right, or the first ``most``. ``text`` should be half width (see ``half_width``)."""
    end = len(text) if end is None else end
    found: list[Quantity] = []
    position = start
    barren = [start]
    while position < end and (most is None or len(found) < most):
        beginning = _beginning().search(text, position, end)
        match = CANDIDATE.match(text, beginning.start(), end) if beginning else None
        if match is None:
            break
        quantity, position = _numeric(text, match, start, end, barren)
        if quantity is not None:
            found.append(quantity)
    if most is not None and len(found) >= most:
        end = position
    found = [q for i, q in enumerate(found) if not (i and _said_again(text, found[i - 1], q))]
    found = _with_two_bounds(text, found)
    others = [*find_verbal_quantities(text, start, end), *find_ranks(text, start, end)]
    if others:
        taken = {position for quantity in found for position in range(quantity.span.start, quantity.span.end)}
        found.extend(q for q in others if q.span.start not in taken and q.span.end - 1 not in taken)
        found.sort(key=lambda quantity: quantity.core.start)
    return found


@lru_cache(maxsize=1)
def _beginning() -> re.Pattern[str]:
    """Where a ``CANDIDATE`` begins, but for a lone Chinese numeral behind which nothing makes a quantity of it: 一些, 统一规划."""
    behind = {unit[0] for unit in measures()} | set("".join(SCALES) + CHINESE_NUMERALS + MORE + "分-—–~～至到")
    return re.compile(rf"\d|[{CHINESE_NUMERALS}](?=[{re.escape(''.join(sorted(behind)))}\s])")


_SAID_AGAIN = re.compile(r"[(（]不?含\Z")


def _said_again(text: str, before: Quantity, quantity: Quantity) -> bool:
    """``90平方米以下(含90平方米)``: the bracket repeats the bound and is no figure of its own."""
    same = quantity.value is not None and quantity.value in (before.value, before.value_min, before.value_max)
    return same and _SAID_AGAIN.search(text, max(0, quantity.span.start - 3), quantity.span.start) is not None


_BETWEEN_BOUNDS = frozenset(("", "、", ",", "，", "但", ",但", "，但", "且", "至", "到"))


def _with_two_bounds(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """``五百元以上二千元以下``: two bounds in a row are one range."""
    out: list[Quantity] = []
    for quantity in quantities:
        last = out[-1] if out else None
        if last is not None and last.comparator in (">=", ">") and quantity.comparator in ("<=", "<"):
            low, high = _in_one_unit(last, quantity)
            between = text[last.span.end : quantity.span.start]
            if low is not None and high is not None and low < high and between in _BETWEEN_BOUNDS:
                span = Span(last.span.start, quantity.span.end)
                core = Span(last.core.start, quantity.core.end)
                out[-1] = replace(quantity, span=span, core=core, comparator="range", value=None, value_min=low, value_max=high)
                continue
        out.append(quantity)
    return out


def _in_one_unit(low: Quantity, high: Quantity) -> tuple[float | None, float | None]:
    """The values of two quantities in the unit of the second; None where they measure different things."""
    if low.value is None or high.value is None or low.measure != high.measure or low.form == "words" or high.form == "words":
        return None, None
    one, other = low.unit or "", high.unit or ""
    if one == other:
        return low.value, high.value
    scales = [SCALES.get(unit[: -len(bare)], 0.0) if (bare := _bare(unit)) != unit else 1.0 for unit in (one, other)]
    if _bare(one) != _bare(other) or not all(scales):
        return None, None
    return low.value * scales[0] / scales[1], high.value


def _bare(unit: str) -> str:
    """A unit without its scale word."""
    return unit if unit in measures() else unit.lstrip("万亿千百十")


def _numeric(text: str, match: re.Match[str], start: int, end: int, barren: list[int]) -> tuple[Quantity | None, int]:
    """Read the quantity that may begin at a candidate; the second value is where to go on.

    ``barren`` holds how far a row of numbers is known to go on without a measure.
    """
    at = match.start()
    first = read_measured_number(text, match, end)
    if first is None:
        return None, match.end()
    if continues_number(text, at, start):
        return None, match.end()
    if is_chinese_day(text, at, first) if first.chinese else is_date(text, match, first, start, end):
        return None, max(match.end(), first.end)
    low: float | None = None
    sign = _RANGE_SIGN.match(text, first.end, end)
    if sign is not None:
        second_match = CANDIDATE.match(text, sign.end(), end)
        second = read_measured_number(text, second_match, end) if second_match else None
        if second is not None and second_match is not None and second.chinese == first.chinese:
            same = not first.written_unit or first.written_unit == second.written_unit or second.unit.startswith(first.unit)
            dated = not second.chinese and is_date(text, second_match, second, start, end)
            changed = bool(_CHANGE.search(text, max(start, at - 16), at)) and sign.group().strip() in "至到"
            if dated or (not first.unit and not second.unit and not second.scale):
                return None, second.end
            if same and not changed:
                low = first.value
                if first.scale and first.scale != second.scale:
                    low = first.value * SCALES[first.scale] / SCALES.get(second.scale, 1.0)
                first = second
            elif not first.unit and changed:
                # 由56提高到78%: the measure stands once, behind the second number
                first = Number(first.end, first.value, first.scale, first.more, second.unit, second.measure, first.chinese)
    if not first.unit and not first.chinese and low is None and first.end > barren[0] and not _opens_line(text, at):
        first = _shared_unit(text, first, end, barren)
    if not first.unit and not first.chinese and first.scale in ("万", "亿", "万亿") and low is None:
        first = _scaled_only(text, first, end)
    elif not first.unit and (first.chinese or not _NUMBERLESS.search(text, max(start, at - 6), at)):
        return None, max(match.end(), first.end)
    comparator, left, right = read_bounds(text, at, first.end, start, end)
    if not _counts(text, first, at, comparator, left, low):
        return None, max(match.end(), first.end)
    if first.measure == "time" and comparator == "≈" and text[left:at].endswith("近"):
        return None, first.end
    negative = not first.chinese and low is None and is_negative(text, at, start)
    core = Span(at - negative, first.end)
    left = min(left, core.start)
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
    return Quantity(
        Span(left, right), core, comparator, -first.value if negative else first.value, unit, first.measure, form
    ), right


_JOINT = re.compile(r"\s?[、和及与]\s?")
_LONGEST_ROW = 6


def _opens_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _shared_unit(text: str, number: Number, end: int, barren: list[int]) -> Number:
    """``1.2万亿、8200亿元``, ``分别给予30、20、10万元``: in a row the measure may stand once, behind the last number."""
    stop = number.end
    for _ in range(_LONGEST_ROW):
        joint = _JOINT.match(text, stop, end)
        following = CANDIDATE.match(text, joint.end(), end) if joint else None
        other = read_measured_number(text, following, end) if following else None
        if following is None or other is None or other.chinese or is_date(text, following, other, number.end, end):
            return number
        if other.unit:
            scale = number.scale or other.scale
            return Number(number.end, number.value, scale, number.more, other.unit, other.measure, False)
        stop = other.end
    barren[0] = stop
    return number


def _scaled_only(text: str, number: Number, end: int) -> Number:
    """``138万残疾人``, ``减少1240万``: a number that ends with its scale; people are counted where the noun behind says so."""
    stop = _PEOPLE_STOP.search(text, number.end, min(end, number.end + 12))
    edge = stop.start() if stop else min(end, number.end + 12)
    unit = "人" if edge > number.end + 1 and _people().search(text, number.end, edge) else ""
    return Number(number.end, number.value, number.scale, number.more, unit, "person" if unit else "count", False)


_PEOPLE_STOP = re.compile(r"[\d,，。;；、:：()（）\n]")


@lru_cache(maxsize=1)
def _people() -> re.Pattern[str]:
    return re.compile(alternatives("person_nouns.txt"))


_NUMBERLESS = re.compile(expand(r"(?:{before_bare_figures}|[降增减提升高小加大短][至到]|[≥≤])\Z"))


def _counts(text: str, number: Number, at: int, comparator: Comparator, left: int, low: float | None) -> bool:
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
    if after and after in _OTHER_WORD.get(number.unit, ""):
        return False
    if number.unit == "届" and number.value >= _FIRST_YEAR:
        return False  # 2023届毕业生
    if number.unit == "组" and _VILLAGE.search(text, max(0, at - 5), at):
        return False  # 马鬃山村水坪5组
    if number.chinese and number.end < len(text) and text[at : at + 1] == text[number.end : number.end + 1] != "":
        return False  # 千人千面, 一户一档
    if number.unit in ("层", "楼", "室") and text[max(0, at - 1) : at] in ("栋", "座", "幢", "楼"):
        return False  # an address
    if after == "或" and text.startswith(text[at : number.end], number.end + 1):
        return False  # 两个或两个以上
    if (
        after == "×"
        or (after == "级" and number.measure in ("mass", "energy", "length", "money"))
        or (number.unit == "升" and after in ("级", "格", "至", "到", "学"))
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
        if text[at : number.end - len(number.unit)] in ("百", "千") and number.unit in ("家", "个", "名", "户", "所"):
            # 创建百家绿色工厂 counts, 百家争鸣 does not
            return text[max(0, at - 4) : at].endswith(_builders())
        if number.unit not in _counters() and number.measure != "percent":
            return False
        if number.value <= 2 and comparator == ">=" and left == at and number.unit in ("个", "次", "种", "项", "家", "名"):
            return False  # 两个以上部门: no figure, only "more than one"
        if number.value <= 1 and not number.scale and number.measure != "percent":
            return comparator in (">=", "<=") and (left < at or (number.measure == "time" and comparator == "<="))
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


# 2 组织机构, 3 户籍: a measure word that begins another word
_OTHER_WORD = {
    "组": "织建成合",
    "条": "件例",
    "户": "籍口型",
    "家": "庭政居具电长",
    "台": "账湾区",
    "门": "诊槛",
    "场": "所地",
    "口": "岸",
    "名": "称单录",
    "位": "于置",
    "处": "理置罚",
    "字": "号",
    "部": "门委手署分",
    "支": "持",
    "本": "县市区省人通校次",
}
_FIRST_YEAR = 1949
_VILLAGE = re.compile(r"[村屯社坪湾寨庄队][一-龥]{0,3}\Z")
_TERM_OF_YEARS = word_lists()["terms_of_years"]


@lru_cache(maxsize=1)
def _builders() -> tuple[str, ...]:
    """The verbs of what is built, trained or supported."""
    return tuple(entry for entry in entries("goal_cues.txt") if len(entry) >= 2)


@lru_cache(maxsize=1)
def _counters() -> frozenset[str]:
    """The measures that make a quantity of a Chinese numeral too."""
    return frozenset(row[0] for row in rows_of("measures.tsv") if "汉" in row[2:])


@lru_cache(maxsize=1)
def _time_adverbials() -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = rows_of("time_adverbials.txt")
    return tuple(w for place, w in pairs if place == "before"), tuple(w for place, w in pairs if place == "after")
