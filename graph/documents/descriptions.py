"""Descriptions of documents 对文件的说法: what a person says of a document whose name is not known (去年市里发的关于养老服务的实施意见).

A description is taken apart into place, level, issuer, years, kind and what the document is about. Nothing is looked up here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Span
from graph.lexicon import entries, expand, table, word_lists
from graph.units.resolve import national_body, parts_of

LONGEST, LONGEST_OFFICE, SHORTEST = 120, 14, 4
"""Characters of a description and of the name of an office that are looked at; Chinese ones that a subject must have to describe a
document by itself."""
_CLAUSE = re.compile(r"[^，,。；;？?！!\n]+")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年度?|(?=版))")
_POINTER = re.compile(expand("{pointers}"))
_ISSUED = re.compile(expand("{issued_by}|(?<=[{before_issuing}]){issued_briefly}"))
_BETWEEN = re.compile(expand(r"(?!{said_inside})(?:[^，。]{0,7}的|[和及与、][^，。]{0,7})?$"))
"""What may stand between the kind of what is issued and the kind of the document: 实施方案和清单的通知."""
_KIND = re.compile(expand("{kinds_said}|{law_at_end}$"))
_WHOLE_KIND = re.compile(expand("{before_kinds}*({kinds_said}|{law_at_end}$)"))
_ANYTHING = re.compile(expand("{anything_said}"))
_SEVERAL = re.compile(expand("{several_asked}"))
_OFFICE_END = re.compile(expand("{ends_of_offices}"))
_BEFORE_NUMBER = re.compile(expand(r"{before_numbers}(?=\d)"))
_HAN = re.compile("[\u4e00-\u9fff]")
_PARTICLE = re.compile(expand("(?:{edge_words})+"))
_STEM = re.compile(r"(?:总局|委员会|办公[厅室]|[局厅委部办署])$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[万亿千百]+|[%年天倍])|\d{2,}(?:\.\d+)?")
_LEVEL_OF_BODY = {"部": "国家", "厅": "省"}
"""Offices of one level only by the end of their names."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a document.

    Args:
        span: Where it is said.
        text: The words.
        pointed: Whether one document is pointed at (那份……的通知) or said to be issued (市里发的……意见); else it may be a mere subject.
        places: The divisions each place named may be.
        level: The level it is of (省里).
        offices: The offices said to have issued it, as ``stem_of_office`` has them.
        years: The years named.
        kinds: The kinds of documents named (通知), nothing where only 文件 or 政策 is said.
        topic: What it is about: the stretches left.
    """

    span: Span
    text: str
    pointed: bool
    places: tuple[tuple[Division, ...], ...] = ()
    level: str | None = None
    offices: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()

    @property
    def conditions(self) -> int:
        """How many things are said that a document either meets or not."""
        return len(self.places) + len(self.offices) + len(self.years) + bool(self.level)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers among what it is about: 150万."""
        return tuple(dict.fromkeys(number for part in self.topic for number in _NUMBER.findall(part)))


def read_description(text: str, today: dt.date, *, alone: bool = False) -> Description | None:
    """What a text says of a document; None where it describes none.

    Args:
        text: A question, or what stands in the place of a name.
        today: The day that 去年 is counted from.
        alone: Whether the text stands in the place of a name, so that all of it describes a document.

    Example: ``read_description("省里去年出的那个养老服务办法", today).level``.
    """
    best: Description | None = None
    for clause in _CLAUSE.finditer(text[:2000]):
        found = _read_clause(text, Span(*clause.span()), today, alone)
        if found is not None and (best is None or (found.pointed, found.conditions) > (best.pointed, best.conditions)):
            best = found
    return best


