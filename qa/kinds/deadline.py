"""When something is due or takes place, and how long it lasts 时间期限."""

from __future__ import annotations

from qa.answers.draft import AnswerDraft
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind
from qa.kinds.period_of_force import answer_period_of_force
from qa.kinds.provision import quote_sentences
from qa.kinds.table_values import quote_deadline


def answer_deadline(inquiry: Inquiry) -> AnswerDraft | None:
    """The period of a document, else the sentence with the date, else the deadline of a task of a ledger."""
    return answer_period_of_force(inquiry) or quote_sentences(inquiry) or quote_deadline(inquiry)


KIND = QuestionKind("deadline", answer_deadline, own_figures=True, reworded=True)
