"""What was acknowledged survives whatever ends the server: kill -9, a stop, a full disk; what became of each file is told afterwards."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from cemai.library import Library
from ui.desk import imports as importing
from ui.desk.desk import Desk, desk_of
from ui.desk.imports import ImportJob, Imports
from ui.desk.spool import Spool, SpooledFile

ROOT = Path(__file__).resolve().parents[3]
KILLS = 25 if os.environ.get("CEMAI_FAULTS") == "long" else 3
"""How often the server is killed: 3 times in the tests, 25 by ``make test-faults``."""
SERVER = """
import sys
from pathlib import Path
import uvicorn
from fastapi import FastAPI
from cemai.library import Library
from ui.desk.desk import desk_of
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.rest.app import mount_api
with Library.open(Path(sys.argv[1])) as library:
    desk = desk_of(library)
    imports = Imports(desk)
    imports.start()
    app = FastAPI()
    mount_api(app, desk, imports)
    app.add_middleware(RequestGate, hosts=("127.0.0.1",))
    try:
        uvicorn.run(app, port=int(sys.argv[2]), log_level="error", timeout_graceful_shutdown=1)
    finally:
        imports.close()
        desk.close()
"""
TEXT = "云岫县{0}号管理办法\n云岫县人民政府\n2024年3月5日\n第一条 {0}号由水利部门管理。\n第二条 {0}号每年检查一次。\n"


def wait_for(what: Callable[[], Any], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.05)
    assert what()


def ended(imports: Imports) -> bool:
    return all(job.done for job in imports.jobs())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Library.open(tmp_path / "lib"):
        pass
    return tmp_path / "lib"


class Server:
    """A server process that may be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CEMAI_ITEM_ENCODER": "0", "TMPDIR": str(folder.parent)}
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, str(folder), str(self.port)], env=environment)
        self.address = f"http://127.0.0.1:{self.port}/api/v1"
        wait_for(self._answers)

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/health", timeout=30).status_code == 200
        return False

    def send(self, name: str, data: bytes) -> dict[str, Any] | None:
        """The acknowledgement, or None where there was none."""
        with suppress(httpx.HTTPError):
            got = httpx.post(f"{self.address}/imports", files={"file": (name, data)}, timeout=60)
            found: dict[str, Any] = got.json()
            return found if got.status_code == 202 and found["state"] != "未收" else None
        return None

    def jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.address}/imports", timeout=60).json()
        return found

    def end(self, how: int) -> None:
        self.process.send_signal(how)
        self.process.wait(60)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="stops processes by signals")
def test_nothing_acknowledged_is_lost_to_kills(folder: Path) -> None:
    seed = int(os.environ.get("CEMAI_FAULTS_SEED", str(random.randrange(1 << 30))))
    print("seed", seed)
    dice = random.Random(seed)
    acknowledged: dict[str, str] = {}
    numbers = itertools.count(1)
    told_done = 0

    def send(server: Server) -> None:
        while server.process.poll() is None:
            number = next(numbers)
            if (got := server.send(f"文件{number}.txt", TEXT.format(number).encode())) is not None:
                acknowledged[got["id"]] = f"文件{number}.txt"

    for kill in range(KILLS):
        server = Server(folder)
        # of files that ended before, each server tells what became of them
        told = {job["id"] for job in server.jobs()}
        assert acknowledged.keys() <= told, (
            f"seed {seed}: {len(acknowledged.keys() - told)} files are not told of after kill {kill}"
        )
        told_done += sum(job["done"] for job in server.jobs())
        senders = [threading.Thread(target=send, args=(server,), daemon=True) for _ in range(3)]
        for sender in senders:
            sender.start()
        time.sleep(dice.uniform(0.1, 3.0))
        server.end(signal.SIGTERM if kill % 5 == 4 else signal.SIGKILL)
        for sender in senders:
            sender.join(70)
    assert acknowledged
    server = Server(folder)
    try:
        wait_for(lambda: all(job["done"] for job in server.jobs()), 60 + 2 * len(acknowledged))
        states = {job["id"]: job["state"] for job in server.jobs()}
    finally:
        server.end(signal.SIGTERM)
    with Library.open(folder) as library:
        there = {info.source for info in library.documents()}
    lost = [name for name in acknowledged.values() if name not in there]
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {len(lost)} lost, {told_done} told after a restart")
    assert not lost, f"seed {seed}: {len(lost)} of {len(acknowledged)} lost"
    assert {states[id] for id in acknowledged} == {"已入库"}
    assert not list((folder / "imports").rglob("*.data")) and not list((folder / "uploads").glob("*"))
    wait_for(lambda: not list(folder.parent.glob("cemai-reader-*")), 10)


def stopped(imports: Imports) -> None:
    """End an importer as a kill does: nothing is finished, only the lock is given back."""
    assert imports._spool is not None and imports._spool._lock is not None
    imports._spool._lock.release()


def test_what_waits_goes_on_at_the_next_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(folder) as library:
        first = Imports(desk_of(library))
        monkeypatch.setattr(first, "_go", lambda: None)
        ids = [first.add(f"{n}.txt", TEXT.format(n).encode(), "云南省" if n else None).id for n in range(3)]
        assert [job.message for job in first.jobs()] == ["已上传，等待识别"] * 3
        stopped(first)
        second = Imports(desk_of(library))
        second.start()
        wait_for(lambda: ended(second))
        assert [(job.id, job.state) for job in second.jobs()] == [(id, "已入库") for id in ids]
        assert library.documents()[1].head.region == "云南省"
        second.close()
        third = Imports(desk_of(library))
        third.start()
        assert [(job.id, job.state, job.title) for job in third.jobs()] == [
            (id, "已入库", f"云岫县{n}号管理办法") for n, id in enumerate(ids)
        ]
        third.clear()
        third.close()
        assert not list((folder / "imports").iterdir()), "nothing is left"


