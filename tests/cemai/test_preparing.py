"""Records prepared by other processes: the same as in this one, in order, whatever becomes of the processes."""

import json
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cemai import preparing
from cemai.library import Library
from corpus.errors import RefusedInput
from ingest.worker import SafeReader

RECORDS = [
    {"_id": f"r{i}", "title": f"某县第{i}号方案", "text": f"一、主要任务\n（一）由县财政局牵头，到2025年建成{i}个示范点。"}
    for i in range(7)
]
RECORDS[3] = {"_id": "r3", "title": "空", "text": "  "}


Found = Iterable[tuple[preparing.Record, preparing.Prepared | RefusedInput]]


def _plain(found: Found) -> list[tuple[preparing.Record, Any]]:
    return [(record, str(one) if isinstance(one, RefusedInput) else one) for record, one in found]


@pytest.fixture
def two_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 2)
    monkeypatch.setattr(preparing, "count_helpers", lambda size: 2)


@pytest.mark.usefixtures("two_helpers")
def test_helpers_give_what_this_process_would() -> None:
    found = _plain(preparing.prepare_records(iter(RECORDS), "r.jsonl", 0))
    assert found == [
        (record, one)
        for record in RECORDS
        for _, one in _plain([(record, preparing._read(record, "r.jsonl", None, SafeReader()))])
    ]
    assert "没有文字内容" in found[3][1]
    assert all(one.passages for i, (_, one) in enumerate(found) if i != 3)


@pytest.mark.parametrize("helpers", [0, 2])
def test_the_region_that_was_given_is_the_records(monkeypatch: pytest.MonkeyPatch, helpers: int) -> None:
    monkeypatch.setattr(preparing, "count_helpers", lambda size: helpers)
    found = preparing.prepare_records(iter(RECORDS[:2]), "r.jsonl", 0, "甘南州")
    assert [one.doc.head.region for _, one in found if isinstance(one, preparing.Prepared)] == ["甘肃省甘南藏族自治州"] * 2


@pytest.mark.usefixtures("two_helpers")
def test_the_work_of_a_helper_that_was_killed_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    enter = preparing._Helper.__enter__

    def noted(helper: preparing._Helper) -> preparing._Helper:
        entered = enter(helper)
        assert entered._process is not None and entered._process.pid is not None
        started.append(entered._process.pid)
        return entered

    monkeypatch.setattr(preparing._Helper, "__enter__", noted)
    found = []
    for one in preparing.prepare_records(iter(RECORDS), "r.jsonl", 0):
        found.append(one)
        if len(found) == 1:
            os.kill(started[1], signal.SIGTERM)
    assert [record["_id"] for record, _ in found] == [record["_id"] for record in RECORDS]
    assert [isinstance(one, RefusedInput) for _, one in found] == [i == 3 for i in range(7)]


def test_small_files_and_single_cores_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    cores = {0}
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: cores, raising=False)
    assert preparing.count_helpers(1 << 30) == 0
    cores.update(range(16))
    assert preparing.count_helpers(preparing.MANY - 1) == 0
    assert preparing.count_helpers(preparing.MANY) == preparing.MOST_HELPERS


@pytest.mark.slow
@pytest.mark.usefixtures("two_helpers")
def test_an_import_is_taken_up_where_it_stopped_without_reading_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "r.jsonl"
    lines = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
    file.write_text("\n".join(lines[:5]), encoding="utf-8")
    with Library.open(tmp_path / "library") as library:
        first = library.ingest([file])
        assert first.added == ["r0", "r1", "r2", "r4"]
        assert [refusal.reason for refusal in first.refused] == ["empty"]
        file.write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.setattr(preparing, "count_helpers", lambda size: 0)
        read: list[str] = []
        one_record = preparing._read

        def noted(record: preparing.Record, *rest: Any) -> preparing.Prepared | RefusedInput:
            read.append(record["_id"])
            return one_record(record, *rest)

        monkeypatch.setattr(preparing, "_read", noted)
        second = library.ingest([file])
        assert (second.added, second.unchanged, read) == (["r5", "r6"], first.added, ["r3", "r5", "r6"])
        assert len(library.corpus) == 6


