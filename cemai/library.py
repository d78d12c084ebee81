"""The application: one library with everything it can do. Command line, page and REST call this and nothing below it."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cemai.embedding import embed_items, embed_missing
from cemai.policy_graph import PolicyGraph
from cemai.preparing import MANY_FILES, FileHelpers, Prepared, count_helpers, prepare, prepare_records
from cemai.settings import default_place
from corpus.corrections import Correction
from corpus.document import ParsedDocument, content_id
from corpus.errors import LibraryBusy, ModelUnavailable, PolicyError, RefusedInput, StoreError, UsageError
from corpus.filters import Filters
from corpus.store import Corpus, DocumentInfo, KeptAnswer
from corpus.store.codec import document_record, section_records
from corpus.store.failures import explain_failure, reason_of
from corpus.text import readable
from graph.documents.contents import FoundContents, use_search

if TYPE_CHECKING:
    from cemai.consistency import ConsistencyReport
    from cemai.document_matches import QueryMatches
    from cemai.eligibility import Eligibility
    from cemai.views.steps import GraphView
    from graph.codec.records import Json
    from graph.documents.resolver import DocumentResolver
    from graph.documents.status import DocumentStatus
    from index.dense.encoder import Encoder
    from index.neural.encoder import ItemEncoder
    from index.passages import Hit
    from index.searcher import Searcher
    from ingest.files import Input
    from ingest.worker import SafeReader
    from qa.answer import Answer, Comparison, Understanding
    from qa.answers.replay import Replay
    from qa.engine import Engine
    from qa.language_model.endpoint import Endpoint

log = logging.getLogger("cemai.library")

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) while long work goes on; total is 0 where it is not known beforehand."""

Writing = Callable[[], AbstractContextManager[None]]
"""Opens the transaction that a batch of documents is stored in."""

MODEL_SETTING = "model"
ITEM_ENCODER = "CEMAI_ITEM_ENCODER"
"""Environment variable: another folder of the item encoder, or 0 to do without one."""
VERDICTS = ("right", "wrong", "incomplete")
LONGEST_NOTE = 2000
SAME_DOCUMENT = "有两份文件是同一份，请写不同的文件。"
BATCH = 500
"""Records of a bulk import that share one transaction: large enough that fsync does not count, small enough to lose little."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An input that was not taken in, with a stable reason code and what to do about it."""

    source: str
    reason: str
    message: str


