"""Batches: every line is answered or says why not, whatever the lines beside it are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.engine import Engine
from ui.cli import main

NOTICE = """云岫县水务局关于做好水质检测工作的通知
云水发〔2024〕2号
各乡镇水管站：
每月检测一次饮用水水质，结果向村民公开。
云岫县水务局
2024年4月1日
"""

GOOD = '{"_id": "好", "text": "饮用水水质检测有什么要求？"}'

BROKEN = [
    ("{坏行", None, "不是 JSON"),
    ('["水质"]', None, "不是一个对象"),
    ('"水质"', None, "不是一个对象"),
    ("null", None, "不是一个对象"),
    ('{"_id": "n1"}', "n1", "没有问题"),
    ('{"_id": "n2", "text": 7}', "n2", "没有问题"),
    ('{"_id": "n3", "text": ["水质"]}', "n3", "没有问题"),
    ('{"_id": "n4", "text": ' + "9" * 5_000 + "}", None, "不是能读的 JSON"),
    ("[" * 100_000, None, "不是能读的 JSON"),
]
"""A line, the id that can be read from it, what its message says."""


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    options = ["--library", str(tmp_path / "库")]
    assert main([*options, "ingest", str(tmp_path / "通知.txt")]) == 0
    capsys.readouterr()
    return options


def run(library: list[str], verb: str, lines: list[str] | bytes, folder: Path) -> tuple[int, list[dict[str, Any]]]:
    source, out = folder / "q.jsonl", folder / f"{verb}.jsonl"
    source.write_bytes(lines if isinstance(lines, bytes) else "\n".join(lines).encode())
    status = main([*library, verb, "--batch", str(source), "--out", str(out)])
    return status, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("verb", ["ask", "search"])
def test_broken_lines_leave_the_others_alone(library: list[str], verb: str, tmp_path: Path) -> None:
    lines = [line for broken, _, _ in BROKEN for line in (broken, GOOD)]
    status, records = run(library, verb, lines, tmp_path)
    key = "id" if verb == "ask" else "_id"
    assert status == 3
    assert len(records) == len(lines)
    for number, ((_, id, says), record) in enumerate(zip(BROKEN, records[::2], strict=True)):
        assert record[key] == id and record["status"] == "error"
        assert record["error"].startswith(f"第 {2 * number + 1} 行：") and says in record["error"]
    for record in records[1::2]:
        assert record[key] == "好" and "error" not in record
        assert record["status"] == "answered" if verb == "ask" else record["hits"]


@pytest.mark.parametrize("verb", ["ask", "search"])
def test_a_question_that_breaks_the_program_ends_nothing(
    library: list[str], verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from index.searcher import Searcher

    owner = Engine if verb == "ask" else Searcher
    plain = getattr(owner, verb)

    def breaking(self: object, question: str, **options: Any) -> Any:
        if "炸" in question:
            raise IndexError("list index out of range")
        return plain(self, question, **options)

    monkeypatch.setattr(owner, verb, breaking)
    status, records = run(library, verb, [GOOD, '{"_id": "坏", "text": "炸"}', GOOD], tmp_path)
    assert status == 3
    assert [record.get("status") == "error" for record in records] == [False, True, False]
    assert records[1]["id" if verb == "ask" else "_id"] == "坏"
    assert "第 2 行" in records[1]["error"] and "程序内部出错" in records[1]["error"]
    assert any(r.exc_info and r.name == "cemai.batch" for r in caplog.records)


def test_lines_that_are_no_utf8_and_halves_of_characters(library: list[str], tmp_path: Path) -> None:
    lines = (
        b"\xef\xbb\xbf"
        + GOOD.encode()
        + b'\n{"_id": "g", "text": "'
        + "水质".encode("gb18030")
        + b'"}\n\n{"_id": "s", "text": "\\ud83d"}\n'
    )
    status, records = run(library, "ask", lines, tmp_path)
    assert status == 3
    assert [record["status"] for record in records] == ["answered", "error", "not_found"]
    assert "UTF-8" in records[1]["error"]


def test_a_whole_batch_without_faults_is_done(library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, records = run(library, "ask", [GOOD, "", GOOD], tmp_path)
    assert status == 0 and [record["id"] for record in records] == ["好", "好"]
    assert "没有答成" not in capsys.readouterr().err


def test_a_line_may_go_on_about_one_before_it(library: list[str], tmp_path: Path) -> None:
    by_id, by_text = (
        '{"id": "b", "question": "谁负责", "after": "a"}',
        '{"id": "c", "question": "谁负责", "after": ["水质检测有什么要求"]}',
    )
    first = '{"id": "a", "question": "水质检测有什么要求"}'
    status, records = run(library, "ask", [first, by_id, by_text, '{"id": "d", "question": "谁负责"}'], tmp_path)
    assert status == 0
    assert records[1]["follow_up"] == records[2]["follow_up"] and "水质检测" in records[1]["follow_up"]["question"]
    assert records[0]["follow_up"] is None and records[3]["follow_up"] is None


def test_the_log_is_on_stderr_and_results_may_go_to_stdout(
    library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "q.jsonl"
    source.write_text(f"{GOOD}\n{{坏行\n", encoding="utf-8")
    assert main([*library, "ask", "--batch", str(source), "--out", "-"]) == 3
    told = capsys.readouterr()
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == ["好", None]
    assert "2 行中有 1 行没有答成" in told.err
