"""The engine 问答引擎: from a question to a checked answer, and from a topic to a comparison."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.filters import Filters
from corpus.kept import KeptValues
from corpus.store import Corpus
from qa.answer import Answer, Comparison, Notice, Understanding
from qa.answers.draft import Draft, Line
from qa.answers.guard import checked
from qa.answers.notices import notices_for
from qa.documents import Sentence, Shelf
from qa.evidence.scope import Found, Scope, elsewhere, of_the_place, own_figures, place_names, scope_of
from qa.evidence.scoring import Weighing
from qa.kinds import (
    definition,
    lists,
    period_of_force,
    provenance,
    provision,
    refusal,
    responsibility,
    same_indicator,
    table_values,
    which_documents,
    yes_no,
)
from qa.understanding.concepts import Wanted, concepts_of
from qa.understanding.expectations import (
    bonus_of,
    clause_wanted,
    governs,
    kind_asked,
    lists_names,
    names_asked,
    organisation_wanted,
)
from qa.understanding.measure import Measure, measure_of
from qa.understanding.names import Known
from qa.understanding.question import Reading, read

if TYPE_CHECKING:
    from index.passages import Hit
    from index.searcher import Searcher

_goal = re.compile("目标值?(?:是|为|要|定|多少|$)|目标(?:各|分别)是")
LONGEST_ANSWER = 800
LONGEST_LIST = 2000
_LISTS = frozenset({"comparison", "multi_doc", "list_tasks", "responsible_unit"})
_OWN_ONLY = frozenset({"target_value", "deadline"})
"""Figures and dates of a paper that a region only forwards are not the region's own."""
_OF_TIME = frozenset({"deadline", "provenance", "policy_lookup", "target_value"})
SHOWN_NEAREST = 3


