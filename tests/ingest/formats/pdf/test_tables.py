"""Whatever stands on a page, every character of it comes out exactly once: in a line or in a cell."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.pdf.glyphs import Glyph, Rule, Sheet
from ingest.formats.pdf.tables import find_tables

WORDS = [
    "序号",
    "任务",
    "责任单位",
    "2025年",
    "12.5",
    "县交通局",
    "1",
    "2",
    "目标值",
    "整修农村公路并完成验收",
    "（一）",
    "%",
    "合计",
    "备注",
]


@st.composite
def sheets(draw):
    """Words at places of a grid, some places empty, with rules along some of the grid's lines."""
    columns = draw(st.integers(1, 5))
    rows = draw(st.integers(1, 9))
    size = draw(st.sampled_from([9.0, 12.0, 16.0]))
    pitch = size * draw(st.sampled_from([1.2, 1.6, 2.4]))
    step = draw(st.sampled_from([60.0, 110.0, 200.0]))
    sheet = Sheet(1, 595.0, 842.0)
    for r in range(rows):
        for c in range(columns):
            x, y = 60 + c * step, 80 + r * pitch
            for character in draw(st.sampled_from(["", *WORDS])):
                width = size if character > "\u2e80" else size / 2
                sheet.glyphs.append(Glyph(character, x, y, x + width, y + size))
                x += width
    right, bottom = 60 + columns * step, 80 + rows * pitch
    for r in draw(st.sets(st.integers(0, rows))):
        sheet.rules.append(Rule(True, 78 + r * pitch, 57, right))
    for c in draw(st.sets(st.integers(0, columns))):
        sheet.rules.append(Rule(False, 57 + c * step, 78, bottom))
    return sheet


@settings(max_examples=150)
@given(sheets())
def test_every_character_comes_out_once(sheet):
    tables, lines = find_tables(sheet)
    out = Counter("".join(line.text for line in lines))
    for table in tables:
        out.update("".join(cell.text for row in table.rows for cell in row if cell))
        width = len(table.rows[0])
        assert all(len(row) == width for row in table.rows)
        assert len(table.places) == len(table.rows)
    out.pop(" ", None)
    assert out == Counter(glyph.char for glyph in sheet.glyphs)
