"""A paper test as docx: the questions first, the key with its sources on a page of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from corpus.errors import UsageError
from qa.study.question import BLANK, KINDS, LETTERS, QuizQuestion

NUMERALS = "一二三四五"


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
    word.paragraph(document, "单位：＿＿＿＿＿＿＿　姓名：＿＿＿＿＿　日期：＿＿＿＿＿　得分：＿＿＿＿", size=11)
    groups = [(kind, [q for q in questions if q.kind == kind]) for kind in KINDS]
    ordered: list[QuizQuestion] = []
    for index, (kind, group) in enumerate((k, g) for k, g in groups if g):
        word.paragraph(document, f"{NUMERALS[index]}、{KINDS[kind]}（共{len(group)}题）", font="黑体", size=14)
        for question in group:
            ordered.append(question)
            _print(document, len(ordered), question)
    document.add_page_break()
    word.title(document, f"{title}　答案与依据")
    for number, question in enumerate(ordered, 1):
        word.paragraph(document, f"{number}. {question.letters}", font="黑体", size=11)
        for line in question.sources():
            word.paragraph(document, line, font="仿宋", size=10.5, indent=0.6)
    word.paragraph(document, footnote(made_on or dt.date.today()), size=9)
    return word.saved(document)


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
    if question.kind != "true_false":
        for letter, option in zip(LETTERS, question.options, strict=False):
            word.paragraph(document, f"{letter}. {option}", size=11, indent=0.8)
