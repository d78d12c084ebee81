"""The check of a library asks for facts of an older version to be read again, and is content afterwards."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cemai.library import Library


def test_facts_of_an_older_version_are_asked_to_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("云岫县水务局关于管水的通知\n一、加强管护。（责任单位：县水务局）\n", encoding="utf-8")
    with Library.open(tmp_path / "库") as library:
        library.ingest([path])
        assert library.doctor() == []
    for change in ("UPDATE fact_versions SET version=0", "DELETE FROM fact_versions"):
        file = sqlite3.connect(tmp_path / "库" / "library.sqlite")
        with file:
            file.execute(change)
        file.close()
        with Library.open(tmp_path / "库") as library:
            (fault,) = library.doctor()
            assert "1 份文件" in fault
            assert "cemai ingest --again" in fault
            library.ingest([path], again=True)
            assert library.doctor() == []
