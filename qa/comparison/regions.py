"""Comparison across regions 跨地区对比: what each document says about a topic or a question, and how they differ."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Sequence
from functools import partial
from typing import TYPE_CHECKING

from corpus.divisions import Division
from corpus.filters import Filters
from corpus.folding import fold
from graph.codec.records import TargetRecord, TaskRecord
from qa.answer import Cell, Comparison, ComparisonRow
from qa.answers.draft import cite, flatten, merge_spans
from qa.answers.notices import find_notices
from qa.comparison.columns import ComparisonColumn, choose_columns
from qa.comparison.differences import list_differences
from qa.comparison.rows import build_rows, collect_evidence
from qa.documents import DocumentView, LibraryView, Sentence
from qa.evidence.quoting import find_carrying_span
from qa.evidence.scope import ScoredSentence
from qa.understanding.concepts import QueryConcepts, extract_text_concepts
from qa.understanding.names import KnownNames
from qa.understanding.question import parse_question

if TYPE_CHECKING:
    from index.searcher import Searcher

SENTENCES = 3
"""Sentences a cell quotes at most."""
NEAR = 0.55
"""How near a further sentence must come to the best one of its document."""
SEARCHED = 200
"""Passages looked up to choose among many documents."""
NAMED = 0.4
"""The share of the question that the name of a task or an indicator must hold to be of its subject."""


def compare_regions(
    subject: str,
    view: LibraryView,
    known: KnownNames,
    searcher: Searcher,
    *,
    regions: Sequence[str] | None,
    as_of: dt.date,
    rows: Container[int] | None = None,
) -> Comparison:
    """Compare documents on a topic or a question: a row of quoted sentences, then rows of tasks, targets and other facts.

    With ``rows`` only those documents are compared.
    """
    parsed = parse_question(subject, known)
    topic = _topic(subject)
    ranked = partial(_by_topic, topic, view) if topic else partial(_by_search, subject, view, searcher)
    found = choose_columns(view, known, regions, parsed.understood.regions if regions is None else (), ranked, as_of, rows)
    columns = found.chosen
    sought = extract_text_concepts(parsed.subject, view, parsed.quoted)
    score = _topic_scorer(topic) if topic else _question_scorer(sought)
    cells = [_cell(column, score, sought) for column in columns]

    def fits(name: str) -> bool:
        return sought.coverage(fold(name)) >= NAMED

    row = ComparisonRow(topic or (parsed.subject.replace(" ", "") or subject), tuple(cells))
    aspects, shared = build_rows(collect_evidence(columns, cells, topic, fits, view))
    parts = [(c.document.info.row, c.number) for c, cell in zip(columns, cells, strict=True) if cell.text is not None]
    citations = [citation for cell in cells for citation in cell.citations]
    return Comparison(
        question=None if topic else subject,
        topic=topic,
        regions=tuple(column.name for column in columns),
        rows=(row, *aspects),
        differences=(*list_differences(row.aspect, columns, cells, shared, topic), *_left_out(found.left_out)),
        notices=find_notices(parsed, parts, citations, view, as_of),
        columns=tuple(column.head(view, as_of) for column in columns),
    )


def _by_topic(topic: str, view: LibraryView, divisions: Sequence[Division]) -> list[tuple[int, int]]:
    """The positions of tasks and targets on a topic, documents with most of them first."""
    found = [(fact.document, fact.start) for fact in view.corpus.facts(TaskRecord, key=("topic", topic))]
    found += [(fact.document, fact.start) for fact in view.corpus.facts(TargetRecord, key=("topic", topic))]
    counts = Counter(document for document, _ in found)
    return sorted(found, key=lambda place: (-counts[place[0]], *place))


def _by_search(subject: str, view: LibraryView, searcher: Searcher, divisions: Sequence[Division]) -> list[tuple[int, int]]:
    """The positions of the passages found by search, searched for each division separately if divisions are given."""
    limits: Sequence[Filters | None] = [Filters(region=division.path) for division in divisions] or [None]
    hits = [searcher.search(subject, filters=limit, top=SEARCHED, fold=False) for limit in limits]
    return [(view.by_id[hit.source_id], hit.start) for found in hits for hit in found if hit.source_id in view.by_id]


def _left_out(count: int) -> tuple[str, ...]:
    return (f"另有 {count} 份相关文件没有列入，写明地区可以看到更多。",) if count else ()


def _topic(subject: str) -> str | None:
    from graph.topics import topic_names

    names = {fold(name): name for name in topic_names()}
    return names.get(fold(subject))


Score = Callable[[DocumentView, Sentence], float]


def _topic_scorer(topic: str) -> Score:
    """A function that scores sentences by topic: their own words count more than the headings above."""
    from graph.topics import scores, words_of

    headings: dict[str, float] = {}
    words = words_of(topic)

    def score(document: DocumentView, sentence: Sentence) -> float:
        said = sentence.span.of(document.text)
        own = scores("", said) if words.search(said) else {}
        if sentence.heading not in headings:
            all_of_it = scores("", sentence.heading) if words.search(sentence.heading) else {}
            top = max(all_of_it.values(), default=0.0)
            headings[sentence.heading] = all_of_it.get(topic, 0.0) / top if top else 0.0
        mine = own.get(topic, 0.0)
        if mine < 0.8 and headings[sentence.heading] < 0.8:
            return 0.0
        share = mine / max(own.values()) if mine else 0.0
        return mine * (0.5 + 0.5 * share) + 1.5 * headings[sentence.heading]

    return score


def _question_scorer(sought: QueryConcepts) -> Score:
    def score(document: DocumentView, sentence: Sentence) -> float:
        own, heading = sought.profile(sentence.folded), sought.profile(sentence.heading)
        share = sought.share([max(a, 0.5 * b) for a, b in zip(own, heading, strict=True)])
        value = 0.8 * share + 0.3 * sought.closeness(sentence.folded)
        return value if share >= 0.35 else 0.0

    return score


def _cell(column: ComparisonColumn, score: Score, sought: QueryConcepts) -> Cell:
    document = column.document
    ranked: list[tuple[float, int]] = []
    for i in column.sentences:
        sentence = document.sentences[i]
        if sentence.is_heading or sentence.is_units or len(sentence.folded) < 8:
            continue
        value = score(document, sentence)
        if value > 0:
            ranked.append((value, i))
    ranked.sort(key=lambda pair: (-pair[0], pair[1]))
    best = ranked[0][0] if ranked else 0.0
    chosen = [i for value, i in ranked[:SENTENCES] if value >= NEAR * best]
    if not chosen:
        return Cell(column.name, document.info.source, None, (), document.info.id)
    spans = merge_spans([find_carrying_span(ScoredSentence(document, i, 0.0, 0.0, 0.0), sought) for i in chosen], document.text)
    citations = tuple(cite(document, span) for span in spans)
    return Cell(column.name, document.info.source, "\n".join(flatten(c.quote) for c in citations), citations, document.info.id)
