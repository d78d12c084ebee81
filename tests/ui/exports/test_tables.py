import csv
import datetime as dt
import io
import json
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook

from corpus.errors import UsageError
from graph.codec.records import MeasureRecord, TargetRecord, TaskRecord, UnitRecord
from graph.kinds import TARGETS, TASKS
from graph.queries.cited import CitedFact
from qa.answer import Answer, AnswerCitation, Cell, Comparison, ComparisonRow, Notice
from ui.exports import (
    FORMATS,
    ExportTable,
    TableColumn,
    comparison_table,
    fact_table,
    unit_duties,
    write,
)
from ui.exports.workbook import CELL_LIMIT

DAY = dt.date(2026, 3, 5)
TASK = TaskRecord(
    id="t1", document_id="d1", source="方案.txt", section_path=("二、重点任务", "（一）产业"), name="建设冷链仓储",
    quote="（一）建设冷链仓储。新建冷库20处，改造冷库6处。", start=0, end=24, lead_units=("市商务局",),
    responsible_units=("市农业农村局", "市财政局"), supporting_units=("市供销社",), topics=("产业发展",), deadline="2024年底",
    measures=(MeasureRecord(name="新建冷库20处", start=9, end=16), MeasureRecord(name="改造冷库6处", start=17, end=23)),
)  # fmt: skip
SILENT_TASK = replace(
    TASK, id="t2", name="抓好宣传", lead_units=(), responsible_units=(), supporting_units=(), measures=(), deadline=None
)
TARGET = TargetRecord(
    id="g1", document_id="d1", source="方案.txt", indicator="冷库", comparator=">=", value=20.0, value_text="20处以上", unit="处",
    by_year=2024, region="青禾市", kind="target", quote="到2024年新建冷库20处以上", start=0, end=14,
)  # fmt: skip


def cited(*facts):
    return [CitedFact(fact, "青禾市关于印发《产业方案》的通知") for fact in facts]


def task_ledger(*tasks):
    return fact_table(TASKS, cited(*tasks))


CITATION = AnswerCitation(
    "d1", "方案.txt", "产业方案", "青政发〔2022〕1号", "青禾市", ("一、目标",), "新建冷库20处以上", 4, 13, 2
)
ANSWER = Answer(
    "a1",
    "要建多少冷库？",
    "answered",
    "target_value",
    "新建冷库20处以上",
    (CITATION,),
    (Notice("expired", "规划期已届满"),),
    as_of="2026-01-01",
)
COMPARISON = Comparison(
    None, "产业发展", ("青禾市", "云岫县"),
    (ComparisonRow("冷链", (Cell("青禾市", "方案.txt", "新建冷库20处以上", (CITATION,)), Cell("云岫县", None, None))),),
    ("云岫县未提到冷链。",),
)  # fmt: skip


def made(value, format):
    out = io.BytesIO()
    write(value, format, out, made_on=DAY)
    return out.getvalue()


def sheet_of(value):
    return load_workbook(io.BytesIO(made(value, "xlsx"))).active


def words_of(value):
    document = docx.Document(io.BytesIO(made(value, "docx")))
    lines = [p.text for p in document.paragraphs]
    return document, "\n".join(lines + [cell.text for t in document.tables for row in t.rows for cell in row.cells])


def test_a_ledger_has_the_columns_officials_use_and_says_what_is_silent():
    table = task_ledger(TASK, SILENT_TASK)
    assert [c.header for c in table.columns] == [
        "序号",
        "任务",
        "具体措施",
        "牵头单位",
        "责任单位",
        "配合单位",
        "完成时限",
        "依据",
    ]
    first, second = table.rows
    assert first[2] == "1. 新建冷库20处\n2. 改造冷库6处"
    # a title inside a title takes the inner marks
    assert first[7] == "《青禾市关于印发〈产业方案〉的通知》二、重点任务 > （一）产业"
    assert second[2] == "建设冷链仓储。新建冷库20处，改造冷库6处。"
    assert second[4] == "原文未载明"
    assert table.records == [task.record() for task in cited(TASK, SILENT_TASK)]
    assert table.records[0]["lead_units"] == ["市商务局"] and table.records[0]["measures"][1]["start"] == 17


def test_a_ledger_says_nothing_twice():
    task = replace(
        TASK, name="建好水厂", quote="2.建好水厂（县水务局负责，完成时限：2025年底）", measures=(), supporting_units=(),
        section_path=("二、重点任务", "2.建好水厂"), deadline="完成时限：2025年底",
        units=(UnitRecord(name="县水务局", role="responsible", start=7, end=11),),
    )  # fmt: skip
    table = task_ledger(task)
    assert "配合单位" not in [column.header for column in table.columns]
    assert table.rows[0] == (
        1, "建好水厂", "建好水厂", "市商务局", "市农业农村局、市财政局", "2025年底", "《青禾市关于印发〈产业方案〉的通知》二、重点任务 > 2",
    )  # fmt: skip


def test_measures_are_the_words_between_the_name_and_the_units():
    quote = "3.建好水厂。新建水厂6座，管好旧厂。（责任单位：县水务局）"
    at = 100 + quote.index("县水务局")
    unit = UnitRecord(name="县水务局", role="responsible", start=at, end=at + 4)
    task = replace(TASK, quote=quote, name="建好水厂", measures=(), start=100, units=(unit,))
    assert task_ledger(task).rows[0][2] == "新建水厂6座，管好旧厂。"
    # the columns of a ledger row have said it all
    assert task_ledger(replace(task, kind="row")).rows[0][2] == ""


