"""What a term means 术语解释: the definition in the text, the long form of an abbreviation, the list behind 四个坚持."""

from __future__ import annotations

import re
from collections import defaultdict

from corpus.document import Span
from corpus.folding import fold
from corpus.folding import folded as folded_copy
from corpus.numerals import read_whole_number
from qa.answers.draft import AnswerDraft, label_at, level_order, quote_line
from qa.documents import DocumentView, LibraryView, Sentence
from qa.evidence.inquiry import Inquiry
from qa.evidence.quoting import split_clauses
from qa.evidence.scope import Scope
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import quote_sentences
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

ENTRY = 260
"""Characters quoted of an item that explains the term it is headed by."""
REACH = 1500
"""How far behind a term the things it counts up may stand."""

_numeral = re.compile(r"^([一二两三四五六七八九十]{1,3}|\d{1,2})(个|项|大|种|条|类|重)?(.+)$")
_is = "(?:是指|指的是|系指|即|就是|指|意为|包括|分别是|分别为|是)"
_piece = re.compile(r"[^，,。；;、：:“”\"（）()\n]+")


def terms_asked(parsed: ParsedQuestion, known: KnownNames) -> tuple[str, ...]:
    """The terms a question asks about, folded: what stands in quotation marks, else the longest term of the library in it."""
    if parsed.quoted:
        return parsed.quoted
    subject = parsed.subject.replace(" ", "")
    named = sorted(known.terms_in(subject, parsed.folded), key=lambda t: (-len(t), t))
    if named:
        return tuple(named[:1])
    pieces = sorted(parsed.subject.split(), key=len, reverse=True)
    return tuple(pieces[:1])


def _define_terms(parsed: ParsedQuestion, scope: Scope, view: LibraryView, known: KnownNames) -> AnswerDraft | None:
    """The definitions of the first term asked about that is defined; None where it is only mentioned or not there."""
    found: list[tuple[float, DocumentView, list[Span]]] = []
    for term in terms_asked(parsed, known):
        for row in scope.rows:
            document = view.document(row)
            if term not in document.folded:
                continue
            parts = {part for r, part in scope.parts if r == row}
            candidates = [c for c in _definitions(term, document) if document.part_at(c[1][0].start) in parts]
            if candidates:
                score, spans = max(candidates, key=lambda c: (c[0], -c[1][0].start))
                found.append((score, document, spans))
    if not found:
        return None
    best = max(score for score, _, _ in found)
    chosen = [(document, spans) for score, document, spans in found if score >= best - 0.05 and score >= 0.5]
    if not chosen:
        return None
    chosen.sort(key=lambda c: level_order(c[0].parts[c[0].part_at(c[1][0].start)]))
    lines = [quote_line(label_at(s, spans[0].start), s, spans) for s, spans in chosen[:3]]
    return AnswerDraft("answered", tuple(lines), parts=tuple((s.info.row, s.part_at(spans[0].start)) for s, spans in chosen[:3]))


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
        if after is not None and after.folded.startswith(("即", "是指", "指的是", "就是", "一是")):
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
    return parts >= 2 and len(re.split("和|、|及|与", clause)) >= 2 and len(clause) > len(term) + 4


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
    """The definition of a term, else the sentences that say most about it."""
    defined = _define_terms(inquiry.parsed, inquiry.scope, inquiry.view, inquiry.known)
    return defined or quote_sentences(inquiry)


KIND = QuestionKind("definition", answer_definition, computed=True, reworded=True)
