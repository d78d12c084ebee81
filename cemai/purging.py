"""Erasing documents for good 彻底清除: from the file of the library, its log, every index beside it, and what was left lying about.

What is erased is in no file of the library's folder afterwards. Backups, and a library that a restore put aside, are outside it: they
are named to the person, and told of the purge, so that what was purged does not come back with them.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cemai.backups import UNFINISHED, find_aside, find_backups, note_purged_beside
from corpus.errors import IncompletePurge
from corpus.store.failures import explain_failure
from corpus.store.integrity import hash_file
from index.caches import clear_caches

if TYPE_CHECKING:
    from cemai.library import Library

WAIT = 20.0
"""Seconds to wait for another process that is writing an index."""
AGAIN = "请停止 cemai serve 等正在使用这个库的程序，再运行一次 cemai docs purge。"


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """What a purge did.

    Attributes:
        erased: How many documents were erased.
        resumed: Whether it also finished a former one.
        elsewhere: Folders outside the library that may still hold them: backups, and libraries put aside.
    """

    erased: int
    resumed: bool
    elsewhere: tuple[Path, ...]


def purge_library(library: Library) -> PurgeReport:
    """Erase the removed documents of a library for good.

    Raises:
        IncompletePurge: Where a file of the folder may still hold their words, because another program has it open, say. The documents
            are gone from the library then; the next purge goes on with the files.
    """
    corpus = library.corpus
    resumed = corpus.purging
    erased = corpus.purge()
    if not corpus.purging:
        return PurgeReport(0, False, ())
    library.drop_search()
    try:
        if not clear_caches(corpus.folder, WAIT):
            raise IncompletePurge(f"已从库中删除，但另一个程序正在写索引，索引里的残余还没有清掉。{AGAIN}")
        _clear_leftovers(corpus.folder, {one.sha256 for one in corpus.purged()})
    except OSError as error:
        reason = explain_failure(error, corpus.folder) or error
        raise IncompletePurge(f"已从库中删除，但有文件清不掉（{str(reason).rstrip('。')}）。{AGAIN}") from error
    inside = [path for path in find_aside(corpus.folder) if path.parent == corpus.folder]
    if inside:
        raise IncompletePurge(
            f"已从库中删除，但恢复备份时换下的旧库还在库文件夹里：{inside[0]}。请核对后删除它，再运行一次 cemai docs purge。"
        )
    corpus.finish_purge()
    backups = find_backups(corpus)
    if corpus.id is not None:
        for target in backups:
            note_purged_beside(target, corpus.id, corpus.purged())
    return PurgeReport(erased, resumed, (*backups, *find_aside(corpus.folder)))


def _clear_leftovers(folder: Path, erased: set[str]) -> None:
    """Delete what processes that were ended left in the folder: half of a restore, and uploads of what was erased."""
    for left in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    for path in (folder / "uploads").rglob("*"):
        if path.is_file() and hash_file(path) in erased:
            path.unlink()
