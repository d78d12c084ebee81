"""Questions about differences: what a rule was changed from and to, and how two places differ in one thing."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.divisions import gazetteer
from corpus.document import Span
from corpus.numerals import half_width
from corpus.store import StoredFact
from corpus.text import sentence_around
from corpus.wordlists import expand
from graph.codec.records import ProvisionRecord, TargetRecord
from qa.study.facts import StudyFacts
from qa.study.question import QuizQuestion, inner, is_balanced, typeset

_CHANGE = re.compile(
    expand(
        "qa",
        r"由(?:原来的|原来|原先的|原|现行的?|目前的?)?(?P<old>\d[\d.]*(?:{change_units})(?:/[月年户])?)(?P<act>{change_acts})(?P<new>\d[\d.]*(?:{change_units})(?:/[月年户])?)(?![\d.])",
    )
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_VAGUE = re.compile(expand("qa", r"{row_doubts}|{vague_changes}"))
_LEAD = 60
"""Characters before a change in which it is said what is changed."""
_LONGEST_VALUE = 16


@dataclass(frozen=True, slots=True)
class _Change:
    fact: StoredFact[ProvisionRecord]
    subject: str
    old: str
    act: str
    new: str
    span: Span

    def written(self, old: str, new: str) -> str:
        return f"由{old}{self.act}{new}"


def changes(study_facts: StudyFacts, facts: Sequence[StoredFact[ProvisionRecord]], dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: what was changed to what; each wrong answer changes one of the two numbers, or both."""
    found = [change for fact in facts for change in _changes(study_facts, fact)]
    seen: dict[tuple[int, str], set[tuple[str, str]]] = defaultdict(set)
    for change in found:
        seen[change.fact.document, change.subject].add((change.old, change.new))
    for change in dice.sample(found, len(found)):
        if len(seen[change.fact.document, change.subject]) > 1:
            continue
        unit = _NUMBER.sub("", change.new)
        pool = [one for one in found if _NUMBER.sub("", one.new) == unit and one.fact.id != change.fact.id]
        dice.shuffle(pool)
        pool.sort(key=lambda one: one.fact.document != change.fact.document)
        pair = next(((o, n) for o, n in _other_pairs(change, pool)), None)
        if pair is None:
            continue
        old, new = pair
        right = change.written(change.old, change.new)
        options = [right, change.written(old, change.new), change.written(change.old, new), change.written(old, new)]
        if len(set(options)) < 4:
            continue
        dice.shuffle(options)
        prompt = f"《{study_facts.title(change.fact)}》对“{change.subject}”作了怎样的调整？"
        cite = study_facts.cite(change.fact, change.span)
        note = study_facts.standing_note(change.fact, cite.quote)
        yield QuizQuestion(
            "single", prompt, (right,), (cite,), tuple(options), note=note, facts=(change.fact.id,),
            proof=(change.span.of(study_facts.document(change.fact.document).text),), aim="difference",
        )  # fmt: skip


def _changes(study_facts: StudyFacts, fact: StoredFact[ProvisionRecord]) -> Iterator[_Change]:
    text = study_facts.document(fact.document).text
    plain = half_width(text)
    for match in _CHANGE.finditer(plain, fact.value.start, fact.value.end):
        sentence = sentence_around(plain, Span(match.start(), match.end()))
        lead = plain[max(sentence.start, match.start() - _LEAD) : match.start()]
        if match.start() - sentence.start > _LEAD:
            lead = lead.partition(",")[2] or lead
        lead = re.sub(r"^(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、．])\s*", "", lead).strip(",，:： ")
        lead = re.sub(r"^(?:答[:：])?[将把]?", "", lead)
        act = match["act"]
        old, new = _NUMBER.findall(match["old"]), _NUMBER.findall(match["new"])
        if not 6 <= len(lead) <= _LEAD or "\n" in lead or re.search(r"由\d", lead) or len(old) != 1 or len(new) != 1:
            continue
        if (
            not is_balanced(lead)
            or _VAGUE.search(lead)
            or _NUMBER.sub("", match["old"]) != _NUMBER.sub("", match["new"])
            or old == new
        ):
            continue
        yield _Change(
            fact,
            typeset(inner(lead)),
            match["old"],
            act,
            match["new"],
            Span(sentence.start, max(match.end(), sentence.end)).trimmed(text),
        )


