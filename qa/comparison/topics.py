"""Comparison on a topic 主题对比: of each place the document that says most on it, its sentences, tasks, targets, units and dates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.folding import fold
from graph.codec.records import TargetRecord, TaskRecord
from qa.across.evidence import day_of
from qa.across.places import ComparedPlace
from qa.answer import Cell, Comparison, ComparisonRow, Understanding
from qa.answers.draft import cite, flatten, merge_spans
from qa.answers.notices import find_notices
from qa.comparison.columns import LETTER, ComparisonColumn
from qa.comparison.differences import list_differences
from qa.comparison.heads import coverage_notice, head_of
from qa.comparison.rows import build_rows, collect_evidence
from qa.documents import DocumentView, LibraryView, Sentence
from qa.evidence.quoting import find_carrying_span
from qa.evidence.scope import ScoredSentence
from qa.understanding.concepts import QueryConcepts, extract_text_concepts
from qa.understanding.question import ParsedQuestion

SENTENCES = 3
"""Sentences a cell quotes at most."""
NEAR = 0.55
"""How near a further sentence must come to the best one of its document."""
READ = 6
"""Documents of a place that are read: those with most tasks and targets on the topic."""
STANDS = 0.7
"""How near a newer document must come to the one that says most to stand for its place."""

Score = Callable[[DocumentView, Sentence], float]


@dataclass(frozen=True)
class _Told:
    """What one document part says on the topic: the sentences chosen, and how much it says."""

    column: ComparisonColumn
    chosen: tuple[int, ...]
    weight: float


def compare_topic(
    topic: str,
    places: Sequence[ComparedPlace],
    view: LibraryView,
    as_of: dt.date,
    *,
    named: bool,
    pins: frozenset[int] = frozenset(),
) -> Comparison:
    """Compare places on a topic.

    Args:
        topic: The topic.
        places: The places.
        view: The library.
        as_of: The day that decides which text holds.
        named: Whether a person asked for these places: then those that say nothing have a column too.
        pins: Rows of documents that are to stand for their places.
    """
    score = topic_scorer(topic)
    counts = _fact_counts(topic, view)
    told = [_tell(place, score, counts, view, as_of, pins) for place in places]
    shown = [i for i, found in enumerate(told) if named or found is not None]
    sought = extract_text_concepts(fold(topic), view)
    kept = [places[i] for i in shown]
    columns = [found[0].column if (found := told[i]) is not None else None for i in shown]
    cells = [_cell(place, told[i], sought) for place, i in zip(kept, shown, strict=True)]
    speaking = [(column, cell) for column, cell in zip(columns, cells, strict=True) if column is not None]
    evidence = collect_evidence([c for c, _ in speaking], [cell for _, cell in speaking], topic, lambda _: True, view)
    rows = [ComparisonRow(topic, tuple(cells)), *(_spread(row, columns, kept) for row in build_rows(evidence))]
    behind = [tuple(other.column.document.info.row for other in told[i][1:]) if told[i] else () for i in shown]  # type: ignore[index]
    heads = [head_of(place, column, rest, view, as_of) for place, column, rest in zip(kept, columns, behind, strict=True)]
    citations = [c for row in rows for cell in row.cells for c in cell.citations]
    parts = [(c.document.info.row, c.number) for c in columns if c is not None]
    parsed = ParsedQuestion(topic, fold(topic), "comparison", Understanding("comparison"))
    return Comparison(
        question=None,
        topic=topic,
        regions=tuple(place.name for place in kept),
        rows=tuple(rows) if speaking else (),
        differences=list_differences(rows),
        notices=(*coverage_notice(kept, rows), *find_notices(parsed, parts, citations, view, as_of)),
        columns=tuple(heads),
    )


def _spread(row: ComparisonRow, columns: Sequence[ComparisonColumn | None], places: Sequence[ComparedPlace]) -> ComparisonRow:
    """A row of the places that say something, with empty cells for those that do not."""
    cells = iter(row.cells)
    return ComparisonRow(
        row.aspect,
        tuple(
            next(cells) if column is not None else Cell(place.name, None, None)
            for column, place in zip(columns, places, strict=True)
        ),
    )


def _fact_counts(topic: str, view: LibraryView) -> Counter[int]:
    found = [fact.document for fact in view.corpus.facts(TaskRecord, key=("topic", topic))]
    found += [fact.document for fact in view.corpus.facts(TargetRecord, key=("topic", topic))]
    return Counter(found)


def _tell(
    place: ComparedPlace, score: Score, counts: Counter[int], view: LibraryView, as_of: dt.date, pins: frozenset[int]
) -> list[_Told] | None:
    """What the documents of a place say on the topic, the one that stands for it first; None where none says anything."""
    from graph.documents.named import fold_versions

    for rows in (place.own, place.below):
        folded = fold_versions(view.corpus, sorted(rows), as_of)
        allowed = rows & pins or folded.keys()
        most = sorted(allowed, key=lambda row: (-counts[row], row))[:READ]
        told = [found for row in most for found in _parts(row, place, score, view)]
        if told:
            best = max(told, key=lambda t: (t.weight, -t.column.document.info.row))
            near = [t for t in told if t.weight >= STANDS * best.weight]
            first = max(near, key=lambda t: (day_of(t.column.document.info), t.weight))
            versions = [
                _Told(ComparisonColumn.of(view.document(row), 0), (), 0.0)
                for row in folded.get(first.column.document.info.row, ())
            ]
            return [first, *versions, *sorted((t for t in told if t is not first), key=lambda t: -t.weight)]
    return None


def _parts(row: int, place: ComparedPlace, score: Score, view: LibraryView) -> list[_Told]:
    document = view.document(row)
    out = []
    for number, part in enumerate(document.parts):
        column = ComparisonColumn.of(document, number)
        foreign = place.division is not None and part.division is not None and part.division != place.division
        if foreign and not (
            row in place.below and place.division and part.division and place.division.contains(part.division.code)
        ):
            continue
        if not part.attached and len(document.parts) > 1 and len(column.sentences) <= LETTER:
            continue
        chosen, weight = _choose(column, score)
        if chosen:
            out.append(_Told(column, chosen, weight))
    return out


def _choose(column: ComparisonColumn, score: Score) -> tuple[tuple[int, ...], float]:
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
    chosen = tuple(i for value, i in ranked[:SENTENCES] if value >= NEAR * best)
    return chosen, sum(value for value, _ in ranked[:8])


def _cell(place: ComparedPlace, told: list[_Told] | None, sought: QueryConcepts) -> Cell:
    if told is None:
        return Cell(place.name, None, None)
    column, chosen = told[0].column, told[0].chosen
    document = column.document
    spans = merge_spans([find_carrying_span(ScoredSentence(document, i, 0.0, 0.0, 0.0), sought) for i in chosen], document.text)
    citations = tuple(cite(document, span) for span in spans)
    return Cell(place.name, document.info.source, "\n".join(flatten(c.quote) for c in citations), citations, document.info.id)


def topic_scorer(topic: str) -> Score:
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
