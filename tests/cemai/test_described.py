"""A document that is only described is found by what is said of it: offered where several fit, never guessed, and the same everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cemai.library import Library
from corpus.errors import UnclearDocument, UnknownDocument
from corpus.store import Corpus
from graph.documents.named import find_document
from graph.queries.neighbourhood import resolve
from tests.qa.conftest import library_of
from ui.desk.desk import Desk
from ui.page.graph.events import walk

DAY = dt.date(2026, 6, 1)


def notice(city: str, office: str, number: str, day: str, about: str, body: str) -> str:
    return f"{city}{office}关于{about}的通知\n{number}\n各县（市、区）人民政府：\n{body}\n{city}{office}\n{day}\n"


LOANS = notice(
    "昆明市", "住房公积金管理中心", "昆公积金〔2025〕6号", "2025年3月8日", "调整使用政策",
    "一、缴存职工家庭购买首套自住住房的，住房公积金贷款最高额度为100万元。\n二、租房提取每季度可办理一次。",
)  # fmt: skip
LOANS_BEFORE = notice(
    "昆明市", "住房公积金管理中心", "昆公积金〔2022〕2号", "2022年3月8日", "做好当前有关工作",
    "一、缴存职工家庭购买首套自住住房的，住房公积金贷款最高额度为80万元。\n二、租房提取每年可办理一次。",
)  # fmt: skip
CARE = notice(
    "曲靖市", "医疗保障局", "曲医保发〔2025〕9号", "2025年7月1日", "做好长期护理保险试点工作",
    "一、失能人员按月享受护理待遇。\n二、护理机构实行协议管理。",
)  # fmt: skip
CARE_OF_OTHERS = notice(
    "玉溪市", "医疗保障局", "玉医保发〔2024〕3号", "2024年7月1日", "扩大长期护理保险试点范围",
    "一、参保人员按年缴费。\n二、待遇由经办机构核定。",
)  # fmt: skip


@pytest.fixture(scope="module")
def notices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_of(tmp_path_factory.mktemp("notices"), LOANS, LOANS_BEFORE, CARE, CARE_OF_OTHERS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("那份把公积金贷款额度提到100万元的通知", "a.txt"),  # by what it says alone
        ("昆明市2022年那个公积金的通知", "b.txt"),  # by place and year
        ("曲靖去年那个长期护理保险的通知", "c.txt"),  # a year counted from the day
        ("玉溪医保局出的那个通知", "d.txt"),  # by its office alone
    ],
)
def test_what_is_said_finds_the_document(notices: Library, said: str, source: str) -> None:
    assert notices.find(said, as_of=DAY).source == source
    assert notices.search(said, as_of=DAY)[0].source == source
    assert "所述" in notices.search(said, as_of=DAY)[0].why


def test_several_that_fit_are_offered(notices: Library) -> None:
    with pytest.raises(UnclearDocument, match="可以指 2 份") as error:
        notices.find("医保局那个长期护理保险的通知", as_of=DAY)
    assert "曲医保发〔2025〕9号" in str(error.value) and "玉医保发〔2024〕3号" in str(error.value)
    answer = notices.ask("医保局那个长期护理保险的通知怎么规定缴费？", as_of=DAY, keep=False)
    assert answer.status == "partial" and "可以指库里的 2 份文件" in answer.answer


@pytest.mark.parametrize("said", ["省里去年出的那个月球采矿管理办法", "广州市那个长期护理保险的通知", "教育局那个通知"])
def test_what_fits_no_document_is_said(notices: Library, said: str) -> None:
    with pytest.raises(UnclearDocument, match="没有完全符合"):
        notices.find(said, as_of=DAY)
    answer = notices.ask(f"{said}怎么规定补贴？", as_of=DAY, keep=False)
    assert (answer.status, answer.citations) == ("not_found", ()) and said in answer.answer


def test_an_answer_is_from_the_document_described(notices: Library) -> None:
    answer = notices.ask("那份把公积金贷款额度提到100万元的通知对租房提取怎么规定？", as_of=DAY, keep=False)
    assert answer.citations and {citation.source for citation in answer.citations} == {"a.txt"}
    assert "每季度" in answer.answer


def test_the_graph_and_its_page_go_by_the_same_description(notices: Library) -> None:
    row = notices.find("曲靖那个长期护理保险的通知").id
    assert resolve(notices.corpus, "曲靖那个长期护理保险的通知") == f"document:{row}"
    assert notices.lineage("曲靖那个长期护理保险的通知")["document"]["id"] == row
    shown, _ = walk(Desk(notices), {"act": "find", "node": "医保局那个长期护理保险的通知"}, ())
    assert "可以指 2 份文件" in shown


def test_nothing_is_changed_by_a_description(notices: Library) -> None:
    with pytest.raises(UnclearDocument, match="相近的有") as error:
        notices.remove("昆明市2022年那个公积金的通知")
    assert "b.txt" in str(error.value) and len(notices.corpus) == 4


def test_the_words_of_a_title_in_another_order_are_enough(notices: Library) -> None:
    assert notices.find("试点范围扩大 护理保险").source == "d.txt"
    with pytest.raises(UnknownDocument, match="cemai docs list"):
        notices.find("失能人员护理待遇")  # what is only said inside a document is no name of it
    with pytest.raises(UnknownDocument, match="cemai docs list"):
        notices.find("ffffffff")


def test_without_a_search_titles_count(notices: Library) -> None:
    with Corpus.open(notices.corpus.folder) as corpus:
        assert find_document(corpus, "曲靖那个长期护理保险的通知").source == "c.txt"
