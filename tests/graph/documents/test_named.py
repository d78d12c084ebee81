"""Documents that a person names: one answer where one is meant, choices where several are, versions by year and day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from cemai.named_documents import find_document
from corpus.document import HeadMatter, ParsedDocument
from corpus.errors import UnknownDocument, UsageError
from corpus.filters import STATUSES, Filters
from corpus.store import Corpus
from graph.documents.named import choose_documents, fold_versions, resolver_of
from graph.documents.status_filter import parse_status, resolve_status

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.open(tmp_path / "library")


def put(corpus: Corpus, text: str, **head: object) -> int:
    id = f"d{len(corpus)}"
    doc = ParsedDocument(id, f"{id}.txt", "txt", id * 4, text * 4, HeadMatter(**head))  # type: ignore[arg-type]
    return corpus.put(doc, original=b"x", passages=(), facts=())


OLD = "集中供水的水价由县人民政府核定，水表由供水单位安装。"
NEW = "集中供水的水价实行阶梯计价，水表由用户向供水单位申请更换。"


@pytest.fixture
def two_versions(corpus: Corpus) -> Corpus:
    put(corpus, OLD, title="云岫县供水条例", issued_on="2018-03-01", region="云岫县")
    put(
        corpus, NEW, title="云岫县供水条例（2023年修订）", issued_on="2023-08-01", doc_number="云人发〔2023〕2号", region="云岫县"
    )
    put(corpus, NEW, title="云岫县供水条例（2023年修订）", region="云岫县", published_on="2023-08-01")
    return corpus


def meant(corpus: Corpus, text: str, day: dt.date = DAY) -> list[tuple[int, ...]]:
    return [choose_documents(corpus, mention, text, day) for mention in resolver_of(corpus).resolve(text).mentions]


def test_a_number_names_its_version_and_copies_do_not_count(two_versions: Corpus) -> None:
    assert meant(two_versions, "云人发〔2023〕2号") == [(2,)]
    assert find_document(two_versions, "云人发[2023]2号").row == 2
    assert find_document(two_versions, "《云岫县供水条例（2023年修订）》").row == 2


def test_versions_fold_behind_the_text_that_holds(two_versions: Corpus) -> None:
    assert fold_versions(two_versions, [1, 2, 3], DAY) == {2: (1, 3)}
    assert fold_versions(two_versions, [1, 3], DAY) == {1: (3,)}
    assert fold_versions(two_versions, [1, 2, 3], dt.date(2020, 1, 1)) == {1: (), 2: (3,)}


def test_several_works_are_offered_not_chosen(corpus: Corpus) -> None:
    put(corpus, OLD, title="集市管理规定", doc_number="青政发〔2020〕1号", region="青禾市")
    put(corpus, NEW, title="集市管理规定", doc_number="澜政发〔2021〕5号", region="澜溪市")
    with pytest.raises(UsageError) as error:
        find_document(corpus, "《集市管理规定》")
    assert "青政发〔2020〕1号" in str(error.value) and "澜政发〔2021〕5号" in str(error.value)
    with pytest.raises(UnknownDocument):
        find_document(corpus, "云岫县电梯办法")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("有效", "现行有效"),
        ("废止", "已废止"),
        ("失效", "已失效"),
        ("过期", "已失效"),
        ("草案", "征求意见稿"),
        *((s, s) for s in STATUSES),
    ],
)
def test_people_have_names_for_statuses(word: str, status: str) -> None:
    assert parse_status(word) == status


def test_an_unknown_status_is_told_the_seven(corpus: Corpus) -> None:
    with pytest.raises(UsageError) as error:
        resolve_status(corpus, Filters(status="很好"))
    assert all(status in str(error.value) for status in STATUSES)


def test_a_status_becomes_documents_of_the_day(two_versions: Corpus) -> None:
    now = resolve_status(two_versions, Filters(status="已修订"), DAY)
    before = resolve_status(two_versions, Filters(status="已修订"), dt.date(2020, 1, 1))
    assert now == Filters(documents=("d0",)) and before == Filters(documents=())
    assert resolve_status(two_versions, Filters(year=2018), DAY) == Filters(year=2018)
