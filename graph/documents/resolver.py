"""Resolving names of documents 文件指称: which documents of the library a text names, by number, title, short title, part of a title or file,
and which it describes without naming them.

Several documents may fit one name equally well; they are all given, best first, and none is chosen for the person who asked.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Literal, TypeVar
from weakref import ref

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Span
from corpus.folding import fold, folded
from corpus.holding import TextsByPairs
from corpus.store import Corpus, DocumentInfo, Heads, View, year_of
from graph.documents.contents import SearchContents, search_of
from graph.documents.described import DescribedDocuments
from graph.documents.descriptions import read_description
from graph.documents.names import extract_name
from graph.documents.numbers import NumberMention, agency_suffixes, find_numbers, parse_number, short_agency
from graph.lexicon import alternatives, entries, expand, table

MentionKind = Literal["number", "title", "short", "part", "file", "described"]
"""number 文号 · title 标题 · short 简称 · part 标题的一部分 · file 文件名 · described 只说了大概."""

SHORTEST_TITLE, SHORTEST_LAW, SHORTEST_PART = 5, 3, 6
"""Characters a title must have to be found inside a text, a law's (公司法), and what is taken for part of a title."""
LONGEST_NAME = 120
"""Characters of a query in which a name without title marks is looked for."""
PART, MOST, NEAR = 2.0, 0.8, 0.3
"""From this likeness on a title holds the name whole; the share of a name's pairs of characters that a title holds which is named
loosely; and how far behind the best others count as choices. Set on the names of one library, 2026-11."""
CHOICES = 30
"""Documents given for one name at most."""

_QUOTED = re.compile(
    r"[《〈<「『]([^《》〈〉<>「」『』\n]{2,200}(?:[〈<《][^〈〉<>《》]{1,80}[〉>》][^〈〉<>《》]{0,40})?)[》〉>」』]"
)
_MARKS = re.compile(r"[\W_]+")
_FOUR_DIGITS = re.compile(r"(?:19|20)\d\d")
_STATE = re.compile(expand(r"(?:{trials}|{states})$"))


