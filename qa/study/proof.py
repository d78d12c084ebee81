"""Checking a question against its sources: the answer is proven by its citations, and nothing else offered is right."""

from __future__ import annotations

import re

from corpus.folding import fold
from qa.study.facts import StudyFacts
from qa.study.question import QuizQuestion


def faults(question: QuizQuestion, study_facts: StudyFacts) -> list[str]:
    """What is wrong with a question; empty for one that may be asked."""
    out: list[str] = []
    rows = {info.id: row for row, info in study_facts.infos.items()}
    for citation in question.citations:
        row = rows.get(citation.source_id)
        if row is None or study_facts.document(row).text[citation.start : citation.end] != citation.quote:
            out.append("引文与原文不符")
    if not question.citations or not question.answer:
        out.append("没有答案或没有依据")
    quotes = [fold(citation.quote) for citation in question.citations]
    wrong = [option for option in question.options if option not in question.answer]
    if len(set(map(fold, question.options))) != len(question.options):
        out.append("选项重复")
    if question.kind == "match":
        for i, unit in enumerate(question.answer):
            holders = [j for j, quote in enumerate(quotes) if fold(unit) in quote]
            if holders != [i]:
                out.append(f"{unit}不只对应一项任务")
    else:
        decides = question.proof or question.answer
        out += [f"原文没有“{part}”" for part in decides if not any(fold(part) in quote for quote in quotes)]
        if not question.proof or question.aim == "unit":
            out += [f"“{option}”在原文中也出现" for option in wrong if any(_stands_in(option, quote) for quote in quotes)]
    return out


def _stands_in(option: str, quote: str) -> bool:
    """Whether an option stands in a quote as a whole: 5个 does not stand in 15个."""
    key = fold(option)
    return any(
        not (key[0].isdigit() and at and (quote[at - 1].isdigit() or quote[at - 1] == "."))
        for at in (found.start() for found in re.finditer(re.escape(key), quote))
    )
