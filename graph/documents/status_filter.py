"""Filtering by status 按时效筛选: a status is worked out for a day, so it is turned into documents before anything is searched."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache

from corpus.errors import UsageError
from corpus.filters import STATUSES, Filters, Status
from corpus.store import Corpus
from graph.documents.status import statuses
from graph.lexicon import table


def parse_status(word: str) -> Status:
    """The status that a person calls by one of its names. Raises ``UsageError``.

    >>> parse_status("废止"), parse_status("有效")
    ('已废止', '现行有效')
    """
    found = _names().get(word.strip().strip("“”\"'"))
    if found is None:
        raise UsageError(f"没有“{word[:40]}”这种时效。请写其中一种：{'、'.join(STATUSES)}。")
    return found


def resolve_status(corpus: Corpus, filters: Filters | None, as_of: dt.date | None = None) -> Filters | None:
    """The filters with the documents that have the status on a day (today if None) in place of the status.

    Raises ``UsageError`` for a word that is no status.
    """
    if filters is None or filters.status is None:
        return filters
    wanted = parse_status(filters.status)
    known = statuses(corpus, as_of or dt.date.today())
    infos = corpus.infos(replace(filters, status=None))
    return replace(filters, status=None, documents=tuple(info.id for info in infos if known[info.row].status == wanted))


@lru_cache(maxsize=1)
def _names() -> dict[str, Status]:
    known: dict[str, Status] = {str(status): status for status in STATUSES}
    return known | {word: known[status] for word, status in table("status_names.tsv")}