def _read_clause(text: str, clause: Span, today: dt.date, alone: bool) -> Description | None:
    start, end = _asked_around(text, clause)
    if not 3 <= end - start <= LONGEST or "《" in text[start:end]:
        return None
    pointer = _POINTER.search(text, start, end)
    issued = _ISSUED.search(text, start, end)
    marked = max((m.end() for m in (pointer, issued) if m), default=None)
    stop = _end_of_kind(text, marked, start, end)
    if stop is None and not alone:
        return None
    stop = stop or end
    span = Span(start, stop)
    beyond = stop + (0 if pointer else 2)
    if _SEVERAL.search(text, start, max(stop, min(beyond + 1, clause.end))):
        return None
    parts = _Parts(span.of(text))
    parts.take(_POINTER)
    parts.take(_ISSUED)
    kinds = parts.take_end(_WHOLE_KIND)
    if not kinds:
        parts.take_end(_ANYTHING)
    years = parts.take_years(today)
    offices = list(parts.take_offices())
    level = parts.take_level() or next((office.level for office in offices if office.level), None)
    places = [*parts.take_places(), *(gazetteer().named(office.place) for office in offices if office.place)]
    if any(NATION in place for place in places):
        level, places = level or NATION.level, [place for place in places if NATION not in place]
    made = Description(
        span,
        span.of(text),
        pointer is not None,
        tuple(dict.fromkeys(places)),
        level,
        tuple(dict.fromkeys(office.stem for office in offices)),
        years,
        kinds,
        tuple(parts.topic()),
    )
    if issued and made.conditions > 1:
        made = replace(made, pointed=True)
    told = sum(len(_HAN.findall(part)) for part in made.topic)
    return made if made.conditions or (made.pointed and made.topic) or (alone and told >= SHORTEST) else None


def _end_of_kind(text: str, marked: int | None, start: int, end: int) -> int | None:
    """Where the kind of document ends that a description closes with: the first one behind what points, else the end of the text."""
    if marked is None:
        found = _last(_KIND, text, start, end) or _last(_ANYTHING, text, start, end)
        return end if found and found.end() == end else None
    for pattern in (_KIND, _ANYTHING):
        stop: int | None = None
        for found in pattern.finditer(text, marked, end):
            if stop is not None and _BETWEEN.match(text[stop : found.start()]) is None:
                break
            stop = found.end()
        if stop is not None:
            return stop
    return end if marked >= end - 1 else None


def stem_of_office(name: str) -> str | None:
    """An office without place, level and the word for its rank, by which an office is recognised in any writing; None for no office.

    >>> stem_of_office("吉林省医疗保障局办公室"), stem_of_office("医保局"), stem_of_office("省政府")
    ('医保', '医保', '政府')
    """
    if name.startswith("国务院"):
        return "国务院"
    parts = parts_of(name) or parts_of(_STEM.sub("", name)) or parts_of(re.sub(r"^.{1,8}?[省市州县区旗]", "", name))
    usual = parts.usual if parts else national_body(name)
    if usual is None:
        return None
    if usual in word_lists()["general_offices"]:
        return "政府"
    return _STEM.sub("", usual.removeprefix("国家"))


@dataclass(frozen=True, slots=True)
class NamedOffice:
    """An office in a text: its stem, and the place or level it is named with or can only be of."""

    stem: str
    place: str | None
    level: str | None


def find_offices(text: str) -> list[NamedOffice]:
    """The offices named in a text, in its order."""
    return list(_Parts(text).take_offices())


