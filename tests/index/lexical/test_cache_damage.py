"""A damaged cache is noticed and made anew; it never answers wrongly and never stops a search."""

from __future__ import annotations

from pathlib import Path

import pytest

from cemai.library import Library

NOTICE = "某县人民政府关于加强农村供水管护的通知\n一、落实管护责任。各乡镇要明确管水员，定期检测水质。\n二、保障经费。县财政局安排维修资金。\n"


@pytest.mark.parametrize("suffix", ["idx", "term", "store", "json", "fast"])
@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_a_damaged_file_is_noticed_and_the_index_made_anew(tmp_path: Path, suffix: str, damage: str) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    with Library.open(tmp_path / "lib") as library:
        library.ingest([tmp_path / "通知.txt"])
        expected = [hit.record() for hit in library.search("管水员")]
        assert expected and library.doctor() == []
    victim = sorted((tmp_path / "lib" / "cache" / "lexical").rglob(f"*.{suffix}"))[-1]
    data = bytearray(victim.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 0x10
        victim.write_bytes(data)
    elif damage == "cut":
        victim.write_bytes(data[: len(data) // 2])
    else:
        victim.unlink()
    with Library.open(tmp_path / "lib") as library:
        assert library.doctor()
        assert [hit.record() for hit in library.search("管水员")] == expected
        assert library.doctor() == []
