"""The library on disk: one SQLite file that is the only truth, changed one transaction at a time.

Everything else in the library folder (lexical index, vector index, graph) is a cache made from this file and stamped with
its ``generation``; it may be deleted at any time. ``changes_since`` tells a cache which documents to take in anew.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, cast

from corpus.corrections import Correction, correct_head, correct_parts, read_value
from corpus.document import ParsedDocument
from corpus.errors import IncompletePurge, StoreError, UnknownDocument
from corpus.store.address import DATABASES
from corpus.store.answers import KeptTables
from corpus.store.audit import AuditEntry, ChainHead, chain_head, check_chain, has_audit, read_entries
from corpus.store.codec import pack_document
from corpus.store.database import FILE_NAME
from corpus.store.documents import DocumentTables
from corpus.store.facts import FactTables
from corpus.store.filed_keys import FiledKeys
from corpus.store.following import READINGS
from corpus.store.integrity import faults, row_hash
from corpus.store.item_vectors import ItemVectorTables
from corpus.store.passages import PassageTables
from corpus.store.purged import UNFINISHED, ErasedWords, PurgedDocument, note_purged, read_purged
from corpus.store.rows import DocumentInfo, FactRow, PassageRow, year_of
from corpus.store.signatures import SignatureTables

# the plus: thousands of records may have come from one file
_CONCERNED = "removed_at IS NULL AND (id=? OR (source=? AND +origin IS ?))"


class Corpus(DocumentTables, PassageTables, FactTables, KeptTables, SignatureTables, ItemVectorTables):
    """An open library: what it holds is read through the tables above, documents come and go here."""

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = True, read_only: bool = False) -> Self:
        """Open the library in a folder, or at the address of a database (``postgresql://…``); see ``Database.open``."""
        if isinstance(folder, str) and folder.startswith(DATABASES) and cls is Corpus:
            from corpus.store.postgres import PostgresCorpus  # psycopg comes with cemai[postgres] only

            return cast("Self", PostgresCorpus.open(folder, create=create, read_only=read_only))
        return super().open(folder, create=create, read_only=read_only)

    def put(
        self,
        doc: ParsedDocument,
        *,
        original: bytes,
        passages: Sequence[PassageRow],
        facts: Sequence[FactRow],
        model: str | None = None,
        origin: str | None = None,
        replaces: Iterable[int] = (),
        signature: tuple[str, bytes] | None = None,
    ) -> int:
        """Store a document with everything derived from it, in place of ``replaces`` and of any document with its id.

        ``doc`` is the document as read: corrections of persons are laid over it when it is read back. ``passages`` and ``facts``
        are those of the corrected document (``corrected``). ``model`` names the embedding model of the passages' vectors;
        ``signature`` is the method and the data of the text's signature. Returns the document's row number.
        """
        with self.transaction() as generation:
            same = self._db.execute("SELECT row FROM documents WHERE id=?", (doc.id,)).fetchone()
            for row in dict.fromkeys([*replaces, *([same[0]] if same else [])]):
                self._delete(row, generation)
            record = json.dumps(pack_document(doc), ensure_ascii=False, separators=(",", ":"))
            head = self.corrected(doc, origin).head
            state = self._state_given(doc.id, doc.source, origin)
            # originals are kept compressed and content-addressed: two copies of one file cost one blob
            self._db.execute("INSERT OR IGNORE INTO originals VALUES (?, ?)", (doc.sha256, zlib.compress(original, 6)))
            cursor = self._db.execute(
                "INSERT INTO documents (id, source, origin, format, sha256, text, record, title, region_code, level, issuers,"
                " doc_number, year, status, user_status, user_note, added_at, generation, row_hash)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    doc.id,
                    doc.source,
                    origin,
                    doc.format,
                    doc.sha256,
                    doc.text,
                    record,
                    head.title,
                    head.region_code,
                    head.level,
                    "|".join(head.issuers),
                    head.doc_number,
                    year_of(head),
                    head.status,
                    *state,
                    dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                    generation,
                    row_hash(doc.id, doc.source, doc.sha256, doc.text, record),
                ),
            )
            number = int(cursor.lastrowid or 0)
            self._db.executemany(
                "INSERT INTO sections VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    (number, i, s.id, s.kind, s.number, s.heading, s.depth, s.start, s.end, s.body_start, s.body_end, s.parent)
                    for i, s in enumerate(doc.outline)
                ],
            )
            self._put_passages(number, passages, model)
            self.put_facts(number, facts)
            if signature is not None:
                self.put_signatures(signature[0], {number: signature[1]})
            self._db.execute("INSERT INTO changes VALUES (?,?,'put')", (generation, number))
            return number

    def remove(self, document: int) -> None:
        """Remove a document and everything derived from it. The removal can be undone with ``restore`` until ``purge``."""
        with self.transaction() as generation:
            self._info(document)
            stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            self._db.execute("UPDATE documents SET removed_at=? WHERE row=?", (stamp, document))
            self._db.execute("INSERT INTO changes VALUES (?,?,'remove')", (generation, document))

    def restore(self, document: int) -> None:
        """Undo a removal."""
        with self.transaction() as generation:
            found = self._db.execute("SELECT 1 FROM documents WHERE row=? AND removed_at IS NOT NULL", (document,)).fetchone()
            if not found:
                raise UnknownDocument("没有可以恢复的文档：它未被移除，或已被彻底清除。")
            self._db.execute("UPDATE documents SET removed_at=NULL WHERE row=?", (document,))
            self._follow_corrections(document, generation)  # some may have been made or taken back meanwhile

    def purge(self, document: int | None = None) -> int:
        """Erase removed documents (all of them, or one) for good, with originals nobody else uses. Returns how many.

        Their words are then in no part of the file. Indexes beside it are cleared by who keeps them, who then calls
        ``finish_purge``; until then ``purging`` is true. Raises ``IncompletePurge`` where another program still reads a former state
        of the file: what was erased from the library then still stands in its log.
        """
        where = "removed_at IS NOT NULL" + ("" if document is None else " AND row=?")
        return self._erase(where, () if document is None else (document,))

    def purge_again(self, purged: Iterable[PurgedDocument]) -> int:
        """Erase documents that were erased before and came back with a backup; those taken in later stay. Returns how many."""
        purged = list(purged)
        with self.transaction():
            note_purged(self._db, purged)  # also those that the backup does not hold
        listed = json.dumps([[one.id, one.at] for one in purged])
        where = (
            "row IN (SELECT d.row FROM json_each(?) p JOIN documents d ON d.id=json_extract(p.value,'$[0]')"
            " WHERE d.added_at<=json_extract(p.value,'$[1]'))"
        )
        return self._erase(where, (listed,), purged)

    def purged(self) -> list[PurgedDocument]:
        """The documents that were erased for good."""
        return list(read_purged(self._db))

    @property
    def purging(self) -> bool:
        """Whether words of erased documents may still stand in some file of the folder."""
        return self._db.execute("SELECT 1 FROM meta WHERE name=?", (UNFINISHED,)).fetchone() is not None

    def finish_purge(self) -> None:
        """Note that no file of the folder holds words of erased documents any more."""
        self._db.execute("DELETE FROM meta WHERE name=?", (UNFINISHED,))

    def rewrite(self) -> None:
        """Write the file anew, so that nothing of what was deleted is left in it or its log. Raises ``IncompletePurge``."""
        reason = "另一个程序正在读这个库"
        try:
            # secure_delete overwrites what is deleted, but not what is left of rows that were moved between pages before
            self._db.execute("VACUUM")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            log = self.folder / f"{FILE_NAME}-wal"
            if not busy and not (log.exists() and log.stat().st_size):
                return
        except (sqlite3.Error, StoreError) as error:
            reason = str(error).rstrip("。")
        raise IncompletePurge(
            f"已从库中删除，但文件里的残余还没有清掉：{reason}。请停止 cemai serve 等正在使用这个库的程序，再运行一次 cemai docs purge。"
        )

    def _erase(self, where: str, values: Sequence[Any], again: Sequence[PurgedDocument] = ()) -> int:
        with self.transaction() as generation:
            query = f"SELECT row, id, sha256, text FROM documents WHERE {where}"
            found = self._db.execute(query, values).fetchall()
            if found:
                rows = {row for row, *_ in found}
                ids = {id for _, id, *_ in found}
                listed = {one.id for one in again}  # these keep their time: what was taken in after it may stay
                stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
                purged = (PurgedDocument(id, sha, stamp) for _, id, sha, _ in found if id not in listed)
                note_purged(self._db, [*purged, *again])
                self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", (UNFINISHED,))
                words = ErasedWords((text for *_, text in found), lambda part: self._stays(part, rows))
                for row in rows:
                    self._delete(row, generation)
                self._forget_quotes(ids, words)
                self._forget_values_read(ids, words)
        if found or self.purging:
            for file in (self.folder / "cache").glob(f"{READINGS}*"):
                with suppress(OSError):
                    file.unlink()
            if not self._depth:
                self.rewrite()
        return len(found)

    def _stays(self, words: str, rows: set[int]) -> bool:
        """Whether some words stand in a document other than those of some rows."""
        found = self._db.execute("SELECT row FROM documents WHERE instr(text, ?)>0", (words,))
        return any(row not in rows for (row,) in found)

    def correct(self, document: int, field: str, value: Any, *, who: str | None = None, note: str | None = None) -> Correction:
        """Lay a person's value over a field of a document (``corpus.corrections.FIELDS``); what was read is kept beside it."""
        with self.transaction() as generation:
            info = self._info(document)
            read = self.document(document, as_read=True)
            self._add_correction(
                info.id, info.source, info.origin, field, value, read_value(read, field), (who or "").strip() or None, note
            )
            self._follow_corrections_of(info.id, info.source, info.origin, generation)
            return next(c for c in self.corrections_of(info.id, info.source, info.origin) if c.field == field)

    def undo_correction(self, number: int) -> Correction:
        """Take a correction back: the value before it holds again. Raises ``UsageError`` where there is no such correction."""
        with self.transaction() as generation:
            self._take_back([number])
            (done,) = self._corrections("number=?", (number,))
            self._follow_corrections_of(done.document_id, done.source, done.origin, generation)
            return done

    def concerned(self, correction: Correction) -> list[DocumentInfo]:
        """The documents that a correction was made of: those of its id, or of the same source and origin."""
        return self._infos(_CONCERNED, (correction.document_id, correction.source, correction.origin))

    def corrected(self, doc: ParsedDocument, origin: str | None) -> ParsedDocument:
        """A document as read, with the corrections in force laid over it."""
        found = self.corrections_of(doc.id, doc.source, origin)
        if not found:
            return doc
        return replace(doc, head=correct_head(doc.head, found), attached=correct_parts(doc.attached, found, doc.id))

    def put_derived(self, document: int, *, passages: Sequence[PassageRow], facts: Sequence[FactRow], model: str | None) -> None:
        """Replace what was derived from a document, after a correction that it depends on."""
        with self.transaction() as generation:
            self._db.execute("DELETE FROM passages WHERE document=?", (document,))
            self._db.execute("DELETE FROM item_vectors WHERE document=?", (document,))
            self._put_passages(document, passages, model)
            self.put_facts(document, facts)
            self._db.execute("INSERT INTO changes VALUES (?,?,'put')", (generation, document))

    def set_status(self, document: int, status: str | None, note: str | None = None, *, who: str | None = None) -> None:
        """Set, or with None clear, a status (已废止, 现行有效 …) that outranks what the text says."""
        with self.transaction() as generation:
            if status is not None:
                self.correct(document, "status", status, who=who, note=note)
            else:
                info = self._info(document)
                given = self.corrections_ever(info.id, info.source, info.origin, undone=False)
                self._take_back([c.number for c in given if c.field == "status"])
                self._follow_corrections_of(info.id, info.source, info.origin, generation)

    def keys(self, kind: str) -> dict[str, int]:
        """The keys facts are filed under (unit, topic, region, indicator …) and how many facts each has, most first."""
        return dict(self.view(FiledKeys).ordered(kind))

    def damaged(self, documents: Iterable[int]) -> set[int]:
        """Those of some documents that are not what was stored: their hashes are held against what is read now.

        Each is looked at once by a process, and again when the file was written, by whomever.
        """
        return self._checked.damaged(self._db, documents, self._written_last())

    def _written_last(self) -> object:
        """What changes when the file is written; of a database without one, its generation."""
        try:
            found = (self.folder / FILE_NAME).stat()
        except OSError:
            return self.generation
        return found.st_size, found.st_mtime_ns

    def check(self) -> list[str]:
        """What is wrong with the file, in Chinese sentences."""
        found = faults(self._db)
        # of no hash, for they change without the document: but they follow from the corrections
        query = "SELECT id, source, origin, user_status, user_note FROM documents WHERE removed_at IS NULL"
        rows = self._db.execute(query).fetchall()
        for row, given in zip(rows, self.corrections_of_many([row[:3] for row in rows]), strict=True):
            said = next(((c.value, c.note) for c in given if c.field == "status"), (None, None))
            if row[3:] != said:
                found.append(f"{row[1]}：人工设定的时效与更正记录不符，请核对后用 cemai docs status {row[0][:8]} 重新设定。")
        if broken := self._db.execute("SELECT count(*) FROM answers WHERE NOT json_valid(payload)").fetchone()[0]:
            found.append(f"有 {broken} 条问过的回答已损坏，不影响文件；它们不能再重新核对。")
        return found + self.check_audit()

    def audit_entries(self, *, before: int | None = None, limit: int | None = None) -> list[AuditEntry]:
        """Who changed which documents, the latest first; nothing where the library has never had accounts."""
        return list(read_entries(self._db, before=before, limit=limit)) if has_audit(self._db) else []

    def audit_head(self) -> ChainHead:
        """The last row of the audit."""
        return chain_head(self._db) if has_audit(self._db) else ChainHead()

    def check_audit(self, known: ChainHead | None = None) -> list[str]:
        """What is wrong with the audit, in Chinese sentences; ``known`` is a head that was seen before."""
        if has_audit(self._db):
            return check_chain(self._db, known)
        return ["文档库里的审计记录不见了。"] if known is not None and known.number else []

    def _put_passages(self, document: int, passages: Sequence[PassageRow], model: str | None) -> None:
        for i, passage in enumerate(passages):
            row = self._db.execute(
                "INSERT INTO passages (document, ordinal, start, end, trail) VALUES (?,?,?,?,?)",
                (document, i, passage.span.start, passage.span.end, json.dumps(passage.trail, ensure_ascii=False)),
            ).lastrowid
            if passage.vector is not None and model:
                self._db.execute("INSERT INTO vectors VALUES (?,?,?)", (row, model, passage.vector))

    def _state_given(self, id: str, source: str, origin: str | None) -> tuple[str | None, str | None]:
        """The status a person set, and the note to it."""
        given = [c for c in self.corrections_of(id, source, origin) if c.field == "status"]
        return (given[0].value, given[0].note) if given else (None, None)

    def _follow_corrections_of(self, id: str, source: str, origin: str | None, generation: int) -> None:
        """The same for every document that a correction may concern."""
        for info in self._infos(_CONCERNED, (id, source, origin)):
            self._follow_corrections(info.row, generation)

    def _follow_corrections(self, document: int, generation: int) -> None:
        """Bring the columns that filters look at up to the corrections in force."""
        info = self._info(document)
        head = info.head
        state = self._state_given(info.id, info.source, info.origin)
        self._db.execute(
            "UPDATE documents SET title=?, region_code=?, level=?, issuers=?, doc_number=?, year=?, user_status=?, user_note=?"
            " WHERE row=?",
            (
                head.title,
                head.region_code,
                head.level,
                "|".join(head.issuers),
                head.doc_number,
                year_of(head),
                *state,
                document,
            ),
        )
        self._db.execute("INSERT INTO changes VALUES (?,?,'put')", (generation, document))
        self._seal(document)

    def _delete(self, document: int, generation: int) -> None:
        sha = self._db.execute("SELECT sha256 FROM documents WHERE row=?", (document,)).fetchone()
        self._db.execute("DELETE FROM documents WHERE row=?", (document,))
        if sha:
            self._db.execute(
                "DELETE FROM originals WHERE sha256=? AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.sha256=originals.sha256)",
                sha,
            )
        self._db.execute("INSERT INTO changes VALUES (?,?,'remove')", (generation, document))
