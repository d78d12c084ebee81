"""One state an answer: whatever is replaced or removed meanwhile, nothing fails and no answer mixes two states."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.corrections import Correction
from corpus.errors import UnknownDocument
from corpus.store import Corpus
from ui.desk.answer_queue import AnswerQueue
from ui.desk.desk import Desk, desk_of
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.rest.app import mount_api

SECONDS = 30.0 if os.environ.get("CEMAI_FAULTS") == "long" else 5.0
"""How long readers ask beside a writer: 5 in the tests, 30 by ``make test-faults``."""
SUBJECTS = ("供水", "校车", "河道", "水窖", "林长", "医保", "托育", "环卫")
NOTICE = """云岫县人民政府关于{0}管理的通知（第{1}版）
云政发〔2024〕{2}号
2024年3月5日
一、总体目标
到2025年，{0}达标率达到{3}%以上。
二、重点任务
（一）加强{0}管理。做好{0}日常巡查，第{1}次修订。（责任单位：县{0}局）
"""


def write(folder: Path, number: int, version: int) -> Path:
    path = folder / f"{SUBJECTS[number]}.txt"
    path.write_text(NOTICE.format(SUBJECTS[number], version, number + 1, 50 + version % 50), encoding="utf-8")
    return path


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    with Library.open(tmp_path / "lib") as library:
        library.ingest([write(tmp_path, number, 0) for number in range(len(SUBJECTS))])
    return tmp_path


class Writer(threading.Thread):
    """Replaces, removes and restores documents over and over; knows which there were at each generation."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self.stop = threading.Event()
        self.changes = 0
        self.errors: list[str] = []
        self.generations: list[int] = []
        self.ids: list[frozenset[str]] = []

    def run(self) -> None:
        try:
            with Library.open(self._folder / "lib") as library:
                self._note(library)
                while not self.stop.is_set():
                    number = self.changes % len(SUBJECTS)
                    if self.changes % 5 == 4:
                        library.remove(f"{SUBJECTS[number]}.txt")
                        self._note(library)
                        library.restore(f"{SUBJECTS[number]}.txt")
                    else:
                        library.ingest([write(self._folder, number, self.changes + 1)])
                    self._note(library)
                    self.changes += 1
        except Exception as error:
            self.errors.append(repr(error))

    def _note(self, library: Library) -> None:
        self.ids.append(frozenset(info.id for info in library.documents()))
        self.generations.append(library.generation)

    def fits(self, generation: int, found: set[str]) -> bool:
        """Whether documents were all there at a generation; of one amid a change it is that before or after."""
        at = bisect_right(self.generations, generation)
        return any(found <= self.ids[i] for i in (at - 1, at) if 0 <= i < len(self.ids))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_nothing_fails_beside_a_writer_and_nothing_is_of_two_states(notices: Path, workers: int) -> None:
    with Library.open(notices / "lib") as library:
        desk = desk_of(library, workers)
        if desk.pool is not None:
            desk.pool.start()
        app = FastAPI()
        mount_api(app, desk, Imports(desk))
        app.add_middleware(RequestGate, hosts=("testserver",))
        client = TestClient(app, raise_server_exceptions=False)
        for subject in SUBJECTS[:2]:
            assert client.get("/api/v1/ask", params={"question": f"{subject}达标率的目标是多少？"}).status_code == 200
        writer = Writer(notices)
        made: list[tuple[str, int, Any]] = []
        calls = (
            "ask?question={0}达标率的目标是多少？", "ask?question=谁负责{0}管理？", "ask?question=哪些文件提到管理？", "compare?subject={0}管理",
            "search?query={0}巡查", "tasks?unit=县{0}局", "targets", "facts/tasks", "documents", "documents/{0}.txt", "documents/{0}.txt/text",
            "documents/{0}.txt/original", "graph?node=县{0}局", "graph/units", "graph/indicators?words=达标率", "study/brief?unit=县{0}局",
            "study/paper?number=5", "doubts", "graph/lineage?document={0}.txt", "facts?family=达标率", "documents/{0}.txt/history",
        )  # fmt: skip

        def read(first: int) -> None:
            number = first
            while not writer.stop.is_set():
                path = calls[number % len(calls)].format(SUBJECTS[number // len(calls) % len(SUBJECTS)])
                got = client.get(f"/api/v1/{path}")
                kind = got.headers.get("content-type", "")
                made.append((path, got.status_code, got.json() if "json" in kind else None))
                number += 1

        readers = [threading.Thread(target=read, args=(first,), daemon=True) for first in (0, 7, 14)]
        writer.start()
        for reader in readers:
            reader.start()
        time.sleep(SECONDS)
        writer.stop.set()
        for thread in (*readers, writer):
            thread.join(60)
        desk.close()
    # of a document that was removed for a moment nothing can be had; everything else is always answered
    gone = ("documents/", "graph?", "graph/lineage", "study/")
    failed = Counter(
        (path, status) for path, status, _ in made if status != 200 and not (status in (400, 404) and path.startswith(gone))
    )
    assert not failed and not writer.errors
    assert writer.changes >= 3 and len(made) >= 20
    mixed = [
        (path, said["generation"])
        for path, _, said in made
        if isinstance(said, dict)
        and "generation" in said
        and (ids := _documents(said))
        and not writer.fits(said["generation"], ids)
    ]
    assert not mixed
    print(f"{workers} workers: {len(made)} calls beside {writer.changes} changes")


def _documents(said: dict[str, Any]) -> set[str]:
    return {place["source_id"] for name in ("hits", "citations") for place in said.get(name, ()) if "source_id" in place}


def test_a_state_holds_while_others_write(notices: Path) -> None:
    with Library.open(notices / "lib") as library, Library.open(notices / "lib") as other:
        desk = desk_of(library)
        with desk.state() as generation:
            before = {entry.info.id for entry in desk.entries()}
            other.ingest([write(notices, 0, 7)])
            with desk.state() as inner:
                assert inner == generation
            after = {entry.info.id for entry in desk.entries()}
            assert after == before and all(desk.document(id).text for id in before)
        assert {entry.info.id for entry in desk.entries()} != before
        desk.close()


def test_changes_may_read_through_the_desk(notices: Path) -> None:
    with Library.open(notices / "lib") as library:
        desk = Desk(library)

        def work(changed: Library) -> tuple[int, Correction]:
            made = changed.correct("供水.txt", "title", "云岫县供水办法")
            return len(desk.entries()), made

        assert desk.change(work)[0] == len(SUBJECTS)
        assert any(entry.info.head.title == "云岫县供水办法" for entry in desk.entries())


def test_the_indexes_follow_a_change_without_a_question(notices: Path) -> None:
    with Library.open(notices / "lib") as library:
        desk = desk_of(library)
        for number in (0, 1):
            source = f"{SUBJECTS[number]}.txt"
            desk.change(lambda writer, source=source: writer.remove(source))
            with Library.open(notices / "lib", read_only=True) as reader:  # one that may not bring them up itself

                def follows(reader: Library = reader) -> bool:
                    reader.searcher.refresh()
                    return reader.searcher.generation == reader.generation

                wait_for(follows)
        desk.close()


def test_whoever_asks_does_not_wait_for_whoever_writes(notices: Path) -> None:
    with Library.open(notices / "lib") as library, Library.open(notices / "lib") as other:
        desk = desk_of(library)
        desk.ask("供水达标率的目标是多少？", keep=False)  # models and indexes are read
        with other.corpus.transaction():
            started = time.monotonic()
            answer = desk.ask("校车达标率的目标是多少？")
            assert time.monotonic() - started < 3.0 and desk.answer(answer.id) is answer
            assert library.answers() == []
        wait_for(lambda: [kept.id for kept in library.answers()] == [answer.id])
        again = desk.ask("河道达标率的目标是多少？")
        assert desk.change(lambda changed: changed.feedback(again.id, "right")).id == again.id, (
            "a change finds what was asked before"
        )
        desk.ask("水窖达标率的目标是多少？")
        desk.close()
        assert len(library.answers()) == 3, "the end of the server keeps what waits"


def test_one_answer_that_cannot_be_kept_does_not_end_the_others(notices: Path) -> None:
    with Library.open(notices / "lib") as library:
        queue = AnswerQueue(lambda: Corpus.open(notices / "lib"))
        queue.put("a", {"status": object()})
        queue.put("b", {"status": "\ud800"})
        assert queue.flush(60)
        assert [(kept.id, kept.payload) for kept in library.answers()] == [("b", {"status": "?"})]
        queue.close()


def test_what_is_gone_is_still_unknown(notices: Path) -> None:
    with Library.open(notices / "lib") as library:
        desk = desk_of(library)
        with pytest.raises(UnknownDocument):
            desk.document("没有这份.txt")
        assert desk.entry("没有这份.txt") is None
        desk.close()


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not what() and time.monotonic() < until:
        time.sleep(0.02)
    assert what()
