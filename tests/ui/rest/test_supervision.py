"""Supervision over REST and by the command line: the same list, states and files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import icalendar
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.planted import DAY, DUE, open_planted
from ui.cli import main
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.rest.app import mount_api


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_planted(tmp_path) as library:
        app = FastAPI()
        desk = Desk(library)
        mount_api(app, desk, Imports(desk))
        app.add_middleware(RequestGate, hosts=("testserver",))
        yield TestClient(app, raise_server_exceptions=False)


def due(client: TestClient, **query: str) -> dict[str, Any]:
    got = client.get("/api/v1/due", params={"as_of": DAY.isoformat(), **query})
    assert got.status_code == 200, got.text
    return {one["task"]["name"]: one for one in got.json()}


def test_the_list_and_a_state(client: TestClient) -> None:
    assert {name: one["schedule"]["due"] for name, one in due(client).items()} == DUE
    one = due(client, when="overdue", unit="县教育局")["清理取水口"]
    place = f"/api/v1/due/{one['task']['document_id']}/{one['task']['id']}"
    made = client.post(place, json={"state": "已办结", "who": "李四", "remark": "已销号"}).json()
    assert made["state"] == "已办结" and due(client, when="overdue", unit="县教育局") == {}
    after = due(client)["清理取水口"]
    assert after["said"]["who"] == "李四" and after["task"] == one["task"], "what was read stays as it was"
    assert client.delete(f"/api/v1/due/states/{made['id']}").json()["undone_at"]
    assert [one["state"] for one in client.get("/api/v1/due/states").json()] == ["已办结"]
    assert client.get("/api/v1/due/states", params={"lost": True}).json() == []
    assert {*due(client, when="overdue", unit="县教育局")} == {"清理取水口"}


def test_what_is_refused(client: TestClient) -> None:
    one = due(client)["清理取水口"]["task"]
    place = f"/api/v1/due/{one['document_id']}/{one['id']}"
    assert client.post(place, json={"state": "差不多"}).status_code == 400
    assert client.post(f"/api/v1/due/{one['document_id']}/x", json={"state": "在办"}).status_code == 404
    assert client.delete("/api/v1/due/states/x").status_code == 400
    assert client.get("/api/v1/due", params={"when": "明天"}).status_code == 400
    assert client.get("/api/v1/due", params={"region": "没有的县"}).status_code == 400
    foreign = client.post(place, json={"state": "在办"}, headers={"origin": "http://example.org"})
    assert foreign.status_code == 403 and client.get("/api/v1/due/states").json() == []


@pytest.mark.parametrize("format", ["xlsx", "docx", "csv", "ics"])
def test_files(client: TestClient, format: str) -> None:
    got = client.get("/api/v1/due", params={"as_of": DAY.isoformat(), "format": format, "when": "month"})
    assert got.status_code == 200 and f".{format}" in got.headers["content-disposition"]
    if format == "ics":
        assert len(icalendar.Calendar.from_ical(got.content).walk("VEVENT")) == 2


def run(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main([*argv]) == status
    return capsys.readouterr().out


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_planted(tmp_path).close()
    library, day = ["--library", str(tmp_path / "library")], ["--as-of", DAY.isoformat()]
    found = json.loads(run(capsys, *library, "due", *day, "--json"))
    assert {one["task"]["name"]: one["schedule"]["due"] for one in found} == DUE
    id = next(one["task"]["id"] for one in found if one["task"]["name"] == "报告供水情况")
    assert "2026-06-30 那一期" in run(capsys, *library, "due", "set", id[:8], "已报", "--who", "李四", *day)
    assert "报告供水情况" in run(capsys, *library, "due", "--state", "已报", *day)
    (said,) = json.loads(run(capsys, *library, "due", "history", "--json"))
    assert (said["state"], said["due"], said["who"]) == ("已报", "2026-06-30", "李四")
    run(capsys, *library, "due", "undo", said["id"])
    run(capsys, *library, "due", "undo", said["id"], status=2)
    assert "撤销" in run(capsys, *library, "due", "history")
    run(capsys, *library, "due", "--state", "已报", *day, status=1)
    run(capsys, *library, "due", "set", "ffffffff", "在办", status=2)
    run(capsys, *library, "due", *day, "--format", "ics", status=2)
    out = tmp_path / "督查.ics"
    run(capsys, *library, "due", *day, "--format", "ics", "--out", str(out))
    assert len(icalendar.Calendar.from_ical(out.read_bytes()).walk("VEVENT")) == sum(day is not None for day in DUE.values())