def test_a_file_in_the_midst_of_which_the_server_ended_is_taken_in_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(folder) as library:
        first = Imports(desk_of(library))
        monkeypatch.setattr(first, "_end", lambda job: None)  # killed between the library and the record
        first.add("甲.txt", TEXT.format("甲").encode())
        wait_for(lambda: len(library.documents()) == 1)
        wait_for(lambda: first._worker is None)
        stopped(first)
        second = Imports(desk_of(library))
        second.start()
        wait_for(lambda: ended(second))
        (job,) = second.jobs()
        assert (job.state, job.message) == ("已入库", "服务中断之前已经入库") and len(library.documents()) == 1
        second.close()


def test_a_file_that_ends_the_server_again_and_again_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(folder) as library:
        for _ in range(importing.TRIES):
            imports = Imports(desk_of(library))
            monkeypatch.setattr(imports, "_taken", lambda *_: None)  # ended while it was being read
            imports.start()
            if not imports.jobs():
                imports.add("坏.txt", b"x")
            wait_for(lambda made=imports: made._worker is None)
            stopped(imports)
        last = Imports(desk_of(library))
        last.start()
        (job,) = last.jobs()
        assert job.state == "未收" and "20 次中断" in job.message and not list((folder / "imports").rglob("*.data"))
        last.close()


def test_a_second_server_leaves_the_files_of_the_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(folder) as library:
        first = Imports(desk_of(library))
        monkeypatch.setattr(first, "_go", lambda: None)
        first.add("甲.txt", TEXT.format("甲").encode())
        second = Imports(desk_of(library))
        second.start()
        assert second.jobs() == [] and len(list((folder / "imports").rglob("*.data"))) == 1
        second.close()
        first.close()


def test_too_many_files_and_a_full_disk_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(folder) as library:
        imports = Imports(desk_of(library))
        monkeypatch.setattr(imports, "_go", lambda: None)
        monkeypatch.setattr(importing, "MOST_WAITING", 2)
        states = [imports.add(f"{n}.txt", b"x") for n in range(3)]
        assert [job.state for job in states] == ["等待", "等待", "未收"] and "太多" in states[2].message
        monkeypatch.setattr(importing, "MOST_WAITING", 9)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        job = imports.add("满.txt", b"x")
        assert job.state == "未收" and "没有收下" in job.message
        assert len(list((folder / "imports").rglob("*.data*"))) == 2, "what was refused takes no room"
        imports.close()


def test_a_busy_library_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BUSY_PAUSE", 0.1)
    with Library.open(folder) as library, Library.open(folder) as other:
        desk = desk_of(library)
        desk.change(lambda writer: writer.corpus._db.execute("PRAGMA busy_timeout=100"))
        imports = Imports(desk)
        with other.corpus.transaction():
            imports.add("甲.txt", TEXT.format("甲").encode())
            wait_for(lambda: "另一个程序" in imports.jobs()[0].message)
        wait_for(lambda: ended(imports))
        assert imports.jobs()[0].state == "已入库"
        imports.close()
        desk.close()


def test_records_that_are_damaged_or_old_are_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = folder / "imports" / "1"
    left.mkdir(parents=True)
    (left / "a-1.json").write_text("{broken")
    (left / "a-2.json").write_text(json.dumps({"id": "a-2", "source": "x.txt", "region": None, "size": 1}))  # its bytes are gone
    (left / "a-3.data").write_bytes(b"never acknowledged")
    (left / "a-4.json").write_text(
        json.dumps({"id": "a-4", "source": "x", "region": None, "size": 1, "result": {"state": "已入库"}})
    )
    (folder / "uploads").mkdir()
    (folder / "uploads" / "半份.txt").write_text("left by a server that was killed")
    with Library.open(folder) as library:
        imports = Imports(desk_of(library))
        imports.start()
        assert imports.jobs() == [] and not left.exists() and not list((folder / "uploads").iterdir())
        finished = ImportJob("b-1", "y.txt", state="已入库", ended=time.time() - 2 * importing.KEPT_SECONDS)
        imports._jobs["b-1"] = finished
        assert imports.jobs() == [finished], "told for a while after the start, however long ago it ended"
        imports._started -= 2 * importing.KEPT_SECONDS
        assert imports.jobs() == []
        imports.close()


def test_a_desk_without_a_second_connection_takes_files_in_too(folder: Path) -> None:
    with Library.open(folder) as library:
        imports = Imports(Desk(library))
        imports.add("甲.txt", TEXT.format("甲").encode())
        wait_for(lambda: ended(imports))
        assert imports.jobs()[0].state == "已入库"
        imports.close()


def test_the_spool_keeps_bytes_and_records_apart(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "imports")
    spool.put(SpooledFile("a-1", "甲.txt", None, 3), b"abc")
    assert spool.data("a-1") == b"abc"
    spool.note(SpooledFile("a-1", "甲.txt", None, 3, tries=1))
    assert Spool(tmp_path / "imports").take_over() == ([], False), "another server is at work"
    spool.close()
    files, alone = Spool(tmp_path / "imports").take_over()
    assert alone is False or [file.tries for file in files] == [1]
