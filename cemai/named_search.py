"""Search by name: documents that a query names by number, title or file come first, with the passage that says most of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.filters import Filters
from graph.documents.resolver import DocumentMention, name_span

if TYPE_CHECKING:
    from cemai.library import Library
    from index.passages import Hit

STEP = 1e-3
"""How much the score of a named document lies above that of the next one."""
_WHY = {"number": "文号", "title": "标题", "short": "简称", "part": "标题", "file": "文件名"}


def put_named_first(library: Library, query: str, hits: Sequence[Hit], *, filters: Filters | None, top: int) -> list[Hit]:
    """The hits of a search with the documents that the query names in front, each once, best first; the others keep their order.

    Documents that only one of several readings means are choices: they come first too, all of them as far as ``top`` goes.
    """
    resolution = library.resolver.resolve(query)
    if not resolution.documents:
        return list(hits)
    infos = library.corpus.infos()
    by_row = {info.row: info for info in infos}
    allowed = library.corpus.select(filters) if filters else None
    mentions: dict[int, DocumentMention] = {}
    for mention in resolution.mentions:
        for row in (*mention.documents, *mention.also):
            if row in by_row and (allowed is None or row in allowed):
                mentions.setdefault(row, mention)
    rows = list(mentions)[:top]
    found = _best_passages(library, rows, name_span(resolution.rest).of(resolution.rest), [by_row[row].id for row in rows])
    highest = max((hit.score for hit in hits), default=0.0)
    first = [
        replace(
            found[row],
            score=highest + STEP * (len(rows) - i),
            why=tuple(dict.fromkeys((_WHY[mentions[row].kind], *found[row].why))),
        )
        for i, row in enumerate(rows)
        if row in found
    ]
    shown = {(hit.source_id, hit.start) for hit in first}
    return [*first, *(hit for hit in hits if (hit.source_id, hit.start) not in shown)][:top]


def _best_passages(library: Library, rows: Sequence[int], rest: str, ids: Sequence[str]) -> dict[int, Hit]:
    """Of each document the passage that says most of the rest of a query, or its first one where nothing is left."""
    found: dict[int, Hit] = {}
    row_of = dict(zip(ids, rows, strict=True))
    if len(rest.strip()) >= 2:
        for hit in library.searcher.search(rest, filters=Filters(documents=tuple(ids)), top=10 * len(ids), fold=False):
            found.setdefault(row_of[hit.source_id], hit)
    for row in rows:
        if row not in found and (opening := library.searcher.opening(row)) is not None:
            found[row] = opening
    return found
