"""Search for documents 查文件: which documents words and conditions leave, in which order, and how many under each facet.

Alike for page, REST and command line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cemai.document_matches import QueryMatches, quoted_phrases
from corpus.errors import UsageError
from corpus.filters import Filters
from graph.documents.works import works
from index.lexical.tokens import document_numbers
from index.passages import Hit
from ui.desk.desk import Desk, ShelfEntry
from ui.desk.facets import FACETS, Chosen, Count, FacetTable, date_of

TOP = 60
"""Passages that decide the order of the first documents; those behind follow by how much of the words they hold."""
QUERY_LIMIT = 500
SORTS: Mapping[str, str] = {"": "最相关的在前", "newest": "日期新的在前", "oldest": "日期旧的在前"}
"""Orders of the list of documents; without words the first one is that of the newest."""


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """What is looked for.

    Attributes:
        words: Words, numbers, titles; a text in quotation marks has to stand in the document as it is.
        chosen: The chosen value of each facet, by its heading in ``FACETS``.
        since, until: First and last day of issue (ISO dates).
        sort: One of ``SORTS``.
        exact: Whether the words are one text that has to stand there as it is.
    """

    words: str = ""
    chosen: Chosen = field(default_factory=dict)
    since: str = ""
    until: str = ""
    sort: str = ""
    exact: bool = False

    @property
    def query(self) -> str:
        """The words, in quotation marks where they are one text."""
        return f"“{self.words}”" if self.exact and self.words and not quoted_phrases(self.words) else self.words

    @property
    def has_conditions(self) -> bool:
        """Whether anything beside the words limits the documents."""
        return bool(self.chosen or self.since or self.until)


@dataclass(frozen=True, slots=True)
class FoundDocuments:
    """What a search for documents found.

    Attributes:
        entries: The documents, in order; of a work the one whose text holds today, its copies and versions are not among them.
        total: How many files there are, with those copies and versions: the number that the facets count.
        matched: How many files the words leave without any condition.
        near: Documents without all of the words that may mean the same, best first.
        counts: Of each facet the values that exist under the other conditions, with their numbers of files.
        by_meaning: Whether no document holds all of the words, so that those nearest in meaning are listed.
        phrases: The texts that had to stand there as they are.
        hits: The passages found, by the id of their document.
    """

    entries: Sequence[ShelfEntry]
    total: int
    matched: int
    near: Sequence[ShelfEntry]
    counts: Mapping[str, Sequence[Count]]
    by_meaning: bool = False
    phrases: Sequence[str] = ()
    hits: Mapping[str, Sequence[Hit]] = field(default_factory=dict)

    @property
    def folded(self) -> int:
        """How many files are copies and versions of others in the list."""
        return self.total - len(self.entries)


def parse_day(text: str | None, name: str) -> str:
    """A day as ISO date; a year or a month is its first day, or with the name ``until`` its last. Raises ``UsageError``.

    >>> parse_day("2024", "since"), parse_day("2024-02", "until"), parse_day("2024年3月5日", "until")
    ('2024-01-01', '2024-02-29', '2024-03-05')
    """
    parts = [part for part in "".join(c if c.isdigit() else " " for c in text or "").split() if part]
    if not parts:
        if (text or "").strip():
            raise UsageError(f"“{text}”不是日期，请写成 2024-06-30、2024-06 或 2024。")
        return ""
    try:
        year, month, day = (int(part) for part in (*parts, *(("1",) * 2))[:3])
        if name == "until" and len(parts) < 3:
            year, month = (year + 1, 1) if len(parts) == 1 or month == 12 else (year, month + 1)
            return (dt.date(year, month, 1) - dt.timedelta(days=1)).isoformat()
        return dt.date(year, month, day).isoformat()
    except ValueError as error:
        raise UsageError(f"“{text}”不是日期，请写成 2024-06-30、2024-06 或 2024。") from error


def facet_table(desk: Desk) -> FacetTable:
    """The facets of the library, kept until it changes."""
    return desk.read(lambda _: FacetTable(desk.entries()), keep="facet table")


def find_documents(desk: Desk, wanted: DocumentQuery) -> FoundDocuments:
    """The documents that words and conditions leave. Raises ``UsageError`` where the words are too long.

    Without words the list is of all documents; where no document holds all words it is of those nearest in meaning.
    """
    _require_short(wanted)
    with desk.state():
        table = facet_table(desk)
        limit = table.between(wanted.since, wanted.until)
        conditions = limit & table.meets(wanted.chosen)
        if not wanted.words:
            kept = table.entries_of(conditions)
            kept.sort(key=date_of, reverse=wanted.sort != "oldest")
            counts = table.counts(wanted.chosen, limit)
            return FoundDocuments(_dated_first(kept), len(kept), len(table.entries), (), counts)
        matches, mask, hits, by_meaning = _matched(desk, wanted, table)
        kept_rows = {entry.info.row: entry for entry in table.entries_of(mask & conditions)}
        if kept_rows and not by_meaning and wanted.sort == "":
            hits = _ranked(desk, wanted, table, conditions)
        ordered, near = _order(desk, wanted, matches, kept_rows, hits)
        return FoundDocuments(
            ordered,
            len(kept_rows),
            mask.bit_count(),
            near if not by_meaning and not matches.phrases else (),
            table.counts(wanted.chosen, mask & limit),
            by_meaning,
            matches.phrases,
            _by_document(hits),
        )


def count_documents(desk: Desk, wanted: DocumentQuery) -> Mapping[str, Sequence[Count]]:
    """The ``counts`` of ``find_documents`` alone: no document is put in order for them."""
    _require_short(wanted)
    with desk.state():
        table = facet_table(desk)
        limit = table.between(wanted.since, wanted.until)
        return table.counts(wanted.chosen, _matched(desk, wanted, table)[1] & limit if wanted.words else limit)


def _require_short(wanted: DocumentQuery) -> None:
    if len(wanted.words) > QUERY_LIMIT:
        raise UsageError(f"查找的词有 {len(wanted.words)} 字，超过 {QUERY_LIMIT} 字。请只写几个关键词；问题请到“问政策”里提。")


def _matched(desk: Desk, wanted: DocumentQuery, table: FacetTable) -> tuple[QueryMatches, int, list[Hit], bool]:
    """The documents that the words mean, the same as a set; where none holds them those nearest in meaning, with the passages that are."""
    matches = desk.match_documents(wanted.query)
    mask = table.mask_of(matches.rows)
    # a number that nobody has is not like another one
    if mask or matches.phrases or document_numbers(wanted.words):
        return matches, mask, [], False
    hits = desk.search(wanted.query, top=TOP)
    rows = desk.library.corpus.rows
    matches = QueryMatches((), tuple(dict.fromkeys(rows[hit.source_id] for hit in hits if hit.source_id in rows)), ())
    return matches, table.mask_of(matches.rows), hits, True


def with_passages(desk: Desk, wanted: DocumentQuery, entries: Sequence[ShelfEntry], found: FoundDocuments) -> list[list[Hit]]:
    """Of each of some of the documents the passages to be shown, best first; those found already come first."""
    lacking = [entry.info.id for entry in entries if entry.info.id not in found.hits]
    more = _by_document(desk.best_passages(wanted.query, lacking)) if lacking else {}
    return [[*found.hits.get(entry.info.id, ()), *more.get(entry.info.id, ())] for entry in entries]


def _ranked(desk: Desk, wanted: DocumentQuery, table: FacetTable, conditions: int) -> list[Hit]:
    ids = tuple(entry.info.id for entry in table.entries_of(conditions)) if wanted.has_conditions else None
    return desk.search(wanted.query, filters=Filters(documents=ids) if ids is not None else None, top=TOP)


def _order(
    desk: Desk, wanted: DocumentQuery, matches: QueryMatches, kept: Mapping[int, ShelfEntry], hits: Sequence[Hit]
) -> tuple[list[ShelfEntry], list[ShelfEntry]]:
    """The documents in the order wanted, every work once; and those of hits that are not among them."""
    rows = desk.library.corpus.rows
    of_hits = [rows[hit.source_id] for hit in hits if hit.source_id in rows]
    known = works(desk.library.corpus)
    today = dt.date.today().isoformat()
    named = [row for row in matches.named if row in kept]
    ordered: dict[int, ShelfEntry] = {}
    for row in (*(row for row in of_hits if row in kept), *named, *matches.worded):
        if row in kept:
            # what is named by number or title stays, whatever replaced it; its copies do not
            front = known.representative(row) if row in named else known.front(row, today)
            shown = front if front in kept else row
            ordered.setdefault(shown, kept[shown])
    found = list(ordered.values())
    if wanted.sort:
        found = _dated_first(sorted(found, key=date_of, reverse=wanted.sort == "newest"))
    entries = {entry.info.row: entry for entry in desk.entries()}
    return found, [entries[row] for row in dict.fromkeys(of_hits) if row not in kept and row in entries]


def _dated_first(entries: Sequence[ShelfEntry]) -> list[ShelfEntry]:
    """Documents without a day come last, in either order."""
    return [*(entry for entry in entries if date_of(entry)), *(entry for entry in entries if not date_of(entry))]


def _by_document(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.source_id, []).append(hit)
    return grouped


def facets_named(**values: str | None) -> dict[str, str]:
    """The chosen facets by their headings, from values under their names in an address."""
    return {heading: value for heading, name in FACETS.items() if (value := values.get(name))}
