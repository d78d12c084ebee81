"""A period that goes by a name 有名称的时期, asked about by itself: 过渡期到哪一年结束, “十四五”是哪几年.

What the program knows of it (``graph.named_periods``) is its own conclusion; the sentences of the library that speak of how long
it lasts stand beside it. Where no document speaks of the period nothing is said of it.
"""

from __future__ import annotations

import re

from corpus.document import Span
from corpus.folding import fold
from corpus.numerals import DIGITS
from graph.named_periods import NamedPeriod, named_periods
from qa.answer import Notice
from qa.answers.draft import AnswerDraft, AnswerLine, label_at, quote_line
from qa.documents import DocumentView
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind

LOOKED_INTO, QUOTED = 20, 2
"""Documents searched for sentences on the period, and sentences quoted."""


def answer_named_period(inquiry: Inquiry) -> AnswerDraft | None:
    """First and last year, the number of years, whether it is over, and who says so; None where no document speaks of it."""
    period = next((period for name, period in named_periods().items() if fold(name) in inquiry.parsed.folded), None)
    found = _sentences_on(period, inquiry) if period is not None else []
    if period is None or not found:  # a question that goes on about the one before it names none
        return None
    first, last = period.start.year, period.end.year
    over = inquiry.as_of > period.end
    said = f"{period.name}：{first}年至{last}年，共{last - first + 1}年，到{last}年{period.end.month}月{period.end.day}日结束"
    said += "，已经届满。" if over else "。"
    lines = [AnswerLine(said, derived=(said,))]
    parts = []
    for document, span in found[:QUOTED]:
        lines.append(quote_line(label_at(document, span.start), document, [span]))
        parts.append((document.info.row, document.part_at(span.start)))
    notice = Notice("scope", f"{period.name}的起止年份是程序按国家规定记录的，所引原文是库里写到它的文件。")
    return AnswerDraft("answered", tuple(lines), (notice,), tuple(dict.fromkeys(parts)))


KIND = QuestionKind("named_period", answer_named_period, complete=True)


def _sentences_on(period: NamedPeriod, inquiry: Inquiry) -> list[tuple[DocumentView, Span]]:
    """The sentences that name the period, those first that give its length or years."""
    view, years = inquiry.view, (period.start.year, period.end.year)
    count = years[1] - years[0] + 1
    length = re.compile(f"(?:{count}|{DIGITS[count] if count < len(DIGITS) else count})年")
    hits = view.searcher.search(f"设立{count}年{period.name} {years[0]}年 {years[1]}年", top=LOOKED_INTO) if view.searcher else []
    found: list[tuple[int, DocumentView, Span]] = []
    for row in dict.fromkeys(view.by_id[hit.source_id] for hit in hits if hit.source_id in view.by_id):
        document = view.document(row)
        if period.context and not any(word in document.folded for word in period.context):
            continue
        for sentence in document.sentences:
            if fold(period.name) in sentence.folded:
                told = sum(str(year) in sentence.folded for year in years) + 2 * bool(length.search(sentence.folded))
                found.append((told, document, sentence.span))
    found.sort(key=lambda item: -item[0])
    best = found[0][0] if found else 0
    return [(document, span) for told, document, span in found if told == best or told >= 2]
