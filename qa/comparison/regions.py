"""Comparison across regions 跨地区对比: a column for each place asked for, a row for each dimension of the subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.folding import fold
from graph.codec.records import TargetRecord
from graph.families.indicator import find_concept
from graph.families.units import comparable_value
from graph.tasks.deadlines import iso
from qa.across.evidence import STATED, PlaceEvidence, RankedStatement, Subject, choose_foremost, find_headline, gather_places
from qa.across.indicators import IndicatorRow, asked_kind, indicator_rows, quoted_span
from qa.across.places import ComparedPlace, find_places, places_asked, places_listed, with_documents
from qa.across.statements import StatedValue
from qa.across.subjects import everywhere, subject_of, without_places
from qa.answer import Cell, CellValue, Comparison, ComparisonRow
from qa.answers.draft import cite, flatten, merge_spans
from qa.answers.notices import find_notices
from qa.comparison.columns import ComparisonColumn
from qa.comparison.differences import list_differences
from qa.comparison.dimensions import DEADLINE, Entry, build_dimensions, lone_values
from qa.comparison.heads import coverage_notice, head_of
from qa.comparison.topics import compare_topic
from qa.documents import LibraryView
from qa.understanding.names import KnownNames
from qa.understanding.question import ParsedQuestion, parse_question

if TYPE_CHECKING:
    from index.searcher import Searcher

SILENT = 6
"""Places that nobody named, up to which those that say nothing keep their column."""
SAYS = 0.7
"""The share of the subject that a statement says in other words than the name of its indicator, to stand for it."""
OTHERS = 3
"""Figures of another kind or year shown where a place has none of the kind asked for."""


def compare_regions(
    subject: str,
    view: LibraryView,
    known: KnownNames,
    searcher: Searcher,
    *,
    regions: Sequence[str] | None,
    as_of: dt.date,
    rows: Container[int] | None = None,
    below: bool = False,
    pins: frozenset[int] = frozenset(),
) -> Comparison:
    """Compare places on a topic or a question: a column for each place, the subject first, then a row for each dimension.

    Args:
        subject: The topic or the question; it may name the places itself.
        view: The library.
        known: The names in the library.
        searcher: Finds the passages.
        regions: Names of places or groups; without them those that the subject names, else all that speak of it.
        as_of: The day that decides which text holds.
        rows: The documents that count; all if None.
        below: Whether the places inside those named are compared.
        pins: Rows of documents that are to stand for their places.
    """
    from graph.documents.named import fold_versions

    parsed = parse_question(subject, known)
    topic = find_topic(subject)
    plain = without_places(subject, parsed)
    counted = frozenset(fold_versions(view.corpus, [r for r in view.infos if rows is None or r in rows], as_of))
    if regions:
        places = find_places(view, known, regions, below=below, only=rows)
    else:
        places = with_documents(view, places_listed(places_asked(parsed, known), view), below=below, only=rows)
    named = bool(places)
    if not places:
        places = everywhere(plain if topic is None else subject, topic, view, searcher, rows, counted)
    if topic is not None:
        return compare_topic(topic, places, view, as_of, named=named, pins=pins)
    about = subject_of(plain, parsed, view, known)
    indicators = indicator_rows(plain, places, parsed.understood.years, view, counted | pins)
    found = [] if indicators else gather_places(places, about, view, searcher, as_of, pins)
    if indicators:
        places, columns, made = _of_indicator(indicators, places, about, view, searcher, as_of, pins, named=named)
        evidence: list[PlaceEvidence] = []
    else:
        if not named and len(found) > SILENT:
            found = [one for one in found if one.document is not None]
        places, columns, made = (
            [one.place for one in found],
            [column_for(one) for one in found],
            _of_statements(found, about, view),
        )
        evidence = found
    return _finished(subject, None, places, columns, made, evidence, parsed, view, as_of)


def _finished(
    subject: str,
    topic: str | None,
    places: Sequence[ComparedPlace],
    columns: Sequence[ComparisonColumn | None],
    made: list[ComparisonRow],
    evidence: Sequence[PlaceEvidence],
    parsed: ParsedQuestion,
    view: LibraryView,
    as_of: dt.date,
) -> Comparison:
    citations = [c for row in made for cell in row.cells for c in cell.citations]
    parts = list(dict.fromkeys((c.document.info.row, c.number) for c in columns if c is not None))
    heads = [
        head_of(place, column, behind, view, as_of)
        for place, column, behind in zip(places, columns, [one.behind for one in evidence] or [()] * len(places), strict=True)
    ]
    notices = [*coverage_notice(places, made), *find_notices(replace(parsed, divisions=()), parts, citations, view, as_of)]
    return Comparison(
        question=subject if topic is None else None,
        topic=topic,
        regions=tuple(place.name for place in places),
        rows=tuple(made),
        differences=list_differences(made, lone_values(evidence)),
        notices=tuple(notices),
        columns=tuple(heads),
    )


def find_topic(subject: str) -> str | None:
    """The topic that a subject is, in any writing; None for a question."""
    from graph.topics import topic_names

    names = {fold(name): name for name in topic_names()}
    return names.get(fold(subject))


def column_for(one: PlaceEvidence) -> ComparisonColumn | None:
    """The column of what a place says; None where it says nothing."""
    return ComparisonColumn(one.document, one.part, one.place.name) if one.document is not None else None


# ------------------------------------------------------------------ rows of statements


def _of_statements(found: Sequence[PlaceEvidence], subject: Subject, view: LibraryView) -> list[ComparisonRow]:
    if not any(one.document for one in found):
        return []
    dimensions = [row for row in build_dimensions(found) if row.filled >= min(2, len(found))]
    due = next((row.entries for row in dimensions if row.kind == DEADLINE[0] and not subject.kind), tuple(None for _ in found))
    first = ComparisonRow(subject.label, tuple(_subject_cell(one, subject, entry) for one, entry in zip(found, due, strict=True)))
    rows = [
        ComparisonRow(row.label, tuple(_entry_cell(one, entry) for one, entry in zip(found, row.entries, strict=True)))
        for row in dimensions
    ]
    return [first, *(row for row in rows if _values(row) != _values(first))]


def _values(row: ComparisonRow) -> list[str | None]:
    """The values of a row: one that only repeats those of the first row is left out."""
    return (
        [cell.value.text if cell.value is not None else None for cell in row.cells]
        if any(c.value for c in row.cells)
        else [row.aspect]
    )


def _subject_cell(one: PlaceEvidence, subject: Subject, due: Entry | None) -> Cell:
    """The statements that carry the subject best, in the order of the text; with the deadline that others have too."""
    if one.document is None:
        return Cell(one.place.name, None, None)
    chosen = choose_foremost(one.statements)
    if due is not None and due.value is not None:
        dated = next((r for r in one.statements if any(span.overlaps(r.statement.span) for span in due.spans)), None)
        if dated is not None and dated not in chosen:
            chosen = [*chosen[: STATED - 1], dated]
    document = one.document
    spans = merge_spans([ranked.statement.span for ranked in chosen], document.text)
    citations = tuple(cite(document, span) for span in spans)
    text = "\n".join(flatten(c.quote) for c in citations)
    headline = find_headline(chosen, subject)
    return Cell(
        one.place.name, document.info.source, text, citations, document.info.id, cell_value(headline) if headline else None
    )


def cell_value(value: StatedValue) -> CellValue:
    """A stated value as the value of a cell."""
    found = value.value
    if found is None:
        return CellValue(value.text, order=iso(value.text) or "")
    notes = (f"每{value.per}" if value.per and f"每{value.per}" not in value.text else "", value.group)
    return CellValue(value.text, found.low, found.high, found.unit, note="、".join(filter(None, notes)))


def _entry_cell(one: PlaceEvidence, entry: Entry | None) -> Cell:
    if entry is None or one.document is None:
        return Cell(one.place.name, one.document.info.source if one.document else None, None)
    document = one.document
    citations = tuple(cite(document, span) for span in entry.spans)
    value = cell_value(entry.value) if entry.value is not None else None
    text = "\n".join(flatten(c.quote) for c in citations)
    return Cell(one.place.name, document.info.source, text, citations, document.info.id, value)


# ------------------------------------------------------------------ rows of an indicator


def _of_indicator(
    found: Sequence[IndicatorRow],
    places: Sequence[ComparedPlace],
    subject: Subject,
    view: LibraryView,
    searcher: Searcher,
    as_of: dt.date,
    pins: frozenset[int],
    *,
    named: bool,
) -> tuple[list[ComparedPlace], list[ComparisonColumn | None], list[ComparisonRow]]:
    """The rows of an indicator; the first one also says what a place that has no such figure says of it otherwise."""
    kept = [n for n in range(len(places)) if named or any(n in row.figures for row in found)]
    columns: list[ComparisonColumn | None] = []
    rows: list[list[Cell]] = [[] for _ in found]
    for number in kept:
        place = places[number]
        column: ComparisonColumn | None = None
        for row, cells in zip(found, rows, strict=True):
            cell = _figure_cell(place, row, number, view)
            if cell.text is None and row is found[0] and asked_kind(subject.label) is None:
                cell = _other_kind(place, found, number, view)
            if cell.source_id and column is None:
                document = view.document(view.by_id[cell.source_id])
                column = ComparisonColumn(document, document.part_at(cell.citations[0].start), place.name)
            cells.append(cell)
        columns.append(column)
    if all(column is not None for column in columns):
        made = [ComparisonRow(row.label, tuple(cells)) for row, cells in zip(found, rows, strict=True)]
        return [places[n] for n in kept], columns, made
    silent = [i for i, column in enumerate(columns) if column is None]
    evidence = gather_places([replace(places[kept[i]], below=frozenset()) for i in silent], subject, view, searcher, as_of, pins)
    for i, one in zip(silent, evidence, strict=True):
        foremost = next((r for r in one.statements[:8] if _names(r, found[0], asked_kind(subject.label), subject, view)), None)
        if foremost is None or one.document is None:
            continue
        columns[i] = column_for(one)
        citation = cite(one.document, foremost.statement.span)
        info = one.document.info
        rows[0][i] = Cell(one.place.name, info.source, flatten(citation.quote), (citation,), info.id)
    made = [ComparisonRow(row.label, tuple(cells)) for row, cells in zip(found, rows, strict=True)]
    return [places[n] for n in kept], columns, made


def _names(ranked: RankedStatement, row: IndicatorRow, kind: str | None, subject: Subject, view: LibraryView) -> bool:
    """Whether a statement names the indicator and gives a value, of the kind asked for."""
    statement = ranked.statement
    said = find_concept(statement.text)
    if said is None and kind is None and any(char.isdigit() for char in statement.folded):
        # 完成年度育儿补贴发放，惠及17万婴幼儿 says 育儿补贴惠及人数 in other words
        return statement.speaks_of(subject.sought) >= SAYS
    if not statement.values or said is None or said.family.concept != row.family.concept:
        return False
    facts = view.facts(TargetRecord, statement.document.info.row)
    return kind is None or any(f.value.kind == kind and statement.span.overlaps(f.span) for f in facts)


def _figure_cell(place: ComparedPlace, row: IndicatorRow, number: int, view: LibraryView) -> Cell:
    if number not in row.figures:
        return Cell(place.name, None, None)
    figure, fact = row.figures[number]
    document = view.document(fact.document)
    citation = cite(document, quoted_span(view, fact))
    value = comparable_value(fact.value)
    bold = CellValue.of(fact.value.value_text, value, figure.year, figure.kind) if value else None
    return Cell(place.name, document.info.source, flatten(citation.quote), (citation,), document.info.id, bold)


def _other_kind(place: ComparedPlace, found: Sequence[IndicatorRow], number: int, view: LibraryView) -> Cell:
    """What a place says of the indicator in another kind or year, without a value to compare: nothing bold is of another kind."""
    told = [figure for row in found if row.family == found[0].family for figure in row.others.get(number, ())]
    cells = [_figure_cell(place, replace(found[0], figures={number: pair}), number, view) for pair in told[:OTHERS]]
    if not cells:
        return Cell(place.name, None, None)
    unique = {cell.text: cell for cell in cells if cell.source_id == cells[0].source_id}
    citations = tuple(c for cell in unique.values() for c in cell.citations)
    return replace(cells[0], text="\n".join(text or "" for text in unique), citations=citations, value=None)
