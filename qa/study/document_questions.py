"""Questions about which document says something, and about the order of the steps it sets."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from corpus.divisions import gazetteer
from corpus.document import Section, Span
from corpus.folding import fold
from corpus.store import StoredFact
from corpus.text import sentences
from corpus.wordlists import expand
from graph.codec.records import TaskRecord
from qa.study.entitlement_questions import row_question, situation
from qa.study.facts import StudyFacts
from qa.study.question import QuizQuestion, closed, inner, typeset
from qa.study.rule_rows import RuleRow

LIKELY = 8
"""Documents with the most similar titles, from which the wrong ones are drawn."""
_STEP_HEAD = re.compile(expand("qa", r"{step_heads}"))
_STEP = re.compile(expand("qa", r"{step_words}"))
_YEARS = re.compile(r"(?:19|20)\d\d\s?年?")
_NAME = re.compile(r"[\u4e00-\u9fff（）()、“”]{2,16}")
_WHO = re.compile(r"责任单位|牵头|负责|\||[(（][^)）]*(?:局|委|办|部|厅|政府)[)）]?$")
_LEGAL = re.compile(r"第[一二三四五六七八九十百零]+[条章节]")


def sources(study_facts: StudyFacts, rows: Sequence[RuleRow], dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: which document gives a situation this rule; the others have like names and say nothing of the kind."""
    by_document: dict[int, list[RuleRow]] = defaultdict(list)
    for row in rows:
        by_document[row.fact.document].append(row)
    titles = {row: study_facts.title_at(row) for row in by_document}
    texts: dict[int, str] = {}
    for document in dice.sample(sorted(by_document), len(by_document)):
        row = dice.choice(by_document[document])
        text = study_facts.document(document).text
        said = row.whole.of(text)
        name = titles[document]
        if _names_place(said, study_facts, document) or _YEARS.search(said) or len(said) < 16:
            continue
        others = sorted((d for d in titles if titles[d] != name), key=lambda d: -SequenceMatcher(None, name, titles[d]).ratio())
        wrong: list[str] = []
        for other in dice.sample(others[:LIKELY], min(LIKELY, len(others))):
            if other not in texts:
                texts[other] = fold(study_facts.document(other).text)
            if titles[other] not in wrong and not _says(texts[other], study_facts, row):
                wrong.append(titles[other])
        if len(wrong) < 3:
            continue
        options = [name, *wrong[:3]]
        dice.shuffle(options)
        prompt = f"下面这项规定出自哪一份文件？\n   {typeset(closed(said.strip()))}"
        yield row_question(study_facts, "source", prompt, name, options, row)