def _texts(folder: Path) -> None:
    """Files of all fates: read, the same bytes twice, broken, a name that becomes another's, and records."""
    for name, text in {
        "甲.txt": "某县方案\n一、主要任务\n（一）由县财政局牵头，到2025年建成3个示范点。",
        "乙.txt": "某县方案\n一、主要任务\n（一）由县财政局牵头，到2025年建成3个示范点。",
        "丙.html": "<html><body><p>某县通知</p><p>一、到2026年，绿化率达到40%以上。</p></body></html>",
        "坏.pdf": "%PDF-1.7 nothing",
        "子/丁.txt": "某市办法\n第一条　市卫生健康委负责监督。\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    lines = (json.dumps(record, ensure_ascii=False) for record in RECORDS[:3])
    (folder / "中.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.slow
def test_files_read_ahead_are_stored_as_files_read_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    first, second = tmp_path / "一", tmp_path / "二"
    _texts(first)
    _texts(second)
    (second / "乙.txt").write_text("另一份方案\n一、到2027年建成5个示范点。", encoding="utf-8")
    for helpers in (0, 2):
        monkeypatch.setattr("cemai.library.count_helpers", lambda size, many, helpers=helpers: helpers)
        with Library.open(tmp_path / str(helpers)) as library:
            reports = [library.ingest([folder]).record() for folder in (first, second)]
            seals = library.corpus._db.execute("SELECT row, id, source, row_hash, seal FROM documents ORDER BY row").fetchall()
        found.append((reports, seals))
    assert found[0] == found[1]
    (report, later), seals = found[1]
    assert [refusal["reason"] for refusal in report["refused"]] == ["broken"]
    assert len(report["unchanged"]) == 1 and later["added"] == ["二/乙.txt"] and len(seals) == 7


@pytest.mark.slow
def test_a_helper_that_was_killed_refuses_its_file_and_reads_the_next() -> None:
    text = "某县方案\n一、到2025年建成3个示范点。".encode()
    with preparing.FileHelpers(1) as helpers:
        whole = helpers.begin(text, "甲.txt", None, False).result()
        assert whole == preparing.prepare(whole.doc)
        (reader,) = helpers._readers
        long = helpers.begin(text + "各乡镇要落实责任。\n".encode() * 200_000, "长.txt", None, False)
        time.sleep(0.3)
        reader.interrupt()
        with pytest.raises(RefusedInput) as caught:
            long.result()
        assert caught.value.reason == "crash"
        assert helpers.begin(text, "甲.txt", None, False).result() == whole
        reader._derive = None  # what the child cannot derive is derived here
        reader.close()
        assert helpers.begin(text, "甲.txt", None, False).result() == whole


@pytest.mark.slow
def test_an_import_that_is_broken_off_leaves_no_helper_behind() -> None:
    text = ("某县方案\n" + "一、到2025年建成3个示范点。\n" * 200_000).encode()
    with pytest.raises(KeyboardInterrupt), preparing.FileHelpers(2) as helpers:
        for name in ("甲.txt", "乙.txt", "丙.txt"):
            helpers.begin(text, name, None, False)
        while not all(reader.pid for reader in helpers._readers):
            time.sleep(0.05)
        started = [reader.pid for reader in helpers._readers]
        raise KeyboardInterrupt
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid or 0, 0)


@pytest.mark.parametrize("helpers", [0, 2])
def test_one_record_never_ends_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, helpers: int) -> None:
    """Odd fields, a record at which the program fails: each is told of, all others go in."""
    monkeypatch.setattr(preparing, "CHUNK", 2)
    monkeypatch.setattr(preparing, "count_helpers", lambda size: helpers)
    odd = [
        {"_id": "half", "text": "一、做好工作。", "issuers": "\ud800", "doc_number": "\udfff", "title": "\ud800"},
        {"_id": "deep", "text": "一、做好工作。", "metadata": json.loads('{"a":' * 300 + "1" + "}" * 300)},
        {
            "_id": "dates",
            "text": "一、做好工作。",
            "issued_on": "9999-99-99",
            "effective_on": "２０２４年１３月",
            "status": {"a": []},
        },
        {"_id": "\ud800", "text": "一、做好工作。"},
    ]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in [*RECORDS, *odd]), encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        store = library._store

        def failing(batch: Any, writing: Any) -> None:
            if any(entry.prepared.doc.id == "r5" for entry in batch):
                raise ValueError("a defect")
            store(batch, writing)

        monkeypatch.setattr(library, "_store", failing)
        report = library.ingest([path])
        refused = {(found.source, found.reason) for found in report.refused}
        assert refused == {("r.jsonl#11", "record"), ("r.jsonl", "empty"), ("r5", "broken")}
        assert {info.id for info in library.documents()} == {"r0", "r1", "r2", "r4", "r6", "half", "deep", "dates"}


def test_one_file_never_ends_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("甲", "乙", "丙"):
        (tmp_path / f"{name}.txt").write_text(f"{name}县管理办法\n第一条 {name}县加强管理。\n", encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        place = library._place

        def failing(source: str, origin: str) -> Any:
            if source.startswith("乙"):
                raise ValueError("a defect")
            return place(source, origin)

        monkeypatch.setattr(library, "_place", failing)
        report = library.ingest([tmp_path / f"{name}.txt" for name in ("甲", "乙", "丙")])
        assert sorted(report.added) == ["丙.txt", "甲.txt"] and "乙.txt" not in report.ids
        assert [(found.source, found.reason) for found in report.refused] == [("乙.txt", "broken")]
