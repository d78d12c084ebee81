"""Backup and restore: complete while others write, checked before they count, and never at the cost of what is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from cemai.backups import list_backups, make_backup, note_purged_beside, restore_backup
from corpus.errors import DamagedLibrary, LibraryBusy, NewerFormat, StoreError, UsageError
from corpus.store import FILE_NAME
from corpus.store.backup import MANIFEST
from tests.stores import ROOT, TAKE_IN_AND_CRASH, bytes_of_folder, open_plain, run_killed, take_in, write_notices

QUESTION = "河道管护由谁负责？"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_plain(tmp_path / "库") as library:
        take_in(library, write_notices(tmp_path / "收文", range(4)))
        library.correct_many(["通知001.txt"], {"标题": "校车办法"}, who="李四")
        library.ask(QUESTION)
        library.remove("通知002.txt")
    return tmp_path / "库"


def content(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the list of what was purged."""
    with sqlite3.connect(f"{(folder / FILE_NAME).as_uri()}?mode=ro", uri=True) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
        return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names if name != "meta"}


def test_a_restored_backup_is_the_library_it_was_made_of(folder: Path, tmp_path: Path) -> None:
    before = content(folder)
    made = make_backup(folder, tmp_path / "备份")
    assert made.manifest.counts == {
        "documents": 3, "removed": 1, "originals": 4, "passages": made.manifest.counts["passages"],
        "facts": made.manifest.counts["facts"], "corrections": 1, "answers": 1,
    }  # fmt: skip
    assert made.manifest.faults == 0 and made.manifest.generation == 6
    assert sorted(path.name for path in made.folder.iterdir()) == [FILE_NAME, MANIFEST]
    done = restore_backup(tmp_path / "备份", tmp_path / "新库")
    assert content(tmp_path / "新库") == before and done.aside is None
    with open_plain(tmp_path / "新库") as library:
        assert library.doctor() == [] and library.answers()[0].payload["question"] == QUESTION
        assert library.find("通知001.txt").head.title == "校车办法"
        assert library.original("通知003.txt")[1] == (tmp_path / "收文" / "通知003.txt").read_bytes()
        assert library.restore("通知002.txt")


def test_backups_beside_a_busy_writer_are_each_of_one_state(folder: Path, tmp_path: Path) -> None:
    paths = write_notices(tmp_path / "收文", range(10, 16))
    stop = threading.Event()
    changes: list[int] = []

    def write() -> None:
        with open_plain(folder) as library:
            while not stop.is_set():
                write_notices(tmp_path / "收文", range(10, 16), percent=len(changes) % 80 + 10)
                for path in paths:
                    take_in(library, [path])
                changes.append(library.generation)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not changes:
            time.sleep(0.01)
        made = [make_backup(folder, tmp_path / "备份") for _ in range(8)]
        while made[-1].manifest.generation == made[0].manifest.generation and len(made) < 100:
            time.sleep(0.05)  # the writer had no time for a change between them
            made.append(make_backup(folder, tmp_path / "备份"))
    finally:
        stop.set()
        writer.join()
    assert made[-1].manifest.generation > made[0].manifest.generation
    for one in made:
        one.verify()
        assert one.manifest.counts["documents"] in range(3, 10) and one.manifest.faults == 0
    restore_backup(made[3].folder, tmp_path / "新库")
    with open_plain(tmp_path / "新库") as library:
        assert library.generation == made[3].manifest.generation and library.doctor() == []


@pytest.mark.parametrize("kept", [True, False], ids=["its own log", "a log of another file"])
def test_a_restore_over_what_a_crash_left_is_the_backup(folder: Path, tmp_path: Path, kept: bool) -> None:
    made = make_backup(folder, tmp_path / "备份")
    run_killed(TAKE_IN_AND_CRASH, folder, *write_notices(tmp_path / "收文", range(20, 26)))
    assert (folder / f"{FILE_NAME}-wal").stat().st_size > 0
    if not kept:  # the file put back by hand, as many do
        shutil.copyfile(made.file, folder / FILE_NAME)
    before = bytes_of_folder(folder)
    done = restore_backup(made.folder, folder)
    with open_plain(folder) as library:
        assert library.generation == made.manifest.generation and library.doctor() == []
        assert [hit.source for hit in library.search("河道管护", top=3)] == ["通知000.txt"]
    assert done.aside is not None
    assert bytes_of_folder(done.aside) == before
    if kept:  # what was put aside is a whole library, with what only stood in its log
        with open_plain(done.aside) as library:
            assert len(library.corpus) == 9 and library.doctor() == []


def test_a_crashed_library_is_backed_up_with_its_log(folder: Path, tmp_path: Path) -> None:
    run_killed(TAKE_IN_AND_CRASH, folder, *write_notices(tmp_path / "收文", range(20, 24)))
    assert make_backup(folder, tmp_path / "备份").manifest.counts["documents"] == 7


def test_a_library_in_use_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    made = make_backup(folder, tmp_path / "备份")
    script = "import sys; from pathlib import Path; from corpus.store import Corpus; c = Corpus.open(Path(sys.argv[1])); print(1, flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout and other.stdout.readline() == "1\n"
    names = sorted(path.name for path in folder.iterdir())
    with pytest.raises(LibraryBusy, match="serve"):
        restore_backup(made.folder, folder)
    assert sorted(path.name for path in folder.iterdir()) == names
    other.communicate("\n")
    assert restore_backup(made.folder, folder).aside