@dataclass(frozen=True, slots=True)
class DocumentMention:
    """A name of documents in a text.

    ``documents`` are row numbers, best first; ``certain`` where number or title name just these. ``also`` are others whose titles
    hold the name too: drafts and other versions above all.
    """

    span: Span
    text: str
    kind: MentionKind
    documents: tuple[int, ...]
    certain: bool
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class UnmatchedDescription:
    """What is said of a document where none fits; ``near`` are the rows of documents that hold a part of it, best first."""

    span: Span
    text: str
    near: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text names, and the text without it; ``unmatched`` is a description that no document fits."""

    mentions: tuple[DocumentMention, ...]
    rest: str
    unmatched: UnmatchedDescription | None = None

    @property
    def documents(self) -> tuple[int, ...]:
        """Every document named, best first."""
        return tuple(dict.fromkeys(row for mention in self.mentions for row in mention.documents))

    @property
    def certain(self) -> bool:
        """Whether something is named beyond doubt."""
        return any(mention.certain for mention in self.mentions)


@dataclass(frozen=True, slots=True)
class _Title:
    """A title of a document in the form it is compared by, with what the comparison leaves out."""

    row: int
    form: str
    core: str
    region: str | None
    whole: bool
    """Whether it is the title of the file itself, not of a document inside it."""


_NumberKey = tuple[str, int | None, int | None]
_Key = TypeVar("_Key")
_NONE: frozenset[int] = frozenset()


class DocumentResolver(View):
    """The documents of a library by everything they may be called; ``resolve`` is safe for many threads."""

    def __init__(self, corpus: Corpus | None = None) -> None:
        # what is kept with a library must not hold it
        self._corpus = ref(corpus) if corpus is not None else None
        self._infos: dict[int, DocumentInfo] = {}
        self._described = DescribedDocuments()
        self._numbers: dict[_NumberKey, list[int]] = defaultdict(list)
        self._agencies: dict[str, Counter[str]] = defaultdict(Counter)
        self._titles: dict[int, _Title] = {}
        self._forms: dict[str, list[int]] = defaultdict(list)
        self._characters: dict[str, set[int]] = defaultdict(set)
        self._files: dict[str, list[int]] = defaultdict(list)
        self._file_names: TextsByPairs[str] = TextsByPairs()
        self._titles_of: dict[int, list[int]] = {}
        self._next = 0

    # ------------------------------------------------------------------ what there is

    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out and in, by their numbers, titles and files."""
        self._described.take(gone, come)
        for row, info in gone.items():
            self._drop_numbers(info)
            self._drop_titles(row)
            for form in _file_forms(info):
                if _drop(self._files, form, row):
                    self._file_names.discard(form)
            del self._infos[row]
        for row, info in come.items():
            self._infos[row] = info
            self._add_numbers(info)
            self._add_titles(info)
            for form in _file_forms(info):
                if form not in self._files:
                    self._file_names.add(form, form)
                insort(self._files[form], row)

    def _add_numbers(self, info: DocumentInfo) -> None:
        agencies, keys = _number_keys(info)
        for agency in agencies:
            self._agencies[agency[-2:]][agency] += 1
        for key in keys:
            insort(self._numbers[key], info.row)

    def _drop_numbers(self, info: DocumentInfo) -> None:
        agencies, keys = _number_keys(info)
        for agency in agencies:
            self._agencies[agency[-2:]][agency] -= 1
        for key in keys:
            _drop(self._numbers, key, info.row)

    def _add_titles(self, info: DocumentInfo) -> None:
        own = self._titles_of[info.row] = []
        for head in (info.head, *info.attached):
            title = head.title
            if not title:
                continue
            division = gazetteer().by_code.get(head.region_code or "")
            for form in dict.fromkeys(
                plain_title(one) for one in (title, extract_name(title), _bare(title), _bare(extract_name(title)))
            ):
                if len(form) < SHORTEST_LAW:
                    continue
                index = self._next = self._next + 1
                whole = head is info.head
                self._titles[index] = _Title(info.row, form, _without_places(form, division), head.region_code, whole)
                own.append(index)
                self._forms[form].append(index)
                for character in set(form):
                    self._characters[character].add(index)

    def _drop_titles(self, row: int) -> None:
        for index in self._titles_of.pop(row):
            form = self._titles.pop(index).form
            _drop(self._forms, form, index)
            for character in set(form):
                self._characters[character].discard(index)

    # ------------------------------------------------------------------ resolving

    def resolve(self, text: str, *, alone: bool = False, today: dt.date | None = None) -> Resolution:
        """The documents a text names.

        A number counts in any writing; a title in marks or whole in the text; what is left after words of asking counts as a short
        title or part of one where it fits a title; failing that, what is said of a document (去年市里发的关于……的意见).

        Args:
            text: A question, a query, or what a person writes in the place of a name.
            alone: Whether the text says nothing but which document is meant, so that a description need not point at one.
            today: The day that 去年 is counted from, today without it.
        """
        text = text[:2000]
        mentions: list[DocumentMention] = []
        busy: list[Span] = []
        for mention in [*self._by_file(text), *self._by_number(text), *self._by_quotes(text)]:
            if not any(mention.span.overlaps(other) for other in busy):
                mentions.append(mention)
                busy.append(mention.span)
        rest = _cut_out(text, busy)
        unmatched: UnmatchedDescription | None = None
        if not mentions:
            found = self._by_words(text)
            if found is None or found.kind in ("short", "file"):
                described, unmatched = self._by_description(text, alone, today or dt.date.today())
                found = described or found
            if found is not None:
                mentions.append(found)
                rest, unmatched = _cut_out(text, [found.span]), None
        elif any(mention.kind == "number" and not mention.certain for mention in mentions):
            mentions = self._narrowed(mentions, rest)
        return Resolution(tuple(mentions), rest, unmatched)

    def _search(self) -> SearchContents | None:
        """The search that looks into what documents say; None where there is none."""
        corpus = self._corpus() if self._corpus is not None else None
        return search_of(corpus) if corpus is not None else None

    def _by_description(
        self, text: str, alone: bool, today: dt.date
    ) -> tuple[DocumentMention | None, UnmatchedDescription | None]:
        """The documents that fit what is said of one, else what is said."""
        said = read_description(text, today, alone=alone)
        if said is None or not (said.pointed or alone):
            return None, None
        # a mere subject is looked for in titles: half the library may speak of it
        telling = said.pointed or said.conditions
        found = self._described.find(said, self._search() if telling else None)
        if not (telling or found.rows):
            return None, None
        if found.rows:
            return DocumentMention(said.span, said.text, "described", found.rows[:CHOICES], False), None
        return None, UnmatchedDescription(said.span, said.text, found.near[:CHOICES])

    def _by_file(self, text: str) -> Iterable[DocumentMention]:
        stripped = text.strip()
        rows = self._files.get(fold(stripped), ())
        if rows:
            start = text.index(stripped)
            yield DocumentMention(
                Span(start, start + len(stripped)), stripped, "file", tuple(rows[:CHOICES]), len(set(rows)) == 1
            )

    def _by_number(self, text: str) -> Iterable[DocumentMention]:
        for mention in find_numbers(text):
            rows, exact, length = self._numbered(mention)
            if not rows:
                continue
            start = mention.span.start + max(0, _agency_length(text, mention) - length) if length else mention.span.start
            span = Span(min(start, mention.span.end - 1), mention.span.end)
            yield DocumentMention(span, span.of(text), "number", tuple(rows[:CHOICES]), exact)

    def _numbered(self, mention: NumberMention) -> tuple[list[int], bool, int]:
        """The documents with a number, whether it is beyond doubt, and how long the agency code in front is."""
        number = mention.number
        key = (number.year, number.serial)
        whole = number.year is not None and number.serial is not None
        for suffix in agency_suffixes(number.agency):
            rows = self._numbers.get((suffix, *key))
            if rows and (whole or number.serial is None or mention.bracketed or suffix[-1:] not in "令"):
                complete = whole or (suffix.endswith("令") and number.serial is not None)
                return rows, complete, len(suffix)
        for suffix in agency_suffixes(number.agency) if number.year is not None else ():
            # an order is counted on through the years: 交通部令1996年第8号 is 交通部令第8号
            rows = self._numbers.get((suffix, None, number.serial)) if suffix.endswith("令") else None
            if rows:
                return rows, True, len(suffix)
        # 市政府令 for 广州市政府令, 住建部公告 for 住房城乡建设部公告: the end of a code, or codes that begin and end alike
        alike = [
            agency
            for agency, count in sorted(self._agencies.get(number.agency[-2:], {}).items())
            if count and _codes_alike(agency, number.agency) and (agency, *key) in self._numbers
        ]
        rows = list(dict.fromkeys(row for agency in alike for row in self._numbers[agency, *key]))
        return rows, False, 0

    def _by_quotes(self, text: str) -> Iterable[DocumentMention]:
        for match in _QUOTED.finditer(text):
            kind, rows, certain = self._titled(match[1], quoted=True)
            if rows:
                also = self._also(match[1], rows) if kind == "title" else ()
                yield DocumentMention(Span(*match.span()), match[1], kind, tuple(rows[:CHOICES]), certain, also)

    def _by_words(self, text: str) -> DocumentMention | None:
        """What is left of a text without words of asking, where it is a title, short title or part of a title."""
        span = name_span(text)
        name = span.of(text)
        if not 2 <= len(name) <= LONGEST_NAME:
            return None
        kind, rows, certain = self._titled(name, quoted=False, level=_level_asked(text))
        if not rows:
            return None
        also = self._also(name, rows) if kind == "title" else ()
        if kind == "title" and (place := self._place(text, name)) is not None:
            # what stands beside the title is no part of the name: 立法法 in 立法法最近一次修正是哪年
            span, name = place, place.of(text)
        return DocumentMention(span, name, kind, tuple(rows[:CHOICES]), certain, also)

    def _place(self, text: str, name: str) -> Span | None:
        """Where the title that stands in a name stands in the text; None where it is the whole name or written with other marks."""
        inside = self._inside(plain_title(name), name)
        return folded(text).find(inside[0].form) if inside else None

    def _narrowed(self, mentions: Sequence[DocumentMention], rest: str) -> list[DocumentMention]:
        """Choices by an incomplete number, those first whose title has the words beside it."""
        words = plain_title(name_span(rest).of(rest))
        out = []
        for mention in mentions:
            if mention.kind == "number" and not mention.certain and len(words) >= 2:
                fitting = [row for row in mention.documents if words in plain_title(self._infos[row].head.title or "")]
                rows = tuple(dict.fromkeys([*fitting, *mention.documents]))
                mention = DocumentMention(mention.span, mention.text, mention.kind, rows, mention.certain or len(fitting) == 1)
            out.append(mention)
        return out

    def _titled(self, name: str, *, quoted: bool, level: str | None = None) -> tuple[MentionKind, list[int], bool]:
        """Kind, documents and certainty of a title, short title or part of one."""
        for form in dict.fromkeys(plain_title(one) for one in (name, extract_name(name), _bare(name))):
            exact = [self._titles[i] for i in self._forms.get(form, ())] if len(form) >= SHORTEST_LAW else []
            agreeing = [title for title in exact if self._agrees(title, form, name)]
            if agreeing:
                return "title", self._best((1.0, title) for title in agreeing), True
        if not quoted:
            inside = self._inside(plain_title(name), name)
            if inside:
                return "title", self._best((1.0, title) for title in inside), True
        scored: dict[_Title, float] = {}
        for form, places in _readings(name):
            for title in self._holding(form) if len(form) >= SHORTEST_LAW else ():
                score = _likeness(form, title, places, level)
                if score > scored.get(title, 0.0) and (quoted or score >= PART or _is_name(form)):
                    scored[title] = score
        if not scored:
            return "file", self._in_file_names(name), False
        best = max(scored.values())
        kind: MentionKind = "part" if best >= PART else "short"
        rows = self._best((score, title) for title, score in scored.items() if score >= best - NEAR)
        return kind, rows, quoted and len(rows) == 1

    def _in_file_names(self, name: str) -> list[int]:
        """The documents with a name in the name of their file, where no title has it."""
        form = fold(name)
        if len(form) < SHORTEST_TITLE:
            return []
        return sorted({row for file in self._file_names.holding(form) for row in self._files[file]})

    def _also(self, name: str, rows: Sequence[int]) -> tuple[int, ...]:
        """Documents whose titles hold a name that is the whole title of others."""
        form = plain_title(name)
        if len(form) < SHORTEST_PART:
            return ()
        longer = [title for title in self._holding(form) if form in title.form and title.row not in rows]
        return tuple(self._best((len(form) / len(title.form), title) for title in longer))[:CHOICES]

    def _agrees(self, title: _Title, form: str, name: str) -> bool:
        """Whether what a name says beside a title fits its document: the years and the places (湖北2026年政府工作报告)."""
        rest = plain_title(name).replace(form, " ", 1)
        info = self._infos[title.row]
        known = f"{title.form} {plain_title(info.source)} {year_of(info.head) or ''}"
        if any(year not in known for year in _FOUR_DIGITS.findall(rest)):
            return False
        named_places = [mention.candidates for mention in gazetteer().mentions(rest)]
        return all(title.region is None or _of_places(title, candidates) for candidates in named_places)

    def _inside(self, text: str, name: str) -> list[_Title]:
        """The longest titles that stand whole in a text and whose documents fit what else it says."""
        found: list[_Title] = []
        longest = 0
        for size in range(min(len(text), LONGEST_NAME), SHORTEST_LAW - 1, -1):
            if longest:
                break
            for start in range(len(text) - size + 1):
                part = text[start : start + size]
                if part in self._forms and (size >= SHORTEST_TITLE + 1 or part.endswith(("法", "条例"))) and _is_name(part):
                    fitting = [self._titles[i] for i in self._forms[part] if self._agrees(self._titles[i], part, name)]
                    found += fitting
                    longest = size if fitting else longest
        return found

    def _holding(self, form: str) -> list[_Title]:
        """The titles that have every character of a form, or nearly all of a longer one."""
        characters = sorted(set(form), key=lambda c: (len(self._characters.get(c, ())), c))
        postings = [self._characters.get(character, _NONE) for character in characters]
        if not postings:
            return []
        if postings[0] and (found := postings[0].intersection(*postings[1:8])):
            return [self._titles[i] for i in found]
        if len(form) < SHORTEST_PART:
            return []
        least = MOST * len(postings)
        # a title that lacks few of the characters has one at least of the rarest
        possible = _NONE.union(*postings[: len(postings) - ceil(least) + 1])
        titles = (self._titles[i] for i in possible)
        return [title for title in titles if sum(character in title.form for character in characters) >= least]

    def _best(self, scored: Iterable[tuple[float, _Title]]) -> list[int]:
        """Rows by score; titles of files before titles of what is inside them, those with a number first, then as they came."""
        ordered = sorted(
            scored,
            key=lambda item: (-item[0], not item[1].whole, self._infos[item[1].row].head.doc_number is None, item[1].row),
        )
        rows = list(dict.fromkeys(title.row for _, title in ordered))
        whole = {title.row for _, title in ordered if title.whole}
        return [row for row in rows if row in whole] or rows