@dataclass(slots=True)
class IngestReport:
    """What became of each input, by source name."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    """What could not be done after the documents were stored (vectors, indexes), and when it will be."""

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "added": self.added,
            "replaced": self.replaced,
            "unchanged": self.unchanged,
            "refused": [{"source": r.source, "reason": r.reason, "message": r.message} for r in self.refused],
            "warnings": self.warnings,
            "ids": self.ids,
            "notices": self.notices,
        }


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """A document ready to be stored: with its bytes, the path it came from, and the rows it takes the place of."""

    prepared: Prepared
    data: bytes
    origin: str | None
    replaces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BegunFile:
    """A file that a helper is reading: its bytes, the name it is to be stored under, and what will come of it."""

    data: bytes
    source: str
    prepared: Future[Prepared]


class Library(PolicyGraph):
    """An open library and the stages around it; heavy parts are loaded when first needed."""

    def __init__(self, corpus: Corpus, *, model: str | None = None, encoder: Encoder | None = None) -> None:
        super().__init__(corpus)
        self._model = model or os.environ.get("CEMAI_MODEL") or corpus.setting(MODEL_SETTING) or None
        self._encoder = encoder
        self._searcher: Searcher | None = None
        self._engine: Engine | None = None
        self.keeps_indexes = True
        """Whether the indexes follow each import at once: a process that only takes files in leaves that to those that are asked."""
        self._making = threading.RLock()
        """Held while a part is made: two threads that first need it share one."""
        use_search(corpus, self._search_contents)

    @classmethod
    def open(
        cls,
        folder: Path | str | None = None,
        *,
        create: bool = True,
        model: str | None = None,
        encoder: Encoder | None = None,
        read_only: bool = False,
    ) -> Library:
        """Open a library.

        Args:
            folder: Where it is, or the address of a database (``postgresql://…``); the user's own library by default.
            create: Whether a missing library is made.
            model: Folder or hub name of the embedding model, instead of the one set in the library.
            encoder: A loaded embedding model, instead of ``model``: two open libraries can share one.
            read_only: Whether another process keeps the library and its caches, which are then only read.

        Example: ``Library.open(Path("库"), encoder=other.encoder)``.
        """
        corpus = Corpus.open(folder or default_place(), create=create, read_only=read_only)
        return cls(corpus, model=model, encoder=encoder)

    def close(self) -> None:
        """Close the store; what was made of many documents is kept for the next process."""
        self.corpus.store_views()
        self.corpus.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Library {str(self.corpus.folder)!r}>"

    @property
    def generation(self) -> int:
        """The generation of the store: grows with every change."""
        return self.corpus.generation

    @property
    def model(self) -> str | None:
        """Folder or hub name of the embedding model; None for the embedded one."""
        return self._model

    @property
    def encoder(self) -> Encoder:
        """The embedding model: the embedded one unless another was set. Raises ``ModelUnavailable``."""
        if self._encoder is None:
            from index.dense.encoder import load

            self._encoder = load(self._model)
        return self._encoder

    @property
    def item_encoder(self) -> ItemEncoder | None:
        """The encoder of questions and items; its files are read when it is first used. None where it is switched off."""
        from index.neural.encoder import load

        given = os.environ.get(ITEM_ENCODER, "")
        return None if given == "0" else load(Path(given) if given else None)

    @property
    def searcher(self) -> Searcher:
        """Search over this library."""
        with self._making:
            if self._searcher is None:
                from index.searcher import Searcher

                self._searcher = Searcher(self.corpus, self.encoder, self.item_encoder)
            return self._searcher

    def _search_contents(self, words: str, documents: Collection[str] | None) -> FoundContents:
        """What documents say of some words, for the resolver of names."""
        from cemai.named_search import search_contents

        return search_contents(self.searcher, words, documents)

    @property
    def engine(self) -> Engine:
        """Answers over this library."""
        with self._making:
            if self._engine is None:
                from qa.engine import Engine

                self._engine = Engine(self.corpus, self.searcher)
            return self._engine

    def drop_search(self) -> None:
        """Drop the searcher and the engine after vectors or caches have changed; they are created again when needed."""
        with self._making:
            self._searcher = self._engine = None

    # ------------------------------------------------------------------ documents in and out

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        region: str | None = None,
        ocr: bool = False,
        again: bool = False,
        progress: Progress | None = None,
        reader: SafeReader | None = None,
        patience: float = 0.0,
    ) -> IngestReport:
        """Take in files and folders. Each file is one transaction; a refused one never stops the others.

        An unchanged file (same bytes) is skipped unless ``again``; a changed one takes the place of its former version.

        Where the library can no longer be written (busy for longer than ``patience`` seconds, disk full …) what was stored stays,
        and the report lists each other file as refused, with the reason; where nothing had been stored yet, that error is raised.
        With a ``reader`` its process is used and left open, for those who take in many files one by one.

        Raises:
            StoreError: Where nothing could be stored.
        """
        from ingest.files import gather
        from ingest.kept_pages import kept_pages
        from ingest.worker import SafeReader

        report = IngestReport()
        inputs = gather(paths)
        report.refused += [Refusal(r.source, r.reason, r.message) for r in inputs.refused]
        size = sum(item.size for item in inputs if not item.is_records)
        with ExitStack() as stack:
            pages = kept_pages(self.corpus.folder)
            reading = reader or stack.enter_context(SafeReader(pages=pages))
            count = 0 if reader or len(inputs) < 2 else count_helpers(size, MANY_FILES)
            helpers = stack.enter_context(FileHelpers(count, pages)) if count else None
            stopped: PolicyError | None = None
            for number, (item, begun) in enumerate(self._begin_ahead(inputs, helpers, region, ocr, again)):
                if progress:
                    progress(number, len(inputs), item.source)
                    reading.on_page = partial(_tell_page, progress, number, len(inputs), item.source)
                if stopped is not None:
                    report.refused.append(Refusal(item.source, reason_of(stopped), f"没有轮到它，导入已停止：{stopped}"))
                    continue
                stored = len(report.added) + len(report.replaced)
                writing = partial(self.patient_transaction, patience, progress)
                try:
                    if item.is_records:
                        self._ingest_records(item, region, again, report, progress, writing)
                    else:
                        self._ingest_file(item, begun, reading.read, region, ocr, again, report, writing)
                except RefusedInput as error:
                    report.refused.append(Refusal(item.source, error.reason, error.message))
                except Exception as error:
                    stopped = explain_failure(error, self.corpus.folder)
                    if stopped is None and not isinstance(error, sqlite3.Error | OSError):
                        report.refused.append(_defect(item.source, error))
                        continue
                    if stopped is None or not (report.added or report.replaced):
                        raise (stopped or error) from error
                    count = len(report.added) + len(report.replaced) - stored
                    some = f"已导入 {count} 条，其余没有导入：" if count else ""
                    report.refused.append(Refusal(item.source, reason_of(stopped), f"{some}{stopped}"))
        if report.added or report.replaced:
            self._follow_ingest(report, progress)
        if progress:
            progress(len(inputs), len(inputs), "")
        return report

    def _follow_ingest(self, report: IngestReport, progress: Progress | None) -> None:
        """Bring vectors and indexes up to what was stored; what fails here is done later and takes nothing back."""
        try:
            self.embed(progress)
            if self.keeps_indexes:  # the first search after an import should not be the one that waits for the index
                self.searcher.refresh()
        except Exception as error:
            explained = explain_failure(error, self.corpus.folder)
            if explained is None or isinstance(explained, ModelUnavailable):
                raise
            report.notices.append(f"文件已入库，索引还没有更新完，下次查询时会接着做。原因：{explained}")

    def bring_indexes(self) -> None:
        """Bring the indexes up to what was changed, so that the next search need not; what fails here is done then, or said."""
        try:
            self.searcher.refresh()
        except Exception as error:
            if explain_failure(error, self.corpus.folder) is None:
                raise
            log.warning("the indexes could not follow a change: %s", error)

    @contextmanager
    def patient_transaction(self, patience: float, progress: Progress | None = None) -> Iterator[None]:
        """A transaction that waits so many seconds for another program to finish writing, and says so. Raises ``LibraryBusy``."""
        until = time.monotonic() + patience
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(self.corpus.transaction())
                    break
                except LibraryBusy:
                    if time.monotonic() >= until:
                        raise
                    if progress:
                        progress(0, 0, "文档库正在被另一个程序写入，等它写完再继续……")
            yield

    def _begin_ahead(
        self, inputs: Iterable[Input], helpers: FileHelpers | None, region: str | None, ocr: bool, again: bool
    ) -> Iterator[tuple[Input, BegunFile | None]]:
        """The inputs in order, each file given to the helpers while those before it are stored."""
        waiting: deque[tuple[Input, BegunFile | None]] = deque()
        for item in inputs:
            begun = None
            if helpers and not item.is_records:
                # what cannot be opened is refused when its turn comes
                with suppress(RefusedInput):
                    begun = self._begin_file(item, helpers, region, ocr, again)
            waiting.append((item, begun))
            if len(waiting) > (helpers.count + 1 if helpers else 0):
                yield waiting.popleft()
        yield from waiting

    def _begin_file(self, item: Input, helpers: FileHelpers, region: str | None, ocr: bool, again: bool) -> BegunFile | None:
        data = item.read()
        if self._is_unchanged(data, again):
            return None
        source, _ = self._place(item.source, item.origin)
        return BegunFile(data, source, helpers.begin(data, source, region, ocr))

    def _is_unchanged(self, data: bytes, again: bool) -> bool:
        return not again and self.corpus.has(content_id(data), _sha256(data))

    def _ingest_file(
        self,
        item: Input,
        begun: BegunFile | None,
        read: Callable[..., ParsedDocument],
        region: str | None,
        ocr: bool,
        again: bool,
        report: IngestReport,
        writing: Writing,
    ) -> None:
        data = begun.data if begun else item.read()
        origin = item.origin
        # asked when its turn comes: the same bytes, or a file of the same name, may have been stored since it was begun
        if self._is_unchanged(data, again):
            report.unchanged.append(item.source)
            report.ids[item.source] = content_id(data)
            return
        source, former = self._place(item.source, origin)
        if begun and begun.source == source:
            ready = begun.prepared.result()
        else:
            ready = prepare(read(data, source, region=region, ocr=ocr))
        doc = ready.doc
        corrected = self.corpus.corrected(doc, origin)
        if corrected is not doc:
            ready = replace(prepare(corrected), doc=doc)
        entry = PreparedEntry(ready, data, origin, tuple(info.row for info in former))
        self._store([entry], writing)
        (report.replaced if entry.replaces else report.added).append(doc.source)
        report.ids[source] = doc.id
        if doc.issues:
            report.warnings[source] = [issue.message for issue in doc.issues]

    def _place(self, source: str, origin: str) -> tuple[str, list[DocumentInfo]]:
        """Choose the name to store a file under, and the stored versions it replaces.

        A file from the same path replaces the former one; a file of the same name from another folder is stored beside it.
        """
        former = self.corpus.by_origin(origin)
        if former:
            return former[0].source, former
        others = [info for info in self.corpus.by_source(source) if info.origin != origin]
        if not others:
            return source, []
        return f"{Path(origin).parent.name}/{source}", []

    def _ingest_records(
        self,
        item: Input,
        region: str | None,
        again: bool,
        report: IngestReport,
        progress: Progress | None,
        writing: Writing,
    ) -> None:
        from ingest.files import records
        from ingest.reader import identity, record_bytes

        origin = item.origin
        done = 0

        def wanted() -> Iterator[Mapping[str, Any]]:
            nonlocal done
            for record in records(item):
                if isinstance(record, RefusedInput):
                    report.refused.append(Refusal(record.source, record.reason, record.message))
                    continue
                done += 1
                id, sha256 = identity(record, item.source)
                if again or not self.corpus.has(id, sha256):
                    yield record
                else:
                    report.unchanged.append(id)

        batch: list[PreparedEntry] = []
        for record, found in prepare_records(wanted(), item.source, item.size, region):
            if isinstance(found, RefusedInput):
                done -= 1
                report.refused.append(Refusal(found.source, found.reason, found.message))
                continue
            former = tuple(info.row for info in self.corpus.by_source(found.doc.id))
            corrected = self.corpus.corrected(found.doc, origin)
            if corrected is not found.doc:
                found = replace(prepare(corrected), doc=found.doc)
            batch.append(PreparedEntry(found, record_bytes(record), origin, former))
            if len(batch) >= BATCH:
                self._commit(batch, report, writing)
                batch = []
                if progress:
                    progress(done, 0, f"{item.source}：已导入 {done} 条")
        self._commit(batch, report, writing)

    def _commit(self, batch: Sequence[PreparedEntry], report: IngestReport, writing: Writing) -> None:
        try:
            self._store(batch, writing)
        except Exception as error:
            if isinstance(error, sqlite3.Error | OSError) or explain_failure(error, self.corpus.folder) is not None:
                raise
            if len(batch) == 1:
                report.refused.append(_defect(batch[0].prepared.doc.source, error))
                return
            for entry in batch:  # one of them cannot be stored; the others can
                self._commit([entry], report, writing)
            return
        for entry in batch:
            (report.replaced if entry.replaces else report.added).append(entry.prepared.doc.source)

    def _store(self, batch: Sequence[PreparedEntry], writing: Writing) -> None:
        """Commit documents with everything derived from them in one transaction."""
        from corpus.store import PassageRow
        from index.splitter import embedding_text

        if not batch:
            return
        texts = [embedding_text(entry.prepared.doc, p) for entry in batch for p in entry.prepared.passages]
        vectors = iter(self.encoder.encode(texts).astype("<f2"))
        with writing():
            for entry in batch:
                self.corpus.put(
                    entry.prepared.doc,
                    original=entry.data,
                    passages=[PassageRow(p.span, p.trail, next(vectors).tobytes()) for p in entry.prepared.passages],
                    facts=entry.prepared.facts,
                    model=self.encoder.name,
                    origin=entry.origin,
                    replaces=entry.replaces,
                    signature=entry.prepared.signature,
                )

    def find_file(self, name: str) -> DocumentInfo:
        """The one file to be changed that a person names; unlike ``find`` it never chooses among copies and versions.

        Raises ``UsageError`` with the choices where several fit, ``UnknownDocument`` where none does.
        """
        from cemai.named_files import find_file

        return find_file(self.corpus, name)

    def remove(self, name: str) -> DocumentInfo:
        """Remove a document; ``restore`` undoes it."""
        info = self.find_file(name)
        self.corpus.remove(info.row)
        return info

    def remove_many(self, names: Sequence[str]) -> list[DocumentInfo]:
        """Remove many documents, all of them or none."""
        with self.corpus.transaction():
            return [self.remove(name) for name in names]

    def restore_many(self, names: Sequence[str]) -> list[DocumentInfo]:
        """Undo the removal of many documents, all of them or none."""
        with self.corpus.transaction():
            return [self.restore(name) for name in names]

    def restore(self, name: str) -> DocumentInfo:
        """Undo a removal."""
        for info in self.corpus.removed():
            if name in (info.id, info.source):
                self.corpus.restore(info.row)
                if self.corrections(info.id):
                    from cemai.corrections import derive_anew

                    derive_anew(self, info)  # a correction may have been taken back while it was away
                return self.corpus.info(info.row)
        raise UsageError(f"没有被移除的文档叫“{name}”。用 cemai docs list --removed 查看可以恢复的文档。")

    def purge(self) -> int:
        """Erase removed documents for good. Returns how many; ``purge_library`` also says where else they may still be.

        Raises ``IncompletePurge`` where a file of the folder may still hold their words.
        """
        from cemai.purging import purge_library

        return purge_library(self).erased

    def correct(self, name: str, field: str, value: str, *, who: str | None = None, note: str | None = None) -> Correction:
        """Correct a field of a document by hand, field and value as a person writes them. Raises ``UsageError``."""
        from cemai.corrections import correct_document, field_named

        return correct_document(self, name, field_named(field), value, who=who, note=note)

    def undo_correction(self, number: int) -> Correction:
        """Take a correction back. Raises ``UsageError``."""
        from cemai.corrections import undo_correction

        return undo_correction(self, number)

    def correct_many(
        self, names: Sequence[str], values: Mapping[str, str], *, who: str | None = None, note: str | None = None
    ) -> list[Correction]:
        """Correct fields of one or many documents, all of them or none. Raises ``UsageError``.

        Example: ``library.correct_many(["甲.txt", "乙.txt"], {"地区": "青禾市"}, who="李四")``.
        """
        from cemai.corrections import correct_fields, field_named

        return correct_fields(self, names, [(field_named(name), text) for name, text in values.items()], who=who, note=note)

    def undo_corrections(self, numbers: Sequence[int]) -> list[Correction]:
        """Take many corrections back, all of them or none. Raises ``UsageError``."""
        from cemai.corrections import undo_corrections

        return undo_corrections(self, numbers)

    def corrections(self, name: str | None = None) -> list[Correction]:
        """What was corrected, of one document or of all, with what was taken back since."""
        every = self.corpus.corrections(undone=True)
        if name is None:
            return every
        info = self.find_file(name)
        return [c for c in every if c.concerns(info.id, info.source, info.origin)]

    def set_status(self, name: str, status: str | None, note: str | None = None) -> DocumentInfo:
        """Set a status that overrides the one read from the text; None clears it."""
        info = self.find_file(name)
        self.corpus.set_status(info.row, status, note)
        return self.corpus.info(info.row)

    def use_model(self, name: str | None, *, progress: Progress | None = None) -> int:
        """Embed every passage with another model (None: the embedded one) and use it from then on.

        Resumable: vectors are stored in batches and only missing ones are computed; the old model serves until all are there.
        Returns how many passages were embedded. Raises ``ModelUnavailable``.
        """
        from index.dense.encoder import load

        encoder = load(name)
        count = embed_missing(self.corpus, encoder, progress)
        self.corpus.set_setting(MODEL_SETTING, name or "")
        self._model, self._encoder = name, encoder
        self.drop_search()
        return count

    def embed(self, progress: Progress | None = None) -> int:
        """Embed the passages that have no vector of the current model. Returns their number."""
        count = embed_missing(self.corpus, self.encoder, progress)
        if count:
            self.drop_search()
        return count

    def embed_items(self, progress: Progress | None = None, go_on: Callable[[], bool] = lambda: True) -> int:
        """Encode the items of documents that have no vectors of them (``embedding.embed_items``). Returns how many documents.

        Raises ``ModelUnavailable`` where the encoder cannot be read.
        """
        encoder = self.item_encoder
        return embed_items(self.corpus, encoder, progress, go_on) if encoder is not None else 0

    def documents(self, filters: Filters | None = None, *, as_of: dt.date | None = None) -> list[DocumentInfo]:
        """The documents of the library that meet the filters, a status being that of a day (default today)."""
        return self.corpus.infos(self.resolved(filters, as_of))

    def resolved(self, filters: Filters | None, as_of: dt.date | None = None) -> Filters | None:
        """The filters with the documents of a status in its place. Raises ``UsageError`` for a word that is no status."""
        from graph.documents.status_filter import resolve_status

        return resolve_status(self.corpus, filters, as_of)

    def count_works(self, infos: Sequence[DocumentInfo], *, as_of: dt.date | None = None) -> int:
        """How many documents there are with every work counted once, its copies and replaced versions left out."""
        from graph.documents.named import fold_versions

        return len(fold_versions(self.corpus, (info.row for info in infos), as_of or dt.date.today()))

    def find(self, name: str, *, as_of: dt.date | None = None) -> DocumentInfo:
        """The document a person names by id, file, number, title or part of one. Raises ``UnknownDocument`` with the choices."""
        from graph.documents.named import find_document

        return find_document(self.corpus, name, as_of=as_of)

    def document(self, name: str) -> ParsedDocument:
        """A whole document by id or source."""
        return self.corpus.document(self.find(name).row)

    def original(self, name: str) -> tuple[str, bytes]:
        """File name and bytes a document was read from."""
        info = self.find(name)
        return Path(info.source).name, self.corpus.original(info.sha256)

    def validity(self, info: DocumentInfo, as_of: dt.date | None = None) -> DocumentStatus:
        """Whether a document is in force on a date (default today), why, and the words that say so."""
        from graph.documents.status import status_on

        return status_on(self.corpus, info, as_of or dt.date.today())

    # ------------------------------------------------------------------ questions

    def search(self, query: str, *, filters: Filters | None = None, top: int = 10, as_of: dt.date | None = None) -> list[Hit]:
        """The passages that say most about a query, best first; documents that the query names come before all others.

        A work counts once: hits of copies and replaced versions stand behind the document whose text holds on the day (default
        today), see ``Hit.copies``.
        """
        from cemai.named_search import search_named_first

        hits = search_named_first(
            self, readable(query), filters=self.resolved(filters, as_of), top=top, as_of=as_of or dt.date.today()
        )
        rows = self.corpus.rows
        damaged = self.corpus.damaged({rows[hit.source_id] for hit in hits if hit.source_id in rows})
        return [replace(hit, damaged=rows.get(hit.source_id) in damaged) for hit in hits] if damaged else hits

    def match_documents(self, query: str, *, as_of: dt.date | None = None) -> QueryMatches:
        """All documents that a query means: those it names, and those that hold all of its words and quoted phrases."""
        from cemai.document_matches import match_documents

        return match_documents(self, query, as_of=as_of or dt.date.today())

    def best_passages(self, query: str, documents: Sequence[str]) -> list[Hit]:
        """Of each of some documents, by id, the passage that says most of a query; the first one where none says anything."""
        from cemai.named_search import best_passages

        rows = self.corpus.rows
        return list(best_passages(self, [rows[id] for id in documents if id in rows], readable(query)).values())

    @property
    def resolver(self) -> DocumentResolver:
        """The documents of the library by everything they may be called, kept until the library changes."""
        from graph.documents.named import resolver_of

        return resolver_of(self.corpus)

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
        after: Sequence[str] = (),
        keep: bool = True,
    ) -> Answer:
        """An answer built from quotes. With ``keep`` false nothing is kept and no model asked: for trials and batches.

        A follow-up (那甘南州呢) is completed by the question before it: ``previous``, how that was understood, or ``after``, the
        questions asked before, oldest first.

        Where an administrator configured a language model, it orders and connects the quotes; nothing else is its own.
        """
        previous = previous or self.understand_all(after)
        plain = self.engine.ask(readable(question), filters=filters, as_of=as_of, previous=previous)
        if not keep:
            return plain
        worded = self.worded(plain)
        self.keep(plain, worded, question, filters=filters, as_of=as_of, previous=previous)
        return worded

    def understand(self, question: str, *, previous: Understanding | None = None) -> Understanding:
        """What is understood of a question, known long before its answer."""
        return self.engine.understand(readable(question), previous=previous)

    def understand_all(self, questions: Sequence[str]) -> Understanding | None:
        """What is understood of the last of some questions, each asked after those before it; None without any."""
        return self.engine.understand_all([readable(question) for question in questions])

    def worded(self, plain: Answer) -> Answer:
        """The answer with its quotes connected by the configured model, or as it is. Reads nothing of the library; may be slow."""
        if self.endpoint is None:
            return plain
        from functools import partial

        from qa.language_model.chat import request_reply
        from qa.language_model.wording import reword_answer

        return reword_answer(plain, partial(request_reply, self.endpoint), self.endpoint.model)

    def keep(
        self,
        plain: Answer,
        worded: Answer,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
    ) -> None:
        """Keep an answer with everything it takes to ask again."""
        record = self.answer_record(plain, worded, question, filters=filters, as_of=as_of, previous=previous)
        # a library that cannot be written just now still answers
        with suppress(StoreError):
            self.corpus.save_answer(worded.id, record)

    def answer_record(
        self,
        plain: Answer,
        worded: Answer,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: dt.date | None = None,
        previous: Understanding | None = None,
    ) -> Json:
        """What ``keep`` keeps of an answer; reads nothing of the library."""
        from qa.answers.replay import make_kept_record

        question = readable(question)
        return make_kept_record(
            plain, question=question, filters=filters, as_of=as_of, previous=previous, model=self.encoder.name, worded=worded
        )

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """The configured language model, or None: then none is imported and nothing is sent. Raises ``UsageError``."""
        from cemai.settings import endpoint

        return endpoint()

    @property
    def has_model(self) -> bool:
        """Whether a language model is configured, so that an answer's last form may be waited for."""
        return self.endpoint is not None

    def answers(self, *, limit: int | None = None, judged: bool = False) -> list[KeptAnswer]:
        """The answers that were given, the latest first."""
        return self.corpus.answers(limit=limit, judged=judged)

    def kept_answer(self, id: str) -> KeptAnswer:
        """An answer that was given, by its id or the beginning of it. Raises ``UsageError``."""
        found = self.corpus.answers(prefix=id.strip(), limit=2) if len(id.strip()) >= 4 else []
        if len(found) != 1:
            many = f"“{id}”对应几条回答，请写完整的编号" if found else f"没有编号为“{id}”的回答"
            raise UsageError(f"{many}。用 cemai answers list 查看。")
        return found[0]

    def replay(self, id: str, *, as_of: dt.date | None = None) -> Replay:
        """Ask a kept answer's question again, for the same date unless another is given, and compare. Raises ``UsageError``."""
        from qa.answers.replay import compare_answers, date_of, filters_of, previous_of, question_of

        kept = self.kept_answer(id)
        then = kept.payload
        now = self.engine.ask(
            question_of(then), filters=filters_of(then), as_of=as_of or date_of(then), previous=previous_of(then)
        )
        return compare_answers(kept.id, kept.asked_at, then, now, self.corpus)

    def feedback(self, id: str, verdict: str, note: str | None = None) -> KeptAnswer:
        """Store a person's verdict on an answer (right, wrong or incomplete) with a note. Raises ``UsageError``."""
        if verdict not in VERDICTS:
            raise UsageError(f"评价只能是 {'、'.join(VERDICTS)}，不是“{verdict}”。")
        kept = self.kept_answer(id)
        stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self.corpus.add_feedback(kept.id, {"verdict": verdict, "note": (note or "").strip()[:LONGEST_NOTE] or None, "at": stamp})
        return self.kept_answer(kept.id)

    def feedbacks(self) -> list[dict[str, Any]]:
        """Everything people said of answers, oldest first, as evaluation questions."""
        from qa.answers.replay import question_of

        return [
            {
                "id": kept.id,
                "question": question_of(kept.payload),
                "verdict": entry["verdict"],
                "note": entry["note"],
                "at": entry["at"],
                "status": kept.payload["status"],
                "kind": kept.payload["kind"],
                "filters": kept.payload.get("asked", {}).get("filters", {}),
                "as_of": kept.payload["as_of"],
                "answer": kept.payload["answer"],
                "citations": kept.payload["citations"],
            }
            for kept in reversed(self.corpus.answers(judged=True))
            for entry in kept.payload["feedback"]
        ]

    def compare(
        self,
        subject: str,
        *,
        regions: Sequence[str] | None = None,
        as_of: dt.date | None = None,
        status: str | None = None,
        below: bool = False,
        instead: Sequence[str] = (),
    ) -> Comparison:
        """A topic or question across regions (default: all regions of the library), of documents of a status if one is given.

        ``below`` compares the places inside those named; ``instead`` are ids of documents that are to stand for their places.
        """
        filters = Filters(status=status) or None
        return self.engine.compare(readable(subject), regions=regions, as_of=as_of, filters=filters, below=below, instead=instead)

    def chain(self, subject: str, *, region: str | None = None, as_of: dt.date | None = None) -> GraphView:
        """What each level from the nation down to ``region`` says of a requirement, and who has to do it; gaps are shown.

        Without a region every place that says something, level by level. Raises ``UsageError`` for a name no place has.
        """
        from cemai.views.chain import build_chain

        day = as_of or dt.date.today()

        def compare(regions: Sequence[str] | None) -> Comparison:
            return self.compare(subject, regions=regions, as_of=day)

        return build_chain(self.corpus, subject, compare, region=region, as_of=day)

    def versions(self, old: str, new: str, *, as_of: dt.date | None = None) -> Comparison:
        """Two versions of a document clause by clause (新旧对照), each named by id or file name. Raises ``UsageError``."""
        return self.engine.versions(*self._two(old, new), as_of=as_of)

    def carried_out(self, upper: str, *lower: str, as_of: dt.date | None = None) -> Comparison:
        """Compare the demands of an upper document with what lower ones say about each (落实对照).

        Args:
            upper: The upper document, by id, title, number or file name.
            lower: One lower document, or several from the top down (省, 市).
            as_of: The day on which validity is judged; today if None.

        Raises:
            UsageError: If a document is named twice.
        """
        rows = [self.find(name).row for name in (upper, *lower)]
        if len(set(rows)) < len(rows):
            raise UsageError(SAME_DOCUMENT)
        return self.engine.carried_out(*rows, as_of=as_of)

    def consistency(self, upper: str, lower: str, *, as_of: dt.date | None = None) -> ConsistencyReport:
        """Where a lower document does not meet an upper one (一致性检查), each named by id, title, number or file name.

        Args:
            upper: The document that sets the demands.
            lower: The document that carries them out.
            as_of: The day on which its bases are judged; today if None.

        Raises:
            UsageError: If both are the same document.
        """
        from cemai.consistency import check_consistency

        one, other = self.find(upper), self.find(lower)
        if one.row == other.row:
            raise UsageError(SAME_DOCUMENT)
        return check_consistency(self, one, other, as_of=as_of or dt.date.today())

    def eligible(self, who: str, *, topic: str = "", as_of: dt.date | None = None, top: int | None = 50) -> Eligibility:
        """A person or an enterprise against provisions, condition by condition (对号入座), see ``cemai.eligibility``.

        Args:
            who: A description: who, place, income, age, since when.
            topic: Words that the provision has to have.
            as_of: The day on which documents are judged and years counted; today if None.
            top: How many provisions at most.

        Raises:
            UsageError: If nothing is said that a condition could be held against.
        """
        from cemai.eligibility import check_eligibility

        return check_eligibility(self, readable(who), topic=topic, as_of=as_of or dt.date.today(), top=top)

    def _two(self, first: str, second: str) -> tuple[int, int]:
        rows = self.find(first).row, self.find(second).row
        if rows[0] == rows[1]:
            raise UsageError(SAME_DOCUMENT)
        return rows

    # ------------------------------------------------------------------ facts

    def regions(self) -> list[str]:
        """Short names of the regions the library has documents for, from the nation down, then by code."""
        from corpus.divisions import gazetteer

        names = gazetteer().by_code
        codes = {info.head.region_code for info in self.corpus.heads.values() if info.head.region_code}
        return [names[code].short for code in sorted(codes, key=lambda c: (c != "0", len(c), c)) if code in names]

    def topics(self) -> list[str]:
        """Topics that tasks of the library carry, most frequent first."""
        return list(self.corpus.keys("topic"))

    def units(self) -> list[tuple[str, int]]:
        """Units with duties and the number of their tasks, most first; one entry for all names of one unit in a region."""
        from graph.queries.facts import units

        return [(unit.name, unit.total) for unit in units(self.corpus)]

    def export(self, folder: Path) -> dict[str, int]:
        """Write documents, sections and every published kind of facts of the whole library as JSON. Returns the counts."""
        import json

        from graph.kinds import PUBLISHED

        values: dict[str, list[Json]] = {"documents": [], "sections": []}
        for info in self.corpus.infos():
            doc = self.corpus.document(info.row)
            status = {"validity": self.validity(info).status, "user_status": info.user_status}
            values["documents"].append({**document_record(doc), **status})
            values["sections"] += section_records(doc)
        for kind in PUBLISHED:
            values[kind.plural] = [fact.value.to_record() for fact in self.corpus.facts(kind.record)]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, value in values.items():
                (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as error:
            raise PolicyError(f"不能写入 {folder}（{error.strerror}）。请换一个可写的文件夹。") from error
        return {name: len(value) for name, value in values.items()}

    def doctor(self, *, repair: bool = False) -> list[str]:
        """Check the library. Returns the faults as Chinese sentences; with ``repair`` all caches are rebuilt."""
        faults: list[str] = []
        for look in (self.corpus.check, self._unfinished, self._check_caches):
            try:
                faults += look()
            except Exception as error:  # a damaged file may fail anywhere: that too is a finding
                explained = explain_failure(error, self.corpus.folder)
                faults.append(str(explained or f"检查时读不下去（{error}）。请用 cemai restore 从备份恢复。"))
        if repair:
            try:
                embed_missing(self.corpus, self.encoder, everything=True)
                self.searcher.rebuild()
            except (OSError, ValueError) as error:
                explained = explain_failure(error, self.corpus.folder)
                raise explained or StoreError(f"索引没有重建完（{error}）。库里的文件没有受影响，请检查磁盘后再试。") from error
        return faults

    def _unfinished(self) -> list[str]:
        if not self.corpus.purging:
            return []
        return ["有文件已从库中删除，但残余还没有从各个文件里清完。请运行 cemai docs purge。"]

    def _check_caches(self) -> list[str]:
        faults = self.searcher.check()
        if missing := len(self.corpus.unembedded(self.encoder.name)):
            faults.append(
                f"{missing} 段没有当前语义模型的向量（软件更新后常见），只能按词面找到。请运行 cemai doctor --repair 补算。"
            )
        return faults


def _tell_page(progress: Progress, done: int, total: int, source: str, page: int, pages: int) -> None:
    progress(done, total, f"{source}：正在识别第 {page} 页，共 {pages} 页")


def _defect(source: str, error: Exception) -> Refusal:
    """An input at which the program fails; the others go in all the same."""
    log.error("could not take in %s", source, exc_info=error)
    return Refusal(source, "broken", f"程序处理时出错（{type(error).__name__}），没有收；其余文件不受影响")


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
