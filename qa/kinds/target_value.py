"""How much or how many 目标数值."""

from __future__ import annotations

from qa.answers.draft import AnswerDraft
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind
from qa.kinds.period_of_force import answer_period_of_force
from qa.kinds.provision import quote_sentences
from qa.kinds.table_values import quote_target


def answer_target_value(inquiry: Inquiry) -> AnswerDraft | None:
    """The period of a document, else the value of an indicator in a table, else the sentence with the value."""
    return answer_period_of_force(inquiry) or quote_target(inquiry) or quote_sentences(inquiry)


KIND = QuestionKind("target_value", answer_target_value, own_figures=True, reworded=True)
