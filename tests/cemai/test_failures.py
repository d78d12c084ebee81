"""What goes wrong with files is said in a handful of refusals, with what was stored and what was not."""

from __future__ import annotations

import errno
import json
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from cemai.library import Library
from corpus import errors
from corpus.errors import DiskFull, LibraryBusy, StoreError
from corpus.store import FILE_NAME
from corpus.store.failures import explain_failure, reason_of
from tests.stores import open_plain, take_in, write_notices


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sqlite3.OperationalError("database or disk is full"), "DiskFull"),
        (OSError(errno.ENOSPC, "No space left on device"), "DiskFull"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "DiskFull"),
        (ValueError("Internal error: 'No space left on device (os error 28)'"), "DiskFull"),
        (sqlite3.OperationalError("disk I/O error"), "DeviceFailure"),
        (OSError(errno.EIO, "Input/output error"), "DeviceFailure"),
        (
            ValueError("An error occurred in a thread: 'Worker thread failed.. (io::Error most likely) or panicked.'"),
            "DeviceFailure",
        ),
        (OSError(errno.EMFILE, "Too many open files"), "TooManyFiles"),
        (ValueError("IoError: Too many open files (os error 24)"), "TooManyFiles"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "LibraryReadOnly"),
        (OSError(errno.EROFS, "Read-only file system"), "LibraryReadOnly"),
        (sqlite3.OperationalError("database is locked"), "LibraryBusy"),
        (sqlite3.DatabaseError("database disk image is malformed"), "DamagedLibrary"),
        (sqlite3.DatabaseError("file is not a database"), "DamagedLibrary"),
        (StoreError("别的"), "StoreError"),
        (sqlite3.IntegrityError("UNIQUE constraint failed: documents.id"), None),
        (ValueError("not enough values to unpack"), None),
        (KeyError("x"), None),
    ],
)
def test_errors_of_the_disk_have_words(error: Exception, kind: str | None, tmp_path: Path) -> None:
    found = explain_failure(error, tmp_path)
    assert type(found).__name__ == kind if kind else found is None
    if found is not None and found is not error:
        assert isinstance(found, getattr(errors, str(kind)))
        assert "请" in str(found), "what to do is not said"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = open_plain(tmp_path / "库")
    take_in(library, write_notices(tmp_path / "收文", range(2)))
    library.corpus._db.execute("PRAGMA busy_timeout=50")
    return library


def test_an_import_waits_for_another_writer_and_goes_on(library: Library, tmp_path: Path) -> None:
    paths = write_notices(tmp_path / "收文", range(10, 13))
    other = sqlite3.connect(library.corpus.folder / FILE_NAME, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryBusy):
        take_in(library, paths)
    said: list[str] = []

    def progress(_: int, __: int, what: str) -> None:
        said.append(what)

    release = threading.Thread(target=lambda: (time.sleep(0.5), other.execute("COMMIT")))
    release.start()
    report = take_in(library, paths, progress=progress, patience=60.0)
    release.join()
    other.close()
    assert len(report.added) == 3 and not report.refused
    assert any("等它写完" in what for what in said)


def fill(library: Library, pages: int) -> None:
    """Let the disk of a library be full after some more pages; 0 for no limit."""
    now = library.corpus._db.execute("PRAGMA page_count").fetchone()[0]
    library.corpus._db.execute(f"PRAGMA max_page_count={now + pages if pages else 2**30}")


def test_a_disk_that_gets_full_stops_the_import_and_says_what_is_in(library: Library, tmp_path: Path) -> None:
    paths = write_notices(tmp_path / "收文", range(10, 50))
    fill(library, 10)
    report = take_in(library, paths)
    stored = {info.source for info in library.documents()}
    assert 0 < len(report.added) < 40 and set(report.added) <= stored
    assert len(report.added) + len(report.refused) == 40 and {r.reason for r in report.refused} == {"disk_full"}
    assert not stored & {r.source for r in report.refused}
    assert "没有轮到" in report.refused[-1].message and "没有轮到" not in report.refused[0].message
    with pytest.raises(DiskFull, match="没有写入任何内容"):
        take_in(library, paths[-1:])
    assert library.doctor() == []
    fill(library, 0)
    assert len(take_in(library, paths).added) == len(report.refused)


def test_records_say_how_many_are_in(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cemai.library.BATCH", 3)
    path = tmp_path / "记录.jsonl"
    lines = [
        {"_id": f"r{i}", "title": f"云岫县第{i}号通知", "text": f"第一条 第{i}项由县水利局负责。\n" * 200} for i in range(60)
    ]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    fill(library, 400)
    report = take_in(library, [path])
    assert report.added and len(report.added) % 3 == 0 and len(report.refused) == 1
    assert f"已导入 {len(report.added)} 条，其余没有导入" in report.refused[0].message
    assert reason_of(DiskFull("")) == report.refused[0].reason


def test_an_index_that_cannot_be_written_takes_nothing_back(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise ValueError("Internal error: 'No space left on device (os error 28)'")

    monkeypatch.setattr("index.searcher.Searcher.refresh", full)
    report = take_in(library, write_notices(tmp_path / "收文", [15]))
    assert len(report.added) == 1 and "磁盘已满" in report.notices[0] and "已入库" in report.notices[0]
    monkeypatch.undo()
    assert library.search("水窖改造") is not None and library.doctor() == []
