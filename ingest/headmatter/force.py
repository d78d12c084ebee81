"""From when to when a document says it is in force 施行与有效期: the closing article, and nothing that speaks of a permit or a card."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Span
from corpus.numerals import chinese_number
from corpus.wordlists import entries
from ingest.lexicon import expand
from ingest.lines.dates import find_dates

_STOP = "。；;\n"
_CLOSING = 800
"""Characters at the end of a text in which a term without a subject is that of the text, not of a voucher."""
_BACK = 120
"""Days before the day of issue that 自2月6日起执行 may lie; what lies further back is of the year to come."""
_CLOSE = 2
"""Sentences behind the one on the beginning that may tell the end."""
_DATE = expand(
    r"(?:(?:[1１][9９]|[2２][0０])\d\d|[一二][〇○零Ｏ0一{digits}]{3})\s?[年./-]\s?[0-9０-９{numerals}]{1,3}\s?[月./-]\s?[0-9０-９{numerals}]{1,3}\s?日?"
)
_YEAR_END = expand(r"(?:19|20)\d\d\s?年(?:\s?\d{1,2}\s?月(?!\s?\d)\s?[{close_of_time}]?|\s?[{close_of_time}])")
_COUNT = expand(r"(?P<n>[{numerals_of_years}]{1,2}|\d{1,2})\s?(?:个)?(?P<unit>年|个?月)")
_TERM = expand("{force_terms}")
_YEARS = re.compile(
    rf"(?:{_TERM}\s?(?:自[^。；;\n，,]{{2,24}}起)?[为是暂定共，,：: ]{{0,4}}|{expand('{trial_terms}')})\s?{_COUNT}"
    rf"(?!{expand('{no_term_before}')})"
)
_UNTIL = re.compile(
    rf"{expand('{running_until}')}[^。；;\n]{{0,36}}?{expand('{until_marks}')}\s?(?P<when>{_DATE}|{_YEAR_END})(?!\d?日?\s?起?\s?[至到—－-])"
    rf"|[至到]\s?(?P<when2>{_DATE}|{_YEAR_END})\s?{expand('{until_ends}')}"
    rf"|(?P<when3>{_DATE})\s?(?:起)?\s?{expand('{by_itself}')}?{expand('{lapsing}')}"
)
_FROM_THEN = re.compile(expand(r"起\s?{by_itself}?{lapsing}$"))
_PERIOD = re.compile(rf"{_TERM}[为是：:]?\s?[自从]?\s?(?P<when>{_DATE})\s?起?\s?{expand('{until_marks}')}")
"""The first day of a period with both ends: 执行期限为2019年1月1日至2023年12月31日."""
_COUNTED_FROM = re.compile(rf"[自从]\s?(?P<when>{_DATE})\s?起")
_NUMBERED_PART = expand(r"第[（(]?[{numerals}\d]{1,3}[)）]?[条项款]")
_BROKEN_DATE = re.compile(expand(r"[{date_units}]\n\s?\d{1,2}\s?[{date_units}]|\d\s?\n\s?[{date_units}]"))
_OTHERS = re.compile(rf"{expand('{the_rest}')}|{_NUMBERED_PART}")
_AS_OTHER = re.compile(expand(r"{force_terms}[与同和]《[^《》\n]{2,80}》[^。；;\n]{0,20}?{being_same}"))
_BEGIN = re.compile(
    rf"(?:(?:自|从|于)\s?(?P<when>{_DATE}|(?P<dayless>\d{{1,2}}\s?月\s?\d{{1,2}}\s?日)|[^。；;\n，,自从]{{2,24}}?[之当]日|即日"
    rf"|{expand('{issuing_acts}')}(?=起)"
    r"|(?=[^\n。]{0,6}[*×Xx＊]|\d{0,4}\s?年\s*月\s*日)[^。；;\n，,]{2,16}?)|(?P<now>即日))(?:\s?[（(](?P<given>[^（()）\n]{4,14})[）)])?\s?"
    r"(?P<after>起?\s?后?\s?(?:满)?\s?\d{1,3}\s?(?:日|天)(?:后)?)?\s?"
    rf"{expand('{starting}')}*\s?{expand('{coming_into_force}')}"
)
_ISSUE = re.compile(expand("{issuing_acts}|{today}"))
_NUMBER = re.compile(
    expand(r"^\s*(?:第[{numerals_with_zero}\d]{1,6}条|[（(]?[{numerals}\d]{1,3}[)）]?[、.．，]?)\s*(?:【[^】\n]{1,12}】)?\s*")
)

_SUBJECT = re.compile(expand(r"(?<![{before_mention}]){pointing_to_itself}[\d一-龥“”《》（）]{0,14}?{own_names}"))
"""How a document names itself: 本办法, 修订后的本条例, 以上政策措施 — not 本市 or 本证."""
_LOOSELY = re.compile(
    expand(
        r"(?<![{before_mention}]){item_before}[一-龥“”《》（）]{0,8}?{own_names}"
        r"|(?:^|[，,])(?:{saying_which}|[一-龥]{2}后的?)?《?(?!{single})[一-龥]{0,2}{loose_names}》?[{about_to}]?$"
    )
)
"""该政策, 《通知》, 新政: the item before it as often as the document, so they count where nothing else does."""
_HAS_A_TERM = re.compile(
    expand(r"^(?:[^，,。；;]{0,12}[，,])?{this_time}?《?(?!{single})[一-龥]{0,2}{loose_names}》?的?") + _TERM
)
_OF_A_PART = re.compile(
    expand(r"{pointing_to_itself}{own_names}(?:中的?|的)?") + _NUMBERED_PART + expand(r"(?![^。；;\n]{0,80}{the_rest})")
)
"""What has a term in a document but is not the whole: 本措施中第一条第（一）款的执行时间."""


@dataclass(frozen=True, slots=True)
class ForceClause:
    """A date of force and the clause that gives it; ``on`` is None where the clause does not let one be known."""

    on: str | None
    span: Span
    concluded: bool = False


@dataclass(frozen=True, slots=True)
class Force:
    """From when to when, inclusive, each with its clause, as far as the text says it."""

    begins: ForceClause | None = None
    ends: ForceClause | None = None


def read_force(text: str, body: Span, issued: str | None) -> Force:
    """What ``text[body]`` says of its own force; ``issued`` is the day that 自印发之日起 means.

    Of several sentences the last one counts that speaks of the document itself (本办法自…起施行), then one without a subject
    (自…起施行，有效期五年). A term of years ends on the day before its anniversary.
    """
    sentences = list(_sentences(text, body))
    begins: ForceClause | None = None
    at = None
    for subject in (_SUBJECT, None, _LOOSELY):
        for i in range(len(sentences) - 1, -1, -1):
            found = _begin(text, sentences[i], issued, subject)
            if found is not None:
                begins, at = found, i
                break
        if begins is not None:
            break
    start = begins.on if begins is not None else None
    near = sentences[at : at + 1 + _CLOSE] if at is not None else []
    ends = None
    for k, sentence in enumerate(near):
        if k == 0 or _speaks_of_itself(text, sentence) or _opens_with_term(text, sentence):
            ends = ends or _end(text, sentence, start or issued)
    if ends is None:
        for sentence in reversed(sentences):
            closing = sentence.start >= body.end - _CLOSING and _opens_with_term(text, sentence)
            if _speaks_of_itself(text, sentence) or closing:
                ends = _end(text, sentence, start or issued)
                if ends is not None:
                    break
    if begins is None and ends is None:
        ends = _only_term(text, sentences, issued)
    if begins is None and ends is not None and (period := _first_day(text, ends.span)):
        first = _date(text, period, "when")
        begins = ForceClause(first, ends.span) if first is not None else None
    return Force(begins, ends)


def _first_day(text: str, sentence: Span) -> re.Match[str] | None:
    return _PERIOD.search(text, sentence.start, sentence.end) or _COUNTED_FROM.search(text, sentence.start, sentence.end)


def _only_term(text: str, sentences: Sequence[Span], issued: str | None) -> ForceClause | None:
    """The one sentence that gives a policy a term, where a text says nothing else of its force (政策有效期至2024年12月31日)."""
    found = [sentence for sentence in sentences if _HAS_A_TERM.search(_NUMBER.sub("", sentence.of(text)))]
    return _end(text, found[0], issued) if len(found) == 1 else None


def _sentences(text: str, body: Span) -> Iterator[Span]:
    """The sentences that may speak of force."""
    start = body.start
    for match in _sieve().finditer(text, body.start, body.end):
        if match.start() < start:
            continue
        begin = max(text.rfind(stop, body.start, match.start()) for stop in _STOP) + 1
        begin = max(begin, body.start)
        end = _sentence_end(text, match.end(), body.end)
        start = end
        yield Span(begin, end).trimmed(text)


def _sentence_end(text: str, start: int, end: int) -> int:
    """Where a sentence ends; a line break within a date is none."""
    while True:
        at = min((at for stop in _STOP if (at := text.find(stop, start, end)) >= 0), default=end)
        if at >= end or text[at] != "\n" or _BROKEN_DATE.search(text, max(0, at - 6), min(end, at + 6)) is None:
            return at
        start = at + 1


def _begin(text: str, sentence: Span, issued: str | None, subject: re.Pattern[str] | None) -> ForceClause | None:
    """The last beginning in a sentence whose words before it name the subject, or say nothing where there is none to name."""
    words = sentence.of(text)
    for match in reversed(list(_BEGIN.finditer(text, sentence.start, sentence.end))):
        lead = _NUMBER.sub("", text[sentence.start : match.start()])
        if subject is not None and subject.search(lead) is None:
            continue
        if subject is None and lead.strip("，, ") != "" and not lead.endswith(("，", ",")):
            continue
        if subject is not _SUBJECT and _not_itself().search(words):
            continue
        span = Span(sentence.start, sentence.end)
        if match["after"]:
            return ForceClause(_later(text, match, issued), span, True)
        if match["dayless"]:
            return ForceClause(_in_year(match["dayless"], issued), span, True)
        given = _date(text, match, "given") if match["given"] else None
        if given is None and (match["now"] or _ISSUE.search(match["when"])):
            return ForceClause(issued, span, True)
        return ForceClause(given or _date(text, match, "when"), span)
    return None


def _date(text: str, match: re.Match[str], name: str) -> str | None:
    """The date in a group of a match, in digits of half or full width."""
    written = unicodedata.normalize("NFKC", text[match.start(name) : match.end(name) + 1])
    found = next(find_dates(written, 0, len(written)), None)
    return found[0] if found is not None else None


def _in_year(written: str, issued: str | None) -> str | None:
    """A day without its year, 2月6日: the first one not long before the day of issue."""
    month, day = (int(n) for n in re.findall(r"\d+", written))
    if issued is None or len(issued) < 10:
        return None
    around = dt.date.fromisoformat(issued[:10])
    for year in (around.year, around.year + 1):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        if (around - found).days < _BACK:
            return found.isoformat()
    return None


def _later(text: str, match: re.Match[str], issued: str | None) -> str | None:
    """自公布之日起30日后施行."""
    days = re.search(r"\d+", match["after"])
    if issued is None or days is None or len(issued) < 10 or not (match["now"] or _ISSUE.search(match["when"])):
        return None
    return (dt.date.fromisoformat(issued) + dt.timedelta(days=int(days.group()))).isoformat()


def _end(text: str, sentence: Span, start: str | None) -> ForceClause | None:
    words = sentence.of(text)
    if _not_itself().search(words) or _OF_A_PART.search(words):
        return None
    counted = _COUNTED_FROM.search(text, sentence.start, sentence.end)
    start = (_date(text, counted, "when") if counted else None) or start
    found = [
        day
        for day in (*_until_days(text, sentence), *_term_days(text, sentence, start))
        if start is None or not day or day >= start
    ]
    days = [day for day in found if day]
    if days:
        # of several terms the longest is that of the document: 第一项至2023年，其他措施至2026年
        day = max(days) if _OTHERS.search(words) else days[0]
        return ForceClause(day, sentence, _UNTIL.search(text, sentence.start, sentence.end) is None)
    if found or _YEARS.search(text, sentence.start, sentence.end):
        return ForceClause(None, sentence)
    if _AS_OTHER.search(text, sentence.start, sentence.end):
        return ForceClause(None, sentence)
    return None


def _until_days(text: str, sentence: Span) -> Iterator[str | None]:
    for until in _UNTIL.finditer(text, sentence.start, sentence.end):
        name = next(name for name in ("when", "when2", "when3") if until[name])
        day = _date(text, until, name) or _month_end(until[name])
        if day is not None and name == "when3" and _FROM_THEN.search(until.group()):
            day = _before(day)
        if day is not None:
            yield day


def _term_days(text: str, sentence: Span, start: str | None) -> Iterator[str | None]:
    for years in _YEARS.finditer(text, sentence.start, sentence.end):
        yield _term_end(start, years)


def _term_end(start: str | None, term: re.Match[str]) -> str | None:
    """The day before the anniversary: a term of two years from 1 July 2023 ends on 30 June 2025."""
    count = int(term["n"]) if term["n"].isdigit() else int(chinese_number(term["n"]) or 0)
    if start is None or len(start) < 10 or not 0 < count <= 60:
        return None
    day = dt.date.fromisoformat(start[:10])
    months = count * (12 if term["unit"] == "年" else 1) + day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    while True:
        try:
            return _before(dt.date(year, month, day.day).isoformat())
        except ValueError:  # 29 February has no anniversary: the term ends with the month
            day = day.replace(day=day.day - 1)


def _month_end(written: str) -> str | None:
    """The last day of 2025年底, 2025年6月, 2025年6月底."""
    year, month = (int(n) for n in (*re.findall(r"\d+", written), "12")[:2])
    if not 1 <= month <= 12:
        return None
    return _before(dt.date(year + month // 12, month % 12 + 1, 1).isoformat())


def _before(day: str) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


def _speaks_of_itself(text: str, sentence: Span) -> bool:
    return _SUBJECT.search(_NUMBER.sub("", sentence.of(text))[:24]) is not None


def _opens_with_term(text: str, sentence: Span) -> bool:
    return re.match(rf"{_TERM}", _NUMBER.sub("", sentence.of(text))) is not None


@lru_cache(maxsize=1)
def _sieve() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, entries("ingest", "force_words.txt"))))


@lru_cache(maxsize=1)
def _not_itself() -> re.Pattern[str]:
    """What has a term of its own inside a document: 许可证有效期五年."""
    return re.compile("|".join(map(re.escape, entries("ingest", "not_force.txt"))))
