"""The engine 问答引擎: from a question to a checked answer, and from a topic to a comparison."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.filters import Filters
from corpus.kept import KeptValues
from corpus.store import Corpus
from qa.answer import Answer, Comparison, Notice, Understanding
from qa.answers.draft import Draft, Line
from qa.answers.guard import checked
from qa.answers.notices import notices_for
from qa.documents import Shelf
from qa.evidence.inquiry import Inquiry, Similar
from qa.evidence.scope import Found, own_figures, scope_of
from qa.evidence.scoring import Weighing
from qa.kinds import provision, refusal, which_documents
from qa.kinds.registry import question_kinds
from qa.understanding.concepts import concepts_of
from qa.understanding.measure import measure_of
from qa.understanding.names import Known
from qa.understanding.question import Reading, read

if TYPE_CHECKING:
    from index.passages import Hit
    from index.searcher import Searcher

LONGEST_ANSWER = 800
LONGEST_LIST = 2000
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
        kind = question_kinds()[reading.kind]
        wanted = concepts_of(reading, shelf)
        scope = scope_of(reading, shelf, self.searcher, allowed)
        if kind.own_figures and reading.divisions:
            scope = own_figures(reading, scope, shelf)
        weighing = Weighing(wanted, shelf)
        inquiry = Inquiry(reading, wanted, measure_of(reading), scope, shelf, known, weighing, self._similar(reading))
        draft = self._from_best(inquiry)
        if draft is not None:
            return draft, []
        draft = kind.answer(inquiry)
        if draft is not None:
            return draft, inquiry.find_sentences() if draft.status == "not_found" else []
        everything = weighing.of(scope)
        others: list[Found] = []
        if reading.divisions or reading.documents:
            everywhere = scope_of(reading, shelf, self.searcher, allowed, divisions=())
            others = [f for f in weighing.of(everywhere) if (f.row, f.sentence.part) not in scope.parts]
        reason = kind.explain(inquiry) if kind.explain is not None else None
        return refusal.refuse(reading, wanted, everything, others, inquiry.measure, reason=reason), everything

    def _from_best(self, inquiry: Inquiry) -> Draft | None:
        """In a large library: the answer of the document the search puts first, with what others say of a policy behind it."""
        reading, scope, kind = inquiry.reading, inquiry.scope, question_kinds()[inquiry.reading.kind]
        top = inquiry.shelf.by_id.get(scope.hits[0].source_id) if scope.hits else None
        if top is None or reading.several or top not in scope.rows or which_documents.is_survey(reading):
            return None
        narrow = replace(scope, parts=tuple(pair for pair in scope.parts if pair[0] == top))
        draft = kind.answer(replace(inquiry, scope=narrow))
        if draft is None or draft.status == "not_found":
            return None
        if kind.reads_on and not reading.divisions:
            wide = provision.quote_provisions(reading, inquiry.wanted, inquiry.find_sentences(), None)
            first = scope.hits[0].source_id
            others = [line for line in (wide.lines if wide else ()) if line.citations and line.citations[0].source_id != first]
            parts = tuple(pair for pair in (wide.parts if wide else ()) if pair[0] != top)
            return replace(draft, lines=(*draft.lines, *others), parts=(*draft.parts, *parts))
        return draft

    def _similar(self, reading: Reading) -> Similar | None:
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

    def _finished(self, reading: Reading, draft: Draft, near: list[Found], shelf: Shelf, day: dt.date) -> Answer:
        limit = LONGEST_LIST if question_kinds()[reading.kind].is_list else LONGEST_ANSWER
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
