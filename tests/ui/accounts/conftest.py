"""A small library with an account of every role, and the whole application over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cemai.accounts import ROLES, Accounts, local_actor
from cemai.library import Library
from tests.river import encoder, make_river
from ui.server import build_app

PASSWORD = "Qinghe-River-2022"
HOST = "http://127.0.0.1:7860"


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_river(tmp_path_factory.mktemp("river"))


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy that may be changed."""
    shutil.copytree(made, tmp_path / "library")
    with Library.open(tmp_path / "library", encoder=encoder()) as opened:
        yield opened


def make_accounts(folder: Path | str, names: tuple[str, ...] = ("admin", *ROLES)) -> None:
    """An account of each role, called like it; all with the same password, hashed once."""
    with_store = Accounts.of_folder(folder, create=True)
    assert with_store is not None
    actor = local_actor("test")
    with with_store.store as store:
        with_store.add(actor, "admin", "admin", PASSWORD)
        hashed = store.accounts()[0].password
        for role in names:
            if role != "admin":
                store.add_account(actor, role, role, role, hashed)


@pytest.fixture
def accounts(library: Library) -> Iterator[Accounts]:
    """The accounts of the library, as another process has them open."""
    make_accounts(library.corpus.address)
    opened = Accounts.of_folder(library.corpus.address)
    assert opened is not None
    with opened.store:
        yield opened


@pytest.fixture
def app(library: Library) -> FastAPI:
    """The application at the port of ``HOST``; accounts may be made later."""
    return build_app(library, port=7860)


Visit = Callable[..., TestClient]


@pytest.fixture
def visit(app: FastAPI) -> Iterator[Visit]:
    """A browser of its own for each name; signed in where one is given."""
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as living:
        clients = []

        def open_page(name: str | None = None, password: str = PASSWORD) -> TestClient:
            client = TestClient(app, base_url=HOST, raise_server_exceptions=False, follow_redirects=False)
            client.portal = living.portal  # the loop in which the application lives
            clients.append(client)
            if name is not None:
                got = client.post("/sign-in", data={"name": name, "password": password})
                assert got.status_code == 303, got.text
            return client

        yield open_page
        for client in clients:
            client.close()
