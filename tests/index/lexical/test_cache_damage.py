"""A damaged cache is noticed and made anew; it never answers wrongly and never stops a search."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cemai.library import Library
from index.files import CacheFiles
from index.lexical.cache import LexicalCache

NOTICE = "某县人民政府关于加强农村供水管护的通知\n一、落实管护责任。各乡镇要明确管水员，定期检测水质。\n二、保障经费。县财政局安排维修资金。\n"


@pytest.mark.parametrize("suffix", ["idx", "term", "store", "json", "fast"])
@pytest.mark.parametrize("damage", ["flip", "quiet flip", "cut", "gone"])
def test_a_damaged_file_is_noticed_and_the_index_made_anew(tmp_path: Path, suffix: str, damage: str) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest([tmp_path / "通知.txt"])
        expected = [hit.record() for hit in library.search("管水员")]
        assert expected and library.doctor() == []
    victim = sorted((tmp_path / "lib" / "cache" / "lexical").rglob(f"*.{suffix}"))[-1]
    data = bytearray(victim.read_bytes())
    if "flip" in damage:
        times = victim.stat()
        data[len(data) // 2] ^= 0x10
        victim.write_bytes(data)
        if damage == "quiet flip":  # as a failing disk does it
            os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif damage == "cut":
        victim.write_bytes(data[: len(data) // 2])
    else:
        victim.unlink()
    with Library.open(tmp_path / "lib") as library:
        assert library.doctor()
        assert [hit.record() for hit in library.search("管水员")] == expected
        assert library.doctor() == []


def test_a_copied_library_is_read_once_and_not_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest([tmp_path / "通知.txt"])
    shutil.copytree(tmp_path / "lib", tmp_path / "copy", copy_function=shutil.copyfile)
    monkeypatch.setattr(LexicalCache, "_build", lambda self, generation: pytest.fail("made anew"))
    read: list[str] = []
    holds = CacheFiles._holds
    monkeypatch.setattr(CacheFiles, "_holds", lambda self, name: (read.append(name), holds(self, name))[1])
    monkeypatch.setattr("index.files.SAMPLE", 0)
    for expected in (True, False):
        read.clear()
        with Library.open(tmp_path / "copy") as library:
            assert library.search("管水员")
        assert bool(read) is expected


def test_damage_that_no_sample_met_is_noticed_when_a_search_meets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    monkeypatch.setattr("index.files.SAMPLE", 0)
    with Library.open(tmp_path / "lib") as library:
        library.ingest([tmp_path / "通知.txt"])
        expected = [hit.record() for hit in library.search("管水员")]
    victim = sorted((tmp_path / "lib" / "cache" / "lexical" / "passages").glob("*.store"))[-1]
    times, data = victim.stat(), victim.read_bytes()
    victim.write_bytes(bytes(len(data) - 40) + data[-40:])
    os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))
    with Library.open(tmp_path / "lib") as library:
        assert [hit.record() for hit in library.search("管水员")] == expected
        assert library.doctor() == []
