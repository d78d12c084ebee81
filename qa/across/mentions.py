"""Which places or documents mention a thing 提到与否: every document in scope is looked through, none is left to a ranking."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.divisions import NATION, Division
from corpus.document import Span
from corpus.folding import fold
from corpus.store import DocumentInfo, year_of
from corpus.wordlists import expand, word_lists
from graph.documents.named import rows_behind
from index.equivalents import find_equivalents
from qa.across.places import places_asked
from qa.across.sweeps import drop_asides, own_words
from qa.documents import ChosenDocuments, DocumentView, LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

SHORTEST = 2
"""Characters of a thing that is looked for."""
READ_ALL = 300
"""Documents up to which all are read; of more those that the index has the characters of, so that 低空 in quotation marks is missed."""
RARE = 2
"""How many times as many documents may have the last word of a thing as have the thing itself, to be counted with them."""
_WHICH = re.compile(expand("qa", r"(?:{mention_askers})"))
_VERB = re.compile(expand("qa", r"(?:{mention_verbs})(?:了|过|到)?(?:要)?"))
_PASSIVE = re.compile(expand("qa", r"(?:{mention_passive})(?:了|过|到)?"))
_OF_WHICH = re.compile(expand("qa", r"的(?:省份|地区|地方|城市|文件|省区)?(?:都)?有?(?:{mention_askers})"))
_BARE = re.compile(r"的(?:省份|省区|省|地区|地方|城市|市县|省\(区、市\))[?？。]?$")
_PUT = re.compile(expand("qa", r"把([^,，。]{2,24}?)(?:{mention_put})"))
_TAIL = re.compile(expand("qa", r"(?:{mention_tails})+$|[?？。!！,，\s]+$"))
_HEAD = re.compile(expand("qa", r"^(?:{mention_heads})"))
_REPORT = re.compile(expand("qa", r"{mention_reports}"))
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年?")
_BETWEEN = r"[“”\"'‘’《》\s]?"


@dataclass(frozen=True)
class MentionQuestion:
    """What is looked for, and where.

    Attributes:
        thing: What is to be mentioned, as asked.
        places: The places whose documents are looked through; None for all, each place that has documents.
        of_documents: Whether documents are asked for, not places (哪些文件).
        reports: Whether only yearly reports are meant.
        year: The year of the documents, where one is named.
        negated: Whether those are asked for that do not mention it (哪些省没有提到).
    """

    thing: str
    places: tuple[Division, ...] | None
    of_documents: bool
    reports: bool
    year: int | None
    negated: bool = False


@dataclass(frozen=True)
class PlaceMention:
    """What a place or a document says of the thing.

    Attributes:
        place: The place; None for a document of none.
        document: The document.
        span: The sentence quoted.
        more: How many other sentences of it mention the thing.
        by: The last word of the thing, where it is mentioned by that alone (金融特派员 for 科技特派员).
    """

    place: Division | None
    document: DocumentView
    span: Span
    more: int
    by: str = ""


@dataclass(frozen=True)
class FoundMentions:
    """The mentions, and the places that were looked through without one."""

    question: MentionQuestion
    mentions: tuple[PlaceMention, ...]
    silent: tuple[Division, ...]
    without: tuple[Division, ...]
    """Places without such a document."""


def parse_mention_question(parsed: ParsedQuestion, view: LibraryView, known: KnownNames) -> MentionQuestion | None:
    """What a question after mentions looks for; None for another question.

    Example: of ``哪些省份的2026年政府工作报告提到人形机器人？`` 人形机器人 in the reports of 2026 of the provinces.
    """
    folded = drop_asides(own_words(parsed))  # the thing is looked for as it was asked
    found = _thing_asked(folded)
    if found is None or "《" in folded:
        return None
    thing, before = found
    if len(parsed.quoted) == 1 and parsed.quoted[0] in thing:
        thing = parsed.quoted[0]  # 公共设施“平急两用”建设: the words in marks are those of the texts
    if len(thing) < SHORTEST:
        return None
    read = places_asked(parsed, known, before)
    divisions = tuple(division for division in read.divisions if division != NATION)
    if len(divisions) == 1 and not read.whole:
        return None
    places = divisions or None
    years = _YEAR.findall(before)
    return MentionQuestion(
        thing,
        places,
        any(word in before for word in word_lists("qa")["mention_documents"]),
        _REPORT.search(before) is not None,
        int(years[0]) if years else None,
        before.rstrip().endswith(word_lists("qa")["mention_denied"]),
    )


def _thing_asked(folded: str) -> tuple[str, str] | None:
    """The thing that is to be mentioned, and what else the question says; None for a question after no mention.

    哪些省提到X, 提到X的有哪些省, X写进了几个省的报告.
    """
    which = _WHICH.search(folded)
    if which is None and (which := _BARE.search(folded)) is None:
        return None
    if (put := _PUT.search(folded)) is not None:
        return _thing_in(put[1]), folded[: put.start()] + folded[put.end() :]
    passive = _PASSIVE.search(folded)
    if passive is not None and passive.start() < which.start() and (thing := _thing_in(folded[: passive.start()])):
        return thing, folded[passive.end() :]
    if (own := _OF_WHICH.search(folded) or _BARE.search(folded)) is not None:
        verb = _VERB.search(folded, 0, own.start())
        if verb is not None:
            return _thing_in(folded[verb.end() : own.start()]), folded[: verb.start()] + folded[own.start() :]
    for verb in _VERB.finditer(folded):
        if verb.start() > which.start():
            return _thing_in(folded[verb.end() :]), folded[: verb.start()]
    return None


def _thing_in(words: str) -> str:
    """The thing in the words behind the verb: without what asks (的有哪些), marks and a verb of its own (发展)."""
    while (shorter := _TAIL.sub("", words)) != words:
        words = shorter
    words = re.split(r"[,，?？。;；]", words.strip(",， "))[0]
    words = words.strip("“”\"'‘’「」 ")
    while (shorter := _HEAD.sub("", words)) != words and len(shorter) >= SHORTEST:
        words = shorter
    return words


def find_mentions(question: MentionQuestion, view: LibraryView, chosen: ChosenDocuments, as_of: dt.date) -> FoundMentions:
    """Look through every document in scope.

    Args:
        question: What is looked for.
        view: The library.
        chosen: The documents that count.
        as_of: The day that decides which version of a work counts.
    """
    counted = frozenset(chosen.of(view)) - rows_behind(view.corpus, None, as_of)
    rows = [row for row in counted if _fits(view.infos[row], question)]
    found = _named_in(view, rows, forms_of(question.thing))
    wider: dict[int, PlaceMention] = {}
    if len(question.thing) > len(head := _head_of(question.thing)) and found:
        # 学生春秋假 for 中小学春秋假, where the last word is about as rare
        other = _named_in(view, rows, (head,))
        if len(other) <= RARE * len(found) + 1:
            wider = {row: replace(mention, by=head) for row, mention in other.items() if row not in found}
    found = {**wider, **found}
    if question.of_documents:
        mentions = tuple(found[row] for row in sorted(found, key=lambda r: (_day(view.infos[r]), -r), reverse=True))
        return FoundMentions(question, mentions, (), ())
    by_place: dict[Division, list[int]] = defaultdict(list)
    for row in rows:
        for division in view.regions[row]:
            if question.places is None or division in question.places:
                by_place[division].append(row)
    places = question.places if question.places is not None else tuple(sorted(by_place, key=lambda d: (len(d.code), d.code)))
    mentions_of = list(_of_places(places, by_place, found, view))
    told = {mention.place for mention in mentions_of}
    silent = tuple(place for place in places if place not in told and by_place[place])
    return FoundMentions(question, tuple(mentions_of), silent, tuple(p for p in places if not by_place[p]))


def _head_of(thing: str) -> str:
    """The last word of a thing of several words, at least three characters long: 春秋假 of 中小学春秋假; else the thing."""
    from index.lexical.tokens import tokenise

    head = ""
    for word in reversed(tokenise(thing).words):
        head = word + head
        if len(head) > SHORTEST:
            return head if thing.endswith(head) else thing
    return thing


def forms_of(thing: str) -> tuple[str, ...]:
    """The names under which a thing is looked for: of two joined by 或 each, and the other names of the same thing.

    >>> forms_of("长期护理保险")
    ('长期护理保险', '长护险', '长期照护保险')
    """
    names = [name for name in re.split("或者|或", thing) if len(name) >= SHORTEST] or [thing]
    forms = list(names)
    for name in names:
        folded = fold(name)
        forms += [folded.replace(own, other) for own, others in find_equivalents(folded).items() for other in others]
    return tuple(dict.fromkeys(forms))


def _named_in(view: LibraryView, rows: list[int], names: Sequence[str]) -> dict[int, PlaceMention]:
    """The mentions of something under some names in documents, by row."""
    pattern = re.compile("|".join(_BETWEEN.join(map(re.escape, fold(name))) for name in names), re.IGNORECASE)
    candidates: Iterable[int] = rows
    if view.searcher is not None and len(rows) > READ_ALL and all(len(name) > SHORTEST for name in names):
        holding = set().union(*(view.searcher.documents_with(name) for name in names))
        candidates = [row for row in rows if row in holding]
    found = ((document.info.row, _mention_in(document, pattern)) for document in view.documents(candidates))
    return {row: mention for row, mention in found if mention is not None}


def _of_places(
    places: Iterable[Division], by_place: dict[Division, list[int]], found: dict[int, PlaceMention], view: LibraryView
) -> Iterator[PlaceMention]:
    """One mention a place, of its newest document that has one."""
    for place in places:
        rows = [row for row in by_place[place] if row in found]
        if rows:
            best = found[max(rows, key=lambda row: (not found[row].by, _day(view.infos[row]), row))]
            yield replace(best, place=place)


def _mention_in(document: DocumentView, pattern: re.Pattern[str]) -> PlaceMention | None:
    places = dict.fromkeys(
        number for match in pattern.finditer(document.text) if (number := document.sentence_at(match.start())) is not None
    )
    if not places:
        return None
    # a sentence says more than a heading
    numbers = sorted(places, key=lambda number: (document.sentences[number].is_heading, number))
    return PlaceMention(None, document, document.sentences[numbers[0]].span, len(numbers) - 1)


def is_report(info: DocumentInfo) -> bool:
    """Whether a document is a yearly report, by its title or its file name."""
    return _REPORT.search(_names(info)) is not None


def years_in_names(info: DocumentInfo) -> list[int]:
    """The years in the title of a document and in its file name, in their order."""
    return [int(year) for year in _YEAR.findall(_names(info))]


def _names(info: DocumentInfo) -> str:
    return f"{info.head.title or ''}{info.source.rsplit('/', 1)[-1]}"


def _fits(info: DocumentInfo, question: MentionQuestion) -> bool:
    if question.reports and not is_report(info):
        return False
    return question.year is None or question.year in years_in_names(info) or year_of(info.head) == question.year


def _day(info: DocumentInfo) -> str:
    return info.head.issued_on or info.head.published_on or ""
