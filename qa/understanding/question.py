"""Parsing a question 问题理解: its kind, the regions and documents it is about, and its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.divisions import NATION, Division, gazetteer
from corpus.folding import fold
from corpus.numerals import read_whole_number
from corpus.text import readable
from graph.tasks.beneficiaries import find_beneficiaries
from index.lexical.tokens import cut_words
from qa.answer import Understanding
from qa.understanding.follow_ups import SHORT, CompletedQuestion, QuestionSlots, complete_question, strip_pointers
from qa.understanding.kinds import COUNTERPART, kind_of, label_of_kind
from qa.understanding.lexicons import everyday_forms, first_phrase, function_words, phrases
from qa.understanding.library_questions import LibraryQuestion, read_library_question
from qa.understanding.names import KnownNames, Mention, NamedDocuments
from qa.understanding.spelling import find_sound_slips, near_misses
from qa.understanding.validity import Aspect, find_aspects
from qa.understanding.wordings import (
    correct_typing,
    drop_unsaid,
    order_keywords,
    order_query,
    strip_courtesy,
    unify_names,
    unify_wording,
)

LONGEST = 500
"""Characters of a question that are read; nobody asks for more in earnest."""

_quoted = re.compile(r"[“\"‘'「『]([^”\"’'」』“‘「『]{2,60})[”\"’'」』]")
_title = re.compile(r"《([^《》]{2,80})》")
_year = re.compile(r"(?<!\d)((?:19|20)\d\d)年?")
_which_count = re.compile(
    r"(?:哪|这|的|分为?|设置了|设定了|有)(\d{1,3}|[两一二三四五六七八九十]{1,3})(?:个|项|类|条|点|方面|家|种|大|户)"
)
ASKS_DUTIES = re.compile(
    r"哪(?:些|几)(?:项|个|条)?[\u4e00-\u9fff]{0,8}(?:任务|工作|职责|事项|重点)|负责(?:什么|哪些|哪几|的任务)|承担(?:什么|哪些|哪几)|(?:哪|几)项|有哪些(?:任务|职责|工作)"
)
"""Asks for the tasks of a unit, not for the unit of a task."""
_nation = re.compile(r"^全国|全国(?:层面|文章|文件|宣传|性文件|范围|平均|总体)|(?:国家|中央)(?:层面|文件|文章|政策|级文件)")
_either = re.compile(r"([\u4e00-\u9fff]{2})[(（]([\u4e00-\u9fff]{2})[)）]([\u4e00-\u9fff]{2})")


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A parsed question.

    Args:
        text: The question, stripped and cut to ``LONGEST``.
        folded: The folded question with misspelt names corrected.
        kind: The name of its kind.
        understood: What is shown to the user.
        divisions: The regions of the library it is about.
        outside: Regions it is about that the library has no document of.
        every_region: It asks about all regions (各地).
        documents: The rows of the documents it names.
        document_words: Words for kinds of documents in it (实施方案).
        quoted: Phrases in quotation marks.
        subject: What remains without names and function words, folded.
        count: How many things it asks for (哪三项)."""

    text: str
    folded: str
    kind: str
    understood: Understanding
    divisions: tuple[Division, ...] = ()
    outside: tuple[str, ...] = ()
    every_region: bool = False
    documents: tuple[int, ...] = ()
    document_words: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    subject: str = ""
    count: int | None = None
    places: tuple[str, ...] = ()
    """The names of regions as they stand in the question."""
    alternatives: tuple[tuple[str, str], ...] = ()
    """Words given in two forms: 扶贫（帮扶）车间 is 扶贫车间 or 帮扶车间."""
    query: str = ""
    """What is searched for: the question, a follow-up as completed by the one before it."""
    counted: str = ""
    """The count with what is counted, as a document would write it: 两大平台, 六大体系."""

    named: NamedDocuments = field(default_factory=NamedDocuments)
    """The documents it names, and the numbers in it that the library does not have."""
    aspects: tuple[Aspect, ...] = ()
    """What it asks of the force of the documents it names."""
    of_library: LibraryQuestion | None = None
    """What it asks of the library itself."""

    @property
    def several(self) -> bool:
        """True if it is about more than one region or document."""
        return self.every_region or len(self.divisions) > 1 or (len(self.places) > 1 and self.kind in ("comparison", "multi_doc"))


