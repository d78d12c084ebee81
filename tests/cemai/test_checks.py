"""Questions of one's own: what is judged right, what changed since the last run, and that feedback is such a file."""

from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import Any

import pytest

from cemai import checks
from cemai.checks import digest_of, parse_questions
from corpus.errors import UsageError
from ui.cli import main

NOTICE = """桐溪县人民政府关于修缮乡村水渠的通知
桐政发〔2026〕7号
各乡镇人民政府：
一、修缮水渠。2026年修缮水渠48公里。（责任单位：县水务局）
二、落实经费。每公里补助6万元，由县财政局拨付。（责任单位：县财政局）
桐溪县人民政府
2026年4月1日
"""
OTHER = """桐溪县人民政府关于改造乡村公厕的通知
桐政发〔2026〕8号
各乡镇人民政府：
一、改造公厕。2026年改造公厕33座。（责任单位：县住房城乡建设局）
桐溪县人民政府
2026年4月2日
"""
RIGHT: list[dict[str, Any]] = [
    {"id": "渠", "question": "2026年修缮水渠多少公里？", "document": "桐政发〔2026〕7号", "words": "48 公里"},
    {"id": "厕", "question": "公厕改造由哪个单位负责？", "words": ["县住房城乡建设局"], "document": ["公厕.txt"]},
    {"id": "无", "question": "桐溪县的火箭发射经费是多少？", "refusal": True},
]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    (tmp_path / "水渠.txt").write_text(NOTICE, encoding="utf-8")
    (tmp_path / "公厕.txt").write_text(OTHER, encoding="utf-8")
    options = ["--library", str(tmp_path / "库")]
    assert main([*options, "ingest", str(tmp_path / "水渠.txt"), str(tmp_path / "公厕.txt")]) == 0
    capsys.readouterr()
    return options


def report(library: list[str], file: str, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    status = main([*library, "check", file, "--json", *more])
    return status, json.loads(capsys.readouterr().out)


def test_what_is_expected_is_judged(library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = report(library, write_lines(tmp_path / "考题.jsonl", RIGHT), capsys)
    assert (status, found["right"], found["wrong"]) == (0, 3, 0), found
    assert found["before"] is None and found["changes"] == []
    wrong = [
        {"question": "2026年修缮水渠多少公里？", "words": "50公里"},
        {"question": "2026年修缮水渠多少公里？ ", "document": "公厕.txt"},
        {"question": "2026年修缮水渠多少公里？  ", "refusal": True},
        {"question": "桐溪县的火箭发射经费是多少？", "refusal": False},
        {"question": "2026年修缮水渠多少公里？   ", "document": "没有这份.txt"},
        {"question": "每公里补助多少？"},
    ]
    status, found = report(library, write_lines(tmp_path / "错.jsonl", wrong), capsys)
    assert (status, found["right"], found["wrong"], found["open"]) == (1, 0, 5, 1)
    reasons = ["；".join(item["reasons"]) for item in found["questions"]]
    for reason, word in zip(reasons, ("50公里", "公厕.txt", "未载明", "未载明", "找不到", ""), strict=True):
        assert word in reason


def test_a_change_of_the_library_is_told(library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_lines(tmp_path / "考题.jsonl", [*RIGHT, {"id": "补", "question": "修缮水渠每公里补助多少？"}])
    report(library, file, capsys)
    assert report(library, file, capsys)[1]["changes"] == []
    (tmp_path / "水渠.txt").write_text(NOTICE.replace("48公里", "52公里").replace("6万元", "9万元"), encoding="utf-8")
    assert main([*library, "ingest", str(tmp_path / "水渠.txt")]) == 0
    capsys.readouterr()
    write_lines(tmp_path / "考题.jsonl", [RIGHT[0], RIGHT[2], {"id": "补", "question": "修缮水渠每公里补助多少？"}])
    status, found = report(library, file, capsys, "--no-keep")
    assert status == 1
    told = {change["id"]: change for change in found["changes"]}
    assert set(told) == {"渠", "补"} and found["dropped"] == ["厕"]
    assert told["渠"]["worse"] and told["渠"]["what"] == "上次对，这次错"
    assert "答案的文字变了" in told["补"]["what"] and not told["补"]["worse"]
    assert main([*library, "check", file]) == 1
    out = capsys.readouterr().out
    assert "变差 1" in out and "没有 48 公里" in out and "对 1，错 1，待看 1" in out


def test_the_last_run_may_be_kept_in_a_file_and_holds_no_text(
    library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, last = write_lines(tmp_path / "考题.jsonl", RIGHT), tmp_path / "上次.json"
    assert report(library, file, capsys, "--last", str(last))[1]["before"] is None
    assert report(library, file, capsys, "--last", str(last))[1]["before"] is not None
    assert report(library, file, capsys)[1]["before"] is None, "the library was not told"
    assert "住房" not in last.read_text(encoding="utf-8")
    last.write_text("[]", encoding="utf-8")
    assert main([*library, "check", file, "--last", str(last)]) == 2
    assert "记录" in capsys.readouterr().err


def test_feedback_is_a_file_of_questions(library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for question, verdict in (
        ("2026年修缮水渠多少公里？", "right"),
        ("桐溪县的火箭发射经费是多少？", "right"),
        ("2026年改造公厕多少座？", "wrong"),
    ):
        main([*library, "ask", question, "--json"])
        id = json.loads(capsys.readouterr().out)["id"]
        assert main([*library, "feedback", id, verdict]) == 0
    file = tmp_path / "评价.jsonl"
    assert main([*library, "feedback", "export", str(file)]) == 0
    capsys.readouterr()
    status, found = report(library, str(file), capsys)
    assert (status, found["right"], found["wrong"]) == (1, 2, 1), found
    (tmp_path / "公厕.txt").write_text(OTHER.replace("33座", "35座"), encoding="utf-8")
    assert main([*library, "ingest", str(tmp_path / "公厕.txt")]) == 0
    capsys.readouterr()
    status, found = report(library, str(file), capsys)
    assert (status, found["right"], found["open"]) == (0, 2, 1), found


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "第 1 行不是"),
        ("[1]", "不是一个对象"),
        ('{"words": "a"}', "没有问题"),
        ('{"question": "a", "words": 3}', "words"),
        ('{"question": "a", "refusal": "yes"}', "refusal"),
        ('{"question": "a", "refusal": true, "words": "b"}', "不能再写"),
        ('{"question": "a", "filters": {"place": "b"}}', "place"),
        ('{"question": "a", "as_of": "去年"}', "as_of"),
        ('{"question": "a"}\n{"question": "a"}', "第 2 行"),
        ("\n", "没有问题"),
    ],
)
def test_a_line_that_is_no_question_is_named(line: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        parse_questions(line)


def test_examples_and_the_last_verdict_counts() -> None:
    assert not doctest.testmod(checks).failed
    rows = [{"id": "a", "question": "问", "verdict": v, "status": "answered", "answer": "答", "citations": [{"source_id": "x"}]}
            for v in ("right", "incomplete")]  # fmt: skip
    (question,) = parse_questions("\n".join(json.dumps(row) for row in rows))
    assert question.unlike == digest_of("答") and not question.documents
