"""Assemble targets 目标指标 from figures: their year, region, topic and binding, with the defaults of the document's metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.divisions import gazetteer
from corpus.document import HeadMatter, ParsedDocument, Span, fact_id
from graph.facts import Target, TargetKind
from graph.frames.signs import kind_of_title
from graph.lexicon import expand
from graph.targets.context import Manner, find_annual_year, find_manner, find_review_year
from graph.targets.figure import Figure
from graph.targets.kind import ESTIMATED
from graph.targets.tables import TableReading
from graph.topics import topics_of

REACH = 200
"""Number of characters before and after a figure that are searched for its words."""
_UPPER = re.compile(expand(r"(?:^|[,;:])\s*(?:\d{4}年|到\d{4}年,|目前|截至)?({whole_regions})(?!{no_whole_region})"))
_OWN = re.compile(expand(r"全[{local_divisions}{townships}]|[我本][{local_divisions}{townships}]"))
_IS_LEVEL = re.compile(expand(r"{reached_words}|居|占|为|第"))
_MEAN = re.compile(expand(r"{yearly_means}"))
_THIS_YEAR = re.compile(expand(r"{this_year}"))
_COUNTED = re.compile(expand(r"{told_counts}"))
_SAYS_WHEN = 40
"""Characters before a figure in which its year may be meant without a number."""
_BINDING = re.compile(r"(?:约束|预期)性")


@dataclass(frozen=True, slots=True)
class TargetDefaults:
    """Defaults (year, region, manner) that the metadata of a document gives to all its targets."""

    region: str | None
    upper: str | None
    level: str | None
    plan_year: int | None
    reference_year: int | None
    manner: Manner
    review_year: int | None = None
    title_kind: str = "none"
    period_end: int | None = None


def read_defaults(head: HeadMatter) -> TargetDefaults:
    """Read the defaults (year, region, manner) that the metadata of a document gives to all its targets."""
    plan_year = find_annual_year(head.title)
    dates = (head.issued_on, head.published_on, head.plan_period[0] if head.plan_period else None)
    reference = next((int(date[:4]) for date in dates if date), None)
    if plan_year is not None and (reference is None or plan_year < reference):
        reference = plan_year
    region, upper = _regions(head)
    manner = find_manner(head)
    review_year = find_review_year(head)
    if manner == "account":
        # a report is of the year before the one it plans
        plan_year = review_year + 1 if review_year is not None else plan_year or reference
    title_kind = kind_of_title("".join((head.title or "").split()).strip("《》"))
    end = int(head.plan_period[1][:4]) if head.plan_period and manner == "plan" else None
    return TargetDefaults(region, upper, head.level, plan_year, reference, manner, review_year, title_kind, end)


def _regions(head: HeadMatter) -> tuple[str | None, str | None]:
    """The division's own name and that of its province: 黔南布依族苗族自治州, 贵州省."""
    table = gazetteer()
    division = table.by_code.get(head.region_code or "")
    if division is None and head.region:
        named = table.named(head.region)
        division = named[0] if named else None
    if division is None:
        return head.region, None
    province = table.by_code.get(division.code[:2]) if len(division.code) > 2 else None
    return division.name, (province.name if province else None)


def assemble_target(
    doc: ParsedDocument,
    figure: Figure,
    defaults: TargetDefaults,
    *,
    kind: TargetKind,
    quote: Span,
    indicator: str,
    base_year: int | None,
    carried: int | None = None,
    several: bool,
) -> Target:
    """The target a figure of a sentence makes, with its year, comparator, region and topic."""
    quantity, year = figure.quantity, figure.year
    governs = year is not None and (year.role in ("by", "during") or (year.role == "plain" and kind == "target"))
    by_year = year.year if year is not None and governs and kind in ("target", "rule") else None
    if by_year is None and kind == "target" and (year is None or year.role in ("base", "from")):
        # a sentence that says that goals follow outweighs a block taken for a review
        back = figure.looks_back and not figure.is_announced_goal
        by_year = figure.context.year or (
            None if figure.context.bare or back else defaults.plan_year or _year_meant(figure, defaults)
        )
    estimated = quantity.comparator == "=" and ESTIMATED.search(figure.lead)
    binding = _BINDING.search(figure.text, quote.start, quote.end)
    return Target(
        id=fact_id(doc.id, "target", quantity.core, indicator),
        document_id=doc.id,
        span=quote,
        indicator=indicator,
        comparator="≈" if estimated else quantity.comparator,
        value=quantity.value,
        value_text=doc.text[quantity.span.start : quantity.span.end],
        unit=quantity.unit,
        kind=kind,
        value_min=quantity.value_min,
        value_max=quantity.value_max,
        by_year=by_year,
        base_year=base_year,
        as_of=_result_year(figure, defaults, carried, several=several) if _is_told(figure, kind) else None,
        base_value=figure.base_value,
        deadline=year.written if year is not None and by_year == year.year and year.role in ("by", "during") else None,
        region=_region(figure.lead, defaults),
        topic=_topic(f"{indicator}。{figure.sentence.of(figure.text)[:200]}"),
        binding=_binding_of(binding[0] if binding else None),
    )


