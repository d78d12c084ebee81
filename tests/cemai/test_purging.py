"""Gone is gone: words of purged documents are in no byte of the folder, by search of the bytes themselves, compressed ones too."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cemai.backups import make_backup, restore_backup
from cemai.library import Library
from cemai.purging import purge_library
from corpus.errors import IncompletePurge
from corpus.store import FILE_NAME
from index.lock import writing
from tests.stores import bytes_of_folder, open_plain, run_killed, take_in, write_notices
from ui.cli import main

DOCUMENTS = 40
LETTERS = "".join(chr(ord("甲") + i) for i in range(0, 6000, 7))
"""Characters that words nobody uses are made of."""


def made_up(number: int, kind: int) -> str:
    """A word of six characters that stands nowhere else, the same for the same numbers."""
    seed = (number * 5 + kind + 1) * 7919
    return "".join(LETTERS[(seed * (i + 3) + i * i * 101) % len(LETTERS)] for i in range(6))


def telephone(number: int) -> str:
    return f"139{(number + 11) * 7777777 % 10**8:08}"


def planted(number: int) -> list[str]:
    """What is planted in a document: in its title, its text, a table, as a telephone number, as an indicator."""
    return [made_up(number, 0), made_up(number, 1), made_up(number, 2), telephone(number), made_up(number, 3)]


def write_planted(folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for number in range(DOCUMENTS):
        title, person, cell, phone, indicator = planted(number)
        text = (
            f"云岫县人民政府关于{title}管理的通知\n云岫政发〔2024〕{number + 1}号\n一、总体要求\n"
            f"到2025年，{indicator}覆盖率达到{number + 20}%。\n二、责任分工\n由县水利局牵头，联系人{person}，电话{phone}。\n"
            f"云岫县人民政府\n2024年5月8日\n"
        )
        html = f"<html><head><title>{title}</title></head><body>{''.join(f'<p>{line}</p>' for line in text.splitlines())}"
        table = f"<table><tr><th>项目</th><th>经费（万元）</th></tr><tr><td>{cell}</td><td>{number + 100}</td></tr></table>"
        path = folder / f"文件{number:02}.html"
        path.write_text(f"{html}{table}</body></html>", encoding="utf-8")
        paths.append(path)
    return paths


def readings(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder as it is, what any zlib stream in it holds, and every value of every table of every database."""
    for name, data in bytes_of_folder(folder).items():
        yield name, data
        for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
            try:
                yield f"{name} 解压", zlib.decompressobj().decompress(data[found.start() : found.start() + (1 << 20)])
            except zlib.error:
                continue
        if data.startswith(b"SQLite format 3"):
            with sqlite3.connect(f"{(folder / name).as_uri()}?mode=ro", uri=True) as db:
                for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
                    for row in db.execute(f"SELECT * FROM {table}"):
                        yield f"{name} {table}", repr(row).encode()
            db.close()


