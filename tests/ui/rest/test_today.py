"""Today and incoming over REST and by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.planted import AFTER, BEFORE, DAY, open_planted, write_texts
from tests.stores import take_in
from ui.cli import main
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.rest.app import mount_api

OWN = {"unit": "县水务局", "region": "榆中县", "as_of": DAY.isoformat(), "since": "2000-01-01"}


def test_the_same_day_by_rest_and_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_planted(tmp_path) as library:
        take_in(library, write_texts(tmp_path / "files", BEFORE | AFTER))
        app = FastAPI()
        mount_api(app, desk := Desk(library), Imports(desk))
        client = TestClient(app, raise_server_exceptions=False)
        day = client.get("/api/v1/today", params=OWN).json()
        assert {one["task"]["name"] for one in day["due"]} == {"改造水窖", "报告供水情况", "清理取水口", "建设供水点"}
        assert [one["source"] for one in day["expiring"]] == ["供水管理办法2026.txt"]
        came = client.get("/api/v1/incoming", params=OWN).json()
        assert came["documents"] == day["incoming"] and len(came["documents"]) == 7
        (rules,) = [one for one in came["documents"] if one["source"] == "供水管理办法2026.txt"]
        assert {change["label"] for change in rules["changes"]} == {"数额变更", "时限变更", "职责结束", "新任务"}
        assert client.get("/api/v1/today", params={"region": "没有的县"}).status_code == 400
    options = ["--library", str(tmp_path / "library")]
    argv = ["--as-of", DAY.isoformat(), "--since", "2000-01-01", "--unit", "县水务局", "--region", "榆中县"]
    capsys.readouterr()
    assert main([*options, "today", *argv, "--keep", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == day
    assert main([*options, "today", *argv[:4]]) == 0, "what was kept holds"
    said = capsys.readouterr().out
    assert "榆中县县水务局" in said and "清理取水口" in said and "原：“第二条" in said and "现：“第二条" in said
    assert main([*options, "incoming", *argv, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == came["documents"]
    assert main([*options, "incoming", "--since", "2999-01-01"]) == 1
    assert main([*options, "incoming", "--since", "昨天"]) == 2
