"""Questions about groups and cases: which item a document counts among those that entitle or exclude, what it does for whom."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Section, Span
from corpus.folding import fold
from corpus.wordlists import expand
from qa.study.facts import StudyFacts
from qa.study.question import QuizQuestion, typeset

_LEAD = re.compile(expand("qa", r"{list_leads}"))
_SAME = re.compile(r"[^\u4e00-\u9fff]")
_POINTING = re.compile(expand("qa", r"{list_pointing}"))
_FOR = re.compile(
    r"(?:(?<=[。；;\n])|(?<=[)）.、]))(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、．])?\s*对于?(?![接标照比应外内口])(?P<group>[^，,。；;：:\n]{6,40})[，,](?P<measure>[^。；;：:\n“”]{8,60})(?=[。；;])"
)
_FITS = re.compile(expand("qa", r"(?:{measure_verbs})"))
_LONGEST_LEAD, _SHORTEST_LEAD = 70, 10
_LONGEST_ITEM, _SHORTEST_ITEM = 60, 6
_SHARED = 0.4
"""Part of the pairs of characters that two leads may share and still be told apart."""


@dataclass(frozen=True, slots=True)
class ConditionList:
    """A list of conditions or cases: the words that open it, and its items."""

    row: int
    lead: Span
    items: tuple[Span, ...]
    note: str


def find_lists(study_facts: StudyFacts, as_of: dt.date) -> list[ConditionList]:
    """The lists of the documents that are rules: items behind words that end with a colon and say what they are."""
    out = []
    for row, note in study_facts.rules(as_of):
        document = study_facts.document(row)
        for section in document.outline:
            items = document.children(section)
            if len(items) < 2:
                continue
            found = _read(document.text, section, items)
            if found is not None:
                out.append(ConditionList(row, *found, note))
    return out


def _read(text: str, section: Section, items: Sequence[Section]) -> tuple[Span, tuple[Span, ...]] | None:
    before = text[section.start : items[0].start].rstrip()
    if not before.endswith(("：", ":")):
        return None
    start = (
        section.start + max(before.rfind(mark) for mark in "。；;\n") + 1
        if any(m in before for m in "。；;\n")
        else section.start + len(section.number or "")
    )
    lead = Span(start, section.start + len(before)).trimmed(text)
    said = lead.of(text)
    if not _SHORTEST_LEAD <= len(said) <= _LONGEST_LEAD or not _LEAD.search(said) or _POINTING.search(said):
        return None
    spans = []
    for item in items:
        whole = Span(item.start + len(item.number or ""), item.whole.end).trimmed(text)
        words = whole.of(text).lstrip(" 　、.．")
        whole = Span(whole.end - len(words), whole.end)
        if "\n" not in words and _SHORTEST_ITEM <= len(words) <= _LONGEST_ITEM and not _POINTING.search(words):
            spans.append(whole)
    return (lead, tuple(spans)) if spans else None


def members(study_facts: StudyFacts, as_of: dt.date, dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: which of four items stands under some words; the others stand in other lists of the same document."""
    by_document: dict[int, list[ConditionList]] = defaultdict(list)
    for one in find_lists(study_facts, as_of):
        by_document[one.row].append(one)
    lists = [one for some in by_document.values() if len(some) > 1 for one in some]
    for one in dice.sample(lists, len(lists)):
        text = study_facts.document(one.row).text
        lead = one.lead.of(text)
        own = {_plain(item.of(text)) for item in one.items}
        others = [
            item
            for other in by_document[one.row]
            if other is not one and _likeness(lead, other.lead.of(text)) < _SHARED
            for item in other.items
            if not any(_likeness(_plain(item.of(text)), mine) > _SHARED for mine in own)
        ]
        if len(others) < 3:
            continue
        item = dice.choice(one.items)
        # 有下列情形之一的 is followed by items in 的: the others must end alike
        others = [other for other in others if _is_case(other.of(text)) == _is_case(item.of(text))]
        wrong = list(dict.fromkeys(_shown(other.of(text)) for other in dice.sample(others, len(others))))[:3]
        right = _shown(item.of(text))
        if len(wrong) < 3 or right in wrong:
            continue
        options = [right, *wrong]
        dice.shuffle(options)
        asked = typeset(lead.rstrip("：: "))
        prompt = f"《{study_facts.title_at(one.row, one.lead.start)}》规定：“{asked.replace('“', '‘').replace('”', '’')}”。下列哪一项列在其中？"
        cites = tuple(study_facts.cite_place(one.row, span) for span in (one.lead, item))
        yield QuizQuestion(
            "single", prompt, (right,), cites, tuple(options), note=one.note, facts=(f"{study_facts.infos[one.row].id}:{item.start}",),
            proof=(item.of(text),), aim="entitlement",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupMeasure:
    """What is done for a group of people or things: ``对丧失劳动能力的，纳入低保``."""

    row: int
    group: Span
    measure: Span
    note: str


def find_measures(study_facts: StudyFacts, as_of: dt.date) -> list[GroupMeasure]:
    """The sentences of rules and plans that say for whom something is done, and what."""
    out = []
    for row, note in study_facts.rules(as_of):
        text = study_facts.document(row).text
        for found in _FOR.finditer(text):
            group, measure = Span(*found.span("group")), Span(*found.span("measure"))
            said = found[0]
            if (
                not _POINTING.search(said)
                and _FITS.match(found["measure"])
                and not study_facts.mentions_ended_period(row, said, as_of)
            ):
                out.append(GroupMeasure(row, group, measure, study_facts.note_of(said) or note))
    return out


def measures(study_facts: StudyFacts, as_of: dt.date, dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: what a document does for a group; the others are what it does for other groups."""
    by_document: dict[int, list[GroupMeasure]] = defaultdict(list)
    for one in find_measures(study_facts, as_of):
        by_document[one.row].append(one)
    found = [one for some in by_document.values() if len(some) > 3 for one in some]
    for one in dice.sample(found, len(found)):
        text = study_facts.document(one.row).text
        group, right = one.group.of(text), _shown(one.measure.of(text))
        others = [
            _shown(other.measure.of(text))
            for other in by_document[one.row]
            if _likeness(group, other.group.of(text)) < _SHARED
            and _likeness(right, other.measure.of(text)) < _SHARED
            and _has_number(right) == _has_number(other.measure.of(text))
        ]
        wrong = list(dict.fromkeys(dice.sample(others, len(others))))[:3]
        if len(wrong) < 3:
            continue
        options = [right, *wrong]
        dice.shuffle(options)
        title = study_facts.title_at(one.row, one.group.start)
        prompt = f"按《{title}》，对“{typeset(group.replace('“', '‘').replace('”', '’'))}”，规定的是下列哪一项？"
        cite = study_facts.cite_place(one.row, study_facts.sentence_at(one.row, Span(one.group.start, one.measure.end)))
        yield QuizQuestion(
            "single", prompt, (right,), (cite,), tuple(options), note=one.note, facts=(f"{study_facts.infos[one.row].id}:{one.group.start}",),
            proof=(one.measure.of(text),), aim="entitlement",
        )  # fmt: skip


def _shown(words: str) -> str:
    return typeset(words.strip().rstrip("；;。，,、：:"))


def _has_number(words: str) -> bool:
    return re.search(r"\d", words) is not None


def _is_case(words: str) -> bool:
    return _shown(words).endswith("的")


def _plain(words: str) -> str:
    return _SAME.sub("", fold(words))


def _likeness(one: str, other: str) -> float:
    first, second = ({words[i : i + 2] for i in range(len(words) - 1)} for words in (_plain(one), _plain(other)))
    return len(first & second) / max(1, min(len(first), len(second)))
