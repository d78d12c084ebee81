"""The lexical index as a cache of the library 词面缓存, updated after changes and shared by several processes.

A process that writes has the lock of ``index.lock``; a process that does not get it uses the existing index. A new index is
built in a folder of its own and renamed when it is complete, so that no process opens half of one. Where the library's folder
is read-only, the process uses a private copy in the temporary folder.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from corpus.errors import StoreError
from corpus.store import Corpus, DocumentInfo, StoredPassage
from corpus.store.failures import explain_failure
from corpus.store.integrity import row_hash
from index.files import CacheFiles
from index.lexical.bm25 import DocumentEntry, LexicalIndex, PassageEntry
from index.lexical.bulk_tokens import BATCH, segment_texts
from index.lexical.parts import IndexPart, build_parts, plan_parts, update_parts
from index.lexical.tokens import document_numbers, engine, lexicon_hash
from index.lock import writing

FORMAT = 5
PATIENCE = 2.0
"""Seconds to wait for another process that writes, where an older index exists."""
PATIENCE_FIRST = 60.0
"""Seconds to wait where no index exists yet; after that a private one is built."""
_BROKEN = (ValueError, OSError, KeyError, UnicodeDecodeError)


class LexicalCache:
    """Keeps ``view`` at the library's generation, unless another process has the lock."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._home = corpus.folder / "cache"
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self.view: LexicalIndex | None = None
        self.generation = -1
        self._waited = False

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return (Path(self._private.name) if self._private else self._home) / "lexical"

    def refresh(self, generation: int) -> None:
        """Bring ``view`` to a generation; afterwards ``generation`` says which one it reached."""
        if generation == self.generation or self._open_as_stamped(generation):
            return
        if self._corpus.read_only:
            return  # the process that writes the library brings the files up; ``generation`` says how far it is
        if self._private:
            self._bring(generation)
            return
        have = self.view is not None or bool(_stamp(self.folder))
        try:
            patience = PATIENCE_FIRST if not have else 0.0 if self._waited else PATIENCE
            with writing(self.folder.parent, patience) as held:
                self._waited = not held
                if held:
                    self._bring(generation)
                    return
        except (OSError, ValueError) as error:
            self._serve_otherwise(generation, error)
            return
        # somebody else is writing: what was last committed serves, and the next search tries again
        if not self._open_as_stamped(generation) and not self._open_older():
            self._go_private()
            self._bring(generation)

    def rebuild(self, generation: int) -> None:
        """Build the index again."""
        if self._private:
            self._build(generation)
            return
        with writing(self.folder.parent, PATIENCE_FIRST) as held:
            if not held:
                raise OSError("the lexical index is being written by another process")
            self._build(generation)

    @property
    def sound(self) -> bool:
        """Whether the files are byte for byte what was written: neither tantivy nor SQLite notices a flipped bit in a cache."""
        return CacheFiles.of_stamp(self.folder, _stamp(self.folder)).intact(_names(self.folder))

    def faults(self) -> list[str]:
        """What is wrong with the files, in Chinese sentences."""
        if self._corpus.frozen:
            # tantivy opens no index where it can write nothing: a private copy is looked at
            self.refresh(self._corpus.generation)
        stamp = _stamp(self.folder)
        if stamp.get("generation") != self._corpus.generation:
            return []
        if not self.sound:
            return ["词面索引的文件与校验值不符；下次检索时会自动重建，也可以现在运行 cemai doctor --repair。"]
        try:
            size = LexicalIndex(self.folder).size
        except (ValueError, OSError):
            return ["词面索引已损坏。请运行 cemai doctor --repair 重建。"]
        stored = sum(1 for _ in self._corpus.passages())
        return [] if size == stored else [f"词面索引有 {size} 段，文档库有 {stored} 段。请运行 cemai doctor --repair 重建。"]

    # ------------------------------------------------------------------ inside

    def _open_as_stamped(self, generation: int) -> bool:
        """Open the index if it is of exactly this generation; needs no lock."""
        stamp = _stamp(self.folder)
        if not (
            _fits(stamp, generation) and _untouched(self.folder, stamp, sample=self.view is None) and self._opened(generation)
        ):
            return False
        if _stamp(self.folder) != stamp:  # somebody began to write while the files were opened
            self.generation = -1
            return False
        if self._corpus.read_only:
            return True
        if CacheFiles.of_stamp(self.folder, stamp).moved:  # just read and found to be right: the next process need not
            with suppress(OSError), writing(self.folder.parent, 0.0) as held:
                if held and _stamp(self.folder) == stamp:
                    _seal(self.folder, generation, IndexPart.of_stamp(stamp))
        return True

    def _open_older(self) -> bool:
        stamp = _stamp(self.folder)
        stamp.pop("writing", None)
        if not _fits(stamp, stamp.get("generation")):
            return self.view is not None
        self._opened(-1)
        return self.view is not None

    def _opened(self, generation: int) -> bool:
        try:
            self.view = LexicalIndex(self.folder)
        except _BROKEN:
            return False
        self.generation = generation
        return True

    def _bring(self, generation: int) -> None:
        if not self._open_as_stamped(generation) and not self._follow(generation):
            self._build(generation)

    def _follow(self, generation: int) -> bool:
        """Update the index with the changes since its stamp. Returns False where it must be rebuilt instead."""
        stamp = _stamp(self.folder)
        known = stamp.get("generation")
        if (
            not isinstance(known, int)
            or known > generation
            or not _fits(stamp, known)
            or not _untouched(self.folder, stamp, sample=self.view is None)
        ):
            return False
        try:
            parts = IndexPart.of_stamp(stamp)
            index = LexicalIndex(self.folder)
            changes = self._corpus.changes_since(known)
            if changes:
                # a crash in between must not leave a stamp that lies
                _write_stamp(self.folder, {"generation": known, "writing": True})
                parts = self._follow_parts(index, parts, {change.document for change in changes})
            _seal(self.folder, generation, parts, CacheFiles.of_stamp(self.folder, stamp))
            self.view, self.generation = index.reloaded(), generation
        except _BROKEN:
            return False
        return True

    def _follow_parts(self, index: LexicalIndex, parts: list[IndexPart], changed: set[int]) -> list[IndexPart]:
        """Write the parts that have or get one of the changed documents; one that is indexed as it is now (its status was set, its
        region corrected) is left where it is."""
        rows = sorted(self._corpus.heads)
        indexed = index.digests(changed.intersection(rows))
        changed = {
            row
            for row in changed
            if row not in indexed or indexed[row] != _Sources.of(self._corpus, self._corpus.info(row)).digest
        }
        come = {row: sum(1 for _ in self._corpus.passages(row)) for row in changed.intersection(rows)}

        def between(first: int, last: int) -> Iterator[tuple[DocumentEntry, list[PassageEntry]]]:
            return entries(self._corpus, rows[bisect_left(rows, first) : bisect_right(rows, last)])

        return update_parts(self.folder, plan_parts(parts, changed, come), between)

    def _build(self, generation: int) -> None:
        target = self.folder
        for left in target.parent.glob("lexical.*"):  # of a process that was ended
            shutil.rmtree(left, ignore_errors=True)
        draft = target.with_name(f"lexical.new{os.getpid()}")
        try:
            _seal(draft, generation, build_parts(draft, entries(self._corpus, None), passages=self._corpus.last_passage()))
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)  # on a full disk half an index is in the way of everything else
            raise
        if target.exists():
            old = target.with_name(f"lexical.old{os.getpid()}")
            target.replace(old)
            draft.replace(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            draft.replace(target)
        self.view, self.generation = LexicalIndex(target), generation

    def _serve_otherwise(self, generation: int, error: Exception) -> None:
        """Serve where the index cannot be written: from a private copy, else from what was last committed.

        Raises:
            StoreError: The error in words, where there is nothing to serve from.
        """
        explained = explain_failure(error, self._home)
        if explained is None and isinstance(error, ValueError):
            raise error
        try:
            self._go_private()
            self._bring(generation)
        except (OSError, ValueError) as again:
            self._private = None
            if not self._open_older():
                raise explained or StoreError(f"不能写索引：{self._home}（{again}）。请检查磁盘。") from again

    def _go_private(self) -> None:
        """Use a private copy of the index from now on."""
        public = self.folder
        self._private = tempfile.TemporaryDirectory(prefix="cemai-", ignore_cleanup_errors=True)
        with suppress(OSError, shutil.Error):
            shutil.copytree(public, self.folder)


def entries(corpus: Corpus, documents: Sequence[int] | None) -> Iterator[tuple[DocumentEntry, list[PassageEntry]]]:
    """The index entries of some documents, or of all."""
    some: list[_Sources] = []
    size = 0
    for info in corpus.infos() if documents is None else map(corpus.info, documents):
        some.append(_Sources.of(corpus, info))
        size += len(some[-1].text)
        if size >= BATCH:
            yield from _entries(some)
            some, size = [], 0
    yield from _entries(some)


class _Sources(NamedTuple):
    """What the library has of a document."""

    info: DocumentInfo
    text: str
    passages: list[StoredPassage]

    @classmethod
    def of(cls, corpus: Corpus, info: DocumentInfo) -> _Sources:
        """Read it."""
        return cls(info, corpus.text(info.row), list(corpus.passages(info.row)))

    @property
    def digest(self) -> str:
        """The hash of all that is indexed of it."""
        head = self.info.head
        places = [(p.row, p.ordinal, p.span.start, p.span.end, p.trail) for p in self.passages]
        return row_hash(head.title or "", head.doc_number or "", self.text, repr(places))

    def heading(self, trail: Sequence[str]) -> str:
        """Title and headings above a passage."""
        return f"{self.info.head.title or ''} {' '.join(trail)}".strip()


def _entries(some: Sequence[_Sources]) -> Iterator[tuple[DocumentEntry, list[PassageEntry]]]:
    """The entries of some documents, cut together: many passages have the headings of the one before."""
    heads = dict.fromkeys(one.heading(passage.trail) for one in some for passage in one.passages)
    heads.update(dict.fromkeys(one.heading(()) for one in some))
    headings = dict(zip(heads, segment_texts(heads), strict=True))
    texts = segment_texts(passage.span.of(one.text) for one in some for passage in one.passages)
    for one in some:
        info = one.info
        parts = [
            PassageEntry(passage.row, info.row, passage.ordinal, next(texts), headings[one.heading(passage.trail)])
            for passage in one.passages
        ]
        number = next(iter(document_numbers(info.head.doc_number or "")), None)
        yield DocumentEntry(info.row, headings[one.heading(())], number, one.digest), parts


def signature() -> dict[str, Any]:
    """Format, segmenter and lexicon that an index must have been built with."""
    return {"format": FORMAT, "engine": engine(), "lexicon": lexicon_hash()}


def _stamp(folder: Path) -> dict[str, Any]:
    try:
        value = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _seal(folder: Path, generation: int, parts: Sequence[IndexPart], former: CacheFiles | None = None) -> None:
    """Stamp an index that is complete; files that are untouched since ``former`` are not read again."""
    files = CacheFiles.written(folder, _names(folder), former).to_stamp()
    _write_stamp(folder, {"generation": generation, "parts": [part.to_stamp() for part in parts], **files})


def _write_stamp(folder: Path, stamp: dict[str, Any]) -> None:
    target = folder / "manifest.json"
    draft = target.with_suffix(".tmp")
    draft.write_text(json.dumps({**signature(), **stamp}), encoding="utf-8")
    draft.replace(target)


def _fits(stamp: dict[str, Any], generation: object) -> bool:
    """Whether a stamp is of this program and generation, and no change was under way when it was written."""
    own = {name: value for name, value in stamp.items() if name not in ("files", "seen", "parts")}
    return isinstance(generation, int) and own == {**signature(), "generation": generation}


def _names(folder: Path) -> list[str]:
    """The files of an index: of finished segments, which never change, and the lists of segments."""
    return [p.relative_to(folder).as_posix() for p in folder.glob("*/*") if p.is_file() and not p.name.startswith(".")]


def _untouched(folder: Path, stamp: dict[str, Any], *, sample: bool) -> bool:
    return CacheFiles.of_stamp(folder, stamp).untouched(_names(folder), sample=sample)