def parse_question(question: str, known: KnownNames, previous: Understanding | None = None) -> ParsedQuestion:
    """Parse a question with the names of the library.

    Args:
        question: As typed.
        known: The names in the library.
        previous: How the previous question was understood, if this may be a follow-up."""
    # half a character (a lone surrogate) can be neither written nor hashed
    text = readable(question.strip()[:LONGEST])
    completed = _complete(fold(text), known, previous) if previous is not None else None
    if completed is None:
        return _parse(text, known, previous)
    parsed = _parse(completed.text, known, None)
    return replace(parsed, text=text, understood=replace(parsed.understood, kept=completed.kept))


def _complete(folded: str, known: KnownNames, previous: Understanding) -> CompletedQuestion | None:
    """A follow-up completed by the question before; None for a whole question."""
    mentions, rest = _regions(folded, known, [])
    if _of_library(folded, rest, mentions, known, previous) is not None:
        return None
    said, marked = strip_pointers(folded, [mention.text for mention in mentions])
    if not marked and kind_of(folded) in ("definition", "named_period"):
        return None  # 什么是过渡期 is short and whole
    own = _slots(said, known)
    before = _slots(previous.question or "".join((*previous.regions, *map(str, previous.years), previous.subject)), known)
    return complete_question(own, before, marked=marked, label=label_of_kind(previous.kind))


def _slots(folded: str, known: KnownNames) -> QuestionSlots:
    """What a question says of place, year, document and subject."""
    mentions, rest = _regions(folded, known, [])
    for mention in mentions:
        if mention.asked:
            rest = rest.replace(mention.text, " ")
    years = tuple(dict.fromkeys(match[0] for match in _year.finditer(rest)))
    rest = _year.sub(" ", rest)
    titles = tuple(match[0] for match in _title.finditer(folded))
    named = known.documents_named(folded)
    titles = titles or tuple(mention.text for mention in named.sure(folded) if mention.kind != "described")
    for title in titles:
        rest = rest.replace(title, " ")
    subject = tuple(piece for piece in _subject(_amount_asked.sub(" ", rest)).split() if len(piece) > 1 or len(folded) < SHORT)
    places = tuple(dict.fromkeys(mention.text for mention in mentions if mention.divisions or mention.asked))
    return QuestionSlots(folded, places, years, titles, find_beneficiaries(folded), known.units_in(folded), subject)


