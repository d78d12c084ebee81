"""The store: one SQLite file that is the only truth of a library, and the rows that go in and come out.

Everything another package needs is imported from here: ``from corpus.store import Corpus, StoredFact``.
"""

from __future__ import annotations

from corpus.store.corpus import Corpus
from corpus.store.database import FILE_NAME, FORMAT
from corpus.store.filed_keys import FiledKeys
from corpus.store.following import READINGS
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
from corpus.store.views import Heads, View, ViewPart

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
    "ViewPart",
    "year_of",
]  # fmt: skip
