"""From when and how long a document is in force 施行与有效期: what its closing words say, else its head matter, else its period."""

from __future__ import annotations

import re

from corpus.document import Span
from corpus.folding import fold
from qa.answers.draft import AnswerDraft, label_part, quote_line
from qa.documents import DocumentView
from qa.evidence.inquiry import Inquiry

NAMED = 0.5
"""The share of the question that the title of the document must hold: the force of a subsidy is told elsewhere than that of rules."""

_begins = re.compile("(?:施行|实施|生效|执行|实行|启用)|起施行")
_lasts = re.compile(
    "有效期|有效吗|规划期|(?:期限|起止)(?:是|为|到|至)|失效|管到|(?:执行|实施|有效)(?:期限|期)?(?:到|至|多久|多长|几年)|哪几年|哪些年"
)
_asks_when = re.compile("什么时候|何时|哪天|哪一天|几月|几号|啥时候|哪年|时间|日期|从.{0,4}起|多久|多长|几年|哪几年|到")
_say_begin = re.compile("(?:自|从|于|起)[^。;]{0,40}(?:施行|实施|执行|生效)|(?:施行|实施|生效)(?:日期|时间)")
_say_last = re.compile(
    "有效期|试行期|(?:施行|执行|实施)(?:期限)?[^。;]{0,12}(?:至|到)[^。;]{0,16}(?:止|日|底)|废止日期|暂定[^。;]{0,4}年|为期[^。;]{1,4}年"
)
_words = re.compile("有效期|有效|期限|起止|施行|实施|生效|执行|开始|失效|规划期|日期|时间|期|管到|几年|起")


def answer_period_of_force(inquiry: Inquiry) -> AnswerDraft | None:
    """The words of the document that say it; None where the question is about something else than the force of a document."""
    parsed, scope, view = inquiry.parsed, inquiry.scope, inquiry.view
    lasts = _lasts.search(parsed.folded) is not None
    begins = _begins.search(parsed.folded) is not None
    if not (lasts or begins) or not _asks_when.search(parsed.folded):
        return None
    own = [c for c in inquiry.wanted.concepts if not _words.fullmatch(c.text)]
    total = sum(c.weight for c in own)
    best: tuple[float, int, int] | None = None
    for row, number in scope.parts:
        document = view.document(row)
        title = fold(document.parts[number].head.title or "")
        named = sum(c.weight * c.found_in(title) for c in own) / total if total else 0.0
        named += 0.2 * any(word in title for word in parsed.document_words) + 0.5 * (row in parsed.documents)
        if best is None or named > best[0]:
            best = (named, row, number)
    if best is None or best[0] < NAMED or not (parsed.document_words or parsed.documents or total == 0):
        return None
    _, row, number = best
    document = view.document(row)
    span = _told(document, number, lasts=lasts, begins=begins) or _of_head(document, number, lasts=lasts)
    if span is None:
        return None
    part = document.parts[number]
    return AnswerDraft("answered", (quote_line(label_part(document, part), document, [span]),), parts=((row, number),))


def _told(document: DocumentView, number: int, *, lasts: bool, begins: bool) -> Span | None:
    """The sentence, from the end backwards, that says it of the document itself."""
    wanted = [pattern for pattern, asked in ((_say_last, lasts), (_say_begin, begins)) if asked]
    inside = [s for s in document.sentences if s.part == number]
    for pattern in wanted:
        for sentence in reversed(inside):
            at = pattern.search(sentence.folded)
            if (
                at
                and re.search("本|以上|上述|此前|^(?:自|从)|有效期|通知|办法", sentence.folded)
                and re.search(r"\d|之日|起", sentence.folded)
            ):
                return sentence.span
    return None


def _of_head(document: DocumentView, number: int, *, lasts: bool) -> Span | None:
    """The place of the date in the head matter, or of the years in the title of a plan."""
    head = document.parts[number].head
    span = head.spans.get("expires_on" if lasts else "effective_on")
    if span is not None or not lasts or head.plan_period is None:
        return span
    first, last = (year[:4] for year in head.plan_period)
    period = re.compile(f"{first}(?:年)?[-—–~～至到]{{1,2}}{last}年?" if first != last else f"{first}年")
    found = period.search(document.text, document.parts[number].span.start, document.parts[number].span.end)
    if found is None:
        return head.spans.get("plan_period")
    index = document.sentence_at(found.start())
    return document.sentences[index].span if index is not None else _line(document.text, found.start())


def _line(text: str, position: int) -> Span:
    end = text.find("\n", position)
    return Span(text.rfind("\n", 0, position) + 1, end if end >= 0 else len(text)).trimmed(text)
