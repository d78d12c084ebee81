"""A library that follows a folder 跟随文件夹: what is new, edited, renamed or gone there is made so in the library.

First ``plan_mirror`` says what will be done, then ``apply_mirror`` does it. Removed documents are only marked: ``docs restore`` brings
them back.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.document import content_id
from corpus.errors import RefusedInput, UsageError
from corpus.store import DocumentInfo

if TYPE_CHECKING:
    from cemai.library import IngestReport, Library, Progress
    from ingest.files import Gathered, Input

CAUTIOUS_SHARE = 10
"""More than one in so many documents of the folder are not removed without being asked."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A document whose file lies under another name or in another folder now."""

    info: DocumentInfo
    item: Input


@dataclass(slots=True)
class MirrorPlan:
    """What is to be done so that the library follows a folder.

    Args:
        folder: The folder.
        inputs: What lies in it now.
        added: Files the library does not have.
        changed: Documents whose file was edited.
        renamed: Documents whose file was moved or renamed, with its bytes as they were.
        removed: Documents whose file is gone.
        unread: Files that could not be opened; their documents stay.
        followed: How many documents of the library came from the folder before.
    """

    folder: Path
    inputs: Gathered
    added: list[Input] = field(default_factory=list)
    changed: list[tuple[DocumentInfo, Input]] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    removed: list[DocumentInfo] = field(default_factory=list)
    unread: list[RefusedInput] = field(default_factory=list)
    followed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.added or self.changed or self.renamed or self.removed)

    @property
    def needs_consent(self) -> str | None:
        """Why a person should agree first: the folder is empty, or many documents would be removed. None where nobody need."""
        if not self.removed:
            return None
        if not self.inputs.inputs:
            return f"文件夹 {self.folder} 里没有可读的文件（可能没有挂载或已移走），照做会移除库中的 {len(self.removed)} 份文档"
        if len(self.removed) * CAUTIOUS_SHARE > self.followed:
            return f"将移除 {len(self.removed)} 份文档，超过来自这个文件夹的 {self.followed} 份的十分之一"
        return None

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "folder": str(self.folder),
            "added": [item.source for item in self.added],
            "changed": [info.source for info, _ in self.changed],
            "renamed": [{"from": one.info.source, "to": one.item.source} for one in self.renamed],
            "removed": [info.source for info in self.removed],
            "followed": self.followed,
            "needs_consent": self.needs_consent,
        }


@dataclass(slots=True)
class MirrorReport:
    """What was done: the plan, what became of each file, and whether the removals waited for consent."""

    plan: MirrorPlan
    ingested: IngestReport
    removed: list[DocumentInfo] = field(default_factory=list)
    kept: list[DocumentInfo] = field(default_factory=list)
    """Documents whose file is gone and that stay, because nobody agreed to remove so many."""

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "planned": self.plan.record(),
            "ingested": self.ingested.record(),
            "removed": [info.source for info in self.removed],
            "kept": [info.source for info in self.kept],
        }


def plan_mirror(library: Library, folder: Path) -> MirrorPlan:
    """Compare a folder with the documents that came from it.

    A file is known by the path it came from; bytes under a new path that lay under one which is gone were renamed. Files that cannot
    be opened just now, and folders that cannot be listed, remove nothing.

    Raises:
        UsageError: where it is no folder.
    """
    from ingest.files import gather

    if not folder.is_dir():
        raise UsageError(f"{folder} 不是文件夹，或者找不到。请写要跟随的文件夹。")
    root = folder.resolve()
    inputs = gather([folder])
    plan = MirrorPlan(folder, inputs)
    known: dict[str, list[DocumentInfo]] = {}
    for info in library.corpus.heads.values():
        if info.origin and Path(info.origin).is_relative_to(root):
            known.setdefault(info.origin, []).append(info)
    plan.followed = sum(map(len, known.values()))
    held = {info.id: info for info in library.corpus.heads.values()}
    gone = dict(known)
    new: list[tuple[Input, str]] = []
    for item in inputs:
        former = gone.pop(item.origin, [])
        if item.is_records:
            plan.removed += _compare_records(item, former, held, plan)
            continue
        try:
            id = content_id(item.read())
        except RefusedInput as refused:
            plan.unread.append(refused)
            continue
        if not former:
            new.append((item, id))
        elif id != former[0].id:
            plan.changed.append((former[0], item))
    # what cannot be opened or read just now is not gone: a folder without permission, an archive that is being copied
    refused_places = [root / refused.source for refused in inputs.refused]
    gone = {
        origin: infos for origin, infos in gone.items() if not any(Path(origin).is_relative_to(place) for place in refused_places)
    }
    left = {info.id: info for infos in gone.values() for info in infos}
    for item, id in new:
        if id in left:
            plan.renamed.append(Renamed(left.pop(id), item))
        elif id not in held:  # a copy of a document that is there is stored once
            plan.added.append(item)
    plan.removed += left.values()
    plan.removed.sort(key=lambda info: info.source)
    return plan


