"""Answers to several things asked at once 分项作答: a line for each that the first lines do not tell, with its own quote or 未载明."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.folding import fold
from qa.answer import Grade
from qa.answers.draft import AnswerDraft, AnswerLine
from qa.evidence.asked_values import find_asked_contents, find_asked_values
from qa.understanding.parts import QuestionPart

HELD = 0.5
"""The share of a part's telling pairs of characters from which on a line speaks of it."""
Told = Literal["told", "unsure", "missing"]
"""Whether lines speak of a part and state what it asks for, only state such a value, or state none."""


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What was found for one part of a question.

    Args:
        part: The part.
        slot: What it asks for (``data/slots.tsv``).
        draft: The answer to it alone.
        missing: Whether no quote of the answer to the whole question states such a value at all.
    """

    part: QuestionPart
    slot: str
    draft: AnswerDraft
    missing: bool


def tells_part(part: QuestionPart, draft: AnswerDraft) -> Told:
    """Whether an answer states what a part of the question asks for, as far as that can be told; a refusal never does."""
    if draft.status == "not_found":
        return "missing"
    told = _judge_lines(part, draft.lines)
    return "told" if "told" in told else "unsure" if "unsure" in told else "missing"


def _judge_lines(part: QuestionPart, lines: Sequence[AnswerLine]) -> list[Told]:
    """What each of some lines tells of a part."""
    asked = (*find_asked_values(part.asked), *find_asked_contents(part.asked))
    pairs = part.telling
    judged: list[Told] = []
    for text in (fold(line.text) for line in lines):
        if not all(value.search(text) for value in asked):
            judged.append("missing")
        else:
            judged.append("told" if sum(pair in text for pair in pairs) >= HELD * len(pairs) else "unsure")
    return judged


def join_parts(draft: AnswerDraft, told: Sequence[PartAnswer]) -> AnswerDraft:
    """An answer with a line for each part that it does not tell.

    What was found for a part has to state what it asks for and speak of it. Where the answer states no such value anywhere, what may
    be related is shown as such, or it is said that no text was found.

    Args:
        draft: The answer to the whole question.
        told: What was found for the parts that it does not tell, or not surely.
    """
    refused = draft.status == "not_found"
    sure = [answer for answer in told if answer.draft.status == "answered" and tells_part(answer.part, answer.draft) == "told"]
    if refused:
        if not sure:
            return draft
        parts = tuple(pair for answer in sure for pair in answer.draft.parts)
        draft = AnswerDraft("partial", (), tuple(dict.fromkeys(n for answer in sure for n in answer.draft.notices)), parts)
    if draft.status == "answered":
        draft = replace(draft, lines=tuple(replace(line, grade="answered") for line in draft.lines))
    own: list[AnswerLine] = []
    for answer in told:
        if answer in sure or answer.missing:
            line = _line_of(answer, known=(*draft.lines, *own), sure=answer in sure, shown=not refused)
            own += [line] if line is not None else []
    unsure = any(line.grade != "answered" for line in own)
    status = "partial" if unsure and draft.status == "answered" else draft.status
    return replace(draft, status=status, lines=(*draft.lines[:1], *own, *draft.lines[1:]))


def _line_of(answer: PartAnswer, known: Sequence[AnswerLine], *, sure: bool, shown: bool) -> AnswerLine | None:
    """The line for one part, a doubtful one only if it is to be ``shown``; None where it would only say again what is quoted."""
    asked = answer.part.asked
    line = _choose_line(answer) if sure or shown else None
    if line is None:
        return AnswerLine(f"关于{asked}：没有找到载明的原文。", derived=(asked,), slot=answer.slot, grade="not_stated")
    quoted = [citation for other in known for citation in other.citations]
    if line.citations and all(any(citation.lies_in(other) for other in quoted) for citation in line.citations):
        return None
    grade: Grade = "answered" if sure else "related"
    doubt = "" if sure or answer.draft.status == "not_found" else "（可能相关）"
    return replace(line, text=f"关于{asked}{doubt}：{line.text}", derived=(*line.derived, asked), slot=answer.slot, grade=grade)


def _choose_line(answer: PartAnswer) -> AnswerLine | None:
    """The line of an answer that tells its part, else the first if any states such a value; of a refusal only a quote that tells it."""
    refused = answer.draft.status == "not_found"
    lines = [line for line in answer.draft.lines if line.citations or not refused]
    judged = _judge_lines(answer.part, lines)
    if "told" in judged:
        return lines[judged.index("told")]
    return lines[0] if "unsure" in judged and not refused else None
