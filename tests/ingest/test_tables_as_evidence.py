"""Tables as office files really have them: what names the row, the column and the unit of a cell, in every form."""

from __future__ import annotations

import io

import openpyxl
import pytest

from corpus.table_cells import read_table_cells
from ingest.reader import read


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: tuple, merges: tuple[str, ...] = ()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in rows:
        sheet.append(list(row))
    for place in merges:
        sheet.merge_cells(place)
    return book, sheet


def found(data: bytes, name: str) -> list[dict[str, object]]:
    """The tables of a file: for each number its row's first cell, its column's names and the unit lines."""
    doc = read(data, name)
    tables = []
    for cells in read_table_cells(doc):
        values = {}
        for row in cells.rows:
            for place, cell in enumerate(row.cells[1:], 1):
                column = "/".join(piece.of(doc.text) for piece in cells.columns[place])
                values[row.cells[0].of(doc.text), column] = cell.of(doc.text)
        tables.append({"values": values, "units": [u.of(doc.text) for u in cells.units], "continued": cells.continued})
    return tables


# ------------------------------------------------------------------ AutoFilter


def _filtered(hidden: tuple[int, ...], *, active: bool = True):
    book, sheet = workbook(
        ("乡镇", "面积（亩）", "状态"), ("东山乡", 1200, "完成"), ("西河乡", 900, "在建"), ("南岭乡", 700, "完成")
    )
    sheet.auto_filter.ref = "A1:C4"
    if active:
        sheet.auto_filter.add_filter_column(2, ["完成"])
    for row in hidden:
        sheet.row_dimensions[row].hidden = True
    return book, sheet


def test_rows_that_a_filter_hides_are_content() -> None:
    doc = read(saved(_filtered((3,))[0]), "表.xlsx")
    assert "西河乡" in doc.text and "hidden_cells" not in {issue.code for issue in doc.issues}
    assert any(issue.code == "filtered" and "1 行" in issue.message and not issue.doubts_text for issue in doc.issues)


def test_rows_hidden_by_hand_stay_out() -> None:
    book, sheet = _filtered((), active=False)
    sheet.row_dimensions[3].hidden = True
    assert "西河乡" not in read(saved(book), "表.xlsx").text
    book, sheet = _filtered((3,))
    sheet.append(["北原乡", 10, "完成"])  # below the range of the filter
    sheet.row_dimensions[5].hidden = True
    doc = read(saved(book), "表.xlsx")
    assert "西河乡" in doc.text and "北原乡" not in doc.text and "hidden_cells" in {issue.code for issue in doc.issues}


def test_a_filter_of_a_table_inside_the_sheet_and_of_2003() -> None:
    from openpyxl.worksheet.filters import AutoFilter, FilterColumn, Filters
    from openpyxl.worksheet.table import Table

    book, sheet = workbook(("乡镇", "面积（亩）"), ("东山乡", 1200), ("西河乡", 900))
    table = Table(displayName="任务", ref="A1:B3")
    table.autoFilter = AutoFilter(ref="A1:B3", filterColumn=[FilterColumn(colId=0, filters=Filters(filter=["东山乡"]))])
    sheet.add_table(table)
    sheet.row_dimensions[3].hidden = True
    assert "西河乡" in read(saved(book), "表.xlsx").text
    row = '<Row{}><Cell><Data ss:Type="String">{}</Data></Cell><Cell><Data ss:Type="Number">{}</Data></Cell></Row>'
    old = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>'
        + row.format("", "乡镇", 1)
        + row.format("", "东山乡", 1200)
        + row.format(' ss:Hidden="1"', "西河乡", 900)
        + '</Table><AutoFilter x:Range="R1C1:R3C2" xmlns="urn:schemas-microsoft-com:office:excel"><AutoFilterColumn x:Type="All"/></AutoFilter></Worksheet></Workbook>'
    )
    assert "西河乡" in read(old.encode(), "表.xls").text


# ------------------------------------------------------------------ lines with units outside the table


def test_the_unit_in_a_corner_above_the_header() -> None:
    book, _ = workbook(
        ("云岭县2025年一般公共预算收入表", None, None), (None, None, "单位：万元"), ("项目", "2024年", "2025年"), ("税收收入", 3200, 3500), ("增值税", 1500, 1650), merges=("A1:C1",)
    )  # fmt: skip
    (table,) = found(saved(book), "表.xlsx")
    assert table["units"] == ["单位：万元"] and table["values"]["增值税", "2025年"] == "1650"


def test_the_unit_in_the_line_above_a_table_of_a_text() -> None:
    (table,) = found("云岭县造林情况\n计量单位：公顷\n乡镇\t人工造林\t封育\n东山乡\t12\t30\n西河乡\t9\t21\n".encode(), "表.txt")
    assert table["units"] == ["计量单位：公顷"] and table["values"]["西河乡", "封育"] == "21"


