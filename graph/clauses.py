"""Sentences, clauses and the years that govern them 句、分句与管辖年份.

A year reaches as far as its sentence: ``到2025年`` before a list separated by ``，；、`` governs the whole list and ends with ``。``;
another year in between takes over. Years that only compare (``比2020年``), look back (``2019年以来``) or stand in a title govern nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from corpus.document import Span
from corpus.five_year_plans import five_year_plans
from corpus.text import CLAUSE_ENDS, PERIOD_ENDS
from graph.lexicon import expand

YearRole = Literal["by", "plain", "during", "since", "as_of", "base", "from"]

_SENTENCE_END = re.compile(f"[{PERIOD_ENDS}]")
_LIST_MARK = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．]|第[一二三四五六七八九十百]{1,4}[章节条]|附件|\n|$)"
)
_PAIRS = {"“": "”", "《": "》", "‘": "’", "「": "」"}
_QUOTE_MARK = re.compile("[“《‘「]")

_YEAR = re.compile(
    expand(
        r"(?P<lead>{year_leads})?(?:(?P<first>(?:19|20)\d\d)年?[-—–~至到]{1,2})?(?P<year>(?:19|20)\d\d)年"
        r"(?P<month>\d{1,2}月(?:\d{1,2}日)?)?(?P<tail>{year_tails})?"
    )
)
_SINCE_DAY = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?(?:起)?[-—–~]{0,2}\Z")
_PLAN = re.compile(expand(r"(?P<lead>{plan_leads})?[“\"]?(?P<name>{five_year_plans})[”\"]?(?P<tail>{plan_tails})"))
_RELATIVE = re.compile(expand(r"(?P<word>{relative_years})(?P<tail>{relative_year_tails})?"))


@dataclass(frozen=True, slots=True)
class YearMention:
    """A year in a text and what it does there."""

    span: Span
    year: int
    role: YearRole
    written: str


def wrap_width(text: str) -> int | None:
    """The width at which lines were broken mid-sentence (text taken from a PDF), or None where lines are paragraphs."""
    lines = [line for line in text.split("\n") if len(line) > 4]
    if len(lines) < 8:
        return None
    lengths = sorted(map(len, lines))
    width = lengths[int(len(lengths) * 0.9)]
    full = [line for line in lines if width - 5 <= len(line) <= width + 3]
    broken = sum(line[-1] not in "。；;：:！？!?”）)" for line in full)
    return width if 15 <= width <= 70 and len(full) >= 0.2 * len(lines) and broken >= 0.5 * len(full) else None


def sentences(text: str, start: int, end: int, *, width: int | None = None) -> list[Span]:
    """The sentences of a stretch, without their full stop; lines are sentences of their own, unless broken at ``width``."""
    out: list[Span] = []
    at = begin = line = start
    while at < end:
        stop = _SENTENCE_END.search(text, at, end)
        edge = stop.start() if stop else end
        if stop is not None and text[edge] == "\n":
            wrapped = width is not None and edge - line >= width - 5 and text[edge - 1 : edge] not in ("；", ";", "：", ":")
            line = edge + 1
            if wrapped and not _LIST_MARK.match(text, edge + 1, end):
                at = edge + 1
                continue
        if edge > begin:
            out.append(Span(begin, edge))
        at = begin = edge + 1
    if end > begin and (not out or out[-1].end < end) and at >= end and begin < end:
        out.append(Span(begin, end))
    return out


def clauses(text: str, sentence: Span) -> list[Span]:
    """The clauses of a sentence: what stands between commas, semicolons and colons outside brackets; edges trimmed."""
    out: list[Span] = []
    begin, closer = sentence.start, ""
    opened = 0
    for i in range(sentence.start, sentence.end):
        char = text[i]
        if closer:
            if char == closer or i - opened > 60:
                closer = ""
            else:
                continue
        elif char in "（(" and ")" in text[i : i + 60].replace("）", ")"):
            closer, opened = ("）" if char == "（" else ")"), i
            continue
        if char in CLAUSE_ENDS:
            if i > begin:
                out.append(Span(begin, i).trimmed(text))
            begin = i + 1
    if sentence.end > begin:
        out.append(Span(begin, sentence.end).trimmed(text))
    return [clause for clause in out if len(clause)]


def quoted(text: str, sentence: Span) -> list[Span]:
    """The stretches inside “”, ‘’ and 《》 of a sentence, marks not included."""
    out: list[Span] = []
    at = sentence.start
    for match in _QUOTE_MARK.finditer(text, sentence.start, sentence.end):
        if match.start() < at:
            continue
        stop = text.find(_PAIRS[match.group()], match.end(), sentence.end)
        if stop >= 0:
            out.append(Span(match.end(), stop))
            at = stop + 1
    return out


def titled(text: str, sentence: Span) -> list[Span]:
    """The stretches inside 《》, where years and numbers belong to a name."""
    return [span for span in quoted(text, sentence) if text[span.start - 1] == "《"]


def years_in(text: str, sentence: Span, *, current: int | None = None) -> list[YearMention]:
    """The years of a sentence in order. ``current`` is the year that 今年 means, where known."""
    named = {position for name in titled(text, sentence) for position in range(name.start, name.end)}
    out: list[YearMention] = []
    for match in _YEAR.finditer(text, sentence.start, sentence.end):
        span = Span(match.start(), match.end())
        if span.start in named:
            continue
        lead, tail = match["lead"] or "", match["tail"] or ""
        role: YearRole = "plain"
        if tail == "以来":
            role = "since"
        elif (
            lead in ("至", "到") and match["month"] and _SINCE_DAY.search(text, max(sentence.start, span.start - 20), span.start)
        ):
            role = "from"  # 自2024年6月20日至2024年12月31日期间: a window in which a rule holds, no year to reach something by
        elif tail in ("起", "开始", "之后", "以后"):
            role = "from"
        elif lead in ("比", "较", "同", "与", "由") or tail in ("为基期", "相比", "基础上"):
            role = "base"
        elif lead.startswith("截"):
            role = "as_of"
        elif lead in ("自", "从") and not match["first"]:
            role = "from"
        elif lead in ("到", "至", "力争到", "争取到") or tail.endswith(("前", "底", "末")):
            role = "by"
        elif match["first"]:
            role = "during"
        out.append(YearMention(span, int(match["year"]), role, match.group()))
    for match in _PLAN.finditer(text, sentence.start, sentence.end):
        span = Span(match.start(), match.end())
        if span.start in named:
            continue
        tail = match["tail"]
        role = "since" if tail == "以来" else "by" if tail.endswith("末") else "during"
        if match["lead"] in ("比", "较"):
            role = "base"
        out.append(YearMention(span, five_year_plans()[match["name"]][1], role, match.group()))
    if current is not None:
        for match in _RELATIVE.finditer(text, sentence.start, sentence.end):
            shift = {"明年": 1, "去年": -1}.get(match["word"], 0)
            role = "since" if match["tail"] == "以来" else "plain"
            out.append(YearMention(Span(match.start(), match.end()), current + shift, role, match.group()))
    out.sort(key=lambda mention: mention.span.start)
    return out


def governing(mentions: list[YearMention], position: int, clause: Span) -> YearMention | None:
    """The year mention that governs a position: the last one before it, else one later in its own clause."""
    number = bisect_right(mentions, position, key=lambda mention: mention.span.start)
    for mention in reversed(mentions[max(0, number - 20) : number]):
        if mention.role != "base":
            return mention
    for mention in mentions[number:]:
        if mention.span.start >= clause.end:
            break
        if mention.role == "by" and clause.covers(mention.span):
            return mention
    return None
