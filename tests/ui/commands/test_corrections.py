"""docs set, history, undo, split, join, doubts and the conditions of docs list, as a person at a terminal meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main

FILES = {
    "甲.txt": "云岫县人民政府关于加强农村供水管护工作的通知\n云政发〔2024〕1号\n各乡镇人民政府：\n加强供水管护。\n云岫县人民政府\n2024年3月5日\n附件\n云岫县供水应急预案\n一、启动。发生停水时由县水务局启动预案。\n",
    "乙.txt": "云岫县人民政府关于加强农村道路管护工作的通知\n云政发〔2024〕2号\n各乡镇人民政府：\n加强道路管护。\n云岫县人民政府\n2024年4月5日\n",
    "丙.txt": "各村：\n做好值守。\n",
}


class Shell:
    """The command line over one library."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.options, self.capsys = ["--library", str(folder)], capsys

    def __call__(self, *argv: str, status: int = 0) -> str:
        self.capsys.readouterr()
        done = main([*self.options, *argv])
        said = self.capsys.readouterr()
        assert done == status, said.out + said.err
        return said.out + said.err

    def json(self, *argv: str) -> Any:
        self.capsys.readouterr()
        assert main([*self.options, *argv, "--json"]) == 0
        return json.loads(self.capsys.readouterr().out)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "文件").mkdir()
    for name, text in FILES.items():
        (tmp_path / "文件" / name).write_text(text, encoding="utf-8")
    made = Shell(tmp_path / "库", capsys)
    made("ingest", str(tmp_path / "文件"))
    return made


def test_set_history_and_undo(shell: Shell) -> None:
    said = shell("docs", "set", "云政发[2024]2号", "标题=云岫县道路管护通知", "地区=昆明市", "--who", "李四", "--note", "见原件")
    assert "标题更正为“云岫县道路管护通知”" in said and "cemai docs undo 1 2" in said
    shown = shell("docs", "show", "乙.txt")
    assert "云岫县道路管护通知（人工更正）" in shown.replace("\n", "") and "李四" in shown
    assert shell.json("docs", "show", "乙.txt")["corrected"] == ["region", "title"]
    (first, second) = shell.json("docs", "history", "乙.txt")
    assert (first["label"], first["value"], first["was"]) == (
        "标题",
        "云岫县道路管护通知",
        "云岫县人民政府关于加强农村道路管护工作的通知",
    )
    assert (second["field"], second["value"], second["who"], second["note"]) == ("region", "云南省昆明市", "李四", "见原件")
    assert "已撤销" in shell("docs", "undo", "1", "2")
    assert shell.json("docs", "show", "乙.txt")["title"] == "云岫县人民政府关于加强农村道路管护工作的通知"
    assert all(record["undone_at"] for record in shell.json("docs", "history"))


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        (["set", "甲.txt", "标题"], 2, "没有等号"),
        (["set", "甲.txt", "名称=甲"], 2, "可以更正的有"),
        (["set", "甲.txt", "地区=云岫县"], 2, "请写全称"),
        (["set", "云岫县人民政府关于加强农村", "标题=甲"], 2, "乙.txt"),
        (["set", "没有这份文件", "标题=甲"], 1, "cemai docs list"),
        (["undo", "9"], 2, "cemai docs history"),
        (["split", "甲.txt", "没有这几个字"], 2, "cemai docs text"),
        (["join", "乙.txt", "1"], 2, "没有第 1 份"),
        (["list", "--status", "有点旧"], 2, "现行有效"),
        (["history", "甲.txt"], 1, "cemai docs set"),
        (["list", "--query", "火星"], 1, "减少一个条件"),
    ],
)
def test_what_cannot_be_meant_says_what_to_do(shell: Shell, argv: list[str], status: int, words: str) -> None:
    assert words in shell("docs", *argv, status=status)
    assert shell.json("docs", "list")[0]["corrected"] == []


def test_a_part_is_split_off_by_its_first_words_and_joined(shell: Shell) -> None:
    before = len(shell.json("docs", "show", "乙.txt")["attached"])
    assert "另作一份" in shell("docs", "split", "乙.txt", "加强道路管护。")
    parts = shell.json("docs", "show", "乙.txt")["attached"]
    assert len(parts) == before + 1 and FILES["乙.txt"][parts[-1]["start"] :].startswith("加强道路管护。")
    assert "已并回" in shell("docs", "join", "乙.txt", str(len(parts)))
    assert len(shell.json("docs", "show", "乙.txt")["attached"]) == before


def test_doubts_are_listed_and_settled(shell: Shell) -> None:
    found = shell.json("docs", "doubts")
    missing = [doubt for doubt in found if doubt["source"] == "丙.txt"]
    assert {"title-missing", "region-missing", "date-missing"} <= {doubt["reason"] for doubt in missing}
    assert "没有标题" in shell("docs", "doubts")
    shell("docs", "set", "丙.txt", "标题=值守通知", "地区=昆明市", "成文日期=无")
    assert main([*shell.options, "docs", "doubts"]) == 1  # none is left


def test_the_list_is_limited_and_put_in_order(shell: Shell) -> None:
    def sources(*argv: str) -> list[str]:
        return [entry["source"] for entry in shell.json("docs", "list", *argv)]

    assert sources("--query", "道路") == sources("--query", "云政发(2024)2号") == ["乙.txt"]
    assert sources("--sort", "date")[:2] == ["乙.txt", "甲.txt"] and sources("--sort", "added") == sources()[::-1]
    assert "丙.txt" in sources("--doubts")
    shell("docs", "set", "甲.txt", "地区=昆明市")
    shell("docs", "status", "乙.txt", "已废止")
    assert sources("--region", "云南省") == ["甲.txt"] and sources("--status", "已废止") == ["乙.txt"]
