"""What the headings above a sentence and the title of its document say of its figures: past or future, year, manner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.document import HeadMatter, ParsedDocument, Section
from graph.frames.signs import issue_year, kind_of_title
from graph.lexicon import expand, table
from graph.named_periods import named_periods

Manner = Literal["plan", "rules", "measures", "account"]
"""plan 规划、方案、意见 · rules 办法、规定、标准 · measures 措施、通知、问答 · account 工作报告、总结."""

_ANNUAL_TITLE = re.compile(r"(20\d\d)年(?:度)?(?![-—–~至到—]|以来)")
_SPAN_TITLE = re.compile(r"20\d\d年?[-—–~至到]{1,2}20\d\d")
# 推动“十五五”开好局: the first year of the period, not the period
_OPENING_YEAR = re.compile(expand(r"{good_starts}"))
_YEAR_IN_TITLE = re.compile(r"(?<!\d)20\d\d(?=年|[-—–~至到])")
_YEAR_AS_WRITTEN = re.compile(r"(?<!\d)20\d\d年度?")
# a report to an assembly speaks at the beginning of the year in its title
_GIVEN_TO_ASSEMBLY = re.compile(expand(r"{reports_to_assemblies}"))
_RULES_TITLE = re.compile(expand(r"{kinds_of_rules}(?:的{letter_kinds})?[（(]?{rule_states}*[）)]?》?(?:的(?:通知|公告))?$"))
# what an applicant has to do and to be: a plan by name, rules by content
_PROCEDURE_TITLE = re.compile(expand(r"{procedures}"))
_PLAN_TITLE = re.compile(expand(r"{kinds_of_plans}"))
_MEASURES_TITLE = re.compile(expand(r"{kinds_of_measures}"))
_GOALS = re.compile(expand(r"{goal_headings}"))
_ACCOUNT_TITLE = re.compile(expand(r"{kinds_of_accounts}"))


@dataclass(frozen=True, slots=True)
class TargetContext:
    """What the headings above a sentence say: whether they review or plan, and for which year."""

    past: bool = False
    future: bool = False
    year: int | None = None
    preamble: bool = False
    bare: bool = False
    """Whether the heading sets a frame of its own (another period), so that the title's year does not reach in."""
    past_year: int | None = None
    """The year that a heading of review names (2025年工作回顾)."""
    goals: bool = False
    """Whether a heading announces goals (发展目标), so that a year that opens a paragraph governs all of it."""


def find_manner(head: HeadMatter) -> Manner:
    """Find what sort of document a title announces; a document without a title counts as a plan."""
    title = (head.title or "").strip().strip("》")
    if not title:
        return "plan"
    if _ACCOUNT_TITLE.search(title):
        return "account"
    if _RULES_TITLE.search(title) or _PROCEDURE_TITLE.search(title):
        return "rules"
    if _PLAN_TITLE.search(title) and not re.search(expand("{kinds_of_explanations}"), title):
        return "plan"
    return "measures" if _MEASURES_TITLE.search(title) else "plan"


@lru_cache(maxsize=1024)
def find_annual_year(title: str | None) -> int | None:
    """The year of an annual plan or report (2024年工作要点); None for a plan of several years."""
    annual = _ANNUAL_TITLE.search(title or "")
    if annual is None or _SPAN_TITLE.search(title or "") or not re.search(expand("{annual_titles}"), title or ""):
        return None
    return int(annual[1])


def find_review_year(head: HeadMatter) -> int | None:
    """The year a report tells the results of; None for documents that are no reports.

    2022年…统计公报 → 2022; 2026年政府工作报告, given in 2026 → 2025; 2025年预算执行情况和2026年预算草案的报告 → 2025.
    """
    title = "".join((head.title or "").split())
    kind, issued = kind_of_title(title), issue_year(head)
    if kind not in ("bulletin", "account", "budget", "appraisal"):
        return None
    span = _SPAN_TITLE.search(title)
    years = [int(year) for year in _YEAR_IN_TITLE.findall(title)]
    if span is not None:
        return max(years, default=None)
    if len(years) > 1:
        return min(years)
    # 县人民政府2026年工作报告 is one given to an assembly too
    given = kind == "account" and _GIVEN_TO_ASSEMBLY.search(_YEAR_AS_WRITTEN.sub("", title)) is not None
    if years:
        return years[0] - 1 if given and issued in (None, years[0]) else years[0]
    return issued - 1 if issued is not None and (given or kind == "budget") else None


class TargetContexts:
    """The context of every section of a document, worked out once per section."""

    def __init__(self, doc: ParsedDocument) -> None:
        self._doc = doc
        self._known: dict[str | None, TargetContext] = {}
        self._numbered = any(s.kind == "heading" for s in doc.outline)

    def at(self, position: int) -> TargetContext:
        """The context of a position in the text."""
        section = self._doc.section_at(position)
        key = section.id if section else None
        place = self._known.get(key)
        if place is None:
            place = self._known[key] = self._of(section)
        return place

    def _reference(self, position: int) -> int | None:
        head = self._doc.head_at(position)
        return next((int(date[:4]) for date in (head.issued_on, head.published_on) if date), find_annual_year(head.title))

    def _of(self, section: Section | None) -> TargetContext:
        if section is None:
            return TargetContext()
        trail = [s for s in self._doc.trail(section) if s.kind in ("heading", "item")]
        reference = self._reference(section.start) if trail else None
        direction: str | None = None
        year: int | None = None
        past_year: int | None = None
        bare = False
        for node in trail:
            if direction is None:
                direction = _direction(node.heading, reference)
            found = _ANNUAL_TITLE.search(node.heading)
            if found and not _SPAN_TITLE.search(node.heading) and direction != "past":
                year = int(found[1])
            elif found and direction == "past":
                past_year = int(found[1])
            if not _OPENING_YEAR.search(node.heading) and any(
                name in node.heading and (f"{name}”" in node.heading or f"{name}时期" in node.heading) for name in named_periods()
            ):
                bare = True
        preamble = section.kind == "preamble" and self._numbered
        goals = direction != "past" and any(_GOALS.search(node.heading[:24]) for node in trail)
        return TargetContext(
            direction == "past",
            direction == "future",
            year if direction == "future" else None,
            preamble,
            bare,
            past_year,
            goals,
        )


@lru_cache(maxsize=4096)
def _direction(heading: str, reference_year: int | None) -> str | None:
    """Whether a heading announces a review or a plan; the word that ends last decides."""
    bare = heading.strip("。：:，, ")
    found = [
        (bare.rfind(word) + len(word), direction)
        for word, direction in _headings()
        if (word in bare if direction == "future" else bare.startswith(word) or bare.endswith(word))
    ]
    if found:
        return max(found)[1]
    years = [int(year) for year in _ANNUAL_TITLE.findall(bare)]
    return "past" if years and reference_year is not None and max(years) < reference_year else None


@lru_cache(maxsize=1)
def _headings() -> tuple[tuple[str, str], ...]:
    return tuple((word, direction) for word, direction in table("headings.tsv"))
