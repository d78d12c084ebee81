"""Backup and restore 备份与恢复: whole copies of a library in a folder of backups, the oldest of which go, and the way back.

``make_backup`` copies while others read and write, reads the copy back and only then gives it its name. ``restore_backup`` checks a
copy down to the last hash, puts the present library aside whole (with its log and caches, under a name of its own) and swaps the
copy in; documents that were purged since are erased from it first.
"""

from __future__ import annotations

import datetime as dt
import glob
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import LibraryBusy, StoreError, UsageError
from corpus.store import FILE_NAME, Corpus
from corpus.store.backup import (
    MANIFEST,
    BackupManifest,
    copy_library,
    describe_copy,
    require_sound,
    require_unaltered,
)
from corpus.store.connections import connect, connect_unchanging, sync
from corpus.store.failures import translated
from corpus.store.identity import NOTE, forget_library, remember_library
from corpus.store.purged import PurgedDocument, read_purged
from index.caches import clear_caches
from index.lock import writing

NAME = "cemai-"
"""What the names of backups begin with."""
UNFINISHED = ".unfinished-"
"""What the names of folders begin with that are not, or no longer, whole."""
_FOLDER = "backups"
"""The setting of a library that names the folder of its last backup."""
_LOGS = ("-wal", "-shm", "-journal")
WAIT = 60.0
"""Seconds to wait for another backup into the same folder."""
_SHARED_LOCK, _SHARED_SIZE = 0x40000002, 510
"""The bytes of a file that each connection of SQLite holds a shared lock on, as long as it is open with a log."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in its folder."""

    folder: Path
    manifest: BackupManifest

    @property
    def file(self) -> Path:
        """The copy of the library's file."""
        return self.folder / FILE_NAME

    def verify(self) -> None:
        """Raise ``StoreError`` unless the copy is byte for byte what was written, and sound in itself."""
        require_unaltered(self.file, self.manifest)
        require_sound(self.file)


@dataclass(frozen=True, slots=True)
class RestoredLibrary:
    """What a restore did.

    Attributes:
        manifest: What is in the library now.
        aside: Where the former library was put; None where there was none.
        purged: Documents of the backup that had been purged since and were erased again.
    """

    manifest: BackupManifest
    aside: Path | None
    purged: int


def default_backups(folder: Path) -> Path:
    """The folder of a library's backups where nobody names another: beside the library, ``name.backups``."""
    return folder.with_name(f"{folder.name}.backups")


def make_backup(
    folder: Path, target: Path, *, keep: int | None = None, thorough: bool = True, progress: Progress | None = None
) -> Backup:
    """Copy a library into a folder of backups, while it may be in use.

    Args:
        folder: The folder of the library.
        target: The folder of backups, outside the library's; made when missing.
        keep: Sound backups of this library that stay, the new one among them; older ones are deleted. None to delete none.
        thorough: Whether every hash in the copy is checked; else SQLite's own check and the hash of the file have to do.
        progress: Called with how far it is.

    Returns:
        The backup; ``manifest.faults`` says how many faults the copy has, which the library then has too.

    Raises:
        StoreError: Where the library cannot be read or the copy not be written; no half of a backup is left under its name.

    Example: ``make_backup(Path("库"), Path("/备份"), keep=7)``.
    """
    _require_outside(folder, target)
    if keep is not None and keep < 1:
        raise UsageError("--keep 至少为 1。")
    say = progress or _silent
    # gives an older library its id, and raises where the file is not the one that was there
    with Corpus.open(folder, create=False) as corpus:
        if corpus.setting(_FOLDER) != str(target.absolute()):
            with suppress(sqlite3.Error, StoreError):  # busy or read-only: it is backed up all the same
                corpus.set_setting(_FOLDER, str(target.absolute()))
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        with writing(target, WAIT) as held:
            if not held:
                raise LibraryBusy(f"另一个程序正在往 {target} 备份。请等它完成后再试。")
            for left in target.glob(f"{UNFINISHED}*"):  # of a process that was ended
                shutil.rmtree(left, ignore_errors=True)
            draft = target / f"{UNFINISHED}{os.getpid()}"
            try:
                backup = _make(folder, draft, thorough, say)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            if keep is not None:
                _rotate(target, backup, keep)
    except OSError as error:
        raise translated(error, target) from error
    return backup


def list_backups(target: Path, library: str | None = None) -> list[Backup]:
    """The backups in a folder, the newest first: of one library, or of all. Folders whose manifest cannot be read are left out."""
    found = []
    for manifest in target.glob(f"{NAME}*/{MANIFEST}"):
        with suppress(StoreError):
            found.append(Backup(manifest.parent, BackupManifest.of_folder(manifest.parent)))
    of_library = [backup for backup in found if library is None or backup.manifest.library == library]
    return sorted(of_library, key=lambda backup: (backup.manifest.created_at, backup.folder.name), reverse=True)


