"""What a kind of question 问法 is: the row of the registry that its module defines as ``KIND``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa.answers.draft import AnswerDraft
from qa.evidence.inquiry import Inquiry
from qa.understanding.kinds import KindWords, kind_words


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """A kind of question and how it is answered; its label and cues are in its row of ``data/kinds.tsv``.

    Args:
        name: The name in the answer's JSON, and in ``data/kinds.tsv``.
        answer: Makes the draft of an answer, or None where the documents do not tell.
        is_list: Answers are lists, which may be longer than a statement.
        computed: Its lines count, compare or put together what several places say; they come before quoted items.
        of_library: It is answered from the store (head matter, facts), no text is searched.
        of_versions: It compares versions of a document.
        complete: Its answer says all there is to say: no items are quoted behind it.
        own_figures: Figures of a paper that a region only forwards are not the region's own.
        reads_on: In a large library what other documents say is quoted behind the best document's answer.
        reworded: A configured language model may connect the quotes.
        explain: Why nothing was found, where the documents themselves tell.
        otherwise: The kind a question turns out to be of where this one finds nothing it is about.
    """

    name: str
    answer: Callable[[Inquiry], AnswerDraft | None]
    is_list: bool = False
    computed: bool = False
    complete: bool = False
    of_library: bool = False
    of_versions: bool = False
    own_figures: bool = False
    reads_on: bool = False
    reworded: bool = False
    explain: Callable[[Inquiry], str | None] | None = None
    otherwise: str | None = None

    @property
    def words(self) -> KindWords:
        """The label, follow-up question and cues."""
        return next(words for words in kind_words() if words.name == self.name)
