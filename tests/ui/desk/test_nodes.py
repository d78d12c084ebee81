"""Several machines over one library in PostgreSQL: they follow each other, and share the files that are to be taken in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.errors import LeaseLost
from corpus.store import Corpus
from corpus.store.import_queue import TRIES, ImportQueue, QueuedImport
from tests import postgres
from tests.encoders import BlankEncoder
from tests.postgres import Place
from tests.stores import ROOT, open_plain, write_notices
from ui.desk.desk import Desk, desk_of
from ui.desk.import_worker import ImportWorker, folder_of_process
from ui.desk.metrics import Metrics
from ui.desk.node import NodeFollower
from ui.desk.shared_imports import SharedImports
from ui.operations import OperationsServer
from ui.server import build_app

KILLS = int(os.environ.get("CEMAI_KILLS", "3"))
"""Workers that are killed in the midst of their work: ``CEMAI_KILLS=60 python -m pytest -s tests/ui/desk/test_nodes.py``."""


@pytest.fixture
def database(postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CEMAI_NODE", str(tmp_path / "first"))
    return postgres.make_database(postgres_server, "nodes")


@pytest.fixture
def queue(database: str) -> Iterator[ImportQueue]:
    Corpus.open(database).close()
    opened = ImportQueue(database)
    yield opened
    opened.close()


def put(queue: ImportQueue, name: str, data: bytes = b"") -> str:
    id = f"{name}-{time.monotonic_ns()}"
    queue.put(QueuedImport(id, name, None, len(data)), data or name.encode())
    return id


@contextmanager
def node(place: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk of another machine: with a folder of its own."""
    monkeypatch.setenv("CEMAI_NODE", str(folder))
    with open_plain(place) as library:
        desk = Desk(library, lambda: Library.open(place, encoder=BlankEncoder()), library.corpus.folder / "uploads")
        yield desk
        desk.close()


def work(desk: Desk, queue: ImportQueue) -> ImportWorker:
    """Let a worker of a desk take all there is."""
    worker = ImportWorker(desk, queue)
    worker.run(threading.Event(), until_empty=True)
    return worker


def test_a_file_is_one_workers_until_its_lease_has_run_out(queue: ImportQueue) -> None:
    first, second = put(queue, "甲.txt"), put(queue, "乙.txt")
    taken = [queue.take("one", 60), queue.take("two", 0.05), queue.take("three", 60)]
    assert [found and (found[0].id, found[1].decode()) for found in taken] == [(first, "甲.txt"), (second, "乙.txt"), None]
    time.sleep(0.1)
    again = queue.take("three", 60)
    assert again is not None and (again[0].id, again[0].tries) == (second, 2)
    assert not queue.renew(second, "two", 60) and not queue.finish(second, "two", {}) and queue.renew(second, "three", 60)
    queue.give_back(second, "three")
    assert queue.counts() == {"waiting": 1, "reading": 1, "ended": 0}
    assert queue.finish(first, "one", {"state": "已入库"}) and queue.waiting()[0] == 1
    assert [file.result for file in queue.files()] == [{"state": "已入库"}, None]
    queue.clear()
    assert [file.id for file in queue.files()] == [second]


def test_of_files_of_one_name_or_the_same_bytes_one_is_under_way(queue: ImportQueue) -> None:
    ids = [put(queue, "甲.txt", b"1"), put(queue, "甲.txt", b"2"), put(queue, "乙.txt", b"1"), put(queue, "丙.txt", b"3")]
    taken = [queue.take(name, 60) for name in ("one", "two", "three")]
    assert [found and found[0].id for found in taken] == [ids[0], ids[3], None]
    queue.finish(ids[0], "one", {})
    assert {found[0].id for name in ("one", "three") if (found := queue.take(name, 60))} == {ids[1], ids[2]}


def test_a_file_that_ends_workers_is_set_apart_and_the_others_go_first(queue: ImportQueue) -> None:
    bad, good = put(queue, "坏.txt"), put(queue, "好.txt")
    order = []
    while found := queue.take("one", 0.01):
        order.append(found[0].id)
        if found[0].id == good:
            queue.finish(good, "one", {"state": "已入库"})
        time.sleep(0.03)
    assert order == [bad, bad, good, *[bad] * (TRIES - 2)]
    told = queue.files()[0].result
    assert told is not None and told["state"] == "未收" and str(TRIES) in told["message"]