def plain_title(title: str) -> str:
    """A title in the form it is compared by: half width, without marks and without 中华人民共和国 in front of more.

    >>> plain_title("《中华人民共和国公司法》")
    '公司法'
    """
    form = _MARKS.sub("", fold(title[:400].replace("×", "x")))
    bare = form.removeprefix("中华人民共和国")
    return bare if len(bare) >= 3 else form


def name_span(text: str) -> Span:
    """The stretch of a text that may be a name: without words of asking and of pointing (还有效吗, 省里那个) at its ends."""
    start, end = 0, len(text)
    leading, trailing = _pointing(), _asking()
    changed = True
    while changed:
        changed = False
        found = leading.match(text, start, end)
        if found and found.end() > start and found.end() < end:
            start, changed = found.end(), True
        for found in trailing.finditer(text, start, end):
            if found.end() == end and found.start() > start:
                end, changed = found.start(), True
                break
    return Span(start, end)


def _number_keys(info: DocumentInfo) -> tuple[set[str], set[_NumberKey]]:
    """The agency codes of the numbers of a document, and everything by which those are looked up."""
    agencies: set[str] = set()
    keys: set[_NumberKey] = set()
    for head in (info.head, *info.attached):
        for one in filter(None, (head.doc_number, *(event.number for event in head.history))):
            number = parse_number(one) or parse_number("".join(head.issuers[:1]) + "令" + one)
            if number is None or number.serial is None:
                continue
            agency, year, serial = number.agency, number.year, number.serial
            agencies.add(agency)
            keys |= {(agency, year, serial), (agency, year, None), (agency, None, serial), ("", year, serial)}
    return agencies, keys


