"""Kept answers, replay and feedback on the command line; the settings file of the optional language model."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cemai import settings
from corpus.errors import UsageError
from ui.cli import main

LETTER = """临河县人民政府办公室关于印发临河县公厕改造方案的通知
临政办发〔2024〕9号
各乡镇人民政府：
现将《临河县公厕改造方案》印发给你们，请认真贯彻执行。
临河县人民政府办公室
2024年5月6日
临河县公厕改造方案
一、工作目标
2024年全县改造公厕26座。（责任单位：县住房城乡建设局）
"""


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    (tmp_path / "方案.txt").write_text(LETTER, encoding="utf-8")
    options = ["--library", str(tmp_path / "库")]
    assert main([*options, "ingest", str(tmp_path / "方案.txt")]) == 0
    capsys.readouterr()
    return options


def asked(library: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main([*library, "ask", "改造公厕多少座？", "--year", "2024", "--json"]) == 0
    return str(json.loads(capsys.readouterr().out)["id"])


def test_replay_says_whether_the_answer_changed(library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    id = asked(library, capsys)
    assert main([*library, "ask", "--replay", id]) == 0
    assert "没有变化" in capsys.readouterr().out
    (tmp_path / "方案.txt").write_text(LETTER.replace("26座", "31座"), encoding="utf-8")
    assert main([*library, "ingest", str(tmp_path / "方案.txt")]) == 0
    capsys.readouterr()
    assert main([*library, "ask", "--replay", id, "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["changed"] and "26座" in record["then"]["answer"] and "31座" in record["now"]["answer"]
    assert main([*library, "ask", "--replay", id]) == 1
    out = capsys.readouterr().out
    assert "不再引用" in out and "新引用" in out


def test_replay_takes_nothing_beside_the_id(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    id = asked(library, capsys)
    assert main([*library, "ask", "另一个问题", "--replay", id]) == 2
    assert main([*library, "ask", "--replay", id, "--region", "甘肃省"]) == 2
    assert main([*library, "ask", "--replay", "ffffffff"]) == 2
    assert "answers list" in capsys.readouterr().err


def test_answers_are_listed_and_shown(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*library, "answers", "list"]) == 1
    id = asked(library, capsys)
    assert main([*library, "answers", "list"]) == 0
    assert id in capsys.readouterr().out
    assert main([*library, "answers", "list", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["id"] == id and entry["asked"]["filters"] == {"year": 2024} and entry["asked_at"]
    assert main([*library, "answers", "show", id[:8]]) == 0
    out = capsys.readouterr().out
    assert "26座" in out and "year=2024" in out


def test_feedback_is_kept_with_the_answer_and_exported_as_questions(
    library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    id = asked(library, capsys)
    file = tmp_path / "评价.jsonl"
    assert main([*library, "feedback", "export", str(file)]) == 1 and file.read_text(encoding="utf-8") == ""
    assert main([*library, "feedback", id, "incomplete", "--note", "缺\n责任单位"]) == 0
    # asking the same again keeps what was said
    assert asked(library, capsys) == id
    assert main([*library, "feedback", id[:6], "对"]) == 0
    assert main([*library, "feedback", id, "maybe"]) == 2
    assert main([*library, "feedback", "ffffffff", "right"]) == 2
    assert main([*library, "feedback", "export", str(file)]) == 0
    first, second = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    assert first["id"] == id and first["question"] == "改造公厕多少座？" and first["note"] == "缺\n责任单位"
    assert (first["verdict"], second["verdict"]) == ("incomplete", "right")
    quote = first["citations"][0]
    assert LETTER[quote["start"] : quote["end"]] == quote["quote"] and first["filters"] == {"year": 2024}


# ------------------------------------------------------------------ settings


def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    monkeypatch.setenv("CEMAI_CONFIG", str(path))
    return path


def test_no_model_unless_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.endpoint() is None
    configured(tmp_path, monkeypatch, "[llm]\nmodel = 'm'\n")
    assert settings.endpoint() is None


def test_the_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(
        tmp_path, monkeypatch, "[llm]\nurl = 'http://127.0.0.1:1/v1'\nmodel = 'm'\nkey = 'k1'\ntimeout = 5\nprivate = true\n"
    )
    first = settings.endpoint()
    assert first and (first.url, first.model, first.key, first.timeout, first.private) == (
        "http://127.0.0.1:1/v1",
        "m",
        "k1",
        5,
        True,
    )
    monkeypatch.setenv("CEMAI_LLM_MODEL", "n")
    monkeypatch.setenv("CEMAI_LLM_KEY", "k2")
    second = settings.endpoint()
    assert second and (second.model, second.key) == ("n", "k2")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[llm]\nurl = 'http://127.0.0.1/v1'\nmodel = 'm'\nkey = 'geheim'\nproxy = 'x'\n", "proxy"),
        ("[model]\nkey = 'geheim'\n", "model"),
        ("[llm]\nkey = 'geheim'\ntimeout = 'long'\n", "timeout"),
        ("[llm]\nkey = 'geheim'\ntimeout = true\n", "timeout"),
        ("[llm]\nkey = ['geheim']\n", "key"),
        ("llm = 'geheim'\n", "llm"),
        ("[llm]\nkey = geheim\n", "TOML"),
        ("[llm]\nurl = 'http://u:geheim@host/v1'\nmodel = 'm'\n", "用户名"),
        ("[llm]\nurl = 'file:///geheim'\nmodel = 'm'\n", "http"),
        ("[llm]\nurl = 'http://127.0.0.1/v1'\nkey = 'geheim'\n", "model"),
        ("[llm]\nurl = 'http://127.0.0.1/v1'\nmodel = 'm'\ntimeout = 600\n", "timeout"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_and_no_secret_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, named: str
) -> None:
    configured(tmp_path, monkeypatch, text)
    with pytest.raises(UsageError, match=named) as failure:
        settings.endpoint()
    assert "geheim" not in str(failure.value)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_file_with_a_key_is_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[llm]\nurl = 'http://127.0.0.1/v1'\nmodel = 'm'\n"
    configured(tmp_path, monkeypatch, text, 0o644)
    assert settings.endpoint() is not None
    for mode in (0o640, 0o604, 0o660):
        path = configured(tmp_path, monkeypatch, text + "key = 'k'\n", mode)
        with pytest.raises(UsageError, match="chmod 600"):
            settings.endpoint()
        path.chmod(0o600)


def test_a_wrong_setting_stops_a_question_with_one_line(
    library: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(tmp_path, monkeypatch, "[llm]\ncolour = 1\n")
    assert main([*library, "ask", "改造公厕多少座？"]) == 2
    assert "colour" in capsys.readouterr().err