def _compare_records(
    item: Input, former: Sequence[DocumentInfo], held: Mapping[str, DocumentInfo], plan: MirrorPlan
) -> list[DocumentInfo]:
    """The documents whose records are no longer in a file of records; a file with new or edited ones is added to the plan."""
    from ingest.files import records
    from ingest.reader import identity

    present = set()
    fresh = False
    for record in records(item):
        if isinstance(record, RefusedInput):
            return []  # a file that is damaged or being copied removes nothing
        id, sha256 = identity(record, item.source)
        present.add(id)
        fresh |= id not in held or held[id].sha256 != sha256
    if fresh:
        plan.added.append(item)
    return [info for info in former if info.id not in present]


def apply_mirror(
    library: Library,
    plan: MirrorPlan,
    *,
    consent: bool = False,
    ocr: bool = False,
    region: str | None = None,
    progress: Progress | None = None,
    patience: float = 0.0,
) -> MirrorReport:
    """Do what a plan says: take in what is new or edited, give renamed documents their new names, remove what is gone.

    Args:
        library: The library.
        plan: From ``plan_mirror``.
        consent: Whether a person agreed to what ``MirrorPlan.needs_consent`` asks; without it nothing is removed then.
        ocr: As ``Library.ingest``.
        region: As ``Library.ingest``.
        progress: As ``Library.ingest``.
        patience: As ``Library.ingest``.
    """
    removing = plan.removed if consent or plan.needs_consent is None else []
    # a renamed file is stored under its new path; its former row gives way in the same step
    _remove(library, [one.info for one in plan.renamed], patience, progress)
    report = library.ingest([plan.folder], ocr=ocr, region=region, progress=progress, patience=patience)
    _remove(library, removing, patience, progress)
    return MirrorReport(plan, report, list(removing), [] if removing else list(plan.removed))


def _remove(library: Library, infos: Sequence[DocumentInfo], patience: float, progress: Progress | None) -> None:
    """Remove documents, all of them or none; where there are none the library does not change."""
    if infos:
        with library.patient_transaction(patience, progress):
            for info in infos:
                library.corpus.remove(info.row)


def watch_folder(library: Library, folder: Path, *, interval: float, wait: Any, **options: Any) -> Iterator[MirrorReport]:
    """Follow a folder until ``wait`` says to stop; yields what was done each time that something was.

    A file is only taken in when it lay unchanged for one interval, so that one being copied is not read half.

    Args:
        library: The library.
        folder: The folder.
        interval: Seconds between two looks.
        wait: Called with the seconds to wait; returns True to stop (``threading.Event().wait``).
        options: As ``apply_mirror``.
    """
    seen: dict[Path, tuple[int, int]] | None = None
    done: dict[Path, tuple[int, int]] | None = None
    while True:
        now = _look(folder)
        if now == seen and now != done:
            plan = plan_mirror(library, folder)
            if not plan.is_empty:
                yield apply_mirror(library, plan, **options)
            done = now
        seen = now
        if wait(interval):
            return


def _look(folder: Path) -> dict[Path, tuple[int, int]]:
    """The files of a folder with their sizes and times, which cost no reading."""
    found = {}
    for path in folder.rglob("*"):
        try:
            info = path.stat()
        except OSError:
            continue
        if stat.S_ISREG(info.st_mode):
            found[path] = info.st_size, info.st_mtime_ns
    return found
