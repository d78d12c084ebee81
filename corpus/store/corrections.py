"""Corrections in the store: kept with who, when and from what; never changed, only undone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.corrections import Correction
from corpus.errors import UsageError
from corpus.store.audit import signed_by
from corpus.store.database import Database
from corpus.store.integrity import row_hash
from corpus.store.purged import ErasedWords

_COLUMNS = "number, document_id, source, origin, field, value, was, who, at, note, undone_at"

MANY = 50
"""Documents from which all corrections are read at once, not those of each document."""


class _CorrectionsInForce:
    """The corrections of many documents, by the document they were said of."""

    def __init__(self, found: Iterable[Correction]) -> None:
        self._by_id: dict[str, list[Correction]] = {}
        self._by_place: dict[tuple[str, str | None], list[Correction]] = {}
        for correction in found:
            self._by_id.setdefault(correction.document_id, []).append(correction)
            self._by_place.setdefault((correction.source, correction.origin), []).append(correction)

    def of(self, document_id: str, source: str, origin: str | None) -> list[Correction]:
        """As ``CorrectionTables.corrections_of``."""
        return _last_of_each_field((*self._by_id.get(document_id, ()), *self._by_place.get((source, origin), ())))


class CorrectionTables(Database):
    """What persons corrected, by the document it was said of."""

    def corrections(self, *, undone: bool = False) -> list[Correction]:
        """Every correction in the order it was made; those taken back only where ``undone`` is set."""
        return self._corrections("TRUE" if undone else "undone_at IS NULL")

    def corrections_of(self, document_id: str, source: str, origin: str | None) -> list[Correction]:
        """The corrections in force on a document, in the order they were made, one a field: of its bytes or of the file it replaced."""
        return _last_of_each_field(self.corrections_ever(document_id, source, origin, undone=False))

    def corrections_of_many(self, documents: Sequence[tuple[str, str, str | None]]) -> list[list[Correction]]:
        """The same for many documents, given by id, source and origin."""
        if not documents:
            return []
        if len(documents) >= MANY:
            found = self.corrections()
        else:
            ids, sources = (json.dumps(list(names), ensure_ascii=False) for names in list(zip(*documents, strict=True))[:2])
            found = self._corrections(
                "undone_at IS NULL AND (document_id IN (SELECT value FROM json_each(?)) OR source IN (SELECT value FROM json_each(?)))",
                (ids, sources),
            )
        of = _CorrectionsInForce(found).of
        return [of(*one) for one in documents]

    def corrections_ever(self, document_id: str, source: str, origin: str | None, *, undone: bool = True) -> list[Correction]:
        """Every correction of a document in the order it was made; those taken back only where ``undone`` is set."""
        where = "(document_id=? OR (source=? AND origin IS ?))" + ("" if undone else " AND undone_at IS NULL")
        return self._corrections(where, (document_id, source, origin))

    def _corrections(self, where: str, values: Sequence[Any] = ()) -> list[Correction]:
        found = self._db.execute(f"SELECT {_COLUMNS} FROM corrections WHERE {where} ORDER BY number", values).fetchall()
        return [
            Correction(number, id, source, origin, field, json.loads(value), json.loads(was), who, at, note, undone)
            for number, id, source, origin, field, value, was, who, at, note, undone in found
        ]

    def _add_correction(
        self,
        document_id: str,
        source: str,
        origin: str | None,
        field: str,
        value: Any,
        was: Any,
        who: str | None,
        note: str | None,
    ) -> int:
        stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        who = signed_by(who)  # nobody signs with the name of another
        written = [json.dumps(one, ensure_ascii=False) for one in (value, was)]
        mark = _hash(document_id, source, origin, field, *written, who, stamp, note)
        cursor = self._db.execute(
            "INSERT INTO corrections (document_id, source, origin, field, value, was, who, at, note, row_hash)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            (document_id, source, origin, field, *written, who, stamp, note, mark),
        )
        return int(cursor.lastrowid or 0)

    def _take_back(self, numbers: Sequence[int]) -> None:
        stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        for number in numbers:
            done = self._db.execute(
                "UPDATE corrections SET undone_at=? WHERE number=? AND undone_at IS NULL", (stamp, number)
            ).rowcount
            if not done:
                raise UsageError(f"没有编号为 {number} 的有效更正。用 cemai docs history 查看。")

    def _forget_values_read(self, documents: set[str], words: ErasedWords) -> None:
        """Take what was read from erased documents out of their corrections; values of persons stay unless they repeat the text."""
        query = "SELECT number, document_id, source, origin, field, value, was, who, at, note FROM corrections"
        for number, *columns in self._db.execute(query).fetchall():
            id, source, origin, field, value, was, who, at, note = columns
            if any(words.repeated_in(text) for text in (_plain(value), note or "")):
                self._db.execute("DELETE FROM corrections WHERE number=?", (number,))
            elif id in documents or words.repeated_in(_plain(was)):
                mark = _hash(id, source, origin, field, value, "null", who, at, note)
                self._db.execute("UPDATE corrections SET was='null', row_hash=? WHERE number=?", (mark, number))


def _plain(written: str) -> str:
    """The words of a JSON value."""
    value = json.loads(written)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _last_of_each_field(found: Iterable[Correction]) -> list[Correction]:
    numbered = {c.number: c for c in found}
    last = {numbered[number].field: numbered[number] for number in sorted(numbered)}
    return sorted(last.values(), key=lambda c: c.number)


def _hash(*columns: str | None) -> str:
    return row_hash(*(column or "" for column in columns))
