"""Questions to the policy graph on the command line: counts are exact, every list can be a file, an empty one is no success."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from ui.cli import main

OLD = """甘肃省甘南州脱贫巩固工作方案

一、重点任务
（一）完善监测机制。定期排查。（牵头单位：州扶贫办；配合单位：州财政局）
"""
UPPER = """甘肃省甘南州农村供水工作方案
州政发〔2024〕3号

根据《甘肃省农村供水条例》，制定本方案。

一、重点任务
（一）改造老旧管网。更换老化管道。到2025年，自来水普及率达到95%。（责任单位：州水务局、州农业农村局）
（二）加强水质检测。每月检测一次。（牵头单位：州水务局；配合单位：州财政局）
（三）建立应急水源。（责任单位：州应急局）
"""
LOWER = """临夏州农村供水实施细则

根据《甘肃省甘南州农村供水工作方案》（州政发〔2024〕3号），制定本细则。

一、重点任务
（一）改造农村老旧管网。到2026年，自来水普及率达到97%。（责任单位：州水务局）
"""


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("供水")
    for name, text in (("旧.txt", OLD), ("上级.txt", UPPER), ("下级.txt", LOWER)):
        (folder / name).write_text(text, encoding="utf-8")
    options = ["--library", str(folder / "库")]
    assert main([*options, "ingest", *(str(folder / f"{name}.txt") for name in ("旧", "上级", "下级"))]) == 0
    return options


def answer(capsys: pytest.CaptureFixture[str], options: list[str], *words: str) -> Any:
    capsys.readouterr()
    assert main([*options, "graph", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_unit_has_its_tasks_under_old_names_too(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    record = answer(capsys, options, "unit", "州农业农村局")
    assert (record["total"], record["roles"]) == (2, {"lead": 1, "responsible": 1, "supporting": 0})
    assert [(name["name"], name["count"]) for name in record["former_names"]] == [("扶贫办", 1)]
    assert {task["name"]: task["former"] and task["former"]["name"] for task in record["tasks"]} == {
        "完善监测机制": "扶贫办",
        "改造老旧管网": None,
    }
    assert answer(capsys, options, "unit", "州农业农村局", "--no-former")["total"] == 1
    assert answer(capsys, options, "unit", "州农业农村局", "--role", "lead")["total"] == 1
    assert main([*options, "graph", "unit", "州教育局"]) == 1
    assert "没有写明" in capsys.readouterr().err


def test_units_and_partners_are_counted(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    counts = {record["unit"]: record["total"] for record in answer(capsys, options, "units", "--region", "甘南州")}
    assert counts["甘南州水务局"] == 2 and counts["甘南州财政局"] == 2
    (first, *_) = answer(capsys, options, "partners", "甘南州财政局")
    assert first["shared"] == 1 and first["roles"] == [{"own": "supporting", "partner": "lead", "count": 1}]


def test_targets_stand_under_their_years(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, options, "years")
    assert [(group["year"], group["count"]) for group in found] == [(2025, 1), (2026, 1)]
    (group, *_) = answer(capsys, options, "indicators", "自来水普及率")
    assert [target["value"] for target in group["targets"]] == [95, 97]


def test_what_the_lower_document_does_not_mention(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    record = answer(capsys, options, "coverage", "上级.txt", "下级.txt")
    counts = {"tasks": 3, "taken_up": 1, "missing": 2, "written": 1, "partly": 0, "targets": 1, "missing_targets": 0, "own": 0}
    assert record["counts"] == counts
    assert [entry["grade"] for entry in record["tasks"]] == ["写到", "未写到", "未写到"]
    assert record["tasks"][0]["lower"]["name"] == "改造农村老旧管网" and record["tasks"][0]["words"]
    only = answer(capsys, options, "coverage", "上级.txt", "下级.txt", "--missing")
    assert [entry["upper"]["name"] for entry in only["tasks"]] == ["加强水质检测", "建立应急水源"]
    assert main([*options, "graph", "coverage", "上级.txt", "上级.txt"]) == 2


def test_lineage_names_both_sides_and_the_standing(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    record = answer(capsys, options, "lineage", "上级.txt", "--as-of", "2024-06-30")
    assert [(entry["relation"], entry["title"], entry["document"]) for entry in record["names"]] == [
        ("依据", "甘肃省农村供水条例", None)
    ]
    (follower,) = record["named_by"]
    assert (follower["relation"], follower["document"]["source"]) == ("依据", "下级.txt")
    text = LOWER[follower["place"]["start"] : follower["place"]["end"]]
    assert "甘南州农村供水工作方案" in text
    assert (record["as_of"], record["validity"]["status"]) == ("2024-06-30", "未载明")


def test_like_tasks_of_two_regions(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (topic,) = {
        topic for task in answer(capsys, options, "unit", "水务局")["tasks"] for topic in task["topics"] if "管网" in task["name"]
    }
    (pair,) = answer(capsys, options, "alike", topic)
    assert (pair["first"]["name"], pair["second"]["name"]) == ("改造老旧管网", "改造农村老旧管网")
    assert "老旧管网" in pair["words"]
    assert main([*options, "graph", "alike", topic, "--regions", "甘南州"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("unit", "州水务局"), ("units",), ("partners", "州水务局"), ("years",), ("coverage", "上级.txt", "下级.txt"),
        ("lineage", "下级.txt"), ("indicators", "普及率"),
    ],
)  # fmt: skip
def test_every_answer_is_a_table_and_a_file(
    options: list[str], words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*options, "graph", *words]) == 0
    shown = capsys.readouterr().out
    for format in ("xlsx", "docx", "csv"):
        assert main([*options, "graph", *words, "--format", format, "--out", str(tmp_path / f"t.{format}")]) == 0
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None and [cell.value for cell in sheet[2]] == rows[0]
    grid = docx.Document(str(tmp_path / "t.docx")).tables[0]
    assert [cell.text for cell in grid.rows[0].cells] == rows[0]
    assert rows[0][0] in shown and len(rows) > 1


def test_the_ledger_by_units(options: list[str], tmp_path: Path) -> None:
    out = tmp_path / "清单.csv"
    assert main([*options, "tasks", "--form", "duties", "--region", "甘南州", "--format", "csv", "--out", str(out)]) == 0
    assert "州水务局" in out.read_text(encoding="utf-8-sig")


def test_the_graph_goes_out_in_every_form(options: list[str], tmp_path: Path) -> None:
    for format in ("graphml", "json", "csv"):
        assert main([*options, "graph", "export", "--format", format, "--out", str(tmp_path / f"g.{format}")]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"g.graphml", "g.json", "g_nodes.csv", "g_edges.csv"}


def test_rest_gives_the_same_answers(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from cemai.library import Library
    from ui.desk.desk import Desk
    from ui.desk.imports import Imports
    from ui.page.compare import events
    from ui.rest.app import mount_api

    with Library.open(Path(options[1])) as library:
        app = FastAPI()
        desk = Desk(library)
        mount_api(app, desk, Imports(desk))
        client = TestClient(app)
        got = {
            path: client.get(f"/api/v1/graph/{path}").json()
            for path in (
                "duties?unit=州农业农村局",
                "coverage?upper=上级.txt&lower=下级.txt",
                "partners?unit=甘南州财政局",
                "years",
                "units",
            )
        }
        assert got["duties?unit=州农业农村局"] == answer(capsys, options, "unit", "州农业农村局")
        assert got["coverage?upper=上级.txt&lower=下级.txt"] == answer(capsys, options, "coverage", "上级.txt", "下级.txt")
        assert got["partners?unit=甘南州财政局"] == answer(capsys, options, "partners", "甘南州财政局")
        assert (got["years"], got["units"]) == (answer(capsys, options, "years"), answer(capsys, options, "units"))
        found = client.get("/api/v1/graph/lineage?document=上级.txt&as_of=2024-06-30").json()
        assert found == answer(capsys, options, "lineage", "上级.txt", "--as-of", "2024-06-30")
        assert client.get("/api/v1/graph/indicators?words=普及率").json()[0]["regions"]
        assert client.get("/api/v1/graph/alike?topic=基础设施").status_code == 200
        assert client.get("/api/v1/graph/lineage?document=没有").status_code == 404
        assert client.get("/api/v1/graph/duties?unit=州财政局&region=没有的地方").status_code == 400
        file = client.get("/api/v1/graph/duties?unit=州财政局&format=xlsx")
        assert file.status_code == 200 and file.content.startswith(b"PK")
        pair = client.get("/api/v1/compare/documents?first=上级.txt&second=下级.txt").json()
        assert [row["cells"][1]["text"] is None for row in pair["rows"]].count(True) == 2
        assert client.get("/api/v1/compare/documents?first=上级.txt&second=上级.txt").status_code == 400
        file = client.get("/api/v1/compare/documents?first=上级.txt&second=下级.txt&form=versions&format=docx")
        assert file.status_code == 200 and file.content.startswith(b"PK")
        view = events.compare(desk, {"act": "pair", "form": "carried_out", "first": "上级.txt", "second": "下级.txt"})
        assert "落实对照" in view and "原文未载明" in view and "first=%E4%B8%8A%E7%BA%A7.txt" in view
        assert "还差一份文件" in events.compare(desk, {"act": "pair", "form": "versions", "first": "上级.txt"})


def test_copies_are_left_out_and_said_so(options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = ["--library", str(tmp_path / "库")]
    for name, text in (("甲.txt", UPPER), ("乙.txt", "转载自某网站\n" + UPPER)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main([*library, "ingest", str(tmp_path / "甲.txt"), str(tmp_path / "乙.txt")]) == 0
    for words, once, every in (
        (["tasks"], 3, 6),
        (["targets", "--indicator", "普及率"], 1, 2),
        (["graph", "units"], 4, 4),
        (["graph", "years"], 1, 1),
    ):
        capsys.readouterr()
        assert main([*library, *words, "--json"]) == 0
        shown = capsys.readouterr()
        assert len(json.loads(shown.out)) == once
        assert words[0] == "graph" or "另有 1 份副本或旧版未计入，加 --all-versions 一并列出。" in shown.err
        assert main([*library, *words, "--all-versions", "--json"]) == 0
        shown = capsys.readouterr()
        assert len(json.loads(shown.out)) == every and "未计入" not in shown.err
    assert main([*library, "graph", "units"]) == 0
    assert "另有 1 份副本或旧版未计入。" in capsys.readouterr().err
