from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cemai.corrections import find_start, parse_value, write_value
from cemai.library import Library
from corpus.corrections import FIELDS
from corpus.errors import UsageError
from corpus.filters import Filters
from graph.codec.records import TargetRecord

NOTICE = """云岫县人民政府
一、加强管护。各乡镇要落实管护责任，到2027年农村自来水普及率达到92%。（责任单位：县水务局）
附件
云岫县供水应急预案
一、启动。发生停水时由县水务局启动预案。
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    path = tmp_path / "扫描件001.txt"
    path.write_text(NOTICE, encoding="utf-8")
    with Library.open(tmp_path / "库") as opened:
        opened.ingest([path])
        yield opened


def test_a_corrected_region_is_that_of_facts_and_filters(library: Library) -> None:
    library.correct("扫描件001.txt", "地区", "昆明市", who="李四")
    assert {fact.value.region for fact in library.corpus.facts(TargetRecord)} == {"昆明市"}
    assert [info.source for info in library.documents(Filters(region="云南"))] == ["扫描件001.txt"]
    assert library.search("农村自来水普及率", filters=Filters(region="昆明市"))
    library.undo_correction(library.corrections()[-1].number)
    assert not library.documents(Filters(region="云南"))


def test_a_corrected_title_is_found_and_cited(library: Library) -> None:
    library.correct("扫描件001.txt", "title", "云岫县农村供水工作方案")
    assert library.search("农村供水工作方案")[0].title == "云岫县农村供水工作方案"
    again = library.ingest([library.corpus.folder.parent / "扫描件001.txt"], again=True)
    assert again.replaced and library.documents()[0].head.title == "云岫县农村供水工作方案"


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("issued_on", "2024年5月1日", "2024-05-01"),
        ("成文日期", "2024-5-1", "2024-05-01"),
        ("plan_period", "2021—2025年", ["2021", "2025"]),
        ("issuers", "云岫县财政局、云岫县水务局", ["云岫县财政局", "云岫县水务局"]),
        ("doc_number", "云政发〔2024〕3号", "云政发〔2024〕3号"),
        ("expires_on", "无", None),
        ("replaced_by", "云政发〔2025〕1号", ["云政发〔2025〕1号"]),
    ],
)
def test_what_a_person_writes_is_read(library: Library, field: str, written: str, value: object) -> None:
    assert library.correct("扫描件001.txt", field, written).value == value


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("标题栏", "甲"), ("issued_on", "2024-13-01"), ("issued_on", "去年"), ("region", "云岫县"), ("status", "有点旧"),
        ("level", "村"), ("plan_period", "2025-2021"), ("title", "甲" * 501), ("copy_of", "扫描件001.txt"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_changed(library: Library, field: str, written: str) -> None:
    before = library.generation
    with pytest.raises(UsageError):
        library.correct("扫描件001.txt", field, written)
    assert library.generation == before


def test_a_file_is_divided_and_joined_by_hand(library: Library) -> None:
    from cemai.corrections import join_document, split_document

    at = NOTICE.index("云岫县供水应急预案")
    split_document(library, "扫描件001.txt", at)
    doc = library.document("扫描件001.txt")
    assert [part.head.title for part in doc.attached][-1] == "云岫县供水应急预案"
    count = len(doc.attached)
    join_document(library, "扫描件001.txt", count)
    assert len(library.document("扫描件001.txt").attached) == count - 1
    with pytest.raises(UsageError):
        split_document(library, "扫描件001.txt", 10_000)


def titles(library: Library) -> list[str | None]:
    return [info.head.title for info in library.documents()]


def test_corrections_survive_whatever_becomes_of_the_file(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "扫描件001.txt"
    library.correct_many(["扫描件001.txt"], {"标题": "云岫县供水方案", "地区": "昆明市", "时效": "已废止"}, who="李四")
    assert library.ingest([path], again=True).replaced and titles(library) == ["云岫县供水方案"]
    path.write_text(NOTICE.replace("92%", "93%"), encoding="utf-8")
    assert library.ingest([path]).replaced and titles(library) == ["云岫县供水方案"]
    library.remove("扫描件001.txt")
    library.restore("扫描件001.txt")
    assert titles(library) == ["云岫县供水方案"]
    library.remove("扫描件001.txt")
    library.purge()
    assert titles(library) == []
    assert library.ingest([path]).added and titles(library) == ["云岫县供水方案"]
    (info,) = library.documents(Filters(region="昆明市"))
    assert info.user_status == "已废止" and library.validity(info).status == "已废止"
    assert {fact.value.region for fact in library.corpus.facts(TargetRecord)} == {"昆明市"}
    assert library.doctor() == []
    library.export(tmp_path / "out")
    (exported,) = json.loads((tmp_path / "out" / "documents.json").read_text("utf-8"))
    assert exported["title"] == "云岫县供水方案" and exported["corrected"] == ["region", "status", "title"]


def test_a_correction_taken_back_while_the_document_was_away_is_taken_back(library: Library) -> None:
    read = titles(library)
    made = library.correct_many(["扫描件001.txt"], {"title": "错的标题", "region": "昆明市"})
    library.remove("扫描件001.txt")
    library.undo_corrections([correction.number for correction in made])
    info = library.restore("扫描件001.txt")
    assert [info.head.title] == titles(library) == read and not info.head.corrected
    assert not library.documents(Filters(region="昆明市"))
    assert {fact.value.region for fact in library.corpus.facts(TargetRecord)} != {"昆明市"}
    assert library.search("错的标题")[0].title != "错的标题"


def test_many_documents_are_corrected_or_none_and_taken_back_at_once(library: Library, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"另{number}.txt").write_text(NOTICE.replace("92", f"8{number}"), encoding="utf-8")
        library.ingest([tmp_path / f"另{number}.txt"])
    names = [info.id for info in library.documents()]
    before = library.generation
    with pytest.raises(UsageError):
        library.correct_many(names, {"region": "昆明市", "issued_on": "去年"})
    assert library.generation == before
    made = library.correct_many(names, {"region": "昆明市"}, who="李四")
    assert len(made) == 4 and library.generation == before + 1
    assert len(library.documents(Filters(region="云南省"))) == 4
    library.undo_corrections([correction.number for correction in made])
    assert not library.documents(Filters(region="云南省"))
    with pytest.raises(UsageError):
        library.undo_corrections([made[0].number])


def test_the_first_words_of_a_part_must_be_there_once() -> None:
    assert find_start(NOTICE, "云岫县供水应急预案") == NOTICE.index("云岫县供水应急预案")
    assert find_start(NOTICE, "12") == 12
    for words, said in (("云岫", "至少"), ("没有这几个字", "文中没有"), ("县水务局", "出现 2 次")):
        with pytest.raises(UsageError, match=said):
            find_start(NOTICE, words)


@pytest.mark.parametrize("name", ["issuers", "plan_period", "region", "issued_on", "replaces", "title"])
def test_a_value_as_written_is_read_as_the_same(library: Library, name: str) -> None:
    values = {"issuers": "甲局、乙局", "plan_period": "2021-2025", "region": "昆明市", "issued_on": "2024年5月1日", "replaces": "外地办法；另一办法", "title": "某办法"}  # fmt: skip
    field = FIELDS[name]
    value = parse_value(library, field, values[name])
    assert parse_value(library, field, write_value(library, field, value)) == value
    assert write_value(library, field, None) == ""