def places(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Where words stand, in any of the forms that a program may write them in."""
    forms = {
        word: [word.encode("utf-8"), word.encode("utf-16-le"), word.encode("gb18030"), json.dumps(word)[1:-1].encode()]
        for word in words
    }
    found: dict[str, set[str]] = {word: set() for word in forms}
    for name, data in readings(folder):
        for word, written in forms.items():
            if any(form in data for form in written):
                found[word].add(name)
    return found


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library in use for a while: planted documents, some replaced and corrected, searched, asked; others stay."""
    with open_plain(tmp_path / "库") as library:
        paths = write_planted(tmp_path / "收文")
        take_in(library, [*paths, *write_notices(tmp_path / "收文", range(6))])
        paths[0].write_text(paths[0].read_text(encoding="utf-8").replace("由县水利局", "由县住建局"), encoding="utf-8")
        take_in(library, [paths[0]])
        library.correct_many(
            [paths[1].name], {"标题": "改过的标题"}, who="李四", note=f"原标题为云岫县人民政府关于{planted(1)[0]}管理的通知"
        )
        for number in range(0, DOCUMENTS, 4):
            title, person, *_ = planted(number)
            library.search(title)
            answer = library.ask(f"{title}管理由谁负责？")
            library.feedback(answer.id, "right", f"核对：由县水利局牵头，联系人{person}，电话没有核对。")
        library.figures("地区生产总值")
        library.targets()
        yield library


def remove_planted(library: Library) -> None:
    library.remove_many([f"文件{number:02}.html" for number in range(DOCUMENTS)])


def asked_about(library: Library) -> set[str]:
    """Words that a person typed in a question: short ones stay with it."""
    return {planted(number)[0] for number in range(0, DOCUMENTS, 4)}


def test_what_is_purged_is_in_no_byte_of_the_folder(library: Library, tmp_path: Path) -> None:
    every = [word for number in range(DOCUMENTS) for word in planted(number)]
    assert len(set(every)) == 5 * DOCUMENTS == 200
    folder = library.corpus.folder
    before = places(folder, every)
    assert all(before.values()), "a planted word is not found by the search of bytes"
    assert any("lexical" in name for name in set().union(*before.values()))
    remove_planted(library)
    library.search("经费")
    for name in ("lexical.new17", "lexical.old17"):  # as processes that were killed leave them
        (folder / "cache" / name / "passages").mkdir(parents=True)
        (folder / "cache" / name / "passages" / "a.store").write_bytes(every[0].encode())
    (folder / "uploads").mkdir()
    upload = folder / "uploads" / "文件03.html"
    upload.write_bytes((tmp_path / "收文" / "文件03.html").read_bytes())
    assert purge_library(library).erased == DOCUMENTS
    typed = asked_about(library)
    for step in ("purged", "searched", "opened"):
        left = {word: where for word, where in places(folder, every).items() if where}
        assert set(left) <= typed, (step, left)
        assert all(where <= {FILE_NAME, f"{FILE_NAME} answers"} for where in left.values()), (step, left)
        assert not upload.exists() and not library.corpus.purging
        if step == "purged":
            assert library.search("河道管护") and not library.search(every[1])
            library.figures("地区生产总值")
        elif step == "searched":
            with open_plain(folder) as other:
                assert other.doctor() == [] and len(other.corpus) == 6
                assert all(kept.payload["erased"] for kept in other.answers() if kept.payload["citations"])


def test_beside_an_open_reader_it_is_refused_and_goes_on_later(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    folder, (title, *_) = library.corpus.folder, planted(5)
    remove_planted(library)
    reader = sqlite3.connect(folder / FILE_NAME)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM documents").fetchone()
    command = ["--library", str(folder), "docs", "purge"]
    try:
        assert main(command) == 1
        assert "残余还没有清掉" in capsys.readouterr().err
        with open_plain(folder) as other:
            assert other.corpus.purging and not other.corpus.removed()
            assert any("残余" in fault for fault in other.doctor())
    finally:
        reader.close()
    assert main(command) == 0
    assert "残余也清掉了" in capsys.readouterr().out
    assert places(folder, [title])[title] == set()


def test_beside_a_writer_of_the_index_it_is_refused(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cemai.purging.WAIT", 0.1)
    remove_planted(library)
    with writing(library.corpus.folder / "cache", 0.0) as held, pytest.raises(IncompletePurge, match="索引"):
        assert held
        purge_library(library)
    assert library.corpus.purging
    report = purge_library(library)
    assert report.resumed and report.erased == 0 and not library.corpus.purging


KILL = """
import os, signal, sys
from pathlib import Path
import cemai.purging
from tests.stores import open_plain
library = open_plain(Path(sys.argv[1]))
cemai.purging.clear_caches = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
cemai.purging.purge_library(library)
"""


def test_a_purge_that_was_cut_off_is_told_and_finished(library: Library) -> None:
    folder, words = library.corpus.folder, planted(7)
    remove_planted(library)
    library.close()
    run_killed(KILL, folder)
    with open_plain(folder) as library:
        assert any("残余" in fault for fault in library.doctor())
        assert purge_library(library).resumed
    assert not any(places(folder, words).values())


def test_backups_and_what_was_put_aside_are_named(library: Library, tmp_path: Path) -> None:
    folder = library.corpus.folder
    made = make_backup(folder, tmp_path / "备份")
    library.close()
    aside = restore_backup(made.folder, folder).aside
    with open_plain(folder) as library:
        remove_planted(library)
        assert set(purge_library(library).elsewhere) == {tmp_path / "备份", aside}
    restore_backup(made.folder, tmp_path / "另一处")
    assert not any(places(tmp_path / "另一处", planted(2)).values())


def test_questions_that_name_what_stays_are_kept(tmp_path: Path) -> None:
    """A long phrase of an erased text that also stands in another document says nothing of the erased one."""
    law = "中华人民共和国突发事件应对管理法实施条例"
    with open_plain(tmp_path / "库") as library:
        for name, unit in (("甲.txt", "水利局"), ("乙.txt", "民政局")):
            (tmp_path / name).write_text(f"云岫县通知\n第一条 依照{law}由{unit}办理{name}事项。\n", encoding="utf-8")
        take_in(library, [tmp_path / "甲.txt", tmp_path / "乙.txt"])
        kept = library.ask(f"{law}由谁办理？")
        gone = library.ask("依照什么，由水利局办理甲.txt事项？")
        library.remove("甲.txt")
        library.purge()
        assert library.kept_answer(kept.id).payload["question"].startswith(law)
        assert "水利局办理" not in json.dumps(library.kept_answer(gone.id).payload, ensure_ascii=False)
