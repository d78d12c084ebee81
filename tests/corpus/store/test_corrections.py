from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.filters import Filters
from corpus.store import FILE_NAME, Corpus
from tests.corpus.store.test_corpus import TEXT, make, put
from tests.postgres import Place

TITLE = "云岫县供水管理办法"


def test_a_correction_is_laid_over_what_was_read_and_undone(place: Place) -> None:
    with Corpus.open(place) as corpus:
        row = put(corpus, make("甲.txt"))
        made = corpus.correct(row, "title", TITLE, who="张三", note="标题读成了文件名")
        info = corpus.info(row)
        assert (info.head.title, "title" in info.head.corrected, "title" in info.head.inferred) == (TITLE, True, False)
        assert (made.was, made.who, made.label) == ("甲.txt", "张三", "标题")
        assert corpus.document(row).head.title == TITLE
        assert corpus.document(row, as_read=True).head.title == "甲.txt"
        assert corpus.find(TITLE).row == row
        corpus.undo_correction(made.number)
        assert corpus.info(row).head.title == "甲.txt" and corpus.check() == []
        assert [c.undone_at is not None for c in corpus.corrections(undone=True)] == [True]
        with pytest.raises(UsageError):
            corpus.undo_correction(made.number)


def test_an_earlier_correction_comes_to_light_again(place: Place) -> None:
    with Corpus.open(place) as corpus:
        row = put(corpus, make("甲.txt"))
        corpus.correct(row, "title", "第一次")
        second = corpus.correct(row, "title", "第二次")
        assert corpus.info(row).head.title == "第二次"
        corpus.undo_correction(second.number)
        assert corpus.info(row).head.title == "第一次"


@pytest.mark.parametrize("way", ["again", "changed", "removed and restored", "purged"])
def test_corrections_outlive_the_document(place: Place, way: str) -> None:
    with Corpus.open(place) as corpus:
        row = put(corpus, make("甲.txt"), origin="/收文/甲.txt")
        corpus.correct(row, "region", ["甘肃省", "62", "省"])
        corpus.correct(row, "issuers", ["甘肃省人民政府"])
        if way == "again":
            row = put(corpus, make("甲.txt"), origin="/收文/甲.txt")
        elif way == "changed":
            row = put(corpus, make("甲.txt", TEXT + "\n二、其他"), origin="/收文/甲.txt", replaces=(row,))
        else:
            corpus.remove(row)
            if way == "purged":
                corpus.purge()
                row = put(corpus, make("甲.txt"), origin="/收文/甲.txt")
            else:
                corpus.restore(row)
        head = corpus.info(row).head
        assert (head.region, head.region_code, head.level, head.issuers) == ("甘肃省", "62", "省", ("甘肃省人民政府",))
        assert corpus.select(Filters(region="甘肃")) == {row}
        assert corpus.select(Filters(issuer="甘肃省人民")) == {row}
        assert corpus.labels([row])[row].region == "甘肃省"
        assert corpus.check() == []


def test_a_document_of_another_place_is_not_corrected(place: Place) -> None:
    with Corpus.open(place) as corpus:
        first = put(corpus, make("甲.txt"), origin="/一/甲.txt")
        other = put(corpus, make("甲.txt", TEXT + "\n另一份"), origin="/二/甲.txt")
        corpus.correct(first, "title", TITLE)
        assert corpus.info(other).head.title == "甲.txt"
        made = [corpus.correct(first, "region", [name, code, "省"]) for name, code in (("甘肃省", "62"), ("青海省", "63"))]
        assert [corpus.labels([first, other])[row].region for row in (first, other)] == ["青海省", None]
        assert {row: doc.head.region for row, doc in corpus.documents([first, other]).items()} == {first: "青海省", other: None}
        assert corpus.documents([first], as_read=True)[first].head.region is None
        corpus.undo_correction(made[1].number)
        assert corpus.labels([first])[first].region == corpus.document(first).head.region == "甘肃省"


def test_a_status_is_a_correction_too(place: Place) -> None:
    with Corpus.open(place) as corpus:
        row = put(corpus, make("甲.txt"))
        corpus.set_status(row, "废止", "新办法施行")
        corpus.set_status(row, "现行有效")
        info = corpus.info(row)
        assert (info.user_status, info.user_note) == ("现行有效", None)
        corpus.set_status(row, None)
        assert corpus.info(row).user_status is None


def test_an_altered_correction_is_found(place: Place) -> None:
    with Corpus.open(place) as corpus:
        corpus.correct(put(corpus, make("甲.txt")), "title", TITLE)
        corpus._db.execute("UPDATE corrections SET value='\"云岫县排水管理办法\"'")
    with Corpus.open(place) as corpus:
        assert any("人工更正" in fault for fault in corpus.check())


def test_a_library_of_the_third_format_keeps_its_corrections(tmp_path: Path) -> None:
    with Corpus.open(tmp_path) as corpus:
        row = put(corpus, make("甲.txt"))
        corpus.set_status(row, "已废止")
        given = corpus.corrections()
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.executescript(
        "DROP INDEX documents_title; DROP INDEX corrections_document; DROP INDEX corrections_place; PRAGMA user_version=3;"
    )
    db.close()
    with Corpus.open(tmp_path) as corpus:
        assert corpus.corrections() == given
        assert corpus.find("甲.txt").status == "已废止"


def test_a_status_of_an_older_library_becomes_a_correction(tmp_path: Path) -> None:
    with Corpus.open(tmp_path) as corpus:
        row = put(corpus, make("甲.txt"))
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.executescript(
        "DROP TABLE corrections; DROP TABLE signatures; DROP TABLE item_vectors; DROP INDEX documents_origin;"
        "DROP INDEX documents_title; PRAGMA user_version=2;"
        "UPDATE documents SET user_status='废止', user_note='旧库';"
    )
    db.close()
    with Corpus.open(tmp_path) as corpus:
        assert [(c.field, c.value, c.note) for c in corpus.corrections()] == [("status", "废止", "旧库")]
        corpus.set_status(row, None)
        assert corpus.info(row).user_status is None and corpus.check() == []
