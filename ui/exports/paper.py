"""A paper test as docx: the questions, an answer sheet, the key with its sources, each beginning a page of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from corpus.errors import UsageError
from qa.study.question import BLANK, KINDS, LETTERS, QuizQuestion

NUMERALS = "一二三四"
NAMES = "单位：＿＿＿＿＿＿＿　姓名：＿＿＿＿＿　日期：＿＿＿＿＿　得分：＿＿＿＿"
FULL_MARKS = 100
ACROSS = 10
"""Answers in a row of the answer sheet."""


def write_paper(
    questions: Sequence[QuizQuestion], target: Path | BinaryIO, *, title: str = "政策学习测试题", made_on: dt.date | None = None
) -> None:
    """Write the questions, grouped by kind, and the answer key."""
    data = paper_bytes(questions, title=title, made_on=made_on)
    if not isinstance(target, Path):
        target.write(data)
        return
    try:
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(f"不能写入 {target}（{error.strerror}）。文件若在 Word 中打开，请先关闭。") from error


def paper_bytes(questions: Sequence[QuizQuestion], *, title: str = "政策学习测试题", made_on: dt.date | None = None) -> bytes:
    """The bytes of the paper."""
    from ui.exports import word
    from ui.exports.workbook import footnote

    document = word.new_document()
    word.title(document, title)
    word.paragraph(document, NAMES, size=11)
    word.paragraph(
        document, f"共 {len(questions)} 题，满分 {FULL_MARKS} 分，{_marks(len(questions))}。答案写在答题卡上。", size=10.5
    )
    groups = [(kind, [q for q in questions if q.kind == kind]) for kind in KINDS]
    ordered: list[QuizQuestion] = []
    for index, (kind, group) in enumerate((k, g) for k, g in groups if g):
        word.paragraph(document, f"{NUMERALS[index]}、{KINDS[kind]}（共{len(group)}题）", font="黑体", size=14)
        for question in group:
            ordered.append(question)
            _print(document, len(ordered), question)
    document.add_page_break()
    _answer_sheet(document, ordered, title)
    document.add_page_break()
    word.title(document, f"{title}　答案与依据")
    for number, question in enumerate(ordered, 1):
        word.paragraph(document, f"{number}. {question.letters}", font="黑体", size=11)
        for line in question.sources():
            word.paragraph(document, line, font="仿宋", size=10.5, indent=0.6)
    word.paragraph(document, footnote(made_on or dt.date.today()), size=9)
    return word.saved(document)


def _marks(number: int) -> str:
    """What each question is worth, so that all together make the full marks."""
    each, rest = divmod(FULL_MARKS, max(1, number))
    return f"每题 {each} 分" if not rest else f"前 {rest} 题每题 {each + 1} 分，其余每题 {each} 分"


def _answer_sheet(document: Any, questions: Sequence[QuizQuestion], title: str) -> None:
    """答题卡: a small box for each question with one answer, a line for those that are filled in or matched."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    from ui.exports import word

    word.title(document, f"{title}　答题卡")
    word.paragraph(document, NAMES, size=11)
    short = [number for number, question in enumerate(questions, 1) if question.kind in ("single", "multiple")]
    written = [number for number, question in enumerate(questions, 1) if question.kind not in ("single", "multiple")]
    if short:
        rows = -(-len(short) // ACROSS)
        grid = document.add_table(rows=2 * rows, cols=ACROSS)
        grid.style = "Table Grid"
        word.cell_margins(grid, above=60)
        for i in range(rows * ACROSS):
            row, column = 2 * (i // ACROSS), i % ACROSS
            word.fill(grid.cell(row, column), str(short[i]) if i < len(short) else "", place=WD_ALIGN_PARAGRAPH.CENTER)
        for row in range(rows):
            word.keep_together(grid.rows[2 * row])
            grid.rows[2 * row + 1].height = Cm(0.9)
    for number in written:
        question = questions[number - 1]
        lines = len(question.left) or 1
        blank = "　".join(f"{i}—＿＿" for i in range(1, lines + 1)) if question.left else "＿＿＿＿＿＿＿＿＿＿＿＿"
        word.paragraph(document, f"{number}. {blank}", size=12)


def _print(document: object, number: int, question: QuizQuestion) -> None:
    from ui.exports import word

    mark = "（　　）" if question.kind not in ("fill", "match") else ""
    first, *rest = question.prompt.split("\n")
    word.paragraph(document, f"{number}. {first}{mark}", size=12)
    for line in rest:
        word.paragraph(document, line.strip(), font="仿宋", size=12, indent=0.8)
    if question.note:
        word.paragraph(document, f"（{question.note}）", size=9, indent=0.8)
    for i, item in enumerate(question.left, 1):
        word.paragraph(document, f"{i}. {item}　{BLANK}", size=11, indent=0.8)
    for letter, option in zip(LETTERS, question.options, strict=False):
        word.paragraph(document, f"{letter}. {option}", size=11, indent=0.8)
