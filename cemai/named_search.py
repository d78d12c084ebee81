"""Search by name: documents that a query names by number, title or file come first; copies and old versions stand behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.filters import Filters
from corpus.folding import fold
from graph.documents.contents import FoundContents, SearchedTerm
from graph.documents.named import choose_documents
from graph.documents.resolver import DocumentMention, Resolution, name_span
from graph.documents.works import works

if TYPE_CHECKING:
    from cemai.library import Library
    from index.passages import Hit
    from index.query import SearchQuery
    from index.ranking.features import Rarity
    from index.searcher import Searcher

STEP = 1e-3
"""How much the score of a named document lies above that of the next one."""
SPARE = 10
"""Hits looked up beyond those asked for, to take the place of copies; where they are too few, more are."""
_WHY = {"number": "文号", "title": "标题", "short": "简称", "part": "标题", "file": "文件名", "described": "所述"}
CONTENTS = 40
"""Passages looked at for a description of a document."""
OF_PAIRS = 0.5
"""The weight of a pair of characters beside that of a word: pairs are part of the words, and join what does not belong together."""


def search_named_first(library: Library, query: str, *, filters: Filters | None, top: int, as_of: dt.date) -> list[Hit]:
    """The hits of a search, those of documents that the query names in front, every work counted once.

    Args:
        library: The library.
        query: What is searched for.
        filters: Conditions without a status.
        top: How many hits at most.
        as_of: The day that decides which version of a work holds.
    """
    with library.corpus.steady():
        return _search(library, query, filters, top, as_of)


def _search(library: Library, query: str, filters: Filters | None, top: int, as_of: dt.date) -> list[Hit]:
    allowed = library.corpus.select(filters) if filters else None
    names = library.resolver.resolve(query, today=as_of)
    named = _named(library, names, allowed, top)
    # what is said of a document is what its passage has to say, too
    words = query if any(mention.kind == "described" for mention in names.mentions) else name_span(names.rest).of(names.rest)
    passages = best_passages(library, list(named), words)
    certain = dict.fromkeys(mention for mention in named.values() if mention.certain)
    sure = {row for mention in certain for row in choose_documents(library.corpus, mention, query, as_of)}
    folded: list[Hit] = []
    for many in (top + SPARE, 4 * (top + SPARE), 16 * (top + SPARE)):
        hits = library.searcher.search(query, filters=filters, top=many)
        folded = _fold_hits(library, query, _put_first(hits, named, passages), allowed, as_of, sure)
        if len(folded) >= top or len(hits) < many:
            break
    return folded[:top]


def search_contents(searcher: Searcher, words: str, documents: Collection[str] | None) -> FoundContents:
    """What documents say of some words, see ``graph.documents.contents``.

    Args:
        searcher: Search over the library.
        words: The words.
        documents: The ids of the documents to look at, None for all.
    """
    limit = Filters(documents=tuple(documents)) if documents is not None else None
    question, rarity = searcher.weigh_query(words)
    hits = searcher.search(words, filters=limit, top=CONTENTS, fold=False)
    rows = {info.id: info.row for info in searcher.corpus.infos()} if hits else {}
    return FoundContents(
        tuple(_terms(searcher, question, rarity)),
        tuple((rows[hit.source_id], fold(hit.text)) for hit in hits if hit.source_id in rows),
    )


def _terms(searcher: Searcher, question: SearchQuery, rarity: Rarity) -> Iterator[SearchedTerm]:
    """The words of a query, and the pairs inside words or beside single characters; everyday words also as officials write them.

    A pair between words that no passage holds is none: its two words met by chance.
    """
    joints = {one[-1] + other[0] for one, other in pairwise(question.words) if len(one) > 1 and len(other) > 1}
    inner = {pair for pair in rarity.pairs if any(pair in word for word in question.words)}
    between = {pair for pair in rarity.pairs if pair not in inner and pair not in joints and searcher.share(pair)}
    weights = {pair: OF_PAIRS * weight for pair, weight in rarity.pairs.items() if pair in inner or pair in between}
    for term, weight in (weights | dict(rarity.words)).items():
        written = [form for spoken, forms in question.readings if term in spoken for form in forms.split()]
        yield SearchedTerm((fold(term), *map(fold, written)), weight)


def _named(library: Library, names: Resolution, allowed: set[int] | None, top: int) -> dict[int, DocumentMention]:
    """The documents that are named, best first, each with the mention that names it."""
    heads = library.corpus.heads
    mentions: dict[int, DocumentMention] = {}
    for mention in names.mentions:
        for row in (*mention.documents, *mention.also):
            if row in heads and (allowed is None or row in allowed):
                mentions.setdefault(row, mention)
    return dict(list(mentions.items())[:top])


def _put_first(hits: Sequence[Hit], named: Mapping[int, DocumentMention], passages: Mapping[int, Hit]) -> list[Hit]:
    """Hits with the passages of the named documents in front, each once, best first; the others keep their order.

    Documents that only one of several readings means are choices: they come first too.
    """
    if not named:
        return list(hits)
    highest = max((hit.score for hit in hits), default=0.0)
    first = [
        replace(
            passages[row],
            score=highest + STEP * (len(named) - i),
            why=tuple(dict.fromkeys((_WHY[mention.kind], *passages[row].why))),
        )
        for i, (row, mention) in enumerate(named.items())
        if row in passages
    ]
    shown = {(hit.source_id, hit.start) for hit in first}
    return [*first, *(hit for hit in hits if (hit.source_id, hit.start) not in shown)]


def _fold_hits(
    library: Library, query: str, hits: Sequence[Hit], allowed: set[int] | None, as_of: dt.date, sure: set[int]
) -> list[Hit]:
    """Hits with one document for every work: what it has to say takes the place of the best hit of its copies and old versions.

    Documents in ``sure`` were named themselves and stay.
    """
    row_of = library.corpus.rows
    heads = library.corpus.heads
    known, day = works(library.corpus), as_of.isoformat()
    front: dict[int, int] = {}
    for row in dict.fromkeys(row_of[hit.source_id] for hit in hits if hit.source_id in row_of):
        other = known.front(row, day)
        front[row] = row if row in sure or (allowed is not None and other not in allowed) else other
    if all(row == other for row, other in front.items()):
        return list(hits)
    own = {row: next((hit for hit in hits if row_of.get(hit.source_id) == row), None) for row in front.values()}
    absent = best_passages(library, [row for row, hit in own.items() if hit is None], query)
    behind: dict[int, dict[str, None]] = {}
    for row, other in front.items():
        if row != other:
            behind.setdefault(other, {})[heads[row].id] = None
    out: list[Hit] = []
    shown: set[tuple[str, int]] = set()
    for hit in hits:
        found = hit
        place = front.get(row_of.get(hit.source_id, 0))
        if place in behind:
            # the first hit of a work: what its current text says of the query
            found = replace(own[place] or absent.get(place) or hit, score=hit.score, copies=tuple(behind.pop(place)))
        elif place is not None and heads[place].id != hit.source_id:
            continue
        if (found.source_id, found.start) not in shown:
            shown.add((found.source_id, found.start))
            out.append(found)
    return out


def best_passages(library: Library, rows: Sequence[int], words: str) -> dict[int, Hit]:
    """Of each document the passage that says most of some words, or its first one where there are none."""
    found: dict[int, Hit] = {}
    row_of = {library.corpus.info(row).id: row for row in rows}
    if rows and len(words.strip()) >= 2:
        limit = Filters(documents=tuple(row_of))
        for hit in library.searcher.search(words, filters=limit, top=10 * len(rows), fold=False):
            found.setdefault(row_of[hit.source_id], hit)
    for row in rows:
        if row not in found and (opening := library.searcher.opening(row)) is not None:
            found[row] = opening
    return found
