"""One status everywhere: the list, the search, REST, the facets and the commands hold the same documents of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.library import Library
from corpus.filters import STATUSES, Filters
from tests.encoders import BlankEncoder
from tests.qa.kinds.test_validity import TEXTS
from ui.cli import main
from ui.desk.desk import Desk
from ui.desk.document_search import facet_table
from ui.desk.imports import Imports
from ui.rest.app import mount_api

AS_OF = "2024-02-01"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("statuses")
    (place / "in").mkdir()
    for name, text in zip("abcdefgh", TEXTS, strict=True):
        (place / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(place / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([place / "in"])
    return place / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(folder, encoder=BlankEncoder()) as opened:
        yield opened


def client_of(library: Library) -> tuple[Desk, TestClient]:
    desk, app = Desk(library), FastAPI()
    mount_api(app, desk, Imports(desk))
    return desk, TestClient(app, raise_server_exceptions=False)


def test_every_door_has_the_same_documents_of_a_status(library: Library) -> None:
    desk, client = client_of(library)
    sizes = []
    for status in STATUSES:
        listed = {info.id for info in library.documents(Filters(status=status))}
        found = {hit.source_id for hit in library.search("第一条 集市 办法 规范", filters=Filters(status=status), top=50)}
        rest = {record["id"] for record in client.get("/api/v1/documents", params={"status": status}).json()}
        shown = {record["id"] for record in client.get("/api/v1/documents").json() if record["validity"]["status"] == status}
        facet = {entry.info.id for entry in facet_table(desk).entries_of(facet_table(desk).meets({"时效": status}))}
        assert listed == rest == shown == facet and found == listed, status
        sizes.append(len(listed))
    assert sum(sizes) == len(library.documents()) and sum(map(bool, sizes)) >= 4


def test_a_status_is_that_of_the_day(library: Library) -> None:
    _, client = client_of(library)
    then = client.get("/api/v1/documents", params={"status": "有效", "as_of": AS_OF}).json()
    now = client.get("/api/v1/documents", params={"status": "有效"}).json()
    assert "云政发〔2019〕3号" in {record["doc_number"] for record in then}
    assert "云政发〔2019〕3号" not in {record["doc_number"] for record in now}
    assert {record["validity"]["status"] for record in then} == {"现行有效"}
    hits = client.get("/api/v1/search", params={"query": "节水奖补", "status": "现行有效", "as_of": AS_OF}).json()["hits"]
    assert hits[0]["source"] == "a.txt"


@pytest.mark.parametrize(
    "path", ["documents", "search?query=水", "ask?question=节水奖补", "compare?subject=集市", "tasks", "targets", "facts/tasks"]
)
def test_an_unknown_status_is_refused_by_name(library: Library, path: str) -> None:
    _, client = client_of(library)
    answer = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}status=很好")
    assert answer.status_code == 400 and all(status in answer.text for status in STATUSES)


def test_a_comparison_is_of_documents_of_the_status(library: Library) -> None:
    assert [column.source for column in library.compare("渔船停泊", status="废止").columns] == ["b.txt"]
    assert not any(column.source for column in library.compare("渔船停泊", status="现行有效").columns)


def test_the_command_line_takes_status_and_day(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def listed(*words: str) -> set[str]:
        main(["--library", str(folder), "docs", "list", "--json", *words])
        return {record["source"] for record in json.loads(capsys.readouterr().out)}

    assert "a.txt" in listed("--status", "失效") and "a.txt" not in listed("--status", "失效", "--as-of", AS_OF)
    assert main(["--library", str(folder), "docs", "list", "--status", "很好"]) == 2
    assert "尚未施行" in capsys.readouterr().err


def test_documents_are_shown_by_any_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--library", str(folder), "docs", "show", "云岫县渔港管理办法", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["doc_number"] == "云政发〔2024〕6号"
    assert main(["--library", str(folder), "docs", "show", "集市管理规定"]) != 0
    assert "青政发〔2020〕1号" in capsys.readouterr().err
