"""The family of an indicator 指标族: the thing that is measured and the respect in which it is.

地区生产总值增长, 经济增长 and 生产总值增速 are one family; 海洋生产总值增长 and 单位生产总值能耗 only look like it. What counts as one name is a
row of ``data/indicator_families.tsv``; an indicator of no row is a family of its own, under its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from corpus.folding import fold
from graph.families.units import base_unit
from graph.lexicon import table, word_lists

Dimension = Literal["level", "sum", "growth", "mean growth", "total growth", "fall", "share", "rank", "change"]
"""level 水平 · sum 累计 (of several years) · growth 增长 · mean growth 年均增长 · total growth 累计增长 · fall 下降 · share 占比 · rank 位次
· change 变动 (in percentage points)."""

SUFFIXES: dict[Dimension, str] = {
    "level": "", "sum": "（累计）", "growth": "增长", "mean growth": "年均增长", "total growth": "累计增长", "fall": "下降", "share": "占比", "rank": "位次",
    "change": "变动",
}  # fmt: skip
_SHARE = re.compile(r"^(?P<part>.{2,24}?)(?:占|与)(?P<whole>.{2,20}?)(?:的)?(?:比重|比例|比率|占比|比)?$")
_YEARS = re.compile(r"(?:到|至)?(?:19|20)\d\d年?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:时期|期间|末)?")
_JOINS = re.compile("[、和及]")
_MARKS = re.compile(r"[\s“”\"'‘’，,。;；:：、_]")
_NUMBERED = re.compile(r"[(（][^()（）]*\d[^()（）]*[)）]$|从(?:去年|上年|上半年|19\d\d|20\d\d|\d).*$")
"""What a name may carry along: another figure of its sentence in brackets, and what it changed from."""
_FIGURED = re.compile(
    r"^\d+个|(?:新增|增加|增长|达到?|突破|超过?|首次|连续|迈上|跨过|站上|(?:全国|全省)?第).{0,4}?[\d一二三四五六七八九十][^\d]{0,6}$|增长\d[\d.]*%.{0,8}$"
)
"""A number inside a name, at either end: 高速公路通车里程新增3000公里."""


@dataclass(frozen=True, slots=True)
class IndicatorFamily:
    """What is measured and in which respect.

    Attributes:
        concept: The usual name of what is measured, folded (地区生产总值).
        dimension: In which respect.
        known: Whether the concept is a row of the data file, so that other names of it are known.
    """

    concept: str
    dimension: Dimension
    known: bool = False

    @property
    def name(self) -> str:
        """What people call it: 地区生产总值增长."""
        return f"{self.concept}{SUFFIXES[self.dimension]}"


@lru_cache(maxsize=65536)
def family_of(indicator: str, unit: str | None) -> IndicatorFamily:
    """The family of an indicator with the unit of its figure.

    >>> family_of("经济增长", "%").name
    '地区生产总值增长'
    >>> family_of("海洋生产总值增长", "%").concept
    '海洋生产总值'
    """
    plain = _NUMBERED.sub("", _MARKS.sub("", fold(indicator)))
    base = base_unit(unit or "")[1]
    if base in ("位", "名") or plain.endswith(word_lists()["rank_ends"]):
        return _family(_without(plain, "rank_ends"), "rank")
    whole = _frame(plain)
    if base in ("%", "百分点") and (dimension := _change(whole)) is not None:
        return _family(whole, dimension)
    if base == "百分点":
        return _family(whole, "change")
    if base == "%" and whole not in _aliases() and (share := _SHARE.match(whole)) and "占" in whole:
        return _family(f"{_usual(share['part'])}占{_usual(share['whole'])}", "share")
    family = _family(whole, "level")
    added, flows = word_lists()["added_heads"], word_lists()["flow_heads"]
    if family.known and is_state(family) and (plain.startswith((*flows, *added)) or plain.endswith(added)):
        # 新增高新技术企业700家 is what came to the 4500 that there are
        return as_flow(family)
    return family


def _change(name: str) -> Dimension | None:
    """The kind of change that the end of a name tells of; rises in percent above all."""
    lists = word_lists()
    if name.endswith(lists["mean_growth"]) or "年均增" in name:
        return "mean growth"
    if name.endswith(lists["total_growth"]) or "累计增" in name:
        return "total growth"
    if name.endswith(lists["growth_ends"]):
        return "growth"
    return "fall" if name.endswith(lists["falling"]) else None


_ENDS: dict[Dimension, tuple[str, ...]] = {
    "mean growth": ("mean_growth", "growth_ends"),
    "total growth": ("total_growth", "growth_ends"),
    "growth": ("growth_ends",),
    "fall": ("total_growth", "falling"),
    "change": ("mean_growth", "total_growth", "growth_ends", "falling"),
    "rank": ("rank_ends",),
}


def _family(name: str, dimension: Dimension) -> IndicatorFamily:
    if dimension == "share":
        return IndicatorFamily(name, dimension)
    bare = _without(name, *_ENDS.get(dimension, ()))
    grows = dimension in ("growth", "mean growth", "total growth")
    framed = _frame(bare)
    plain = _frame(_without(_FIGURED.sub("", framed), *_ENDS.get(dimension, ())))
    for candidate in dict.fromkeys((bare, framed, *_without_acts(framed), plain, _ended(framed) or plain)):
        usual = _aliases().get(candidate) or (_growing().get(candidate) if grows else None)
        if usual is not None:
            # 居民消费价格涨幅 is the price level's rise, 森林覆盖率 has no growth of its own in a name
            return IndicatorFamily(usual, dimension, known=True)
    return IndicatorFamily(_frame(bare) or bare or name, dimension)


def _ended(name: str) -> str | None:
    """The usual name that a name ends with behind a short remark, of those that the data allow it for (*民生实事)."""
    for end, usual in _ends_of_names():
        if name.endswith(end) and len(name) - len(end) <= REMARK:
            return usual
    return None


REMARK = 12
"""Characters in front of a name that may be a remark on it."""


def _without_acts(name: str) -> Iterator[str]:
    """The names that are left without what is done to the thing: 新建改造高标准农田, 老旧小区改造完工."""
    lists = word_lists()
    heads = [name, *(name[len(head) :] for head in lists["act_heads"] if name.startswith(head) and len(name) > len(head) + 1)]
    for rest in heads:
        yield rest
        yield from (rest[: -len(tail)] for tail in lists["act_tails"] if rest.endswith(tail) and len(rest) > len(tail) + 1)


def as_flow(family: IndicatorFamily) -> IndicatorFamily:
    """The family of what came to a state in a year: 新增上市公司 of 上市公司."""
    return IndicatorFamily(f"新增{family.concept}", family.dimension, known=True)


def as_state(family: IndicatorFamily) -> IndicatorFamily | None:
    """The family of the state that something came to, the other way round of ``as_flow``; None for one that is no such flow."""
    state = IndicatorFamily(family.concept.removeprefix("新增"), "level", known=True)
    return state if family.known and state.concept != family.concept and is_state(state) else None


def summed_up(family: IndicatorFamily, quote: str) -> IndicatorFamily:
    """The family of a figure whose sentence says that several years are added up (累计建成): another one than of one year.

    What there is at a day (经营主体总量达474万户) adds nothing up.
    """
    sums = family.dimension == "level" and not is_state(family) and any(word in quote for word in word_lists()["sums"])
    return replace(family, dimension="sum") if sums else family


def _usual(name: str) -> str:
    bare = _frame(name)
    return _aliases().get(bare, bare)


def _without(name: str, *lists: str) -> str:
    """A name without the words of some lists at its end."""
    endings = [word for one in lists for word in word_lists()[one]]
    endings.sort(key=len, reverse=True)
    again = True
    while again:
        again = False
        for ending in endings:
            if name.endswith(ending) and len(name) > len(ending):
                name, again = name[: -len(ending)], True
                break
    return name


@lru_cache(maxsize=65536)
def _frame(name: str) -> str:
    """A name without what says nothing of the indicator: 全年, 预期目标, years; a name that a row has stays whole."""
    name = _YEARS.sub("", name) or name
    lists = word_lists()
    again = True
    while again and name not in _aliases():
        again = False
        for head in lists["frame_heads"]:
            if name.startswith(head) and len(name) >= len(head) + 2:
                name, again = name[len(head) :], True
                break
        if again or name in _aliases():
            continue
        for tail in lists["frame_tails"]:
            if name.endswith(tail) and len(name) >= len(tail) + 2:
                name, again = name[: -len(tail)], True
                break
    return name


@dataclass(frozen=True, slots=True)
class FoundConcept:
    """An indicator named in a text: its family in the respect asked for, and the words that name it."""

    family: IndicatorFamily
    words: str


def find_concept(text: str) -> FoundConcept | None:
    """The known indicator that a text names, the longest; None without one.

    A name inside a longer word that the data do not have is not taken: 海洋生产总值 is no 生产总值.

    Example: of ``2026年各省经济增长目标`` 地区生产总值 in growth.
    """
    folded = _MARKS.sub("", fold(text))
    for name, concept in _names_by_length():
        at = folded.find(name)
        if at < 0:
            continue
        growing = name in _growing() and name not in _aliases()
        before, behind = folded[:at], folded[at + len(name) :]
        dimension = _asked_dimension(behind, before)
        if growing and dimension not in ("growth", "mean growth", "total growth"):
            continue
        if _qualified(before):
            continue
        family = IndicatorFamily(concept, dimension, known=True)
        heads = (*word_lists()["flow_heads"], *word_lists()["added_heads"])
        came = is_state(family) and dimension == "level" and before.endswith(heads)
        return FoundConcept(as_flow(family) if came else family, name)
    return None


def families_named(text: str) -> tuple[IndicatorFamily, ...]:
    """The known indicators that a text lists one beside the other, each once; nothing for a text that lists fewer than two.

    >>> [family.concept for family in families_named("城镇和农村居民收入分别增长多少")]
    ['城镇居民人均可支配收入', '农村居民人均可支配收入']
    """
    folded = fold(text)
    growing = any(word in folded for word in word_lists()["growth_ends"])
    names = dict(_names_by_length()) if growing else _aliases()
    written = [_MARKS.sub("", item) for item in _JOINS.split(folded)]
    # 地区生产总值增长和城镇新增就业: the one grows, the other is a number
    items = [_without(item, "growth_ends") if at < len(written) - 1 else item for at, item in enumerate(written)]
    apart = items != written
    for at, first in enumerate(items[:-1]):
        # names between joins stand whole; behind the last of them the text goes on
        rest = items[at + 1 :]
        listed = rest[: next((n for n, item in enumerate(rest) if item not in names), len(rest) - 1) + 1]
        last = next((listed[-1][:n] for n in range(len(listed[-1]), 1, -1) if listed[-1][:n] in names), None)
        if last is None:
            continue
        ends = (first[n:] for n in range(len(first)))
        # 城镇和农村居民收入: what the last name ends with belongs to the first too
        shared = (first[n:] + last[k:] for n in range(len(first)) for k in range(1, len(last))) if len(listed) == 1 else ()
        own = next((name for name in (*ends, *shared) if name in names), None)
        concepts = dict.fromkeys(names[name] for name in (own, *listed[:-1], last)) if own is not None else {}
        if len(concepts) > 1:
            grow = [growing if not apart else items[at + n] != written[at + n] for n in range(len(concepts))]
            return tuple(IndicatorFamily(c, "growth" if g else "level", known=True) for c, g in zip(concepts, grow, strict=True))
    return ()


def family_asked(text: str, concept: str) -> IndicatorFamily:
    """The family of a concept that stands in a text, in the respect that the words around it ask for."""
    before, _, behind = _MARKS.sub("", fold(text)).partition(concept)
    return IndicatorFamily(concept, _asked_dimension(behind, before))


def _asked_dimension(behind: str, before: str) -> Dimension:
    lists = word_lists()
    near = behind.removeprefix("同口径")[:8].partition("(")[0]
    if any(word in near for word in lists["mean_growth"]) or before.endswith("年均"):
        return "mean growth"
    if any(word in near for word in ("累计增",)):
        return "total growth"
    if any(word in near[:5] for word in lists["growth_ends"]):
        return "growth"
    if any(word in near[:5] for word in lists["falling"]):
        return "fall"
    if any(word in near for word in lists["rank_ends"]):
        return "rank"
    return "share" if any(word in near for word in ("占比", "比重")) else "level"


def _qualified(before: str) -> bool:
    """Whether what stands before a name makes another indicator of it: 海洋, 单位, 人均."""
    return before.endswith(word_lists()["qualifying_heads"])


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in table("indicator_families.tsv"):
        for name in (row[0], *row[1].split(",")):
            if name and name[0] != "*":
                found.setdefault(_MARKS.sub("", fold(name)), fold(row[0]))
    return found


@lru_cache(maxsize=1)
def _ends_of_names() -> tuple[tuple[str, str], ...]:
    rows = (
        (fold(name[1:]), fold(row[0])) for row in table("indicator_families.tsv") for name in row[1].split(",") if name[:1] == "*"
    )
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@lru_cache(maxsize=1)
def _growing() -> dict[str, str]:
    rows = (row for row in table("indicator_families.tsv") if len(row) > 2 and row[2] != "-")
    return {fold(name): fold(row[0]) for row in rows for name in row[2].split(",")}


@lru_cache(maxsize=256)
def usual_unit(family: IndicatorFamily) -> str:
    """The unit that figures of a level have where they are written short (PM2.5平均浓度28.5微克); empty where the data have none."""
    return _units_of_levels().get(family.concept, "") if family.dimension == "level" else ""


@lru_cache(maxsize=1)
def _units_of_levels() -> dict[str, str]:
    return {fold(row[0]): row[4] for row in table("indicator_families.tsv") if len(row) > 4}


@lru_cache(maxsize=256)
def names_of(concept: str) -> tuple[str, ...]:
    """All names of a concept that the data have, longest first; the concept itself where they have none."""
    names = {name for name, usual in _aliases().items() if usual == concept}
    return tuple(sorted(names | {concept}, key=lambda name: (-len(name), name)))


@lru_cache(maxsize=1)
def _kinds_of_years() -> dict[str, str]:
    return {fold(row[0]): row[3] for row in table("indicator_families.tsv") if len(row) > 3 and row[3] != "-"}


def is_state(family: IndicatorFamily) -> bool:
    """Whether what is measured stands at a day or is a rate (高新技术企业, 城镇化率): what came to it in a year is another thing."""
    return _kinds_of_years().get(family.concept) == "存量"


def is_of_one_year(family: IndicatorFamily) -> bool:
    """Whether a figure is never the sum of several years unless it says so: a state, or an amount of the year (地区生产总值)."""
    return family.concept in _kinds_of_years()


@lru_cache(maxsize=1)
def _names_by_length() -> tuple[tuple[str, str], ...]:
    pairs = {**_growing(), **_aliases()}
    return tuple(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0])))
