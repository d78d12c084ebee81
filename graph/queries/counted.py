"""Counting a work once 一件只计一次: copies and former versions add nothing to lists of facts and to the numbers made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar

from corpus.store import Corpus, StoredFact
from graph.codec.records import FactRecord
from graph.documents.named import rows_behind

T = TypeVar("T")
R = TypeVar("R", bound=FactRecord)


class CountedList(list[T]):
    """What a query found, every work counted once, and how much of the library it left out for that.

    Args:
        found: What was found.
        folded: The number of documents left out that had something of the same kind: copies and former versions of others.

    Example: ``library.tasks(unit="州医保局").folded``.
    """

    def __init__(self, found: Iterable[T] = (), folded: int = 0) -> None:
        super().__init__(found)
        self.folded = folded


def counted_documents(corpus: Corpus, within: Iterable[int] | None = None, *, as_of: dt.date | None = None) -> frozenset[int]:
    """The documents that stand for their works, by row number.

    Args:
        corpus: An open library.
        within: The documents that are looked at, without it all. A document whose front is not among them stands for itself, so
            that one given document always counts.
        as_of: The day that decides which version holds, today without it.
    """
    rows = frozenset(corpus.heads if within is None else within)
    return rows - rows_behind(corpus, None if within is None else rows, as_of or dt.date.today())


def count_once(
    corpus: Corpus,
    facts: Iterable[StoredFact[R]],
    within: Iterable[int] | None = None,
    *,
    as_of: dt.date | None = None,
    all_versions: bool = False,
) -> CountedList[StoredFact[R]]:
    """The facts of documents that stand for their works; with ``all_versions`` all of them. See ``counted_documents``."""
    found = list(facts)
    if all_versions:
        return CountedList(found)
    rows = None if within is None else frozenset(within)
    behind = rows_behind(corpus, rows, as_of or dt.date.today())
    left_out = {fact.document for fact in found if fact.document in behind or (rows is not None and fact.document not in rows)}
    return CountedList((fact for fact in found if fact.document not in left_out), len(left_out))


def describe_folded(folded: int) -> str:
    """How many documents were left out, for people: 另有 2 份副本或旧版未计入。; nothing where there are none."""
    return f"另有 {folded} 份副本或旧版未计入。" if folded else ""