def _parse(text: str, known: KnownNames, previous: Understanding | None) -> ParsedQuestion:
    """Parse a whole question; the one before it only tells whether the library must be named to be asked about."""
    folded, corrections = correct_typing(fold(order_keywords(text)), known.occurs)
    folded, slips = correct_sound_slips(folded, known)
    corrections += slips
    own, folded = strip_courtesy(folded), unify_wording(unify_names(folded))
    mentions, rest = _regions(folded, known, corrections)
    of_library = _of_library(folded, rest, mentions, known, previous)
    titled = known.place_in_titles(folded) if not mentions else ()
    if titled:
        mentions.append(Mention(titled[0], (), False))
        rest = rest.replace(titled[0], " ")
    for wrong, right in near_misses(rest, known.fixed_names, known.occurs):
        corrections.append((wrong, right))
        rest, folded, own = (part.replace(wrong, right) for part in (rest, folded, own))
    every = None if COUNTERPART.search(folded) else first_phrase(folded, phrases("all_regions.txt"))
    if every:
        rest = rest.replace(every, " ")
    divisions = tuple(dict.fromkeys(d for m in mentions for d in m.divisions))
    outside = tuple(dict.fromkeys(m.text for m in mentions if not m.divisions and m.asked))
    unplaced = known.unplaced(outside[0]) if len(outside) == 1 and not divisions else ()
    if unplaced:
        rest, outside = rest.replace(outside[0], " "), ()
    titles = tuple(m[1] for m in _title.finditer(folded))
    named = known.documents_named(folded)
    rest = _beside_descriptions(folded, named, known) or rest
    sure = tuple(row for mention in named.sure(folded) for row in mention.documents)
    documents = sure or (known.titled(titled[0]) if titled else ()) or unplaced
    for title in titles:
        if documents:
            rest = rest.replace(f"《{title}》", " ")
    alternatives = tuple(dict.fromkeys((m[1] + m[3], m[2] + m[3]) for m in _either.finditer(rest)))
    rest = _either.sub(lambda m: f" {m[1]}{m[3]} ", rest)
    quoted = tuple(dict.fromkeys(m[1] for m in _quoted.finditer(folded)))
    words, rest = _document_words(rest, known)
    several = len({m.text for m in mentions if m.divisions or m.asked}) > 1 or every is not None
    aspects = _aspects(folded, named, known)
    kind = kind_of(
        folded,
        several=several,
        quoted=quoted,
        of_document=bool(aspects),
        of_library=of_library is not None,
        of_whole=_asks_whole(folded, named),
        of_changes=_asks_changes(folded, named),
    )
    if kind in ("list_tasks", "policy_lookup") and ASKS_DUTIES.search(folded) and known.units_in(folded):
        kind = "responsible_unit"
    counted = _which_count.search(folded)
    if counted and kind in ("list_tasks", "definition", "policy_lookup"):
        rest = rest.replace(counted[0], " ")
    rest = _amount_asked.sub(" ", rest)
    subject = _subject(rest)
    if kind == "policy_lookup" and folded.startswith(f"{subject}是什么") and subject in known.terms_in(subject):
        kind = "definition"  # 双创是什么
    everyday = tuple((phrase, "、".join(everyday_forms()[phrase][:3])) for phrase in find_everyday(subject))
    understood = Understanding(
        kind=kind,
        regions=tuple(d.short for d in divisions) + outside,
        documents=tuple(known.title(row) for row in documents),
        units=known.units_in(folded),
        topics=known.topics(subject),
        years=tuple(dict.fromkeys(int(m[1]) for m in _year.finditer(folded))),
        beneficiaries=known.beneficiaries_in(folded),
        keywords=tuple(subject.split()),
        corrections=(*corrections, *((a, b) for a, b in everyday if a not in b)),
        subject=subject,
        every_region=every is not None,
        question=own,
    )
    return ParsedQuestion(
        text, folded, kind, understood, divisions, outside, every is not None, documents, words, quoted, subject,
        read_whole_number(counted[1]) if counted else None, tuple(m.text for m in mentions), alternatives, order_query(folded, [(m.text, m.divisions[0].short) for m in mentions if m.divisions]), _counted_phrase(folded), named, aspects, of_library,
    )  # fmt: skip


def correct_sound_slips(folded: str, known: KnownNames) -> tuple[str, list[tuple[str, str]]]:
    """A folded question with characters typed for others of the same sound put right, and what was: (written, read).

    Titles, quoted words and names of places stay as they are.
    """
    spans = [match.span() for pattern in (_quoted, _title) for match in pattern.finditer(folded)]
    spans += [(m.span.start, m.span.end) for m in gazetteer().mentions(folded)]
    made: list[tuple[str, str]] = []
    for slip in find_sound_slips(folded, known.frequency, known.occurs):
        if not any(start <= slip.at < end for start, end in spans):
            corrected = folded[: slip.at] + slip.meant + folded[slip.at + 1 :]
            made.append((folded[slip.start : slip.end], corrected[slip.start : slip.end]))
            folded = corrected
    return folded, made


def _of_library(
    folded: str, rest: str, mentions: Sequence[Mention], known: KnownNames, previous: Understanding | None
) -> LibraryQuestion | None:
    """What a folded question, and the rest of it without the names of places, ask of the library itself."""
    for mention in mentions:
        if not mention.divisions and mention.asked:
            rest = rest.replace(mention.text, " ")
    for every in phrases("all_regions.txt"):
        if "哪" not in every and "文件" not in every:  # 哪些地区, 所有文件: what is asked for
            rest = rest.replace(every, " ")
    issuers, kinds = known.head_names
    named = previous is None or previous.kind == "library"
    kinds |= frozenset(phrases("document_words.txt"))
    units: dict[str, str] = {}
    for unit in known.units_in(folded):
        words = unit
        for mention in mentions:
            words = words if words in rest else words.replace(mention.text, "")
        if len(words) > 1:
            units[words] = unit
    if not units and (department := known.department_at_start(rest)) is not None:
        units[department] = department
    return read_library_question(rest, places=bool(mentions), issuers=issuers, kinds=kinds, named=named, units=units)