def _other_pairs(change: _Change, pool: Sequence[_Change]) -> Iterator[tuple[str, str]]:
    """Numbers of other changes that could stand in place of the old and of the new one, the direction kept."""
    old, new = _value(change.old), _value(change.new)
    for one in pool:
        for other in pool:
            a, b = _value(one.old), _value(other.new)
            if a == b or {a, b} & {old, new} or not 0.2 <= a / old <= 5 or not 0.2 <= b / new <= 5:
                continue
            pairs = ((a, new), (old, b), (a, b))
            up = new > old
            if all((after > before) == up for before, after in pairs):
                yield one.old, other.new


def _value(written: str) -> float:
    return float(_NUMBER.findall(written)[0])


def places(study_facts: StudyFacts, targets: Sequence[StoredFact[TargetRecord]], dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: what two places set themselves for one indicator and one year; the wrong answers exchange or level the values."""
    groups: dict[tuple[str, int, str], dict[str, StoredFact[TargetRecord]]] = defaultdict(dict)
    spoilt: set[tuple[tuple[str, int, str], str]] = set()
    for fact in targets:
        value, code = fact.value, study_facts.infos[fact.document].head.region_code
        if (
            value.kind != "target"
            or not value.by_year
            or not code
            or code == "0"
            or code not in gazetteer().by_code
            or value.place
        ):
            continue
        written = _printed(value.value_text)
        if len(_NUMBER.findall(written)) != 1 or len(written) > _LONGEST_VALUE or written not in _printed(value.quote):
            continue
        key = (value.indicator, value.by_year, value.unit or "")
        kept = groups[key].setdefault(code, fact)
        if kept.value.value_text != value.value_text:
            spoilt.add((key, code))
    for key in dice.sample(sorted(groups), len(groups)):
        sides = [(code, fact) for code, fact in sorted(groups[key].items()) if (key, code) not in spoilt]
        if len(sides) < 2:
            continue
        (one, first), (other, second) = dice.sample(sides, 2)
        if one.startswith(other) or other.startswith(one):
            continue
        a, b = (_printed(fact.value.value_text) for fact in (first, second))
        names = [gazetteer().by_code[code].name for code in (one, other)]
        shown = [f"{names[0]}{x}，{names[1]}{y}" for x, y in _statements(a, b, [f for _, f in sides], groups, key, dice)]
        if len(set(shown)) < 4:
            continue
        right = shown[0]
        dice.shuffle(shown)
        indicator, year, _ = key
        prompt = f"{names[0]}和{names[1]}为{year}年定的“{inner(indicator)}”目标各是多少？"
        cites = tuple(study_facts.cite(fact, study_facts.sentence(fact)) for fact in (first, second))
        yield QuizQuestion(
            "single", prompt, (right,), cites, tuple(shown), facts=(first.id, second.id),
            proof=(first.value.value_text, second.value.value_text), aim="difference",
        )  # fmt: skip


def _printed(words: str) -> str:
    return typeset("".join(words.split()))


def _statements(
    a: str,
    b: str,
    sides: Sequence[StoredFact[TargetRecord]],
    groups: dict[tuple[str, int, str], dict[str, StoredFact[TargetRecord]]],
    key: tuple[str, int, str],
    dice: random.Random,
) -> list[tuple[str, str]]:
    """The right pair of values first, then those that exchange or level them; where both are the same, values of other places."""
    if a != b:
        return [(a, b), (b, a), (a, a), (b, b)]
    others = {_printed(fact.value.value_text) for fact in sides} - {a}
    if not others:
        same = [fact for (_, _, unit), row in groups.items() if unit == key[2] for fact in row.values()]
        number = _value(a)
        others = {
            text
            for fact in same
            if (text := _printed(fact.value.value_text)) != a
            and number / 2 <= _value(text) <= number * 2
            and _NUMBER.sub("", text) == _NUMBER.sub("", a)
        }
    if not others:
        return []
    other = dice.choice(sorted(others))
    return [(a, a), (a, other), (other, a), (other, other)]