def _says(text: str, study_facts: StudyFacts, row: RuleRow) -> bool:
    """Whether a text may say the same: it has the amount near words of the situation."""
    amount = fold(row.amount.of(study_facts.document(row.fact.document).text))
    said = fold(situation(study_facts, row))
    pieces = {said[i : i + 4] for i in range(0, max(1, len(said) - 3), 2)}
    for found in re.finditer(rf"(?<![\d.]){re.escape(amount)}", text):
        around = text[max(0, found.start() - 120) : found.end() + 60]
        if sum(piece in around for piece in pieces) >= max(2, len(pieces) // 4):
            return True
    return False


def _names_place(said: str, study_facts: StudyFacts, row: int) -> bool:
    """Whether words name the place of their document, or any other."""
    if any(True for _ in gazetteer().mentions(said)):
        return True
    region = study_facts.infos[row].head.region or ""
    return any(len(part) >= 2 and part[:2] in said for part in re.split(r"[省市州县区]", region))


def parts(
    study_facts: StudyFacts, tasks: Sequence[StoredFact[TaskRecord]], as_of: dt.date, dice: random.Random
) -> Iterator[QuizQuestion]:
    """单选: to which task of a document a requirement belongs; the others are further tasks of it."""
    by_document: dict[int, list[StoredFact[TaskRecord]]] = defaultdict(list)
    for fact in tasks:
        if 4 <= len(fact.value.name) <= 34 and study_facts.binding(fact, as_of):
            by_document[fact.document].append(fact)
    for fact in dice.sample(tasks, len(tasks)):
        note = study_facts.standing(fact, as_of)
        if note is None or fact not in by_document[fact.document]:
            continue
        text = study_facts.document(fact.document).text
        said = [place for place in _requirements(text, fact.span) if not _shares(place.of(text), fact.value.name)]
        name = typeset(fact.value.name)
        wrong = list(
            dict.fromkeys(
                typeset(other.value.name)
                for other in dice.sample(by_document[fact.document], len(by_document[fact.document]))
                if not other.span.overlaps(fact.span) and other.value.name != fact.value.name
            )
        )[:3]
        if not said or len(wrong) < 3:
            continue
        place = dice.choice(said)
        options = [name, *wrong]
        dice.shuffle(options)
        prompt = f"《{study_facts.title(fact)}》提出下面的要求，它属于哪一项任务？\n   {typeset(closed(place.of(text).strip()))}"
        yield QuizQuestion(
            "single", prompt, (name,), (study_facts.cite(fact),), tuple(options), note=note, facts=(fact.id,),
            proof=(place.of(text),), aim="source",
        )  # fmt: skip


def _requirements(text: str, span: Span) -> Iterator[Span]:
    """The sentences of a task behind its first, but for those that name who is responsible."""
    for i, sentence in enumerate(sentences(text[span.start : span.end])):
        place = Span(span.start + sentence.start, span.start + sentence.end).trimmed(text)
        while place.end > place.start and text[place.end - 1] in "。；;":
            place = Span(place.start, place.end - 1)
        said = place.of(text)
        if i and 16 <= len(said) <= 90 and not _WHO.search(said) and re.match(r"[\u4e00-\u9fff]", said):
            yield place


def _shares(said: str, name: str) -> bool:
    """Whether a sentence has a fifth of the pairs of characters of a name, which would give it away."""
    pairs = {name[i : i + 2] for i in range(len(name) - 1)}
    return sum(pair in said for pair in pairs) > len(pairs) / 5


def steps(study_facts: StudyFacts, as_of: dt.date, dice: random.Random) -> Iterator[QuizQuestion]:
    """单选: which step of a procedure comes next; the others are further steps of it."""
    found: list[tuple[int, Section, tuple[Section, ...], str]] = []
    for row, note in study_facts.rules(as_of):
        document = study_facts.document(row)
        for section in document.outline:
            items = document.children(section)
            if _STEP_HEAD.search(section.heading) and len(section.heading) <= 30 and _are_steps(items):
                found.append((row, section, items, note))
    for row, section, items, note in dice.sample(found, len(found)):
        names = [_step(item) for item in items]
        for at in dice.sample(range(len(items) - 1), len(items) - 1)[:2]:
            wrong = [name for i, name in enumerate(names) if i not in (at, at + 1)]
            if len(wrong) < 2:
                continue
            options = [names[at + 1], *dice.sample(wrong, min(3, len(wrong)))]
            dice.shuffle(options)
            title = f"《{study_facts.title_at(row)}》“{inner(typeset(section.heading.strip('。：: ')))}”"
            prompt = f"按{title}，“{inner(names[at])}”之后紧接着的是哪一步？"
            text = study_facts.document(row).text
            cites = tuple(study_facts.cite_place(row, _head_of(text, item)) for item in items[at : at + 2])
            yield QuizQuestion(
                "single", prompt, (names[at + 1],), cites, tuple(options), note=note, facts=(f"{study_facts.infos[row].id}:{section.start}",),
                proof=(items[at + 1].heading.strip(),), aim="steps",
            )  # fmt: skip


def _are_steps(items: Sequence[Section]) -> bool:
    """Whether the items under a heading are steps one after the other: short names, nearly all of something that is done."""
    names = [_step(item) for item in items]
    if not 4 <= len(items) <= 12 or len(set(names)) != len(names):
        return False
    if any(not _NAME.fullmatch(name) or _LEGAL.match(item.number or "") for name, item in zip(names, items, strict=True)):
        return False
    return sum(_STEP.search(name) is not None for name in names) >= 0.7 * len(names)


def _step(item: Section) -> str:
    return typeset(item.heading.strip("。；：:;. 　【】"))


def _head_of(text: str, item: Section) -> Span:
    """An item up to the end of its first sentence."""
    end = min((at for sign in "。\n" if (at := text.find(sign, item.end)) >= 0), default=item.whole.end)
    return Span(item.start, max(item.end, min(end, item.whole.end, item.start + 160))).trimmed(text)