def _asks_changes(folded: str, named: NamedDocuments) -> bool:
    """Whether it is asked what changed in a document that is named."""
    sure = any(mention.kind != "described" for mention in named.sure(folded))
    return sure and first_phrase(folded, phrases("change_words.txt")) is not None


def _asks_whole(folded: str, named: NamedDocuments) -> bool:
    """Whether nothing but what a named document says is asked."""
    spans = [mention.span for mention in named.sure(folded) if mention.kind != "described"]
    if not spans:
        return False
    for span in spans:
        folded = folded[: span.start] + " " * len(span) + folded[span.end :]
    rest = folded
    for words in phrases("overview_words.txt"):
        rest = rest.replace(words, " ")
    asked = rest != folded
    for words in function_words():
        rest = rest.replace(words, " ")
    return asked and not re.search(r"\w", rest)


def _beside_descriptions(folded: str, named: NamedDocuments, known: KnownNames) -> str:
    """What a question asks of the document that it describes; empty where it describes none or asks nothing else."""
    spans = [mention.span for mention in named.mentions if mention.kind == "described"]
    for span in spans:
        folded = folded[: span.start] + " " * len(span) + folded[span.end :]
    left = _regions(folded, known, [])[1] if spans else ""
    return left if len("".join(_subject(left).split())) >= 2 else ""


def _aspects(folded: str, named: NamedDocuments, known: KnownNames) -> tuple[Aspect, ...]:
    """What is asked of the force of documents; nothing where no document is named."""
    titles = known.titles(row for mention in named.mentions for row in mention.documents[:3])
    described = not named.mentions and not named.numbers and not any("《" in span.of(folded) for span in named.names)
    return find_aspects(folded, named.spans, titles, described=described) if named.spans else ()


_amount_asked = re.compile(
    r"(?:要|得|应|需)?(?:达到|给到?|涨到|提高到|提到)?(?:多少|(?<!哪)几)(?:[万亿千百]{0,2}(?:元|块钱|块|钱)|[万亿千百]{0,2}(?:个百分点|百分点|个工作日|工作日|个?小时|分钟"
    r"|平方公里|平方米|立方米|公里|公顷|个月|个|户|人|名|家|所|座|套|张|辆|台|条|项|次|件|处|吨|亩|倍|岁|天|日|年)(?![\u4e00-\u9fff]*[局委办]))"
    r"(?:以上|以下|以内|左右)?(?:一个月|每个?月|一年|每年)?"
)
"""多少户以上, 几个工作日, 多少钱一个月: how the value is asked for, not what of."""

_counted_thing = re.compile(r"哪([\d两一二三四五六七八九十]{1,3}(?:个|项|大|类|条|种)?[\u4e00-\u9fff]{0,2})")


def _counted_phrase(folded: str) -> str:
    match = _counted_thing.search(folded)
    return match[1] if match else ""


