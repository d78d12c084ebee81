"""A comparison to be handed in: at most five columns a table, turned where there are many places, every source once."""

from __future__ import annotations

import datetime as dt
import io

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from qa.answer import AnswerCitation, Cell, CellValue, Comparison, ComparisonRow, Notice
from ui.exports import write
from ui.exports.comparison_layout import COLUMNS, TURNED_FROM, lay_out

DAY = dt.date(2026, 3, 5)


def citation(place: int, section: str = "一、目标") -> AnswerCitation:
    return AnswerCitation(
        f"d{place}", f"{place}.txt", f"地区{place}办法", None, f"地区{place}", (section,), f"补贴{place}万元", 0, 4
    )


def comparison(places: int, aspects: int = 2) -> Comparison:
    rows = []
    for aspect in range(aspects):
        cells = tuple(
            Cell(f"地区{p}", f"{p}.txt", f"补贴{p}万元", (citation(p),), f"d{p}", CellValue(f"{p}万元", p * 1e4, p * 1e4, "元"))
            if p
            else Cell("地区0", None, None)
            for p in range(places)
        )
        rows.append(ComparisonRow(f"方面{aspect}", cells))
    notices = (Notice("scope", "1 个地区未载明。"),)
    return Comparison(
        "补贴标准", None, tuple(f"地区{p}" for p in range(places)), tuple(rows), ("“方面0”最高：地区3 3万元。",), notices
    )


def word_of(value: Comparison) -> docx.document.Document:
    out = io.BytesIO()
    write(value, "docx", out, made_on=DAY)
    return docx.Document(out)


@pytest.mark.parametrize(("places", "turned"), [(3, False), (TURNED_FROM - 1, False), (TURNED_FROM, True), (40, True)])
def test_many_places_are_rows_and_no_table_is_wider_than_a_page(places: int, turned: bool) -> None:
    laid = lay_out(comparison(places, aspects=7))
    assert laid.turned is turned
    assert all(len(table.headers) + 1 <= COLUMNS for table in laid.tables)
    shown = [header for table in laid.tables for header in table.headers]
    assert shown == ([f"方面{a}" for a in range(7)] if turned else [f"地区{p}" for p in range(places)])


def test_every_source_is_a_note_once() -> None:
    laid = lay_out(comparison(3))
    assert [(source.number, source.place) for source in laid.sources] == [
        (1, "《地区1办法》一、目标"),
        (2, "《地区2办法》一、目标"),
    ]
    assert laid.tables[0].rows[1][1][2].marked == "补贴2万元[2]"


def test_word_has_the_parts_of_an_official_paper() -> None:
    document = word_of(comparison(3))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "地区对比：补贴标准"
    fonts = document.paragraphs[0].runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
    assert fonts == "方正小标宋简体"
    assert document.tables[0].rows[0].cells[0].text.startswith("提示")
    grid = document.tables[1]
    assert [cell.text for cell in grid.rows[0].cells] == ["比较项", "地区0", "地区1", "地区2"]
    assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert grid.rows[1].cells[1].text == "原文未载明"
    assert grid.rows[1].cells[2].paragraphs[0].runs[0].bold and grid.rows[1].cells[2].text.startswith("1万元")
    assert texts.count("[1] 《地区1办法》一、目标") == 1


def test_excel_has_frozen_heads_sources_and_numbers() -> None:
    out = io.BytesIO()
    write(comparison(40), "xlsx", out, made_on=DAY)
    book = load_workbook(out)
    first, sources, values = book.worksheets
    assert first.freeze_panes == "B3" and first.max_column == 3
    assert [cell.value for cell in sources[2]] == ["编号", "文件与位置", "地区", "原文"]
    assert sources.max_row >= 41
    assert values["D3"].value == 10000
