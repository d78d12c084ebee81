"""Repeals 废止 in the words of documents: what a closing article, a notice or a list takes out of force, and what it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from corpus.document import Span
from corpus.numerals import chinese_number
from graph.documents.numbers import DocumentNumber, find_numbers, parse_number
from graph.lexicon import alternatives, expand, word_lists

_STOPS = "。；;\n"
_TITLE = re.compile(r"《(?P<title>[^《》]{2,200}(?:《[^《》]{2,160}》[^《》]{0,80}){0,3})》")
_AFTER_TITLE = re.compile(
    r"\s{0,3}[（(\[【]\s?(?P<note>[^（()）\n]{2,40}(?:[（(][^（()）]{1,20}[)）][^（()）\n]{0,20})?)[)）\]】]"
)
_CARRIED_OUT = re.compile(expand(r"{based_on}[^《》，,。；;]{0,12}$"))
_LIST_FOLLOWS = re.compile(expand(r"^[^。；;\n]{0,24}(?:{pointing_to_lists}|[{numerals_to_hundred}\d]{1,4}[{pieces}])"))
_LIST_TITLE = re.compile(expand(r"{out_of_force}[^《》]{0,30}{kinds_of_lists}|{titles_of_lists}"))
_LIST_BEFORE = re.compile(expand(r"{pointing_to_lists}[^。；;\n]{0,40}$"))
_POINTS_TO_LIST = re.compile(expand(r"{pointing_to_lists}"))
_TITLE_LINE = re.compile(expand(r"关于[^。；;]{2,250}的{kinds_of_lists}$"))
_KEPT_LIST = re.compile(expand("{kept_lists}"))
_HEADING = re.compile(expand(r"^\s*(?:[{numerals}]{1,3}、|附件|（[{numerals}]{1,2}）|第[{numerals}]{1,3}[部条章])"))
_PART = re.compile(expand(r"第[{numerals_with_zero}\d]{1,5}[{parts}]|{parts_by_name}"))
_WHOLE = re.compile(expand(r"^(?:{words_for_documents}|[{numerals}\d]{1,3}[件份])*$"))
_MOST, _REACH = 200, 1000
"""Repeals read in one text, and characters of a sentence on either side of one: far more than documents have."""
_REACH_BEFORE = 60
_NEAR = 30
"""Characters between a verb and the title it repeals (废止我市此前印发的《…》)."""
_DONE = re.compile(expand(r"(?:{at_once}|自[^，,。；;]{2,16}起)$"))
_NUMBERED = re.compile(r"\d\s?号")
_EXCEPT = re.compile(r"除(?P<kept>[^，,。；;]{2,40}?)[以之]?外")
_DAY = r"((?:19|20)\d\d)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日"
_DATE = re.compile(rf"自?\s?{_DAY}\s?" + expand("{from_a_day}"))
_EXTENDS = re.compile(
    expand(r"{terms}[^。；;\n]{0,12}?(?:{prolonging}|调整)|{prolonging}[^。；;\n]{0,90}?{what_is_prolonged}|继续{going_on}")
)
_EXTENDS_WORDS = (*word_lists()["terms"], *word_lists()["prolonging"], "继续")
_EXTENDS_BEGINS = re.compile("[{}](?=[{}])".format(*("".join(sorted({word[i] for word in _EXTENDS_WORDS})) for i in (0, 1))))
_EXTENDED_TO = re.compile(rf"[至到]\s?{_DAY}")
_EXTENDED_BY = re.compile(expand(r"{prolonging}[^。；;\n]{0,14}?(?<!\d)([{numerals}两\d]{1,2})\s?年"))
_EXTENDED_TO_YEAR_END = re.compile(r"[至到]\s?((?:19|20)\d\d)\s?年\s?(?:12\s?月)?\s?[底末]")
_PART_FOLLOWS = re.compile(expand(r"\s?(?:中的?|的)?第.{1,6}[{parts}]|中"))
_FILLING = re.compile(expand(r"[\s、，,]|{at_once}|{filling}|自[^起]{2,16}起"))
_COMES_INTO_FORCE = re.compile(expand(r"(?:{going_on}|生效|有效期[^，,]{1,8}年)[，,]"))


@dataclass(frozen=True, slots=True)
class Repeal:
    """One document taken out of force, named by title or number or both. ``kept`` is what 除…外 leaves in force.

    ``partial`` where only articles are repealed; ``on`` is the day the sentence gives, else None; ``closing`` where the repeal
    goes together with the entry into force of the document that says it (同时废止).
    """

    title: str | None
    number: DocumentNumber | None
    span: Span
    partial: bool = False
    kept: str | None = None
    on: str | None = None
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer term for a document named by title or number: until a day, or by years."""

    title: str | None
    number: DocumentNumber | None
    span: Span
    until: str | None
    years: int | None = None


