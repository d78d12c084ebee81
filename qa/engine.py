"""The engine 问答引擎: from a question to a checked answer, and from a topic to a comparison."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.filters import Filters
from corpus.folding import fold
from corpus.store import Corpus
from corpus.wordlists import word_lists
from qa.across.sweeps import asks_over_documents
from qa.answer import Answer, Comparison, Grade, Notice, Status, Understanding
from qa.answers.choices import offer_choices, offer_near
from qa.answers.draft import AnswerDraft, AnswerLine
from qa.answers.guard import drop_torn, drop_unsupported
from qa.answers.notices import find_notices, find_unread
from qa.answers.parts import PartAnswer, join_parts, tells_part
from qa.answers.rendering import make_statement, render_statements
from qa.documents import ChosenDocuments, LibraryView
from qa.evidence.cells import find_gap
from qa.evidence.constraints import SlotConstraints
from qa.evidence.inquiry import Inquiry, Similar
from qa.evidence.scope import NOWHERE, SMALL, ScoredSentence, hits_of_place, own_figures, scope_of
from qa.evidence.scoring import SentenceScorer
from qa.evidence.selection import find_ambiguous, select_documents, select_rows
from qa.evidence.selector import READ, Evidence, gather_evidence, select_items
from qa.kinds import provision, refusal, which_documents
from qa.kinds.across import answer_across
from qa.kinds.registry import question_kinds
from qa.kinds.table_values import quote_cells
from qa.understanding.concepts import extract_concepts
from qa.understanding.kinds import POLICY_LOOKUP, kind_of
from qa.understanding.measure import find_measure
from qa.understanding.names import KnownNames
from qa.understanding.parts import split_question
from qa.understanding.question import ParsedQuestion, parse_question
from qa.understanding.slots import find_slot

if TYPE_CHECKING:
    from index.passages import Hit
    from index.searcher import Searcher

LONGEST_ANSWER = 800
LONGEST_LIST = 2000
LONGEST_TABLE = 12_000
"""Characters of a list that is worth nothing if it is not complete: one row for each place."""
NEVER_OVER_DOCUMENTS = ("validity", "named_period", "responsible_unit", "provenance", "definition")
"""Kinds of questions that are about documents or units, never about figures of several places."""
SHOWN_NEAREST = 3


class Engine:
    """Answers questions over one library. Prepared documents are kept until they change."""

    def __init__(self, corpus: Corpus, searcher: Searcher) -> None:
        self.corpus = corpus
        self.searcher = searcher
        self._view = LibraryView(corpus, searcher)
        self._known = KnownNames(self._view)
        self._lock = threading.RLock()

    def understand(self, question: str, *, previous: Understanding | None = None) -> Understanding:
        """How a question is understood, to be shown before or with the answer."""
        with self._at_work() as (_, known):
            return parse_question(question, known, previous).understood

    def understand_all(self, questions: Sequence[str]) -> Understanding | None:
        """How the last of some questions is understood, each asked after the ones before it; None without any."""
        previous: Understanding | None = None
        for question in questions:
            previous = self.understand(question, previous=previous)
        return previous

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
    ) -> Answer:
        """Answer a question, or say that the documents do not tell (未载明).

        Args:
            question: As typed.
            filters: The documents to answer from; all if None.
            as_of: The day on which validity is judged; today if None.
            previous: How the previous question was understood, for a follow-up (那甘南州呢)."""
        day = as_of or dt.date.today()
        with self._at_work() as (view, known):
            parsed = parse_question(question, known, previous)
            parsed, draft, near = self._answer(parsed, view, known, filters, day)
            draft = self._with_parts(parsed, draft, view, known, filters, day)
            draft = drop_torn(draft, lambda id: view.document(view.by_id[id]).text)
            return self._finished(parsed, draft, near, view, day)

    def examine(self, question: str) -> tuple[Evidence, bool] | None:
        """The items among which an answer is chosen, described, and whether the rules refuse: what the selector is learned from.

        None for a kind of question that is answered without items.
        """
        day = dt.date.today()
        with self._at_work() as (view, known):
            parsed, chosen = select_documents(parse_question(question, known), view, None, day)
            if question_kinds()[parsed.kind].complete:
                return None
            parsed, draft, _ = self._draft(parsed, view, known, chosen, day)
            draft = drop_unsupported(draft)
            hits = self._find_passages(parsed.query, view, chosen)
            return self._gather(SlotConstraints(parsed), hits, view), draft.status == "not_found"

    def compare(
        self,
        subject: str,
        *,
        regions: Sequence[str] | None = None,
        as_of: dt.date | None = None,
        filters: Filters | None = None,
        below: bool = False,
        instead: Sequence[str] = (),
    ) -> Comparison:
        """Compare the regions of the library, or the named ones, on a topic or a question; every cell is cited.

        ``below`` compares the places inside them; ``instead`` are ids of documents that are to stand for their places.
        """
        from qa.comparison.regions import compare_regions

        day = as_of or dt.date.today()
        with self._at_work() as (view, known):
            rows = select_rows(view, filters, day)
            pins = frozenset(view.by_id[id] for id in instead if id in view.by_id)
            return compare_regions(
                subject, view, known, self.searcher, regions=regions, as_of=day, rows=rows, below=below, pins=pins
            )

    def versions(self, old: int, new: int, *, as_of: dt.date | None = None) -> Comparison:
        """Compare two versions of a document, given by their rows, clause by clause (新旧对照)."""
        from qa.comparison.columns import pair_columns
        from qa.comparison.versions import compare_versions

        with self._at_work() as (view, _):
            return compare_versions(*pair_columns(old, new, view), view, as_of=as_of or dt.date.today())

    def carried_out(self, upper: int, *lower: int, as_of: dt.date | None = None) -> Comparison:
        """Compare what an upper document demands with what lower ones say, all given by their rows (落实对照); several from the top down."""
        from qa.comparison.columns import chain_columns, pair_columns
        from qa.comparison.implementation import compare_chain, compare_implementation

        day = as_of or dt.date.today()
        with self._at_work() as (view, _):
            if len(lower) == 1:
                return compare_implementation(*pair_columns(upper, lower[0], view), view, as_of=day)
            return compare_chain(chain_columns((upper, *lower), view), view, as_of=day)

    # ------------------------------------------------------------------ inside

    @contextmanager
    def _at_work(self) -> Iterator[tuple[LibraryView, KnownNames]]:
        """The library as it is now; while the block runs it stays so, whatever other processes write."""
        with self._lock, self.corpus.steady(), self.searcher.steady():
            self._view.follow()
            yield self._view, self._known

    def _answer(
        self, parsed: ParsedQuestion, view: LibraryView, known: KnownNames, filters: Filters | None, day: dt.date
    ) -> tuple[ParsedQuestion, AnswerDraft, list[ScoredSentence]]:
        """The answer to one question, with the sentences near it; the question as of the kind it turned out to be."""
        parsed, chosen = select_documents(parsed, view, filters, day)
        parsed, draft, near = self._draft(parsed, view, known, chosen, day)
        return parsed, self._with_evidence(parsed, drop_unsupported(draft), view, chosen), near

    def _with_parts(
        self,
        parsed: ParsedQuestion,
        draft: AnswerDraft,
        view: LibraryView,
        known: KnownNames,
        filters: Filters | None,
        day: dt.date,
    ) -> AnswerDraft:
        """Of a question that asks for several things: each that the answer does not tell yet, asked of the documents it quotes."""
        parts = () if draft.final or draft.table or parsed.several else split_question(parsed.text)
        told = {part: tells_part(part, draft) for part in parts}
        open_parts = [part for part in parts if told[part] != "told"]
        if not open_parts:
            return draft
        lines = draft.lines if draft.status == "not_found" else draft.lines[:1]
        quoted = tuple(dict.fromkeys(c.source_id for line in lines for c in line.citations))
        if not quoted:
            return draft
        filters = replace(filters or Filters(), documents=quoted)
        found = []
        for part in open_parts:
            understood, answer, _ = self._answer(parse_question(part.whole, known), view, known, filters, day)
            # the answer to the whole question is mostly about its first part
            missing = told[part] == "missing" and part is not parts[0]
            found.append(PartAnswer(part, find_slot(fold(part.asked), understood.kind), answer, missing))
        return join_parts(draft, found)

    def _draft(
        self, parsed: ParsedQuestion, view: LibraryView, known: KnownNames, chosen: ChosenDocuments, day: dt.date
    ) -> tuple[ParsedQuestion, AnswerDraft, list[ScoredSentence]]:
        """What the rules for a question's kind find, with the sentences near it; the question as of the kind it turned out to be."""
        if not len(view):
            empty = AnswerLine("文档库是空的，没有可以回答问题的文件。请先导入文件。")
            return parsed, AnswerDraft("not_found", (empty,), final=True), []
        kind = question_kinds()[parsed.kind]
        by_content = parsed.kind != "validity" and not kind.of_library
        # 哪些地区的政府工作报告 means every report, not one that has to be chosen; 几个省提到…，是哪几个 asks for no meaning
        over = by_content and asks_over_documents(parsed.folded)
        counted = over and any(word in parsed.folded for word in word_lists("qa")["sweeps_which"])
        across = by_content and (parsed.kind not in NEVER_OVER_DOCUMENTS or (counted and parsed.kind == "definition"))
        of_all = across and over
        ambiguous = find_ambiguous(parsed, view, day) if by_content else None
        if ambiguous is not None and not of_all:
            return parsed, replace(offer_choices(*ambiguous, view, day), final=True), []
        if by_content and (unmatched := parsed.named.unmatched) is not None:
            return parsed, replace(offer_near(unmatched, view), final=True), []
        if across and (listed := answer_across(parsed, view, known, chosen, day)) is not None:
            return parsed, listed, []
        if ambiguous is not None:
            return parsed, replace(offer_choices(*ambiguous, view, day), final=True), []
        wanted = extract_concepts(parsed, view)
        scope = NOWHERE if kind.of_library else scope_of(parsed, view, self.searcher, chosen)
        if kind.own_figures and parsed.divisions:
            scope = own_figures(parsed, scope, view)
        scorer = SentenceScorer(wanted, view)
        inquiry = Inquiry(parsed, wanted, find_measure(parsed), scope, view, known, scorer, self._similar(parsed), day, chosen)
        if kind.of_versions:
            inquiry = replace(inquiry, compare_versions=self._version_pairs(view, day))
        draft = None if kind.of_versions else self._from_best(inquiry)
        if draft is not None:
            return parsed, draft, []
        draft = kind.answer(inquiry)
        if draft is not None:
            return parsed, draft, inquiry.find_sentences() if draft.status == "not_found" else []
        if kind.otherwise is not None:
            plain = kind_of(parsed.folded, several=parsed.several, quoted=parsed.quoted)
            name = plain if question_kinds()[plain].otherwise is None and plain != POLICY_LOOKUP else kind.otherwise
            understood = replace(parsed.understood, kind=name)
            return self._draft(replace(parsed, kind=name, understood=understood), view, known, chosen, day)
        everything = scorer.score(scope)
        others: list[ScoredSentence] = []
        if parsed.divisions or parsed.documents:
            everywhere = scope_of(parsed, view, self.searcher, chosen, divisions=())
            others = [f for f in scorer.score(everywhere) if (f.row, f.sentence.part) not in scope.parts]
        reason = kind.explain(inquiry) if kind.explain is not None else None
        refused = refusal.refuse(parsed, wanted, everything, others, inquiry.measure, reason=reason)
        return parsed, refused, everything

    def _version_pairs(self, view: LibraryView, day: dt.date) -> Callable[[int, int], Comparison]:
        """A function that compares two versions of a document, given by their rows."""
        from qa.comparison.columns import pair_columns
        from qa.comparison.versions import compare_versions

        return lambda old, new: compare_versions(*pair_columns(old, new, view), view, as_of=day)

    def _from_best(self, inquiry: Inquiry) -> AnswerDraft | None:
        """In a large library: the answer from the best document found by search; for some kinds quotes from others follow."""
        parsed, scope, kind = inquiry.parsed, inquiry.scope, question_kinds()[inquiry.parsed.kind]
        top = inquiry.view.by_id.get(scope.hits[0].source_id) if scope.hits else None
        if top is None or parsed.several or top not in scope.rows or which_documents.is_survey(parsed):
            return None
        narrow = replace(scope, parts=tuple(pair for pair in scope.parts if pair[0] == top))
        draft = kind.answer(replace(inquiry, scope=narrow))
        if draft is None or draft.status == "not_found":
            return None
        if kind.reads_on and not parsed.divisions:
            wide = provision.quote_provisions(parsed, inquiry.wanted, inquiry.find_sentences(), None)
            first = scope.hits[0].source_id
            others = [line for line in (wide.lines if wide else ()) if line.citations and line.citations[0].source_id != first]
            parts = tuple(pair for pair in (wide.parts if wide else ()) if pair[0] != top)
            return replace(draft, lines=(*draft.lines, *others), parts=(*draft.parts, *parts))
        return draft

    def _with_evidence(
        self, parsed: ParsedQuestion, draft: AnswerDraft, view: LibraryView, chosen: ChosenDocuments
    ) -> AnswerDraft:
        """The items that answer best, whole and from the place asked for, in front of what the rules for this kind found.

        What the rules count, list or compare comes first: no single item holds it.
        """
        kind = question_kinds()[parsed.kind]
        if kind.complete or draft.final:
            return draft
        from qa.answers.evidence_first import admit_lines, quote_items

        constraints = SlotConstraints(parsed)
        hits = self._find_passages(parsed.query, view, chosen)
        cells = self._from_tables(parsed, hits, view, chosen)
        draft = cells or admit_lines(draft, constraints, view)
        selection = select_items(self._gather(constraints, hits, view), refused=draft.status == "not_found")
        if cells is not None:
            selection = selection.elsewhere({row for row, _ in cells.parts})
        elif selection.items and selection.violation is None:
            best = selection.items[0]
            selection = replace(selection, violation=find_gap(parsed, view.document(best.document), best.span))
        anywhere = not parsed.divisions and not parsed.documents
        return quote_items(
            draft,
            selection,
            view,
            rules_first=kind.computed or parsed.several or draft.decided,
            anywhere=anywhere,
            of_cells=cells is not None,
            whole=any(word in parsed.folded for word in word_lists("qa")["whole_lists"]),
        )

    def _from_tables(
        self, parsed: ParsedQuestion, hits: Sequence[Hit], view: LibraryView, chosen: ChosenDocuments
    ) -> AnswerDraft | None:
        """The cells of a table that are asked for, of the documents found; of few documents every table is looked at."""
        found = [row for hit in hits if (row := view.by_id.get(hit.source_id)) is not None]
        rows = dict.fromkeys((*found, *(chosen.of(view) if chosen.count(view) <= SMALL else ())))
        draft = quote_cells(parsed, view.documents(rows))
        draft = drop_unsupported(draft) if draft is not None else None
        return draft if draft is not None and draft.lines else None

    def _gather(self, constraints: SlotConstraints, hits: Sequence[Hit], view: LibraryView) -> Evidence:
        parsed = constraints.parsed
        return gather_evidence(constraints, hits_of_place(parsed, hits, view), view, self.searcher)

    def _find_passages(self, query: str, view: LibraryView, chosen: ChosenDocuments) -> list[Hit]:
        """The best passages of the documents chosen; of most of a library it is quicker to leave the others out afterwards."""
        count = chosen.count(view)
        if count == len(view):
            return self.searcher.search(query, top=READ)
        if 2 * count <= len(view):
            return self.searcher.search(query, within=chosen.of(view), top=READ)
        hits = self.searcher.search(query, top=2 * READ)
        return [hit for hit in hits if (row := view.by_id.get(hit.source_id)) is not None and row in chosen][:READ]

    def _similar(self, parsed: ParsedQuestion) -> Similar | None:
        """A function that compares sentences with the question by the embedding model, or None without a model."""
        encoder = self.searcher.encoder
        if encoder is None or encoder.dimension < 8:
            return None
        told: dict[str, float] = {}

        def closeness(texts: Sequence[str]) -> Sequence[float]:
            new = [text for text in dict.fromkeys(texts) if text not in told]
            if new:
                vectors = encoder.encode([parsed.query, *new])
                told.update(zip(new, (vectors[1:] @ vectors[0]).tolist(), strict=True))
            return [told[text] for text in texts]

        return closeness

    def _finished(
        self, parsed: ParsedQuestion, draft: AnswerDraft, near: list[ScoredSentence], view: LibraryView, day: dt.date
    ) -> Answer:
        kind = question_kinds()[parsed.kind]
        limit = LONGEST_TABLE if draft.table else LONGEST_LIST if kind.is_list else LONGEST_ANSWER
        lines: list[AnswerLine] = []
        size = 0
        for line in draft.lines:
            if not kind.of_library and lines and size + len(line.text) + 1 > limit - 20:
                break
            limit = max(limit, len(line.text))  # a list quoted to its end
            lines.append(line)
            size += len(line.text) + 1
        status = draft.status
        if not lines:
            lines, status = [AnswerLine("文件未载明，没有找到可以回答这个问题的原文。")], "not_found"
        citations = tuple(dict.fromkeys(c for line in lines for c in line.citations))
        notices: tuple[Notice, ...] = ()
        if status == "not_found":
            notices = find_unread(parsed, view)
        elif not kind.of_library:
            notices = draft.notices + find_notices(parsed, draft.parts, citations, view, day)
        slot = find_slot(parsed.folded, parsed.kind)
        statements = tuple(make_statement(line, slot=line.slot or slot, grade=_grade(line, status)) for line in lines)
        text = render_statements(statements)
        key = json.dumps(
            [parsed.text, status, text, [(c.source_id, c.start, c.end) for c in citations], view.generation, day.isoformat()],
            ensure_ascii=False,
        )
        return Answer(
            id=hashlib.sha256(key.encode()).hexdigest()[:16],
            question=parsed.text,
            status=status,
            kind=parsed.kind,
            answer=text,
            citations=citations,
            notices=notices,
            nearest=draft.nearest or (tuple(_hit(f) for f in near[:SHOWN_NEAREST]) if status == "not_found" else ()),
            understood=parsed.understood,
            generation=view.generation,
            as_of=day.isoformat(),
            statements=statements,
        )


def _grade(line: AnswerLine, status: Status) -> Grade:
    """How a line answers: as it says itself; what a refusal quotes is only near, what it says without a quote is that nothing tells."""
    if line.grade is not None:
        return line.grade
    if status == "answered":
        return "answered"
    return "related" if status == "partial" or line.citations else "not_stated"


def _hit(found: ScoredSentence) -> Hit:
    from index.passages import Hit

    span = found.sentence.span
    document = found.document
    return Hit(
        source_id=document.info.id,
        source=document.info.source,
        title=found.part.head.title,
        section_path=document.doc.heading_path(span.start),
        text=span.of(document.text),
        start=span.start,
        end=span.end,
        score=found.score,
        page=document.doc.page_at(span.start),
        region=found.part.head.region,
    )
