"""Lists that a sentence announces 列举: 有下列情形之一的：（一）… — every item with its first sentence, and their count."""

from __future__ import annotations

import re

from corpus.document import Section, Span
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, label_part, quote_line
from qa.documents import ANNOUNCES
from qa.evidence.scope import ScoredSentence
from qa.understanding.question import ParsedQuestion

FEWEST = 3
SHORT = 60
"""Items up to this length are quoted whole; of longer ones the first sentence."""

_asks_list = re.compile(
    "哪些|哪几|哪\\d|哪[两二三四五六七八九十]|几种|几类|几项|什么(?:条件|情形|材料|资料|方式|内容|要求|程序|情况|原则|职责)|有什么|包括什么|怎么|如何|怎样"
)


def quote_announced_list(parsed: ParsedQuestion, best: ScoredSentence) -> AnswerDraft | None:
    """The list behind the best sentence, where it announces one and the question asks for one."""
    if not _asks_list.search(parsed.folded) or not ANNOUNCES.search(best.sentence.folded):
        return None
    items = _items(best)
    if len(items) < FEWEST:
        return None
    document = best.document
    lead = best.sentence.span
    head = quote_line(label_part(document, best.part), document, [lead])
    lines = [AnswerLine(f"{head.text}（共 {len(items)} 项）", head.citations, (len(items),))]
    for item in items:
        citation = cite(document, item)
        lines.append(AnswerLine(flatten(citation.quote), (citation,)))
    return AnswerDraft("answered", tuple(lines), parts=((best.row, best.sentence.part),))


def _items(best: ScoredSentence) -> list[Span]:
    """The numbered pieces right behind a sentence that stand on one level."""
    doc, end = best.document.doc, best.sentence.span.end
    behind = [s for s in doc.outline if s.number is not None and s.start >= end - 1]
    if not behind or behind[0].start - end > 3:
        return []
    first = behind[0]
    family: list[Section] = []
    for section in behind:
        if section.parent == first.parent and section.depth == first.depth:
            family.append(section)
        elif section.depth < first.depth:
            break
    return [_opening(best, section) for section in family]


def _opening(best: ScoredSentence, section: Section) -> Span:
    """A short item whole, of a long one its heading or first sentence."""
    whole = Span(section.start, section.whole.end).trimmed(best.document.text)
    if len(whole) <= SHORT:
        return whole
    index = best.document.sentence_at(section.start)
    if index is None:
        return section.span
    sentence = best.document.sentences[index].span
    return Span(section.start, max(min(sentence.end, whole.end), section.end)).trimmed(best.document.text)
