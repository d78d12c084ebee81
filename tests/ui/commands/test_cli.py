"""The command line as other programs use it: exit status, JSON, messages."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from ui.cli import main

LETTER = """临河县人民政府办公室关于印发临河县农村供水提升方案的通知
临政办发〔2024〕7号
各乡镇人民政府：
现将《临河县农村供水提升方案》印发给你们，请认真贯彻执行。
临河县人民政府办公室
2024年3月5日
临河县农村供水提升方案
一、重点任务
（一）改造老旧管网。更换老化供水管道，到2025年农村自来水普及率达到95%以上。（责任单位：县水务局、县财政局，各乡镇人民政府）
（二）加强水质检测。每月检测一次，结果向村民公开。（责任单位：县卫生健康局、县水务局）
"""


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    (tmp_path / "公文 2024").mkdir()
    (tmp_path / "公文 2024" / "供水方案.txt").write_text(LETTER, encoding="utf-8")
    options = ["--library", str(tmp_path / "库")]
    assert main([*options, "ingest", str(tmp_path / "公文 2024")]) == 0
    capsys.readouterr()
    return options


def run_json(capsys: pytest.CaptureFixture[str], *argv: str) -> object:
    capsys.readouterr()
    assert main(list(argv)) == 0
    return json.loads(capsys.readouterr().out)


def test_search_returns_hits_that_quote_the_document(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    hits = run_json(capsys, *library, "search", "自来水普及率", "--json")
    assert isinstance(hits, list) and hits
    assert set(hits[0]) >= {"source_id", "source", "title", "section_path", "text", "start", "end", "page", "score"}
    assert LETTER[hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]


def test_ask_answers_with_quotes(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    answer = run_json(capsys, *library, "ask", "农村自来水普及率要达到多少？", "--json")
    assert isinstance(answer, dict)
    assert answer["status"] == "answered" and "95%" in answer["answer"]
    assert all(LETTER[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])


def test_what_the_documents_do_not_say_is_not_found(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*library, "ask", "火星基地的建设资金有多少亿元？", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "not_found" and not answer["citations"]


def test_tasks_of_a_unit_are_complete(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    tasks = run_json(capsys, *library, "tasks", "--unit", "县水务局", "--json")
    assert isinstance(tasks, list)
    assert [t["name"] for t in tasks] == ["改造老旧管网", "加强水质检测"]
    assert tasks[0]["responsible_units"] == ["县水务局", "县财政局", "各乡镇人民政府"]


def test_export_has_a_file_of_each_kind(library: list[str], tmp_path: Path) -> None:
    assert main([*library, "export", str(tmp_path / "out")]) == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"documents.json", "sections.json", "tasks.json", "targets.json", "provisions.json", "terms.json"}
    documents = json.loads((tmp_path / "out" / "documents.json").read_text(encoding="utf-8"))
    assert documents[0]["doc_number"] == "临政办发〔2024〕7号" and documents[0]["issued_on"] == "2024-03-05"


def test_unchanged_is_skipped_and_changed_is_replaced(
    library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "公文 2024")
    report = run_json(capsys, *library, "ingest", folder, "--json")
    assert isinstance(report, dict) and report["unchanged"] == ["供水方案.txt"]
    (tmp_path / "公文 2024" / "供水方案.txt").write_text(LETTER.replace("95%", "97%"), encoding="utf-8")
    report = run_json(capsys, *library, "ingest", folder, "--json")
    assert isinstance(report, dict) and report["replaced"] == ["供水方案.txt"]
    documents = run_json(capsys, *library, "docs", "list", "--json")
    assert isinstance(documents, list) and len(documents) == 1
    targets = run_json(capsys, *library, "targets", "--json")
    assert isinstance(targets, list) and [t["value"] for t in targets if t["unit"] == "%"] == [97]


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "好.txt").write_text(LETTER, encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    (folder / "坏.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "假.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "假.docx").write_bytes(b"PK\x03\x04 not a package")
    assert main(["--library", str(tmp_path / "lib"), "ingest", str(folder), "--json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert report["added"] == ["好.txt"]
    assert {r["source"] for r in report["refused"]} == {"空.txt", "坏.pdf", "假.txt", "假.docx"}
    assert all(len(r["message"]) > 8 and r["reason"] for r in report["refused"])


def test_remove_and_restore(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*library, "docs", "remove", "供水方案.txt"]) == 0
    assert main([*library, "search", "自来水"]) == 1
    assert main([*library, "docs", "restore", "供水方案.txt"]) == 0
    assert main([*library, "search", "自来水"]) == 0
    assert main([*library, "doctor"]) == 0


def test_status_set_by_a_person_shows_in_answers(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*library, "docs", "status", "供水方案.txt", "废止"]) == 0
    answer = run_json(capsys, *library, "ask", "农村自来水普及率要达到多少？", "--json")
    assert isinstance(answer, dict) and "repealed" in {n["kind"] for n in answer["notices"]}


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        (["frobnicate"], 2, "命令写法不对"),
        (["docs", "show", "没有这份"], 1, "cemai docs list"),
        (["search", "x", "--region", "乌有州"], 2, "行政区划里没有"),
        (["ask", "x", "--as-of", "明天"], 2, "2025-06-30"),
        (["ingest", "不存在的文件.txt"], 3, "不存在"),
        (["search"], 2, "请写出"),
    ],
)
def test_wrong_usage_says_what_to_do(
    library: list[str], argv: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main([*library, *argv])
    except SystemExit as error:
        code = int(error.code or 0)
    assert code == status
    assert words in capsys.readouterr().err


def test_hostile_questions_are_only_questions(library: list[str]) -> None:
    for question in (
        "",
        " ",
        '"',
        "a:b AND (",
        "2024-01-01",
        "C++",
        "%_\\",
        "水" * 10_000,
        "\x00\u202e",
        "'; DROP TABLE documents; --",
    ):
        assert main([*library, "search", question]) in (0, 1)
        assert main([*library, "ask", question]) in (0, 1)
    assert main([*library, "doctor"]) == 0


def test_a_newer_library_is_refused_and_left_alone(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(library[1]) / "library.sqlite"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    before = path.read_bytes()
    assert main([*library, "search", "水"]) == 1
    assert "升级" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_batches_write_one_line_a_query(library: list[str], tmp_path: Path) -> None:
    queries = tmp_path / "q.jsonl"
    queries.write_text('{"_id": "1", "text": "水质检测"}\n{"_id": "2", "text": ""}\n', encoding="utf-8")
    assert main([*library, "search", "--batch", str(queries), "--out", str(tmp_path / "run.jsonl")]) == 0
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["_id"] for line in lines] == ["1", "2"] and lines[0]["hits"] and not lines[1]["hits"]
    assert main([*library, "ask", "--batch", str(queries), "--out", str(tmp_path / "answers.jsonl")]) == 0
    answers = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [a["id"] for a in answers] == ["1", "2"]


def test_records_of_json_lines_keep_their_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = tmp_path / "r.jsonl"
    rows = [
        {"_id": "R1", "title": "供水办法", "text": "第一条 乡镇应当公开水质检测结果。"},
        {"_id": "R2", "title": "", "text": "路灯由街道维护。"},
    ]
    records.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n{坏行\n", encoding="utf-8")
    options = ["--library", str(tmp_path / "lib")]
    assert main([*options, "ingest", str(records)]) == 3
    hits = run_json(capsys, *options, "search", "路灯谁来维护", "--json")
    assert isinstance(hits, list) and hits[0]["source_id"] == "R2" and hits[0]["source"] == "R2"
    assert main([*options, "doctor"]) == 0
    records.write_text(json.dumps({**rows[0], "title": "供水新办法"}, ensure_ascii=False), encoding="utf-8")
    report = run_json(capsys, *options, "ingest", str(records), "--json")
    assert isinstance(report, dict) and report["replaced"] == ["R1"]