def _regions(folded: str, known: KnownNames, corrections: list[tuple[str, str]]) -> tuple[list[Mention], str]:
    """The regions in a question, and the question without the names of the library's regions."""
    mentions: list[Mention] = []
    rest = folded
    taken: list[tuple[int, int]] = []
    if match := _nation.search(folded):
        mentions.append(Mention("全国", (NATION,), True))
        taken.append(match.span())
        rest = rest.replace("全国", "  ", 1)
    spots: list[tuple[int, int, str]] = []
    matched: list[tuple[int, int]] = list(taken)
    for found in gazetteer().mentions(folded):
        start, end = found.span.start, found.span.end
        if NATION in found.candidates or any(a < end and start < b for a, b in taken):
            continue
        text = found.text
        suffix = folded[end : end + 1]
        if (
            text[-1] not in "省市州县区旗盟"
            and suffix in _sound_alikes
            and any(text + right in known.region_names for right in _sound_alikes[suffix])
        ):
            # 甘南洲: the stem is right, the class word is written with a sound-alike
            right = next(r for r in _sound_alikes[suffix] if text + r in known.region_names)
            corrections.append((text + suffix, text + right))
            end += 1
        elif suffix and text + suffix in known.region_names:
            end += 1
        divisions, inside = known.match(found.candidates)
        taken.append((start, end))
        if divisions:
            matched.append((start, end))
        asked = start == 0 or text[-1] in "省市州县区旗盟" or len(found.candidates[0].code) <= 4
        mentions.append(Mention(folded[start:end], divisions, asked))
        if divisions and not inside:
            spots.append((start, end, " "))
    if not any(start == 0 for start, _ in taken) and (county := known.county_at_start(folded)) is not None:
        name, division = county
        mentions.append(Mention(name, (division,), True))
        spots.append((0, len(name), " "))
        matched.append((0, len(name)))
    for start, end, name, found_divisions in known.misspelt_regions(folded, matched):
        # a shorter name inside the misspelt one was none (兴安 in 大兴安领)
        mentions = [m for m in mentions if m.divisions or m.text not in folded[start:end]]
        corrections.append((folded[start:end], name))
        mentions.append(Mention(name, found_divisions, True))
        spots.append((start, end, " "))
    for start, end, blank in sorted(spots, reverse=True):
        rest = rest[:start] + blank * (end - start) + rest[end:]
    if any(m.divisions for m in mentions):
        # a place that the library has no document of is part of what is asked once another place is named (跟天津对接)
        mentions = [m if m.divisions else replace(m, asked=False) for m in mentions]
    return mentions, rest


_towards = re.compile("^对(?![象接口外标照策比应方等称立手话])(?=[\u4e00-\u9fff]{2})")
"""A preposition left at the head of a piece once the name before it is taken away: 对通硬化路的自然村."""

_sound_alikes = {
    "洲": ("州",),
    "周": ("州",),
    "洵": ("州",),
    "是": ("市",),
    "事": ("市",),
    "式": ("市",),
    "声": ("省",),
    "现": ("县",),
}


def _document_words(rest: str, known: KnownNames) -> tuple[tuple[str, ...], str]:
    words: list[str] = []
    for word in phrases("document_words.txt"):
        # 规划期, 通知书: the word is part of another one there
        taken = re.sub(re.escape(word) + "(?![期书库性])", " ", rest)
        if taken != rest:
            words.append(word)
            rest = taken
    return tuple(words), rest


def find_everyday(text: str) -> tuple[str, ...]:
    """The everyday phrases in a text, longest first, without overlaps."""
    found: list[str] = []
    rest = text
    for phrase in sorted(everyday_forms(), key=lambda p: (-len(p), p)):
        if phrase in rest:
            found.append(phrase)
            rest = rest.replace(phrase, " ")
    return tuple(found)


def _subject(rest: str) -> str:
    """The subject of a question: the pieces left without function words and punctuation, separated by blanks."""
    kept = find_everyday(rest)
    cut = cut_words(rest) if kept else []
    for i, phrase in enumerate(kept):
        mark = chr(0xE000 + i)
        for word in cut:
            if len(word) == len(phrase) + 1 and phrase in word:
                rest = rest.replace(word, f" {word.replace(phrase, mark)} ")  # the 量 of 用电量 belongs to no other word
        rest = rest.replace(phrase, f" {mark} ")
    for word in function_words():
        if len(word) > 1:
            rest = rest.replace(word, " ")
    for i, phrase in enumerate(kept):
        rest = rest.replace(chr(0xE000 + i), phrase)
    # the point in PM2.5 and 1.6% is no stop
    pieces = re.sub(r"(?!(?<=[\da-z])\.(?=\d))[^\w%〔〕\[\]、+·-]|_", " ", rest.replace("〔", " ")).split()
    plain = (piece if piece in kept else drop_unsaid(_towards.sub("", piece)) for piece in pieces)
    return " ".join(piece for piece in plain if piece)
