"""查文件 without a browser: a work is shown once, and its copies and former versions can be opened below it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.errors import UsageError
from tests.qa.conftest import library_of
from ui.cli import main
from ui.desk.desk import Desk
from ui.desk.document_search import DocumentQuery, FoundDocuments, count_documents, find_documents, parse_day
from ui.desk.imports import Imports
from ui.gate import RequestGate
from ui.page.search.events import facet_panel, search
from ui.rest.app import mount_api

BODY = (
    "第一条 为了加强农村供水管理，制定本办法。\n第二条 供水单位应当每月检测一次水质，并公布结果。\n"
    "第三条 用户应当按时缴纳水费，不得擅自接管取水。\n第四条 县水务局负责农村供水的监督管理工作。\n"
)
RULES = f"云岫县农村供水管理办法\n云政发〔2023〕9号\n云岫县人民政府\n2023年8月1日\n{BODY}第五条 本办法自2023年10月1日起施行。\n"
COPY = "来源：某网站\n" + RULES
OTHER = "云岫县防火巡查制度\n云政发〔2022〕1号\n云岫县人民政府\n2022年1月8日\n第一条 各村每日巡查林区，检测水质的站点除外。\n"


def test_a_work_is_shown_once_with_its_copies_below(tmp_path: Path) -> None:
    with library_of(tmp_path, RULES, COPY, OTHER) as library:
        shown, _ = search(Desk(library), {"act": "search", "query": "供水单位检测水质"}, {})
        ids = {info.source: info.id for info in library.documents()}
    assert shown.count("hit-main") == 2, "the rules once, and the other document"
    assert shown.count("同一文件的其他版本和副本 1 份") == 1
    assert all(f'data-doc="{id}"' in shown for id in ids.values()), "each can be opened"


NOTICE = "云岫县水务局关于公布2024年水质检测结果的通知\n云水发〔2024〕3号\n云岫县水务局\n2024年5月6日\n一、各供水单位检测水质，结果见附件。\n"
PLAN = (
    "青禾市人民政府关于印发青禾市供水保障方案的通知\n青政发〔2024〕5号\n青禾市人民政府\n2024年3月1日\n"
    "一、供水单位的水质每月检测，按《云岫县农村供水管理办法》（云政发〔2023〕9号）的做法公布。\n"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with library_of(tmp_path_factory.mktemp("waters"), RULES, COPY, OTHER, NOTICE, PLAN) as library:
        yield Desk(library)


def titles(found: FoundDocuments) -> list[str]:
    return [(entry.info.head.title or "")[:7] for entry in found.entries]


def test_counts_follow_the_words_and_the_other_conditions(desk: Desk) -> None:
    found = find_documents(desk, DocumentQuery("供水单位"))
    assert (found.total, found.folded, len(found.entries)) == (4, 1, 3), "the copy counts as a file and is listed under the rules"
    assert dict(found.counts["文种"]) == {"管理办法": 2, "方案": 1, "通知": 1} and dict(found.counts["年份"]) == {
        "2024": 2,
        "2023": 2,
    }
    narrowed = find_documents(desk, DocumentQuery("供水单位", {"文种": "通知"}, since="2024-04-01"))
    assert titles(narrowed) == ["云岫县水务局关"] and narrowed.matched == 4
    assert dict(narrowed.counts["文种"]) == {"通知": 1}, "dates limit the counts of every facet"
    assert dict(find_documents(desk, DocumentQuery("防火巡查")).counts["年份"]) == {"2022": 1}


@pytest.mark.parametrize(
    "query", ["云政发〔2023〕9号", "云政发[2023]9号", "云岫县农村供水管理办法", "《云岫县农村供水管理办法》"]
)
def test_the_document_named_comes_before_those_that_cite_it(desk: Desk, query: str) -> None:
    found = find_documents(desk, DocumentQuery(query))
    assert titles(found) == ["云岫县农村供水", "青禾市人民政府"], "without the first one's copy"


def test_a_text_in_quotation_marks_has_to_stand_there(desk: Desk) -> None:
    assert set(titles(find_documents(desk, DocumentQuery("检测水质")))) == {
        "云岫县水务局关",
        "云岫县农村供水",
        "青禾市人民政府",
        "云岫县防火巡查",
    }
    for wanted in (
        DocumentQuery("“检测水质，结果”"),
        DocumentQuery("检测水质，结果", exact=True),
        DocumentQuery('供水 "检测水质，结果"'),
    ):
        assert titles(find_documents(desk, wanted)) == ["云岫县水务局关"]
    found = find_documents(desk, DocumentQuery("“检测水质，结果”"))
    assert titles(found) == ["云岫县水务局关"] and found.phrases == ("检测水质，结果",) and not found.near
    nothing = find_documents(desk, DocumentQuery("“水质检测水”"))
    assert (nothing.total, nothing.near, nothing.by_meaning) == (0, (), False), (
        "a text that stands nowhere is not like another one"
    )


def test_a_number_nobody_has_finds_nothing(desk: Desk) -> None:
    found = find_documents(desk, DocumentQuery("云政发〔2019〕77号"))
    assert found.total == 0 and not found.by_meaning
    assert "没有文件叫作或写有“云政发〔2019〕77号”" in search(desk, {"act": "search", "query": "云政发〔2019〕77号"}, {})[0]


def test_orders_and_dates(desk: Desk) -> None:
    assert titles(find_documents(desk, DocumentQuery("供水", sort="newest"))) == [
        "云岫县水务局关",
        "青禾市人民政府",
        "云岫县农村供水",
    ]
    assert titles(find_documents(desk, DocumentQuery("供水", sort="oldest")))[0] == "云岫县农村供水"
    assert titles(find_documents(desk, DocumentQuery(since="2024", until="2024-03-31"))) == ["青禾市人民政府"]
    with pytest.raises(UsageError, match="不是日期"):
        parse_day("下个月", "since")
    assert "不是日期" in search(desk, {"act": "search", "since": "2024-13"}, {})[0]


def test_every_condition_is_a_button_that_takes_it_back_and_the_list_a_file(desk: Desk) -> None:
    payload = {"act": "facet", "name": "文种", "value": "通知", "query": "供水", "since": "2024-01-01", "sort": "newest"}
    shown, state = search(desk, payload, {})
    assert "去掉条件 文种 通知" in shown and "去掉条件 起 2024-01-01" in shown and "1 份文件，日期新的在前" in shown
    assert re.search(r'href="/api/v1/search/documents\?query=[^"]*kind=[^"]*format=xlsx"', shown)
    again, after = search(desk, {**payload, "since": ""}, state)
    assert after == {"query": "供水", "sort": "newest"}, "pressed again, the facet is taken back; the date was emptied"
    assert "4 份文件" in again and "去掉条件" not in again
    assert "起" not in facet_panel(desk, after) and 'data-value="管理办法"' in facet_panel(desk, after)


def test_a_press_is_noted_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, str]] = []
    monkeypatch.setattr(desk, "note_question", lambda what, question: noted.append((what, question)))
    _, state = search(desk, {"act": "search", "query": "供水"}, {})
    facets = facet_panel(desk, state)
    assert noted == [("search", "供水")] and 'data-value="通知"' in facets
    found = find_documents(desk, DocumentQuery("供水"))
    assert count_documents(desk, DocumentQuery("供水")) == found.counts


def test_the_command_lists_and_writes_the_same(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--library", str(desk.library.corpus.folder), "find"]
    assert main([*place, "供水", "--kind", "方案", "--until", "2024-04", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["total"] == 1 and told["documents"][0]["doc_number"] == "青政发〔2024〕5号"
    assert {one["value"]: one["count"] for one in told["facets"]["kind"]} == {"管理办法": 2, "方案": 1}
    target = tmp_path / "found.xlsx"
    assert main([*place, "供水", "--sort", "oldest", "--format", "xlsx", "--out", str(target)]) == 0
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("查找的词：供水" in cell for cell in cells) and "云政发〔2023〕9号" in cells
    assert main([*place, "云政发〔2019〕77号"]) == 1


def test_the_list_over_rest(desk: Desk) -> None:
    app = FastAPI()
    mount_api(app, desk, Imports(desk))
    app.add_middleware(RequestGate, hosts=("testserver",))
    client = TestClient(app, raise_server_exceptions=False)
    got = client.get("/api/v1/search/documents", params={"query": "供水", "year": 2024, "top": 1}).json()
    assert (got["total"], len(got["documents"])) == (2, 1)
    rows = client.get("/api/v1/search/documents", params={"query": "供水", "format": "csv"}).content.decode("utf-8-sig")
    assert "云水发〔2024〕3号" in rows and "防火" not in rows
    assert client.get("/api/v1/search/documents", params={"since": "昨天"}).status_code == 400
    assert client.get("/api/v1/search/documents", params={"region": "没有的县"}).status_code == 400
