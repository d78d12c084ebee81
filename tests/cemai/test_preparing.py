"""Records prepared by other processes: the same as in this one, in order, whatever becomes of the processes."""

import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cemai import preparing
from cemai.library import Library
from corpus.errors import RefusedInput

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
        (record, one) for record in RECORDS for _, one in _plain([(record, preparing._read(record, "r.jsonl", None))])
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

        def noted(record: preparing.Record, source: str, region: str | None) -> preparing.Prepared | RefusedInput:
            read.append(record["_id"])
            return one_record(record, source, region)

        monkeypatch.setattr(preparing, "_read", noted)
        second = library.ingest([file])
        assert (second.added, second.unchanged, read) == (["r5", "r6"], first.added, ["r3", "r5", "r6"])
        assert len(library.corpus) == 6
