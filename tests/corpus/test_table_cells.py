"""What names the row and the column of a cell, and its unit."""

from __future__ import annotations

from corpus.document import ParsedDocument
from corpus.table_cells import TableCells, is_number, read_table_cells
from ingest.reader import read


def cells_of(text: str) -> tuple[ParsedDocument, tuple[TableCells, ...]]:
    doc = read(text.encode(), "表.txt")
    return doc, read_table_cells(doc)


def test_columns_are_named_by_their_header_and_the_unit_stands_above() -> None:
    doc, (cells,) = cells_of("柳河县2023年造林情况\n单位：亩\n乡镇\t人工造林\t封山育林\n安口镇\t1200\t860\n向阳镇\t940\t1130\n")
    assert [[piece.of(doc.text) for piece in path] for path in cells.columns] == [["乡镇"], ["人工造林"], ["封山育林"]]
    assert [cell.of(doc.text) for cell in cells.rows[1].cells] == ["向阳镇", "940", "1130"]
    assert [unit.of(doc.text) for unit in cells.units] == ["单位：亩"]


def test_a_table_that_goes_on_takes_the_header_from_before() -> None:
    head = "乡镇\t人工造林\t封山育林\n安口镇\t1200\t860\n向阳镇\t940\t1130\n"
    doc, (first, second) = cells_of(f"造林情况\n{head}续表\n圣水镇\t750\t620\n罗通山镇\t810\t540\n")
    assert second.continued and not first.continued
    assert second.columns == first.columns
    assert [row.cells[0].of(doc.text) for row in second.rows] == ["圣水镇", "罗通山镇"]


def test_lines_that_are_only_set_in_are_no_table() -> None:
    assert cells_of("通知\n\t一、加强管理。\n\t二、做好统计。\n\t三、按时上报。\n")[1] == ()


def test_numbers_are_told_from_words() -> None:
    assert all(map(is_number, ["132,100", "95.8%", "-2.4", "≥98", "10—20"]))
    assert not any(map(is_number, ["2023年", "3个", "—", ""]))
