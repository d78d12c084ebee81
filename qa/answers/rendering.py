"""The text of an answer 行文: made of its statements, here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.answer import AnswerCitation, AnswerStatement, Grade
from qa.answers.draft import AnswerLine, flatten

SENTENCE_ENDS = "。：；\n"


def make_statement(line: AnswerLine, *, slot: str, grade: Grade) -> AnswerStatement:
    """A line as values: its own words apart from the quotes that it writes out.

    Args:
        line: The line; ``render_statement`` gives its text again.
        slot: What it tells.
        grade: How it answers.
    """
    return replace(_read_line(line, slot, grade), figures=line.figures)


def _read_line(line: AnswerLine, slot: str, grade: Grade) -> AnswerStatement:
    quoted = write_quotes(line.citations)
    if quoted and line.text == flatten(line.citations[0].quote) and len(line.citations) == 1:
        return AnswerStatement("", slot, grade, quotes=line.citations, written_out=True, item=True)
    if not quoted or not line.text.endswith(quoted):
        return AnswerStatement("", slot, grade, line.text, line.citations)
    head = line.text[: -len(quoted)]
    if not head.endswith("："):
        return AnswerStatement("", slot, grade, head, line.citations, written_out=True)
    # the label is what stands before the colon, behind the program's own sentence (共 3 项。)
    start = max(head[:-1].rfind(mark) for mark in SENTENCE_ENDS) + 1
    if start >= len(head) - 1:  # a colon with no name before it
        return AnswerStatement("", slot, grade, head, line.citations, written_out=True)
    return AnswerStatement(head[start:-1], slot, grade, head[:start], line.citations, written_out=True)


def render_statement(statement: AnswerStatement) -> str:
    """The line of a statement: 共 3 项。云岫县：“……”."""
    if not statement.written_out:
        return statement.words
    if statement.item:
        return statement.words + flatten(statement.quotes[0].quote)
    label = f"{statement.label}：" if statement.label else ""
    return f"{statement.words}{label}{write_quotes(statement.quotes)}"


def render_statements(statements: Iterable[AnswerStatement]) -> str:
    """The text of an answer, a line for each statement."""
    return "\n".join(map(render_statement, statements))


def write_quotes(quotes: Sequence[AnswerCitation]) -> str:
    """Quotes of one document one after the other: “……”……“……”."""
    return "……".join(f"“{flatten(quote.quote)}”" for quote in quotes)