def test_the_unit_beside_the_date_of_the_table() -> None:
    page = "<html><body><div class='content'><h1>云岭县2025年水利投资完成情况公示说明表</h1><p>各乡镇投资完成情况如下，请对照执行，做好项目管理工作。</p><p>编制单位：云岭县水务局　　金额单位：万元</p><table><tr><th>乡镇</th><th>计划</th><th>完成</th></tr><tr><td>东山乡</td><td>120</td><td>110</td></tr><tr><td>西河乡</td><td>90</td><td>85</td></tr></table></div></body></html>"
    (table,) = found(page.encode(), "表.html")
    assert any("万元" in unit for unit in table["units"]) and not any("水务局" in unit for unit in table["units"])
    assert table["values"]["西河乡", "完成"] == "85"


def test_the_unit_in_brackets_alone() -> None:
    book, _ = workbook(
        ("平湖市人口表", None, None),
        ("（单位：万人）", None, None),
        ("年份", "总人口", "城镇人口"),
        ("2023年", 310.5, 201.2),
        ("2024年", 309.8, 203.4),
        merges=("A1:C1", "A2:C2"),
    )
    (table,) = found(saved(book), "表.xlsx")
    assert table["units"] == ["单位：万人"] and table["values"]["2024年", "总人口"] == "309.8"


# ------------------------------------------------------------------ tables that go on


@pytest.mark.parametrize("mark", ["续表", "续上表", "表1（续）", "续表1", "（续）", "表 1 (续)", "续前表"])
def test_a_table_goes_on_under_any_mark(mark: str) -> None:
    head = "乡镇\t计划\t完成\n"
    tables = found(
        f"表1 投资完成情况\n单位：万元\n{head}东山乡\t120\t110\n西河乡\t90\t85\n{mark}\n{head}南岭乡\t70\t66\n北原乡\t60\t58\n".encode(),
        "表.txt",
    )
    assert [table["continued"] for table in tables] == [False, True]
    assert tables[1]["units"] == ["单位：万元"] and tables[1]["values"]["北原乡", "完成"] == "58"


def test_the_mark_may_stand_inside_the_table() -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("云岭县2025年投资完成情况说明")
    document.add_paragraph("单位：万元")
    for rows in (
        [("乡镇", "计划", "完成"), ("东山乡", "120", "110"), ("西河乡", "90", "85")],
        [("续表", "续表", "续表"), ("乡镇", "计划", "完成"), ("南岭乡", "70", "66")],
    ):
        table = document.add_table(len(rows), 3)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                table.cell(r, c).text = value
        if rows[0][0] == "续表":
            merged = table.cell(0, 0).merge(table.cell(0, 2))
            merged.text = "续表"
        document.add_paragraph("")
    out = io.BytesIO()
    document.save(out)
    tables = found(out.getvalue(), "表.docx")
    assert [table["continued"] for table in tables] == [False, True]
    assert tables[1]["units"] == ["单位：万元"] and tables[1]["values"]["南岭乡", "完成"] == "66"


# ------------------------------------------------------------------ two languages


def test_a_header_in_two_rows_of_two_languages() -> None:
    book, _ = workbook(
        ("3-1 人口数及构成", None, None), ("3-1 Population and Its Composition", None, None), ("单位：万人", None, "(10 000 persons)"),
        ("年份", "总人口", "城镇人口"), ("Year", "Total Population", "Urban Population"), ("2022", 310.5, 201.2), ("2023", 309.8, 203.4),
        merges=("A1:C1", "A2:C2"),
    )  # fmt: skip
    (table,) = found(saved(book), "年鉴.xlsx")
    assert table["values"]["2023", "城镇人口/Urban Population"] == "203.4"
    assert any("万人" in unit for unit in table["units"])


def test_names_of_rows_in_two_languages() -> None:
    book, _ = workbook(
        ("地区 Region", "2022", "2023"), ("全省 Total", 1200, 1300), ("云岭市 Yunling", 500, 540), ("平湖市 Pinghu", 700, 760)
    )
    (table,) = found(saved(book), "年鉴.xlsx")
    assert table["values"]["云岭市 Yunling", "2023"] == "540"


def test_a_header_of_three_rows_ends_before_the_figures() -> None:
    book, _ = workbook(
        ("地区", "播种面积", None, "产量"), ("Region", "Sown Area", None, "Output"), (None, "2022", "2023", "2023"), ("云岭市", 12, 13, 50), ("平湖市", 22, 23, 90),
        merges=("B1:C1", "B2:C2"),
    )  # fmt: skip
    (table,) = found(saved(book), "年鉴.xlsx")
    assert table["values"]["平湖市", "播种面积/Sown Area/2023"] == "23"


# ------------------------------------------------------------------ several tables on a sheet


def test_two_tables_below_each_other() -> None:
    book, _ = workbook(
        ("表1 造林任务", None, None), ("乡镇", "人工造林", "封育"), ("东山乡", 120, 30), ("西河乡", 90, 20), (None, None, None),
        ("表2 资金安排", None, None), ("乡镇", "中央", "省级"), ("东山乡", 500, 300), ("西河乡", 400, 200),
    )  # fmt: skip
    tables = found(saved(book), "表.xlsx")
    assert len(tables) == 2
    assert tables[0]["values"]["西河乡", "封育"] == "20" and tables[1]["values"]["西河乡", "省级"] == "200"


