"""Saying that the documents do not tell 拒答: what was looked for, what is nearest, and why that is no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import AnswerCitation
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_part
from qa.answers.guard import is_supported
from qa.evidence.quoting import find_carrying_span
from qa.evidence.scope import ScoredSentence
from qa.understanding.concepts import QueryConcepts
from qa.understanding.measure import ValueMeasure
from qa.understanding.question import ParsedQuestion
from qa.understanding.wordings import own_words

_year = re.compile(r"(?:19|20)\d\d年(?:度|底|末)?")
NEAR = 0.3
"""The share of the question a sentence must hold to be shown as nearest."""
NEAR_ELSEWHERE = 0.62
"""… to be shown as what another region says: higher, since it is easily taken for the answer."""


def refuse(
    parsed: ParsedQuestion,
    wanted: QueryConcepts,
    near: Sequence[ScoredSentence],
    elsewhere: Sequence[ScoredSentence],
    measure: ValueMeasure | None,
    *,
    reason: str | None = None,
) -> AnswerDraft:
    """A refusal that shows its work. ``near`` are sentences of the right documents, ``elsewhere`` of the others."""
    places = "、".join(parsed.understood.regions) or "库里"
    words = own_words(_year.sub("", parsed.understood.question if parsed.understood.kept else parsed.text))
    # a figure or a unit of the question, printed in an answer, looks like one of the documents
    sought = f"“{words}”" if words and is_supported(words, ()) else "所问的内容"
    if parsed.outside and not parsed.divisions:
        head = f"库里没有{'、'.join(parsed.outside)}的文件，没有找到可以回答{sought}的原文。"
    else:
        head = f"{places}的文件未载明{sought}，没有找到可以回答这个问题的原文。"
    lines = [AnswerLine(head)]
    if reason:
        lines.append(AnswerLine(reason))
    best = next((f for f in near if f.context >= NEAR and not f.sentence.is_heading), None)
    if best is not None:
        citation = cite(best.document, find_carrying_span(best, wanted))
        name = label_part(best.document, best.part)
        why = f"没有给出{measure.name}" if measure is not None and not measure.stands_in(best.sentence.folded) else "没有回答所问"
        if measure is not None and re.search(r"\d", citation.quote):
            # a figure of something else, printed in an answer, is soon taken for the one asked for
            lines.append(AnswerLine(f"最接近的是{name}{_place_of(citation)}，那里{why}。", (citation,)))
        else:
            lines.append(AnswerLine(f"最接近的原文是{name}：“{flatten(citation.quote)}”（{why}）", (citation,)))
    other = next(
        (f for f in elsewhere if f.context >= NEAR_ELSEWHERE and (measure is None or measure.stands_in(f.sentence.folded))), None
    )
    if other is not None:
        citation = cite(other.document, find_carrying_span(other, wanted, measure.stands_in if measure else None))
        name = label_part(other.document, other.part)
        lines.append(AnswerLine(f"另见{name}{_place_of(citation)}有相近内容，不适用于{places}。"))
    return AnswerDraft("not_found", tuple(lines), parts=())


def _place_of(citation: AnswerCitation) -> str:
    """The nearest heading above a quote, without its number."""
    heading = next((part for part in reversed(citation.section_path) if part), "")
    plain = re.sub(
        r"^[（(【\[]?[一二三四五六七八九十百\d]{1,4}[）)】\].、．]{1,2}\s*|^第[一二三四五六七八九十百\d]{1,5}[章节条款]\s*",
        "",
        heading,
    ).strip("。；;，, ")
    return f"“{plain[:30]}”一节" if plain and not re.search(r"\d", plain[:30]) else "的文件"
