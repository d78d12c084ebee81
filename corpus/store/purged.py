"""What was erased for good 彻底清除: the list that keeps it from coming back with a backup, and the words that go from elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

PREFIX = "purged:"
"""What the names of rows of ``meta`` begin with that say of a document that it was erased."""
UNFINISHED = "purging"
"""The name of the row of ``meta`` that is there while words may still stand in some file of the folder."""
SHARED = 12
"""Characters in a row that a note or question has in common with a text by which it is held to repeat it: no common phrase is as long."""
REPLACED = "（其中引有已彻底清除的文件的原文，不再保存）"


@dataclass(frozen=True, slots=True)
class PurgedDocument:
    """A document that was erased: its id, the hash of its bytes, and when (ISO 8601). A document taken in later may stay."""

    id: str
    sha256: str
    at: str


def read_purged(db: sqlite3.Connection) -> Iterator[PurgedDocument]:
    """The documents that were erased from a library for good."""
    query = "SELECT name, value FROM meta WHERE substr(name, 1, ?)=? ORDER BY name"
    for name, value in db.execute(query, (len(PREFIX), PREFIX)):
        sha256, at = json.loads(value)
        yield PurgedDocument(name[len(PREFIX) :], sha256, at)


def note_purged(db: sqlite3.Connection, purged: Iterable[PurgedDocument]) -> None:
    """Write documents to the list; one that is there already keeps the later time."""
    for one in purged:
        known = db.execute("SELECT value FROM meta WHERE name=?", (PREFIX + one.id,)).fetchone()
        if known is None or json.loads(known[0])[1] < one.at:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (PREFIX + one.id, json.dumps([one.sha256, one.at])))


class ErasedWords:
    """The words of texts that are to be erased, to be found again where somebody repeated them.

    Args:
        texts: The texts.
        kept: Whether a stretch of characters also stands in a text that stays: then it says nothing of the erased ones.

    Example: ``ErasedWords(["县财政局负责筹措全部资金。"], lambda words: False).repeated_in("为什么县财政局负责筹措全部资金")`` is true.
    """

    def __init__(self, texts: Iterable[str], kept: Callable[[str], bool]) -> None:
        self._kept = kept
        self._known: dict[str, bool] = {}
        self._parts = {part for text in texts for part in _parts(text)}

    def repeated_in(self, words: str) -> bool:
        """Whether some words have ``SHARED`` characters in a row in common with an erased text and with none that stays."""
        return any(self._is_own(part) for part in _parts(words) if part in self._parts)

    def without(self, value: Any) -> Any:
        """A JSON value with every string replaced that repeats an erased text."""
        if isinstance(value, str):
            return REPLACED if self.repeated_in(value) else value
        if isinstance(value, list):
            return [self.without(one) for one in value]
        if isinstance(value, dict):
            return {name: self.without(one) for name, one in value.items()}
        return value

    def _is_own(self, part: str) -> bool:
        if part not in self._known:
            self._known[part] = not self._kept(part)
        return self._known[part]


def _parts(text: str) -> Iterator[str]:
    text = "".join(text.split())
    return (text[i : i + SHARED] for i in range(len(text) - SHARED + 1))
