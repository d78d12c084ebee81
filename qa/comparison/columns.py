"""The columns of a comparison 对比各栏: documents and attached documents by level, with their validity."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace

from corpus.divisions import Division, gazetteer
from corpus.document import Span
from corpus.store import year_of
from qa.answer import ColumnHead
from qa.answers.draft import label_part, level_order
from qa.documents import DocumentPart, DocumentView, LibraryView, speaks_for
from qa.understanding.names import KnownNames

LETTER = 8
"""A covering letter has no more sentences than this of its own: it is no column beside the document it forwards."""
TITLE = 24
"""Characters of a title that tells columns of one name apart; a longer one is cut, and says so."""
WIDE = 30
"""Columns at most. Of more documents those most to the subject are taken, and of each region first the best one."""
EACH = 3
"""Documents of one region at most where there are too many."""

_in_title = re.compile(r"((?:19|20)\d\d)年(?!代)")


@dataclass(frozen=True, slots=True)
class ComparisonColumn:
    """One document (or attached document) of a comparison."""

    document: DocumentView
    number: int
    name: str
    """What heads the column: its region, and where several documents are of one region the year, else the title."""

    @classmethod
    def of(cls, document: DocumentView, number: int) -> ComparisonColumn:
        """The column of one document part, named after its region."""
        return cls(document, number, label_part(document, document.parts[number]))

    @property
    def part(self) -> DocumentPart:
        """The document part of this column."""
        return self.document.parts[self.number]

    @property
    def year(self) -> int | None:
        """The year in the title, else the year of the date."""
        return _year(self.part)

    @property
    def sentences(self) -> list[int]:
        """The numbers of its sentences."""
        return [i for i, s in enumerate(self.document.sentences) if s.part == self.number]

    def holds(self, span: Span) -> bool:
        """True if a span of the document is in this part."""
        return self.document.part_at(span.start) == self.number

    def head(self, view: LibraryView, as_of: dt.date) -> ColumnHead:
        """The head of the column: its document and whether that is in force on a day."""
        from graph.documents.status import status_on

        info = self.document.info
        state = status_on(view.corpus, info, as_of, self.part.head)
        title = self.part.head.title or info.head.title
        return ColumnHead(self.name, info.id, info.source, title, self.part.head.doc_number, state.status, state.reason)


Places = Callable[[Sequence[Division]], list[tuple[int, int]]]
"""Where the documents speak of the subject, as (row, position), the best place first; within some divisions, or everywhere."""


@dataclass(frozen=True, slots=True)
class ComparisonColumns:
    """The chosen columns, and how many documents on the subject were left out."""

    chosen: list[ComparisonColumn]
    left_out: int = 0


def choose_columns(
    view: LibraryView,
    known: KnownNames,
    regions: Sequence[str] | None,
    asked: Sequence[str],
    places: Places,
    as_of: dt.date,
    only: Container[int] | None = None,
) -> ComparisonColumns:
    """Choose the columns; a work has its columns from the text that holds on the day, none from copies and former versions.

    Args:
        view: The library.
        known: The names in the library.
        regions: The regions chosen by the user, or None.
        asked: The regions named in the question, used where none are chosen; none at all means the whole library.
        places: Finds where documents speak of the subject; asked only where there are too many documents.
        as_of: The day.
        only: The rows that may have a column; all if None."""
    from graph.documents.named import fold_versions

    wanted_names = list(regions) if regions is not None else list(asked)
    divisions = [d for name in wanted_names for d in (known.divisions_named(name) or _matched(known, name))]
    once = fold_versions(view.corpus, [row for row in view.infos if only is None or row in only], as_of)
    rows = [row for row in once if not divisions or any(speaks_for(d, w) for d in view.regions[row] for w in divisions)]
    left_out = 0
    found: list[ComparisonColumn] | None = None
    if len(rows) <= WIDE:
        found = [column for row in rows for column in _parts_of(view.document(row)) if _for_one_of(column, divisions)]
    if found is None or len(found) > WIDE:
        allowed = set(rows)
        spoken = [place for place in places(divisions) if place[0] in allowed]
        found = _best_of_each(spoken, divisions, view)
        left_out = len({row for row, _ in spoken}) - len({column.document.info.row for column in found})
    return ComparisonColumns(
        _told_apart(sorted(found, key=lambda c: (level_order(c.part), c.year or 0, c.document.info.row))), left_out
    )


def _parts_of(document: DocumentView) -> list[ComparisonColumn]:
    """A column for each part of a document, without a covering letter."""
    columns = [ComparisonColumn.of(document, number) for number in range(len(document.parts))]
    return [column for column in columns if len(columns) == 1 or column.part.attached or len(column.sentences) > LETTER]


def _for_one_of(column: ComparisonColumn, divisions: Sequence[Division]) -> bool:
    own = (column.part.division, column.document.parts[-1].division)
    return not divisions or any(d is not None and speaks_for(d, w) for d in own for w in divisions)


def _best_of_each(places: Sequence[tuple[int, int]], divisions: Sequence[Division], view: LibraryView) -> list[ComparisonColumn]:
    """The best part of each region, then the second best of each, up to ``EACH`` of a region and ``WIDE`` in all."""
    rounds: list[list[ComparisonColumn]] = [[] for _ in range(EACH)]
    seen: Counter[tuple[str | None, Division | None]] = Counter()
    taken: set[tuple[int, int]] = set()
    for row, position in places:
        if len(rounds[0]) >= WIDE:
            break
        document = view.document(row)
        number = document.part_at(position)
        column = ComparisonColumn.of(document, number)
        of = (None if column.part.division else column.name, column.part.division)
        if (row, number) not in taken and seen[of] < EACH and _for_one_of(column, divisions):
            taken.add((row, number))
            rounds[seen[of]].append(column)
            seen[of] += 1
    return [column for these in rounds for column in these][:WIDE]


def column_of(row: int, view: LibraryView) -> ComparisonColumn:
    """The column of one document; for a covering letter the column of the document it forwards."""
    document = view.document(row)
    columns = [ComparisonColumn.of(document, number) for number in range(len(document.parts))]
    return next((column for column in reversed(columns) if len(column.sentences) > LETTER), columns[0])


def pair_columns(first: int, second: int, view: LibraryView) -> tuple[ComparisonColumn, ComparisonColumn]:
    """The columns of two documents, with different names."""
    one, other = chain_columns((first, second), view)
    return one, other


def chain_columns(rows: Sequence[int], view: LibraryView) -> list[ComparisonColumn]:
    """The columns of some documents, with different names."""
    return _told_apart([column_of(row, view) for row in rows])


def _told_apart(columns: Sequence[ComparisonColumn]) -> list[ComparisonColumn]:
    """Make the names of columns unique: add the year, the title where the year is not enough, the file where no title is."""
    names = Counter(column.name for column in columns)
    dated = [_dated(column) if names[column.name] > 1 else column for column in columns]
    again = Counter(column.name for column in dated)
    titled = [_titled(plain) if again[column.name] > 1 else column for plain, column in zip(columns, dated, strict=True)]
    still = Counter(column.name for column in titled)
    return [_filed(column) if still[column.name] > 1 else column for column in titled]


def _dated(column: ComparisonColumn) -> ComparisonColumn:
    return replace(column, name=f"{column.name}（{column.year}年）") if column.year else column


def _titled(column: ComparisonColumn) -> ComparisonColumn:
    title = " ".join((column.part.head.title or column.document.info.source).split())
    return replace(column, name=f"{column.name}《{title if len(title) <= TITLE else title[: TITLE - 1] + '…'}》")


def _filed(column: ComparisonColumn) -> ComparisonColumn:
    return replace(column, name=f"{column.name}（{column.document.info.source}）")


def _year(part: DocumentPart) -> int | None:
    stated = _in_title.search(part.head.title or "")
    return int(stated.group(1)) if stated else year_of(part.head)


def _matched(known: KnownNames, name: str) -> tuple[Division, ...]:
    return known.match(gazetteer().named(name))[0]