def _file_forms(info: DocumentInfo) -> set[str]:
    """The names of the file of a document: with its folder, without, and without its ending."""
    name = info.source.rsplit("/", 1)[-1]
    return {fold(form) for form in (info.source, name, name.rpartition(".")[0]) if len(form) >= SHORTEST_PART}


def _drop(index: dict[_Key, list[int]], key: _Key, number: int) -> bool:
    """Take a number out of a list; whether none is left there."""
    index[key].remove(number)
    if index[key]:
        return False
    del index[key]
    return True


def _likeness(form: str, title: _Title, places: Sequence[Division], level: str | None) -> float:
    """How well a form fits a title: above 2 it stands in it whole, above 1 its characters do in order; 0 where it does not fit."""
    if places and not _of_places(title, places):
        return 0.0
    if level and not _of_level(title.region, level):
        return 0.0
    bonus = 0.2 * bool(places) + 0.1 * title.whole
    for own in (title.core, title.form):
        if len(form) >= SHORTEST_PART - 2 * bool(places or _is_name(form)) and form in own:
            return 2 + len(form) / len(own) * 0.6 + bonus
    share = len(form) / max(1, len(title.core))
    if len(form) >= SHORTEST_LAW and share >= 0.4 and _ends_alike(form, title.core) and _in_order(form, title.core):
        return 1 + share * 0.6 + bonus
    if len(form) >= SHORTEST_PART:
        pairs = {form[i : i + 2] for i in range(len(form) - 1)}
        held = sum(pair in title.form for pair in pairs) / len(pairs)
        return held + bonus if held >= MOST else 0.0
    return 0.0


