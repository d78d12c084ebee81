"""RAR and 7z archives are read like folders, as ZIP archives are; what must not be read is refused by itself, in Chinese."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cemai.library import Library
from corpus.errors import RefusedInput
from ingest.files import gather
from ingest.formats.sniff import detect
from ingest.limits import DEFAULT, MEGABYTE

NOTICE = "云岭县人民政府关于做好防汛工作的通知\n\n各乡镇要在2025年6月底前完成隐患排查。\n"
PLAN = "清河市养老服务方案\n\n到2026年，养老床位达到1200张。\n"


def rar(*members: tuple[str, bytes], form: str = "rar50", **options: object) -> bytes:
    rars = pytest.importorskip("rars", reason="rars is not installed (requirements-archives.lock): RAR archives are refused")
    builder = rars.RarBuilder(format=form, **options)
    for name, data in members:
        builder.add_bytes(data, name)
    return bytes(builder.to_bytes())


def seven(*members: tuple[str, bytes], **options: object) -> bytes:
    py7zr = pytest.importorskip("py7zr", reason="py7zr is not installed (requirements-archives.lock): 7z archives are refused")
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", **options) as archive:
        for name, data in members:
            archive.writef(io.BytesIO(data), name)
    return out.getvalue()


MAKERS = {
    "rar5": lambda *members: rar(*members),
    "rar5, solid": lambda *members: rar(*members, solid=True),
    "rar4": lambda *members: rar(*members, form="rar29"),
    "rar5, stored": lambda *members: rar(*members, store=True),
    "7z": seven,
}


def ending(maker: str) -> str:
    return maker[:3] if maker.startswith("rar") else "7z"


@pytest.mark.parametrize("maker", MAKERS)
def test_members_are_documents_and_what_is_none_is_named(tmp_path: Path, maker: str) -> None:
    path = tmp_path / f"附件包.{ending(maker)}"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("丙.txt", NOTICE)
    members = [
        ("附件1.txt", NOTICE.encode()),
        ("表/附件2.csv", "任务,单位\n防汛,水务局\n".encode()),
        ("里层.zip", inner.getvalue()),
    ]
    path.write_bytes(MAKERS[maker](*members, ("~$甲.docx", b"x"), ("录像.mp4", b"x")))
    found = gather([path])
    name = path.name
    assert {item.source for item in found} == {f"{name}/表/附件2.csv", f"{name}/附件1.txt", f"{name}/里层.zip/丙.txt"}
    read = {item.source: item.read() for item in found}
    assert read[f"{name}/附件1.txt"] == NOTICE.encode() == read[f"{name}/里层.zip/丙.txt"]
    assert next(item.origin for item in found if item.source.endswith("附件1.txt")) == f"{path.resolve()}/附件1.txt"
    assert [(refused.source, refused.reason) for refused in found.refused] == [(f"{name}/录像.mp4", "unsupported")]


@pytest.mark.parametrize("maker", ["rar5", "7z"])
def test_a_library_follows_a_new_version(tmp_path: Path, maker: str) -> None:
    path = tmp_path / f"来文.{ending(maker)}"
    path.write_bytes(MAKERS[maker](("通知.txt", NOTICE.encode()), ("方案.txt", PLAN.encode())))
    with Library.open(tmp_path / "库") as library:
        assert len(library.ingest([path]).added) == 2
        path.write_bytes(MAKERS[maker](("通知.txt", NOTICE.replace("6月", "5月").encode()), ("方案.txt", PLAN.encode())))
        again = library.ingest([path])
        assert (again.replaced, again.unchanged) == ([f"{path.name}/通知.txt"], [f"{path.name}/方案.txt"])


@pytest.mark.parametrize(("maker", "name"), [("rar5", "包.zip"), ("rar5", "包.7z"), ("7z", "包.rar")])
def test_an_archive_under_the_ending_of_another_is_read(tmp_path: Path, maker: str, name: str) -> None:
    (tmp_path / name).write_bytes(MAKERS[maker](("甲.txt", NOTICE.encode())))
    assert [item.read().decode() for item in gather([tmp_path / name])] == [NOTICE]


def test_an_archive_named_as_a_document_says_what_to_do() -> None:
    for data, word in ((b"Rar!\x1a\x07\x01\x00" + b"\0" * 90, ".rar"), (b"7z\xbc\xaf\x27\x1c" + b"\0" * 90, ".7z")):
        with pytest.raises(RefusedInput) as caught:
            detect(data, "通知.docx")
        assert f"请把扩展名改为 {word}" in caught.value.message


@pytest.mark.parametrize(("library", "name"), [("rars", "包.rar"), ("py7zr", "包.7z")])
def test_without_its_library_an_archive_is_refused_with_the_next_step(
    tmp_path: Path, monkeypatch, library: str, name: str
) -> None:
    monkeypatch.setattr("ingest.formats.solid_archive.find_spec", lambda asked: None if asked == library else object())
    begin = b"Rar!\x1a\x07\x01\x00" if library == "rars" else b"7z\xbc\xaf\x27\x1c"
    (tmp_path / name).write_bytes(begin + b"\0" * 90)
    (refused,) = gather([tmp_path / name]).refused
    assert (
        refused.reason == "unsupported"
        and "请解压后导入其中的文件" in refused.message
        and "requirements-archives.lock" in refused.message
    )


def locked_rar() -> bytes:
    return rar(("甲.txt", NOTICE.encode()), password="x", encrypt_headers=True)


def volume(folder: Path) -> bytes:
    rars = pytest.importorskip("rars")
    builder = rars.RarBuilder(format="rar50", volume_size=20_000, store=True)
    builder.add_bytes(random.Random(1).randbytes(50_000), "甲.txt")
    return Path(builder.write_volumes(str(folder / "v.rar"))[0]).read_bytes()


REFUSED = {
    "M241 a rar bomb": ("rar", "size", lambda _: rar(("甲.txt", b"0" * (101 * MEGABYTE)))),
    "M242 a 7z bomb": ("7z", "size", lambda _: seven(("甲.txt", b"0" * (101 * MEGABYTE)))),
    "M243 many large members": ("7z", "size", lambda _: seven(*((f"{i}.txt", b"0" * (90 * MEGABYTE)) for i in range(4)))),
    "M244 too many members": ("7z", "size", lambda _: seven(*((f"{i}.txt", b"") for i in range(2_001)))),
    "M245 a locked rar": ("rar", "encrypted", lambda _: locked_rar()),
    "M245 a locked member": ("rar", "encrypted", lambda _: rar(("甲.txt", NOTICE.encode()), password="x")),
    "M245 a locked 7z": ("7z", "encrypted", lambda _: seven(("甲.txt", NOTICE.encode()), password="x")),
    "M245 a locked directory of 7z": ("7z", "encrypted", lambda _: seven(("甲.txt", b"x"), password="x", header_encryption=True)),
    "M246 a cut rar": ("rar", "broken", lambda _: rar(("甲.txt", NOTICE.encode() * 50))[:90]),
    "M246 a cut 7z": ("7z", "broken", lambda _: seven(("甲.txt", NOTICE.encode() * 50))[:-20]),
    "M247 one volume of several": ("rar", "broken", volume),
    "M249 nothing in it": ("7z", "empty", lambda _: seven()),
}


@pytest.mark.hostile
@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    kind, reason, make = REFUSED[name]
    path = tmp_path / f"包.{kind}"
    path.write_bytes(make(tmp_path))
    found = gather([path])
    assert not found.inputs
    assert {refused.reason for refused in found.refused} == {reason}
    assert all("请" in refused.message and "Traceback" not in refused.message for refused in found.refused)


@pytest.mark.hostile
@pytest.mark.parametrize("name", ["../甲.txt", "/etc/甲.txt", "C:/甲.txt", "a/../../甲.txt"])
def test_m248_a_name_that_leads_elsewhere(monkeypatch, tmp_path: Path, name: str) -> None:
    """The libraries that write archives refuse such names, so the directory is given as one that is read."""
    from ingest.formats import solid_archive

    listed = [solid_archive._Member(name, 3), solid_archive._Member("好.txt", 3), solid_archive._Member("好.TXT", 3)]
    monkeypatch.setattr(solid_archive, "run_apart", lambda *_, **__: listed)
    monkeypatch.setattr(solid_archive, "find_spec", lambda _: object())
    archive = solid_archive.SolidArchive(tmp_path / "包.rar", "包.rar", DEFAULT, "rar")
    assert list(archive.names()) == ["好.txt"]
    assert [(refused.source, refused.reason) for refused in archive.refused] == [
        (f"包.rar/{name}", "broken"),
        ("包.rar/好.TXT", "broken"),
    ]


@pytest.mark.hostile
@pytest.mark.parametrize("maker", ["rar5", "7z"])
def test_m250_archives_with_bytes_changed_end_in_time(tmp_path: Path, monkeypatch, maker: str) -> None:
    """Twelve archives with bytes changed anywhere: each is read or refused, with words, and no member is read wrongly."""
    monkeypatch.setattr("ingest.files.DEFAULT", replace(DEFAULT, seconds=20.0, memory_bytes=1_024 * MEGABYTE))
    good = MAKERS[maker](*((f"{i}.txt", (NOTICE * i).encode()) for i in range(1, 6)))
    right = {(NOTICE * i).encode() for i in range(1, 6)}
    for seed in range(12):
        chance = random.Random(seed)
        data = bytearray(good)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        path = tmp_path / f"{seed}.{ending(maker)}"
        path.write_bytes(data)
        found = gather([path])
        assert all("请" in refused.message for refused in found.refused)
        for item in found:
            try:
                assert item.read() in right
            except RefusedInput as refused:
                assert refused.reason in ("broken", "memory", "timeout", "crash", "encrypted")


@pytest.mark.hostile
@pytest.mark.parametrize("maker", ["rar5, stored", "7z"])
def test_a_damaged_member_does_not_take_the_others(tmp_path: Path, maker: str) -> None:
    pytest.importorskip("rars" if maker.startswith("rar") else "py7zr")
    members = (("a.txt", NOTICE.encode()), ("b.txt", PLAN.encode()))
    data = bytearray(MAKERS[maker](*members)) if maker != "7z" else bytearray(copied_7z(members))
    at = data.find("防汛".encode())
    data[at] ^= 1
    path = tmp_path / f"包.{ending(maker)}"
    path.write_bytes(data)
    with Library.open(tmp_path / "库") as library:
        report = library.ingest([path])
    assert report.added == [f"{path.name}/b.txt"]
    assert [(refused.source, refused.reason) for refused in report.refused] == [(f"{path.name}/a.txt", "broken")]


def copied_7z(members: tuple[tuple[str, bytes], ...]) -> bytes:
    """A 7z archive that keeps each member apart from the others, as it is."""
    import py7zr

    out = io.BytesIO(seven(members[0], filters=[{"id": py7zr.FILTER_COPY}]))
    for name, data in members[1:]:
        with py7zr.SevenZipFile(out, "a", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
            archive.writef(io.BytesIO(data), name)
    return out.getvalue()
