import os
import sys

import pytest

from corpus.store import FILE_NAME
from ingest.files import Input, gather


def sources(found):
    return [item.source for item in found]


def test_a_file_goes_by_its_name_and_a_folder_member_by_its_path(tmp_path):
    (tmp_path / "市级 文件").mkdir()
    (tmp_path / "甲.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "市级 文件" / "乙.html").write_text("乙", encoding="utf-8")
    assert sources(gather([tmp_path / "甲.txt"])) == ["甲.txt"]
    assert sources(gather([tmp_path])) == ["甲.txt", "市级 文件/乙.html"]


def test_the_same_name_from_two_places_is_told_apart(tmp_path):
    for folder in ("一区", "二区"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "方案.txt").write_text(folder, encoding="utf-8")
    found = gather([tmp_path / "一区" / "方案.txt", tmp_path / "二区" / "方案.txt"])
    assert sources(found) == ["一区/方案.txt", "二区/方案.txt"]


def test_the_same_file_comes_once(tmp_path):
    path = tmp_path / "甲.txt"
    path.write_text("甲", encoding="utf-8")
    assert len(gather([path, path, tmp_path])) == 1


def test_hidden_temporary_and_library_files_are_passed_over(tmp_path):
    for name in (".DS_Store", "~$方案.docx", "._甲.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "库").mkdir()
    (tmp_path / "库" / FILE_NAME).write_bytes(b"")
    (tmp_path / "库" / "原件.txt").write_text("x", encoding="utf-8")
    found = gather([tmp_path])
    assert (found.inputs, found.refused) == ((), ())


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path):
    (tmp_path / "录像.mp4").write_bytes(b"x")
    found = gather([tmp_path, tmp_path / "没有.txt"])
    assert {(r.source, r.reason) for r in found.refused} == {("录像.mp4", "unsupported"), ("没有.txt", "unreadable")}


@pytest.mark.skipif(sys.platform == "win32", reason="needs links, pipes and permissions of POSIX")
def test_links_loops_and_pipes_do_no_harm(tmp_path):
    (tmp_path / "甲.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "圈").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "外.txt").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "管道.txt")
    closed = tmp_path / "关"
    closed.mkdir()
    closed.chmod(0)
    try:
        found = gather([tmp_path])
    finally:
        closed.chmod(0o700)
    assert sources(found) == ["甲.txt"]
    assert {"圈", "外.txt", "管道.txt"} <= {r.source for r in found.refused}


def test_a_vanished_file_is_refused_not_a_crash(tmp_path):
    from corpus.errors import RefusedInput

    with pytest.raises(RefusedInput):
        Input(tmp_path / "没有.txt", "没有.txt").read()
