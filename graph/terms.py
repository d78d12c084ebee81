"""Terms 术语: named formulas (四个不摘, 一库一单), abbreviations and defined words, each with its best definition in the text."""

from __future__ import annotations

import re

from corpus.document import ParsedDocument, Span, fact_id
from graph.clauses import sentences
from graph.facts import Term
from graph.quantities import half_width

_QUOTED = re.compile(r"[“\"]([^“”\"\n]{2,24})[”\"]")
_NUMERAL = re.compile(r"[一二三四五六七八九十两百千万双]")
_FORMULA = re.compile(
    r"(?:[一二两三四五六七八九十百千双][^一二两三四五六七八九十，,。；;、:：]{1,4}){2,}"
    r"|[一二两三四五六七八九十双\d]{1,3}(?:个|项|类|大|张|条|重|种|级|位|带|无|化|好|新|小|优|严|清|免|减|增|降|改|链|库|定|包|保|争|变|有|园|区|品|标|通|减)[^，,。；;:：]{0,10}"
    r"|[^，,。；;:：]{1,12}[+＋]|\d+\+[\dA-Za-z一-龥N]+"
)
_ABBREVIATION = re.compile(
    r"([^，,。；;：:\n（(《》“”]{2,40}|《[^》\n]{2,80}》)[（(]以下(?:统)?简称[:：]?[“\"《]?([^”\"》）)\n]{1,20})[”\"》]?[）)]"
)
_DEFINED = re.compile(r"(?:^|[,，;；])?(?:本[一-龥]{1,4}所称(?:的)?)?[“\"]?([一-龥A-Za-z]{2,16})[”\"]?[,，]?是指([^。\n]{4,300})")


def find_terms(doc: ParsedDocument) -> tuple[Term, ...]:
    """The terms of a document, one each, with the best definition: written out, listed beside it, or None."""
    text = half_width(doc.text)
    found: dict[str, Term] = {}

    def add(term: str, span: Span, definition: Span | None) -> None:
        old = found.get(term)
        if old is None or (old.definition is None and definition is not None):
            found[term] = Term(fact_id(doc.id, "term", span, term), doc.id, span, term, definition)

    for stretch in list(doc.body_spans()) or [Span(0, len(text))]:
        for sentence in sentences(text, stretch.start, stretch.end):
            for match in _ABBREVIATION.finditer(text, sentence.start, sentence.end):
                add(doc.text[match.start(2) : match.end(2)], Span(match.start(), match.end()), Span(match.start(1), match.end(1)))
            for match in _DEFINED.finditer(text, sentence.start, sentence.end):
                add(
                    doc.text[match.start(1) : match.end(1)], Span(match.start(1), match.end()), Span(match.start(2), match.end(2))
                )
            for match in _QUOTED.finditer(text, sentence.start, sentence.end):
                name = match[1]
                if _FORMULA.fullmatch(name):
                    span = Span(match.start(1), match.end(1))
                    add(doc.text[span.start : span.end], span, None)
    return tuple(sorted(found.values(), key=lambda term: term.span.start))