def damage_first(file: Path) -> None:
    with file.open("r+b") as data:
        data.seek(file.stat().st_size // 2)
        byte = data.read(1)
        data.seek(-1, os.SEEK_CUR)
        data.write(bytes([byte[0] ^ 4]))


def test_a_damaged_backup_is_refused_before_anything_is_done(folder: Path, tmp_path: Path) -> None:
    made = make_backup(folder, tmp_path / "备份")
    whole = made.file.read_bytes()
    before = bytes_of_folder(folder)

    def refused(kind: type[StoreError], match: str) -> None:
        with pytest.raises(kind, match=match):
            restore_backup(made.folder, folder)
        assert bytes_of_folder(folder) == before

    damage_first(made.file)
    refused(DamagedLibrary, "校验值不符")
    made.file.write_bytes(whole[:-8192])
    refused(DamagedLibrary, "校验值不符")
    made.file.unlink()
    refused(DamagedLibrary, "读不了")
    made.file.write_bytes(whole)
    written = (made.folder / MANIFEST).read_text(encoding="utf-8")
    (made.folder / MANIFEST).write_text(written[:40], encoding="utf-8")
    refused(DamagedLibrary, "清单")
    (made.folder / MANIFEST).write_text(json.dumps({**json.loads(written), "format": 99}), encoding="utf-8")
    refused(NewerFormat, "升级")
    (made.folder / MANIFEST).write_text(written, encoding="utf-8")
    assert restore_backup(made.folder, folder).manifest.counts["documents"] == 3


def test_a_bare_file_is_checked_by_its_own_hashes(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "旧").mkdir()
    copy = tmp_path / "旧" / FILE_NAME
    shutil.copyfile(folder / FILE_NAME, copy)
    with sqlite3.connect(copy) as db:
        db.execute("UPDATE documents SET text=replace(text, '90%', '91%') WHERE source='通知003.txt'")
    db.close()
    with pytest.raises(DamagedLibrary, match="1 处损坏"):
        restore_backup(copy, folder)
    with pytest.raises(StoreError, match="不是策脉文档库"):
        copy.write_bytes(b"")
        restore_backup(copy, folder)
    with pytest.raises(UsageError, match="自己的文件"):
        restore_backup(folder, folder)
    with pytest.raises(UsageError, match="没有备份"):
        restore_backup(tmp_path / "收文", folder)


def test_the_oldest_go_and_sound_ones_stay(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "备份"
    (target / "cemai-别的").mkdir(parents=True)
    (target / ".unfinished-1").mkdir()  # of a process that was ended
    names = [make_backup(folder, target, keep=2).folder.name for _ in range(4)]
    assert {one.folder.name for one in list_backups(target)} == set(names[2:])
    assert (target / "cemai-别的").is_dir() and not (target / ".unfinished-1").exists()
    with sqlite3.connect(folder / FILE_NAME) as db:
        db.execute("UPDATE documents SET text='x' WHERE source='通知003.txt'")
    db.close()
    made = [make_backup(folder, target, keep=2) for _ in range(3)]
    assert {one.manifest.faults for one in made} == {1}
    left = {one.folder.name for one in list_backups(target)}
    assert set(names[2:]) < left, "backups with faults took the place of sound ones"
    with pytest.raises(UsageError, match="之外"):
        make_backup(folder, folder / "备份")
    with pytest.raises(UsageError, match="至少为 1"):
        make_backup(folder, target, keep=0)


def test_purged_documents_do_not_come_back(folder: Path, tmp_path: Path) -> None:
    """By the present library, by a later backup beside, by the list beside: each alone is enough; what came anew may come back."""
    words = "水窖改造覆盖率".encode()
    made = make_backup(folder, tmp_path / "备份")
    assert words in made.file.read_bytes()
    with open_plain(folder) as library:
        assert library.corpus.purge() == 1  # the store alone: it tells nobody
        id, purged = library.corpus.id, library.corpus.purged()
    assert id is not None
    assert restore_backup(made.folder, folder).purged == 1
    later = make_backup(folder, tmp_path / "备份")
    assert later.manifest.purged == tuple(purged)
    assert restore_backup(made.folder, tmp_path / "二").purged == 1
    shutil.rmtree(later.folder)
    assert restore_backup(made.folder, tmp_path / "三").purged == 0
    note_purged_beside(tmp_path / "备份", id, purged)
    assert restore_backup(made.folder, tmp_path / "四").purged == 1
    for name in ("二", "四"):
        assert words not in b"".join(bytes_of_folder(tmp_path / name).values())
        with open_plain(tmp_path / name) as library:
            assert library.doctor() == [] and len(library.corpus) == 3
    with sqlite3.connect(made.file) as db:  # taken in again after the purge
        db.execute("UPDATE documents SET added_at='2999-01-01T00:00:00+00:00'")
    db.close()
    assert restore_backup(made.file, tmp_path / "五").purged == 0


@pytest.mark.slow
def test_a_server_that_is_told_to_end_folds_the_log_in(folder: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui", "--library", str(folder), "serve", "--port", str(port), "--workers", "0"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "CEMAI_ITEM_ENCODER": "0"}, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/api/v1"
        for _ in range(600):
            try:
                if httpx.get(f"{address}/health").is_success:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        (path,) = write_notices(tmp_path / "收文", [30])
        with path.open("rb") as data:
            assert httpx.post(f"{address}/documents", files={"file": data}, timeout=60).json()["state"] == "已入库"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    assert [path.name for path in folder.glob(f"{FILE_NAME}*")] == [FILE_NAME]
    with sqlite3.connect(f"{(folder / FILE_NAME).as_uri()}?immutable=1", uri=True) as db:
        assert db.execute("SELECT count(*) FROM documents WHERE removed_at IS NULL").fetchone() == (4,)
