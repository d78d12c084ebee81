"""What one process read of the texts is known to the next, and only where the texts and the program are the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.store import READINGS, Corpus
from graph.documents import status, works
from graph.documents.near_copies import METHOD, body_of, sign
from ingest.reader import read

DAY = dt.date(2026, 1, 1)
LINES = "".join(f"第{n}条　各乡镇人民政府应当按照职责做好第{n}类设施的日常管护和监督检查工作。\n" for n in "一二三四五六七八九")
TEXTS = {
    "甲.txt": f"青禾县供水设施管护办法\n青禾政发〔2015〕3号\n{LINES}",
    "乙.txt": f"青禾县供水设施管护办法\n青禾政发〔2015〕3号\n{LINES}第十条　本办法自印发之日起施行。\n",
    "丙.txt": "青禾县排水管理办法\n青禾政发〔2020〕8号\n"
    "第一条　本办法自2020年5月1日起施行，《青禾县供水设施管护办法》（青禾政发〔2015〕3号）同时废止。\n",
}


def _put(corpus: Corpus, name: str, text: str) -> None:
    data = text.encode()
    doc = read(data, name)
    corpus.put(doc, original=data, passages=[], facts=[], origin=name, signature=(METHOD, sign(body_of(doc))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Corpus.open(tmp_path) as corpus:
        for name, text in TEXTS.items():
            _put(corpus, name, text)
    return tmp_path


def _found(folder: Path) -> tuple[Any, Any]:
    """The statuses and the works, as a process that opens the library finds them."""
    with Corpus.open(folder) as corpus:
        statuses = {info.source: status.status_on(corpus, info, DAY) for info in corpus.infos()}
        return statuses, works.works(corpus).all


def _files(folder: Path) -> Iterator[Path]:
    return (folder / "cache").glob(f"{READINGS}*")


def _must_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Any:
        raise AssertionError("read again")

    monkeypatch.setattr(status, "read_statements", refuse)
    monkeypatch.setattr(works, "hash_shingles", refuse)


def test_the_next_process_finds_the_same_without_reading_a_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _found(folder)
    assert first[0]["甲.txt"].status == "已废止" and max(len(work.documents) for work in first[1]) == 2
    assert len(list(_files(folder))) == 2
    _must_not_read(monkeypatch)
    assert _found(folder) == first


@pytest.mark.parametrize("harm", ["cut", "flipped", "another", "locked"])
def test_a_file_that_cannot_be_trusted_is_made_anew(folder: Path, harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _found(folder)
    for file in _files(folder):
        data = file.read_bytes()
        if harm == "locked":
            file.unlink()
            file.mkdir()
        else:
            file.write_bytes(data[:-9] if harm == "cut" else data.replace(b"0", b"1") if harm == "flipped" else b"0" * 16 + data)
    assert _found(folder) == first
    if harm != "locked":
        _must_not_read(monkeypatch)
        assert _found(folder) == first


def test_a_text_that_changed_is_read(folder: Path) -> None:
    _found(folder)
    with Corpus.open(folder) as corpus:
        corpus.remove(corpus.find("丙.txt").row)
        _put(corpus, "丁.txt", TEXTS["丙.txt"].replace("同时废止", "继续有效"))
    assert _found(folder)[0]["甲.txt"].status != "已废止"


def test_a_library_in_the_place_of_another_has_readings_of_its_own(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _found(folder)
    other = tmp_path_factory.mktemp("other")
    with Corpus.open(other) as corpus:
        for name, text in reversed(TEXTS.items()):
            _put(corpus, name, text.replace("2015", "2016"))
    expected = _found(other)
    for file in _files(other):
        file.unlink()
    for file in _files(folder):
        file.rename(other / "cache" / file.name)
    assert _found(other) == expected


def test_what_is_erased_is_in_no_reading(folder: Path) -> None:
    _found(folder)
    assert any("青禾县供水设施管护办法" in file.read_text(encoding="utf-8") for file in _files(folder))
    with Corpus.open(folder) as corpus:
        corpus.remove(corpus.find("丙.txt").row)
        corpus.purge()
    assert list(_files(folder)) == []


def test_another_way_of_reading_is_another_version(tmp_path: Path) -> None:
    from graph.documents.kept_readings import KeptReadings, version_of

    assert version_of("graph/data/") != version_of("graph/lexicon.py") == version_of("graph/lexicon.py")
    with Corpus.open(tmp_path) as corpus:
        kept = KeptReadings(corpus, "lengths", int, "1")
        kept.put("甲", 3)
        kept.save()
        assert KeptReadings(corpus, "lengths", int, "1").get("甲") == 3
        assert KeptReadings(corpus, "lengths", int, "2").get("甲") is None


def test_who_only_reads_writes_none(folder: Path) -> None:
    with Corpus.open(folder, read_only=True) as corpus:
        assert len(status.statuses(corpus, DAY)) == len(TEXTS) and works.works(corpus) is not None
    assert not list((folder / "cache").glob(f"{READINGS}*"))
