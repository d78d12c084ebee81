"""A library that follows a folder: new, edited, renamed and removed files, and what is never removed without being asked."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zipfile
from pathlib import Path

import pytest

from cemai.library import Library
from cemai.mirroring import apply_mirror, plan_mirror, watch_folder
from corpus.errors import LibraryBusy, UsageError
from corpus.store import FILE_NAME
from ui.cli import main

NOTICE = "云岭县第{}号通知\n\n各乡镇要在2026年{}月底前完成隐患排查，排查点位不少于{}处。\n"


def write(folder: Path, *numbers: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.txt").write_text(NOTICE.format(number, number % 12 + 1, number), encoding="utf-8")


@pytest.fixture
def world(tmp_path):
    folder = tmp_path / "来文"
    write(folder, *range(1, 13))
    with Library.open(tmp_path / "库") as library:
        apply_mirror(library, plan_mirror(library, folder))
        yield library, folder


def sources(library: Library) -> set[str]:
    return {info.source for info in library.documents()}


def test_what_is_new_edited_renamed_and_gone_is_followed(world) -> None:
    library, folder = world
    assert len(sources(library)) == 12 and plan_mirror(library, folder).is_empty
    write(folder, 13)
    (folder / "1.txt").write_text(NOTICE.format(1, 9, 99), encoding="utf-8")
    (folder / "分类").mkdir()
    (folder / "2.txt").rename(folder / "分类" / "二号.txt")
    (folder / "3.txt").unlink()
    plan = plan_mirror(library, folder)
    assert [item.source for item in plan.added] == ["13.txt"] and [info.source for info, _ in plan.changed] == ["1.txt"]
    assert [(one.info.source, one.item.source) for one in plan.renamed] == [("2.txt", "分类/二号.txt")]
    assert [info.source for info in plan.removed] == ["3.txt"] and plan.needs_consent is None
    report = apply_mirror(library, plan)
    assert [info.source for info in report.removed] == ["3.txt"] and not report.kept
    assert sources(library) == {"1.txt", *(f"{n}.txt" for n in range(4, 14)), "分类/二号.txt"}
    assert "不少于99处" in library.corpus.text(library.find("1.txt").row)
    assert plan_mirror(library, folder).is_empty
    library.restore("3.txt")
    assert "3.txt" in sources(library)


def test_a_correction_goes_with_a_renamed_file(world) -> None:
    library, folder = world
    library.correct("2.txt", "地区", "贵州省")
    (folder / "2.txt").rename(folder / "二号.txt")
    apply_mirror(library, plan_mirror(library, folder))
    assert library.find("二号.txt").head.region == "贵州省"


def test_many_removals_wait_for_consent(world) -> None:
    library, folder = world
    for number in (4, 5):
        (folder / f"{number}.txt").unlink()
    plan = plan_mirror(library, folder)
    assert plan.needs_consent is not None and "十分之一" in plan.needs_consent
    report = apply_mirror(library, plan)
    assert not report.removed and len(report.kept) == 2 and len(sources(library)) == 12
    assert len(apply_mirror(library, plan_mirror(library, folder), consent=True).removed) == 2
    assert len(sources(library)) == 10


def test_an_empty_or_missing_folder_removes_nothing(world) -> None:
    library, folder = world
    for path in folder.iterdir():
        path.unlink()
    plan = plan_mirror(library, folder)
    assert plan.needs_consent is not None and "没有可读的文件" in plan.needs_consent
    assert not apply_mirror(library, plan).removed and len(sources(library)) == 12
    folder.rmdir()
    with pytest.raises(UsageError, match="不是文件夹"):
        plan_mirror(library, folder)


def test_other_documents_copies_archives_and_records(tmp_path) -> None:
    folder, outside = tmp_path / "来文", tmp_path / "别处"
    write(folder, 1)
    write(outside, 2)
    (folder / "副本.txt").write_bytes((folder / "1.txt").read_bytes())
    with zipfile.ZipFile(folder / "包.zip", "w") as archive:
        archive.writestr("三号.txt", NOTICE.format(3, 3, 3))
        archive.writestr("四号.txt", NOTICE.format(4, 4, 4))
    (folder / "记录.jsonl").write_text(
        "".join(json.dumps({"_id": f"r{n}", "title": "甲", "text": NOTICE.format(n, 1, n)}) + "\n" for n in (5, 6)),
        encoding="utf-8",
    )
    with Library.open(tmp_path / "库") as library:
        library.ingest([outside])
        apply_mirror(library, plan_mirror(library, folder))
        assert plan_mirror(library, folder).is_empty and len(sources(library)) == 6
        with zipfile.ZipFile(folder / "包.zip", "w") as archive:
            archive.writestr("三号.txt", NOTICE.format(3, 3, 3))
        (folder / "记录.jsonl").write_text(
            json.dumps({"_id": "r5", "title": "甲", "text": NOTICE.format(5, 1, 5)}) + "\n", encoding="utf-8"
        )
        (folder / "1.txt").unlink()  # its copy is still there
        plan = plan_mirror(library, folder)
        assert {info.source for info in plan.removed} == {"包.zip/四号.txt", "r6"}
        assert [one.item.source for one in plan.renamed] == ["副本.txt"]
        (folder / "包.zip").write_bytes(b"PK\x03\x04 half copied")
        assert "包.zip/三号.txt" not in {info.source for info in plan_mirror(library, folder).removed}
        apply_mirror(library, plan, consent=True)
        assert "2.txt" in sources(library)


def test_watching_waits_until_a_file_is_written(world) -> None:
    library, folder = world
    steps = iter(
        [
            lambda: None,
            lambda: write(folder, 20),
            lambda: (folder / "20.txt").write_text(NOTICE.format(20, 1, 777), encoding="utf-8"),
            lambda: None,
            lambda: None,
        ]
    )

    def wait(_seconds: float) -> bool:
        step = next(steps, None)
        if step is None:
            return True
        step()
        return False

    reports = list(watch_folder(library, folder, interval=1, wait=wait))
    assert [[item.source for item in report.plan.added] for report in reports] == [["20.txt"]]
    assert "不少于777处" in library.corpus.text(library.find("20.txt").row)


def test_nothing_to_do_changes_nothing(world) -> None:
    library, folder = world
    before = library.generation
    assert not apply_mirror(library, plan_mirror(library, folder)).removed
    assert library.generation == before


def test_another_writer_is_waited_for(world) -> None:
    library, folder = world
    library.corpus._db.execute("PRAGMA busy_timeout=50")
    (folder / "2.txt").rename(folder / "二号.txt")
    (folder / "3.txt").unlink()
    other = sqlite3.connect(library.corpus.folder / FILE_NAME, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryBusy):
        apply_mirror(library, plan_mirror(library, folder))
    said: list[str] = []
    release = threading.Thread(target=lambda: (time.sleep(0.5), other.execute("COMMIT")))
    release.start()
    apply_mirror(library, plan_mirror(library, folder), patience=60.0, progress=lambda _done, _total, what: said.append(what))
    release.join()
    other.close()
    assert any("等它写完" in what for what in said)
    assert {"2.txt", "3.txt"}.isdisjoint(sources(library)) and "二号.txt" in sources(library)


def test_the_command_says_what_it_will_do_and_did(tmp_path, capsys) -> None:
    folder, library = tmp_path / "来文", str(tmp_path / "库")
    write(folder, 1, 2, 3)
    assert main(["--library", library, "ingest", "--mirror", str(folder)]) == 0
    assert "新增 3 份" in capsys.readouterr().out
    (folder / "3.txt").unlink()
    assert main(["--library", library, "ingest", "--mirror", str(folder), "--plan"]) == 0
    assert "移除 3.txt" in capsys.readouterr().out
    assert main(["--library", library, "ingest", "--mirror", str(folder)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert main(["--library", library, "ingest", "--mirror", str(folder), "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed"] == ["3.txt"]
    assert main(["--library", library, "ingest", "--watch", str(folder)]) == 2
    assert main(["--library", library, "ingest"]) == 2