def test_two_tables_of_other_widths_without_titles() -> None:
    book, _ = workbook(
        ("乡镇", "人工造林"), ("东山乡", 120), ("西河乡", 90), (None,), (None,), ("项目", "牵头单位", "资金（万元）", "时限"), ("清淤", "水务局", 60, "5月"), ("堤防", "水务局", 900, "6月")
    )  # fmt: skip
    tables = found(saved(book), "表.xlsx")
    assert len(tables) == 2 and tables[1]["values"]["堤防", "资金（万元）"] == "900"


def test_empty_rows_inside_a_table_do_not_part_it() -> None:
    book, _ = workbook(
        ("乡镇", "人工造林", "封育"), ("东山乡", 120, 30), (None, None, None), ("西河乡", 90, 20), (None,), ("合计", 210, 50)
    )
    (table,) = found(saved(book), "表.xlsx")
    assert table["values"]["合计", "封育"] == "50"


def test_two_tables_beside_each_other() -> None:
    book, _ = workbook(
        ("乡镇", "造林", None, "部门", "资金"), ("东山乡", 120, None, "林业局", 500), ("西河乡", 90, None, "水务局", 400)
    )
    tables = found(saved(book), "表.xlsx")
    assert len(tables) == 2 and tables[1]["values"]["水务局", "资金"] == "400" and tables[0]["values"]["西河乡", "造林"] == "90"


# ------------------------------------------------------------------ tables of blanks and lines in a text


def test_columns_parted_by_blanks() -> None:
    text = "云岭县造林情况\n单位：亩\n乡镇      人工造林    封育\n东山乡    1200        860\n西河乡    940         1130\n南岭乡    75          62\n以上数据由县林业局提供。\n"
    (table,) = found(text.encode(), "表.txt")
    assert table["values"]["西河乡", "封育"] == "1130" and table["units"] == ["单位：亩"]


def test_columns_parted_by_wide_blanks_and_set_to_the_right() -> None:
    text = "表2　资金安排\n项目　　　　　　中央　　　省级\n水库除险加固　　1200　　　860\n堤防　　　　　　　90　　　 20\n清淤　　　　　　　75　　　 62\n"
    (table,) = found(text.encode(), "表.txt")
    assert table["values"]["水库除险加固", "中央"] == "1200" and table["values"]["清淤", "省级"] == "62"


def test_a_table_drawn_with_lines() -> None:
    text = "云岭县造林情况\n┌────┬────┬────┐\n│乡镇│造林│封育│\n├────┼────┼────┤\n│东山乡│120│30│\n├────┼────┼────┤\n│西河乡│90│20│\n└────┴────┴────┘\n"
    (table,) = found(text.encode(), "表.txt")
    assert table["values"]["西河乡", "封育"] == "20"


@pytest.mark.parametrize(
    "text",
    [
        "关于表彰的通知\n张三    李四    王五\n赵六    钱七    孙八\n周九    吴十    郑一\n",
        "联系人：张三    电话：12345\n联系人：李四    电话：23456\n联系人：王五    电话：34567\n",
        "一、总体要求  ………  1\n二、主要任务  ………  3\n三、保障措施  ………  9\n",
        "第一条  本办法适用于全县。\n第二条  各乡镇应当执行。\n第三条  本办法自印发之日起施行。\n",
        "云岭县人民政府          云岭县水务局\n2026年3月2日            2026年3月2日\n",
    ],
    ids=["names", "contacts", "contents", "articles", "signatures"],
)
def test_lines_with_blanks_that_are_no_table(text: str) -> None:
    assert found(text.encode(), "文.txt") == []


def test_tables_below_each_other_with_years_and_units() -> None:
    book, _ = workbook(
        ("一、收入", None, None), (None, None, "单位：万元"), ("项目", "2024年", "2025年"), ("税收", 3200, 3500), (None,),
        ("二、支出", None, None), (None, None, "单位：亿元"), ("项目", "2024年", "2025年"), ("教育", 12, 13), ("卫生", 8, 9),
    )  # fmt: skip
    tables = found(saved(book), "表.xlsx")
    assert [table["units"] for table in tables] == [["单位：万元"], ["单位：亿元"]]
    assert tables[1]["values"]["卫生", "2025年"] == "9"


def test_notes_below_a_table_stay_with_it() -> None:
    book, _ = workbook(
        ("乡镇", "造林", "封育"),
        ("东山乡", 120, 30),
        ("西河乡", 90, 20),
        (None,),
        ("注：数据截至2025年底。", None, None),
        ("填表人：张三", None, "电话：123"),
    )
    tables = found(saved(book), "表.xlsx")
    assert len(tables) == 1 and tables[0]["values"]["西河乡", "封育"] == "20"