def _in_order(form: str, title: str) -> bool:
    at = -1
    for character in form:
        at = title.find(character, at + 1)
        if at < 0:
            return False
    return True


def _ends_alike(form: str, title: str) -> bool:
    return form[-1:] == title[-1:] and (form[:1] == title[:1] or len(form) >= SHORTEST_PART)


def _of_places(title: _Title, places: Sequence[Division]) -> bool:
    return any(title.region == place.code for place in places) or any(place.short in title.form for place in places)


def _of_level(region: str | None, level: str) -> bool:
    division = gazetteer().by_code.get(region or "")
    return division is not None and division.level == level


def _readings(name: str) -> Iterator[tuple[str, list[Division]]]:
    """The forms a name may have: whole, without its place, without 关于 … 的通知, without particles."""
    seen: set[str] = set()
    for written in (name, _bare(name), extract_name(name)):
        for form, places in ((plain_title(written), list[Division]()), _places_split(plain_title(written))):
            for reading in (form, form.replace("的", "")):
                if reading not in seen and len(reading) >= 2:
                    seen.add(reading)
                    yield reading, places


def _places_split(form: str) -> tuple[str, list[Division]]:
    """A form without the place it begins with, and the divisions that place may be."""
    for size in range(min(12, len(form) - 2), 1, -1):
        found = [d for d in gazetteer().named(form[:size]) if d != NATION]
        if found and len(form) - size >= 3:
            rest = form[size:]
            return rest[1:] if rest[:1] in "省市县区州的" and len(rest) > 3 and form[:size][
                -1:
            ] not in "省市县区州" else rest, found
    return form, []


