"""Answers to several things asked at once 分项作答: a line for each that the first lines do not tell, with its own quote or 未载明."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.folding import fold
from corpus.wordlists import expand
from qa.answer import AnswerCitation, Grade
from qa.answers.draft import AnswerDraft, AnswerLine
from qa.evidence.asked_values import find_asked_contents, find_asked_values
from qa.understanding.parts import QuestionPart

HELD = 0.5
"""The share of a part's telling pairs of characters from which on a quote speaks of it."""
TELLING = 6
"""Characters before the question word by which a part is told."""
Told = Literal["told", "unsure", "missing"]


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


def tells_part(part: QuestionPart, draft: AnswerDraft, *, of_refusal: bool = False) -> Told:
    """Whether the quotes of an answer state what a part of the question asks for, as far as that can be told.

    Those of a refusal count only with ``of_refusal``, and only if they also speak of it.
    """
    if draft.status == "not_found":
        return (
            "told" if of_refusal and any(line.citations and _tells(part, line) == "told" for line in draft.lines) else "missing"
        )
    told = [_tells(part, line) for line in draft.lines]
    return "told" if "told" in told else "unsure" if "unsure" in told else "missing"


def _tells(part: QuestionPart, line: AnswerLine) -> Told:
    """Whether a line speaks of a part and states what it asks for, or only states such a value."""
    text = fold(line.text)
    if not all(value.search(text) for value in (*find_asked_values(part.asked), *find_asked_contents(part.asked))):
        return "missing"
    pairs = _pairs(part)
    return "told" if sum(pair in text for pair in pairs) >= HELD * len(pairs) else "unsure"


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
    about = f"关于{asked}："
    if not sure and (not shown or tells_part(answer.part, answer.draft, of_refusal=True) == "missing"):
        return AnswerLine(f"{about}没有找到载明的原文。", derived=(asked,), slot=answer.slot, grade="not_stated")
    line = next((line for line in answer.draft.lines if _tells(answer.part, line) == "told"), answer.draft.lines[0])
    if line.citations and all(_inside(citation, known) for citation in line.citations):
        return None
    grade: Grade = "answered" if sure else "related"
    about = about if sure or answer.draft.status == "not_found" else f"关于{asked}（可能相关）："
    return replace(line, text=about + line.text, derived=(*line.derived, asked), slot=answer.slot, grade=grade)


def _inside(citation: AnswerCitation, lines: Iterable[AnswerLine]) -> bool:
    """Whether lines quote what a citation quotes."""
    return any(
        c.source_id == citation.source_id and c.start <= citation.start and citation.end <= c.end
        for line in lines
        for c in line.citations
    )


def _pairs(part: QuestionPart) -> frozenset[str]:
    """The pairs of characters by which a part is told: of what stands near its question word, without the words of asking."""
    told = re.sub(expand("qa", r"[{part_particles}]"), " ", fold(part.telling(TELLING)))
    return frozenset(piece[i : i + 2] for piece in re.split(r"\W+", told) for i in range(len(piece) - 1))
