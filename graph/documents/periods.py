"""The period 期间 a plan is made for, and notices about facts that hold only within a period that is over."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from corpus.document import HeadMatter, Span
from corpus.text import stretch_around
from graph.lexicon import expand
from graph.named_periods import named_periods

_STATED = re.compile(expand(r"{plan_terms}[^。；;\n]{0,16}(?:19|20)\d\d[^。；;\n]{0,24}"))
_YEARS = re.compile(r"((?:19|20)\d\d)年?[-—–~～至到]{1,2}((?:19|20)\d\d)年?")
_FIVE_YEAR = re.compile(expand("{five_year_plans}"))
_ANNUAL = re.compile(r"(20\d\d)年(?:度)?(?![-—–~～至到—]|以来|\d{1,2}月)")
_ANNUAL_KIND = re.compile(expand(r"{annual_kinds}|安排$"))
_ABOUT = re.compile(expand(r"{reports_on_documents}"))
"""What only speaks of a plan has no period of its own."""
_REACH = 20000


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """The last day of a plan's period, the words that say so in Chinese, and where the text says it."""

    end: str
    said: str
    span: Span | None


def period_of(head: HeadMatter, text: str) -> PlanPeriod | None:
    """The period a document is made for: its field, the years or the five-year plan in its title, the year of an annual plan."""
    title = "".join((head.title or "").split())
    if _ABOUT.search(title):
        return None
    if head.plan_period:
        first, last = (year[:4] for year in head.plan_period)
    elif years := _YEARS.search(title):
        first, last = years[1], years[2]
    elif (plan := _FIVE_YEAR.search(title)) and plan.group() in named_periods() and "规划" in title:
        period = named_periods()[plan.group()]
        first, last = str(period.start.year), str(period.end.year)
    elif (annual := _ANNUAL.search(title)) and _ANNUAL_KIND.search(title):
        first = last = annual[1]
    else:
        return None
    said = f"文件的期间为{first}年" if first == last else f"文件的期间为{first}—{last}年"
    return PlanPeriod(f"{last}-12-31", said, _place(head, text, first, last))


def _place(head: HeadMatter, text: str, first: str, last: str) -> Span | None:
    """Where the text says it: of itself, else the title that names the years, else the first sentence that does."""
    reach = text[:_REACH]
    for stated in _STATED.finditer(reach):
        if last in stated.group():
            return _sentence(reach, stated.start(), stated.end())
    title = head.spans.get("title")
    if first != last:
        if title is not None and last in title.of(text):
            return title
        years = re.search(rf"{first}\s?年?\s?[-—–~～至到]{{1,2}}\s?{last}\s?年", reach)
        return _sentence(reach, years.start(), years.end()) if years is not None else title
    # the end of a single task is not that of the document
    until = re.search(rf"{last}年(?:12月)?(?:31日|底)前[^。；;\n]{{0,12}}" + expand("{all_of_it}"), reach)
    if until is None:
        until = re.compile(f"{last}年").search(reach, title.end if title is not None else 0)
    return _sentence(reach, until.start(), until.end()) if until is not None else title


def _sentence(text: str, start: int, end: int) -> Span:
    return stretch_around(text, Span(start, end)).trimmed(text)


def transition_notice(text: str, as_of: dt.date, *, context: str | None = None) -> str | None:
    """What to add to a fact that holds only within a named period, once the period is over.

    ``transition_notice("过渡期内保持帮扶政策稳定…", date(2026, 1, 1))`` says that the 过渡期 of 2021–2025 ended. ``context`` is the
    document around the text where the text alone does not tell which period is meant.
    """
    around = context if context is not None else text
    for period in named_periods().values():
        if as_of <= period.end or not any(marker in text for marker in period.markers):
            continue
        if period.context and not any(word in around for word in period.context):
            continue
        quoted = period.name if period.context else f"“{period.name}”时期"
        return f"{quoted}（{period.start.year}—{period.end.year}年）已于{period.end.year}年底届满，这一规定是否继续执行须查新的文件。"
    return None
