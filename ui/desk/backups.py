"""Backups that a server makes 备份: when somebody presses the button, and by itself every so many hours while there is something new."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cemai.accounts import Right, require_right
from cemai.backups import Backup, backup_folder, list_backups, make_backup
from corpus.errors import PolicyError
from corpus.store import Corpus

log = logging.getLogger("cemai.backups")

KEEP = 14
"""Sound backups that stay."""
LOOK = 60.0
"""Seconds between two looks whether a backup is due."""


def back_up(folder: Path) -> Backup:
    """Make a backup of a library that is in use, where its backups are. Raises ``PolicyError``."""
    require_right(Right.MANAGE)
    with Corpus.open(folder, create=False, read_only=True) as corpus:
        target = backup_folder(corpus)
    # every hash is checked by ``cemai backup``, which nobody's question waits for
    return make_backup(folder, target, keep=KEEP, thorough=False)


def is_due(folder: Path, hours: float, now: dt.datetime) -> bool:
    """Whether the last backup is that old, and the library holds something that it does not."""
    with Corpus.open(folder, create=False, read_only=True) as corpus:
        last = next(iter(list_backups(backup_folder(corpus), corpus.id)), None)
        if last is None:
            return corpus.generation > 0
        old = now - dt.datetime.fromisoformat(last.manifest.created_at) >= dt.timedelta(hours=hours)
        return old and (last.manifest.generation, last.manifest.counts["answers"]) != (corpus.generation, corpus.count_answers())


@contextmanager
def scheduled_backups(folder: Path, hours: float | None) -> Iterator[None]:
    """While the block runs a backup is made every so many hours; None for none. What fails is in the log, and tried again."""
    if hours is None:
        yield
        return
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(LOOK):
            try:
                if is_due(folder, hours, dt.datetime.now(dt.UTC)):
                    log.info("backup: %s", back_up(folder).folder)
            except PolicyError as error:
                log.warning("没有备份成：%s", error)
            except Exception:
                log.exception("backup failed")

    thread = threading.Thread(target=work, name="backups", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
