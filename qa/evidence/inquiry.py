"""A question on its way to an answer: what it asks for, where to look, and the sentences found for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from qa.answer import Comparison
from qa.documents import EVERYTHING, ChosenDocuments, LibraryView, Sentence
from qa.evidence.scope import Scope, ScoredSentence, elsewhere, of_the_place, place_names
from qa.evidence.scoring import SentenceScorer
from qa.understanding.concepts import QueryConcepts
from qa.understanding.expectations import choose_bonus, governs, lists_names, names_asked, organisation_wanted
from qa.understanding.measure import ValueMeasure
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion

Similar = Callable[[Sequence[str]], Sequence[float]]
"""How near in meaning sentences are to the question."""


@dataclass(frozen=True)
class Inquiry:
    """Everything a kind of question answers from.

    Args:
        parsed: The parsed question.
        wanted: Its concepts.
        measure: The kind of value it asks for, if any.
        scope: The documents to look at.
        view: The library.
        known: The names in the library.
        scorer: Scores sentences; shared by every inquiry about one question.
        similar: Compares sentences with the question by a model, if there is one.
        as_of: The day on which the force of documents is judged.
        chosen: The documents to answer from.
        compare_versions: Compares two versions of a document, given by their rows, clause by clause.
    """

    parsed: ParsedQuestion
    wanted: QueryConcepts
    measure: ValueMeasure | None
    scope: Scope
    view: LibraryView
    known: KnownNames
    scorer: SentenceScorer
    similar: Similar | None = None
    as_of: dt.date = field(default_factory=dt.date.today)
    chosen: ChosenDocuments = EVERYTHING
    compare_versions: Callable[[int, int], Comparison] | None = None

    def find_sentences(self) -> list[ScoredSentence]:
        """The sentences of the scope that may answer, best first."""
        parsed, measure, scope, view = self.parsed, self.measure, self.scope, self.view
        found = self.scorer.score(
            scope,
            required=_required(parsed, measure),
            similar=self.similar,
            bonus=choose_bonus(parsed),
            measured=measure.stands_in if measure else None,
            governing=governs if parsed.kind == "yes_no" else None,
        )
        if scope.loose and parsed.divisions:
            called = place_names(parsed, parsed.divisions)
            # what another region says is no answer, and a figure only where it is said of the place
            found = [
                f
                for f in found
                if f.row not in scope.loose
                or of_the_place(f, called)
                or not view.regions[f.row]
                or not (parsed.kind == "target_value" or elsewhere(view, f.row, parsed.divisions))
            ]
        if parsed.outside and not parsed.divisions:
            found = [f for f in found if any(name in f.document.folded for name in parsed.outside)]
        return found


def _required(parsed: ParsedQuestion, measure: ValueMeasure | None) -> Callable[[Sentence], bool] | None:
    """What a sentence must hold to be looked at: a value of the kind asked for, a company, so many names."""
    if measure is not None:
        return lambda sentence: measure.stands_in(sentence.folded)
    if (names := names_asked(parsed)) is not None:
        return lambda sentence: lists_names(sentence, *names)
    return organisation_wanted(parsed)
