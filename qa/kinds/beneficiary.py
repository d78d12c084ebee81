"""Whom a provision is for 适用对象."""

from __future__ import annotations

from qa.answers.draft import AnswerDraft
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind
from qa.kinds.provision import quote_sentences
from qa.kinds.responsibility import quote_unit_duties


def answer_beneficiary(inquiry: Inquiry) -> AnswerDraft | None:
    """The sentences that name the groups of people."""
    return quote_unit_duties(inquiry) or quote_sentences(inquiry)


KIND = QuestionKind("beneficiary", answer_beneficiary, reworded=True)
