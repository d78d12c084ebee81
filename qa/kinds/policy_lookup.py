"""What documents provide 政策规定: the kind of a question that is of no other."""

from __future__ import annotations

from qa.answers.draft import AnswerDraft
from qa.evidence.inquiry import Inquiry
from qa.kinds.kind import QuestionKind
from qa.kinds.lists import list_under_heading
from qa.kinds.period_of_force import answer_period_of_force
from qa.kinds.provision import quote_sentences
from qa.kinds.responsibility import quote_unit_duties, unit_asked
from qa.understanding.expectations import kind_asked


def answer_policy_lookup(inquiry: Inquiry) -> AnswerDraft | None:
    """The period of a document, the duties of a unit, the list under a heading; else the sentences that say most about it."""
    if (period := answer_period_of_force(inquiry)) is not None:
        return period
    draft = None
    if unit_asked(inquiry.parsed) is not None:
        draft = quote_unit_duties(inquiry)
    elif (noun := kind_asked(inquiry.parsed)) is not None:
        draft = list_under_heading(noun, inquiry)
    return draft or quote_sentences(inquiry)


KIND = QuestionKind("policy_lookup", answer_policy_lookup, reads_on=True, reworded=True)
