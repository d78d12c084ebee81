"""What is kept beside the documents: settings of the library, and answers with what people said of them."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from typing import Any

from corpus.store.database import FILE_NAME, Database
from corpus.store.failures import translated
from corpus.store.purged import ErasedWords
from corpus.store.rows import KeptAnswer
from corpus.text import readable


class KeptTables(Database):
    """Settings and answers."""

    def setting(self, name: str) -> str | None:
        """A value kept with the library (embedding model, say)."""
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (f"setting:{name}",)).fetchone()
        return str(row[0]) if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Keep a value with the library."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"setting:{name}", value))

    def settings(self, prefix: str) -> dict[str, str]:
        """The values kept under names that begin with ``prefix``, by the rest of the name."""
        start = f"setting:{prefix}"
        rows = self._db.execute("SELECT name, value FROM meta WHERE substr(name, 1, ?)=? ORDER BY name", (len(start), start))
        return {str(name)[len(start) :]: str(value) for name, value in rows}

    def drop_setting(self, name: str) -> bool:
        """Forget a value kept with the library; whether there was one."""
        return self._db.execute("DELETE FROM meta WHERE name=?", (f"setting:{name}",)).rowcount > 0

    def save_answer(self, id: str, payload: dict[str, Any]) -> None:
        """Keep an answer so that it can be shown and replayed later; what people said about it stays with it."""
        stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        # half a character (a lone surrogate), which a filter may hold, cannot be written
        written = readable(json.dumps(payload, ensure_ascii=False))
        try:
            self._db.execute(
                "INSERT INTO answers VALUES (?,?,?) ON CONFLICT (id) DO UPDATE SET asked_at=excluded.asked_at, payload=CASE"
                " WHEN json_type(answers.payload,'$.feedback')='array'"
                " THEN json_set(excluded.payload,'$.feedback',json_extract(answers.payload,'$.feedback'))"
                " ELSE excluded.payload END",
                (id, stamp, written),
            )
        except sqlite3.Error as error:
            raise translated(error, self.folder / FILE_NAME) from error

    def answer(self, id: str) -> dict[str, Any] | None:
        """A kept answer."""
        row = self._db.execute("SELECT payload FROM answers WHERE id=?", (id,)).fetchone()
        return json.loads(row[0]) if row else None

    def answers(self, *, limit: int | None = None, judged: bool = False, prefix: str = "") -> list[KeptAnswer]:
        """Kept answers, the latest first; ``judged``: only those somebody gave feedback on; ``prefix``: of their ids."""
        rows = self._db.execute(
            "SELECT id, asked_at, payload FROM answers WHERE substr(id, 1, ?)=?"
            " AND (NOT ? OR json_type(payload,'$.feedback')='array') ORDER BY asked_at DESC, rowid DESC LIMIT ?",
            (len(prefix), prefix, judged, -1 if limit is None else limit),
        )
        return [KeptAnswer(id, asked_at, json.loads(payload)) for id, asked_at, payload in rows]

    def count_answers(self) -> int:
        """How many answers are kept."""
        return int(self._db.execute("SELECT count(*) FROM answers").fetchone()[0])

    def add_feedback(self, id: str, entry: dict[str, Any]) -> bool:
        """Keep what somebody said about an answer beside it; whether there is such an answer."""
        try:
            done = self._db.execute(
                "UPDATE answers SET payload=json_insert(json_insert(payload,'$.feedback',json('[]')),'$.feedback[#]',json(?))"
                " WHERE id=?",
                (json.dumps(entry, ensure_ascii=False), id),
            )
        except sqlite3.Error as error:
            raise translated(error, self.folder / FILE_NAME) from error
        return done.rowcount > 0

    def _forget_quotes(self, documents: set[str], words: ErasedWords) -> None:
        """Take the texts of erased documents out of the kept answers.

        Of an answer that quotes them stay the question, the places (document id, file name, characters) and the feedback; a question
        or note, of whatever answer, that repeats their words does not.
        """
        for kept in self.answers():
            payload = dict(kept.payload)
            places = [*payload.get("citations", ()), *payload.get("nearest", ())]
            if any(place.get("source_id") in documents for place in places):
                for place in places:
                    if place.get("source_id") in documents:
                        place.update({name: "" for name in ("quote", "text") if name in place}, section_path=[])
                        place.update({name: None for name in ("title", "doc_number") if name in place})
                # the answer is made of quotes, and a notice may hold one: neither can be kept in part
                payload.update(answer="", notices=[], erased=True)
                payload.pop("worded", None)
            for name in ("question", "asked", "follow_up", "feedback"):
                if name in payload:
                    payload[name] = words.without(payload[name])
            if payload != kept.payload or payload.get("erased"):
                self._db.execute("UPDATE answers SET payload=? WHERE id=?", (json.dumps(payload, ensure_ascii=False), kept.id))