def restore_backup(source: Path, folder: Path, progress: Progress | None = None) -> RestoredLibrary:
    """Put a backup in the place of a library.

    The present library is neither changed nor deleted: it is put aside under a name of its own. Where anything is wrong with the
    backup nothing is done at all.

    Args:
        source: A backup, a folder of backups (the newest is taken), or a bare ``library.sqlite`` with the log beside it, if any.
        folder: The folder of the library, made when missing; this process must not have it open.
        progress: Called with how far it is.

    Raises:
        LibraryBusy: Where another program has the library open.
        StoreError: Where the backup is damaged, of a newer program, or there is none.
    """
    say = progress or _silent
    file, backup = _find(source)
    if (folder / FILE_NAME).resolve() == file.resolve():
        raise UsageError("备份就是这个库自己的文件，没有可以恢复的。")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        draft = folder / f"{UNFINISHED}{os.getpid()}"  # on the same disk, so that the swap is a change of name
        try:
            draft.mkdir(mode=0o700)
            staged = draft / FILE_NAME
            say(0, 3, "核对备份")
            if backup is not None:
                require_unaltered(file, backup.manifest)
            copy_library(file, staged)
            require_sound(staged)
            say(1, 3, "重做彻底清除")
            purged = _purge_again(draft, [*_purged_since(backup), *_purged_here(folder)])
            manifest = describe_copy(staged, thorough=False)
            say(2, 3, "换入")
            aside = _swap(folder, staged)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise translated(error, folder) from error
    if manifest.library is not None:
        remember_library(folder, manifest.library, manifest.generation)
    say(3, 3, "")
    return RestoredLibrary(manifest, aside, purged)


def accept_library(folder: Path) -> None:
    """Take the file that is in the folder for the library, where it is another than the one that was there (``ReplacedLibrary``).

    Caches of the former one are deleted: they would otherwise be believed when this one has had as many changes.
    """
    try:
        if not clear_caches(folder, WAIT):
            raise LibraryBusy(f"另一个程序正在写 {folder} 里的索引。请先停止它。")
        forget_library(folder)
    except OSError as error:
        raise translated(error, folder) from error


def backup_folder(corpus: Corpus) -> Path:
    """Where the backups of a library go: where the last one went, else the usual folder."""
    last = corpus.setting(_FOLDER)
    return Path(last) if last else default_backups(corpus.folder.absolute())


def find_backups(corpus: Corpus) -> list[Path]:
    """The folders that are known to hold backups of a library: the usual one, and that of the last backup."""
    known = dict.fromkeys((default_backups(corpus.folder.absolute()), backup_folder(corpus)))
    return [target for target in known if list_backups(target, corpus.id)]


def find_aside(folder: Path) -> list[Path]:
    """The libraries that restores put aside, beside the library's folder or in it."""
    folder = folder.absolute()
    return sorted((*folder.parent.glob(f"{glob.escape(folder.name)}.replaced-*"), *folder.glob("replaced-*")))


def note_purged_beside(target: Path, library: str, purged: Iterable[PurgedDocument]) -> None:
    """Tell a folder of backups which documents were purged, so that none of them comes back even where the library is lost."""
    known = {one.id: one for one in (*_read_list(target, library), *purged)}
    if target.is_dir() and known:
        draft = target / f".purged-{library}.{os.getpid()}"
        with suppress(OSError):
            draft.write_text(json.dumps([asdict(one) for one in known.values()]), encoding="utf-8")
            draft.replace(_list_of(target, library))


# ------------------------------------------------------------------ making


def _make(folder: Path, draft: Path, thorough: bool, say: Progress) -> Backup:
    draft.mkdir(mode=0o700)
    copy_library(folder / FILE_NAME, draft / FILE_NAME, lambda done, total: say(done, total, "复制"))
    say(0, 0, "核对备份")
    manifest = describe_copy(draft / FILE_NAME, thorough=thorough)
    (draft / MANIFEST).write_text(json.dumps(manifest.to_record(), ensure_ascii=False, indent=1), encoding="utf-8")
    sync(draft / MANIFEST)
    sync(draft)
    stamp = manifest.created_at.translate({ord(sign): None for sign in "-:"}).partition(".")[0]
    final = _free(draft.with_name(f"{NAME}{stamp}Z-g{manifest.generation}"))
    draft.rename(final)
    sync(draft.parent)
    return Backup(final, manifest)


def _rotate(target: Path, made: Backup, keep: int) -> None:
    """Delete what is older than the last ``keep`` sound backups of the library: one with faults takes nobody's place."""
    sound = 0
    for backup in list_backups(target, made.manifest.library):
        if sound >= keep:
            gone = target / f"{UNFINISHED}{backup.folder.name}"
            backup.folder.rename(gone)  # at once, so that no half of it is left under its name
            shutil.rmtree(gone, ignore_errors=True)
        elif not backup.manifest.faults:
            sound += 1


