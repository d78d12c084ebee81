"""A requirement level by level 层级链: what the nation, the province, the city and the county say of one thing, and who has to do it.

Each place has the sentences that carry the subject best, chosen as comparisons choose them; a level of the line that says nothing is
shown as a gap, and is never spoken for by a place below it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from cemai.views.steps import GraphStep, GraphView
from corpus.divisions import NATION, Division, gazetteer
from corpus.document import Level
from corpus.errors import UsageError
from corpus.store import Corpus, DocumentInfo
from graph.codec.records import TaskRecord
from graph.documents.named import describe_document
from graph.documents.status import OUT_OF_FORCE, status_on
from qa.answer import Cell, Comparison

SILENT = "文档库里没有见到"
NO_PLACE = "不分地区"
LEVELS: tuple[str, ...] = get_args(Level)
"""The levels from the nation down."""
UNITS = 4
"""Units named for a level at most."""

Compare = Callable[[Sequence[str] | None], Comparison]
"""Compares some places, or all that speak, on the subject."""


def line_of(corpus: Corpus, region: str) -> tuple[Division, ...]:
    """The divisions from the nation down to a place; of several of one name the one that the library has documents of.

    Raises ``UsageError`` for a name no place has, and for one that several have.
    """
    found = gazetteer().named(region)
    if not found:
        raise UsageError(f"没有叫“{region[:40]}”的地区。请写行政区划的名称，如 黔南州、兰州市城关区。")
    alike = [division for division in found if division.level == found[0].level]
    if len(alike) > 1:
        there = {info.head.region_code or "" for info in corpus.heads.values()}
        known = [division for division in alike if any(code.startswith(division.code) for code in there)]
        if len(known) != 1:
            choices = "、".join(division.path for division in alike[:8])
            raise UsageError(f"叫“{region}”的地区有 {len(alike)} 个，请写全称：{choices}{'等' if len(alike) > 8 else ''}。")
        alike = known
    return tuple(reversed(dict.fromkeys((alike[0], *gazetteer().parents(alike[0]), NATION))))


def build_chain(corpus: Corpus, subject: str, compare: Compare, *, region: str | None, as_of: dt.date) -> GraphView:
    """A requirement level by level.

    Args:
        corpus: An open library.
        subject: The requirement, in a few words.
        compare: Compares places on it.
        region: The lowest place of the line; without it every place that says something, level by level.
        as_of: The day that decides which text holds.

    Returns:
        One row from the nation down to ``region``, with gaps; without a region a row for each level that says something.
    """
    if region is not None:
        line = line_of(corpus, region)
        cells = _cells(compare([division.path for division in line]))
        own = {division: _own_cell(corpus, division, cells) for division in line}
        steps = [_step(corpus, division.level, division.short, own[division], as_of) for division in line]
        gaps = [step.label for step in steps if step.gap]
        notes = (f"{'、'.join(gaps)}的文件里没有见到，不等于没有规定。",) if gaps else ()
        found = not all(step.gap for step in steps)
        return GraphView("层级链", f"{subject}：{line[-1].short}", (tuple(steps),) if found else (), notes)
    levels: dict[str, list[GraphStep]] = {}
    for cell in _cells(compare(None)):
        if not cell.citations or cell.source_id is None:
            continue
        level = _level_of(corpus, cell, cell.source_id)
        levels.setdefault(level, []).append(_step(corpus, level, cell.region, cell, as_of))
    rows = [tuple(levels[level]) for level in (*LEVELS, NO_PLACE) if level in levels]
    lowest = max((LEVELS.index(level) for level in levels if level in LEVELS), default=-1)
    lacking = [level for level in LEVELS[:lowest] if level not in levels]
    notes = (f"{'、'.join(lacking)}一级的文件里没有见到，不等于没有规定。",) if lacking else ()
    return GraphView("层级链", subject, tuple(rows), notes)


def _level_of(corpus: Corpus, cell: Cell, source: str) -> str:
    """The level of the place of a cell; of a document without a place that of its issuer."""
    named = gazetteer().named(cell.region)
    head = corpus.heads[corpus.rows[source]].head
    known = gazetteer().by_code.get(head.region_code or "")
    division = known if known in named or not named else named[0]
    level = division.level if division is not None else head.level
    return level if level in LEVELS else NO_PLACE


def _cells(comparison: Comparison) -> tuple[Cell, ...]:
    """The cells of the row that says most: the first of as many."""
    rows = sorted(comparison.rows, key=lambda row: -sum(1 for cell in row.cells if cell.citations))
    return rows[0].cells if rows else ()


def _own_cell(corpus: Corpus, division: Division, cells: Sequence[Cell]) -> Cell | None:
    """What a place itself says: another may have spoken for it."""
    for cell in cells:
        if cell.region == division.short and cell.citations and cell.source_id is not None:
            info = corpus.heads[corpus.rows[cell.source_id]]
            codes = {info.head.region_code, *(part.region_code for part in info.attached)}
            nation = division == NATION and (info.head.level == "国家" or not any(codes))
            return cell if nation or division.code in codes else None
    return None


def _step(corpus: Corpus, level: str, place: str, cell: Cell | None, as_of: dt.date) -> GraphStep:
    if cell is None or cell.source_id is None:
        return GraphStep(level, place, None, "", SILENT, (), gap=True)
    info = corpus.heads[corpus.rows[cell.source_id]]
    state = status_on(corpus, info, as_of)
    told = [state.status] if state.status in OUT_OF_FORCE else []
    notes = [describe_document(info), *told, *_units(corpus, info, cell)]
    when = info.head.issued_on or info.head.published_on or ""
    return GraphStep(level, place, f"document:{info.id}", when, "；".join(notes), cell.citations)


def _units(corpus: Corpus, info: DocumentInfo, cell: Cell) -> Iterator[str]:
    """Who has to do what is quoted: the units of the tasks that the quotes are part of."""
    tasks = [
        fact.value
        for fact in corpus.facts(TaskRecord, documents=[info.row])
        if any(fact.span.start < c.end and c.start < fact.span.end for c in cell.citations)
    ]
    for position, word in enumerate(("牵头", "责任", "配合")):
        units = dict.fromkeys(unit for task in tasks for unit in task.units_by_role[position][1])
        if units:
            rest = f"等 {len(units)} 个" if len(units) > UNITS else ""
            yield f"{word}：{'、'.join(list(units)[:UNITS])}{rest}"