@dataclass(frozen=True, slots=True)
class TrialRule:
    """A rule that documents called 试行 or 暂行 are in force for so many years."""

    years: int
    span: Span


@dataclass(frozen=True, slots=True)
class ForceStatements:
    """What a document says of the force of other documents."""

    repeals: tuple[Repeal, ...] = ()
    extensions: tuple[Extension, ...] = ()
    trial: TrialRule | None = None


Named = tuple[str | None, DocumentNumber | None, int, int]
_Side = Literal["before", "after"]


def read_statements(text: str, title: str | None) -> ForceStatements:
    """The repeals, extensions and rules on trial documents in a text; ``title`` is its own."""
    tries = "有效期" in text
    if not _triggers().search(text) and not any(_extending(text)) and not (tries and _trial().search(text)):
        return ForceStatements()
    found: dict[object, Repeal] = {}
    for repeal in (*_repeals(text), *_listed(text, title or "")):
        # a title line and a list say less of a repeal than the sentence that dates it
        key = repeal.title or repeal.number
        held = found.get(key)
        if held is None or _telling(text, repeal) > _telling(text, held):
            found[key] = repeal
    return ForceStatements(tuple(found.values()), tuple(_extensions(text)), _trial_rule(text) if tries else None)


def _telling(text: str, repeal: Repeal) -> tuple[bool, bool, bool]:
    return repeal.on is not None, repeal.number is not None, _TITLE_LINE.search(repeal.span.of(text)) is None


def _repeals(text: str) -> Iterator[Repeal]:
    for trigger in islice(_triggers().finditer(text), _MOST):
        sentence = _sentence(text, trigger.start(), trigger.end())
        if (
            _intended().search(text, max(sentence.start, trigger.start() - 8), trigger.start())
            and "同时" not in text[trigger.start() - 4 : trigger.start()]
        ):
            continue
        start = _clause_start(text, sentence.start, trigger.start())
        after = list(_names(text, trigger.end(), sentence.end))
        verb_first = bool(after) and after[0][2] - trigger.end() <= _NEAR and not _DONE.search(text, start, trigger.start())
        before = (
            []
            if verb_first
            else [n for n in _names(text, start, trigger.start()) if not _CARRIED_OUT.search(text, sentence.start, n[2])]
        )
        on = _day(text, sentence)
        closing = "时" in text[trigger.start() - 3 : trigger.start()] or "施行" in sentence.of(text)
        if before:
            rest = text[before[-1][3] : trigger.start()]
            exception = _EXCEPT.search(text, start, trigger.start())
            partial = exception is None and _is_part(rest)
            kept = exception["kept"] if exception else None
            for i, (title, number, _, _) in enumerate(before):
                last = i == len(before) - 1
                inner = partial if last else _is_part(text[before[i][3] : before[i + 1][2]].strip("、，,和及与以 "))
                yield Repeal(title, number, sentence, inner, kept if last else None, on, closing)
            continue
        for title, number, _, end in after:
            follows = text[end : min(sentence.end, end + 24)]
            yield Repeal(
                title,
                number,
                sentence,
                _PART_FOLLOWS.match(follows) is not None,
                None,
                on,
                closing,
            )


def _listed(text: str, own_title: str) -> Iterator[Repeal]:
    """The documents of a list of repealed documents, in lines, tables or attachments; parts that keep or change are passed over."""
    if not _LIST_TITLE.search(own_title) and not any(
        _LIST_FOLLOWS.match(text, trigger.end())
        or _LIST_BEFORE.search(text, max(0, trigger.start() - _REACH_BEFORE), trigger.start())
        for trigger in _triggers().finditer(text)
    ):
        return
    on, listing = None, _LIST_TITLE.search(own_title) is not None
    start = 0
    for line in text.splitlines(keepends=True):
        span = Span(start, start + len(line)).trimmed(text)
        start += len(line)
        words = span.of(text)
        if not words:
            continue
        trigger = _triggers().search(words)
        names = list(_names(text, span.start, span.end))
        if trigger and (_LIST_FOLLOWS.match(words[trigger.end() :]) or not names):
            listing = not _intended().search(words[max(0, trigger.start() - 8) : trigger.start()])
            on = on or _day(text, span)
            continue
        heading = (_HEADING.match(words) and len(words) < 60) or _POINTS_TO_LIST.search(words)
        if heading and _KEPT_LIST.search(words) and trigger is None:
            listing = False
        if not listing or (trigger and names):
            continue
        if not names and re.match(r"\s*[（(]?\d{1,3}[)）]?\s?[.．、|]", words):
            names = [(re.sub(r"^[\s（(\d)）.．、|]+", "", words).strip(" ；;。|"), None, span.start, span.end)]
        if re.match(expand(r"\s*[（(|]?\s?\d{1,3}\s?[)）]?\s?[.．、|　 ]|\s*(?:[{numerals}]{1,3}、\s*)?《"), words):
            for title, number, _, _ in names:
                if number is None:
                    number = next((m.number for m in find_numbers(words) if m.bracketed), None)
                yield Repeal(title, number, span, False, None, on, False)