def test_duties_are_listed_by_unit_with_its_part():
    rows = unit_duties(cited(TASK, SILENT_TASK)).rows
    assert [(row[1], row[3]) for row in rows] == [
        ("市商务局", "牵头"), ("市农业农村局", "责任"), ("市财政局", "责任"), ("市供销社", "配合"),
    ]  # fmt: skip
    assert [row[1] for row in unit_duties(cited(TASK), unit="市财政局").rows] == ["市财政局"]


def test_figures_stay_numbers_in_a_sheet():
    sheet = sheet_of(
        fact_table(TARGETS, cited(TARGET, replace(TARGET, comparator="range", value_min=8.0, value_max=10.5, value=None)))
    )
    assert (sheet["D3"].value, sheet["D3"].data_type) == (20, "n")
    assert sheet["C3"].value == "不低于"
    assert sheet["D4"].value == "8—10.5"


def test_a_sheet_is_ready_to_read_and_to_print():
    sheet = sheet_of(task_ledger(*[TASK] * 3))
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet["C3"].alignment.wrap_text
    assert sheet.row_dimensions[3].height > 30
    last = sheet.cell(sheet.max_row, 1).value
    assert last == "由策脉导出，供参考，以原文为准。导出日期：2026年3月5日"


def test_a_comparison_cites_every_cell_and_names_the_silence():
    sheet = sheet_of(COMPARISON)
    assert [sheet.cell(2, i).value for i in (1, 2, 3)] == ["比较项", "青禾市", "云岫县"]
    assert sheet["B3"].value == "新建冷库20处以上[1]"
    sources = sheet.parent.worksheets[1]
    assert sources["B3"].value == "《产业方案》（青政发〔2022〕1号）一、目标，第 2 页"
    assert sheet["C3"].value == "原文未载明"
    assert json.loads(made(comparison_table(COMPARISON), "json")) == COMPARISON.record()


def test_a_word_table_has_chinese_fonts_and_a_header_on_every_page():
    document, words = words_of(task_ledger(TASK))
    assert "建设冷链仓储" in words and "由策脉导出，供参考，以原文为准。" in words
    assert document.sections[0].page_width > document.sections[0].page_height
    grid = document.tables[0]
    assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    fonts = {run._r.rPr.rFonts.get(qn("w:eastAsia")) for p in document.paragraphs for run in p.runs}
    assert fonts <= {"黑体", "宋体", "仿宋"}


def test_an_answer_in_word_warns_first_and_quotes_its_source():
    _, words = words_of(ANSWER)
    assert words.index("规划期已届满") < words.index("答（有依据）")
    assert "[1] 《产业方案》（青政发〔2022〕1号）一、目标，第 2 页" in words


@pytest.mark.parametrize("text", ["=1+1", "+8613", "-2", "@SUM(A1)", "\t=cmd", "＝1+1"])
def test_no_text_becomes_a_formula(text):
    table = ExportTable("表", (TableColumn("甲", 8),), ((text,),))
    cell = sheet_of(table)["A3"]
    assert cell.data_type == "s" and cell.quotePrefix
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(made(table, "xlsx"))).read("xl/worksheets/sheet1.xml").decode()
    rows = list(csv.reader(io.StringIO(made(table, "csv").decode("utf-8-sig"))))
    assert rows[1][0].startswith("'")


def test_csv_opens_in_excel_and_keeps_line_breaks_inside_a_cell():
    data = made(ExportTable("表", (TableColumn("甲", 8), TableColumn("乙", 8)), (("一\r\n二", '说"好"'),)), "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["甲", "乙"], ["一\n二", '说"好"']]


def test_a_cell_too_long_for_excel_is_cut_and_says_so():
    value = sheet_of(ExportTable("表", (TableColumn("甲", 8),), (("字" * 40_000,),)))["A3"].value
    assert len(value) == CELL_LIMIT and value.endswith("（内容过长，余下见原文）")


@settings(max_examples=25)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_exported(title, text):
    table = ExportTable(title, (TableColumn("甲", 8), TableColumn("乙", 8, "number")), ((text, None),), (text,))
    for format in FORMATS:
        made(table, format)


def test_nothing_is_an_empty_table():
    for format in FORMATS:
        assert made(task_ledger(), format)


def test_an_unknown_format_says_which_there_are(tmp_path):
    with pytest.raises(UsageError, match="xlsx、docx、csv、json"):
        write(task_ledger(), "pdf", tmp_path / "表.pdf")
    assert not list(tmp_path.iterdir())


def test_the_list_of_documents_leaves_blank_what_is_unknown(tmp_path):
    from corpus.store import Corpus
    from ingest.reader import read
    from ui.exports import documents_table

    data = "关于修路的通知\n\n各村：\n现就修路有关事项通知如下。\n".encode()
    with Corpus.open(tmp_path) as corpus:
        corpus.put(read(data, "修路.txt"), original=data, passages=[], facts=[])
        table = documents_table(corpus.infos(), states={corpus.infos()[0].id: "现行有效"})
    row = dict(zip((c.header for c in table.columns), table.rows[0], strict=True))
    assert (row["标题"], row["文号"], row["时效"], row["文件名"]) == ("关于修路的通知", "", "现行有效", "修路.txt")
    assert table.records[0]["doc_number"] is None
