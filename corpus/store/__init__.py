"""The store: one SQLite file that is the only truth of a library, and the rows that go in and come out.

Everything another package needs is imported from here: ``from corpus.store import Corpus, StoredFact``.
"""

from __future__ import annotations

from corpus.store.corpus import READINGS, Corpus
from corpus.store.database import FILE_NAME, FORMAT
from corpus.store.filed_keys import FiledKeys
from corpus.store.following import Heads, View
from corpus.store.rows import (
    DocumentChange,
    DocumentInfo,
    FactRow,
    KeptAnswer,
    PassageRow,
    StoredFact,
    StoredPassage,
    StoredRecord,
    year_of,
)

__all__ = [
    "FILE_NAME",
    "FORMAT",
    "READINGS",
    "Corpus",
    "DocumentChange",
    "DocumentInfo",
    "FactRow",
    "FiledKeys",
    "Heads",
    "KeptAnswer",
    "PassageRow",
    "StoredFact",
    "StoredPassage",
    "StoredRecord",
    "View",
    "year_of",
]  # fmt: skip
