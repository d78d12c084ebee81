"""What a person corrects over REST: the same as by the command line, with the errors and the guard of every changing route."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from index.dense.encoder import load
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.rest.app import mount_api

TEXT = "云岫县人民政府关于加强农村供水管护工作的通知\n云政发〔2024〕1号\n各乡镇人民政府：\n加强供水管护。\n云岫县人民政府\n2024年3月5日\n"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "甲.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "乙.txt").write_text("各村：\n做好值守。\n", encoding="utf-8")
    with Library.open(tmp_path / "库", encoder=load(None)) as library:
        library.ingest([tmp_path / "甲.txt", tmp_path / "乙.txt"])
        app = FastAPI()
        desk = Desk(library)
        mount_api(app, desk, Imports(desk))
        app.add_middleware(RequestGate, hosts=("testserver",))
        yield TestClient(app, raise_server_exceptions=False)


def test_fields_are_corrected_and_taken_back(client: TestClient) -> None:
    body = {
        "title": "云岫县供水通知",
        "地区": "昆明市",
        "issuers": ["云岫县水务局", "云岫县财政局"],
        "doc_number": None,
        "who": "李四",
        "note": "见原件",
    }
    got = client.patch("/api/v1/documents/甲.txt", json=body).json()
    assert (got["title"], got["region"], got["issuers"], got["doc_number"]) == (
        "云岫县供水通知",
        "云南省昆明市",
        ["云岫县水务局", "云岫县财政局"],
        None,
    )
    assert got["corrected"] == ["doc_number", "issuers", "region", "title"] and len(got["corrections"]) == 4
    whole = client.get("/api/v1/documents/甲.txt").json()
    assert whole["corrected"] == got["corrected"]
    history = client.get(f"/api/v1/documents/{got['id']}/history").json()
    assert history == client.get("/api/v1/corrections").json() and {one["who"] for one in history} == {"李四"}
    number = next(one["number"] for one in history if one["field"] == "title")
    assert client.delete(f"/api/v1/corrections/{number}").json()["undone_at"]
    assert client.get("/api/v1/documents/甲.txt").json()["title"].startswith("云岫县人民政府关于")
    assert client.delete(f"/api/v1/corrections/{number}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 422, "没有写要更正的项目"),
        ({"名称": "甲"}, 400, "可以更正的有"),
        ({"title": "甲", "issued_on": "去年"}, 400, "2024-05-01"),
        ({"title": 3}, 422, "应当是文字"),
        ({"title": "甲" * 501}, 400, "太长"),
        ({"title": "甲", "who": "长" * 51}, 422, "太长"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(client: TestClient, body: dict[str, object], status: int, words: str) -> None:
    got = client.patch("/api/v1/documents/甲.txt", json=body)
    assert got.status_code == status and words in got.json()["error"]["message"]
    assert client.get("/api/v1/corrections").json() == []


def test_other_sites_may_not_correct(client: TestClient) -> None:
    for method, path in (
        ("PATCH", "documents/甲.txt"),
        ("DELETE", "corrections/1"),
        ("POST", "documents/甲.txt/split"),
        ("POST", "documents/甲.txt/join"),
    ):
        for headers in ({"origin": "http://example.org"}, {"sec-fetch-site": "cross-site"}):
            got = client.request(method, f"/api/v1/{path}", json={"title": "甲"}, headers=headers)
            assert got.status_code == 403 and got.json()["error"]["code"] == "origin"
    assert client.get("/api/v1/corrections").json() == []


def test_a_part_is_split_off_and_joined(client: TestClient) -> None:
    got = client.post("/api/v1/documents/甲.txt/split", json={"start": "加强供水管护。", "who": "李四"}).json()
    assert TEXT[got["attached"][-1]["start"] :].startswith("加强供水管护。")
    count = len(got["attached"])
    joined = client.post("/api/v1/documents/甲.txt/join", json={"number": count}).json()
    assert len(joined["attached"]) == count - 1
    assert client.post("/api/v1/documents/甲.txt/split", json={"start": "没有这几个字"}).status_code == 400
    assert client.post("/api/v1/documents/甲.txt/join", json={"number": 0}).status_code == 422


def test_doubts_and_the_conditions_of_the_list(client: TestClient) -> None:
    found = client.get("/api/v1/doubts").json()
    assert "title-missing" in {doubt["reason"] for doubt in found if doubt["source"] == "乙.txt"}
    assert client.get("/api/v1/doubts", params={"limit": 1}).json() == found[:1]

    def sources(**params: object) -> list[str]:
        return [one["source"] for one in client.get("/api/v1/documents", params=params).json()]  # type: ignore[arg-type]

    assert sources() == ["甲.txt", "乙.txt"] and sources(sort="added") == ["乙.txt", "甲.txt"] and sources(limit=1) == ["甲.txt"]
    assert sources(query="供水 云政发[2024]1号") == ["甲.txt"] and sources(kind="通知") == ["甲.txt"]
    client.patch("/api/v1/documents/乙.txt", json={"status": "已废止"})
    assert sources(status="已废止") == ["乙.txt"] and "乙.txt" in sources(doubtful=True)
    assert client.get("/api/v1/documents", params={"sort": "size"}).status_code == 422