def _names(text: str, start: int, end: int) -> Iterator[Named]:
    """The documents named in a stretch: 《title》 with the number behind it, or a number alone."""
    taken: list[tuple[int, int]] = []
    for match in _TITLE.finditer(text, start, end):
        stop, number = match.end(), None
        note = _AFTER_TITLE.match(text, match.end(), min(end, match.end() + 70))
        if note is not None:
            number = parse_number(note["note"])
            stop = note.end()
        title = "".join(match["title"].split())
        taken.append((match.start(), stop))
        yield title, number, match.start(), stop
    for mention in find_numbers(text[start:end]) if _NUMBERED.search(text, start, end) else ():
        a, b = start + mention.span.start, start + mention.span.end
        if mention.bracketed and mention.number.serial is not None and not any(x < b and a < y for x, y in taken):
            lead = re.search(r"(?:[|｜]\s?|^\s*\d{1,3}[.．、]\s?)(?P<t>[^|｜《》\n]{6,90}?)\s?[（(|｜]\s?$", text[start:a])
            yield (lead["t"].strip() if lead else None), mention.number, a, b


def _is_part(rest: str) -> bool:
    """Whether the words between a title and the repeal narrow it to articles."""
    words = _FILLING.sub("", rest)
    return _WHOLE.match(words) is None and _PART.search(words) is not None


def _sentence(text: str, start: int, end: int) -> Span:
    """The sentence around a place; a line break inside 《…》 ends none."""
    begin = start
    while begin > 0:
        at = max(text.rfind(stop, 0, begin) for stop in _STOPS)
        opened = text.rfind("《", 0, at) if at >= 0 else -1
        if at < 0 or not (text[at] == "\n" and opened > text.rfind("》", 0, at) and at - opened < 120):
            begin = at + 1
            break
        begin = at
    ends = [at for stop in _STOPS if (at := text.find(stop, end)) >= 0]
    return Span(max(begin, start - _REACH), min(*ends, len(text), end + _REACH)).trimmed(text)


def _clause_start(text: str, start: int, trigger: int) -> int:
    """Where the list of repealed documents can begin: behind the clause on the entry into force."""
    found = list(_COMES_INTO_FORCE.finditer(text, start, trigger))
    return found[-1].end() if found else start


def _day(text: str, sentence: Span) -> str | None:
    found = list(_DATE.finditer(text, sentence.start, sentence.end))
    if not found:
        return None
    year, month, day = (int(part) for part in found[-1].groups())
    return f"{year}-{month:02}-{day:02}"


def _extending(text: str) -> Iterator[re.Match[str]]:
    """The places of ``_EXTENDS``, looked for only where one of its first words may begin: a sixth of the time."""
    end = 0
    for place in _EXTENDS_BEGINS.finditer(text):
        if place.start() >= end and (match := _EXTENDS.match(text, place.start())):
            end = match.end()
            yield match


def _extensions(text: str) -> Iterator[Extension]:
    for match in islice(_extending(text), _MOST):
        sentence = _sentence(text, match.start(), match.end())
        names = list(_names(text, sentence.start, sentence.end))
        to, by = _EXTENDED_TO.search(text, match.start(), sentence.end), _EXTENDED_BY.search(text, sentence.start, sentence.end)
        year = _EXTENDED_TO_YEAR_END.search(text, match.start(), sentence.end)
        if not names or (to is None and by is None and year is None):
            continue
        until = f"{to[1]}-{int(to[2]):02}-{int(to[3]):02}" if to else f"{year[1]}-12-31" if year else None
        years = None if by is None else int(by[1]) if by[1].isdigit() else int(chinese_number(by[1]) or 0)
        yield Extension(names[0][0], names[0][1], sentence, until, years)


def _trial_rule(text: str) -> TrialRule | None:
    for match in islice(_trial().finditer(text), _MOST):
        sentence = _sentence(text, match.start(), match.end())
        if "规范性文件" not in text[:4000]:
            continue
        written = match["n"]
        years = int(written) if written.isdigit() else int(chinese_number(written) or 0)
        if 0 < years <= 10:
            return TrialRule(years, sentence)
    return None


@lru_cache(maxsize=1)
def _triggers() -> re.Pattern[str]:
    return re.compile(alternatives("repeal_words.txt"))


@lru_cache(maxsize=1)
def _intended() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives('not_repealing.txt')})(?:予以?|[将被以])?$")


@lru_cache(maxsize=1)
def _trial() -> re.Pattern[str]:
    return re.compile(expand(r"{trials}[^。；;\n]{0,40}?有效期[^。；;\n]{0,12}?(?P<n>[{digits}两\d])\s?年"))