def test_who_lost_the_lease_stores_nothing(queue: ImportQueue, database: str) -> None:
    from tests.corpus.store.test_corpus import make
    from tests.corpus.store.test_corpus import put as store

    id = put(queue, "甲.txt")
    queue.take("one", 0.01)
    time.sleep(0.03)
    queue.take("two", 60)
    with Corpus.open(database) as corpus:
        with pytest.raises(LeaseLost), queue.guarding(corpus, id, "one"):
            store(corpus, make("甲.txt"))
        assert (len(corpus), corpus.generation) == (0, 0)
        with queue.guarding(corpus, id, "two"):
            store(corpus, make("甲.txt"))
        assert (len(corpus), corpus.generation) == (1, 1)


def test_files_sent_to_one_node_are_taken_in_by_another_and_told_by_both(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with node(database, tmp_path / "first", monkeypatch) as first, node(database, tmp_path / "second", monkeypatch) as second:
        imports = [SharedImports(desk, works=False) for desk in (first, second)]
        for path in write_notices(tmp_path / "in", range(3)):
            assert imports[0].add(path.name, path.read_bytes()).state == "等待"
        assert imports[0].add("甲.exe", b"x").state == "未收"
        assert [job.state for job in imports[1].jobs()] == ["等待"] * 3
        queue = imports[0]._opened()
        assert work(second, queue).done == 3
        told = [[(job.state, job.title, job.document) for job in one.jobs()] for one in imports]
        assert told[0] == told[1] and [state for state, *_ in told[0]] == ["已入库"] * 3 and all(title for _, title, _ in told[0])
        # a new version takes the place of the old one, whichever machine it is sent to
        changed = write_notices(tmp_path / "in", [1], percent=95)[0]
        imports[1].add(changed.name, changed.read_bytes())
        work(first, queue)
        assert [job.state for job in imports[0].jobs()][-1] == "已替换"
        assert (len(first.library.corpus), len(second.library.corpus)) == (3, 3)
        for one in imports:
            one.close()


def test_a_node_is_at_the_generation_within_two_seconds(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with node(database, tmp_path / "first", monkeypatch) as first, node(database, tmp_path / "second", monkeypatch) as second:
        following = NodeFollower(second)
        following.start()
        for path in write_notices(tmp_path / "in", range(3)):
            first.change(lambda library, path=path: library.ingest([path]))  # type: ignore[misc]
            until = time.monotonic() + 10  # a busy machine may take long; what it takes is measured apart
            while following.generation != first.generation and time.monotonic() < until:
                time.sleep(0.01)
            assert (following.generation, following.lag_seconds, following.reachable) == (first.generation, 0.0, True)
        assert second.library.searcher.generation == first.generation
        following.close()


def test_health_and_numbers_are_told_apart_from_the_page(postgres_server: str, tmp_path: Path) -> None:
    metrics, state = Metrics(), {"status": "ok", "generation": 7}
    with socket_address() as address, OperationsServer(address, lambda: state, metrics, lambda: {"cemai_generation": 7.0}):
        with pytest.raises(ZeroDivisionError):
            metrics.measured("ask", lambda: 1 / 0)
        metrics.measured("ask", lambda: 1)
        metrics.count_answer("answered")
        metrics.count_response(503)
        with urllib.request.urlopen(f"http://{address}/metrics") as reply:
            lines = reply.read().decode().splitlines()
        for line in ('cemai_calls_total{call="ask",outcome="failed"} 1', 'cemai_calls_total{call="ask",outcome="done"} 1',
                     'cemai_answers_total{status="answered"} 1', 'cemai_responses_total{code="503"} 1', "cemai_generation 7",
                     'cemai_call_seconds_bucket{call="ask",le="+Inf"} 2', 'cemai_call_seconds_count{call="ask"} 2'):  # fmt: skip
            assert line in lines
        with urllib.request.urlopen(f"http://{address}/health") as reply:
            assert reply.status == 200
        state["status"] = "database"
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(f"http://{address}/health")
        assert told.value.code == 503


@pytest.mark.slow
def test_a_node_tells_what_it_does(place: Place, tmp_path: Path) -> None:
    with socket_address() as address, open_plain(place) as library:
        shared = isinstance(library.corpus.address, str)
        library.ingest(write_notices(tmp_path / "in", range(2)))
        app = build_app(library, port=7860, works=False, operations=address)
        with TestClient(app, base_url="http://127.0.0.1:7860") as client:
            assert client.get("/api/v1/ask", params={"question": "河道管护由谁负责？"}).status_code == 200
            assert client.get("/api/v1/documents/none").status_code == 404
            files = {"file": ("甲.txt", "关于防汛的通知".encode())}
            assert client.post("/api/v1/imports", files=files).status_code == 202
            # a library in a folder takes the file in meanwhile
            until, state, earliest = time.monotonic() + 30, {"status": "starting"}, library.generation
            while state["status"] != "ok" and time.monotonic() < until:
                with suppress(urllib.error.HTTPError), urllib.request.urlopen(f"http://{address}/health") as reply:
                    state = json.load(reply)
            assert earliest <= state["generation"] <= library.generation
            with urllib.request.urlopen(f"http://{address}/metrics") as reply:
                told = dict(line.rsplit(" ", 1) for line in reply.read().decode().splitlines() if not line.startswith("#"))
            assert told['cemai_calls_total{call="ask",outcome="done"}'] == "1"
            assert told['cemai_responses_total{code="404"}'] == "1" and sum(
                int(count) for name, count in told.items() if name.startswith("cemai_answers_total")
            ) == 1  # fmt: skip
            assert told["cemai_up"] == "1" and earliest <= int(told["cemai_generation"]) <= library.generation
            assert 'cemai_imports{state="waiting"}' in told and ("cemai_generation_lag_seconds" in told) is shared
            assert not shared or told['cemai_imports{state="waiting"}'] == "1"


@contextmanager
def socket_address() -> Iterator[str]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield f"127.0.0.1:{port}"


@pytest.mark.slow
def test_what_killed_workers_left_is_taken_over_and_nothing_is_stored_twice(
    queue: ImportQueue, database: str, tmp_path: Path
) -> None:
    """Workers are killed by SIGKILL while they work; ``CEMAI_KILLS`` says how many."""
    files = write_notices(tmp_path / "in", range(KILLS * 4))
    for path in files:
        put(queue, path.name, path.read_bytes())
    command = [sys.executable, "-m", "ui", "--library", database, "work", "--lease", "1"]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}

    def start(number: int) -> subprocess.Popen[bytes]:
        own = {**variables, "CEMAI_NODE": str(tmp_path / f"worker{number}")}
        return subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    killed = 0
    with ExitStack() as stack:
        workers = {process.pid: (number, process) for number in range(2) for process in [start(number)]}
        stack.callback(lambda: [process.kill() for _, process in workers.values()])
        until = time.monotonic() + 120 + KILLS * 30
        while queue.waiting()[0] and time.monotonic() < until:
            at_work = {int(file.worker.split()[1]) for file in queue.files() if file.worker and file.result is None} & set(
                workers
            )
            if killed < KILLS and at_work:
                time.sleep(0.01 * (killed % 10))  # at every point of an import
                number, process = workers.pop(min(at_work))
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
                following = start(number)
                workers[following.pid] = number, following
            time.sleep(0.01)
        assert not queue.waiting()[0], queue.counts()
        for _, process in workers.values():
            process.terminate()
            process.wait(30)
    results = [file.result for file in queue.files()]
    with Corpus.open(database) as corpus:
        changes = corpus._db.execute("SELECT operation, count(*) FROM changes GROUP BY 1 ORDER BY 1").fetchall()
        again = sum(file.tries > 1 for file in queue.files())
        print(f"\n{killed} kills, {again} files taken over, {len(files)} files, changes {changes}, states",
              sorted({one["state"] for one in results if one}))  # fmt: skip
        assert killed == KILLS
        assert changes == [("put", len(files))], changes
        assert len(corpus) == len(files) and corpus.check() == []
        assert {info.source for info in corpus.infos()} == {path.name for path in files}
    assert {one and one["state"] for one in results} == {"已入库"}


def test_a_folder_of_a_process_that_ended_is_deleted(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f"uploads.{ended.pid}"
    left.mkdir()
    (left / "甲.txt").write_text("x")
    assert folder_of_process(tmp_path) == tmp_path / f"uploads.{os.getpid()}" and not left.exists()


def test_a_library_in_a_folder_keeps_its_own_queue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ui.cli import main

    assert main(["--library", str(tmp_path), "work", "--once"]) == 2
    assert "cemai serve" in capsys.readouterr().err
    with open_plain(tmp_path) as library:
        assert desk_of(library).metrics is None
