"""Finds the end of a heading that shares its line with the body."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.wordlists import entries
from ingest.lexicon import expand
from ingest.lines.marks import Mark
from ingest.lines.organs import is_organ, stock_headings
from ingest.outline.items import clause_end

_LIMIT = 60
_LEAST = 4
_ITEM_BEGINS = re.compile(r"(?<=[一-龥])一是(?![否非])")
_GAP = re.compile(r"[ 　]+(?=[一-龥])")
_WORDY = 36
_PHRASE = 8
_DASH = re.compile(r"——|--|－－|――|─")
_PERIOD = re.compile(expand(r"(?:20\d\d年?|{spans_of_years})"))
_EVERYONE = re.compile(expand(r"各[^，,。；;：:\n]{1,40}?{obliging}(?![{not_after_obliging}])"))
"""各县区、各部门要…: those addressed open the sentence that the heading runs into."""
_LEADS_IN = frozenset("、和与及的是在对向由将把让使给供为“《（(〔，,促导请要应")
"""Behind one of these the words go on with what stands before them: 压实、督促 … 各地."""


@lru_cache(maxsize=1)
def _opener_pattern() -> re.Pattern[str]:
    return re.compile(expand("|".join(entries("ingest", "sentence_openers.txt"))))


@lru_cache(maxsize=1)
def _seam_pattern() -> re.Pattern[str]:
    verbs = "|".join(entry.split("\t")[0] for entry in entries("ingest", "plan_verbs.txt") if "\t" not in entry)
    nouns = "|".join(f"(?<={noun})" for noun in entries("ingest", "heading_ends.txt"))
    return re.compile(rf"(?:{nouns})(?={verbs})")


@lru_cache(maxsize=1)
def _verbs() -> tuple[str, ...]:
    return tuple(entry.split("\t")[0] for entry in entries("ingest", "plan_verbs.txt"))


def heading_end(text: str, start: int, end: int, mark: Mark) -> int:
    """Where the heading that starts behind ``mark`` ends, at ``end`` of its line at the latest; ``start`` when it has none."""
    if mark.style in ("编", "分", "章", "节", "专栏") or mark.style.startswith("h"):
        return end
    if mark.style == "条":
        return _article_end(text, start, end)
    stop = clause_end(text, start, end, "。；;！？!?")
    near = min(stop, start + _LIMIT)
    listed = _ITEM_BEGINS.search(text, start + _LEAST, near)
    if listed is not None and text[listed.start() - 1] not in "“‘（(":
        # a heading glued to its items: 加强创新生态建设一是实施…
        return listed.start()
    colon = clause_end(text, start, near, "：:")
    # a colon between digits is a time of day; at the limit there is none to look behind
    while colon + 1 < stop and text[colon] in "：:" and text[colon - 1].isdigit() and text[colon + 1].isdigit():
        colon = clause_end(text, colon + 1, near, "：:")
    if colon < near and colon - start <= 30:
        # 一、2024：拼出来的精彩: a line of its own, of which the year is only the first half
        whole = stop == end and end - start <= _WORDY and _PERIOD.fullmatch(text, start, colon)
        return end if whole else colon
    dash = _DASH.search(text, start + 2, near)
    if dash is not None and text[start : dash.start()] in stock_headings():
        return dash.start()
    if mark.style == "01" and (gap := _GAP.search(text, start + _LEAST, near)):
        return gap.start()
    opened = _sentence_start(text, start, near)
    if opened is not None:
        return opened
    if stop < end and stop - start > 24 and text.startswith(stock_headings(), start):
        for stock in stock_headings():
            # glued to its sentence: 工作目标在全市…，确保….
            if stock != "组织实施" and text.startswith(stock, start) and clause_end(text, start, stop, "，,") < stop:
                return start + len(stock)
    if stop < end and stop - start > _WORDY and text.startswith(_verbs(), start):
        # 坚持公平公正，打造法治环境强化…，完善…: more than one clause that ends with no mark
        seam = _find_seam(text, start, near)
        if seam is not None and clause_end(text, seam, stop, "，,") < stop:
            return seam
    if stop - start <= _LIMIT or (stop == end and stop - start <= _LIMIT + 20):
        # a question keeps its mark: 哪些人可以申请？
        return stop + 1 if stop < end and text[stop] in "？?" else stop
    return _heading_without_stop(text, start, near)


def _article_end(text: str, start: int, end: int) -> int:
    if start < end and text[start] in "【[〔〖":
        close = clause_end(text, start + 1, min(end, start + 40), "】]〕〗")
        return min(close + 1, end)
    if start < end and text[start] in "（(":
        close = text.find("）" if text[start] == "（" else ")", start, min(end, start + 40))
        if close > 0:
            return close + 1
    return end if end - start <= 30 and (start == end or text[end - 1] not in "。；;：:") else start


def _sentence_start(text: str, start: int, near: int) -> int | None:
    """The start of a sentence glued to the heading, told by words that only open sentences (加大宣传力度|各县区要…)."""
    comma = clause_end(text, start, near, "，,") + 1
    for pattern, reach in ((_opener_pattern(), comma), (_EVERYONE, near)):
        match = pattern.search(text, start + _LEAST, reach)
        if match is None or match.start() >= comma or text[match.start() - 1] in _LEADS_IN:
            continue
        before = text[start : match.start()]
        if not is_organ(before) and (pattern is not _EVERYONE or before.startswith(_verbs())):
            return match.start()
    return None


def _find_seam(text: str, start: int, near: int) -> int | None:
    """The place between two phrases of verb and noun without a mark between them (加强组织领导|强化…)."""
    for match in _seam_pattern().finditer(text, start + _LEAST, near):
        at = match.start()
        clause = max(text.rfind(sign, start, at) for sign in "，,、") + 1
        first = clause <= start
        if not first and (text[clause - 1] == "、" or not text.startswith(_verbs(), clause)):
            continue
        if clause_end(text, at, min(at + _WORDY, near + _WORDY), "，,、。；;") - at >= _PHRASE:
            return at
    return None


def _heading_without_stop(text: str, start: int, near: int) -> int:
    """The heading of a paragraph that has no stop within reach: a stock heading, up to the next verb, up to the first comma."""
    for stock in stock_headings():
        # a text that lost its line breaks: 总体要求以…为指导
        if text.startswith(stock, start):
            return start + len(stock)
    comma = clause_end(text, start, near, "，,")
    if text.startswith(_verbs(), start):
        seam = _find_seam(text, start, near)
        if seam is not None:
            return seam
    return comma if _LEAST <= comma - start < _LIMIT else start
