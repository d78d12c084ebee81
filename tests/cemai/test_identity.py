"""A library file that is not the one that was there is told, with what to do; nothing is begun anew in its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import ReplacedLibrary
from corpus.store import FILE_NAME
from corpus.store.identity import NOTE
from tests.stores import open_plain, take_in, write_notices
from ui.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of three documents; ``旧`` beside it is its file as it was after two."""
    paths = write_notices(tmp_path / "收文", range(3))
    with open_plain(tmp_path / "库") as library:
        take_in(library, paths[:2])
    shutil.copyfile(tmp_path / "库" / FILE_NAME, tmp_path / "旧")
    with open_plain(tmp_path / "库") as library:
        take_in(library, paths[2:])
        library.search("河道")
    with open_plain(tmp_path / "别的库") as library:
        take_in(library, write_notices(tmp_path / "收文", range(10, 15)))
    return tmp_path / "库"


def empty(file: Path) -> None:
    file.write_bytes(b"")


def delete(file: Path) -> None:
    file.unlink()


def put_back_older(file: Path) -> None:
    shutil.copyfile(file.parent.parent / "旧", file)


def put_another(file: Path) -> None:
    shutil.copyfile(file.parent.parent / "别的库" / FILE_NAME, file)


WAYS = {"是空的": empty, "不见了": delete, "比上次用时旧": put_back_older, "另一个库": put_another}


@pytest.mark.parametrize("words", WAYS)
def test_another_file_is_told_and_left_as_it_is(folder: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    WAYS[words](folder / FILE_NAME)
    before = (folder / FILE_NAME).read_bytes() if (folder / FILE_NAME).exists() else None
    for create in (True, False):
        with pytest.raises(ReplacedLibrary, match=words):
            open_plain(folder, create=create)
    for command in (["doctor"], ["ask", "河道管护由谁负责"], ["ingest", str(folder.parent / "收文")], ["backup"]):
        assert main(["--library", str(folder), *command]) == 1
        said = capsys.readouterr().err
        assert words in said and "cemai restore" in said, command
    assert ((folder / FILE_NAME).read_bytes() if before is not None else None) == before


@pytest.mark.parametrize("words", WAYS)
def test_what_is_there_can_be_accepted(folder: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    WAYS[words](folder / FILE_NAME)
    assert main(["--library", str(folder), "doctor", "--accept"]) in (0, 1), (
        "without vectors of the embedded model it has a fault"
    )
    with open_plain(folder) as library:
        # the caches of the former file are not believed, however many changes this one has
        take_in(library, write_notices(folder.parent / "收文", range(20, 24)))
        assert library.doctor() == []
        assert len(library.search("通知", top=20)) >= 4
        assert all(library.corpus.text(library.find(hit.source).row) for hit in library.search("河道管护", top=20))


@pytest.mark.parametrize("way", [empty, put_back_older])
def test_without_a_note_the_caches_tell(folder: Path, way: Callable[[Path], None]) -> None:
    (folder / NOTE).unlink()
    way(folder / FILE_NAME)
    with pytest.raises(ReplacedLibrary):
        open_plain(folder)


@pytest.mark.parametrize("note", [None, b"", b"{", b"[]", b'{"library": 1}', b"\xff"])
def test_a_note_that_is_lost_or_damaged_harms_nothing(folder: Path, note: bytes | None) -> None:
    (folder / NOTE).unlink()
    if note is not None:
        (folder / NOTE).write_bytes(note)
    with open_plain(folder) as library:
        assert len(library.corpus) == 3 and library.doctor() == []
    with pytest.raises(ReplacedLibrary):
        put_back_older(folder / FILE_NAME)
        open_plain(folder)


def test_a_note_that_is_behind_is_brought_up(folder: Path) -> None:
    """As after a crash between the change and the note, or where an older program wrote in between."""
    note = (folder / NOTE).read_bytes()
    with open_plain(folder) as library:
        take_in(library, write_notices(folder.parent / "收文", [30]))
        after = (folder / NOTE).read_bytes()
    assert after != note
    (folder / NOTE).write_bytes(note)
    with open_plain(folder):
        pass
    assert (folder / NOTE).read_bytes() == after


def test_a_new_library_is_for_its_owner_only(tmp_path: Path) -> None:
    with open_plain(tmp_path) as library:
        take_in(library, write_notices(tmp_path / "收文", [1]))
        files = sorted(tmp_path.glob(f"{FILE_NAME}*"))
        assert len(files) == 3 and all(path.stat().st_mode & 0o777 == 0o600 for path in files)
