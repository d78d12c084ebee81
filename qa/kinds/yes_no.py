"""Yes or no 是非: decided only where the governing sentence decides it, by the words the question and the sentence share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.folding import fold
from qa.answers.draft import AnswerDraft
from qa.evidence.inquiry import Inquiry
from qa.evidence.scope import ScoredSentence
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import ENOUGH, answering_sentences, quote_sentences
from qa.kinds.same_indicator import compare_indicators
from qa.understanding import measure
from qa.understanding.concepts import QueryConcepts
from qa.understanding.lexicons import pairs, phrases
from qa.understanding.question import ParsedQuestion

SURE = 0.6
"""The share of the question the sentence must hold, its headings counted, before 是 or 不是 is said."""


OWN = 0.35
"""… and the share it must hold by itself."""

_forbids_refusing = re.compile("不得[^。;；]{0,30}(?:拒绝|限制|排斥|推诿|拖延|歧视|拒不)")
"""不得以…为由拒绝 grants what is asked for."""


def decided(
    parsed: ParsedQuestion, wanted: QueryConcepts, draft: AnswerDraft, best: ScoredSentence, span_text: str
) -> AnswerDraft:
    """The draft with the verdict in front, where there is one."""
    folded = fold(span_text)
    stated = measure.find_stated_value(parsed.folded)
    if stated is not None and best.context >= SURE:
        clauses = [clause for clause in re.split("[,;。]", re.sub(r"(?<=\d),(?=\d{3})", "", folded)) if re.search(r"\d", clause)]
        closest = max(clauses, key=wanted.coverage, default="")
        unit = re.sub(r"[\d.]", "", stated)
        # another figure denies the one asked for only where it is of the same unit
        word: str | None = "对" if stated in closest else "不对" if re.search(rf"\d{re.escape(unit)}", closest) else None
    else:
        word = verdict(parsed.folded, folded, best.context if best.coverage >= OWN else 0.0)
    if word is None:
        return draft
    first, *rest = draft.lines
    return replace(
        draft,
        lines=(replace(first, text=f"{word}。{first.text}", derived=(*first.derived, word)), *rest),
        decided=stated is not None,
    )


def verdict(question: str, sentence: str, coverage: float) -> str | None:
    """是/不是, 会/不会, 有/没有, 可以/不可以 — or None where the sentence does not decide it."""
    if re.search("除[^。]{1,60}(?:以?外|之外)", sentence):
        return None  # what is excepted may be just what is asked
    sentence = _forbids_refusing.sub("", sentence)
    positive, negative = _forms(question)
    body = re.sub(r"吗|是否|是不是|会不会|能不能|可不可以|有没有|要不要|\?", "", question)
    for left, right in pairs("polarity.tsv"):
        if any(word in body for word in left):
            if any(word in sentence for word in right) and not any(word in sentence for word in left):
                return negative
            if any(word in sentence for word in left):
                return positive if coverage >= SURE else None
    # that a sentence shares the words of the question does not make it a yes: 不设起付线 shares them with 设起付线吗
    denies = coverage >= SURE and _negated(sentence) and not _negated(body) and _negation_governs(body, sentence)
    return negative if denies else None


def _forms(question: str) -> tuple[str, str]:
    if re.search("会不会|会.{0,20}(?:吗|么)|还会", question):
        return "会", "不会"
    if re.search("有没有|还有|有.{0,20}(?:吗|么)", question):
        return "有", "没有"
    if re.search("能否|可否|能不能|可不可以|可以|能.{0,20}吗|允许", question):
        return "可以", "不可以"
    if re.search("是否需要|要不要|需不需要|需要", question):
        return "需要", "不需要"
    return "是", "不是"


def _negated(text: str) -> bool:
    return any(word in text for word in phrases("negations.txt") if len(word) > 1)


def _negation_governs(body: str, sentence: str) -> bool:
    """Whether what stands behind the sentence's negation is what the question asks about."""
    for word in phrases("negations.txt"):
        if len(word) > 1 and word in sentence:
            behind = sentence.split(word, 1)[1][:8]
            if sum(behind[i : i + 2] in body for i in range(len(behind) - 1)) >= 2:
                return True
    return False


def answer_yes_no(inquiry: Inquiry) -> AnswerDraft | None:
    """The governing sentences, with the verdict in front where one of those quoted decides it."""
    if (same := compare_indicators(inquiry)) is not None:
        return same
    found = answering_sentences(inquiry)
    draft = quote_sentences(inquiry, found)
    if draft is None or not draft.lines or inquiry.parsed.aspects:
        return draft  # whether something is in force is concluded from its status, not from words that a sentence shares
    rows = inquiry.view.by_id
    shown = [(rows[c.source_id], c.start, c.end) for c in draft.lines[0].citations if c.source_id in rows]
    good = next((f for f in found if f.context >= ENOUGH and _among(f, shown)), None)
    return draft if good is None else decided(inquiry.parsed, inquiry.wanted, draft, good, _with_lead(good))


KIND = QuestionKind("yes_no", answer_yes_no)


def _among(found: ScoredSentence, places: Sequence[tuple[int, int, int]]) -> bool:
    """Whether a sentence is one of the places that are quoted, given by document, start and end."""
    span = found.sentence.span
    return any(row == found.row and start < span.end and span.start < end for row, start, end in places)


def _with_lead(found: ScoredSentence) -> str:
    """A sentence with the one that announces it, where it is an item of a list."""
    lead = found.lead
    return (lead.folded if lead is not None else "") + found.sentence.folded
