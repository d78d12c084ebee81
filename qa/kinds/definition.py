"""What a term means 术语解释: the definition in the text, the long form of an abbreviation, the list behind 四个坚持."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from corpus.document import Span
from corpus.folding import fold
from corpus.folding import folded as folded_copy
from corpus.numerals import read_whole_number
from corpus.text import COLONS
from graph.codec.records import TermRecord
from qa.answers.draft import AnswerDraft, AnswerLine, label_at, level_order, quote_line
from qa.answers.evidence_first import RELATED
from qa.documents import DocumentView, Sentence
from qa.evidence.constraints import SlotConstraints
from qa.evidence.inquiry import Inquiry
from qa.evidence.lists import find_list
from qa.evidence.quoting import split_clauses
from qa.evidence.scope import SMALL
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import quote_sentences
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

ENTRY = 260
"""Characters quoted of an item that explains the term it is headed by."""
REACH = 1500
"""How far behind a term the things it counts up may stand."""
MEANINGS = 5
"""Meanings shown side by side."""
LOOKED_INTO = 24
"""Documents read for the explanation of a term besides those of the scope."""
LEAST, LEEWAY = 0.5, 0.05
"""How surely a stretch explains a term at least, and how much less surely than the surest."""
BEHIND = 8
"""Characters, but for dates, that may stand behind the term a question asks about: 三零服务; more are what it asks about."""
AT_END = 8
"""Characters that may stand behind a term at the end of a sentence whose next one says 即…"""

_dated = re.compile(r"\d+[年月日]?")
_numeral = re.compile(r"^([一二两三四五六七八九十]{1,3}|\d{1,2})(个|项|大|种|条|类|重)?(.+)$")
_is = "(?:是指|指的是|系指|即|就是|指|意为|包括|分别是|分别为|是)"
_piece = re.compile(r"[^，,。；;、：:“”\"（）()\n]+")


def terms_asked(parsed: ParsedQuestion, known: KnownNames) -> tuple[str, ...]:
    """The terms a question asks about, folded: what stands in quotation marks, else the longest term of the library in it.

    疫情期间推出的监督评估 asks for no meaning of 疫情, 吉林的三零服务 for that of 三零.
    """
    if parsed.quoted:
        return parsed.quoted
    subject = parsed.subject.replace(" ", "")
    terms = [t for t in known.terms_in(subject, parsed.folded) if not _only_opens(subject, t)]
    if terms:
        return (min(terms, key=lambda t: (-len(t), t)),)
    pieces = sorted(parsed.subject.split(), key=len, reverse=True)
    return tuple(pieces[:1])


def _only_opens(subject: str, term: str) -> bool:
    """Whether a term only stands in front of what a question is about."""
    _, found, behind = subject.rpartition(term)
    return bool(found) and len(_dated.sub("", behind)) > BEHIND and 2 * len(term) < len(subject)


class Meaning(NamedTuple):
    """A stretch of a document that explains a term, with how surely it does."""

    score: float
    document: DocumentView
    spans: list[Span]

    @property
    def part(self) -> int:
        """The number of the part of the document that it stands in."""
        return self.document.part_at(self.spans[0].start)

    def write_out(self) -> str:
        """The text, folded, without white space: two documents that say the same explain it once."""
        return "".join(fold("".join(span.of(self.document.text) for span in self.spans)).split())


def _define_terms(inquiry: Inquiry) -> AnswerDraft | None:
    """The definitions of the first term asked about that is defined, each meaning once; None where it is only mentioned or not there."""
    for term in terms_asked(inquiry.parsed, inquiry.known):
        found = _find_meanings(term, inquiry)
        if not found:
            continue
        best = max(meaning.score for meaning in found)
        sure = [meaning for meaning in found if meaning.score >= max(best - LEEWAY, LEAST)]
        if sure:
            return _quote_meanings(term, _distinct(sure), sure)
    return None


def _find_meanings(term: str, inquiry: Inquiry) -> list[Meaning]:
    """The best explanation of a term in each document of the scope, and in those whose facts define it."""
    constraints = SlotConstraints(inquiry.parsed)
    scope = frozenset(inquiry.scope.parts)
    rows = dict.fromkeys((*(row for row, _ in inquiry.scope.parts), *_rows_defining(term, inquiry)))
    found = []
    for row in rows:
        document = inquiry.view.document(row)
        if term not in document.folded:
            continue
        candidates = [
            (score, spans)
            for score, spans in _definitions(term, document)
            if (row, document.part_at(spans[0].start)) in scope or constraints.find_violation(document, spans[0]) is None
        ]
        if candidates:
            score, spans = max(candidates, key=lambda c: (c[0], -c[1][0].start))
            found.append(Meaning(score, document, [*spans, *_list_behind(document, spans[-1])]))
    return found


def _list_behind(document: DocumentView, span: Span) -> list[Span]:
    """The list that a definition announces: 是指同时具备以下条件的各类人员：."""
    if span.of(document.text).rstrip()[-1:] not in COLONS:
        return []
    after = next((sentence for sentence in document.sentences if sentence.span.start >= span.end), None)
    found = find_list(document.doc, after.span) if after is not None else None
    return [found[0]] if found is not None else []


def _rows_defining(term: str, inquiry: Inquiry) -> list[int]:
    """The documents, among those to answer from, whose facts hold a definition of a term."""
    facts = inquiry.view.corpus.facts(TermRecord, key=("term", term))
    return sorted({fact.document for fact in facts if fact.value.definition and fact.document in inquiry.chosen})[:LOOKED_INTO]


def _distinct(meanings: list[Meaning]) -> list[Meaning]:
    """Meanings that differ: highest level first, of those that say the same or a part of it the first."""
    kept: dict[str, Meaning] = {}
    for meaning in sorted(meanings, key=lambda m: level_order(m.document.parts[m.part])):
        told = meaning.write_out()
        if not any(told in other or other in told for other in kept):
            kept[told] = meaning
    return [*kept.values()]


def _quote_meanings(term: str, distinct: list[Meaning], every: list[Meaning]) -> AnswerDraft:
    """A line for each meaning; where there are several it is said how many documents explain the term."""
    lines = [quote_line(label_at(m.document, m.spans[0].start), m.document, m.spans) for m in distinct[:MEANINGS]]
    if len(distinct) > 1:
        documents = len({meaning.document.info.row for meaning in every})
        said = f"{documents} 份文件解释了“{term}”，说法不完全相同，分列如下。"
        shown = f"其余 {len(distinct) - MEANINGS} 种见各文件。" if len(distinct) > MEANINGS else ""
        counts = (documents, len(distinct) - MEANINGS) if shown else (documents,)
        lines.insert(0, AnswerLine(said + shown, derived=(term,), counts=counts))
    parts = tuple((m.document.info.row, m.part) for m in distinct[:MEANINGS])
    return AnswerDraft("answered", tuple(lines), parts=parts)


def _definitions(term: str, document: DocumentView) -> list[tuple[float, list[Span]]]:
    """Stretches that explain a term, with how surely they do."""
    name = re.escape(term)
    defined = re.compile(f'{name}[”"’」]?(?:[)）])?[，,:：]?{_is}')
    short = re.compile(f'(?:简称|称为|称作|统称)(?:为)?[:：]?[“"‘《「]?{name}')
    out: list[tuple[float, list[Span]]] = []
    for i, sentence in enumerate(document.sentences):
        if term not in sentence.folded:
            continue
        after = document.sentences[i + 1] if i + 1 < len(document.sentences) else None
        if short.search(sentence.folded):
            out.append((0.88, [_clause_of(document, sentence, term)]))
            continue
        if match := defined.search(sentence.folded):
            weak = match.group().endswith(("是", "包括")) and not match.group().endswith("就是")
            out.append((0.75 if weak else 0.95, [sentence.span]))
        ends = len(sentence.folded) - sentence.folded.rfind(term) - len(term) <= AT_END
        if ends and after is not None and after.folded.startswith(("即", "是指", "指的是", "就是", "一是")):
            out.append((0.9, [sentence.span, after.span]))
        if sentence.is_heading and sentence.leaf.strip(" .。:：、") == term:
            out.append((0.93, [_entry(document, i)]))
        pieces = _piecewise(term, document, i)
        if pieces:
            out.append((0.94, [sentence.span, *pieces]))
        spans = _counted_up(term, document, i)
        if spans:
            out.append((0.92, spans))
        elif (told := _enumerated_before(term, sentence)) is not None:
            out.append((0.91, [original_span(document, sentence, *told)]))
        elif _is_appositive(term, sentence):
            out.append((0.6, [sentence.span]))
    return out


def _entry(document: DocumentView, index: int) -> Span:
    """An item headed by the term with what stands under it, while that stays short: （三）牵办。对责任明确的…。"""
    start, end = document.sentences[index].span.start, document.sentences[index].span.end
    for sentence in document.sentences[index + 1 :]:
        if sentence.section != document.sentences[index].section or sentence.span.end - start > ENTRY:
            break
        end = sentence.span.end
    return Span(start, end)


def _enumerated_before(term: str, sentence: Sentence) -> tuple[int, int] | None:
    """The n things counted up in front of a term of the form n+word that all hold its word (环节最简、…的“六最”)."""
    match = _numeral.match(term)
    number = read_whole_number(match[1]) if match else None
    if not match or number is None or not 2 <= number <= 12:
        return None
    at = sentence.folded.find(term)
    head = sentence.folded[:at].rstrip("“\"'‘「")
    start = max(head.rfind(stop) for stop in "，。；;,:：") + 1
    items = head[start:].removesuffix("的").split("、")
    return (start, at + len(term)) if len(items) == number and all(match[3][:1] in item for item in items) else None


def original_span(document: DocumentView, sentence: Sentence, start: int, end: int) -> Span:
    """A stretch of a folded sentence in the text itself."""
    inner = folded_copy(sentence.span.of(document.text)).original(start, end)
    return Span(sentence.span.start + inner.start, sentence.span.start + inner.end)


def _is_appositive(term: str, sentence: Sentence) -> bool:
    """Whether a quoted formula of n parts stands behind as many things (以A库和B清单“一库一单”为依托)."""
    parts = sum(c in "一二两三四五六七八九" for c in term)
    head = sentence.folded.split(term)[0]
    clause = re.split("[，,。；;]", head)[-1]
    return parts >= 2 and len(re.split("和|、|及|与", clause)) == parts and len(clause) > len(term) + 4


def _piecewise(term: str, document: DocumentView, index: int) -> list[Span]:
    """The sentences behind a formula that explain its pieces one by one (“一区”指…。“双核”指…)."""
    found: list[Span] = []
    for sentence in document.sentences[index + 1 : index + 8]:
        match = re.match(f'[“"‘「]([^”"’」]{{2,6}})[”"’」]{_is}', sentence.folded)
        if match and match[1] in term:
            found.append(sentence.span)
        elif found:
            break
    return found


def _counted_up(term: str, document: DocumentView, index: int) -> list[Span]:
    """The n clauses a term of the form n+word counts up (五无 → 无垃圾, 无化肥 …): alike in wording, in its own section."""
    match = _numeral.match(term)
    number = read_whole_number(match[1]) if match else None
    if not match or number is None or not 2 <= number <= 12:
        return []
    rest = match[3]
    first = document.sentences[index]
    stretch = [s for s in document.sentences[index:] if s.span.start - first.span.start <= REACH and s.part == first.part]
    if first.section is not None:
        inside = [s for s in stretch if s.section == first.section or s.heading.startswith(first.heading)]
        stretch = inside or stretch
    for key in dict.fromkeys((rest[:4], rest[:3], rest[:2], rest[:1])):
        groups: dict[str, dict[str, Span]] = defaultdict(dict)
        for sentence in stretch:
            text = sentence.span.of(document.text)
            for piece in _piece.finditer(text):
                folded = fold(piece.group())
                at = folded.find(key)
                if at < 0 or folded == term or term in folded:
                    continue
                tail = folded[at + len(key) : at + len(key) + 2]
                if tail:
                    span = Span(sentence.span.start + piece.start(), sentence.span.start + piece.end())
                    groups[folded[max(0, at - 2) : at]].setdefault(tail, span)
        for spans in groups.values():
            if len(spans) == number:
                ordered = sorted(spans.values())
                whole = Span(ordered[0].start, ordered[-1].end)
                return [whole] if len(whole) <= 200 else ordered
    return []


def _clause_of(document: DocumentView, sentence: Sentence, term: str) -> Span:
    """The clause of a sentence that holds the abbreviation with its long form."""
    if len(sentence.span) <= 120:
        return sentence.span
    for clause in split_clauses(document.text, sentence.span):
        text = fold(clause.of(document.text))
        if term in text and "简称" in text:
            return clause.trimmed(document.text)
    return sentence.span


def answer_definition(inquiry: Inquiry) -> AnswerDraft | None:
    """The definitions of a term; in a small library else the sentences that say most about it, as what may be related."""
    defined = _define_terms(inquiry)
    if defined is not None or len(inquiry.view) > SMALL:
        return defined
    near = quote_sentences(inquiry)
    return replace(near, status="partial", notices=(*near.notices, RELATED)) if near is not None else None


def explain_undefined(inquiry: Inquiry) -> str | None:
    """That documents name a term which none of them explains; None where none names it."""
    term = next(iter(terms_asked(inquiry.parsed, inquiry.known)), "")
    facts = inquiry.view.corpus.facts(TermRecord, key=("term", term)) if term else []
    named = any(fact.document in inquiry.chosen for fact in facts)
    return f"写到“{term}”的文件都没有解释它的含义。" if named else None


KIND = QuestionKind("definition", answer_definition, computed=True, reworded=True, explain=explain_undefined)