def _without_places(form: str, division: Division | None) -> str:
    if division is None or division == NATION:
        return form
    for name in sorted({division.name, division.short, *division.aliases}, key=len, reverse=True):
        bare = form.removeprefix(fold(name))
        if bare != form and len(bare) >= 3:
            return bare
    return form


def _bare(title: str) -> str:
    """A title without 关于 … 的通知 around what it is about."""
    return _around().sub("", title.strip()).strip()


def _codes_alike(known: str, asked: str) -> bool:
    """Whether an agency code may be another writing of a known one: its end, or its words with something left out."""
    short = short_agency(asked)
    if len(short) >= 3 and known.endswith(short):
        return True
    return len(short) >= 4 and ((short[0] == known[0] and _in_order(short, known)) or short.endswith(("公告", "通告")))


def _agency_length(text: str, mention: NumberMention) -> int:
    """Characters before the first digit or bracket of a number mention."""
    found = re.search(r"[\d\[〔(【﹝〈<{（［第０-９]", mention.span.of(text))
    return found.start() if found else 0


def _is_name(form: str) -> bool:
    """Whether a form ends as names of documents do, a mark of its state (试行) left aside."""
    return _STATE.sub("", form).endswith(entries("document_kinds.txt"))


def _level_asked(text: str) -> str | None:
    """The level a person points to: 省里那个办法."""
    for word, level in table("levels_pointed_to.tsv"):
        if text.startswith(word):
            return level
    return None


def _cut_out(text: str, spans: Sequence[Span]) -> str:
    for span in sorted(spans, reverse=True):
        text = f"{text[: span.start]} {text[span.end :]}"
    return text.strip()


@lru_cache(maxsize=1)
def _around() -> re.Pattern[str]:
    return re.compile(rf"^关于(?:{alternatives('acts_of_issuing.txt')})?|的?(?:{alternatives('covering_kinds.txt')})$")


@lru_cache(maxsize=1)
def _pointing() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives('pointing_words.txt')}|[\s，,、：:？?。])+")


@lru_cache(maxsize=1)
def _asking() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives('asking_words.txt')}|[\s，,、：:？?。！!的呢啊吗])+$")
