"""Which documents say it 跨文件查询: every document of the library that holds what is asked for, and those that do not."""

from __future__ import annotations

import re

from qa.answers.draft import AnswerDraft, AnswerLine, label_part, level_order, quote_line
from qa.documents import DocumentView, LibraryView
from qa.evidence.inquiry import Inquiry
from qa.evidence.quoting import find_carrying_span
from qa.evidence.scope import Scope, ScoredSentence
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import quote_sentences
from qa.understanding.concepts import QueryConcepts
from qa.understanding.question import ParsedQuestion

MENTIONED = 0.6
"""The share of an unquoted phrase a sentence must hold to count as saying it."""
LISTED = 40
"""Documents named in an answer; of more, the best are named and the rest counted."""

_which = re.compile("哪些|哪几|哪份|哪个")


def is_survey(parsed: ParsedQuestion) -> bool:
    """Whether the question asks which documents or regions say something (and not what two of them say)."""
    return (
        parsed.kind == "multi_doc"
        and _which.search(parsed.folded) is not None
        and len(parsed.divisions) < 2
        and not re.search("共同|分别", parsed.folded)
    )


def _survey(
    parsed: ParsedQuestion, wanted: QueryConcepts, scope: Scope, found: list[ScoredSentence], view: LibraryView
) -> AnswerDraft | None:
    """One quote for each document that says it, from the nation down; then those that do not."""
    alternatives = [phrase for phrase in wanted.quoted if len(phrase) >= 2]
    best: dict[tuple[int, int], ScoredSentence] = {}
    for item in found:
        key = (item.row, item.sentence.part)
        if key in best:
            continue
        if alternatives:
            said = any(_holds(item.sentence.folded, phrase) for phrase in alternatives)
        else:
            said = item.coverage >= MENTIONED or (item.context >= MENTIONED + 0.12 and item.coverage >= 0.4)
        if said:
            best[key] = item
    if not best:
        return None
    order = sorted(best, key=lambda key: (level_order(best[key].part), key))
    lines = []
    for key in order[:LISTED]:
        item = best[key]
        lines.append(quote_line(label_part(item.document, item.part), item.document, [find_carrying_span(item, wanted)]))
    silent = _silent(scope, view, set(order))
    if silent and len(scope.rows) <= 24:
        lines.append(AnswerLine(f"未见提及的：{'、'.join(silent)}。"))
    return AnswerDraft("answered", tuple(lines), parts=tuple(order))


def _holds(folded: str, phrase: str) -> bool:
    """Whether a sentence holds a phrase, a particle more or less (不发生规模性返贫[的]底线)."""
    return phrase in folded or (len(phrase) >= 5 and phrase in folded.replace("的", "").replace("了", ""))


def _silent(scope: Scope, view: LibraryView, said: set[tuple[int, int]]) -> list[str]:
    """Labels of the documents none of whose parts says it."""
    names: list[str] = []
    speaking = {row for row, _ in said}
    for row in scope.rows:
        if row not in speaking:
            document: DocumentView = view.document(row)
            names.append(label_part(document, document.parts[-1]))
    return list(dict.fromkeys(names))


def answer_multi_doc(inquiry: Inquiry) -> AnswerDraft | None:
    """Every document that says what is asked for, or what each of the named ones says."""
    if is_survey(inquiry.parsed):
        return _survey(inquiry.parsed, inquiry.wanted, inquiry.scope, inquiry.find_sentences(), inquiry.view)
    return quote_sentences(inquiry)


KIND = QuestionKind("multi_doc", answer_multi_doc, is_list=True, computed=True, reworded=True)
