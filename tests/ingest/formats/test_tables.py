"""The same ledger as a sheet, a Word table and a web table: the same cells, the same tasks and targets, each with its place."""

import io

import docx
import openpyxl
import pytest

from graph.codec.records import target_record, task_record
from graph.targets.find import find_targets
from graph.tasks.find import find_tasks
from ingest.reader import read

LEDGER = [
    ["序号", "工作任务", "责任分工", None, "完成时限"],
    [None, None, "牵头单位", "配合单位", None],
    ["1", "新建村级卫生室20所", "县卫生健康局", "县财政局", "2026年6月底前"],
    ["2", "培训乡村医生300人次", None, "县人社局", "2026年底前"],
    ["3", "将基本医保参保率提高到97%以上", "县医保局", None, "2026年12月底前"],
]
MERGED = ["A1:A2", "B1:B2", "C1:D1", "E1:E2", "C3:C4"]
INDICATORS = [
    ["类别", "指标", "单位", "2025年", "2030年"],
    ["农业", "粮食播种面积", "万亩", "120", "≥125"],
    [None, "农村居民人均可支配收入", "元", "18500", "25000"],
]


def corners(area):
    return [(int(corner[1]) - 1, ord(corner[0]) - ord("A")) for corner in area.split(":")]


def as_xlsx(rows, merged):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_docx(rows, merged):
    document = docx.Document()
    document.add_paragraph("某县2026年民生工作安排")
    table = document.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text or ""
    for area in merged:
        first, last = corners(area)
        text = table.cell(*first).text
        table.cell(*first).merge(table.cell(*last)).text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_html(rows, merged):
    spans, covered = {}, set()
    for area in merged:
        (top, left), (bottom, right) = corners(area)
        spans[top, left] = f" rowspan={bottom - top + 1} colspan={right - left + 1}"
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)} - {(top, left)}
    lines = [
        "".join(f"<td{spans.get((r, c), '')}>{text or ''}</td>" for c, text in enumerate(row) if (r, c) not in covered)
        for r, row in enumerate(rows)
    ]
    table = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<html><body><h1>某县2026年民生工作安排</h1><p>现印发给你们，请认真落实。</p><table>{table}</table></body></html>".encode()


FORMATS = pytest.mark.parametrize(("kind", "write"), [("xlsx", as_xlsx), ("docx", as_docx), ("html", as_html)])


@FORMATS
def test_a_row_of_a_ledger_is_a_task(kind, write):
    document = read(write(LEDGER, MERGED), f"安排.{kind}")
    (table,) = document.tables
    assert table.header_rows == 2
    assert [table.header(column, document.text) for column in range(5)][2:4] == ["责任分工牵头单位", "责任分工配合单位"]
    records = [task_record(document, task) for task in find_tasks(document)]
    assert [(r.name, r.lead_units, r.supporting_units, r.deadline) for r in records] == [
        ("新建村级卫生室20所", ("县卫生健康局",), ("县财政局",), "2026年6月底前"),
        ("培训乡村医生300人次", ("县卫生健康局",), ("县人社局",), "2026年底前"),
        ("将基本医保参保率提高到97%以上", ("县医保局",), (), "2026年12月底前"),
    ]
    assert [r.place for r in records] == [f"{table.label}第{row}行" for row in (1, 2, 3)]
    for record in records:
        assert record.span.of(document.text) == record.quote
        assert record.name in record.quote


@FORMATS
def test_a_row_of_indicators_gives_targets_with_row_and_column(kind, write):
    document = read(write(INDICATORS, []), f"规划.{kind}")
    records = [target_record(document, target) for target in find_targets(document)]
    found = {(r.indicator, r.value): r for r in records}
    assert set(found) == {
        ("粮食播种面积", 120.0),
        ("粮食播种面积", 125.0),
        ("农村居民人均可支配收入", 18500.0),
        ("农村居民人均可支配收入", 25000.0),
    }
    income = found["农村居民人均可支配收入", 25000.0]
    assert income.place.endswith("第2行“2030年”列")
    assert income.quote.split(" | ")[1:] == ["农村居民人均可支配收入", "元", "18500", "25000"]
    assert found["粮食播种面积", 125.0].comparator == ">="


@FORMATS
def test_a_figure_in_the_sentence_of_a_ledger_names_row_and_column(kind, write):
    document = read(write(LEDGER, MERGED), f"安排.{kind}")
    places = {target.value: target.place for target in find_targets(document)}
    assert places[97.0].endswith(f"第3行“{document.tables[0].header(1, document.text)}”列")
