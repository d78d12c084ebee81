"""Fixtures of all tests. Where the shared material lies: CEMAI_SHARED, else ../shared beside the repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres

# What a machine does beside the tests must not fail them: no example and no drawing of examples is held against the wall clock.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material; tests that need it are skipped where it is missing."""
    folder = Path(os.environ.get("CEMAI_SHARED") or ROOT.parent / "shared")
    if not (folder / "seeds").is_dir():
        pytest.skip(f"shared material not found in {folder}: set CEMAI_SHARED to its folder")
    return folder


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the library or the settings of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    for name in ("CEMAI_CONFIG", "CEMAI_LLM_URL", "CEMAI_LLM_MODEL", "CEMAI_LLM_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("CEMAI_LIBRARY", raising=False)
    monkeypatch.delenv("CEMAI_MODEL", raising=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of PostgreSQL; tests that need it are skipped where none can be started."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.running_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> postgres.Place:
    """Where an empty library is, of either store: a folder, then a database. Whoever asks for it is tested over both."""
    if request.param == "sqlite":
        return tmp_path
    server = request.getfixturevalue("postgres_server")
    monkeypatch.setenv("CEMAI_NODE", str(tmp_path / "node"))
    return postgres.make_database(server, "either")
