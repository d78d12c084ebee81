import datetime
import io

import openpyxl
import pytest

from corpus.errors import RefusedInput
from ingest.reader import read_raw


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ledger():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "任务台账"
    for row in [
        ["2026年重点工作任务分解表"],
        ["序号", "工作任务", "责任分工", None, "完成时限"],
        [None, None, "牵头单位", "配合单位", None],
        [1, "新建村级卫生室20所", "县卫生健康局", "县财政局", datetime.date(2026, 6, 30)],
        [2, "培训乡村医生", None, "县人社局", "年底前"],
        [3, "补助标准提高", "县医保局", None, 0.155],
    ]:
        sheet.append(row)
    sheet["E6"].number_format = "0.0%"
    for area in ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "C4:C5"):
        sheet.merge_cells(area)
    return book


def test_a_ledger_is_a_table_with_its_header_and_merged_cells():
    raw = read_raw(saved(ledger()), "台账.xlsx")
    (table,) = raw.tables
    assert (table.label, table.header_rows) == ("任务台账", 3)
    assert table.header(2, raw.text).endswith("责任分工牵头单位")
    assert [cell.of(raw.text) for cell in table.rows[4]] == ["2", "培训乡村医生", "县卫生健康局", "县人社局", "年底前"]
    assert table.rows[5][4].of(raw.text) == "15.5%"
    assert table.rows[3][4].of(raw.text) == "2026-06-30"
    assert {a.element for a in raw.anchors} >= {"任务台账!C4"}
    assert "1 | 新建村级卫生室20所 | 县卫生健康局 | 县财政局 | 2026-06-30" in raw.text.split("\n")


def test_hidden_sheets_and_rows_are_left_out_and_said():
    book = ledger()
    book.create_sheet("底稿").append(["内部测算"])
    book["底稿"].sheet_state = "hidden"
    book["任务台账"].row_dimensions[6].hidden = True
    raw = read_raw(saved(book), "a.xlsx")
    assert "内部测算" not in raw.text
    assert "县医保局" not in raw.text
    assert {issue.code for issue in raw.issues} == {"hidden_sheet", "hidden_cells"}


def test_a_cell_in_the_far_corner_costs_nothing():
    book = openpyxl.Workbook()
    book.active["A1"] = "起"
    book.active["XFD1048576"] = "止"
    assert "止" in read_raw(saved(book), "a.xlsx").text


def test_too_many_cells_are_refused():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for i in range(21_000):
        sheet.append([i] * 10)
    with pytest.raises(RefusedInput) as caught:
        read_raw(saved(book), "a.xlsx")
    assert caught.value.reason == "size"


def test_formulas_are_said():
    book = openpyxl.Workbook()
    book.active.append(["合计", "=1+1"])
    book.active.append(["说明", "甲"])
    assert "formula" in {issue.code for issue in read_raw(saved(book), "a.xlsx").issues}
