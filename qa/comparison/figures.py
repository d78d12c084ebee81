"""Figures of a comparison that can be charted: those of a row that measure the same thing, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.filters import Filters
from corpus.store import Corpus
from graph.alignment.indicators import align_targets, same_indicator
from graph.codec.records import TargetRecord
from qa.answer import Comparison, ComparisonRow

FIGURES_OF_CELL = 4
"""Figures of one cell that are compared with those of other cells."""


@dataclass(frozen=True, slots=True)
class RowFigures:
    """The figures of one row of a comparison.

    Attributes:
        indicator: What they measure, as the first document calls it.
        bars: By column, the figure as written and its length from 0 to 1.
        reason: Without bars, why the figures cannot be compared (in Chinese, for people); may be empty.
    """

    indicator: str
    bars: Mapping[int, tuple[str, float]]
    reason: str = ""


def find_figures(corpus: Corpus, comparison: Comparison) -> dict[int, RowFigures]:
    """Find the figures of each row that can be charted.

    Args:
        corpus: The library the comparison was made of.
        comparison: Regions or documents side by side.

    Returns:
        The figures by the number of the row; rows with figures in fewer than two columns are left out.
    """
    ids = {citation.source_id for row in comparison.rows for cell in row.cells for citation in cell.citations}
    known = {info.id: _targets(corpus, info.row) for info in corpus.infos(Filters(documents=tuple(ids)))} if ids else {}
    return {i: made for i, row in enumerate(comparison.rows) if (made := _row(row, known)) is not None}


def _targets(corpus: Corpus, row: int) -> list[TargetRecord]:
    facts = corpus.facts(TargetRecord, documents=[row])
    return [fact.value for fact in facts if fact.value.value is not None]


def _row(row: ComparisonRow, known: Mapping[str, list[TargetRecord]]) -> RowFigures | None:
    held: list[tuple[int, TargetRecord]] = []
    for column, cell in enumerate(row.cells):
        for citation in cell.citations:
            for target in known.get(citation.source_id, ()):
                if citation.start <= target.span.start and target.span.end <= citation.end and (column, target) not in held:
                    held.append((column, target))
        # the first figures of a cell are those it is quoted for
        held = [pair for pair in held if pair[0] != column] + [pair for pair in held if pair[0] == column][:FIGURES_OF_CELL]
    if len({column for column, _ in held}) < 2:
        return None
    column_of = {id(target): column for column, target in held}
    best: dict[int, TargetRecord] = {}
    for kind in sorted({target.kind for _, target in held}, key=lambda kind: kind != "target"):
        if len(best) >= 2 and kind != "target" and any(t.kind == "target" for t in best.values()):
            break
        for group in align_targets([target for _, target in held if target.kind == kind]):
            columns: dict[int, TargetRecord] = {}
            for target in group:
                columns.setdefault(column_of[id(target)], target)
            if len(columns) > len(best):
                best = columns
    if len(best) >= 2:
        most = max(abs(target.value or 0) for target in best.values())
        bars = {c: (_said(t), abs(t.value or 0) / most) for c, t in best.items()} if most else {}
        return RowFigures(next(iter(best.values())).indicator, bars)
    first = held[0]
    other = next(pair for pair in held if pair[0] != first[0])
    return RowFigures(
        "", {}, same_indicator(first[1], other[1]).reason if first[1].kind == other[1].kind else "一个是目标，一个不是"
    )


def _said(target: TargetRecord) -> str:
    year = f"（{target.by_year}年）" if target.by_year else ""
    return f"{target.value_text}{year}"
