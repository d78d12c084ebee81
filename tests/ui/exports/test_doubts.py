"""What was doubtful in reading a file stays with it: in the document, on the page, in the export and in the ledgers."""

import datetime as dt
import io
import json

import openpyxl
import pytest

from cemai.library import Library
from graph.kinds import TARGETS, TASKS
from ui.exports import fact_table, unit_duties
from ui.exports.writing import to_bytes
from ui.page.reader.policy import policy_text

TEXT = (
    "某县人民政府关于加强河道管护的通知\n各乡镇人民政府：\n一、落实河长制。由县水利局牵头，到2027年河道管护率达到95%。\n"
    "二、加强巡查。由县公安局牵头，每月巡查2次。\n" + "三、做好宣传。引导群众参与监督管理。\n" * 12
)


@pytest.fixture
def library(tmp_path):
    files = tmp_path / "in"
    files.mkdir()
    data = bytearray(TEXT.encode("gb18030"))
    data[data.index("群众".encode("gb18030")) + 1] = 0x20
    (files / "通知.txt").write_bytes(bytes(data))
    (files / "完好.txt").write_text(TEXT.replace("某县", "另县").replace("公安", "城管"), encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (["序号", "任务", "责任单位"], [1, "修路12公里", "县交通局"], [2, "底稿", "县财政局"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(files / "台账.xlsx")
    with Library.open(tmp_path / "lib") as opened:
        opened.ingest([files])
        yield opened


def test_doubts_stand_in_the_document_on_the_page_and_in_the_export(library, tmp_path):
    by_source = {info.source: info for info in library.documents()}
    assert any("GB18030" in warning for warning in by_source["通知.txt"].warnings)
    assert any("隐藏的行" in warning for warning in by_source["台账.xlsx"].warnings)
    page = policy_text(library.document(by_source["通知.txt"].id), ())
    assert "GB18030" in page
    library.export(tmp_path / "out")
    exported = {record["source"]: record for record in json.loads((tmp_path / "out" / "documents.json").read_text("utf-8"))}
    assert exported["台账.xlsx"]["warnings"] == list(by_source["台账.xlsx"].warnings)


def test_ledgers_name_the_sources_whose_words_are_doubtful(library):
    tasks, targets = library.tasks(all_versions=True), library.targets(all_versions=True)
    for table in (fact_table(TASKS, tasks), unit_duties(tasks)):
        notes = "\n".join(table.notes)
        assert "【核对】《某县人民政府关于加强河道管护的通知》：有 1 处字节" in notes
        assert "【核对】《台账.xlsx》：工作表“Sheet”有隐藏的行" in notes
        assert "另县" not in notes
    assert sum("【核对】" in note for note in fact_table(TARGETS, targets).notes) == 1
    made = dt.date(2026, 3, 2)
    sheet = openpyxl.load_workbook(io.BytesIO(to_bytes(fact_table(TASKS, tasks), "xlsx", made_on=made))).active
    assert any("【核对】" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    records = json.loads(to_bytes(fact_table(TASKS, tasks), "json", made_on=made))
    assert {bool(record["warnings"]) for record in records if record["source"] == "完好.txt"} == {False}
    assert all(record["warnings"] for record in records if record["source"] == "通知.txt")