def _year_meant(figure: Figure, defaults: TargetDefaults) -> int | None:
    """The year a goal without one is for: the document's own where its clause says 全年 or 年底前, else the end of its period."""
    if _THIS_YEAR.search(figure.lead[-_SAYS_WHEN:]) or _THIS_YEAR.match(figure.text, figure.quantity.span.end):
        return defaults.reference_year
    return defaults.period_end


def _is_told(figure: Figure, kind: TargetKind) -> bool:
    """Whether a figure is a result of some year: a count is one only where it is told (现有, 截至), not where it is a part of a rule."""
    if kind != "statistic":
        return kind == "achieved"
    dated = figure.year is not None and figure.year.role in ("as_of", "since")
    return dated or figure.looks_back or figure.context.past or _COUNTED.search(figure.lead[-_SAYS_WHEN:]) is not None


def _result_year(figure: Figure, defaults: TargetDefaults, carried: int | None, *, several: bool) -> int | None:
    """The year a result is of: that of its sentence, of the heading, of a sentence before, of the period the document reports on."""
    year, reference = figure.year, defaults.reference_year
    if year is not None and year.role in ("plain", "as_of", "by", "during"):
        return year.year if reference is None or year.year <= reference else None
    if (several and not _IS_LEVEL.search(figure.near)) or _MEAN.search(figure.near):
        return None  # 这五年新建学校300所, 年均增长8%: of no single year
    reports = figure.looks_back or figure.context.past
    return figure.context.past_year or carried or (defaults.review_year if reports else None)


@lru_cache(maxsize=256)
def _topic(words: str) -> str | None:
    return next(iter(topics_of(words)), None)


def _binding_of(word: str | None) -> Literal["约束性", "预期性"] | None:
    if word is None:
        return None
    return "约束性" if word == "约束性" else "预期性"


def _region(lead: str, defaults: TargetDefaults) -> str | None:
    """The region a figure belongs to: the document's, or the one above where that is the subject of the clause (全省…达到…)."""
    if defaults.region is None or defaults.level == "国家":
        return defaults.region
    upper = None
    for match in _UPPER.finditer(lead):
        upper = match
    if upper is None or _OWN.search(lead, upper.end()):
        return defaults.region
    if upper[1] in ("全国", "我国"):
        return "全国"
    return defaults.region if defaults.level == "省" else defaults.upper or defaults.region


def assemble_period(doc: ParsedDocument, text: str, match: re.Match[str], defaults: TargetDefaults) -> Target:
    """``规划期为2021—2025年``: the period a document is made for, as a range of years."""
    span = Span(match.start(), match.end())
    return Target(
        id=fact_id(doc.id, "target", span, match[1]),
        document_id=doc.id,
        span=span,
        indicator=match[1],
        comparator="range",
        value=None,
        value_text=doc.text[match.start(2) : match.end()],
        unit="年",
        kind="rule",
        value_min=float(match[2]),
        value_max=float(match[3]),
        region=defaults.region,
    )


def assemble_reply_limit(doc: ParsedDocument, match: re.Match[str], defaults: TargetDefaults) -> Target:
    """``于3月1日16:00前…反馈``: a date as a limit, without a number."""
    span = Span(match.start(), match.end())
    return Target(
        id=fact_id(doc.id, "target", span, "反馈报送截止时间"),
        document_id=doc.id,
        span=span,
        indicator="反馈报送截止时间",
        comparator="<=",
        value=None,
        value_text=span.of(doc.text),
        unit=None,
        kind="rule",
        deadline=match[1],
        region=defaults.region,
    )


def assemble_table_target(doc: ParsedDocument, reading: TableReading, defaults: TargetDefaults) -> Target:
    """The target a figure of a table makes."""
    quantity = reading.quantity
    return Target(
        id=fact_id(doc.id, "target", quantity.core, reading.indicator),
        document_id=doc.id,
        span=reading.row,
        indicator=reading.indicator,
        comparator=quantity.comparator,
        value=quantity.value,
        value_text=doc.text[quantity.span.start : quantity.span.end],
        unit=quantity.unit or reading.unit,
        kind=reading.kind,
        value_min=quantity.value_min,
        value_max=quantity.value_max,
        by_year=reading.year if reading.kind == "target" else None,
        as_of=reading.year if reading.kind != "target" else None,
        region=defaults.region,
        binding=_binding_of(reading.binding),
        place=reading.place,
    )
