"""What is asked about which places 所问与地区: the subject without the names of places, and the places themselves."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.divisions import Division
from corpus.folding import fold
from corpus.region_groups import find_groups
from corpus.wordlists import word_lists
from graph.codec.records import TargetRecord, TaskRecord
from graph.named_periods import named_periods
from qa.across.evidence import Subject
from qa.across.places import ComparedPlace, place_of
from qa.across.statements import groups_asked, kind_asked, words_below
from qa.answers.draft import label_part
from qa.documents import LibraryView
from qa.understanding.concepts import extract_text_concepts
from qa.understanding.lexicons import phrases
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion, parse_question

if TYPE_CHECKING:
    from index.passages import Hit
    from index.searcher import Searcher

WIDE = 40
"""Columns at most where no place is named: those with the most to say."""
SEARCHED = 200
"""Passages looked up to find the places that speak of a subject."""
SELECTED = 800
"""Documents up to which only those that count are searched."""
TOPIC_KIND = "policy_lookup"
SHORT_TOPIC = (4, 14)
"""Characters of a topic, the least without general words (政策, 要求): more say so much that one document is meant."""


_ASKED = re.compile(
    r"哪(?:个|些|几个)?(?:省份|省|城市|市|地区|地方|州|县)?(?:的)?(?=最|更|高|低|多|少|比|强|快)|(?:最|更)?(?:高|低|多|少)[?？]?$|[两三四五六七八九十几]个?(?:省|市|州|县|城市|地区|地方)(?=[^\u4e00-\u9fff]|[\u4e00-\u9fff])"
    r"|比一?比|，?(?:提高|调整|上调|降低)到多少|是?多少(?:钱)?|[?？]"
)
"""What asks and names no subject: 哪个市最高, 三个市, 比一比, 提高到多少."""


def subject_of(plain: str, parsed: ParsedQuestion, view: LibraryView, known: KnownNames) -> Subject:
    """A subject without the names of places, with its concepts, the sort of value it asks for and the groups it names."""
    sought = extract_text_concepts(parse_question(plain, known).subject or fold(plain), view, parsed.quoted)
    # what is said of 二孩家庭 is said of 多子女家庭
    wider = [replace(c, variants=(*c.variants, *words_below(c.text))) for c in sought.concepts]
    sought = replace(sought, concepts=tuple(wider))
    return Subject(plain, parsed, sought, plain, kind_asked(plain), groups_asked(plain))


def without_places(subject: str, parsed: ParsedQuestion) -> str:
    """What is compared: the subject without the names of places and groups and without the words that ask to compare."""
    text = fold(subject)
    text = _ASKED.sub(" ", text)
    for words in (*(w for w, _ in find_groups(text)), *sorted(parsed.places, key=len, reverse=True)):
        text = text.replace(fold(words), " ")
    lists = word_lists("qa")
    for word in lists["comparing_words"]:
        text = text.replace(word, " ")
    between = "|".join(map(re.escape, lists["between_places"]))
    text = re.sub(rf"^(?:\s|{between})+|(?:\s|{between}|[?？。,，])+$|\s(?:{between})+(?=\s)", " ", text)
    plain = "".join(text.split())
    for tail in lists["generic_tails"]:
        if plain.endswith(tail) and len(plain) >= len(tail) + 3:
            plain = plain.removesuffix(tail)
            break
    return plain or fold(subject)


def without_asking(plain: str) -> str:
    """A subject without the words that ask after all places and how they provide for it: 哪些地区规定了对…的, 各地…怎么规定."""
    lists = word_lists("qa")
    words = sorted((*lists["sweeps_all"], *lists["mention_askers"], *lists["sweeps_asking"]), key=len, reverse=True)
    # the documents are those of the period already
    rest = plain
    periods = sorted((word for name, p in named_periods().items() for word in (name, *p.markers)), key=len, reverse=True)
    for word in (*periods, *words):
        rest = rest.replace(word, " ")
    rest = rest.strip()
    for head in lists["mention_heads"]:
        rest = rest.removeprefix(head) if len(rest) > len(head) + 2 else rest
    return "".join(rest.split()) or plain


def is_topic(parsed: ParsedQuestion) -> bool:
    """Whether a question is hardly more than the name of a policy, of no place and no document: 脱贫人口参保资助, 医保资助政策有哪些."""
    if (
        parsed.kind != TOPIC_KIND
        or parsed.divisions
        or parsed.outside
        or parsed.documents
        or parsed.named.numbers
        or parsed.quoted
    ):
        return False
    lists = word_lists("qa")
    rest = parsed.folded.rstrip("?？。 ")
    for tail in lists["topic_tails"]:
        rest = rest.removesuffix(tail)
    asks = any(word in rest for word in lists["topic_except"])
    plain = without_asking(rest)
    named = plain
    for word in phrases("generic_words.txt"):
        named = named.replace(word, "")
    short = len(named) >= SHORT_TOPIC[0] and len(plain) <= SHORT_TOPIC[1]
    return short and not asks and not parsed.understood.units


def everywhere(
    subject: str,
    topic: str | None,
    view: LibraryView,
    searcher: Searcher,
    rows: Container[int] | None,
    counted: frozenset[int],
    most: int = WIDE,
    given: Mapping[int, Sequence[Hit]] | None = None,
) -> list[ComparedPlace]:
    """The places of the library that speak of a subject, from the nation down; documents of no place stand for themselves.

    Args:
        subject: The subject.
        topic: The name of a topic of the library, where the subject is one.
        view: The library.
        searcher: Finds the passages.
        rows: The documents that a place is given; all where None.
        counted: The documents that count.
        most: How many places at most, those with the most to say.
        given: What ``passages_on`` finds of as many places, where it was looked up already.
    """
    spoken = rows_on(subject, topic, view, searcher, counted, most, given) if len(counted) > WIDE else sorted(counted)
    places: dict[Division | int, ComparedPlace] = {}
    if len(counted) <= WIDE:
        view.prepare(spoken)
    for row in spoken:
        divisions = [part.division for part in view.document(row).parts] if len(counted) <= WIDE else list(view.regions[row])
        for division in dict.fromkeys(divisions):
            key = division if division is not None else row
            if key in places or len(places) >= most:
                continue
            if division is not None:
                places[key] = place_of(view, division, rows)
            else:
                document = view.document(row)
                name = label_part(document, document.parts[-1])
                places[key] = ComparedPlace(name, None, frozenset({row}), frozenset())
        if not divisions and len(places) < most:
            document = view.document(row)
            places[row] = ComparedPlace(label_part(document, document.parts[-1]), None, frozenset({row}), frozenset())
    names = Counter(place.name for place in places.values())
    told = [
        replace(place, name=f"{place.name}（{place.division.path}）") if names[place.name] > 1 and place.division else place
        for place in places.values()
    ]
    # no place speaks for another where all are there
    return sorted((replace(place, below=frozenset()) for place in told), key=lambda place: _order(place, view))


def _order(place: ComparedPlace, view: LibraryView) -> tuple[int, str]:
    if place.division is None:
        return (9, place.name)
    levels = ("国家", "省", "市州", "县", "乡镇")
    return (levels.index(place.division.level), place.division.code)


def passages_on(
    subject: str, view: LibraryView, searcher: Searcher, most: int, within: frozenset[int] | None = None
) -> dict[int, list[Hit]]:
    """The passages on a subject by document, best first, as many as ``everywhere`` looks at for as many places."""
    found: dict[int, list[Hit]] = defaultdict(list)
    for hit in searcher.search(subject, within=within, top=SEARCHED * most // WIDE, fold=False):
        if (row := view.by_id.get(hit.source_id)) is not None:
            found[row].append(hit)
    return found


def rows_on(
    subject: str, topic: str | None, view: LibraryView, searcher: Searcher, counted: frozenset[int], most: int,
    given: Mapping[int, Sequence[Hit]] | None,
) -> list[int]:  # fmt: skip
    """The documents that speak of a subject, best first."""
    if topic is not None:
        facts = [f.document for record in (TaskRecord, TargetRecord) for f in view.corpus.facts(record, key=("topic", topic))]
        return [row for row, _ in Counter(facts).most_common() if row in counted]
    if len(counted) <= SELECTED:
        given = passages_on(subject, view, searcher, most, counted)
    elif given is None:
        given = passages_on(subject, view, searcher, most)
    return [row for row in given if row in counted]
