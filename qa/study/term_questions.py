"""Questions about terms."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from corpus.document import Span
from corpus.folding import fold
from corpus.store import StoredFact
from graph.codec.records import TermRecord
from qa.study.facts import NUMBERING, StudyFacts
from qa.study.question import BLANK, QuizQuestion, closed, typeset

_OPENING, _CLOSING = ("“", "「", "《", '"'), ("”", "」", "》", '"')


def terms(
    study_facts: StudyFacts, facts: list[StoredFact[TermRecord]], as_of: dt.date, dice: random.Random
) -> Iterator[QuizQuestion]:
    """单选: which term a document explains in these words; the term itself is left out of them."""
    names = list(dict.fromkeys(fact.value.term for fact in facts if "所称" not in fact.value.term))
    for fact in facts:
        term, definition, place = fact.value.term, fact.value.definition, fact.value.definition_span
        if not definition or place is None or not 8 <= len(definition) <= 160 or "\n" in definition.strip():
            continue
        # an abbreviation is no term, and a rule that has lapsed is not taught
        note = study_facts.standing(fact, as_of)
        if "简称" in definition or note is None or "|" in definition or len(term) < 2 or term.endswith("的") or term not in names:
            continue
        # 四个坚持 before a sentence full of 坚持 needs no learning
        if definition.count(term[-2:]) - definition.count(term) > 1:
            continue
        around = _shown(study_facts, fact, place)
        quote = around.of(study_facts.document(fact.document).text)
        at = quote.find(term)
        if at > 0 and quote[at - 1].isdigit():
            continue  # 满3年及以上: the number belongs to the words behind it
        if term not in quote or "|" in quote or "\n" in quote or "简称" in quote or len(quote) > 200:
            continue
        words = fold(quote)
        others = [n for n in names if fold(n) not in words and fold(term) not in fold(n) and fold(n) not in fold(term)]
        # a term with the same number in front (四个不摘, 四个坚持), or with as much of the explanation in it, is the most plausible
        dice.shuffle(others)
        letters = set(definition)
        others.sort(key=lambda n: (n[:1] != term[:1], -len(letters & set(n)), abs(len(n) - len(term))))
        # the term itself must not be the one that looks most like its explanation
        rest = set(quote.replace(term, ""))
        if len(others) < 3 or len(rest & set(term)) > max(len(rest & set(n)) for n in others[:3]):
            continue
        options = [term, *others[:3]]
        dice.shuffle(options)
        if around == study_facts.sentence(fact):
            stated = NUMBERING.sub("", quote.replace(term, BLANK).strip(), count=1)
            prompt = f"《{study_facts.title(fact)}》中，下面这句话的空白处是哪个提法？\n   {typeset(closed(stated))}"
        else:
            # a piece of a long sentence reads badly with a blank in it
            prompt = f"《{study_facts.title(fact)}》中，下面的内容说的是哪个提法？\n   {typeset(closed(definition.strip()))}"
        yield QuizQuestion(
            "single", prompt, (term,), (study_facts.cite(fact, around),), tuple(options), note=note, facts=(fact.id,), aim="term"
        )


def _shown(study_facts: StudyFacts, fact: StoredFact[TermRecord], definition: Span) -> Span:
    """The sentence that explains a term; of a long one the term with its explanation and the quotation marks around them."""
    text = study_facts.document(fact.document).text
    sentence = study_facts.sentence(fact)
    start = min(definition.start, fact.start)
    end = max(definition.end, fact.end)
    if sentence.covers(Span(start, end)) and len(sentence) <= 120:
        return sentence
    end += text[end : end + 1] in _CLOSING
    part = text[start:end]
    end += text[end : end + 1] in ("）", ")") and part.count("（") + part.count("(") > part.count("）") + part.count(")")
    return Span(start - (text[start - 1 : start] in _OPENING), end).trimmed(text)
