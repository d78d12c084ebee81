"""Whether two figures are of one indicator 口径: each with the sentence it stands in."""

from __future__ import annotations

import re

from corpus.document import Span
from corpus.folding import fold
from graph.codec.records import TargetRecord
from qa.answers.draft import AnswerDraft, AnswerLine, label_part, level_order, quote_line
from qa.documents import DocumentView, LibraryView
from qa.evidence.inquiry import Inquiry
from qa.evidence.quoting import LONG, find_carrying_span, split_clauses
from qa.evidence.scope import ScoredSentence
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import quote_sentences
from qa.understanding.concepts import QueryConcepts

_figure = re.compile(r"\d+(?:\.\d+)?(?:%|个百分点|万亿|万|亿)?[\u4e00-\u9fff]?")
_same = re.compile("同一(?:个|项)?|是否相同|是否一致|一样吗|一回事|能(?:不能)?(?:直接)?(?:比较|相比)|可比")


def answer_comparison(inquiry: Inquiry) -> AnswerDraft | None:
    """Whether two figures are of one indicator where that is asked, else what each region says."""
    return compare_indicators(inquiry) or quote_sentences(inquiry)


KIND = QuestionKind("comparison", answer_comparison, is_list=True, computed=True)


def compare_indicators(inquiry: Inquiry) -> AnswerDraft | None:
    """For each figure of the question the sentence with it, and whether their indicators are the same."""
    parsed, wanted, scope, view = inquiry.parsed, inquiry.wanted, inquiry.scope, inquiry.view
    if not _same.search(parsed.folded):
        return None
    asked = [m.group() for m in _figure.finditer(parsed.folded)]
    plain = [re.match(r"[\d.]+%?", figure).group() for figure in asked]  # type: ignore[union-attr]
    if len(plain) < 2:
        return None
    found: dict[tuple[int, int], tuple[DocumentView, ScoredSentence, str, str]] = {}
    for row in scope.rows:
        document = view.document(row)
        for i, sentence in enumerate(document.sentences):
            if (row, sentence.part) not in scope.parts:
                continue
            figure = next((p for p in plain if re.search(f"(?<![\\d.]){re.escape(p)}(?![\\d])", sentence.folded)), None)
            if figure and (row, i) not in found:
                indicator = _indicator(view, row, sentence.span.start, sentence.span.end, figure)
                found[(row, i)] = (document, ScoredSentence(document, i, 0.0, 0.0, 0.0), indicator, figure)
    by_figure: dict[str, tuple[DocumentView, ScoredSentence, str, str]] = {}
    by_region: dict[int, tuple[DocumentView, ScoredSentence, str, str]] = {}
    for (row, _), item in found.items():
        if row not in by_region and (item[3] not in by_figure or plain[0] == plain[1]):
            by_region[row] = item
            by_figure.setdefault(item[3], item)
    if len(by_region) < 2:
        return None
    chosen = sorted(by_region.values(), key=lambda item: level_order(item[1].part))[:4]
    names = {fold(item[2]) for item in chosen}
    head = "是同一个指标。" if len(names) == 1 and "" not in names else "不是同一个指标，口径不同，不能直接比较。"
    lines = [AnswerLine(head)]
    for document, carrier, _, figure in chosen:
        lines.append(quote_line(label_part(document, carrier.part), document, [_around(carrier, figure, wanted)]))
    return AnswerDraft("answered", tuple(lines), parts=tuple((s.info.row, f.sentence.part) for s, f, _, _ in chosen))


def _indicator(view: LibraryView, row: int, start: int, end: int, figure: str) -> str:
    for fact in view.corpus.facts(TargetRecord, documents=[row]):
        if start <= fact.span.start < end and figure.rstrip("%") in fold(fact.value.value_text):
            return fact.value.indicator
    return ""


def _around(item: ScoredSentence, figure: str, wanted: QueryConcepts) -> Span:
    """The sentence, or of a long one the clauses around the figure."""
    sentence, text = item.sentence, item.document.text
    if len(sentence.span) <= LONG:
        return sentence.span
    clauses = split_clauses(text, sentence.span)
    at = next((i for i, c in enumerate(clauses) if figure in fold(c.of(text))), None)
    if at is None:
        return find_carrying_span(item, wanted)
    return Span(clauses[max(0, at - 1)].start, clauses[at].end).trimmed(text)
