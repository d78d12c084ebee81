"""Where settings and libraries are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cemai.settings import config_path, default_folder


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CEMAI_LIBRARY", str(tmp_path / "库"))
    monkeypatch.setenv("CEMAI_CONFIG", str(tmp_path / "设置.toml"))
    assert default_folder() == tmp_path / "库"
    assert config_path() == tmp_path / "设置.toml"


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of one platform")
def test_the_folders_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert default_folder() == tmp_path / "data" / "cemai" / "library"
    assert config_path() == tmp_path / "config" / "cemai" / "config.toml"
