"""Questions about many places or documents 跨文件的问题: mentions, figures, what each place says, in this order."""

from __future__ import annotations

import datetime as dt

from corpus.wordlists import word_lists
from qa.answers.draft import AnswerDraft
from qa.documents import ChosenDocuments, LibraryView
from qa.kinds.mentions import answer_mentions
from qa.kinds.over_documents import answer_over_documents
from qa.kinds.places_beside import answer_places_beside
from qa.kinds.years_beside import answer_years_beside
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion


def answer_across(
    parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, as_of: dt.date
) -> AnswerDraft | None:
    """The answer to a question about many places or documents; None for another question."""
    asked = (parsed, view, known, chosen, as_of)
    # 提到 asks after the thing itself, 提出 may ask after a figure of it
    named = any(word in parsed.folded for word in word_lists("qa")["mention_only"])
    # 哪些城市没有规定租房补贴: what others rule is no answer to it
    denied = any(word in parsed.folded for name in ("rules_denied", "sweeps_missing") for word in word_lists("qa")[name])
    return (
        (answer_mentions(*asked) if named else None)
        or answer_over_documents(*asked)
        or (None if named else answer_mentions(*asked))
        or (None if denied else answer_years_beside(*asked) or answer_places_beside(*asked))
    )
