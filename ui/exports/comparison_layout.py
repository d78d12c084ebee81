"""A comparison laid out to be handed in: turned where there are many places, at most five columns a table, sources as numbered notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.codec.columns import UNSTATED
from qa.answer import AnswerCitation, Cell, Comparison
from qa.answers.places import describe_citation

TURNED_FROM = 7
"""Places from which they are the rows and the dimensions the columns."""
COLUMNS = 5
"""Columns of a table at most, its heads among them."""


@dataclass(frozen=True)
class LaidOutCell:
    """What a cell shows: its text, the numbers of its sources, and the value it is compared by."""

    text: str
    notes: tuple[int, ...] = ()
    value: str = ""

    @property
    def marked(self) -> str:
        """The text with the numbers of its sources: 增长5%[1]."""
        return self.text + "".join(f"[{number}]" for number in self.notes)


@dataclass(frozen=True)
class LaidOutTable:
    """A table of at most ``COLUMNS`` columns: what heads them, and rows with their heads."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, tuple[LaidOutCell, ...]], ...]


@dataclass(frozen=True)
class LaidOutSource:
    """A source under its number: where it is, and what is quoted of it."""

    number: int
    place: str
    region: str
    document_date: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class LaidOutComparison:
    """A comparison as it is printed."""

    title: str
    corner: str
    tables: tuple[LaidOutTable, ...]
    sources: tuple[LaidOutSource, ...]
    notices: tuple[str, ...]
    differences: tuple[str, ...]
    turned: bool


class _Sources:
    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.cited: dict[int, list[AnswerCitation]] = {}

    def numbers_of(self, citations: Sequence[AnswerCitation]) -> tuple[int, ...]:
        found = []
        for citation in citations:
            number = self.numbers.setdefault(describe_citation(citation), len(self.numbers) + 1)
            self.cited.setdefault(number, []).append(citation)
            found.append(number)
        return tuple(dict.fromkeys(found))


def lay_out(comparison: Comparison, *, columns: int | None = COLUMNS) -> LaidOutComparison:
    """Lay a comparison out.

    Args:
        comparison: The comparison.
        columns: The columns of a table at most; None for one table.
    """
    sources = _Sources()
    states = {column.region: _state(column.status, column.reason) for column in comparison.columns}
    graded = comparison.form == "落实对照"
    grid = [
        (
            row.aspect,
            (*(_cell(cell, sources) for cell in row.cells), *(_remarks(f"{row.grade}：{row.because}") if graded else ())),
        )
        for row in comparison.rows
    ]
    if any(states.values()):
        held = tuple(LaidOutCell(states.get(region, "")) for region in comparison.regions)
        grid.append(("时效", (*held, *(_remarks("") if graded else ()))))
    turned = len(comparison.regions) >= TURNED_FROM
    if turned:
        headers: tuple[str, ...] = tuple(aspect for aspect, _ in grid)
        rows = tuple((region, tuple(cells[i] for _, cells in grid)) for i, region in enumerate(comparison.regions))
    else:
        headers, rows = (*comparison.regions, *(("落实情况", "备注") if graded else ())), tuple(grid)
    wide = len(headers) if columns is None else columns - 1
    tables = tuple(
        LaidOutTable(headers[at : at + wide], tuple((head, cells[at : at + wide]) for head, cells in rows))
        for at in range(0, len(headers), max(1, wide))
    )
    subject = comparison.topic or comparison.question or ""
    return LaidOutComparison(
        f"{comparison.form}：{subject}",
        "地区" if turned else "比较项",
        tables,
        tuple(_source(number, place, sources.cited[number]) for place, number in sources.numbers.items()),
        tuple(notice.text for notice in comparison.notices),
        comparison.differences,
        turned,
    )


def _remarks(told: str) -> tuple[LaidOutCell, LaidOutCell]:
    """How far a demand is taken up, and an empty cell for the remark of whoever checks it."""
    return LaidOutCell(told), LaidOutCell("")


def _cell(cell: Cell, sources: _Sources) -> LaidOutCell:
    if cell.text is None:
        return LaidOutCell(UNSTATED)
    return LaidOutCell(cell.text, sources.numbers_of(cell.citations), cell.value.text if cell.value is not None else "")


def _state(status: str, reason: str) -> str:
    """The state of a document where it is worth a word."""
    return "" if status in ("", "现行有效", "未载明") else f"{status}：{reason}"


def _source(number: int, place: str, cited: Sequence[AnswerCitation]) -> LaidOutSource:
    return LaidOutSource(number, place, cited[0].region or "", "", tuple(dict.fromkeys(c.quote for c in cited)))
