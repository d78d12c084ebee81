"""Selecting the documents of a question 选定文件: those the filters allow, copies and replaced versions counted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from corpus.filters import Filters
from corpus.folding import fold
from graph.documents.named import choose_documents, rows_behind
from graph.documents.resolver import DocumentMention
from graph.documents.status_filter import resolve_status
from graph.named_periods import NamedPeriod, named_periods
from qa.documents import ChosenDocuments, LibraryView
from qa.evidence.constraints import narrowest_places
from qa.evidence.scope import elsewhere, place_names
from qa.understanding.names import NamedDocuments
from qa.understanding.question import ParsedQuestion

BEST_OF_PERIOD = 30
"""Passages whose documents are looked into for a named period."""


def select_documents(
    parsed: ParsedQuestion, view: LibraryView, filters: Filters | None, as_of: dt.date
) -> tuple[ParsedQuestion, ChosenDocuments]:
    """The question with the documents it names for certain, and the documents to answer from.

    A work counts once, by the text that holds on the day; a version that the question names itself is always among them.
    """
    allowed = select_rows(view, filters, as_of)
    named = _limited(parsed, view, view.infos if allowed is None else allowed)
    sure = [row for m in named.sure(parsed.folded) for row in choose_documents(view.corpus, m, parsed.folded, as_of)]
    documents = tuple(dict.fromkeys(sure)) or parsed.documents
    behind = rows_behind(view.corpus, allowed, as_of)
    chosen = ChosenDocuments(
        None if allowed is None else frozenset(allowed), behind.difference(documents) if documents else behind
    )
    parsed = replace(parsed, named=named, documents=documents)
    return parsed, limit_to_period(parsed, view, chosen)


def limit_to_period(parsed: ParsedQuestion, view: LibraryView, chosen: ChosenDocuments) -> ChosenDocuments:
    """Of documents to answer a question about a named period from, those that speak of it, where the best one found does.

    过渡期 is a word of many fields. What of it is asked for is told by the best document: where that is one about the period with
    its dates, all others are of that kind too; a plan for these years need not say the word itself.
    """
    period = next((p for name, p in named_periods().items() if p.context and fold(name) in parsed.folded), None)
    if period is None or parsed.documents or parsed.divisions or view.searcher is None:
        return chosen
    hits = view.searcher.search(parsed.query, top=BEST_OF_PERIOD)
    found = [row for hit in hits if (row := view.by_id.get(hit.source_id)) is not None and row in chosen]
    if not found or not _of_period(period, found[0], view):
        return chosen
    entitled = (row for row in chosen.of(view) if _names_any(period.context, view.infos[row].head.title))
    return ChosenDocuments(frozenset((*entitled, *(row for row in found if _of_period(period, row, view)))))


def _of_period(period: NamedPeriod, row: int, view: LibraryView) -> bool:
    text = view.document(row).folded
    return _names_any(period.markers, text) and _names_any(period.context, text)


def _names_any(words: Iterable[str], text: str | None) -> bool:
    return text is not None and any(word in text for word in words)


def select_rows(view: LibraryView, filters: Filters | None, as_of: dt.date) -> set[int] | None:
    """The rows of the documents that meet the filters, a status being that of the day; None without filters."""
    resolved = resolve_status(view.corpus, filters, as_of)
    return view.corpus.select(resolved) if resolved else None


def _limited(parsed: ParsedQuestion, view: LibraryView, rows: Container[int]) -> NamedDocuments:
    """What is named of some documents only, and of the place that the question names."""
    mentions: list[DocumentMention] = []
    names = list(parsed.named.names)
    for mention in parsed.named.mentions:
        kept = tuple(row for row in mention.documents if row in rows)
        if mention.kind != "number":
            kept = of_the_place(kept, parsed, view) or of_the_place(
                tuple(row for row in mention.also if row in rows), parsed, view
            )
        if kept:
            mentions.append(replace(mention, documents=kept))
        elif mention.kind != "number":
            names.append(mention.span)
    return replace(parsed.named, mentions=tuple(mentions), names=tuple(names))


def of_the_place(rows: Sequence[int], parsed: ParsedQuestion, view: LibraryView) -> tuple[int, ...]:
    """Of several documents those of the place asked about; one of no known place counts where it names that place."""
    if not parsed.divisions or not rows:
        return tuple(rows)
    places = narrowest_places(parsed)
    near = tuple(row for row in rows if view.regions[row] and not elsewhere(view, row, places))
    names = place_names(parsed, parsed.divisions)
    if near:
        return near
    unplaced = view.documents(row for row in rows if not view.regions[row])
    return tuple(document.info.row for document in unplaced if any(name in document.folded for name in names))


def find_ambiguous(parsed: ParsedQuestion, view: LibraryView, as_of: dt.date) -> tuple[str, tuple[int, ...]] | None:
    """A name in the question that is the whole title or number of several documents, or what fits several, with those documents."""
    for mention in parsed.named.mentions:
        rows = choose_documents(view.corpus, mention, parsed.folded, as_of)
        whole = mention.kind == "described" or (mention.certain and mention.kind in ("number", "title"))
        if whole and len(rows) > 1:
            return mention.text, rows
    return None