def _free(path: Path) -> Path:
    """A path, with a number behind it where something has that name."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _require_outside(folder: Path, target: Path) -> None:
    if target.resolve().is_relative_to(folder.resolve()):
        raise UsageError("备份要放在文档库文件夹之外，最好在另一块盘上：库文件夹丢了，里面的备份也就丢了。")


def _silent(done: int, total: int, what: str) -> None:
    """Say nothing."""


# ------------------------------------------------------------------ restoring


def _find(source: Path) -> tuple[Path, Backup | None]:
    """The file of a backup, and the backup it is of unless it is a bare file."""
    if source.is_file() and source.name == MANIFEST:
        source = source.parent
    if (source / MANIFEST).is_file():
        return source / FILE_NAME, Backup(source, BackupManifest.of_folder(source))
    if source.is_dir():
        found = list_backups(source)
        if len({backup.manifest.library for backup in found}) > 1:
            raise UsageError(f"{source} 里有几个库的备份，请写明是哪一份（用 cemai backup --list {source} 查看）。")
        if found:
            return found[0].file, found[0]
        source = source / FILE_NAME
    if not source.is_file():
        raise UsageError(f"这里没有备份：{source}。请写备份文件夹（cemai- 开头的那一个），或放着这些备份的文件夹。")
    return source, None


def _purged_since(backup: Backup | None) -> Iterator[PurgedDocument]:
    """What later backups of the same library beside this one, and the list there, say was purged."""
    if backup is not None:
        for other in list_backups(backup.folder.parent, backup.manifest.library):
            yield from other.manifest.purged
        if backup.manifest.library is not None:
            yield from _read_list(backup.folder.parent, backup.manifest.library)


def _purged_here(folder: Path) -> list[PurgedDocument]:
    """What the present library says was purged, as far as it can still be read; it is not changed."""
    file, log = folder / FILE_NAME, folder / f"{FILE_NAME}-wal"
    if not file.is_file() or not file.stat().st_size:
        return []
    draft = folder / f"{UNFINISHED}read{os.getpid()}"
    try:
        if log.is_file() and log.stat().st_size:
            # SQLite folds in a log that lies beside a file when it opens it, also where it is of another one: only in a copy
            draft.mkdir(mode=0o700)
            for one in (file, log):
                shutil.copyfile(one, draft / one.name)
            file = draft / file.name
        with suppress(sqlite3.Error, StoreError), closing(connect(file) if draft.exists() else connect_unchanging(file)) as db:
            return list(read_purged(db))
        return []
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _purge_again(draft: Path, purged: list[PurgedDocument]) -> int:
    with Corpus.open(draft) as staged:
        count = staged.purge_again(purged) if purged else 0
        staged.finish_purge()  # there are no caches beside a copy
    return count


def _swap(folder: Path, staged: Path) -> Path | None:
    """Put a file in the place of the library's. Returns where all there was is now.

    At every moment there is a whole file under its name; what is between the first and the last step is told at the next opening,
    by the note that goes last.
    """
    file = folder / FILE_NAME
    sync(staged)
    if not file.exists():
        aside = _move_aside(folder) if any((folder / name).exists() for name in _beside()) else None
        staged.replace(file)
    else:
        with _alone(file):
            aside = _move_aside(folder)
            staged.replace(file)
    sync(folder)
    return aside


def _beside() -> list[str]:
    """What belongs to a library's file: its logs, its caches, the note."""
    return [*(f"{FILE_NAME}{log}" for log in _LOGS), "cache", NOTE]


def _move_aside(folder: Path) -> Path:
    """Put a library aside, the file itself under a second name, all others moved."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    same_disk = folder.parent.stat().st_dev == folder.stat().st_dev and os.access(folder.parent, os.W_OK)
    aside = _free(folder.with_name(f"{folder.name}.replaced-{stamp}") if same_disk else folder / f"replaced-{stamp}")
    aside.mkdir(mode=0o700)
    file = folder / FILE_NAME
    if file.exists():
        _link_or_copy(file, aside / FILE_NAME)
    for name in _beside():
        with suppress(FileNotFoundError):
            (folder / name).rename(aside / name)
    sync(aside)
    return aside


def _link_or_copy(file: Path, other: Path) -> None:
    try:
        os.link(file, other)
    except OSError:  # a disk without links, as many memory sticks are
        shutil.copyfile(file, other)
        sync(other)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """While the block runs no other process can open a library. Raises ``LibraryBusy`` where one has it open."""
    try:
        import fcntl
    except ImportError:  # Windows renames no file that is open: the swap itself fails then
        yield
        return
    with file.open("rb+") as held:
        try:
            fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_LOCK)
        except OSError as error:
            raise LibraryBusy(
                f"别的程序正开着这个文档库：{file.parent}。没有恢复，什么都没有改动。请先停止 cemai serve 和正在运行的命令，再试一次。"
            ) from error
        yield


def _list_of(target: Path, library: str) -> Path:
    return target / f"purged-{library}.json"


def _read_list(target: Path, library: str) -> list[PurgedDocument]:
    with suppress(OSError, ValueError, TypeError):
        return [PurgedDocument(**one) for one in json.loads(_list_of(target, library).read_bytes())]
    return []
