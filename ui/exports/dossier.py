"""A dossier as one 材料 in Word: its entries in their order, each quote with the number of its source, and the sources at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cemai.dossiers import Dossier, DossierItem
from qa.answer import AnswerCitation
from qa.answers.places import describe_citation

MISSING = "（所引文件已不在文档库里，或换成了新的一版。）"


def dossier_bytes(
    dossier: Dossier, entries: Sequence[tuple[DossierItem, AnswerCitation | None]], made_on: dt.date | None = None
) -> bytes:
    """The bytes of the Word file. ``entries``: the items, each with its quote as the library has it now."""
    from ui.exports import word
    from ui.exports.workbook import footnote

    document = word.new_document()
    word.title(document, dossier.name)
    sources: dict[str, int] = {}
    for item, cited in entries:
        if item.kind == "text":
            word.paragraph(document, item.remark, font=word.HEAD_FONT, size=14)
            continue
        if item.kind == "question":
            word.paragraph(document, f"问：{item.question}", font=word.HEAD_FONT, size=12)
        elif cited is None:
            word.paragraph(document, MISSING, size=10.5)
        else:
            number = sources.setdefault(describe_citation(cited), len(sources) + 1)
            lines = [line for line in cited.quote.split("\n") if line.strip()] or ["（全文）"]
            for line in lines[:-1]:
                word.paragraph(document, line, font=word.QUOTE_FONT, size=12)
            word.paragraph(document, f"{lines[-1]}〔{number}〕", font=word.QUOTE_FONT, size=12)
        if item.remark:
            word.paragraph(document, item.remark, size=12, indent=0.8)
    if sources:
        word.paragraph(document, "出处", font=word.HEAD_FONT, size=14)
    for place, number in sources.items():
        word.paragraph(document, f"〔{number}〕{place}", size=10.5)
    word.paragraph(document, footnote(made_on or dt.date.today()), size=9)
    return word.saved(document)