class Engine:
    """Answers over one library; what is prepared of it is kept until the library changes."""

    def __init__(self, corpus: Corpus, searcher: Searcher) -> None:
        self.corpus = corpus
        self.searcher = searcher
        self._kept = KeptValues()
        self._lock = threading.RLock()

    def understand(self, question: str, *, previous: Understanding | None = None) -> Understanding:
        """What is understood of a question, to be shown before or beside the answer."""
        with self._lock:
            _, known = self._ready()
            return read(question, known, previous).understood

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
    ) -> Answer:
        """Answer a question from the documents that meet the filters, or say that they do not tell."""
        day = as_of or dt.date.today()
        with self._lock:
            shelf, known = self._ready()
            allowed = self.corpus.select(filters) if filters else None
            reading = read(question, known, previous)
            draft, near = self._draft(reading, shelf, known, allowed)
            return self._finished(reading, checked(draft), near, shelf, day)

    def compare(self, subject: str, *, regions: Sequence[str] | None = None, as_of: dt.date | None = None) -> Comparison:
        """A topic or a question across the regions of the library (or the named ones), every cell cited."""
        from qa.comparison.regions import compared

        with self._lock:
            shelf, known = self._ready()
            return compared(subject, shelf, known, self.searcher, regions=regions, as_of=as_of or dt.date.today())

    def versions(self, old: int, new: int, *, as_of: dt.date | None = None) -> Comparison:
        """Two versions of a document, given by their rows, clause by clause (新旧对照)."""
        from qa.comparison.columns import side_by_side
        from qa.comparison.versions import redline

        with self._lock:
            shelf, _ = self._ready()
            return redline(*side_by_side(old, new, shelf), shelf, as_of=as_of or dt.date.today())

    def carried_out(self, upper: int, lower: int, *, as_of: dt.date | None = None) -> Comparison:
        """What an upper document demands beside what a lower one says of it, both given by their rows (落实对照)."""
        from qa.comparison.columns import side_by_side
        from qa.comparison.implementation import carried_out

        with self._lock:
            shelf, _ = self._ready()
            return carried_out(*side_by_side(upper, lower, shelf), shelf, as_of=as_of or dt.date.today())

    # ------------------------------------------------------------------ inside

    def _ready(self) -> tuple[Shelf, Known]:
        def make() -> tuple[Shelf, Known]:
            shelf = Shelf(self.corpus, self.searcher)
            return shelf, Known(shelf)

        return self._kept.get("shelf", make, stamp=self.corpus.generation)

    def _draft(self, reading: Reading, shelf: Shelf, known: Known, allowed: set[int] | None) -> tuple[Draft, list[Found]]:
        if not len(shelf):
            return Draft("not_found", (Line("文档库是空的，没有可以回答问题的文件。请先导入文件。"),)), []
        wanted = concepts_of(reading, shelf)
        asked = _Inquiry(reading, wanted, measure_of(reading), Weighing(wanted, shelf), self._similar(reading))
        scope = scope_of(reading, shelf, self.searcher, allowed)
        if reading.kind in _OWN_ONLY and reading.divisions:
            scope = own_figures(reading, scope, shelf)
        draft = self._from_best(asked, scope, shelf, known)
        if draft is not None:
            return draft, []
        draft = self._by_kind(asked, scope, shelf, known)
        if draft is not None:
            return draft, self._found(asked, scope, shelf) if draft.status == "not_found" else []
        everything = asked.weighing.of(scope)
        others: list[Found] = []
        if reading.divisions or reading.documents:
            everywhere = scope_of(reading, shelf, self.searcher, allowed, divisions=())
            others = [f for f in asked.weighing.of(everywhere) if (f.row, f.sentence.part) not in scope.parts]
        reason = self._reason(reading, scope, shelf)
        return refusal.refuse(reading, wanted, everything, others, asked.measure, reason=reason), everything

    def _from_best(self, asked: _Inquiry, scope: Scope, shelf: Shelf, known: Known) -> Draft | None:
        """In a large library: the answer of the document the search puts first, with what others say of a policy behind it."""
        reading = asked.reading
        top = shelf.by_id.get(scope.hits[0].source_id) if scope.hits else None
        if top is None or reading.several or top not in scope.rows or which_documents.is_survey(reading):
            return None
        narrow = replace(scope, parts=tuple(pair for pair in scope.parts if pair[0] == top))
        draft = self._by_kind(asked, narrow, shelf, known)
        if draft is None or draft.status == "not_found":
            return None
        if reading.kind == "policy_lookup" and not reading.divisions:
            wide = provision.answer(reading, asked.wanted, scope, self._found(asked, scope, shelf), None)
            first = scope.hits[0].source_id
            others = [line for line in (wide.lines if wide else ()) if line.citations and line.citations[0].source_id != first]
            parts = tuple(pair for pair in (wide.parts if wide else ()) if pair[0] != top)
            return replace(draft, lines=(*draft.lines, *others), parts=(*draft.parts, *parts))
        return draft

    def _found(self, asked: _Inquiry, scope: Scope, shelf: Shelf) -> list[Found]:
        reading, measure = asked.reading, asked.measure
        found = asked.weighing.of(
            scope,
            required=_required(reading, measure),
            similar=asked.similar,
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

    def _similar(self, reading: Reading) -> Callable[[Sequence[str]], Sequence[float]] | None:
        """How near in meaning sentences are to the question, by the library's model; None where there is none."""
        encoder = self.searcher.encoder
        if encoder is None or encoder.dimension < 8:
            return None
        told: dict[str, float] = {}

        def closeness(texts: Sequence[str]) -> Sequence[float]:
            new = [text for text in dict.fromkeys(texts) if text not in told]
            if new:
                vectors = encoder.encode([reading.query, *new])
                told.update(zip(new, (vectors[1:] @ vectors[0]).tolist(), strict=True))
            return [told[text] for text in texts]

        return closeness

    def _by_kind(self, asked: _Inquiry, scope: Scope, shelf: Shelf, known: Known) -> Draft | None:
        reading, wanted, measure = asked.reading, asked.wanted, asked.measure
        draft: Draft | None = None
        if reading.kind in _OF_TIME and (told := period_of_force.answer(reading, wanted, scope, shelf)) is not None:
            return told
        if reading.kind == "provenance":
            return provenance.answer(reading, wanted, scope, shelf)
        if reading.kind == "responsible_unit" and not responsibility.office_asked(reading):
            draft = responsibility.answer(reading, wanted, scope, shelf)
            if draft is not None:
                return draft
        found = self._found(asked, scope, shelf)
        match reading.kind:
            case "responsible_unit":
                named = [f for f in found if responsibility.names_one(f.sentence, reading)]
                return provision.answer(reading, wanted, scope, named, None)
            case "definition":
                draft = definition.answer(reading, scope, shelf, known)
            case "list_tasks":
                draft = lists.answer(reading, wanted, scope, found, shelf)
            case "policy_lookup" | "beneficiary" if (unit := responsibility.unit_asked(reading)) is not None:
                draft = responsibility.told_of(unit, scope, shelf)
            case "policy_lookup" if (noun := kind_asked(reading)) is not None:
                draft = lists.of_kind(noun, wanted, scope, shelf)
            case "comparison" | "yes_no" if (same := same_indicator.answer(reading, wanted, scope, shelf)) is not None:
                return same
            case "multi_doc":
                if which_documents.is_survey(reading):
                    return which_documents.answer(reading, wanted, scope, found, shelf)
            case _:
                pass
        if draft is None and reading.kind == "target_value":
            draft = table_values.target(reading, wanted, scope, shelf)
        if draft is None and measure is not None and _goal.search(reading.folded):
            found = [f for f in found if f.context < provision.ENOUGH or not provision.reached_only(f, shelf)]
        if draft is None:
            draft = provision.answer(
                reading, wanted, scope, found, measure.stands_in if measure else clause_wanted(reading), measure=measure
            )
        if draft is None and reading.kind == "deadline":
            draft = table_values.deadline(wanted, scope, shelf)
        if draft is not None and reading.kind == "yes_no" and draft.lines:
            shown = [(shelf.by_id[c.source_id], c.start, c.end) for c in draft.lines[0].citations if c.source_id in shelf.by_id]
            good = next((f for f in found if f.context >= provision.ENOUGH and _among(f, shown)), None)
            if good is not None:
                draft = yes_no.decided(reading, wanted, draft, good, _with_lead(good))
        return draft

    def _reason(self, reading: Reading, scope: Scope, shelf: Shelf) -> str | None:
        """Why there is nothing, where the documents themselves tell: the list stands in an attachment that is not in the file."""
        if reading.kind != "responsible_unit":
            return None
        for row in scope.rows:
            shelved = shelf.document(row)
            if "附件" in shelved.folded and ("台账" in shelved.folded or "分工" in shelved.folded):
                return "正文没有列明各项任务的责任单位；文末提到附件（台账或分工表），但附件内容不在这份文件里。"
        return "正文没有列明这项任务的责任单位。"

    def _finished(self, reading: Reading, draft: Draft, near: list[Found], shelf: Shelf, day: dt.date) -> Answer:
        limit = LONGEST_LIST if reading.kind in _LISTS else LONGEST_ANSWER
        lines: list[Line] = []
        size = 0
        for line in draft.lines:
            if lines and size + len(line.text) + 1 > limit - 20:
                break
            lines.append(line)
            size += len(line.text) + 1
        status = draft.status
        if not lines:
            lines, status = [Line("文件未载明，没有找到可以回答这个问题的原文。")], "not_found"
        citations = tuple(dict.fromkeys(c for line in lines for c in line.citations))
        notices: tuple[Notice, ...] = ()
        if status != "not_found":
            notices = draft.notices + notices_for(reading, draft.parts, citations, shelf, day)
        text = "\n".join(line.text for line in lines)[:limit]
        key = json.dumps(
            [reading.text, status, text, [(c.source_id, c.start, c.end) for c in citations], shelf.generation, day.isoformat()],
            ensure_ascii=False,
        )
        return Answer(
            id=hashlib.sha256(key.encode()).hexdigest()[:16],
            question=reading.text,
            status=status,
            kind=reading.kind,
            answer=text,
            citations=citations,
            notices=notices,
            nearest=tuple(_hit(f) for f in near[:SHOWN_NEAREST]) if status == "not_found" else (),
            understood=reading.understood,
            generation=shelf.generation,
            as_of=day.isoformat(),
        )


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """A question on its way to an answer: what it asks for, and the sentences weighed for it so far."""

    reading: Reading
    wanted: Wanted
    measure: Measure | None
    weighing: Weighing
    similar: Callable[[Sequence[str]], Sequence[float]] | None


def _required(reading: Reading, measure: Measure | None) -> Callable[[Sentence], bool] | None:
    """What a sentence must hold to be looked at: a value of the kind asked for, a company, so many names."""
    if measure is not None:
        return lambda sentence: measure.stands_in(sentence.folded)
    if (names := names_asked(reading)) is not None:
        return lambda sentence: lists_names(sentence, *names)
    return organisation_wanted(reading)


def _among(found: Found, places: Sequence[tuple[int, int, int]]) -> bool:
    """Whether a sentence is one of the places that are quoted, given by document, start and end."""
    span = found.sentence.span
    return any(row == found.row and start < span.end and span.start < end for row, start, end in places)


def _with_lead(found: Found) -> str:
    """A sentence with the one that announces it, where it stands in a list."""
    lead = found.lead
    return (lead.folded if lead is not None else "") + found.sentence.folded


def _hit(found: Found) -> Hit:
    from index.passages import Hit

    span = found.sentence.span
    shelved = found.shelved
    return Hit(
        source_id=shelved.info.id,
        source=shelved.info.source,
        title=found.part.head.title,
        section_path=shelved.doc.heading_path(span.start),
        text=span.of(shelved.text),
        start=span.start,
        end=span.end,
        score=found.score,
        page=shelved.doc.page_at(span.start),
        region=found.part.head.region,
    )