class _Parts:
    """A description from which one thing after the other is taken; what is taken leaves a gap."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _cut(self, start: int, end: int) -> None:
        self.text = f"{self.text[:start]}{' ' * (end - start)}{self.text[end:]}"

    def take(self, pattern: re.Pattern[str]) -> None:
        for found in list(pattern.finditer(self.text)):
            self._cut(*found.span())

    def take_end(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The last match where it ends the text: its last group, or itself."""
        stripped = self.text.rstrip()
        found = _last(pattern, stripped, 0, len(stripped))
        if found is None or found.end() != len(stripped):
            return ()
        self._cut(*found.span())
        return (found[found.lastindex or 0],)

    def take_years(self, today: dt.date) -> tuple[int, ...]:
        years: list[int] = []
        for found in list(_YEAR.finditer(self.text)):
            years.append(int(found[1]))
            self._cut(*found.span())
        for word, offset in sorted(table("relative_years.tsv"), key=lambda row: -len(row[0])):
            if (at := self.text.find(word)) >= 0:
                years.append(today.year + int(offset))
                self._cut(at, at + len(word))
        return tuple(dict.fromkeys(years))

    def take_offices(self) -> Iterator[NamedOffice]:
        done = 0
        for end in [found.end() for found in _OFFICE_END.finditer(self.text)]:
            for start in range(max(done, end - LONGEST_OFFICE), end - 1):
                name = self.text[start:end]
                if " " not in name and (office := _office(name, self.text[end : end + 1])) is not None:
                    done = end
                    self._cut(start, end)
                    yield office
                    break

    def take_level(self) -> str | None:
        for word, level in sorted(table("levels_pointed_to.tsv"), key=lambda row: -len(row[0])):
            if (at := self.text.find(word)) >= 0:
                self._cut(at, at + len(word))
                return level
        return None

    def take_places(self) -> list[tuple[Division, ...]]:
        found = list(gazetteer().mentions(self.text))
        for mention in found:
            self._cut(mention.span.start, mention.span.end)
        return [mention.candidates for mention in found]

    def topic(self) -> Iterator[str]:
        """What is left, without particles at the ends of its stretches."""
        text = _BEFORE_NUMBER.sub(" ", self.text)
        for stretch in re.split(r"[\W_]+", text.replace("%", "％")):
            bare = stretch.replace("％", "%")
            while bare:
                first = _PARTICLE.match(bare)
                trimmed = bare[first.end() :] if first else bare
                last = _last(_PARTICLE, trimmed, 0, len(trimmed))
                trimmed = trimmed[: last.start()] if last and last.end() == len(trimmed) else trimmed
                if trimmed == bare:
                    break
                bare = trimmed
            if bare:
                yield bare


@lru_cache(maxsize=4096)
def _office(name: str, following: str) -> NamedOffice | None:
    if following == "门":
        return None
    parts = parts_of(name)
    stem = stem_of_office(name) if parts is not None or national_body(name) is not None else None
    if stem is None or (stem == "政府" and parts is not None and not (parts.place or parts.level)):
        return None
    if parts is None:
        return NamedOffice(stem, None, NATION.level)
    if parts.place in (NATION.name, *NATION.aliases) or parts.level == "中央":
        return NamedOffice(stem, None, NATION.level)
    return NamedOffice(stem, parts.place, _LEVELS.get(parts.level or "") or _LEVEL_OF_BODY.get(name[-1]))


_LEVELS = {"省": "省", "自治区": "省", "市": "市州", "州": "市州", "盟": "市州", "地区": "市州", "县": "县", "旗": "县"}


def _asked_around(text: str, clause: Span) -> tuple[int, int]:
    """A clause without words of asking at its ends; what points at a document stays."""
    start, end = clause.start, clause.end
    while start < end and (found := _leading().match(text, start, end)) and found.end() > start:
        start = found.end()
    changed = True
    while changed:
        changed = False
        for found in _trailing().finditer(text, start, end):
            if found.end() == end and found.start() > start:
                end, changed = found.start(), True
                break
    return start, end


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """The last of the longest matches of a list of words, read from left to right."""
    return max(pattern.finditer(text, start, end), key=lambda found: found.start(), default=None)


@lru_cache(maxsize=1)
def _leading() -> re.Pattern[str]:
    return re.compile(expand(r"(?:{asking_for}|\s)+"))


@lru_cache(maxsize=1)
def _trailing() -> re.Pattern[str]:
    words = [word for word in entries("asking_words.txt") if not word.startswith(tuple("那这文"))]
    return re.compile(rf"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))}|[\s的呢啊吗])+$")
