"""A question on its way to an answer: what it asks for, where to look, and the sentences found for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.documents import Sentence, Shelf
from qa.evidence.scope import Found, Scope, elsewhere, of_the_place, place_names
from qa.evidence.scoring import Weighing
from qa.understanding.concepts import Wanted
from qa.understanding.expectations import bonus_of, governs, lists_names, names_asked, organisation_wanted
from qa.understanding.measure import Measure
from qa.understanding.names import Known
from qa.understanding.question import Reading

Similar = Callable[[Sequence[str]], Sequence[float]]
"""How near in meaning sentences are to the question."""


@dataclass(frozen=True)
class Inquiry:
    """Everything a kind of question answers from.

    Args:
        reading: The parsed question.
        wanted: Its concepts.
        measure: The kind of value it asks for, if any.
        scope: The documents to look at.
        shelf: The library.
        known: The names in the library.
        weighing: Scores sentences; shared by every inquiry about one question.
        similar: Compares sentences with the question by a model, if there is one.
    """

    reading: Reading
    wanted: Wanted
    measure: Measure | None
    scope: Scope
    shelf: Shelf
    known: Known
    weighing: Weighing
    similar: Similar | None = None

    def find_sentences(self) -> list[Found]:
        """The sentences of the scope that may answer, best first."""
        reading, measure, scope, shelf = self.reading, self.measure, self.scope, self.shelf
        found = self.weighing.of(
            scope,
            required=_required(reading, measure),
            similar=self.similar,
            bonus=bonus_of(reading),
            measured=measure.stands_in if measure else None,
            governing=governs if reading.kind == "yes_no" else None,
        )
        if scope.loose and reading.divisions:
            called = place_names(reading, reading.divisions)
            # what another region says is no answer, and a figure only where it is said of the place
            found = [
                f
                for f in found
                if f.row not in scope.loose
                or of_the_place(f, called)
                or not shelf.regions[f.row]
                or not (reading.kind == "target_value" or elsewhere(shelf, f.row, reading.divisions))
            ]
        if reading.outside and not reading.divisions:
            found = [f for f in found if any(name in f.shelved.folded for name in reading.outside)]
        return found


def _required(reading: Reading, measure: Measure | None) -> Callable[[Sentence], bool] | None:
    """What a sentence must hold to be looked at: a value of the kind asked for, a company, so many names."""
    if measure is not None:
        return lambda sentence: measure.stands_in(sentence.folded)
    if (names := names_asked(reading)) is not None:
        return lambda sentence: lists_names(sentence, *names)
    return organisation_wanted(reading)
