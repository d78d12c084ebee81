"""What was not read is in the export, in ``docs show`` and on the page, and an answer from a file mostly unread says so."""

from __future__ import annotations

import json

import openpyxl
import pytest

from cemai.library import Library
from ui.cli import main
from ui.page.library.table import _remarks
from ui.page.reader.policy import policy_text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("unread")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "任务"
    sheet.append(["云岭县2026年造林任务分解表", None, None])
    sheet.merge_cells("A1:C1")
    sheet.append(["区县", "牵头单位", "造林面积（亩）"])
    sheet.append(["云岭县东山乡", "县林业局", 1200])
    hidden = book.create_sheet("底稿")
    for number in range(60):
        hidden.append([f"乡{number}", "县林业局", number])
    hidden.sheet_state = "hidden"
    book.save(place / "造林任务.xlsx")
    with Library.open(place / "库") as library:
        library.ingest([place / "造林任务.xlsx"])
    return place


def test_an_answer_from_a_file_mostly_unread_says_so(folder) -> None:
    with Library.open(folder / "库") as library:
        answer = library.ask("东山乡造林面积是多少亩？")
        silent = library.ask("水库除险加固的资金是多少？")
    assert "1200" in answer.answer
    assert any(notice.kind == "unread" and "大部分没有读入" in notice.text for notice in answer.notices)
    assert silent.status == "not_found" and any("答案可能在其中" in notice.text for notice in silent.notices)


def test_the_ledger_is_in_the_export_and_on_the_page(folder, tmp_path, capsys) -> None:
    with Library.open(folder / "库") as library:
        library.export(tmp_path)
        (info,) = library.documents()
        doc = library.corpus.document(info.row)
    (entry,) = json.loads((tmp_path / "documents.json").read_text(encoding="utf-8"))
    assert [part["kind"] for part in entry["unread"]] == ["hidden_sheet", "mostly_unread"]
    assert {part["message"] for part in entry["unread"]} <= set(entry["warnings"])
    assert [part.kind for part in info.unread] == ["hidden_sheet", "mostly_unread"]
    assert "没有读入的部分 2 处" in str(policy_text(doc)) and "大部分未读入" in str(_remarks(info.warnings, info.unread, ()))
    main(["--library", str(folder / "库"), "docs", "show", info.id[:8]])
    shown = capsys.readouterr().out
    assert "未读" in shown and "底稿" in shown
