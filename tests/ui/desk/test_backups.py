"""Backups that a server makes: on a call, and by itself when there is something new."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.backups import list_backups, make_backup
from cemai.library import Library
from tests.stores import open_plain, take_in, write_notices
from ui.cli import build_parser
from ui.desk import backups
from ui.desk.backups import is_due, scheduled_backups
from ui.desk.desk import Desk
from ui.desk.imports import Imports
from ui.rest.app import mount_api


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_plain(tmp_path / "库") as library:
        take_in(library, write_notices(tmp_path / "收文", range(2)))
        yield library


def test_a_call_makes_one_more_and_lists_them(library: Library, tmp_path: Path) -> None:
    app, desk = FastAPI(), Desk(library)
    mount_api(app, desk, Imports(desk))
    client = TestClient(app)
    assert client.get("/api/v1/backups").json() == []
    made = client.post("/api/v1/backups")
    assert made.status_code == 201 and made.json()["counts"]["documents"] == 2
    assert [one["name"] for one in client.get("/api/v1/backups").json()] == [made.json()["name"]]
    assert "purged" not in made.json()
    (one,) = list_backups(tmp_path / "库.backups")
    one.verify()


def test_one_is_due_when_it_is_time_and_something_is_new(library: Library, tmp_path: Path) -> None:
    folder, now = library.corpus.folder, dt.datetime.now(dt.UTC)
    late = now + dt.timedelta(hours=25)
    assert is_due(folder, 24, now)
    make_backup(folder, tmp_path / "备份盘")  # from now on those of the server go there too
    assert not is_due(folder, 24, now) and not is_due(folder, 24, late), "nothing is new"
    library.ask("河道管护由谁负责？")
    assert is_due(folder, 24, late) and not is_due(folder, 24, now)
    take_in(library, write_notices(tmp_path / "收文", [5]))
    assert is_due(folder, 24, late)
    assert backups.back_up(folder).folder.parent == tmp_path / "备份盘"


def test_a_server_backs_up_while_it_runs(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "LOOK", 0.02)
    with scheduled_backups(library.corpus.folder, 24):
        for _ in range(500):
            if found := list_backups(tmp_path / "库.backups"):
                break
            time.sleep(0.02)
        time.sleep(0.2)
    assert len(found) == len(list_backups(tmp_path / "库.backups")) == 1
    with scheduled_backups(library.corpus.folder, None):
        pass


def test_hours_are_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_parser().parse_args(["serve", "--backup-every", "24"]).backup_every == 24.0
    for wrong in ("0", "-3", "每天"):
        with pytest.raises(SystemExit):
            build_parser().parse_args(["serve", "--backup-every", wrong])
    capsys.readouterr()
