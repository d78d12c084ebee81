"""The columns of a comparison 对比各栏: documents and attached documents, level by level, with their standing."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus.divisions import Division, gazetteer
from corpus.document import Span
from corpus.store import year_of
from qa.answer import ColumnHead
from qa.draft import label, level_order
from qa.names import Known
from qa.shelf import Part, Shelf, Shelved, speaks_for

LETTER = 8
"""A covering letter has no more sentences than this of its own: it is no column beside the document it forwards."""
WIDE = 30
"""Columns at most. Of more documents those most to the subject are taken, and of each region first the best one."""
EACH = 3
"""Documents of one region at most where there are too many."""

_in_title = re.compile(r"((?:19|20)\d\d)年(?!代)")


@dataclass(frozen=True, slots=True)
class Column:
    """One document (or attached document) of a comparison."""

    shelved: Shelved
    number: int
    name: str
    """What heads the column: its region, and where several documents are of one region the year, else the title."""

    @property
    def part(self) -> Part:
        """The part it stands for."""
        return self.shelved.parts[self.number]

    @property
    def year(self) -> int | None:
        """The year of the document: of its title, else of its date."""
        return _year(self.part)

    @property
    def sentences(self) -> list[int]:
        """The numbers of its sentences."""
        return [i for i, s in enumerate(self.shelved.sentences) if s.part == self.number]

    def holds(self, span: Span) -> bool:
        """Whether a place of the document belongs to this column and not to another part."""
        return self.shelved.part_at(span.start) == self.number

    def head(self, shelf: Shelf, as_of: dt.date) -> ColumnHead:
        """Whose column it is, and whether its document is in force on a day."""
        from graph.standing import standing

        info = self.shelved.info
        state = standing(shelf.corpus, info, as_of, head=self.part.head)
        title = self.part.head.title or info.head.title
        return ColumnHead(self.name, info.id, info.source, title, self.part.head.doc_number, state.status, state.reason)


Ranked = Callable[[Sequence[Division]], list[int]]
"""The rows of the documents that speak of the subject, the best first; within some divisions, or everywhere."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns chosen, and how many documents on the subject found no place."""

    chosen: list[Column]
    left_out: int = 0


def columns_of(shelf: Shelf, known: Known, regions: Sequence[str] | None, asked: Sequence[str], ranked: Ranked) -> Columns:
    """The columns for some regions (``regions`` by choice, else those ``asked`` for in the question), or for the whole library."""
    wanted_names = list(regions) if regions is not None else list(asked)
    divisions = [d for name in wanted_names for d in (known.divisions_named(name) or _matched(known, name))]
    rows = [row for row in shelf.infos if not divisions or any(speaks_for(d, w) for d in shelf.regions[row] for w in divisions)]
    left_out = 0
    if len(rows) > WIDE:
        allowed = set(rows)
        relevant = [row for row in ranked(divisions) if row in allowed]
        rows = _best_of_each(relevant, shelf)
        left_out = len(relevant) - len(rows)
    found: list[Column] = []
    for row in rows:
        shelved = shelf.document(row)
        for number, part in enumerate(shelved.parts):
            column = Column(shelved, number, label(shelved, part))
            if len(shelved.parts) > 1 and not part.attached and len(column.sentences) <= LETTER:
                continue
            if divisions and not any(
                d is not None and speaks_for(d, w) for d in (part.division, shelved.parts[-1].division) for w in divisions
            ):
                continue
            found.append(column)
    return Columns(_told_apart(sorted(found, key=lambda c: (level_order(c.part), c.year or 0, c.shelved.info.row))), left_out)


def _best_of_each(rows: Sequence[int], shelf: Shelf) -> list[int]:
    """The best document of each region, then the second best of each, and so on, until the table is full."""
    rounds: list[list[int]] = [[] for _ in range(EACH)]
    seen: Counter[tuple[Division, ...]] = Counter()
    for row in rows:
        place = shelf.regions[row]
        if seen[place] < EACH:
            rounds[seen[place]].append(row)
            seen[place] += 1
    return [row for these in rounds for row in these][:WIDE]


def column_of(row: int, shelf: Shelf) -> Column:
    """The column of one document: of what it forwards or issues, where it is no more than a letter around that."""
    shelved = shelf.document(row)
    columns = [Column(shelved, number, label(shelved, part)) for number, part in enumerate(shelved.parts)]
    return next((c for c in reversed(columns) if len(c.sentences) > LETTER), columns[0])


def side_by_side(first: int, second: int, shelf: Shelf) -> tuple[Column, Column]:
    """The columns of two documents, told apart by name."""
    one, other = _told_apart([column_of(first, shelf), column_of(second, shelf)])
    return one, other


def _told_apart(columns: Sequence[Column]) -> list[Column]:
    """The columns with names of their own: the year behind the region where that is enough, else the title."""
    names = Counter(column.name for column in columns)
    dated = [_dated(column) if names[column.name] > 1 else column for column in columns]
    again = Counter(column.name for column in dated)
    return [_titled(plain) if again[column.name] > 1 else column for plain, column in zip(columns, dated, strict=True)]


def _dated(column: Column) -> Column:
    return replace(column, name=f"{column.name}（{column.year}年）") if column.year else column


def _titled(column: Column) -> Column:
    title = " ".join((column.part.head.title or column.shelved.info.source).split())
    return replace(column, name=f"{column.name}《{title[:24]}》")


def _year(part: Part) -> int | None:
    stated = _in_title.search(part.head.title or "")
    return int(stated.group(1)) if stated else year_of(part.head)


def _matched(known: Known, name: str) -> tuple[Division, ...]:
    return known.match(gazetteer().named(name))[0]
