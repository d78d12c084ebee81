"""Answers made of the sentences that carry them 条款类回答: provisions, numbers, dates, beneficiaries."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from corpus.document import Span
from corpus.folding import fold
from graph.codec.records import TargetRecord
from qa.answers.draft import AnswerDraft, AnswerLine, cite, flatten, group_by_part, label_part, level_order, quote_line
from qa.answers.point import find_point
from qa.documents import ANNOUNCES, LibraryView
from qa.evidence import spans
from qa.evidence.inquiry import Inquiry
from qa.evidence.quoting import extend_run, find_carrying_span, select_complementary
from qa.evidence.scope import ScoredSentence
from qa.evidence.scoring import bare_term, beside_value, only_heads
from qa.kinds import announced_lists
from qa.understanding.concepts import QueryConcepts
from qa.understanding.expectations import clause_wanted
from qa.understanding.lexicons import pairs
from qa.understanding.measure import ValueMeasure
from qa.understanding.question import ParsedQuestion

ENOUGH = 0.42
"""The share of the question a sentence must hold, its headings counted, to be offered as an answer."""
MEASURED = 0.55
"""… where a value is asked for: a wrong figure is worse than none."""
OWN, IN_CLAUSE = 0.6, 0.2
"""What the sentence itself, or the clause with the value, must then hold of the question."""
ABSENT = 0.17
"""The share of the question that may be words found nowhere around although the library knows them."""
MISSING = 0.3
"""… and nowhere in the document, where a provision is asked for and not a value."""
FOREIGN = 0.4
"""The share of the question that may be words the whole library does not know."""
ALL_ALONG = 8
"""A word a document uses so often need not stand beside a value."""
OTHER_DOCUMENT = 0.62
OTHER_REGION = 0.5
LEAD = 80
"""A sentence up to this length that announces an item is quoted with it."""
ENDS = ("。", "！", "？", "!", "?")
_denies = re.compile("不得|不予|不能|禁止|严禁|不享受|不纳入|不再|取消|除外")
_asks_how = re.compile(
    "如何|怎么|怎样|咋|(?:哪些|什么)[\u4e00-\u9fff]{0,3}(?:措施|要求|政策|内容|规定|做法|举措|支持|优惠|帮扶|服务)|流程|步骤|程序|具体内容"
)
_goal = re.compile("目标值?(?:是|为|要|定|多少|$)|目标(?:各|分别)是")


def quote_provisions(
    parsed: ParsedQuestion,
    wanted: QueryConcepts,
    found: Sequence[ScoredSentence],
    prefer: Callable[[str], bool] | None,
    *,
    measure: ValueMeasure | None = None,
) -> AnswerDraft | None:
    """Quote the best sentence, and those that come near it; None where none is good enough."""
    measured = measure is not None
    need = MEASURED if measured else ENOUGH
    good = [f for f in found if f.context >= need and not absent(f, wanted, parsed, measured=measured)]
    if measured:
        good = [
            f for f in good
            if f.coverage >= OWN or bare_term(f.sentence.folded)
            or beside_value(wanted, f.sentence.folded, prefer, f.lead.folded if f.lead is not None else "") >= IN_CLAUSE
        ]  # fmt: skip
    if measured:
        good = [
            f for f in good if not only_heads(f.document, f.index) or re.search(r"\d%|\d[万亿千百]?[元户人个]", f.sentence.folded)
        ]

    if not good:
        return None
    best = good[0]
    if not measured and not parsed.several and (told := announced_lists.quote_announced_list(parsed, best)) is not None:
        return told
    groups = group_by_part(good)
    chosen: dict[tuple[int, int], list[ScoredSentence]] = {}
    for key, group in groups.items():
        first = group[0]
        if parsed.several:
            # how the search ranks a document says little of one that is asked for by name
            near = first.score >= OTHER_REGION * best.score or (
                len(parsed.divisions) > 1 and first.context >= OTHER_REGION * best.context
            )
        elif parsed.divisions or parsed.documents:
            near = False
        else:
            near = first.score >= OTHER_DOCUMENT * best.score
        # the best sentence may score below zero, where no share of its score is smaller than itself
        if near or first is best:
            chosen[key] = select_complementary(group, wanted, 2 if parsed.several or len(groups) > 1 else 3)
    if not parsed.several:
        leading = sorted(chosen, key=lambda k: -chosen[k][0].score)[:5]
        order = [leading[0], *sorted(leading[1:], key=lambda k: level_order(chosen[k][0].part))]
    else:
        order = sorted(chosen, key=lambda k: level_order(chosen[k][0].part))
    how = measure is None and not parsed.several and _asks_how.search(parsed.folded) is not None
    lines = [line_of(chosen[key], wanted, prefer, how=how and key == order[0]) for key in order]
    if not parsed.several and lines:
        beside = [chosen[order[0]][0], *(f for f in groups[order[0]] if f is not chosen[order[0]][0])]
        lines = [with_point(parsed, wanted, lines[0], beside, measure), *lines[1:]]
    return AnswerDraft("answered", tuple(lines), parts=tuple(order))


def answering_sentences(inquiry: Inquiry) -> list[ScoredSentence]:
    """The sentences that may answer, best first; where a target is asked for, none that only states what was reached."""
    found = inquiry.find_sentences()
    if inquiry.measure is not None and _goal.search(inquiry.parsed.folded):
        found = [f for f in found if f.context < ENOUGH or not reached_only(f, inquiry.view)]
    return found


def quote_sentences(inquiry: Inquiry, found: Sequence[ScoredSentence] | None = None) -> AnswerDraft | None:
    """Quote the best sentences of an inquiry, chosen among ``found`` where these are given."""
    found = answering_sentences(inquiry) if found is None else found
    prefer = inquiry.measure.stands_in if inquiry.measure else clause_wanted(inquiry.parsed)
    return quote_provisions(inquiry.parsed, inquiry.wanted, found, prefer, measure=inquiry.measure)


def reached_only(found: ScoredSentence, view: LibraryView) -> bool:
    """Whether the figures of a sentence are results and not targets."""
    span, lead = found.sentence.span, found.lead
    if "目标" in found.sentence.heading or (lead is not None and "目标" in lead.folded):
        return False
    kinds = [fact.value.kind for fact in view.facts(TargetRecord, found.row) if span.start <= fact.span.start < span.end]
    return bool(kinds) and all(kind == "achieved" for kind in kinds)


def absent(found: ScoredSentence, wanted: QueryConcepts, parsed: ParsedQuestion, *, measured: bool = False) -> bool:
    """Whether a part of the question that matters is not spoken of in the document; for a value, not in the paragraph."""
    places = {name for d in parsed.divisions for name in (d.name, d.short, *d.aliases)} | set(parsed.places)
    if parsed.several or (not measured and any(phrase in found.sentence.folded for phrase in parsed.quoted)):
        return False
    text = _around(found) if measured else found.document.folded
    opposed = {word for left, right in pairs("polarity.tsv") for word in (*left, *right)} if parsed.kind == "yes_no" else set()
    missing = sum(
        c.weight * c.substance * (1 - c.found_in(text)) for c in wanted.concepts
        if (c.known or (len(c.text) > 2 and not c.variants and c.text not in wanted.quoted)) and c.text not in text and c.text not in places and c.text not in opposed and not any(v in text for v in c.variants)
        and c.found_in(found.sentence.folded) < 0.3 and not (measured and found.document.folded.count(c.text) >= ALL_ALONG)
    )  # fmt: skip
    foreign = sum(c.weight * c.substance for c in wanted.concepts if c.foreign and c.found_in(found.sentence.folded) < 0.3)
    total = sum(c.weight * c.substance for c in wanted.concepts) or 1.0
    return missing / total > (ABSENT if measured else MISSING) or foreign / total > FOREIGN


def _around(found: ScoredSentence) -> str:
    """The paragraph of a sentence with the one before it, its headings and the title, folded."""
    line = found.sentence.line
    sentences = found.document.sentences
    low = high = found.index
    while low > 0 and sentences[low - 1].line >= line - 1:
        low -= 1
    while high + 1 < len(sentences) and sentences[high + 1].line == line:
        high += 1
    beside = "".join(s.folded for s in sentences[low : high + 1])
    return f"{fold(found.part.head.title or '')} {found.sentence.heading} {beside}"


def with_point(
    parsed: ParsedQuestion, wanted: QueryConcepts, line: AnswerLine, near: Sequence[ScoredSentence], measure: ValueMeasure | None
) -> AnswerLine:
    """The line with the point of its best quote in front, where that quote says more than was asked.

    ``near`` holds the sentences of the document, best first: a provision is chosen among them.
    """
    first = near[0]
    own = [
        c
        for c in line.citations
        if c.start <= first.sentence.span.start < c.end or first.sentence.span.start <= c.start < first.sentence.span.end
    ]
    quotes = [Span(c.start, c.end) for c in own[:1]]
    own_sentence = first.sentence.span
    if (
        measure is None
        and quotes
        and quotes[0].start <= own_sentence.start
        and own_sentence.end < quotes[0].end
        and not _leading(first)
    ):
        # what follows the sentence that answers is context
        quotes = [own_sentence]
    point = find_point(parsed, first.document.text, quotes, measure)
    if measure is None and parsed.kind != "yes_no":
        quoted = line.citations[0]
        point = spans.chosen(parsed, wanted, near, point or Span(quoted.start, quoted.end))
        if (point.start, point.end) == (quoted.start, quoted.end):
            return line
    if point is None:
        return line
    citation = cite(first.document, point)
    said = flatten(citation.quote)
    text = f"“{said}”{'' if said.endswith(ENDS) else '。'}\n{line.text}"
    return replace(line, text=text, citations=(citation, *line.citations))


def _leading(found: ScoredSentence) -> bool:
    """Whether a sentence is answered by what follows it: a heading, a question, or one that announces a list."""
    return found.sentence.is_heading or found.sentence.leads or ANNOUNCES.search(found.sentence.folded) is not None


def line_of(
    group: Sequence[ScoredSentence], wanted: QueryConcepts, prefer: Callable[[str], bool] | None, *, how: bool = False
) -> AnswerLine:
    """The line of one document: its sentences in the order of the text."""
    first = group[0]
    spans = [find_carrying_span(f, wanted, prefer) for f in group]
    lead = first.lead
    if lead is not None and len(lead.span) <= LEAD and _denies.search(lead.folded):
        # 有下列情形之一的，不得申报: without it the item says the contrary
        spans.append(lead.span)
    if how:
        spans[0] = extend_run(first, spans[0])
    return quote_line(label_part(first.document, first.part), first.document, spans)
