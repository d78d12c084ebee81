"""Find deadlines 完成时限 (2023年6月底前, 到2025年, 过渡期内, “十四五”末), as written and as an ISO date where it is certain."""

from __future__ import annotations

import calendar
import re

from corpus.document import Span
from corpus.five_year_plans import five_year_plans
from graph.lexicon import expand

_YEAR = r"20\d\d"
_DEADLINE = re.compile(
    expand(
        rf"于?{_YEAR}年(?:第?[一二三四1-4]季度|上半年|\d{{1,2}}月\d{{1,2}}日(?:\d{{1,2}}[:：时]\d{{0,2}}分?)?|\d{{1,2}}月|年)?[底末中]?{{by}}"
        rf"|{{until}}{_YEAR}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?[底末]?"
        rf"|{_YEAR}年(?:\d{{1,2}}月)?年?[底末]"
        r"|(?<!\d)\d{1,2}月(?:\d{1,2}日|[底末])?{before_then}"
        r"|{year_words}(?:\d{1,2}月)?年?底{before_then}?(?!有)"
        r"|(?<![置立予])过渡期(?:前[一二三四五\d]年|内|间内|间)?(?=[^限])"
        r"|“?{five_year_plans}”?(?:期?末|期间|时期)"
    )
)
_WORDS = re.compile(expand(r"\d[年月]|年\d{0,2}月?年?底|过渡期|{five_year_plans}"))
_HOLDING = re.compile(expand(r"{holding_until}\s?\Z"))
_WINDOW = re.compile(r"\d[日月年]\s?\Z")
_DURING = re.compile(r"(?:[(（][^()（）]{1,12}[)）])?(?:期间|之间)")
_BEFORE = 12
_POINT = re.compile(r"(20\d\d)年(?:第?([一二三四1-4])季度|(上半年)|(\d{1,2})月(?:(\d{1,2})日)?)?")
_PLAN = re.compile(expand("{five_year_plans}"))


def deadline_span(text: str, start: int, end: int, *, windows: bool = True) -> Span | None:
    """The first time limit of a stretch of text; without ``windows`` none that only ends the time in which a rule holds."""
    # tried at every place of a text only where one of the words stands in it that every time limit has
    if _WORDS.search(text, start, end) is None:
        return None
    for match in _DEADLINE.finditer(text, start, end):
        if not windows and match.group().startswith("至") and _ends_window(text, start, match):
            continue  # 2023年1月1日至2024年12月31日期间: when a rule holds, not until when something is to be done
        return Span(match.start() + match.group().startswith("于"), match.end())
    return None


def _ends_window(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a date only ends the time in which something holds or counts: 政策执行至…, 对…至…期间购买的."""
    before = max(start, match.start() - _BEFORE)
    if _HOLDING.search(text, before, match.start()):
        return True
    return _DURING.match(text, match.end()) is not None and _WINDOW.search(text, before, match.start()) is not None


def deadline_of(text: str, start: int, end: int) -> str | None:
    """The first time limit by which something is to be done, as written."""
    span = deadline_span(text, start, end, windows=False)
    return span.of(text) if span else None


def iso(deadline: str) -> str | None:
    """The last day a limit allows, as an ISO date, where the words alone decide it: 2023年6月底前 → 2023-06-30."""
    match = _POINT.search(deadline)
    if match:
        year = int(match.group(1))
        if match.group(2):
            month = 3 * ("一二三四".find(match.group(2)) + 1 or int(match.group(2)))
        elif match.group(3):
            month = 6
        else:
            month = int(match.group(4) or 12)
        if not 1 <= month <= 12:
            return None
        last = calendar.monthrange(year, month)[1]
        day = int(match.group(5)) if match.group(5) else last
        return f"{year:04d}-{month:02d}-{min(max(day, 1), last):02d}"
    plan = _PLAN.search(deadline)
    return f"{five_year_plans()[plan.group()][1]}-12-31" if plan else None
