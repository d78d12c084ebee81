"""Worker processes: the same answers as in one process, each of one state; a worker that dies is replaced, none is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.errors import PolicyError, StoreError, UsageError
from corpus.filters import Filters
from ingest.formats.contents import extension
from ingest.formats.registry import ENDINGS
from ui.desk import pool as pools
from ui.desk.desk import Desk, desk_of
from ui.desk.imports import Imports
from ui.desk.pool import NoWorkerError, WorkerDiedError, WorkerPool
from ui.desk.worker import Call, Outcome, answer_call
from ui.rest.app import mount_api

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
QUESTIONS = (
    "过渡期医保资助政策",
    "易地扶贫搬迁后续扶持由谁负责？",
    "什么是“四个不摘”？",
    "到2025年的目标是多少？",
    "医疗保障有哪些政策规定？",
    "大兴安岭地区的实施方案有什么要求？",
    "火星基地建设补贴是多少？",
)
SUBJECTS = ("医疗保障", "产业发展")
NOTICE = "云岫县{0}管理办法\n云岫县人民政府\n2024年3月5日\n第一条 {0}由{1}部门管理。\n第二条 {0}每年检查一次。\n"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "lib"
    with resources.as_file(resources.files("corpus").joinpath("samples")) as held, Library.open(folder) as library:
        library.ingest(sorted(path for path in held.iterdir() if extension(path.name) in ENDINGS))
    return folder


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    for name, unit in (("水窖", "水利"), ("校车", "交通")):
        (tmp_path / f"{name}.txt").write_text(NOTICE.format(name, unit), encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest(sorted(tmp_path.glob("*.txt")))
    return tmp_path / "lib"


@contextmanager
def desk_over(folder: Path, workers: int) -> Iterator[Desk]:
    with Library.open(folder) as library:
        desk = desk_of(library, workers)
        if desk.pool is not None:
            desk.pool.start()
        try:
            yield desk
        finally:
            desk.close()


def pool_of(desk: Desk) -> WorkerPool:
    assert desk.pool is not None
    return desk.pool


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what() and time.monotonic() < until:
        time.sleep(0.02)
    assert what()


def runs(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def everything(folder: Path, workers: int) -> list[Any]:
    """What REST says to all questions, with the words searched for and the subjects compared."""
    with desk_over(folder, workers) as desk:
        app = FastAPI()
        mount_api(app, desk, Imports(desk))
        client = TestClient(app)
        found: list[Any] = []
        for question in QUESTIONS:
            found.append(client.get("/api/v1/ask", params={"question": question, "as_of": "2026-01-02"}).json())
            found.append(client.get("/api/v1/answers/" + found[-1]["id"]).json())
            found.append(client.get("/api/v1/search", params={"query": question, "top": 5, "region": "甘肃省"}).json())
        follow_up = {"question": "那甘南州呢", "after": ["黔南州过渡期医保资助政策"], "as_of": "2026-01-02"}
        found.append(client.get("/api/v1/ask", params=follow_up).json())
        for subject in SUBJECTS:
            found.append(client.get("/api/v1/compare", params={"subject": subject, "as_of": "2026-01-02"}).json())
        found.append(client.get("/api/v1/search", params={"query": "医保", "status": "没有这种"}).json())
        if desk.pool is not None:
            assert desk.library._engine is None, "a question was answered in the process that serves"
        return found


@pytest.mark.slow
def test_json_is_the_same_with_and_without_workers(samples: Path) -> None:
    alone, shared = everything(samples, 0), everything(samples, 2)
    assert sum(one.get("status") == "answered" for one in alone) >= 6
    assert shared == alone


@pytest.mark.slow
def test_an_error_for_people_comes_as_what_it_is(notices: Path) -> None:
    with desk_over(notices, 2) as desk:
        with pytest.raises(UsageError, match="时效"):
            desk.search("水窖", filters=Filters(status="没有这种"))
        assert desk.search("水窖")[0].title == "云岫县水窖管理办法"


@pytest.mark.slow
def test_a_follow_up_goes_on_from_what_another_worker_understood(samples: Path) -> None:
    with desk_over(samples, 2) as desk, Library.open(samples) as library:
        first = desk.ask("黔南州过渡期医保资助政策")
        second = desk.ask("那甘南州呢", previous=first.understood)
        alone = library.ask("那甘南州呢", previous=library.ask("黔南州过渡期医保资助政策", keep=False).understood, keep=False)
        assert second.record() == alone.record()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="stops processes by signals")
def test_a_worker_that_dies_is_replaced_and_its_call_made_again(notices: Path) -> None:
    with desk_over(notices, 1) as desk:
        pool = pool_of(desk)
        wait_for(lambda: pool.ready == 1)
        (pid,) = pool.pids
        os.kill(pid, signal.SIGSTOP)  # in the midst of the call
        found: list[Any] = []
        asking = threading.Thread(target=lambda: found.append(desk.search("校车")))
        asking.start()
        wait_for(lambda: pool.ready == 0)
        os.kill(pid, signal.SIGKILL)
        asking.join(PATIENCE)
        assert found[0][0].title == "云岫县校车管理办法"
        assert pool.pids != [pid] and not runs(pid)
        os.kill(pool.pids[0], signal.SIGKILL)  # while idle
        assert desk.search("水窖")[0].title == "云岫县水窖管理办法"


@pytest.mark.slow
def test_a_call_that_ends_two_workers_is_not_made_again(notices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Call] = []

    def die(_: Any, call: Call) -> Any:
        made.append(call)
        raise WorkerDiedError

    with desk_over(notices, 2) as desk:
        wait_for(lambda: pool_of(desk).ready == 2)
        monkeypatch.setattr(pools.WorkerProcess, "call", die)
        with pytest.raises(PolicyError, match="两次意外退出"):
            desk.search("水窖")
        assert len(made) == 2 and desk.library._searcher is None


@pytest.mark.slow
def test_a_call_that_takes_too_long_is_ended(notices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_over(notices, 1) as desk:
        wait_for(lambda: pool_of(desk).ready == 1)
        (pid,) = pool_of(desk).pids
        monkeypatch.setattr(pools, "LONGEST", 0.0)
        with pytest.raises(PolicyError, match="没有答完"):
            desk.search("水窖")
        monkeypatch.setattr(pools, "LONGEST", PATIENCE)
        assert desk.search("水窖")[0].title == "云岫县水窖管理办法" and pool_of(desk).pids != [pid]


@pytest.mark.slow
def test_where_no_worker_comes_up_this_process_answers(notices: Path) -> None:
    with Library.open(notices) as library:
        desk = Desk(library)
        desk.pool = WorkerPool(notices / "nowhere", None, 2, desk.catch_up)
        desk.pool.start()
        assert desk.search("校车")[0].title == "云岫县校车管理办法"
        assert desk.pool.pids == []
        with pytest.raises(NoWorkerError):
            desk.pool.call("search", {"query": "校车"})
        desk.close()


@pytest.mark.slow
def test_a_change_is_seen_by_the_next_call_of_every_worker(notices: Path, tmp_path: Path) -> None:
    with desk_over(notices, 2) as desk:
        pool = pool_of(desk)
        wait_for(lambda: pool.ready == 2)
        (tmp_path / "茶园.txt").write_text(NOTICE.format("茶园", "农业"), encoding="utf-8")
        desk.change(lambda library: library.ingest([tmp_path / "茶园.txt"]))
        held = pool._take()  # so that the other one is asked
        first = pool.call("search", {"query": "茶园"})
        other = pool._take()
        pool._give_back(held)
        second = pool.call("search", {"query": "茶园"})
        pool._give_back(other)
        for reply in (first, second):
            assert reply.generation == desk.generation and reply.value[0].title == "云岫县茶园管理办法"


@pytest.mark.slow
def test_every_answer_is_of_one_state_while_the_library_changes(notices: Path, tmp_path: Path) -> None:
    """One notice comes and goes: whether it is found must fit the generation of the answer, for all that is asked meanwhile."""
    path = tmp_path / "茶园.txt"
    path.write_text(NOTICE.format("茶园", "农业"), encoding="utf-8")
    replies: list[tuple[int, bool]] = []
    faults: list[BaseException] = []
    stop = threading.Event()
    with desk_over(notices, 2) as desk:
        there = {desk.generation: False}
        pool = pool_of(desk)
        wait_for(lambda: pool.ready == 2)

        def keep_asking() -> None:
            try:
                while not stop.is_set():
                    with suppress(NoWorkerError):
                        search = pool.call("search", {"query": "茶园每年检查几次"})
                        replies.append((search.generation, any("茶园" in hit.text for hit in search.value)))
                        answer = pool.call("ask", {"question": "茶园由哪个部门管理？", "keep": False})
                        replies.append((answer.generation, any("茶园" in cited.quote for cited in answer.value.citations)))
                        assert answer.value.generation == answer.generation
            except BaseException as error:
                faults.append(error)

        asking = [threading.Thread(target=keep_asking) for _ in range(2)]
        for thread in asking:
            thread.start()
        for turn in range(12):
            if turn % 2:
                desk.change(lambda library: library.remove("茶园.txt"))
            else:
                desk.change(lambda library: library.ingest([path]))
            there[desk.generation] = not turn % 2
            time.sleep(0.05 * (turn % 4))
        patient = time.monotonic() + PATIENCE  # a busy machine answers more slowly
        while len(replies) <= 10 and time.monotonic() < patient:
            time.sleep(0.05)
        stop.set()
        for thread in asking:
            thread.join(PATIENCE)
    assert faults == []
    assert len(replies) > 10 and len({generation for generation, _ in replies}) > 2
    # an import is a change of documents and of settings: what lies between is as before it
    known = sorted(there)
    for generation, found in replies:
        assert found == there[max(one for one in known if one <= generation)]


def test_what_is_opened_for_reading_writes_nothing(notices: Path) -> None:
    with Library.open(notices, read_only=True, create=False) as reading, Library.open(notices) as writing:
        with pytest.raises(StoreError):
            reading.remove("水窖.txt")
        with reading.corpus.snapshot() as generation:
            writing.remove("水窖.txt")
            assert (reading.generation, len(reading.corpus)) == (generation, 2)
            assert writing.generation > generation
        assert len(reading.corpus) == 1
        behind = answer_call(reading, Call("search", {"query": "水窖"}))
        assert (behind.outcome, behind.generation) == (Outcome.BEHIND, writing.generation)
        writing.searcher.refresh()
        found = answer_call(reading, Call("search", {"query": "水窖"}))
        assert found.outcome is Outcome.DONE and not any("水窖" in hit.text for hit in found.value)
        assert answer_call(reading, Call("remove", {"name": "校车.txt"})).outcome is Outcome.FAILED
        assert len(writing.corpus) == 1


@contextmanager
def server_over(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui", "serve", "--library", str(folder), "--port", str(port), *options]
    environment = {**os.environ, "CEMAI_ITEM_ENCODER": "0"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process, f"http://127.0.0.1:{port}/api/v1"
    finally:
        process.kill()
        process.wait(PATIENCE)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def workers_ready(address: str) -> int:
    try:
        return int(httpx.get(f"{address}/health", timeout=PATIENCE).json()["workers"]["ready"])
    except httpx.HTTPError:
        return 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks the processes up in /proc")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_server_that_ends_leaves_no_process(notices: Path, end: signal.Signals) -> None:
    with server_over(notices, "--workers", "2") as (process, address):
        wait_for(lambda: workers_ready(address) == 2)
        answer = httpx.get(f"{address}/ask", params={"question": "校车由哪个部门管理？"}, timeout=PATIENCE).json()
        assert "交通部门" in answer["answer"]
        pids = children(process.pid)
        assert len(pids) >= 2
        process.send_signal(end)
        process.wait(PATIENCE)
        wait_for(lambda: not any(map(runs, pids)))
