"""What a question over documents asks 跨文件问数的理解: indicator, kind, years, places, bound, order.

A question that names no indicator of the table of facts is none of these and is left to the kinds of questions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.divisions import NATION, Division
from corpus.five_year_plans import five_year_plans
from corpus.folding import fold
from corpus.numerals import half_width, read_whole_number
from corpus.region_groups import find_groups
from corpus.wordlists import expand, word_lists
from graph.families.indicator import FoundConcept, IndicatorFamily, family_asked, family_of, find_concept
from graph.families.units import ComparableValue, to_base
from graph.quantities.find import find_quantities
from graph.queries.fact_table import fact_table
from qa.across.indicators import asked_kind
from qa.across.near_concepts import find_core, is_rate
from qa.across.places import places_asked
from qa.documents import LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

Operation = Literal["list", "missing", "highest", "lowest", "series", "done", "sum", "mean", "beside", "one"]
"""``beside``: the figures of one kind and year beside those of another (2025年实际、2026年目标); ``one``: the figure of one place."""
Form = Literal["any", "range", "single", "words"]
"""How a figure is given: as a range, as one number, only in words."""
_TELLING = re.compile(r"\w")
_N = r"[\d两一二三四五六七八九十]{1,3}"
_TOP = re.compile(rf"(前|后|(?:最|增长最|增速最)(?:高|低|多|少|快|慢|大|小)的?)({_N})(?:名|位|个|省|强|的)")
_LATEST = re.compile(rf"(?:近|最近|过去)({_N})年")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)年?[-—–~至到]{1,2}((?:19|20)\d\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?![\d.万亿千百元人个套亩吨家件项户公])")
_PLAN = re.compile(expand("qa", "{five_year_plans}"))
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
SHORTEST = 4
"""Characters of the name of an indicator that the data of families do not have."""
_UNIT_ASKED = re.compile(expand("qa", r"多少(?:万|亿)?({sweeps_units})"))
_MOST_ASKED = re.compile(
    r"(?:哪|谁|哪里)[^,，。]{0,10}?(?:最高|最多|最大|更高|更多|最长|高$)|(?:最高|最多|最大|更高|更多)的?(?:市|城市|地方|省份?|省区|地区)?(?:是|在)?(?:哪|谁)|(?:最高|最多|最大)的(?:是|为)?[?？]?$"
)
_LEAST_ASKED = re.compile(
    r"(?:哪|谁|哪里)[^,，。]{0,10}?(?:最低|最少|最小|更低|更少|最短)|(?:最低|最少|最小|更低|更少)的?(?:市|城市|地方|省份?|省区|地区)?(?:是|在)?(?:哪|谁)|(?:最低|最少|最小)的(?:是|为)?[?？]?$"
)
_BOUNDS = (
    ("sweeps_at_most", False, False),
    ("sweeps_less", False, True),
    ("sweeps_at_least", True, False),
    ("sweeps_more", True, True),
)


@dataclass(frozen=True)
class Sweep:
    """What a question over documents asks.

    Attributes:
        family: What is measured; ``any_dimension`` where the question does not say in which respect.
        operation: What is done with the figures.
        kinds: The kinds of figures asked for, the likeliest first.
        years: The years asked for; none for the latest.
        scope: The places asked about, in order; ``whole`` how the scope is called where it is a level or a group.
        bound: The least and the most a value may be, and whether the bound itself counts.
        counting: Whether it is asked how many.
        most: How many rows are asked for (前三名).
        ascending: Whether the lowest come first.
        form: How the figure is given where that is asked (用区间, 只有定性).
        pairs: Years with the kind of figure asked of each, where two kinds are asked of two years.
        both_ends: Whether the other end is asked for too (最高和最低).
        last: How many of the last years are asked for (近三年).
        period: The plan period asked for, as named, where it is over (“十四五”): what was done in it is told without a year.
    """

    family: IndicatorFamily
    any_dimension: bool
    operation: Operation
    kinds: tuple[str, ...]
    years: tuple[int, ...]
    scope: tuple[Division, ...]
    whole: str
    bound: Bound | None = None
    counting: bool = False
    most: int | None = None
    ascending: bool = False
    form: Form = "any"
    pairs: tuple[tuple[int, str], ...] = ()
    both_ends: bool = False
    last: int | None = None
    period: str = ""


@dataclass(frozen=True)
class Bound:
    """A value that figures are held against.

    Attributes:
        value: The value.
        above: Whether it is the least, not the most.
        strict: Whether the value itself does not count.
        text: The value as asked.
        within: Whether both ends of the value bound the figures (在5%到6%之间).
        other: Whether the figures of another value are asked for (不是2%).
    """

    value: ComparableValue
    above: bool
    strict: bool
    text: str
    within: bool = False
    other: bool = False

    def holds(self, value: ComparableValue, comparator: str = "=") -> bool:
        """Whether a value meets the bound as a whole: a range by its lower end for a lower bound, 突破5万亿元 as more than that."""
        if value.unit != self.value.unit:
            return False
        if self.other:
            return value != self.value or comparator in ("<=", "<", ">=", ">")
        if self.within:
            return self.value.low <= value.low and value.high <= self.value.high
        own = value.low if self.above else value.high
        if self.strict:
            level = own == (self.value.low if self.above else self.value.high) and comparator == (">" if self.above else "<")
            return level or (own > self.value.low if self.above else own < self.value.high)
        return own >= self.value.low if self.above else own <= self.value.high


def asks_over_documents(folded: str) -> bool:
    """Whether a folded question asks about places or years one after the other, so that no single document is meant."""
    lists = word_lists("qa")
    several = any(word in folded for name in ("sweeps_all", "sweeps_counting", "sweeps_series") for word in lists[name])
    ordered = _TOP.search(folded) is not None or any(word in folded for word in lists["sweeps_orders"])
    return several or ordered or bool(find_groups(folded)) or _YEARS.search(folded) is not None


def own_words(parsed: ParsedQuestion) -> str:
    """A question in its own words, folded, with misspelt names corrected: nothing is put into the wording of other questions."""
    return parsed.understood.question or parsed.folded


def drop_asides(folded: str) -> str:
    """A folded text without what stands in brackets."""
    return _ASIDE.sub("", folded)


def parse_sweep(parsed: ParsedQuestion, view: LibraryView, known: KnownNames, as_of: dt.date) -> Sweep | None:
    """What a question over documents asks, or for which figure of one place; None for another question."""
    folded = parsed.folded
    if "《" in folded or any(word in folded for word in word_lists("qa")["sweeps_except"]):
        return None
    of_one_document = bool(parsed.documents) and not asks_over_documents(folded)
    # names of indicators are those of the documents: 科技型中小企业 before its wording elsewhere
    found = next((f for f in (_concept(text, view) for text in dict.fromkeys((own_words(parsed), folded))) if f), None)
    if found is None:
        return None
    if found.words not in folded:
        folded = own_words(parsed)

    def says(name: str) -> bool:
        return any(word in folded for word in word_lists("qa")[name])

    operation = _operation(folded, found.words)
    read = places_asked(parsed, known)
    scope, whole = tuple(place for place in read.divisions if place != NATION), read.whole
    every = read.whole_level or says("sweeps_all") or parsed.every_region or says("sweeps_counting")
    # 历年政府工作报告 without a place are those of the nation
    of_nation = says("sweeps_nation") or (operation == "series" and says("sweeps_reports"))
    if not scope and not every and (of_nation or operation == "series"):
        scope = (NATION,)
    if len(scope) == 1 and not whole and operation == "list" and asks_nothing_else(folded, found.words, parsed.places, scope[0]):
        operation = "one"
    if of_one_document and operation != "one":
        return None
    top = _TOP.search(folded)
    ordered = operation in ("highest", "lowest") or top is not None or says("sweeps_orders")
    if len(scope) == 1 and not whole and operation not in ("series", "done", "beside", "one"):
        return None
    if not scope and not (every or ordered):
        return None
    # 预期 in 人均预期寿命 asks for no goal
    asked = asked_kind(folded.replace(found.words, " "))
    years = years_named(folded, as_of)
    listed = operation == "series" and len(years) == 2 and not says("sweeps_series")  # 2025年多少、2026年计划多少
    pairs = _pairs(folded) if operation in ("list", "done", "highest", "lowest") or listed else ()
    if pairs:
        operation = "beside"
    elif asked == "target" and says("sweeps_done"):
        operation = "done"
    past = bool(years) and max(years) < as_of.year
    # of a rate that nobody asks the goal of, what has been reached comes first
    reached = past or (not years and is_rate(found.family))
    kinds: tuple[str, ...] = (asked,) if asked else ("achieved", "target") if reached else ("target", "achieved")
    if operation == "one" and asked != "target":
        # how much it was in a year gone by no goal tells
        kinds = (*(kind for kind in kinds if kind != "target" or not past), "statistic")
    if operation == "done" or (operation == "series" and asked is None):
        kinds = ("target", "achieved")
    bound = _bound(folded, found.words)
    family, any_dimension = found.family, found.family.dimension == "level"
    if any_dimension and (says("sweeps_amounts") or (bound is not None and bound.value.unit not in ("%", ""))):
        any_dimension = False
    last = _LATEST.search(half_width(folded))
    return Sweep(
        family, any_dimension, operation, kinds, years, scope, whole, bound,
        says("sweeps_counting"),
        read_whole_number(top[2]) if top else None,
        says("sweeps_ascending") or operation == "lowest" or bool(top and (top[1][0] == "后" or top[1].rstrip("的")[-1] in "低少慢小")),
        _form(folded),
        pairs,
        says("sweeps_highest") and says("sweeps_lowest"),
        read_whole_number(last[1]) if last and not years else None,
        _past_period(folded, as_of),
    )  # fmt: skip


def asks_nothing_else(folded: str, indicator: str, places: Sequence[str], place: Division) -> bool:
    """Whether a folded question holds nothing but a place, a year, an indicator and words that ask for its figure.

    What else stands there (城市副中心, 一季度, 高技术) is part of what is asked, and a figure without it is no answer.
    """
    rest = drop_asides(folded).replace(indicator, " ")
    lists = word_lists("qa")
    nation = lists["sweeps_nation"] if place == NATION else ()
    own = (place.path, place.name, place.short, *place.aliases, *places, *nation, *five_year_plans())
    years = [word for name in ("last_year", "this_year", "next_year") for word in lists[name]]
    rest = _YEAR.sub(" ", rest)
    for word in sorted((*map(fold, own), *years, *lists["figure_frames"]), key=len, reverse=True):
        rest = rest.replace(word, " ")
    return not _TELLING.search(rest)


def _concept(folded: str, view: LibraryView) -> FoundConcept | None:
    """The indicator a question names: one of the data of families, or one that the table of facts has by just that name."""
    for text in dict.fromkeys((folded, plain := drop_asides(folded), plain.replace("的", ""))):
        if (found := find_concept(text)) is not None:
            return found
    of_rules = any(word in folded for word in word_lists("qa")["sweeps_rules"])
    name = None if of_rules else fact_table(view.corpus).longest_concept(folded)
    if name is not None and len(name) >= SHORTEST:
        # 入境游客增长 is the growth of 入境游客, whatever its figures are called
        grown = family_of(name, "%")
        return FoundConcept(family_asked(folded, name) if grown.concept == name else replace(grown, known=False), name)
    if any(word in folded for word in word_lists("qa")["bare_growth"]):
        return find_concept("经济增长")
    unit = _UNIT_ASKED.search(folded)
    many = unit is not None or any(word in folded for word in word_lists("qa")["sweeps_values"])
    if of_rules or not many:
        return None
    return find_core(folded, to_base(1, 1, unit[1]).unit if unit else "", fact_table(view.corpus))


def _form(folded: str) -> Form:
    lists = word_lists("qa")
    if any(word in folded for word in lists["sweeps_not_range"]):
        return "single"
    if any(word in folded for word in lists["sweeps_range"]):
        return "range"
    return "words" if any(word in folded for word in lists["sweeps_words_only"]) else "any"


def _operation(folded: str, concept: str) -> Operation:
    lists = word_lists("qa")
    rest = folded.replace(concept, " ")
    # 实际 in 实际使用外资 asks for no result
    if all(any(word in rest for word in lists[name]) for name in ("sweeps_results", "sweeps_goals")):
        return "done"
    for name, words in (
        ("missing", "sweeps_missing"),
        ("done", "sweeps_done"), ("series", "sweeps_series"), ("sum", "sweeps_sums"), ("highest", "sweeps_highest"), ("lowest", "sweeps_lowest"),
    ):  # fmt: skip
        if any(word in rest for word in lists[words]):
            return name  # type: ignore[return-value]
    if _YEARS.search(folded) or len(set(_YEAR.findall(folded))) > 1:
        return "series"
    means = any(word in rest and f"{word}增" not in rest for word in lists["sweeps_means"]) and "年均" not in rest
    return "mean" if means else "list"


def years_named(folded: str, as_of: dt.date) -> tuple[int, ...]:
    """The years that a folded question names, in words or by a plan period; 今年 is that of ``as_of``."""
    if (span := _YEARS.search(folded)) is not None:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    if years := tuple(dict.fromkeys(int(year) for year in _YEAR.findall(folded))):
        return years
    if (plan := _PLAN.search(folded)) is not None:
        return (five_year_plans()[plan.group()][1],)
    lists = word_lists("qa")
    for name, offset in (("last_year", -1), ("this_year", 0), ("next_year", 1)):
        if any(word in folded for word in lists[name]):
            return (as_of.year + offset,)
    return ()


def _past_period(folded: str, as_of: dt.date) -> str:
    """The plan period that a folded question names in place of years, where it is over."""
    plan = _PLAN.search(folded)
    named = plan is not None and _YEAR.search(folded) is None and five_year_plans()[plan.group()][1] < as_of.year
    return plan.group() if plan is not None and named else ""


def _pairs(folded: str) -> tuple[tuple[int, str], ...]:
    """The kinds asked of two years: 2025年实际多少、2026年目标多少. Nothing where one kind is asked, one year, or all years between two."""
    if _YEARS.search(folded):
        return ()
    marks = list(_YEAR.finditer(folded))
    said: dict[int, str | None] = {}
    for mark, end in zip(marks, (*(mark.start() for mark in marks[1:]), len(folded)), strict=False):
        said[int(mark[1])] = asked_kind(folded[mark.end() : end]) or said.get(int(mark[1]))
    planned = [year for year, kind in said.items() if kind == "target"] if len(said) == 2 else []
    # 2025年改造多少、2026年计划多少: of the year before the plan what was done
    found = {year: kind or "achieved" for year, kind in said.items() if kind or (planned and year < planned[0])}
    return tuple(found.items()) if len(set(found.values())) > 1 else ()


def read_bound(folded: str) -> Bound | None:
    """The value that a question about rules holds values against: 30万元以上, or just that value (给予10万元补贴的有哪些)."""
    bound = _bound(folded, "")
    if bound is not None or not any(word in folded for word in word_lists("qa")["sweeps_which"]):
        return bound
    for quantity in find_quantities(half_width(folded)):
        if quantity.value is not None and quantity.unit and quantity.unit not in ("年", "月", "日", "个"):
            value = to_base(quantity.value, quantity.value, quantity.unit)
            return Bound(value, True, False, quantity.core.of(half_width(folded)), within=True)
    return None


def bound_words(bound: Bound) -> str:
    """A bound in words: 超过5%, 100万人以上, 5%到6%之间."""
    if bound.other:
        return f"不是{bound.text}"
    if bound.within:
        return bound.text if bound.value.low == bound.value.high else f"{bound.text}之间"
    words = ("超过" if bound.strict else "") if bound.above else ("低于" if bound.strict else "")
    tail = "" if bound.strict else ("以上" if bound.above else "以下")
    return f"{words}{bound.text}{tail}"


def asks_extreme(folded: str) -> Literal["highest", "lowest"] | None:
    """Whether it is asked which of some places is highest or lowest; 最高额度 alone asks for none."""
    if _MOST_ASKED.search(folded):
        return "highest"
    return "lowest" if _LEAST_ASKED.search(folded) else None


def _bound(folded: str, concept: str) -> Bound | None:
    """The value a question holds figures against: 超过5%, 100万人以上."""
    lists = word_lists("qa")
    text = half_width(folded)
    for quantity in find_quantities(text):
        low, high = quantity.value_min, quantity.value_max
        if (
            quantity.value is None
            and low is not None
            and high is not None
            and "之间" in text[quantity.core.end : quantity.core.end + 3]
        ):
            return Bound(to_base(low, high, quantity.unit), True, False, quantity.core.of(text), within=True)
        if quantity.value is None or not quantity.unit or quantity.unit in ("年", "月", "日"):
            continue
        before = text[max(0, quantity.core.start - 5) : quantity.core.start]
        behind = text[quantity.core.end : quantity.core.end + 7].replace("(含)", "")  # 100万元（含）以上
        if before[-1:] in "前后第" and before:
            continue  # 前三个省, 第3位
        value = to_base(quantity.value, quantity.value, quantity.unit)
        if any(word in before for word in lists["sweeps_unequal"]):
            return Bound(value, True, False, quantity.core.of(text), other=True)
        # 低于 stands in 不低于 too: the longest words count
        said = [
            (len(word), above, strict)
            for name, above, strict in _BOUNDS
            for word in lists[name]
            if before.rstrip("了到").endswith(word.rstrip("了到")) or behind.startswith(word)
        ]
        if said:
            _, above, strict = max(said, key=lambda found: found[0])
            return Bound(value, above, strict, quantity.core.of(text))
        if any(word in before for word in lists["sweeps_exactly"]):
            return Bound(value, True, False, quantity.core.of(text), within=True)
    return None
