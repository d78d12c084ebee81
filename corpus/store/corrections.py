"""Corrections in the store: kept with who, when and from what; never changed, only undone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from corpus.corrections import Correction
from corpus.errors import UsageError
from corpus.store.database import Database
from corpus.store.integrity import row_hash

_COLUMNS = "number, document_id, source, origin, field, value, was, who, at, note, undone_at"
_Active = tuple[dict[str, list[Correction]], dict[tuple[str, str | None], list[Correction]]]


class CorrectionTables(Database):
    """What persons corrected, by the document it was said of."""

    _kept_active: tuple[int, _Active] | None = None

    def corrections(self, *, undone: bool = False) -> list[Correction]:
        """Every correction in the order it was made; those taken back only where ``undone`` is set."""
        where = "" if undone else " WHERE undone_at IS NULL"
        found = self._db.execute(f"SELECT {_COLUMNS} FROM corrections{where} ORDER BY number").fetchall()
        return [
            Correction(number, id, source, origin, field, json.loads(value), json.loads(was), who, at, note, undone)
            for number, id, source, origin, field, value, was, who, at, note, undone in found
        ]

    def corrections_of(self, document_id: str, source: str, origin: str | None) -> list[Correction]:
        """The corrections in force on a document, in the order they were made, one a field: of its bytes or of the file it replaced."""
        by_id, by_place = self._active()
        found = {c.number: c for c in (*by_id.get(document_id, ()), *by_place.get((source, origin), ()))}
        last = {found[number].field: found[number] for number in sorted(found)}
        return sorted(last.values(), key=lambda c: c.number)

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

    def _active(self) -> _Active:
        if self._depth:
            return _by_document(self.corrections())
        generation = self.generation
        if self._kept_active is None or self._kept_active[0] != generation:
            self._kept_active = (generation, _by_document(self.corrections()))
        return self._kept_active[1]


def _by_document(found: Sequence[Correction]) -> _Active:
    by_id: dict[str, list[Correction]] = {}
    by_place: dict[tuple[str, str | None], list[Correction]] = {}
    for correction in found:
        by_id.setdefault(correction.document_id, []).append(correction)
        by_place.setdefault((correction.source, correction.origin), []).append(correction)
    return by_id, by_place


def _hash(*columns: str | None) -> str:
    return row_hash(*(column or "" for column in columns))
