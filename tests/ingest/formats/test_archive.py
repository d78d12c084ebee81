"""A ZIP archive is read like a folder of documents; what is hostile in it is refused by itself, in Chinese."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cemai.library import Library
from ingest.files import gather, records
from ingest.limits import DEFAULT

NOTICE = "云岭县人民政府关于做好防汛工作的通知\n\n各乡镇要在2025年6月底前完成隐患排查。\n"
PLAN = "清河市养老服务方案\n\n到2026年，养老床位达到1200张。\n"


def pack(path: Path, *members: tuple[str | zipfile.ZipInfo, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def sources(found) -> list[str]:
    return [item.source for item in found]


def test_members_are_documents_under_their_own_names(tmp_path) -> None:
    path = pack(
        tmp_path / "附件包.zip", ("附件1.txt", NOTICE), ("表/附件2.csv", "任务,单位\n防汛,水务局\n"), ("附件3.md", f"# {PLAN}")
    )
    found = gather([path])
    assert sources(found) == ["附件包.zip/表/附件2.csv", "附件包.zip/附件1.txt", "附件包.zip/附件3.md"] and not found.refused
    assert found.inputs[1].read().decode() == NOTICE and found.inputs[1].size == len(NOTICE.encode())
    assert found.inputs[1].origin == f"{path.resolve()}/附件1.txt"


def test_a_library_keeps_members_apart_and_follows_a_new_version(tmp_path) -> None:
    folder = tmp_path / "来文"
    folder.mkdir()
    pack(folder / "甲.zip", ("通知.txt", NOTICE), ("方案.txt", PLAN))
    pack(folder / "乙.zip", ("通知.txt", NOTICE.replace("云岭", "平湖")))
    with Library.open(tmp_path / "库") as library:
        first = library.ingest([folder])
        assert len(first.added) == 3 and not first.refused
        assert library.ingest([folder]).added == []
        pack(folder / "甲.zip", ("通知.txt", NOTICE.replace("6月", "5月")), ("方案.txt", PLAN))
        again = library.ingest([folder])
        assert (len(again.replaced), len(again.unchanged)) == (1, 2)


def test_what_is_no_document_is_named_and_system_files_are_passed_over(tmp_path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("丙.txt", NOTICE)
    path = pack(
        tmp_path / "包.zip",
        ("./甲.txt", NOTICE),
        ("__MACOSX/._甲.txt", b"x"),
        ("~$乙.docx", b"x"),
        ("目录/", b""),
        ("录像.mp4", b"x"),
        ("里层.zip", inner.getvalue()),
    )
    found = gather([path])
    assert sources(found) == ["包.zip/甲.txt", "包.zip/里层.zip/丙.txt"]
    assert found.inputs[1].origin == f"{path.resolve()}/里层.zip/丙.txt" and found.inputs[1].read().decode() == NOTICE
    assert [(refused.source, refused.reason) for refused in found.refused] == [("包.zip/录像.mp4", "unsupported")]
    (nothing,) = gather([pack(tmp_path / "空.zip")]).refused
    assert nothing.reason == "empty"


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.hostile
def test_archives_lie_in_each_other_once_and_no_deeper(tmp_path) -> None:
    deep = zipped("二层.zip", zipped("三层.zip", zipped("丁.txt", NOTICE.encode())))
    found = gather([pack(tmp_path / "包.zip", ("一层.zip", deep), ("甲.txt", NOTICE))])
    assert sources(found) == ["包.zip/甲.txt"]
    (refused,) = found.refused
    assert refused.source == "包.zip/一层.zip/二层.zip" and "套了 2 层以上" in refused.message


@pytest.mark.hostile
def test_an_archive_of_archives_has_an_end(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("ingest.files.DEFAULT", replace(DEFAULT, archive_members=40))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for n in range(30):
            archive.writestr(f"{n}.txt", "x")
    found = gather([pack(tmp_path / "包.zip", *((f"{n}.zip", inner.getvalue()) for n in range(30)))])
    assert len(found) <= 41 and [refused.reason for refused in found.refused] == ["size"]


def test_names_of_chinese_windows_and_records(tmp_path) -> None:
    # as Windows writes them: GB 18030 without the mark of UTF-8, and backslashes between folders
    path = pack(tmp_path / "a.zip", ("AAAA_1.txt", NOTICE), ("b_c.jsonl", '{"_id": "1", "title": "甲", "text": "乙"}\n'))
    data = path.read_bytes().replace(b"AAAA_1.txt", "附件".encode("gb18030") + b"\\1.txt")
    path.write_bytes(data)
    found = gather([path])
    assert sources(found) == ["a.zip/b_c.jsonl", "a.zip/附件/1.txt"]
    assert [record["text"] for record in records(found.inputs[0])] == ["乙"]


def test_an_office_file_under_the_ending_is_no_archive(tmp_path) -> None:
    path = pack(tmp_path / "a.zip", ("[Content_Types].xml", "<a/>"), ("word/document.xml", "<b/>"))
    assert sources(gather([path])) == ["a.zip"]


def _many(path: Path) -> Path:
    return pack(path, *((f"{n}.txt", "") for n in range(DEFAULT.archive_members + 1)))


def _bomb(path: Path) -> Path:
    return pack(path, ("a.txt", b"a" * (30 << 20)))


def _large(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "x")
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 24
    path.write_bytes(data[:at] + (0xF0000000).to_bytes(4, "little") + data[at + 4 :])
    return path


def _locked(path: Path) -> Path:
    data = bytearray(pack(path, ("a.txt", "x")).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    return path


def _overlapping(path: Path) -> Path:
    data = bytearray(pack(path, ("a.txt", "x"), ("b.txt", "x"), compression=zipfile.ZIP_STORED).read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = bytes(4)
    path.write_bytes(data)
    return path


def _cut(path: Path) -> Path:
    path.write_bytes(pack(path, ("a.txt", NOTICE)).read_bytes()[:-30])
    return path


def _huge_directory(path: Path) -> Path:
    path.write_bytes(b"PK\x05\x06" + bytes(8) + (1 << 30).to_bytes(4, "little") + bytes(6))
    return path


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("make", "reason"),
    [(_many, "size"), (_overlapping, "size"), (_cut, "broken"), (_huge_directory, "size")],
    ids=["many", "overlapping", "cut", "huge_directory"],
)
def test_hostile_archives_are_refused_as_a_whole(tmp_path, make, reason: str) -> None:
    found = gather([make(tmp_path / "包.zip")])
    assert not found.inputs
    (refused,) = found.refused
    assert (refused.source, refused.reason) == ("包.zip", reason)
    assert any("\u4e00" <= character <= "\u9fff" for character in refused.message)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("make", "member", "reason"),
    [
        (_bomb, "a.txt", "size"),
        (_large, "a.txt", "size"),
        (_locked, "a.txt", "encrypted"),
        (lambda path: pack(path, ("../../a.txt", "x")), "../../a.txt", "broken"),
        (lambda path: pack(path, ("C:\\a.txt", "x")), "C:/a.txt", "broken"),
        (lambda path: pack(path, ("A.txt", "x"), ("a.TXT", "y")), "a.TXT", "broken"),
    ],
    ids=["bomb", "large", "locked", "climbing", "drive", "same_name"],
)
def test_a_hostile_member_is_refused_and_the_others_are_read(tmp_path, make, member: str, reason: str) -> None:
    path = make(tmp_path / "包.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("好.txt", NOTICE)
    found = gather([path])
    assert [item.read().decode() for item in found if item.source == "包.zip/好.txt"] == [NOTICE]
    assert [(refused.source, refused.reason) for refused in found.refused] == [(f"包.zip/{member}", reason)]
    assert found.refused[0].message.count("请") >= 1


@pytest.mark.hostile
def test_a_member_that_is_damaged_does_not_stop_the_others(tmp_path) -> None:
    path = pack(tmp_path / "包.zip", ("a.txt", NOTICE), ("b.txt", PLAN), compression=zipfile.ZIP_STORED)
    data = path.read_bytes()
    path.write_bytes(data.replace(NOTICE.encode(), NOTICE.replace("防汛", "抗旱").encode(), 1))
    with Library.open(tmp_path / "库") as library:
        report = library.ingest([path])
    assert report.added == ["包.zip/b.txt"]
    assert [(refused.source, refused.reason) for refused in report.refused] == [("包.zip/a.txt", "broken")]
