"""Reading documents from the store: lists, look-ups, texts, passages and their vectors."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from corpus.corrections import Correction, correct_head, correct_parts
from corpus.divisions import gazetteer
from corpus.document import AttachedDocument, HeadMatter, Issue, ParsedDocument, Section, Span
from corpus.errors import StoreError, UnknownDocument
from corpus.filters import Filters
from corpus.store.codec import unpack_document, unpack_head
from corpus.store.corrections import CorrectionTables
from corpus.store.following import Following, V
from corpus.store.integrity import CheckedDocuments
from corpus.store.rows import DocumentInfo, Label, Quote
from corpus.unread import list_unread

if TYPE_CHECKING:
    from corpus.store.corpus import Corpus

AT_ONCE = 200
"""Texts read in one call of the store: some ten megabytes."""
_CORRECTED = "(c.document_id=d.id OR (c.source=d.source AND c.origin IS d.origin))"
"""Whether a correction is of a document: of its bytes, or of the file it replaced."""


class DocumentTables(CorrectionTables):
    """Documents as they are read from the library."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        super().__init__(connection, folder)
        self._checked = CheckedDocuments()
        self._following = Following(cast("Corpus", self), self._read_heads, lambda: self._depth > 0)

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM documents WHERE removed_at IS NULL").fetchone()[0])

    @property
    def heads(self) -> Mapping[int, DocumentInfo]:
        """All documents without their texts, by row, in the order they came: kept up, not made anew, and never to be changed.

        Inside a transaction it is what there was before it.
        """
        self._following.catch_up()
        return self._following.heads

    @property
    def rows(self) -> Mapping[str, int]:
        """The rows of all documents by their ids, kept up as ``heads`` are."""
        self._following.catch_up()
        return self._following.rows

    def steady(self) -> AbstractContextManager[None]:
        """While the block runs, ``heads``, ``rows`` and views stay as they are, whatever other processes write.

        Example: ``with corpus.steady(): answer(question)``.
        """
        return self._following.steady()

    def view(self, kind: type[V]) -> V:
        """The view of a class (``corpus.store.following``) over the documents of this library, up to date."""
        return self._following.view(kind)

    def store_views(self) -> None:
        """Write ``heads`` and views for the next process, where they were worth making (``corpus.store.stored_views``)."""
        self._following.store()

    def infos(self, filters: Filters | None = None) -> list[DocumentInfo]:
        """The documents that meet the filters, in the order they came; inside a transaction with what it changed so far."""
        kept = self._infos("removed_at IS NULL") if self._depth else list(self.heads.values())
        if not filters:
            return kept
        rows = self.select(filters)
        return [info for info in kept if info.row in rows]

    def removed(self) -> list[DocumentInfo]:
        """Documents that were removed and can still be restored."""
        return self._infos("removed_at IS NOT NULL")

    def matches(self, name: str) -> list[DocumentInfo]:
        """The documents with this id or source; else with this title or number; else with this id prefix or file name."""
        found = self._infos("removed_at IS NULL AND (id=? OR source=?)", (name, name))
        if not found:
            found = self._infos("+removed_at IS NULL AND (title=? OR doc_number=?)", (name.strip("《》"), name))
        if not found and len(name) >= 3:
            like = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            found = self._infos(
                r"removed_at IS NULL AND (id LIKE ? ESCAPE '\' OR source LIKE ? ESCAPE '\' OR source LIKE ? ESCAPE '\')",
                (like + "%", like + "%", "%/" + like),
            )
        return found

    def find(self, name: str) -> DocumentInfo:
        """The document with this id, id prefix, source, file name, title or number. Raises ``UnknownDocument``, also for several."""
        found = self.matches(name)
        if len(found) != 1:
            many = f"“{name}”对应 {len(found)} 份文档，请写完整的编号" if found else f"文档库里没有“{name}”"
            raise UnknownDocument(f"{many}。用 cemai docs list 查看编号和文件名。")
        return found[0]

    def by_source(self, source: str) -> list[DocumentInfo]:
        """Documents that came under this source name."""
        return self._infos("removed_at IS NULL AND source=?", (source,))

    def by_origin(self, origin: str) -> list[DocumentInfo]:
        """Documents that were read from this path."""
        return self._infos("removed_at IS NULL AND origin=?", (origin,))

    def has(self, id: str, sha256: str) -> bool:
        """Whether this very version of a document is in the library."""
        return bool(
            self._db.execute("SELECT 1 FROM documents WHERE id=? AND sha256=? AND removed_at IS NULL", (id, sha256)).fetchone()
        )

    def info(self, document: int) -> DocumentInfo:
        """The document with this row number."""
        return self._info(document)

    def names(self, documents: Iterable[int]) -> dict[int, tuple[str | None, str | None]]:
        """Title and document number of some documents, without the rest of their head matter."""
        found = self._db.execute(
            "SELECT row, title, doc_number FROM documents WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        return {row: (title, number) for row, title, number in found}

    def labels(self, documents: Iterable[int]) -> dict[int, Label]:
        """What hits say of some documents; one that is gone is left out."""
        # the last correction of the region in force: of the document's bytes, or of the file it replaced
        found = self._db.execute(
            "SELECT d.row, d.id, d.source, d.title, json_extract(d.record,'$.head.region'),"
            " (SELECT c.value FROM corrections c WHERE c.field='region' AND c.undone_at IS NULL"
            f" AND {_CORRECTED} ORDER BY c.number DESC LIMIT 1)"
            " FROM documents d WHERE d.row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        return {
            row: Label(id, source, title, region if given is None else (json.loads(given) or (None,))[0])
            for row, id, source, title, region, given in found
        }

    def quotes(self, passages: Iterable[int]) -> dict[int, Quote]:
        """The words of some passages by their row numbers; one that is gone is left out."""
        found = self._db.execute(
            "SELECT p.row, p.document, p.start, p.end, p.trail, substr(d.text, p.start + 1, p.end - p.start)"
            " FROM passages p JOIN documents d ON d.row=p.document WHERE p.row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passages)),),
        )
        quotes = {}
        for row, document, start, end, trail, text in found.fetchall():
            if len(text) < end - start:  # SQLite takes a NUL for the end
                text = self.text(document)[start:end]
            quotes[row] = Quote(document, Span(start, end), tuple(json.loads(trail)), text)
        return quotes

    def doubts(self, documents: Iterable[int]) -> dict[int, list[str]]:
        """For the documents whose words were doubtful to read: what was, so that facts taken from them can say it."""
        found = self._db.execute(
            "SELECT row, json_extract(record,'$.issues') FROM documents WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        every = {row: [Issue(code, message) for code, message, *_ in json.loads(issues)] for row, issues in found}
        messages = {row: [issue.message for issue in issues if issue.doubts_text] for row, issues in every.items()}
        return {row: said for row, said in messages.items() if said}

    def edges_of_text(self, documents: Iterable[int], length: int) -> dict[int, tuple[str, str]]:
        """The first and the last ``length`` characters of some texts, by row number."""
        found = self._db.execute(
            "SELECT row, substr(text, 1, ?), substr(text, -?) FROM documents WHERE row IN (SELECT value FROM json_each(?))",
            (length, length, json.dumps(list(documents))),
        )
        return {row: (first, last) for row, first, last in found}

    def text(self, document: int) -> str:
        """The frozen text."""
        row = self._db.execute("SELECT text FROM documents WHERE row=?", (document,)).fetchone()
        if row is None:
            raise UnknownDocument("文档已不在库中。")
        return str(row[0])

    def texts(self, documents: Iterable[int]) -> Iterator[tuple[int, str]]:
        """The frozen texts of many documents, by row number, read ``AT_ONCE`` at a time; one that is gone is left out."""
        for rows in _batches(documents):
            yield from self._db.execute(
                "SELECT row, text FROM documents WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row", (json.dumps(rows),)
            ).fetchall()

    def pages(self, documents: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
        """Where the pages' stretches of text begin in some documents, in order: (position, page); an empty list without pages."""
        pages: dict[int, list[tuple[int, int]]] = {row: [] for row in documents}
        found = self._db.execute(
            "SELECT documents.row, json_extract(a.value,'$[0]'), json_extract(a.value,'$[2]') FROM documents,"
            " json_each(documents.record,'$.anchors') a WHERE documents.row IN (SELECT value FROM json_each(?))"
            " AND json_extract(a.value,'$[2]') IS NOT NULL",
            (json.dumps(list(pages)),),
        )
        for row, start, page in found:
            pages[row].append((int(start), int(page)))
        return {row: sorted(places) for row, places in pages.items()}

    def document(self, document: int, *, as_read: bool = False) -> ParsedDocument:
        """The whole document, with the corrections of persons; with ``as_read`` as the reader left it."""
        for read in self.documents([document], as_read=as_read).values():
            return read
        raise UnknownDocument("文档已不在库中。")

    def documents(self, documents: Iterable[int], *, as_read: bool = False) -> dict[int, ParsedDocument]:
        """Whole documents as ``document``, by row number, at the cost of one in calls of the store; one that is gone is left out."""
        rows = json.dumps(list(documents))
        found = self._db.execute(
            f"SELECT d.row, d.id, d.source, d.origin, EXISTS (SELECT 1 FROM corrections c WHERE c.undone_at IS NULL AND {_CORRECTED}),"
            " d.format, d.sha256, d.text, d.record FROM documents d WHERE d.row IN (SELECT value FROM json_each(?))",
            (rows,),
        ).fetchall()
        outlines: dict[int, list[Section]] = {r[0]: [] for r in found}
        for document, *section in self._db.execute(
            "SELECT document, id, kind, number, heading, depth, start, end, body_start, body_end, parent FROM sections"
            " WHERE document IN (SELECT value FROM json_each(?)) ORDER BY document, position",
            (rows,),
        ):
            if document in outlines:
                outlines[document].append(Section(*section))
        corrected = [] if as_read else [r[:4] for r in found if r[4]]
        given = dict(zip([r[0] for r in corrected], self.corrections_of_many([r[1:] for r in corrected]), strict=True))
        read = {}
        for row, id, source, _, _, format, sha256, text, record in found:
            doc = unpack_document(
                json.loads(record), id=id, source=source, format=format, sha256=sha256, text=text, outline=tuple(outlines[row])
            )
            if corrections := given.get(row):
                head, attached = correct_head(doc.head, corrections), correct_parts(doc.attached, corrections, id)
                doc = replace(doc, head=head, attached=attached)
            read[row] = doc
        return read

    def original(self, sha256: str) -> bytes:
        """The bytes a document was read from."""
        row = self._db.execute("SELECT data FROM originals WHERE sha256=?", (sha256,)).fetchone()
        if row is None:
            raise StoreError("原始文件不在库中。")
        return zlib.decompress(row[0])

    def select(self, filters: Filters) -> set[int]:
        """Row numbers of the documents that meet the filters. Raises ``ValueError`` for a status, which no column holds."""
        if filters.status is not None:
            raise ValueError("Filters.status has to be resolved by graph.documents.status_filter.resolve_status")
        where, values = ["removed_at IS NULL" if filters.documents is None else "+removed_at IS NULL"], []
        if filters.region:
            codes = gazetteer().region_codes(filters.region)
            if "" not in codes:
                tests = " OR ".join("region_code LIKE ?" for _ in codes)
                where.append(f"({tests})" if codes else "FALSE")
                values += [code + "%" for code in codes]
        for column, value in (("level", filters.level), ("format", filters.format), ("year", filters.year)):
            if value is not None:
                where.append(f"{column}=?")
                values.append(str(value))
        if filters.issuer:
            where.append("instr(issuers, ?) > 0")
            values.append(filters.issuer)
        if filters.topic:
            where.append(
                "row IN (SELECT f.document FROM fact_keys k JOIN facts f ON f.row=k.fact WHERE k.kind='topic' AND k.key=?)"
            )
            values.append(filters.topic)
        if filters.documents is not None:
            where.append("id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(filters.documents)))
        return {row[0] for row in self._db.execute(f"SELECT row FROM documents WHERE {' AND '.join(where)}", values)}

    def _info(self, document: int) -> DocumentInfo:
        found = self._infos("row=?", (document,))
        if not found:
            raise UnknownDocument("文档已不在库中。")
        return found[0]

    def _read_heads(self, rows: Collection[int] | None) -> list[DocumentInfo]:
        if rows is None:
            return self._infos("removed_at IS NULL")
        # the plus keeps SQLite from going through all documents that are not removed to find a few rows
        return self._infos("+removed_at IS NULL AND row IN (SELECT value FROM json_each(?))", (json.dumps(list(rows)),))

    def _infos(self, where: str, values: Sequence[Any] = ()) -> list[DocumentInfo]:
        infos = []
        # the parts of the record in one call: SQLite reads it anew for each
        found = self._db.execute(
            "SELECT row, id, source, origin, format, sha256, json_extract(record,'$.head','$.issues','$.attached'), status, user_status,"
            f" user_note, added_at, generation FROM documents WHERE {where} ORDER BY row",
            values,
        ).fetchall()
        for r, corrections in zip(found, self.corrections_of_many([r[1:4] for r in found]), strict=True):
            head, issues, attached = json.loads(r[6])
            infos.append(
                DocumentInfo(
                    row=r[0],
                    id=r[1],
                    source=r[2],
                    origin=r[3],
                    format=r[4],
                    sha256=r[5],
                    head=correct_head(unpack_head(head), corrections),
                    status=r[8] or r[7],
                    user_status=r[8],
                    user_note=r[9],
                    added_at=r[10],
                    generation=r[11],
                    warnings=tuple(issue[1] for issue in issues),
                    attached=_heads(attached, corrections, r[1]),
                    unread=list_unread(Issue(code, message) for code, message, *_ in issues) if issues else (),
                )
            )
        return infos


def _batches(rows: Iterable[int]) -> Iterator[list[int]]:
    wanted = list(rows)
    return (wanted[i : i + AT_ONCE] for i in range(0, len(wanted), AT_ONCE))


def _heads(parts: list[Any], corrections: Sequence[Correction], id: str) -> tuple[HeadMatter, ...]:
    if not any(c.field == "attached" for c in corrections):
        return tuple(unpack_head(head) for _, head in parts)
    read = tuple(AttachedDocument(Span(start, end), unpack_head(head)) for (start, end), head in parts)
    return tuple(part.head for part in correct_parts(read, corrections, id))
