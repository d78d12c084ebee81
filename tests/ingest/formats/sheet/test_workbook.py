import datetime
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RefusedInput
from ingest.formats.sheet.number_format import shown_date, shown_number
from ingest.reader import read, read_raw


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


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.155, "0.0%", "15.5%"),
        (0.5, "0%", "50%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (12, '0"万亩"', "12万亩"),
        (12.50, "0.0##", "12.5"),
        (-3.2, "0.0;(0.0)", "(3.2)"),
        (0, '0;-0;"—"', "—"),
        (5, "000", "005"),
        (1.5, "[$¥-804]#,##0.00", "¥1.50"),
        (12345, "0.0,", "12.3"),
        (2.675, "0.00", "2.68"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (7, "0_ ", "7"),
        (2027, "General", "2027"),
        (1e20, "0.00E+00", "1e+20"),
    ],
)
def test_numbers_stand_as_they_show(value, form, text):
    assert shown_number(value, form) == text


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("yyyy-mm-dd", "2026-06-30"),
        ('yyyy"年"m"月"d"日"', "2026年6月30日"),
        ('yyyy"年"m"月";@', "2026年6月"),
        ("[$-804]yyyy/m/d", "2026/6/30"),
        ("mm-dd-yy", "2026-06-30"),
        ('m"月"d"日"', "6月30日"),
        ("yyyy/m/d h:mm", "2026/6/30 9:05"),
        ("h:mm:ss", "9:05:07"),
        ("yyyy.mm", "2026.06"),
        ("General", "2026-06-30 09:05"),
    ],
)
def test_dates_stand_as_they_show(form, text):
    assert shown_date(datetime.datetime(2026, 6, 30, 9, 5, 7), form) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30))
def test_any_format_shows_something(value, form):
    assert isinstance(shown_number(value, form), str)
    assert shown_date(datetime.datetime(2026, 6, 30), form)


def test_several_sheets_titles_above_and_notes_below():
    book = openpyxl.Workbook()
    for name in ("农业", "水利"):
        sheet = book.create_sheet(name)
        for row in (
            [f"{name}任务清单"],
            [],
            ["序号", "任务", "责任单位"],
            [1, f"{name}项目一", "县局"],
            [None, "项目二", None],
            ["注：本表按季更新。"],
        ):
            sheet.append(row)
        for area in ("A1:C1", "A4:A5", "C4:C5", "A6:C6"):
            sheet.merge_cells(area)
    del book["Sheet"]
    raw = read_raw(saved(book), "清单.xlsx")
    assert [table.label for table in raw.tables] == ["农业", "水利"]
    for table in raw.tables:
        assert table.header_rows == 2
        assert table.header(2, raw.text) == "责任单位"
        assert [cell.of(raw.text) for cell in table.rows[3]] == ["1", "项目二", "县局"]
    assert raw.text.count("注：本表按季更新。") == 2


def test_an_empty_cell_stands_in_its_own_row():
    book = openpyxl.Workbook()
    for row in (["类别", "指标", "2025年"], ["农业", "播种面积", "120万亩"], [None, "农民收入", "18500元"]):
        book.active.append(row)
    raw = read_raw(saved(book), "指标.xlsx")
    (table,) = raw.tables
    lines = [raw.text[: min(cell.start for cell in row)].count("\n") for row in table.rows]
    assert lines == [0, 1, 2]


def test_the_first_row_of_a_table_is_no_title():
    book = openpyxl.Workbook()
    for row in (["序号", "任务", "责任单位"], [1, "修路12公里", "县交通局"]):
        book.active.append(row)
    assert read(saved(book), "台账.xlsx").head.title is None
    assert read(saved(book), "某县2026年重点工作台账.xlsx").head.title == "某县2026年重点工作台账"
    assert read(saved(ledger()), "台账.xlsx").head.title == "2026年重点工作任务分解表"
